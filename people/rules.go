package people

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/policy"
)

// longestAbsence is how many days an absence may last; who is away for longer
// gives up the role.
const longestAbsence = 366

// CheckAssignment decides whether a person may be given an assignment beside
// what they hold. It returns an Invalid error on a field that is wrong, and a
// Conflict when the person holds it already or holds a role that watches it,
// as their own or as a deputy. An assignment of the same id is being replaced.
func CheckAssignment(a Assignment, h Holdings, pack *policy.Pack) error {
	role, ok := pack.Role(a.Role)
	if !ok {
		return gov.Errorf(gov.Invalid, "没有角色“%s”", "there is no role %q", a.Role).On("role")
	}
	if err := realUnit(pack, a.Unit); err != nil {
		return err
	}
	if a.Post != "" {
		post, ok := pack.Post(a.Post)
		if !ok {
			return gov.Errorf(gov.Invalid, "没有职务“%s”", "there is no post %q", a.Post).On("post")
		}
		if post.Unit != "" && post.Unit != a.Unit {
			return gov.Errorf(gov.Invalid, "职务“%[1]s”不在这个单位", "the post %[2]q is in another unit", post.Name.ZH, post.Name.In(gov.EN)).On("post")
		}
	}
	if a.Area != "" {
		if _, ok := pack.Area(a.Area); !ok {
			return gov.Errorf(gov.Invalid, "没有区域“%s”", "there is no area %q", a.Area).On("area")
		}
		if unit := pack.Serving(a.Area); unit != a.Unit && role.Scope != policy.DistrictScope {
			return gov.Errorf(gov.Invalid, "这个区域不由该单位服务", "the unit does not serve this area").On("area")
		}
	}
	if err := a.Period.Check(); err != nil {
		return err
	}
	for _, b := range h.Assignments {
		if b.ID != a.ID && b.Role == a.Role && b.Unit == a.Unit && b.Post == a.Post && b.Area == a.Area && b.Period.Meets(a.Period) {
			return gov.Errorf(gov.Conflict, "这个人在此期间已任“%[1]s”", "the person is already %[2]s in this time", role.Name.ZH, role.Name.In(gov.EN)).On("period")
		}
	}
	held := slices.Clone(h.Assignments)
	for _, c := range h.Covers {
		for _, b := range c.Assignments {
			if b.Period.Meets(c.Absence.Period) && c.Absence.Period.Meets(a.Period) {
				held = append(held, b)
			}
		}
	}
	return noConflict([]Assignment{a}, held, pack)
}

// noConflict refuses two sets of assignments that one person may not hold
// together at any time.
func noConflict(add, held []Assignment, pack *policy.Pack) error {
	for _, a := range add {
		for _, b := range held {
			if b.ID == a.ID || !b.Period.Meets(a.Period) || !pack.RolesConflict(a.Role, b.Role) {
				continue
			}
			one, _ := pack.Role(a.Role)
			other, _ := pack.Role(b.Role)
			return gov.Errorf(gov.Conflict, "角色“%[1]s”与“%[3]s”互相监督，不能由一人同时担任", "the roles %[2]q and %[4]q watch each other; one person cannot hold both",
				one.Name.ZH, one.Name.In(gov.EN), other.Name.ZH, other.Name.In(gov.EN)).On("role")
		}
	}
	return nil
}

// CheckAbsence decides whether a person's absence may be covered by a deputy,
// given what both hold. It returns an Invalid error on a field that is wrong,
// and a Conflict when the absence overlaps another one of the person's, when a
// chain would arise (the deputy is away too, or the person is deputy for
// someone else in this time), or when the roles of the two watch each other.
func CheckAbsence(a Absence, absent, deputy Holdings, pack *policy.Pack) error {
	if err := a.Period.Check(); err != nil {
		return err
	}
	switch {
	case a.Period.To.IsZero():
		return gov.Errorf(gov.Invalid, "代理必须有终止日期", "an absence needs a last day").On("to")
	case a.Period.From.Add(longestAbsence).Before(a.Period.To):
		return gov.Errorf(gov.Invalid, "代理不能超过 %d 天；更久的应改任他人", "an absence lasts %d days at most; for longer, give the role to another", longestAbsence).On("to")
	case a.Deputy == a.Person:
		return gov.Errorf(gov.Invalid, "不能由本人代理", "nobody is their own deputy").On("deputy")
	case deputy.Account == nil || deputy.Account.State == Closed:
		return gov.Errorf(gov.Invalid, "代理人没有可用的账号", "the deputy has no account in use").On("deputy")
	}
	overlaps := func(b Absence) bool { return b.ID != a.ID && b.Period.Meets(a.Period) }
	if slices.ContainsFunc(absent.Absences, overlaps) {
		return gov.Errorf(gov.Conflict, "此期间已有一段代理", "there is an absence in this time already").On("period")
	}
	if slices.ContainsFunc(deputy.Absences, overlaps) {
		return gov.Errorf(gov.Conflict, "代理人此期间也不在岗，代理不能转交", "the deputy is away in this time too, and cover is not handed on").On("deputy")
	}
	if slices.ContainsFunc(absent.Covers, func(c Cover) bool { return overlaps(c.Absence) }) {
		return gov.Errorf(gov.Conflict, "此人此期间正代理他人，请先为那人另定代理", "the person is deputy for someone else in this time; name another deputy there first").On("period")
	}
	var theirs, own []Assignment
	for _, b := range absent.Assignments {
		if b.Period.Meets(a.Period) {
			theirs = append(theirs, b)
		}
	}
	for _, b := range deputy.Assignments {
		if b.Period.Meets(a.Period) {
			own = append(own, b)
		}
	}
	for _, c := range deputy.Covers {
		if overlaps(c.Absence) {
			own = append(own, c.Assignments...)
		}
	}
	return on(noConflict(theirs, own, pack), "deputy")
}
