package progress

import (
	"net/http"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy/procedure"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// matterView is a case as everybody sees it.
type matterView struct {
	Crumbs  []ui.Link
	Number  string
	Chips   []ui.Chip
	Due     gov.Date
	Left    string // how many working days
	Facts   []fact
	Moments []moment
}

// fact is a field of the case. Lines keep the breaks of what was written.
type fact struct {
	Label string
	Links []ui.Link
	Lines []string
}

// moment is something that happened.
type moment struct {
	At    int64
	What  string
	Who   string
	Facts []fact
}

func (p *Progress) showCase(w http.ResponseWriter, r *http.Request) error {
	ctx, m, now := r.Context(), p.Engine.For(r), p.Clock()
	c, err := p.Casework.PublicCase(ctx, r.PathValue("number"), now)
	if err != nil {
		return err
	}
	history, err := p.Casework.PublicHistory(ctx, c.ID, now)
	if err != nil {
		return err
	}
	s := story{m, c, explain.New(m, c.Under.Pack, c.Under.Procedure), &p.Pack.Gazette}
	title := c.Subject
	v := matterView{
		Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: Root, Label: m.T("progress.title")}},
		Number: c.Number, Chips: []ui.Chip{{Label: c.State.Name.In(m.Lang()), Tone: "info"}}, Facts: s.facts(c.Fields),
	}
	if c.Colour != nil {
		v.Chips = ui.Chips(v.Chips[0], s.words.Chip(c.Colour))
	}
	for _, d := range c.Deadlines {
		if d.Clock != c.Under.Procedure.Due || !d.Stopped.IsZero() || d.At.IsZero() || c.Ended != 0 {
			continue
		}
		v.Due = d.LastDay()
		n, err := p.Calendar(ctx).WorkdaysBetween(gov.DateOf(now).Add(1), v.Due.Add(1))
		if err != nil {
			return err
		}
		if v.Left = m.T("progress.workdays_left", "n", max(n.Days, 0)); d.Late(now) {
			v.Left = m.T("progress.late")
		}
	}
	for _, e := range slices.Backward(history) {
		v.Moments = append(v.Moments, s.moment(e))
	}
	f := ui.Frame{Section: "progress", Title: title, Description: m.T("progress.case_description", "title", title)}
	return p.matter.Render(w, r, http.StatusOK, f, v)
}

// story tells of a case in the reader's language.
type story struct {
	*ui.Messages
	c       casework.Sheet
	words   explain.Explainer
	gazette *gazette.Lexicon
}

// facts are the fields the public reads but the one that heads the page.
func (s story) facts(list []cases.Shown) []fact {
	var out []fact
	for _, f := range list {
		if f.Sealed || f.Field.ID == s.c.Under.Procedure.Subject {
			continue
		}
		out = append(out, s.fact(f.Field, f.Value))
	}
	return out
}

func (s story) fact(f *procedure.Field, v any) fact {
	one := fact{Label: f.Label.In(s.Lang())}
	words := casework.Words(s.c.Under.Pack, f, v, s.Lang())
	p := s.c.Under.Procedure
	switch {
	case f.ID == p.FromItem("item.document"):
		for _, number := range words {
			one.Links = append(one.Links, ui.Link{Href: "/documents/" + library.SlugOf(s.gazette, number, ""), Label: number})
		}
	case f.ID == p.FromItem("item.address"):
		for _, address := range words {
			one.Links = append(one.Links, ui.Link{Href: "/documents/" + address, Label: s.T("progress.source")})
		}
	case f.Type == procedure.UnitField || f.Type == procedure.UnitsField:
		ids := cases.Values{f.ID: v}.All(f.ID)
		for i, name := range words {
			one.Links = append(one.Links, ui.Link{Href: "/units/" + ids[i], Label: name})
		}
	case f.Type == procedure.ParagraphField:
		for _, w := range words {
			one.Lines = append(one.Lines, strings.Split(w, "\n")...)
		}
	default:
		one.Lines = []string{strings.Join(words, s.T("list.separator"))}
	}
	return one
}

// moment says what an event was.
func (s story) moment(e casework.Entry) moment {
	p := s.c.Under.Procedure
	one := moment{At: e.At, Who: s.who(e.By), What: s.words.Event(e.Event)}
	switch e.Kind {
	case cases.Warned, cases.Late, cases.Absorbed: // nobody did that
		one.Who = ""
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		if v, ok := e.Set[f.ID]; ok && v != nil && e.Kind == cases.Acted && f.ID != p.Subject {
			one.Facts = append(one.Facts, s.fact(f, v))
		}
	}
	return one
}

// who is by which post something was done; the public reads no names.
func (s story) who(by cases.Mark) string {
	if by.Kind == gov.SystemActor {
		return s.T("progress.system")
	}
	if u, ok := s.c.Under.Pack.Unit(by.Unit); ok {
		return u.Name.In(s.Lang())
	}
	return ""
}
