// Package registerdb keeps registers: entries, records about them, their classes and
// versions, and the files they came in.
package registerdb
