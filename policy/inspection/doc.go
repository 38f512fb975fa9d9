// Package inspection compiles the pack's file inspections.yaml: what a district has
// decided about double-random inspection (双随机). Which registers hold subjects, items
// and inspectors, into which strata subjects fall and at what ratio each is drawn, who
// is left out and why, how teams are made up: all of it is data here and nothing of it
// is in the program. See docs/spec/inspections.md.
package inspection
