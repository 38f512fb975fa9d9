package xicheng_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quanxiang/geo"
	"quanxiang/policy"
	"quanxiang/policy/invent"
)

// What the pack says of its ground is what "quanxiang pack invent-areas" makes
// of the streets' tiles, and says that it is invented.
func TestGroundIsInvented(t *testing.T) {
	t.Parallel()
	p := load(t)
	drawing, err := invent.Areas(p, invent.Options{Box: geo.Box{South: 39.87, West: 116.32, North: 39.97, East: 116.40}, Area: 50.7e6})
	if err != nil {
		t.Fatal(err)
	}
	files, err := drawing.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		kept, err := os.ReadFile(filepath.Join("areas", f.Name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, f.Content) {
			t.Errorf("areas/%s is not what the generator draws; remove it and run quanxiang pack invent-areas", f.Name)
		}
	}
	for _, a := range p.Areas {
		if len(a.Ground.Shape) == 0 || !a.Ground.Invented || !strings.Contains(a.Ground.Source.ZH, "虚构") {
			t.Errorf("%s is not drawn, or not said to be invented", a.Code)
		}
		if made := a.Level == policy.CommunityLevel || a.Level == policy.CellLevel; made != strings.Contains(a.Name.ZH, "示例") {
			t.Errorf("%s is named %s", a.Code, a.Name.ZH)
		}
	}
}

func TestGround(t *testing.T) {
	t.Parallel()
	p := load(t)
	if m := p.Misfits(); len(m) > 0 {
		t.Errorf("%v", m)
	}
	district, _ := p.Area("110102")
	if km2 := district.Ground.Shape.Area() / 1e6; math.Abs(km2-50.7) > 0.01 {
		t.Errorf("the district has %.3f km²", km2)
	}
	for _, s := range p.Children("110102") {
		cells := 0
		for _, c := range p.Children(s.Code) {
			cells += len(p.Children(c.Code))
		}
		if cells < 8 || cells > 12 {
			t.Errorf("%s has %d cells", s.Name.ZH, cells)
		}
	}
	// Every cell is found by a place in it, with what lies around it.
	for _, c := range p.AreasOf(policy.CellLevel) {
		at := c.Ground.Shape.Inside()
		cell, _ := p.AreaAt(at, policy.CellLevel)
		community, _ := p.AreaAt(at, policy.CommunityLevel)
		street, _ := p.AreaAt(at, policy.StreetLevel)
		if cell.Code != c.Code || community.Code != c.Parent || street.Code != community.Parent {
			t.Errorf("%v in %s lies in %s, %s, %s", at, c.Code, cell.Code, community.Code, street.Code)
		}
		if unit := p.Serving(c.Code); unit == "" || unit != p.Serving(street.Code) {
			t.Errorf("%s is served by %q", c.Code, unit)
		}
	}
}
