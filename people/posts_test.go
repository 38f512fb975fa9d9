package people_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/stafflist"
	"quanxiang/policy"
)

func period(from, to string) people.Period { return people.Period{From: date(from), To: date(to)} }

func TestAssign(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming", "lead@fgw")
	for _, tt := range []struct {
		why  string
		a    people.Assignment
		code gov.Code
		en   string
	}{
		{"no such role", people.Assignment{Role: "jester", Unit: "fgw", Period: period("2016-10-01", "")}, gov.Invalid, "no role"},
		{"no such unit", people.Assignment{Role: "clerk", Unit: "moon", Period: period("2016-10-01", "")}, gov.Invalid, "no unit"},
		{"a group", people.Assignment{Role: "clerk", Unit: "g-jiedao", Period: period("2016-10-01", "")}, gov.Invalid, "stands for several"},
		{"no such post", people.Assignment{Role: "clerk", Unit: "fgw", Post: "king", Period: period("2016-10-01", "")}, gov.Invalid, "no post"},
		{"a post elsewhere", people.Assignment{Role: "clerk", Unit: "fgw", Post: "czj-director", Period: period("2016-10-01", "")}, gov.Invalid, "another unit"},
		{"no such area", people.Assignment{Role: "clerk", Unit: "fgw", Area: "1", Period: period("2016-10-01", "")}, gov.Invalid, "no area"},
		{"an area another unit serves", people.Assignment{Role: "clerk", Unit: "fgw", Area: "110102007", Period: period("2016-10-01", "")}, gov.Invalid, "does not serve"},
		{"no days", people.Assignment{Role: "clerk", Unit: "fgw", Period: period("2016-10-01", "2016-10-01")}, gov.Invalid, "before it begins"},
		{"the same again", people.Assignment{Role: "lead", Unit: "fgw", Period: period("2016-10-01", "")}, gov.Conflict, "already"},
		{"a role that watches it", people.Assignment{Role: "auditor", Unit: "sjj", Period: period("2016-10-01", "")}, gov.Conflict, "watch each other"},
		{"the same elsewhere", people.Assignment{Role: "lead", Unit: "czj", Post: "czj-director", Period: period("2016-10-01", "2017-01-01")}, "", ""},
		{"watching it before it began", people.Assignment{Role: "auditor", Unit: "sjj", Period: period("2016-01-01", "2016-09-15")}, "", ""},
		{"nobody", people.Assignment{Person: gov.NewID(noon), Role: "clerk", Unit: "fgw", Period: period("2016-10-01", "")}, gov.NotFound, ""},
	} {
		if tt.a.Person.IsZero() {
			tt.a.Person = m.person
		}
		_, err := o.Assign(ctx, o.operator(), tt.a)
		if gov.CodeOf(err) != tt.code || err != nil && !strings.Contains(gov.TextOf(err, gov.EN), tt.en) {
			t.Errorf("%s: %v, want %s %q", tt.why, err, tt.code, tt.en)
		}
	}
	if _, err := o.Assign(ctx, m.standing(), people.Assignment{Person: m.person, Role: "clerk", Unit: "fgw", Period: period("2016-10-01", "")}); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("by someone without the right: %v", err)
	}
}

func TestEndAssignment(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	a, err := o.Assign(ctx, o.operator(), people.Assignment{Person: m.person, Role: "clerk", Unit: "fgw", Period: period("2016-09-01", "")})
	o.must(err)
	later, err := o.Assign(ctx, o.operator(), people.Assignment{Person: m.person, Role: "reviewer", Unit: "fgw", Period: period("2016-10-01", "2016-11-01")})
	o.must(err)
	if err := o.EndAssignment(ctx, o.operator(), a, date("2016-09-14")); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("ended yesterday: %v; what was done under it stays right", err)
	}
	o.must(o.EndAssignment(ctx, o.operator(), a, date("2016-09-15")))
	if s := m.standing(); len(s.Held) != 0 {
		t.Errorf("still holds %v", s.Held)
	}
	if err := o.EndAssignment(ctx, o.operator(), a, date("2016-09-16")); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("ended again, later: %v", err)
	}
	if err := o.EndAssignment(ctx, o.operator(), gov.NewID(noon), date("2016-09-16")); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("nothing ended: %v", err)
	}
	// One that never begins does not stand in the way of another.
	o.must(o.EndAssignment(ctx, o.operator(), later, date("2016-09-15")))
	_, err = o.Assign(ctx, o.operator(), people.Assignment{Person: m.person, Role: "reviewer", Unit: "fgw", Period: period("2016-09-20", "")})
	o.must(err)
	for _, r := range o.store.Ledger() {
		if r.Kind == "people.assigned" && (r.Facts["role"] == "" || r.Facts["unit"] != "fgw" || r.Facts["from"] == "" || r.Sealed["person"] != m.person.String()) {
			t.Errorf("the ledger tells %+v", r)
		}
	}
}

