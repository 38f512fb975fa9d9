package desk

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

// The lists.
const (
	mineList = "mine"
	unitList = "unit"
	allList  = "all"
)

// question is what an address of a list asks.
type question struct {
	list  string               // mineList, unitList or allList
	p     *procedure.Procedure // nil for any, of mineList alone, or where there is none
	unit  string
	query docket.Query
	after docket.Place
}

// listPath is the address of a list.
func listPath(list string) string {
	if list == mineList {
		return Root
	}
	return Root + "/" + list
}

// maxWords is how many characters the words of a filter have at most.
const maxWords = 100

// ask reads the address of a list.
func (k *Desk) ask(v *visit) (q question, err error) {
	q.list = strings.TrimSuffix(path.Base(v.URL.Path), path.Ext(v.URL.Path))
	if v.URL.Path == Root {
		q.list = mineList
	}
	values := v.URL.Query()
	if q.after, err = progress.ParsePlace(values.Get("after")); err != nil {
		return q, err
	}
	q.query = docket.Query{Colour: values.Get("colour"), Words: strings.TrimSpace(values.Get("q")), Ended: values.Get("ended") == "1"}
	if utf8.RuneCountInString(q.query.Words) > maxWords {
		return q, gov.Errorf(gov.Invalid, "检索词太长，请不超过 %d 个字。", "The search is too long; use at most %d characters.", maxWords)
	}
	if q.p = chosen(v.pack, values.Get("procedure"), q.list); q.p != nil {
		q.query.Procedure, q.query.State = q.p.ID, known(q.p, values.Get("state"))
	}
	if q.list == unitList && q.p != nil {
		mine := myUnits(v)
		if q.unit = values.Get("unit"); !slices.Contains(mine, q.unit) && len(mine) > 0 {
			q.unit = mine[0]
		}
		q.query.Facets = append(q.query.Facets, docket.Facet{Field: q.p.Unit, Value: q.unit})
	}
	for _, f := range q.facets(v.pack) {
		if value := facetOf(values, f.ID); value != "" {
			q.query.Facets = append(q.query.Facets, docket.Facet{Field: f.ID, Value: value})
		}
	}
	return q, nil
}

// byInput is the input, one for each field, that names a value of a field.
const byInput = "by"

// facetOf is the value of a field an address asks for, "" for any.
func facetOf(values url.Values, field string) string {
	for _, by := range values[byInput] {
		if value, ok := strings.CutPrefix(by, field+":"); ok {
			return value
		}
	}
	return ""
}

func known(p *procedure.Procedure, state string) string {
	if _, ok := p.State(state); ok {
		return state
	}
	return ""
}

// chosen is the procedure a list is of: the one that is named, or the first
// that can be listed so; what waits for the visitor may be of any.
func chosen(pack *policy.Pack, id, list string) *procedure.Procedure {
	choices := listed(pack, list)
	if i := slices.IndexFunc(choices, func(p *procedure.Procedure) bool { return p.ID == id }); i >= 0 {
		return choices[i]
	}
	if len(choices) == 0 || list == mineList {
		return nil
	}
	return choices[0]
}

// listed are the procedures whose cases can be listed, for units those listed
// by them.
func listed(pack *policy.Pack, list string) []*procedure.Procedure {
	if list != unitList {
		return pack.Procedures
	}
	return slices.DeleteFunc(slices.Clone(pack.Procedures), func(p *procedure.Procedure) bool { return p.Unit == "" || !slices.Contains(p.Facets, p.Unit) })
}

// procedures are those whose cases a list holds.
func (q question) procedures(pack *policy.Pack) []*procedure.Procedure {
	if q.p != nil {
		return []*procedure.Procedure{q.p}
	}
	return listed(pack, q.list)
}

// facets are the fields by which a list can be narrowed, each id once.
func (q question) facets(pack *policy.Pack) (list []*procedure.Field) {
	for _, p := range q.procedures(pack) {
		for _, id := range p.Facets {
			f, _ := p.Field(id)
			if f.Type == procedure.SubjectField || q.list == unitList && id == p.Unit || slices.ContainsFunc(list, func(o *procedure.Field) bool { return o.ID == id }) {
				continue
			}
			list = append(list, f)
		}
	}
	return list
}

// myUnits are the units in which the visitor holds roles, and those whose tasks
// these took over.
func myUnits(v *visit) []string {
	var list []string
	for _, s := range casework.Actor(v.pack, v.Standing).Seats {
		if !slices.Contains(list, s.Unit) {
			list = append(list, s.Unit)
		}
	}
	return list
}

