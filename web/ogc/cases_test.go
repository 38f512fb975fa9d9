package ogc_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/web/ogc"
	"quanxiang/web/webtest"
)

// The layer of public cases answers like any other: by pages that link to the
// next, by box, time and property; of cases that are not public, or nowhere, it
// knows nothing.
func TestCases(t *testing.T) {
	t.Parallel()
	noon := time.Date(2016, 11, 1, 12, 0, 0, 0, gov.China)
	srv := openWith(t, func(pack *policy.Pack, base string) []ogc.Layer {
		return []ogc.Layer{ogc.Cases(pack, webtest.Ground(t, pack, noon), base)}
	})
	items := srv.URL + "/ogc/collections/cases/items"
	for query, want := range map[string]string{
		"":                                       "1 2 5",
		"limit=1":                                "1 2 5",
		"limit=2":                                "1 2 5",
		"bbox=116.36,39.91,116.37,39.92":         "1 2",
		"bbox=116.36,39.91,116.37,39.92&limit=1": "1 2",
		"bbox=116.39,39.91,116.41,39.92":         "",
		"bbox=116.3799,39.9299,-116,39.9301":     "5", // over the date line
		"datetime=2016-10-29/2016-10-31":         "2",
		"datetime=../2016-10-28":                 "1",
		"datetime=2016-11-01T/..":                "5", // as GDAL writes dates
		"datetime=../2016-10-28T":                "1",
		"datetime=2016-11-01T":                   "5",
		"datetime=2016-11-01T03:59:00Z/..":       "5",
		"kind=110102101":                         "1 2 5",
		"kind=110102103":                         "",
		"state=filed":                            "1 2",
		"state=reported":                         "",
		"state=":                                 "",
		"kind=":                                  "",
		"procedure=report":                       "1 2 5",
		"procedure=duty":                         "",
		"state=settled&datetime=2016-11-01":      "5",
	} {
		var got []string
		pages := 0
		for next := items + "?" + query; next != ""; pages++ {
			c := read[collection](t, next, kindGeoJSON)
			if narrowed := strings.Contains(query, "bbox") || strings.Contains(query, "datetime"); narrowed && c.NumberMatched != nil || !narrowed && *c.NumberMatched != len(strings.Fields(want)) {
				t.Errorf("%s: %v match", query, c.NumberMatched)
			}
			for _, f := range c.Features {
				got = append(got, strings.TrimPrefix(f.ID, "CG2016-00000"))
				if f.Geometry.Type != "Point" || f.Properties["page"] != srv.URL+"/progress/cases/"+f.ID || f.Properties["subject"] == "" || f.Properties["kind_name"] == "" {
					t.Errorf("%s: %+v", query, f)
				}
				for _, name := range []string{"number", "procedure", "subject", "kind", "kind_name", "state", "state_name", "opened", "ended", "page"} {
					if _, ok := f.Properties[name]; !ok {
						t.Errorf("%s: %s has no %s: clients take the properties of the first features for all there are", query, f.ID, name)
					}
				}
				if (f.Properties["ended"] != nil) != (f.Properties["state"] == "settled") {
					t.Errorf("%s: %s ended %v", query, f.ID, f.Properties["ended"])
				}
			}
			if next = ""; len(rels(c.Links)["next"]) > 0 {
				next = rels(c.Links)["next"][0].Href
			}
			if pages > 10 {
				t.Fatalf("%s: no end of pages", query)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
	if page := string(get(t, items+"?f=html&lang=en", "", http.StatusOK, "text/html")); strings.Contains(page, ">110102101<") || !strings.Contains(page, "Public utilities") {
		t.Error("the page shows the class of a case by its code")
	}
	one := read[feature](t, items+"/CG2016-000005", kindGeoJSON)
	if one.ID != "CG2016-000005" || one.Properties["state"] != "settled" || string(one.Geometry.Coordinates) != "[116.38,39.93]" {
		t.Errorf("%+v", one)
	}
	for _, id := range []string{"CG2016-000003", "CG2016-000004", "CG2016-000009", "x"} { // nowhere, not public, none
		get(t, items+"/"+id, "", http.StatusNotFound, kindProblem)
	}
	for _, query := range []string{"after=eA", "after=cmVwb3J0IDAgeCB5", "colour=late"} {
		get(t, items+"?"+query, "", http.StatusBadRequest, kindProblem)
	}
	if d := read[struct {
		Extent struct{ Spatial struct{ BBox [][]float64 } }
	}](t, srv.URL+"/ogc/collections/cases", kindJSON); len(d.Extent.Spatial.BBox) != 1 {
		t.Errorf("extent %+v", d)
	}
	schema := read[struct {
		Properties struct {
			Properties struct {
				Properties map[string]struct{ Type, Format any }
			}
		}
	}](t, srv.URL+"/ogc/collections/cases/schema", "application/schema+json").Properties.Properties.Properties
	if diff := cmp.Diff([]any{"string", "date-time", []any{"string", "null"}, "date-time"}, []any{schema["opened"].Type, schema["opened"].Format, schema["ended"].Type, schema["ended"].Format}); diff != "" {
		t.Errorf("GDAL asks datetime of what it takes for a time (-want +got):\n%s", diff)
	}
}
