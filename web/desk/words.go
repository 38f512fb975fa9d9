package desk

import (
	"cmp"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
	"quanxiang/web/clause"
	"quanxiang/web/ui"
)

// tones are those of a procedure's colours as chips have them.
var tones = map[procedure.Tone]string{procedure.Calm: "quiet", procedure.Good: "good", procedure.Warning: "warn", procedure.Bad: "bad"}

// stateTone is the tone of a state: what has to be done stands out.
func stateTone(kind procedure.StateKind) string {
	switch kind {
	case procedure.OpenState:
		return "info"
	case procedure.DoneState:
		return "good"
	}
	return "quiet"
}

// unitName is the name of a unit; a unit that is no more has the name it had.
func unitName(u docket.Under, id string, l gov.Lang) string {
	if unit, ok := u.Pack.Unit(id); ok {
		return unit.Name.In(l)
	}
	return id
}

// seat says as what somebody acted: a clerk of a unit, holder of a post.
func seat(m *ui.Messages, u docket.Under, mark cases.Mark) string {
	l := m.Lang()
	if post, ok := u.Pack.Post(mark.Post); ok {
		return post.Name.In(l)
	}
	if mark.Unit == "" {
		return ""
	}
	role := mark.Role
	if r, ok := u.Pack.Role(mark.Role); ok {
		role = r.Name.In(l)
	}
	return m.T("desk.seat", "unit", unitName(u, mark.Unit, l), "role", role)
}

// people looks up the names of whoever acted, and of persons named in fields.
func (k *Desk) people(v *visit, sheet casework.Sheet, history []casework.Entry) (map[string]string, error) {
	var ids []string
	add := func(m cases.Mark) { ids = append(ids, m.Person, m.For) }
	for _, e := range history {
		add(e.By)
		for name, value := range e.Set {
			if f, ok := sheet.Under.Procedure.Field(name); ok && f.Type.IsPerson() {
				ids = append(ids, cases.Values{name: value}.All(name)...)
			}
		}
	}
	for _, p := range sheet.Pending {
		add(p.By)
		for _, j := range p.Joined {
			add(j.By)
		}
	}
	for _, t := range sheet.Waits {
		if t.Kind == procedure.Person {
			ids = append(ids, t.Name)
		}
	}
	return k.Work.Names(v.Context(), v.Standing, ids)
}

// actor says who acted: the person, for whom, as what.
func actor(m *ui.Messages, u docket.Under, by cases.Mark, names map[string]string) (name, as string) {
	switch by.Kind {
	case gov.SystemActor:
		return m.T("desk.system"), ""
	case gov.PublicActor:
		return m.T("desk.public"), ""
	case gov.ProgramActor:
		return m.T("explain.who.program"), seat(m, u, by)
	}
	name, as = names[by.Person], seat(m, u, by)
	if name == "" {
		name, as = as, ""
	}
	if name == "" {
		name = m.T("desk.somebody")
	}
	if by.For != "" && names[by.For] != "" {
		name = m.T("desk.deputy", "name", name, "of", names[by.For])
	}
	return name, as
}

// around reports that an area holds another one of a list.
func around(pack *policy.Pack, area string, list []string) bool {
	return slices.ContainsFunc(list, func(code string) bool {
		a, ok := pack.Area(code)
		for ok && a.Code != area {
			a, ok = pack.Area(a.Parent)
		}
		return ok && code != area
	})
}

// placeName is the name of a unit or an area.
func placeName(u docket.Under, id string, l gov.Lang) string {
	if a, ok := u.Pack.Area(id); ok {
		return a.Name.In(l)
	}
	return unitName(u, id, l)
}

// maxTurns is how many of those a case waits for are named.
const maxTurns = 6

