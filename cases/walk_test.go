package cases_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

const defaultSeed = 1

var walkSeed = flag.Uint64("walk-seed", defaultSeed, "the first seed of the random walks")

// walk is a case led through its procedure by chance, with everything the
// engine promises looked at after every step.
type walk struct {
	*trial
	r      *rand.Rand
	people []cases.Actor
	model  model
	path   []string // what was done, for the report
	step   string
}

// people are actors whose posts fit the procedures of these tests, with
// deputies, somebody of two posts, auditors, the public and nobody.
func people() []cases.Actor {
	list := []cases.Actor{everyone, system,
		person("li", "fgw clerk"), person("wang", "fgw clerk"), person("sun", "fgw lead"), person("qian", "czj lead"),
		person("d1", "czj clerk", "fgw clerk for li"), person("d2", "fgw lead for sun", "fgw clerk for wang", "czj lead for li"),
		person("two", "fgw clerk", "zfb notary", "czj lead"), person("n", "zfb notary"), person("desk", "zfb clerk"),
		person("office", "zfb supervision"), person("zl", "zfb lead"), person("xi", "xijie clerk", "xijie supervisor"),
		person("dong", "dongjie clerk"), person("ds", "dongjie supervisor for xi", "zfb supervision for office"), person("none"), {Kind: gov.PublicActor, Contacts: []string{"mei"}}}
	return list
}

func TestWalks(t *testing.T) {
	t.Parallel()
	pack := samplePack(t)
	ways := map[string]*procedure.Procedure{}
	for _, p := range pack.Procedures {
		ways[p.ID] = p
	}
	for name, body := range map[string]string{
		"consent": consentBody, "resume": fmt.Sprintf(clockBody, "limit: 4wh"), "restart": fmt.Sprintf(clockBody, "limit: 2wd, again: restart"),
		"keep": fmt.Sprintf(clockBody, "limit: 5wh, again: keep"), "date": fmt.Sprintf(uncounted, "until: until"), "instant": fmt.Sprintf(uncounted, "until: moment"),
	} {
		ways[name] = newTrial(t, body).p
	}
	const walks, steps = 30, 40
	for name, p := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := map[string]int{}
			for i := range uint64(walks) {
				seed := *walkSeed + i
				g := &walk{trial: &trial{TB: t, p: p, w: cases.World{Calendar: calendar.Seed(), Dir: pack}}, r: rand.New(rand.NewPCG(seed, 7)),
					people: people(), model: model{p, pack}}
				g.w.Now = moment(t, "2016-09-28 08:00").Add(time.Duration(g.r.IntN(10*24*60)) * time.Minute)
				g.begin()
				for range steps {
					if g.c.Version > 0 {
						g.move()
					}
				}
				g.whole()
				for _, e := range g.events {
					seen[string(e.Kind)+" "+e.Action]++
				}
				if t.Failed() {
					t.Fatalf("walk with -walk-seed %d:\n%s", seed, strings.Join(g.path, "\n"))
				}
			}
			for _, a := range p.Actions { // a walk that goes nowhere proves nothing
				if *walkSeed == defaultSeed && seen["acted "+a.ID] == 0 {
					t.Errorf("no walk ever did %s", a.ID)
				}
			}
		})
	}
}

func (g *walk) actor() cases.Actor { return g.people[g.r.IntN(len(g.people))] }

// values makes values for what an action asks, often all of them, sometimes
// wrong ones.
func (g *walk) values(asks []procedure.Ask) cases.Values {
	v := cases.Values{}
	careless := g.r.IntN(4) == 0
	for _, ask := range asks {
		if careless && g.r.IntN(3) == 0 {
			continue
		}
		f, _ := g.p.Field(ask.Field)
		pool := map[procedure.FieldType][]any{
			procedure.TextField: {"甲", "乙 ", "", "a\x00", int64(1)}, procedure.ParagraphField: {"一\n二", " ", "丙"},
			procedure.IntegerField: {int64(1), int64(2), int64(2), int64(-1), int64(1 << 40)}, procedure.MoneyField: {int64(80000), int64(20000000), int64(0)},
			procedure.BoolField: {true, false}, procedure.UnitField: {"fgw", "czj", "fgw", "nosuch"},
			procedure.UnitsField: {[]string{"streets"}, []string{"xijie", "streets", "czj"}, []string{}}, procedure.AreaField: {"990102001005", "990102002", "1"},
			procedure.DateField:    {gov.DateOf(g.w.Now).Add(g.r.IntN(12) - 1).String(), gov.DateOf(g.w.Now).Add(3).String(), "2016-13-01"},
			procedure.InstantField: {g.w.Now.Add(time.Duration(g.r.IntN(100)-5) * time.Hour).UnixMilli()}, procedure.CaseField: {gov.NewID(g.w.Now).String(), g.c.ID.String(), "x"},
			procedure.PointField: {"39.9, 116.3", "39.91,116.36", "91,0"}, procedure.EntryField: {"0101", "0102", "0103", "01", "0104"}, procedure.ContactField: {"mei"},
		}[f.Type]
		if v[f.ID] = pool[g.r.IntN(len(pool))]; !careless {
			v[f.ID] = pool[g.r.IntN((len(pool)+1)/2)]
		}
	}
	return v
}

