package portal

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/web/clause"
	"quanxiang/web/ui"
)

// searchView is the search page.
type searchView struct {
	Form   ui.Form
	Asked  bool
	Count  string
	What   string // what was searched
	Groups []hitGroup
	Pager  ui.Pager
	Empty  emptyView
	Hints  []ui.Link // before anything was asked
}

// hitGroup is a document with its hits.
type hitGroup struct {
	Href    string
	Number  string
	Title   []library.Mark
	Chips   []ui.Chip
	Date    gov.Date
	Snippet []library.Mark
	Parts   []hitPart
	More    *ui.Link // leads to the hits that are not listed
}

// hitPart is a node or item of a document in which something was found.
type hitPart struct {
	Kind    string
	Href    string
	Heading []library.Mark
	Snippet []library.Mark
}

// searchPage is how many hits a page holds, longestWords how many characters
// a search may have.
const (
	searchPage   = 30
	longestWords = 200
)

func (p *Portal) search(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	q := r.URL.Query()
	frame := ui.Frame{Section: "search", Title: m.T("search.title"), NoIndex: true}
	f, form, err := p.documentFilter(r, "/search")
	scope := ui.Field{Name: "scope", Kind: "select", Label: m.T("filter.scope"), Value: q.Get("scope"), Options: []ui.Option{{Label: m.T("filter.all")}}}
	for _, s := range []library.Scope{library.DocumentScope, library.NodeScope, library.TaskScope, library.IndicatorScope, library.ProjectScope} {
		scope.Options = append(scope.Options, ui.Option{Value: s.String(), Label: m.Of("scope.", s)})
	}
	words := strings.TrimSpace(q.Get("q"))
	form.Fields = append([]ui.Field{{Name: "q", Kind: "search", Label: m.T("search.label"), Value: words, Wide: true}, scope}, form.Fields...)
	if only := q.Get("document"); only != "" { // the way back to all documents is to clear the filters
		form.Fields = append(form.Fields, ui.Field{Name: "document", Kind: "hidden", Value: only})
		form.Clear = searchPrefix
	}
	form.Submit, form.Fold = m.T("search.go"), 1
	v := searchView{Form: form, Asked: q.Has("q")}
	if v.Form.Clear != "" && words != "" {
		v.Form.Clear = ui.With(searchPrefix, "q", words)
	}
	var list gov.List[library.Hit]
	if err == nil && utf8.RuneCountInString(words) > longestWords {
		err = gov.Errorf(gov.Invalid, "检索词太长，请不超过 %d 个字。", "The search is too long; use at most %d characters.", longestWords).On("q")
	}
	if err == nil && v.Asked {
		list, err = p.Library.Search(r.Context(), library.Query{
			Words: words, Series: f.Series, Year: f.Year, Kind: f.Kind, Status: f.Status, Unit: f.Unit, Scope: scope.Value, AsOf: f.AsOf,
			Document: q.Get("document"),
		}, gov.Page{After: q.Get("after"), Limit: searchPage})
	}
	if err != nil {
		v.Asked = false
		if !v.Form.Fail(err, m.Lang()) {
			return err
		}
		return p.pages.search.Render(w, r, http.StatusUnprocessableEntity, frame, v)
	}
	if v.Asked {
		n, err := p.Library.Numbers(r.Context(), f.AsOf)
		if err != nil {
			return err
		}
		v.Groups, v.Pager = groupsOf(m, words, list.Items), ui.PagerOf(r, list)
		v.Count = m.T("search.count", "n", list.Total)
		v.What = m.T("search.what", "documents", n.Documents, "tasks", n.Tasks, "stubs", n.Stubs)
		v.Empty = emptyView{m.T("search.empty", "words", words), []string{m.T("search.advice_1"), m.T("search.advice_2")},
			[]ui.Link{{Href: "/documents", Label: m.T("home.all_documents")}, {Href: "/units", Label: m.T("units.title")}}}
		if v.Form.Clear != "" {
			v.Empty.Advice = append(v.Empty.Advice, m.T("search.advice_3"))
		}
		if words != "" {
			frame.Title = m.T("search.title_for", "words", words)
		}
	}
	if !v.Asked {
		if v.Hints, err = p.hints.of(r.Context(), p.Library); err != nil {
			return err
		}
	}
	return p.pages.search.Render(w, r, http.StatusOK, frame, v)
}

// groupsOf puts the hits of a document, which the library lists together, under
// its title.
func groupsOf(m *ui.Messages, words string, hits []library.Hit) []hitGroup {
	var groups []hitGroup
	last := ""
	for _, h := range hits {
		d := &h.Document
		if d.Slug != last || len(groups) == 0 {
			last = d.Slug
			title := h.Title
			if len(title) == 0 {
				title = []library.Mark{{Text: d.Number}}
			}
			groups = append(groups, hitGroup{Href: "/documents/" + d.Slug, Number: d.Number, Title: title,
				Chips: []ui.Chip{statusChip(m, d.State.Status)}, Date: d.Signed})
		}
		g := &groups[len(groups)-1]
		if h.Scope == library.DocumentScope {
			g.Snippet = h.Snippet
		} else {
			part := hitPart{Kind: m.Of("scope.", h.Scope), Href: clause.Path(d.Slug + "#" + h.Anchor), Heading: h.Heading, Snippet: h.Snippet}
			if len(part.Heading) == 0 {
				part.Heading, part.Snippet = h.Snippet, nil
			}
			g.Parts = append(g.Parts, part)
		}
		if h.More > 0 {
			g.More = &ui.Link{Href: ui.With(searchPrefix, "q", words, "document", d.Slug), Label: m.T("search.more", "n", h.More)}
		}
	}
	return groups
}
