// Package casedb keeps cases: their history and what it makes of them, how
// lists show them, whose turn it is, and the counters of their numbers. What a
// step changes is recorded in the ledger in the same transaction.
package casedb
