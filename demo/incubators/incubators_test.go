package incubators_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/demo"
	"quanxiang/demo/incubators"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/holding"
	"quanxiang/registers/invent"
	"quanxiang/rules/calculate"
	"quanxiang/rules/facts"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/support/judge"
	"quanxiang/support/prefill"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// town is a district whose incubators were played.
type town struct {
	pack    *policy.Pack
	regs    *registers.Registers
	docket  *docket.Docket
	prefill *prefill.Prefill
	judge   *judge.Judge
	clock   *demo.Clock
	steps   int
}

// play fills a district with some firms, and plays its incubators.
func play(t *testing.T, how func(*incubators.Stage, context.Context) (int, error)) *town {
	t.Helper()
	w := &town{pack: packtest.Xicheng(t), clock: &demo.Clock{}}
	start := time.Date(2016, 11, 1, 9, 0, 0, 0, gov.China)
	w.clock.Set(start)
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), w.clock.Now)
	current := func() *policy.Pack { return w.pack }
	w.regs = &registers.Registers{Store: db.Registers(w.pack.District), Pack: current, Clock: w.clock.Now}
	w.prefill = prefill.New(w.regs.Store, current, w.clock.Now)
	w.judge = &judge.Judge{Prefill: w.prefill, Pack: current}
	w.docket = docket.New(db.Cases(w.pack.District), dockettest.OnePack{Pack: w.pack}, calendar.Seed).Into(w.regs).Holding(holding.Holders{Registers: w.regs}).Judged(w.judge)
	tables, err := invent.Market(w.pack, 0, 260, gov.DateOf(start), 7)
	must(t, err)
	for _, table := range tables {
		if table.Register != "market" || table.Kind != "" {
			continue
		}
		target, err := registers.NewTarget(w.pack, "market", "", table.Unit)
		must(t, err)
		push(t, w, target, table.Rows)
	}
	ids := map[string]gov.ID{"clerk": gov.NewID(start), "lead": gov.NewID(start)}
	stage := incubators.Stage{Docket: w.docket, Registers: w.regs, Holders: holding.Holders{Registers: w.regs}, Pack: w.pack, Calendar: calendar.Seed(), Clock: w.clock, Files: files.NewFolder(t.TempDir()), Now: time.Date(2021, 10, 20, 9, 0, 0, 0, gov.China),
		Staff: func(_ context.Context, _ people.Standing, role string, _ ...people.Place) ([]people.Person, error) {
			return []people.Person{{ID: ids[role]}}, nil
		}}
	w.steps, err = how(&stage, t.Context())
	must(t, err)
	return w
}

// push brings a table in.
func push(t *testing.T, w *town, target registers.Target, rows [][]string) {
	t.Helper()
	var items []map[string]string
	for _, row := range rows[1:] {
		item := map[string]string{}
		for i, cell := range row {
			for _, c := range target.Columns() {
				if c.ID == rows[0][i] || c.Label.ZH == rows[0][i] {
					item[c.ID] = cell
				}
			}
		}
		items = append(items, item)
	}
	for chunk := range slices.Chunk(items, registers.MaxPush) {
		out, err := w.regs.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, chunk)
		must(t, err)
		if len(out.Mistakes) > 0 {
			t.Fatalf("%+v", out.Mistakes[0])
		}
	}
}

func (w *town) operator(t *testing.T, code string) string {
	t.Helper()
	e, err := w.regs.Store.Entry(t.Context(), "incubators", code)
	must(t, err)
	return e.Values.Text("operator")
}

// The whole of a history: what each incubator has come to, and what it is paid.
func TestHistory(t *testing.T) {
	t.Parallel()
	w := play(t, (*incubators.Stage).Play)
	if w.steps < 150 {
		t.Errorf("%d steps", w.steps)
	}
	for code, want := range map[string]string{incubators.Certified: "active", incubators.Recognised: "active", incubators.Former: "removed", incubators.Platform: "active", incubators.Inside: "active", "JD2021-01": "applying"} {
		e, err := w.regs.Store.Entry(t.Context(), "incubators", code)
		must(t, err)
		if e.Values.Text("state") != want {
			t.Errorf("%s is %s, want %s", code, e.Values.Text("state"), want)
		}
	}
	former, err := w.regs.Store.Entry(t.Context(), "incubators", incubators.Former)
	must(t, err)
	if v := former.Values; v.Text("removed") != "2019-03-08" || v.Text("banned") != "2021-03-07" || v.Text("name") == "" {
		t.Errorf("removed base: %v", v)
	}
	t.Run("facts", w.facts)
	t.Run("money", w.money)
	t.Run("gate", w.gate)
	t.Run("ban", w.ban)
	t.Run("public", w.public)
	t.Run("certificate", w.certificate)
}

