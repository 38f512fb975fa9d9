package demo_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/demo"
	"quanxiang/files"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/packs"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// now is when the tests' history ends: a working day, at noon.
var now = time.Date(2026, 9, 16, 12, 0, 0, 0, gov.China)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// town is a district filled from the sample gazette.
type town struct {
	*demo.District
	demo.Filled
	db     *store.DB
	people *store.People
}

// open prepares a district on a database: documents are in the library and the
// duties proposed.
func open(t *testing.T, dsn string) *town {
	t.Helper()
	fsys, _ := packs.FS("xicheng")
	pack, err := policy.Load(fsys, ".")
	must(t, err)
	d := &demo.District{Pack: pack, Calendar: calendar.Seed(), Clock: &demo.Clock{}, Now: now, Seed: 7}
	d.Clock.Set(d.Opening())
	w := &town{District: d, db: storetest.Open(t, dsn, d.Clock.Now)}
	ring := privacy.NewKeyring()
	w.people = w.db.People(pack.District, ring)
	d.Staff = w.people
	d.Office = people.New(people.Config{Store: w.people, Pack: func() *policy.Pack { return pack }, Clock: d.Clock.Now,
		Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Keys: ring, Name: "test"})
	only := dockettest.OnePack{Pack: pack}
	d.Docket = docket.New(w.db.Cases(pack.District), only, calendar.Seed)
	d.Casework = casework.New(d.Docket, only, d.Office, files.NewFolder(t.TempDir()))
	w.propose(t)
	return w
}

// propose reads the sample gazette into the library and makes its tasks duties.
func (w *town) propose(t *testing.T) {
	t.Helper()
	fsys, _ := packs.FS("xicheng")
	file, err := fsys.Open("demo/gazette.txt")
	must(t, err)
	defer file.Close()
	g, err := gazette.Read(file, "gazette.txt", w.Pack.Gazette, gazette.Limits{})
	must(t, err)
	lib := library.New(w.db.Library(w.Pack.District), w.Pack, w.Clock.Now)
	report, err := lib.Import(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "demo"}, g, library.ImportOptions{})
	must(t, err)
	for _, imported := range report.Documents {
		v, err := lib.Document(t.Context(), imported.Slug, 0, gov.Date{})
		must(t, err)
		_, err = w.Docket.Propose(t.Context(), v.Document, v.Items)
		must(t, err)
	}
}

// filled is a district with its history.
func filled(t *testing.T, dsn string) *town {
	t.Helper()
	w := open(t, dsn)
	var err error
	w.Filled, err = w.Fill(t.Context())
	must(t, err)
	return w
}

// rows lists the cases of a procedure.
func (w *town) rows(t *testing.T, procedure string) (rows []docket.Row) {
	t.Helper()
	for _, ended := range []bool{false, true} {
		for place := (docket.Place{}); ; {
			page, next, err := w.Docket.List(t.Context(), docket.Query{Procedure: procedure, Ended: ended}, place, 100)
			must(t, err)
			rows = append(rows, page...)
			if place = next; next.IsZero() {
				break
			}
		}
	}
	slices.SortFunc(rows, func(a, b docket.Row) int { return strings.Compare(a.Number, b.Number) })
	return rows
}

func TestFill(t *testing.T) {
	t.Parallel()
	storetestEach(t, func(t *testing.T, dsn string) {
		w := filled(t, dsn)
		for _, r := range w.rows(t, "duty") {
			t.Log(r.Number, r.State, r.Colour)
		}
		t.Log(w.Persons, w.Duties, w.Steps)
	})
}

func storetestEach(t *testing.T, test func(*testing.T, string)) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			test(t, storetest.DSN(t, e))
		})
	}
}
