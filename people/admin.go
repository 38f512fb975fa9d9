package people

import (
	"context"
	"slices"

	"quanxiang/gov"
	"quanxiang/policy"
)

// Overview is what whoever manages logins or posts sees of one person.
type Overview struct {
	Person      Person // with masked contacts
	Login       string // "" without an account
	State       AccountState
	Issuer      string // identity provider the account is bound to, or ""
	Assignments []Assignment
	Absences    []Absence // the person's own
	Covers      []Cover   // absences of others in which the person is the deputy

	account *Account
}

// NeedsTwo reports that a link for the person's account works only once another
// person has agreed.
func (v Overview) NeedsTwo(renew bool) bool { return v.account != nil && v.account.needsTwo(renew) }

// Overview returns what is known of a person, or NotFound.
func (o *Office) Overview(ctx context.Context, by Standing, id gov.ID) (Overview, error) {
	if err := managesPeople(by); err != nil {
		return Overview{}, err
	}
	h, err := o.store.Holdings(ctx, id)
	if err != nil {
		return Overview{}, err
	}
	v := Overview{Person: h.Person.masked(), Assignments: h.Assignments, Absences: h.Absences, Covers: h.Covers, account: h.Account}
	if h.Account != nil {
		v.Login, v.State, v.Issuer = h.Account.Login, h.Account.State, h.Account.Issuer
	}
	return v, nil
}

// FindStaff returns the person with a staff number, contacts masked, or NotFound.
func (o *Office) FindStaff(ctx context.Context, by Standing, staffNo string) (Person, error) {
	if err := managesPeople(by); err != nil {
		return Person{}, err
	}
	p, err := o.store.PersonByStaffNo(ctx, staffNo)
	return p.masked(), err
}

func managesPeople(by Standing) error {
	return canOne(by, policy.ManageLogins, policy.ManagePosts)
}

// AdministratorRoles lists the roles of a pack that make accounts and give
// roles.
func AdministratorRoles(pack *policy.Pack) []policy.Role {
	return slices.DeleteFunc(slices.Clone(pack.Roles), func(r policy.Role) bool {
		return !slices.Contains(r.Grants, policy.ManageLogins) || !slices.Contains(r.Grants, policy.ManagePosts)
	})
}

// AppointFirst enters a person, gives them a role of AdministratorRoles in
// their unit from today on, and invites them, all or nothing. It returns the
// person's id and the one-time link, and what Save, Assign and Invite return;
// Conflict when there is an administrator whose account is not closed: from
// then on administrators are made by assigning.
func (o *Office) AppointFirst(ctx context.Context, by Standing, p Person, role, login string) (id gov.ID, link string, err error) {
	logins, err := Allow(by, policy.ManageLogins, Object{})
	if err != nil {
		return gov.ID{}, "", err
	}
	posts, err := Allow(by, policy.ManagePosts, Object{})
	if err != nil {
		return gov.ID{}, "", err
	}
	roles := AdministratorRoles(o.pack())
	if !slices.ContainsFunc(roles, func(r policy.Role) bool { return r.ID == role }) {
		return gov.ID{}, "", gov.Errorf(gov.Invalid, "角色“%s”不能管理账号和任职", "the role %q does not make accounts and give roles", role).On("role")
	}
	now := o.clock()
	p.ID, id = gov.ID{}, gov.NewID(now)
	a := Assignment{ID: gov.NewID(now), Person: id, Role: role, Unit: p.Unit, Period: Period{From: gov.DateOf(now)}}
	s := newSecret(id)
	err = o.update(ctx, func(ctx context.Context, tx Tx) error {
		if err := oneAtATime(ctx, tx, now.UnixMilli()); err != nil {
			return err
		}
		if err := noAdministrator(ctx, tx, roles, gov.DateOf(now)); err != nil {
			return err
		}
		if err := o.save(ctx, tx, logins, id, p); err != nil {
			return err
		}
		if err := o.assign(ctx, tx, posts, a); err != nil {
			return err
		}
		return o.invite(ctx, tx, logins, s, login, false)
	})
	return id, s.String(), err
}

// appointing is the bucket that AppointFirst fills before it looks whether there
// is an administrator.
const appointing = "appoint-first"

// oneAtATime lets one of several appointments at the same time go on; the
// others fail as Unavailable once it is done, are done again, and find the
// administrator. Without it each would see none, for none is there until one of
// them has ended.
func oneAtATime(ctx context.Context, tx Tx, now int64) error {
	g, err := tx.Guard(ctx, appointing)
	if err != nil {
		return err
	}
	g.Failures, g.Last = 1, now
	return tx.PutGuard(ctx, g)
}

// noAdministrator returns Conflict if someone holds one of the roles on a day
// and has an account that is not closed.
func noAdministrator(ctx context.Context, r Reader, roles []policy.Role, day gov.Date) error {
	for _, role := range roles {
		for page := (gov.Page{Limit: 500}); ; {
			list, err := r.Persons(ctx, Filter{Role: role.ID, Day: day}, page)
			if err != nil {
				return err
			}
			for _, p := range list.Items {
				a, err := r.Account(ctx, p.ID)
				switch {
				case gov.CodeOf(err) == gov.NotFound || err == nil && a.State == Closed:
				case err != nil:
					return err
				default:
					return gov.Errorf(gov.Conflict, "已有管理员；再增加管理员请用任职，链接过期请重新邀请",
						"there is an administrator already; give another one the role, or invite again if a link has expired")
				}
			}
			if page.After = list.Next; list.Next == "" {
				break
			}
		}
	}
	return nil
}
