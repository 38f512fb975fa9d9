package programmes

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/calculate"
	"quanxiang/rules/explain"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/web/factform"
	"quanxiang/web/ui"
)

// calculatorView is the calculator: what is applied for, or the result so far with
// what is asked next.
type calculatorView struct {
	Crumbs []ui.Link
	Choose ui.Form
	Chosen bool
	About  string // what is applied for
	Change string // address that chooses anew
	Result *resultView
	Ask    ui.Form
	Asks   bool
	Done   bool   // nothing is left to ask
	Apply  string // where to apply with what was entered, "" where nobody can
}

// resultView is what is known of the result.
type resultView struct {
	Total, Note string
	Exact       bool
	Got, None   []benefitView
	Displaced   []benefitView // nothing, because another is had
	Hints       []hintView
}

// benefitView is one benefit with the clauses that made it.
type benefitView struct {
	Name, Amount, State, Tone string
	Clauses                   []ui.Link
	Needs                     string
	Decides                   []stepView // limits and exclusions that bind, conditions not met
	Steps                     []stepView
	Pending                   []readingView
}

type stepView struct {
	Clauses []ui.Link
	Words   string
}

// readingView is a reading nobody has ruled yet.
type readingView struct{ Question, Adopted, By string }

// vague is the most that is still said in figures, in fen: beyond it the range of
// the facts speaks and not the document.
const vague = 1_000_000_000_00

// selection is what is applied for.
type selection struct {
	input int32
	year  int
	docs  []string
	names []string
}

// choose reads what is applied for. The year is that of today, or the last in
// which the documents were in force.
func (p *Programmes) choose(q url.Values) (selection, bool) {
	rules := p.rules.Program()
	s := selection{input: rules.Input(q.Get("for")), docs: q["p"], names: q["b"]}
	today := gov.DateOf(p.Clock())
	last := 0
	for _, d := range rules.Docs {
		of := len(s.docs)+len(s.names) == 0 || slices.Contains(s.docs, d.Short) || slices.ContainsFunc(s.names, func(n string) bool { return strings.HasPrefix(n, d.Short+".") })
		if of && !d.Until.IsZero() && (last == 0 || d.Until.Year < last) {
			last = d.Until.Year
		}
	}
	s.year = today.Year
	if last != 0 {
		s.year = min(s.year, last)
	}
	if y, err := strconv.Atoi(strings.TrimSpace(q.Get("year"))); err == nil && y >= 1990 && y <= 2100 {
		s.year = y
	}
	return s, s.input != ir.None && len(s.docs)+len(s.names) > 0
}

// chooser is the form of what is applied for.
func (p *Programmes) chooser(m *ui.Messages, q url.Values, s selection) ui.Form {
	rules := p.rules.Program()
	who := ui.Field{Name: "for", Kind: "radio", Label: m.T("programmes.applicant"), Value: cmp.Or(q.Get("for"), rules.Inputs[0])}
	for _, n := range rules.Inputs {
		who.Options = append(who.Options, ui.Option{Value: n, Label: n})
	}
	docs := ui.Field{Name: "p", Kind: "checks", Label: m.T("programmes.documents"), Hint: m.T("programmes.documents_hint"), Values: q["p"]}
	one := ui.Field{Name: "b", Kind: "checks", Label: m.T("programmes.benefits"), Hint: m.T("programmes.benefits_hint"), Values: q["b"]}
	for _, d := range rules.Docs {
		docs.Options = append(docs.Options, ui.Option{Value: d.Short, Label: d.Number + " " + d.Title})
		for i, input := range rules.Inputs {
			for k := range rules.Benefits {
				if b := &rules.Benefits[k]; b.Doc == d.Short && b.Input == int32(i) {
					one.Options = append(one.Options, ui.Option{Value: b.Key(), Label: b.Name, Group: d.Short + " · " + input})
				}
			}
		}
	}
	year := ui.Field{Name: "year", Kind: "number", Label: m.T("programmes.year"), Hint: m.T("programmes.year_hint"), Value: cmp.Or(q.Get("year"), strconv.Itoa(s.year))}
	return ui.Form{ID: "choose", Action: Calculator, Submit: m.T("programmes.next"), Fields: []ui.Field{who, docs, one, year}}
}