func (g *walk) begin() {
	for range 200 {
		a := &g.p.Actions[g.r.IntN(len(g.p.Actions))]
		if !slices.Contains(a.At, procedure.New) {
			continue
		}
		seed := cases.Values{}
		if len(a.By) == 0 {
			seed = map[string]cases.Values{
				"part":      {"unit": "xijie", "name": "清理", "due": gov.DateOf(g.w.Now).Add(g.r.IntN(9)).String()},
				"statement": {"unit": "xijie", "period": "2016-09", "due": gov.DateOf(g.w.Now).Add(g.r.IntN(9)).String()},
			}[g.p.ID]
		}
		actor := g.actor()
		g.c = cases.Case{ID: gov.NewID(g.w.Now), Procedure: g.p.ID, Number: "X1"}
		res, err := cases.Begin(g.p, g.c, cases.Input{Action: a.ID, Values: g.values(a.Asks), Actor: actor}, seed, g.w)
		g.judge("begin "+a.ID, actor, res, err)
		if g.c.Version > 0 {
			return
		}
	}
}

// move makes one random step.
func (g *walk) move() {
	actor := g.actor()
	switch n := g.r.IntN(20); {
	case n < 4:
		g.pass()
	case n < 10 && len(g.c.Pending) > 0:
		seq := g.c.Pending[g.r.IntN(len(g.c.Pending))].Seq
		for _, i := range g.r.Perm(len(g.people)) { // mostly somebody who is asked
			if n > 6 && len(cases.Requests(g.p, g.c, g.people[i], g.w)) > 0 {
				actor = g.people[i]
			}
		}
		if n == 6 {
			res, err := cases.Refuse(g.p, g.c, seq, "不妥", actor, g.w)
			g.judge("refuse", actor, res, err)
			return
		}
		mine := slices.ContainsFunc(cases.Requests(g.p, g.c, actor, g.w), func(r cases.Request) bool { return r.Seq == seq })
		res, err := cases.Agree(g.p, g.c, seq, "", actor, g.w)
		if err == nil && !mine {
			g.Errorf("%s agrees to what is not put to them", actor.Person)
		}
		g.judge("agree", actor, res, err)
	case n == 4:
		res, err := cases.Comment(g.p, g.c, "说明", nil, actor, g.w)
		g.judge("comment", actor, res, err)
	case n == 5:
		g.w.Children = map[string]cases.Count{"part": {Total: 2, Open: g.r.Int64N(2), Done: g.r.Int64N(3)}}
		g.tickAll()
	default:
		a := &g.p.Actions[g.r.IntN(len(g.p.Actions))]
		if here := g.here(); len(here) > 0 && g.r.IntN(4) > 0 {
			a = here[g.r.IntN(len(here))]
		}
		if g.r.IntN(4) > 0 { // somebody who may, if there is anybody
			a, actor = g.able(a, actor)
		}
		v := g.values(a.Asks)
		g.options(actor)
		res, err := cases.Act(g.p, g.c, cases.Input{Action: a.ID, Values: v, Actor: actor}, g.w)
		g.judge(fmt.Sprintf("act %s %v", a.ID, v), actor, res, err)
	}
}

func (g *walk) here() (list []*procedure.Action) {
	for i := range g.p.Actions {
		if slices.Contains(g.p.Actions[i].At, g.c.State) {
			list = append(list, &g.p.Actions[i])
		}
	}
	return list
}

