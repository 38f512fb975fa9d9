package apply

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/rules/ir"
)

// errClosed is what whoever is no party of an application is told.
var errClosed = gov.Errorf(gov.Forbidden, "申报内容只对申请单位和承办、审核的人员开放", "what an application states is open to its applicant and those who deal with it")

// Look shows the staff a claim with its case: those who deal with it, and auditors.
func (a *Applications) Look(ctx context.Context, by people.Standing, id gov.ID) (Held, casework.Sheet, error) {
	s, err := a.work.Sheet(ctx, by, id)
	if err != nil {
		return Held{}, s, err
	}
	if s.Under.Procedure.ID != a.Rules().Procedure {
		return Held{}, s, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	if !s.Party && !casework.Reader(a.Packs.Current(), by).All {
		return Held{}, s, errClosed
	}
	h, err := a.held(ctx, id)
	return h, s, err
}

// Changes lists the versions of a claim for those who may look at it.
func (a *Applications) Changes(ctx context.Context, by people.Standing, id gov.ID) ([]Change, error) {
	if _, _, err := a.Look(ctx, by, id); err != nil {
		return nil, err
	}
	return a.Store.History(ctx, id)
}

// Correct changes a fact of an application that is being looked at, or sets what the
// office sets, with a reason. Whoever may do the act of the procedure may do so.
func (a *Applications) Correct(ctx context.Context, by people.Standing, id gov.ID, version int64, key gov.ID, name string, value json.RawMessage, why string) error {
	h, _, err := a.Look(ctx, by, id)
	if err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	if n := utf8.RuneCountInString(why); n < 2 || n > maxWhy {
		return gov.Errorf(gov.Invalid, "请用 2 至 %d 字写明理由", "give the reason in 2 to %d characters", maxWhy).On("why")
	}
	c := h.Claim
	if c.Version != version {
		return errMoved
	}
	p := h.Pack.Rules
	field := p.FieldOf(p.Input(c.Applicant), "", name)
	if field == ir.None {
		return gov.Errorf(gov.Invalid, "没有“%s”这个事实", "there is no fact %q", name)
	}
	if len(value) > 0 {
		if value, err = canonical(value); err != nil {
			return gov.Errorf(gov.Invalid, "内容读不懂", "the value cannot be read").On("facts." + name).Because(err)
		}
	}
	f, _ := c.Fact(name)
	now := a.Clock().UnixMilli()
	c.put(Fact{Name: name, Value: value, Source: Corrected, By: by.Person.String(), Why: why, At: now, Files: f.Files})
	if bytes.Equal(f.Value, value) {
		return gov.Errorf(gov.Invalid, "内容没有变化", "nothing is changed").On("facts." + name)
	}
	if _, err := a.compute(ctx, h.Pack, c); err != nil {
		return err
	}
	c.Version++
	ch := Change{Claim: c, At: now, Act: CorrectAct, Actor: by.Actor(), By: by.Person.String(), Why: why, Fact: name}
	values := cases.Values{"correction": shortText(fmt.Sprintf("%s：%s → %s", name, shownValue(f.Value), shownValue(value)), 500), "correction_why": why}
	return a.work.Act(carry(ctx, ch), by, docket.Step{Case: id, Key: key}, CorrectAct, values, "")
}

// shownValue is a value in a line of a history.
func shownValue(v json.RawMessage) string {
	var s string
	switch {
	case len(v) == 0:
		return "（未填）"
	case json.Unmarshal(v, &s) == nil:
		return s
	case string(v) == "true":
		return "是"
	case string(v) == "false":
		return "否"
	}
	return shortText(string(v), 120)
}

// OfficeFacts are the facts of what is applied for that an office sets and that are open,
// and the fields of lists among them as list.field.
func OfficeFacts(p *ir.Program, o Outcome) (list []string) {
	for _, n := range o.Needs {
		if officeSets(p, o.Applicant, n) && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}