// withoutEmpty is an address without the inputs nothing was entered in, so that
// what is shared is short.
func withoutEmpty(q url.Values) (url.Values, bool) {
	out, changed := url.Values{}, false
	for k, list := range q {
		for _, v := range list {
			if v = strings.TrimSpace(v); v == "" {
				changed = true
			} else {
				out.Add(k, v)
			}
		}
	}
	return out, changed
}

func (p *Programmes) calculate(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	q, changed := withoutEmpty(r.URL.Query())
	if changed {
		http.Redirect(w, r, Calculator+"?"+q.Encode(), http.StatusSeeOther)
		return nil
	}
	frame := ui.Frame{Section: "programmes", Title: m.T("programmes.calculator"), Description: m.T("programmes.calculator_lede"), NoIndex: len(q) > 0, Canonical: Calculator}
	s, ready := p.choose(q)
	v := calculatorView{Crumbs: []ui.Link{{Href: Root, Label: m.T("nav.programmes")}}, Choose: p.chooser(m, q, s)}
	if !ready || q.Has("change") {
		status := http.StatusOK
		if q.Has("for") && !ready {
			status = http.StatusUnprocessableEntity
			v.Choose.Fail(gov.Errorf(gov.Invalid, "请选择申报者和至少一份文件或一项支持", "Choose an applicant and at least one document or benefit").On("p"), m.Lang())
		}
		return p.answer.Render(w, r, status, frame, v)
	}
	without, err := p.rules.Without(s.input, s.docs, s.names)
	if err == nil && q.Get("year") != "" && q.Get("year") != strconv.Itoa(s.year) {
		err = gov.Errorf(gov.Invalid, "“%s”不是年度，应如 %d", "%q is no year; write it like %d", q.Get("year"), s.year).On("year")
	}
	if err != nil {
		v.Choose.Fail(err, m.Lang())
		return p.answer.Render(w, r, http.StatusUnprocessableEntity, frame, v)
	}
	a := &factform.Asker{Rules: p.rules.Program(), Input: s.input, Year: s.year, Q: q}
	return p.show(w, r, frame, v, a, s, without)
}

// show answers the result so far and the next questions.
func (p *Programmes) show(w http.ResponseWriter, r *http.Request, frame ui.Frame, v calculatorView, a *factform.Asker, s selection, without []bool) error {
	m := p.Engine.For(r)
	links, err := p.links(r.Context(), m.Lang())
	if err != nil {
		return err
	}
	var docs, words []string
	for _, d := range a.Rules.Docs {
		for i := range a.Rules.Benefits {
			if !without[i] && a.Rules.Benefits[i].Doc == d.Short && !slices.Contains(docs, d.Short) {
				docs, words = append(docs, d.Short), append(words, d.Number)
			}
		}
	}
	v.Chosen = true
	v.About = m.T("programmes.chosen", "who", a.Rules.Inputs[s.input], "year", strconv.Itoa(s.year), "documents", strings.Join(words, m.T("list.separator")))
	again := url.Values{"change": {"1"}, "for": {a.Rules.Inputs[s.input]}, "year": {strconv.Itoa(s.year)}, "p": s.docs, "b": s.names}
	v.Change = Calculator + "?" + again.Encode()
	result, hints, err := p.read(a, docs, without)
	status := http.StatusOK
	var missing []calculate.Missing
	if err == nil {
		missing = p.rules.Missing(result)
		v.Result = p.told(m, links, result, len(missing))
		switch {
		case restIsNothing(a) && len(missing) == 0:
			v.Result.Note = m.T("programmes.rest_exact_note")
		case restIsNothing(a):
			v.Result.Note = m.T("programmes.rest_open_note", "n", asked(result, len(missing)))
		}
		v.Result.Hints = hinted(m, links, hints)
		v.Apply = p.applyPath(a, s)
	}
	fields, left := a.Fields(m, missing, without)
	v.Ask = ui.Form{ID: "ask", Action: Calculator, Submit: m.T("programmes.go"), Fields: append(hidden(a, s), fields...)}
	if left > 0 {
		v.Ask.Lines = []ui.Line{{Text: m.T("programmes.left", "n", left)}}
	}
	if len(missing) > 0 || restIsNothing(a) {
		v.Ask.Fields = withRest(m, v.Ask.Fields, a)
	}
	v.Asks, v.Done = len(fields) > 0, err == nil && len(missing) == 0
	if err != nil {
		status = http.StatusUnprocessableEntity
		if err := wrong(&v, err, m.Lang()); err != nil {
			return err
		}
	}
	return p.answer.Render(w, r, status, frame, v)
}

