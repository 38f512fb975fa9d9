package demo

import (
	"cmp"
	"context"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"quanxiang/demo/hints"
	"quanxiang/gov"
	"quanxiang/inspections/invent"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/register"
)

// Password opens every login of the demo.
const Password = "lantern watermill sparrow"

// Login is a way into the demo, for everybody to use.
type Login struct {
	Login    string   `json:"login"`
	Password string   `json:"password"`
	Secret   string   `json:"secret"` // of the second factor, base32
	Person   string   `json:"person"`
	Role     gov.Text `json:"role"`
	Unit     gov.Text `json:"unit"`
	Try      gov.Text `json:"try"` // what to look at
}

// Code is the second factor at a time.
func (l Login) Code(at time.Time) (string, error) {
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(l.Secret, "="))
	if err != nil {
		return "", fmt.Errorf("read the secret of %s: %w", l.Login, err)
	}
	return people.TOTP(secret, at), nil
}

// listed decides who is on the start page: one person of each role, two where four
// eyes are needed, and who stands in now. Roles that deal with cases come first.
func (c *cast) listed() []*person {
	var list []*person
	add := func(p *person) {
		if p != nil && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	roles := slices.Clone(c.pack.Roles)
	slices.SortStableFunc(roles, func(a, b policy.Role) int { return cmp.Compare(hints.Rank(a), hints.Rank(b)) })
	for _, role := range roles {
		of := slices.DeleteFunc(slices.Clone(c.all), func(p *person) bool {
			return !slices.ContainsFunc(p.seats, func(s seat) bool { return s.role == role.ID })
		})
		if len(of) == 0 {
			continue
		}
		if len(c.inspectors) > 0 && role.ID == c.inspectors[0].seats[0].role {
			list = append(list, c.inspectors...) // who have visits today
		} else if c.street == "" || role.ID != supervisorRole { // those are on site for reports alone
			add(c.typical(of))
		}
		for _, unit := range []string{c.street, intakeUnit} {
			for _, p := range of {
				if c.street != "" && p.seats[0] == (seat{unit: unit, role: role.ID}) {
					add(p)
					break
				}
			}
		}
		if len(of) > 1 && (slices.Contains(role.Grants, policy.Supervise) || slices.Contains(role.Grants, policy.ManageLogins)) {
			add(of[1])
		}
		if invent.Party(role) { // all of them, so that a visitor can hold a draw alone
			for _, p := range of {
				add(p)
			}
		}
	}
	for _, p := range c.all {
		if !p.absent.From.IsZero() {
			add(c.byAct(p.seats[0].unit, policy.Handle))
		}
	}
	for _, r := range c.pack.Registers {
		add(c.byAct(r.Writers[0], policy.PushRecords))
	}
	for _, s := range hints.Shown(c.pack) {
		if of := c.seats[seat{unit: s.Unit, role: s.Role}]; len(of) > 0 {
			add(of[0])
		}
	}
	return list
}

// keeps reports that somebody is listed for what their unit pushes to registers.
func (c *cast) keeps(p *person) bool {
	return slices.ContainsFunc(c.pack.Registers, func(r *register.Register) bool { return c.byAct(r.Writers[0], policy.PushRecords) == p })
}

// typical is the one of a list in the unit that leads most duties, or the first.
func (c *cast) typical(of []*person) *person {
	for _, unit := range c.units {
		for _, p := range of {
			if p.seats[0].unit == unit {
				return p
			}
		}
	}
	return of[0]
}

// byAct is the first person of a unit with a role that grants an act, or nil.
func (c *cast) byAct(unit string, a policy.Act) *person {
	for _, p := range c.all {
		for _, s := range p.seats {
			if r, _ := c.pack.Role(s.role); s.unit == unit && slices.Contains(r.Grants, a) {
				return p
			}
		}
	}
	return nil
}

// openDoors lets those on the start page set up their accounts, as they would:
// by the link they got, a password and a second factor.
func (d *District) openDoors(ctx context.Context, c *cast) ([]Login, error) {
	who := c.listed()
	list := make([]Login, len(who))
	err := parallel(len(who), func(i int) error {
		p := who[i]
		v := people.Visitor{Agent: "demo"}
		opened, err := d.Office.Accept(ctx, d.links[p], Password, v)
		if err != nil {
			return fmt.Errorf("set the password of %s: %w", p.login, err)
		}
		e, err := d.Office.BeginEnrolment(ctx, opened.Token)
		if err != nil {
			return fmt.Errorf("enrol %s: %w", p.login, err)
		}
		role, _ := d.Pack.Role(p.seats[0].role)
		unit, _ := d.Pack.Unit(p.seats[0].unit)
		l := Login{Login: p.login, Password: Password, Secret: e.Secret, Person: p.name, Role: role.Name, Unit: unit.Name}
		if text, ok := c.streetTry(p); ok {
			l.Try = text
		} else if c.standsIn(p) {
			l.Try = hints.Deputy
		} else if c.keeps(p) {
			l.Try = hints.Registers
		} else {
			l.Try = hints.Of(role)
		}
		code, err := l.Code(d.Clock.Now())
		if err != nil {
			return err
		}
		opened, _, err = d.Office.ConfirmEnrolment(ctx, opened.Token, code, v)
		if err != nil {
			return fmt.Errorf("enrol %s: %w", p.login, err)
		}
		list[i] = l
		return d.Office.Logout(ctx, opened.Token, v)
	})
	return list, err
}

// standsIn reports that somebody is the deputy of an absent head.
func (c *cast) standsIn(p *person) bool {
	return slices.ContainsFunc(c.all, func(o *person) bool {
		return !o.absent.From.IsZero() && c.byAct(o.seats[0].unit, policy.Handle) == p
	})
}

// streetTries say what to do with a report, by the role of whoever does it; a
// step of the way from the report to its end each.
var streetTries = map[string]gov.Text{
	acceptorRole: {ZH: "问题报告第 2 步：核实、立案，或不受理、并案；第 6 步：派员核查后结案，不合格的返工；看待审核的内容",
		EN: "Reports, step 2: have them verified, file, refuse or merge; step 6: send somebody to check, then close or have it redone; see what waits for moderation"},
	dispatcherRole: {ZH: "问题报告第 3 步：派遣给主办单位，同意延期、挂账，催办", EN: "Reports, step 3: dispatch to the unit that handles, agree to more time, urge"},
	clerkRole:      {ZH: "问题报告第 4 步：签收、处置，上传处置后照片，申请结案", EN: "Reports, step 4: accept, put right, upload photos afterwards, ask to close"},
	leadRole:       {ZH: "问题报告第 4 步：不归本单位的退回，申请延期或挂账", EN: "Reports, step 4: give back what is not yours, ask for more time or to suspend"},
	supervisorRole: {ZH: "问题报告第 5 步：到现场核实、核查并拍照；巡查签到，上报发现的问题，小事当场处置", EN: "Reports, step 5: verify on site with photos; check in on patrols, report what you find, settle small matters at once"},
	shiftRole:      {ZH: "安排巡查，同意答复结案、作废和延期，回访重开", EN: "Plan patrols, agree to closing with an answer only, to voiding and more time, re-open after calling back"},
}

// streetTry is what to try of somebody who deals with reports.
func (c *cast) streetTry(p *person) (gov.Text, bool) {
	if s := p.seats[0]; c.street == "" || s.unit != c.street && s.unit != intakeUnit && s.unit != dispatchUnit {
		return gov.Text{}, false
	}
	t, ok := streetTries[p.seats[0].role]
	return t, ok
}
