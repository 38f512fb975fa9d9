// Package onemap is the one map: the public's cases at /map, those that run and
// somebody in the office sees at /desk/map, as a list and, where scripts run, as a
// map of the same cases and of the layers of package ogc over a base layer of the
// operator's choice. The public's has the district as a schematic picture besides.
// It holds no data.
package onemap

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"quanxiang/cases/atlas"
	"quanxiang/cases/casework"
	"quanxiang/geo"
	"quanxiang/geo/pmtiles"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ogc"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Base is the picture under the layers: tiles of a server, those of a file, see
// FileBase, or none when URL is empty.
type Base struct {
	URL         string     // https://tiles.example/{z}/{x}/{y}.png in Web Mercator; WMTS in the same way
	Attribution string     // who made them, as their licence wants it
	System      geo.System // in which the tiles show the ground; the layers are shifted to fit
	MaxZoom     int        // the finest there is; 0 for the usual 18

	tiles *pmtiles.Archive // of FileBase
}

// usualZoom is the finest zoom most servers have.
const usualZoom = 18

// Check returns Invalid for a base layer that cannot be shown.
func (b Base) Check() error {
	if b.URL == "" {
		return nil
	}
	if b.Attribution == "" {
		return gov.Errorf(gov.Invalid, "底图要注明来源", "a base layer needs an attribution")
	}
	if b.tiles != nil {
		return nil
	}
	u, err := url.Parse(strings.NewReplacer("{z}", "0", "{x}", "0", "{y}", "0").Replace(b.URL))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(u.String(), "{}") || u.User != nil {
		return gov.Errorf(gov.Invalid, "底图地址“%s”应为 https 网址，其中只能有 {z}、{x}、{y}", "the address of the base layer, %q, is one of https with {z}, {x}, {y} and no other place to fill", b.URL)
	}
	for _, place := range []string{"{z}", "{x}", "{y}"} {
		if !strings.Contains(b.URL, place) {
			return gov.Errorf(gov.Invalid, "底图地址“%[1]s”缺少 %[2]s", "the address of the base layer, %[1]q, lacks %[2]s", b.URL, place)
		}
	}
	return nil
}

// origin is where the tiles come from, for the page's policy.
func (b Base) origin() []string {
	if b.URL == "" || b.tiles != nil {
		return nil
	}
	scheme, rest, _ := strings.Cut(b.URL, "://")
	host, _, _ := strings.Cut(rest, "/")
	return []string{scheme + "://" + host}
}

func (b Base) shifted() bool {
	return b.URL != "" && (b.System == geo.GCJ02 || b.System == geo.BD09)
}

// Deps is everything the page stands on.
type Deps struct {
	Engine *ui.Engine
	Pack   *policy.Pack
	Layers *ogc.Features
	Atlas  *atlas.Atlas                                // the public's
	Office func(people.Standing) (*atlas.Atlas, error) // the office's, as somebody sees it
	Clock  gov.Clock
	Base   Base
}

// Map answers the page.
type Map struct {
	Deps
	page *ui.Template[view]
}

// New makes the page. It returns Invalid for a base layer that cannot be shown.
func New(d Deps) (*Map, error) {
	if err := d.Base.Check(); err != nil {
		return nil, err
	}
	page, err := ui.Load[view](d.Engine, templates, "templates/map.html")
	return &Map{d, page}, err
}

// Mount adds the routes.
func (m *Map) Mount(mux *http.ServeMux) {
	mux.Handle("GET "+PublicPath, m.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error { return m.show(w, r, m.public()) }))
	mux.Handle("GET "+PublicPath+casesPart, m.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error { return m.cases(w, r, m.public()) }))
	mux.Handle("GET "+OfficePath, m.Engine.Handle(m.inOffice(m.show)))
	mux.Handle("GET "+OfficePath+casesPart, m.Engine.Handle(m.inOffice(m.cases)))
	mux.Handle("GET "+hotPath, m.Engine.Handle(m.inOffice(m.hot)))
	if m.Base.tiles != nil {
		mux.Handle("GET "+tilesRoot+"{file}/{z}/{x}/{y}", m.Engine.Handle(m.tile))
	}
	if m.Base.shifted() {
		mux.Handle("GET /map/layers/{layer}", m.Engine.Handle(m.shifted))
	}
}

