package demo

import (
	"bytes"
	"context"
	"math/rand/v2"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/demo/drawing"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/residents"
)

// tale is the history of one report while it is thought out. Like the history of
// a duty it is decided before anything happens. Times are in minutes worked since
// the first day of reports, so that offices work in the hours they are open.
type tale struct {
	*show
	rng    *rand.Rand
	family int
	cursor int // minute of the last act planned
	over   bool

	matter
	row    policyRow
	street string // code of the area
	office string // unit of the street
	place  geo.Point
	unit   string // who handles it
	helper string // "" for nobody

	id      gov.ID // of the case, once it was begun
	channel string
	contact *residents.Draft // nil for whoever stays unknown
	proven  bool             // the address was shown to be theirs
	asked   string           // id of the contact, once it is there
	photos  []string         // what came with the report
	filed   int              // minute at which it was filed, of those others are merged into
}

// policyRow is what the pack's standard says of who handles a matter and how long
// it may take, minutes worked.
type policyRow struct {
	street  bool // the street handles it, the unit helps
	unit    string
	limit   int
	running bool // it runs at night as well
}

// on puts something somebody does some minutes worked after what was planned
// before. What would come after now is not planned, nor anything behind it.
func (t *tale) on(after int, do func(ctx context.Context, at time.Time) error) bool {
	t.cursor = t.grid(t.cursor + max(after, 1))
	if t.over = t.over || t.cursor >= t.worked; t.over {
		return false
	}
	t.slot(t.instant(t.cursor), act{family: t.family, do: do})
	return true
}

// does plans an action of somebody; values are made when it is done.
func (t *tale) does(after int, who *person, action string, values func(ctx context.Context, at time.Time) (cases.Values, error)) bool {
	if who == nil {
		t.over = true
		return false
	}
	return t.on(after, func(ctx context.Context, at time.Time) error {
		var v cases.Values
		if values != nil {
			var err error
			if v, err = values(ctx, at); err != nil {
				return err
			}
		}
		return t.act(ctx, who, at, t.id, action, v)
	})
}

// says plans an action with values known before.
func (t *tale) says(after int, who *person, action string, v cases.Values) bool {
	return t.does(after, who, action, func(context.Context, time.Time) (cases.Values, error) { return v, nil })
}

// shows plans an action for which somebody takes a picture.
func (t *tale) shows(after int, who *person, action, field string, done bool, v cases.Values) bool {
	return t.does(after, who, action, func(ctx context.Context, at time.Time) (cases.Values, error) {
		key, err := t.photograph(ctx, who, at, done)
		if err != nil {
			return nil, err
		}
		v[field] = []string{key}
		return v, nil
	})
}

// agrees plans the answer to what waits for consent.
func (t *tale) agrees(after int, who *person, yes bool, note string) bool {
	if who == nil {
		t.over = true
		return false
	}
	return t.on(after, func(ctx context.Context, at time.Time) error { return t.answer(ctx, who, at, t.id, yes, note) })
}

// between draws a number of [lo, hi].
func (t *tale) between(lo, hi int) int { return lo + t.rng.IntN(max(hi-lo, 0)+1) }

// pick draws one of a list.
func (t *tale) pick(list []string) string { return list[t.rng.IntN(len(list))] }

// chance is true so many times of a hundred.
func (t *tale) chance(percent int) bool { return t.rng.IntN(100) < percent }

// of draws somebody who holds a role in a unit, nil where nobody does.
func (t *tale) of(unit, role string) *person {
	who := t.cast.seats[seat{unit: unit, role: role}]
	if len(who) == 0 {
		return nil
	}
	return who[t.rng.IntN(len(who))]
}

// photograph attaches a drawing of the matter in somebody's name.
func (t *tale) photograph(ctx context.Context, who *person, at time.Time, after bool) (string, error) {
	s := who.standing(t.Pack, at)
	return t.attach(ctx, t.id, drawing.Shot{Scene: t.scene, After: after, Variant: t.family % drawing.Variants}, who.id.String(), s.Actor(), func(r *bytes.Reader) (docket.Attachment, error) {
		return t.Casework.Attach(ctx, s, t.id, "现场.png", r, r.Size())
	})
}

// attach attaches a drawing to a case. Each is developed once, by the first who
// sends it; the docket notes the others.
func (s *show) attach(ctx context.Context, id gov.ID, d drawing.Shot, by string, actor gov.Actor, send func(*bytes.Reader) (docket.Attachment, error)) (string, error) {
	s.shots.Lock()
	one := s.shots.developed[d]
	if one == nil {
		one = &developed{}
		s.shots.developed[d] = one
	}
	s.shots.Unlock()
	first := false
	one.Do(func() {
		var b []byte
		if b, one.err = d.Draw(); one.err == nil {
			one.Attachment, one.err = send(bytes.NewReader(b))
		}
		first = true
	})
	if first || one.err != nil {
		return string(one.Key), one.err
	}
	a := one.Attachment
	a.By = by
	return string(a.Key), s.Docket.Attach(ctx, id, a, actor)
}

