// Package registers keeps lists of real things, such as the subjects of the
// market, and what units record about them. What a register holds, who writes it
// and who reads which field is its file in the pack; this package reads tables
// and requests into entries and records, corrects what is pushed again, holds
// against each other what several units say, and keeps of every entry its versions.
// See docs/spec/registers.md.
package registers
