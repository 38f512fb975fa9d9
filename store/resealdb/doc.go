// Package resealdb knows every column in which something is sealed: whether it
// opens, which key sealed it, and how to seal it anew under a newer key while the
// district goes on working. docs/spec/privacy.md says what a rotation is.
package resealdb
