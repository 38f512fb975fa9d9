// Package scenario runs the examples a pack gives of its procedures: who does
// what and when, and what the case is then, who may act, what is told and what
// each reader sees. They are written in the pack beside the procedure and run
// by "quanxiang pack test" and the tests of the program alike; see
// docs/spec/procedure.md.
package scenario
