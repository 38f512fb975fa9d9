package calls

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/policy/codes"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/caseform"
	"quanxiang/web/clause"
	"quanxiang/web/desk"
	"quanxiang/web/ui"
)

// What is looked for.
const (
	lookAll    = "all"
	lookCaller = "caller" // what else came from the number
	lookWords  = "words"  // what the words and the place say
)

// How much is shown beside the form: what can be read while somebody speaks.
const (
	mostCalls   = 8
	mostDocs    = 5
	mostCases   = 6
	mostEntries = 4
	mostClauses = 3   // of what was said that are looked for
	mostQueries = 2   // by what the words seem to be about
	longest     = 200 // characters of what was typed that are looked for
)

// beside is what stands beside the form. A part that was not looked for is not
// fresh, and what stood there before stays.
type beside struct {
	Caller  part
	Place   part
	Entries part
	Docs    part
	Cases   part
}

// part is a list beside the form.
type part struct {
	Fresh bool
	Why   string // why there is nothing
	Rows  []row
}

// row is something found. Fill says which input its value belongs into.
type row struct {
	ui.Row
	Fill  string
	Value string
	Label string // of the button that fills it in
}

// look answers the script: the parts that were asked for, and the others empty.
func (k *Calls) look(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, desk.MaxBody); err != nil {
		return err
	}
	_, typed, err := k.read(w, v, v.asks)
	if err != nil {
		return err
	}
	b, err := k.besides(v, typed, v.PostForm.Get(lookInput))
	if err != nil {
		return err
	}
	return k.beside.Render(w, v.Request, http.StatusOK, k.frame(v), b)
}

// besides looks for what stands beside the form.
func (k *Calls) besides(v *visit, typed casework.Typed, what string) (b beside, err error) {
	if what == lookCaller || what == lookAll {
		if b.Caller, err = k.caller(v); err != nil || what == lookCaller {
			return b, err
		}
	}
	// What could not be read is not looked for; it is said when the form is sent.
	values, _, err := k.Casework.Values(v.Context(), v.Standing, v.under, v.asks, typed)
	if err != nil {
		return b, err
	}
	words := k.words(v, values)
	found := k.suggested(v, words)
	b.Place, b.Entries = k.place(v, values), entries(v, found)
	asked := queries(v.PostForm.Get(queryInput), words, found)
	if b.Docs, err = k.docs(v, asked); err != nil {
		return b, err
	}
	b.Cases, err = k.similar(v, values, asked)
	return b, err
}

// caller lists what else came from the number. That somebody looked is recorded
// first, with the reason that the caller is on the line.
func (k *Calls) caller(v *visit) (p part, err error) {
	p.Fresh = true
	number := v.PostForm.Get(mobileInput)
	if strings.TrimSpace(number) == "" || !residents.ServesCallers(v.Standing) {
		p.Why = v.T("calls.caller_hint")
		return p, nil
	}
	a, err := residents.ParseAddress(number)
	if e, ok := errors.AsType[*gov.Error](err); ok {
		p.Why = e.Text.In(v.Lang())
		return p, nil
	}
	list, err := k.Register.History(v.Context(), v.Standing, a, v.T("calls.reason"), gov.Page{Limit: mostCalls})
	if err != nil {
		return p, err
	}
	for _, c := range list.Items {
		s, err := k.Casework.Sheet(v.Context(), v.Standing, c.Case)
		if gov.CodeOf(err) == gov.NotFound { // a report that was not finished
			continue
		}
		if err != nil {
			return p, err
		}
		r := row{Row: ui.Row{Href: desk.CasePath(c.Case), Lead: s.Number, Title: s.Subject, Meta: []string{s.State.Name.In(v.Lang()), gov.DateOf(time.UnixMilli(s.Opened)).In(v.Lang())}}}
		if r.Title == "" {
			r.Lead, r.Title = "", s.Number
		}
		p.Rows = append(p.Rows, r)
	}
	if len(p.Rows) == 0 {
		p.Why = v.T("calls.caller_new")
	}
	return p, nil
}

// words is what is looked for: all that was typed into the fields for it.
func (k *Calls) words(v *visit, values cases.Values) string {
	var list []string
	for _, f := range v.under.Procedure.Intake.Words {
		if text := strings.TrimSpace(values.Text(f)); text != "" {
			list = append(list, text)
		}
	}
	words := strings.Join(list, " ")
	if utf8.RuneCountInString(words) > longest {
		words = string([]rune(words)[:longest])
	}
	return words
}

