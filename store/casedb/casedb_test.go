package casedb_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/storetest"
)

// hand is a clock tests turn.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hand) Now() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }

func (h *hand) set(t testing.TB, text string) {
	t.Helper()
	at, err := time.ParseInLocation(entered.InstantForm, text, gov.China)
	must(t, err)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = at
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sample(t testing.TB) *policy.Pack {
	t.Helper()
	pack, err := policy.Load(os.DirFS("../../cases/testdata"), "sample")
	must(t, err)
	return pack
}

// run gives a test the cases of the sample pack on each engine.
func run(t *testing.T, test func(t *testing.T, db *store.DB, s *docket.Docket, h *hand)) {
	t.Parallel()
	pack := sample(t)
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			h := &hand{}
			h.set(t, "2016-10-10 09:00")
			db := storetest.Open(t, storetest.DSN(t, e), h.Now)
			test(t, db, docket.New(db.Cases(storetest.District), dockettest.OnePack{Pack: pack}, calendar.Seed), h)
		})
	}
}

var (
	li   = dockettest.Staff("li", "fgw", "clerk")
	wang = dockettest.Staff("wang", "fgw", "clerk")
)

func enter(t testing.TB, s *docket.Docket, id gov.ID) cases.Case {
	t.Helper()
	c, err := begin(t, s, id)
	must(t, err)
	return c
}

func begin(t testing.TB, s *docket.Docket, id gov.ID) (cases.Case, error) {
	return s.Begin(t.Context(), id, "payment", cases.Input{Action: "enter", Actor: li,
		Values: cases.Values{"purpose": "印刷", "unit": "fgw", "amount": int64(80050), "account": "6222"}})
}

// What the engine decides is what the database holds, event by event, and all
// of it is in the ledger.
func TestStepsAreKept(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		ctx := t.Context()
		c := enter(t, s, gov.NewID(h.Now()))
		if c.Number != "FK2016-0001" || c.State != "entered" {
			t.Fatalf("began as %s %s", c.Number, c.State)
		}
		h.set(t, "2016-10-10 09:05")
		c, err := s.Act(ctx, docket.Step{Case: c.ID, Version: c.Version}, cases.Input{Action: "send_back", Actor: wang, Values: cases.Values{"reason": "账号不对"}})
		must(t, err)
		c, err = s.Comment(ctx, docket.Step{Case: c.ID}, "请核对", nil, wang)
		must(t, err)
		stored, _ := dockettest.Folded(t, s, c.ID)
		if diff := cmp.Diff(c, stored, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("decided - and stored +:\n%s", diff)
		}
		storetest.Sound(t, db)
		storetest.Exec(t, db, "update case_events set body = body where seq = 1", "update cases set number = 'FK2016-0009'")
		if summary, findings := storetest.Verify(t, db); len(findings) == 0 {
			t.Errorf("a changed case was not found: %+v", summary)
		}
	})
}

// A step sent twice is done once; a step on what someone else has changed is
// refused, and loses nothing.
func TestStepsAreDoneOnce(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		ctx := t.Context()
		id, key := gov.NewID(h.Now()), gov.NewID(h.Now())
		c := enter(t, s, id)
		if again := enter(t, s, id); again.Version != c.Version || again.Number != c.Number {
			t.Errorf("beginning again made %s version %d", again.Number, again.Version)
		}
		back := cases.Input{Action: "send_back", Actor: wang, Values: cases.Values{"reason": "重填"}}
		step := docket.Step{Case: id, Version: c.Version, Key: key}
		first, err := s.Act(ctx, step, back)
		must(t, err)
		second, err := s.Act(ctx, step, back)
		must(t, err)
		if diff := cmp.Diff(first, second, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the same step twice:\n%s", diff)
		}
		if _, err := s.Act(ctx, docket.Step{Case: id, Version: c.Version}, cases.Input{Action: "amend", Actor: li}); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("a stale form: %v", err)
		}
		other := enter(t, s, gov.NewID(h.Now()))
		if _, err := s.Act(ctx, docket.Step{Case: other.ID, Key: key}, back); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("a key used for another case: %v", err)
		}
		if of := storetest.Rows(t, db, "select object from ledger_entries where id = '"+key.String()+"'"); len(of) != 1 || of[0][0] != "case:"+id.String() {
			t.Errorf("the entry of the step is about %v", of)
		}
		storetest.Sound(t, db)
		taken := gov.NewID(h.Now())
		must(t, db.Write(ctx, storetest.District, func(tx *store.Tx) error {
			_, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{ID: taken, Kind: "test.acted", Object: "thing:1", Actor: gov.Actor{Kind: gov.SystemActor}})
			return err
		}))
		amend := cases.Input{Action: "amend", Actor: li, Values: cases.Values{"account": "6223"}}
		if _, err = s.Act(ctx, docket.Step{Case: id, Key: taken}, amend); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("a key under which something else is recorded: %v", err)
		}
		// A step from when the ledger had no names of steps.
		before := gov.NewID(h.Now())
		storetest.Exec(t, db, "update case_events set step = '"+before.String()+"' where case_id = '"+id.String()+"' and seq = 2")
		if again, err := s.Act(ctx, docket.Step{Case: id, Key: before}, amend); err != nil || again.Version != first.Version {
			t.Errorf("a step from before sent again: version %d, %v", again.Version, err)
		}
	})
}

