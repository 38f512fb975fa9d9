package ceremony

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"quanxiang/draw/outside"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// How many of each may be named on the form.
const (
	maxWitnesses = 5
	maxSeals     = 2
	maxAuditors  = 2
)

// maxLater bounds by how many days a second attempt is later.
const maxLater = 30

const minute = "2006-01-02T15:04" // of an input for an instant

// setupView is where a ceremony is arranged.
type setupView struct {
	Crumbs []ui.Link
	Form   ui.Form
}

// seat is a row of the form: a party that may be named.
type seat struct {
	role ceremony.Role
	act  policy.Act
	n    int
}

func (s seat) field(part string) string { return string(s.role) + strconv.Itoa(s.n) + part }

func seats() []seat {
	list := []seat{{ceremony.Authority, policy.HoldDraws, 0}}
	for n := range maxWitnesses {
		list = append(list, seat{ceremony.Witness, policy.WitnessDraws, n})
	}
	for n := range maxSeals {
		list = append(list, seat{ceremony.SealHolder, policy.SealDraws, n})
	}
	for n := range maxAuditors {
		list = append(list, seat{ceremony.Auditor, policy.AttestDraws, n})
	}
	return list
}

// able lists who holds a role that grants an act.
func (k *Pages) able(ctx context.Context, by people.Standing, a policy.Act) (list []people.Person, err error) {
	seen := map[gov.ID]bool{}
	for _, role := range k.Pack.Roles {
		for _, g := range role.Grants {
			if g != a {
				continue
			}
			some, err := k.Holders(ctx, by, role.ID)
			if err != nil {
				return nil, err
			}
			for _, p := range some {
				if !seen[p.ID] {
					seen[p.ID] = true
					list = append(list, p)
				}
			}
		}
	}
	return list, nil
}

func (k *Pages) showSetup(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	return k.renderSetup(w, r, id, http.StatusOK, nil, nil)
}

// renderSetup shows the form with what was typed, or with what is proposed.
func (k *Pages) renderSetup(w http.ResponseWriter, r *http.Request, id gov.ID, status int, typed url.Values, failed error) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	if err := people.Can(by, policy.HoldDraws, people.Object{}); err != nil {
		return err
	}
	f, err := k.Draws.Plans.Frozen(r.Context(), id)
	if err != nil {
		return err
	}
	form := ui.Form{ID: "setup", Action: Path(id) + "/setup", Post: true, Submit: m.T("ceremony.arrange"), Lines: []ui.Line{{Text: m.T("ceremony.setup_hint")}}}
	for _, s := range seats() {
		pick := ui.Field{Name: s.field("person"), Kind: "select", Label: m.T("ceremony.person", "role", m.T("ceremony.role."+string(s.role)), "n", s.n+1), Options: []ui.Option{{Label: m.T("ceremony.no_account")}}}
		persons, err := k.able(r.Context(), by, s.act)
		if err != nil {
			return err
		}
		for _, p := range persons {
			pick.Options = append(pick.Options, ui.Option{Value: p.ID.String(), Label: p.Name})
		}
		form.Fields = append(form.Fields, ui.Field{Name: s.field("name"), Kind: "text", Label: m.T("ceremony.body", "role", m.T("ceremony.role."+string(s.role)), "n", s.n+1), Required: s.n == 0 && s.role == ceremony.Authority || s.role == ceremony.Witness && s.n < 3}, pick)
	}
	first, last := windowOf(&f.Plan, k.Draws.Clock())
	t := ceremony.Proposed(k.Draws.Clock(), first, last, ceremony.Days(&f.Plan))
	for i, x := range []int64{t.T1, t.T2, t.T3, t.T4, t.T5} {
		name := "t" + strconv.Itoa(i+1)
		form.Fields = append(form.Fields, ui.Field{Name: name, Kind: "datetime-local", Label: m.T("ceremony." + name), Value: time.Unix(x, 0).In(gov.China).Format(minute), Required: true})
	}
	form.Fields = append(form.Fields,
		ui.Field{Name: "first", Kind: "date", Label: m.T("ceremony.first"), Value: first.String(), Required: true},
		ui.Field{Name: "last", Kind: "date", Label: m.T("ceremony.last"), Value: last.String(), Required: true},
		ui.Field{Name: "later", Kind: "number", Label: m.T("ceremony.later"), Hint: m.T("ceremony.later_hint"), Suffix: m.T("ceremony.days")},
		ui.Field{Name: "source", Kind: "radio", Label: m.T("ceremony.outside"), Value: "drand", Options: []ui.Option{{Value: "drand", Label: m.T("ceremony.drand"), Note: m.T("ceremony.drand_note")}, {Value: "lottery", Label: m.T("ceremony.lottery"), Note: m.T("ceremony.lottery_note")}}},
		ui.Field{Name: "kl8", Kind: "text", Label: m.T("ceremony.kl8"), Hint: m.T("ceremony.issue_hint")},
		ui.Field{Name: "ssq", Kind: "text", Label: m.T("ceremony.ssq"), Hint: m.T("ceremony.issue_hint")},
		ui.Field{Name: "kl8-2", Kind: "text", Label: m.T("ceremony.again", "source", m.T("ceremony.kl8")), Hint: m.T("ceremony.issue_again")},
		ui.Field{Name: "ssq-2", Kind: "text", Label: m.T("ceremony.again", "source", m.T("ceremony.ssq")), Hint: m.T("ceremony.issue_again")},
	)
	if typed != nil {
		form.Fill(typed)
	}
	if failed != nil && !form.Fail(failed, m.Lang()) {
		form.Lines = append([]ui.Line{{Text: gov.TextOf(failed, m.Lang()), Tone: "bad"}}, form.Lines...)
	}
	out := setupView{Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: Root, Label: m.T("staff.draws")}}, Form: form}
	return k.setup.Render(w, r, status, frame(m.T("ceremony.setup", "number", f.Plan.ID)), out)
}

