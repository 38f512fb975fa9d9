// Package story tells what a case is about and what happened in it to whoever
// reads it outside the office: everybody, or who reported it. It shows what it is
// given; what may be shown package casework decides.
package story

import (
	"cmp"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/gazette"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/clause"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// Fact is a field of the case. Lines keep the breaks of what was written.
type Fact struct {
	Label string
	Links []ui.Link
	Lines []string
}

// Moment is something that happened.
type Moment struct {
	At    int64
	What  string
	Who   string
	Facts []Fact
}

// Story tells of a case in the reader's language.
type Story struct {
	*ui.Messages
	Words   explain.Explainer
	c       casework.Sheet
	gazette *gazette.Lexicon
}

// New tells of a case. The lexicon knows how documents are numbered.
func New(m *ui.Messages, c casework.Sheet, lexicon *gazette.Lexicon) Story {
	return Story{Messages: m, Words: explain.New(m, c.Under.Pack, c.Under.Procedure), c: c, gazette: lexicon}
}

// Facts are the fields a reader is shown but the one that heads the page.
func (s Story) Facts(list []cases.Shown) []Fact {
	var out []Fact
	for _, f := range list {
		if f.Sealed || f.Field.ID == s.c.Under.Procedure.Subject || f.Field.Type == procedure.FilesField {
			continue // files are shown as such
		}
		if s.told(f.Field, func(id string) bool {
			return slices.ContainsFunc(list, func(o cases.Shown) bool { return o.Field.ID == id && o.Value != nil && !o.Sealed })
		}) {
			continue
		}
		out = append(out, s.fact(f.Field, f.Value))
	}
	return out
}

// told reports that a place is told already by an area it lies in, which has a value.
func (s Story) told(f *procedure.Field, has func(id string) bool) bool {
	return f.Type == procedure.PointField && slices.ContainsFunc(s.c.Under.Procedure.Fields, func(o procedure.Field) bool {
		return o.Type == procedure.AreaField && o.At == f.ID && has(o.ID)
	})
}

// public reports that everybody may look an entry of a register up.
func public(p *policy.Pack, register string) bool {
	r, ok := p.Register(register)
	return ok && r.Public()
}

func (s Story) fact(f *procedure.Field, v any) Fact {
	one := Fact{Label: f.Label.In(s.Lang())}
	words := casework.Words(s.c.Under.Pack, f, v, s.Lang())
	p := s.c.Under.Procedure
	switch {
	case f.ID == p.FromItem("item.document"):
		for _, number := range words {
			one.Links = append(one.Links, ui.Link{Href: "/documents/" + library.SlugOf(s.gazette, number, ""), Label: number})
		}
	case f.ID == p.FromItem("item.address"):
		for _, address := range words {
			one.Links = append(one.Links, ui.Link{Href: clause.Path(address), Label: s.T("progress.source")})
		}
	case f.Type == procedure.UnitField || f.Type == procedure.UnitsField:
		ids := cases.Values{f.ID: v}.All(f.ID)
		for i, name := range words {
			one.Links = append(one.Links, ui.Link{Href: "/units/" + ids[i], Label: name})
		}
	case f.Type == procedure.SubjectField && public(s.c.Under.Pack, f.Of):
		for _, key := range words {
			one.Links = append(one.Links, ui.Link{Href: "/registers/" + f.Of + "/" + key, Label: key})
		}
	case f.Type == procedure.FilesField:
		one.Lines = []string{s.T("progress.files", "n", len(words))}
	case f.Type == procedure.ParagraphField:
		for _, w := range words {
			one.Lines = append(one.Lines, strings.Split(w, "\n")...)
		}
	case f.Type == procedure.PointField: // numbers help nobody who is not sent there
		one.Lines = []string{s.vicinity(words)}
	case f.Type == procedure.ChecklistField:
		one.Lines = words
	default:
		one.Lines = []string{strings.Join(words, s.T("list.separator"))}
	}
	return one
}

// Moment says what an event was.
func (s Story) Moment(e casework.Entry) Moment {
	p := s.c.Under.Procedure
	one := Moment{At: e.At, Who: s.who(e.By), What: s.Words.Event(e.Event)}
	switch e.Kind {
	case cases.Warned, cases.Late, cases.Absorbed: // nobody did that
		one.Who = ""
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		v, ok := e.Set[f.ID]
		if ok && v != nil && e.Kind == cases.Acted && f.ID != p.Subject && !s.told(f, func(id string) bool { return e.Set[id] != nil }) {
			one.Facts = append(one.Facts, s.fact(f, v))
		}
	}
	return one
}

// who is by which post something was done; the public reads no names.
func (s Story) who(by cases.Mark) string {
	if by.Kind == gov.SystemActor {
		return s.T("progress.system")
	}
	if u, ok := s.c.Under.Pack.Unit(by.Unit); ok {
		return u.Name.In(s.Lang())
	}
	return ""
}

// vicinity is a point in words.
func (s Story) vicinity(point []string) string {
	text := strings.Join(point, s.T("list.separator"))
	at, err := geo.ParsePoint(text)
	if err != nil {
		return text
	}
	return cmp.Or(s.c.Under.Pack.Vicinity(at, s.Lang()), text)
}
