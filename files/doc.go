// Package files keeps whole files by what they contain: a file's key is the
// SHA-256 of its bytes, so that a file can be checked against its name, is kept
// once however often it is given, and never changes. It knows nothing of what
// the files mean.
package files
