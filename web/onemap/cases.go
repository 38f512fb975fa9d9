package onemap

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/cases/atlas"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/explain"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

// The addresses of the two maps, and what stands behind either where its script
// reads the cases.
const (
	PublicPath = progress.MapPath
	OfficePath = "/desk/map"
	casesPart  = "/cases"
)

// atInput is the place the map is to show from close by.
const atInput = "at"

// areaInput is the area the map is narrowed to.
const areaInput = "area"

// pageLength is how many cases the list beside the map has.
const pageLength = 12

// casesView is the cases beside the map. The form narrows the list and what the
// script draws alike.
type casesView struct {
	Filter  ui.Form
	Count   string
	Nowhere string // how many of them are not on the map, or ""
	Legend  []sign
	Table   ui.Table
	Pager   ui.Pager
	Script  []casesOption
	Follow  string // where one asks to be told of such cases by mail; "" in the office
	Feed    string
	None    string
	hot     []layerOption // where such cases repeat
	within  string        // the area the map is to show, "" for the whole district
}

// sign is how a colour shows on the map: a shape of its own for each tone, since
// not everybody tells colours apart.
type sign struct {
	Tone  string
	Shape string
	Label string
}

// shapes are the signs by the tone of a chip.
var shapes = map[string]string{"good": "●", "warn": "▲", "bad": "◆", "quiet": "■"}

// tones are the tones of chips, those first that want attention.
var tones = []string{"bad", "warn", "good", "quiet"}

// statePrefix tells a state from a stage in the parameter that holds either.
const statePrefix = "state."

// months are the stretches of time the list can be narrowed to, in months up to
// this one.
var months = []int{1, 3, 12}

// filter reads which cases are meant, and the form that shows it. It returns
// Invalid for what no form sends.
func (m *Map) filter(ctx context.Context, words *ui.Messages, s scene, q url.Values) (f atlas.Filter, p *procedure.Procedure, form ui.Form, err error) {
	layers := s.atlas.Layers()
	if len(layers) == 0 {
		return f, nil, form, gov.Errorf(gov.NotFound, "地图上没有案卷", "no cases are shown on the map")
	}
	form = ui.Form{ID: "filter", Action: s.path, Inline: true, Submit: words.T("filter.go")}
	p = layers[0]
	all := ui.Option{Label: words.T("filter.all")}
	if len(layers) > 1 {
		field := ui.Field{Name: "procedure", Kind: "select", Label: words.T("map.cases.procedure")}
		for _, l := range layers {
			field.Options = append(field.Options, ui.Option{Value: l.ID, Label: l.Title.In(words.Lang())})
			if l.ID == q.Get("procedure") {
				p = l
			}
		}
		form.Fields = append(form.Fields, field)
	}
	f.Procedure = p.ID
	if k := atlas.Kinds(p); k != nil {
		field := ui.Field{Name: "kind", Kind: "select", Label: k.Label.In(words.Lang()), Options: []ui.Option{all}}
		for _, code := range headings(k) {
			e, _ := k.List().Entry(code)
			field.Options = append(field.Options, ui.Option{Value: code, Label: e.Name.In(words.Lang())})
		}
		form.Fields = append(form.Fields, field)
		f.Kind = q.Get("kind")
	}
	if a := atlas.Areas(p); a != nil && !s.office { // the office's has those that have cases
		field := ui.Field{Name: areaInput, Kind: "select", Label: a.Label.In(words.Lang()), Options: []ui.Option{all}}
		for _, x := range m.Pack.AreasOf(policy.AreaLevel(cmp.Or(a.Size, string(policy.StreetLevel)))) {
			field.Options = append(field.Options, ui.Option{Value: x.Code, Label: x.Name.In(words.Lang())})
		}
		form.Fields = append(form.Fields, field)
		f.Area = q.Get(areaInput)
	}
	stage := ui.Field{Name: "stage", Kind: "select", Label: words.T("map.cases.stage"), Options: []ui.Option{all}}
	if !s.office {
		stage.Options = append(stage.Options, ui.Option{Value: string(atlas.Running), Label: words.T("map.cases.running")}, ui.Option{Value: string(atlas.Ended), Label: words.T("map.cases.ended")})
	}
	for _, x := range s.atlas.States(p) {
		stage.Options = append(stage.Options, ui.Option{Value: statePrefix + x.ID, Label: x.Name.In(words.Lang())})
	}
	form.Fields = append(form.Fields, stage)
	if s.office {
		narrower, err := m.officeFields(ctx, words, s, p, q)
		if err != nil {
			return f, p, form, err
		}
		form.Fields = append(form.Fields, narrower...)
	} else {
		form.Fields = append(form.Fields, since(words))
	}
	form.Fill(q)
	for _, x := range form.Fields {
		if x.Value == "" {
			continue
		}
		form.Clear = form.Action
		if !slices.ContainsFunc(x.Options, func(o ui.Option) bool { return o.Value == x.Value }) {
			return f, p, form, gov.Errorf(gov.Invalid, "没有“%s”这个选项", "there is no choice %q", x.Value).On(x.Name)
		}
		switch state, isState := strings.CutPrefix(x.Value, statePrefix); {
		case x.Name == "stage" && isState:
			f.State = state
		case x.Name == "stage":
			f.Stage = atlas.Stage(x.Value)
		case x.Name == lateInput:
			f.Late = true
		case x.Part != "":
			f.Facets = append(f.Facets, docket.Facet{Field: x.Part, Value: x.Value})
		case x.Name == "since":
			n, err := strconv.Atoi(x.Value)
			if err != nil {
				return f, p, form, fmt.Errorf("months of the map: %w", err)
			}
			f.Since = docket.MonthOf(m.Clock()) - docket.Month(n-1)
		}
	}
	return f, p, form, nil
}

