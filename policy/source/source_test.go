package source_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/policy/source"
)

type colour string

func (colour) Values() []string { return []string{"red", "green"} }

type item struct {
	ID   string   `yaml:"id" pack:"required"`
	Name gov.Text `yaml:"name"`
	Hue  colour   `yaml:"hue"`
	Size int      `yaml:"size"`
	Tile [2]int   `yaml:"tile"`
	Day  gov.Date `yaml:"day"`
	Open bool     `yaml:"open"`
}

type file struct {
	Items []item `yaml:"items" pack:"required"`
}

func read(text string) (file, *source.File, source.Problems) {
	var into file
	f, problems := source.Parse("f.yaml", []byte(text))
	if f != nil {
		problems = append(problems, f.Decode(&into)...)
	}
	problems.Sort()
	return into, f, problems
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got, f, problems := read("items:\n  - {id: 007, name: 甲, hue: red, size: 3, tile: [1, 2], day: 2016-03-01, open: true}\n  - id: 1.10\n    name: {zh: 乙, en: B}\n")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := file{[]item{
		{"007", gov.Text{ZH: "甲"}, "red", 3, [2]int{1, 2}, gov.Date{Year: 2016, Month: 3, Day: 1}, true},
		{ID: "1.10", Name: gov.Text{ZH: "乙", EN: "B"}}, // codes and versions are no numbers
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	items := f.Root().Field("items")
	for _, tt := range []struct {
		at   source.Node
		want string
	}{
		{f.Root(), "f.yaml:1:1"},
		{items.Item(0).Field("hue"), "f.yaml:2:29"}, // columns count characters
		{items.Item(1).Field("name").Field("en"), "f.yaml:4:23"},
		{items.Item(1).Field("hue"), "f.yaml:3:5"}, // what is not there is where it should be
		{items.Item(9), "f.yaml:2:3"},
		{source.Node{}, ""},
	} {
		if got := tt.at.Pos().String(); got != tt.want {
			t.Errorf("position %s, want %s", got, tt.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ why, text, want string }{
		{"duplicate key", "items:\n  - id: a\n    size: 1\n    size: 2\n", `f.yaml:4:5: duplicate key "size", first on line 3`},
		{"anchor", "items:\n  - &x {id: a}\n", "f.yaml:2:5: anchors such as &x are not allowed"},
		{"alias", "items:\n  - id: &x a\n  - id: *x\n", "f.yaml:3:9: aliases such as *x are not allowed"},
		{"tag", "items:\n  - {id: !!str 1}\n", "f.yaml:2:10: tags such as !!str are not allowed"},
		{"merge key", "items:\n  - {id: a, <<: {size: 1}}\n", "f.yaml:2:13: a key must be plain text"},
		{"unknown key, with a guess", "items:\n  - {id: a, siez: 1}\n", `f.yaml:2:13: unknown field "siez" (did you mean "size"?)`},
		{"unknown key, without", "items:\n  - {id: a, qqqq: 1}\n", "known here: id, name, hue, size, tile, day, open"},
		{"missing key", "items:\n  - {size: 1}\n", `f.yaml:2:5: "id" is missing`},
		{"empty list", "items: []\n", `f.yaml:1:8: "items" must not be empty`},
		{"no value", "items:\n  - {id: a, size: }\n", "no value"},
		{"enum, with a guess", "items:\n  - {id: a, hue: gren}\n", `f.yaml:2:18: "gren" is not one of the values allowed (did you mean "green"?)`},
		{"enum, without", "items:\n  - {id: a, hue: blue}\n", "values allowed: red, green"},
		{"octal", "items:\n  - {id: a, size: 010}\n", "f.yaml:2:19: \"010\" should be a whole number"},
		{"array too short", "items:\n  - {id: a, tile: [1]}\n", "expected 2 items, found 1"},
		{"no such day", "items:\n  - {id: a, day: 2016-02-30}\n", `"2016-02-30" is not a date`},
		{"truth for text", "items:\n  - {id: true}\n", "expected text; quote it"},
		{"blanks around", "items:\n  - {id: ' a'}\n", "begins or ends with blanks"},
		{"text for a list", "items: a\n", "f.yaml:1:8: expected"},
		{"tab", "items:\n\t- a\n", "f.yaml:2: YAML syntax"},
		{"two documents", "items: [{id: a}]\n---\nitems: []\n", "a file holds one YAML document"},
	} {
		_, _, problems := read(tt.text)
		if !strings.Contains(problems.Error(), tt.want) {
			t.Errorf("%s: got %q, want %q", tt.why, problems, tt.want)
		}
	}
}

// One mistake does not hide the next, and the rest is still read.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	got, _, problems := read("items:\n  - {id: a, size: x}\n  - {id: b, hue: blue, day: never}\n  - {id: c}\n")
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprint(p.Pos.Line, ":", p.Pos.Column))
	}
	if d := cmp.Diff([]string{"2:19", "3:18", "3:29"}, lines); d != "" || len(got.Items) != 3 || got.Items[2].ID != "c" {
		t.Errorf("%v\n%s\n%+v", problems, d, got)
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	for _, tt := range [][2]string{{"aprove", "approve"}, {"parnet", "parent"}, {"Parent", "parent"}, {"x", ""}, {"elephant", ""}, {strings.Repeat("a", 65), ""}} {
		if got := source.Suggest(tt[0], []string{"approve", "parent", "y"}); got != tt[1] {
			t.Errorf("Suggest(%q) = %q, want %q", tt[0], got, tt[1])
		}
	}
}

// A report is bounded, however broken the file.
func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	_, _, problems := read("items:\n" + strings.Repeat("  - {id: a, size: x}\n", 2000))
	if n := len(problems); n == 0 || n > 500 {
		t.Errorf("%d problems", n)
	}
}
