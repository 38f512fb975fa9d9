package registers

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/register"
	"quanxiang/registers"
	"quanxiang/registers/restrict"
	"quanxiang/web/export"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// AskPath is where the staff ask whether an entry may receive something, and CountsPath
// where they see how often measures were met and applied.
const (
	AskPath    = "/desk/restrictions"
	CountsPath = AskPath + "/counts"
)

const asked = 20 // consultations that are listed

// askView is where somebody asks.
type askView struct {
	Crumbs []ui.Link
	Form   ui.Form
	Open   []ui.Row // to be told of
	Recent []ui.Row
	Counts string
	Cite   string
}

// restricting lists the registers with joint restrictions.
func (k *Pages) restricting() (list []*register.Register) {
	for _, r := range k.Pack.Registers {
		if r.Limits != nil {
			list = append(list, r)
		}
	}
	return list
}

// askLink is where somebody asks about an entry.
func askLink(registerID, key string) string {
	return AskPath + "?" + url.Values{"register": {registerID}, "key": {key}}.Encode()
}

func (k *Pages) showAsk(w http.ResponseWriter, r *http.Request) error {
	return k.renderAsk(w, r, http.StatusOK, r.URL.Query(), nil)
}

func (k *Pages) renderAsk(w http.ResponseWriter, r *http.Request, status int, typed url.Values, failed error) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	if err := registers.Enter(by); err != nil {
		return err
	}
	list := k.restricting()
	if len(list) == 0 {
		return gov.Errorf(gov.NotFound, "政策包里没有联合惩戒措施。", "The pack has no joint restrictions.")
	}
	l, reg := m.Lang(), list[0]
	if i := slices.IndexFunc(list, func(x *register.Register) bool { return x.ID == typed.Get("register") }); i >= 0 {
		reg = list[i]
	}
	choose := func(name, label, value string, options []register.Option) ui.Field {
		f := ui.Field{Name: name, Kind: "select", Label: label, Value: value, Required: true, Options: []ui.Option{{Label: m.T("registers.choose")}}}
		for _, o := range options {
			f.Options = append(f.Options, ui.Option{Value: o.ID, Label: o.Name.In(l)})
		}
		return f
	}
	f := ui.Form{ID: "ask", Action: AskPath, Post: true, Submit: m.T("restrict.ask"), Fields: []ui.Field{
		{Name: "register", Kind: "hidden", Value: reg.ID},
		{Name: "key", Kind: "text", Label: reg.Key.Label.In(l), Hint: m.T("restrict.key_hint"), Required: true},
		choose("receive", m.T("restrict.receive"), "", reg.Limits.Receives),
		{Name: "on", Kind: "date", Label: m.T("restrict.on"), Hint: m.T("restrict.on_hint"), Value: gov.DateOf(k.Clock()).String()},
		choose("purpose", m.T("registers.purpose"), "", reg.Looks),
		{Name: "note", Kind: "text", Label: m.T("registers.note"), Hint: m.T("restrict.note_hint")},
	}}
	units := registers.Asks(by)
	if len(units) == 1 {
		f.Fields = append(f.Fields, ui.Field{Name: "unit", Kind: "hidden", Value: units[0]})
	} else {
		u := ui.Field{Name: "unit", Kind: "select", Label: m.T("restrict.unit"), Required: true}
		for _, id := range units {
			u.Options = append(u.Options, ui.Option{Value: id, Label: k.unitName(m, id)})
		}
		f.Fields = append(f.Fields, u)
	}
	f.Fill(typed)
	f.Fields[0].Value = reg.ID
	if failed != nil && !f.Fail(failed, l) {
		return failed
	}
	out := askView{Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: Root + "/" + reg.ID, Label: reg.Title.In(l)}}, Form: f, Counts: CountsPath + "?register=" + url.QueryEscape(reg.ID), Cite: reg.Limits.Cite}
	for _, u := range units {
		open, err := k.Registers.Consultations(r.Context(), by, registers.ConsultQuery{Register: reg.ID, Unit: u, Open: true}, gov.Page{Limit: asked})
		if err != nil {
			return err
		}
		recent, err := k.Registers.Consultations(r.Context(), by, registers.ConsultQuery{Register: reg.ID, Unit: u}, gov.Page{Limit: asked})
		if err != nil {
			return err
		}
		for _, c := range open.Items {
			out.Open = append(out.Open, k.consultationRow(m, reg, c))
		}
		for _, c := range recent.Items {
			out.Recent = append(out.Recent, k.consultationRow(m, reg, c))
		}
	}
	return k.ask.Render(w, r, status, frame(m.T("restrict.title")), out)
}

