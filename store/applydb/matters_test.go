package applydb_test

import (
	"context"
	"strings"
	"testing"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/residents"
	"quanxiang/store/applytest"
	"quanxiang/support/apply"
)

// half is what an operator is asked for of half a year.
func half(o apply.Organisation, code, period, due string) cases.Values {
	return cases.Values{"incubator": code, "name": "虚构" + code, "operator": o.Code, "period": period, "due": due, "ended": "2016-06-30"}
}

func numbers(list []casework.Sheet) string {
	var out []string
	for _, s := range list {
		for _, f := range s.Fields {
			if f.Field.ID == "period" {
				out = append(out, f.Value.(string))
			}
		}
	}
	return strings.Join(out, " ")
}

// An organisation finds the cases that name it, by what is due, and no others; it hands in
// what is asked for, and the case goes on to whoever deals with it.
func TestMatters(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		ctx := t.Context()
		for _, c := range []struct {
			o                 apply.Organisation
			code, period, due string
		}{{r.Firm, "JD-1", "2016-H2", "2017-01-16"}, {r.Firm, "JD-1", "2016-H1", "2016-12-16"}, {r.Other, "JD-2", "2016-H1", "2016-12-16"}} {
			made, err := r.Docket.Start(ctx, "incubator_data", "series/"+c.code+"/"+c.period, half(c.o, c.code, c.period, c.due))
			must(t, err)
			if !made {
				t.Fatal("nothing was begun")
			}
		}
		running, ended, err := r.Matters(ctx, r.Firm)
		must(t, err)
		if got := numbers(running); got != "2016-H1 2016-H2" || len(ended) != 0 {
			t.Fatalf("%s, and %d ended", got, len(ended))
		}
		one := running[0]
		if d := apply.Due(one); d.At.IsZero() || d.LastDay().String() != "2016-12-16" {
			t.Errorf("due %v", d.At)
		}
		values := cases.Values{"firms": int64(24), "people": int64(300), "income": int64(100)}
		if _, err := r.Work.ResidentSheet(ctx, r.Acts(r.Other), one.ID); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("another organisation reads it: %v", err)
		}
		refused(t, r.Work.ResidentAct(ctx, r.Acts(r.Other), docket.Step{Case: one.ID}, "hand_in", values), gov.NotFound, "")
		refused(t, r.Work.ResidentAct(ctx, r.Acts(r.Firm), docket.Step{Case: one.ID}, "remind", cases.Values{}), gov.Forbidden, "经办人")
		must(t, r.Work.ResidentAct(ctx, r.Acts(r.Firm), docket.Step{Case: one.ID}, "hand_in", values))
		if got := r.State(t, one.ID); got != "handed_in" {
			t.Errorf("handed in it is %s", got)
		}
		if rows, _, err := r.Work.Worklist(ctx, r.Clerk, docket.Query{Procedure: "incubator_data", State: "handed_in"}, docket.Place{}, 9); err != nil || len(rows) != 1 || rows[0].ID != one.ID {
			t.Errorf("the clerk's list: %v, %v", rows, err)
		}
		lead := r.Head
		must(t, r.Work.Act(ctx, lead, docket.Step{Case: running[1].ID}, "drop", cases.Values{"reason": "已停止运营"}, ""))
		running, ended, err = r.Matters(ctx, r.Firm)
		must(t, err)
		if numbers(running) != "2016-H1" || numbers(ended) != "2016-H2" {
			t.Errorf("running %s, ended %s", numbers(running), numbers(ended))
		}
	})
}

