package policy_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"quanxiang/geo"
	"quanxiang/policy"
)

// square is a square of nine thousandths of a degree from 116.x0, 39.y0.
func square(x, y string) string {
	return `{"type":"Polygon","coordinates":[[[116.` + x + `0,39.` + y + `0],[116.` + x + `9,39.` + y + `0],[116.` + x + `9,39.` + y + `9],[116.` + x + `0,39.` + y + `9],[116.` + x + `0,39.` + y + `0]]]}`
}

func drawing(features ...string) string {
	return `{"type":"FeatureCollection","source":"样图","features":[` + "\n" + strings.Join(features, ",\n") + "\n]}"
}

func drawn(properties, geometry string) string {
	return `{"type":"Feature","properties":{` + properties + `},"geometry":` + geometry + `}`
}

const (
	areasOfP = `layout: {standard: GB/T 30428.1, street: 3, community: 3, cell: 3}
areas:
  - {code: 990102, name: 样例区, level: district}
  - {code: 990102001, name: 西街道, level: street, parent: 990102}
`
	unitsOfP = "units:\n  - {id: xijie, name: 西街道, kind: street, area: 990102001}\n"
)

func TestGround(t *testing.T) {
	t.Parallel()
	p, err := policy.Load(pack("areas.yaml", areasOfP, "units.yaml", unitsOfP,
		"areas/streets.geojson", drawing(drawn(`"code":990102001`, square("31", "91"))),
		"areas/cells.geojson", strings.Replace(drawing(
			drawn(`"code":"990102001001","name":"柳树社区","name_en":"Willow","level":"community","parent":"990102001"`, square("31", "91")),
			drawn(`"code":"990102001001001","name":"网格 1","level":"cell","parent":"990102001001"`, square("31", "91"))),
			`"source"`, `"invented":true,"source"`, 1)), "p")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Warnings) > 0 || len(p.Misfits()) > 0 {
		t.Error(p.Warnings, p.Misfits())
	}
	street, _ := p.Area("990102001")
	if street.Ground.Source.ZH != "样图" || street.Ground.Invented || len(street.Ground.Shape) != 1 || street.Name.ZH != "西街道" {
		t.Errorf("street: %+v", street)
	}
	within, without := geo.Point{Lat: 39.915, Lon: 116.315}, geo.Point{Lat: 39.95, Lon: 116.315}
	for level, want := range map[policy.AreaLevel]string{policy.DistrictLevel: "", policy.StreetLevel: "990102001", policy.CommunityLevel: "990102001001", policy.CellLevel: "990102001001001"} {
		a, ok := p.AreaAt(within, level)
		if a.Code != want || ok != (want != "") {
			t.Errorf("AreaAt(%s) = %q, %v", level, a.Code, ok)
		}
		if a, ok := p.AreaAt(without, level); ok {
			t.Errorf("AreaAt(%s) outside = %q", level, a.Code)
		}
	}
	cell, _ := p.Area("990102001001001")
	if !cell.Ground.Invented || p.Serving(cell.Code) != "xijie" {
		t.Errorf("cell: %+v, served by %q", cell, p.Serving(cell.Code))
	}
	if got := p.AreasOf(policy.CommunityLevel); len(got) != 1 || got[0].Name.EN != "Willow" {
		t.Errorf("communities: %+v", got)
	}
}

func TestGroundMistakes(t *testing.T) {
	t.Parallel()
	whole := `"name":"网格","level":"cell","parent":"990102001"`
	for _, tt := range []struct{ name, file, want string }{
		{"no JSON", "{", "areas/a.geojson:1:1: this is not JSON: unexpected end of JSON input"},
		{"no source", `{"type":"FeatureCollection","features":[]}`, `areas/a.geojson:1:1: "source" is missing: who drew this, from what`},
		{"member", `{"type":"FeatureCollection","source":"x","inventd":true,"features":[]}`, `areas/a.geojson:1:1: unknown member "inventd" (did you mean "invented"?)`},
		{"no code", drawing(drawn(whole, square("31", "91"))), `areas/a.geojson:2:1: "code" is missing`},
		{"no name", drawing(drawn(`"code":"990102001001","level":"community","parent":"990102001"`, square("31", "91"))), `areas/a.geojson:2:1: "name" is missing`},
		{"no level", drawing(drawn(`"code":"990102001","name":"西街道"`, square("31", "91"))), `areas/a.geojson:2:1: an area with a name or a parent has a "level" too`},
		{"level", drawing(drawn(`"code":"990102001001","name":"x","level":"comunity","parent":"990102001"`, square("31", "91"))), `areas/a.geojson:2:1: "comunity" is no level of areas (did you mean "community"?)`},
		{"property", drawing(drawn(`"cod":"1","code":"990102001"`, square("31", "91"))), `areas/a.geojson:2:1: unknown property "cod" (did you mean "code"?)`},
		{"a point", drawing(drawn(`"code":"990102001"`, `{"type":"Point","coordinates":[116.3,39.9]}`)), `areas/a.geojson:2:1: an area is a polygon or several`},
		{"unknown area", drawing(drawn(`"code":"990102009"`, square("31", "91"))), `areas/a.geojson:2:1: there is no area "990102009" (did you mean "990102001"?)`},
		{"twice", drawing(drawn(`"code":"990102001"`, square("31", "91")), drawn(`"code":"990102001"`, square("31", "91"))), `areas/a.geojson:3:1: the area "990102001" is drawn twice`},
		{"defined twice", drawing(drawn(`"code":"990102001","name":"西街道","level":"street","parent":"990102"`, square("31", "91"))), `areas/a.geojson:2:1: duplicate area code "990102001", first at areas.yaml:4:12`},
		{"length by the layout", drawing(drawn(`"code":"99010200100101","name":"x","level":"cell","parent":"990102001"`, square("31", "91"))), `areas/a.geojson:2:1: a code of level cell has 15 digits; "99010200100101" has 14`},
		{"prefix by the layout", drawing(drawn(`"code":"990102002001001",`+whole, square("31", "91"))), `areas/a.geojson:2:1: the code "990102002001001" should begin with "990102001"`},
		{"parent", drawing(drawn(`"code":"990102001001","name":"x","level":"community","parent":"990102003"`, square("31", "91"))), `areas/a.geojson:2:1: there is no area "990102003" (did you mean "990102001"?)`},
	} {
		_, err := policy.Load(pack("areas.yaml", areasOfP, "units.yaml", unitsOfP, "areas/a.geojson", tt.file), "p")
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v\nwant %s", tt.name, err, tt.want)
		}
	}
	_, err := policy.Load(pack("areas.yaml", strings.Replace(areasOfP, "cell: 3", "cell: 9", 1), "units.yaml", unitsOfP), "p")
	if want := "areas.yaml:1:65: a level adds 1 to 4 digits"; err == nil || err.Error() != want {
		t.Errorf("layout: %v, want %s", err, want)
	}
}

