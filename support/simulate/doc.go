// Package simulate works out what a change of support programmes would bring: the
// rules as they are and as an amendment would have them are computed for every
// applicant of a snapshot, and what differs is added up by benefit, street, trade and
// size, with the applicants who gain and lose most and the clauses that make it so.
//
// The same rules, amendment, snapshot, year and documents give the same result to the
// byte, whatever the number of workers; the digest of the five is the result's
// identity.
package simulate