// A case is found by its number as printed, and by nothing like it.
func TestFind(t *testing.T) {
	run(t, func(t *testing.T, _ *store.DB, s *docket.Docket, h *hand) {
		enter(t, s, gov.NewID(h.Now()))
		c := enter(t, s, gov.NewID(h.Now()))
		if id, err := s.Find(t.Context(), c.Number); err != nil || id != c.ID {
			t.Errorf("%s is %v, %v", c.Number, id, err)
		}
		for _, number := range []string{"", "FK2016-0003", "fk2016-0002", "FK2016-000%"} {
			if _, err := s.Find(t.Context(), number); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("%q: %v", number, err)
			}
		}
	})
}

// Of many who act at once on one case one gets through; numbers are given
// once.
func TestConcurrentSteps(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		c := enter(t, s, gov.NewID(h.Now()))
		const n = 12
		var wg sync.WaitGroup
		errs, numbers := make([]error, n), make([]string, n)
		for i := range n {
			wg.Go(func() {
				_, errs[i] = s.Act(t.Context(), docket.Step{Case: c.ID, Version: c.Version}, cases.Input{Action: "check", Actor: wang})
				numbers[i] = enter(t, s, gov.NewID(h.Now())).Number
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			switch gov.CodeOf(err) {
			case "":
				done++
			case gov.Conflict:
			default:
				t.Error(err)
			}
		}
		slices.Sort(numbers)
		if done != 1 || len(slices.Compact(numbers)) != n {
			t.Errorf("%d steps got through; numbers %v", done, numbers)
		}
		storetest.Sound(t, db)
	})
}

// A worklist holds what waits for someone, in the order it is due, and loses
// what no longer does.
func TestWorklist(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		ctx := t.Context()
		var ids []gov.ID
		for range 5 {
			ids = append(ids, enter(t, s, gov.NewID(h.Now())).ID)
			h.set(t, "2016-10-10 09:0"+string(rune('1'+len(ids))))
		}
		if list, _, err := s.Worklist(ctx, li, docket.Query{}, docket.Place{}, 10); err != nil || len(list) != 0 {
			t.Errorf("who entered has to check %d, %v", len(list), err)
		}
		var got []gov.ID
		for place, pages := (docket.Place{}), 0; pages == 0 || !place.IsZero(); pages++ {
			list, next, err := s.Worklist(ctx, wang, docket.Query{}, place, 2)
			must(t, err)
			for _, r := range list {
				got = append(got, r.ID)
			}
			place = next
		}
		if diff := cmp.Diff(ids, got); diff != "" {
			t.Errorf("worklist by pages:\n%s", diff)
		}
		_, err := s.Act(ctx, docket.Step{Case: ids[0]}, cases.Input{Action: "check", Actor: wang})
		must(t, err)
		deputy := cases.Actor{Kind: gov.StaffActor, Person: "zhao", Seats: []cases.Seat{{Unit: "fgw", Role: "clerk", For: "wang"}}}
		list, _, err := s.Worklist(ctx, deputy, docket.Query{}, docket.Place{}, 10)
		must(t, err)
		if len(list) != 4 || list[0].Subject != "印刷" || !slices.Equal(list[0].Units, []string{"fgw"}) {
			t.Errorf("a deputy sees %+v", list)
		}
	})
}

