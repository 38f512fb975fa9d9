// Package docket keeps the cases of a district and runs them: it loads a case,
// lets the engine of package cases decide, and saves what happened, each step in
// one transaction with what it does to other cases. It also keeps what lists
// know of cases, looks at cases when their time has come, and begins the cases
// of series and of items of the library.
package docket
