package draw_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"quanxiang/draw/design"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/outside"
)

// bin is bytes in hex.
type bin []byte

func (b *bin) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

type vectors struct {
	Firms []struct {
		ID         string
		UID        bin
		Stratum    uint32
		Balls      uint16
		Salt       bin
		Attributes string
	}
	TH    struct{ Empty, One, Two bin }
	UID   struct{ Long bin }
	Frame struct {
		N           uint32
		Leaf0, Root bin
		Path5       []bin
	}
	Seed struct {
		PlanCanon                                  string
		PlanHash                                   bin
		Commits                                    []bin
		Close                                      bin
		DrandSig                                   string
		DrandRandomness, Beacon                    bin
		Seed, SeedIfWitness1Absent, Anchor, X3, X2 bin
		K1, K2r1, K3, K4                           bin
	}
	Ticket struct {
		Uid0Ctr0  bin `json:"uid0_ctr0"`
		Uid0Ctr1  bin `json:"uid0_ctr1"`
		Uid23Ctr7 bin `json:"uid23_ctr7"`
		Zero      bin `json:"zeroK_zeroU"`
	}
	SM3 struct {
		ABC, TH    bin
		TicketZero bin `json:"ticket_zero"`
		Ticket     bin
	}
	Strat      map[string][][2]string
	Substitute struct{ Next string }
	Balls      struct{ Pick []string }
	BallsExact struct {
		W      []int64
		K2, K3 []string
	}
	RFC3797 struct {
		Key   string
		Picks []int
		MD51  string `json:"md5_1"`
		MD516 string `json:"md5_16"`
	}
}

