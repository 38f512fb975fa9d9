package ogc_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"
)

// What GDAL 3.6 asks, as it asks. It looks for the parameters of a layer at the path
// the standard gives its items and sends a filter by one of them along; it puts an
// id behind the first link to items as GeoJSON; it takes the types of properties
// from the schema, if that describes a feature.
func TestGDAL(t *testing.T) {
	t.Parallel()
	srv := open(t)
	const accept = kindGeoJSON + ", " + kindJSON
	ask := func(path string) (c collection) {
		t.Helper()
		if err := json.Unmarshal(get(t, path, accept, http.StatusOK, kindGeoJSON), &c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	var api struct {
		Paths map[string]struct {
			Get struct{ Parameters []struct{ Name string } }
		}
	}
	if err := json.Unmarshal(get(t, srv.URL+"/ogc/api", "application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, application/json", 200, "application/vnd.oai.openapi+json"), &api); err != nil {
		t.Fatal(err)
	}
	list := read[struct {
		Collections []struct {
			ID    string
			Links []link
		}
	}](t, srv.URL+"/ogc/collections", kindJSON)
	for _, c := range list.Collections {
		var items, schema string
		for _, l := range c.Links { // the last of each
			switch {
			case l.Rel == "items" && l.Type == kindGeoJSON:
				items = l.Href
			case l.Rel == "describedBy" && l.Type == "application/schema+json":
				schema = l.Href
			}
		}
		first := ask(items + "?limit=10").Features[0]
		if one := ask(items + "/" + first.ID); one.Type != "Feature" {
			t.Errorf("%s/%s is a %s", items, first.ID, one.Type)
		}
		var s struct {
			Type       string
			Properties map[string]struct {
				Type       string
				Properties map[string]struct{ Type, Format any }
			}
		}
		if err := json.Unmarshal(get(t, schema, "application/schema+json", 200, "application/schema+json"), &s); err != nil || s.Type != "object" {
			t.Fatalf("%s: %v, %+v", schema, err, s)
		}
		said := slices.Sorted(maps.Keys(s.Properties["properties"].Properties))
		if there := slices.Sorted(maps.Keys(first.Properties)); !slices.Equal(said, there) {
			t.Errorf("%s: the schema has %v, a feature %v", c.ID, said, there)
		}
		for name, p := range s.Properties["properties"].Properties {
			is := map[string]bool{"number": isA[float64](first.Properties[name]), "boolean": isA[bool](first.Properties[name]), "string": isA[string](first.Properties[name])}
			if kind, _ := p.Type.(string); !is[kind] {
				t.Errorf("%s: %s is said to be %v and is %v", c.ID, name, p.Type, first.Properties[name])
			}
		}
		var filters []string
		for _, p := range api.Paths["/collections/"+c.ID+"/items"].Get.Parameters {
			if _, ok := first.Properties[p.Name]; ok {
				filters = append(filters, p.Name)
			}
		}
		if len(filters) == 0 {
			t.Errorf("%s: GDAL finds no property to ask for", c.ID)
		}
		for _, name := range filters {
			want := first.Properties[name].(string)
			got := ask(items + "?limit=10&" + name + "=" + url.QueryEscape(want) + "&bbox=116.299999999999997,39.7999999999999972,116.5,40")
			if len(got.Features) == 0 || slices.ContainsFunc(got.Features, func(f feature) bool { return f.Properties[name] != want }) {
				t.Errorf("%s by %s %s: %+v", c.ID, name, want, got.Features)
			}
			if got := ask(items + "?limit=10&" + name + "="); len(got.Features) != 0 {
				t.Errorf("%s by an empty %s: %+v", c.ID, name, got.Features)
			}
		}
	}
}

func isA[T any](v any) bool { _, ok := v.(T); return ok }
