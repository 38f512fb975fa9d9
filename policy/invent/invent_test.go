package invent_test

import (
	"math"
	"testing"
	"testing/fstest"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/invent"
)

// pack is a pack with streets on tiles.
func pack(t *testing.T, streets string) *policy.Pack {
	t.Helper()
	p, err := policy.Load(fstest.MapFS{
		"p/pack.yaml":  {Data: []byte("id: p\ndistrict: 990102\nname: 样例区\nversion: 1\n")},
		"p/areas.yaml": {Data: []byte("areas:\n  - {code: 990102, name: 样例区, level: district}\n" + streets)},
	}, "p")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var options = invent.Options{Box: geo.Box{South: 30, West: 110, North: 30.1, East: 110.1}, Area: 20e6}

func TestAreas(t *testing.T) {
	t.Parallel()
	d, err := invent.Areas(pack(t, "  - {code: 990102001, name: 甲, level: street, parent: 990102, tile: [1, 1]}\n  - {code: 990102002, name: 乙, level: street, parent: 990102, tile: [2, 1]}\n"), options)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Streets) != 3 || math.Abs(d.Streets[0].Ground.Shape.Area()-20e6) > 1e4 {
		t.Errorf("%d areas, the district with %.0f m²", len(d.Streets), d.Streets[0].Ground.Shape.Area())
	}
	for _, list := range [][]policy.Area{d.Streets, d.Communities, d.Cells} {
		for _, a := range list {
			if flaws := a.Ground.Shape.Flaws(); len(flaws) > 0 {
				t.Errorf("%s: %v", a.Code, flaws)
			}
		}
	}
}

// A district in two pieces is not drawn itself; its streets are.
func TestScatteredStreets(t *testing.T) {
	t.Parallel()
	d, err := invent.Areas(pack(t, "  - {code: 990102001, name: 甲, level: street, parent: 990102, tile: [1, 1]}\n  - {code: 990102002, name: 乙, level: street, parent: 990102, tile: [2, 2]}\n"), options)
	if err != nil || len(d.Streets) != 2 {
		t.Errorf("%d areas, %v", len(d.Streets), err)
	}
}

func TestNoTiles(t *testing.T) {
	t.Parallel()
	if _, err := invent.Areas(pack(t, "  - {code: 990102001, name: 甲, level: street, parent: 990102}\n"), options); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("got %v", err)
	}
}
