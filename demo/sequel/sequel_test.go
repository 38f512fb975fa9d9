package sequel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/demo/sequel"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// Of three cases that were closed late one unit is exempted, one is not and one
// waits; one that was in time and one closed long ago are left alone. A case in hand
// has a remark, a duty in progress a place.
func TestPlay(t *testing.T) {
	t.Parallel()
	pack, ctx := packtest.Xicheng(t), t.Context()
	now := time.Date(2016, 9, 1, 9, 0, 0, 0, gov.China)
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), func() time.Time { return now })
	d := docket.New(db.Cases(pack.District), dockettest.OnePack{Pack: pack}, calendar.Seed)
	row := ""
	list, _ := pack.List("standard-rows")
	for _, e := range list.Entries {
		if e.Text("class") == "11010210109" {
			row = e.Code
			break
		}
	}
	photo := []string{strings.Repeat("a1", 32)}
	begin := func(procedure, action string, actor cases.Actor, v cases.Values) gov.ID {
		now = now.Add(time.Second)
		id := gov.NewID(now)
		if _, err := d.Begin(ctx, id, procedure, cases.Input{Action: action, Actor: actor, Values: v}); err != nil {
			t.Fatal(err)
		}
		return id
	}
	act := func(id gov.ID, actor cases.Actor, action string, v cases.Values) {
		t.Helper()
		now = now.Add(time.Minute)
		if _, err := d.Act(ctx, docket.Step{Case: id}, cases.Input{Action: action, Actor: actor, Values: v}); err != nil {
			t.Fatal(err)
		}
	}
	clerk, acceptor := dockettest.Staff("ban", "cgwyh", "clerk"), dockettest.Staff("shou", "cgzx-jd", "acceptor")
	inHand := func() gov.ID {
		id := begin("report", "report", cases.Actor{Kind: gov.PublicActor}, cases.Values{"about": "路灯不亮", "class": "11010210109", "place": "39.912300,116.366000"})
		act(id, acceptor, "file", cases.Values{"row": row})
		act(id, dockettest.Staff("pai", "cgzx-zh", "dispatcher"), "dispatch", cases.Values{"unit": "cgwyh"})
		act(id, clerk, "accept", nil)
		return id
	}
	closed := func(days int) gov.ID {
		id := inHand()
		now = now.AddDate(0, 0, days)
		act(id, clerk, "submit", cases.Values{"result": "已修复", "after_photos": photo})
		act(id, acceptor, "send_check", nil)
		act(id, dockettest.Staff("xun", "cgzx-jd", "supervisor"), "verify_after", cases.Values{"check_result": "fixed", "check_photos": photo})
		act(id, acceptor, "close", cases.Values{"reply": "已修复"})
		return id
	}
	old := closed(30)
	now = now.AddDate(0, 0, 30)
	late := []gov.ID{closed(3), closed(2), closed(2)}
	inTime := closed(0)
	hand := inHand()
	duty := begin("duty", "enter", dockettest.Staff("du", "zfb", "supervision"), cases.Values{"title": "整治", "text": "整治", "lead": []string{"cgwyh"}, "end": "2030-12-31"})
	act(duty, dockettest.Staff("du", "zfb", "supervision"), "confirm", nil)
	act(duty, clerk, "accept", nil)

	stage := sequel.Stage{Docket: d, Pack: pack, Clock: func() time.Time { return now }, Holders: func(_ context.Context, _ people.Standing, _ string, _ ...people.Place) ([]people.Person, error) {
		return []people.Person{{ID: gov.NewID(now)}}, nil
	}}
	steps, err := stage.Play(ctx)
	if err != nil || steps != 3+3+1+1 { // appeals, their answers, a remark, a place
		t.Fatalf("%d steps, %v", steps, err)
	}
	of := func(id gov.ID) cases.Case {
		c, _, err := d.Case(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	exempted, waiting := 0, 0
	for _, id := range late {
		c := of(id)
		waiting += len(c.Pending)
		if c.Values.Text("exempted") != "" {
			exempted++
		}
	}
	if exempted != 1 || waiting != 1 {
		t.Errorf("%d are exempted, %d wait", exempted, waiting)
	}
	for name, id := range map[string]gov.ID{"the old one": old, "the one in time": inTime} {
		if c := of(id); c.Values.Text("exempted") != "" || len(c.Pending) > 0 {
			t.Errorf("%s was appealed about", name)
		}
	}
	events, err := d.History(ctx, hand, 0)
	if err != nil || events[len(events)-1].Kind != cases.Commented {
		t.Errorf("the case in hand has no remark: %v", err)
	}
	if c := of(duty); c.Values.Text("place") == "" || c.Values.Text("street") == "" {
		t.Errorf("the duty is nowhere: %v", c.Values)
	}
}
