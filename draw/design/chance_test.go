package design_test

import (
	"math"
	"math/bits"
	"slices"
	"testing"

	"quanxiang/draw/design"
	. "quanxiang/draw/drawtest"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
)

const s = lot.SHA256

// rowsOf are subjects of one stratum with the balls given.
func rowsOf(balls ...uint16) (rows frame.Rows) {
	for i, b := range balls {
		rows = rows.Append(frame.Row{UID: Number(i), Group: 1, Count: b})
	}
	return rows
}

func ones(n int) frame.Rows { return rowsOf(slices.Repeat([]uint16{1}, n)...) }

func draw(test string, n int, rows frame.Rows, d design.Design, k int) []design.Drawn {
	return design.Draw(s, Key(test, n), rows, []design.Stratum{{ID: 1, Design: d, N: k, PPM: 300_000}}, nil)
}

func TestTickets(t *testing.T) {
	t.Parallel()
	n := Times(1<<15, 1<<20)
	key := Key("T1", 0)
	counts := make([][]int, 32)
	for i := range counts {
		counts[i] = make([]int, 256)
	}
	heads := make([]uint64, n)
	for i := range n {
		u := Number(i)
		x := s.Ticket(&key, &u, 0, lot.Subjects)
		heads[i] = x.Head()
		for j, b := range x {
			counts[j][b]++
		}
	}
	least := 1.0
	for _, c := range counts {
		least = min(least, Uniform(c))
	}
	P(t, "T1 bytes of tickets, least of 32", least)
	P(t, "T2 heads", Kolmogorov(heads))
}

func TestAvalanche(t *testing.T) {
	t.Parallel()
	trials := Times(100, 400)
	worst, all := 0.0, 0
	for bit := range 440 {
		changed := 0
		for i := range trials {
			a, b := Key("T3", 2*i), Key("T3", 2*i+1)
			in := slices.Concat(a[:], b[:23])
			x := s.Sum(in)
			in[bit/8] ^= 1 << (bit % 8)
			y := s.Sum(in)
			for j := range x {
				changed += bits.OnesCount8(x[j] ^ y[j])
			}
		}
		all += changed
		Worst(&worst, (float64(changed)-128*float64(trials))/(8*math.Sqrt(float64(trials))))
	}
	Z(t, "T3 avalanche, worst bit", worst)
	Z(t, "T3 avalanche, all", (float64(all)-128*440*float64(trials))/(8*math.Sqrt(440*float64(trials))))
}

func TestSubsetsAndOrders(t *testing.T) {
	t.Parallel()
	sets := map[uint]int{}
	rows := ones(8)
	for i := range Times(8_000, 560_000) {
		set := uint(0)
		for _, x := range draw("T4", i, rows, design.SRS, 3) {
			set |= 1 << x.Row
		}
		sets[set]++
	}
	P(t, "T4 subsets, 3 of 8", Uniform(full(t, sets, 56)))
	orders := map[uint]int{}
	rows = ones(5)
	for i := range Times(12_000, 600_000) {
		order := uint(0)
		for _, x := range draw("T5", i, rows, design.SRS, 5) {
			order = order*5 + uint(x.Rank)
		}
		orders[order]++
	}
	P(t, "T5 orders of 5", Uniform(full(t, orders, 120)))
}

// full is the counts of all n outcomes, none missing.
func full(t *testing.T, counts map[uint]int, n int) (out []int) {
	if len(counts) != n {
		t.Errorf("%d outcomes, not %d", len(counts), n)
	}
	for _, c := range counts {
		out = append(out, c)
	}
	return out
}

// pairs counts inclusions and pairs of a sampler of 10 of 50.
func pairs(times int, sample func(i int) []int) (each []int, pair map[[2]int]int) {
	each, pair = make([]int, 50), map[[2]int]int{}
	for i := range times {
		list := sample(i)
		for a, x := range list {
			each[x]++
			for _, y := range list[:a] {
				pair[[2]int{min(x, y), max(x, y)}]++
			}
		}
	}
	return each, pair
}

// evenness is the probability of the inclusions under sampling without return.
func evenness(each []int, times int, k int) float64 {
	n, f := float64(len(each)), float64(k)/float64(len(each))
	x := 0.0
	for _, c := range each {
		d := float64(c) - float64(times)*f
		x += d * d / (float64(times) * f * (1 - f))
	}
	return ChiSquare((n-1)/n*x, len(each)-1)
}

func worstPair(pair map[[2]int]int, times int) (worst float64) {
	for a := range 50 {
		for b := a + 1; b < 50; b++ {
			Worst(&worst, Binomial(pair[[2]int{a, b}], times, 10.0*9/(50*49)))
		}
	}
	return worst
}

func TestInclusion(t *testing.T) {
	t.Parallel()
	times := Times(5_000, 200_000)
	rows := ones(50)
	each, pair := pairs(times, func(i int) (list []int) {
		for _, x := range draw("T6", i, rows, design.SRS, 10) {
			list = append(list, x.Row)
		}
		return list
	})
	P(t, "T6 inclusion, 10 of 50", evenness(each, times, 10))
	Z(t, "T7 worst of 1225 pairs", worstPair(pair, times))
	// T8: inclusion against the place in the list.
	sum := 0.0
	for i, c := range each {
		sum += (float64(i) - 24.5) * (float64(c) - float64(times)/5)
	}
	variance := 0.2 * 0.8 * float64(times) * 50 / 49 * (50 * (50*50 - 1) / 12)
	Z(t, "T8 trend", sum/math.Sqrt(variance))
}

