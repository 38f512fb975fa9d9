package casework

import (
	"context"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// Totals answers how often cases count for something.
func (w *Casework) Totals(ctx context.Context, s people.Standing, a docket.Asked) ([]docket.Sum, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	return w.docket.Totals(ctx, a)
}

// Behind lists the cases behind a sum, as somebody may see them; see
// docket.Behind.
func (w *Casework) Behind(ctx context.Context, s people.Standing, b docket.Behind, after docket.Mark, limit int) ([]docket.Row, docket.Mark, error) {
	if err := Enter(s); err != nil {
		return nil, after, err
	}
	list, next, err := w.docket.Behind(ctx, b, after, limit)
	if err != nil {
		return nil, after, err
	}
	return list, next, w.hideSubjects(ctx, s, list)
}

// PublicTotals is Totals for everybody. It returns NotFound for what the public is not
// told: of a procedure whose cases it is not shown, under a measure that is not
// open to it, or by a field it does not read.
func (w *Casework) PublicTotals(ctx context.Context, a docket.Asked) ([]docket.Sum, error) {
	if _, err := w.telling(a); err != nil {
		return nil, err
	}
	return w.docket.Totals(ctx, a)
}

// PublicBehind is Behind for everybody: of the cases behind a sum those the public
// is shown, without what is closed to it. It returns NotFound as PublicTotals does.
func (w *Casework) PublicBehind(ctx context.Context, b docket.Behind, after docket.Mark, limit int) ([]docket.Row, docket.Mark, error) {
	p, err := w.telling(b.Asked)
	if err != nil {
		return nil, after, err
	}
	list, next, err := w.docket.Behind(ctx, b, after, limit)
	list = slices.DeleteFunc(list, func(r docket.Row) bool { return !p.Published(r.State) })
	w.hideUnits(p, list)
	return list, next, err
}

// telling is a procedure of which the public is told what is asked.
func (w *Casework) telling(a docket.Asked) (*procedure.Procedure, error) {
	field, second, _ := procedure.CutPair(a.Field)
	var p *procedure.Procedure
	for _, f := range []string{field, second} {
		if f == procedure.HourOfDay {
			f = ""
		}
		var err error
		if p, err = w.publishing(a.Procedure, f); err != nil {
			return nil, err
		}
	}
	for _, what := range a.What {
		id, _ := what.Measure()
		if m, ok := p.Measure(id); what != docket.CountBegun && (!ok || m.Level() != procedure.OpenPublic) {
			return nil, gov.Errorf(gov.NotFound, "没有这项公开的指标", "no such figure is public")
		}
	}
	return p, nil
}

// hideUnits takes from rows who is responsible where not everybody reads that.
func (w *Casework) hideUnits(p *procedure.Procedure, list []docket.Row) {
	if unit, ok := p.Field(p.Unit); ok && everybodys(unit) {
		return
	}
	for i := range list {
		list[i].Units = nil
	}
}
