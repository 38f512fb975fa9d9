package guard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"quanxiang/gov"
)

// Language is the version of the expression language this program reads.
const Language = 1

// The budget of an expression. Cost is CEL's unit: about one per operation and
// per ten characters looked at.
const (
	MaxLength = 1000    // characters of source
	MaxCost   = 100_000 // of the worst case, estimated when compiled, and of each evaluation that goes through a list
	maxDepth  = 32      // of nesting
)

// Kind is the type of a variable or result.
type Kind int

// The kinds, and the Go values that carry them.
const (
	Bool    Kind = iota + 1 // bool
	Int                     // int64; money is fen
	Number                  // float64: parts of a limit; never money
	Text                    // string; choices, units, persons and areas by their id
	Date                    // string YYYY-MM-DD, "" for none; compares in time order
	Instant                 // time.Time
	List                    // []string
)

var celTypes = map[Kind]*cel.Type{
	Bool: cel.BoolType, Int: cel.IntType, Number: cel.DoubleType, Text: cel.StringType, Date: cel.StringType,
	Instant: cel.TimestampType, List: cel.ListType(cel.StringType),
}

var kindNames = map[Kind]gov.Text{
	Bool: {ZH: "真假值", EN: "a truth value"}, Int: {ZH: "整数", EN: "a whole number"}, Number: {ZH: "数", EN: "a number"},
	Text: {ZH: "文字", EN: "text"}, Date: {ZH: "日期", EN: "a date"}, Instant: {ZH: "时刻", EN: "an instant"},
	List: {ZH: "列表", EN: "a list"},
}

// Name is the kind in words.
func (k Kind) Name() gov.Text { return kindNames[k] }

// Var declares a variable. Its name may have dots: "clock.disposal.late".
type Var struct {
	Name string
	Kind Kind
}

// Env is a set of variables to compile against. It is immutable.
type Env struct {
	cel  *cel.Env
	vars map[string]Kind
}

// NewEnv declares variables. It fails for names that CEL reserves or cannot
// write, and for a name declared twice.
func NewEnv(vars []Var) (*Env, error) {
	opts := slices.Clone(library)
	e := &Env{vars: map[string]Kind{}}
	for _, v := range vars {
		if _, twice := e.vars[v.Name]; twice {
			return nil, fmt.Errorf("variable %s is declared twice", v.Name)
		}
		e.vars[v.Name] = v.Kind
		opts = append(opts, cel.Variable(v.Name, celTypes[v.Kind]))
	}
	env, err := cel.NewCustomEnv(opts...)
	if err != nil {
		return nil, fmt.Errorf("environment of expressions: %w", err)
	}
	e.cel = env
	return e, nil
}

// words are those CEL keeps for itself.
var words = []string{"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
	"package", "namespace", "return", "var", "void", "while"}

// Reserved reports a word that can be no part of a variable's name.
func Reserved(word string) bool { return slices.Contains(words, word) }

