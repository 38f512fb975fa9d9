package console_test

import (
	"encoding/base64"
	"html"
	"regexp"
	"strings"
	"testing"

	"quanxiang/geo"
	"quanxiang/policy"
)

var fileOf = regexp.MustCompile(`href="data:application/geo(?:\+|&#43;)json;base64,([^"]+)"`)

// A drawing is checked, seen, and comes out in order for the pack; nothing else
// happens.
func TestCheckAreas(t *testing.T) {
	t.Parallel()
	s := open(t)
	const path = "/console/areas"
	drawing := func(code string) []byte {
		return []byte(`{"type":"FeatureCollection","source":"样图","features":[
{"type":"Feature","properties":{"code":"` + code + `"},"geometry":{"type":"Polygon","coordinates":[[[116.3,39.9],[116.3,39.91],[116.31,39.91],[116.31,39.9],[116.3,39.9]]]}}]}`)
	}
	good := s.uploadTo(s.admin, path, "a.geojson", drawing("110102010"), "system", "GCJ-02")
	good.wants(t, "a good drawing", 200, "没有错误，共 1 个区域", "德胜街道", "重新绘制", "环的方向与 RFC 7946 相反", "伸出", `class="map-tiles map-preview"`)
	m := fileOf.FindStringSubmatch(good.body)
	if m == nil {
		t.Fatal("no file to download")
	}
	text, err := base64.StdEncoding.DecodeString(html.UnescapeString(m[1]))
	must(t, err)
	drawn, problems, remarks := policy.ReadGround("a", text, geo.CGCS2000)
	if len(drawn) != 1 || len(problems)+len(remarks) > 0 {
		t.Fatalf("the file reads as %v, %v, %v", drawn, problems, remarks)
	}
	if d := drawn[0].Area.Ground.Shape.Bounds(); d.Contains(geo.Point{Lat: 39.91, Lon: 116.3099}) {
		t.Errorf("GCJ-02 was not turned back: %v", d)
	}
	s.uploadTo(s.admin, path, "a.geojson", drawing("110102999"), "system", "CGCS2000").
		wants(t, "an unknown area", 422, "政策包没有区域“110102999”", "!map-preview", "!base64")
	s.uploadTo(s.admin, path, "a.geojson", []byte("{"), "system", "CGCS2000").wants(t, "no JSON", 422, "不是 JSON", "错误")
	s.uploadTo(s.admin, path, "a.geojson", drawing("110102010"), "system", "moon").wants(t, "another system", 422, "没有坐标系“moon”", `href="#areas-system"`)
	s.uploadTo(s.admin, path, "a.geojson", []byte(strings.Repeat(" ", 1536<<10+1)), "system", "CGCS2000").wants(t, "too large", 422, "超过 1536 KiB")
	s.post(s.admin, path, "system", "CGCS2000").wants(t, "no file", 422, "请选择文件", `href="#areas-file"`)
	if a := s.uploadTo(s.clerk, path, "a.geojson", drawing("110102010"), "system", "CGCS2000"); a.status != 403 {
		t.Errorf("a clerk: %d", a.status)
	}
}
