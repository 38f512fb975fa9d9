// Package policy loads a pack, the folder of YAML files in which a district
// describes itself, and compiles it into an immutable *Pack. Loading is strict:
// every mistake is reported at once with file, line, column and a suggestion.
// The stages are parse (YAML nodes), decode (strict, by field), resolve (names
// to things) and check; a pack with a mistake is not made.
package policy
