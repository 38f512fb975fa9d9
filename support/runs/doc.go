// Package runs keeps the simulations of a district and the populations they are tried
// on: who asked what when, how far it has come, and the result, which stays as it was
// computed. A simulation is a job; asked the same again, of the same rules and the same
// snapshot, it takes the result that is there. All of it is recorded in the ledger.
//
// Who may try programmes sees all simulations of the district: they are drafts of rules,
// and hold of enterprises only the names of those whose amounts change most.
package runs
