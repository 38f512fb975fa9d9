// Package applytest is applications of a test: a room for them on a database, with an
// invented market, money, and people who review.
package applytest

import (
	"bytes"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/invent"
	"quanxiang/residents"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/fundtest"
	"quanxiang/store/storetest"
	"quanxiang/support/apply"
	"quanxiang/support/fund"
)

// Room is applications with all they stand on.
type Room struct {
	*apply.Applications
	Pack   *policy.Pack
	Docket *docket.Docket
	Work   *casework.Casework
	Money  *fundtest.Room
	Firm   apply.Organisation
	Other  apply.Organisation
	DB     *store.DB
	Now    time.Time // of the room and its store

	Clerk, Head, Science, Finance, Stranger people.Standing
}

// New makes a room with two organisations and budgets of 2016.
func New(t testing.TB, e store.Engine, pack *policy.Pack) *Room {
	t.Helper()
	r := &Room{Pack: pack, Now: caseworktest.Monday}
	clock := func() time.Time { return r.Now }
	db := storetest.Open(t, storetest.DSN(t, e), clock)
	r.DB = db
	current := func() *policy.Pack { return pack }
	regs := &registers.Registers{Store: db.Registers(pack.District), Pack: current, Clock: clock}
	list, err := invent.Market(pack, 0, 40, gov.DateOf(r.Now), 7)
	must(t, err)
	for _, table := range list {
		if table.Register != "market" || table.Kind != "" {
			continue
		}
		target, err := registers.NewTarget(pack, table.Register, table.Kind, table.Unit)
		must(t, err)
		var items []map[string]string
		for _, row := range table.Rows[1:] {
			item := map[string]string{}
			for j, column := range table.Rows[0] {
				item[column] = row[j]
			}
			items = append(items, item)
			o := apply.Organisation{Code: item["key"], Name: item["name"]}
			if item["form"] != "enterprise" && item["form"] != "企业" {
				continue
			}
			switch {
			case r.Firm.Code == "":
				r.Firm = o
			case r.Other.Code == "":
				r.Other = o
			}
		}
		pushed, err := regs.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, items)
		must(t, err)
		if len(pushed.Mistakes) > 0 {
			t.Fatalf("%+v", pushed.Mistakes[0])
		}
	}
	if r.Firm.Code == "" || r.Other.Code == "" {
		t.Fatalf("no enterprises among %v", list[0].Rows[:2])
	}
	r.Money = fundtest.New(t, db, pack, clock)
	ring := r.Money.Keys
	r.Applications = apply.New(apply.Deps{Store: db.Applications(pack.District, ring), Registers: regs, Money: r.Money.Fund, Packs: dockettest.OnePack{Pack: pack}, Clock: clock, DoorKey: ring.Derive("organisations")})
	r.Docket = docket.New(db.Cases(pack.District), dockettest.OnePack{Pack: pack}, calendar.Seed).Into(regs).Beside(map[string]docket.Room{pack.Applications.Procedure: r.Applications})
	r.Work = casework.New(r.Docket, dockettest.OnePack{Pack: pack}, caseworktest.Register{}, files.NewFolder(t.TempDir()))
	r.On(r.Docket, r.Work)
	for _, d := range []string{"16号", "18号"} {
		r.Money.Budget(t, d, 2016, "", 10_000_000)
	}
	for _, p := range []struct {
		into       *people.Standing
		unit, role string
	}{{&r.Clerk, "xcy", "clerk"}, {&r.Head, "xcy", "lead"}, {&r.Science, "kxw", "reviewer"}, {&r.Finance, "czj", "reviewer"}, {&r.Stranger, "fgw", "clerk"}} {
		*p.into = caseworktest.Officer(pack, p.unit, p.role)
	}
	return r
}

// Run runs a test in a room on each engine there is.
func Run(t *testing.T, pack *policy.Pack, test func(t *testing.T, r *Room)) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		if storetest.Has(e) {
			t.Run(string(e), func(t *testing.T) {
				t.Parallel()
				test(t, New(t, e, pack))
			})
		}
	}
}

// Later lets days go by.
func (r *Room) Later(t testing.TB, days int) {
	t.Helper()
	r.Now = r.Now.AddDate(0, 0, days)
	for _, s := range []*people.Standing{&r.Clerk, &r.Head, &r.Science, &r.Finance, &r.Stranger} {
		s.At = r.Now
	}
}

// Do does an act on a case for somebody of the staff.
func (r *Room) Do(t testing.TB, by people.Standing, id gov.ID, action string, values map[string]any) {
	t.Helper()
	if err := r.Try(t, by, id, action, values); err != nil {
		t.Fatalf("%s: %v", action, err)
	}
}

// Try is Do that may be refused.
func (r *Room) Try(t testing.TB, by people.Standing, id gov.ID, action string, values map[string]any) error {
	t.Helper()
	return r.Work.Act(t.Context(), by, docket.Step{Case: id}, action, values, "")
}

// Evidence is a file for a case of an organisation.
func (r *Room) Evidence(t testing.TB, o apply.Organisation, id gov.ID) string {
	t.Helper()
	body := []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
	a, err := r.Attach(t.Context(), o, id, "付息凭证.pdf", bytes.NewReader(body), int64(len(body)))
	must(t, err)
	return string(a.Key)
}

// Represent lets somebody who signs in at an address act for an organisation until a day.
func (r *Room) Represent(t testing.TB, register *residents.Register, o apply.Organisation, address, until string) {
	t.Helper()
	ctx, id := t.Context(), gov.NewID(r.Now)
	sender := casework.Resident{At: r.Now, Contacts: []string{id.String()}}
	body := []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
	a, err := r.Work.ResidentAttach(ctx, sender, id, "授权委托书.pdf", bytes.NewReader(body), int64(len(body)))
	must(t, err)
	at, err := residents.ParseAddress(address)
	must(t, err)
	c, _, err := register.Open(ctx, id, residents.Draft{Email: address, Channel: residents.Email, Lang: gov.ZH}, at)
	must(t, err)
	files := []string{string(a.Key)}
	values := cases.Values{"name": o.Name, "organisation": o.Code, "person": "云某", "letter": files, "licence": files}
	_, err = r.Work.PublicBegin(ctx, casework.Resident{At: r.Now, Contacts: []string{c.ID.String()}}, id, r.Pack.Applications.Representation, "ask", c.ID.String(), values, casework.Doubt{})
	must(t, err)
	r.Do(t, r.Clerk, id, "approve", map[string]any{"until": until})
}

// State is the state of a case.
func (r *Room) State(t testing.TB, id gov.ID) string {
	t.Helper()
	c, _, err := r.Docket.Case(t.Context(), id)
	must(t, err)
	return c.State
}

// Officer is somebody of the staff with a role in a unit.
func (r *Room) Officer(unit, role string) people.Standing {
	return caseworktest.Officer(r.Pack, unit, role)
}

var _ apply.Money = (*fund.Fund)(nil)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
