package gogen

import (
	"bytes"
	"go/format"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"quanxiang/rules/ir"
	"quanxiang/rules/ruletest"
)

// The source is formatted, the same each time, and imports nothing but the
// standard library. That it compiles and agrees with the other evaluators is
// held by package trial.
func TestSource(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Sample)
	source, err := Source(p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Source(p)
	if err != nil || !bytes.Equal(source, again) {
		t.Errorf("the source is not the same twice: %v", err)
	}
	if formatted, err := format.Source(source); err != nil || !bytes.Equal(source, formatted) {
		t.Errorf("the source is not formatted: %v", err)
	}
	tree, err := parser.ParseFile(token.NewFileSet(), "main.go", source, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range tree.Imports {
		if strings.Contains(i.Path.Value, ".") || strings.Contains(i.Path.Value, "quanxiang") {
			t.Errorf("the source imports %s", i.Path.Value)
		}
	}
	for i := range p.Benefits {
		if !bytes.Contains(source, []byte(p.Benefits[i].Key())) {
			t.Errorf("the source does not name %s", p.Benefits[i].Key())
		}
	}
}

// A node that nobody knows is an error, not a program that leaves it out.
func TestUnknownOperation(t *testing.T) {
	t.Parallel()
	p := &ir.Program{
		Nodes:    []ir.Node{{Op: ir.Pass + 1, A: ir.None, B: ir.None, C: ir.None, Step: ir.None, Loop: ir.None}},
		Benefits: []ir.BenefitInfo{{Name: "甲", Result: 0}},
	}
	if _, err := Source(p); err == nil {
		t.Error("no error")
	}
}