// Time and sub-cases move cases by themselves, each move once.
func TestStir(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		ctx := t.Context()
		h.set(t, "2016-11-01 09:00")
		parent, err := s.Begin(ctx, gov.NewID(h.Now()), "campaign", cases.Input{Action: "start", Actor: dockettest.Staff("office", "zfb", "supervision"),
			Values: cases.Values{"name": "清理", "units": []string{"streets"}, "end": "2016-12-31"}})
		must(t, err)
		site, err := s.Begin(ctx, gov.NewID(h.Now()), "sitework", cases.Input{Action: "send", Actor: dockettest.Staff("desk", "zfb", "clerk"),
			Values: cases.Values{"what": "井盖", "place": "990102002", "unit": "czj"}})
		must(t, err)
		var parts []string
		children, err := s.Children(ctx, parent.ID)
		must(t, err)
		for _, r := range children {
			parts = append(parts, r.Kind+" "+strings.Join(r.Units, ","))
			if r.Parent != parent.ID {
				t.Errorf("%s is a part of %v", r.Number, r.Parent)
			}
		}
		if diff := cmp.Diff([]string{"part xijie", "part dongjie"}, parts); diff != "" {
			t.Errorf("sub-cases -want +got:\n%s", diff)
		}
		if none, err := s.Children(ctx, site.ID); err != nil || len(none) != 0 {
			t.Errorf("%s has %d sub-cases, %v", site.Number, len(none), err)
		}
		for _, unit := range []string{"xijie", "dongjie"} {
			worker := dockettest.Staff(unit, unit, "clerk")
			list, _, err := s.Worklist(ctx, worker, docket.Query{}, docket.Place{}, 10)
			must(t, err)
			if len(list) != 1 || list[0].Parent != parent.ID || list[0].Due == 0 {
				t.Fatalf("%s has %+v", unit, list)
			}
			_, err = s.Act(ctx, docket.Step{Case: list[0].ID}, cases.Input{Action: "complete", Actor: worker})
			must(t, err)
		}
		parent, _, err = s.Case(ctx, parent.ID)
		must(t, err)
		if parent.State != "summing_up" {
			t.Errorf("with its parts done the parent is %q", parent.State)
		}
		h.set(t, "2016-11-02 09:00")
		for range 2 {
			_, err := s.Stir(ctx, h.Now(), 100)
			must(t, err)
		}
		site, p, err := s.Case(ctx, site.ID)
		must(t, err)
		if k := cases.Colour(p, site, cases.World{Now: h.Now(), Calendar: calendar.Seed()}); site.Version != 2 || k.ID != "red" {
			t.Errorf("after its deadline version %d, %s", site.Version, k.ID)
		}
		if n, err := s.Stir(ctx, h.Now(), 100); n != 0 || err != nil {
			t.Errorf("there is still %d to look at, %v", n, err)
		}
		storetest.Exec(t, db, "delete from case_rows", "delete from case_turns")
		storetest.Sound(t, db)
	})
}

// What lists know can be derived again, as after a restore.
func TestRelist(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		for range 5 {
			enter(t, s, gov.NewID(h.Now()))
		}
		h.set(t, "2016-10-10 10:00")
		list, _, err := s.Worklist(t.Context(), wang, docket.Query{}, docket.Place{}, 1)
		must(t, err)
		_, err = s.Comment(t.Context(), docket.Step{Case: list[0].ID}, "请核对", nil, wang)
		must(t, err)
		relist(t, db, s)
	})
}

// A case that is listed anew beside its steps is counted once.
func TestRelistBesideSteps(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		c := enter(t, s, gov.NewID(h.Now()))
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				_, err := s.Relist(t.Context(), gov.ID{}, 10, func(id gov.ID, err error) { t.Errorf("case %s: %v", id, err) })
				if err != nil {
					t.Error(err)
				}
			}
		})
		for i := range 30 {
			in := cases.Input{Action: "send_back", Actor: wang, Values: cases.Values{"reason": "账号不对"}}
			if i%2 == 1 {
				in = cases.Input{Action: "amend", Actor: li, Values: cases.Values{"account": strconv.Itoa(i)}}
			}
			if _, err := s.Act(t.Context(), docket.Step{Case: c.ID}, in); err != nil {
				t.Error(err)
			}
		}
		close(stop)
		wg.Wait()
		tallies, err := s.Tallies(t.Context(), "payment", "unit")
		must(t, err)
		counts := map[string]int64{}
		for _, n := range tallies {
			counts[n.Value+" "+n.State] += n.N
		}
		maps.DeleteFunc(counts, func(_ string, n int64) bool { return n == 0 })
		if diff := cmp.Diff(map[string]int64{"fgw entered": 1}, counts); diff != "" {
			t.Errorf("one case is counted as\n%s", diff)
		}
	})
}