// The same brought as of now comes to the same, but for the day of the withdrawal, and
// leaves nothing that waits but who applies.
func TestBring(t *testing.T) {
	t.Parallel()
	w := play(t, (*incubators.Stage).Bring)
	for code, want := range map[string]string{incubators.Certified: "active", incubators.Former: "removed", incubators.Inside: "active", "JD2021-01": "applying"} {
		e, err := w.regs.Store.Entry(t.Context(), "incubators", code)
		must(t, err)
		if e.Values.Text("state") != want {
			t.Errorf("%s is %s, want %s", code, e.Values.Text("state"), want)
		}
	}
	w.money(t)
	for procedure, want := range map[string]int{"incubator": 2, "incubator_data": 0, "incubator_report": 0, "incubator_assessment": 0, "incubator_teams": 0, "incubator_removal": 0} {
		rows, _, err := w.docket.List(t.Context(), docket.Query{Procedure: procedure}, docket.Place{}, 100)
		if must(t, err); len(rows) != want {
			t.Errorf("%d of %s wait, want %d", len(rows), procedure, want)
		}
	}
}

// fact finds a fact by its name.
func fact(t *testing.T, list []prefill.Fact, name string) prefill.Fact {
	t.Helper()
	f, ok := prefill.Known(list, "企业", name)
	if !ok {
		t.Fatalf("no fact %s", name)
	}
	return f
}

// What the registers know of the certified base, with the tenants behind it. Of 22
// tenants the last came on 2016-10-08, and 16 of the 22 have the certificate (the
// places 0 to 6 of every ten), the last of them one in place 21 with index 1.
func (w *town) facts(t *testing.T) {
	list, err := w.prefill.Facts(t.Context(), w.operator(t, incubators.Certified), 2018)
	must(t, err)
	for name, want := range map[string]string{"孵化加速基地": "true", "基地考核通过": "true", "孵化平台": "false", "入驻企业": `"22家"`, "园区注册纳税企业": `"22家"`, "高新文创中介企业": `"21家"`,
		"入驻满一年企业": `"22家"`, "通过高新认定企业": `"16家"`, "建筑面积": `"6200平方米"`, "实缴资金": `"5000000.00元"`, "免费网络费用": `"300000.00元"`, "取消资格": `"未曾取消"`} {
		if f := fact(t, list, name); string(f.Value) != want {
			t.Errorf("%s = %s, want %s", name, f.Value, want)
		}
	}
	f := fact(t, list, "园区注册纳税企业")
	if len(f.Sources) != 22 || f.Locked || f.Sources[0].Register != "incubators" || f.Sources[0].Kind != "tenant" || f.Sources[0].Version != 1 || f.Sources[0].Name == "" {
		t.Errorf("sources of %s: %d, %+v", f.Name, len(f.Sources), f.Sources[0])
	}
	if !fact(t, list, "基地考核通过").Locked {
		t.Error("an assessment may be stated otherwise")
	}
	// A tenant that was struck off pays no tax in the park any more.
	target, err := registers.NewTarget(w.pack, "market", "", "gsfj")
	must(t, err)
	e, err := w.regs.Store.Entry(t.Context(), "market", w.tenant(t, f.Sources[0]))
	must(t, err)
	item := map[string]string{"key": e.Key, "ended": "2018-03-01"}
	for id, v := range e.Values {
		if s, ok := v.(string); ok {
			item[id] = s
		}
	}
	if _, err := w.regs.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, []map[string]string{item}); err != nil {
		t.Fatal(err)
	}
	list, err = w.prefill.Facts(t.Context(), w.operator(t, incubators.Certified), 2018)
	must(t, err)
	if f := fact(t, list, "园区注册纳税企业"); string(f.Value) != `"21家"` {
		t.Errorf("after one was struck off: %s", f.Value)
	}
}

