package columns

import (
	"quanxiang/rules/columns/table"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
)

// What machines compute with is made by package table.
type (
	// Table is a population laid out for one kind of applicant of a program.
	Table = table.Table
	// Column is the values of a fact.
	Column = table.Column
	// List is the entries of a list.
	List = table.List
	// Payments is what was paid in earlier years.
	Payments = table.Payments
)

// Of lays out records of one kind of applicant for one year. A record of another
// kind or year, or with a fact that is not known, is an error.
func Of(p *ir.Program, records []*eval.Facts) (*Table, error) { return table.Of(p, records) }
