package progress

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"quanxiang/cases/atlas"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/library/feed"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/ui"
)

// SubscribePath is where anybody asks to be told by mail; package my answers it.
const SubscribePath = "/subscribe"

// MapPath is where everybody sees on a map what is public; package onemap answers it.
const MapPath = "/map"

// feedDays is how far back the feed of a place looks.
const feedDays = 90

// PlaceFeedPath is the address of the feed of what a subscription is about: the
// public cases of a procedure at a place, all of them where it names none.
func PlaceFeedPath(s residents.Subject) string {
	q := url.Values{}
	switch {
	case s.Area != "":
		q.Set("area", s.Area)
	case s.Within > 0:
		q.Set("at", s.At.String())
		q.Set("within", strconv.Itoa(s.Within))
	}
	if s.Kind != "" {
		q.Set("kind", s.Kind)
	}
	at := Root + "/feeds/" + s.Procedure + ".atom"
	if len(q) == 0 {
		return at
	}
	return at + "?" + q.Encode()
}

// place is the ground the feed of a place is about.
type place struct {
	subject residents.Subject
	box     geo.Box
	in      func(geo.Point) bool
	name    string
}

// placeOf reads the place a feed is asked for. It returns NotFound for one that is
// not on the ground.
func (p *Progress) placeOf(m *ui.Messages, proc *procedure.Procedure, q url.Values) (place, error) {
	x := place{subject: residents.Subject{Procedure: proc.ID, Area: q.Get("area"), Kind: q.Get("kind")}}
	missing := gov.Errorf(gov.NotFound, "没有这个地方", "there is no such place")
	if x.subject.Area != "" {
		a, ok := p.Pack.Area(x.subject.Area)
		if !ok || len(a.Ground.Shape) == 0 {
			return x, missing
		}
		x.box, x.name = a.Ground.Shape.Bounds(), a.Name.In(m.Lang())
		x.in = func(at geo.Point) bool {
			b, ok := p.Pack.AreaAt(at, a.Level)
			return ok && b.Code == a.Code
		}
		return x, nil
	}
	at, err := geo.ParsePoint(q.Get("at"))
	if err != nil {
		return x, missing
	}
	x.subject.At = at
	if x.subject.Within, err = strconv.Atoi(q.Get("within")); err != nil {
		return x, missing
	}
	if x.subject, err = x.subject.Normal(); err != nil {
		return x, err
	}
	x.box = geo.Around(at, float64(x.subject.Within))
	x.in = func(b geo.Point) bool { return at.Distance(b) <= float64(x.subject.Within) }
	x.name = m.T("progress.around", "at", at.String(), "n", x.subject.Within)
	return x, nil
}

// showPlaceFeed is the feed of the cases that became public at a place lately, the
// newest first.
func (p *Progress) showPlaceFeed(w http.ResponseWriter, r *http.Request, proc *procedure.Procedure) error {
	m, ctx, now := p.Engine.For(r), r.Context(), p.Clock()
	at, err := p.placeOf(m, proc, r.URL.Query())
	if err != nil {
		return err
	}
	var rows []docket.Nearby
	f := atlas.Filter{Procedure: proc.ID, Kind: at.subject.Kind}
	from := now.AddDate(0, 0, -feedDays).UnixMilli()
	for after := (docket.Found{}); ; {
		some, next, err := p.Casework.Atlas().Walk(ctx, f, at.box, from, 0, after, 1000)
		if err != nil {
			return err
		}
		rows = append(rows, slices.DeleteFunc(some, func(x docket.Nearby) bool { return x.Nowhere || !at.in(x.At) })...)
		slices.SortFunc(rows, func(a, b docket.Nearby) int { return cmp.Compare(b.Opened, a.Opened) })
		rows = rows[:min(len(rows), newest)]
		if after = next; after == (docket.Found{}) {
			break
		}
	}
	var entries []feed.Entry
	for _, x := range rows {
		n, err := p.news(r, x.ID)
		if gov.CodeOf(err) == gov.NotFound { // it changed meanwhile
			continue
		}
		if err != nil {
			return err
		}
		entries = append(entries, p.entry(m, n))
	}
	title := m.T("progress.feed_of", "title", proc.Title, "value", at.name)
	if k := atlas.Kinds(proc); k != nil && at.subject.Kind != "" {
		title = m.T("progress.feed_of", "title", title, "value", facetWords(p, m, proc, docket.Facet{Field: k.ID, Value: at.subject.Kind}))
	}
	b, err := feed.Feed{Base: p.BaseURL, Self: PlaceFeedPath(at.subject), About: "/map", Lang: m.Lang(), Title: m.T("progress.feed_title", "district", p.Pack.Name, "title", title)}.Write(entries)
	if err != nil {
		return err
	}
	return ui.Send(w, r, "application/atom+xml; charset=utf-8", b)
}

// news is a public case with what happened in it last.
func (p *Progress) news(r *http.Request, id gov.ID) (casework.News, error) {
	now := p.Clock()
	sheet, err := p.Casework.PublicSheet(r.Context(), id, now)
	if err != nil {
		return casework.News{}, err
	}
	history, err := p.Casework.PublicHistory(r.Context(), id, now)
	if err != nil || len(history) == 0 {
		return casework.News{Sheet: sheet}, err
	}
	return casework.News{Sheet: sheet, Last: history[len(history)-1]}, nil
}

// followLinks are the ways to be told more, beside a case: of it, and of others
// where it is.
func (p *Progress) followLinks(m *ui.Messages, s casework.Sheet) []ui.Link {
	list := []ui.Link{{Href: ui.With(SubscribePath, "case", s.Number), Label: m.T("progress.follow")}}
	proc := s.Under.Procedure
	if !slices.ContainsFunc(p.Casework.Atlas().Layers(), func(l *procedure.Procedure) bool { return l.ID == proc.ID }) {
		return list
	}
	spot := docket.SpotField(proc)
	for _, f := range s.Fields {
		text, _ := f.Value.(string)
		at, err := geo.ParsePoint(text)
		if f.Field.ID != spot.ID || f.Sealed || err != nil {
			continue
		}
		list = append(list, ui.Link{Href: ui.With(MapPath, "procedure", proc.ID, "at", at.String()), Label: m.T("progress.on_map")},
			ui.Link{Href: ui.With(SubscribePath, "procedure", proc.ID, "at", at.String()), Label: m.T("progress.follow_near")})
		if a, ok := p.Pack.Neighbourhood(at); ok {
			list = append(list, ui.Link{Href: PlaceFeedPath(residents.Subject{Procedure: proc.ID, Area: a.Code}), Label: m.T("progress.feed_area", "area", a.Name)})
		}
	}
	return list
}
