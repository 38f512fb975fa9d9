package bench

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/packs/packtest"
	"quanxiang/policy/procedure"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

var reportsOfDay = flag.Int("reports", 96, "how many reports come on the day of TestDay; a city of 22 million has some 60,000")

// TestDay lets a day of reports and of the work on them pass in compressed time,
// the hours as residents report and offices work, many at once, while reporters
// follow their reports and others look at the lists: nothing that was confirmed is
// lost or doubled, what was sent twice is there once, who looks sees what was
// confirmed before, and the figures kept with every step are those an independent
// count of the ledger's entries comes to.
func TestDay(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			day := newDay(t, e, *reportsOfDay)
			begun := time.Now()
			for day.slice() {
			}
			if err := storetest.Sequencer(t, day.db).Sequence(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d reports, %d steps, %d of them sent twice, %d looks, in %v", day.begun.Load(), day.steps.Load(), day.twice.Load(), day.looks.Load(), time.Since(begun).Round(time.Millisecond))
			day.recount()
			storetest.Sound(t, day.db)
		})
	}
}

// sliceOfDay is how much time passes at once: what is due in it is done at one
// instant, by many.
const (
	sliceOfDay   = 5 * time.Minute
	workersOfDay = 16
)

// hours is how the reports of a day come, by hour: few at night, most in the
// morning and the early evening.
var hours = [24]int{2, 1, 1, 1, 1, 2, 4, 8, 12, 13, 11, 9, 7, 8, 9, 9, 9, 10, 11, 9, 7, 5, 4, 3}

// day is a simulated day.
type day struct {
	t      *testing.T
	db     *store.DB
	docket *docket.Docket
	now    atomic.Pointer[time.Time]
	end    time.Time
	due    map[int64][]work // by slice, Unix ms
	mu     sync.Mutex       // guards due and done
	done   map[string]int   // steps that were confirmed, by action
	begun  atomic.Int64
	steps  atomic.Int64
	twice  atomic.Int64
	looks  atomic.Int64
}

// work is what somebody will do with a case.
type work struct {
	id   gov.ID
	n    int // of the report, which decides how it goes
	plan []string
}

var (
	acceptor  = staff("shou", "cgzx-jd", "acceptor")
	sender    = staff("pai", "cgzx-zh", "dispatcher")
	worker    = staff("li", "ylsz", "clerk")
	siteHand  = staff("jian", "cgzx-jd", "supervisor")
	anyone    = cases.Actor{Kind: gov.PublicActor}
	supervise = staff("du", "zfb", "supervision")
)

// photoOfDay is attached before and after: only its name is kept with a case.
var photoOfDay = files.Key(strings.Repeat("0a", 32))

// steps are the actions of a report's life with who does them and what they say.
var steps = map[string]struct {
	by   cases.Actor
	says cases.Values
}{
	"report": {anyone, cases.Values{"about": "便道井盖松动", "street": "110102011", "class": "11010210401", "description": "踩上去会响"}},
	"take":   {acceptor, cases.Values{"about": "来电：井盖松动", "channel": "hotline", "street": "110102011", "class": "11010210401"}},

	"refuse":       {acceptor, cases.Values{"refusal": "untrue", "reply": "现场未见。"}},
	"file":         {acceptor, cases.Values{"row": "B0401-2"}},
	"dispatch":     {sender, cases.Values{"unit": "ylsz"}},
	"accept":       {worker, nil},
	"urge":         {supervise, cases.Values{"demand": "请抓紧"}},
	"submit":       {worker, cases.Values{"result": "已更换", "after_photos": []string{string(photoOfDay)}}},
	"send_check":   {acceptor, nil},
	"verify_after": {siteHand, cases.Values{"check_result": "fixed", "check_photos": []string{string(photoOfDay)}}},
	"close":        {acceptor, cases.Values{"reply": "井盖已更换。"}},
}

// planOf is how a report goes: most are dealt with, some the same day, some are
// not taken up, some are urged.
func planOf(n int) []string {
	first := "report"
	if n%4 == 1 {
		first = "take"
	}
	switch {
	case n%10 == 3:
		return []string{first, "refuse"}
	case n%10 == 7:
		return []string{first, "file", "dispatch", "accept", "urge", "submit", "send_check", "verify_after", "close"}
	}
	return []string{first, "file", "dispatch", "accept", "submit", "send_check", "verify_after", "close"}
}

