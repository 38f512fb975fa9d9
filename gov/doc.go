// Package gov holds the few words every room of Quanxiang shares: identifiers,
// errors with a code, civil dates, actors, the clock, bilingual text and pages
// of lists. It imports the standard library only and knows no domain.
package gov
