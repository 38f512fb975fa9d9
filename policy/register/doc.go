// Package register is the language of registers: typed lists of real things such
// as market subjects, inspectors or old trees. A register file declares what an
// entry is known by and holds, what records units push about entries, and by which
// rule table entries are put into classes of credit. See docs/spec/registers.md.
//
// A register is decoded from its file, then Compile checks it. After that nobody
// changes it.
package register