// The rule of skip numbers gives everyone the same chance and is no draw: the
// tests must say so.
func TestNegativeControl(t *testing.T) {
	t.Parallel()
	const times = 2000
	_, pair := pairs(times, func(i int) (list []int) {
		k := Key("control", i)
		start, step := int(k[0])%50, 1+2*(int(k[1])%3)
		for j := range 10 {
			x := (start + j*step) % 50
			if slices.Contains(list, x) {
				continue
			}
			list = append(list, x)
		}
		return list
	})
	if z := worstPair(pair, times); math.Abs(z) < 20 {
		t.Errorf("the rule of skip numbers passes with z = %g", z)
	}
}

func TestBalls(t *testing.T) {
	t.Parallel()
	times := Times(8_000, 400_000)
	rows := rowsOf(1, 1, 2, 2, 4, 8)
	for k, exact := range map[int][]float64{
		2: {5699.0 / 42840, 5699.0 / 42840, 11083.0 / 42840, 11083.0 / 42840, 737.0 / 1530, 787.0 / 1071},
		3: {27145.0 / 111384, 27145.0 / 111384, 12559.0 / 27846, 12559.0 / 27846, 15269.0 / 21420, 41663.0 / 46410},
	} {
		each, worst := make([]int, 6), 0.0
		for i := range times {
			for _, x := range draw("T9", i, rows, design.Balls, k) {
				each[x.Row]++
			}
		}
		for i, p := range exact {
			Worst(&worst, Binomial(each[i], times, p))
		}
		Z(t, "T9 balls against exact fractions", worst)
	}
}

func TestParetoAndPoisson(t *testing.T) {
	t.Parallel()
	times := Times(5_000, 200_000)
	var balls []uint16
	for i := range 40 {
		balls = append(balls, uint16(1+i%4))
	}
	rows := rowsOf(balls...)
	aims := design.Aims(10, []design.Weight{{Weight: 1, Number: 10}, {Weight: 2, Number: 10}, {Weight: 3, Number: 10}, {Weight: 4, Number: 10}})
	pareto, poisson, size := make([]int, 40), make([]int, 40), 0
	for i := range times {
		got := draw("T10", i, rows, design.Pareto, 10)
		if len(got) != 10 {
			t.Fatalf("pareto draws %d", len(got))
		}
		for _, x := range got {
			pareto[x.Row]++
		}
		for _, x := range draw("T11", i, rows, design.Poisson, 0) {
			poisson[x.Row]++
			size++
		}
	}
	bound := 0.03
	if times < 200_000 {
		bound = 0.15 // chance alone makes this at so few repetitions
	}
	worst := 0.0
	for i, c := range pareto {
		aim := float64(aims[balls[i]-1]) / 1e6
		if e := float64(c)/float64(times)/aim - 1; math.Abs(e) > bound {
			t.Errorf("T10: subject %d is off its aim by %g", i, e)
		}
		Worst(&worst, Binomial(poisson[i], times, 0.3))
	}
	Z(t, "T11 poisson inclusion", worst)
	Z(t, "T11 poisson size", Binomial(size, times*40, 0.3))
}

// T12: one bit of one reveal makes another draw altogether.
func TestOneBit(t *testing.T) {
	t.Parallel()
	times := Times(2_000, 20_000)
	rows := ones(50)
	strata := []design.Stratum{{ID: 1, Design: design.SRS, N: 10}}
	overlap := 0
	for i := range times {
		reveal := Key("T12", i)
		var drawn [2][]design.Drawn
		for j := range drawn {
			seed := s.Seed(lot.Hash{1}, lot.Hash{2}, [][]byte{reveal[:], nil, {3}}, []lot.Hash{{4}})
			drawn[j] = design.Draw(s, s.Key(seed, lot.Subjects, 0, nil), rows, strata, nil)
			reveal[i%32] ^= 1 << (i % 8)
		}
		for _, x := range drawn[0] {
			for _, y := range drawn[1] {
				if x.Row == y.Row {
					overlap++
				}
			}
		}
	}
	variance := 10 * 0.2 * 0.8 * 40 / 49 * float64(times)
	Z(t, "T12 overlap", (float64(overlap)-2*float64(times))/math.Sqrt(variance))
}

// T17: in a joint draw each department's sample is a correct one of its own
// frame.
func TestJoint(t *testing.T) {
	t.Parallel()
	times := Times(3_000, 20_000)
	var first, second frame.Rows
	for i := range 80 {
		row := frame.Row{UID: Number(i), Group: 1, Count: 1}
		if i < 60 {
			first = first.Append(row)
		}
		if i >= 30 {
			second = second.Append(row)
		}
	}
	each, both := make([]int, 50), 0
	for i := range times {
		a := draw("T17", i, first, design.SRS, 10)
		for _, x := range draw("T17", i, second, design.SRS, 10) {
			each[x.Row]++
			if slices.ContainsFunc(a, func(y design.Drawn) bool { return y.Row == x.Row+30 }) {
				both++
			}
		}
	}
	P(t, "T17 a department's own frame", evenness(each, times, 10))
	// Separate draws would share 30 · 10/60 · 10/50 = 1 visit.
	if mean := float64(both) / float64(times); mean < 4 {
		t.Errorf("a joint draw shares %g visits", mean)
	}
}
