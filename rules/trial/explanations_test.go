package trial

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/explain"
	"quanxiang/rules/facts"
	"quanxiang/rules/ruletest"
	"quanxiang/rules/syntax"
)

var update = flag.Bool("update", false, "write the golden explanations anew, to be read before they are committed")

// shown is how many examples of a benefit are in the golden files, but for those in
// which another benefit decided.
const shown = 3

// The explanations of examples are golden files, one for each document, for a
// reviewer to read beside it. Of each benefit there are the first examples in
// which something else decided: it was given, cut by a limit, displaced by another
// benefit, or refused for want of a condition; in English the first of them.
func TestExplanations(t *testing.T) {
	t.Parallel()
	names := programmes(t)["pack"]
	p, examples := ruletest.Load(t, names...)
	reader := &facts.Examples{Program: p, All: examples}
	given := statements(t, names)
	m := eval.New(p)
	out := make([]strings.Builder, len(p.Benefits))
	told := make([][]string, len(p.Benefits))
	for _, e := range examples {
		f, err := reader.Facts(e)
		if err != nil {
			t.Fatal(err)
		}
		a := explain.Of(p, m, m.Run(f, true))
		for _, w := range e.Expect {
			if w.Benefit == nil {
				continue
			}
			b := p.Named(e.Doc, w.Benefit.Doc, w.Benefit.Name)
			i := slices.IndexFunc(a.Benefits, func(x explain.Benefit) bool { return x.Index == b })
			if i < 0 {
				t.Fatalf("%s: %s is not explained", e.Name, w.Benefit.Name)
			}
			x := a.Benefits[i]
			what := decided(x)
			if len(told[b]) >= shown && !strings.Contains(what, "together") && !strings.Contains(what, "joint") || slices.Contains(told[b], what) {
				continue // what benefits do to each other is always shown
			}
			told[b] = append(told[b], what)
			fmt.Fprintf(&out[b], "例 “%s” 年度 %d\n%s", e.Name, e.Year, given[e.Name])
			for _, l := range []gov.Lang{gov.ZH, gov.EN} {
				if l == gov.EN && len(told[b]) > 1 {
					continue // the words are those of the first
				}
				text := explain.Answer{Benefits: []explain.Benefit{x}}.Text(l, true)
				text = text[:strings.LastIndex(strings.TrimSpace(text), "\n")+1] // the sum is of this benefit alone
				out[b].WriteString(text)
			}
			out[b].WriteByte('\n')
		}
	}
	for _, d := range p.Docs {
		var b strings.Builder
		for i := range p.Benefits {
			if p.Benefits[i].Doc != d.Short {
				continue
			}
			if len(told[i]) == 0 {
				t.Errorf("no example is about %s", p.Benefits[i].Key())
			}
			b.WriteString(out[i].String())
		}
		golden(t, filepath.Join("testdata", "explanations", d.Short+".txt"), b.String())
	}
}

// decided is what decided a benefit.
func decided(x explain.Benefit) string {
	var list []string
	for _, s := range x.Steps {
		if s.Decides() {
			list = append(list, fmt.Sprint(s.Kind.EN, s.Label, s.Clauses))
		}
	}
	return fmt.Sprint(x.Amount.High > 0, x.Amount.Low == x.Amount.High, slices.Compact(list))
}

// statements are the facts of examples as their files have them, by name.
func statements(t *testing.T, names []string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		example, fact := "", false
		for line := range strings.Lines(string(data)) {
			word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch word {
			case "同", "已知", "已领":
				fact = true
			case "应得", "边界":
				fact = false
			}
			switch {
			case !strings.HasPrefix(line, " "):
				if example = ""; word == syntax.KExample.Spelt(syntax.Chinese) {
					_, rest, _ = strings.Cut(rest, "“")
					example, _, _ = strings.Cut(rest, "”")
				}
			case example != "" && fact:
				out[example] += line
			}
		}
	}
	return out
}

// golden compares a text with its golden file, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is other than before; read it, and run with -update if it is right (-want +got):\n%s", name, diff)
	}
}
