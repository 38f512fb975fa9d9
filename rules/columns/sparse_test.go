package columns

import (
	"math/rand/v2"
	"slices"
	"testing"

	"quanxiang/rules/eval"
	"quanxiang/rules/madeup"
	"quanxiang/rules/ruletest"
)

// Rows that meet the scope come to the same whether they are gathered or computed
// among all others, and the others come to nothing: for each benefit of the
// reference pack alone, with what it is decided with.
func TestGathered(t *testing.T) {
	t.Parallel()
	p, _ := ruletest.Load(t, ruletest.Pack)
	tables := make([]*Table, len(p.Inputs))
	for input := range tables {
		maker := madeup.New(p, int32(input), rand.New(rand.NewPCG(9, uint64(input))))
		var records []*eval.Facts
		for range 2*BlockRows + 100 {
			records = append(records, maker.Facts())
		}
		x, err := Of(p, records)
		if err != nil {
			t.Fatal(err)
		}
		tables[input] = x
	}
	gathered, paying := 0, 0
	for b := range p.Benefits {
		x := tables[p.Benefits[b].Input]
		w := Want{Input: p.Benefits[b].Input, Benefits: []int32{int32(b)}}
		some, err := New(w, p)
		if err != nil {
			t.Fatal(err)
		}
		dense, err := New(w, p)
		if err != nil {
			t.Fatal(err)
		}
		if err := dense.prepare(x); err != nil {
			t.Fatal(err)
		}
		dense.sparse.scope = none
		if err := some.prepare(x); err != nil {
			t.Fatal(err)
		}
		some.sparse.oneIn = 1
		err = some.Each(x, 0, x.Rows, func(block *Block) error {
			other, err := dense.Run(x, block.From, block.To)
			if err != nil {
				return err
			}
			got, want := block.Of[0], other.Of[0]
			if !slices.Equal(got.Final[b], want.Final[b]) || !slices.Equal(got.Total, want.Total) {
				t.Fatalf("%s is not the same in rows %d to %d", p.Benefits[b].Key(), block.From, block.To)
			}
			for _, v := range got.Final[b] {
				if v > 0 {
					paying++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		gathered += min(some.sparse.run, 1)
	}
	if gathered < 30 || paying < 1000 {
		t.Errorf("rows were gathered for %d benefits and %d amounts paid: the test tests little", gathered, paying)
	}
}
