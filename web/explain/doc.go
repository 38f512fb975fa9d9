// Package explain says in words how a procedure runs: who may do what, on which
// conditions, by when, and who reads what is filled in. The words are of the
// reader's language, the names are the pack's. It is made of the compiled file
// alone and knows no case, so that the page of a procedure, and every page that
// has to say why somebody may or may not do something, say the same.
package explain
