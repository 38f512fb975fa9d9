// Package applicants invents applications for support of the demonstration: one in each
// state, of enterprises of the invented market, with somebody who acts for them. They go
// through the doors everybody uses.
package applicants

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/demo"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/register"
	"quanxiang/registers/invent"
	"quanxiang/registers/restrict"
	"quanxiang/residents"
	"quanxiang/support/apply"
)

// Address is where whoever acts for the first enterprise signs in.
const Address = "lin@example.cn"

// Year is the year applied for.
const Year = 2017

// Applicants is the installation as far as applications are made. Everything in it goes
// by Clock.
type Applicants struct {
	Pack     *policy.Pack
	Calendar calendar.Calendar
	Clock    gov.Clock
	Now      time.Time // where history ends
	Support  *apply.Applications
	Docket   *docket.Docket
	Casework *casework.Casework
	Register *residents.Register
	Subjects int // of the market

	// Pay takes what was promised to a case to its payee.
	Pay func(ctx context.Context, title string, of gov.ID) error

	// Holders lists who holds a role; Staff tells what they hold.
	Holders func(ctx context.Context, s people.Standing, role string, places ...people.Place) ([]people.Person, error)
	Staff   demo.Staff

	firms []apply.Organisation
	begun map[string]gov.ID
}

// story is an application and how far it comes.
type story struct {
	id    string
	firm  int
	ago   int // days before now on which it begins
	year  int // applied for
	docs  []string
	loan  string // interest paid
	prize string // name of an award, "" for none
	comes string // the last thing that happens
}

// Things that happen, in their order.
var course = []string{"draft", "submit", "ask", "resubmit", "accept", "correct", "review", "list", "announce", "decide", "pay"}

// stories are invented.
var stories = []story{
	{"paid", 0, 72, Year - 1, []string{"16号"}, "40万元", "", "pay"},
	{"decided", 1, 60, Year, []string{"16号", "18号"}, "60万元", "", "decide"},
	{"settled", 8, 24, Year, []string{"16号"}, "50万元", "", "announce"},
	{"announced", 2, 9, Year, []string{"16号"}, "44万元", "", "announce"},
	{"listed", 3, 20, Year, []string{"16号"}, "38万元", "", "list"},
	{"reviewing", 4, 12, Year, []string{"16号"}, "71.2万元", "", "accept"},
	{"refused", 5, 30, Year, []string{"18号"}, "20万元", "", "refuse"},
	{"mending", 0, 6, Year, []string{"16号", "18号"}, "50万元", "", "ask"},
	{"submitted", 6, 3, Year, []string{"16号"}, "26万元", "", "submit"},
	{"withdrawn", 7, 25, Year, []string{"16号"}, "12万元", "", "withdraw"},
	{"draft", 0, 1, Year, []string{"18号"}, "30万元", "", "draft"},

	// What an earlier application of the year was granted leaves no room for the same nature.
	{"excluded", 1, 16, Year, []string{"16号", "18号"}, "60万元", "虚构创新奖", "list"},
}

// Scenes are what happens to the applications, for demo.District; none without a market
// or without applications.
func (k *Applicants) Scenes() (list []demo.Scene) {
	if k.Pack.Applications == nil || k.Subjects == 0 {
		return nil
	}
	k.begun = map[string]gov.ID{}
	add := func(ago, minutes int, do func(context.Context) error) {
		at := k.day(-ago, 9*60+minutes)
		if last := k.Now.Add(time.Duration(len(list)-120) * time.Minute); at.After(last) {
			at = last
		}
		list = append(list, demo.Scene{At: at, Do: do})
	}
	add(75, 0, k.represent)
	add(73, 0, k.approve)
	for i, s := range stories {
		ago, minutes := s.ago, 13*i
		for _, what := range course {
			if what == "ask" && s.comes != "ask" || what == "resubmit" {
				continue
			}
			if what == "list" && s.comes == "refuse" || what == "submit" && s.comes == "withdraw" {
				what = s.comes
			}
			do := what
			add(ago, minutes, func(ctx context.Context) error {
				if err := k.happens(ctx, s, do); err != nil {
					return fmt.Errorf("application %s, %s: %w", s.id, do, err)
				}
				return nil
			})
			if what == s.comes {
				break
			}
			switch minutes += 47; what {
			case "submit", "accept", "review":
				ago = max(ago-2, 1)
			case "announce":
				ago = k.after(ago, noticeDays)
			case "decide":
				ago = max(ago-6, 1)
			}
		}
	}
	return list
}

// day is a minute of the first working day at or after some days from now.
func (k *Applicants) day(days, minutes int) time.Time {
	d := k.Calendar.NextWorkday(gov.DateOf(k.Now).Add(days)).Date
	return time.Date(d.Year, d.Month, d.Day, 0, minutes, 0, 0, gov.China)
}

// noticeDays is more working days than a notice takes.
const noticeDays = 6

