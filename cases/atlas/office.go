package atlas

import (
	"cmp"
	"context"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// office is as what somebody in the office looks at the ground.
type office struct {
	all  bool // they read what only the parties of a case read
	hide func(context.Context, *docket.Row) error
}

// Office makes the atlas of somebody in the office: cases that run, where the field
// that says their place is open to all staff. What only its parties read anything of
// is in it for who reads everything. hide takes a subject that is closed to them
// out of a row.
func Office(d *docket.Docket, packs docket.Packs, all bool, hide func(context.Context, *docket.Row) error) *Atlas {
	return &Atlas{d, packs, &office{all, hide}}
}

// sees reports that cases in a state are on the map.
func (o *office) sees(p *procedure.Procedure, s *procedure.State) bool {
	return !s.Kind.Ended() && (o.all || !p.Hushed(s.ID))
}

// States are the states of a layer's cases on the map, in the order of the
// procedure.
func (a *Atlas) States(p *procedure.Procedure) []*procedure.State { return a.states(p) }

// inOffice refuses what only the office's atlas has.
func (a *Atlas) inOffice() error {
	if a.office == nil {
		return gov.Errorf(gov.Forbidden, "这只供工作人员查看", "this is for the staff alone")
	}
	return nil
}

// Soonest lists the cases a filter means in the office, wherever they are, by due
// time: at most limit behind a place, and where to go on; the zero place begins and
// ends.
func (a *Atlas) Soonest(ctx context.Context, f Filter, after docket.Place, limit int) ([]docket.Nearby, docket.Place, error) {
	g, p, err := a.standing(f)
	if err != nil {
		return nil, docket.Place{}, err
	}
	list, next, err := a.docket.Standing(ctx, g, after, limit)
	if err != nil {
		return nil, next, err
	}
	list, err = a.shown(ctx, p, list)
	return list, next, err
}

// Standings counts what Soonest lists, and of it the cases without a place.
func (a *Atlas) Standings(ctx context.Context, f Filter) (total, nowhere int64, err error) {
	g, _, err := a.standing(f)
	if err != nil {
		return 0, 0, err
	}
	return a.docket.Standings(ctx, g)
}

// Held counts the cases of a layer on the map by the values of a facet, those with
// the most first.
func (a *Atlas) Held(ctx context.Context, p *procedure.Procedure, field string) (list []docket.Tally, err error) {
	tallies, err := a.docket.Tallies(ctx, p.ID, field)
	for _, t := range tallies {
		if t.N == 0 || !slices.ContainsFunc(a.states(p), func(s *procedure.State) bool { return s.ID == t.State }) {
			continue
		}
		if i := slices.IndexFunc(list, func(o docket.Tally) bool { return o.Value == t.Value }); i >= 0 {
			list[i].N += t.N
		} else {
			list = append(list, docket.Tally{Facet: t.Facet, N: t.N})
		}
	}
	slices.SortFunc(list, func(a, b docket.Tally) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value)) })
	return list, err
}

func (a *Atlas) standing(f Filter) (docket.Ground, *procedure.Procedure, error) {
	if err := a.inOffice(); err != nil {
		return docket.Ground{}, nil, err
	}
	g, p, err := a.ground(f)
	g.Box = world
	return g, p, err
}

// narrow is Clusters of what the tiles do not tell: running cases of some facets or
// colours, put together where they lie.
func (a *Atlas) narrow(ctx context.Context, p *procedure.Procedure, g docket.Ground, zoom uint8) ([]Cluster, error) {
	if err := a.inOffice(); err != nil {
		return nil, err
	}
	spots, _, err := a.docket.Standing(ctx, g, docket.Place{}, maxExact)
	if err != nil {
		return nil, err
	}
	spots = slices.DeleteFunc(spots, func(x docket.Nearby) bool { return x.Nowhere || x.Spot.Open < a.least() })
	if len(spots) > maxSingle {
		return gather(g, spots, zoom), nil
	}
	spots, err = a.shown(ctx, p, spots)
	list := make([]Cluster, len(spots))
	for i := range spots {
		list[i] = Cluster{Middle: spots[i].At, N: 1, Bad: marked(g, spots[i]), One: &spots[i]}
	}
	return list, err
}
