package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Packs gives the packs cases run under.
type Packs interface {
	// Current is the pack new cases begin under.
	Current() *policy.Pack
	// Version is the pack with a hash, or NotFound.
	Version(ctx context.Context, hash string) (*policy.Pack, error)
}

// Docket runs the cases of a district: it loads, lets the engine decide, and
// saves, each step in one transaction.
type Docket struct {
	store    Store
	packs    Packs
	calendar func() calendar.Calendar
	into     Registers // nil: nothing is written into registers
	beside   map[string]Room
	holds    Holders // nil: no entries have cases of series
	judge    Judge   // nil: rule files are not asked
}

// The kinds of jobs by which others ask the docket to look at something.
const (
	RelistJob  = "cases.relist"   // what lists know is out of date behind a case, the key, or behind none
	ProposeJob = "cases.propose"  // a document of the library, the key, has new items
	HookJob    = "hooks.announce" // a case, the key, has events other systems were not told of yet
	NoticeJob  = "notices.tell"   // a case, the key, has notes nobody was told yet
)

// New makes the docket over a store.
func New(store Store, packs Packs, cal func() calendar.Calendar) *Docket {
	return &Docket{store: store, packs: packs, calendar: cal}
}

// Calendar is the calendar cases are reckoned by.
func (s *Docket) Calendar() calendar.Calendar { return s.calendar() }

// Case returns a case with its procedure.
func (s *Docket) Case(ctx context.Context, id gov.ID) (cases.Case, *procedure.Procedure, error) {
	c, err := s.store.Case(ctx, id)
	if err != nil {
		return c, nil, err
	}
	_, p, err := s.under(ctx, c)
	return c, p, err
}

// Under is what a case runs under.
type Under struct {
	Pack      *policy.Pack
	Procedure *procedure.Procedure
}

// File is a case with all that is needed to show it.
type File struct {
	Under
	Case     cases.Case
	Children []Row
	World    cases.World
}

// File returns a case as it is to be shown at a time.
func (s *Docket) File(ctx context.Context, id gov.ID, now time.Time) (File, error) {
	c, err := s.store.Case(ctx, id)
	if err != nil {
		return File{}, err
	}
	pack, p, err := s.under(ctx, c)
	if err != nil {
		return File{}, err
	}
	f := File{Under: Under{pack, p}, Case: c, World: cases.World{Now: now, Calendar: s.calendar(), Dir: pack}}
	if len(p.Children) == 0 {
		return f, nil
	}
	if f.Children, err = s.store.Children(ctx, id); err != nil {
		return File{}, err
	}
	f.World.Children = map[string]cases.Count{}
	for _, r := range f.Children {
		n := f.World.Children[r.Kind]
		n.Total++
		switch {
		case r.Ended == 0:
			n.Open++
		case r.Ends == string(procedure.DoneState):
			n.Done++
		}
		f.World.Children[r.Kind] = n
	}
	return f, nil
}

// History returns the events of a case after a number.
func (s *Docket) History(ctx context.Context, id gov.ID, after int64) ([]cases.Event, error) {
	return s.store.History(ctx, id, after)
}

// under finds the pack and the procedure a case runs under.
func (s *Docket) under(ctx context.Context, c cases.Case) (*policy.Pack, *procedure.Procedure, error) {
	pack, err := s.packs.Version(ctx, c.Pack)
	if err != nil {
		return nil, nil, err
	}
	p, ok := pack.Procedure(c.Procedure)
	if !ok {
		return nil, nil, gov.Errorf(gov.Internal, "政策包里没有程序 %s", "the pack has no procedure %s", c.Procedure)
	}
	return pack, p, nil
}

// maxTries is how often Together runs when somebody else was first.
const maxTries = 3

// Together does what several rooms have part in, like taking a report from whoever
// brings it, as one: fn runs in one transaction, which all that is kept under its
// context belongs to, whichever room keeps it. fn runs again when somebody else was
// first, as a report that is sent twice at once finds the case of the other then.
func (s *Docket) Together(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	for range maxTries {
		if err = s.store.Together(ctx, fn); gov.CodeOf(err) != gov.Conflict {
			return err
		}
	}
	return err
}

// Begin starts a case of the current pack. id is the caller's and names the
// step: beginning a case that is there returns it as it is.
func (s *Docket) Begin(ctx context.Context, id gov.ID, procedureID string, in cases.Input) (cases.Case, error) {
	return s.BeginWith(ctx, id, procedureID, in, nil)
}

