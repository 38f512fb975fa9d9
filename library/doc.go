// Package library keeps the documents a district has in force: their versions,
// validity as of any date, what repeals and cites what, the tasks, indicators
// and projects they contain, and search over all of it. It decides; the store
// persists (interface Store) and the web shows.
package library