func TestAbsence(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	lead := o.member("李小明", "A1", "li.ming", "lead@fgw")
	deputy := o.member("王芳", "A2", "wang.fang", "clerk@fgw")
	third := o.member("赵刚", "A3", "zhao.gang", "clerk@czj")
	auditor := o.member("孙丽", "A4", "sun.li", "auditor@sjj")
	admin := o.member("陈管", "A5", "chen.guan", "administrator@zfb")
	for _, m := range []*member{lead, deputy, third, auditor, admin} {
		m.log(root)
	}
	away := people.Absence{Person: lead.person, Deputy: deputy.person, Period: period("2016-09-15", "2016-09-22")}
	for _, tt := range []struct {
		why    string
		by     people.Standing
		change func(*people.Absence)
		code   gov.Code
		en     string
	}{
		{"without an end", lead.standing(), func(a *people.Absence) { a.Period.To = gov.Date{} }, gov.Invalid, "last day"},
		{"for ever", lead.standing(), func(a *people.Absence) { a.Period.To = date("2018-01-01") }, gov.Invalid, "366"},
		{"by themselves", lead.standing(), func(a *people.Absence) { a.Deputy = a.Person }, gov.Invalid, "own deputy"},
		{"by nobody", lead.standing(), func(a *people.Absence) { a.Deputy = gov.NewID(noon) }, gov.NotFound, ""},
		{"by an auditor", lead.standing(), func(a *people.Absence) { a.Deputy = auditor.person }, gov.Conflict, "watch each other"},
		{"entered by a colleague", third.standing(), func(*people.Absence) {}, gov.Forbidden, "roles"},
		{"entered by the deputy", deputy.standing(), func(*people.Absence) {}, gov.Forbidden, "themselves a deputy"},
		{"of others, by an administrator for themselves", admin.standing(), func(a *people.Absence) { a.Deputy = admin.person }, gov.Forbidden, "themselves a deputy"},
		{"entered by an administrator", admin.standing(), func(a *people.Absence) { a.Period = period("2016-12-01", "2016-12-02") }, "", ""},
		{"entered by themselves", lead.standing(), func(*people.Absence) {}, "", ""},
		{"twice", lead.standing(), func(a *people.Absence) { a.Deputy = third.person }, gov.Conflict, "already"},
	} {
		a := away
		tt.change(&a)
		_, err := o.EnterAbsence(ctx, tt.by, a)
		if gov.CodeOf(err) != tt.code || err != nil && !strings.Contains(gov.TextOf(err, gov.EN), tt.en) {
			t.Errorf("%s: %v, want %s %q", tt.why, err, tt.code, tt.en)
		}
	}
	g, err := people.Allow(deputy.standing(), policy.Approve, people.Object{Units: []string{"fgw"}})
	if err != nil || g.Actor().For != lead.person.String() || g.Held.ForName != "李小明" {
		t.Errorf("the deputy acts by %+v, %v", g, err)
	}
	// No chains, from either end.
	if _, err := o.EnterAbsence(ctx, deputy.standing(), people.Absence{Person: deputy.person, Deputy: third.person, Period: period("2016-09-20", "2016-09-25")}); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("a deputy goes away: %v", err)
	}
	if _, err := o.EnterAbsence(ctx, third.standing(), people.Absence{Person: third.person, Deputy: lead.person, Period: period("2016-09-20", "2016-09-25")}); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("someone away is made a deputy: %v", err)
	}
	// A deputy is not given a role that watches what they are deputy for.
	if _, err := o.Assign(ctx, o.operator(), people.Assignment{Person: deputy.person, Role: "supervision", Unit: "zfb", Period: period("2016-09-20", "")}); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("the deputy of a lead becomes a supervision officer: %v", err)
	}
	// Nor for two at once who watch each other.
	spare := o.member("周舟", "A6", "zhou.zhou")
	_, err = o.EnterAbsence(ctx, lead.standing(), people.Absence{Person: lead.person, Deputy: spare.person, Period: period("2016-11-01", "2016-11-05")})
	o.must(err)
	if _, err := o.EnterAbsence(ctx, auditor.standing(), people.Absence{Person: auditor.person, Deputy: spare.person, Period: period("2016-11-04", "2016-11-08")}); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("the deputy of a lead becomes an auditor's: %v", err)
	}
	h, err := o.store.Holdings(ctx, lead.person)
	o.must(err)
	now := h.Absences[slices.IndexFunc(h.Absences, func(a people.Absence) bool { return a.Period == away.Period })].ID
	o.pass(11 * time.Minute)
	if err := o.EndAbsence(ctx, lead.standing(), now, date("2016-09-15")); err == nil {
		t.Error("an absence ended without a fresh proof")
	}
	o.must(o.EndAbsence(ctx, o.operator(), now, date("2016-09-15")))
	if people.Can(deputy.standing(), policy.Approve, people.Object{Units: []string{"fgw"}}) == nil {
		t.Error("the deputy still acts")
	}
	_, err = o.Assign(ctx, o.operator(), people.Assignment{Person: deputy.person, Role: "supervision", Unit: "zfb", Period: period("2016-09-20", "2016-12-01")})
	o.must(err)
}

