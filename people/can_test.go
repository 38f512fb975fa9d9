package people_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
)

// noon is a working day of the reference pack's year.
var noon = time.Date(2016, 9, 15, 12, 0, 0, 0, gov.China)

func date(s string) gov.Date {
	d, err := gov.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func id(n int) gov.ID { return gov.NewID(time.UnixMilli(int64(n))) }

// holding makes the holdings of a new person with roles in units: "clerk@fgw".
func holding(roles ...string) people.Holdings {
	person := id(1)
	h := people.Holdings{
		Person:  people.Person{ID: person, Name: "甲", Unit: "fgw"},
		Account: &people.Account{Person: person, Login: "jia", State: people.Active},
	}
	for i, r := range roles {
		role, unit, _ := strings.Cut(r, "@")
		h.Assignments = append(h.Assignments, people.Assignment{ID: id(i + 1), Person: person, Role: role, Unit: unit, Period: people.Period{From: date("2016-01-01")}})
	}
	return h
}

// covering adds an absence of another to what a person holds as a deputy.
func covering(h people.Holdings, absent people.Holdings, from, to string) people.Holdings {
	h.Covers = append(h.Covers, people.Cover{
		Absence: people.Absence{ID: id(9), Person: absent.Person.ID, Deputy: h.Person.ID, Period: people.Period{From: date(from), To: date(to)}},
		Name:    absent.Person.Name, Assignments: absent.Assignments,
	})
	return h
}

// TestMatrix is the whole of who may do what in the reference pack: u in the
// unit of the role, D everywhere, a dot nowhere.
func TestMatrix(t *testing.T) {
	t.Parallel()
	const want = `
                 clerk reviewer lead acceptor shift-head dispatcher supervisor inspector supervision leader disclosure auditor administrator inspection-office witness seal-holder finance-officer payment-approver policy-officer public operator
read-cases       u     u        u    D        D          D          u          u         D           D      D          D       .             .                 .       .           D               D                .              .      .
accept           .     .        .    D        D          .          .          .         .           .      .          .       .             .                 .       .           .               .                .              .      .
dispatch         .     .        .    .        .          D          .          .         .           .      .          .       .             .                 .       .           .               .                .              .      .
handle           u     .        .    .        .          .          .          .         .           .      .          .       .             .                 .       .           .               .                .              .      .
review           .     u        u    .        .          .          .          .         .           .      .          .       .             .                 .       .           .               .                .              .      .
approve          .     .        u    .        D          .          .          .         .           .      .          .       .             .                 .       .           .               .                .              .      .
verify           .     .        .    .        .          .          u          .         .           .      .          .       .             .                 .       .           .               .                .              .      .
inspect          .     .        .    .        .          .          .          u         .           .      .          .       .             .                 .       .           .               .                .              .      .
supervise        .     .        .    .        .          .          .          .         D           .      .          .       .             .                 .       .           .               .                .              .      .
confirm-duty     .     .        .    .        .          .          .          .         D           .      .          .       .             .                 .       .           .               .                .              .      .
instruct         .     .        .    .        .          .          .          .         .           D      .          .       .             .                 .       .           .               .                .              .      .
publish          .     .        .    .        .          .          .          .         .           .      D          .       .             .                 .       .           .               .                .              .      .
see-contact      u     .        u    D        D          .          .          .         .           .      .          .       .             .                 .       .           .               .                .              .      .
see-identity     u     u        .    .        .          .          .          .         .           .      .          .       .             .                 .       .           .               .                .              .      .
see-finances     .     u        .    .        .          .          .          .         .           .      .          .       .             .                 .       .           D               .                .              .      .
read-registers   u     u        u    .        .          .          .          u         D           D      .          .       .             D                 .       .           .               .                .              .      .
push-records     u     .        u    .        .          .          .          .         .           .      .          .       .             .                 .       .           .               .                .              .      D
plan-inspections u     .        u    .        .          .          .          .         .           .      .          .       .             .                 .       .           .               .                .              .      .
lead-inspections .     .        .    .        .          .          .          .         .           .      .          .       .             D                 .       .           .               .                .              .      .
read-funds       .     .        .    .        .          .          .          .         .           D      .          D       .             .                 .       .           D               D                .              .      .
keep-funds       .     .        .    .        .          .          .          .         .           .      .          .       .             .                 .       .           D               .                .              .      .
approve-payments .     .        .    .        .          .          .          .         .           .      .          .       .             .                 .       .           .               D                .              .      .
hold-draws       .     .        .    .        .          .          .          .         .           .      .          .       .             D                 .       .           .               .                .              .      .
witness-draws    .     .        .    .        .          .          .          .         .           .      .          .       .             .                 D       .           .               .                .              .      .
seal-draws       .     .        .    .        .          .          .          .         .           .      .          .       .             .                 .       D           .               .                .              .      .
attest-draws     .     .        .    .        .          .          .          .         .           .      .          D       .             .                 .       .           .               .                .              .      .
try-programmes   .     .        .    .        .          .          .          .         .           .      .          .       .             .                 .       .           .               .                D              .      D
import-texts     .     .        .    .        .          .          .          .         D           .      D          .       D             .                 .       .           .               .                .              .      D
read-ledger      .     .        .    .        .          .          .          .         .           .      .          D       .             .                 .       .           .               .                .              .      .
read-looks       .     .        .    .        .          .          .          .         .           .      .          D       .             .                 .       .           .               .                .              .      .
manage-logins    .     .        .    .        .          .          .          .         .           .      .          .       D             .                 .       .           .               .                .              .      D
manage-posts     .     .        .    .        .          .          .          .         .           .      .          .       D             .                 .       .           .               .                .              .      D
load-pack        .     .        .    .        .          .          .          .         .           .      .          .       D             .                 .       .           .               .                .              .      D
`
	pack := packtest.Xicheng(t)
	head := "                 "
	var standings []people.Standing
	for _, r := range pack.Roles {
		head += r.ID + " "
		standings = append(standings, people.Staff(holding(r.ID+"@fgw"), pack, noon, noon))
	}
	standings = append(standings, people.Public(noon), people.Operator("root", noon))
	head += "public operator"
	names := strings.Fields(head)
	var got strings.Builder
	fmt.Fprintf(&got, "\n%s\n", head)
	for _, act := range policy.Acts() {
		line := fmt.Sprintf("%-17s", act)
		for i, s := range standings {
			mark := "."
			here, there := people.Can(s, act, people.Object{Units: []string{"fgw", "czj"}}), people.Can(s, act, people.Object{Units: []string{"czj"}})
			whole := people.Can(s, act, people.Object{})
			switch {
			case here == nil && there == nil && whole == nil:
				mark = "D"
			case here == nil && there != nil && whole != nil:
				mark = "u"
			case here != nil && there != nil && whole != nil:
			default:
				t.Errorf("%s by %s: in the unit %v, elsewhere %v, in the district %v", act, names[i], here, there, whole)
			}
			for _, err := range []error{here, there, whole} {
				want := gov.Forbidden
				if names[i] == "public" {
					want = gov.Unknown
				}
				if err != nil && gov.CodeOf(err) != want {
					t.Errorf("%s by %s: %v, want code %s", act, names[i], err, want)
				}
			}
			line += fmt.Sprintf("%-*s ", len(names[i]), mark)
		}
		fmt.Fprintln(&got, strings.TrimRight(line, " "))
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	fgw := people.Object{Units: []string{"fgw"}}
	clerk, reviewer := holding("clerk@fgw"), holding("reviewer@fgw")
	reviewer.Person.ID = id(2)
	old := noon.Add(-people.ProofLasts - time.Second)
	deputy := covering(holding("clerk@fgw"), reviewer, "2016-09-01", "2016-10-01")
	for _, tt := range []struct {
		why    string
		s      people.Standing
		act    policy.Act
		o      people.Object
		code   gov.Code
		zh, en string
	}{
		{"an act that does not exist", people.Staff(clerk, pack, noon, noon), "fly", fgw, gov.Forbidden, "没有“fly”", "no act"},
		{"no role", people.Staff(clerk, pack, noon, noon), policy.Approve, fgw, gov.Forbidden, "您现在的角色：经办人（区发展改革委）", "Your roles now: Clerk (District Development"},
		{"no role at all", people.Staff(holding(), pack, noon, noon), policy.Approve, fgw, gov.Forbidden, "您现在的角色：无", "none"},
		{"another unit", people.Staff(clerk, pack, noon, noon), policy.Handle, people.Object{Units: []string{"czj"}}, gov.Forbidden, "您可以在区发展改革委“承办”，但这里属于区财政局", "belongs to"},
		{"four eyes", people.Staff(reviewer, pack, noon, noon), policy.Review, people.Object{Units: []string{"fgw"}, Did: []gov.ID{id(7), reviewer.Person.ID}}, gov.Forbidden, "正是您做的", "you did what"},
		{"four eyes of a deputy", people.Staff(deputy, pack, noon, noon), policy.Review, people.Object{Units: []string{"fgw"}, Did: []gov.ID{deputy.Person.ID}}, gov.Forbidden, "正是您做的", "you did what"},
		{"four eyes of the absent", people.Staff(deputy, pack, noon, noon), policy.Review, people.Object{Units: []string{"fgw"}, Did: []gov.ID{reviewer.Person.ID}}, gov.Forbidden, "您所代理的人做的", "deputy for did"},
		{"an old proof", people.Staff(clerk, pack, noon, old), policy.SeeIdentity, fgw, gov.Unknown, "再次验证身份", "prove your identity"},
		{"nobody", people.Public(noon), policy.ReadCases, fgw, gov.Unknown, "请先登录", "log in first"},
		{"a citizen about others", people.Citizen(id(4), "乙", noon), policy.ReadCases, people.Object{Owner: id(5)}, gov.Forbidden, "自己的事项", "your own"},
		{"a citizen doing staff's work", people.Citizen(id(4), "乙", noon), policy.Handle, people.Object{Owner: id(4)}, gov.Forbidden, "自己的事项", "your own"},
		{"the command line", people.Operator("root", noon), policy.ReadCases, fgw, gov.Forbidden, "命令行", "command line"},
		{"one's own rights", people.Staff(holding("administrator@zfb"), pack, noon, noon), policy.ManagePosts, people.Object{Person: id(1)}, gov.Forbidden, "不能更改自己的权限", "their own rights"},
	} {
		if tt.why == "one's own rights" {
			tt.o.Person = tt.s.Person
		}
		err := people.Can(tt.s, tt.act, tt.o)
		if gov.CodeOf(err) != tt.code || !strings.Contains(gov.TextOf(err, gov.ZH), tt.zh) || !strings.Contains(gov.TextOf(err, gov.EN), tt.en) {
			t.Errorf("%s: %s %q / %q; want %s %q / %q", tt.why, gov.CodeOf(err), gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN), tt.code, tt.zh, tt.en)
		}
		if errors.Is(err, people.ErrProof) != (tt.why == "an old proof") {
			t.Errorf("%s: ErrProof %v", tt.why, errors.Is(err, people.ErrProof))
		}
		if strings.Contains(gov.TextOf(err, gov.ZH)+gov.TextOf(err, gov.EN), "%!") {
			t.Errorf("%s: %v", tt.why, err)
		}
	}
}

func TestOwnThings(t *testing.T) {
	t.Parallel()
	me := id(4)
	for _, s := range []people.Standing{people.Citizen(me, "乙", noon), people.Applicant(me, "丙公司", noon), people.Staff(people.Holdings{Person: people.Person{ID: me}}, packtest.Xicheng(t), noon, noon)} {
		for _, act := range []policy.Act{policy.ReadCases, policy.SeeContact, policy.SeeIdentity, policy.SeeFinances} {
			if err := people.Can(s, act, people.Object{Owner: me, Units: []string{"fgw"}}); err != nil {
				t.Errorf("%s about one's own as %s: %v", act, s.Kind, err)
			}
		}
	}
	if err := people.Can(people.Public(noon), policy.ReadCases, people.Object{}); err == nil {
		t.Error("a thing without owner is the public's own")
	}
}

func TestDeputy(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	fgw := people.Object{Units: []string{"fgw"}}
	lead := holding("lead@fgw")
	lead.Person = people.Person{ID: id(2), Name: "主任"}
	deputy := covering(holding("reviewer@fgw"), lead, "2016-09-01", "2016-10-01")

	s := people.Staff(deputy, pack, noon, noon)
	g, err := people.Allow(s, policy.Approve, fgw)
	if err != nil || g.Held.For != lead.Person.ID || g.Held.ForName != "主任" {
		t.Fatalf("Allow = %+v, %v", g, err)
	}
	if want := fmt.Sprintf("staff:%s for %s", deputy.Person.ID, lead.Person.ID); g.Actor().String() != want {
		t.Errorf("actor %s, want %s", g.Actor(), want)
	}
	if g, err := people.Allow(s, policy.Review, fgw); err != nil || g.Actor().For != "" {
		t.Errorf("own roles come first: %+v, %v", g.Actor(), err)
	}
	// A colleague's own work may be reviewed by the same deputy in the own role.
	if _, err := people.Allow(s, policy.Review, people.Object{Units: []string{"fgw"}, Did: []gov.ID{lead.Person.ID}}); err != nil {
		t.Errorf("the absent person's work, in the deputy's own role: %v", err)
	}
	for day, want := range map[string]bool{"2016-08-31": false, "2016-09-01": true, "2016-09-30": true, "2016-10-01": false} {
		at := date(day).Time().Add(23 * time.Hour)
		if got := people.Can(people.Staff(deputy, pack, at, at), policy.Approve, fgw) == nil; got != want {
			t.Errorf("on %s: %v, want %v", day, got, want)
		}
	}
	away := deputy
	away.Absences = []people.Absence{{ID: id(8), Person: deputy.Person.ID, Deputy: id(3), Period: people.Period{From: date("2016-09-10"), To: date("2016-09-20")}}}
	if s := people.Staff(away, pack, noon, noon); people.Can(s, policy.Approve, fgw) == nil || people.Can(s, policy.Review, fgw) != nil {
		t.Error("a deputy who is away covers for nobody and keeps their own role")
	}
	closed := deputy
	closed.Account = &people.Account{State: people.Closed}
	if s := people.Staff(closed, pack, noon, noon); len(s.Held) != 0 {
		t.Errorf("a closed account holds %v", s.Held)
	}
	// Roles that watch each other never meet, whatever is stored.
	watcher := covering(holding("auditor@sjj"), lead, "2016-09-01", "2016-10-01")
	if s := people.Staff(watcher, pack, noon, noon); people.Can(s, policy.Approve, fgw) == nil || people.Can(s, policy.ReadLedger, fgw) != nil {
		t.Error("an auditor became a lead as a deputy")
	}
	// A deputy of an administrator does not change that person's rights.
	admin := holding("administrator@zfb")
	admin.Person.ID = id(2)
	for i := range admin.Assignments {
		admin.Assignments[i].Person = admin.Person.ID
	}
	s = people.Staff(covering(holding("clerk@fgw"), admin, "2016-09-01", "2016-10-01"), pack, noon, noon)
	if people.Can(s, policy.ManagePosts, people.Object{Person: admin.Person.ID}) == nil || people.Can(s, policy.ManagePosts, people.Object{Person: id(6)}) != nil {
		t.Error("a deputy gives rights to the person they act for")
	}
}

func TestStandingByDate(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	h := holding("clerk@fgw", "lead@czj", "jester@fgw")
	h.Assignments[1].Period = people.Period{From: date("2016-09-15"), To: date("2016-09-16")}
	for day, want := range map[string]int{"2015-12-31": 0, "2016-01-01": 1, "2016-09-14": 1, "2016-09-15": 2, "2016-09-16": 1} {
		for _, hour := range []time.Duration{0, 24*time.Hour - time.Second} {
			at := date(day).Time().Add(hour)
			s := people.Staff(h, pack, at.UTC(), at)
			if len(s.Held) != want {
				t.Errorf("at %s: %d roles, want %d (a role the pack does not have grants nothing)", at, len(s.Held), want)
			}
		}
	}
	acts := people.Staff(h, pack, noon, noon).Acts()
	if diff := cmp.Diff([]policy.Act{policy.ReadCases, policy.Handle, policy.Review, policy.Approve, policy.SeeContact, policy.SeeIdentity, policy.ReadRegisters, policy.PushRecords, policy.PlanInspections}, acts); diff != "" {
		t.Errorf("Acts (-want +got):\n%s", diff)
	}
}
