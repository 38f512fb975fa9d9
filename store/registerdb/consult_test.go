package registerdb_test

import (
	"sync/atomic"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy/register"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/storetest"
)

// An answer is for a day and by what was known then; it is recorded with what it
// rests on, counts as a look, and is told of once by the unit that asked.
func TestConsultations(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	test := func(t *testing.T, e store.Engine) {
		var at atomic.Int64
		clock := func() time.Time { return time.UnixMilli(at.Load()) }
		day := func(n int) gov.Date { return gov.DateOf(now).Add(n) }
		turn := func(days int) { at.Store(now.AddDate(0, 0, days).UnixMilli()) }
		turn(0)
		r, ctx := open(t, storetest.Open(t, storetest.DSN(t, e), clock), pack), t.Context()
		r.Registers.Clock = clock
		c := codes(t, 2)
		if i := r.load(t, "", "gsfj", subjects(t, 2), false); i.Phase != registers.Done {
			t.Fatalf("subjects: %+v", i)
		}
		const head = "统一社会信用代码,列入决定文号,列入日期,移出日期,列入原因\n"
		r.load(t, "serious", "gsfj", head+c[0]+",黑1号,2016-09-01,,虚构\n", false)
		asker := registers.Asker{Actor: gov.Actor{Kind: gov.SystemActor, Name: "test"}, Person: gov.NewID(now), Unit: "czj"}
		ask := func(key string, on gov.Date) registers.Consultation {
			t.Helper()
			got, err := r.May(ctx, asker, registers.Question{Register: "market", Key: key, Receive: "support", On: on, Purpose: "support", Note: "申1号"})
			must(t, err)
			return got
		}
		first := ask("OLD-0000", day(0))
		if first.Key != c[0] || first.Answer.Effect != register.Refuse || first.Class != "D" || len(first.Answer.Reasons) != 1 || first.Answer.Reasons[0].Unit != "gsfj" {
			t.Fatalf("on the list: %+v", first)
		}
		turn(3)
		must(t, r.Withdraw(ctx, caseworktest.Officer(pack, "gsfj", "clerk"), "market", "serious", "gsfj", "黑1号", "录错"))
		turn(4)
		for why, q := range map[string]struct {
			key    string
			on     gov.Date
			effect register.Effect
		}{
			"nothing is known of it":                  {c[1], day(4), register.Clear},
			"it was on the list, and nobody knew":     {c[0], day(-1), register.Clear},
			"what was withdrawn since was known then": {c[0], day(2), register.Refuse},
			"what was withdrawn counts no more":       {c[0], day(4), register.Clear},
			"tomorrow goes by what is known today":    {c[0], day(5), register.Clear},
		} {
			if got := ask(q.key, q.on); got.Answer.Effect != q.effect {
				t.Errorf("%s: %+v", why, got)
			}
		}

		got, err := r.Registers.Store.Consultation(ctx, first.ID)
		must(t, err)
		if got.Answer.Effect != first.Answer.Effect || got.Answer.Reasons[0] != first.Answer.Reasons[0] || got.Person != asker.Person || got.Note != "申1号" {
			t.Errorf("kept as %+v, want %+v", got, first)
		}
		looks, err := r.Registers.Store.Looks(ctx, "market", c[0], 10)
		must(t, err)
		if len(looks) != 5 || looks[4].ID != first.ID || looks[4].Purpose != "support" {
			t.Errorf("the looks are %+v", looks)
		}

		other := asker
		other.Unit = "fgw"
		for why, f := range map[string]func() error{
			"another unit": func() error { _, err := r.Tell(ctx, other, first.ID, registers.Applied, ""); return err },
			"no reason":    func() error { _, err := r.Tell(ctx, asker, first.ID, registers.Waived, " "); return err },
			"no outcome":   func() error { _, err := r.Tell(ctx, asker, first.ID, "perhaps", "x"); return err },
		} {
			if f() == nil {
				t.Errorf("%s is taken", why)
			}
		}
		if list, err := r.Registers.Store.Consultations(ctx, registers.ConsultQuery{Register: "market", Unit: "czj", Open: true}, "", 10); err != nil || len(list) != 2 {
			t.Errorf("to be told of: %d, %v", len(list), err)
		}
		_, err = r.Tell(ctx, asker, first.ID, registers.Waived, "已经修复")
		must(t, err)
		if _, err = r.Tell(ctx, asker, first.ID, registers.Applied, ""); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("told twice: %v", err)
		}
		counts, err := r.Registers.Store.Counts(ctx, "market", now.AddDate(0, 0, -1), now.AddDate(0, 0, 9))
		must(t, err)
		want := map[registers.Count]bool{{Unit: "czj", N: 4}: true, {Unit: "czj", Measure: "serious-support", N: 1}: true, {Unit: "czj", Measure: "serious-support", Outcome: registers.Waived, N: 1}: true}
		if len(counts) != len(want) {
			t.Errorf("counted %+v", counts)
		}
		for _, x := range counts {
			if !want[x] {
				t.Errorf("counted %+v", x)
			}
		}
	}
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			test(t, e)
		})
	}
}