// view is the page.
type view struct {
	Lede    string
	Cases   *casesView // nil where there are none on the map
	Office  bool
	Other   string // address of the other map for whoever may see both, or ""
	Picture picture
	Table   ui.Table // of the streets, of the public's
	Sources []string // of invented ground
	Options string   // for the script, JSON
}

// options are what the script of the page has to know.
type options struct {
	Base   *baseOption       `json:"base,omitempty"`
	Bounds [2][2]float64     `json:"bounds"`
	Layers []layerOption     `json:"layers"`
	Cases  []casesOption     `json:"cases,omitempty"`
	System geo.System        `json:"system"`       // of what is shown
	At     *[2]float64       `json:"at,omitempty"` // the place the page was asked for, as it is shown
	Words  map[string]string `json:"words"`
}

type baseOption struct {
	URL         string `json:"url"`
	Attribution string `json:"attribution"`
	MaxZoom     int    `json:"maxZoom"`
}

type layerOption struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Path  string `json:"path"`
	Shown bool   `json:"shown"`
}

// layerIDs are the layers of the map, lowest first.
var layerIDs = []string{"streets", "communities", "cells", "units"}

func (m *Map) show(w http.ResponseWriter, r *http.Request, s scene) error {
	words := m.Engine.For(r)
	lang := words.Lang()
	v := view{Office: s.office, Lede: words.T(s.key("lede"))}
	if s.office {
		v.Other = PublicPath
	} else {
		v.Picture, v.Table = draw(m.Pack, lang), m.table(words)
		if casework.Enter(who.Of(r.Context()).Standing) == nil {
			v.Other = OfficePath
		}
	}
	status := http.StatusOK
	var shown []casesOption
	if len(s.atlas.Layers()) > 0 {
		var err error
		if v.Cases, err = m.listed(r, words, s); err != nil {
			if !v.Cases.Filter.Fail(err, lang) {
				return err
			}
			status = http.StatusUnprocessableEntity
		}
		shown = v.Cases.Script
	}
	options := m.live(words, shown, layerIDs...)
	if s.office && v.Cases != nil {
		options.Layers = append(options.Layers, v.Cases.hot...)
	}
	if v.Cases != nil {
		if a, ok := m.Pack.Area(v.Cases.within); ok && len(a.Ground.Shape) > 0 {
			options.Bounds = m.bounds(a.Ground.Shape.Bounds())
		}
	}
	if at, err := geo.ParsePoint(r.URL.Query().Get(atInput)); err == nil { // elsewhere than on the ground there is nothing to show
		on := m.System().To(at)
		options.At = &[2]float64{on.Lat, on.Lon}
	}
	var err error
	if v.Options, err = options.text(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, a := range m.Pack.AreasOf(policy.StreetLevel) {
		if s := a.Ground.Source.In(lang); a.Ground.Invented && !seen[s] {
			seen[s] = true
			v.Sources = append(v.Sources, s)
		}
	}
	return m.page.Render(w, r, status, ui.Frame{
		Title: words.T(s.key("title")), Description: v.Lede, Section: s.section(), Script: "map.js", NoIndex: s.office || r.URL.RawQuery != "", Extra: m.Extra(),
	}, v)
}

// Live is what the script of a page with a live map has to know, JSON: the base
// layer, what of the ground is shown at first, and some of the layers, lowest
// first.
func (m *Map) Live(words *ui.Messages, layers ...string) (string, error) {
	return m.live(words, nil, layers...).text()
}

// live is Live with cases over the layers.
func (m *Map) live(words *ui.Messages, cases []casesOption, layers ...string) options {
	o := options{Words: map[string]string{}, System: m.System(), Cases: cases}
	for _, key := range []string{"zoom_in", "zoom_out", "failed", "invented"} {
		o.Words[key] = words.Of("map.", key)
	}
	o.Words["layers"] = words.T("ogc.collections")
	for _, id := range layers {
		path := ogc.Root + "/collections/" + id + "/items?f=json&limit=2000"
		if m.Base.shifted() {
			path = "/map/layers/" + id
		}
		o.Layers = append(o.Layers, layerOption{id, words.Of("ogc.layer.", id), path, id == "streets" || id == "units" && len(m.Atlas.Layers()) == 0})
	}
	if m.Base.URL != "" {
		zoom := m.Base.MaxZoom
		if zoom == 0 {
			zoom = usualZoom
		}
		o.Base = &baseOption{m.Base.URL, m.Base.Attribution, zoom}
	}
	var box geo.Box
	for i, a := range m.Pack.AreasOf(policy.StreetLevel) {
		b := a.Ground.Shape.Bounds()
		if i == 0 {
			box = b
		}
		box = box.Join(b)
	}
	o.Bounds = m.bounds(box)
	return o
}

// bounds are the corners of a box in the system of the live map.
func (m *Map) bounds(box geo.Box) [2][2]float64 {
	sw, ne := m.System().To(geo.Point{Lat: box.South, Lon: box.West}), m.System().To(geo.Point{Lat: box.North, Lon: box.East})
	return [2][2]float64{{sw.Lat, sw.Lon}, {ne.Lat, ne.Lon}}
}

func (o options) text() (string, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("options of the map: %w", err)
	}
	return string(text), nil
}

