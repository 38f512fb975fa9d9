package policy

import "slices"

// checkRoles holds the roles to the separation of powers: who gives rights sees
// no case by right, who audits does nothing that is audited, and nobody holds
// two roles that are to watch each other.
func (c *checker) checkRoles() {
	roleAt := unique(c, c.roles, "id", "角色编号", "role id", func(r Role) string { return r.ID })
	for _, e := range c.roles {
		r, at := e.value, e.at
		if r.ID != "" && !idForm.MatchString(r.ID) {
			c.badID(at, r.ID)
		}
		c.checkGrants(e)
		for i, other := range r.Conflicts {
			at := at.Field("conflicts").Item(i)
			switch {
			case other == r.ID:
				c.problems.Add(at.Pos(), "角色不能与自身冲突", "a role does not conflict with itself")
			case slices.Contains(r.Conflicts[:i], other):
				c.problems.Add(at.Pos(), "角色“%s”重复", "the role %q is listed twice", other)
			case other != "":
				c.refer(at, other, roleAt, "角色", "role")
			}
		}
	}
	c.checkWatch()
	c.checkFirstRights()
}

// checkGrants checks the acts of one role.
func (c *checker) checkGrants(e entry[Role]) {
	grants := e.value.Grants
	for i, a := range grants {
		at, kind := e.at.Field("grants").Item(i), a.Kind()
		if kind == 0 {
			continue // reported by the decoder
		}
		if slices.Contains(grants[:i], a) {
			c.problems.Add(at.Pos(), "权限“%s”重复", "the act %q is listed twice", a)
		}
		if (kind == OnRights || kind == OnRecord) && e.value.Scope == UnitScope {
			c.problems.Add(at.Pos(), "“%s”只能授予全区（scope: district）的角色", "%q can be granted to a role with scope: district only", a)
		}
		if j := slices.IndexFunc(grants[:i], func(b Act) bool { return apart(kind, b.Kind()) }); j >= 0 {
			c.problems.Add(at.Pos(), "“%[1]s”和“%[2]s”不能授予同一角色", "%[1]q and %[2]q cannot be granted to one role", a, grants[j])
		}
	}
}

// apart reports kinds that no role joins. An auditor reads cases, so what is
// only read goes with the record; checkWatch sees to the rest.
func apart(a, b ActKind) bool {
	held := func(k ActKind) bool {
		return k == OnCases || k == OnRegisters || k == OnFunds || k == OnDraws || k == OnRecord
	}
	return a == OnRights && held(b) || b == OnRights && held(a)
}

// checkWatch demands that roles over rights and roles over the record are
// stated to conflict, and that a role over the record changes nothing.
func (c *checker) checkWatch() {
	for _, e := range c.roles {
		watcher := e.value
		if !watcher.has(OnRecord) {
			continue
		}
		for i, a := range watcher.Grants {
			if a.Kind() == OnCases && a != ReadCases || a.Kind() == OnRegisters && a != ReadRegisters || a.Kind() == OnFunds && a != ReadFunds || a.Kind() == OnDraws && a != AttestDraws || a.Kind() == OnTexts {
				c.problems.Add(e.at.Field("grants").Item(i).Pos(), "查看账本或查阅记录的角色只能查看，不能“%s”", "a role that sees the ledger or the looks only reads; it cannot be granted %q", a)
			}
		}
		for _, f := range c.roles {
			if watched := f.value; watched.has(OnRights) && watched.ID != watcher.ID && !watched.conflicts(watcher) {
				c.problems.Add(f.at.Pos(), "角色“%[1]s”管理权限，角色“%[2]s”监督权限的使用，应写明两者冲突（conflicts）",
					"the role %[1]q gives rights and the role %[2]q watches their use; state that they conflict", watched.ID, watcher.ID)
			}
		}
	}
}

// checkFirstRights makes sure that somebody can be given the roles.
func (c *checker) checkFirstRights() {
	if len(c.roles) == 0 || c.broken {
		return
	}
	for _, a := range []Act{ManageLogins, ManagePosts} {
		if !slices.ContainsFunc(c.roles, func(e entry[Role]) bool { return slices.Contains(e.value.Grants, a) }) {
			c.problems.Add(c.roles[0].at.Pos(), "没有角色可以“%s”，就没有人能获得任何角色", "no role grants %q, so nobody could be given any role", a)
		}
	}
}

func (r Role) has(k ActKind) bool {
	return slices.ContainsFunc(r.Grants, func(a Act) bool { return a.Kind() == k })
}

// conflicts reports whether one person may not hold both roles.
func (r Role) conflicts(other Role) bool {
	return slices.Contains(r.Conflicts, other.ID) || slices.Contains(other.Conflicts, r.ID)
}
