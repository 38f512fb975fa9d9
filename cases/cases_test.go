package cases_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// samplePack is the pack of testdata.
func samplePack(t testing.TB) *policy.Pack {
	t.Helper()
	pack, err := policy.Load(os.DirFS("testdata"), "sample")
	if err != nil {
		t.Fatal(err)
	}
	if len(pack.Warnings) > 0 {
		t.Fatal(pack.Warnings)
	}
	return pack
}

// head is what the procedures of these tests have in common.
const head = "procedure: trial\ntitle: {zh: 试, en: Trial}\ncite: 样例\nnumber: \"SY{seq:3}\"\nsubject: name\n"

// district is a folder with the units, areas and roles of the sample pack, and
// the procedures given.
func district(t testing.TB, procedures map[string]string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"pack.yaml", "units.yaml", "areas.yaml", "posts.yaml", "roles.yaml"} {
		data, err := fs.ReadFile(os.DirFS("testdata/sample"), name)
		if err != nil {
			t.Fatal(err)
		}
		fsys["sample/"+name] = &fstest.MapFile{Data: data}
	}
	for id, text := range procedures {
		fsys["sample/procedures/"+id+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// trial plays one case of a procedure.
type trial struct {
	testing.TB
	p      *procedure.Procedure
	w      cases.World
	c      cases.Case
	events []cases.Event
	last   cases.Result
}

// newTrial compiles the body of a procedure that lacks only its head.
func newTrial(t testing.TB, body string) *trial {
	t.Helper()
	return newTrialWith(t, body, nil)
}

// newTrialWith has other procedures beside, by id.
func newTrialWith(t testing.TB, body string, others map[string]string) *trial {
	t.Helper()
	files := map[string]string{"trial": head + strings.TrimPrefix(body, "\n")}
	for id, text := range others {
		files[id] = replaceOnce(t, replaceOnce(t, head, "trial", id), "SY", strings.ToUpper(id)) + strings.TrimPrefix(text, "\n")
	}
	pack, err := policy.Load(district(t, files), "sample")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := pack.Procedure("trial")
	return &trial{TB: t, p: p, w: cases.World{Calendar: calendar.Seed(), Dir: pack}}
}

// sampleTrial plays a procedure of the sample pack.
func sampleTrial(t testing.TB, id string) *trial {
	t.Helper()
	pack := samplePack(t)
	p, ok := pack.Procedure(id)
	if !ok {
		t.Fatalf("no procedure %s", id)
	}
	return &trial{TB: t, p: p, w: cases.World{Calendar: calendar.Seed(), Dir: pack}}
}

// at sets the time.
func (g *trial) at(s string) *trial {
	g.Helper()
	g.w.Now = moment(g, s)
	return g
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(entered.InstantForm, s, gov.China)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (g *trial) try(actor cases.Actor, action string, v cases.Values) error {
	g.Helper()
	in := cases.Input{Action: action, Values: v, Actor: actor}
	if g.c.Version == 0 {
		return g.take(cases.Begin(g.p, cases.Case{ID: gov.NewID(g.w.Now), Procedure: g.p.ID, Number: "SY001"}, in, nil, g.w))
	}
	return g.take(cases.Act(g.p, g.c, in, g.w))
}

func (g *trial) take(res cases.Result, err error) error {
	if err == nil {
		g.c, g.last, g.events = res.Case, res, append(g.events, res.Events...)
	}
	return err
}

// do is an act that must succeed.
func (g *trial) do(actor cases.Actor, action string, v cases.Values) *trial {
	g.Helper()
	if err := g.try(actor, action, v); err != nil {
		g.Fatalf("%s: %v", action, err)
	}
	return g
}

func (g *trial) agree(actor cases.Actor) error {
	g.Helper()
	return g.take(cases.Agree(g.p, g.c, g.c.Pending[0].Seq, "", actor, g.w))
}

func (g *trial) tick() *trial {
	g.Helper()
	if err := g.take(cases.Tick(g.p, g.c, g.w)); err != nil {
		g.Fatalf("tick: %v", err)
	}
	return g
}

// refused checks the code and a part of the English text of a refusal.
func refused(t testing.TB, err error, code gov.Code, text string) {
	t.Helper()
	if err == nil || gov.CodeOf(err) != code || !strings.Contains(err.Error(), text) {
		t.Errorf("got %q (%s), want %s with %q", err, gov.CodeOf(err), code, text)
	}
}

func (g *trial) wantState(state string) *trial {
	g.Helper()
	if g.c.State != state {
		g.Errorf("state %s, want %s", g.c.State, state)
	}
	return g
}

func (g *trial) wantDeadline(clock, want string) *trial {
	g.Helper()
	list, err := cases.Deadlines(g.p, g.c, g.w)
	if err != nil {
		g.Fatal(err)
	}
	got := "none"
	for _, d := range list {
		if d.Clock == clock && !d.At.IsZero() {
			got = d.At.Format(entered.InstantForm)
		}
	}
	if got != want {
		g.Errorf("deadline of %s at %s: %s, want %s", clock, g.w.Now.Format(entered.InstantForm), got, want)
	}
	return g
}

// kinds lists what happened.
func (g *trial) kinds() string {
	var list []string
	for _, e := range g.events {
		list = append(list, string(e.Kind))
	}
	return strings.Join(list, " ")
}

func (g *trial) want(name string, want, got any) {
	g.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		g.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func replaceOnce(t testing.TB, s, old, with string) string {
	t.Helper()
	if strings.Count(s, old) != 1 {
		t.Fatalf("%q is there %d times", old, strings.Count(s, old))
	}
	return strings.Replace(s, old, with, 1)
}

// diffCase tells how two cases differ.
func diffCase(a, b cases.Case) string { return cmp.Diff(a, b) }

// begun is a case as it was before its first event.
func begun(c cases.Case) cases.Case {
	return cases.Case{ID: c.ID, Procedure: c.Procedure, Pack: c.Pack, Number: c.Number, Parent: c.Parent, Kind: c.Kind}
}

// person is an actor with posts written "unit role", "unit role post" or with
// " for someone" behind.
func person(id string, seats ...string) cases.Actor {
	a := cases.Actor{Kind: gov.StaffActor, Person: id}
	for _, s := range seats {
		seat := cases.Seat{}
		s, seat.For, _ = strings.Cut(s, " for ")
		words := append(strings.Fields(s), "", "")
		seat.Unit, seat.Role, seat.Post = words[0], words[1], words[2]
		a.Seats = append(a.Seats, seat)
	}
	return a
}

var (
	everyone = cases.Actor{Kind: gov.PublicActor}
	system   = cases.Actor{Kind: gov.SystemActor}
)
