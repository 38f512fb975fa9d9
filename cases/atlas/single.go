package atlas

import (
	"cmp"
	"context"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// single shows each case of a ground that was counted in a few patches. It looks for them
// in these alone, in the smallest there are: of a street, or of a rare class, there
// may be a handful in a box that holds a hundred thousand. all is false when there are many
// more than the patches had it (of one that is larger than the box nothing may have been
// counted), or when they lie among too many others.
func (a *Atlas) single(ctx context.Context, p *procedure.Procedure, g docket.Ground, patches []docket.Patch) (list []Cluster, all bool, err error) {
	parts, err := a.parts(ctx, g, patches)
	if err != nil {
		return nil, false, err
	}
	crowd := int64(0)
	for _, part := range parts {
		n, err := a.crowd(ctx, p, part, docket.FineTiles)
		if err != nil {
			return nil, false, err
		}
		if crowd += n; crowd > 2*maxExact {
			return nil, false, nil
		}
	}
	seen := map[gov.ID]bool{} // one on the edge of two parts is in both
	for _, part := range parts {
		var after docket.Found
		for first := true; first || after != (docket.Found{}); first = false {
			some, next, err := a.docket.Walk(ctx, part, after, maxSingle)
			if err != nil {
				return nil, false, err
			}
			if some, err = a.shown(ctx, p, some); err != nil {
				return nil, false, err
			}
			for _, x := range some {
				if !seen[x.ID] {
					seen[x.ID] = true
					list = append(list, Cluster{Middle: x.At, N: 1, Bad: marked(g, x), One: &x})
				}
			}
			if after = next; len(list) >= 2*maxSingle {
				return nil, false, nil
			}
		}
	}
	return list, true, nil
}

// parts are the grounds of fine tiles in which patches counted something of a ground.
func (a *Atlas) parts(ctx context.Context, g docket.Ground, patches []docket.Patch) (list []docket.Ground, err error) {
	slices.SortFunc(patches, func(x, y docket.Patch) int { return cmp.Compare(x.Tile.Key, y.Tile.Key) })
	for _, x := range patches {
		tile := x.Tile.Box()
		if !tile.Meets(g.Box) {
			continue
		}
		part := g
		part.Box = tile.Common(g.Box)
		if x.Tile.Zoom == docket.FineTiles {
			list = append(list, part)
			continue
		}
		finer, err := a.docket.Patches(ctx, part, docket.FineTiles)
		if err != nil {
			return nil, err
		}
		// Those around it are parts of other patches.
		finer = slices.DeleteFunc(finer, func(y docket.Patch) bool { return y.Tile.Out(x.Tile.Zoom) != x.Tile })
		some, err := a.parts(ctx, part, finer)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}
