package casedb_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/cases/entered"
	"quanxiang/cases/measures"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// city is the reports of a district in a test.
type city struct {
	*docket.Docket
	t     testing.TB
	hand  *hand
	p     *procedure.Procedure
	ids   map[string]gov.ID
	unit  map[string]string // of each case
	state map[string]string
}

func newCity(t testing.TB, e store.Engine, pack *policy.Pack) (*city, *store.DB) {
	t.Helper()
	h := &hand{}
	h.set(t, "2016-10-31 08:00")
	db := storetest.Open(t, storetest.DSN(t, e), h.Now)
	p, _ := pack.Procedure("report")
	return &city{docket.New(db.Cases(storetest.District), dockettest.OnePack{Pack: pack}, calendar.Seed), t, h, p, map[string]gov.ID{}, map[string]string{}, map[string]string{}}, db
}

var (
	acceptor   = dockettest.Staff("shou", "cgzx-jd", "acceptor")
	shiftHead  = dockettest.Staff("zhi", "cgzx-jd", "shift-head")
	dispatcher = dockettest.Staff("pai", "cgzx-zh", "dispatcher")
	collector  = dockettest.Staff("xun", "cgzx-jd", "supervisor")
	office     = dockettest.Staff("du", "zfb", "supervision")
	reporter   = cases.Actor{Kind: gov.PublicActor, Contacts: []string{"mei"}}

	units   = map[string]string{"Y": "ylsz", "Z": "szw"}
	streets = map[string]string{"J": "110102011", "K": "110102001"}
)

// stir lets what is due by now happen.
func (c *city) stir() {
	c.t.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = c.Stir(c.t.Context(), c.hand.Now(), 100)
		must(c.t, err)
	}
}

// do does something of the table to a case; err is why it could not be done.
func (c *city) do(name, what string) error {
	ctx, id := c.t.Context(), c.ids[name]
	what, with, _ := strings.Cut(what, ":")
	values, actor, agree := cases.Values{}, acceptor, []cases.Actor(nil)
	clerk := dockettest.Staff("c-"+c.unit[name], c.unit[name], "clerk")
	lead := dockettest.Staff("l-"+c.unit[name], c.unit[name], "lead")
	switch what {
	case "report", "take", "find", "settle":
		values = cases.Values{"about": name}
		channel, street, two := strings.Cut(with, ",")
		if !two {
			street = with
		}
		values["street"] = streets[street]
		switch what {
		case "report":
			actor, values["contact"] = reporter, "mei"
		case "take":
			values["channel"] = channel
		default:
			actor = collector
			values["place"], values["class"], values["photos"] = "39.92,116.35", "11010220102", []string{hash}
		}
		if what == "settle" {
			values["after_photos"] = []string{hash}
		}
		c.ids[name] = gov.NewID(c.hand.Now())
		begun, err := c.Begin(ctx, c.ids[name], "report", cases.Input{Action: what, Actor: actor, Values: values})
		c.state[name] = begun.State
		return err
	case "file":
		values = cases.Values{"class": "11010210401", "row": "B0401-2"}
	case "genuine":
		what, actor, values = "verify_before", collector, cases.Values{"verified": "genuine"}
	case "dispatch", "transfer":
		actor, values["unit"] = dispatcher, units[with]
		if what == "transfer" {
			values["reason"] = "x"
		}
	case "accept":
		actor = clerk
	case "give_back":
		actor, values["reason"] = lead, "x"
	case "extend":
		actor, values["reason"], agree = lead, "x", []cases.Actor{dispatcher, shiftHead}
	case "suspend":
		actor, values["reason"], values["until"], agree = lead, "x", with, []cases.Actor{dispatcher, office}
	case "submit":
		actor, values["result"], values["after_photos"] = clerk, "x", []string{hash}
	case "fixed", "not_fixed":
		what, actor, values = "verify_after", collector, cases.Values{"check_result": what, "check_photos": []string{hash}}
	case "close":
		values["reply"] = "x"
	case "close_answered":
		values["reply"], values["reason"], agree = "x", "x", []cases.Actor{shiftHead}
	case "redo", "annul":
		values["reason"] = "x"
		if what == "annul" {
			agree = []cases.Actor{shiftHead}
		}
	case "refuse":
		values["reply"], values["refusal"] = "x", "untrue"
	case "merge":
		values["leading"] = c.ids[with].String()
	case "rate":
		n, err := strconv.ParseInt(with, 10, 64)
		must(c.t, err)
		actor, values["rating"] = reporter, n
	case "contest":
		actor, values["reason"] = reporter, "x"
	case "reopen":
		actor, values["reason"] = shiftHead, "x"
	}
	after, err := c.Act(ctx, docket.Step{Case: id}, cases.Input{Action: what, Actor: actor, Values: values})
	for _, who := range agree {
		if err != nil {
			break
		}
		request := after.Pending[len(after.Pending)-1].Seq
		if with == "refused" {
			after, err = c.Refuse(ctx, docket.Step{Case: id}, request, "x", who)
			break
		}
		after, err = c.Agree(ctx, docket.Step{Case: id}, request, "", who)
	}
	if err == nil {
		c.unit[name], c.state[name] = after.Values.Text("unit"), after.State
	}
	return err
}

