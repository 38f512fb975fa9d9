package design_test

import (
	"cmp"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"quanxiang/draw/design"
	. "quanxiang/draw/drawtest"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
)

// plain is section 5 word by word: every ticket, one whole sort.
func plain(key lot.Hash, rows frame.Rows, d design.Stratum, skip design.Set) (uids []lot.UID) {
	type subject struct {
		uid    lot.UID
		balls  int64
		ticket lot.Hash
		ppm    int64
	}
	var all []subject
	for i := range rows.Len() {
		if rows.Group(i) != d.ID || skip.Has(i) {
			continue
		}
		x := subject{uid: *rows.UID(i), balls: int64(rows.Count(i))}
		x.ticket = s.Ticket(&key, &x.uid, 0, lot.Subjects)
		if d.Design == design.Balls || d.Design == design.Pareto {
			if x.balls == 0 {
				continue
			}
		}
		if d.Design == design.Balls {
			for c := range x.balls {
				if t := s.Ticket(&key, &x.uid, uint16(c), lot.Subjects); t.Compare(x.ticket) < 0 {
					x.ticket = t
				}
			}
		}
		all = append(all, x)
	}
	byTicket := func(a, b subject) int { return cmp.Or(a.ticket.Compare(b.ticket), a.uid.Compare(b.uid)) }
	slices.SortFunc(all, byTicket)
	n := min(d.N, len(all))
	switch d.Design {
	case design.Census:
		n = len(all)
	case design.Poisson:
		all = slices.DeleteFunc(all, func(x subject) bool {
			l := new(big.Int).Mul(new(big.Int).SetUint64(x.ticket.Head()), big.NewInt(1_000_000))
			return l.Cmp(new(big.Int).Lsh(big.NewInt(d.PPM), 64)) >= 0
		})
		n = len(all)
	case design.Pareto:
		plainAims(len(all), d.N, func(i int) int64 { return all[i].balls }, func(i int, ppm int64) { all[i].ppm = ppm })
		value := func(a, b subject) *big.Int {
			u := func(x subject) *big.Int {
				y := new(big.Int).SetUint64(x.ticket.Head())
				return y.Add(y.Lsh(y, 1), big.NewInt(1))
			}
			x := new(big.Int).Mul(u(a), big.NewInt(1_000_000-a.ppm))
			x.Mul(x, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 65), u(b)))
			return x.Mul(x, big.NewInt(b.ppm))
		}
		slices.SortFunc(all, func(a, b subject) int { return cmp.Or(value(a, b).Cmp(value(b, a)), byTicket(a, b)) })
	}
	for _, x := range all[:n] {
		uids = append(uids, x.uid)
	}
	return uids
}

// plainAims is the rule of shares one subject at a time.
func plainAims(size, quota int, weight func(i int) int64, set func(i int, ppm int64)) {
	certain := make([]bool, size)
	n, sum := int64(quota), int64(0)
	for i := range size {
		sum += weight(i)
		certain[i] = quota >= size
	}
	for again := quota < size; again; {
		again = false
		var taken, gone int64
		for i := range size {
			if !certain[i] && n*weight(i) >= sum {
				certain[i], again = true, true
				taken, gone = taken+1, gone+weight(i)
			}
		}
		n, sum = n-taken, sum-gone
	}
	for i := range size {
		if certain[i] {
			set(i, 1_000_000)
		} else {
			set(i, n*weight(i)*1_000_000/sum)
		}
	}
}

// T19: the fast draw is the definition, on random frames of every design.
func TestPlainDefinition(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(19, 19))
	designs := []design.Design{design.SRS, design.Balls, design.Pareto, design.Poisson, design.Census}
	for n := range Times(25, 200) {
		var rows frame.Rows
		size := 1 + r.IntN(3000)
		if n == 0 {
			size = 40_000 // read in parts
		}
		skip := design.NewSet(size)
		for i := range size {
			count := uint16(r.IntN(9))
			if n%5 == 0 {
				count = uint16(r.IntN(2) * 64)
			}
			if n%7 == 0 && i%100 == 0 {
				count = 60_000 // certain with pareto; more balls than a frame may give
			}
			rows = rows.Append(frame.Row{UID: Number(i), Group: uint32(r.IntN(len(designs) + 1)), Count: count})
			if r.IntN(10) == 0 {
				skip.Add(i)
			}
		}
		var strata []design.Stratum
		for i, d := range designs {
			if d == design.Balls && n%7 == 0 {
				continue
			}
			strata = append(strata, design.Stratum{ID: uint32(i), Design: d, N: r.IntN(size/3 + 1), PPM: int64(1 + r.IntN(1_000_000))})
		}
		key := Key("T19", n)
		drawn := design.Draw(s, key, rows, strata, skip)
		if !slices.IsSortedFunc(drawn, func(a, b design.Drawn) int { return a.Row - b.Row }) {
			t.Fatal("not in the order of rows")
		}
		got := map[uint32][]lot.UID{}
		slices.SortStableFunc(drawn, func(a, b design.Drawn) int { return int(a.Rank) - int(b.Rank) })
		for _, x := range drawn {
			g := rows.Group(x.Row)
			if int(x.Rank) != len(got[g]) {
				t.Fatalf("stratum %d has rank %d twice or not", g, x.Rank)
			}
			got[g] = append(got[g], *rows.UID(x.Row))
		}
		for _, d := range strata {
			if want := plain(key, rows, d, skip); !slices.Equal(got[d.ID], want) {
				t.Fatalf("frame %d, %s of %d: drawn %d, want %d, or in another order", n, d.Design, d.N, len(got[d.ID]), len(want))
			}
		}
	}
}

// T20: who is added moves nobody, and a ball more never moves its owner back.
func TestNobodyElseMoves(t *testing.T) {
	t.Parallel()
	for n := range 200 {
		rows := rowsOf(3, 1, 4, 1, 5, 9, 2, 6, 5, 3)
		before := draw("T20", n, rows, design.Balls, 10)
		after := draw("T20", n, rowsOf(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 7), design.Balls, 11)
		for i := range before {
			if before[i].Ticket != after[i].Ticket {
				t.Fatalf("subject %d moved", i)
			}
		}
		more := draw("T20", n, rowsOf(4, 1, 4, 1, 5, 9, 2, 6, 5, 3), design.Balls, 10)
		if more[0].Rank > before[0].Rank {
			t.Fatal("a ball moved its owner back")
		}
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int64{{12, 100_000, 2}, {8, 250_000, 2}, {4, 500_000, 2}, {100, 1, 1}, {100, 1_000_000, 100}, {0, 500_000, 0}, {1_000_000, 50_000, 50_000}} {
		if got := design.Quota(c[0], c[1]); got != c[2] {
			t.Errorf("quota of %d at %d ppm is %d, want %d", c[0], c[1], got, c[2])
		}
	}
}