// able finds somebody who may do something here.
func (g *walk) able(a *procedure.Action, actor cases.Actor) (*procedure.Action, cases.Actor) {
	for _, i := range g.r.Perm(len(g.people)) {
		list := cases.Options(g.p, g.c, g.people[i], g.w)
		for _, j := range g.r.Perm(len(list)) {
			if list[j].Why == nil {
				return list[j].Action, g.people[i]
			}
		}
	}
	return a, actor
}

// options holds the list of what may be done against doing it.
func (g *walk) options(actor cases.Actor) {
	why := map[string]error{}
	for _, o := range cases.Options(g.p, g.c, actor, g.w) {
		why[o.Action.ID] = o.Why
		if o.Why == nil && !slices.Contains(o.Action.At, g.c.State) {
			g.Errorf("%s is offered at %s", o.Action.ID, g.c.State)
		}
	}
	for i := range g.p.Actions {
		a := &g.p.Actions[i]
		if len(a.Asks) > 0 {
			continue
		}
		_, err := cases.Act(g.p, g.c, cases.Input{Action: a.ID, Actor: actor}, g.w)
		if not, offered := why[a.ID]; (err == nil) != (offered && not == nil) {
			g.Errorf("%s for %s: offered %v (%v), done: %v", a.ID, actor.Person, offered, not, err)
		}
	}
}

// pass lets time go by, either looking whenever there may be something to see
// or late and all at once.
func (g *walk) pass() {
	until := g.w.Now.Add(time.Duration(g.r.IntN([]int{60, 60, 8 * 60, 100 * 60}[g.r.IntN(4)])) * time.Minute)
	g.path = append(g.path, "until "+until.Format(time.DateTime))
	before := g.deadlines()
	if g.r.IntN(2) == 0 {
		for i := 0; ; i++ {
			next, err := cases.Wake(g.p, g.c, g.w)
			if err != nil || i > 100 {
				g.Fatalf("Wake %d: %v, %v", i, next, err)
			}
			if next.IsZero() || next.After(until) {
				break
			}
			if next.After(g.w.Now) {
				g.w.Now = next
			}
			g.tickAll()
			before = g.deadlines()
		}
	}
	g.w.Now = until
	if after := g.deadlines(); fmt.Sprint(before) != fmt.Sprint(after) {
		g.Errorf("time alone moved a deadline: %v, %v", before, after)
	}
	g.tickAll()
}

// tickAll ticks until nothing is due; then Wake must not say that something is.
func (g *walk) tickAll() {
	for i := 0; ; i++ {
		wake, err := cases.Wake(g.p, g.c, g.w)
		if err != nil {
			g.Fatal(err)
		}
		res, err := cases.Tick(g.p, g.c, g.w)
		if due := !wake.IsZero() && !wake.After(g.w.Now); err == nil && due && len(res.Events) == 0 {
			g.Errorf("Wake at %s says %s, but a tick finds nothing", g.w.Now, wake)
		}
		g.judge("tick", system, res, err)
		if len(res.Events) == 0 || g.Failed() {
			return
		}
		if i > 20 {
			g.Fatal("ticks without end")
		}
	}
}

// deadlines lists the deadlines by clock.
func (g *walk) deadlines() map[string]string {
	list, err := cases.Deadlines(g.p, g.c, g.w)
	if err != nil {
		g.Fatalf("deadlines: %v", err)
	}
	out := map[string]string{}
	for _, d := range list {
		out[d.Clock] = d.At.String()
	}
	return out
}