// filter is the form above a list with what can be chosen, and how many cases
// there are of what is chosen, "" where that is not counted.
func (k *Desk) filter(v *visit, q question) (*ui.Form, string, error) {
	if len(q.procedures(v.pack)) == 0 {
		return nil, "", nil
	}
	m, l := v.Messages, v.Lang()
	f := &ui.Form{ID: "filter", Inline: true, Action: listPath(q.list), Submit: m.T("desk.filter"), Clear: listPath(q.list)}
	anything := ui.Option{Label: m.T("desk.any")}
	kinds := ui.Field{Name: "procedure", Kind: "select", Label: m.T("desk.kind"), Value: q.query.Procedure}
	if q.list == mineList {
		kinds.Options = append(kinds.Options, anything)
	}
	for _, p := range listed(v.pack, q.list) {
		kinds.Options = append(kinds.Options, ui.Option{Value: p.ID, Label: p.Title.In(l)})
	}
	f.Fields = append(f.Fields, kinds)
	if q.list == unitList {
		units := ui.Field{Name: "unit", Kind: "select", Label: m.T("desk.unit"), Value: q.unit}
		for _, id := range myUnits(v) {
			units.Options = append(units.Options, ui.Option{Value: id, Label: unitName(docket.Under{Pack: v.pack}, id, l)})
		}
		f.Fields = append(f.Fields, units)
	}
	for _, field := range q.facets(v.pack) {
		if q.p == nil && facetOf(v.URL.Query(), field.ID) == "" { // all there are would fill a screen
			continue
		}
		by, err := k.by(v, q, field)
		if err != nil {
			return nil, "", err
		}
		f.Fields = append(f.Fields, by)
	}
	if q.p != nil {
		states := ui.Field{Name: "state", Kind: "select", Label: m.T("desk.state"), Value: q.query.State, Options: []ui.Option{anything}}
		for _, s := range q.p.States {
			states.Options = append(states.Options, ui.Option{Value: s.ID, Label: s.Name.In(l)})
		}
		f.Fields = append(f.Fields, states)
	}
	if q.p != nil || q.query.Colour != "" { // each procedure has its own
		colours := ui.Field{Name: "colour", Kind: "select", Label: m.T("desk.colour"), Value: q.query.Colour, Options: []ui.Option{anything}}
		for _, p := range q.procedures(v.pack) {
			for _, c := range p.Colours {
				if !slices.ContainsFunc(colours.Options, func(o ui.Option) bool { return o.Value == c.ID }) {
					colours.Options = append(colours.Options, ui.Option{Value: c.ID, Label: c.Name.In(l)})
				}
			}
		}
		f.Fields = append(f.Fields, colours)
	}
	if q.list != mineList {
		f.Fields = append(f.Fields, ui.Field{Name: "ended", Kind: "select", Label: m.T("desk.running"), Value: map[bool]string{true: "1"}[q.query.Ended],
			Options: []ui.Option{{Label: m.T("desk.running.yes")}, {Value: "1", Label: m.T("desk.running.no")}}})
	}
	f.Fields = append(f.Fields, ui.Field{Name: "q", Kind: "search", Label: m.T("desk.words"), Value: q.query.Words})
	if n, err := k.count(v, q); err != nil || n >= 0 {
		return f, m.T("desk.count", "n", n), err
	}
	return f, "", nil
}

// maxFacets is how many values of a field can be chosen; the largest are.
const maxFacets = 100

// by are the values of a field that narrow a list, with how many cases there are.
func (k *Desk) by(v *visit, q question, field *procedure.Field) (ui.Field, error) {
	f := ui.Field{Name: byInput, Part: field.ID, Kind: "select", Label: field.Label.In(v.Lang()), Options: []ui.Option{{Label: v.T("desk.any")}}}
	counts, of, order := map[string]int64{}, map[string]*procedure.Field{}, []string(nil) // each procedure has its own words
	for _, p := range q.procedures(v.pack) {
		own, _ := p.Field(field.ID)
		if !slices.Contains(p.Facets, field.ID) {
			continue
		}
		tallies, err := k.Work.Tallies(v.Context(), v.Standing, p.ID, field.ID)
		if err != nil {
			return f, err
		}
		for _, t := range tallies {
			if counts[t.Value] == 0 {
				order, of[t.Value] = append(order, t.Value), own
			}
			counts[t.Value] += t.N
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	order = order[:min(len(order), maxFacets)]
	if value := facetOf(v.URL.Query(), field.ID); value != "" {
		f.Value = field.ID + ":" + value
		if !slices.Contains(order, value) { // one with few cases, or none by now
			order = append(order, value)
		}
	}
	names, err := k.Work.Names(v.Context(), v.Standing, order) // of those that are persons
	for _, value := range order {
		label := cmp.Or(names[value], strings.Join(casework.Words(v.pack, cmp.Or(of[value], field), value, v.Lang()), ""))
		if q.list != mineList {
			label = v.T("desk.facet", "name", label, "n", int(counts[value]))
		}
		f.Options = append(f.Options, ui.Option{Value: field.ID + ":" + value, Label: label})
	}
	return f, err
}

// count is how many cases a list has, by the tallies; -1 where these do not
// tell.
func (k *Desk) count(v *visit, q question) (int, error) {
	if q.list == mineList || q.query.Words != "" || len(q.query.Facets) > 1 {
		return -1, nil
	}
	var facet docket.Facet
	if len(q.query.Facets) == 1 {
		facet = q.query.Facets[0]
	}
	tallies, err := k.Work.Tallies(v.Context(), v.Standing, q.p.ID, facet.Field)
	n := int64(0)
	for _, t := range tallies {
		s, _ := q.p.State(t.State)
		if t.Value == facet.Value && s != nil && s.Kind.Ended() == q.query.Ended &&
			(q.query.State == "" || q.query.State == t.State) && (q.query.Colour == "" || q.query.Colour == t.Colour) {
			n += t.N
		}
	}
	return int(n), err
}
