// Package simdb keeps simulations of support programmes, the populations they are tried
// on and their results: the Store of package support/runs.
package simdb
