package figures

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

const (
	usualMonths = 3   // a period nobody chose: this month and those before it
	mostMonths  = 120 // of a period
	offered     = 36  // months to choose from
)

// question is what a page of figures is asked: of which months, of which cases.
type question struct {
	p        *procedure.Procedure
	from, to docket.Month
	facet    docket.Facet // the zero Facet is all cases
	by       string       // by what a measure is told
}

// ask reads a question.
func (a *asking) ask(r *http.Request) (q question, err error) {
	if q.p, err = a.procedureOf(r); err != nil {
		return q, err
	}
	in := r.URL.Query()
	if q.from, q.to, err = ParsePeriod(in.Get("from"), in.Get("to"), a.Clock()); err != nil {
		return q, err
	}
	q.facet = docket.Facet{Field: in.Get("field"), Value: in.Get("value")}
	q.by = in.Get("by")
	for _, name := range []string{q.facet.Field, q.by} {
		counted := r.PathValue("what") == begun
		if name != "" && !slices.ContainsFunc(a.dimensions(q.p, counted), func(d dimension) bool { return d.id == name }) &&
			!(counted && slices.ContainsFunc(a.told(q.p), func(p pair) bool { return p.field == name })) {
			return q, gov.Errorf(gov.Invalid, "不按“%s”统计", "figures are not told by %q", name).On("by")
		}
	}
	return q, nil
}

// ParsePeriod reads the first and last month of a period; without them it is this
// month and the two before it.
func ParsePeriod(first, last string, now time.Time) (from, to docket.Month, err error) {
	if to, err = monthOf("to", last, docket.MonthOf(now)); err != nil {
		return 0, 0, err
	}
	if from, err = monthOf("from", first, to-usualMonths+1); err != nil {
		return 0, 0, err
	}
	if from > to || to-from >= mostMonths {
		return 0, 0, gov.Errorf(gov.Invalid, "起止月份不对：应先起后止，最长 %d 个月", "the first month is after the last, or there are more than %d", mostMonths).On("from")
	}
	return from, to, nil
}

// monthOf reads a month as addresses write it: 2016-10.
func monthOf(key, text string, usual docket.Month) (docket.Month, error) {
	if text == "" {
		return usual, nil
	}
	d, err := gov.ParseDate(text + "-01")
	if err != nil || d.IsZero() {
		return 0, gov.Errorf(gov.Invalid, "月份应写作 2016-10 的样子", "a month is written like 2016-10").On(key)
	}
	return docket.Month(d.Year*12 + int(d.Month) - 1), nil
}

func monthText(m docket.Month) string { return m.First().String()[:len("2016-10")] }

// link is the address of a page about the same months and cases; pairs add to it.
func (q question) link(path string, pairs ...string) string {
	return ui.With(path, append([]string{"from", monthText(q.from), "to", monthText(q.to), "field", q.facet.Field, "value", q.facet.Value}, pairs...)...)
}

// at is the same question about other cases.
func (q question) at(f docket.Facet) question {
	q.facet = f
	return q
}

// dimension is by what figures are told.
type dimension struct {
	id    string
	label string
	field *procedure.Field // nil for the hour of the day
}

// dimensions are by what figures of a procedure are told to whoever asks; the
// areas where only beginnings are counted are among them when asked for.
func (a *asking) dimensions(p *procedure.Procedure, spots bool) (list []dimension) {
	ids := p.FiguresBy()
	if spots {
		ids = append(ids, p.Spots()...)
	}
	for _, f := range a.fields(p, ids) {
		list = append(list, dimension{f.ID, f.Label.In(a.Lang()), f})
	}
	return append(list, dimension{procedure.HourOfDay, a.T("figures.hour"), nil})
}

// value is what a value of a dimension is called.
func (a *asking) value(d dimension, v string) string {
	if d.field == nil {
		return a.T("figures.hour_of", "hour", v)
	}
	text := ""
	for i, w := range casework.Words(a.Pack, d.field, v, a.Lang()) {
		if i > 0 {
			text += a.T("list.separator")
		}
		text += w
	}
	return text
}

// of says of which cases figures are, "" for all.
func (a *asking) of(q question) string {
	for _, d := range a.dimensions(q.p, true) {
		if d.id == q.facet.Field {
			return a.T("figures.only", "what", d.label, "value", a.value(d, q.facet.Value))
		}
	}
	for _, p := range a.told(q.p) {
		if x, y, _ := strings.Cut(q.facet.Value, procedure.PairOf); p.field == q.facet.Field {
			return a.T("figures.only", "what", a.pairLabel(p), "value", a.T("figures.pair", "down", a.value(p.down, x), "across", a.value(p.across, y)))
		}
	}
	return ""
}

// askView is the form in which a period is chosen.
type askView struct {
	Action string
	Hidden []ui.Link // name and value
	From   []option
	To     []option
	Of     string // of which cases the figures are
	All    string // where those of all cases are
	Span   string
}

type option struct {
	Value    string
	Selected bool
}

func (a *asking) form(q question, action string) askView {
	v := askView{Action: action, Of: a.of(q), Span: a.T("figures.span", "from", monthText(q.from), "to", monthText(q.to))}
	this := docket.MonthOf(a.Clock())
	for m := this; m > this-offered; m-- {
		v.From = append(v.From, option{monthText(m), m == q.from})
		v.To = append(v.To, option{monthText(m), m == q.to})
	}
	for _, one := range []struct {
		list *[]option
		m    docket.Month
	}{{&v.From, q.from}, {&v.To, q.to}} { // one asked for by its address stays chosen
		if !slices.ContainsFunc(*one.list, func(o option) bool { return o.Selected }) {
			*one.list = append(*one.list, option{monthText(one.m), true})
		}
	}
	for _, h := range [][2]string{{"field", q.facet.Field}, {"value", q.facet.Value}, {"by", q.by}} {
		if h[1] != "" {
			v.Hidden = append(v.Hidden, ui.Link{Href: h[0], Label: h[1]})
		}
	}
	if v.Of != "" {
		v.All = q.at(docket.Facet{}).link(action, "by", q.by)
	}
	return v
}
