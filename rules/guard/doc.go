// Package guard compiles and evaluates the small typed expressions a pack
// writes: conditions of actions, values an action sets, colours. They are CEL
// (cel.dev) over the variables a caller declares, without I/O, clock or
// randomness, and within a budget fixed when the pack is loaded.
//
// Language 1, the only one so far: CEL's operators and its macros has, all,
// exists, exists_one, filter and map; the functions of library.go; no regular
// expressions, whose cost depends on the data. A change of what an expression
// means gets a new number, so that a case begun under an old pack is decided as
// it was then.
package guard
