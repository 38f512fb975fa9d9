package trial

import (
	"os"
	"testing"

	"quanxiang/gov/problems"
	"quanxiang/rules/check"
	"quanxiang/rules/eval"
	"quanxiang/rules/facts"
	"quanxiang/rules/ruletest"
	"quanxiang/rules/syntax"
)

// BenchmarkExplain is one enterprise with every fact known, with explanation.
func BenchmarkExplain(b *testing.B) {
	p, examples := ruletest.Load(b, ruletest.Sample)
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
