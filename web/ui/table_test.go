package ui

import "testing"

// A note stands in the brackets of its own language, also where a file has no
// language.
func TestNotesInBrackets(t *testing.T) {
	t.Parallel()
	for note, want := range map[string]string{"Yearly report, version 1": "JD2016-01 (Yearly report, version 1)", "年度报告": "JD2016-01（年度报告）", "Atom 订阅": "JD2016-01（Atom 订阅）"} {
		if got := (Cell{Links: []Link{{Label: "JD2016-01", Note: note}}}).Plain(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
