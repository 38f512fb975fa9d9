package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/entered"
	"quanxiang/cases/precedent"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/policy/source"
)

// Run plays the scenarios of a file whose "procedure/name" matches, or all when
// only is nil, and reports every expectation that is not met, with its place.
// at is the root of the file.
func Run(f *File, at source.Node, p *procedure.Procedure, cal calendar.Calendar, dir cases.Directory, only *regexp.Regexp) (played int, problems source.Problems) {
	players := map[string]cases.Reader{"public": {Actor: cases.Actor{Kind: gov.PublicActor}}, "program": {Actor: cases.Actor{Kind: gov.ProgramActor, Person: "key"}}}
	for _, pl := range f.People {
		r := cases.Reader{Actor: cases.Actor{Kind: gov.StaffActor, Person: pl.ID}, Staff: len(pl.Seats) > 0, All: pl.Auditor}
		for _, s := range pl.Seats {
			r.Seats = append(r.Seats, cases.Seat(s).Spread(dir)...)
		}
		if pl.Contact != "" {
			r.Contacts = []string{pl.Contact}
			if len(pl.Seats) == 0 && !pl.Auditor { // outside the office nobody knows who they are
				r.Kind, r.Person = gov.PublicActor, ""
			}
		}
		players[pl.ID] = r
	}
	for i, s := range f.Scenarios {
		if only != nil && !only.MatchString(p.ID+"/"+s.Name) {
			continue
		}
		played++
		g := &game{p: p, players: players, w: cases.World{Calendar: cal, Dir: dir}, at: at.Field("scenarios").Item(i), problems: &problems}
		g.play(s)
	}
	return played, problems
}

// game is one scenario being played.
type game struct {
	p        *procedure.Procedure
	players  map[string]cases.Reader
	w        cases.World
	c        cases.Case
	events   []cases.Event
	effects  []cases.Effect // since the last step
	past     precedent.Past
	at       source.Node
	problems *source.Problems
}

func (g *game) play(s Scenario) {
	seed, ok := g.values(g.at.Field("seed"), s.Seed)
	if !ok {
		return
	}
	g.remember(s.Past)
	g.kids(s.Kids)
	for i, step := range s.Steps {
		at := g.at.Field("steps").Item(i)
		if !g.pass(at, step.At.Time) {
			return
		}
		g.kids(step.Children)
		res, err := g.do(at, step, seed)
		if reported := g.outcome(at, step, err); reported {
			return // what follows would be noise
		}
		if err == nil {
			g.take(res)
		}
		g.expect(at.Field("expect"), step.Expect)
		g.effects = nil
	}
	if folded, err := cases.Fold(g.p, cases.Case{ID: g.c.ID, Procedure: g.c.Procedure, Values: seed}, g.events); err != nil || folded.State != g.c.State || folded.Version != g.c.Version {
		g.fail(g.at, "案件与它的记录不一致：%v", "the case is not what its history makes of it: %v", err)
	}
}

// remember takes over what was decided in cases like this one.
func (g *game) remember(list []Decided) {
	g.past = precedent.Past{}
	for i, d := range list {
		if !slices.ContainsFunc(g.p.Precedents, func(r procedure.Precedent) bool { return r.ID == d.Precedent }) {
			g.fail(g.at.Field("past").Item(i).Field("precedent"), "程序没有“%s”", "the procedure has no precedent %q", d.Precedent)
			continue
		}
		for range max(d.Times, 1) {
			g.past[d.Precedent] = append(g.past[d.Precedent], precedent.Decision{Precedent: d.Precedent, Value: string(d.Value), Against: d.Against})
		}
	}
}

func (g *game) fail(at source.Node, zh, en string, args ...any) {
	g.problems.Add(at.Pos(), zh, en, args...)
}

func (g *game) kids(counts map[string]Kids) {
	if g.w.Children = maps.Clone(g.w.Children); g.w.Children == nil {
		g.w.Children = map[string]cases.Count{}
	}
	for kind, k := range counts {
		g.w.Children[kind] = cases.Count{Total: k.Total, Open: k.Total - k.Done - k.Void, Done: k.Done}
	}
}

// pass lets time go by, as the program does: it looks at the case whenever
// there may be something to see.
func (g *game) pass(at source.Node, until time.Time) bool {
	if g.w.Now.After(until) {
		g.fail(at.Field("at"), "时间倒流", "time runs backwards")
		return false
	}
	for range 1000 {
		if g.c.Version == 0 {
			break
		}
		next, err := cases.Wake(g.p, g.c, g.w)
		if err != nil {
			g.fail(at, "%v", "%v", err)
			return false
		}
		if next.IsZero() || next.After(until) {
			break
		}
		if next.After(g.w.Now) {
			g.w.Now = next
		}
		res, err := cases.Tick(g.p, g.c, g.w)
		if err != nil || len(res.Events) == 0 {
			g.fail(at, "到时应发生的事没有发生：%v", "what was due at a time did not happen: %v", err)
			return false
		}
		g.take(res)
	}
	g.w.Now = until
	return true
}

