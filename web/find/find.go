// Package find is the one box in which the staff search everything: cases by
// number or words, documents of the library, and persons for whoever looks
// after them. It shows nobody more than the rooms themselves would.
package find

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/desk"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Path is the address of the page.
const Path = "/desk/search"

const (
	casePage     = 20  // cases on a page
	documentPage = 10  // documents listed beside them; the search of the portal has the rest
	personPage   = 10  // persons
	longestWords = 200 // characters
)

// Deps is everything the page stands on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	Casework *casework.Casework
	Library  *library.Library
	Office   *people.Office // nil finds no persons
}

// Find answers the page.
type Find struct {
	Deps
	page *ui.Template[view]
}

// New parses the template. An error is a mistake in it.
func New(d Deps) (*Find, error) {
	t, err := ui.Load[view](d.Engine, templates, "templates/find.html")
	return &Find{d, t}, err
}

// Mount adds the route.
func (f *Find) Mount(mux *http.ServeMux) { mux.Handle("GET "+Path, f.Engine.Handle(f.search)) }

// view is the page.
type view struct {
	Crumbs []ui.Link
	Form   ui.Form
	Asked  bool
	Cases  []ui.Row
	Pager  ui.Pager
	Docs   []ui.Row
	More   *ui.Link // leads to all documents found
	People []ui.Row
	Empty  string
	Advice []string
}

// crumbs lead back to the desk of whoever has one, else to the persons.
func crumbs(m *ui.Messages, cases bool) []ui.Link {
	if cases {
		return []ui.Link{{Href: "/desk", Label: m.T("desk.title")}}
	}
	return []ui.Link{{Href: "/console", Label: m.T("staff.console")}}
}

func (f *Find) search(w http.ResponseWriter, r *http.Request) error {
	ctx, m := r.Context(), f.Engine.For(r)
	s := who.Of(ctx).Standing
	w.Header().Set("Cache-Control", "no-store")
	seesCases, seesPeople := may(s, policy.ReadCases), f.Office != nil && may(s, policy.ManageLogins, policy.ManagePosts)
	if !seesCases && !seesPeople {
		return people.Can(s, policy.ReadCases, people.Object{})
	}
	words := strings.TrimSpace(r.URL.Query().Get("q"))
	frame := ui.Frame{Section: "find", Title: m.T("find.title"), NoIndex: true}
	hint := m.T("find.hint")
	if seesPeople {
		hint = m.T("find.hint_people")
	}
	v := view{Crumbs: crumbs(m, seesCases), Form: ui.Form{ID: "find", Action: Path, Inline: true, Fold: 1, Submit: m.T("search.go"), Fields: []ui.Field{
		{Name: "q", Kind: "search", Label: m.T("find.label"), Hint: hint, Value: words, Wide: true}}}}
	if utf8.RuneCountInString(words) > longestWords {
		v.Form.Fields[0].Error, v.Form.Fields[0].Whole = m.T("find.too_long", "n", longestWords), true
		return f.page.Render(w, r, http.StatusUnprocessableEntity, frame, v)
	}
	if words == "" {
		return f.page.Render(w, r, http.StatusOK, frame, v)
	}
	v.Asked, frame.Title = true, m.T("search.title_for", "words", words)
	after, err := placeOf(r)
	if err != nil {
		return err
	}
	if seesCases {
		if after.IsZero() {
			id, found, err := f.exact(ctx, s, words)
			if err != nil {
				return err
			}
			if found {
				http.Redirect(w, r, desk.CasePath(id), http.StatusSeeOther)
				return nil
			}
		}
		list, next, err := f.Casework.Search(ctx, s, words, after, casePage)
		if err != nil {
			return err
		}
		v.Cases = make([]ui.Row, len(list))
		for i, c := range list {
			v.Cases[i] = f.caseRow(m, c)
		}
		page := gov.List[ui.Row]{Items: v.Cases, Total: -1}
		if !next.IsZero() {
			page.Next = next.String()
		}
		v.Pager = ui.PagerOf(r, page)
	}
	if after.IsZero() { // what stands beside the first page stands there once
		if err := f.beside(ctx, m, s, words, seesPeople, &v); err != nil {
			return err
		}
	}
	if len(v.Cases)+len(v.Docs)+len(v.People) == 0 {
		v.Empty, v.Advice = m.T("search.empty", "words", words), []string{m.T("search.advice_1"), m.T("find.advice")}
	}
	return f.page.Render(w, r, http.StatusOK, frame, v)
}