// tenant is the credit code of a tenant that was counted.
func (w *town) tenant(t *testing.T, s prefill.Source) string {
	t.Helper()
	r, err := w.regs.Store.Record(t.Context(), s.Register, s.Kind, s.Unit, s.Key)
	must(t, err)
	return r.Values.Text("code")
}

// calculated is what the rules give an operator in a year, with facts stated besides.
func (w *town) calculated(t *testing.T, code string, year int, stated map[string]any) calculate.Result {
	t.Helper()
	known, err := w.prefill.Facts(t.Context(), w.operator(t, code), year)
	must(t, err)
	all := map[string]any{}
	for name, v := range prefill.JSON(known, "企业") {
		all[name] = v
	}
	for name, v := range stated {
		all[name] = v
	}
	line, err := json.Marshal(map[string]any{"applicant": "企业", "year": year, "programmes": []string{"17"}, "facts": all})
	must(t, err)
	out, err := calculate.New(w.pack.Rules).JSON(line, facts.Options{}, false)
	must(t, err)
	return out
}

// The money of the certified base for 2018, by hand, in yuan:
//
//	7(1)1  2 × 1000 m² × 365 days   730,000 (at most 1,000,000)
//	7(1)2  120 services, 100 or more 500,000
//	7(1)3  network                  300,000 (at most 500,000)
//	7(2)2  120 rights                400,000, 12 patents 100,000
//	7(3)1  600,000,000 of income     300,000
//	7(3)2  one gazelle               100,000
//	7(3)3  one quoted                 50,000
//	7(3)4  three high-tech            60,000
//	       together                2,540,000
//
// Projects (7(2)1) are stated: none. The platform's by 8(1) is 2 × 100 m² × 365 days:
// the area is less than a fifth of 800 m².
func (w *town) money(t *testing.T) {
	none := map[string]any{"入驻成果": []any{}}
	r := w.calculated(t, incubators.Certified, 2018, none)
	if r.Total.Least != 254_000_000 || r.Total.Most != 254_000_000 {
		t.Errorf("base: %+v, needs %v", r.Total, r.Needs)
	}
	r = w.calculated(t, incubators.Platform, 2018, map[string]any{"落户企业": []any{}})
	if r.Total.Least != 7_300_000 || r.Total.Most != 7_300_000 {
		t.Errorf("platform: %+v, needs %v", r.Total, r.Needs)
	}
	if r := w.calculated(t, incubators.Inside, 2018, map[string]any{"落户企业": []any{}}); r.Total.Most != 0 {
		t.Errorf("a platform within a base (article 9): %+v", r.Total)
	}
}

// A base that failed has no money for that year, and has for others (article 11).
func (w *town) gate(t *testing.T) {
	none := map[string]any{"入驻成果": []any{}}
	if r := w.calculated(t, incubators.Recognised, 2018, none); r.Total.Most != 0 {
		t.Errorf("the year it failed: %+v", r.Total)
	}
	if r := w.calculated(t, incubators.Recognised, 2019, none); r.Total.Least == 0 {
		t.Errorf("the year after: %+v", r.Total)
	}
	if r := w.calculated(t, incubators.Former, 2020, none); r.Total.Most != 0 {
		t.Errorf("withdrawn: %+v", r.Total)
	}
	// Teams settled from 2017 to 2019: in 2021 the three years are not over, with 2022 they
	// would be.
	for year, want := range map[int]bool{2020: true, 2021: true} {
		r := w.calculated(t, incubators.Platform, year, map[string]any{"落户企业": []any{}, "公共空间面积": "100平方米", "平台总面积": "800平方米", "补贴天数": "365天"})
		if got := r.Total.Least > 0; got != want {
			t.Errorf("platform in %d: %+v", year, r.Total)
		}
	}
}

