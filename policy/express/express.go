// Package express compiles the expressions of a pack's files and reports their
// mistakes where they stand.
package express

import (
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// Compile makes an expression ready that gives a value of a kind. With a mistake,
// which it adds to the problems, there is none.
func Compile(problems *source.Problems, env *guard.Env, at source.Node, text string, want guard.Kind) *guard.Expr {
	x, m := env.Compile(text, want)
	if m == nil {
		return x
	}
	guess := ""
	if m.Unknown != "" {
		guess = source.Suggest(m.Unknown, env.Names())
	}
	problems.AddGuess(at.Pos(), guess, "表达式第 %[1]d 行第 %[2]d 字：%[3]s", "line %[1]d, character %[2]d of the expression: %[4]s",
		m.Line, m.Column, m.Text.ZH, m.Text.EN)
	return nil
}