func (g *game) take(res cases.Result) {
	g.c = res.Case
	g.events = append(g.events, res.Events...)
	g.effects = append(g.effects, res.Effects...)
}

// do plays the act of a step.
func (g *game) do(at source.Node, step Step, seed cases.Values) (cases.Result, error) {
	actor := cases.Actor{Kind: gov.SystemActor}
	if step.As != "" {
		r, ok := g.player(at.Field("as"), step.As)
		if !ok {
			return cases.Result{}, errSetup
		}
		actor = r.Actor
	}
	with, ok := g.values(at.Field("with"), step.With)
	if !ok {
		return cases.Result{}, errSetup
	}
	in := cases.Input{Action: step.Do, Values: with, Note: step.Note, Actor: actor}
	switch {
	case step.Do != "" && g.c.Version == 0:
		id := gov.NewID(g.w.Now)
		return cases.Begin(g.p, cases.Case{ID: id, Procedure: g.p.ID, Number: g.p.Number.Write(g.w.Now.Year(), 1)}, in, seed, g.w)
	case step.Do != "":
		return cases.Act(g.p, g.c, in, g.w)
	case step.Agree != "":
		return cases.Agree(g.p, g.c, g.request(step.Agree), step.Note, actor, g.w)
	case step.Refuse != "":
		return cases.Refuse(g.p, g.c, g.request(step.Refuse), step.Note, actor, g.w)
	case step.Comment != "":
		return cases.Comment(g.p, g.c, step.Comment, nil, actor, g.w)
	}
	return cases.Tick(g.p, g.c, g.w) // time passes, or the sub-cases changed
}

// player is somebody by their id; nobody is reported.
func (g *game) player(at source.Node, id string) (cases.Reader, bool) {
	r, ok := g.players[id]
	if !ok {
		guess := source.Suggest(id, slices.Sorted(maps.Keys(g.players)))
		g.problems.AddGuess(at.Pos(), guess, "没有“%s”这个人", "there is nobody called %q", id)
	}
	return r, ok
}

var errSetup = errors.New("the scenario itself is wrong")

func (g *game) request(action string) int64 {
	for _, r := range g.c.Pending {
		if r.Action == action {
			return r.Seq
		}
	}
	return 0
}

// outcome compares what became of a step with what should.
func (g *game) outcome(at source.Node, step Step, err error) (reported bool) {
	switch want := step.Fails.Regexp; {
	case errors.Is(err, errSetup):
		return true
	case err == nil && want != nil:
		g.fail(at.Field("fails"), "这一步应被拒绝，却做成了", "the step should have been refused, but was done")
		return true
	case err != nil && want == nil:
		g.fail(at, "这一步没有做成：%[1]s", "the step was not done: %[2]s", reasons(err, gov.ZH), reasons(err, gov.EN))
		return true
	case err != nil && !want.MatchString(reasons(err, gov.ZH)):
		g.fail(at.Field("fails"), "拒绝的理由是“%[1]s”", "the reason of the refusal is %[1]q", reasons(err, gov.ZH))
	}
	return false
}

// reasons is an error as its reader sees it, mistakes with their fields.
func reasons(err error, l gov.Lang) string {
	if m, ok := errors.AsType[cases.Mistakes](err); ok {
		var list []string
		for _, e := range m {
			list = append(list, e.Field+": "+e.Text.In(l))
		}
		return strings.Join(list, "; ")
	}
	if gov.CodeOf(err) == gov.Internal {
		return err.Error()
	}
	return gov.TextOf(err, l)
}

// values reads written values by their fields. Files are named by any word.
func (g *game) values(at source.Node, raw map[string]Raw) (cases.Values, bool) {
	out, fine := cases.Values{}, true
	for name, r := range raw {
		f, ok := g.p.Field(name)
		if !ok {
			g.fail(at.Field(name), "没有字段“%s”", "there is no field %q", name)
			fine = false
			continue
		}
		v, err := entered.Parse(f, string(r))
		if err != nil {
			g.fail(at.Field(name), "%[1]s", "%[2]s", err.Text.ZH, err.Text.EN)
			fine = false
			continue
		}
		if list, ok := v.([]string); ok && f.Type == procedure.FilesField {
			for i, word := range list {
				sum := sha256.Sum256([]byte(word))
				list[i] = hex.EncodeToString(sum[:])
			}
		}
		out[name] = v
	}
	return out, fine
}

