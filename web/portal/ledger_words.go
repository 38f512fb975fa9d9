package portal

import (
	"cmp"
	"strings"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/web/ui"
)

// eventKind says what happened in words. Steps of cases are named by their
// procedure; a kind that neither this program nor the pack has a word for keeps its
// own name.
func (p *Portal) eventKind(m *ui.Messages, kind string) string {
	if key := "event.kind." + kind; m.Has(key) {
		return m.T(key)
	}
	first, rest, _ := strings.Cut(kind, ".")
	switch first {
	case "case":
		if s := p.caseEvent(m, rest); s != "" {
			return s
		}
	case "application":
		return m.T("event.application")
	}
	return kind
}

// caseEvent names a step of a case, "procedure.what", where what is an action, what
// became of an action that was asked for, or a thing that happens to every case. It
// is "" for one the pack does not know any more.
func (p *Portal) caseEvent(m *ui.Messages, step string) string {
	id, what, _ := strings.Cut(step, ".")
	x, ok := p.Pack.Procedure(id)
	if !ok {
		return ""
	}
	said := ""
	if key := "event.case." + what; m.Has(key) {
		said = m.T(key)
	} else {
		how, action, asked := strings.Cut(what, ".")
		if !asked {
			how, action = "", what
		}
		a, ok := x.Action(action)
		if !ok || asked && !m.Has("event.case.of."+how) {
			return ""
		}
		if said = a.Name.In(m.Lang()); asked {
			said = m.T("event.case.of."+how, "action", said)
		}
	}
	return m.T("event.case", "procedure", x.Title.In(m.Lang()), "what", said)
}

// objectFact names what an event happened to and links it, if it has a page.
func (p *Portal) objectFact(m *ui.Messages, e ledger.Entry) fact {
	f := fact{Label: m.T("event.object"), Text: e.Object}
	kind, id, _ := strings.Cut(e.Object, ":")
	switch kind {
	case "document":
		f.Href, f.Text = "/documents/"+id, cmp.Or(e.Facts["number"], e.Object)
		return f
	case "pack":
		f.Text = m.T("event.object.pack")
		return f
	case "draw":
		f.Href = "/draws/" + id
	case "case":
		id = cmp.Or(e.Facts["number"], id)
	case "register":
		if r, ok := p.Pack.Register(id); ok {
			f.Text = r.Title.In(m.Lang())
			if r.Public() {
				f.Href = "/registers/" + id
			}
			return f
		}
	}
	if key := "event.object." + kind; m.Has(key) {
		f.Text = m.T(key, "id", strings.Trim(id, "/"))
	}
	return f
}

// stated is a public fact of an entry: what it is called, and what it says where
// the pack has a name for it.
func (p *Portal) stated(m *ui.Messages, e ledger.Entry, name string) fact {
	f := fact{Label: name, Text: e.Facts[name]}
	if key := "fact." + name; m.Has(key) {
		f.Label = m.T(key)
	}
	if t := p.named(e, name, f.Text); !t.IsZero() {
		f.Text = t.In(m.Lang())
	}
	return f
}

// named is the pack's name of what a fact says, or nothing.
func (p *Portal) named(e ledger.Entry, fact, value string) gov.Text {
	switch fact {
	case "unit":
		u, _ := p.Pack.Unit(value)
		return u.Name
	case "role":
		r, _ := p.Pack.Role(value)
		return r.Name
	case "post":
		x, _ := p.Pack.Post(value)
		return x.Name
	case "area":
		a, _ := p.Pack.Area(value)
		return a.Name
	case "procedure":
		if x, ok := p.Pack.Procedure(value); ok {
			return x.Title
		}
	case "state":
		if x, ok := p.Pack.Procedure(e.Facts["procedure"]); ok {
			s, _ := x.State(value)
			if s != nil {
				return s.Name
			}
		}
	case "kind":
		_, id, _ := strings.Cut(e.Object, ":")
		if r, ok := p.Pack.Register(id); ok {
			if k, ok := r.Kind(value); ok {
				return k.Title
			}
		}
	}
	return gov.Text{}
}
