package teams_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "quanxiang/draw/drawtest"
	"quanxiang/draw/lot"
	"quanxiang/draw/teams"
)

const s = lot.SHA256

// free is a problem without rules: everybody may go everywhere.
func free(key lot.Hash, visits, inspectors, slots int) teams.Problem {
	p := teams.Problem{Suite: s, Key: key, Slots: slots,
		Fit: func(int) (bool, bool) { return true, true }, Barred: func(int) []int { return nil }}
	for v := range visits {
		p.Visits = append(p.Visits, Number(1000+v))
	}
	for j := range inspectors {
		p.Inspectors = append(p.Inspectors, Number(j))
	}
	return p
}

// random is a problem with rules of every kind.
func random(r *rand.Rand, n int) teams.Problem {
	p := free(Key("T18", n), 1+r.IntN(40), 1+r.IntN(90), 2+r.IntN(3))
	lead := make([]bool, len(p.Inspectors))
	other := make([]bool, len(p.Inspectors))
	for j := range lead {
		other[j] = r.IntN(5) > 0
		lead[j] = other[j] && r.IntN(3) > 0
		p.Load = append(p.Load, r.IntN(3))
	}
	barred := make([][]int, len(p.Visits))
	for v := range barred {
		for range r.IntN(len(p.Inspectors) + 1) {
			barred[v] = append(barred[v], r.IntN(len(p.Inspectors)))
		}
	}
	p.Fit = func(j int) (bool, bool) { return lead[j], other[j] }
	p.Barred = func(v int) []int { return barred[v] }
	return p
}

// T18: no path is left, teams are distinct and allowed, nobody is left out
// who could go, and the same comes out again.
func TestNoPathIsLeft(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(18, 18))
	moves, refused := 0, 0
	for n := range 300 {
		p := random(r, n)
		plan := teams.Assign(p)
		moves += plan.Moves
		if !teams.Certified(p, plan) {
			t.Fatalf("case %d: a path is left, or a rule broken", n)
		}
		unfilled, low := 0, 0
		for v, team := range plan.Team {
			for k, j := range team {
				allowed := 0
				for i := range p.Inspectors {
					lead, other := p.Fit(i)
					if fits := k == 0 && lead || k > 0 && other; !fits || slices.Contains(p.Barred(v), i) {
						if i == j {
							t.Fatalf("case %d: visit %d has an inspector it must not have", n, v)
						}
						continue
					}
					allowed++
				}
				if allowed < 5 {
					low++
				}
				if j == teams.None {
					unfilled++
				} else if slices.Contains(team[:k], j) {
					t.Fatalf("case %d: visit %d has an inspector twice", n, v)
				}
			}
		}
		if low != plan.Low || unfilled != plan.Unfilled {
			t.Fatalf("case %d: %d low and %d unfilled, not %d and %d", n, plan.Low, plan.Unfilled, low, unfilled)
		}
		if again := teams.Assign(p); !slices.EqualFunc(plan.Team, again.Team, slices.Equal) {
			t.Fatalf("case %d: another plan the second time", n)
		}
		// Who takes all of another's slots over is loaded more than needed.
		if heap(&p, plan) {
			if teams.Certified(p, plan) {
				t.Fatalf("case %d: an uneven plan is certified", n)
			}
			refused++
		}
	}
	if moves == 0 || refused < 100 {
		t.Errorf("%d paths were shifted, %d uneven plans made: the cases test nothing", moves, refused)
	}
}

// heap gives one inspector slots of others until its load is three more than
// that of one of them. It reports whether it could.
func heap(p *teams.Problem, plan teams.Plan) bool {
	load := slices.Clone(p.Load)
	for _, team := range plan.Team {
		for _, j := range team {
			if j != teams.None {
				load[j]++
			}
		}
	}
	for j := range p.Inspectors {
		for v, team := range plan.Team {
			if slices.Contains(team, j) || slices.Contains(p.Barred(v), j) {
				continue
			}
			for k, from := range team {
				lead, other := p.Fit(j)
				if from == teams.None || k == 0 && !lead || k > 0 && !other {
					continue
				}
				team[k] = j
				load[j]++
				load[from]--
				if load[j] >= load[from]+2 {
					return true
				}
				break
			}
		}
	}
	return false
}

// T13: with as many visits as inspectors and one slot, every inspector goes to
// every visit as often.
func TestWhoGoesWhere(t *testing.T) {
	t.Parallel()
	const n = 12
	plans := Times(3_000, 60_000)
	var count, thirds [n][n]int
	same, last := 0, []int(nil)
	for i := range plans {
		p := free(Key("T13", i), n, n, 1)
		at := []int{}
		for v, team := range teams.Assign(p).Team {
			count[v][team[0]]++
			thirds[team[0]][v/4]++
			at = append(at, team[0])
		}
		for v := range last {
			if last[v] == at[v] {
				same++
			}
		}
		last = at
	}
	x, e := 0.0, float64(plans)/n
	for v := range count {
		for _, c := range count[v] {
			x += (float64(c) - e) * (float64(c) - e) / e
		}
	}
	P(t, "T13 visit and inspector", ChiSquare(x*(n-1)/n, (n-1)*(n-1)))
	Z(t, "T14 the same pair in the next plan", (float64(same)-float64(plans-1))/sqrt(plans-1))
	worst := 0.0
	for j := range thirds {
		for third := range 3 {
			Worst(&worst, Binomial(thirds[j][third], plans, 1.0/3))
		}
	}
	Z(t, "T16 third of the order and leader", worst)
}

// T15: in teams of two every pair is used as often.
func TestPairs(t *testing.T) {
	t.Parallel()
	plans := Times(3_000, 20_000)
	var count [10][10]int
	for i := range plans {
		for _, team := range teams.Assign(free(Key("T15", i), 5, 10, 2)).Team {
			count[min(team[0], team[1])][max(team[0], team[1])]++
		}
	}
	worst := 0.0
	for a := range 10 {
		for b := a + 1; b < 10; b++ {
			Worst(&worst, Binomial(count[a][b], plans, 1.0/9))
		}
	}
	Z(t, "T15 use of 45 pairs", worst)
}

func TestStand(t *testing.T) {
	t.Parallel()
	p := free(Key("stand", 0), 1, 4, 2)
	p.Load = []int{0, 5, 2, 2}
	seen := map[int]bool{}
	for n := range 40 {
		p.Key = Key("stand", n)
		j := teams.Stand(p, 0, []int{0})
		if j != 2 && j != 3 {
			t.Fatalf("inspector %d stands in", j)
		}
		seen[j] = true
	}
	if len(seen) != 2 {
		t.Error("the lot between equals always falls on one")
	}
	if j := teams.Stand(p, 0, []int{0, 1, 2, 3}); j != teams.None {
		t.Errorf("inspector %d stands in for all", j)
	}
}

func sqrt(n int) float64 { return math.Sqrt(float64(n)) }
