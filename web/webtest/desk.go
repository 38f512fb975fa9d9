package webtest

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/cases/tables"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/feeds"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// Desk is what pages for the staff stand on: an office and cases in a fresh
// SQLite database.
type Desk struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	DB       *store.DB
	Office   *people.Office
	Docket   *docket.Docket
	Casework *casework.Casework
	Imports  *tables.Imports
	Feeds    *feeds.Feeds
	People   *store.People
}

// Clock is a clock at which it is always Now.
func Clock() time.Time { return Now }

// OpenDesk opens a desk with the pack of a site, at which it is always Now.
func OpenDesk(t testing.TB, pack *policy.Pack) *Desk {
	t.Helper()
	return OpenDeskAt(t, pack, Clock)
}

// OpenDeskAt is OpenDesk by another clock.
func OpenDeskAt(t testing.TB, pack *policy.Pack, clock gov.Clock) *Desk {
	t.Helper()
	engine, err := ui.New(ui.Site{Name: pack.Name, BaseURL: "https://policy.example", Version: "test"}, quiet)
	check(t, err)
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), clock)
	ring := privacy.NewKeyring()
	d := &Desk{Engine: engine, Pack: pack, DB: db, People: db.People(pack.District, ring)}
	d.Office = people.New(people.Config{
		Store: d.People, Pack: func() *policy.Pack { return pack }, Clock: clock,
		Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Keys: ring, Name: pack.Name.ZH,
	})
	d.Feeds = feeds.New(feeds.Config{Store: d.People, Pack: func() *policy.Pack { return pack }, Clock: clock, Keys: ring})
	packs := dockettest.OnePack{Pack: pack}
	d.Docket = docket.New(db.Cases(pack.District), packs, calendar.Seed).Into(&registers.Registers{Store: db.Registers(pack.District), Pack: packs.Current, Clock: clock})
	d.Casework = casework.New(d.Docket, packs, d.Office, files.NewFolder(t.TempDir()))
	d.Imports = &tables.Imports{Work: d.Casework, Store: db.Imports(pack.District), Standing: d.Office.StandingOf}
	return d
}

// Enter enters a person with an account and roles in a unit, and returns their
// standing.
func (d *Desk) Enter(t testing.TB, name, login, unit string, roles ...string) people.Standing {
	t.Helper()
	by := people.Operator("root", Now)
	id, err := d.Office.Save(t.Context(), by, people.Person{Name: name, StaffNo: login, Unit: unit})
	check(t, err)
	for _, role := range roles {
		_, err := d.Office.Assign(t.Context(), by, people.Assignment{Person: id, Role: role, Unit: unit, Period: people.Period{From: gov.DateOf(Now)}})
		check(t, err)
	}
	link, err := d.Office.Invite(t.Context(), by, id, login, false)
	check(t, err)
	_, err = d.Office.Accept(t.Context(), link, "seven willows by the lake", people.Visitor{})
	check(t, err)
	return d.Standing(t, id)
}

// Standing is what somebody may do Now.
func (d *Desk) Standing(t testing.TB, id gov.ID) people.Standing {
	t.Helper()
	h, err := d.People.Holdings(t.Context(), id)
	check(t, err)
	return people.Staff(h, d.Pack, Now, Now)
}

// Serve serves pages to one person, who is logged in, until the test ends.
func (d *Desk) Serve(t testing.TB, s people.Standing, mount ...func(*http.ServeMux)) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	d.Engine.Assets().Mount(mux)
	for _, m := range mount {
		m(mux)
	}
	door := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(who.With(r.Context(), Visit(s))))
	})
	srv := httptest.NewServer(ui.WithPrefs(door))
	t.Cleanup(srv.Close)
	return srv
}
