package problems

import "strings"

// Suggest returns the candidate that a slip of the pen most likely turned into
// word, or "" when none is near: at most one edit in four characters, and
// always fewer edits than characters.
func Suggest(word string, candidates []string) string {
	best, bestCost := "", 1<<30
	w := []rune(strings.ToLower(word))
	if len(w) > 64 {
		return "" // not a slip, and not worth the time
	}
	for _, c := range candidates {
		r := []rune(strings.ToLower(c))
		limit := max(1, (max(len(w), len(r))+1)/4)
		if len(r)-len(w) > limit || len(w)-len(r) > limit {
			continue
		}
		cost := distance(w, r)
		if cost <= limit && cost < max(len(w), len(r)) && (cost < bestCost || cost == bestCost && c < best) {
			best, bestCost = c, cost
		}
	}
	return best
}

// distance counts insertions, deletions, replacements and swaps of neighbours
// (optimal string alignment).
func distance(a, b []rune) int {
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range a {
		cur[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j+1]+1, cur[j]+1, prev[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cur[j+1] = min(cur[j+1], before[j-1]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