// consultationRow is a consultation in a list.
func (k *Pages) consultationRow(m *ui.Messages, reg *register.Register, c registers.Consultation) ui.Row {
	o, _ := reg.Limits.Receive(c.Receive)
	row := ui.Row{Href: AskPath + "/" + c.ID.String(), Title: c.Name, Lead: c.Key, Meta: []string{cmp.Or(o.Name.In(m.Lang()), c.Receive), k.unitName(m, c.Unit)}, Date: day(c.At),
		Chips: []ui.Chip{effectChip(m, c.Answer.Effect)}}
	if len(c.Answer.Reasons) > 0 {
		row.Chips = append(row.Chips, outcomeChip(m, c.Outcome))
	}
	return row
}

// effectTone is the tone of an effect.
func effectTone(e register.Effect) string {
	switch e {
	case register.Refuse:
		return "bad"
	case register.Heed:
		return "warn"
	}
	return "good"
}

func effectChip(m *ui.Messages, e register.Effect) ui.Chip {
	return ui.Chip{Label: m.T("restrict.effect." + cmp.Or(string(e), "clear")), Tone: effectTone(e)}
}

func outcomeChip(m *ui.Messages, o registers.Outcome) ui.Chip {
	tone := map[registers.Outcome]string{registers.Applied: "good", registers.Waived: "warn"}[o]
	return ui.Chip{Label: m.T("restrict.outcome." + cmp.Or(string(o), "untold")), Tone: cmp.Or(tone, "quiet")}
}

// sendAsk asks.
func (k *Pages) sendAsk(w http.ResponseWriter, r *http.Request) error {
	by := who.Of(r.Context()).Standing
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单没有完整到达", "the form did not arrive whole").Because(err)
	}
	q := registers.Question{Register: r.PostForm.Get("register"), Key: r.PostForm.Get("key"), Receive: r.PostForm.Get("receive"), Purpose: r.PostForm.Get("purpose"), Note: r.PostForm.Get("note")}
	err := func() (err error) {
		if text := r.PostForm.Get("on"); text != "" {
			if q.On, err = gov.ParseDate(text); err != nil {
				return gov.Errorf(gov.Invalid, "日期应写作 2016-10-10", "write the date as 2016-10-10").On("on")
			}
		}
		asker, err := registers.AskAs(by, r.PostForm.Get("unit"))
		if err != nil {
			return err
		}
		c, err := k.Registers.May(r.Context(), asker, q)
		if err == nil {
			http.Redirect(w, r, AskPath+"/"+c.ID.String(), http.StatusSeeOther)
		}
		return err
	}()
	if code := gov.CodeOf(err); code == gov.Invalid || code == gov.NotFound {
		return k.renderAsk(w, r, http.StatusUnprocessableEntity, r.PostForm, err)
	}
	return err
}

// answerView is a consultation with its answer.
type answerView struct {
	Crumbs  []ui.Link
	Tone    string
	Verdict string
	About   string // the verdict in a sentence
	Facts   []fact
	Lines   []line
	Entry   string // the entry's page
	Event   string
	Tell    *ui.Form
	Outcome *ui.Chip
	Why     string
	Told    string
	Again   string // where the next question is asked
}

// line is a reason of an answer as people read it.
type line struct {
	Name  string
	Chip  ui.Chip
	Facts []fact
}

func (k *Pages) showAnswer(w http.ResponseWriter, r *http.Request) error {
	return k.renderAnswer(w, r, http.StatusOK, nil)
}

func (k *Pages) consultation(r *http.Request) (c registers.Consultation, reg *register.Register, err error) {
	id, err := gov.ParseID(r.PathValue("id"))
	if err != nil {
		return c, nil, gov.Errorf(gov.NotFound, "没有这次查询。", "There is no such consultation.")
	}
	if c, err = k.Registers.Consultation(r.Context(), who.Of(r.Context()).Standing, id); err != nil {
		return c, nil, err
	}
	reg, err = k.Registers.Register(c.Register)
	return c, reg, err
}