const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// turn is something done in the table.
type turn struct{ at, name, what string }

// story reads the table in the order of time.
func story(t testing.TB) (list []turn, want []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/figures.txt")
	must(t, err)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if figure, ok := strings.CutPrefix(line, "= "); ok {
			want = append(want, figure)
			continue
		}
		name, turns, _ := strings.Cut(line, " | ")
		day := ""
		words := strings.Fields(turns)
		for len(words) > 0 {
			if strings.Contains(words[0], "-") {
				day, words = words[0], words[1:]
			}
			list = append(list, turn{"2016-" + day + " " + words[0], name, words[1]})
			words = words[2:]
		}
	}
	slices.SortStableFunc(list, func(a, b turn) int { return strings.Compare(a.at, b.at) })
	return list, want
}

// The figures of a month are those reckoned by hand, the cases behind each are
// those named there, and both stay the same when changes have been added to the
// sums and when all is derived anew.
func TestFigures(t *testing.T) {
	t.Parallel()
	pack := packtest.Load(t, packtest.Files(t), ".")
	lines, want := story(t)
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			c, db := newCity(t, e, pack)
			for _, l := range lines {
				c.hand.set(t, l.at)
				c.stir()
				if err := c.do(l.name, l.what); err != nil {
					t.Fatalf("%s %s %s: %v", l.at, l.name, l.what, err)
				}
			}
			c.hand.set(t, "2016-12-01 00:00")
			c.stir()
			for _, when := range []string{"as steps left it", "added to the sums", "derived anew"} {
				for _, figure := range want {
					c.hold(when, figure)
				}
				fold(t, c.Docket)
				if when == "added to the sums" {
					relist(t, db, c.Docket)
				}
			}
			storetest.Sound(t, db)
		})
	}
}

