package paper

import (
	"maps"
	"slices"
	"strings"
)

// Characters counts how often each was printed and is not yet accounted for:
// those of the basic plane in pages of 64, the rest in a map.
type Characters struct {
	pages [1024]*[64]int32
	rest  map[rune]int
}

// Add counts the characters of a text, blanks excepted; raised digits count as
// the digits they were printed as.
func (c *Characters) Add(s string, n int) {
	for _, r := range s {
		if IsBlank(r) || r == '\n' {
			continue
		}
		if r >= '²' && r <= '⁹' {
			if i := slices.Index(Raised, r); i >= 0 {
				r = '0' + rune(i)
			}
		}
		if r >= 0x10000 {
			if c.rest == nil {
				c.rest = map[rune]int{}
			}
			c.rest[r] += n
			continue
		}
		page := &c.pages[r>>6]
		if *page == nil {
			*page = new([64]int32)
		}
		(*page)[r&0x3f] += int32(n)
	}
}

// Remains lists what is left over on either side, in code point order.
func (c *Characters) Remains() (lost, invented string) {
	var over, under strings.Builder
	list := func(r rune, n int) {
		for range n {
			over.WriteRune(r)
		}
		for range -n {
			under.WriteRune(r)
		}
	}
	for high, page := range c.pages {
		if page == nil {
			continue
		}
		for low, n := range page {
			list(rune(high<<6|low), int(n))
		}
	}
	for _, r := range slices.Sorted(maps.Keys(c.rest)) {
		list(r, c.rest[r])
	}
	return over.String(), under.String()
}

// Visible is the number of characters that are no blanks.
func Visible(s string) int {
	n := 0
	for _, c := range s {
		if !IsBlank(c) && c != '\n' {
			n++
		}
	}
	return n
}

// Raised are the digits of footnote marks.
var Raised = []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