// windowOf are the days of the visits: those of the frozen plan, or two weeks from
// the day after tomorrow.
func windowOf(p *record.Plan, now time.Time) (first, last gov.Date) {
	if len(p.Times) > 0 {
		a, errA := gov.ParseDate(p.Times[0].Window[0])
		b, errB := gov.ParseDate(p.Times[0].Window[1])
		if errA == nil && errB == nil {
			return a, b
		}
	}
	first = gov.DateOf(now).Add(2)
	return first, first.Add(13)
}

// arrange takes the form in.
func (k *Pages) arrange(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单无法读取", "the form cannot be read").Because(err)
	}
	s, err := k.setupOf(r.Context(), id, r.PostForm)
	if err == nil {
		err = k.Draws.Arrange(r.Context(), who.Of(r.Context()).Standing, id, s)
	}
	if code := gov.CodeOf(err); err != nil && (code == gov.Invalid || code == gov.Conflict) {
		return k.renderSetup(w, r, id, ui.Status(code), r.PostForm, err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, Path(id), http.StatusSeeOther)
	return nil
}

func (k *Pages) setupOf(ctx context.Context, id gov.ID, form url.Values) (s ceremony.Setup, err error) {
	for _, x := range seats() {
		name, person := strings.TrimSpace(form.Get(x.field("name"))), form.Get(x.field("person"))
		if name == "" && person == "" {
			continue
		}
		p := ceremony.Party{Role: x.role, Name: name}
		if person != "" {
			if p.Person, err = gov.ParseID(person); err != nil {
				return s, err
			}
		}
		s.Parties = append(s.Parties, p)
	}
	var at [5]int64
	for i := range at {
		name := "t" + strconv.Itoa(i+1)
		t, err := time.ParseInLocation(minute, form.Get(name), gov.China)
		if err != nil {
			return s, gov.Errorf(gov.Invalid, "请填写日期和时间", "a date and a time").On(name).Because(err)
		}
		at[i] = t.Unix()
	}
	f, err := k.Draws.Plans.Frozen(ctx, id)
	if err != nil {
		return s, err
	}
	first, errFirst := gov.ParseDate(form.Get("first"))
	last, errLast := gov.ParseDate(form.Get("last"))
	if errFirst != nil || errLast != nil {
		return s, gov.Errorf(gov.Invalid, "请填写检查的起止日期", "the first and the last day of visits").On("first")
	}
	days := ceremony.Proposed(time.Unix(at[0], 0), first, last, ceremony.Days(&f.Plan)).Days
	s.Times = []record.Times{{T1: at[0], T2: at[1], T3: at[2], T4: at[3], T5: at[4], Window: [2]string{first.String(), last.String()}, Days: days}}
	if text := strings.TrimSpace(form.Get("later")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLater {
			return s, gov.Errorf(gov.Invalid, "请填 1 到 %d 的天数", "1 to %d days", maxLater).On("later")
		}
		s.Times = append(s.Times, ceremony.Later(s.Times[0], n))
	}
	if form.Get("source") != "lottery" {
		s.Outside = []record.Source{ceremony.Drand(s.Times)}
		return s, nil
	}
	for _, x := range []struct {
		name   string
		source outside.Source
	}{{"kl8", outside.KL8}, {"ssq", outside.SSQ}} {
		src := record.Source{Source: x.source}
		for _, name := range []string{x.name, x.name + "-2"}[:len(s.Times)] {
			round, date, ok := strings.Cut(strings.TrimSpace(form.Get(name)), " ")
			n, err := strconv.ParseInt(round, 10, 64)
			if !ok || err != nil {
				return s, gov.Errorf(gov.Invalid, "请填写期号和开奖日期，中间空一格", "the issue number and the day of the draw, with a blank between").On(name)
			}
			src.Rounds, src.Dates = append(src.Rounds, n), append(src.Dates, strings.TrimSpace(date))
		}
		s.Outside = append(s.Outside, src)
	}
	return s, nil
}
