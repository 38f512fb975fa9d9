package cases_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/stamp"
	"quanxiang/gov"
)

// What a phone says stands in the event of the act it came with and in no other,
// is read by the parties of the case alone, and is taken for acts on site only.
func TestStampOfAnAct(t *testing.T) {
	t.Parallel()
	g := newTrial(t, `
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}, open: public}
  - {id: place, type: point, label: {zh: 位置, en: Place}, open: public}
parties:
  - {id: a, name: {zh: 甲, en: A}, who: "post(fgw, clerk)"}
  - {id: b, name: {zh: 乙, en: B}, who: "post(fgw, lead)"}
states: [{id: run, name: {zh: 办, en: Runs}, kind: open}, {id: seen, name: {zh: 看过, en: Seen}, kind: open}, {id: end, name: {zh: 完, en: Ended}, kind: done}]
actions:
  - {id: go, name: {zh: 走, en: Go}, at: [new], to: run, by: [a], asks: [name, place]}
  - {id: look, name: {zh: 看, en: Look}, at: [run], to: seen, by: [a], site: {place: place}}
  - {id: after, name: {zh: 跟, en: After}, at: [seen], to: end, auto: {when: "true"}}
  - {id: ask, name: {zh: 请, en: Ask}, at: [run], to: end, by: [a], approve: [b], site: {place: place, within: 20, hours: 1}}
`)
	li, boss := person("li", "fgw clerk"), person("boss", "fgw lead")
	said := &stamp.Stamp{Place: "39.900000,116.300000", Accuracy: 8}
	g.at("2016-11-01 09:00").do(li, "go", cases.Values{"name": "x"})
	_, err := cases.Act(g.p, g.c, cases.Input{Action: "look", Actor: boss, Stamp: said}, g.w)
	g.want("who may not is refused, stamp or not", gov.Forbidden, gov.CodeOf(err))
	_, err = cases.Begin(g.p, cases.Case{ID: gov.NewID(g.w.Now)}, cases.Input{Action: "go", Values: cases.Values{"name": "x"}, Actor: li, Stamp: said}, nil, g.w)
	g.want("a stamp at a desk", gov.Invalid, gov.CodeOf(err))

	res, err := cases.Act(g.p, g.c, cases.Input{Action: "look", Actor: li, Stamp: said}, g.w)
	if err != nil || len(res.Events) != 2 {
		t.Fatalf("%+v, %v", res.Events, err)
	}
	g.want("the act", said, res.Events[0].Stamp)
	g.want("what follows by itself", true, res.Events[1].Stamp == nil)
	kept, err := json.Marshal(res.Events[0])
	var again cases.Event
	if err != nil || json.Unmarshal(kept, &again) != nil || !reflect.DeepEqual(again.Stamp, said) {
		t.Errorf("kept as %s, read as %+v", kept, again.Stamp)
	}
	staff := cases.Reader{Actor: person("du", "szw clerk"), Staff: true}
	for who, c := range map[string]struct {
		r     cases.Reader
		reads bool
	}{"who did it": {cases.Reader{Actor: li, Staff: true}, true}, "a party": {cases.Reader{Actor: boss, Staff: true}, true}, "an auditor": {cases.Reader{All: true}, true}, "other staff": {staff, false}, "everybody": {cases.Reader{}, false}} {
		if got := cases.Redact(g.p, res.Case, res.Events[0], c.r, g.w.Dir); (got.Stamp != nil) != c.reads {
			t.Errorf("%s reads %+v", who, got.Stamp)
		}
	}

	asked, err := cases.Act(g.p, g.c, cases.Input{Action: "ask", Actor: li, Stamp: said}, g.w)
	if err != nil {
		t.Fatal(err)
	}
	g.want("what is asked for", said, asked.Events[0].Stamp)
	granted, err := cases.Agree(g.p, asked.Case, asked.Events[0].Seq, "", boss, g.w)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range granted.Events {
		g.want("the consent and what follows", true, e.Stamp == nil)
	}
}
