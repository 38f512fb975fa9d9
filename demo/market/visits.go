package market

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"quanxiang/cases"
	"quanxiang/cases/checklist"
	"quanxiang/cases/docket"
	"quanxiang/demo/drawing"
	"quanxiang/gov"
	"quanxiang/people"
)

// batches is on how many days a plan's visits are made.
const batches = 3

// handOut gives the drawn visits to their teams.
func (h *held) handOut(ctx context.Context) error {
	if err := h.follow(ctx); err != nil || !h.frozen {
		return err
	}
	list, err := h.Draws.Store.Visits(ctx, h.id)
	for _, v := range list {
		h.cases = append(h.cases, v.Case)
	}
	return err
}

// follow lets the draw look what became of its visits, and the office sign where
// results were published.
func (h *held) follow(ctx context.Context) error {
	if !h.frozen {
		return nil
	}
	if err := h.Draws.Follow(ctx, h.id); err != nil {
		return err
	}
	return h.give(ctx, "authority")
}

// visit is a visit as it is played.
type visit struct {
	*held
	n    int
	id   gov.ID
	c    cases.Case
	team []people.Standing
}

// each plays something with every visit for which fn says so.
func (h *held) each(ctx context.Context, fn func(v *visit) error) error {
	for n, id := range h.cases {
		c, _, err := h.Docket.Case(ctx, id)
		if err != nil {
			return err
		}
		v := &visit{held: h, n: n, id: id, c: c}
		for _, text := range c.Values.List("team") {
			person, err := gov.ParseID(text)
			if err != nil {
				return err
			}
			s, err := h.of(ctx, person)
			if err != nil {
				return err
			}
			v.team = append(v.team, s)
		}
		if err := fn(v); err != nil {
			return fmt.Errorf("visit %s: %w", c.Number, err)
		}
	}
	return h.follow(ctx)
}

// act does an action on the visit as one of the team or of its department.
func (v *visit) act(ctx context.Context, by people.Standing, action string, values cases.Values) error {
	return v.Casework.Act(ctx, by, docket.Step{Case: v.id}, action, values, "")
}

// both does what two of the team do together.
func (v *visit) both(ctx context.Context, action string, values cases.Values) error {
	if err := v.act(ctx, v.team[0], action, values); err != nil {
		return err
	}
	c, _, err := v.Docket.Case(ctx, v.id)
	if err != nil {
		return err
	}
	if len(c.Pending) == 0 || len(v.team) < 2 {
		return fmt.Errorf("nothing waits for the second of the team")
	}
	return v.Casework.Answer(ctx, v.team[1], docket.Step{Case: v.id}, c.Pending[0].Seq, true, "")
}

// photo is a picture for the visit.
func (v *visit) photo(ctx context.Context, name string) ([]string, error) {
	content, err := drawing.Bar()
	if err != nil {
		return nil, err
	}
	f, err := v.Casework.Attach(ctx, v.team[0], v.id, name, bytes.NewReader(content), int64(len(content)))
	return []string{string(f.Key)}, err
}

// absent is the visit at which nobody was found the first time.
func (v *visit) absent() bool { return v.n == 1 }

// on reports that it is the visit's day.
func (v *visit) on(day int) bool { return v.n%batches == day }

// arrive lets the teams of a day check in, and those of whom nobody was found before.
func (h *held) arrive(ctx context.Context, day int) error {
	return h.each(ctx, func(v *visit) error {
		if v.c.State == "waiting" && v.on(day) || v.c.State == "again" {
			return v.act(ctx, v.team[0], "check_in", nil)
		}
		return nil
	})
}

// findings are what the visits of a plan come to, in turn.
var findings = []string{"fine", "fine", "corrected", "fine", "violation", "fine", "closed", "fine", "corrected", "fine", "fine", "refused"}

// found lets the teams on site write down what they found.
func (h *held) found(ctx context.Context, day int) error {
	return h.each(ctx, func(v *visit) error {
		if v.c.State != "on_site" {
			return nil
		}
		if v.absent() && v.on(day) {
			photo, err := v.photo(ctx, "门口.png")
			if err != nil {
				return err
			}
			return v.act(ctx, v.team[0], "not_there", cases.Values{"summary": "门锁着，邻居说店主外出，改日再来。", "evidence": photo})
		}
		result := findings[(v.n+5*v.held.n)%len(findings)]
		if result == "closed" || result == "refused" {
			photo, err := v.photo(ctx, "现场.png")
			if err != nil {
				return err
			}
			return v.both(ctx, "fail", cases.Values{"hindrance": result, "summary": map[string]string{"closed": "已停业，室内搬空。", "refused": "负责人不在，店员拒绝检查。"}[result], "evidence": photo})
		}
		rows := checklist.Rows(v.c.Values.List("checks"))
		for i := range rows {
			rows[i].Answer = "fine"
			if i == v.n%len(rows) && result != "fine" {
				rows[i].Answer, rows[i].Remark = result, map[string]string{"corrected": "证照未亮挂，当场挂出。", "violation": "经营内容超出登记范围。"}[result]
			}
		}
		return v.both(ctx, "record", cases.Values{"checks": checklist.Lines(rows), "summary": "按清单逐项检查。", "signer": "店员（虚构）", "unsigned": "unable"})
	})
}

// review lets the lead of a visit's department approve it, or publish the result, where
// that comes next.
func (h *held) review(ctx context.Context, action string) error {
	at := map[string]string{"review": "recorded", "publish": "reviewed"}[action]
	return h.each(ctx, func(v *visit) error {
		if v.c.State != at {
			return nil
		}
		for n := 0; ; n++ {
			lead, ok, err := h.standing(ctx, v.c.Values.Text("unit"), "lead", n)
			if err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("nobody can do %s", action)
			}
			if !slices.ContainsFunc(v.team, func(s people.Standing) bool { return s.Person == lead.Person }) {
				return v.act(ctx, lead, action, nil)
			}
		}
	})
}
