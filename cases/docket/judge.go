package docket

import (
	"context"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/policy/procedure/judging"
)

// Judge answers what the rule files say of an applicant.
type Judge interface {
	// Unmet lists the conditions of a benefit that are not met or not known on a day,
	// each with its clause; none means that it is granted.
	Unmet(ctx context.Context, q judging.Question, day gov.Date) ([]gov.Text, error)
}

// Judged returns the docket with what its steps ask the rule files by.
func (s *Docket) Judged(j Judge) *Docket {
	out := *s
	out.judge = j
	return &out
}

var errNoJudge = gov.Errorf(gov.Internal, "没有规则文件可供核对", "there are no rule files to ask")

// judged refuses an action that the rule files do not grant, with what is wanting.
func (s *Docket) judged(ctx context.Context, p *procedure.Procedure, action string, c cases.Case, day gov.Date) error {
	a, ok := p.Action(action)
	if !ok || a.Judge == nil {
		return nil
	}
	q, ok, err := a.Judge.Ask(func(field string) any {
		if v := c.Values[field]; v != nil {
			return v
		}
		f, _ := p.Field(field)
		return f.Kind().Zero()
	})
	if err != nil || !ok {
		return err
	}
	if s.judge == nil {
		return errNoJudge
	}
	list, err := s.judge.Unmet(ctx, q, day)
	if err != nil || len(list) == 0 {
		return err
	}
	var wrong cases.Mistakes
	for _, t := range list {
		wrong = append(wrong, gov.Errorf(gov.Invalid, "%[1]s", "%[2]s", t.ZH, t.In(gov.EN)).On(q.Field))
	}
	return wrong
}
