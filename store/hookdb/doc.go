// Package hookdb keeps the subscriptions of other systems, and what is to be
// sent to them: the Store of package notices/hooks.
package hookdb