// BeginWith is Begin with values nobody is asked for: what the program knows of
// whoever begins the case.
func (s *Docket) BeginWith(ctx context.Context, id gov.ID, procedureID string, in cases.Input, seed cases.Values) (c cases.Case, err error) {
	pack := s.packs.Current()
	p, err := procedureOf(pack, procedureID)
	if err != nil {
		return c, err
	}
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if there, err := tx.Begun(ctx, id); err == nil {
			c = there
			return nil
		} else if gov.CodeOf(err) != gov.NotFound {
			return err
		}
		var err error
		c, err = s.begin(ctx, tx, pack, p, cases.Case{ID: id}, in, seed)
		return err
	})
	if gov.CodeOf(err) == gov.Conflict { // on PostgreSQL the same may have been sent twice at once
		if there, lookErr := s.store.Case(ctx, id); lookErr == nil {
			return there, nil
		}
	}
	return c, err
}

// procedureOf is a procedure of a pack, or NotFound.
func procedureOf(pack *policy.Pack, id string) (*procedure.Procedure, error) {
	p, ok := pack.Procedure(id)
	if !ok {
		return nil, gov.Errorf(gov.NotFound, "没有程序“%s”", "there is no procedure %q", id)
	}
	return p, nil
}

// begin starts a case in a transaction.
func (s *Docket) begin(ctx context.Context, tx Tx, pack *policy.Pack, p *procedure.Procedure, c cases.Case, in cases.Input, seed cases.Values) (cases.Case, error) {
	c.Procedure, c.Pack = p.ID, pack.Hash
	w := cases.World{Now: tx.Now(), Calendar: s.calendar(), Dir: pack}
	res, err := cases.Begin(p, c, in, seed, w)
	if err != nil {
		return c, err
	}
	return s.begun(ctx, tx, pack, p, res, in.Actor, w)
}

// begun keeps a case that was begun.
func (s *Docket) begun(ctx context.Context, tx Tx, pack *policy.Pack, p *procedure.Procedure, res cases.Result, actor cases.Actor, w cases.World) (c cases.Case, err error) {
	if p.Under != "" && res.Case.Parent.IsZero() {
		if res.Case.Parent, res.Case.Kind, err = s.parent(ctx, tx, p, res.Case); err != nil {
			return c, err
		}
	}
	// Numbered last, so that what is refused takes no number.
	year := tx.Now().In(gov.China).Year()
	seq, err := tx.Number(ctx, p.Number.Series(year))
	if err != nil {
		return c, err
	}
	res.Case.Number = p.Number.Write(year, seq)
	return res.Case, s.commit(ctx, tx, pack, p, cases.Case{}, res, actor, res.Case.ID, w)
}

// Step is a step on a case that is there.
type Step struct {
	Case    gov.ID
	Version int64  // what the actor saw; 0 takes the case as it is
	Key     gov.ID // names the step, so that sending it twice does it once; zero for none
}

// Act does an action; see the function Act. A case that has moved on since the
// version the actor saw is a Conflict.
func (s *Docket) Act(ctx context.Context, st Step, in cases.Input) (cases.Case, error) {
	return s.step(ctx, st, in.Actor, func(p *procedure.Procedure, c cases.Case, w cases.World) (cases.Result, error) {
		res, err := cases.Act(p, c, in, w)
		if err == nil {
			err = s.judged(ctx, p, in.Action, res.Case, gov.DateOf(w.Now))
		}
		return res, err
	})
}

// Agree gives consent to a request; see the function Agree.
func (s *Docket) Agree(ctx context.Context, st Step, request int64, note string, actor cases.Actor) (cases.Case, error) {
	return s.step(ctx, st, actor, func(p *procedure.Procedure, c cases.Case, w cases.World) (cases.Result, error) {
		return cases.Agree(p, c, request, note, actor, w)
	})
}

// Refuse turns a request down; see the function Refuse.
func (s *Docket) Refuse(ctx context.Context, st Step, request int64, note string, actor cases.Actor) (cases.Case, error) {
	return s.step(ctx, st, actor, func(p *procedure.Procedure, c cases.Case, w cases.World) (cases.Result, error) {
		return cases.Refuse(p, c, request, note, actor, w)
	})
}

// Comment adds a remark; see the function Comment.
func (s *Docket) Comment(ctx context.Context, st Step, note string, files []string, actor cases.Actor) (cases.Case, error) {
	return s.step(ctx, st, actor, func(p *procedure.Procedure, c cases.Case, w cases.World) (cases.Result, error) {
		return cases.Comment(p, c, note, files, actor, w)
	})
}

