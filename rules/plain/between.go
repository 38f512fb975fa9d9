package plain

import (
	"maps"
	"math/big"
	"slices"
)

// net is what a benefit comes to beside those it excludes, or shares a limit
// with.
func (r *run) net(b *benefit) *result {
	if v, ok := r.results[b]; ok {
		return v
	}
	group := r.set.group(b)
	gross := map[*benefit]*result{}
	for _, x := range group {
		gross[x] = r.gross(x)
	}
	var rivals []*benefit // those something excludes; who would get nothing is none
	dropped := map[*benefit]bool{}
	for _, x := range group {
		if !gross[x].any() {
			dropped[x] = true
		} else if slices.ContainsFunc(r.set.excludes, func(e relation) bool { return slices.Contains(e.members, x) }) {
			rivals = append(rivals, x)
		}
	}
	var best map[*benefit]bool
	most := zero
	for choice := range 1 << len(rivals) {
		// The highest bit is the benefit that stands first in the files: of
		// equal sums the choice that keeps it comes first.
		dropped := maps.Clone(dropped)
		for i, x := range rivals {
			dropped[x] = choice>>(len(rivals)-1-i)&1 == 1
		}
		if !r.set.allowed(dropped, group) {
			continue
		}
		if sum := r.sum(group, gross, dropped); best == nil || sum.Cmp(most) > 0 {
			best, most = dropped, sum
		}
	}
	for _, x := range group {
		r.results[x] = gross[x]
		if best[x] {
			r.results[x] = &result{amount: zero}
		}
	}
	return r.results[b]
}

// group is the benefits that exclude each other with b or share a limit, in
// the order of the files.
func (s *Set) group(b *benefit) []*benefit {
	in := map[*benefit]bool{b: true}
	for grown := true; grown; {
		grown = false
		for _, x := range slices.Concat(s.excludes, s.caps) {
			some := slices.ContainsFunc(x.members, func(m *benefit) bool { return in[m] })
			for _, m := range x.members {
				if some && !in[m] {
					in[m], grown = true, true
				}
			}
		}
	}
	var list []*benefit
	for _, x := range s.benefits {
		if in[x] {
			list = append(list, x)
		}
	}
	return list
}

// allowed reports whether no two benefits that are kept exclude each other.
func (s *Set) allowed(dropped map[*benefit]bool, group []*benefit) bool {
	for _, x := range s.excludes {
		a, b := x.members[0], x.members[1]
		if slices.Contains(group, a) && !dropped[a] && !dropped[b] {
			return false
		}
	}
	return true
}

// sum is what a choice is worth under the joint limits.
func (r *run) sum(group []*benefit, gross map[*benefit]*result, dropped map[*benefit]bool) *big.Rat {
	amount := func(list []*benefit) *big.Rat {
		total := zero
		for _, x := range list {
			if !dropped[x] {
				total = add(total, gross[x].amount)
			}
		}
		return total
	}
	total := amount(group)
	for _, c := range r.set.caps {
		if slices.Contains(group, c.members[0]) {
			total = sub(total, positive(sub(amount(c.members), positive(r.number(c.limit)))))
		}
	}
	return total
}

// final is what a benefit comes to after exclusions and joint limits: what
// goes beyond is taken from the last named first.
func (r *run) final(b *benefit) *result {
	out := *r.net(b)
	for _, c := range r.set.caps {
		if !slices.Contains(c.members, b) {
			continue
		}
		left := positive(r.number(c.limit)) // a limit below nothing leaves nothing
		for _, m := range c.members {
			got := least(r.net(m).amount, left)
			left = sub(left, got)
			if m == b {
				out.amount = least(out.amount, got)
			}
		}
	}
	return &out
}