// judge looks at what a step led to.
func (g *walk) judge(what string, actor cases.Actor, res cases.Result, err error) {
	g.Helper()
	g.step = what
	line := fmt.Sprintf("%s %s as %q at %s", g.w.Now.Format(time.DateTime), what, actor.Person, g.c.State)
	if err != nil {
		g.path = append(g.path, line+": "+err.Error())
		if gov.CodeOf(err) == gov.Internal {
			g.Errorf("%s: %v", what, err)
		}
		return
	}
	for i, e := range res.Events {
		before, old := g.c, map[string]string(nil)
		if g.c.Version > 0 {
			old = g.deadlines()
		} else {
			before.State = procedure.New
			before.Values = res.Events[0].Set // what a parent gives is there from the start
		}
		after, err := cases.Apply(g.p, g.c, e)
		if err != nil {
			g.Fatalf("%s: event %d: %v", what, i, err)
		}
		g.c, g.events = after, append(g.events, e)
		g.path = append(g.path, fmt.Sprintf("%s: %s %s %s -> %s %v", line, e.Kind, e.Action, e.From, e.To, e.Set))
		g.event(before, after, e)
		g.moved(before, after, e, old)
	}
	if diff := diffCase(res.Case, g.c); diff != "" {
		g.Errorf("%s: the case differs from its events (-result +fold):\n%s", what, diff)
	}
	if s, _ := g.p.State(g.c.State); s != nil && s.Kind.Ended() {
		for id, k := range g.c.Runs {
			if k.Running() || len(k.Pauses) > 0 && k.Pauses[len(k.Pauses)-1].To == 0 {
				g.Errorf("the clock %s runs after the end", id)
			}
		}
		if len(g.c.Pending) > 0 || g.c.Ended == 0 {
			g.Errorf("ended at %d with requests %v", g.c.Ended, g.c.Pending)
		}
	} else if g.c.Ended != 0 {
		g.Error("not ended, but with an end")
	}
}

// event holds one event against the procedure.
func (g *walk) event(before, after cases.Case, e cases.Event) {
	a, known := g.p.Action(e.Action)
	switch e.Kind {
	case cases.Acted:
		to := a.To
		if to == "" {
			to = before.State
		}
		if !known || !slices.Contains(a.At, before.State) || e.From != before.State || e.To != to || after.State != to {
			g.Errorf("%s leads from %s to %s", e.Action, before.State, after.State)
		}
		if a.Times > 0 && after.Done[a.ID].Times > a.Times {
			g.Errorf("%s done %d times", a.ID, after.Done[a.ID].Times)
		}
		if e.By.Kind != gov.SystemActor {
			g.doer(before, a, e.By, "does")
		} else if a.Auto == nil && len(a.By) > 0 {
			g.Errorf("%s done by itself", a.ID)
		}
		if (len(a.Approve) > 0 || a.Together != nil) != (e.Request != 0) {
			g.Errorf("%s with request %d", a.ID, e.Request)
		}
		if e.Request != 0 {
			g.agreed(a, e)
		}
	case cases.Asked:
		g.doer(before, a, e.By, "asks for")
		if before.State != after.State {
			g.Error("asking moved the case")
		}
	case cases.Agreed:
		if !g.model.is(actorOf(e.By), e.Party, before, false) {
			g.Errorf("%+v agrees as %s", e.By, e.Party)
		}
	}
}

// doer checks by the naive model that whoever did something was a party.
func (g *walk) doer(c cases.Case, a *procedure.Action, by cases.Mark, verb string) {
	parties := a.By
	if a.Together != nil {
		parties = a.Together.Of
	}
	if !slices.ContainsFunc(parties, func(p string) bool { return g.model.is(actorOf(by), p, c, false) }) {
		g.Errorf("%+v %s %s, which is for %v", by, verb, a.ID, parties)
	}
}

// agreed checks that all who had a hand in a request are different persons,
// those for whom deputies acted included, and that it has all it needs.
func (g *walk) agreed(a *procedure.Action, e cases.Event) {
	hands, parties := []cases.Mark{e.By}, []string{}
	for _, f := range g.events {
		if f.Kind == cases.Agreed && f.Request == e.Request {
			hands, parties = append(hands, f.By), append(parties, f.Party)
		}
	}
	var all []string
	for _, m := range hands {
		for _, who := range []string{m.Person, m.For} {
			if who != "" && slices.Contains(all, who) {
				g.Errorf("%s has two hands in %s", who, a.ID)
			}
			if who != "" {
				all = append(all, who)
			}
		}
	}
	if a.Together == nil && !slices.Equal(parties, a.Approve) || a.Together != nil && len(hands) < a.Together.Need {
		g.Errorf("%s took effect with %v", a.ID, parties)
	}
}

// moved checks that a deadline moves only by what may move it.
func (g *walk) moved(before, after cases.Case, e cases.Event, old map[string]string) {
	now := g.deadlines()
	for i := range g.p.Clocks {
		k := &g.p.Clocks[i]
		was, had := old[k.ID]
		if !had || was == now[k.ID] {
			continue
		}
		_, started := e.Limits[k.ID]
		_, extended := e.Extend[k.ID]
		_, set := e.Set[k.Until]
		paused := slices.Contains(k.Pause, before.State) != slices.Contains(k.Pause, after.State)
		if !started && !extended && !paused && !set {
			g.Errorf("%s %s moved the deadline of %s from %s to %s", e.Kind, e.Action, k.ID, was, now[k.ID])
		}
	}
}

