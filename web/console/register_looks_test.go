package console_test

import (
	"testing"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/registers"
	"quanxiang/registers/invent"
)

// An auditor sees who looked at registers, by whatever they look for, and takes the
// list away; others do not.
func TestLooksAtRegisters(t *testing.T) {
	t.Parallel()
	s := open(t)
	codes, err := invent.Codes(s.pack.District, 1)
	must(t, err)
	target, err := registers.NewTarget(s.pack, "market", "", "gsfj")
	must(t, err)
	_, err = s.registers.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, []map[string]string{{"key": codes[0], "name": "虚构云杉餐饮", "form": "企业", "founded": "2010-01-02"}})
	must(t, err)
	h, err := s.store.Holdings(t.Context(), s.clerk)
	must(t, err)
	by := people.Staff(h, s.pack, now, now)
	_, err = s.registers.Look(t.Context(), by, "market", codes[0], "inspection", "查1号")
	must(t, err)
	_, err = s.registers.LookAtList(t.Context(), by, registers.Query{Register: "market", Facet: "enterprise"}, "support", "申报审核")
	must(t, err)
	key, _, err := s.keys.Make(t.Context(), people.Operator("root", now), apikeys.Key{Name: "资金系统", Unit: "gsfj", Contact: "x", Rate: 10, Scope: apikeys.Registers})
	must(t, err)
	_, err = s.registers.Read(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, key, "gsfj", "market", codes[0], "tender", "")
	must(t, err)

	const path = "/console/register-looks"
	s.get(s.auditor, path).wants(t, "all", 200, "李四", codes[0], "监督检查", "查1号", "整份名单", "申报审核 [facet=enterprise]", "资金系统（程序", "招标采购审查")
	s.get(s.auditor, path+"?person=A4&purpose=inspection&key="+codes[0]).wants(t, "some", 200, "查1号", "!申报审核", "!资金系统")
	s.get(s.auditor, path+"?until=2026-11-23").wants(t, "before", 200, "!查1号", "没有符合条件的记录")
	s.get(s.auditor, path+".csv?register=market&person=A4").wants(t, "a file", 200, "李四", "查1号", "!资金系统")
	s.get(s.auditor, "/console").wants(t, "the way there", 200, `href="`+path+`"`)
	s.get(s.clerk, path).wants(t, "a clerk", 403)
	s.get(s.admin, path+".csv").wants(t, "an administrator", 403)
}