// restIsNothing reports that the visitor has none of what they left empty.
func restIsNothing(a *factform.Asker) bool { return a.Q.Get("rest") != "" }

// withRest adds, after what is asked and before what was entered, that the rest is nothing.
func withRest(m *ui.Messages, fields []ui.Field, a *factform.Asker) []ui.Field {
	f := ui.Field{Name: "rest", Kind: "checks", Label: m.T("programmes.rest"), Hint: m.T("programmes.rest_hint"), Values: a.Q["rest"], Options: []ui.Option{{Value: "none", Label: m.T("programmes.rest_none")}}}
	at := slices.IndexFunc(fields, func(x ui.Field) bool { return x.Kind == "fixed" })
	if at < 0 {
		at = len(fields)
	}
	return slices.Insert(fields, at, f)
}

// hidden carries what is applied for from step to step.
func hidden(a *factform.Asker, s selection) []ui.Field {
	list := []ui.Field{{Name: "for", Kind: "hidden", Value: a.Rules.Inputs[s.input]}, {Name: "year", Kind: "hidden", Value: strconv.Itoa(s.year)}}
	for _, d := range s.docs {
		list = append(list, ui.Field{Name: "p", Kind: "hidden", Value: d})
	}
	for _, b := range s.names {
		list = append(list, ui.Field{Name: "b", Kind: "hidden", Value: b})
	}
	return list
}

// wrong tells each mistake at its input. A year that is outside the validity is
// told where the year is chosen.
func wrong(v *calculatorView, err error, l gov.Lang) error {
	list, ok := errors.AsType[problems.List](err)
	if !ok {
		e, single := errors.AsType[*gov.Error](err)
		if !single {
			return err
		}
		list = problems.List{e}
	}
	for _, e := range list {
		text := e.Text.In(l)
		if _, rest, ok := strings.Cut(text, map[gov.Lang]string{gov.ZH: "：", gov.EN: ": "}[l]); ok && strings.HasPrefix(text, e.Field) {
			text = rest
		}
		at := gov.Errorf(e.Code, "%[1]s", "%[1]s", text).On(e.Field)
		if i := slices.IndexFunc(v.Ask.Fields, func(x ui.Field) bool { return x.Name == e.Field && x.Kind != "hidden" }); i >= 0 {
			v.Ask.Fields[i].Error, v.Ask.Fields[i].Whole = text, strings.HasPrefix(e.Field, factform.CountPrefix)
			continue
		}
		v.Chosen = false
		if !v.Choose.Fail(at, l) {
			return err
		}
	}
	return nil
}

// amount writes an amount as people do.
func amount(m *ui.Messages, a calculate.Amount) string {
	one := func(x int64) string { return money.Fen(x).As(m.Lang()) }
	switch {
	case a.Known():
		return one(a.Least)
	case a.Most > vague && a.Least == 0:
		return m.T("programmes.open")
	case a.Most > vague:
		return m.T("programmes.from", "least", one(a.Least))
	case a.Least == 0:
		return m.T("programmes.up_to", "most", one(a.Most))
	}
	return m.T("programmes.between", "least", one(a.Least), "most", one(a.Most))
}

// asked is how many facts decide what is open: those of the sum, or of titles and
// services where the sum is known.
func asked(r calculate.Result, missing int) int { return cmp.Or(len(r.Needs), missing) }

