// Package review is where an officer goes through the cases the system has begun
// of what documents say, one after the other: the words of the document beside
// the form of what is to be done first, what is not clear yet, and cases that may
// be about the same. Those without an open question can be dealt with together.
// Which procedures have such cases, and what is done with them, is the pack's.
package review
