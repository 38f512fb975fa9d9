package teams

import (
	"runtime"
	"sync"

	"quanxiang/draw/lot"
)

// ahead is how many slots have their tickets computed before the first of them is
// filled. More of them keep the processors busy for longer, and compute more
// tickets of inspectors who are given another of these slots meanwhile.
const ahead = 16

// tickets are those of a slot, by inspector.
type tickets struct {
	visit, slot int
	key         lot.Hash
	known       set
	of          []lot.Hash
}

// first is the first pass, in the order of the lot. Almost all of its time are
// tickets, and which of them a slot needs hardly changes with the slots before it:
// who is chosen there is needed no more. So the tickets of some slots are computed
// at once, on all processors, and then the slots are filled one after the other; a
// ticket that turns out to be needed besides is computed then.
func (w *work) first() {
	n, words := len(w.Inspectors), (len(w.Inspectors)+63)/64
	block := make([]tickets, 0, ahead)
	for range ahead {
		block = append(block, tickets{known: make(set, words), of: make([]lot.Hash, n)})
	}
	total := len(w.Visits) * w.Slots
	for from := 0; from < total; from += ahead {
		some := block[:min(ahead, total-from)]
		for i := range some {
			some[i].visit, some[i].slot = (from+i)/w.Slots, (from+i)%w.Slots
		}
		w.foresee(some)
		for i := range some {
			t := &some[i]
			j := w.least(t.visit, t.slot, func(j int) lot.Hash {
				if t.known.has(j) {
					return t.of[j]
				}
				return w.ticket(t, j)
			})
			if j != None {
				w.give(j, slot{t.visit, t.slot})
			}
		}
	}
}

func (w *work) ticket(t *tickets, j int) lot.Hash {
	return w.Suite.Ticket(&t.key, &w.Inspectors[w.order[j]], uint16(t.slot), lot.Inspectors)
}

// foresee computes the tickets of slots as if all were the next.
func (w *work) foresee(block []tickets) {
	one := func(t *tickets, tied []int) []int {
		t.key = w.Suite.Ticket(&w.Key, &w.Visits[t.visit], 0, lot.Inspectors)
		clear(t.known)
		tied = w.equals(t.visit, t.slot, tied[:0])
		for _, j := range tied {
			t.known.add(j)
			t.of[j] = w.ticket(t, j)
		}
		return tied
	}
	workers := min(runtime.GOMAXPROCS(0), len(block))
	if workers < 2 || len(w.Inspectors) < 64 { // so few are computed sooner than others are called
		var tied []int
		for i := range block {
			tied = one(&block[i], tied)
		}
		return
	}
	var others sync.WaitGroup
	for k := range workers {
		share := func() {
			var tied []int
			for i := k; i < len(block); i += workers {
				tied = one(&block[i], tied)
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
