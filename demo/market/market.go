// Package market fills the registers of the invented district and lets it inspect its
// market by lot: departments propose, the office joins and freezes, draws are held by
// everybody whom the protocol asks, inspectors go, and what they found is published.
// All of it is done by the doors everybody uses, at its time in the history.
package market

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/demo"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/ceremony"
	plansinvent "quanxiang/inspections/invent"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/invent"
)

// Market is the installation as far as its market is filled. Everything in it goes by
// Clock.
type Market struct {
	Pack     *policy.Pack
	Calendar calendar.Calendar
	Clock    gov.Clock
	Now      time.Time // where history ends
	Seed     uint64

	Importer  *registers.Importer // whose files are those Rows reads
	Rows      func(file []byte) (registers.Rows, error)
	Registers *registers.Registers
	Plans     *inspections.Plans
	Draws     *ceremony.Ceremonies
	Docket    *docket.Docket
	Casework  *casework.Casework
	Office    *people.Office
	Staff     demo.Staff

	// Subjects is how many there are before the first draw. With a handful, departments
	// are left without any, and nothing is drawn.
	Subjects int

	mu    sync.Mutex
	file  []byte              // being imported
	found map[string][]gov.ID // who holds a role in a unit
}

// opened is how long before now the registers are filled.
const opened = 100

// Scenes is what happens in the market, for demo.District.
func (k *Market) Scenes(context.Context) ([]demo.Scene, error) {
	if _, ok := k.Pack.Register(invent.Register); !ok || k.Subjects == 0 {
		return nil, nil
	}
	list := []demo.Scene{{At: k.day(-opened, 8*60), Do: k.fill}}
	if k.Pack.Inspections == nil {
		return list, nil
	}
	list = append(list, demo.Scene{At: k.day(-opened, 8*60+30), Do: k.appoint})
	for i := range past {
		h := &held{Market: k, show: &past[i], n: i}
		list = append(list, h.scenes(k.day(-past[i].ago, 9*60))...)
	}
	return append(list, (&held{Market: k, show: &present, n: len(past)}).underWay()...), nil
}

// day is a minute of the first working day at or after some days from now.
func (k *Market) day(days, minutes int) time.Time {
	d := k.Calendar.NextWorkday(gov.DateOf(k.Now).Add(days)).Date
	return time.Date(d.Year, d.Month, d.Day, 0, minutes, 0, 0, gov.China)
}

// fill invents the first subjects with what departments recorded about them, and grades
// them.
func (k *Market) fill(ctx context.Context) error {
	list, err := invent.Market(k.Pack, 0, k.Subjects, gov.DateOf(k.Clock()), k.Seed)
	if err != nil {
		return err
	}
	if err := k.push(ctx, list); err != nil {
		return err
	}
	return k.Registers.GradeAll(ctx, invent.Register)
}

// push brings invented tables into their registers as files, as departments would.
func (k *Market) push(ctx context.Context, list []invent.Table) (err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := *k.Importer
	m.Clock = k.Clock
	m.Open = func(context.Context, string) (registers.Rows, error) { return k.Rows(k.file) }
	for _, t := range list {
		if k.file, err = t.CSV(); err != nil {
			return err
		}
		i := registers.Import{ID: gov.NewID(k.Clock()), Register: t.Register, Kind: t.Kind, Unit: t.Unit, Name: strings.Trim(t.Unit+"-"+t.Kind, "-") + ".csv", Bytes: int64(len(k.file)), GoodOnly: true}
		if err := m.Ask(ctx, people.Operator("demo", k.Clock()), i, true); err != nil {
			return err
		}
		if err := m.Run(ctx, i.ID); err != nil {
			return err
		}
		done, err := m.Store.Import(ctx, i.ID)
		if err != nil {
			return err
		}
		if done.Phase != registers.Done || done.Bad > 0 {
			return fmt.Errorf("invented file of %s %s: %s, %d bad rows %s", t.Unit, t.Kind, done.Phase, done.Bad, done.Failure.EN)
		}
	}
	k.file = nil
	return nil
}

// appoint invents a catalogue of items, and gives the district's inspectors their
// certificates.
func (k *Market) appoint(ctx context.Context) error {
	var staff []plansinvent.Person
	by := people.Operator("demo", k.Clock())
	for _, u := range plansinvent.Units() {
		list, err := k.Office.List(ctx, by, people.Filter{Unit: u, Role: plansinvent.Inspector, Day: gov.DateOf(k.Clock())}, gov.Page{Limit: 100})
		if err != nil {
			return err
		}
		for _, p := range list.Items {
			held, err := k.Staff.Holdings(ctx, p.ID)
			if err != nil {
				return err
			}
			if held.Account != nil {
				staff = append(staff, plansinvent.Person{Name: p.Name, Login: held.Account.Login, Unit: u})
			}
		}
	}
	codes, err := invent.Codes(k.Pack.District, k.Subjects)
	if err != nil {
		return err
	}
	tables := plansinvent.Inspectors(k.Pack, len(staff), staff, codes, gov.DateOf(k.Now), k.Seed)
	return k.push(ctx, append(plansinvent.Catalogue(), tables...))
}

// standing is who holds a role in a unit, "" for any, freshly proven; ok is false when
// nobody does. The nth of several is n.
func (k *Market) standing(ctx context.Context, unit, role string, n int) (s people.Standing, ok bool, err error) {
	at := unit + "/" + role
	if _, known := k.found[at]; !known {
		list, err := k.Office.Holders(ctx, people.Standing{Kind: gov.StaffActor}, role, people.Place{Unit: unit}) // any of the staff may ask
		if err != nil {
			return s, false, err
		}
		if k.found == nil {
			k.found = map[string][]gov.ID{}
		}
		k.found[at] = nil
		for _, p := range list {
			k.found[at] = append(k.found[at], p.ID)
		}
	}
	if n >= len(k.found[at]) {
		return s, false, nil
	}
	s, err = k.of(ctx, k.found[at][n])
	return s, err == nil, err
}

// of is the standing of a person now.
func (k *Market) of(ctx context.Context, person gov.ID) (people.Standing, error) {
	held, err := k.Staff.Holdings(ctx, person)
	return people.Staff(held, k.Pack, k.Clock(), k.Clock()), err
}
