package policy

import (
	"cmp"
	"slices"
	"strings"
)

func (c *checker) checkAreas() {
	c.checkLayout()
	c.placeGround()
	served := map[string]bool{}
	for _, e := range c.units {
		served[e.value.Area] = true
	}
	tiles := map[[2]int]string{}
	for _, e := range c.areas {
		a, at := e.value, e.at
		if a.Code == "" || a.Level == "" {
			continue // reported
		}
		c.checkCode(e)
		if a.Tile != [2]int{} {
			if a.Tile[0] < 1 || a.Tile[1] < 1 || a.Tile[0] > 99 || a.Tile[1] > 99 {
				c.problems.Add(at.Field("tile").Pos(), "示意图的列和行应在 1 到 99 之间", "column and row of the map should be from 1 to 99")
			} else if other := tiles[a.Tile]; other != "" {
				c.problems.Add(at.Field("tile").Pos(), "与区域“%s”占同一格", "the area %q has the same tile", other)
			}
			tiles[a.Tile] = a.Code
		}
		if a.Level == StreetLevel && !served[a.Code] && !c.broken {
			c.warnings.Add(at.Pos(), "没有单位负责街道“%s”", "no unit serves the street %q", a.Name.ZH)
		}
	}
}

// checkCode checks that an area's code fits its level and lies within its
// parent's, as GB/T 2260 and the codes below it do.
func (c *checker) checkCode(e entry[Area]) {
	a, at := e.value, e.at.Field("code")
	if !codeForm.MatchString(a.Code) {
		c.problems.Add(at.Pos(), "区域代码“%s”应为 6 至 20 位数字", "the area code %q should be 6 to 20 digits", a.Code)
		return
	}
	layout := c.layout.value
	if n := layout.digits(a.Level); n > 0 && len(a.Code) != n {
		c.problems.Add(at.Pos(), "%[1]s 级的代码应为 %[2]d 位，“%[3]s”有 %[4]d 位", "a code of level %[1]s has %[2]d digits; %[3]q has %[4]d",
			string(a.Level), n, a.Code, len(a.Code))
		return
	}
	district := c.header.value.District
	if a.Level == DistrictLevel {
		if a.Parent != "" {
			c.problems.Add(e.at.Field("parent").Pos(), "区没有上级区域", "a district has no parent here")
		}
		if a.Code != district && districtForm.MatchString(district) {
			c.problems.AddGuess(at.Pos(), district, "区的代码“%s”与 pack.yaml 不同", "the district's code %q differs from pack.yaml", a.Code)
		}
		return
	}
	if a.Parent == "" {
		c.problems.Add(e.at.Pos(), "区域“%s”缺少 parent", "the area %q needs a parent", a.Name.ZH)
		return
	}
	if !c.refer(e.at.Field("parent"), a.Parent, c.areaAt, "区域", "area") {
		return
	}
	parent := c.areas[c.areaAt[a.Parent]].value
	levels := AreaLevels()
	if slices.Index(levels, parent.Level) >= slices.Index(levels, a.Level) && parent.Level != "" {
		c.problems.Add(e.at.Field("parent").Pos(), "%[1]s 级区域不能在 %[2]s 级区域之内", "an area of level %[1]s cannot lie in one of level %[2]s",
			string(a.Level), string(parent.Level))
		return
	}
	// Without a layout a cell's code begins with the district's and is free below.
	prefix := a.Parent
	if a.Level == CellLevel && layout.Cell == 0 {
		prefix = district
	}
	if !strings.HasPrefix(a.Code, prefix) {
		c.problems.Add(at.Pos(), "代码“%[1]s”应以“%[2]s”开头", "the code %[1]q should begin with %[2]q", a.Code, prefix)
	}
}

// digits is how long a code of a level is, 0 where that is not fixed.
func (y CodeLayout) digits(l AreaLevel) int {
	street, community := cmp.Or(y.Street, 3), cmp.Or(y.Community, 3)
	switch {
	case l == DistrictLevel:
		return districtDigits
	case l == StreetLevel:
		return districtDigits + street
	case l == CommunityLevel:
		return districtDigits + street + community
	case l == CellLevel && y.Cell > 0:
		return districtDigits + street + community + y.Cell
	}
	return 0
}

// districtDigits is the length of a district's code (GB/T 2260), maxPart the
// greatest of what a level adds.
const (
	districtDigits = 6
	maxPart        = 4
)

func (c *checker) checkLayout() {
	y := c.layout.value
	for _, part := range []struct {
		field string
		n     int
	}{{"street", y.Street}, {"community", y.Community}, {"cell", y.Cell}} {
		if part.n < 0 || part.n > maxPart {
			c.problems.Add(c.layout.at.Field(part.field).Pos(), "每一级的位数应在 1 到 %d 之间", "a level adds 1 to %d digits", maxPart)
		}
	}
}

// placeGround gives the areas that are listed elsewhere the shapes drawn for
// them.
func (c *checker) placeGround() {
	for _, e := range c.grounds {
		g, at := e.value, e.at
		if !c.refer(at, g.code, c.areaAt, "区域", "area") {
			continue
		}
		a := &c.areas[c.areaAt[g.code]]
		if len(a.value.Ground.Shape) > 0 {
			c.problems.Add(at.Pos(), "区域“%s”画了两次", "the area %q is drawn twice", g.code)
			continue
		}
		a.value.Ground = g.ground
	}
}