// relist derives anew what lists know and holds it against what was there.
func relist(t *testing.T, db *store.DB, s *docket.Docket) {
	t.Helper()
	look := func() (all [][]string) {
		fold(t, s)
		return slices.Concat(storetest.Rows(t, db, "select * from case_rows order by id"), storetest.Rows(t, db, "select * from case_turns order by case_id, n"),
			storetest.Rows(t, db, "select * from case_facets order by case_id, field, value"),
			storetest.Rows(t, db, "select procedure, field, value, state, colour, sum(n) from case_tallies group by procedure, field, value, state, colour having sum(n) <> 0 order by field, value, state, colour"),
			storetest.Rows(t, db, "select * from case_listed order by case_id"),
			storetest.Rows(t, db, "select * from case_counts where n <> 0 order by field, what, value, month, part"),
			storetest.Rows(t, db, "select * from case_months order by month, case_id"),
			storetest.Rows(t, db, "select case_id, words from case_words order by case_id"))
	}
	before := look()
	storetest.Exec(t, db, "delete from case_rows", "delete from case_turns", "delete from case_facets", "delete from case_tallies",
		"delete from case_listed", "delete from case_counts", "delete from case_months", "delete from case_words", "delete from case_terms")
	for next, first := (gov.ID{}), true; first || !next.IsZero(); first = false {
		var err error
		next, err = s.Relist(t.Context(), next, 2, func(id gov.ID, err error) { t.Errorf("case %s: %v", id, err) })
		must(t, err)
	}
	if diff := cmp.Diff(before, look()); diff != "" {
		t.Errorf("before - and derived again +:\n%s", diff)
	}
}

// fold adds all changes to the sums.
func fold(t *testing.T, s *docket.Docket) {
	t.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = s.Fold(t.Context(), 3)
		must(t, err)
	}
}

// Lists and tallies follow every step.
func TestListsAndTallies(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		ctx := t.Context()
		var ids []gov.ID
		for range 3 {
			ids = append(ids, enter(t, s, gov.NewID(h.Now())).ID)
		}
		_, err := s.Act(ctx, docket.Step{Case: ids[0]}, cases.Input{Action: "send_back", Actor: wang, Values: cases.Values{"reason": "重填"}})
		must(t, err)
		_, err = s.Act(ctx, docket.Step{Case: ids[1]}, cases.Input{Action: "check", Actor: wang})
		must(t, err)
		for _, field := range []string{"", "unit"} {
			tallies, err := s.Tallies(ctx, "payment", field)
			must(t, err)
			counts := map[string]int64{}
			for _, n := range tallies {
				counts[n.Value+" "+n.State] += n.N
			}
			value := map[string]string{"unit": "fgw"}[field]
			want := map[string]int64{value + " entered": 1, value + " returned": 1, value + " paid": 1}
			if diff := cmp.Diff(want, counts); diff != "" {
				t.Errorf("tallies by %q:\n%s", field, diff)
			}
		}
		for _, tt := range []struct {
			q    docket.Query
			want int
		}{
			{docket.Query{Procedure: "payment"}, 2},
			{docket.Query{Procedure: "payment", Ended: true}, 1},
			{docket.Query{Procedure: "payment", Facets: []docket.Facet{{Field: "unit", Value: "fgw"}}, State: "returned"}, 1},
			{docket.Query{Procedure: "payment", Facets: []docket.Facet{{Field: "unit", Value: "czj"}}}, 0},
		} {
			list, next, err := s.List(ctx, tt.q, docket.Place{}, 10)
			if err != nil || len(list) != tt.want || !next.IsZero() {
				t.Errorf("%+v: %d cases, %v, %v", tt.q, len(list), next, err)
			}
		}
	})
}

