package geo_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/geo"
	"quanxiang/gov"
)

// feature wraps a geometry.
func feature(geometry string) string {
	return `{"type":"Feature","properties":null,"geometry":` + geometry + `}`
}

func polygon(coordinates string) string {
	return feature(`{"type":"Polygon","coordinates":` + coordinates + `}`)
}

const sound = `[[116.3,39.9],[116.31,39.9],[116.31,39.91],[116.3,39.91],[116.3,39.9]]`

func TestReadGeoJSON(t *testing.T) {
	t.Parallel()
	const text = `{
"type": "FeatureCollection",
"note": {"zh": "示意"},
"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
"features": [
{"type":"Feature","id":7,"bbox":[1,2,3,4],"properties":{"code":"990102001","n":1.50},"geometry":{"type":"Polygon","coordinates":[[[116.3,39.9,44],[116.3,39.91,44],[116.31,39.91,44],[116.31,39.9,44],[116.31,39.8999999,44],[116.3,39.9,44]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[116.3000001,39.9]},"extra":[true,null]},
{"type":"Feature","properties":null,"geometry":null}
]}`
	c, report := geo.ReadGeoJSON("a.geojson", []byte(text), geo.CGCS2000)
	if len(report.Problems) > 0 {
		t.Fatal(report.Problems)
	}
	if len(report.Remarks) != 1 || report.Remarks[0].Error() != "a.geojson:6:130: the ring ran against RFC 7946 and was turned round" {
		t.Error(report.Remarks)
	}
	p := geo.Point{Lat: 39.9, Lon: 116.3}
	want := geo.Collection{
		Features: []geo.Feature{
			{ID: "7", Properties: map[string]any{"code": "990102001", "n": json.Number("1.50")}, Pos: gov.Pos{File: "a.geojson", Line: 6, Column: 1},
				Shape: geo.Shape{{Outer: geo.Ring{{39.9, 116.31}, {39.91, 116.31}, {39.91, 116.3}, {39.9, 116.3}}}}},
			{Properties: map[string]any{}, Point: &p, Foreign: map[string]any{"extra": []any{true, nil}}, Pos: gov.Pos{File: "a.geojson", Line: 7, Column: 1}},
			{Pos: gov.Pos{File: "a.geojson", Line: 8, Column: 1}},
		},
		Foreign: map[string]any{"note": map[string]any{"zh": "示意"}},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	shifted, report := geo.ReadGeoJSON("a.geojson", []byte(text), geo.GCJ02)
	if len(report.Problems) > 0 || shifted.Features[1].Point.String() != geo.GCJ02.From(geo.Point{Lat: 39.9, Lon: 116.3000001}).String() {
		t.Errorf("%v, %v", shifted.Features[1].Point, report.Problems)
	}
}

func TestReadGeoJSONMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "1:1: this is not JSON: unexpected end of JSON input"},
		{"no JSON", "{\"type\":\n \"Feature\",}", "2:12: this is not JSON: invalid character '}' looking for beginning of object key string"},
		{"two texts", polygon("["+sound+"]") + " 1", "1:155: this is not JSON: invalid character '1' after top-level value"},
		{"no UTF-8", "{\"typ\xe9\":1}", "1:6: not UTF-8 (byte 0xe9)"},
		{"too deep", strings.Repeat("[", 30) + strings.Repeat("]", 30), "1:17: nested deeper than 16 levels"},
		{"a list", "[]", "1:1: expected a GeoJSON object"},
		{"geometry alone", `{"type":"Point","coordinates":[1,2]}`, `1:1: "Point" is neither FeatureCollection nor Feature`},
		{"no type", `{}`, `1:1: "type" is missing`},
		{"no features", `{"type":"FeatureCollection"}`, `1:1: the list "features" is missing`},
		{"features of something else", `{"type":"FeatureCollection","features":[{"type":"Point"}]}`, `1:41: expected a Feature, found "Point"`},
		{"collection with a geometry", `{"type":"FeatureCollection","geometry":1,"features":[]}`, `1:29: a FeatureCollection has no "geometry"`},
		{"web mercator", `{"type":"FeatureCollection","crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},"features":[]}`,
			`1:35: the system "urn:ogc:def:crs:EPSG::3857" cannot be read; GeoJSON has longitude and latitude (CRS84), and shifted coordinates are declared elsewhere`},
		{"id twice", `{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","properties":null,"geometry":null},{"type":"Feature","id":"a","properties":null,"geometry":null}]}`,
			`1:103: the feature id "a" comes twice`},
		{"key twice", `{"type":"Feature","properties":null,"properties":null,"geometry":null}`, `1:37: the key "properties" comes twice`},
		{"no properties", `{"type":"Feature","geometry":null}`, `1:1: "properties" is missing; write null for none`},
		{"properties in a list", `{"type":"Feature","properties":[],"geometry":null}`, `1:32: "properties" is an object or null`},
		{"no geometry", `{"type":"Feature","properties":null}`, `1:1: "geometry" is missing; write null for none`},
		{"id of truth", `{"type":"Feature","id":true,"properties":null,"geometry":null}`, `1:24: the id of a feature is text or a number`},
		{"a line", feature(`{"type":"LineString","coordinates":[[1,2],[3,4]]}`), `1:48: "LineString" is not read, only Point, Polygon and MultiPolygon`},
		{"no coordinates", feature(`{"type":"Point"}`), `1:48: "coordinates" is missing`},
		{"empty polygon", polygon(`[]`), "1:80: expected a list of 1 items at least"},
		{"empty multipolygon", feature(`{"type":"MultiPolygon","coordinates":[]}`), "1:85: expected a list of 1 items at least"},
		{"short ring", polygon(`[[[1,2],[3,4],[1,2]]]`), "1:81: expected a list of 4 items at least"},
		{"open ring", polygon("[" + strings.Replace(sound, ",[116.3,39.9]]", ",[116.3,39.9001]]", 1) + "]"), "1:81: the ring is not closed: its first and last places differ"},
		{"crossing", polygon(`[[[116.3,39.9],[116.31,39.91],[116.31,39.9],[116.3,39.91],[116.3,39.9]]]`), "1:81: the border crosses itself at 39.905000,116.305000"},
		{"one place", polygon(`[[[116.3,39.9],[116.3,39.9],[116.3000001,39.9],[116.3,39.9]]]`), "1:81: a ring has three different places at least"},
		{"latitude first", feature(`{"type":"Point","coordinates":[39.9,116.3]}`), "1:78: no latitude is 116.3; the longitude comes first"},
		{"metres", feature(`{"type":"Point","coordinates":[12948000,4850000]}`), "1:78: [1.2948e+07, 4.85e+06] is not on the globe; coordinates are in degrees"},
		{"text for a number", feature(`{"type":"Point","coordinates":["116.3",39.9]}`), "1:79: expected a number"},
		{"number too great", feature(`{"type":"Point","coordinates":[1e999,39.9]}`), "1:79: expected a number"},
		{"one coordinate", feature(`{"type":"Point","coordinates":[116.3]}`), "1:78: expected [longitude, latitude]"},
		{"three mistakes", `{"type":"FeatureCollection","features":[` + feature(`{"type":"Point","coordinates":[1]}`) + ",\n" + feature(`{"type":"Point","coordinates":[2]}`) + ",\n{}]}",
			"1:118: expected [longitude, latitude]\n2:78: expected [longitude, latitude]\n3:1: \"type\" is missing"},
		{"too large", strings.Repeat(" ", geo.MaxBytes+1), "1:1: the file has 16777217 bytes, over the limit of 16777216"},
		{"too many places", manyPlaces(), "the file has more than 200000 vertices"},
	} {
		c, report := geo.ReadGeoJSON("", []byte(tt.text), geo.WGS84)
		lines := make([]string, len(report.Problems))
		for i, p := range report.Problems {
			lines[i] = p.Error()
			if zh := gov.TextOf(p, gov.ZH); strings.Contains(zh, "invalid") || strings.Contains(zh, "%!") || strings.Contains(zh, "unexpected") {
				t.Errorf("%s: %s is half English", tt.name, zh)
			}
		}
		if got := strings.Join(lines, "\n"); !strings.HasSuffix(got, tt.want) || tt.want == "" != (got == "") || c.Features != nil {
			t.Errorf("%s: got %d features and\n%s\nwant\n%s", tt.name, len(c.Features), got, tt.want)
		}
	}
}

