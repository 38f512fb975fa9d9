package cases

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/entered"
	"quanxiang/cases/stamp"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/policy/procedure/entering"
)

// maxSettle bounds what may happen by itself in one step: a procedure whose
// automatic actions chase each other is stopped, not followed.
const maxSettle = 16

// Result is what a decision leads to: the case after it, its new events, and
// what has to be done besides.
type Result struct {
	Case    Case
	Events  []Event
	Effects []Effect
}

// Effect is something a step asks of the world around the case, in the same
// transaction.
type Effect struct {
	Kind   EffectKind
	Event  int64  // number of the event it comes from
	Values Values // of Open: what the sub-case begins with
	Child  string // of Open: the kind
	Into   gov.ID // of Merge
	Letter string // of Letter
	To     []Turn // of Notice
	Why    Notice // of Notice
	Clock  string // of a Notice about a clock

	Enter entering.Entry // of Enter: what is written into a register
}

// EffectKind is the kind of an effect.
type EffectKind string

// The kinds.
const (
	OpenEffect   EffectKind = "open"   // begin a sub-case
	MergeEffect  EffectKind = "merge"  // let the other case absorb this one; see Absorb
	LetterEffect EffectKind = "letter" // make the letter
	NoticeEffect EffectKind = "notice" // tell these
	EnterEffect  EffectKind = "enter"  // write this into a register
)

// Notice says why someone is told.
type Notice string

// The reasons.
const (
	YourTurn  Notice = "turn"    // it is their turn
	Told      Notice = "told"    // the procedure has them told of this
	Consent   Notice = "consent" // their agreement is asked for
	Answered  Notice = "answered"
	RunsShort Notice = "short" // a clock passed a warning
	RanOut    Notice = "late"  // a clock ran out
)

// Input is what an actor wants done.
type Input struct {
	Action string
	Values Values // of the fields the action asks for
	Note   string // a remark that goes with it
	Actor  Actor
	Stamp  *stamp.Stamp // of an action on site: what the phone says, nil if it was not done with one
}

// step is a decision in the making.
type step struct {
	p     *procedure.Procedure
	w     World
	now   int64
	res   Result
	stamp *stamp.Stamp // of the act that is being decided, until an event has it
}

// newStep begins a decision. A clock that runs behind, on another machine or
// after a correction, does not turn back the time of a case.
func newStep(p *procedure.Procedure, c Case, w World) *step {
	if last := milli(c.Touched); w.Now.Before(last) {
		w.Now = last
	}
	return &step{p: p, w: w, now: w.Now.UnixMilli(), res: Result{Case: c}}
}

func (s *step) scope() scope { return scope{p: s.p, c: s.res.Case, w: s.w} }

// Begin starts a case by an action at New. seed has what a parent or a series
// gives it; the caller has set the identity of c. The system may begin cases
// where the action names nobody.
func Begin(p *procedure.Procedure, c Case, in Input, seed Values, w World) (Result, error) {
	if c.State != "" || c.Version != 0 {
		return Result{}, gov.Errorf(gov.Conflict, "案件已经存在", "the case is there already")
	}
	seed, err := entered.Seed(p, seed)
	if err != nil {
		return Result{}, err
	}
	c.State = procedure.New
	c.Values = cloneMap(seed)
	s := newStep(p, c, w)
	a, ok := p.Action(in.Action)
	if !ok || !slices.Contains(a.At, procedure.New) {
		return Result{}, gov.Errorf(gov.Invalid, "“%[1]s”不能开始一件%[2]s", "%[1]q does not begin a case of %[3]s", in.Action, p.Title.ZH, p.Title.In(gov.EN))
	}
	if err := s.place(seed); err != nil { // areas follow from a place the parent gives
		return Result{}, err
	}
	maps.Copy(s.res.Case.Values, seed)
	_, by, given, err := s.prepare(a, in)
	if err != nil {
		return Result{}, err
	}
	maps.Copy(given, seed)
	return s.finish(s.act(a, by, given, in.Note, 0))
}

