package cases_test

import (
	"testing"

	"quanxiang/cases"
	"quanxiang/gov"
)

// A required field is not filled by blanks, an unasked one is not taken, and
// every mistake is told at once.
func TestTypedValues(t *testing.T) {
	t.Parallel()
	g := sampleTrial(t, "payment").at("2016-10-10 09:00")
	err := g.try(person("li", "fgw clerk"), "enter", cases.Values{"purpose": " \n", "unit": "fgw", "amount": int64(1), "account": "\u3000", "large": true, "nosuch": "x"})
	want := "account: fill in \"Account\"\nlarge: \"Enter\" does not ask for \"large\"\nnosuch: \"Enter\" does not ask for \"nosuch\"\npurpose: fill in \"Purpose\""
	if gov.CodeOf(err) != gov.Invalid || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// What a parent or a series gives a case is held to the fields too.
func TestSeedChecked(t *testing.T) {
	t.Parallel()
	g := sampleTrial(t, "part").at("2016-11-01 09:00")
	for _, tt := range []struct {
		seed cases.Values
		want string
	}{
		{cases.Values{"due": "soon"}, "due: \"soon\" is not a date"},
		{cases.Values{"name": int64(1)}, "not of type text"},
		{cases.Values{"other": "x"}, "there is no field"},
	} {
		_, err := cases.Begin(g.p, cases.Case{ID: gov.NewID(g.w.Now)}, cases.Input{Action: "take", Actor: system}, tt.seed, g.w)
		refused(t, err, gov.Invalid, tt.want)
	}
	_, err := cases.Begin(g.p, cases.Case{ID: gov.NewID(g.w.Now)}, cases.Input{Action: "take", Actor: person("x", "xijie clerk")}, nil, g.w)
	refused(t, err, gov.Forbidden, "is for the system")
}
