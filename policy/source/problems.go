package source

import "quanxiang/gov/problems"

// Problems is every mistake found in files of a pack.
type Problems = problems.List

// Suggest returns the candidate that a slip of the pen most likely turned into
// word, or "" when none is near.
func Suggest(word string, candidates []string) string { return problems.Suggest(word, candidates) }
