// Package unit finds the units of a district in printed lists, whatever
// spelling, separator or line break the print gives them. Names it does not know
// are kept as printed for a human.
package unit