// placeOf is where in the cases the request goes on.
func placeOf(r *http.Request) (gov.ID, error) {
	text := r.URL.Query().Get("after")
	if text == "" {
		return gov.ID{}, nil
	}
	id, err := gov.ParseID(text)
	if err != nil {
		return id, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	return id, nil
}

// may reports that somebody holds one of some acts.
func may(s people.Standing, acts ...policy.Act) bool {
	return s.Kind == gov.StaffActor && slices.ContainsFunc(s.Acts(), func(a policy.Act) bool { return slices.Contains(acts, a) })
}

// exact finds the case whose number was typed, in whatever width and case.
func (f *Find) exact(ctx context.Context, s people.Standing, typed string) (id gov.ID, found bool, err error) {
	for _, number := range slices.Compact([]string{typed, strings.ToUpper(norm.NFKC.String(typed))}) {
		id, err = f.Casework.Find(ctx, s, number)
		if gov.CodeOf(err) != gov.NotFound {
			return id, err == nil, err
		}
	}
	return id, false, nil
}

// tones are the tones of chips for those of a procedure's colours.
var tones = map[procedure.Tone]string{procedure.Calm: "quiet", procedure.Good: "good", procedure.Warning: "warn", procedure.Bad: "bad"}

// caseRow shows a case as lists do. What the pack in force no longer has is
// left out.
func (f *Find) caseRow(m *ui.Messages, c docket.Row) ui.Row {
	l := m.Lang()
	row := ui.Row{Href: desk.CasePath(c.ID), Lead: c.Number, Title: c.Subject}
	if c.Subject == "" {
		row.Lead, row.Title = "", c.Number
	}
	if p, ok := f.Pack.Procedure(c.Procedure); ok {
		row.Meta = append(row.Meta, p.Title.In(l))
		if state, ok := p.State(c.State); ok {
			row.Meta = append(row.Meta, state.Name.In(l))
		}
		for _, k := range p.Colours {
			if k.ID == c.Colour {
				row.Chips = append(row.Chips, ui.Chip{Label: k.Name.In(l), Tone: tones[k.Tone]})
			}
		}
	}
	for _, id := range c.Units {
		if u, ok := f.Pack.Unit(id); ok {
			row.Meta = append(row.Meta, u.Name.In(l))
		}
	}
	if c.Due != 0 {
		row.Meta = append(row.Meta, m.T("find.due", "date", c.LastDay()))
	}
	return row
}

// beside finds documents and persons.
func (f *Find) beside(ctx context.Context, m *ui.Messages, s people.Standing, words string, persons bool, v *view) error {
	hits, err := f.Library.Search(ctx, library.Query{Words: words, PerDocument: 1}, gov.Page{Limit: documentPage})
	if err != nil {
		return err
	}
	for _, h := range hits.Items {
		d := h.Document
		v.Docs = append(v.Docs, ui.Row{Href: "/documents/" + d.Slug, Lead: d.Number, Title: d.Title, Date: d.Signed})
		if last := &v.Docs[len(v.Docs)-1]; d.Title == "" {
			last.Lead, last.Title = "", d.Number
		}
	}
	if hits.Total > len(hits.Items) || slices.ContainsFunc(hits.Items, func(h library.Hit) bool { return h.More > 0 }) {
		v.More = &ui.Link{Href: ui.With("/search", "q", words), Label: m.T("find.all_documents")}
	}
	if !persons {
		return nil
	}
	found, err := f.Office.List(ctx, s, people.Filter{Name: words}, gov.Page{Limit: personPage})
	if err != nil {
		return err
	}
	for _, p := range found.Items {
		row := ui.Row{Href: "/console/persons/" + p.ID.String(), Lead: p.StaffNo, Title: p.Name}
		if u, ok := f.Pack.Unit(p.Unit); ok {
			row.Meta = []string{u.Name.In(m.Lang())}
		}
		v.People = append(v.People, row)
	}
	return nil
}
