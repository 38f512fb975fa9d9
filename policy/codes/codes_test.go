package codes_test

import (
	"os"
	"testing"
	"testing/fstest"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/policytest"
)

// TestMistakes loads a pack whose lists say what is wrong with them.
func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := policy.Load(os.DirFS("testdata"), "mistakes")
	problems, ok := err.(policy.Problems)
	if !ok {
		t.Fatalf("Load = %v, want problems", err)
	}
	policytest.Compare(t, os.DirFS("testdata/mistakes"), problems, "lists/*.yaml")
}

const faults = `list: faults
title: {zh: 故障, en: Faults}
layout:
  name: 样例
  version: 2016
  segments:
    - {name: {zh: 区, en: District}, width: 6, value: "990102"}
    - {name: {zh: 类, en: Class}, width: 2, ends: true}
    - {name: {zh: 号, en: Number}, width: 2}
columns:
  - {id: class, type: code, of: faults, label: {zh: 类, en: Class}}
  - {id: alias, type: text, label: {zh: 别名, en: Alias}, unique: true}
  - {id: limit, type: limit, label: {zh: 期限, en: Limit}}
  - {id: weight, type: integer, label: {zh: 权重, en: Weight}}
entries:
  - {code: 99010201, name: {zh: 道路, en: Roads}}
  - {code: 9901020102, name: {zh: 井盖缺失, en: Manhole cover missing}, class: 99010201, alias: E0102, limit: 2h, weight: 3, until: 2016-06-30}
  - {code: 9901020103, name: {zh: 其他, en: Other}, class: 99010201, alias: E0103}
  - {code: 99010202, name: {zh: 其他, en: Other}}
`

// A list is found by its codes, which keep their zeros; what an entry says has
// the type of its column.
func TestEntries(t *testing.T) {
	t.Parallel()
	p, err := policy.Load(fstest.MapFS{
		"p/pack.yaml":         {Data: []byte("id: p\ndistrict: 990102\nname: 样例区\nversion: 1\n")},
		"p/lists/faults.yaml": {Data: []byte(faults)},
	}, "p")
	if err != nil || len(p.Warnings) > 0 {
		t.Fatal(err, p)
	}
	l, ok := p.List("faults")
	if _, none := p.List("fault"); !ok || none || len(l.Entries) != 4 {
		t.Fatalf("the list is %+v", l)
	}
	e, ok := l.Entry("9901020102")
	if !ok || e.Name.In(gov.EN) != "Manhole cover missing" || e.Text("class") != "99010201" || e.Text("alias") != "E0102" || e.Int("weight") != 3 {
		t.Errorf("the entry is %+v, %v", e, ok)
	}
	if limit, ok := e.Limit("limit"); !ok || limit != (calendar.Limit{N: 2, Unit: calendar.Hours}) {
		t.Errorf("its limit is %v, %v", limit, ok)
	}
	if !e.Valid(gov.Date{Year: 2016, Month: 6, Day: 30}) || e.Valid(gov.Date{Year: 2016, Month: 7, Day: 1}) {
		t.Error("an entry may be chosen to the end of its last day")
	}
	if head, ok := l.Entry("99010201"); !ok || !l.Heads("99010201") || l.Heads("9901020102") || l.Above("9901020102") != head.Code || l.Above(head.Code) != "" {
		t.Error("one entry stands under the other")
	}
	if _, ok := l.Entries[0].Limit("limit"); ok {
		t.Error("an entry without a limit has one")
	}
	for text, code := range map[string]string{
		"9901020102": "9901020102", "E0103": "9901020103", "井盖缺失": "9901020102", "Manhole cover missing": "9901020102", "99010201": "99010201",
		"其他": "", "道路": "", "": "", "E01": "",
	} {
		if e, ok := l.Find(text); ok != (code != "") || ok && e.Code != code {
			t.Errorf("%q means %q, %v; want %q", text, e.Code, ok, code)
		}
	}
	if _, ok := l.Entry("990102010"); ok {
		t.Error("part of a code finds an entry")
	}
}
