// Command rules computes a part of 16号 in OPA, CEL and Expr for
// BenchmarkRulesPeers of package bench to stand beside: the tiers of articles 4
// and 9 and the unit prices of article 7, without lists, since CEL has no sum.
// Rows come in as JSON; what each engine makes of them and how long it took goes
// out. Each is used as its documentation advises for speed: compiled once, with
// types where it has them, input converted beforehand where it allows that.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"syscall"
	"time"

	"cel.dev/cel-go/cel"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// Row is an enterprise: kind of recognition, income and R&D in fen, patents,
// other rights, trade marks, and whether it is on the list.
type Row struct {
	K, X, R, P, O, M int
	T                bool
}

// Result is what an engine made of the rows.
type Result struct {
	Sum  int64         // fen of all rows
	Took time.Duration // of processor for a row
}

// expression is the rules for CEL and Expr, which both read it.
const expression = `(K <= 1 ? (X >= 1000000000000 ? (R * 100 >= X * 3 ? 100000000 : 0) :
  X >= 100000000000 ? (R * 100 >= X * 6 ? 50000000 : 0) :
  X >= 10000000000 ? (R * 100 >= X * 9 ? 25000000 : 0) :
  X >= 2000000000 ? (R * 100 >= X * 12 ? 10000000 : 0) : 0) : 0) +
(K == 0 ? (P * 400000 > 50000000 ? 50000000 : P * 400000) +
  (O >= 3 ? (O * 100000 > 3000000 ? 3000000 : O * 100000) : 0) +
  (M * 300000 > 2000000 ? 2000000 : M * 300000) : 0) +
(K == 0 && T ? (X > 100000000000 ? 20000000 : X > 10000000000 ? 10000000 : X > 2000000000 ? 5000000 : X > 500000000 ? 3000000 : 1000000) : 0)`

// policy is the rules for OPA.
const policy = `package park

default own := 0

own := 100000000 if {
	input.K <= 1
	input.X >= 1000000000000
	input.R * 100 >= input.X * 3
}

own := 50000000 if {
	input.K <= 1
	input.X >= 100000000000
	input.X < 1000000000000
	input.R * 100 >= input.X * 6
}

own := 25000000 if {
	input.K <= 1
	input.X >= 10000000000
	input.X < 100000000000
	input.R * 100 >= input.X * 9
}

own := 10000000 if {
	input.K <= 1
	input.X >= 2000000000
	input.X < 10000000000
	input.R * 100 >= input.X * 12
}

default others := 0

others := min([input.O * 100000, 3000000]) if input.O >= 3

default property := 0

property := (min([input.P * 400000, 50000000]) + others) + min([input.M * 300000, 2000000]) if input.K == 0

default growth := 0

growth := 20000000 if {
	input.K == 0
	input.T
	input.X > 100000000000
} else := 10000000 if {
	input.K == 0
	input.T
	input.X > 10000000000
} else := 5000000 if {
	input.K == 0
	input.T
	input.X > 2000000000
} else := 3000000 if {
	input.K == 0
	input.T
	input.X > 500000000
} else := 1000000 if {
	input.K == 0
	input.T
}

total := (own + property) + growth
`

func main() {
	var rows []Row
	if err := json.NewDecoder(os.Stdin).Decode(&rows); err != nil {
		fail(err)
	}
	out := map[string]Result{}
	for name, prepare := range map[string]func([]Row) (func(int) (int64, error), error){"opa": opa, "cel-go": celGo, "expr": exprLang} {
		one, err := prepare(rows)
		if err != nil {
			fail(fmt.Errorf("%s: %w", name, err))
		}
		r := Result{}
		begin := processor()
		passes := 0
		for ; passes == 0 || processor()-begin < time.Second; passes++ {
			r.Sum = 0
			for i := range rows {
				x, err := one(i)
				if err != nil {
					fail(fmt.Errorf("%s: row %d: %w", name, i, err))
				}
				r.Sum += x
			}
		}
		r.Took = (processor() - begin) / time.Duration(passes*len(rows))
		out[name] = r
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// processor is the time this process has had of the cores, its collector with it.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		fail(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func opa(rows []Row) (func(int) (int64, error), error) {
	ctx := context.Background()
	q, err := rego.New(rego.Query("x = data.park.total"), rego.Module("park.rego", policy)).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	inputs := make([]ast.Value, len(rows))
	for i, r := range rows {
		if inputs[i], err = ast.InterfaceToValue(r); err != nil {
			return nil, err
		}
	}
	return func(i int) (int64, error) {
		set, err := q.Eval(ctx, rego.EvalParsedInput(inputs[i]))
		if err != nil {
			return 0, err
		}
		if len(set) != 1 {
			return 0, fmt.Errorf("%d results", len(set))
		}
		n, ok := set[0].Bindings["x"].(json.Number)
		if !ok {
			return 0, fmt.Errorf("a result of %T", set[0].Bindings["x"])
		}
		return n.Int64()
	}, nil
}

func celGo(rows []Row) (func(int) (int64, error), error) {
	var vars []cel.EnvOption
	for _, name := range []string{"K", "X", "R", "P", "O", "M"} {
		vars = append(vars, cel.Variable(name, cel.IntType))
	}
	env, err := cel.NewEnv(append(vars, cel.Variable("T", cel.BoolType))...)
	if err != nil {
		return nil, err
	}
	tree, issues := env.Compile(expression)
	if err := issues.Err(); err != nil {
		return nil, err
	}
	program, err := env.Program(tree, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, err
	}
	inputs := make([]map[string]any, len(rows))
	for i, r := range rows {
		inputs[i] = map[string]any{"K": int64(r.K), "X": int64(r.X), "R": int64(r.R), "P": int64(r.P), "O": int64(r.O), "M": int64(r.M), "T": r.T}
	}
	return func(i int) (int64, error) {
		v, _, err := program.Eval(inputs[i])
		if err != nil {
			return 0, err
		}
		n, ok := v.Value().(int64)
		if !ok {
			return 0, fmt.Errorf("a result of %T", v.Value())
		}
		return n, nil
	}, nil
}

func exprLang(rows []Row) (func(int) (int64, error), error) {
	program, err := expr.Compile(expression, expr.Env(Row{}), expr.AsInt64())
	if err != nil {
		return nil, err
	}
	machine := vm.VM{}
	return func(i int) (int64, error) {
		v, err := machine.Run(program, rows[i])
		if err != nil {
			return 0, err
		}
		n, ok := v.(int64)
		if !ok {
			return 0, fmt.Errorf("a result of %T", v)
		}
		return n, nil
	}, nil
}