// hold holds a line of figures against what is told.
func (c *city) hold(when, line string) {
	c.t.Helper()
	parts := strings.Split(line, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	m, ok := c.p.Measure(parts[0])
	if !ok {
		c.t.Fatalf("no measure %q", parts[0])
	}
	november := month(2016, time.November)
	a := docket.Asked{Procedure: "report", What: []docket.What{docket.CountMeasure(m.ID)}, From: november, To: november}
	if field, value, ok := strings.Cut(parts[1], " "); ok {
		a.Facet = docket.Facet{Field: field, Value: value}
	}
	sums, err := c.Totals(c.t.Context(), a)
	must(c.t, err)
	f := measures.New(m)
	for _, s := range sums {
		f.Add(s.Part, s.N)
	}
	got := fmt.Sprintf("%d/%d", f.N, f.Of)
	if m.IsTime() {
		var want [3]int64
		_, err := fmt.Sscan(parts[2], &want[0], &want[1], &want[2])
		must(c.t, err)
		for i, percent := range []int64{50, 90} { // told in ranges: exact up to an hour, then up to a 32nd too long
			d, _ := f.Percentile(percent)
			if told := int64(d / time.Minute); told < want[i+1] || told > want[i+1]+want[i+1]/32 {
				c.t.Errorf("%s: %d per cent of %s are told as %d minutes, by hand %d", when, percent, m.ID, told, want[i+1])
			}
		}
		parts[2] = fmt.Sprint(want[0])
		got = fmt.Sprint(f.Of)
	}
	if got != parts[2] {
		c.t.Errorf("%s: %s of %s is %s, by hand %s", when, m.ID, parts[1], got, parts[2])
	}
	if parts[3] == "" {
		return
	}
	hits, misses, _ := strings.Cut(parts[3], "-")
	for part, want := range map[string]string{docket.Hit: hits, docket.Miss: misses, "": hits + misses} {
		names := strings.Fields(want)
		slices.Sort(names)
		if diff := cmp.Diff(names, c.behind(docket.Behind{Asked: a, Part: part}), cmp.Transformer("empty", func(l []string) []string { return append([]string{}, l...) })); diff != "" {
			c.t.Errorf("%s: the cases of %s %s, part %q: - by hand, + listed\n%s", when, m.ID, parts[1], part, diff)
		}
	}
}

// behind lists the names of the cases behind a sum, page by page.
func (c *city) behind(b docket.Behind) (names []string) {
	c.t.Helper()
	for at, first := (docket.Mark{}), true; first || !at.IsZero(); first = false {
		list, next, err := c.Behind(c.t.Context(), b, at, 3)
		must(c.t, err)
		for _, r := range list {
			names = append(names, r.Subject)
		}
		at = next
	}
	slices.Sort(names)
	return names
}

// What chance does to cases: every figure of every month that can be told from the
// events alone is that of a recount of the events, which knows nothing of measures,
// counts or folds.
func TestFiguresAreARecount(t *testing.T) {
	t.Parallel()
	pack := packtest.Load(t, packtest.Files(t), ".")
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			c, db := newCity(t, e, pack)
			chance := rand.New(rand.NewPCG(30428, 2016))
			moves := map[string]string{
				"reported": "file file file file refuse annul ask_verify", "verifying": "genuine", "filed": "dispatch:Y dispatch:Z dispatch:Y",
				"dispatched": "accept accept transfer:Z give_back", "handling": "submit submit submit extend extend:refused suspend:2017-01-09 give_back",
				"submitted": "send_check", "checking": "fixed fixed not_fixed", "checked": "close close close close_answered redo",
				"closed": "rate:1 rate:4 rate:5 contest reopen",
			}
			at, done := c.hand.Now(), 0
			for i := range 150 {
				at = at.Add(time.Duration(chance.IntN(9*60)) * time.Minute)
				c.hand.set(t, at.In(gov.China).Format(entered.InstantForm))
				c.stir()
				if i%4 == 0 {
					name := fmt.Sprintf("R%03d", i)
					must(t, c.do(name, []string{"report:J", "report:K", "take:hotline,K", "find:J", "settle:K"}[chance.IntN(5)]))
				}
				names := slices.DeleteFunc(slices.Sorted(maps.Keys(c.ids)), func(name string) bool { return moves[c.state[name]] == "" })
				if len(names) == 0 {
					continue
				}
				name := names[chance.IntN(len(names))]
				for range 4 { // what the case does not allow is refused
					if may := strings.Fields(moves[c.state[name]]); len(may) > 0 && c.do(name, may[chance.IntN(len(may))]) == nil {
						done++
					}
				}
				if i%50 == 49 {
					_, err := c.Fold(t.Context(), 7)
					must(t, err)
				}
			}
			if done < 150 {
				t.Fatalf("only %d moves were allowed", done)
			}
			want := map[string]int{}
			for _, id := range c.ids {
				history, err := c.History(t.Context(), id, 0)
				must(t, err)
				for _, r := range recountOf(history) {
					want[r]++
				}
			}
			got := map[string]int{}
			for i := range c.p.Measures {
				m := &c.p.Measures[i]
				if !recounted(m) {
					continue
				}
				sums, err := c.Totals(t.Context(), docket.Asked{Procedure: "report", What: []docket.What{docket.CountMeasure(m.ID)}, To: docket.Ever, Months: true})
				must(t, err)
				for _, s := range sums {
					got[fmt.Sprintf("%s %s %s", m.ID, s.Month.First(), s.Part)] += int(s.N)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("recounted from the events -, told +\n%s", diff)
			}
			relist(t, db, c.Docket)
		})
	}
}