func (k *Pages) renderAnswer(w http.ResponseWriter, r *http.Request, status int, failed error) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	c, reg, err := k.consultation(r)
	if err != nil {
		return err
	}
	l := m.Lang()
	receive := c.Receive
	if reg.Limits != nil {
		o, _ := reg.Limits.Receive(c.Receive)
		receive = cmp.Or(o.Name.In(l), receive)
	}
	effect := cmp.Or(string(c.Answer.Effect), "clear")
	out := answerView{Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: AskPath, Label: m.T("restrict.title")}}, Tone: effectTone(c.Answer.Effect),
		Verdict: m.T("restrict.effect." + effect), About: m.T("restrict.about."+effect, "receive", receive), Entry: path(reg.ID, c.Key), Event: "/ledger/events/" + c.ID.String(), Again: askLink(reg.ID, c.Key)}
	purpose := c.Purpose
	for _, o := range reg.Looks {
		if o.ID == c.Purpose {
			purpose = o.Name.In(l)
		}
	}
	add := func(list *[]fact, label, text string) {
		if text != "" {
			*list = append(*list, fact{label, text})
		}
	}
	on, _ := gov.ParseDate(c.On) // written by the program
	add(&out.Facts, reg.Key.Label.In(l), c.Key)
	add(&out.Facts, m.T("restrict.receive"), receive)
	add(&out.Facts, m.T("restrict.on"), on.In(l))
	if reg.Credit != nil && c.Class != "" {
		add(&out.Facts, m.T("restrict.class_then"), k.classChip(m, reg, c.Class).Label)
	}
	add(&out.Facts, m.T("registers.purpose"), purpose)
	add(&out.Facts, m.T("registers.note"), c.Note)
	add(&out.Facts, m.T("restrict.unit"), k.unitName(m, c.Unit))
	add(&out.Facts, m.T("restrict.at"), m.Minute(c.At))
	for _, x := range c.Answer.Reasons {
		out.Lines = append(out.Lines, k.reason(m, reg, x))
	}
	switch {
	case len(c.Answer.Reasons) == 0:
	case c.Outcome != registers.Untold:
		chip := outcomeChip(m, c.Outcome)
		out.Outcome, out.Why, out.Told = &chip, c.Why, m.Minute(c.Told)
	case slices.Contains(registers.Asks(by), c.Unit):
		out.Tell = &ui.Form{ID: "tell", Action: AskPath + "/" + c.ID.String(), Post: true, Submit: m.T("restrict.tell"), Fields: []ui.Field{
			{Name: "outcome", Kind: "radio", Label: m.T("restrict.outcome"), Required: true, Options: []ui.Option{
				{Value: string(registers.Applied), Label: m.T("restrict.outcome.applied")}, {Value: string(registers.Waived), Label: m.T("restrict.outcome.waived")}}},
			{Name: "why", Kind: "text", Label: m.T("restrict.why"), Hint: m.T("restrict.why_hint")}}}
		if failed != nil {
			out.Tell.Fill(r.PostForm)
			if !out.Tell.Fail(failed, l) {
				return failed
			}
		}
	default:
		chip := outcomeChip(m, c.Outcome)
		out.Outcome = &chip
	}
	return k.answer.Render(w, r, status, frame(c.Name), out)
}

// reason is a line of an answer in words.
func (k *Pages) reason(m *ui.Messages, reg *register.Register, x restrict.Reason) line {
	l := m.Lang()
	out := line{Name: x.Name.In(l), Chip: effectChip(m, x.Effect)}
	add := func(label, text string) {
		if text != "" {
			out.Facts = append(out.Facts, fact{label, text})
		}
	}
	if x.Kind != "" {
		title := x.Kind
		if kind, ok := reg.Kind(x.Kind); ok {
			title = kind.Title.In(l)
		}
		add(m.T("restrict.record"), title+m.T("registers.dot")+k.unitName(m, x.Unit)+m.T("registers.dot")+x.On.In(l))
		add(m.T("restrict.ground"), x.Ground)
	}
	if x.Class != "" && reg.Credit != nil {
		add(m.T("registers.class"), k.classChip(m, reg, x.Class).Label)
	}
	add(m.T("restrict.basis"), x.Basis)
	until := m.T("registers.no_end")
	if !x.Until.IsZero() {
		until = x.Until.In(l)
	}
	add(m.T("restrict.until"), until)
	return out
}

