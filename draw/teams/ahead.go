package teams

import (
	"runtime"
	"slices"
	"sync"

	"quanxiang/draw/lot"
)

// How many slots are looked at before the first of them is filled, and how many of the
// lowest tickets are kept of each. More slots keep the processors busy for longer, and
// are looked at in vain for more inspectors who are given another of them meanwhile.
const (
	ahead  = 32
	lowest = 8
)

// choice is a slot with the lowest tickets among the inspectors who had the least load
// before the slots ahead of it were filled.
type choice struct {
	visit, slot int
	key         lot.Hash
	load        int   // theirs
	best        []int // the lowest first
	tickets     []lot.Hash
	all         bool // best is all of them
}

// first is the first pass, in the order of the lot. Almost all of its time are
// tickets, and which of them a slot needs hardly changes with the slots before it:
// who is chosen there is needed no more. So some slots are looked at together, on all
// processors, and then filled one after the other. Who has the lowest ticket among
// those who still have the load they had is the one to go; only where none of those
// that were kept is left the slot is looked at anew.
func (w *work) first() {
	block := make([]choice, ahead)
	for i := range block {
		block[i].best, block[i].tickets = make([]int, 0, lowest+1), make([]lot.Hash, 0, lowest+1)
	}
	total := len(w.Visits) * w.Slots
	for from := 0; from < total; from += ahead {
		some := block[:min(ahead, total-from)]
		for i := range some {
			some[i].visit, some[i].slot = (from+i)/w.Slots, (from+i)%w.Slots
		}
		w.foresee(some)
		for i := range some {
			if j := w.choose(&some[i]); j != None {
				w.give(j, slot{some[i].visit, some[i].slot})
			}
		}
	}
}

// choose is who fills a slot.
func (w *work) choose(c *choice) int {
	for _, j := range c.best {
		if w.load[j] == c.load && !slices.Contains(w.team[c.visit], j) {
			return j
		}
	}
	if c.all && len(c.best) == 0 {
		return None
	}
	return w.least(c.visit, c.slot, func(j int) lot.Hash { return w.ticket(c, j) })
}

func (w *work) ticket(c *choice, j int) lot.Hash {
	return w.Suite.Ticket(&c.key, &w.Inspectors[w.order[j]], uint16(c.slot), lot.Inspectors)
}

// look finds the lowest tickets of a slot. tied is scratch.
func (w *work) look(c *choice, tied []int) []int {
	c.key = w.Suite.Ticket(&w.Key, &w.Visits[c.visit], 0, lot.Inspectors)
	c.best, c.tickets = c.best[:0], c.tickets[:0]
	tied = w.equals(c.visit, c.slot, tied[:0])
	c.all = len(tied) <= lowest
	for _, j := range tied {
		c.load = w.load[j]
		t := w.ticket(c, j)
		at := len(c.best)
		for at > 0 && w.before(t, j, c.tickets[at-1], c.best[at-1]) {
			at--
		}
		if at == lowest {
			continue
		}
		c.best, c.tickets = slices.Insert(c.best, at, j), slices.Insert(c.tickets, at, t)
		if len(c.best) > lowest {
			c.best, c.tickets = c.best[:lowest], c.tickets[:lowest]
		}
	}
	return tied
}

// before orders inspectors by ticket, and by identifier among equals.
func (w *work) before(t lot.Hash, j int, u lot.Hash, k int) bool {
	c := t.Compare(u)
	return c < 0 || c == 0 && w.Inspectors[w.order[j]].Compare(w.Inspectors[w.order[k]]) < 0
}

// foresee looks at slots as if each were the next.
func (w *work) foresee(block []choice) {
	workers := min(runtime.GOMAXPROCS(0), len(block))
	if len(w.Inspectors) < 64 { // so few are looked at sooner than others are called
		workers = 1
	}
	var others sync.WaitGroup
	for k := range workers {
		share := func() {
			var tied []int
			for i := k; i < len(block); i += workers {
				tied = w.look(&block[i], tied)
			}
		}
		if k < workers-1 {
			others.Go(share)
		} else {
			share()
		}
	}
	others.Wait()
}
