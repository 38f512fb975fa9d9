package draw

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"quanxiang/draw/design"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/outside"
)

//go:embed testdata/draw-vectors.json
var vectorsFile []byte

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

// CheckVectors computes the published vectors again and reports each by name,
// with what came out and what should. An error means that it could not go on.
func CheckVectors(report func(name, got, want string)) error {
	var v vectors
	if err := json.Unmarshal(vectorsFile, &v); err != nil {
		return err
	}
	const s = lot.SHA256
	check := func(what string, got, want any) { report(what, fmt.Sprint(got), fmt.Sprint(want)) }
	same := func(what string, got lot.Hash, want bin) { check(what, got, hex.EncodeToString(want)) }
	same("TH(x)", s.TH("x"), v.TH.Empty)
	same("TH(x, nothing)", s.TH("x", nil), v.TH.One)
	same("TH(x, a, bc)", s.TH("x", []byte("a"), []byte("bc")), v.TH.Two)
	same("SM3 abc", lot.SM3.Sum([]byte("abc")), v.SM3.ABC)
	same("SM3 TH", lot.SM3.TH("x", []byte("a"), []byte("bc")), v.SM3.TH)

	var rows frame.Rows
	var uids []lot.UID
	for _, f := range v.Firms {
		u, err := s.NewUID(lot.Credit, f.ID)
		if err != nil {
			return err
		}
		check("uid "+f.ID, u, hex.EncodeToString(f.UID))
		uids = append(uids, u)
		rows = rows.Append(frame.Row{UID: u, Group: f.Stratum, Count: f.Balls, Attr: frame.Attr(s, f.Salt, []byte(f.Attributes))})
	}
	if err := rows.Check(); err != nil {
		return err
	}
	tree := frame.Plant(s, rows)
	same("leaf", frame.Leaf(s, rows[:frame.RowSize]), v.Frame.Leaf0)
	same("root", tree.Root().Root, v.Frame.Root)
	path := tree.Prove(5)
	check("size", tree.Root().Size, v.Frame.N)
	check("length of the path", len(path), len(v.Frame.Path5))
	for i := range min(len(path), len(v.Frame.Path5)) {
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
	const round = 657413
	value, err := outside.Drand.Value(round, "", d.DrandSig)
	if err != nil {
		return err
	}
	check("drand", hex.EncodeToString(value), hex.EncodeToString(d.DrandRandomness))
	beacon := s.TH("beacon", []byte(outside.Drand), lot.U64(round), value)
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
	check("drawn", got, v.Strat)
	next, ok := design.Least(s, k2, lot.Substitutes, rows, 1, func(i int) bool { return !taken.Has(i) })
	check("substitute there", ok, true)
	check("substitute", v.Firms[next.Row].ID, v.Substitute.Next)
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
	check("balls", picks, v.Balls.Pick)
	check("aims of pareto", design.Aims(6, []design.Weight{{Weight: 1, Number: 12}, {Weight: 2, Number: 8}, {Weight: 8, Number: 4}}), []int64{100_000, 200_000, 800_000})
	return nil
}
