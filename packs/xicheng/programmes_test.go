package xicheng_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/packs"
	"quanxiang/rules/clauses"
	"quanxiang/rules/problems"
	"quanxiang/rules/syntax"
)

// ruleFiles reads the rule files of the pack.
func ruleFiles(t *testing.T) []*syntax.File {
	t.Helper()
	fsys, ok := packs.FS("xicheng")
	if !ok {
		t.Fatal("the binary carries no pack xicheng")
	}
	names, err := fs.Glob(fsys, "programmes/*.rule")
	if err != nil {
		t.Fatal(err)
	}
	var list problems.List
	var files []*syntax.File
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, syntax.Parse(name, data, &list))
		formatted, err := syntax.Format(name, data)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(formatted, data) {
			t.Errorf("%s is not formatted", name)
		}
	}
	if len(list) > 0 {
		t.Fatal(list.In(gov.ZH))
	}
	return files
}

// TestProgrammesSayWhatTheTextSays compares the rules with the real gazette:
// every number stands in its clause, and every paragraph of the documents is
// cited or said to be uncomputed.
func TestProgrammesSayWhatTheTextSays(t *testing.T) {
	t.Parallel()
	data := realGazette(t)
	g, err := gazette.Read(bytes.NewReader(data), "xicheng-2016.txt", load(t).Gazette, gazette.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	files := ruleFiles(t)
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
