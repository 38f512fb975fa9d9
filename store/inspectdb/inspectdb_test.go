package inspectdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/invent"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/registers"
	market "quanxiang/registers/invent"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/inspecttest"
	"quanxiang/store/storetest"
)

var now = caseworktest.Monday

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, db *store.DB, subjects, inspectors int) *inspecttest.Room {
	t.Helper()
	pack := packtest.Xicheng(t)
	return inspecttest.Fill(t, db, pack, func() time.Time { return now }, subjects, inspectors, func(unit, role string) people.Standing { return caseworktest.Officer(pack, unit, role) })
}

// A plan goes from proposals over four eyes to what a draw can be made from; all of it
// is in the ledger.
func TestPlan(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, 300, 120), t.Context()
		clerk, office := r.Officer("syj", "clerk"), r.Officer("gsfj", "inspection-office")
		mine := inspections.Proposal{Unit: "syj", Year: 2016, Quarter: 4, Title: "食品", Items: invent.Codes("syj"), Filter: "trade == '餐饮' || trade == '食品零售'", Share: 20}
		syj, err := r.Plans.Propose(ctx, clerk, mine)
		must(t, err)
		_, err = r.Plans.Propose(ctx, clerk, inspections.Proposal{Unit: "syj", Year: 2016, Quarter: 4, Title: "又一次", Items: invent.Codes("syj")[:1], Share: 40})
		wants(t, err, gov.Invalid, "全年最多抽查 50%，连同其他建议已达 60%")
		_, err = r.Plans.Propose(ctx, clerk, inspections.Proposal{Unit: "syj", Year: 2016, Quarter: 4, Title: "负责人", Items: invent.Codes("syj"), Filter: "head == '甲'"})
		wants(t, err, gov.Invalid, "没有公开的字段“head”")
		_, err = r.Plans.Propose(ctx, r.Officer("gsfj", "clerk"), inspections.Proposal{Unit: "gsfj", Year: 2016, Quarter: 4, Title: "无照", Items: []string{"XC-gsfj-005"}})
		wants(t, err, gov.Invalid, "暂不随机抽查")
		_, err = r.Plans.Propose(ctx, r.Officer("gsfj", "clerk"), mine)
		wants(t, err, gov.Forbidden, "属于")
		xfzd := r.Propose(t, "xfzd", func(p *inspections.Proposal) { p.Count = 12 })

		_, err = r.Plans.Join(ctx, r.Officer("gsfj", "lead"), inspections.Joint{})
		wants(t, err, gov.Forbidden, "统筹抽查")
		id := r.Join(t, false, nil, syj, xfzd)
		wants(t, r.Agree(ctx, clerk, id, "syj"), gov.Forbidden, "正是您做的")
		wants(t, r.Plans.Freeze(ctx, office, id), gov.Conflict, "还有部门没有同意")
		must(t, r.Agree(ctx, r.Officer("syj", "lead"), id, "syj"))
		must(t, r.Agree(ctx, r.Officer("xfzd", "lead"), id, "xfzd"))
		_, err = r.Plans.Propose(ctx, clerk, inspections.Proposal{ID: syj, Unit: "syj", Year: 2016, Quarter: 4, Title: "改", Items: invent.Codes("syj")})
		wants(t, err, gov.Conflict, "已纳入计划")

		must(t, r.Count(ctx, id))
		run, _, err := r.Run(ctx, office, id)
		must(t, err)
		if run.Sum == nil || run.Sum.Read != 300 || run.Sum.Frames[1].Visits != 12 || run.Sum.Visits > run.Sum.Alone || run.Sum.Visits == 0 {
			t.Fatalf("counted %+v", run.Sum)
		}
		must(t, r.Plans.Freeze(ctx, office, id))
		must(t, r.FreezeNow(ctx, id))
		run, _, err = r.Run(ctx, office, id)
		must(t, err)
		plan, err := r.Plan(ctx, office, id)
		must(t, err)
		if plan.State != inspections.StateFrozen || plan.Number != "XC-2016-001" {
			t.Fatalf("plan %s is %s: %s", plan.Number, plan.State, run.Failure.ZH)
		}
		f, err := r.Frozen(ctx, id)
		must(t, err)
		if len(f.Plan.Frames) != 2 || f.Plan.Frames[0].Dept != 2 || int64(f.Plan.Frames[0].Frame.Size) != plan.Sum.Frames[0].Frame || f.Data.Conflicts.Len() == 0 || len(f.Data.Inspectors) == 0 {
			t.Errorf("frozen %+v", f.Plan)
		}
		var quota int64
		for i := range f.Plan.Frames[1].Strata {
			quota += f.Plan.Frames[1].Strata[i].Quota()
		}
		if quota != 12 {
			t.Errorf("the fire detachment asked for 12 visits and gets %d", quota)
		}
		for i := range f.Data.Frames[1].Subjects.Len() {
			row := f.Data.Frames[1].Subjects.At(i)
			if salt, attributes := f.Attributes(1, row.UID); frame.Attr(f.Plan.Suite, salt, attributes) != row.Attr || !strings.Contains(string(attributes), `"street":"110102`) {
				t.Fatalf("attributes %s of %s do not fit", attributes, row.UID.ID())
			}
		}
		wants(t, r.Drop(ctx, office, id), gov.Conflict, "状态已经改变")
		storetest.Sound(t, db)
	})
}

