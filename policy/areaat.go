package policy

import "quanxiang/geo"

// AreaAt is the area of a level in which a point lies; ok is false where the
// pack knows of none there.
func (p *Pack) AreaAt(pt geo.Point, level AreaLevel) (Area, bool) {
	return Area{}, false
}
