package plans

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/inspection"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// planView is a plan with what the registers hold for it.
type planView struct {
	Crumbs   []ui.Link
	Number   string
	Chips    []ui.Chip
	Facts    []fact
	Running  bool
	Freezing bool
	Done     int64
	Total    int64
	Says     string
	Path     string
	Failure  string
	Numbers  []number
	Counted  string // when, or ""
	Parts    []part
	Roots    []root
	Held     bool // everybody may read the draw, which has begun
	Part     bool // the reader may open the page on which it is held
	Count    *ui.Form
	Freeze   *ui.Form
	Why      string // why it cannot be frozen yet
	Drop     *ui.Form
}

type fact struct{ Label, Text string }

// number is one of the figures of a plan.
type number struct{ N, Label, Note string }

// part is the part of a department.
type part struct {
	ID      string
	Unit    string
	Chips   []ui.Chip
	Facts   []fact
	Filter  string
	Items   []string
	Strata  ui.Table
	Exempt  ui.Table
	Agree   *ui.Form
	Agreed  string
	Because string // why the reader cannot agree
	Again   string // where some of its visits are proposed to be inspected again; "" for nowhere
}

// root is what a department's frozen lists come to.
type root struct{ Unit, Registry, Frame, Exempt string }

func (k *Pages) showPlan(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := k.Plans.Plan(r.Context(), by, id)
	if err != nil {
		return err
	}
	rules, err := k.Plans.Rules()
	if err != nil {
		return err
	}
	run, known, err := k.Plans.Run(r.Context(), by, id)
	if err != nil {
		return err
	}
	stages, err := k.stages(r.Context())
	if err != nil {
		return err
	}
	out := planView{Crumbs: crumbs(m, true), Number: p.Number, Chips: []ui.Chip{stateChip(m, &p, stages)}, Path: planPath + id.String(), Freezing: p.State == inspections.StateFreezing}
	if p.Campaign {
		out.Chips = append(out.Chips, ui.Chip{Label: m.T("inspections.campaign"), Tone: "warn"})
	}
	open := p.State == inspections.StateDraft || p.State == inspections.StateAgreed
	out.Running = out.Freezing || open && (!known || !run.Ended)
	if out.Running {
		w.Header().Set("Refresh", lookAgain)
		out.Done, out.Total = run.Done, max(run.Total, 1)
		out.Says = m.T("inspections.read_n", "done", int(run.Done), "total", int(run.Total))
	}
	sum := p.Sum
	if sum == nil {
		sum = run.Sum
		out.Failure = run.Failure.In(m.Lang())
	}
	out.Facts = []fact{{m.T("inspections.quarter"), quarter(m, p.Year, p.Quarter)}, {m.T("inspections.window"), p.First.In(m.Lang()) + m.T("inspections.to") + p.Last.In(m.Lang())},
		{m.T("inspections.area"), m.T("inspections.area." + p.Area)}, {m.T("inspections.team"), m.T("inspections.team_n", "n", rules.Team.Size)}, {m.T("inspections.joined_by"), p.Author.Name}}
	if sum != nil {
		out.Counted = m.T("inspections.counted", "date", sum.Date.In(m.Lang()), "n", int(sum.Read))
		out.Numbers = k.numbers(m, &p, sum)
	}
	titles, err := k.titles(r)
	if err != nil {
		return err
	}
	published := 0
	if p.State == inspections.StateFrozen && rules.Again > 0 {
		if published, err = k.Plans.Published(r.Context(), by, id); err != nil {
			return err
		}
	}
	for i := range p.Frames {
		one := k.part(m, by, rules, &p, i, sum, titles)
		if published > 0 && slices.Contains(k.Plans.Departments(by), p.Frames[i].Unit) {
			one.Again = proposePath + "?" + url.Values{"again": {id.String()}, "unit": {p.Frames[i].Unit}}.Encode()
		}
		out.Parts = append(out.Parts, one)
	}
	if published > 0 {
		out.Facts = append(out.Facts, fact{m.T("inspections.published"), m.T("inspections.published_n", "n", published)})
	}
	if p.State == inspections.StateFrozen {
		if err := k.roots(m, &p, &out); err != nil {
			return err
		}
		stage, held := stages[p.ID]
		out.Held = held && stage != draw.Begins
		out.Part = takesPart(by)
	}
	k.actions(m, by, &p, sum, open, &out)
	return k.plan.Render(w, r, http.StatusOK, frame(p.Title), out)
}

