package library

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/gov"
)

// Filter restricts a list of documents; zero fields do not.
type Filter struct {
	Series string
	Year   int
	Kind   string
	Status Status
	Unit   string   // id: documents that give the unit, or a group it belongs to, something to do
	AsOf   gov.Date // for Status; zero is today
	Stubs  bool     // list documents known by name only, too
}

// defaultPage is how many items a page holds when the caller does not say.
const (
	defaultPage = 20
	maxPage     = 200
)

func pageSize(p gov.Page) int {
	if p.Limit <= 0 {
		return defaultPage
	}
	return min(p.Limit, maxPage)
}

// Documents lists documents, the last signed first. A district issues some
// dozens a year, so their heads are read and filtered in one place, with the one
// definition of a status (Lifecycle.On), instead of being judged again in SQL.
func (l *Library) Documents(ctx context.Context, f Filter, page gov.Page) (gov.List[Summary], error) {
	all, err := l.summaries(ctx, f)
	if err != nil {
		return gov.List[Summary]{}, err
	}
	return pageOf(all, page, func(s *Summary) string { return s.listKey() }), nil
}

// listKey orders documents: it falls as the list goes on.
func (d *Document) listKey() string {
	return cmp.Or(d.Signed.String(), "0000-00-00") + "|" + d.Slug
}

// pageOf cuts a page out of a list whose keys are unique. A cursor is the key
// of the last item shown; if that item is gone the page begins where it stood.
func pageOf[T any](all []T, page gov.Page, key func(*T) string) gov.List[T] {
	list := gov.List[T]{Total: len(all)}
	start := 0
	if page.After != "" {
		for start < len(all) && key(&all[start]) >= page.After {
			start++
		}
	}
	end := min(start+pageSize(page), len(all))
	list.Items = all[start:end:end]
	if end < len(all) {
		list.Next = key(&all[end-1])
	}
	return list
}

// summaries returns the documents that pass a filter, in the order of the
// store, in which listKey falls.
func (l *Library) summaries(ctx context.Context, f Filter) ([]Summary, error) {
	heads, err := l.store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	var with map[string]bool
	if f.Unit != "" {
		if with, err = l.documentsOf(ctx, f.Unit); err != nil {
			return nil, err
		}
	}
	asOf := l.today(f.AsOf)
	list := make([]Summary, 0, len(heads))
	for _, d := range heads {
		if d.Stub() && !f.Stubs || f.Series != "" && d.Series != f.Series || f.Year != 0 && d.Year != f.Year ||
			f.Kind != "" && d.Kind != f.Kind || with != nil && !with[d.Slug] {
			continue
		}
		s := Summary{Document: d, State: d.On(asOf)}
		if f.Status == "" || s.State.Status == f.Status {
			list = append(list, s)
		}
	}
	return list, nil
}

// documentsOf returns the slugs of the documents with an item for a unit.
func (l *Library) documentsOf(ctx context.Context, unit string) (map[string]bool, error) {
	slugs := map[string]bool{}
	for _, id := range l.standsFor(unit) {
		items, err := l.store.Items(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			slugs[it.Slug] = true
		}
	}
	return slugs, nil
}

// Recent lists the documents that came into the library last, n at most.
func (l *Library) Recent(ctx context.Context, n int) ([]Summary, error) {
	list, err := l.summaries(ctx, Filter{})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b Summary) int { return cmp.Compare(b.ImportedAt, a.ImportedAt) })
	return list[:min(n, len(list))], nil
}

// Expiring lists normative documents that are in force on a date and whose
// stated validity ends within the given months after it, the nearest end first.
// Plans whose period ends are not among them: they are not renewed but followed.
func (l *Library) Expiring(ctx context.Context, asOf gov.Date, months int) ([]Summary, error) {
	asOf = l.today(asOf)
	list, err := l.summaries(ctx, Filter{Status: InForce, AsOf: asOf})
	if err != nil {
		return nil, err
	}
	horizon := addMonths(asOf, months)
	list = slices.DeleteFunc(list, func(s Summary) bool { return s.ValidUntil.IsZero() || horizon.Before(s.ValidUntil) })
	slices.SortStableFunc(list, func(a, b Summary) int { return a.ValidUntil.Compare(b.ValidUntil) })
	return list, nil
}

// addMonths moves a date by months; a day the month does not have becomes its
// last one.
func addMonths(d gov.Date, months int) gov.Date {
	m := d.Year*12 + int(d.Month) - 1 + months
	r := gov.Date{Year: m / 12, Month: time.Month(m%12 + 1), Day: d.Day}
	for !r.Valid() {
		r.Day--
	}
	return r
}

// Numbers are the counts for a home page, as of a date.
type Numbers struct {
	AsOf       gov.Date
	Documents  int // held with or without text, stubs not counted
	InForce    int
	Stubs      int // known from references only
	Tasks      int
	Indicators int
	Projects   int
	Imported   int64 // Unix milliseconds of the last import, 0 for an empty library
}

// Numbers counts the library as of a date.
func (l *Library) Numbers(ctx context.Context, asOf gov.Date) (Numbers, error) {
	n := Numbers{AsOf: l.today(asOf)}
	list, err := l.summaries(ctx, Filter{AsOf: n.AsOf, Stubs: true})
	if err != nil {
		return n, err
	}
	for _, s := range list {
		if s.Stub() {
			n.Stubs++
			continue
		}
		n.Documents++
		if s.State.Status == InForce {
			n.InForce++
		}
		n.Tasks += s.Tasks
		n.Indicators += s.Indicators
		n.Projects += s.Projects
		n.Imported = max(n.Imported, s.ImportedAt)
	}
	return n, nil
}

// Facet is a value a filter can take and how many documents have it.
type Facet struct {
	Value string
	Text  gov.Text
	Count int
}

// Facets are the values of each filter that occur, as of a date. Years fall,
// statuses follow the life of a document, the others go by number.
type Facets struct {
	Series   []Facet
	Years    []Facet
	Kinds    []Facet
	Statuses []Facet
}

// Facets counts the values of the filters among the documents held.
func (l *Library) Facets(ctx context.Context, asOf gov.Date) (Facets, error) {
	list, err := l.summaries(ctx, Filter{AsOf: asOf})
	if err != nil {
		return Facets{}, err
	}
	count := func(value func(*Summary) string) []Facet {
		n := map[string]int{}
		for i := range list {
			n[value(&list[i])]++
		}
		var facets []Facet
		for v, c := range n {
			if v != "" {
				facets = append(facets, Facet{Value: v, Text: gov.Text{ZH: v, EN: v}, Count: c})
			}
		}
		slices.SortFunc(facets, func(a, b Facet) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
		})
		return facets
	}
	f := Facets{
		Series:   count(func(s *Summary) string { return s.Series }),
		Years:    count(func(s *Summary) string { return yearValue(s.Year) }),
		Kinds:    count(func(s *Summary) string { return s.Kind }),
		Statuses: count(func(s *Summary) string { return string(s.State.Status) }),
	}
	slices.SortFunc(f.Years, func(a, b Facet) int { return strings.Compare(b.Value, a.Value) })
	slices.SortFunc(f.Statuses, func(a, b Facet) int {
		return slices.Index(Statuses, Status(a.Value)) - slices.Index(Statuses, Status(b.Value))
	})
	for i, s := range f.Statuses {
		f.Statuses[i].Text = Status(s.Value).Text()
	}
	return f, nil
}

func yearValue(year int) string {
	if year == 0 {
		return ""
	}
	return strconv.Itoa(year)
}