// since asks since when cases began.
func since(words *ui.Messages) ui.Field {
	field := ui.Field{Name: "since", Kind: "select", Label: words.T("map.cases.since"), Options: []ui.Option{{Label: words.T("filter.all")}}}
	for _, n := range months {
		label := words.T("map.cases.months", "n", n)
		if n == 1 {
			label = words.T("map.cases.month")
		}
		field.Options = append(field.Options, ui.Option{Value: strconv.Itoa(n), Label: label})
	}
	return field
}

// headings are the codes under which cases of a field are told apart, in the
// order of the list.
func headings(k *procedure.Field) []string {
	var list []string
	for _, e := range k.List().Entries {
		if k.List().Heads(e.Code) {
			continue
		}
		if h := docket.Heading(k, e.Code); !slices.Contains(list, h) {
			list = append(list, h)
		}
	}
	return list
}

// listed is the list of cases and what leads to it.
func (m *Map) listed(r *http.Request, words *ui.Messages, s scene) (*casesView, error) {
	ctx, q := r.Context(), r.URL.Query()
	f, p, form, err := m.filter(ctx, words, s, q)
	v := &casesView{Filter: form, None: words.T(s.key("cases.none"))}
	if err != nil {
		return v, err
	}
	v.Script = casesOf(words, s, form, p)
	after, err := progress.ParsePlace(q.Get("after"))
	if err != nil {
		return v, err
	}
	sums, list := s.atlas.Sums, s.atlas.Newest
	if s.office {
		sums, list = s.atlas.Standings, s.atlas.Soonest
	}
	total, nowhere, err := sums(ctx, f)
	if err != nil {
		return v, err
	}
	rows, next, err := list(ctx, f, after, pageLength)
	if err != nil {
		return v, err
	}
	v.Count = words.T(s.key("cases.count"), "n", int(total))
	if s.office && p.Repeats() != nil {
		v.hot = []layerOption{{"hot", words.T("figures.hot"), ui.With(hotPath, "procedure", p.ID), false}}
	}
	if !s.office {
		to := m.followed(p, f)
		v.Follow = ui.With(progress.SubscribePath, "procedure", p.ID, "area", to.Area, "kind", f.Kind)
		v.Feed = progress.PlaceFeedPath(to)
	}
	v.within = f.Area
	if nowhere > 0 {
		v.Nowhere = words.T("map.cases.nowhere", "n", int(nowhere))
	}
	c := m.legend(words, s, p)
	v.Legend, v.Table = c.signs(), c.table(rows)
	v.Pager = ui.PagerOf(r, gov.List[docket.Nearby]{Items: rows, Next: progress.PlaceText(next), Total: int(total)})
	return v, nil
}

