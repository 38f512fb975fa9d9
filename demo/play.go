package demo

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/entered"
	"quanxiang/demo/outings"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
)

// Staff tells what persons hold.
type Staff interface {
	Holdings(ctx context.Context, person gov.ID) (people.Holdings, error)
}

// District is an installation to be filled. Everything in it goes by the Clock.
type District struct {
	Pack     *policy.Pack
	Office   *people.Office
	Staff    Staff
	Docket   *docket.Docket
	Casework *casework.Casework

	// Residents keeps who reports; without it, nothing is reported in the streets.
	Residents *residents.Register
	// Inbox, if not nil, is where people read what they were told.
	Inbox Inbox

	Calendar calendar.Calendar
	Clock    *Clock
	Now      time.Time // where history ends
	Seed     uint64
	Reports  int // about how many problems are reported; 0 for the usual number

	// Inspectors is how many inspect, beside two of each department.
	Inspectors int
	// Besides, if not nil, is asked once everybody is entered what else happens.
	Besides func(ctx context.Context) ([]Scene, error)

	// Progress, if not nil, is told how much of the history has been played.
	Progress func(done, all int)

	links map[*person]string // one-time links by whom they are for
}

// Opening is when the installation is to be set up, and so the time of its
// clock while documents are imported and duties proposed.
func (d *District) Opening() time.Time { return opening(d.Now, d.Calendar) }

// Fill enters the persons and plays the history of the duties that are there.
// It returns Conflict when the installation has an administrator: it is not for
// one that is in use. Afterwards the clock tells the real time.
func (d *District) Fill(ctx context.Context) (Filled, error) {
	rng := rand.New(rand.NewPCG(d.Seed, 0))
	d.Clock.Set(d.Opening())
	s := &show{District: d, stage: newStage(d.Now, d.Calendar, rng)}
	var err error
	if p, ok := d.Pack.Procedure(dutyProcedure); ok {
		s.duty = p
		if s.duties, err = d.duties(ctx); err != nil {
			return Filled{}, err
		}
	} else {
		s.duty = &procedure.Procedure{}
	}
	s.cast = newCast(d.Pack, s.duty, s.duties, rng, d.Inspectors)
	if err := d.enter(ctx, s.cast); err != nil {
		return Filled{}, err
	}
	if err := s.leave(ctx, rng); err != nil {
		return Filled{}, err
	}
	logins, err := d.openDoors(ctx, s.cast)
	if err != nil {
		return Filled{}, err
	}
	if err := d.look(ctx, s.cast); err != nil {
		return Filled{}, err
	}
	s.plan()
	reports := s.planStreets()
	if d.Besides != nil {
		if s.besides, err = d.Besides(ctx); err != nil {
			return Filled{}, err
		}
	}
	if err := s.play(ctx); err != nil {
		return Filled{}, err
	}
	if team := s.cast.inspectors; len(team) > 0 {
		if _, err := outings.Begin(ctx, d.Docket, d.Pack, d.Now, rng, []string{team[0].seats[0].unit}, []gov.ID{team[0].id, team[1].id}); err != nil {
			return Filled{}, err
		}
	}
	return Filled{From: s.days[0], Persons: len(s.cast.all), Duties: len(s.duties), Reports: reports, Steps: s.steps, Logins: logins}, nil
}

// duties reads the duties that wait to be confirmed, in the order of their
// numbers.
func (d *District) duties(ctx context.Context) (list []cases.Case, err error) {
	for place := (docket.Place{}); ; {
		rows, next, err := d.Docket.List(ctx, docket.Query{Procedure: dutyProcedure}, place, 200)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			c, _, err := d.Docket.Case(ctx, r.ID)
			if err != nil {
				return nil, err
			}
			list = append(list, c)
		}
		if place = next; next.IsZero() {
			slices.SortFunc(list, func(a, b cases.Case) int { return compareNumbers(a.Number, b.Number) })
			return list, nil
		}
	}
}

// leave puts a deputy in the place of the head of the unit that leads most but
// one, around now.
func (s *show) leave(ctx context.Context, rng *rand.Rand) error {
	if len(s.cast.units) < 2 {
		return nil
	}
	head := s.cast.byAct(s.cast.units[1], policy.Approve)
	deputy := s.cast.byAct(s.cast.units[1], policy.Handle)
	if head == nil || deputy == nil {
		return nil
	}
	var err error
	if head.holdings, err = s.Staff.Holdings(ctx, head.id); err != nil {
		return err
	}
	today := gov.DateOf(s.Now)
	head.absent = people.Period{From: today.Add(-2 - rng.IntN(3)), To: today.Add(8 + rng.IntN(5))}
	_, err = s.Office.EnterAbsence(ctx, head.standing(s.Pack, s.Clock.Now()), people.Absence{Person: head.id, Deputy: deputy.id, Period: head.absent})
	return err
}

// show is a history while it is planned and played.
type show struct {
	*District
	*stage
	duty   *procedure.Procedure
	duties []cases.Case
	cast   *cast
	acts   [][]act // by moment
	all    int     // how many acts are known
	steps  int
	reads  []read    // when people will read what they are told
	read   time.Time // when they did last
	streets
	besides []Scene
}

// Scene is something that happens at a time of the history, besides what is planned here.
type Scene struct {
	At time.Time
	Do func(ctx context.Context) error
}

