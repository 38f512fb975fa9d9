package calendar

import "testing"

// Every holiday the program knows by itself has an English name; one of a
// loaded notice may not.
func TestFestivals(t *testing.T) {
	t.Parallel()
	known := 0
	for d := Seed().Years()[0]; d <= LastSeedYear; d++ {
		for _, e := range Seed().years[d].Days {
			known++
			if n := festival(e.Name); n.EN == "" || n.ZH != e.Name || n.EN[0] >= 0x80 {
				t.Errorf("%s has the English name %q", n.ZH, n.EN)
			}
		}
	}
	if known < 500 {
		t.Errorf("only %d days looked at", known)
	}
	for name, want := range map[string]string{
		"国庆节、中秋节": "National Day and Mid-Autumn Festival",
		"新的节日":    "新的节日",
	} {
		if got := festival(name).EN; got != want {
			t.Errorf("festival(%q) = %q, want %q", name, got, want)
		}
	}
}