// A series has one case for every unit and period, however often it is looked
// after and by however many.
func TestRecur(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		ctx := t.Context()
		h.set(t, "2016-10-10 09:00")
		var wg sync.WaitGroup
		errs, made := make([]error, 4), make([]int, 4)
		for i := range made {
			wg.Go(func() { made[i], errs[i] = s.Recur(ctx, h.Now()) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if n := made[0] + made[1] + made[2] + made[3]; n != 4 { // two streets, August and September
			t.Errorf("%d cases were begun", n)
		}
		list, _, err := s.Worklist(ctx, dockettest.Staff("xi", "xijie", "clerk"), docket.Query{}, docket.Place{}, 10)
		must(t, err)
		var subjects []string
		for _, r := range list {
			subjects = append(subjects, r.Subject)
		}
		if diff := cmp.Diff([]string{"2016-08", "2016-09"}, subjects); diff != "" {
			t.Errorf("the street has to report:\n%s", diff)
		}
		storetest.Sound(t, db)
	})
}

// Whoever acts on a case that nobody has looked at since its time came meets it
// as it is now.
func TestTimeComesBeforeTheActor(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		ctx := t.Context()
		h.set(t, "2016-11-01 09:00")
		desk, handler := dockettest.Staff("desk", "zfb", "clerk"), dockettest.Staff("han", "czj", "clerk")
		site, err := s.Begin(ctx, gov.NewID(h.Now()), "sitework", cases.Input{Action: "send", Actor: desk,
			Values: cases.Values{"what": "井盖", "place": "990102002", "unit": "czj"}})
		must(t, err)
		_, err = s.Act(ctx, docket.Step{Case: site.ID}, cases.Input{Action: "suspend", Actor: desk, Values: cases.Values{"until": "2016-11-03", "reason": "等材料"}})
		must(t, err)
		h.set(t, "2016-11-03 08:30")
		site, err = s.Act(ctx, docket.Step{Case: site.ID}, cases.Input{Action: "finish", Actor: handler})
		must(t, err)
		history, err := s.History(ctx, site.ID, 2)
		must(t, err)
		if site.State != "finished" || len(history) != 2 || history[0].Action != "resume" || history[1].Action != "finish" {
			t.Errorf("%s after %+v", site.State, history)
		}
		acts := storetest.Rows(t, db, "select kind, actor from ledger_entries order by id")
		if last := acts[len(acts)-1]; len(acts) != 3 || last[0] != "case.sitework.finish" || last[1] != "staff:han" {
			t.Errorf("the ledger tells of %v", acts)
		}
		storetest.Sound(t, db)
	})
}

// What ended is listed by when it ended: from the first instant of a stretch on,
// before its end, and no more than asked for.
func TestEnded(t *testing.T) {
	run(t, func(t *testing.T, _ *store.DB, s *docket.Docket, h *hand) {
		var ids []gov.ID
		for _, at := range []string{"2016-10-12 09:00", "2016-10-10 09:00", "2016-10-11 09:00"} {
			h.set(t, at)
			c := enter(t, s, gov.NewID(h.Now()))
			_, err := s.Act(t.Context(), docket.Step{Case: c.ID}, cases.Input{Action: "check", Actor: wang})
			must(t, err)
			ids = append(ids, c.ID)
		}
		enter(t, s, gov.NewID(h.Now())) // runs
		day := func(n int) time.Time { return time.Date(2016, 10, n, 9, 0, 0, 0, gov.China) }
		for _, tt := range []struct {
			why      string
			from, to time.Time
			limit    int
			want     []gov.ID
			more     bool
		}{
			{"all, in order", day(10), day(13), 10, []gov.ID{ids[1], ids[2], ids[0]}, false},
			{"the end is outside", day(10), day(12), 10, []gov.ID{ids[1], ids[2]}, false},
			{"the beginning is inside", day(12), day(13), 10, ids[:1], false},
			{"more than asked for", day(10), day(13), 2, []gov.ID{ids[1], ids[2]}, true},
			{"exactly as many", day(10), day(13), 3, []gov.ID{ids[1], ids[2], ids[0]}, false},
			{"none", day(1), day(10), 10, nil, false},
		} {
			rows, more, err := s.Ended(t.Context(), "payment", tt.from, tt.to, tt.limit)
			must(t, err)
			var got []gov.ID
			for _, r := range rows {
				got = append(got, r.ID)
			}
			if !slices.Equal(got, tt.want) || more != tt.more {
				t.Errorf("%s: %v, more %t; want %v, %t", tt.why, got, more, tt.want, tt.more)
			}
		}
	})
}
