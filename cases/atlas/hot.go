package atlas

import (
	"cmp"
	"context"
	"slices"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Hot is a place at which something comes up again and again.
type Hot struct {
	Middle geo.Point
	Cases  []docket.Nearby // the newest first
	Open   int             // how many of them run
}

// maxHot bounds the cases that are looked at for hot places: if all were at one place,
// each would be held against each other.
const maxHot = 8_000

// Hot lists the hot places of a layer in the office, by what its procedure's figures
// say of repeats: those with the most cases first. cut reports that there are more
// cases than are looked at; the newest of each state are. It returns NotFound for a
// procedure that says nothing of repeats.
func (a *Atlas) Hot(ctx context.Context, procedureID string, now time.Time) (list []Hot, cut bool, err error) {
	if err := a.inOffice(); err != nil {
		return nil, false, err
	}
	g, p, err := a.ground(Filter{Procedure: procedureID})
	if err != nil {
		return nil, false, err
	}
	r := p.Repeats()
	if r == nil {
		return nil, false, gov.Errorf(gov.NotFound, "这类事项没有规定怎样算反复发生", "nothing says when such cases repeat")
	}
	all, cut, err := a.recent(ctx, g, p, now.AddDate(0, 0, -r.Days).UnixMilli())
	if err != nil {
		return nil, false, err
	}
	points := make([]geo.Point, len(all))
	for i, x := range all {
		points[i] = x.At
	}
	for _, crowd := range geo.Crowds(points, float64(r.Within), r.Least) {
		h := Hot{Middle: points[crowd[0]]}
		for _, i := range crowd {
			h.Cases = append(h.Cases, all[i])
			if all[i].Ended == 0 {
				h.Open++
			}
		}
		slices.SortFunc(h.Cases, newestFirst)
		if h.Cases, err = a.shown(ctx, p, h.Cases); err != nil {
			return nil, false, err
		}
		list = append(list, h)
	}
	slices.SortStableFunc(list, func(a, b Hot) int {
		return cmp.Or(cmp.Compare(len(b.Cases), len(a.Cases)), cmp.Compare(b.Open, a.Open))
	})
	return list, cut, nil
}

func newestFirst(a, b docket.Nearby) int {
	return cmp.Or(cmp.Compare(b.Opened, a.Opened), cmp.Compare(b.ID.String(), a.ID.String()))
}

// recent lists the cases with a place that run, and those that ended with a result
// and began at an instant or after: the newest first.
func (a *Atlas) recent(ctx context.Context, g docket.Ground, p *procedure.Procedure, from int64) (all []docket.Nearby, cut bool, err error) {
	for i := range p.States {
		s, one := &p.States[i], g
		if one.States = []string{s.ID}; !a.office.all && p.Hushed(s.ID) || s.Kind == procedure.VoidState {
			continue
		}
		if s.Kind.Ended() {
			one.From = from
		}
		for after := (docket.Place{}); ; {
			page, next, err := a.docket.Newest(ctx, one, after, maxHot)
			if err != nil {
				return nil, false, err
			}
			for _, x := range page {
				if !x.Nowhere && x.Spot.Open >= a.least() {
					all = append(all, x)
				}
			}
			if after = next; after.IsZero() {
				break
			}
			if len(all) >= maxHot {
				cut = true
				break
			}
		}
	}
	slices.SortFunc(all, newestFirst)
	return all, cut, nil
}