// numbers are the figures at the top.
func (k *Pages) numbers(m *ui.Messages, p *inspections.Plan, s *inspections.Sum) []number {
	list := []number{{m.Number(int(s.Visits)), m.T("inspections.visits"), m.T("inspections.visits_note")}}
	if len(p.Frames) > 1 {
		list = append(list, number{m.Number(int(s.Saved())), m.T("inspections.saved"), m.T("inspections.saved_note", "n", int(s.Alone))})
	}
	var exempt, slots int64
	for _, f := range s.Frames {
		exempt += f.Kept - f.Frame
		slots += f.Capacity.Slots
	}
	if p.Campaign {
		return list
	}
	return append(list, number{m.Number(int(exempt)), m.T("inspections.exempt"), m.T("inspections.exempt_note")}, number{m.Number(int(slots)), m.T("inspections.slots"), m.T("inspections.slots_note")})
}

func (k *Pages) part(m *ui.Messages, by people.Standing, rules *inspection.Rules, p *inspections.Plan, at int, s *inspections.Sum, titles map[string]string) part {
	f, l := &p.Frames[at], m.Lang()
	out := part{ID: f.Unit, Unit: k.unit(m, f.Unit), Filter: f.Filter}
	for _, code := range f.Items {
		out.Items = append(out.Items, titles[code]+m.T("inspections.code", "code", code))
	}
	if f.Again != nil {
		out.Facts = append(out.Facts, fact{m.T("inspections.again"), m.T("inspections.again_of", "number", f.Again.Number)})
	}
	out.Facts = append(out.Facts, fact{m.T("inspections.how_many"), k.howMany(m, f.Share, f.Count)})
	if words := k.whom(m, f.Filter); words != f.Filter {
		out.Facts = append(out.Facts, fact{m.T("inspections.whom"), words})
	}
	if s != nil && at < len(s.Frames) {
		c := &s.Frames[at]
		out.Facts = append(out.Facts, fact{m.T("inspections.kept"), m.Number(int(c.Kept))}, fact{m.T("inspections.frame"), m.Number(int(c.Frame))}, fact{m.T("inspections.visits_of"), m.Number(int(c.Visits))})
		if !p.Campaign {
			chip := ui.Chip{Label: m.T("inspections.enough"), Tone: "good"}
			if !c.Capacity.Enough() {
				chip = ui.Chip{Label: m.T("inspections.too_few"), Tone: "bad"}
			}
			out.Chips = append(out.Chips, chip)
			out.Facts = append(out.Facts, fact{m.T("inspections.capacity"), m.T("inspections.capacity_of", "slots", int(c.Capacity.Slots), "most", int(c.Capacity.Most()), "leaders", c.Capacity.Leaders, "members", c.Capacity.Members)})
		}
		out.Strata = ui.Table{Caption: m.T("inspections.strata"), Compact: true, Columns: []ui.Column{{Label: m.T("inspections.stratum"), Main: true}, {Label: m.T("inspections.size"), Number: true}, {Label: m.T("inspections.drawn"), Number: true}, {Label: m.T("inspections.ratio"), Number: true}}}
		for _, h := range c.Strata {
			name := strconv.Itoa(int(h.ID))
			for _, x := range rules.Strata {
				if uint32(x.ID) == h.ID {
					name = x.Name.In(l)
				}
			}
			cell := ui.TextCell(name)
			if h.Size < int64(rules.MinStratum) && !p.Campaign {
				name += m.T("inspections.special")
				cell = ui.TextCell(name)
			}
			out.Strata.Rows = append(out.Strata.Rows, ui.TableRow{Cells: []ui.Cell{cell, ui.TextCell(m.Number(int(h.Size))), ui.TextCell(m.Number(int(h.Visits))), ui.TextCell(percent(h.Visits, h.Size))}})
		}
		out.Exempt = ui.Table{Caption: m.T("inspections.exempt"), Compact: true, Columns: []ui.Column{{Label: m.T("inspections.reason"), Main: true}, {Label: m.T("inspections.size"), Number: true}}}
		for _, e := range rules.Exempt {
			if n := c.Exempt[e.Reason]; n > 0 {
				out.Exempt.Rows = append(out.Exempt.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(e.Name.In(l)), ui.TextCell(m.Number(int(n)))}})
			}
		}
	}
	switch {
	case f.Agreed != nil:
		out.Agreed = m.T("inspections.agreed_by", "who", f.Agreed.Name, "date", gov.DateOf(time.UnixMilli(f.Agreed.At)).In(m.Lang()))
		out.Chips = append(out.Chips, ui.Chip{Label: m.T("inspections.agreed"), Tone: "good"})
	case p.State == inspections.StateDraft:
		out.Chips = append(out.Chips, ui.Chip{Label: m.T("inspections.waits"), Tone: "warn"})
		err := people.Can(by, policy.PlanInspections, people.Object{Units: []string{f.Unit}, Did: []gov.ID{f.Author}})
		mine := people.Can(by, policy.PlanInspections, people.Object{Units: []string{f.Unit}}) == nil
		if err == nil {
			out.Agree = &ui.Form{ID: "agree-" + f.Unit, Action: planPath + p.ID.String() + "/agree", Post: true, Submit: m.T("inspections.agree"), Fields: []ui.Field{{Name: "unit", Kind: "hidden", Value: f.Unit}}}
		} else if mine {
			out.Because = gov.TextOf(err, l)
		}
	}
	return out
}