// Act does an action, or asks for it when others have to agree. The error says
// to people why it cannot be done: Forbidden for who they are, Conflict for
// where the case stands, Mistakes for what they typed.
func Act(p *procedure.Procedure, c Case, in Input, w World) (Result, error) {
	s := newStep(p, c, w)
	a, ok := p.Action(in.Action)
	if !ok {
		return Result{}, gov.Errorf(gov.Invalid, "程序没有“%s”这个动作", "the procedure has no action %q", in.Action)
	}
	if in.Actor.Kind == gov.SystemActor { // what is done by itself is done when it is due, by Tick
		return Result{}, gov.Errorf(gov.Forbidden, "系统只办理到时自动办理的事", "the system does only what is due by itself")
	}
	party, by, given, err := s.prepare(a, in)
	if err != nil {
		return Result{}, err
	}
	if len(a.Approve) == 0 && a.Together == nil {
		return s.finish(s.act(a, by, given, in.Note, 0))
	}
	if slices.ContainsFunc(c.Pending, func(r Request) bool { return r.Action == a.ID }) {
		return Result{}, gov.Errorf(gov.Conflict, "“%[1]s”已经提出，正在等待同意", "%[2]q has been asked for already and waits for consent", a.Name.ZH, a.Name.In(gov.EN))
	}
	e := Event{Kind: Asked, Action: a.ID, By: by, Set: given, Note: in.Note, Stamp: s.stamp}
	if a.Together != nil {
		e.Party = party // who asks has joined
	}
	if err := s.add(e); err != nil {
		return Result{}, err
	}
	s.tell(Consent, "", s.res.Case.Pending[len(s.res.Case.Pending)-1].asked(a))
	return s.finish(nil)
}

// prepare checks who, when and what of an action and returns as what the actor
// does it and the values it gives.
func (s *step) prepare(a *procedure.Action, in Input) (party string, by Mark, given Values, err error) {
	party, seat, err := s.may(a, in.Actor)
	if err != nil {
		return "", by, nil, err
	}
	if err := s.settled(a); err != nil { // mending what was typed would not help
		return "", by, nil, err
	}
	if given, err = entered.Typed(s.p, a, s.res.Case.Values, in.Values, gov.DateOf(s.w.Now)); err != nil {
		return "", by, nil, err
	}
	if err := s.place(given); err != nil {
		return "", by, nil, err
	}
	if err := entered.Note(in.Note); err != nil {
		return "", by, nil, err
	}
	if s.stamp = in.Stamp; s.stamp != nil && a.Site == nil {
		return "", by, nil, gov.Errorf(gov.Invalid, "“%[1]s”不在现场办理", "%[2]q is not done on site", a.Name.ZH, a.Name.In(gov.EN))
	}
	return party, in.Actor.mark(seat), given, s.conditions(a, given)
}

// may says whether an actor may do an action where the case stands, apart from
// what is typed, and as what.
func (s *step) may(a *procedure.Action, actor Actor) (party string, seat Seat, err error) {
	c := s.res.Case
	if !slices.Contains(a.At, c.State) {
		state, _ := s.p.State(c.State)
		if state == nil {
			state = &procedure.State{}
		}
		return "", seat, gov.Errorf(gov.Conflict, "案件处于“%[1]s”，不能“%[2]s”", "a case that is %[3]q cannot do %[4]q",
			state.Name.ZH, a.Name.ZH, state.Name.In(gov.EN), a.Name.In(gov.EN))
	}
	if a.Times > 0 && c.Done[a.ID].Times >= a.Times {
		return "", seat, gov.Errorf(gov.Conflict, "“%[1]s”至多 %[2]d 次，已经用完", "%[3]q may be done %[2]d times at most", a.Name.ZH, a.Times, a.Name.In(gov.EN))
	}
	if x := a.Extend; x != nil && !c.Runs[x.Clock].Running() {
		def, _ := s.p.Clock(x.Clock)
		return "", seat, gov.Errorf(gov.Conflict, "“%[1]s”没有在计时，不能延长", "%[2]q does not run and cannot be extended", def.Name.ZH, def.Name.In(gov.EN))
	}
	if actor.Kind == gov.SystemActor && (a.Auto != nil || c.State == procedure.New && len(a.By) == 0) {
		return "", seat, nil
	}
	party, seat, ok := c.belongs(s.p, a.Who(), actor, s.w.Dir)
	if !ok && c.concerns(s.p, a.Who(), actor, s.w.Dir) {
		return "", seat, gov.Errorf(gov.Forbidden, "经手过此事的人不能“%[1]s”，须由%[2]s办理", "who had a hand in this cannot do %[3]q; it is for %[4]s", a.Name.ZH, s.names(a.Who(), gov.ZH), a.Name.In(gov.EN), s.names(a.Who(), gov.EN))
	}
	if !ok {
		return "", seat, gov.Errorf(gov.Forbidden, "“%[1]s”由%[2]s办理", "%[3]q is for %[4]s", a.Name.ZH, s.names(a.Who(), gov.ZH), a.Name.In(gov.EN), s.names(a.Who(), gov.EN))
	}
	return party, seat, nil
}

// conditions says whether the conditions of an action hold. They are about the
// case as it would be with the values given.
func (s *step) conditions(a *procedure.Action, given Values) error {
	sc := s.scope()
	if len(given) > 0 {
		sc.c = sc.c.clone()
		sc.c.Values.Put(given)
	}
	return sc.conditions(a, func(*procedure.Condition) bool { return true })
}

