package my

import (
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/progress"
)

// nearRow is something reported near a place.
type nearRow struct {
	Href   string `json:"href"`
	Join   string `json:"join,omitempty"` // where to say that it is the same
	Number string `json:"number"`
	Title  string `json:"title"`
	State  string `json:"state"`
	Metres string `json:"metres"`
}

// mostNear is how many cases near a place are shown.
const mostNear = 5

// nearRows are the cases everybody is shown that may be what is reported, where
// the place is a point: those that go on.
func (k *My) nearRows(s *sheet) ([]nearRow, error) {
	rows := []nearRow{}
	point := s.point()
	if point == nil || len(s.typed[point.ID]) == 0 {
		return rows, nil
	}
	at, err := geo.ParsePoint(s.typed[point.ID][0])
	if err != nil {
		return rows, nil // said where it was read
	}
	same := map[string]string{}
	for _, ask := range s.start.Action.Asks {
		if f, _ := s.under.Procedure.Field(ask.Field); f.Type == procedure.EntryField && len(s.typed[f.ID]) > 0 {
			if e, ok := f.List().Find(s.typed[f.ID][0]); ok {
				same[f.ID] = e.Code
			}
		}
	}
	list, err := k.Casework.PublicSimilar(s.Context(), s.start.Procedure.ID, at, same, mostNear, k.Clock())
	if gov.CodeOf(err) == gov.NotFound {
		return rows, nil // the district shows no such cases
	}
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		row := nearRow{Href: progress.CasePath(n.Row.Number), Number: n.Row.Number, Title: n.Row.Subject, Metres: s.T("my.near_metres", "n", n.Metres)}
		if state, ok := s.under.Procedure.State(n.Row.State); ok {
			row.State = state.Name.In(s.Lang())
			if state.Kind.Ended() {
				continue
			}
		}
		if _, err := k.Casework.Joinable(s.Context(), n.Row.Number, k.Clock()); err == nil {
			row.Join = JoinPath(n.Row.Number)
		} else if gov.CodeOf(err) != gov.Conflict && gov.CodeOf(err) != gov.NotFound {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}