// tell says what became of a consultation.
func (k *Pages) tell(w http.ResponseWriter, r *http.Request) error {
	c, _, err := k.consultation(r)
	if err != nil {
		return err
	}
	asker, err := registers.AskAs(who.Of(r.Context()).Standing, c.Unit)
	if err != nil {
		return err
	}
	_, err = k.Registers.Tell(r.Context(), asker, c.ID, registers.Outcome(r.PostFormValue("outcome")), r.PostFormValue("why"))
	if gov.CodeOf(err) == gov.Invalid {
		return k.renderAnswer(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, AskPath+"/"+c.ID.String(), http.StatusSeeOther)
	return nil
}

// countsView counts consultations.
type countsView struct {
	Crumbs      []ui.Link
	Filter      ui.Form
	Cards       []card
	Table       ui.Table
	Definitions []fact
}

// card is a figure.
type card struct{ Label, Text string }

// sums are the counts of one unit and measure.
type sums struct{ met, applied, waived int }

func (k *Pages) showCounts(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	q := r.URL.Query()
	list := k.restricting()
	i := max(0, slices.IndexFunc(list, func(x *register.Register) bool { return x.ID == q.Get("register") }))
	if len(list) == 0 {
		return gov.Errorf(gov.NotFound, "政策包里没有联合惩戒措施。", "The pack has no joint restrictions.")
	}
	l, reg := m.Lang(), list[i]
	until := gov.DateOf(k.Clock())
	from := gov.Date{Year: until.Year, Month: 1, Day: 1}
	for name, d := range map[string]*gov.Date{"from": &from, "until": &until} {
		if text := q.Get(name); text != "" {
			v, err := gov.ParseDate(text)
			if err != nil {
				return gov.Errorf(gov.Invalid, "日期应写作 2016-10-10", "write the date as 2016-10-10")
			}
			*d = v
		}
	}
	counts, err := k.Registers.Counts(r.Context(), by, reg.ID, from, until)
	if err != nil {
		return err
	}
	out := countsView{Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: AskPath, Label: m.T("restrict.title")}},
		Filter: ui.Form{ID: "filter", Action: CountsPath, Inline: true, Submit: m.T("filter.go"), Fields: []ui.Field{{Name: "register", Kind: "hidden", Value: reg.ID},
			{Name: "from", Kind: "date", Label: m.T("restrict.from"), Value: from.String()}, {Name: "until", Kind: "date", Label: m.T("restrict.to"), Value: until.String()}}}}
	k.count(m, reg, counts, &out)
	title := m.T("restrict.counts")
	if f := export.FormatOf(r.URL.Path); f != "" {
		return export.Send(w, f, title, out.Table)
	}
	out.Table.Exports = export.Links(r, CountsPath)
	for _, id := range []string{"met", "applied", "waived", "untold", "clear"} {
		out.Definitions = append(out.Definitions, fact{m.T("restrict.count." + id), m.T("restrict.define." + id)})
	}
	return k.counts.Render(w, r, http.StatusOK, ui.Frame{Section: "registers", Title: title + m.T("registers.dot") + reg.Title.In(l), NoIndex: true}, out)
}

// count adds up consultations by unit and measure.
func (k *Pages) count(m *ui.Messages, reg *register.Register, counts []registers.Count, out *countsView) {
	type at struct{ unit, measure string }
	var order []at
	by := map[at]*sums{}
	var total sums
	clear := 0
	for _, c := range counts {
		if c.Measure == "" {
			clear += c.N
			continue
		}
		x := at{c.Unit, c.Measure}
		if by[x] == nil {
			by[x] = &sums{}
			order = append(order, x)
		}
		for _, s := range []*sums{by[x], &total} {
			s.met += c.N
			switch c.Outcome {
			case registers.Applied:
				s.applied += c.N
			case registers.Waived:
				s.waived += c.N
			}
		}
	}
	number := func(id string) ui.Column { return ui.Column{Label: m.T("restrict.count." + id), Number: true} }
	out.Table = ui.Table{Caption: m.T("restrict.counts"), Columns: []ui.Column{{Label: m.T("restrict.measure"), Main: true}, {Label: m.T("restrict.unit")}, number("met"), number("applied"), number("waived"), number("untold")}}
	for _, x := range order {
		name, s := x.measure, by[x]
		if t, ok := reg.Limits.Measure(x.measure); ok {
			name = t.Name.In(m.Lang())
		}
		row := ui.TableRow{Cells: []ui.Cell{ui.TextCell(name), ui.TextCell(k.unitName(m, x.unit))}}
		for _, n := range []int{s.met, s.applied, s.waived, s.met - s.applied - s.waived} {
			row.Cells = append(row.Cells, ui.TextCell(m.Number(n)))
		}
		out.Table.Rows = append(out.Table.Rows, row)
	}
	for _, c := range []struct {
		id string
		n  int
	}{{"met", total.met}, {"applied", total.applied}, {"waived", total.waived}, {"untold", total.met - total.applied - total.waived}, {"clear", clear}} {
		out.Cards = append(out.Cards, card{m.T("restrict.count." + c.id), m.Number(c.n)})
	}
}
