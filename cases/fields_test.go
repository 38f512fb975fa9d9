package cases_test

import (
	"testing"

	"quanxiang/cases"
	"quanxiang/gov"
)

// A field that is emptied counts as not set in conditions, expressions and
// computed fields, whether it is typed or was agreed to later.
func TestEmptiedField(t *testing.T) {
	t.Parallel()
	g := sampleTrial(t, "payment").at("2016-10-10 09:00")
	g.do(person("li", "fgw clerk"), "enter", cases.Values{"purpose": "印刷", "unit": "fgw", "amount": int64(20000000), "account": "1"})
	g.do(person("sun", "fgw lead"), "send_back", cases.Values{"reason": "账号不对"})
	g.do(person("li", "fgw clerk"), "amend", cases.Values{"amount": nil})
	if large := g.c.Values["large"]; large != false || g.c.Values["amount"] != nil {
		t.Errorf("large = %v, amount = %v", large, g.c.Values["amount"])
	}
}

// What a condition says of typed values it says again when they take effect.
func TestConditionOfRequestedValues(t *testing.T) {
	t.Parallel()
	g := newTrial(t, `
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}}
  - {id: days, type: integer, label: {zh: 天, en: Days}}
parties:
  - {id: a, name: {zh: 甲, en: A}, who: "post(fgw)"}
  - {id: b, name: {zh: 乙, en: B}, who: "post(czj)"}
states:
  - {id: open, name: {zh: 办, en: Open}, kind: open}
  - {id: closed, name: {zh: 完, en: Closed}, kind: done}
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: open, by: [a], asks: [name!]}
  - {id: finish, name: {zh: 终, en: Finish}, at: [open], to: closed, by: [a], asks: [days!], approve: [b],
     when: [{if: "days > 2 && given.days", why: {zh: 太短, en: too short}}]}
`).at("2016-10-10 09:00").do(person("x", "fgw clerk"), "begin", cases.Values{"name": "甲"})
	refused(t, g.try(person("x", "fgw clerk"), "finish", cases.Values{"days": int64(2)}), gov.Conflict, "too short")
	g.do(person("x", "fgw clerk"), "finish", cases.Values{"days": int64(3)})
	if err := g.agree(person("y", "czj clerk")); err != nil || g.c.State != "closed" {
		t.Errorf("state %s, %v", g.c.State, err)
	}
}
