package explain

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/rules/guard"
	"quanxiang/web/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

// setUp is the sample pack of the language and the messages of the site.
func setUp(t *testing.T) (*policy.Pack, *ui.Engine) {
	t.Helper()
	pack, err := policy.Load(os.DirFS("../../cases/testdata"), "sample")
	if err != nil {
		t.Fatal(err)
	}
	e, err := ui.New(ui.Site{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return pack, e
}

// print writes all that is said of a procedure.
func print(x Explainer) string {
	var b strings.Builder
	line := func(indent string, l Line) {
		s := indent + l.Text
		if l.Code != "" {
			s += " `" + l.Code + "`"
		}
		if l.Href != "" {
			s += " <" + l.Href + ">"
		}
		fmt.Fprintln(&b, s)
	}
	entries := func(list []Entry) {
		for _, e := range list {
			fmt.Fprintf(&b, "%s: %s\n", e.ID, strings.TrimSpace(e.Name+" "+e.Help))
			for _, f := range e.Facts {
				fmt.Fprintf(&b, "  %s\n", f.Label)
				for _, l := range f.Lines {
					line("    ", l)
				}
			}
		}
	}
	for _, l := range x.Origins() {
		line("", l)
	}
	if who := x.Remarks(); who != "" {
		fmt.Fprintf(&b, "remarks: %s\n", who)
	}
	for _, s := range x.Stands() {
		fmt.Fprintf(&b, "- %s\n", strings.TrimSpace(s.Name+" "+s.Kind))
		for _, step := range s.Steps {
			fmt.Fprintf(&b, "    %s -> %s %t\n", step.Action, step.To, step.Auto)
		}
	}
	entries(x.Parties())
	entries(x.Actions())
	entries(x.Clocks())
	for _, k := range x.Colours() {
		line(k.ID+": "+k.Chip.Label+" ", k.Means)
	}
	for _, f := range x.Fields() {
		fmt.Fprintf(&b, "%s: %s | %s | %s\n", f.ID, strings.TrimSpace(f.Label+" "+f.Help), f.Type, f.Open)
		for _, l := range f.Notes {
			line("    ", l)
		}
	}
	return b.String()
}

// What is said of the sample procedures, read by people when it changes. All of
// it is in the reader's language, and no name of a message shows.
func TestGolden(t *testing.T) {
	t.Parallel()
	pack, e := setUp(t)
	var names []string // of units, which have no English one here; the longer ones come later
	for _, u := range slices.Backward(pack.Units) {
		names = append(names, u.Name.ZH, "")
	}
	unnamed := strings.NewReplacer(names...)
	for _, p := range pack.Procedures {
		for _, lang := range ui.Languages {
			got := print(New(e.Messages(lang), pack, p))
			if strings.Contains(got, "explain.") || strings.Contains(got, "{") {
				t.Errorf("%s in %s shows the name of a message or an empty place:\n%s", p.ID, lang, got)
			}
			if lang == gov.EN && strings.ContainsFunc(unnamed.Replace(got), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s in English holds Chinese:\n%s", p.ID, got)
			}
			file := filepath.Join("testdata", p.ID+"."+string(lang)+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs; run with -update and read it (-want +got):\n%s", file, diff)
			}
		}
	}
}

// Every value a pack may write has words in both languages.
func TestEveryValueHasWords(t *testing.T) {
	t.Parallel()
	_, e := setUp(t)
	for prefix, values := range map[string][]string{
		"explain.type.":  procedure.FieldType("").Values(),
		"explain.state.": {string(procedure.PausedState), string(procedure.DoneState), string(procedure.VoidState)},
		"explain.again.": procedure.Again("").Values(),
		"explain.every.": procedure.Period("").Values(),
		"explain.items.": {"task", "indicator", "project"},
		"explain.word.":  {string(guard.And), string(guard.Or), string(guard.Equal), string(guard.Unequal), string(guard.Less), string(guard.Most), string(guard.More), string(guard.Least), string(guard.In), string(guard.Holds)},
	} {
		for _, v := range values {
			if !e.Messages(gov.ZH).Has(prefix + v) {
				t.Errorf("no message %s%s", prefix, v)
			}
		}
	}
}

// Bounds, options and amounts are those of the field.
func TestWhatAFieldHolds(t *testing.T) {
	t.Parallel()
	_, e := setUp(t)
	n := func(n int) *int { return &n }
	for _, c := range []struct {
		field  procedure.Field
		zh, en string
	}{
		{procedure.Field{Type: procedure.IntegerField, Min: n(0), Max: n(100), Unit: "%"}, "整数，0% 至 100%", "a whole number, 0% to 100%"},
		{procedure.Field{Type: procedure.IntegerField, Unit: "km"}, "整数，单位：km", "a whole number, in km"},
		{procedure.Field{Type: procedure.MoneyField, Min: n(1), Max: n(10_000_050)}, "金额（元），0.01 至 100000.50", "an amount in yuan, 0.01 to 100000.50"},
		{procedure.Field{Type: procedure.TextField, Min: n(2)}, "一行文字，至少 2 字", "a line of text, at least 2 characters"},
		{procedure.Field{Type: procedure.FilesField, Accept: "image", Max: n(3)}, "图片文件，至多 3 个", "pictures, at most 3"},
		{procedure.Field{Type: procedure.ChoiceField, Options: []procedure.Option{{ID: "a", Name: gov.Text{ZH: "甲", EN: "A"}}, {ID: "b", Name: gov.Text{ZH: "乙", EN: "B"}}}},
			"选一项：甲、乙", "one of: A, B"},
	} {
		for lang, want := range map[gov.Lang]string{gov.ZH: c.zh, gov.EN: c.en} {
			if got := New(e.Messages(lang), nil, &procedure.Procedure{}).Holds(&c.field); got != want {
				t.Errorf("%s: %q, want %q", c.field.Type, got, want)
			}
		}
	}
}