// T23: the published vectors.
func TestVectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/draw-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	same := func(what string, got lot.Hash, want bin) {
		t.Helper()
		if hex.EncodeToString(got[:]) != hex.EncodeToString(want) {
			t.Errorf("%s is %x, want %x", what, got, []byte(want))
		}
	}
	const s = lot.SHA256
	same("TH(x)", s.TH("x"), v.TH.Empty)
	same("TH(x, nothing)", s.TH("x", nil), v.TH.One)
	same("TH(x, a, bc)", s.TH("x", []byte("a"), []byte("bc")), v.TH.Two)
	same("SM3 abc", lot.SM3.Sum([]byte("abc")), v.SM3.ABC)
	same("SM3 TH", lot.SM3.TH("x", []byte("a"), []byte("bc")), v.SM3.TH)

	var rows frame.Rows
	var uids []lot.UID
	for _, f := range v.Firms {
		u, err := s.NewUID(lot.Credit, f.ID)
		if err != nil || string(u[:]) != string(f.UID) {
			t.Fatalf("uid of %s is %s, %v", f.ID, u, err)
		}
		uids = append(uids, u)
		rows = rows.Append(frame.Row{UID: u, Group: f.Stratum, Count: f.Balls, Attr: frame.Attr(s, f.Salt, []byte(f.Attributes))})
	}
	if err := rows.Check(); err != nil {
		t.Fatal(err)
	}
	tree := frame.Plant(s, rows)
	same("leaf", frame.Leaf(s, rows[:frame.RowSize]), v.Frame.Leaf0)
	same("root", tree.Root().Root, v.Frame.Root)
	path := tree.Prove(5)
	if len(path) != len(v.Frame.Path5) || tree.Root().Size != v.Frame.N {
		t.Fatalf("a path of %d hashes", len(path))
	}
	for i := range path {
		same("path", path[i], v.Frame.Path5[i])
	}

	d := v.Seed
	plan := s.TH("plan", []byte(d.PlanCanon))
	same("planHash", plan, d.PlanHash)
	var reveals [][]byte
	closing := [][]byte{plan[:]}
	for i, c := range d.Commits {
		r := s.TH("demo-r", lot.U8(i))
		same("commitment", s.TH("commit", plan[:], lot.U8(i), r[:]), c)
		reveals, closing = append(reveals, r[:]), append(closing, c)
	}
	closed := s.TH("close", append(closing, lot.U64(1790000000))...)
	same("closeHash", closed, d.Close)
	value, err := outside.Drand.Value(drandRound, "", d.DrandSig)
	if err != nil || string(value) != string(d.DrandRandomness) {
		t.Fatalf("drand gives %x, %v", value, err)
	}
	beacon := s.TH("beacon", []byte(outside.Drand), lot.U64(drandRound), value)
	same("beacon", beacon, d.Beacon)
	seed := s.Seed(plan, closed, reveals, []lot.Hash{beacon})
	same("seed", seed, d.Seed)
	same("seed without witness 1", s.Seed(plan, closed, [][]byte{reveals[0], nil, reveals[2]}, []lot.Hash{beacon}), d.SeedIfWitness1Absent)
	chain := []lot.Hash{s.TH("demo-secret")}
	for range 4 {
		chain = append(chain, s.Next("XC-2026-007", 0, chain[len(chain)-1]))
	}
	same("anchor", chain[4], d.Anchor)
	same("x3", chain[3], d.X3)
	same("x2", chain[2], d.X2)
	k1 := s.Key(seed, lot.Subjects, 0, chain[3:4])
	same("K1", k1, d.K1)
	k2 := s.Key(seed, lot.Substitutes, 1, chain[2:3])
	same("K2 of use 1", k2, d.K2r1)
	same("K3", s.Key(seed, lot.Visits, 0, chain[3:4]), d.K3)
	same("K4", s.Key(seed, lot.Inspectors, 0, chain[3:4]), d.K4)

	same("ticket", s.Ticket(&k1, &uids[0], 0, lot.Subjects), v.Ticket.Uid0Ctr0)
	same("ticket of ball 1", s.Ticket(&k1, &uids[0], 1, lot.Subjects), v.Ticket.Uid0Ctr1)
	same("ticket of ball 7", s.Ticket(&k1, &uids[23], 7, lot.Subjects), v.Ticket.Uid23Ctr7)
	same("ticket of zeroes", s.Ticket(&lot.Hash{}, &lot.UID{}, 0, 0), v.Ticket.Zero)
	same("SM3 ticket of zeroes", lot.SM3.Ticket(&lot.Hash{}, &lot.UID{}, 0, 0), v.SM3.TicketZero)
	same("SM3 ticket", lot.SM3.Ticket(&k1, &uids[0], 0, lot.Subjects), v.SM3.Ticket)

	var strata []design.Stratum
	for i, ppm := range []int64{100_000, 250_000, 500_000} {
		strata = append(strata, design.Stratum{ID: uint32(i + 1), Design: design.SRS, N: int(design.Quota([]int64{12, 8, 4}[i], ppm))})
	}
	got := map[string][][2]string{}
	taken := design.NewSet(rows.Len())
	drawn := design.Draw(s, k1, rows, strata, nil)
	slices.SortFunc(drawn, func(a, b design.Drawn) int { return int(a.Rank) - int(b.Rank) })
	for _, x := range drawn {
		taken.Add(x.Row)
		g := fmt.Sprint(rows.Group(x.Row))
		got[g] = append(got[g], [2]string{v.Firms[x.Row].ID, hex.EncodeToString(x.Ticket[:8])})
	}
	if fmt.Sprint(got) != fmt.Sprint(v.Strat) {
		t.Errorf("drawn %v, want %v", got, v.Strat)
	}
	next, ok := design.Least(s, k2, lot.Substitutes, rows, 1, func(i int) bool { return !taken.Has(i) })
	if !ok || v.Firms[next.Row].ID != v.Substitute.Next {
		t.Errorf("substitute %s, want %s", v.Firms[next.Row].ID, v.Substitute.Next)
	}
	one := slices.Clone(rows) // one stratum
	for i := range one.Len() {
		copy(one[i*frame.RowSize+20:], []byte{0, 0, 0, 1})
	}
	var picks []string
	drawn = design.Draw(s, k1, one, []design.Stratum{{ID: 1, Design: design.Balls, N: 6}}, nil)
	slices.SortFunc(drawn, func(a, b design.Drawn) int { return int(a.Rank) - int(b.Rank) })
	for _, x := range drawn {
		picks = append(picks, v.Firms[x.Row].ID)
	}
	if !slices.Equal(picks, v.Balls.Pick) {
		t.Errorf("balls draw %v, want %v", picks, v.Balls.Pick)
	}
	if a := design.Aims(6, []design.Weight{{Weight: 1, Number: 12}, {Weight: 2, Number: 8}, {Weight: 8, Number: 4}}); !slices.Equal(a, []int64{100_000, 200_000, 800_000}) {
		t.Errorf("aims %v", a)
	}
	for k, want := range map[int][]string{2: v.BallsExact.K2, 3: v.BallsExact.K3} {
		for i, w := range want {
			x, _ := new(big.Rat).SetString(w)
			if exactBalls(v.BallsExact.W, k)[i].Cmp(x) != 0 {
				t.Errorf("%d of %v: subject %d is not included with %s", k, v.BallsExact.W, i, w)
			}
		}
	}

	r := v.RFC3797
	left := []int{}
	for i := range 25 {
		left = append(left, i+1)
	}
	for n, want := range r.Picks {
		two := string([]byte{byte(n >> 8), byte(n)})
		sum := md5.Sum([]byte(two + r.Key + two))
		at := new(big.Int).SetBytes(sum[:])
		at.Mod(at, big.NewInt(int64(len(left))))
		i := int(at.Int64())
		if left[i] != want {
			t.Errorf("RFC 3797: pick %d is %d, want %d", n, left[i], want)
		}
		left = slices.Delete(left, i, i+1)
		if md := map[int]string{0: r.MD51, 15: r.MD516}[n]; md != "" && md != strings.ToUpper(hex.EncodeToString(sum[:])) {
			t.Errorf("RFC 3797: MD5 %d is %x, want %s", n, sum, md)
		}
	}
}

// exactBalls are the shares with which subjects with so many balls are among
// the first k drawn from the drum one after the other.
func exactBalls(balls []int64, k int) []*big.Rat {
	out := make([]*big.Rat, len(balls))
	for i := range out {
		out[i] = new(big.Rat)
	}
	var walk func(gone int, p *big.Rat, k int)
	walk = func(gone int, p *big.Rat, k int) {
		var all int64
		for i, b := range balls {
			if gone>>i&1 == 0 {
				all += b
			}
		}
		for i, b := range balls {
			if gone>>i&1 == 1 || k == 0 {
				continue
			}
			q := new(big.Rat).Mul(p, big.NewRat(b, all))
			out[i].Add(out[i], q)
			walk(gone|1<<i, q, k-1)
		}
	}
	walk(0, big.NewRat(1, 1), k)
	return out
}
