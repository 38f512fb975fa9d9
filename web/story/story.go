// Package story tells what a case is about and what happened in it to whoever
// reads it outside the office: everybody, or who reported it. It shows what it is
// given; what may be shown package casework decides.
package story

import (
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
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
		out = append(out, s.fact(f.Field, f.Value))
	}
	return out
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
			one.Links = append(one.Links, ui.Link{Href: "/documents/" + address, Label: s.T("progress.source")})
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
		if v, ok := e.Set[f.ID]; ok && v != nil && e.Kind == cases.Acted && f.ID != p.Subject {
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