// whole checks the walk at its end: the history alone makes the case, also when
// it went through storage, and four eyes were kept.
func (g *walk) whole() {
	folded, err := cases.Fold(g.p, begun(g.c), g.events)
	if err != nil {
		g.Fatal(err)
	}
	if diff := diffCase(folded, g.c); diff != "" {
		g.Errorf("fold (-fold +case):\n%s", diff)
	}
	for i, e := range g.events {
		if e.Seq != int64(i+1) || i > 0 && e.At < g.events[i-1].At {
			g.Errorf("event %d has number %d and time %d", i, e.Seq, e.At)
		}
		if _, err := json.Marshal(e); err != nil {
			g.Errorf("event %d cannot be stored: %v", i, err)
		}
	}
	if g.p.ID == "payment" {
		g.fourEyes()
	}
}

// fourEyes holds the history of a payment against the rule itself.
func (g *walk) fourEyes() {
	hand := map[string][]string{}
	for _, e := range g.events {
		side := map[string]string{"enter": "maker", "amend": "maker", "check": "checker", "check_large": "checker", "send_back": "returner"}[e.Action]
		if e.Kind != cases.Acted && !(e.Kind == cases.Agreed && e.Action == "check_large") || side == "" {
			continue
		}
		for _, who := range []string{e.By.Person, e.By.For} {
			if who != "" {
				hand[side] = append(hand[side], who)
			}
		}
		if side == "returner" && slices.ContainsFunc(hand["maker"], func(s string) bool { return s == e.By.Person || s == e.By.For }) {
			g.Errorf("%+v returns what they entered", e.By)
		}
	}
	for _, e := range g.events { // the treasurer is kept apart from who entered, the checker from who amended too
		if e.Kind == cases.Acted && (e.Action == "check" || e.Action == "check_large") {
			for _, who := range []string{e.By.Person, e.By.For} {
				if who != "" && slices.Contains(hand["maker"], who) {
					g.Errorf("%s entered and checked", who)
				}
			}
		}
	}
}

// FuzzPlay: a procedure that loads can be played by anybody doing anything, and
// neither panics nor goes on for ever.
func FuzzPlay(f *testing.F) {
	files, err := os.ReadDir("testdata/sample/procedures")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if data, err := os.ReadFile("testdata/sample/procedures/" + file.Name()); err == nil && !strings.HasSuffix(file.Name(), ".test.yaml") {
			f.Add(string(data), uint64(1))
		}
	}
	f.Add(head+consentBody, uint64(2))
	f.Add(head+fmt.Sprintf(clockBody, "limit: 4wh"), uint64(3))
	name := regexp.MustCompile(`(?m)^procedure: ([a-z][a-z_]*)`)
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		m := name.FindStringSubmatch(text)
		if m == nil {
			return
		}
		pack, err := policy.Load(district(t, map[string]string{m[1]: text}), "sample")
		if err != nil || len(pack.Procedures) == 0 {
			return // a name such as _test is no procedure
		}
		p := pack.Procedures[0]
		g := &walk{trial: &trial{TB: t, p: p, w: cases.World{Calendar: calendar.Seed(), Dir: pack, Now: moment(t, "2016-09-28 08:00")}}, r: rand.New(rand.NewPCG(seed, 7)), people: people(), model: model{p, pack}}
		for range 12 {
			a, actor := &p.Actions[g.r.IntN(len(p.Actions))], g.actor()
			if list := cases.Options(p, g.c, actor, g.w); g.c.Version > 0 && len(list) > 0 {
				a = list[g.r.IntN(len(list))].Action
			}
			if g.try(actor, a.ID, g.values(a.Asks)) != nil && g.c.Version > 0 && len(g.c.Pending) > 0 {
				_ = g.agree(actor) // refusals are answers too
			}
			g.w.Now = g.w.Now.Add(time.Duration(g.r.IntN(3000)) * time.Minute)
			if g.c.Version == 0 {
				continue
			}
			if err := g.take(cases.Tick(p, g.c, g.w)); err == nil {
				if folded, err := cases.Fold(p, begun(g.c), g.events); err != nil || diffCase(folded, g.c) != "" {
					t.Fatalf("fold: %v", err)
				}
			}
		}
	})
}
