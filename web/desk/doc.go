// Package desk is the staff's pages for cases, under /desk: what waits for
// somebody, a case with what they may do about it, beginning one, finding one.
// It stands on cases/casework, which decides what shows and what may be done;
// the pages lay it out. Everything works without script; the script of the
// pages adds a keyboard and filters for long lists to choose from.
package desk
