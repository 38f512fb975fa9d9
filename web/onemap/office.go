package onemap

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"quanxiang/cases/atlas"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/desk"
	"quanxiang/web/door"
	"quanxiang/web/figures"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// scene is whose map is shown: the public's, or that of somebody in the office.
type scene struct {
	atlas  *atlas.Atlas
	path   string
	office bool
}

func (m *Map) public() scene { return scene{m.Atlas, PublicPath, false} }

// inOffice answers with the map as somebody who is logged in sees it.
func (m *Map) inOffice(h func(http.ResponseWriter, *http.Request, scene) error) ui.Handler {
	return door.Require(func(w http.ResponseWriter, r *http.Request) error {
		a, err := m.Office(who.Of(r.Context()).Standing)
		if err != nil {
			return err
		}
		return h(w, r, scene{a, OfficePath, true})
	})
}

// key is the key of a message the two maps have each its own of.
func (s scene) key(name string) string {
	if s.office {
		return "map.office." + name
	}
	return "map." + name
}

func (s scene) section() string {
	if s.office {
		return "desk"
	}
	return "map"
}

// page is the address of a case's page.
func (s scene) page(r docket.Row) string {
	if s.office {
		return desk.CasePath(r.ID)
	}
	return progress.CasePath(r.Number)
}

// lateInput is the input that asks for what is late alone.
const lateInput = "late"

// officeFields narrow the office's map: by the unit and by areas, those that have
// cases, and to what is late.
func (m *Map) officeFields(ctx context.Context, words *ui.Messages, s scene, p *procedure.Procedure, q url.Values) (list []ui.Field, err error) {
	for _, id := range p.Facets {
		f, _ := p.Field(id)
		if id != p.Unit && f.Type != procedure.AreaField || docket.OpennessOf(f) < docket.OpenToStaff {
			continue
		}
		name := "in-" + id
		field := ui.Field{Name: name, Part: id, Kind: "select", Label: f.Label.In(words.Lang()), Options: []ui.Option{{Label: words.T("filter.all")}}}
		held, err := s.atlas.Held(ctx, p, id)
		if err != nil {
			return nil, err
		}
		if v := q.Get(name); v != "" && m.known(v) && !slices.ContainsFunc(held, func(t docket.Tally) bool { return t.Value == v }) {
			held = append(held, docket.Tally{Facet: docket.Facet{Field: id, Value: v}}) // it has none any more
		}
		for _, t := range held {
			label := strings.Join(casework.Words(m.Pack, f, t.Value, words.Lang()), "")
			field.Options = append(field.Options, ui.Option{Value: t.Value, Label: words.T("desk.facet", "name", label, "n", int(t.N))})
		}
		list = append(list, field)
	}
	return append(list, ui.Field{Name: lateInput, Kind: "select", Label: words.T("map.office.late"), Options: []ui.Option{
		{Label: words.T("filter.all")}, {Value: "1", Label: words.T("map.office.late.only")}}}), nil
}

// known reports that the pack has a unit or area of an id.
func (m *Map) known(id string) bool {
	_, unit := m.Pack.Unit(id)
	_, area := m.Pack.Area(id)
	return unit || area
}

// units are the names of units.
func (c captions) units(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id
		if u, ok := c.pack.Unit(id); ok {
			names[i] = u.Name.In(c.Lang())
		}
	}
	return strings.Join(names, c.T("list.separator"))
}

// hotPath is where the script reads the places at which cases repeat.
const hotPath = OfficePath + "/hot"

// hot are the places at which cases of a procedure repeat, as GeoJSON in the system
// of the base layer.
func (m *Map) hot(w http.ResponseWriter, r *http.Request, s scene) error {
	words, p := m.Engine.For(r), r.URL.Query().Get("procedure")
	list, _, err := s.atlas.Hot(r.Context(), p, m.Clock())
	if err != nil {
		return err
	}
	out := geo.Collection{Features: make([]geo.Feature, len(list))}
	for i, h := range list {
		label := func(l gov.Lang) string {
			return m.Engine.Messages(l).T("map.office.hot.one", "where", cmp.Or(m.Pack.Vicinity(h.Middle, l), h.Middle.String()), "n", len(h.Cases), "open", h.Open)
		}
		f := geo.Feature{Point: &h.Middle, Properties: map[string]any{"name": label(gov.ZH), "name_en": label(gov.EN),
			"href": figures.HotPath(p) + "#hot-" + words.Number(i+1), "n": len(h.Cases)}}
		if m.Base.shifted() {
			f = f.In(m.Base.System)
		}
		out.Features[i] = f
	}
	text, err := geo.WriteGeoJSON(out)
	if err != nil {
		return err
	}
	return ui.Send(w, r, "application/geo+json", text)
}
