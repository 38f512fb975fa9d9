// Package clauses compares rule files with the text they are made of: every
// number of a rule stands in the clause it cites, and every paragraph of the
// document is cited by a rule or said to be uncomputed. The text is given by
// the caller; rule files hold no sentence of it.
package clauses
