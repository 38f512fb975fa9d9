package docket_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/cases"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/cases/precedent"
	"quanxiang/gov"
	"quanxiang/store/storetest"
)

// parcel is a procedure in which it is remembered who got what kind of case.
const parcel = `
procedure: parcel
title: {zh: 件, en: Parcel}
cite: 样例
number: "J{seq:4}"
subject: name
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}, open: public}
  - {id: kind, type: choice, label: {zh: 类, en: Kind}, options: [{id: big, name: {zh: 大, en: big}}, {id: small, name: {zh: 小, en: small}}]}
  - {id: unit, type: unit, label: {zh: 单位, en: Unit}}
parties:
  - {id: any, name: {zh: 经办人, en: a clerk}, who: "post(zfb, clerk)"}
states:
  - {id: open, name: {zh: 办, en: Open}, kind: open}
  - {id: given, name: {zh: 派, en: Given}, kind: open}
  - {id: done, name: {zh: 完, en: Done}, kind: done}
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: open, by: [any], asks: [name, kind]}
  - {id: give, name: {zh: 派遣, en: Give}, at: [open], to: given, by: [any], asks: [unit!], suggest: [{field: unit, to: "'fgw'", why: {zh: 按例, en: by rule}}]}
  - {id: turn, name: {zh: 改派, en: Turn}, at: [given], by: [any], asks: [unit!]}
  - {id: back, name: {zh: 退回, en: Back}, at: [given], to: open, by: [any]}
  - {id: finish, name: {zh: 完, en: Finish}, at: [given], to: done, by: [any]}
precedents:
  - {id: usual, name: {zh: 同类的件, en: parcels of the kind}, field: unit, of: [give, turn], by: [kind], against: [back, turn], least: 2}
`

// What is remembered of cases, and what is suggested by it. The decisions are
// those of the history however often they are derived.
func TestPast(t *testing.T) {
	t.Parallel()
	run(t, sample(t, "parcel", parcel), func(t *testing.T, k court) {
		who := dockettest.Staff("li", "zfb", "clerk")
		parcel := func(kind string) cases.Case {
			values := cases.Values{"name": "件"}
			if kind != "" {
				values["kind"] = kind
			}
			return k.begin(t, "parcel", cases.Input{Action: "begin", Actor: who, Values: values})
		}
		give := func(c cases.Case, unit string) cases.Case {
			return k.act(t, c, who, "give", cases.Values{"unit": unit})
		}

		give(parcel("big"), "czj")
		c := give(parcel("big"), "fgw")
		c = k.act(t, c, who, "back", nil)
		give(c, "czj")
		k.act(t, give(parcel("big"), "fgw"), who, "turn", cases.Values{"unit": "czj"})
		give(parcel("big"), "zfb")
		give(parcel("small"), "fgw")
		give(parcel("small"), "zfb")
		give(parcel(""), "fgw")
		k.act(t, give(parcel("small"), "zfb"), who, "finish", nil)

		p, _ := k.pack.Procedure("parcel")
		suggested := func(c cases.Case) (list []string) {
			past, err := k.Past(t.Context(), p, c, "give")
			must(t, err)
			for _, s := range precedent.Suggest(p, c, "give", "unit", cases.World{Now: now, Dir: k.pack}, past) {
				list = append(list, fmt.Sprint(s.Value, " ", s.Why.ZH, " / ", s.Why.In(gov.EN)))
			}
			return list
		}
		check := func(when string) {
			t.Helper()
			want := map[string][]string{
				// fgw got two, and neither stayed there: that is no reason, only the rule is.
				"big": {"czj 同类的件：最近6次中3次如此 / parcels of the kind: 3 of the last 6",
					"zfb 同类的件：最近6次中1次如此 / parcels of the kind: 1 of the last 6", "fgw 按例 / by rule"},
				"small": {"zfb 同类的件：最近3次中2次如此 / parcels of the kind: 2 of the last 3",
					"fgw 同类的件：最近3次中1次如此；按例 / parcels of the kind: 1 of the last 3; by rule"},
				"": {"fgw 按例 / by rule"},
			}
			got := map[string][]string{}
			for kind := range want {
				got[kind] = suggested(cases.Case{State: "open", Values: cases.Values{"kind": kind}})
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: want - got +:\n%s", when, diff)
			}
		}
		check("by steps")
		given := storetest.Rows(t, k.db, "select * from case_decisions order by case_id, seq")
		if len(given) != 9 {
			t.Errorf("%d decisions are remembered, want 9", len(given))
		}
		// Lost with all else that is derived, they come back from the history.
		storetest.Exec(t, k.db, "delete from case_decisions", "delete from case_listed", "delete from case_counts")
		_, err := k.Relist(t.Context(), gov.ID{}, 100, func(id gov.ID, err error) { t.Errorf("case %s: %v", id, err) })
		must(t, err)
		check("listed anew")
		if diff := cmp.Diff(given, storetest.Rows(t, k.db, "select * from case_decisions order by case_id, seq")); diff != "" {
			t.Errorf("listed anew - before, + after:\n%s", diff)
		}
	})
}