// recounted reports that the events alone tell a measure, without the calendar.
func recounted(m *procedure.Measure) bool { return m.Due == "" && m.Clock == "" }

// recountOf tells of one case from its events what it comes to, as the definitions
// in words say: a measure, the month and the part.
func recountOf(history []cases.Event) (list []string) {
	first, times := map[string]int64{}, map[string]int{}
	state, outcome, channel, ended, rating := "", "", "", int64(0), 0.0
	opened, late, exempted := history[0].At, false, ""
	for _, e := range history {
		if _, begins := e.Limits["disposal"]; begins || e.Kind == cases.Late && e.Clock == "disposal" {
			late = !begins
		}
		if e.Kind != cases.Acted {
			continue
		}
		if first[e.Action] == 0 {
			first[e.Action] = e.At
		}
		times[e.Action]++
		for field, v := range e.Set {
			switch text := fmt.Sprint(v); field {
			case "outcome":
				outcome = text
			case "channel":
				channel = text
			case "exempted":
				exempted = text
			case "rating":
				rating, _ = strconv.ParseFloat(text, 64)
			}
		}
		if e.To != "" && e.To != state {
			switch state = e.To; state {
			case "closed", "settled", "refused", "voided", "merged":
				ended = e.At
			default:
				ended = 0
			}
		}
	}
	in := func(all ...string) bool { return slices.Contains(all, state) }
	add := func(id string, at int64, hit bool) {
		part := docket.Miss
		if hit {
			part = docket.Hit
		}
		if at != 0 {
			list = append(list, fmt.Sprintf("%s %s %s", id, docket.MonthOf(time.UnixMilli(at)).First(), part))
		}
	}
	if !in("merged", "voided") {
		add("answered", opened, in("closed", "settled", "refused"))
	}
	if in("closed", "settled") {
		add("solved", ended, outcome == "solved")
	}
	if rating > 0 {
		add("satisfied", first["rate"], rating >= 4)
	}
	add("redone", first["submit"], times["redo"] > 0)
	add("given_back", first["dispatch"], times["give_back"] > 0)
	add("extended", first["dispatch"], times["extend"] > 0)
	add("suspended", first["dispatch"], times["suspend"] > 0)
	add("overturned", first["close"], times["contest"]+times["reopen"] > 0)
	add("voided", opened, in("voided"))
	add("settled", opened, in("settled"))
	add("by_public", opened, channel == "web" || channel == "hotline" || channel == "volunteer" || channel == "letter")
	if in("closed") && late {
		add("exempted", ended, exempted != "")
	}
	if ended != 0 {
		minutes := docket.TimeRange(time.Duration(ended-opened) * time.Millisecond)
		list = append(list, fmt.Sprintf("time_whole %s %d", docket.MonthOf(time.UnixMilli(ended)).First(), minutes))
	}
	return list
}