// step loads a case, lets decide and saves.
func (s *Docket) step(ctx context.Context, st Step, actor cases.Actor, decide decision) (c cases.Case, err error) {
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		there, of, err := tx.Stepping(ctx, st.Case, st.Key)
		if err != nil {
			return err
		}
		c = there
		switch {
		case of == st.Case: // done before
			return nil
		case !of.IsZero():
			return gov.Errorf(gov.Conflict, "这个请求编号已用于另一件事", "this request id was used for something else")
		}
		if st.Version != 0 && st.Version != c.Version {
			return gov.Errorf(gov.Conflict, "案件在您打开之后又有了变化，请查看最新情况后再办理", "the case has changed since you opened it; look at it again first")
		}
		c, err = s.advance(ctx, tx, c, actor, st.Key, afterTime(decide))
		return err
	})
	return c, err
}

// decision is a decision function of package cases on a case that is there.
type decision func(*procedure.Procedure, cases.Case, cases.World) (cases.Result, error)

// afterTime lets what time has brought come before a decision: an actor meets
// the case as it is now, whether or not someone has looked at it since.
func afterTime(decide decision) decision {
	return func(p *procedure.Procedure, c cases.Case, w cases.World) (cases.Result, error) {
		due, err := cases.Tick(p, c, w)
		if err != nil {
			return due, err
		}
		res, err := decide(p, due.Case, w)
		res.Events = append(due.Events, res.Events...)
		res.Effects = append(due.Effects, res.Effects...)
		return res, err
	}
}

// advance lets something be decided on a case in a transaction and saves it.
// Without events nothing is saved.
func (s *Docket) advance(ctx context.Context, tx Tx, c cases.Case, actor cases.Actor, key gov.ID, decide decision) (cases.Case, error) {
	pack, p, err := s.under(ctx, c)
	if err != nil {
		return c, err
	}
	w, err := s.world(ctx, tx, pack, p, c)
	if err != nil {
		return c, err
	}
	res, err := decide(p, c, w)
	if err != nil || len(res.Events) == 0 {
		return c, err
	}
	return res.Case, s.commit(ctx, tx, pack, p, c, res, actor, key, w)
}

// world is what a decision on a case may know.
func (s *Docket) world(ctx context.Context, tx Tx, pack *policy.Pack, p *procedure.Procedure, c cases.Case) (w cases.World, err error) {
	w = cases.World{Now: tx.Now(), Calendar: s.calendar(), Dir: pack}
	if len(p.Children) > 0 {
		w.Children, err = tx.Children(ctx, c.ID)
	}
	return w, err
}

// commit saves a step and does what it asks of other cases.
func (s *Docket) commit(ctx context.Context, tx Tx, pack *policy.Pack, p *procedure.Procedure, before cases.Case, res cases.Result, actor cases.Actor, key gov.ID, w cases.World) error {
	c := res.Case
	ch := Change{Case: c, Before: before.Version, Events: res.Events, Key: key, Actor: gov.Actor{Kind: actor.Kind, Name: actor.Person},
		Notes: notes(res, actor), Unlisted: before.Version == 0 && tx.Busy() && waits(res)}
	if !ch.Unlisted {
		first := before.Version == 0
		var err error
		if !first { // it may have begun among very many
			if first, err = tx.Claim(ctx, c.ID); err != nil {
				return err
			}
		}
		if ch.Listing, err = listing(p, c, w); err != nil {
			return err
		}
		if ch.Recount, err = recount(ctx, tx, p, before, res, w, first); err != nil {
			return err
		}
	}
	if err := tx.Save(ctx, ch); err != nil {
		return err
	}
	for _, e := range res.Effects {
		var err error
		switch e.Kind {
		case cases.OpenEffect:
			err = s.open(ctx, tx, pack, p, c, e)
		case cases.EnterEffect:
			err = s.enter(ctx, c, res.Events[e.Event-res.Events[0].Seq], e.Enter)
		case cases.MergeEffect:
			by := res.Events[e.Event-res.Events[0].Seq].By
			err = s.absorb(ctx, tx, c, e.Into, by, actor)
		}
		if err != nil {
			return err
		}
	}
	if r := s.beside[c.Procedure]; r != nil {
		if err := r.Stepped(ctx, Stepped{Before: before, Case: c, Events: res.Events, Procedure: p, Pack: pack}); err != nil {
			return err
		}
	}
	if !c.Parent.IsZero() && (before.Ended == 0) != (c.Ended == 0) {
		return s.stir(ctx, tx, c.Parent)
	}
	return nil
}

// notes is what a step wants people told. Whom a relation of the public or a
// contact stands for has no inbox; they are told by other ways, see package
// notices.
func notes(res cases.Result, actor cases.Actor) (list []Note) {
	for _, e := range res.Effects {
		if e.Kind == cases.NoticeEffect && len(e.To) > 0 {
			list = append(list, Note{Why: e.Why, Clock: e.Clock, To: e.To, By: actor.Person})
		}
	}
	return list
}

