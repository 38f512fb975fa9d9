// Package facts reads what is known of an applicant, from JSON and from the
// examples of rule files, and is strict: an unknown name, a wrong unit, a
// number without one, an amount below zero, a date that cannot be and two
// statements of one fact are errors with their path, and so are facts that fail
// what rule files verify of them. What is not said stays unknown.
package facts
