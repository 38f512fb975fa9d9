// Package roster finds the units on a district's roster in printed lists,
// whatever spelling, separator or line break the print gives them. Names it
// does not know are kept as printed for a human.
package roster