func newDay(t *testing.T, e store.Engine, reports int) *day {
	t.Helper()
	d := &day{t: t, due: map[int64][]work{}, done: map[string]int{}}
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, gov.China)
	d.now.Store(&midnight)
	d.end = midnight.Add(24 * time.Hour)
	d.db = storetest.Open(t, storetest.DSN(t, e), func() time.Time { return *d.now.Load() })
	d.docket = docket.New(d.db.Cases(storetest.District), dockettest.OnePack{Pack: packtest.Xicheng(t)}, calendar.Seed)
	r := rand.New(rand.NewPCG(24, 11))
	all := 0
	for _, n := range hours {
		all += n
	}
	for n := range reports {
		pick, hour := r.IntN(all), 0
		for pick >= hours[hour] {
			pick -= hours[hour]
			hour++
		}
		at := midnight.Add(time.Duration(hour)*time.Hour + time.Duration(r.IntN(60))*time.Minute)
		d.plan(at, work{gov.NewID(at), n, planOf(n)})
	}
	return d
}

// plan puts work off until the slice an instant is in.
func (d *day) plan(at time.Time, w work) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := at.Truncate(sliceOfDay).UnixMilli()
	d.due[key] = append(d.due[key], w)
}

// slice lets everything that is due be done and time pass. It is false at the end.
func (d *day) slice() bool {
	now := *d.now.Load()
	list := d.due[now.UnixMilli()]
	delete(d.due, now.UnixMilli())
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workersOfDay {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(list)); i = next.Add(1) - 1 {
				d.do(now, list[i])
			}
		})
	}
	wg.Wait()
	if _, err := d.docket.Stir(context.Background(), now, 1000); err != nil {
		d.t.Error(err)
	}
	now = now.Add(sliceOfDay)
	d.now.Store(&now)
	return now.Before(d.end) && !d.t.Failed()
}

// do does the next step of a case, one in five twice at once, as a client whose
// answer was lost would.
func (d *day) do(now time.Time, w work) {
	key := gov.NewID(now)
	var wg sync.WaitGroup
	times := 1
	if (w.n+len(w.plan))%5 == 0 {
		times = 2
		d.twice.Add(1)
	}
	for range times {
		wg.Go(func() {
			var c cases.Case
			var err error
			switch s := steps[w.plan[0]]; w.plan[0] {
			case "report", "take":
				c, err = d.docket.Begin(context.Background(), w.id, "report", cases.Input{Action: w.plan[0], Actor: s.by, Values: s.says})
			case "submit", "verify_after":
				photo := docket.Attachment{Key: photoOfDay, Name: "a.jpg", Type: "image/jpeg", Size: 1, By: s.by.Person}
				if err = d.docket.Attach(context.Background(), w.id, photo, gov.Actor{Kind: s.by.Kind, Name: s.by.Person}); err != nil {
					break
				}
				fallthrough
			default:
				err = again(func() (err error) {
					c, err = d.docket.Act(context.Background(), docket.Step{Case: w.id, Key: key}, cases.Input{Action: w.plan[0], Actor: s.by, Values: s.says})
					return err
				})
			}
			if err == nil {
				err = d.follow(c)
			}
			if err != nil {
				d.t.Errorf("%s of report %d: %v", w.plan[0], w.n, err)
			}
		})
	}
	wg.Wait()
	d.steps.Add(1)
	d.mu.Lock()
	d.done[w.plan[0]]++
	d.mu.Unlock()
	if len(w.plan) == len(planOf(w.n)) {
		d.begun.Add(1)
	}
	if w.plan = w.plan[1:]; len(w.plan) > 0 {
		d.plan(now.Add(time.Duration(5+w.n%17*5)*time.Minute), w)
	}
}

// follow looks, as its reporter does by its number, at a case of which something was
// just confirmed, and now and then, as others do, at the newest cases and at how
// many there are.
func (d *day) follow(confirmed cases.Case) error {
	ctx := context.Background()
	id, err := d.docket.Find(ctx, confirmed.Number)
	if err != nil {
		return err
	}
	c, _, err := d.docket.Case(ctx, id)
	if err != nil {
		return err
	}
	events, err := d.docket.History(ctx, id, 0)
	if err != nil {
		return err
	}
	if id != confirmed.ID || c.Version < confirmed.Version || int64(len(events)) < confirmed.Version {
		return fmt.Errorf("%s shows version %d and %d events after version %d was confirmed", confirmed.Number, c.Version, len(events), confirmed.Version)
	}
	if d.looks.Add(1)%20 != 0 {
		return nil
	}
	ground := docket.Ground{Procedure: "report", States: []string{c.State}}
	if _, _, err := d.docket.Newest(ctx, ground, docket.Place{}, 50); err != nil {
		return err
	}
	_, _, err = d.docket.Sums(ctx, ground)
	return err
}