// place says in which areas a place lies, or which areas are named in the text
// about it.
func (k *Calls) place(v *visit, values cases.Values) (p part) {
	p.Fresh = true
	proc, pack := v.under.Procedure, v.under.Pack
	for i := range proc.Fields {
		f := &proc.Fields[i]
		at := geo.Point{}
		pt, drawn := proc.Field(f.At)
		if f.Type != procedure.AreaField || !drawn {
			continue
		}
		if text := values.Text(pt.ID); text != "" {
			var err error
			if at, err = geo.ParsePoint(text); err != nil {
				continue
			}
			if a, ok := pack.AreaAt(at, policy.AreaLevel(f.Size)); ok {
				p.Rows = append(p.Rows, row{Row: ui.Row{Lead: f.Label.In(v.Lang()), Title: a.Name.In(v.Lang())}})
			}
			continue
		}
		if !slices.ContainsFunc(v.asks.Asks, func(x procedure.Ask) bool { return x.Field == f.ID }) {
			continue
		}
		said := k.said(v, values)
		for _, a := range pack.AreasOf(policy.AreaLevel(f.Size)) {
			if len(p.Rows) < mostEntries && names(said, a.Name.ZH) {
				p.Rows = append(p.Rows, row{Row: ui.Row{Lead: f.Label.In(v.Lang()), Title: a.Name.In(v.Lang())}, Fill: caseform.Name(f.ID), Value: a.Code, Label: v.T("calls.use")})
			}
		}
	}
	if len(p.Rows) == 0 {
		p.Why = v.T("calls.place_hint")
	}
	return p
}

// said is all text that was typed.
func (k *Calls) said(v *visit, values cases.Values) string {
	var b strings.Builder
	for _, ask := range v.asks.Asks {
		if f, _ := v.under.Procedure.Field(ask.Field); f.Type == procedure.TextField || f.Type == procedure.ParagraphField {
			b.WriteString(values.Text(ask.Field) + "\n")
		}
	}
	return b.String()
}

// names reports that a text names an area. People say 金融街 for 金融街街道.
func names(text, area string) bool {
	for _, kind := range []string{"街道", "社区", "地区"} {
		if short, ok := strings.CutSuffix(area, kind); ok && utf8.RuneCountInString(short) > 1 {
			area = short
		}
	}
	return strings.Contains(text, area)
}

// choice is an entry that may be meant by the words.
type choice struct {
	field *procedure.Field
	codes.Entry
}

// suggested finds, by the words of the lists, what may be chosen from them.
func (k *Calls) suggested(v *visit, words string) (list []choice) {
	for _, ask := range v.asks.Asks {
		f, _ := v.under.Procedure.Field(ask.Field)
		if f.Type != procedure.EntryField {
			continue
		}
		for _, e := range f.List().Suggest(words, gov.DateOf(v.At), mostEntries) {
			list = append(list, choice{f, e})
		}
	}
	return list
}

