// Package calendar knows which days are worked in China and reckons deadlines.
//
// Working days follow the State Council's yearly notice: holidays, and the
// weekend days worked instead (调休). A Calendar is an immutable value made of
// such years; for a year without a notice it goes by Saturday and Sunday, and
// every answer then names the year that is missing.
//
// There is one deadline engine, Deadline. It derives everything from the
// history of a case by interval arithmetic,
//
//	used(t) = measure of [start, t) ∩ counted time ∖ pauses
//	deadline = the first t with used(t) = limit + extensions
//
// over half-open intervals of integer milliseconds, and keeps nothing. See
// docs/spec/deadline.md. The package is pure: time and calendar are arguments.
package calendar