// settled says whether those conditions of an action hold that are about the
// case alone: nothing that is typed for it would change them.
func (s *step) settled(a *procedure.Action) error {
	return s.scope().conditions(a, (*procedure.Condition).Settled)
}

// conditions says why the first of some conditions of an action does not hold.
func (sc scope) conditions(a *procedure.Action, among func(*procedure.Condition) bool) error {
	for i := range a.When {
		if !among(&a.When[i]) {
			continue
		}
		yes, err := a.When[i].Test().Holds(sc.value)
		if err != nil {
			return gov.Errorf(gov.Conflict, "无法判断条件：%s", "a condition cannot be decided: %s", a.When[i].Why.ZH).Because(err)
		}
		if !yes {
			return &gov.Error{Code: gov.Conflict, Text: a.When[i].Why}
		}
	}
	return nil
}

func (s *step) names(parties []string, l gov.Lang) string {
	if len(parties) == 0 {
		return gov.Text{ZH: "系统", EN: "the system"}.In(l)
	}
	out := ""
	for i, id := range parties {
		if i > 0 {
			out += gov.Text{ZH: "、", EN: ", "}.In(l)
		}
		party, _ := s.p.Party(id)
		out += party.Name.In(l)
	}
	return out
}

// add numbers an event, applies it and keeps it.
func (s *step) add(e Event) error {
	e = s.dated(e)
	c, err := Apply(s.p, s.res.Case, e)
	if err != nil {
		return err
	}
	s.res.Case, s.res.Events = c, append(s.res.Events, e)
	return nil
}

func (s *step) dated(e Event) Event {
	e.Seq, e.At = s.res.Case.Version+1, s.now
	return e
}

// act lets an action take effect.
func (s *step) act(a *procedure.Action, by Mark, given Values, note string, request int64) error {
	before := s.res.Case
	e := Event{Kind: Acted, By: by, Action: a.ID, From: before.State, To: before.State, Set: Values{}, Note: note, Request: request, Unseal: a.Unseal, Stamp: s.stamp}
	s.stamp = nil // what follows by itself is nobody's
	if a.To != "" {
		e.To = a.To
	}
	maps.Copy(e.Set, given)
	// Values are worked out over the case as the action leaves it, in the order
	// of the file: each sees those before.
	sc := s.scope()
	sc.c = before.clone()
	sc.c.State = e.To
	sc.c.Values.Put(given)
	for i := range a.Set {
		f, _ := s.p.Field(a.Set[i].Field)
		v, err := sc.evaluate(f, a.Set[i].Expr())
		if err != nil {
			return err
		}
		e.Set[f.ID] = v
		sc.c.Values.Put(Values{f.ID: v})
	}
	for _, f := range a.Clear {
		e.Set[f] = nil
		delete(sc.c.Values, f)
	}
	if a.Merge != "" {
		into, err := gov.ParseID(sc.c.Values.Text(a.Merge))
		switch {
		case err != nil:
			return Mistakes{gov.Errorf(gov.Invalid, "没有写明并入哪个案件", "no case is named to merge into").On(a.Merge)}
		case into == before.ID:
			return Mistakes{gov.Errorf(gov.Invalid, "案件不能并入自己", "a case cannot be merged into itself").On(a.Merge)}
		}
		e.Merge = into
	}
	if err := s.clocks(a, &e, sc); err != nil {
		return err
	}
	after, err := Apply(s.p, before, s.dated(e))
	if err != nil {
		return err
	}
	computed, err := scope{p: s.p, c: after, w: s.w}.compute()
	if err != nil {
		return err
	}
	maps.Copy(e.Set, computed)
	if err := s.add(e); err != nil {
		return err
	}
	if _, err := Deadlines(s.p, s.res.Case, s.w); err != nil {
		return err // a case whose clocks cannot be read would be stuck
	}
	return s.effects(a, e)
}

// clocks notes which clocks an action starts, with what limit, and extends.
func (s *step) clocks(a *procedure.Action, e *Event, sc scope) error {
	moved := e.From != e.To
	for i := range s.p.Clocks {
		def := &s.p.Clocks[i]
		starts := slices.Contains(def.From, a.ID) || moved && slices.Contains(def.From, e.To)
		if k := s.res.Case.Runs[def.ID]; !starts || k.Running() && def.Again != procedure.Restart && !sc.c.changed(def, k) {
			continue
		}
		limit, err := sc.limit(def)
		if err != nil {
			return err
		}
		if e.Limits == nil {
			e.Limits = Limits{}
		}
		e.Limits[def.ID] = limit
	}
	if x := a.Extend; x != nil {
		by, k := x.By, s.res.Case.Runs[x.Clock]
		switch {
		case x.Field != "":
			by = calendar.Limit{N: int(sc.c.Values.Int(x.Field)), Unit: k.Limit.Unit}
		case x.Part > 0: // a part of a unit counts as one
			by = calendar.Limit{N: (k.Limit.N*x.Part + 99) / 100, Unit: k.Limit.Unit}
		}
		if by.N < 1 {
			return Mistakes{gov.Errorf(gov.Invalid, "延长的时间应大于零", "an extension should be more than zero").On(x.Field)}
		}
		e.Extend = Limits{x.Clock: by}
	}
	return nil
}