// What an organisation may begin names it whatever it typed, and is begun once.
func TestOpenings(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		ctx := t.Context()
		list := r.Openings(r.Firm)
		if len(list) != 1 || list[0].Procedure.ID != "incubator" || list[0].Action.ID != "apply" {
			t.Fatalf("%v", list)
		}
		id := gov.NewID(r.Now)
		values := cases.Values{"name": "虚构云帆孵化基地", "kind": "base", "ground": "recognised", "title": "国家级孵化器", "operator_name": r.Firm.Name, "address": "虚构路1号", "operator": r.Other.Code}
		for range 2 {
			must(t, r.BeginMatter(ctx, r.Firm, id, list[0], values))
		}
		c, _, err := r.Docket.Case(ctx, id)
		must(t, err)
		if c.Values.Text("operator") != r.Firm.Code || c.Version != 1 {
			t.Errorf("it names %s and has %d events", c.Values.Text("operator"), c.Version)
		}
		refused(t, r.BeginMatter(ctx, r.Other, id, r.Openings(r.Other)[0], values), gov.NotFound, "")
		err = r.BeginMatter(ctx, r.Firm, gov.NewID(r.Now), list[0], cases.Values{"name": "虚构"})
		if wrong, ok := err.(cases.Mistakes); !ok || len(wrong) < 3 {
			t.Errorf("with next to nothing: %v", err)
		}
	})
}

// Whoever acts for an organisation is told of its cases, once a step, as long as they may
// act; the staff are told as ever.
func TestTold(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		ctx := t.Context()
		clock := r.Clock
		keys := privacy.NewKeyring()
		store := r.DB.Residents(r.Pack.District, keys)
		register := residents.New(residents.Config{Store: store, Keys: keys, Clock: clock, Name: r.Pack.Name, Matter: func(ctx context.Context, id gov.ID) (residents.Matter, error) {
			m, err := r.Work.Matter(ctx, id)
			return residents.Matter(m), err
		}})
		tell := notices.New(notices.Config{Store: r.DB.Notices(r.Pack.District), Staff: nobody{}, Cases: r.Docket, Pack: func() *policy.Pack { return r.Pack }, Calendar: calendar.Seed,
			Clock: clock, Actor: casework.Actor, Outside: apply.Outside{Register: register, Applications: r.Applications}})
		r.Represent(t, register, r.Firm, "yun@example.cn", r.Now.AddDate(0, 6, 0).Format("2006-01-02"))
		news := func() (list []residents.Dispatch) {
			all, err := store.Due(ctx, 100)
			must(t, err)
			for _, d := range all {
				if d.Kind == residents.ActingDispatch {
					list = append(list, d)
				}
			}
			return list
		}
		started := func(o apply.Organisation, period string) casework.Sheet {
			_, err := r.Docket.Start(ctx, "incubator_data", "series/JD-1/"+period, half(o, "JD-1", period, "2017-01-16"))
			must(t, err)
			running, _, err := r.Matters(ctx, o)
			must(t, err)
			for range 2 {
				must(t, tell.Tell(ctx, running[0].ID))
			}
			return running[0]
		}
		mine := started(r.Firm, "2016-H2")
		started(r.Other, "2016-H1") // nobody acts for it
		list := news()
		if len(list) != 1 || list[0].Case != mine.ID {
			t.Fatalf("told %+v", list)
		}
		o, wanted, err := register.Compose(ctx, list[0])
		must(t, err)
		if !wanted || o.To.Value != "yun@example.cn" || !strings.Contains(o.Body, mine.Number) || !strings.Contains(o.Body, "/acting/cases/"+mine.ID.String()) || strings.Contains(o.Body, "虚构") {
			t.Errorf("%v to %s: %s", wanted, o.To.Masked(), o.Body)
		}
		// Their time is over.
		r.Later(t, 300)
		must(t, r.Work.Act(ctx, r.Clerk, docket.Step{Case: mine.ID}, "remind", cases.Values{}, ""))
		must(t, tell.Tell(ctx, mine.ID))
		if list := news(); len(list) != 1 {
			t.Errorf("told %d times, once of it after their time", len(list))
		}
	})
}

// nobody is an office without staff.
type nobody struct{ others }

type others = interface {
	Person(ctx context.Context, id gov.ID) (people.Person, error)
	Account(ctx context.Context, person gov.ID) (*people.Account, error)
}

func (nobody) Staff(context.Context) ([]people.Holdings, error) { return nil, nil }
