package policy

import (
	"fmt"

	"quanxiang/geo"
	"quanxiang/gov"
)

// levelGround finds areas of a level by place.
type levelGround struct {
	index *geo.Index
	areas []int // of the pack, by number in the index
}

func newGround(areas []Area) map[AreaLevel]levelGround {
	shapes := map[AreaLevel][]geo.Shape{}
	ground := map[AreaLevel]levelGround{}
	for i, a := range areas {
		if len(a.Ground.Shape) == 0 {
			continue
		}
		g := ground[a.Level]
		g.areas = append(g.areas, i)
		ground[a.Level] = g
		shapes[a.Level] = append(shapes[a.Level], a.Ground.Shape)
	}
	for level, g := range ground {
		g.index = geo.NewIndex(shapes[level])
		ground[level] = g
	}
	return ground
}

// AreaAt is the area of a level that a place lies in; false if it lies in none
// that is drawn.
func (p *Pack) AreaAt(pt geo.Point, level AreaLevel) (Area, bool) {
	g, ok := p.index.ground[level]
	if !ok {
		return Area{}, false
	}
	i := g.index.At(pt)
	if i < 0 {
		return Area{}, false
	}
	return p.Areas[g.areas[i]], true
}

// Neighbourhood is the smallest area people know by name that a place lies in: its
// community, or its street where that is not drawn.
func (p *Pack) Neighbourhood(pt geo.Point) (Area, bool) {
	if a, ok := p.AreaAt(pt, CommunityLevel); ok {
		return a, true
	}
	return p.AreaAt(pt, StreetLevel)
}

// Vicinity says in words where a place is: in which street and in which area of it
// people know by name; "" where neither is drawn.
func (p *Pack) Vicinity(pt geo.Point, l gov.Lang) string {
	near, ok := p.Neighbourhood(pt)
	if !ok {
		return ""
	}
	street, ok := p.AreaAt(pt, StreetLevel)
	if !ok || street.Code == near.Code {
		return near.Name.In(l)
	}
	return street.Name.In(l) + " " + near.Name.In(l)
}

// Covers reports whether a place lies in the district, as far as its ground is
// drawn. Where nothing is drawn, or no area of it in whole, nobody can tell and
// every place is taken for one of the district.
func (p *Pack) Covers(pt geo.Point) bool {
	for _, g := range p.index.ground {
		if g.index.At(pt) >= 0 {
			return true
		}
	}
	return len(p.index.ground) == 0
}

// AreasOf lists the areas of a level, by code.
func (p *Pack) AreasOf(level AreaLevel) []Area {
	var list []Area
	for _, a := range p.Areas {
		if a.Level == level {
			list = append(list, a)
		}
	}
	return list
}

// Misfits tells where drawn areas do not fit together: parts that overlap, that
// leave ground of their parent uncovered, that reach out of it. Such a pack
// works, but places on that ground are in two areas or in none.
func (p *Pack) Misfits() Problems {
	var list Problems
	for _, whole := range p.Areas {
		var parts []Area
		var shapes []geo.Shape
		for _, a := range p.Children(whole.Code) {
			if len(a.Ground.Shape) > 0 {
				parts, shapes = append(parts, a), append(shapes, a.Ground.Shape)
			}
		}
		if len(parts) == 0 {
			continue
		}
		for _, m := range geo.Fit(whole.Ground.Shape, shapes) {
			list = append(list, misfit(whole, parts, m))
		}
	}
	return list
}

func misfit(whole Area, parts []Area, m geo.Misfit) *gov.Error {
	size := fmt.Sprintf("%.0f", m.Area)
	switch m.Kind {
	case geo.Gap:
		return gov.Errorf(gov.Invalid, "“%[1]s”（%[2]s）有 %[3]s 平方米不属于任何下级区域，如 %[4]s 处",
			"%[5]q (%[2]s) has %[3]s m² in none of its parts, as at %[4]s", whole.Name.ZH, whole.Code, size, m.Place, whole.Name.In(gov.EN))
	case geo.Outside:
		a := parts[m.A]
		return gov.Errorf(gov.Invalid, "“%[1]s”（%[2]s）有 %[3]s 平方米伸出“%[4]s”，如 %[5]s 处",
			"%[6]q (%[2]s) reaches %[3]s m² out of %[7]q, as at %[5]s", a.Name.ZH, a.Code, size, whole.Name.ZH, m.Place, a.Name.In(gov.EN), whole.Name.In(gov.EN))
	}
	a, b := parts[m.A], parts[m.B]
	return gov.Errorf(gov.Invalid, "“%[1]s”（%[2]s）与“%[3]s”（%[4]s）重叠 %[5]s 平方米，如 %[6]s 处",
		"%[7]q (%[2]s) and %[8]q (%[4]s) overlap by %[5]s m², as at %[6]s",
		a.Name.ZH, a.Code, b.Name.ZH, b.Code, size, m.Place, a.Name.In(gov.EN), b.Name.In(gov.EN))
}