func load(t *testing.T, fsys fstest.MapFS) *policy.Pack {
	t.Helper()
	p, err := policy.Load(fsys, "p")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMisfits(t *testing.T) {
	t.Parallel()
	community := func(code, geometry string) string {
		return drawn(`"code":"990102001`+code+`","name":"社区`+code+`","level":"community","parent":"990102001"`, geometry)
	}
	p := load(t, pack("areas.yaml", areasOfP, "units.yaml", unitsOfP, "areas/a.geojson", drawing(
		drawn(`"code":"990102001"`, square("31", "91")),
		community("001", square("31", "91")),
		community("002", strings.ReplaceAll(square("31", "91"), "116.319", "116.32")),
		community("003", square("35", "91")))))
	got := p.Misfits()
	if len(got) != 3 {
		t.Fatalf("%v", got)
	}
	for i, begin := range []string{`"社区002" (990102001002) reaches `, `"社区003" (990102001003) reaches 768961 m² out of`, `"社区001" (990102001001) and "社区002" (990102001002) overlap by 768961 m²`} {
		if !strings.HasPrefix(got[i].Error(), begin) {
			t.Errorf("%v, want %s…", got[i], begin)
		}
	}
}

func TestCheckGround(t *testing.T) {
	t.Parallel()
	p := load(t, pack("areas.yaml", areasOfP, "units.yaml", unitsOfP, "areas/a.geojson", drawing(drawn(`"code":"990102001"`, square("31", "91")))))
	same := p.CheckGround("x", []byte(drawing(drawn(`"code":"990102001"`, square("31", "91")))), geo.CGCS2000)
	if len(same.Problems)+len(same.Misfits) > 0 || len(same.Rows) != 1 || same.Rows[0].Change != policy.Unchanged || same.Rows[0].Area.Name.ZH != "西街道" {
		t.Errorf("%+v", same)
	}
	file := drawing(
		drawn(`"code":"990102"`, square("31", "91")),
		drawn(`"code":"990102001"`, square("32", "91")),
		drawn(`"code":"990102001001","name":"柳树社区","level":"community","parent":"990102001"`, square("32", "91")))
	r := p.CheckGround("x", []byte(file), geo.CGCS2000)
	var changes []string
	for _, row := range r.Rows {
		changes = append(changes, string(row.Change))
	}
	if got := strings.Join(changes, " "); got != "drawn redrawn new" || len(r.Problems) > 0 || len(r.Misfits) != 2 {
		t.Errorf("changes %s, problems %v, misfits %v", got, r.Problems, r.Misfits)
	}
	// What it gives for the pack is what the pack reads; coordinates of another
	// system come out in the program's.
	again := load(t, pack("areas.yaml", areasOfP, "units.yaml", unitsOfP, "areas/a.geojson", string(r.File)))
	if a, ok := again.AreaAt(geo.Point{Lat: 39.915, Lon: 116.325}, policy.CommunityLevel); !ok || a.Name.ZH != "柳树社区" {
		t.Errorf("read again: %q, %v", a.Name.ZH, ok)
	}
	shifted := p.CheckGround("x", []byte(file), geo.GCJ02)
	if d := shifted.Rows[0].Area.Ground.Shape[0].Outer[0].Distance(r.Rows[0].Area.Ground.Shape[0].Outer[0]); d < 300 || d > 800 {
		t.Errorf("GCJ-02 moved it by %.0f m", d)
	}
	bad := p.CheckGround("x", []byte(drawing(drawn(`"code":"990102009"`, square("31", "91")), drawn(`"code":"9","name":"x","level":"cell","parent":"990102"`, square("31", "91")))), geo.CGCS2000)
	want := "x:2:1: the pack has no area \"990102009\"; a new one has a name, a level and a parent\nx:3:1: the area code \"9\" should be 6 to 20 digits"
	if got := bad.Problems.Error(); got != want || bad.File != nil {
		t.Errorf("%s\nwant %s", got, want)
	}
	if r := p.CheckGround("x", []byte("{}"), geo.CGCS2000); len(r.Problems) != 1 {
		t.Errorf("%v", r.Problems)
	}
}
