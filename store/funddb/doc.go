// Package funddb keeps the money of support programmes; see package support/fund.
// Accounts and the files that hold them are sealed.
package funddb
