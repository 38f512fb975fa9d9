package ogc_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"quanxiang/geo"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/web/ogc"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

// open serves the layers of the reference pack. The tests below are named after
// the abstract tests of OGC 17-069r4, annex A.
func open(t *testing.T) *httptest.Server {
	return openWith(t, func(*policy.Pack, string) []ogc.Layer { return nil })
}

// openWith is open with layers of other rooms.
func openWith(t *testing.T, more func(pack *policy.Pack, base string) []ogc.Layer) *httptest.Server {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	srv := httptest.NewUnstartedServer(nil)
	base := "http://" + srv.Listener.Addr().String()
	pack := packtest.Xicheng(t)
	engine, err := ui.New(ui.Site{Name: pack.Name, BaseURL: base, Version: "test"}, log)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := ogc.New(ogc.Deps{Engine: engine, Pack: pack, Layers: more(pack, base), BaseURL: base, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	layers.Mount(mux)
	engine.Assets().Mount(mux)
	srv.Config.Handler = ui.WithPrefs(mux)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

type link struct{ Href, Rel, Type string }

type feature struct {
	Type       string
	ID         string
	Properties map[string]any
	Geometry   struct {
		Type        string
		Coordinates json.RawMessage
	}
	Links []link
}

type collection struct {
	Type           string
	NumberMatched  *int
	NumberReturned int
	Links          []link
	Features       []feature
}

// get asks for an address with an Accept header, "" for none, and checks status
// and type of the answer.
func get(t *testing.T, address, accept string, status int, kind string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != status || !strings.HasPrefix(got, kind) {
		t.Fatalf("%s: %d %s, want %d %s\n%.300s", address, resp.StatusCode, got, status, kind, body)
	}
	return body
}

func read[T any](t *testing.T, address, kind string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(get(t, address, "", http.StatusOK, kind), &v); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return v
}

const (
	kindJSON    = "application/json"
	kindGeoJSON = "application/geo+json"
	kindProblem = "application/problem+json"
)

func rels(list []link) map[string][]link {
	m := map[string][]link{}
	for _, l := range list {
		m[l.Rel] = append(m[l.Rel], l)
	}
	return m
}

// A.2.2 landing page, A.2.4 conformance path, A.2.5 collections: everything is
// found by following links, and every link leads to what it says.
func TestLinks(t *testing.T) {
	t.Parallel()
	srv := open(t)
	seen := map[string]bool{}
	follow := func(links []link) {
		for _, l := range links {
			if u, err := url.Parse(l.Href); err != nil || !u.IsAbs() {
				t.Errorf("%q is no whole address", l.Href)
			}
			if !seen[l.Href] {
				seen[l.Href] = true
				get(t, l.Href, "", http.StatusOK, strings.SplitN(l.Type, ";", 2)[0])
			}
		}
	}
	type page struct{ Links []link }
	landing := read[page](t, srv.URL+"/ogc", kindJSON)
	for _, rel := range []string{"self", "alternate", "service-desc", "service-doc", "conformance", "data"} {
		if len(rels(landing.Links)[rel]) != 1 {
			t.Errorf("the landing page has %d links %s", len(rels(landing.Links)[rel]), rel)
		}
	}
	follow(landing.Links)
	classes := read[struct {
		ConformsTo []string
		Links      []link
	}](t, srv.URL+"/ogc/conformance", kindJSON)
	for _, c := range []string{"core", "oas30", "html", "geojson"} {
		if !slices.Contains(classes.ConformsTo, "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"+c) {
			t.Errorf("class %s is not declared", c)
		}
	}
	follow(classes.Links)
	list := read[struct {
		Links       []link
		Collections []struct {
			ID, Title, Description, ItemType string
			CRS                              []string
			Extent                           struct{ Spatial struct{ BBox [][]float64 } }
			Links                            []link
		}
	}](t, srv.URL+"/ogc/collections", kindJSON)
	follow(list.Links)
	var ids []string
	for _, c := range list.Collections {
		ids = append(ids, c.ID)
		if c.ItemType != "feature" || c.Title == "" || c.Description == "" || !slices.Equal(c.CRS, []string{"http://www.opengis.net/def/crs/OGC/1.3/CRS84"}) {
			t.Errorf("collection %+v", c)
		}
		if b := c.Extent.Spatial.BBox; len(b) != 1 || b[0][0] < 116.3 || b[0][1] < 39.8 || b[0][2] > 116.5 || b[0][3] > 40 || b[0][0] >= b[0][2] || b[0][1] >= b[0][3] {
			t.Errorf("%s: extent %v", c.ID, b)
		}
		if len(rels(c.Links)["items"]) != 2 || len(rels(c.Links)["self"]) != 1 || len(rels(c.Links)["describedBy"]) != 1 {
			t.Errorf("%s: links %v", c.ID, c.Links)
		}
		follow(c.Links)
		one := read[struct {
			ID    string
			Links []link
		}](t, srv.URL+"/ogc/collections/"+c.ID, kindJSON)
		if one.ID != c.ID {
			t.Errorf("%s is called %s alone", c.ID, one.ID)
		}
		follow(one.Links)
	}
	if want := []string{"streets", "communities", "cells", "units"}; !slices.Equal(ids, want) {
		t.Errorf("layers %v, want %v", ids, want)
	}
}

// A.2.7 features, A.2.8 feature, limit and next: walking the pages meets every
// feature once, each of which can be had alone.
func TestPages(t *testing.T) {
	t.Parallel()
	srv := open(t)
	for layer, want := range map[string]int{"streets": 15, "communities": 41, "cells": 164, "units": 15} {
		ids := map[string]bool{}
		next := srv.URL + "/ogc/collections/" + layer + "/items?limit=7"
		for pages := 0; next != ""; pages++ {
			c := read[collection](t, next, kindGeoJSON)
			if c.Type != "FeatureCollection" || c.NumberReturned != len(c.Features) || len(c.Features) > 7 || c.NumberMatched == nil || *c.NumberMatched != want {
				t.Fatalf("%s: %s with %d of %v features, said to be %d", next, c.Type, len(c.Features), c.NumberMatched, c.NumberReturned)
			}
			if len(rels(c.Links)["self"]) != 1 || len(rels(c.Links)["alternate"]) != 1 || pages > want {
				t.Fatalf("%s: links %v", next, c.Links)
			}
			for _, f := range c.Features {
				if f.Type != "Feature" || f.ID == "" || ids[f.ID] || len(f.Geometry.Coordinates) == 0 {
					t.Errorf("%s: %+v", layer, f)
				}
				ids[f.ID] = true
			}
			next = ""
			if l := rels(c.Links)["next"]; len(l) == 1 {
				next = l[0].Href
			}
		}
		if len(ids) != want {
			t.Errorf("%s: the pages hold %d features, want %d", layer, len(ids), want)
		}
		for _, id := range slices.Sorted(maps.Keys(ids))[:3] {
			f := read[feature](t, srv.URL+"/ogc/collections/"+layer+"/items/"+id, kindGeoJSON)
			if r := rels(f.Links); f.Type != "Feature" || f.ID != id || len(r["self"]) != 1 || len(r["alternate"]) != 1 || len(r["collection"]) != 1 {
				t.Errorf("%s: %+v", id, f)
			}
			if f.Properties["invented"] != true || f.Properties["source"] == "" {
				t.Errorf("%s does not say that it is invented: %v", id, f.Properties)
			}
		}
	}
	if c := read[collection](t, srv.URL+"/ogc/collections/cells/items?limit=100000", kindGeoJSON); len(c.Features) != 164 {
		t.Errorf("a limit over the greatest gives %d features", len(c.Features)) // requirement 22: not an error
	}
}

// Requirements 23 and 24, bbox; 26, datetime; filters by property.
func TestQueries(t *testing.T) {
	t.Parallel()
	srv := open(t)
	pack := packtest.Xicheng(t)
	count := func(query string) int {
		t.Helper()
		c := read[collection](t, srv.URL+"/ogc/collections/"+query, kindGeoJSON)
		return *c.NumberMatched
	}
	box := geo.Box{South: 39.92, West: 116.35, North: 39.93, East: 116.36}
	east, west := geo.Box{South: 39.92, West: 116.36, North: 39.93, East: 180}, geo.Box{South: 39.92, West: -180, North: 39.93, East: 116.35}
	within, around := 0, 0
	for _, a := range pack.AreasOf(policy.CellLevel) {
		if a.Ground.Shape.Meets(box) {
			within++
		}
		if a.Ground.Shape.Meets(east) || a.Ground.Shape.Meets(west) {
			around++
		}
	}
	for query, want := range map[string]int{
		"cells/items?bbox=116.35,39.92,116.36,39.93":                           within,
		"cells/items?bbox=116.35,39.92,0,116.36,39.93,100":                     within,
		"cells/items?bbox=116.36,39.92,116.35,39.93":                           around, // over the date line
		"cells/items?bbox=-180,-90,180,90":                                     164,
		"cells/items?bbox=10,10,11,11":                                         0,
		"units/items?bbox=116.3,39.8,116.5,40":                                 15,
		"cells/items?datetime=2016-11-01T00:00:00Z":                            164,
		"cells/items?datetime=2016-11-01/..":                                   164,
		"cells/items?datetime=../2016-11-01T08:00:00%2B08:00":                  164,
		"cells/items?parent=110102010901":                                      len(pack.Children("110102010901")),
		"communities/items?parent=110102010&unit=" + pack.Serving("110102010"): len(pack.Children("110102010")),
		"units/items?kind=street":                                              15,
		"units/items?kind=department":                                          0,
	} {
		if got := count(query); got != want {
			t.Errorf("%s: %d features, want %d", query, got, want)
		}
	}
	if within == 0 || around == 0 {
		t.Error("the boxes hold no cell")
	}
}

// Requirements 8 and 9: a parameter that is unknown or wrong is 400, what is not
// there 404, and both say so as problems.
func TestMistakes(t *testing.T) {
	t.Parallel()
	srv := open(t)
	for query, status := range map[string]int{
		"?x=1":                                                    400,
		"/conformance?x=1":                                        400,
		"/api?f=xml":                                              400,
		"/collections?f=xml":                                      400,
		"/collections/cells?limit=1":                              400,
		"/collections/cells/schema?f=xml":                         400,
		"/collections/nothing/schema":                             404,
		"/collections/cells/items?x=1":                            400,
		"/collections/streets/items?kind=x":                       400, // a filter of another layer
		"/collections/cells/items?limit=0":                        400,
		"/collections/cells/items?limit=-1":                       400,
		"/collections/cells/items?limit=ten":                      400,
		"/collections/cells/items?limit=1&limit=2":                400,
		"/collections/cells/items?bbox=1,2,3":                     400,
		"/collections/cells/items?bbox=":                          400,
		"/collections/cells/items?bbox=1,2,3,x":                   400,
		"/collections/cells/items?bbox=1,9,3,4":                   400,
		"/collections/cells/items?bbox=1,2,3,400":                 400,
		"/collections/cells/items?bbox=NaN,2,3,4":                 400,
		"/collections/cells/items?datetime=yesterday":             400,
		"/collections/cells/items?datetime=":                      400,
		"/collections/cells/items?datetime=/":                     400,
		"/collections/cells/items?datetime=2016-11-02/2016-11-01": 400,
		"/collections/cells/items?after=!":                        400,
		"/collections/cells/items/110102010901001?x=1":            400,
		"/collections/nothing":                                    404,
		"/collections/nothing/items":                              404,
		"/collections/cells/items/1":                              404,
		"/collections/cells/items/a/b":                            404,
	} {
		var p struct {
			Status int
			Detail string
		}
		if err := json.Unmarshal(get(t, srv.URL+"/ogc"+query, "", status, kindProblem), &p); err != nil || p.Status != status || p.Detail == "" {
			t.Errorf("%s: %+v, %v", query, p, err)
		}
	}
	get(t, srv.URL+"/ogc/collections/nothing", "text/html", 404, "text/html")
	get(t, srv.URL+"/ogc/collections/cells/items?f=html&limit=0", "", 400, "text/html")
}

// Requirements class HTML: every answer has a page, in both languages.
func TestPagesForReaders(t *testing.T) {
	t.Parallel()
	srv := open(t)
	for _, path := range []string{"", "/conformance", "/collections", "/collections/units", "/collections/units/items?limit=5", "/collections/cells/items/110102010901001", "/collections/cells/items?bbox=10,10,11,11"} {
		get(t, srv.URL+"/ogc"+path, "text/html,application/xhtml+xml,*/*;q=0.8", 200, "text/html")
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		page := string(get(t, srv.URL+"/ogc"+path+sep+"f=html&lang=en", "", 200, "text/html"))
		if stray := webtest.Unmarked(t, page); len(stray) > 0 {
			t.Errorf("%s: Chinese that is not marked: %q", path, stray)
		}
	}
	get(t, srv.URL+"/ogc/collections", "application/json, text/html", 200, kindJSON)
}

// Requirements class OpenAPI 3.0: every address is described with the
// parameters it takes, and takes no other.
func TestDescription(t *testing.T) {
	t.Parallel()
	srv := open(t)
	d := read[struct {
		OpenAPI string
		Servers []struct{ URL string }
		Paths   map[string]struct {
			Get struct {
				OperationID string
				Parameters  []struct {
					Name, In string
					Ref      string `json:"$ref"`
				}
				Responses map[string]any
			}
		}
		Components struct {
			Parameters map[string]struct {
				Name, In string
				Schema   struct{ Maximum int }
			}
		}
	}](t, srv.URL+"/ogc/api", "application/vnd.oai.openapi+json;version=3.0")
	if !strings.HasPrefix(d.OpenAPI, "3.0.") || len(d.Paths) != 3+4*4 || len(d.Servers) != 1 {
		t.Fatalf("OpenAPI %s with %d paths, servers %v", d.OpenAPI, len(d.Paths), d.Servers)
	}
	if most := d.Components.Parameters["limit"].Schema.Maximum; most != 2000 { // where QGIS looks for it
		t.Errorf("the greatest limit is said to be %d", most)
	}
	ids := map[string]bool{}
	values := map[string]string{"bbox": "116,39,117,40", "datetime": "2016-01-01", "limit": "3", "after": "MQ", "f": "json", "lang": "en"}
	for path, p := range d.Paths {
		if ids[p.Get.OperationID] || p.Get.OperationID == "" {
			t.Errorf("%s: operation id %q", path, p.Get.OperationID)
		}
		ids[p.Get.OperationID] = true
		q := url.Values{}
		for _, x := range p.Get.Parameters {
			if name, ok := strings.CutPrefix(x.Ref, "#/components/parameters/"); ok {
				x.Name, x.In = d.Components.Parameters[name].Name, d.Components.Parameters[name].In
			}
			if x.Name == "" || x.In == "" {
				t.Errorf("%s: the parameter %+v is nowhere", path, x)
			}
			if x.In == "query" {
				v, ok := values[x.Name]
				if !ok {
					v = "x"
				}
				q.Set(x.Name, v)
			}
		}
		for _, code := range []string{"200", "400", "500"} {
			if p.Get.Responses[code] == nil {
				t.Errorf("%s: no answer %s", path, code)
			}
		}
		if strings.HasSuffix(path, "{featureId}") {
			continue
		}
		get(t, d.Servers[0].URL+path+"?"+q.Encode(), "", http.StatusOK, "application/")
	}
}

// A layer of another room says in the catalogue what it is.
func TestOtherLayers(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	engine, err := ui.New(ui.Site{Name: pack.Name}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ogc.New(ogc.Deps{Engine: engine, Pack: pack, Layers: []ogc.Layer{{ID: "nameless"}}}); err == nil {
		t.Error("a layer without messages was taken")
	}
}
