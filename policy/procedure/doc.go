// Package procedure is the language in which a pack states how a matter runs:
// its fields and who sees them, its states, who may do what by relation to the
// case, its clocks, what happens by itself, its sub-cases and series. One file
// is one Procedure; docs/spec/procedure.md is normative.
//
// Reading has the stages of the pack: decode (by policy/source), then Compile,
// which resolves names, parses relations and expressions and checks what no
// single line shows. A Procedure that was compiled is immutable. Running it is
// the business of package cases; nothing here knows a case.
package procedure