// told is a result in words: what is had or may be had, the greatest first, and
// what is not. Of titles and services alone there is no sum: they are counted.
func (p *Programmes) told(m *ui.Messages, links *links, r calculate.Result, missing int) *resultView {
	v := &resultView{Exact: r.Total.Known(), Total: amount(m, r.Total)}
	if !slices.ContainsFunc(r.Benefits, func(b calculate.Benefit) bool { return b.Title == "" }) {
		had, open := 0, 0
		for _, b := range r.Benefits {
			switch {
			case b.Least > 0:
				had++
			case b.Most > 0:
				open++
			}
		}
		v.Exact, v.Total = open == 0, m.T("programmes.grants", "n", had)
		if open > 0 {
			v.Total = m.T("programmes.grants_between", "least", had, "most", had+open)
		}
	}
	v.Note = m.T("programmes.open_note", "n", asked(r, missing))
	if v.Exact && missing == 0 {
		v.Note = m.T("programmes.exact_note")
	}
	slices.SortStableFunc(r.Benefits, func(a, b calculate.Benefit) int {
		return cmp.Or(cmp.Compare(b.Least, a.Least), cmp.Compare(b.Most, a.Most))
	})
	for _, b := range r.Benefits {
		x := benefitView{Name: strings.Replace(b.Benefit, ".", " · ", 1), Amount: amount(m, b.Amount), Needs: strings.Join(b.Needs, m.T("list.separator"))}
		switch {
		case b.Most == 0:
			x.State, x.Tone, x.Amount = m.T("programmes.none"), "quiet", ""
		case b.Known():
			x.State, x.Tone = m.T("programmes.sure"), "good"
		default:
			x.State, x.Tone = m.T("programmes.maybe"), "warn"
		}
		if b.Title != "" {
			x.Amount = b.Title
		}
		for _, c := range b.Clauses {
			x.Clauses = append(x.Clauses, links.clause(c))
		}
		for _, s := range b.Trace {
			y := stepView{Words: s.Words(m.Lang())}
			for _, c := range s.Clauses {
				y.Clauses = append(y.Clauses, links.clause(c))
			}
			x.Steps = append(x.Steps, y)
			if s.Decides() {
				x.Decides = append(x.Decides, y)
			}
		}
		for _, name := range b.Pending {
			for _, d := range p.rules.Program().Readings {
				if d.Doc+"."+d.Name == name {
					x.Pending = append(x.Pending, readingView{d.Question, d.Adopted, d.By})
				}
			}
		}
		switch {
		case b.Most > 0:
			v.Got = append(v.Got, x)
		case slices.ContainsFunc(b.Trace, explain.Displaced):
			v.Displaced = append(v.Displaced, x)
		default:
			v.None = append(v.None, x)
		}
	}
	return v
}

// read computes what was entered.
func (p *Programmes) read(a *factform.Asker, docs []string, without []bool) (calculate.Result, []calculate.Hint, error) {
	if err := a.Unknown(); err != nil {
		return calculate.Result{}, nil, err
	}
	data, err := a.Statement()
	if err != nil {
		return calculate.Result{}, nil, err
	}
	f, err := facts.ReadFor(a.Rules, data, facts.Options{Docs: docs, Rest: restIsNothing(a), Own: true, Plain: true})
	if err != nil {
		return calculate.Result{}, nil, err
	}
	f.Without = without
	return p.rules.Facts(f, true), p.rules.Hints(f), nil
}

// hintView is what would bring more, everything else being as it is.
type hintView struct {
	Words, More string
	Clauses     []ui.Link
}

// hinted is hints in words.
func hinted(m *ui.Messages, links *links, list []calculate.Hint) (out []hintView) {
	for _, h := range list {
		v := hintView{Words: m.T("programmes.hint_is", "fact", h.Fact), More: amount(m, calculate.Amount{Least: h.More, Most: h.More})}
		if to, further := h.Words(m.Lang()); further != "" {
			v.Words = m.T("programmes.hint_more", "fact", h.Fact, "further", further, "to", to)
		}
		for _, c := range h.Clauses {
			v.Clauses = append(v.Clauses, links.clause(c))
		}
		out = append(out, v)
	}
	return out
}

// applyPath is where an organisation applies with what was entered.
func (p *Programmes) applyPath(a *factform.Asker, s selection) string {
	rules := p.Pack.Applications
	if rules == nil || !slices.Contains(rules.Applicants, a.Rules.Inputs[s.input]) {
		return ""
	}
	q := maps.Clone(a.Q)
	q.Del("rest") // what is not stated is not handed in as nothing
	q.Set("for", a.Rules.Inputs[s.input])
	q.Set("year", strconv.Itoa(s.year))
	return "/apply/new?" + q.Encode()
}