// Names lists the variables, sorted; for suggestions.
func (e *Env) Names() []string {
	names := make([]string, 0, len(e.vars))
	for n := range e.vars {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Mistake is why an expression cannot be compiled.
type Mistake struct {
	Line, Column int      // within the expression, from 1
	Text         gov.Text // what is wrong; CEL's own words are English
	Unknown      string   // the name nothing declares, if that is what is wrong
}

// Expr is a compiled expression. It is immutable and safe for concurrent use.
type Expr struct {
	source  string
	kind    Kind
	uses    []string // names of variables, sorted
	kinds   []Kind   // theirs
	shape   Shape
	program cel.Program
}

// Compile checks an expression against the variables and the budget. The
// result must be of the kind wanted.
func (e *Env) Compile(source string, want Kind) (*Expr, *Mistake) {
	if n := len([]rune(source)); n > MaxLength {
		return nil, &Mistake{1, 1, gov.Textf("表达式有 %[1]d 个字符，超过上限 %[2]d", "the expression has %[1]d characters, over the limit of %[2]d", n, MaxLength), ""}
	}
	tree, issues := e.cel.Compile(source)
	if issues.Err() != nil {
		return nil, mistakeOf(issues.Errors()[0].Location.Line(), issues.Errors()[0].Location.Column()+1, issues.Errors()[0].Message)
	}
	if got := tree.OutputType(); !got.IsExactType(celTypes[want]) {
		return nil, &Mistake{1, 1, gov.Textf("表达式的结果应为%[1]s，这里是 %[3]s", "the expression should give %[2]s, not %[3]s", want.Name().ZH, want.Name().EN, got), ""}
	}
	estimate, err := e.cel.EstimateCost(tree, sizes{})
	if err != nil || estimate.Max > MaxCost {
		return nil, &Mistake{1, 1, gov.Textf("表达式最坏情况下的开销超过上限 %d", "the worst case of the expression costs more than the limit of %d", MaxCost), ""}
	}
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if loops(tree) { // else each operation is done once at most, and counting them costs as much as they do
		options = append(options, cel.CostLimit(MaxCost))
	}
	program, err := e.cel.Program(tree, options...)
	if err != nil {
		return nil, mistakeOf(1, 1, err.Error())
	}
	x := &Expr{source: source, kind: want, shape: e.shapeOf(tree), program: program}
	for _, r := range tree.NativeRep().ReferenceMap() {
		if _, ok := e.vars[r.Name]; ok && !slices.Contains(x.uses, r.Name) {
			x.uses = append(x.uses, r.Name)
		}
	}
	slices.Sort(x.uses)
	for _, n := range x.uses {
		x.kinds = append(x.kinds, e.vars[n])
	}
	return x, nil
}

// loops reports whether an expression goes through a list.
func loops(a *cel.Ast) (found bool) {
	ast.PreOrderVisit(a.NativeRep().Expr(), ast.NewExprVisitor(func(x ast.Expr) { found = found || x.Kind() == ast.ComprehensionKind }))
	return found
}

func mistakeOf(line, column int, message string) *Mistake {
	m := &Mistake{Line: line, Column: column}
	if name, ok := strings.CutPrefix(message, "undeclared reference to '"); ok {
		m.Unknown, _, _ = strings.Cut(name, "'")
		m.Text = gov.Textf("未知的名称“%s”", "unknown name %q", m.Unknown)
		return m
	}
	m.Text = gov.Textf("表达式有误：%s", "mistake in the expression: %s", message)
	return m
}

// Source is the expression as written.
func (x *Expr) Source() string { return x.source }

// Uses lists the variables the expression reads, sorted.
func (x *Expr) Uses() []string { return x.uses }

// Eval evaluates the expression. value gives each variable it uses as the Go
// value of its kind. It returns an error for a value of another kind, a
// division by zero or a spent budget: the caller treats that as "no" and shows
// why.
func (x *Expr) Eval(value func(name string) any) (any, error) {
	vars := pool.Get().(*given)
	defer vars.free()
	vars.names = x.uses
	for i, n := range x.uses {
		v := value(n)
		if !x.kinds[i].carries(v) { // CEL compares values of different types without complaint
			return nil, fmt.Errorf("evaluate %q: %s is a %T", x.source, n, v)
		}
		vars.values = append(vars.values, v)
	}
	out, _, err := x.program.Eval(vars)
	if err != nil {
		return nil, fmt.Errorf("evaluate %q: %w", x.source, err)
	}
	return x.native(out)
}

// given is the variables of one evaluation: few, so that looking for one through all
// is faster than a map, which would be made for each evaluation.
type given struct {
	names  []string
	values []any
}

var pool = sync.Pool{New: func() any { return &given{} }}

func (g *given) free() {
	clear(g.values)
	g.names, g.values = nil, g.values[:0]
	pool.Put(g)
}

// ResolveName finds a variable.
func (g *given) ResolveName(name string) (any, bool) {
	if i := slices.Index(g.names, name); i >= 0 {
		return g.values[i], true
	}
	return nil, false
}

// Parent is none.
func (g *given) Parent() cel.Activation { return nil }

// Holds evaluates a condition.
func (x *Expr) Holds(value func(name string) any) (bool, error) {
	v, err := x.Eval(value)
	if err != nil {
		return false, err
	}
	yes, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("evaluate %q: %T is no truth value", x.source, v)
	}
	return yes, nil
}

var errKind = errors.New("the result is of another kind")

func (x *Expr) native(out ref.Val) (any, error) {
	switch v := out.(type) {
	case types.Bool:
		return bool(v), nil
	case types.Int:
		return int64(v), nil
	case types.Double:
		return float64(v), nil
	case types.String:
		return string(v), nil
	case types.Timestamp:
		return v.Time.In(gov.China), nil
	}
	if x.kind == List {
		list, err := out.ConvertToNative(stringsType)
		if err != nil {
			return nil, fmt.Errorf("evaluate %q: %w", x.source, err)
		}
		return list.([]string), nil
	}
	return nil, fmt.Errorf("evaluate %q: %w", x.source, errKind)
}

// carries reports that a Go value is one of the kind.
func (k Kind) carries(v any) bool {
	switch v.(type) {
	case bool:
		return k == Bool
	case int64:
		return k == Int
	case float64:
		return k == Number
	case string:
		return k == Text || k == Date
	case time.Time:
		return k == Instant
	case []string:
		return k == List
	}
	return false
}

// Zero is the value of a variable that is not set.
func (k Kind) Zero() any {
	switch k {
	case Bool:
		return false
	case Int:
		return int64(0)
	case Number:
		return float64(0)
	case Instant:
		return time.Time{}
	case List:
		return []string{}
	}
	return ""
}

// sizes is what the estimate takes a text and a list to hold at most. More in a
// case is no danger: what goes through a list has the same budget when evaluated, and
// the rest is done once.
type sizes struct{}

func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if t := n.Type(); t != nil && t.Kind() == types.ListKind {
		return &cost.SizeEstimate{Min: 0, Max: 200}
	}
	return &cost.SizeEstimate{Min: 0, Max: 1000}
}

func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}
