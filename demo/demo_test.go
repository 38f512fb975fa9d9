package demo_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/demo"
	"quanxiang/files"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/registers"
	"quanxiang/registers/holding"
	"quanxiang/residents"
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
func open(t *testing.T, dsn string) *town { t.Helper(); return openAt(t, dsn, now, 0) }

// openAt is open with another end of the history, and only so many documents
// that propose duties; 0 for all.
func openAt(t *testing.T, dsn string, now time.Time, documents int) *town {
	t.Helper()
	pack := packtest.Xicheng(t)
	d := &demo.District{Pack: pack, Calendar: calendar.Seed(), Clock: &demo.Clock{}, Now: now, Seed: 7}
	d.Clock.Set(d.Opening())
	w := &town{District: d, db: storetest.Open(t, dsn, d.Clock.Now)}
	ring := privacy.NewKeyring()
	w.people = w.db.People(pack.District, ring)
	d.Staff = w.people
	d.Office = people.New(people.Config{Store: w.people, Pack: func() *policy.Pack { return pack }, Clock: d.Clock.Now,
		Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Keys: ring, Name: "test"})
	only := dockettest.OnePack{Pack: pack}
	regs := &registers.Registers{Store: w.db.Registers(pack.District), Pack: func() *policy.Pack { return pack }, Clock: d.Clock.Now}
	d.Docket = docket.New(w.db.Cases(pack.District), only, calendar.Seed).Into(regs).Holding(holding.Holders{Registers: regs})
	d.Casework = casework.New(d.Docket, only, d.Office, files.NewFolder(t.TempDir()))
	d.Residents = residents.New(residents.Config{Store: w.db.Residents(pack.District, ring), Keys: ring, Clock: d.Clock.Now, Looks: d.Office,
		Name: pack.Name, Refuse: residents.Invented})
	w.propose(t, documents)
	return w
}

// propose reads the sample gazette into the library and makes the tasks of so
// many documents duties.
func (w *town) propose(t *testing.T, documents int) {
	t.Helper()
	file, err := packtest.Files(t).Open("demo/gazette.txt")
	must(t, err)
	defer file.Close()
	g, err := gazette.Read(file, "gazette.txt", w.Pack.Gazette, gazette.Limits{})
	must(t, err)
	lib := library.New(w.db.Library(w.Pack.District), w.Pack, w.Clock.Now)
	report, err := lib.Import(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "demo"}, g, library.ImportOptions{})
	must(t, err)
	if documents == 0 {
		documents = len(report.Documents)
	}
	for _, imported := range report.Documents[:documents] {
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

// each gives a test a database of each engine.
func each(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			test(t, storetest.DSN(t, e))
		})
	}
}

func TestFill(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		w := filled(t, dsn)
		t.Run("every state and colour shows", w.everything)
		t.Run("every state of a report shows", w.streets)
		t.Run("histories are what cases are", w.histories)
		t.Run("nobody holds what watches what they hold", w.conflicts)
		t.Run("contacts are masked and nobody's", w.contacts)
		t.Run("the logins open", w.opens)
		t.Run("the ledger holds it", func(t *testing.T) {
			must(t, storetest.Sequencer(t, w.db).Sequence(t.Context()))
			sum, found := storetest.Verify(t, w.db)
			for _, f := range found {
				t.Error(f)
			}
			if int(sum.Entries) < w.Steps+w.Persons {
				t.Errorf("%d entries for %d steps and %d persons", sum.Entries, w.Steps, w.Persons)
			}
		})
	})
}

// everything: a demonstration in which a state or colour never occurs leaves a
// screen empty.
func (w *town) everything(t *testing.T) {
	p, _ := w.Pack.Procedure("duty")
	states, colours := map[string]int{}, map[string]int{}
	for _, r := range w.rows(t, "duty") {
		states[r.State]++
		colours[r.Colour]++
	}
	for _, s := range p.States {
		if states[s.ID] == 0 {
			t.Errorf("no duty is %s", s.Name.EN)
		}
	}
	for _, c := range p.Colours {
		if colours[c.ID] == 0 {
			t.Errorf("no duty is %s", c.ID)
		}
	}
	if n := len(w.rows(t, "duty")); n != w.Duties || n == 0 {
		t.Errorf("%d duties, said to be %d", n, w.Duties)
	}
	if len(w.rows(t, "milestone")) == 0 {
		t.Error("no duty was split")
	}
}