// queries is what is searched for, one after the other until something is found:
// the key words that were typed for it; else all that was said, which finds what
// says it in the same words, then each clause of it, since callers say more than what
// is wrong, and then what it seems to be about.
func queries(asked, words string, found []choice) []string {
	if asked = strings.TrimSpace(asked); asked != "" {
		return []string{string([]rune(asked)[:min(utf8.RuneCountInString(asked), longest)])}
	}
	if words == "" {
		return nil
	}
	list := []string{words}
	clauses := strings.FieldsFunc(words, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, clause := range clauses {
		if len(list) <= mostClauses && utf8.RuneCountInString(clause) > 1 && clause != words {
			list = append(list, clause)
		}
	}
	for _, c := range found[:min(len(found), mostQueries)] {
		list = append(list, c.Name.ZH)
	}
	return list
}

func entries(v *visit, found []choice) (p part) {
	p.Fresh = true
	for _, c := range found {
		p.Rows = append(p.Rows, row{Row: ui.Row{Lead: c.Code, Title: c.Name.In(v.Lang())}, Fill: caseform.Name(c.field.ID), Value: c.Code, Label: v.T("calls.use")})
	}
	if len(p.Rows) == 0 {
		p.Why = v.T("calls.entries_hint")
	}
	return p
}

// docs finds what the documents say, each with how it is cited.
func (k *Calls) docs(v *visit, asked []string) (p part, err error) {
	p.Fresh = true
	if len(asked) == 0 {
		p.Why = v.T("calls.docs_hint")
		return p, nil
	}
	for _, words := range asked {
		hits, err := k.Library.Search(v.Context(), library.Query{Words: words, PerDocument: 1}, gov.Page{Limit: mostDocs})
		if err != nil {
			return p, err
		}
		for _, h := range hits.Items {
			p.Rows = append(p.Rows, hit(v, h))
		}
		if len(p.Rows) > 0 {
			break
		}
	}
	if len(p.Rows) == 0 {
		p.Why = v.T("calls.docs_none")
	}
	return p, nil
}

// hit is a place in a document, and how it is cited.
func hit(v *visit, h library.Hit) row {
	d := h.Document
	r := row{Row: ui.Row{Href: clause.Path(d.Slug + "#" + h.Anchor), Lead: d.Number, Title: d.Title}}
	if d.Title == "" {
		r.Lead, r.Title = "", d.Number
	}
	heading := text(h.Heading)
	if heading == d.Title {
		heading = ""
	}
	for _, t := range []string{heading, text(h.Snippet)} {
		if t != "" {
			r.Meta = append(r.Meta, cut(t, longest/2))
		}
	}
	if source := v.under.Procedure.Intake.Source; source != "" {
		f, _ := v.under.Procedure.Field(source)
		most := longest
		if f.Max != nil {
			most = *f.Max
		}
		cited := d.Number
		if d.Title != "" {
			cited = "《" + d.Title + "》" + d.Number
		}
		r.Fill, r.Label, r.Value = caseform.Name(source), v.T("calls.cite"), string([]rune(cited + heading)[:min(utf8.RuneCountInString(cited+heading), most)])
	}
	return r
}

func text(marks []library.Mark) string {
	var b strings.Builder
	for _, m := range marks {
		b.WriteString(m.Text)
	}
	return strings.TrimSpace(b.String())
}

// cut is a text of at most n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// similar finds cases near the place, and where there is no place or none near it
// by their words.
func (k *Calls) similar(v *visit, values cases.Values, asked []string) (p part, err error) {
	p.Fresh = true
	proc := v.under.Procedure
	if proc.Similar != nil && values.Text(proc.Similar.Place) != "" {
		at, err := geo.ParsePoint(values.Text(proc.Similar.Place))
		if err == nil {
			same := map[string]string{}
			for _, f := range slices.Concat(proc.Similar.Same, proc.Similar.Text) {
				same[f] = values.Text(f)
			}
			list, err := k.Casework.Similar(v.Context(), v.Standing, proc.ID, at, same, mostCases, v.At)
			if err != nil {
				return p, err
			}
			for _, n := range list {
				p.Rows = append(p.Rows, k.caseRow(v, n.Row, v.T("calls.metres", "n", n.Metres)))
			}
		}
	}
	for _, words := range asked {
		if len(p.Rows) > 0 {
			break
		}
		list, _, err := k.Casework.Search(v.Context(), v.Standing, words, gov.ID{}, mostCases)
		if err != nil {
			return p, err
		}
		for _, c := range list {
			p.Rows = append(p.Rows, k.caseRow(v, c))
		}
	}
	if len(p.Rows) == 0 {
		p.Why = v.T("calls.cases_hint")
	}
	return p, nil
}

func (k *Calls) caseRow(v *visit, c docket.Row, meta ...string) row {
	r := row{Row: ui.Row{Href: desk.CasePath(c.ID), Lead: c.Number, Title: c.Subject, Meta: meta}}
	if c.Subject == "" {
		r.Lead, r.Title = "", c.Number
	}
	if p, ok := v.under.Pack.Procedure(c.Procedure); ok {
		if s, ok := p.State(c.State); ok {
			r.Meta = append(r.Meta, s.Name.In(v.Lang()))
		}
	}
	r.Meta = append(r.Meta, gov.DateOf(time.UnixMilli(c.Opened)).In(v.Lang()))
	return r
}
