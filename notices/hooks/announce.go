package hooks

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// message is the body of a request.
type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // of the event
	Data      data      `json:"data"`
}

// data is what everybody may know of the case.
type data struct {
	Procedure string         `json:"procedure"`
	Number    string         `json:"number"`
	Event     int64          `json:"event"` // its number in the case: a later event has a higher one
	Act       string         `json:"act"`   // id of the action, "warned" or "late"
	Clock     string         `json:"clock,omitempty"`
	State     string         `json:"state"` // after the event
	URL       string         `json:"url"`
	Fields    map[string]any `json:"fields"` // as they are when the message is written
}

// Announce writes deliveries of what happened in a case. Doing it again does no
// harm.
func (x *Hooks) Announce(ctx context.Context, caseID gov.ID) error {
	marked, err := x.Store.Marked(ctx, caseID)
	if err != nil || len(marked) == 0 {
		return err
	}
	list, err := x.deliveries(ctx, caseID, marked)
	if err != nil {
		return err
	}
	return x.Store.Queue(ctx, caseID, slices.Max(marked), list)
}

func (x *Hooks) deliveries(ctx context.Context, caseID gov.ID, marked []int64) ([]Delivery, error) {
	now := x.Clock()
	hooks, err := x.Store.Hooks(ctx)
	if err != nil {
		return nil, err
	}
	sheet, err := x.Casework.PublicSheet(ctx, caseID, now)
	if gov.CodeOf(err) == gov.NotFound {
		return nil, nil // the public is not shown it
	}
	if err != nil {
		return nil, err
	}
	history, err := x.Casework.PublicHistory(ctx, caseID, now)
	if err != nil {
		return nil, err
	}
	told := Public{Sheet: sheet, New: len(history) > 0 && slices.Contains(marked, history[0].Seq)}
	told.Steps = slices.DeleteFunc(history, func(e casework.Entry) bool { return !slices.Contains(marked, e.Seq) })
	if x.Besides != nil && len(told.Steps) > 0 {
		if err := x.Besides(ctx, told); err != nil {
			return nil, err
		}
	}
	var list []Delivery
	for _, e := range told.Steps {
		event, body, err := x.message(sheet, e)
		if err != nil {
			return nil, err
		}
		if event == "" {
			continue
		}
		for _, h := range hooks {
			if h.Active && h.Wants(event) {
				list = append(list, Delivery{ID: gov.NewID(now), Hook: h.ID, Case: caseID, Step: e.Seq, Event: event, Body: body, At: e.At, Next: now.UnixMilli()})
			}
		}
	}
	return list, nil
}

// message writes an event, "" for one of no interest outside.
func (x *Hooks) message(sheet casework.Sheet, e casework.Entry) (event string, body []byte, err error) {
	p := sheet.Under.Procedure
	d := data{Procedure: p.ID, Number: sheet.Number, Event: e.Seq, State: e.State, Clock: e.Clock, URL: x.Site + "/progress/cases/" + sheet.Number, Fields: map[string]any{}}
	switch e.Kind {
	case cases.Acted:
		event, d.Act = p.ID+"."+e.Action, e.Action
	case cases.Warned:
		event, d.Act = p.ID+warned, "warned"
	case cases.Late:
		event, d.Act = p.ID+late, "late"
	default:
		return "", nil, nil
	}
	for _, f := range sheet.Fields {
		if !f.Sealed && f.Field.Type != procedure.FilesField && entered.Given(f.Value) {
			d.Fields[f.Field.ID] = f.Value
		}
	}
	if body, err = json.Marshal(message{event, time.UnixMilli(e.At).UTC(), d}); err != nil {
		return "", nil, fmt.Errorf("write event %d of case %s: %w", e.Seq, sheet.Number, err)
	}
	return event, body, nil
}

// Job is the kind of job that announces; its key is a case.
const Job = docket.HookJob
