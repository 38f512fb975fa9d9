// Package ruletest compiles rule files for tests.
package ruletest

import (
	"os"
	"path/filepath"
	"testing"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/check"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// Rule files as packages of rules see them: the sample uses the whole language,
// the pack's are those of the real documents.
const (
	Sample = "../trial/testdata/programme.rule"
	Pack   = "../../packs/xicheng/programmes/*.rule"
)

// Load compiles the files that patterns name, with their examples.
func Load(tb testing.TB, patterns ...string) (*ir.Program, []*syntax.Example) {
	tb.Helper()
	var list problems.List
	var files []*syntax.File
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			tb.Fatalf("no rule files %s: %v", pattern, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				tb.Fatal(err)
			}
			files = append(files, syntax.Parse(name, data, &list))
		}
	}
	if err := list.Err(); err != nil {
		tb.Fatal(list.In(gov.EN))
	}
	p, _, err := check.Compile(files, check.When{})
	if err != nil {
		tb.Fatal(err)
	}
	return p, check.Examples(files, check.When{})
}