// after is how many days before now some working days are over that begin on the first at
// or after a day so many days before now; at least 1.
func (k *Applicants) after(ago, workdays int) int {
	now := gov.DateOf(k.Now)
	d := k.Calendar.NextWorkday(now.Add(-ago)).Date
	for range workdays {
		d = k.Calendar.NextWorkday(d.Add(1)).Date
	}
	return max(1, int(now.Time().Sub(d.Time()).Hours()/24))
}

// firm is the nth enterprise that applies.
func (k *Applicants) firm(ctx context.Context, n int) (apply.Organisation, error) {
	if len(k.firms) == 0 {
		codes, err := invent.Codes(k.Pack.District, k.Subjects)
		if err != nil {
			return apply.Organisation{}, err
		}
		for _, c := range codes {
			if !strings.HasPrefix(c, "91") {
				continue
			}
			e, err := k.Support.Registers.Store.Entry(ctx, invent.Register, c)
			if err != nil {
				return apply.Organisation{}, err
			}
			market, _ := k.Pack.Register(invent.Register)
			known, err := k.Support.Registers.Facts(ctx, market, c, gov.DateOf(k.Clock()))
			if err != nil {
				return apply.Organisation{}, err
			}
			stands, err := restrict.May(market, k.Pack.Applications.Receives, known, gov.DateOf(k.Clock()))
			if err != nil {
				return apply.Organisation{}, err
			}
			if stands.Effect != restricted && e.Until == "" && e.Values.Text("status") == "active" {
				k.firms = append(k.firms, apply.Organisation{Code: c, Name: e.Name})
			}
			if len(k.firms) > 20 {
				break
			}
		}
	}
	if n >= len(k.firms) {
		return apply.Organisation{}, fmt.Errorf("the market has %d enterprises that apply", len(k.firms))
	}
	return k.firms[n], nil
}

// who is the first who holds a role in a unit.
func (k *Applicants) who(ctx context.Context, role, unit string) (s people.Standing, err error) {
	list, err := k.Holders(ctx, people.Standing{Kind: gov.StaffActor}, role, people.Place{Unit: unit}) // any of the staff may ask
	if err != nil {
		return s, err
	}
	if len(list) == 0 {
		return s, fmt.Errorf("nobody is %s of %s", role, unit)
	}
	held, err := k.Staff.Holdings(ctx, list[0].ID)
	return people.Staff(held, k.Pack, k.Clock(), k.Clock()), err
}

// page is an invented document of one page.
func page(title string) []byte {
	return fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj\n<< /Title (%x) >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%%%EOF\n", title)
}

// represent is how somebody asks to act for the first enterprise.
func (k *Applicants) represent(ctx context.Context) error {
	o, err := k.firm(ctx, 0)
	if err == nil {
		k.begun["representation"], err = k.Ask(ctx, o, "林某，财务负责人", Address)
	}
	return err
}

// Ask is how somebody who signs in at an address asks to act for an organisation.
func (k *Applicants) Ask(ctx context.Context, o apply.Organisation, person, address string) (gov.ID, error) {
	id := gov.NewID(k.Clock())
	values := cases.Values{"name": o.Name, "organisation": o.Code, "person": person}
	sender := casework.Resident{At: k.Clock(), Contacts: []string{id.String()}}
	for field, title := range map[string]string{"letter": "授权委托书", "licence": "营业执照"} {
		body := page(title)
		a, err := k.Casework.ResidentAttach(ctx, sender, id, title+".pdf", bytes.NewReader(body), int64(len(body)))
		if err != nil {
			return id, err
		}
		values[field] = []string{string(a.Key)}
	}
	contact, err := k.contact(ctx, id, address)
	if err != nil {
		return id, err
	}
	_, err = k.Casework.PublicBegin(ctx, casework.Resident{At: k.Clock(), Contacts: []string{contact}}, id, k.Pack.Applications.Representation, "ask", contact, values, casework.Doubt{})
	return id, err
}

// contact is the contact of a case, proven.
func (k *Applicants) contact(ctx context.Context, id gov.ID, email string) (string, error) {
	a, err := residents.ParseAddress(email)
	if err != nil {
		return "", err
	}
	c, _, err := k.Register.Open(ctx, id, residents.Draft{Email: email, Channel: residents.Email, Lang: gov.ZH}, a)
	return c.ID.String(), err
}

func (k *Applicants) approve(ctx context.Context) error {
	return k.Approve(ctx, k.begun["representation"])
}

// Approve lets somebody act who asked.
func (k *Applicants) Approve(ctx context.Context, id gov.ID) error {
	by, err := k.who(ctx, "clerk", "xcy")
	if err != nil {
		return err
	}
	until := gov.DateOf(k.Now).Add(720)
	return k.Casework.Act(ctx, by, docket.Step{Case: id}, "approve", cases.Values{"until": until.String()}, "")
}

