// Package jobs wakes work that must not happen inside a transaction.
//
// A job is no message: it says "look again at this key", and its handler finds
// out from the database what there is to do. So a job that runs twice does no
// harm, two requests for the same key before it ran are one, and a deadline is
// never kept here but in the table of what has the deadline; a periodic job
// finds it even if every other job were lost.
//
// A job is enqueued in the transaction that makes it necessary
// (store.Enqueue): both are kept or neither. A runner claims due jobs under
// a lease, runs them once or more, tries a failed one again later, and picks
// up those of a process that died when its lease ends. The package knows no
// domain and no SQL.
package jobs
