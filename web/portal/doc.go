// Package portal is the public site: documents, units, search, the ledger and
// the deadline calculator. It needs no script in the browser, keeps no session
// and knows no user; a route table, a handler and a view struct per page.
package portal
