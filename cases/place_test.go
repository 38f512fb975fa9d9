package cases_test

import (
	"testing"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
)

// ground is a district of which the land west of 116.4° is the west street and
// the rest is not known.
type ground struct{ *policy.Pack }

func (g ground) AreaAt(pt geo.Point, level policy.AreaLevel) (policy.Area, bool) {
	if pt.Lon < 116.4 && level == policy.StreetLevel {
		return g.Area("990102001")
	}
	return policy.Area{}, false
}

// An area follows from its point where the ground is known: it outdoes what was
// chosen, conditions and effects see it, and it goes when the point moves away.
// Elsewhere it is chosen.
func TestAreaAtAPoint(t *testing.T) {
	t.Parallel()
	const west, unknown, far = "39.900000,116.300000", "39.900000,116.500000", "39.900000,116.600000"
	for _, tt := range []struct {
		name  string
		typed []cases.Values // of the beginning and of every later change
		want  any
	}{
		{"known ground", []cases.Values{{"place": west}}, "990102001"},
		{"known ground outdoes a choice", []cases.Values{{"place": west, "street": "990102002"}}, "990102001"},
		{"a later choice too", []cases.Values{{"place": west}, {"street": "990102002"}}, "990102001"},
		{"no point", []cases.Values{{"street": "990102002"}}, "990102002"},
		{"unknown ground", []cases.Values{{"place": unknown}}, nil},
		{"a choice on unknown ground", []cases.Values{{"place": unknown, "street": "990102002"}}, "990102002"},
		{"a choice stands while the point does", []cases.Values{{"place": unknown, "street": "990102002"}, {"place": unknown}}, "990102002"},
		{"the area of another point goes", []cases.Values{{"place": west}, {"place": unknown}}, nil},
		{"a chosen area goes with the point it was chosen for", []cases.Values{{"place": unknown, "street": "990102002"}, {"place": far}}, nil},
		{"without the point it stays", []cases.Values{{"place": west}, {"place": nil}}, "990102001"},
		{"a point put where none was", []cases.Values{{"street": "990102002"}, {"place": west}}, "990102001"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newTrial(t, `
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}}
  - {id: place, type: point, label: {zh: 位置, en: Place}}
  - {id: street, type: area, at: place, level: street, label: {zh: 街道, en: Street}}
  - {id: unit, type: unit, label: {zh: 单位, en: Unit}}
parties: [{id: a, name: {zh: 甲, en: A}, who: "post(fgw)"}]
states: [{id: run, name: {zh: 办, en: Runs}, kind: open}, {id: end, name: {zh: 完, en: Ended}, kind: done}]
actions:
  - {id: go, name: {zh: 走, en: Go}, at: [new], to: run, by: [a], asks: [name, place, street], set: [{field: unit, to: serving.street}]}
  - {id: move, name: {zh: 移, en: Move}, at: [run], by: [a], asks: [place, street], set: [{field: unit, to: serving.street}]}
  - {id: stop, name: {zh: 停, en: Stop}, at: [run], to: end, by: [a]}
`)
			g.w = cases.World{Now: moment(t, "2016-11-01 09:00"), Calendar: calendar.Seed(), Dir: ground{samplePack(t)}}
			li := person("li", "fgw clerk")
			res, err := cases.Begin(g.p, cases.Case{ID: gov.NewID(g.w.Now)}, cases.Input{Action: "go", Values: tt.typed[0], Actor: li}, nil, g.w)
			for _, v := range tt.typed[1:] {
				if err != nil {
					break
				}
				res, err = cases.Act(g.p, res.Case, cases.Input{Action: "move", Values: v, Actor: li}, g.w)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := res.Case.Values["street"]; got != tt.want {
				t.Errorf("the street is %v, want %v", got, tt.want)
			}
			unit := any(nil)
			if tt.want != nil {
				unit = map[any]string{"990102001": "xijie", "990102002": "dongjie"}[tt.want]
			}
			if got := res.Case.Values["unit"]; got != unit {
				t.Errorf("the unit that serves it is %v, want %v", got, unit)
			}
		})
	}
}

// What a condition reads of an entry or an area that follows from what is typed
// is not settled before: another choice mends it.
func TestConditionsOnWhatFollows(t *testing.T) {
	t.Parallel()
	g := newTrial(t, `
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}}
  - {id: place, type: point, label: {zh: 位置, en: Place}}
  - {id: street, type: area, at: place, level: street, label: {zh: 街道, en: Street}}
parties: [{id: a, name: {zh: 甲, en: A}, who: "post(fgw)"}]
states: [{id: run, name: {zh: 办, en: Runs}, kind: open}, {id: end, name: {zh: 完, en: Ended}, kind: done}]
actions:
  - {id: go, name: {zh: 走, en: Go}, at: [new], to: run, by: [a], asks: [name]}
  - {id: west, name: {zh: 西, en: West}, at: [run], by: [a], asks: [place], when: [{if: serving.street == 'xijie', why: {zh: 不在西街, en: it is not in the west street}}]}
  - {id: named, name: {zh: 名, en: Named}, at: [run], by: [a], asks: [place], when: [{if: name != '', why: {zh: 没有名, en: it has no name}}]}
  - {id: stop, name: {zh: 停, en: Stop}, at: [run], to: end, by: [a]}
`)
	g.w = cases.World{Now: moment(t, "2016-11-01 09:00"), Calendar: calendar.Seed(), Dir: ground{samplePack(t)}}
	li := person("li", "fgw clerk")
	res, err := cases.Begin(g.p, cases.Case{ID: gov.NewID(g.w.Now)}, cases.Input{Action: "go", Actor: li}, nil, g.w)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range cases.Options(g.p, res.Case, li, g.w) {
		if settled := o.Action.ID == "named"; settled != (o.Why != nil) {
			t.Errorf("%s: %v", o.Action.ID, o.Why)
		}
	}
	if _, err := cases.Act(g.p, res.Case, cases.Input{Action: "west", Values: cases.Values{"place": "39.9,116.5"}, Actor: li}, g.w); err == nil {
		t.Error("a place that is not in the street was taken")
	}
	if _, err := cases.Act(g.p, res.Case, cases.Input{Action: "west", Values: cases.Values{"place": "39.9,116.3"}, Actor: li}, g.w); err != nil {
		t.Errorf("a place in the street: %v", err)
	}
}