// act is something somebody does at a moment. Acts of one family, a duty with
// its milestones, never happen at the same time.
type act struct {
	family int
	first  bool // it begins a case: before the others of its moment, one after the other
	do     func(ctx context.Context, at time.Time) error
}

// at puts an act at a moment.
func (s *show) at(moment int, a act) {
	s.acts[moment] = append(s.acts[moment], a)
	s.all++
}

// stirAtOnce is how many cases are looked at before looking whether there are
// more.
const stirAtOnce = 500

// stirEvery is how often it is looked what time has brought while cases are
// about hours, and not days.
const stirEvery = 30 * time.Minute

// play lets everything happen in the order of time, day by day: first what time
// brings by itself, shortly after midnight, then the moments of the day.
func (s *show) play(ctx context.Context) error {
	scenes := s.script()
	s.reads = s.readings()
	for day := s.days[0].Add(1); !gov.DateOf(s.Now).Before(day); day = day.Add(1) {
		stirred := clock(day, 10)
		if err := s.stir(ctx, stirred); err != nil {
			return err
		}
		for ; len(scenes) > 0 && !day.Before(gov.DateOf(scenes[0].at)); scenes = scenes[1:] {
			if at := scenes[0].at; !s.busy.IsZero() && !at.Before(s.busy) && at.Sub(stirred) >= stirEvery {
				if err := s.stir(ctx, at); err != nil {
					return err
				}
				stirred = at
			}
			if err := s.catchUp(ctx, scenes[0].at); err != nil {
				return err
			}
			if err := s.playMoment(ctx, scenes[0]); err != nil {
				return err
			}
		}
		if s.Progress != nil {
			s.Progress(s.steps, s.all)
		}
	}
	if err := s.catchUp(ctx, s.Now); err != nil {
		return err
	}
	s.Clock.Set(s.Now)
	defer s.Clock.Run()
	return s.stir(ctx, s.Now)
}

// happening is what happens at a moment.
type happening struct {
	at   time.Time
	acts []act
}

// script puts what was planned into the order of time.
func (s *show) script() (list []happening) {
	for i, acts := range s.acts {
		if len(acts) > 0 {
			list = append(list, happening{s.moment[i], acts})
		}
	}
	for ms, acts := range s.slots {
		list = append(list, happening{time.UnixMilli(ms), acts})
	}
	for _, b := range s.besides {
		list = append(list, happening{b.At, []act{{first: true, do: func(ctx context.Context, _ time.Time) error { return b.Do(ctx) }}}})
	}
	slices.SortStableFunc(list, func(a, b happening) int { return a.at.Compare(b.at) })
	return list
}

// stir lets happen what time has brought until an instant of the clock.
func (s *show) stir(ctx context.Context, at time.Time) error {
	if at.After(s.Now) {
		return nil
	}
	if at.Before(s.Now) {
		s.Clock.Set(at)
	}
	for {
		if n, err := s.Docket.Stir(ctx, at, stirAtOnce); err != nil || n < stirAtOnce {
			return err
		}
	}
}

// playMoment lets the acts of a moment happen, families side by side.
func (s *show) playMoment(ctx context.Context, h happening) error {
	s.Clock.Set(h.at)
	var others []act
	for _, a := range h.acts {
		if !a.first {
			others = append(others, a)
		} else if err := a.do(ctx, h.at); err != nil {
			return err
		}
	}
	err := parallel(len(others), func(i int) error { return others[i].do(ctx, h.at) })
	s.steps += len(h.acts)
	for more := err == nil; more; { // many at once were many: lists follow
		more, err = s.Docket.Catch(ctx, stirAtOnce)
	}
	return err
}

// step does something to a case in somebody's name. On PostgreSQL a step may
// meet another on its way; it is then done again.
func (s *show) step(ctx context.Context, who *person, at time.Time, what string, id gov.ID, do func(people.Standing, docket.Step) error) error {
	var err error
	for range 3 {
		if err = do(who.standing(s.Pack, at), docket.Step{Case: id}); err == nil {
			return nil
		}
		if gov.CodeOf(err) != gov.Conflict {
			break
		}
	}
	return gov.Errorf(gov.CodeOf(err), "演示中 %[1]s 于 %[2]s 办理 %[3]s 未成：%[4]s", "in the demonstration %[1]s could not do %[3]s at %[2]s: %[5]s",
		who.login, at.In(gov.China).Format(entered.InstantForm), what, gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN)).Because(err)
}

// act does an action on a case.
func (s *show) act(ctx context.Context, who *person, at time.Time, id gov.ID, action string, v cases.Values) error {
	return s.step(ctx, who, at, action, id, func(by people.Standing, st docket.Step) error {
		return s.Casework.Act(ctx, by, st, action, v, "")
	})
}

// answer agrees to what waits for consent in a case, or refuses it.
func (s *show) answer(ctx context.Context, who *person, at time.Time, id gov.ID, agree bool, note string) error {
	c, _, err := s.Docket.Case(ctx, id)
	if err != nil {
		return err
	}
	if len(c.Pending) == 0 {
		return errors.New("nothing waits for consent in " + c.Number)
	}
	return s.step(ctx, who, at, "answer", id, func(by people.Standing, st docket.Step) error {
		return s.Casework.Answer(ctx, by, st, c.Pending[0].Seq, agree, note)
	})
}