// open begins a sub-case a step asks for.
func (s *Docket) open(ctx context.Context, tx Tx, pack *policy.Pack, p *procedure.Procedure, parent cases.Case, e cases.Effect) error {
	kind, _ := p.Child(e.Child)
	child, _ := pack.Procedure(kind.Procedure)
	c := cases.Case{ID: gov.NewID(tx.Now()), Parent: parent.ID, Kind: e.Child}
	_, err := s.begin(ctx, tx, pack, child, c, cases.Input{Action: child.SystemBegin(), Actor: cases.System}, e.Values)
	return err
}

// absorb lets a case that was merged into another arrive there.
func (s *Docket) absorb(ctx context.Context, tx Tx, from cases.Case, into gov.ID, by cases.Mark, actor cases.Actor) error {
	c, err := tx.Case(ctx, into)
	if gov.CodeOf(err) == gov.NotFound {
		return gov.Errorf(gov.Invalid, "没有要并入的案件", "there is no such case to merge into")
	}
	if err != nil {
		return err
	}
	_, err = s.advance(ctx, tx, c, actor, gov.ID{}, afterTime(func(p *procedure.Procedure, c cases.Case, w cases.World) (cases.Result, error) {
		return cases.Absorb(p, c, from, by, w)
	}))
	return err
}

// lookAgain is when to look again at a case whose time has come but which a
// condition of the procedure holds back.
const lookAgain = time.Hour

// stir looks whether a case has something to do by itself now.
func (s *Docket) stir(ctx context.Context, tx Tx, id gov.ID) error {
	c, err := tx.Case(ctx, id)
	if err != nil {
		return err
	}
	after, err := s.advance(ctx, tx, c, cases.System, gov.ID{}, cases.Tick)
	if err != nil || after.Version > c.Version {
		return err
	}
	return tx.Sleep(ctx, id, tx.Now().Add(lookAgain))
}

// listing derives what lists know of a case.
func listing(p *procedure.Procedure, c cases.Case, w cases.World) (l Listing, err error) {
	state, _ := p.State(c.State)
	l.Row = Row{ID: c.ID, Procedure: p.ID, Number: c.Number, Parent: c.Parent, Kind: c.Kind, Subject: c.Values.Text(p.Subject),
		Units: c.Values.All(p.Unit), State: c.State, Ends: string(state.Kind), Opened: c.Opened, Ended: c.Ended, Touched: c.Touched}
	l.Facets = []Facet{{}}
	for _, field := range p.Facets {
		for _, v := range c.Values.All(field) {
			l.Facets = append(l.Facets, Facet{field, v})
		}
	}
	for _, field := range p.Acting() { // an organisation finds its cases
		if v := c.Values.Text(field); v != "" && !slices.Contains(p.Facets, field) {
			l.Facets = append(l.Facets, Facet{field, v})
		}
	}
	if k := cases.Colour(p, c, w); k != nil {
		l.Row.Colour = k.ID
	}
	deadlines, err := cases.Deadlines(p, c, w)
	if err != nil {
		return l, err
	}
	l.Row.Time(p, deadlines)
	l.Spot = spotOf(p, c)
	l.Turns = cases.Waiting(p, c, w.Dir)
	l.Wake, err = cases.Wake(p, c, w)
	return l, err
}

// Stir lists the cases that lists know nothing of yet, among which it could not find
// any, see Catch, and looks at up to limit cases for which time may have brought something,
// each in a transaction of its own, and returns how many it looked at. One
// that fails does not stop the others and is looked at again an hour later, so
// that those that cannot be helped never keep the rest waiting; the failures
// are returned together.
func (s *Docket) Stir(ctx context.Context, now time.Time, limit int) (int, error) {
	var failed []error
	for more := true; more; {
		var err error
		more, err = s.Catch(ctx, max(limit, 1))
		failed = append(failed, err)
	}
	ids, err := s.store.Waking(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return s.stir(ctx, tx, id) })
		if ctx.Err() != nil {
			return len(ids), ctx.Err()
		}
		switch gov.CodeOf(err) {
		case "", gov.Conflict: // someone acts on it at this moment: that step looks too
			continue
		case gov.Unavailable: // no fault of the case
			return len(ids), err
		}
		failed = append(failed, fmt.Errorf("look at case %s: %w", id, err))
		if err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Sleep(ctx, id, tx.Now().Add(lookAgain)) }); err != nil {
			return len(ids), err
		}
	}
	return len(ids), errors.Join(failed...)
}