// followed is what one follows who follows the cases a filter means: those in its
// area, or in the whole district. Without boundaries nothing tells where a case lies.
func (m *Map) followed(p *procedure.Procedure, f atlas.Filter) residents.Subject {
	s := residents.Subject{Procedure: p.ID}
	if a, ok := m.Pack.Area(f.Area); ok && len(a.Ground.Shape) > 0 {
		s.Area, s.Kind = a.Code, f.Kind
	} else if all := m.Pack.AreasOf(policy.DistrictLevel); f.Kind != "" && len(all) == 1 && len(all[0].Ground.Shape) > 0 {
		s.Area, s.Kind = all[0].Code, f.Kind
	}
	return s
}

// captions say what is on the map in words.
type captions struct {
	*ui.Messages
	s     scene
	pack  *policy.Pack
	p     *procedure.Procedure
	now   time.Time
	chips map[string]ui.Chip // by colour
}

func (m *Map) legend(words *ui.Messages, s scene, p *procedure.Procedure) captions {
	c, x := captions{words, s, m.Pack, p, m.Clock(), map[string]ui.Chip{}}, explain.New(words, m.Pack, p)
	for i := range p.Colours {
		c.chips[p.Colours[i].ID] = x.Chip(&p.Colours[i])
	}
	return c
}

// signs explain the shapes: the colours of each tone.
func (c captions) signs() []sign {
	var list []sign
	for _, tone := range tones {
		var names []string
		for _, k := range c.p.Colours {
			if c.chips[k.ID].Tone == tone {
				names = append(names, c.chips[k.ID].Label)
			}
		}
		if len(names) > 0 {
			list = append(list, sign{tone, shapes[tone], strings.Join(names, c.T("map.cases.and"))})
		}
	}
	return list
}

func (c captions) state(id string) string {
	s, ok := c.p.State(id)
	if !ok {
		return ""
	}
	return s.Name.In(c.Lang())
}

func (c captions) kind(code string) string {
	k := atlas.Kinds(c.p)
	if k == nil || code == "" {
		return ""
	}
	e, _ := k.List().Entry(code)
	return e.Name.In(c.Lang())
}

// table lists cases.
func (c captions) table(rows []docket.Nearby) ui.Table {
	t := ui.Table{ID: "cases", Caption: c.T(c.s.key("cases.title"), "kind", c.p.Title), Columns: []ui.Column{
		{Label: c.T("progress.number"), Lead: true, Narrow: true}, {Label: c.T("progress.subject"), Main: true},
	}}
	k := atlas.Kinds(c.p)
	if c.s.office {
		k = nil // units and days take the room
	}
	if k != nil {
		t.Columns = append(t.Columns, ui.Column{Label: k.Label.In(c.Lang())})
	}
	t.Columns = append(t.Columns, ui.Column{Label: c.T("progress.state")})
	if c.s.office {
		t.Columns = append(t.Columns, ui.Column{Label: c.T("desk.units")}, ui.Column{Label: c.T("desk.due")})
	} else {
		t.Columns = append(t.Columns, ui.Column{Label: c.T("map.cases.opened")})
	}
	for _, x := range rows {
		cells := []ui.Cell{ui.TextCell(x.Number), {Links: []ui.Link{{Href: c.s.page(x.Row), Label: cmp.Or(x.Subject, c.T("desk.closed_subject"))}}}}
		if k != nil {
			cells = append(cells, ui.TextCell(c.kind(x.Spot.Kind)))
		}
		cells = append(cells, ui.Cell{Chips: ui.Chips(ui.Chip{Label: c.state(x.State), Tone: "info"}, explain.Beside(c.chips[x.Colour], c.s.office && x.Late(c.now)))})
		if c.s.office {
			cells = append(cells, ui.TextCell(c.units(x.Units)), ui.Cell{Date: x.LastDay()})
		} else {
			cells = append(cells, ui.Cell{Date: gov.DateOf(time.UnixMilli(x.Opened))})
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: cells})
	}
	return t
}

