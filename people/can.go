package people

import (
	"errors"
	"slices"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/policy"
)

// Object is what an act is about, as far as permission goes.
type Object struct {
	Units  []string // units it belongs to; none is the district as a whole
	Person gov.ID   // staff it is about: whose account, whose assignment
	Owner  gov.ID   // citizen or applicant whose thing it is
	Did    []gov.ID // who did what this act checks, deputies and those they acted for alike: four eyes
}

// Grant is the right an act was done by. Its actor goes into the ledger.
type Grant struct {
	Standing Standing
	Held     *Held // nil when no role was needed
}

// Actor is who acts, with the absent person whose deputy they are in this act.
func (g Grant) Actor() gov.Actor {
	a := g.Standing.Actor()
	if g.Held != nil && !g.Held.For.IsZero() {
		a.For = g.Held.For.String()
	}
	return a
}

// ProofLasts is how long after a proof of identity dangerous acts are open.
const ProofLasts = 10 * time.Minute

// ErrProof is the cause of a refusal that a fresh proof of identity would lift.
var ErrProof = errors.New("identity not proven recently")

// Can decides whether someone may do an act on an object. It returns nil, a
// Forbidden error that says why not, an Unknown error when they would have to
// log in, or an Unknown error because of ErrProof when they have to prove their
// identity again. It is the only place where this is decided.
func Can(s Standing, act policy.Act, o Object) error {
	_, err := Allow(s, act, o)
	return err
}

// Allow is Can that tells by which right. A person's own roles come before
// those they are deputy for.
func Allow(s Standing, act policy.Act, o Object) (Grant, error) {
	name := act.Name()
	if act.Kind() == 0 {
		return Grant{}, gov.Errorf(gov.Forbidden, "没有“%s”这项权限", "there is no act %q", act)
	}
	if own(s, act, o) {
		return Grant{Standing: s}, nil
	}
	switch s.Kind {
	case gov.StaffActor:
		return allowStaff(s, act, o)
	case gov.OperatorActor:
		if !operatorMay(act) {
			return Grant{}, gov.Errorf(gov.Forbidden, "服务器命令行不能“%[1]s”：需要有相应角色的人登录后办理", "the server's command line may not %[2]s; someone with the role must log in", name.ZH, name.EN)
		}
		return Grant{Standing: s}, nil
	case gov.SystemActor:
		if len(s.Held) > 0 && slices.Contains(s.Held[0].Role.Grants, act) {
			return Grant{Standing: s}, nil
		}
	case gov.CitizenActor, gov.ApplicantActor:
		return Grant{}, gov.Errorf(gov.Forbidden, "您只能查看和办理自己的事项", "you can see and act on what is your own only")
	}
	return Grant{}, gov.Errorf(gov.Unknown, "请先登录，才能“%[1]s”", "log in first to %[2]s", name.ZH, name.EN)
}

// own reports that someone looks at a thing of their own.
func own(s Standing, act policy.Act, o Object) bool {
	if s.Person.IsZero() || o.Owner != s.Person {
		return false
	}
	return slices.Contains([]policy.Act{policy.ReadCases, policy.SeeContact, policy.SeeIdentity, policy.SeeFinances}, act)
}

// operatorMay lists what the command line may do.
func operatorMay(a policy.Act) bool {
	return a.Kind() == policy.OnRights || a.Kind() == policy.OnTexts || a == policy.PushRecords || a == policy.TryProgrammes
}

func allowStaff(s Standing, act policy.Act, o Object) (Grant, error) {
	name := act.Name()
	able := slices.DeleteFunc(slices.Clone(s.Held), func(h Held) bool { return !slices.Contains(h.Role.Grants, act) })
	if len(able) == 0 {
		return Grant{}, gov.Errorf(gov.Forbidden, "您的角色不能“%[1]s”。您现在的角色：%[3]s", "your roles do not let you %[2]s. Your roles now: %[4]s",
			name.ZH, name.EN, s.roles(gov.ZH), s.roles(gov.EN))
	}
	near := slices.DeleteFunc(slices.Clone(able), func(h Held) bool {
		return h.Role.Scope != policy.DistrictScope && !slices.Contains(o.Units, h.Assignment.Unit)
	})
	if len(near) == 0 {
		return Grant{}, gov.Errorf(gov.Forbidden, "您可以在%[3]s“%[1]s”，但这里属于%[5]s", "you can %[2]s in %[4]s, but this belongs to %[6]s",
			name.ZH, name.EN, s.units(able, gov.ZH), s.units(able, gov.EN), s.unitNames(o.Units, gov.ZH), s.unitNames(o.Units, gov.EN))
	}
	if slices.Contains(o.Did, s.Person) {
		return Grant{}, gov.Errorf(gov.Forbidden, "要“%[1]s”的正是您做的，应由另一人来做", "you did what this act checks; someone else must %[2]s", name.ZH, name.EN)
	}
	clear := slices.DeleteFunc(near, func(h Held) bool { return !h.For.IsZero() && slices.Contains(o.Did, h.For) })
	if len(clear) == 0 {
		return Grant{}, gov.Errorf(gov.Forbidden, "要“%[1]s”的是您所代理的人做的，应由另一人来做", "the person you are deputy for did what this act checks; someone else must %[2]s", name.ZH, name.EN)
	}
	if act.Kind() == policy.OnRights && !o.Person.IsZero() {
		clear = slices.DeleteFunc(clear, func(h Held) bool { return o.Person == s.Person || o.Person == h.For })
		if len(clear) == 0 {
			return Grant{}, gov.Errorf(gov.Forbidden, "不能更改自己的权限，也不能更改所代理的人的权限", "nobody changes their own rights, nor those of the person they are deputy for")
		}
	}
	if act.Dangerous() {
		if err := s.fresh(act); err != nil {
			return Grant{}, err
		}
	}
	return Grant{Standing: s, Held: &clear[0]}, nil
}

// fresh demands a proof of identity within ProofLasts.
func (s Standing) fresh(act policy.Act) error {
	if s.At.Sub(s.Proven) <= ProofLasts {
		return nil
	}
	name := act.Name()
	return gov.Errorf(gov.Unknown, "“%[1]s”前请再次验证身份", "prove your identity again to %[2]s", name.ZH, name.EN).Because(ErrProof)
}

// roles lists the roles held, in words.
func (s Standing) roles(l gov.Lang) string {
	if len(s.Held) == 0 {
		return gov.Text{ZH: "无", EN: "none"}.In(l)
	}
	var names []string
	for _, h := range s.Held {
		name := h.Role.Name.In(l) + gov.Textf("（%s）", " (%s)", s.unitNames([]string{h.Assignment.Unit}, l)).In(l)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, comma(l))
}

// units lists the units of assignments, in words.
func (s Standing) units(list []Held, l gov.Lang) string {
	var ids []string
	for _, h := range list {
		if !slices.Contains(ids, h.Assignment.Unit) {
			ids = append(ids, h.Assignment.Unit)
		}
	}
	return s.unitNames(ids, l)
}

func (s Standing) unitNames(ids []string, l gov.Lang) string {
	if len(ids) == 0 {
		return gov.Text{ZH: "全区", EN: "the whole district"}.In(l)
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id
		if s.pack == nil {
			continue
		}
		if u, ok := s.pack.Unit(id); ok {
			names[i] = u.Name.In(l)
		}
	}
	return strings.Join(names, comma(l))
}

func comma(l gov.Lang) string { return gov.Text{ZH: "、", EN: ", "}.In(l) }