// effects collects what an action asks of the world.
func (s *step) effects(a *procedure.Action, e Event) error {
	sc := s.scope()
	for i := range a.Open {
		o := &a.Open[i]
		if yes, err := o.Applies(sc.value); err != nil {
			return err
		} else if !yes {
			continue
		}
		each := []string{""}
		switch {
		case o.Each != "":
			each, _ = s.res.Case.units(procedure.UnitRef{Field: o.Each}, s.w.Dir)
		case o.Times != "":
			each = make([]string, s.res.Case.Values.Int(o.Times))
		}
		for n, unit := range each {
			sc.each, sc.nth = unit, int64(n+1)
			values, err := s.seed(sc, o)
			if err != nil {
				return err
			}
			s.res.Effects = append(s.res.Effects, Effect{Kind: OpenEffect, Event: s.res.Case.Version, Child: o.Child, Values: values})
		}
	}
	if !e.Merge.IsZero() {
		s.res.Effects = append(s.res.Effects, Effect{Kind: MergeEffect, Event: s.res.Case.Version, Into: e.Merge})
	}
	if a.Letter != "" {
		s.res.Effects = append(s.res.Effects, Effect{Kind: LetterEffect, Event: s.res.Case.Version, Letter: a.Letter})
	}
	s.tell(Told, "", a.Notify)
	entered, err := entering.Work(a.Enter, s.res.Case.Number, sc.value)
	for _, n := range entered {
		s.res.Effects = append(s.res.Effects, Effect{Kind: EnterEffect, Event: s.res.Case.Version, Enter: n})
	}
	return err
}

// seed works out what a sub-case begins with. The fields are the sub-case's,
// so the values go as expressions give them.
func (s *step) seed(sc scope, o *procedure.Open) (Values, error) {
	values := Values{}
	for i := range o.With {
		if o.With[i].Copies() {
			if at, ok := sc.c.Values[o.With[i].To]; ok {
				values[o.With[i].Field] = at
			}
			continue
		}
		v, err := o.With[i].Expr().Eval(sc.value)
		if err != nil {
			return nil, err
		}
		if t, ok := v.(time.Time); ok {
			if v = t.UnixMilli(); t.IsZero() {
				continue
			}
		}
		if entered.Given(v) {
			values[o.With[i].Field] = v
		}
	}
	return values, nil
}

// tell adds a notice to some parties.
func (s *step) tell(why Notice, clock string, parties []string) {
	var to []Turn
	for _, party := range parties {
		to = append(to, s.res.Case.Turns(s.p, party, s.w.Dir)...)
	}
	if len(to) > 0 {
		s.res.Effects = append(s.res.Effects, Effect{Kind: NoticeEffect, Event: s.res.Case.Version, Why: why, Clock: clock, To: to})
	}
}

// finish lets happen what then happens by itself.
func (s *step) finish(err error) (Result, error) {
	if err != nil {
		return Result{}, err
	}
	if err := s.settle(); err != nil {
		return Result{}, err
	}
	if moved := slices.ContainsFunc(s.res.Events, func(e Event) bool { return e.Kind == Acted && e.From != e.To }); moved {
		if to := Waiting(s.p, s.res.Case, s.w.Dir); len(to) > 0 {
			s.res.Effects = append(s.res.Effects, Effect{Kind: NoticeEffect, Event: s.res.Case.Version, Why: YourTurn, To: to})
		}
	}
	return s.res, nil
}

// settle does automatic actions that depend on no time until there is none.
func (s *step) settle() error {
	for range maxSettle {
		if err := s.reckon(); err != nil {
			return err
		}
		a := s.ready()
		if a == nil {
			return nil
		}
		if err := s.act(a, Mark{Kind: gov.SystemActor}, nil, "", 0); err != nil {
			return err
		}
	}
	return fmt.Errorf("procedure %s: automatic actions of case %s do not come to rest", s.p.ID, s.res.Case.Number)
}

// reckon notes computed fields that changed without an action, because a clock
// ran out or a sub-case ended.
func (s *step) reckon() error {
	changed, err := s.scope().compute()
	if err != nil || len(changed) == 0 {
		return err
	}
	return s.add(Event{Kind: Reckoned, By: Mark{Kind: gov.SystemActor}, Set: changed})
}