func wants(t testing.TB, err error, code gov.Code, text string) {
	t.Helper()
	if gov.CodeOf(err) != code || !strings.Contains(gov.TextOf(err, gov.ZH), text) {
		t.Errorf("got %s %q, want %s %q", gov.CodeOf(err), gov.TextOf(err, gov.ZH), code, text)
	}
}

// Too few inspectors stop a plan before anything of it is fixed; it comes back with the
// reason, and can be dropped.
func TestTooFewInspectors(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, 200, 12), t.Context() // one inspector to a department
		office := r.Officer("gsfj", "inspection-office")
		one := r.Propose(t, "szw", nil)
		id := r.Join(t, false, []string{"szw"}, one)
		must(t, r.Plans.Freeze(ctx, office, id))
		must(t, r.FreezeNow(ctx, id))
		run, _, err := r.Run(ctx, office, id)
		must(t, err)
		plan, err := r.Plan(ctx, office, id)
		must(t, err)
		if plan.State != inspections.StateAgreed || !strings.Contains(run.Failure.ZH, "检查人员不够") || run.Sum == nil {
			t.Fatalf("plan is %s, run %+v", plan.State, run)
		}
		if _, err := r.Frozen(ctx, id); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("Frozen = %v", err)
		}
		must(t, r.Drop(ctx, office, id))
		b, err := r.Proposal(ctx, office, one)
		must(t, err)
		if !b.Plan.IsZero() {
			t.Error("the proposal is not free again")
		}
	})
}

