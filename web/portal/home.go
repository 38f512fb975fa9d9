package portal

import (
	"net/http"
	"strconv"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/web/ui"
)

// homeView is the home page.
type homeView struct {
	Hints   []ui.Link // words that find something in this library
	Things  []ui.Link
	Numbers []number
	Newest  []ui.Row
	Ending  []ui.Row
}

// number is a figure with what it counts.
type number struct {
	Label   string
	Figure  int
	Meaning string
}

// How much the home page shows.
const (
	homeNewest   = 7
	homeEnding   = 5
	homeMonths   = 12 // ending within
	homeHints    = 4  // topics suggested
	homeThings   = 6
	nearEndDays  = 90 // a date this near is marked
	hoursPerDay  = 24
	searchPrefix = "/search"
)

func (p *Portal) home(w http.ResponseWriter, r *http.Request) error {
	ctx, m := r.Context(), p.Engine.For(r)
	n, err := p.Library.Numbers(ctx, gov.Date{})
	if err != nil {
		return err
	}
	newest, err := p.Library.Documents(ctx, library.Filter{}, gov.Page{Limit: homeNewest})
	if err != nil {
		return err
	}
	ending, err := p.Library.Expiring(ctx, gov.Date{}, homeMonths)
	if err != nil {
		return err
	}
	hints, err := p.hints.of(ctx, p.Library)
	if err != nil {
		return err
	}
	v := homeView{Newest: p.rows(m, newest.Items), Hints: hints}
	for _, s := range ending[:min(homeEnding, len(ending))] {
		row := p.row(m, s)
		row.Chips, row.Date, row.Note = nil, s.ValidUntil, m.T("days.left", "n", daysBetween(n.AsOf, s.ValidUntil))
		v.Ending = append(v.Ending, row)
	}
	site := p.Engine.Site()
	for _, t := range []struct {
		key, href string
		there     bool
	}{ // what most people come for comes first, and six are enough
		{"report", "/report", site.Reports}, {"programmes", "/programmes", site.Programmes}, {"draws", "/draws", site.Draws},
		{"in_force", "/documents?status=in_force", true}, {"units", "/units", true}, {"ledger", "/ledger", true},
		{"procedures", "/procedures", true}, {"deadline", "/tools/deadline", true}, {"data", "/api", true},
	} {
		if t.there && len(v.Things) < homeThings {
			v.Things = append(v.Things, ui.Link{Href: t.href, Label: m.Of("home.thing.", t.key), Note: m.Of("home.thing_note.", t.key)})
		}
	}
	for _, f := range []struct {
		key string
		n   int
	}{{"documents", n.Documents}, {"in_force", n.InForce}, {"tasks", n.Tasks}, {"stubs", n.Stubs}} {
		v.Numbers = append(v.Numbers, number{m.Of("home.number.", f.key), f.n, m.T("home.number_note."+f.key, "date", n.AsOf)})
	}
	return p.pages.home.Render(w, r, http.StatusOK, ui.Frame{
		Section: "home", Description: m.T("home.description"), JSONLD: p.siteLD(),
	}, v)
}

// row is a document in a list.
func (p *Portal) row(m *ui.Messages, s library.Summary) ui.Row {
	return ui.Row{
		Href: "/documents/" + s.Slug, Lead: s.Number, Title: s.Title, Date: s.Signed,
		Chips: []ui.Chip{statusChip(m, s.State.Status)},
	}
}

func (p *Portal) rows(m *ui.Messages, list []library.Summary) []ui.Row {
	rows := make([]ui.Row, len(list))
	for i, s := range list {
		rows[i] = p.row(m, s)
	}
	return rows
}

// statusChip is a status in a word and a tone.
func statusChip(m *ui.Messages, s library.Status) ui.Chip {
	tone := "quiet"
	switch s {
	case library.InForce:
		tone = "good"
	case library.Repealed:
		tone = "bad"
	case library.Expired:
		tone = "warn"
	case library.NotYet:
		tone = "info"
	}
	return ui.Chip{Label: s.Text().In(m.Lang()), Tone: tone}
}

// daysBetween counts the days from one date to another.
func daysBetween(a, b gov.Date) int {
	return int(b.Time().Sub(a.Time()).Hours()) / hoursPerDay
}

// intParam reads a number of the query, 0 when it is absent.
func intParam(r *http.Request, name string) (int, error) {
	s := r.URL.Query().Get(name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, gov.Errorf(gov.Invalid, "“%s”不是有效的数字", "%q is not a number", s).On(name)
	}
	return n, nil
}
