package trial

import (
	"os"
	"testing"

	"quanxiang/gov/problems"
	"quanxiang/rules/check"
	"quanxiang/rules/eval"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// load compiles a rule file of testdata and its examples.
func load(t testing.TB, names ...string) (*ir.Program, []*syntax.Example) {
	t.Helper()
	var list problems.List
	var files []*syntax.File
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, syntax.Parse(name, data, &list))
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	p, _, err := check.Compile(files, check.When{})
	if err != nil {
		t.Fatal(err)
	}
	return p, check.Examples(files, check.When{})
}

// BenchmarkExplain is one enterprise with every fact known, with explanation.
func BenchmarkExplain(b *testing.B) {
	p, examples := load(b, "testdata/programme.rule")
	r := &facts.Examples{Program: p, All: examples}
	f, err := r.Facts(examples[0])
	if err != nil {
		b.Fatal(err)
	}
	m := eval.New(p)
	for b.Loop() {
		m.Run(f, true)
	}
}

// BenchmarkCompile reads, checks and compiles the rule file.
func BenchmarkCompile(b *testing.B) {
	data, err := os.ReadFile("testdata/programme.rule")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var list problems.List
		f := syntax.Parse("programme.rule", data, &list)
		p, _, err := check.Compile([]*syntax.File{f}, check.When{})
		if err != nil {
			b.Fatal(err)
		}
		eval.New(p)
	}
}
