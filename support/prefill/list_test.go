package prefill_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/fstest"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/rules/facts"
	"quanxiang/support/prefill"
)

// source proposes the tenants of a platform that settled, an entry of the list for each.
const source = `
  - fact: 落户企业
    for: 企业
    cite: 西政发〔2016〕17号 第八条（二）
    name: {zh: 落户的团队, en: teams that settled}
    register: incubators
    by: operator
    entries: entry.kind == 'platform'
    record: tenant
    during: ever
    once: code
    when: record.settled != ''
    take: list
    columns:
      - {field: 企业, value: record.name}
      - {field: 当年落户, value: "record.settled >= '2017-01-01' && record.settled <= '2017-12-31'"}
`

// shelf is registers that hold what a test says.
type shelf struct {
	entries []registers.Entry
	records []registers.Record
}

func (s shelf) Entry(context.Context, string, string) (registers.Entry, error) {
	return registers.Entry{}, gov.Errorf(gov.NotFound, "没有", "none")
}

func (s shelf) Named(_ context.Context, register, _ string, _ int) (list []registers.Entry, err error) {
	for _, e := range s.entries {
		if e.Register == register {
			list = append(list, e)
		}
	}
	return list, nil
}

func (s shelf) Records(_ context.Context, _, key string, _ int) (list []registers.Record, err error) {
	for _, r := range s.records {
		if r.Subject == key {
			list = append(list, r)
		}
	}
	return list, nil
}

// A list is proposed entry by entry from records, each tenant once, the latest; without an
// entry of the register nothing is known, and what is proposed is read by the rules.
func TestList(t *testing.T) {
	t.Parallel()
	all := packtest.Copy(t, packtest.Files(t))
	const file = "programmes/sources.yaml"
	all[file] = &fstest.MapFile{Data: append(all[file].Data, source...)}
	pack := packtest.Load(t, all, ".")
	const operator = "91110102XN0000004K"
	tenant := func(key, code, name, on, settled string) registers.Record {
		v := registers.Values{"code": code, "name": name, "from": on}
		if settled != "" {
			v["settled"] = settled
		}
		return registers.Record{Register: "incubators", Kind: "tenant", Unit: "xcy", Key: key, Version: 1, Subject: "FH-1", On: on, Values: v}
	}
	gone := tenant("5", "E", "虚构戊", "2016-04-01", "2016-06-01")
	gone.Withdrawn = true
	s := shelf{
		entries: []registers.Entry{{Register: "incubators", Key: "FH-1", Name: "虚构平台", Version: 1, Since: "2015-01-01", Values: registers.Values{"operator": operator, "kind": "platform", "state": "active"}}},
		records: []registers.Record{tenant("1", "A", "虚构甲", "2016-02-01", "2016-05-01"), tenant("2", "A", "虚构甲科技", "2017-01-05", "2017-03-01"),
			tenant("3", "B", "虚构乙", "2016-03-01", ""), tenant("4", "C", "虚构丙", "2016-03-01", "2016-04-01"), gone, tenant("6", "F", "虚构己", "2018-02-01", "2018-02-01")},
	}
	at := func() time.Time { return time.Date(2018, 6, 1, 9, 0, 0, 0, gov.China) }
	list, err := prefill.New(s, func() *policy.Pack { return pack }, at).Facts(t.Context(), operator, 2017)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := prefill.Known(list, "企业", "落户企业")
	var rows []struct {
		Name string `json:"企业"`
		Year bool   `json:"当年落户"`
	}
	if !ok || json.Unmarshal(f.Value, &rows) != nil || len(rows) != 2 || rows[0].Name != "虚构甲科技" || !rows[0].Year || rows[1].Name != "虚构丙" || rows[1].Year {
		t.Errorf("the list is %s", f.Value)
	}
	if f.Locked || f.Day.String() != "2017-12-31" || len(f.Sources) != 2 || f.Sources[0].Key != "2" {
		t.Errorf("locked %v, as of %s, out of %+v", f.Locked, f.Day, f.Sources)
	}
	statement, err := json.Marshal(map[string]any{"applicant": "企业", "year": 2017, "facts": prefill.JSON(list, "企业")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := facts.ReadFor(pack.Rules, statement, facts.Options{Docs: []string{"17号"}}); err != nil {
		t.Errorf("the rules do not read %s: %v", statement, err)
	}

	s.entries = nil
	list, err = prefill.New(s, func() *policy.Pack { return pack }, at).Facts(t.Context(), operator, 2017)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := prefill.Known(list, "企业", "落户企业"); ok {
		t.Errorf("of an applicant without a platform it is known that %s", f.Value)
	}
}