// begins plans that somebody begins the case. Cases of one moment are begun one
// after the other, so that their numbers do not depend on who is faster.
func (t *tale) begins(do func(ctx context.Context, at time.Time) error) bool {
	t.cursor = t.grid(t.cursor)
	if t.over = t.over || t.cursor >= t.worked; t.over {
		return false
	}
	t.slot(t.instant(t.cursor), act{family: t.family, first: true, do: do})
	return true
}

// values are what a report says.
func (t *tale) values(class bool) cases.Values {
	v := cases.Values{"about": t.pick(t.about), "place": t.place.String(), "street": t.street, "where": t.pick(wheres), "description": t.pick(t.told)}
	if class {
		v["class"] = t.class
	}
	return v
}

// register keeps who reports.
func (t *tale) register(ctx context.Context) error {
	if t.contact == nil {
		t.contact = &residents.Draft{}
	}
	var shown []residents.Address
	if t.proven {
		a := residents.Address{Channel: residents.SMS, Value: t.contact.Mobile}
		if a.Value == "" {
			a = residents.Address{Channel: residents.Email, Value: t.contact.Email}
		}
		shown = append(shown, a)
	}
	c, _, err := t.Residents.Open(ctx, t.id, *t.contact, shown...)
	t.asked = c.ID.String()
	return err
}

// resident is whoever reported it, with the link they were given.
func (t *tale) resident(at time.Time) casework.Resident {
	return casework.Resident{At: at, Contacts: []string{t.asked}}
}

// reported plans that a resident reports on the site.
func (t *tale) reported(photos int, v cases.Values, doubt casework.Doubt) bool {
	return t.begins(func(ctx context.Context, at time.Time) error {
		t.id = gov.NewID(at)
		if err := t.register(ctx); err != nil {
			return err
		}
		r := t.resident(at)
		for i := range photos {
			key, err := t.attach(ctx, t.id, drawing.Shot{Scene: t.scene, Variant: (t.family + i) % drawing.Variants}, t.asked, gov.Actor{Kind: gov.PublicActor}, func(b *bytes.Reader) (docket.Attachment, error) {
				return t.Casework.ResidentAttach(ctx, r, t.id, "照片.png", b, b.Size())
			})
			if err != nil {
				return err
			}
			t.photos = append(t.photos, key)
		}
		if len(t.photos) > 0 {
			v["photos"] = t.photos
		}
		_, err := t.Casework.PublicBegin(ctx, r, t.id, reportProcedure, "report", t.asked, v, doubt)
		return err
	})
}

// taken plans that an acceptor takes down what came by telephone, letter or from
// somebody else.
func (t *tale) taken(who *person, v cases.Values) bool {
	v["channel"] = t.channel
	return t.begins(func(ctx context.Context, at time.Time) error {
		t.id = gov.NewID(at)
		if err := t.register(ctx); err != nil {
			return err
		}
		v["contact"] = t.asked
		return t.enterCase(ctx, who, at, "take", v)
	})
}

// found plans that a supervisor reports what they saw, or puts it right at once.
func (t *tale) found(who *person, action string, v cases.Values) bool {
	return t.begins(func(ctx context.Context, at time.Time) error {
		t.id = gov.NewID(at)
		for _, field := range []string{"photos", "after_photos"} {
			if field == "after_photos" && action != "settle" {
				continue
			}
			key, err := t.photograph(ctx, who, at, field == "after_photos")
			if err != nil {
				return err
			}
			v[field] = []string{key}
			if field == "photos" {
				t.photos = []string{key}
			}
		}
		return t.enterCase(ctx, who, at, action, v)
	})
}

// enterCase begins the case in the office.
func (t *tale) enterCase(ctx context.Context, who *person, at time.Time, action string, v cases.Values) error {
	return t.step(ctx, who, at, action, t.id, func(by people.Standing, st docket.Step) error {
		_, err := t.Casework.Begin(ctx, by, st.Case, reportProcedure, action, v, "")
		return err
	})
}

// somewhere draws a place in a cell of a street.
func (s *show) somewhere(rng *rand.Rand, street string) (geo.Point, bool) {
	cells := s.cells[street]
	for range 60 {
		if len(cells) == 0 {
			break
		}
		if p, ok := s.near(rng, cells[rng.IntN(len(cells))]); ok {
			return p, true
		}
	}
	return geo.Point{}, false
}

// within draws a place in a cell.
func (s *show) within(rng *rand.Rand, cell policy.Area) (p geo.Point, ok bool) {
	for range 60 {
		if p, ok = s.near(rng, cell); ok {
			break
		}
	}
	return p, ok
}

// near draws a place in the box around a cell; ok is whether it is in the cell.
func (s *show) near(rng *rand.Rand, cell policy.Area) (p geo.Point, ok bool) {
	b := cell.Ground.Shape.Bounds()
	p = geo.Point{Lat: b.South + rng.Float64()*(b.North-b.South), Lon: b.West + rng.Float64()*(b.East-b.West)}
	a, ok := s.Pack.AreaAt(p, policy.CellLevel)
	return p, ok && a.Code == cell.Code
}