// Extra is what a page with a live map loads.
func (m *Map) Extra() ui.Extra {
	return ui.Extra{Libraries: []string{"leaflet.js"}, Sheets: []string{"leaflet.css"}, Fetch: true, Images: m.Base.origin()}
}

// System is the system of coordinates in which the live map shows the ground.
func (m *Map) System() geo.System {
	if m.Base.shifted() {
		return m.Base.System
	}
	return geo.CGCS2000
}

// shifted is a layer as it fits on a base layer of another system. It is for
// the page alone: programs get CRS84 from package ogc.
func (m *Map) shifted(w http.ResponseWriter, r *http.Request) error {
	features, err := m.Layers.All(r.Context(), r.PathValue("layer"))
	if err != nil {
		return err
	}
	for i, f := range features {
		features[i] = f.In(m.Base.System)
	}
	text, err := geo.WriteGeoJSON(geo.Collection{Features: features})
	if err != nil {
		return err
	}
	return ui.Send(w, r, "application/geo+json", text)
}

// narrowed is the name of a street, which leads to the cases in it where the map can
// be narrowed to them.
func (m *Map) narrowed(a policy.Area, lang gov.Lang) ui.Cell {
	for _, p := range m.Atlas.Layers() {
		if f := atlas.Areas(p); f != nil && f.Size == string(policy.StreetLevel) {
			return ui.Cell{Links: []ui.Link{{Href: ui.With(PublicPath, "procedure", p.ID, areaInput, a.Code), Label: a.Name.In(lang)}}}
		}
	}
	return ui.TextCell(a.Name.In(lang))
}

// table lists the streets beside the picture.
func (m *Map) table(words *ui.Messages) ui.Table {
	lang := words.Lang()
	t := ui.Table{ID: "streets", Caption: words.T("map.list"), Columns: []ui.Column{
		{Label: words.T("map.street"), Main: true}, {Label: words.T("map.unit")},
		{Label: words.T("map.communities"), Number: true}, {Label: words.T("map.cells"), Number: true},
		{Label: words.T("map.area"), Number: true},
	}}
	for _, a := range m.Pack.AreasOf(policy.StreetLevel) {
		communities := m.Pack.Children(a.Code)
		cells := 0
		for _, c := range communities {
			cells += len(m.Pack.Children(c.Code))
		}
		unit := ui.Cell{}
		if u, ok := m.Pack.Unit(m.Pack.Serving(a.Code)); ok {
			unit.Links = []ui.Link{{Href: "/units/" + u.ID, Label: u.Name.In(lang)}}
		}
		area := ui.Cell{}
		if len(a.Ground.Shape) > 0 {
			area.Text = fmt.Sprintf("%.2f", a.Ground.Shape.Area()/1e6)
		}
		t.Rows = append(t.Rows, ui.TableRow{ID: "area-" + a.Code, Cells: []ui.Cell{
			m.narrowed(a, lang), unit, ui.TextCell(words.Number(len(communities))), ui.TextCell(words.Number(cells)), area,
		}})
	}
	return t
}