// expect compares the case with what a step says it should be.
func (g *game) expect(at source.Node, x Expect) {
	g.one(at.Field("state"), x.State, g.c.State)
	if x.Colour != "" {
		got := "none"
		if k := cases.Colour(g.p, g.c, g.w); k != nil {
			got = k.ID
		}
		g.one(at.Field("colour"), x.Colour, got)
	}
	g.expectClocks(at, x)
	if x.Turn != nil {
		g.all(at.Field("turn"), x.Turn, g.matching(cases.Waiting(g.p, g.c, g.w.Dir)))
	}
	for who, want := range x.May {
		r, ok := g.player(at.Field("may").Field(who), who)
		if !ok {
			continue
		}
		var got []string
		for _, o := range cases.Options(g.p, g.c, r.Actor, g.w) {
			if o.Why == nil {
				got = append(got, o.Action.ID)
			}
		}
		g.all(at.Field("may").Field(who), want, got)
	}
	for name, want := range x.Values {
		f, ok := g.p.Field(name)
		if !ok {
			g.fail(at.Field("values").Field(name), "没有字段“%s”", "there is no field %q", name)
			continue
		}
		v, err := entered.Parse(f, string(want))
		if got := g.c.Values[name]; err != nil || fmt.Sprint(v) != fmt.Sprint(got) {
			g.fail(at.Field("values").Field(name), "现在是“%v”", "it is %v", show(got))
		}
	}
	for who, want := range x.Sees {
		r, ok := g.player(at.Field("sees").Field(who), who)
		if !ok {
			continue
		}
		var got []string
		for _, s := range cases.View(g.p, g.c, r, g.w.Dir) {
			if !s.Sealed {
				got = append(got, s.Field.ID)
			}
		}
		g.all(at.Field("sees").Field(who), want, got)
	}
	for action, fields := range x.Suggests {
		for name, want := range fields {
			var got []string
			for _, s := range precedent.Suggest(g.p, g.c, action, name, g.w, g.past) {
				got = append(got, strings.Join(cases.Values{name: s.Value}.All(name), "、"))
			}
			g.all(at.Field("suggests").Field(action).Field(name), want, got)
		}
	}
	if x.Told != nil {
		var to []cases.Turn
		for _, e := range g.effects {
			to = append(to, e.To...)
		}
		g.all(at.Field("told"), x.Told, g.matching(to))
	}
	g.expectEffects(at, x)
}

func (g *game) expectClocks(at source.Node, x Expect) {
	list, err := cases.Deadlines(g.p, g.c, g.w)
	if err != nil {
		g.fail(at, "%v", "%v", err)
		return
	}
	byClock := map[string]cases.Deadline{}
	var late []string
	for _, d := range list {
		if byClock[d.Clock] = d; d.Late(g.w.Now) {
			late = append(late, d.Clock)
		}
	}
	for clock, want := range x.Deadline {
		if got := byClock[clock].At; !got.Equal(want.Time) {
			g.fail(at.Field("deadline").Field(clock), "期限是 %[1]s", "the deadline is %[1]s", got.Format(time.DateTime))
		}
	}
	if x.Late != nil {
		g.all(at.Field("late"), x.Late, late)
	}
}

func (g *game) expectEffects(at source.Node, x Expect) {
	opened, letter := map[string]int{}, ""
	for _, e := range g.effects {
		switch e.Kind {
		case cases.OpenEffect:
			opened[e.Child]++
		case cases.LetterEffect:
			letter = e.Letter
		}
	}
	for kind, n := range x.Opens {
		if opened[kind] != n {
			g.fail(at.Field("opens").Field(kind), "开了 %d 件", "%d were opened", opened[kind])
		}
	}
	g.one(at.Field("letter"), x.Letter, letter)
	if x.Enters != nil {
		g.expectEnters(at.Field("enters"), x.Enters)
	}
}

// matching lists the players some turns are for.
func (g *game) matching(turns []cases.Turn) []string {
	var who []string
	for id, r := range g.players {
		if slices.ContainsFunc(turns, func(t cases.Turn) bool { _, ok := t.Matches(r.Actor); return ok }) {
			who = append(who, id)
		}
	}
	return who
}

func (g *game) one(at source.Node, want, got string) {
	if want != "" && want != got {
		g.fail(at, "应为“%[1]s”，现在是“%[2]s”", "expected %[1]q, it is %[2]q", want, got)
	}
}

// all compares two sets.
func (g *game) all(at source.Node, want, got []string) {
	want, got = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
	if !slices.Equal(want, got) {
		g.fail(at, "应为 %[1]v，现在是 %[2]v", "expected %[1]v, it is %[2]v", want, got)
	}
}

func show(v any) any {
	if v == nil {
		return ""
	}
	return v
}
