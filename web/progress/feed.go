package progress

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/library/feed"
	"quanxiang/policy/procedure"
	"quanxiang/web/story"
	"quanxiang/web/ui"
)

// newest is how many cases a feed holds.
const newest = 30

// FeedPath is the address of the feed of a procedure's public cases, by a facet
// or of all of them.
func FeedPath(procedureID string, f docket.Facet) string {
	at := Root + "/feeds/" + procedureID + ".atom"
	if f.Field == "" {
		return at
	}
	return at + "?" + url.Values{f.Field: {f.Value}}.Encode()
}

// showFeed is the feed of what happened last in public cases (RFC 4287).
func (p *Progress) showFeed(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	id, ok := strings.CutSuffix(r.PathValue("name"), ".atom")
	proc, known := p.Pack.Procedure(id)
	if !ok || !known {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	q := r.URL.Query()
	if q.Has("area") || q.Has("at") {
		return p.showPlaceFeed(w, r, proc)
	}
	var f docket.Facet
	title := proc.Title.In(m.Lang())
	for _, name := range proc.Facets {
		if value := q.Get(name); value != "" && f.Field == "" {
			f = docket.Facet{Field: name, Value: value}
			title = m.T("progress.feed_of", "title", title, "value", facetWords(p, m, proc, f))
		}
	}
	list, err := p.Casework.PublicNews(r.Context(), proc.ID, f, newest, p.Clock())
	if err != nil {
		return err
	}
	entries := make([]feed.Entry, len(list))
	for i, n := range list {
		entries[i] = p.entry(m, n)
	}
	b, err := feed.Feed{Base: p.BaseURL, Self: FeedPath(proc.ID, f), About: Root, Lang: m.Lang(), Title: m.T("progress.feed_title", "district", p.Pack.Name, "title", title)}.Write(entries)
	if err != nil {
		return err
	}
	return ui.Send(w, r, "application/atom+xml; charset=utf-8", b)
}

// facetWords names the value of a facet.
func facetWords(p *Progress, m *ui.Messages, proc *procedure.Procedure, f docket.Facet) string {
	field, ok := proc.Field(f.Field)
	if !ok {
		return f.Value
	}
	var value any = f.Value
	if field.Type == procedure.UnitsField || field.Type == procedure.PostsField {
		value = []string{f.Value}
	}
	return strings.Join(casework.Words(p.Pack, field, value, m.Lang()), m.T("list.separator"))
}

// entry is a case in a feed: what happened last, and how it stands.
func (p *Progress) entry(m *ui.Messages, n casework.News) feed.Entry {
	last := story.New(m, n.Sheet, &p.Pack.Gazette).Moment(n.Last)
	e := feed.Entry{ID: n.ID, Title: n.Subject, Path: Root + "/cases/" + n.Number, Updated: n.Last.At,
		Summary: strings.Join(slices.DeleteFunc([]string{n.Number, n.State.Name.In(m.Lang()), last.What}, func(s string) bool { return s == "" }), " · ")}
	if e.Title == "" {
		e.Title = n.Number
	}
	if last.Who != "" {
		e.Authors = []string{last.Who}
	}
	return e
}
