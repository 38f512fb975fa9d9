package apply

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/library/feed"
	"quanxiang/policy/applying"
	"quanxiang/web/programmes"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

// announcedView is everybody's list of what is proposed and what was granted.
type announcedView struct {
	Crumbs []ui.Link
	Now    []grantView // announced: anybody may object
	Past   []grantView
	More   string
}

// grantView is one application as everybody sees it.
type grantView struct {
	Href, Number, Name, About, Amount, State, Until string
	Granted                                         []string
	Object                                          string
}

// shownAnnounced is how many applications a page shows.
const (
	shownAnnounced = 100
	maxSkip        = 100_000
	mostAnnounced  = 500
)

func (k *Apply) showAnnounced(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	view := announcedView{Crumbs: []ui.Link{{Href: programmes.Root, Label: m.T("nav.programmes")}}}
	p, _ := k.Pack.Procedure(k.Pack.Applications.Procedure)
	skip, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("skip"), "0"))
	if err != nil || skip < 0 || skip > maxSkip {
		return gov.Errorf(gov.Invalid, "翻页的位置无法识别", "the place in the list cannot be read").On("skip")
	}
	now, err := k.Casework.PublicWithin(r.Context(), docket.Stretch{Procedure: p.ID, States: []string{applying.Announced}}, 0, mostAnnounced)
	if err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(p.Publish), func(s string) bool { return s == applying.Announced })
	list, err := k.Casework.PublicWithin(r.Context(), docket.Stretch{Procedure: p.ID, States: rest}, skip, shownAnnounced+1)
	if err != nil {
		return err
	}
	if len(list) > shownAnnounced {
		list = list[:shownAnnounced]
		view.More = ui.With(Announced, "skip", strconv.Itoa(skip+shownAnnounced))
	}
	for _, row := range slices.Concat(now, list) {
		s, err := k.Casework.PublicSheet(r.Context(), row.ID, k.Clock())
		if gov.CodeOf(err) == gov.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		x := grant(m, &s)
		if s.State.ID == applying.Announced {
			x.Object = k.objectPath(s.Number)
			view.Now = append(view.Now, x)
		} else {
			view.Past = append(view.Past, x)
		}
	}
	return k.announced.Render(w, r, http.StatusOK, ui.Frame{Section: "programmes", Title: m.T("apply.announced"), Description: m.T("apply.announced_lede")}, view)
}

// grant is an application as everybody sees it.
func grant(m *ui.Messages, s *casework.Sheet) grantView {
	x := grantView{Href: progress.CasePath(s.Number), Number: s.Number, Name: s.Subject, State: s.State.Name.In(m.Lang())}
	for _, f := range s.Fields {
		switch value := f.Value.(type) {
		case int64:
			if f.Field.ID == "amount" {
				x.Amount = m.Money(value)
			}
		case string:
			switch f.Field.ID {
			case "granted":
				x.Granted = strings.Split(value, "\n")
			case "programmes":
				x.About = value
			}
		}
	}
	for _, d := range s.Deadlines {
		if d.Clock == "notice" && d.Stopped.IsZero() && !d.At.IsZero() {
			x.Until = d.LastDay().In(m.Lang())
		}
	}
	return x
}

// newest is how many applications the feed holds.
const newest = 30

// feed is what happened last to applications that everybody sees (RFC 4287): who is to have
// how much for what, until when anybody may object, what was decided and paid.
func (k *Apply) feed(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	news, err := k.Casework.PublicNews(r.Context(), k.Pack.Applications.Procedure, docket.Facet{}, newest, k.Clock())
	if err != nil {
		return err
	}
	entries := make([]feed.Entry, len(news))
	for i, n := range news {
		g := grant(m, &n.Sheet)
		entries[i] = feed.Entry{ID: n.ID, Title: g.Name + " · " + g.State, Path: g.Href, Updated: n.Last.At, Summary: strings.Join(slices.DeleteFunc([]string{g.Number, g.Amount, strings.Join(g.Granted, m.T("list.separator"))}, func(s string) bool { return s == "" }), " · ")}
		if g.Until != "" {
			entries[i].Summary += " · " + m.T("apply.announced_until", "day", g.Until)
		}
	}
	b, err := feed.Feed{Base: k.BaseURL, Self: FeedPath, About: Announced, Lang: m.Lang(), Title: m.T("apply.announced")}.Write(entries)
	if err != nil {
		return err
	}
	return ui.Send(w, r, "application/atom+xml; charset=utf-8", b)
}