// again asks again where two were on one case at once, as a client does.
func again(fn func() error) (err error) {
	for range 5 {
		if err = fn(); gov.CodeOf(err) != gov.Conflict {
			return err
		}
	}
	return err
}

// recount reads every entry of the ledger and counts again what the figures say.
func (d *day) recount() {
	t := d.t
	t.Helper()
	now := map[string]string{} // the state, by case
	acted := map[string]int{}
	begun, events := 0, map[string]int64{}
	for at := int64(-1); ; {
		page, err := storetest.Ledger(t, d.db).Before(t.Context(), at, 500)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page { // the newest first
			at = e.Index
			d.entry(e, func(id, state, action string, first, end int64) {
				if _, known := now[id]; !known {
					now[id] = state
				}
				acted[action]++
				if first == 1 {
					begun++
				}
				if next, known := events[id]; known && next != end+1 {
					t.Errorf("of %s there are events to %d and then from %d", id, end, next)
				}
				events[id] = first
			})
		}
		if at <= 0 || len(page) == 0 {
			break
		}
	}
	for id, first := range events {
		if first != 1 {
			t.Errorf("the first event of %s in the ledger is %d", id, first)
		}
	}
	for action := range maps.Clone(acted) {
		if _, by := steps[action]; !by { // what time brought
			delete(acted, action)
		}
	}
	if diff := cmp.Diff(d.done, acted); diff != "" {
		t.Errorf("steps that were confirmed -, entries of the ledger +:\n%s", diff)
	}
	counted := map[string]int64{}
	for _, state := range now {
		counted[state]++
	}
	d.compare(counted, int64(begun))
}

// entry calls fn with what an entry says of a report.
func (d *day) entry(e ledger.Recorded, fn func(id, state, action string, first, last int64)) {
	action, ok := strings.CutPrefix(e.Kind, "case.report.")
	if !ok {
		return
	}
	from, to, _ := strings.Cut(e.Facts["events"], "-")
	first, err := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	if err != nil || err2 != nil {
		d.t.Errorf("entry %d is about the events %q", e.Index, e.Facts["events"])
	}
	fn(strings.TrimPrefix(e.Object, "case:"), e.Facts["state"], action, first, last)
}

// compare compares the figures with the count of the ledger.
func (d *day) compare(counted map[string]int64, begun int64) {
	t := d.t
	t.Helper()
	tallies, err := d.docket.Tallies(t.Context(), "report", "")
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string]int64{}
	for _, one := range tallies {
		figures[one.State] += one.N
	}
	if diff := cmp.Diff(figures, counted); diff != "" {
		t.Errorf("figures by state -, count of the ledger +:\n%s", diff)
	}
	p, _ := packtest.Xicheng(t).Procedure("report")
	want := map[docket.What]int64{docket.CountBegun: begun}
	for state, n := range counted {
		switch s, _ := p.State(state); s.Kind {
		case procedure.DoneState:
			want[docket.CountDone] += n
		case procedure.VoidState:
			want[docket.CountVoid] += n
		}
	}
	counts, err := d.docket.Totals(t.Context(), docket.Asked{Procedure: "report", What: []docket.What{docket.CountBegun, docket.CountDone, docket.CountVoid}, To: docket.Ever})
	if err != nil {
		t.Fatal(err)
	}
	have := map[docket.What]int64{}
	for _, c := range counts {
		have[c.What] += c.N
	}
	if diff := cmp.Diff(have, want); diff != "" {
		t.Errorf("figures of the month -, count of the ledger +:\n%s", diff)
	}
	if begun != d.begun.Load() || begun != int64(*reportsOfDay) {
		t.Errorf("%d cases in the ledger of %d reports, %d confirmed", begun, *reportsOfDay, d.begun.Load())
	}
	t.Logf("%v", counted)
}