// happens does one thing about an application.
func (k *Applicants) happens(ctx context.Context, s story, what string) error {
	o, err := k.firm(ctx, s.firm)
	if err != nil {
		return err
	}
	id := k.begun[s.id]
	if what == "draft" {
		return k.draft(ctx, o, s)
	}
	h, _, err := k.Support.Own(ctx, o, id)
	if err != nil {
		return err
	}
	if c, _, err := k.Docket.Case(ctx, id); err != nil || c.Ended != 0 {
		return err // joint restrictions were recorded meanwhile
	}
	clerk, err := k.who(ctx, "clerk", "xcy")
	if err != nil {
		return err
	}
	head, err := k.who(ctx, "lead", "xcy")
	if err != nil {
		return err
	}
	act := func(by people.Standing, action string, values cases.Values) error {
		return k.Casework.Act(ctx, by, docket.Step{Case: id}, action, values, "")
	}
	switch what {
	case "submit":
		return k.Support.Submit(ctx, o, id, h.Claim.Version, gov.ID{}, apply.SubmitAct)
	case "withdraw":
		return k.Support.Withdraw(ctx, o, id, gov.ID{})
	case "ask":
		return act(clerk, "ask", cases.Values{"missing": "1. 银行付息凭证未加盖银行业务章；\n2. 未提供同期基准利率的利息计算表。"})
	case "accept":
		return act(clerk, "accept", cases.Values{"opinion": "材料齐全，符合形式要求。"})
	case "correct":
		for _, fact := range []struct{ name, value, why string }{{"认定", `"认定企业"`, "在园区认定企业名录中。"}, {"出版园认定", "true", "有出版园审核认定文件。"}} {
			if h, _, err = k.Support.Own(ctx, o, id); err != nil {
				return err
			}
			if there, ok := h.Claim.Fact(fact.name); ok && len(there.Value) > 0 || !slices.Contains(h.Outcome.Needs, fact.name) {
				continue
			}
			if err := k.Support.Correct(ctx, clerk, id, h.Claim.Version, gov.ID{}, fact.name, json.RawMessage(fact.value), fact.why); err != nil {
				return err
			}
		}
		return nil
	case "review":
		return k.review(ctx, id)
	case "list":
		return act(clerk, "list", nil)
	case "announce":
		return act(head, "announce", cases.Values{"committee": "管委会办公会审议通过"})
	case "decide":
		if _, err := k.Docket.Stir(ctx, k.Clock(), 100); err != nil {
			return err
		}
		return act(head, "decide", cases.Values{"decision_number": "西园管发〔虚构〕1号"})
	case "pay":
		return k.Pay(ctx, "扶持资金申请拨付", id)
	case "refuse":
		return act(head, "refuse", cases.Values{"reason": "审核认为该笔贷款没有用于园区内的项目，不符合申请条件。"})
	}
	return fmt.Errorf("nothing is known of %q", what)
}

// draft begins an application with its loans, what proves them and an account.
func (k *Applicants) draft(ctx context.Context, o apply.Organisation, s story) error {
	id := gov.NewID(k.Clock())
	k.begun[s.id] = id
	email := fmt.Sprintf("office%d@example.cn", s.firm)
	if s.firm == 0 {
		email = Address
	}
	contact, err := k.contact(ctx, id, email)
	if err != nil {
		return err
	}
	given := map[string]json.RawMessage{"贷款": json.RawMessage(fmt.Sprintf(`[{"实付利息":%q,"基准利息":%q,"经投融资平台":true,"用于创业创新":true}]`, s.loan, s.loan))}
	proofs := map[string]string{"贷款": "银行付息凭证"}
	if s.prize != "" {
		given["科技奖项"] = json.RawMessage(fmt.Sprintf(`[{"奖项":%q,"级别":"市级"}]`, s.prize))
		proofs["科技奖项"] = "获奖证书"
	}
	if err := k.Support.Begin(ctx, o, apply.Start{ID: id, Applicant: "企业", Year: s.year, Documents: s.docs, Contact: contact, Facts: given}); err != nil {
		return err
	}
	var edits []apply.Edit
	for _, name := range slices.Sorted(maps.Keys(proofs)) {
		body := page(proofs[name] + " " + s.id)
		a, err := k.Support.Attach(ctx, o, id, proofs[name]+".pdf", bytes.NewReader(body), int64(len(body)))
		if err != nil {
			return err
		}
		edits = append(edits, apply.Edit{Name: name, Value: given[name], Add: []string{string(a.Key)}})
	}
	if err := k.Support.Save(ctx, o, id, 1, gov.ID{}, edits); err != nil {
		return err
	}
	return k.Support.PayTo(ctx, o, id, 2, gov.ID{}, "虚构银行西城支行", fmt.Sprintf("90110102%011d", 20170900+s.firm))
}

// review lets every unit that reviews say what it thinks.
func (k *Applicants) review(ctx context.Context, id gov.ID) error {
	list, err := k.Docket.Children(ctx, id)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Procedure != k.Pack.Applications.Review || r.Ended != 0 {
			continue
		}
		by, err := k.who(ctx, "reviewer", r.Units[0])
		if err != nil {
			return err
		}
		if err := k.Casework.Act(ctx, by, docket.Step{Case: r.ID}, "give", cases.Values{"verdict": "agree", "opinion": "贷款合同与付息凭证一致，同意。"}, ""); err != nil {
			return err
		}
	}
	return nil
}

// restricted is the effect of what refuses an enterprise support.
const restricted = register.Refuse
