// Package check makes a program of rule files: it finds what names mean, holds
// types and units apart, bounds every value so that nothing can overflow, folds
// in the amendments of a day, orders benefits by what they ask of each other,
// and examines what a compiler alone can see: numbers that are not in their
// clause, clauses nobody accounts for, gaps between tiers, limits that never
// bind, benefits of one nature without a relation, numbers no example tests.
package check
