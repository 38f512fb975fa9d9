package stamp_test

import (
	"slices"
	"testing"
	"time"

	"quanxiang/cases/stamp"
	"quanxiang/geo"
)

// The scene is at noon; 0.001 degrees of latitude are 111 m.
var noon = time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC)

const here, across, away = "39.912000,116.366000", "39.912500,116.366000", "39.915000,116.366000"

func at(d time.Duration) int64 { return noon.Add(d).UnixMilli() }

func TestJudge(t *testing.T) {
	t.Parallel()
	scene := stamp.Scene{Taken: at(0), Place: here, Within: 100, Age: 24 * time.Hour}
	good := stamp.Stamp{Did: at(-2 * time.Second), Sent: at(-time.Second), Place: across, Accuracy: 12, Fixed: at(-time.Minute)}
	with := func(change func(*stamp.Stamp)) *stamp.Stamp {
		s := good
		change(&s)
		return &s
	}
	area := func(inside, known bool) stamp.Scene {
		c := scene
		c.Place, c.Inside = "", func(geo.Point) (bool, bool) { return inside, known }
		return c
	}
	picture := func(taken int64, place string) *stamp.Stamp {
		return with(func(s *stamp.Stamp) { s.Pictures = []stamp.Picture{{Key: "p", Taken: taken, Place: place}} })
	}
	for name, c := range map[string]struct {
		s     *stamp.Stamp
		scene stamp.Scene
		want  []stamp.Finding
	}{
		"none":           {nil, scene, []stamp.Finding{{Kind: stamp.Missing}}},
		"all is well":    {&good, scene, []stamp.Finding{{Kind: stamp.Near, Metres: 56}}},
		"nothing said":   {&stamp.Stamp{}, scene, []stamp.Finding{{Kind: stamp.Unplaced}}},
		"334 m away":     {with(func(s *stamp.Stamp) { s.Place = away }), scene, []stamp.Finding{{Kind: stamp.Far, Metres: 334}}},
		"away or not":    {with(func(s *stamp.Stamp) { s.Place, s.Accuracy = away, 240 }), scene, []stamp.Finding{{Kind: stamp.Near, Metres: 334}}},
		"cannot tell":    {with(func(s *stamp.Stamp) { s.Accuracy = 2000 }), scene, []stamp.Finding{{Kind: stamp.Vague, Metres: 2000}}},
		"no place known": {&good, stamp.Scene{Taken: at(0), Age: time.Hour}, nil},
		"in the area":    {&good, area(true, true), []stamp.Finding{{Kind: stamp.Within}}},
		"outside":        {&good, area(false, true), []stamp.Finding{{Kind: stamp.Outside}}},
		"area not drawn": {&good, area(false, false), nil},
		"old position":   {with(func(s *stamp.Stamp) { s.Fixed = at(-time.Hour) }), scene, []stamp.Finding{{Kind: stamp.Near, Metres: 56}, {Kind: stamp.OldFix, Time: time.Hour - 2*time.Second}}},
		"clock ahead": {with(func(s *stamp.Stamp) { s.Did, s.Sent, s.Fixed = at(time.Hour), at(time.Hour), at(time.Hour) }), scene,
			[]stamp.Finding{{Kind: stamp.Near, Metres: 56}, {Kind: stamp.Skewed, Time: time.Hour}}},
		"clock behind": {with(func(s *stamp.Stamp) { s.Did, s.Sent, s.Fixed = at(-time.Hour), at(-time.Hour), at(-time.Hour) }), scene,
			[]stamp.Finding{{Kind: stamp.Near, Metres: 56}, {Kind: stamp.Skewed, Time: time.Hour}}},
		"sent later": {with(func(s *stamp.Stamp) { s.Did, s.Fixed = at(-3*time.Hour), at(-3*time.Hour) }), scene,
			[]stamp.Finding{{Kind: stamp.Near, Metres: 56}, {Kind: stamp.Later, Time: 3*time.Hour - time.Second}}},
		"fresh picture":     {picture(at(-time.Hour), across), scene, []stamp.Finding{{Kind: stamp.Near, Metres: 56}}},
		"two days old":      {picture(at(-48*time.Hour), ""), scene, []stamp.Finding{{Kind: stamp.Near, Metres: 56}, {Kind: stamp.Old, Time: 48*time.Hour - 2*time.Second, Picture: "p"}}},
		"from the future":   {picture(at(time.Hour), ""), scene, []stamp.Finding{{Kind: stamp.Near, Metres: 56}, {Kind: stamp.Ahead, Time: time.Hour + 2*time.Second, Picture: "p"}}},
		"undated":           {picture(0, ""), scene, []stamp.Finding{{Kind: stamp.Near, Metres: 56}, {Kind: stamp.Undated, Picture: "p"}}},
		"picture elsewhere": {picture(at(-time.Hour), away), scene, []stamp.Finding{{Kind: stamp.Near, Metres: 56}, {Kind: stamp.Apart, Metres: 334, Picture: "p"}}},
	} {
		if got := stamp.Judge(c.s, c.scene); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// A picture goes by the clock of the phone that took it: a wrong clock is one
// finding, not one of every picture besides.
func TestWrongClockIsFoundOnce(t *testing.T) {
	t.Parallel()
	wrong := at(-72 * time.Hour)
	s := &stamp.Stamp{Did: wrong, Sent: wrong, Pictures: []stamp.Picture{{Key: "p", Taken: wrong}}}
	got := stamp.Judge(s, stamp.Scene{Taken: at(0), Age: 24 * time.Hour})
	if want := []stamp.Finding{{Kind: stamp.Unplaced}, {Kind: stamp.Skewed, Time: 72 * time.Hour}}; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// What a phone says that cannot be is not said; it is never an error.
func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw  stamp.Raw
		want stamp.Stamp
	}{
		"whole": {stamp.Raw{"1779019200000", "1779019201000", " 39.912,116.366 ", "12.3", "1779019199000"},
			stamp.Stamp{Did: 1779019200000, Sent: 1779019201000, Place: here, Accuracy: 13, Fixed: 1779019199000}},
		"nothing":       {stamp.Raw{}, stamp.Stamp{}},
		"nonsense":      {stamp.Raw{"now", "1e12", "here", "NaN", "-5"}, stamp.Stamp{}},
		"out of bounds": {stamp.Raw{"1", "99999999999999", "91,200", "12", "1779019199000"}, stamp.Stamp{}},
		"wide":          {stamp.Raw{Place: here, Accuracy: "1000000"}, stamp.Stamp{Place: here}},
	} {
		got := stamp.Read(c.raw)
		if got.Did != c.want.Did || got.Sent != c.want.Sent || got.Place != c.want.Place || got.Accuracy != c.want.Accuracy || got.Fixed != c.want.Fixed {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestDone(t *testing.T) {
	t.Parallel()
	hours := stamp.Stamp{Did: at(-5 * time.Hour), Sent: at(-3 * time.Hour)} // a clock 3 h behind, kept for 2 h
	if got := hours.Done(at(0)); got != at(-2*time.Hour) {
		t.Errorf("done at %v", time.UnixMilli(got).UTC())
	}
	if got := (stamp.Stamp{Did: at(time.Hour), Sent: at(0)}).Done(at(0)); got != at(0) {
		t.Errorf("sent before it was done: %v", time.UnixMilli(got).UTC())
	}
}