// manyPlaces is a collection whose rings are sound and too many.
func manyPlaces() string {
	ring := make([]string, 0, 10_001)
	for i := range 5000 {
		ring = append(ring, fmt.Sprintf("[116.%04d,39.1]", i))
	}
	for i := range 5000 {
		ring = append(ring, fmt.Sprintf("[116.%04d,39.2]", 4999-i))
	}
	one := polygon("[[" + strings.Join(append(ring, ring[0]), ",") + "]]")
	return `{"type":"FeatureCollection","features":[` + strings.Join(times(one, 20), ",") + "]}"
}

func times(s string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = s
	}
	return list
}

func TestWriteGeoJSON(t *testing.T) {
	t.Parallel()
	p := geo.Point{Lat: 39.91, Lon: 116.3000004}
	c := geo.Collection{
		Foreign: map[string]any{"invented": true, "note": "a<b"},
		Features: []geo.Feature{
			{ID: "a", Properties: map[string]any{"b": 1, "a": "<>"}, Point: &p, Foreign: map[string]any{"links": []int{}}},
			{Shape: area(square, hole)},
			{Shape: geo.Shape{{Outer: square}, {Outer: hole}}},
			{},
		},
	}
	const want = `{
"type": "FeatureCollection",
"invented": true,
"note": "a<b",
"features": [
{"type":"Feature","id":"a","properties":{"a":"<>","b":1},"geometry":{"type":"Point","coordinates":[116.3,39.91]},"links":[]},
{"type":"Feature","properties":null,"geometry":{"type":"Polygon","coordinates":[[[116.3,39.9],[116.31,39.9],[116.31,39.91],[116.3,39.91],[116.3,39.9]],[[116.304,39.904],[116.304,39.906],[116.306,39.906],[116.306,39.904],[116.304,39.904]]]}},
{"type":"Feature","properties":null,"geometry":{"type":"MultiPolygon","coordinates":[[[[116.3,39.9],[116.31,39.9],[116.31,39.91],[116.3,39.91],[116.3,39.9]]],[[[116.304,39.904],[116.304,39.906],[116.306,39.906],[116.306,39.904],[116.304,39.904]]]]}},
{"type":"Feature","properties":null,"geometry":null}
]
}
`
	got, err := geo.WriteGeoJSON(c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	empty, err := geo.WriteGeoJSON(geo.Collection{})
	if err != nil || !json.Valid(empty) {
		t.Errorf("%q, %v", empty, err)
	}
}

// What was read can be written and read again, and is then the same.
func FuzzReadGeoJSON(f *testing.F) {
	f.Add([]byte(polygon("[" + sound + "]")))
	f.Add([]byte(feature(`{"type":"Point","coordinates":[116.3,39.9,5]}`)))
	f.Add([]byte(feature(`{"type":"MultiPolygon","coordinates":[[` + sound + `],[[[1,2],[3,4],[3,2],[1,2]]]]}`)))
	f.Add([]byte(`{"type":"FeatureCollection","x":{"y":[1,null]},"features":[` + feature("null") + `]}`))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","id":-0,"properties":{"a":"\ud800"},"geometry":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, report := geo.ReadGeoJSON("f", data, geo.WGS84)
		if len(report.Problems) > 0 {
			return
		}
		written, err := geo.WriteGeoJSON(c)
		if err != nil {
			t.Fatal(err)
		}
		again, report := geo.ReadGeoJSON("f", written, geo.WGS84)
		if len(report.Problems) > 0 || len(report.Remarks) > 0 {
			t.Fatalf("%s\nreads as %v", written, report)
		}
		twice, err := geo.WriteGeoJSON(again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(written, twice) {
			t.Errorf("%s\ncame back as\n%s", written, twice)
		}
	})
}