// streets: reports and patrols are in every state they can be in, in every colour,
// from every channel, and everything that can be done about one was done.
func (w *town) streets(t *testing.T) {
	for _, id := range []string{"report", "patrol", "round"} {
		p, _ := w.Pack.Procedure(id)
		states, colours, channels, seen := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
		for _, r := range w.rows(t, id) {
			states[r.State]++
			colours[r.Colour]++
			c, events := dockettest.Folded(t, w.Docket, r.ID)
			channels[c.Values.Text("channel")]++
			for _, e := range events {
				seen[e.Action]++
				if at := time.UnixMilli(e.At); at.After(w.Now) {
					t.Errorf("%s: %s %s at %s", c.Number, e.Kind, e.Action, at)
				}
			}
			if place := c.Values.Text("place"); id == "report" && place != "" && c.Values.Text("cell") == "" {
				t.Errorf("%s lies in no cell: %s", c.Number, place)
			}
		}
		for _, s := range p.States {
			if states[s.ID] == 0 {
				t.Errorf("no %s is %s", id, s.ID)
			}
		}
		for _, c := range p.Colours {
			if colours[c.ID] == 0 && c.ID != "under_way" && c.ID != "soon" { // these are up to the hour
				t.Errorf("no %s is %s", id, c.ID)
			}
		}
		if id != "report" {
			continue
		}
		for _, c := range []string{"web", "hotline", "patrol", "volunteer", "letter", "sensor", "leader"} {
			if channels[c] == 0 {
				t.Errorf("nothing came by %s", c)
			}
		}
		for _, a := range []string{"give_back", "dispatch_fallback", "transfer", "extend", "suspend", "resume", "urge", "escalate", "redo", "close_answered", "rate", "contest", "reopen", "merge", "settle", "refuse", "annul"} {
			if seen[a] == 0 {
				t.Errorf("nobody did %s", a)
			}
		}
	}
}

// histories: each case is the fold of its events, none of which is of before
// the opening or after now, and all that people and time can do to a duty
// happened somewhere.
func (w *town) histories(t *testing.T) {
	seen := map[string]bool{}
	for _, procedure := range []string{"duty", "milestone"} {
		for _, r := range w.rows(t, procedure) {
			c, events := dockettest.Folded(t, w.Docket, r.ID)
			for _, e := range events {
				seen[procedure+"."+string(e.Kind)+"."+e.Action] = true
				if at := time.UnixMilli(e.At); at.Before(w.Opening()) || at.After(now) {
					t.Errorf("%s: %s %s at %s", c.Number, e.Kind, e.Action, at)
				}
			}
		}
	}
	for _, want := range []string{"confirm", "drop", "accept", "send_back", "split", "update", "submit", "close", "redo", "urge", "escalate", "extend", "suspend", "resume", "reopen"} {
		if !seen["duty.acted."+want] {
			t.Errorf("nobody did %s", want)
		}
	}
	for _, want := range []string{"duty.warned.", "duty.late.", "duty.commented.", "duty.refused.extend", "milestone.acted.approve"} {
		if !seen[want] {
			t.Errorf("no %s", want)
		}
	}
}

// persons lists everybody.
func (w *town) persons(t *testing.T) []people.Person {
	t.Helper()
	list, err := w.Office.List(t.Context(), people.Operator("test", now), people.Filter{}, gov.Page{Limit: 500})
	must(t, err)
	if len(list.Items) != w.Persons || w.Persons == 0 {
		t.Fatalf("%d persons, said to be %d", len(list.Items), w.Persons)
	}
	return list.Items
}

func (w *town) conflicts(t *testing.T) {
	roles, posts, away := map[string]int{}, map[string]int{}, 0
	for _, p := range w.persons(t) {
		h, err := w.people.Holdings(t.Context(), p.ID)
		must(t, err)
		away += len(h.Absences)
		for i, a := range h.Assignments {
			roles[a.Role]++
			posts[a.Post]++
			for _, b := range h.Assignments[:i] {
				if w.Pack.RolesConflict(a.Role, b.Role) {
					t.Errorf("%s holds %s and %s", p.StaffNo, a.Role, b.Role)
				}
			}
		}
	}
	for _, r := range w.Pack.Roles {
		if roles[r.ID] == 0 {
			t.Errorf("nobody holds %s", r.ID)
		}
	}
	for _, p := range w.Pack.Posts {
		if posts[p.ID] != 1 {
			t.Errorf("%d persons hold the post %s", posts[p.ID], p.ID)
		}
	}
	if roles["supervision"] < 2 || roles["administrator"] != 2 || away != 1 {
		t.Errorf("%d supervision officers, %d administrators, %d absences", roles["supervision"], roles["administrator"], away)
	}
}

