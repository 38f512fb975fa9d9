package guard_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/rules/guard"
)

// An expression is taken apart as it binds; chains are flat, and what has no
// simple words is left whole.
func TestShape(t *testing.T) {
	t.Parallel()
	name := func(s string) guard.Shape { return guard.Shape{Name: s} }
	value := func(v any) guard.Shape { return guard.Shape{Value: v} }
	op := func(o guard.Op, args ...guard.Shape) guard.Shape { return guard.Shape{Op: o, Args: args} }
	e := env(t)
	for source, want := range map[string]guard.Shape{
		"given.due": name("given.due"),
		"state == 'a' || state == 'b' || state in ['c', 'd']": op(guard.Or, op(guard.Equal, name("state"), value("a")),
			op(guard.Equal, name("state"), value("b")), op(guard.In, name("state"), value([]string{"c", "d"}))),
		"given.due && (amount >= 80 || !given.due)": op(guard.And, name("given.due"),
			op(guard.Or, op(guard.Least, name("amount"), value(int64(80))), op(guard.Not, name("given.due")))),
		"clock.disposal.used > 0.5": op(guard.More, name("clock.disposal.used"), value(0.5)),
		"amount + 1 < 80":           op(guard.Less, op(guard.Other), value(int64(80))),
		"size(units) != 2":          op(guard.Unequal, op(guard.Other), value(int64(2))),
		"units.exists(u, u == 'a')": op(guard.Other),
	} {
		x, mistake := e.Compile(source, guard.Bool)
		if mistake != nil {
			t.Fatalf("%s: %v", source, mistake.Text)
		}
		if diff := cmp.Diff(want, x.Shape()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", source, diff)
		}
	}
}
