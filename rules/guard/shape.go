package guard

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// Op is what joins the parts of an expression.
type Op string

// The operations that have simple words.
const (
	And     Op = "and"
	Or      Op = "or"
	Not     Op = "not"
	Equal   Op = "equal"
	Unequal Op = "unequal"
	Less    Op = "less"
	Most    Op = "most" // at most
	More    Op = "more"
	Least   Op = "least" // at least
	In      Op = "in"
	Holds   Op = "holds" // a text in a text
)

// Other is every operation else: what it does is said by the source alone.
const Other Op = "other"

// Shape is an expression taken apart, for who says it in words. A leaf has no
// Op: it is a variable, or a value written in the expression.
type Shape struct {
	Op   Op
	Args []Shape // chains of And and Or are flat
	Name string  // of a variable

	// Value is a string, an int64, a float64, a bool, or a []string.
	Value any
}

var ops = map[string]Op{
	operators.LogicalAnd: And, operators.LogicalOr: Or, operators.LogicalNot: Not, operators.Equals: Equal, operators.NotEquals: Unequal,
	operators.Less: Less, operators.LessEquals: Most, operators.Greater: More, operators.GreaterEquals: Least, operators.In: In, "contains": Holds,
}

// Shape is the expression taken apart.
func (x *Expr) Shape() Shape { return x.shape }

// shapeOf takes a checked expression apart.
func (e *Env) shapeOf(checked *cel.Ast) Shape {
	names := checked.NativeRep().ReferenceMap()
	var walk func(ast.Expr) Shape
	walk = func(n ast.Expr) Shape {
		if r, ok := names[n.ID()]; ok {
			if _, is := e.vars[strings.TrimPrefix(r.Name, ".")]; is {
				return Shape{Name: r.Name}
			}
		}
		switch n.Kind() {
		case ast.LiteralKind:
			switch v := n.AsLiteral().Value().(type) {
			case string, int64, float64, bool:
				return Shape{Value: v}
			}
		case ast.ListKind:
			list := []string{}
			for _, el := range n.AsList().Elements() {
				s, ok := walk(el).Value.(string)
				if !ok {
					return Shape{Op: Other}
				}
				list = append(list, s)
			}
			return Shape{Value: list}
		case ast.CallKind:
			op, ok := ops[n.AsCall().FunctionName()]
			if !ok {
				break
			}
			s := Shape{Op: op}
			args := n.AsCall().Args()
			if n.AsCall().IsMemberFunction() {
				args = append([]ast.Expr{n.AsCall().Target()}, args...)
			}
			for _, a := range args {
				part := walk(a)
				if part.Op == op && (op == And || op == Or) {
					s.Args = slices.Concat(s.Args, part.Args)
				} else {
					s.Args = append(s.Args, part)
				}
			}
			return s
		}
		return Shape{Op: Other}
	}
	return walk(checked.NativeRep().Expr())
}
