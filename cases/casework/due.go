package casework

import (
	"context"

	"quanxiang/cases/docket"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// pageOfDue is how many cases Due reads at a time.
const pageOfDue = 200

// Due lists the cases with a deadline that wait for somebody, the soonest first,
// at most limit, for where they leave the house: a subject that not all staff
// may read is left out, whoever asks.
func (w *Casework) Due(ctx context.Context, s people.Standing, limit int) (list []docket.Row, err error) {
	pack := w.packs.Current()
	for after := (docket.Place{}); ; {
		rows, next, err := w.Worklist(ctx, s, docket.Query{}, after, min(limit, pageOfDue))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Order() == docket.Never || len(list) == limit { // those without a deadline come last
				return list, nil
			}
			if r.Due == 0 {
				continue // the deadline of a stage is a matter of the hour, and none for a calendar
			}
			p, ok := pack.Procedure(r.Procedure)
			if ok {
				f, _ := p.Field(p.Subject)
				ok = !p.Hushed(r.State) && (f.Open == procedure.OpenStaff || f.Open == procedure.OpenPublic)
			}
			if !ok {
				r.Subject = ""
			}
			list = append(list, r)
		}
		if next.IsZero() {
			return list, nil
		}
		after = next
	}
}
