// Package fund is the money of support programmes: budgets by programme, year and
// benefit, what is committed to whom, what was paid in which batch, what came back.
//
// Whoever decides an application asks three things of it. Paid tells what a subject was
// promised and paid before, with a version. Commit promises money in the caller's
// transaction, so that the step of a case and its money are one; it refuses where the
// budget is short, and where the subject's payments are no longer those of the version
// the amounts were computed on. Release takes a promise back.
//
// From there the finance officers go on: budgets, batches of payments that one prepares
// and another signs, the file for the finance system and what it answers, and money that
// has to come back. Every movement of money is an entry of a journal that only grows;
// balances are its sums. The application is told by a job what became of its money (Told).
//
// Amounts are whole fen. What is public of it are sums (Totals); accounts of payees are
// sealed, masked on every page, and a look at one is recorded.
package fund