// percent is a share with one decimal.
func percent(n, of int64) string {
	if of == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64) + "%"
}

// takesPart reports that the reader may open the page on which draws are held.
func takesPart(by people.Standing) bool {
	by.Proven = by.At // what is done there asks for it again
	return slices.ContainsFunc([]policy.Act{policy.HoldDraws, policy.WitnessDraws, policy.SealDraws, policy.AttestDraws}, func(a policy.Act) bool {
		return people.Can(by, a, people.Object{}) == nil
	})
}

// roots are what the plan is bound to.
func (k *Pages) roots(m *ui.Messages, p *inspections.Plan, out *planView) error {
	frozen, err := p.Record()
	if err != nil {
		return err
	}
	for i, f := range frozen.Frames {
		hex := func(h lot.Hash) string { return h.String() }
		out.Roots = append(out.Roots, root{k.unit(m, p.Frames[i].Unit), hex(f.Registry.Root), hex(f.Frame.Root), hex(f.Exempt.Root)})
	}
	return nil
}

// actions are what the reader may do about the plan.
func (k *Pages) actions(m *ui.Messages, by people.Standing, p *inspections.Plan, s *inspections.Sum, open bool, out *planView) {
	if !open || out.Running {
		return
	}
	form := func(act, label string, danger bool) *ui.Form {
		return &ui.Form{ID: act, Action: out.Path + "/" + act, Post: true, Submit: label, Danger: danger}
	}
	out.Count = form("count", m.T("inspections.count_again"), false)
	out.Count.Plain = true
	if !k.Plans.Leads(by) {
		return
	}
	out.Drop = form("drop", m.T("inspections.drop"), true)
	if p.State != inspections.StateAgreed {
		out.Why = m.T("inspections.not_agreed")
		return
	}
	if s != nil && !p.Campaign {
		for i := range s.Frames {
			if !s.Frames[i].Capacity.Enough() {
				out.Why = m.T("inspections.too_few_why")
				return
			}
		}
	}
	label := m.T("inspections.freeze")
	if p.Campaign {
		label = m.T("inspections.list_all")
	}
	out.Freeze = form("freeze", label, true)
}

// act does what a button of a plan's page says.
func (k *Pages) act(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	by, to := who.Of(r.Context()).Standing, planPath+id.String()
	switch r.PathValue("action") {
	case "agree":
		err = k.Plans.Agree(r.Context(), by, id, r.PostFormValue("unit"))
	case "count":
		err = k.Plans.AskCount(r.Context(), by, id)
	case "freeze":
		err = k.Plans.Freeze(r.Context(), by, id)
	case "drop":
		err, to = k.Plans.Drop(r.Context(), by, id), Root
	default:
		err = gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
