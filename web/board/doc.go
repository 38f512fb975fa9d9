// Package board is where the office watches over what is to be done: the board
// of a procedure with its figures by unit, post and document, the brief that is
// printed of it, and the page on which proposals made of documents are gone
// through. Nothing in it knows a procedure: facets, states, colours and fields
// are the pack's, who sees and may do what is decided by package casework.
package board