// turns says whose turn it is: units with their roles, posts, persons.
func turns(m *ui.Messages, u docket.Under, list []cases.Turn, names map[string]string) []string {
	var words []string
	roles := map[string][]string{}
	var units []string
	add := func(s string) {
		if s != "" && !slices.Contains(words, s) {
			words = append(words, s)
		}
	}
	for _, t := range list {
		switch t.Kind {
		case procedure.Post:
			role := m.T("desk.any_role")
			if r, ok := u.Pack.Role(t.Role); ok {
				role = r.Name.In(m.Lang())
			}
			if party, ok := u.Procedure.Party(t.Party); ok && len(t.Out) > 0 { // not everybody of the role: the party says who
				role = party.Name.In(m.Lang())
			}
			at := cmp.Or(t.Area, t.Unit)
			if !slices.Contains(units, at) {
				units = append(units, at)
			}
			if !slices.Contains(roles[at], role) {
				roles[at] = append(roles[at], role)
			}
		case procedure.Holds:
			if p, ok := u.Pack.Post(t.Name); ok {
				add(p.Name.In(m.Lang()))
			}
		case procedure.Person:
			add(names[t.Name])
		case procedure.Holder:
			add(m.T("desk.reporter"))
		}
	}
	for _, unit := range units {
		if around(u.Pack, unit, units) {
			continue // whoever is there for the smaller one is meant first
		}
		add(m.T("desk.seat", "unit", placeName(u, unit, m.Lang()), "role", strings.Join(roles[unit], m.T("list.separator"))))
	}
	if len(words) > maxTurns {
		words = append(words[:maxTurns], m.T("desk.and_more", "n", len(words)-maxTurns))
	}
	return words
}

// parties names parties of a procedure.
func parties(m *ui.Messages, p *procedure.Procedure, ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id
		if party, ok := p.Party(id); ok {
			names[i] = party.Name.In(m.Lang())
		}
	}
	return strings.Join(names, m.T("list.separator"))
}

// value is a field's value on a page: words, or links.
type value struct {
	Label string
	Texts []string
	Links []ui.Link
	Prose bool // lines of text, not a word
	Old   string
}

// lexicon is what names need that the pack does not know.
type lexicon struct {
	names   map[string]string // of persons
	numbers map[string]string // of cases
	entries map[string]string // names of entries of registers, by their addresses
	files   map[string]docket.Attachment
	at      string // address of the case
	origin  string // place in the library it was made of
}

// say writes a value of a field for a page.
func (x lexicon) say(m *ui.Messages, u docket.Under, f *procedure.Field, v any) value {
	out := value{Label: f.Label.In(m.Lang()), Prose: f.Type == procedure.ParagraphField || f.Type == procedure.ChecklistField}
	words := casework.Words(u.Pack, f, v, m.Lang())
	switch f.Type {
	case procedure.FilesField:
		for _, key := range words {
			out.Links = append(out.Links, x.fileLink(m, key))
		}
		return out
	case procedure.PersonField, procedure.PersonsField:
		for i, id := range words {
			if name := x.names[id]; name != "" {
				words[i] = name
			}
		}
	case procedure.CaseField:
		for _, id := range words {
			label := x.numbers[id]
			if label == "" {
				label = m.T("desk.a_case")
			}
			link := ui.Link{Label: label}
			if key, err := gov.ParseID(id); err == nil {
				link.Href = CasePath(key)
			}
			out.Links = append(out.Links, link)
		}
		return out
	case procedure.SubjectField:
		for _, key := range words {
			link := ui.Link{Href: registerPath(f.Of, key), Label: key}
			if name := x.entries[registerPath(f.Of, key)]; name != "" {
				link.Label, link.Note = name, key
			}
			out.Links = append(out.Links, link)
		}
		return out
	case procedure.PointField:
		for i, text := range words {
			at, err := geo.ParsePoint(text)
			if where := u.Pack.Vicinity(at, m.Lang()); err == nil && where != "" {
				words[i] = m.T("desk.place", "where", where, "at", text)
			}
		}
	case procedure.ContactField:
		out.Links = []ui.Link{{Href: x.at + "/contact", Label: m.T("callers.open")}}
		return out
	case procedure.TextField:
		if x.origin != "" && len(words) == 1 && words[0] == x.origin {
			out.Links = []ui.Link{{Href: clause.Path(x.origin), Label: m.T("desk.clause")}}
			return out
		}
	}
	out.Texts = words
	return out
}

func (x lexicon) fileLink(m *ui.Messages, key string) ui.Link {
	a, ok := x.files[key]
	if !ok {
		return ui.Link{Label: m.T("desk.file_gone")}
	}
	return ui.Link{Href: x.at + "/files/" + key, Label: a.Name, Note: caseform.Size(a.Size)}
}

// plain is a value in one line.
func (v value) plain(m *ui.Messages) string {
	parts := slices.Clone(v.Texts)
	for _, l := range v.Links {
		parts = append(parts, l.Label)
	}
	return strings.Join(parts, m.T("list.separator"))
}
