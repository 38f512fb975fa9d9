// Package bulletin says what subscribers are told of public cases, and to whom a
// step of a case may be of interest. It knows what everybody is shown and nothing
// else; who is told and when, package residents decides.
package bulletin

import (
	"context"
	"slices"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/atlas"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/notices/hooks"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
)

// Bulletin writes what subscriptions are about and what became of cases.
type Bulletin struct {
	Casework *casework.Casework
	Clock    gov.Clock
	Site     string // public address of the site, without a slash at the end
}

var _ residents.Bulletin = (*Bulletin)(nil)

// Layer is the procedure whose cases at a place can be subscribed to by an id, ""
// for the first that is on the public's map. It returns NotFound for none.
func (b *Bulletin) Layer(id string) (*procedure.Procedure, error) {
	for _, p := range b.Casework.Atlas().Layers() {
		if id == "" || p.ID == id {
			return p, nil
		}
	}
	return nil, gov.Errorf(gov.NotFound, "没有向社会公开位置的这类事项", "no such cases are shown to the public on the map")
}

// Words implements residents.Bulletin.
func (b *Bulletin) Words(ctx context.Context, s residents.Subject, lang gov.Lang) (string, error) {
	if !s.Case.IsZero() {
		c, err := b.Casework.PublicSheet(ctx, s.Case, b.Clock())
		return strings.TrimSpace(c.Number + " " + c.Subject), err
	}
	p, err := b.Layer(s.Procedure)
	if err != nil {
		return "", err
	}
	var parts []string
	pack := b.Casework.Pack()
	switch {
	case s.Area != "":
		a, ok := pack.Area(s.Area)
		if !ok {
			return "", gov.Errorf(gov.NotFound, "没有这个地方", "there is no such place")
		}
		parts = append(parts, a.Name.In(lang))
	default:
		near := b.near(s.At, lang)
		parts = append(parts, gov.Textf("%[1]s %[2]d 米内", "within %[2]d m of %[1]s", near, s.Within).In(lang))
	}
	if s.Kind == "" {
		return strings.Join(append(parts, p.Title.In(lang)), " · "), nil
	}
	k := atlas.Kinds(p)
	if k == nil {
		return "", gov.Errorf(gov.NotFound, "这类事项不按类别公开", "such cases are not shown by class")
	}
	e, ok := k.List().Entry(s.Kind)
	if !ok {
		return "", gov.Errorf(gov.NotFound, "没有这个类别", "there is no such class")
	}
	return strings.Join(append(parts, e.Name.In(lang)), " · "), nil
}

// near says where a point is: the smallest area everybody knows by name, or the
// point itself.
func (b *Bulletin) near(at geo.Point, lang gov.Lang) string {
	if a, ok := b.Casework.Pack().Neighbourhood(at); ok {
		return a.Name.In(lang) + gov.Textf("（%[1]s）", " (%[1]s)", at.String()).In(lang)
	}
	return at.String()
}

// Told implements residents.Bulletin.
func (b *Bulletin) Told(ctx context.Context, caseID gov.ID, steps []int64, lang gov.Lang) (residents.Told, error) {
	c, err := b.Casework.PublicSheet(ctx, caseID, b.Clock())
	if err != nil {
		return residents.Told{}, err
	}
	history, err := b.Casework.PublicHistory(ctx, caseID, b.Clock())
	if err != nil {
		return residents.Told{}, err
	}
	t := residents.Told{Number: c.Number, Subject: c.Subject, State: c.State.Name.In(lang), URL: b.Site + "/progress/cases/" + c.Number}
	for _, e := range history {
		if slices.Contains(steps, e.Seq) {
			t.Steps = append(t.Steps, time.UnixMilli(e.At).In(gov.China).Format("2006-01-02 15:04")+" "+what(c.Under.Procedure, e, lang))
		}
	}
	return t, nil
}

// what is what happened, and to what state it led.
func what(p *procedure.Procedure, e casework.Entry, lang gov.Lang) string {
	said := ""
	switch e.Kind {
	case cases.Acted:
		if a, ok := p.Action(e.Action); ok {
			said = a.Name.In(lang)
		}
	case cases.Warned:
		said = gov.Text{ZH: "临近期限", EN: "due soon"}.In(lang)
	case cases.Late:
		said = gov.Text{ZH: "超过期限", EN: "overdue"}.In(lang)
	}
	s, ok := p.State(e.State)
	if !ok {
		return said
	}
	if said == "" {
		return s.Name.In(lang)
	}
	return said + " → " + s.Name.In(lang)
}

// Happening is what became public of a case, as subscriptions look for it.
func (b *Bulletin) Happening(n hooks.Public) residents.Happening {
	p := n.Sheet.Under.Procedure
	h := residents.Happening{Case: n.Sheet.ID, Procedure: p.ID, New: n.New}
	for _, e := range n.Steps {
		h.Steps = append(h.Steps, e.Seq)
	}
	spot, kind, pack := docket.SpotField(p), atlas.Kinds(p), b.Casework.Pack()
	add := func(code string) {
		for a, ok := pack.Area(code); ok && !slices.Contains(h.Areas, a.Code); a, ok = pack.Area(a.Parent) {
			h.Areas = append(h.Areas, a.Code)
		}
	}
	for _, f := range n.Sheet.Fields {
		text, _ := f.Value.(string)
		switch {
		case f.Sealed || text == "" || docket.OpennessOf(f.Field) != docket.OpenToAll:
		case f.Field.Type == procedure.AreaField:
			add(text)
		case spot != nil && f.Field.ID == spot.ID:
			if at, err := geo.ParsePoint(text); err == nil {
				h.At = &at
			}
		case kind != nil && f.Field.ID == kind.ID:
			h.Kind = docket.Heading(kind, text)
		}
	}
	return h
}