func TestLook(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	clerk := o.member("李小明", "A1", "li.ming", "clerk@fgw")
	admin := o.member("陈管", "A5", "chen.guan", "administrator@zfb")
	if p, err := o.Person(ctx, admin.standing(), clerk.person); err != nil || p.Mobile != "138****5678" || p.Email != "l***@example.cn" {
		t.Errorf("shown as %+v, %v", p, err)
	}
	if _, err := o.Person(ctx, people.Public(noon), clerk.person); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("shown to the public: %v", err)
	}
	if _, err := o.Contact(ctx, admin.standing(), clerk.person, "核对"); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("in full to an administrator: %v", err)
	}
	if _, err := o.Contact(ctx, clerk.standing(), admin.person, " "); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	before := len(o.store.Ledger())
	if p, err := o.Contact(ctx, clerk.standing(), clerk.person, ""); err != nil || p.Mobile != "13812345678" || len(o.store.Ledger()) != before {
		t.Errorf("one's own: %+v, %v, recorded %v", p, err, len(o.store.Ledger()) != before)
	}
	p, err := o.Contact(ctx, clerk.standing(), admin.person, "节前值班联系")
	if err != nil || p.Mobile != "13812345678" {
		t.Fatalf("%+v, %v", p, err)
	}
	last := o.store.Ledger()[before]
	last.ID = gov.ID{}
	want := people.Event{Kind: "field.looked", Object: "person:" + admin.person.String(), Facts: map[string]string{"field": "contact", "act": "see-contact"}, Sealed: map[string]string{"reason": "节前值班联系"}}
	if diff := cmp.Diff(want, last.Event); diff != "" || last.Actor.Name != clerk.person.String() {
		t.Errorf("recorded by %s (-want +got):\n%s", last.Actor, diff)
	}
	if err := o.Look(ctx, clerk.standing(), people.Look{Act: policy.ReadCases, Target: people.Object{Units: []string{"fgw"}}, Object: "case:1", Reason: "看看"}); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("a look by an act that is none: %v", err)
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	file := "\ufeff工号,姓名,单位,手机,邮箱\n" +
		"B1,李小明,区发改委,138 1234 5678,li@example.cn\n" +
		"B2,王芳,fgw,,\n" +
		"B3,赵刚,区发改局,,\n" +
		"B1,又一人,fgw,,\n" +
		",无工号,fgw,,\n" +
		"B4,=cmd(),fgw,,\n" +
		"B5,孙丽,fgw,12345,\n" +
		"B6,周舟,fgw\n" +
		"B7,吴越,czj,13900000000,wu at example.cn\n" +
		"B8,郑和·阿里,区财政局,13900000000,\n"
	run := func(text string, dry bool) stafflist.Report {
		t.Helper()
		r, err := stafflist.Import(ctx, o.Office, o.operator(), "staff.csv", strings.NewReader(text), dry)
		o.must(err)
		return r
	}
	const problems = `staff.csv:4:11: there is no unit "区发改局"
staff.csv:5:1: the staff number is that of line 2
staff.csv:6:1: the staff number is missing
staff.csv:7:4: a name has letters, dots, hyphens and blanks only, 50 at most
staff.csv:8:15: not a mobile number: 11 digits beginning with 1
staff.csv:9: the row has 3 columns, the head has 5
staff.csv:10:27: the e-mail address is not written as one`
	if r := run(file, true); r.Added != 3 || r.Problems.In(gov.EN) != problems {
		t.Errorf("dry: %+v\n%s", r, cmp.Diff(problems, r.Problems.In(gov.EN)))
	}
	if n := len(o.store.Ledger()); n != 0 {
		t.Fatalf("a dry run recorded %d acts", n)
	}
	if r := run(file, false); r.Added != 3 || r.Problems.In(gov.EN) != problems {
		t.Errorf("%+v", r)
	}
	if r := run(file, false); r.Added != 0 || r.Changed != 0 || r.Same != 3 {
		t.Errorf("again: %+v", r)
	}
	// An export shows contacts masked; imported again it changes nothing.
	var out strings.Builder
	o.must(stafflist.Export(ctx, o.Office, o.operator(), o.pack, &out, gov.ZH))
	const exported = "\ufeff工号,姓名,单位,手机,邮箱\nB1,李小明,区发展改革委,138****5678,l***@example.cn\nB2,王芳,区发展改革委,,\nB8,郑和·阿里,区财政局,139****0000,\n"
	if diff := cmp.Diff(exported, out.String()); diff != "" {
		t.Errorf("export (-want +got):\n%s", diff)
	}
	if r := run(out.String(), false); r.Same != 3 || len(r.Problems) > 0 {
		t.Errorf("the export comes back as %+v", r)
	}
	// Columns in another order and language; what has no column stays.
	if r := run("unit,Staff number,name\nczj,B1,李小明\n", false); r.Changed != 1 {
		t.Errorf("a change of unit: %+v", r)
	}
	p, err := o.store.PersonByStaffNo(ctx, "B1")
	if err != nil || p.Unit != "czj" || p.Mobile != "13812345678" {
		t.Errorf("%+v, %v", p, err)
	}
	// GB 18030, as spreadsheets here write it.
	if r := run("\xb9\xa4\xba\xc5,\xd0\xd5\xc3\xfb,\xb5\xa5\xce\xbb\nB9,\xc0\xee,fgw\n", false); r.Added != 1 {
		t.Errorf("GB 18030: %+v", r)
	}
	for text, want := range map[string]string{
		"工号,名姓,单位\n":          "no column",
		"工号,姓名\n":             `column "Unit" is missing`,
		"工号,工号,姓名,单位\n":       "twice",
		"staf_no,name,unit\n": `did you mean "staff_no"`,
	} {
		if r := run(text, false); len(r.Problems) == 0 || !strings.Contains(r.Problems.In(gov.EN), want) {
			t.Errorf("%q: %v, want %q", text, r.Problems, want)
		}
	}
	for text, code := range map[string]gov.Code{
		"": gov.Invalid, "工号,姓名,单位\nB1,\"x,y\nB2": gov.Invalid, "\xff\xfe\x00": gov.Unsupported, strings.Repeat("x", 11<<20): gov.TooLarge,
	} {
		if _, err := stafflist.Import(ctx, o.Office, o.operator(), "staff.csv", strings.NewReader(text), false); gov.CodeOf(err) != code {
			t.Errorf("%.20q: %v, want %s", text, err, code)
		}
	}
	if _, err := stafflist.Import(ctx, o.Office, people.Public(noon), "staff.csv", strings.NewReader(file), true); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("by the public: %v", err)
	}
	if err := stafflist.Export(ctx, o.Office, people.Public(noon), o.pack, &out, gov.ZH); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("for the public: %v", err)
	}
}
