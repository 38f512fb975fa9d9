package kernel

// Choice is benefits of which some are not had together, and limits on several
// of them: the greatest sum is found for one row at a time.
type Choice struct {
	N     int      // benefits
	Edges [][2]int // not had together
	Caps  [][]int  // members, in order; their limits stand behind the amounts
	Shape string   // by which equal choices are found

	meets []uint64
	in    []uint64 // of each limit, members as bits
}

// Prepare is to be called once, when all is set.
func (c *Choice) Prepare() {
	c.meets = make([]uint64, c.N)
	for _, e := range c.Edges {
		c.meets[e[0]] |= 1 << e[1]
		c.meets[e[1]] |= 1 << e[0]
	}
	for _, of := range c.Caps {
		bits := uint64(0)
		for _, i := range of {
			bits |= 1 << i
		}
		c.in = append(c.in, bits)
	}
}

// Kept is which benefits of a row are kept, as bits; amounts are followed by
// limits. It weighs every allowed choice among those that meet another, as
// package eval does, and of equals keeps what stands earlier.
func (c *Choice) Kept(x []int64) int64 {
	open := uint64(0)
	for _, e := range c.Edges {
		if x[e[0]] > 0 && x[e[1]] > 0 {
			open |= uint64(1)<<e[0] | uint64(1)<<e[1]
		}
	}
	if open == 0 {
		return -1
	}
	best, bestSum := uint64(0), int64(-1)
	for some := open; ; some = (some - 1) & open {
		if c.independent(some) {
			sum := c.worth(x, some|^open)
			if d := some ^ best; sum > bestSum || sum == bestSum && some&(d&-d) != 0 {
				best, bestSum = some, sum
			}
		}
		if some == 0 {
			break
		}
	}
	return int64(best | ^open)
}

func (c *Choice) independent(some uint64) bool {
	for i, m := range c.meets {
		if some&(1<<i) != 0 && some&m != 0 {
			return false
		}
	}
	return true
}

// worth is the sum of what is kept after the limits.
func (c *Choice) worth(x []int64, kept uint64) int64 {
	sum := int64(0)
	for i := range c.N {
		if kept&(1<<i) != 0 {
			sum += x[i]
		}
	}
	for i, in := range c.in {
		of := int64(0)
		for j := range c.N {
			if kept&in&(1<<j) != 0 {
				of += x[j]
			}
		}
		sum -= max(0, of-x[c.N+i])
	}
	return sum
}