// A campaign inspects everybody its filter keeps, and while it runs nobody of them is
// drawn. Pairs that met at the last visit, and visits within the year, count.
func TestCampaignAndPast(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, 200, 120), t.Context()
		office := r.Officer("gsfj", "inspection-office")
		id := r.Join(t, true, []string{"wjw"}, r.Propose(t, "wjw", func(p *inspections.Proposal) { p.Filter = "trade == '诊所'" }))
		must(t, r.Plans.Freeze(ctx, office, id))
		must(t, r.FreezeNow(ctx, id))
		plan, err := r.Plan(ctx, office, id)
		must(t, err)
		visits, err := r.CampaignVisits(ctx, id, "", 1000)
		must(t, err)
		if plan.State != inspections.StateListed || len(visits) == 0 || int64(len(visits)) != plan.Sum.Frames[0].Kept {
			t.Fatalf("plan is %s with %d visits", plan.State, len(visits))
		}
		met := visits[0]
		all, err := r.Inspectors(ctx, office, "xfzd")
		must(t, err)
		drawn := r.Freeze(t, "xfzd", nil)
		f, err := r.Frozen(ctx, drawn)
		must(t, err)
		at, exempt := f.Data.Frames[0].Exempt.Find(met.UID)
		if !exempt || f.Data.Frames[0].Exempt.Group(at) != 4 {
			t.Errorf("a subject of a campaign is not exempt from the draw")
		}
		seen := f.Data.Frames[0].Subjects.At(0).UID
		must(t, r.Assigned(ctx, []inspections.Visit{{Plan: drawn, Subject: seen.ID(), UID: seen, Frames: []int{0}, First: gov.DateOf(now), Last: gov.DateOf(now),
			Team: []inspections.Member{{Certificate: all[0].Certificate}, {Slot: 1}}}}))
		g, err := r.Frozen(ctx, r.Freeze(t, "xfzd", nil))
		must(t, err)
		pair := frame.Pair{Subject: seen}
		pair.Inspector, err = lot.SHA256.NewUID(lot.Inspector, all[0].Certificate)
		must(t, err)
		found := false
		for i := range g.Data.Conflicts.Len() {
			found = found || g.Data.Conflicts.At(i) == pair
		}
		if !found {
			t.Error("who was there last is no conflict now")
		}
	})
}

// For random registers and filters, frame and exempt are disjoint and make up what the
// filter keeps, worked out here by plain Go; the order is that of uids and the codes that
// break their check are there, too.
func TestFrameAndExemptAreWhatTheFilterKeeps(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		rng := rand.New(rand.NewPCG(46, 79))
		r, ctx := open(t, db, 600, 120), t.Context()
		r.Push(t, []market.Table{{Register: "market", Unit: "gsfj", Rows: [][]string{
			{"key", "name", "form", "founded", "status", "trade"},
			{"911101020000000001", "虚构校验不符一", "企业", "2010-01-02", "存续", "餐饮"},
			{"011101020000000009", "虚构校验不符二", "企业", "2010-01-02", "存续", "书店"},
		}}})
		entries, drawn, spared := all(t, ctx, r), 0, 0
		for range 4 {
			trades := []string{"餐饮", "书店", "药店", "旅馆", "摄影"}
			a, b := trades[rng.IntN(5)], trades[rng.IntN(5)]
			year := 2005 + rng.IntN(10)
			filter := fmt.Sprintf("(trade == '%s' || trade == '%s') && founded < '%d-01-01'", a, b, year)
			id := r.Freeze(t, "xfzd", func(p *inspections.Proposal) { p.Filter, p.Count = filter, 3 })
			f, err := r.Frozen(ctx, id)
			must(t, err)
			var want []string
			for _, e := range entries {
				status, trade := e.Values.Text("status"), e.Values.Text("trade")
				if e.Values.Text("ended") == "" && status != "closed" && status != "revoked" && (trade == a || trade == b) && e.Values.Text("founded") < fmt.Sprintf("%d-01-01", year) {
					want = append(want, e.Key)
				}
			}
			d := f.Data.Frames[0]
			must(t, d.Subjects.Check())
			must(t, d.Exempt.Check())
			var got []string
			for _, rows := range []frame.Rows{d.Subjects, d.Exempt} {
				for i := range rows.Len() {
					got = append(got, rows.UID(i).ID())
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %d in frame and exempt, %d kept by the filter", filter, len(got), len(want))
			}
			drawn, spared = drawn+d.Subjects.Len(), spared+d.Exempt.Len()
		}
		if drawn == 0 || spared == 0 {
			t.Errorf("%d subjects, %d exempt: the test says little", drawn, spared)
		}
	})
}

func all(t testing.TB, ctx context.Context, r *inspecttest.Room) (out []registers.Listed) {
	t.Helper()
	for after := ""; ; {
		list, err := r.Registers.Store.Entries(ctx, registers.Query{Register: "market"}, after, 500)
		must(t, err)
		if out = append(out, list...); len(list) < 500 {
			return out
		}
		after = list[len(list)-1].Key
	}
}