// cases are the cases on a piece of the map, each or in clusters, as GeoJSON in
// the system of the base layer. It is for the page: other programs read package
// ogc.
func (m *Map) cases(w http.ResponseWriter, r *http.Request, s scene) error {
	words, q := m.Engine.For(r), r.URL.Query()
	f, p, _, err := m.filter(r.Context(), words, s, q)
	if err != nil {
		return err
	}
	box, err := parseBox(q.Get("bbox"))
	if err != nil {
		return err
	}
	zoom, err := strconv.ParseUint(q.Get("zoom"), 10, 8)
	if err != nil {
		return gov.Errorf(gov.Invalid, "zoom 应为整数", "zoom is a whole number").On("zoom")
	}
	if m.Base.shifted() {
		sw, ne := m.Base.System.From(geo.Point{Lat: box.South, Lon: box.West}), m.Base.System.From(geo.Point{Lat: box.North, Lon: box.East})
		box = geo.Box{South: sw.Lat, West: sw.Lon, North: ne.Lat, East: ne.Lon}
	}
	clusters, err := s.atlas.Clusters(r.Context(), f, box, uint8(zoom))
	if err != nil {
		return err
	}
	c := m.legend(words, s, p)
	out := geo.Collection{Features: make([]geo.Feature, len(clusters))}
	for i, x := range clusters {
		out.Features[i] = geo.Feature{Point: &x.Middle, Properties: c.properties(x)}
		if m.Base.shifted() {
			out.Features[i] = out.Features[i].In(m.Base.System)
		}
	}
	text, err := geo.WriteGeoJSON(out)
	if err != nil {
		return err
	}
	return ui.Send(w, r, "application/geo+json", text)
}

// properties are what the script has to know of a cluster.
func (c captions) properties(x atlas.Cluster) map[string]any {
	if one := x.One; one != nil {
		chip := c.chips[one.Colour]
		when := gov.DateOf(time.UnixMilli(one.Opened)).In(c.Lang())
		if due := one.LastDay(); c.s.office && !due.IsZero() {
			when = c.T("map.office.due", "day", due.In(c.Lang()))
		}
		return map[string]any{
			"n": 1, "tone": chip.Tone, "shape": shapes[chip.Tone], "colour": chip.Label, "number": one.Number, "subject": cmp.Or(one.Subject, c.T("desk.closed_subject")),
			"state": c.state(one.State), "kind": c.kind(one.Spot.Kind), "units": c.units(one.Units), "when": when, "href": c.s.page(one.Row),
		}
	}
	return map[string]any{"n": x.N, "bad": x.Bad, "label": c.T("map.cases.here", "n", int(x.N))}
}

// parseBox reads west, south, east, north in degrees.
func parseBox(text string) (geo.Box, error) {
	bad := gov.Errorf(gov.Invalid, "bbox 应为“西,南,东,北”四个经纬度", "bbox is west,south,east,north in degrees").On("bbox")
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return geo.Box{}, bad
	}
	var corner [2]geo.Point
	for i := range corner {
		p, err := geo.ParsePoint(parts[2*i+1] + "," + parts[2*i])
		if err != nil {
			return geo.Box{}, bad
		}
		corner[i] = p
	}
	return geo.Box{South: corner[0].Lat, West: corner[0].Lon, North: corner[1].Lat, East: corner[1].Lon}, nil
}

// casesOption tells the script where cases of a procedure are read, with the filter
// of the page.
type casesOption struct {
	Path  string            `json:"path"`
	Query string            `json:"query"`
	Shown bool              `json:"shown"` // at first
	Words map[string]string `json:"words"`
}

// casesOf are the cases the filter means, and all of the other procedures.
func casesOf(words *ui.Messages, s scene, form ui.Form, p *procedure.Procedure) (list []casesOption) {
	for _, l := range s.atlas.Layers() {
		q := url.Values{"procedure": {l.ID}}
		for _, f := range form.Fields {
			if f.Value != "" && l == p {
				q.Set(f.Name, f.Value)
			}
		}
		o := casesOption{Path: s.path + casesPart, Query: q.Encode(), Shown: l == p, Words: map[string]string{"layer": words.T(s.key("cases.title"), "kind", l.Title)}}
		for _, key := range []string{"failed", "closer", "same"} {
			o.Words[key] = words.Of("map.cases.", key)
		}
		list = append(list, o)
	}
	return list
}