// After a withdrawal nothing is certified for two years, whoever decides.
func (w *town) ban(t *testing.T) {
	for year, want := range map[int]string{2018: `"未曾取消"`, 2020: `"不满两年"`, 2021: `"已满两年"`} {
		list, err := w.prefill.Facts(t.Context(), w.operator(t, incubators.Former), year)
		must(t, err)
		if f := fact(t, list, "取消资格"); string(f.Value) != want && year != 2018 {
			t.Errorf("%d: %s, want %s", year, f.Value, want)
		}
	}
}

// The public reads who has a status and who lost it, and not who applies; nor tenants.
func (w *town) public(t *testing.T) {
	list, err := w.regs.PublicList(t.Context(), "incubators", "", gov.Page{Limit: 3})
	must(t, err)
	more, err := w.regs.PublicList(t.Context(), "incubators", "", gov.Page{Limit: 3, After: list.Next})
	must(t, err)
	var keys []string
	for _, e := range append(list.Items, more.Items...) {
		keys = append(keys, e.Key)
	}
	if got := strings.Join(keys, " "); got != "JD2016-01 JD2017-01 JD2017-02 PT2017-01 PT2017-02" {
		t.Errorf("listed: %s", got)
	}
	if _, err := w.regs.Public(t.Context(), "incubators", "JD2021-01"); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("an applicant in public: %v", err)
	}
	sheet, err := w.regs.Public(t.Context(), "incubators", incubators.Former)
	must(t, err)
	for _, r := range sheet.Records {
		if r.Kind != "assessment" {
			t.Errorf("the public reads a %s", r.Kind)
		}
	}
	if len(sheet.Records) != 3 {
		t.Errorf("%d assessments in public", len(sheet.Records))
	}
}

// No certificate is given while a condition is not met or not known, and each is told
// with its clause.
func (w *town) certificate(t *testing.T) {
	clerk := cases.Actor{Kind: gov.StaffActor, Person: gov.NewID(w.clock.Now()).String(), Seats: []cases.Seat{{Unit: "xcy", Role: "clerk"}}}
	lead := cases.Actor{Kind: gov.StaffActor, Person: gov.NewID(w.clock.Now()).String(), Seats: []cases.Seat{{Unit: "xcy", Role: "lead"}}}
	id, evidence := gov.NewID(w.clock.Now()), []string{strings.Repeat("0", 64)}
	_, err := w.docket.Begin(t.Context(), id, "incubator", cases.Input{Action: "apply", Actor: clerk, Values: cases.Values{
		"name": "虚构小满孵化基地", "kind": "base", "ground": "certified", "operator": w.operator(t, incubators.Former), "operator_name": "虚构", "address": "虚构路9号", "licence": evidence, "premises": evidence, "system": evidence, "service": evidence}})
	must(t, err)
	act := func(by cases.Actor, action string, v cases.Values) error {
		_, err := w.docket.Act(t.Context(), docket.Step{Case: id}, cases.Input{Action: action, Values: v, Actor: by})
		return err
	}
	must(t, act(clerk, "accept", cases.Values{"code": "JD2021-02"}))
	must(t, act(clerk, "verify", cases.Values{"cheap": true, "zone": true, "tax": true, "legal": true, "paid": int64(99_999_999), "runs_since": "2015-01-01"}))
	must(t, act(clerk, "visit_site", cases.Values{"visited_on": "2021-10-18", "visit": "虚构"}))
	must(t, act(clerk, "propose", cases.Values{"joint": "虚构", "opinion": "虚构"}))
	err = act(lead, "certify", nil)
	text := gov.TextOf(err, gov.ZH)
	var wrong cases.Mistakes
	if list, ok := err.(cases.Mistakes); ok {
		wrong = list
	}
	var all []string
	for _, m := range wrong {
		all = append(all, gov.TextOf(m, gov.ZH))
	}
	text += strings.Join(all, "\n")
	for _, want := range []string{"第四条第（二）项", "不符合“实缴资金 达到 100万元”", "第四条第（三）项", "还不知道", "第四条第（四）项"} {
		if !strings.Contains(text, want) {
			t.Errorf("refused without %q: %s", want, text)
		}
	}
	if strings.Contains(text, "优惠租金孵化") {
		t.Errorf("a condition that is met is told: %s", text)
	}
	c, _, err := w.docket.Case(t.Context(), id)
	must(t, err)
	if c.State != "proposed" {
		t.Errorf("the case is %s", c.State)
	}
}
