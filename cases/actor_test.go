package cases_test

import (
	"testing"

	"quanxiang/cases"
	"quanxiang/gov"
)

// Each kind of relation, alone and taken away, for the person, a deputy of the
// person and others.
func TestRelations(t *testing.T) {
	t.Parallel()
	const body = `
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}}
  - {id: unit, type: unit, label: {zh: 位, en: Unit}}
  - {id: units, type: units, label: {zh: 位, en: Units}}
  - {id: place, type: area, label: {zh: 地, en: Place}}
  - {id: post, type: post, label: {zh: 职, en: Post}}
  - {id: who, type: person, label: {zh: 人, en: Who}}
  - {id: phone, type: contact, label: {zh: 话, en: Phone}, open: named, named: [reader]}
parties:
  - {id: all, name: {zh: 众, en: All}, who: public}
  - {id: reader, name: {zh: 读, en: Reader}, who: "post(fgw)"}
  - {id: x, name: {zh: 甲, en: X}, who: "WHO"}
states: [{id: open, name: {zh: 办, en: Open}, kind: open}, {id: done, name: {zh: 完, en: Done}, kind: done}]
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: open, by: [all], asks: [name, unit, units, place, post, who, phone]}
  - {id: go, name: {zh: 走, en: Go}, at: [open], to: done, by: [x]}
`
	values := cases.Values{"unit": "fgw", "units": []string{"streets", "czj"}, "place": "990102001005", "post": "head", "who": "li", "phone": "c1"}
	beginner := person("li", "fgw clerk")
	for _, tt := range []struct {
		who  string
		yes  []cases.Actor
		no   []cases.Actor
		bare bool // without values
	}{
		{who: "post(fgw)", yes: []cases.Actor{person("a", "fgw clerk"), person("a", "fgw lead for b")}, no: []cases.Actor{person("a", "czj clerk"), person("a"), everyone, system}},
		{who: "post(fgw, lead)", yes: []cases.Actor{person("a", "fgw clerk", "fgw lead")}, no: []cases.Actor{person("a", "fgw clerk", "czj lead")}},
		{who: "post(streets, clerk)", yes: []cases.Actor{person("a", "xijie clerk")}, no: []cases.Actor{person("a", "streets lead"), person("a", "czj clerk")}},
		{who: "post($unit)", yes: []cases.Actor{person("a", "fgw clerk")}, no: []cases.Actor{person("a", "czj clerk")}},
		{who: "post($units)", yes: []cases.Actor{person("a", "dongjie clerk"), person("a", "czj lead")}, no: []cases.Actor{person("a", "fgw clerk")}},
		{who: "post(area($place))", yes: []cases.Actor{person("a", "xijie clerk")}, no: []cases.Actor{person("a", "dongjie clerk")}},
		{who: "holds($post)", yes: []cases.Actor{person("a", "qzf - head"), person("b", "qzf - head for a")}, no: []cases.Actor{person("a", "qzf clerk")}},
		{who: "person($who)", yes: []cases.Actor{person("li"), person("d", "fgw clerk for li")}, no: []cases.Actor{person("a", "fgw clerk"), everyone}},
		{who: "holder($phone)", yes: []cases.Actor{{Kind: gov.PublicActor, Contacts: []string{"c0", "c1"}}}, no: []cases.Actor{everyone, {Kind: gov.PublicActor, Contacts: []string{"c2"}}}},
		{who: "did(begin)", yes: []cases.Actor{person("li"), person("d", "czj lead for li")}, no: []cases.Actor{person("a", "fgw clerk"), everyone}},
		{who: "public", yes: []cases.Actor{everyone, person("a")}, no: []cases.Actor{system}},
		{who: "public - did(begin)", yes: []cases.Actor{everyone, person("a")}, no: []cases.Actor{person("li")}},
		{who: "post(fgw) - did(begin)", yes: []cases.Actor{person("a", "fgw clerk")}, no: []cases.Actor{person("li", "fgw lead"), person("d", "fgw clerk for li")}},
		{who: "post(fgw) - person($who)", yes: []cases.Actor{person("a", "fgw clerk")}, no: []cases.Actor{person("li", "fgw lead"), person("d", "fgw clerk for li")}},
		{who: "post(fgw) - post(fgw, lead)", yes: []cases.Actor{person("a", "fgw clerk")}, no: []cases.Actor{person("a", "fgw clerk", "fgw lead"), person("a", "fgw clerk", "fgw lead for b")}},
		{who: "post(qzf) - holds($post)", yes: []cases.Actor{person("a", "qzf clerk")}, no: []cases.Actor{person("a", "qzf clerk", "qzf - head")}},
		// With empty fields a relation is nobody, not everybody.
		{who: "post($unit) + post($units) + post(area($place)) + holds($post) + person($who) + holder($phone)", bare: true,
			no: []cases.Actor{everyone, system, person("a"), person("a", "fgw clerk", "qzf - head"), {Kind: gov.PublicActor, Contacts: []string{""}}, {Kind: gov.StaffActor, Seats: []cases.Seat{{}}}}},
	} {
		g := newTrial(t, replaceOnce(t, body, "WHO", tt.who)).at("2016-11-01 09:00")
		v := values
		if tt.bare {
			v = nil
		}
		g.do(beginner, "begin", v)
		for want, actors := range map[bool][]cases.Actor{true: tt.yes, false: tt.no} {
			for _, a := range actors {
				var got bool
				for _, o := range cases.Options(g.p, g.c, a, g.w) {
					got = got || o.Action.ID == "go" && o.Why == nil
				}
				if got != want {
					t.Errorf("%s: %s %q %+v may: %v", tt.who, a.Kind, a.Person, a.Seats, got)
				}
			}
		}
	}
}
