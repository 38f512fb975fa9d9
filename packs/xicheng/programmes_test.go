package xicheng_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/library"
	"quanxiang/rules/check"
	"quanxiang/rules/clauses"
	"quanxiang/rules/plain"
	"quanxiang/rules/syntax"
	"quanxiang/rules/trial"
)

// TestProgrammesFormatted: rule files look as the formatter writes them.
func TestProgrammesFormatted(t *testing.T) {
	t.Parallel()
	for _, f := range load(t).Files {
		if !strings.HasSuffix(f.Path, ".rule") {
			continue
		}
		formatted, err := syntax.Format(f.Path, f.Content)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(formatted), string(f.Content)); diff != "" {
			t.Errorf("%s is not formatted (-want +got):\n%s", f.Path, diff)
		}
	}
}

// TestProgrammesSayWhatTheTextSays compares the rules with the real gazette:
// every number stands in its clause, and every paragraph of the documents is
// cited or said to be uncomputed.
func TestProgrammesSayWhatTheTextSays(t *testing.T) {
	t.Parallel()
	data := realGazette(t)
	p := load(t)
	g, err := gazette.Read(bytes.NewReader(data), "xicheng-2016.txt", p.Gazette, gazette.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	files := p.Programmes
	texts := map[string]clauses.Text{}
	for _, f := range files {
		if f.Document == nil {
			continue
		}
		for _, d := range g.Documents {
			if d.Number == f.Document.Number {
				texts[f.Document.Short.Text] = library.Clauses(&d)
			}
		}
		if n := len(texts[f.Document.Short.Text]); n < int(f.Document.Clauses) {
			t.Errorf("%s has %d clauses, fewer than its articles", f.Document.Short.Text, n)
		}
	}
	if list := clauses.Check(files, texts); len(list) > 0 {
		t.Error("\n" + list.In(gov.ZH))
	}

	// No sentence of the documents is in the rules.
	for _, f := range files {
		src := string(syntax.Print(f.Source))
		for short, text := range texts {
			for _, c := range text {
				for sentence := range strings.FieldsFuncSeq(c.Text, func(r rune) bool { return strings.ContainsRune("，。；：、", r) }) {
					if len([]rune(sentence)) > 20 && strings.Contains(src, sentence) {
						t.Errorf("%s: %s @%s stands in the rules: %s", f.Source.Name, short, c.Path, sentence)
					}
				}
			}
		}
	}
}

// TestProgrammesExamples runs every example of the rule files, on what they
// compile to and on the plain interpreter.
func TestProgrammesExamples(t *testing.T) {
	t.Parallel()
	p := load(t)
	n, failures := trial.Run(p.Rules, check.Examples(p.Programmes, check.When{}))
	if len(failures) > 0 {
		t.Error("\n" + failures.In(gov.ZH))
	}
	set := plain.New(p.Programmes)
	for _, wrong := range set.Check() {
		t.Errorf("plain: %s", wrong)
	}
	refused := 0 // which is no part of what is computed
	for _, e := range check.Examples(p.Programmes, check.When{}) {
		refused += len(e.Refuse)
	}
	if n < 590 || refused < 17 || set.Examples() != n-refused {
		t.Errorf("%d expectations, %d of facts that are refused, %d by the plain interpreter", n, refused, set.Examples())
	}
}

// TestProgrammesTested changes every number of the rules by one step, up and
// down, and leaves out every condition, limit and exclusion: an example must
// notice. What none can notice is listed; a reading says why.
func TestProgrammesTested(t *testing.T) {
	t.Parallel()
	var list problems.List
	var files []*syntax.File // the pack's own are not to be changed
	for _, f := range load(t).Files {
		if strings.HasSuffix(f.Path, ".rule") {
			files = append(files, syntax.Parse(f.Path, f.Content, &list))
		}
	}
	if len(list) > 0 {
		t.Fatal(list)
	}
	set := plain.New(files)
	var got []string
	for _, x := range append(set.Untested(), set.Unneeded()...) {
		_, change, _ := strings.Cut(x, ": ")
		got = append(got, change)
		t.Log(x)
	}
	want := []string{
		"6个 → 7",              // 16号 R7a: six countries at 1万元 are the cap of 6万元
		"800万元 → 800000001",   // 16号 R10: the caps of 17号 7 add up to it
		"至多",                  // 16号 R7a again
		"part of a condition", // 16号 23(2), research above nothing: without income there is no growth to pay for
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what no example tests (-want +got):\n%s", diff)
	}

	// As rules test --mutate says it: a step up or down, and each edge from within
	// to without, in what the rules compile to. Nothing is left out.
	p := load(t)
	for _, u := range trial.Mutate(p.Rules, check.Examples(p.Programmes, check.When{})) {
		t.Errorf("%s: %s", u.Pos, u.Text.ZH)
	}
}