func (w *town) contacts(t *testing.T) {
	names := map[string]bool{}
	for _, p := range w.persons(t) {
		names[p.Name] = true
		if !strings.Contains(p.Mobile, "*") || !strings.Contains(p.Email, "*") {
			t.Errorf("%s shows %s, %s", p.StaffNo, p.Mobile, p.Email)
		}
		full, err := w.people.Person(t.Context(), p.ID)
		must(t, err)
		if !strings.HasPrefix(full.Mobile, "154") || !strings.HasSuffix(full.Email, "@example.com") || !strings.HasPrefix(full.StaffNo, "DEMO-") {
			t.Errorf("%s could be somebody's: %s, %s", full.StaffNo, full.Mobile, full.Email)
		}
	}
	if len(names) != w.Persons {
		t.Errorf("%d names for %d persons", len(names), w.Persons)
	}
}

// opens: every login of the start page leads in, with rights.
func (w *town) opens(t *testing.T) {
	if len(w.Logins) < 10 {
		t.Errorf("%d logins", len(w.Logins))
	}
	w.Clock.Set(now)
	defer w.Clock.Run()
	for _, l := range w.Logins {
		o, err := w.Office.Login(t.Context(), l.Login, l.Password, people.Visitor{})
		must(t, err)
		code, err := l.Code(now)
		must(t, err)
		o, err = w.Office.ShowCode(t.Context(), o.Token, code, people.Visitor{})
		must(t, err)
		_, s, err := w.Office.Authenticate(t.Context(), o.Token)
		must(t, err)
		if o.Need != people.Nothing || len(s.Acts()) == 0 || s.Name != l.Person || l.Try.ZH == "" || l.Try.EN == "" {
			t.Errorf("%+v opens %+v", l, s)
		}
	}
}

// told is a history as far as it was decided: who did what to which duty when.
func (w *town) told(t *testing.T) []string {
	t.Helper()
	who := map[string]string{}
	for _, p := range w.persons(t) {
		who[p.ID.String()] = p.Name
	}
	var list []string
	for _, r := range w.rows(t, "duty") {
		events, err := w.Docket.History(t.Context(), r.ID, 0)
		must(t, err)
		for _, e := range events {
			list = append(list, fmt.Sprintln(r.Number, e.At, e.Kind, e.Action, who[e.By.Person], e.Set["progress"], e.Set["end"]))
		}
	}
	return list
}

func TestSameSeedSameHistory(t *testing.T) {
	t.Parallel()
	with := func(seed uint64) []string {
		w := openAt(t, storetest.DSN(t, store.SQLite), now, 3)
		w.Seed, w.District.Reports = seed, 20
		var err error
		w.Filled, err = w.Fill(t.Context())
		must(t, err)
		return w.told(t)
	}
	once := with(7)
	if diff := cmp.Diff(once, with(7)); diff != "" {
		t.Errorf("-once +again:\n%s", diff)
	}
	if slices.Equal(once, with(8)) {
		t.Error("another seed tells the same")
	}
}

// No day on which somebody opens it makes the demonstration do what the rules
// refuse.
func TestFillOnAnyDay(t *testing.T) {
	t.Parallel()
	for _, day := range []string{"2026-01-01 00:05", "2026-12-31 18:00", "2028-02-29 09:00"} {
		t.Run(day, func(t *testing.T) {
			t.Parallel()
			at, err := time.ParseInLocation("2006-01-02 15:04", day, gov.China)
			must(t, err)
			w := openAt(t, storetest.DSN(t, store.SQLite), at, 0)
			w.Seed, w.District.Reports = uint64(at.YearDay()), 60
			w.Filled, err = w.Fill(t.Context())
			must(t, err)
			w.everything(t)
		})
	}
}

// A district in use must not be filled with invented people.
func TestFillRefusesWhatIsInUse(t *testing.T) {
	t.Parallel()
	w := open(t, storetest.DSN(t, store.SQLite))
	by := people.Operator("test", w.Clock.Now())
	_, _, err := w.Office.AppointFirst(t.Context(), by, people.Person{Name: "梅岭", Unit: "zfb"}, "administrator", "meiling")
	must(t, err)
	if _, err := w.Fill(t.Context()); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("got %v", err)
	}
	w.Persons = 1
	w.persons(t) // nobody was added
}

func TestFilledIsKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo.json")
	if _, err := demo.ReadFilled(path); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("got %v", err)
	}
	want := demo.Filled{From: gov.DateOf(now), Persons: 2, Logins: []demo.Login{{Login: "demo0001", Secret: "JBSWY3DPEHPK3PXP"}}}
	must(t, want.Write(path))
	got, err := demo.ReadFilled(path)
	must(t, err)
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Error(diff)
	}
}
