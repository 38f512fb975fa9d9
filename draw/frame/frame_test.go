package frame_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
)

// number is the uid of the inspector's certificate n.
func number(n int) lot.UID {
	u := lot.UID{byte(lot.Inspector), 8}
	binary.BigEndian.PutUint64(u[2:], uint64(n))
	return u
}

// even is rows of the even numbers below 2n.
func even(n int) (rows frame.Rows) {
	for i := range n {
		rows = rows.Append(frame.Row{UID: number(2 * i), Group: 1, Count: uint16(i)})
	}
	return rows
}

// naive is the tree hash as RFC 6962 defines it.
func naive(s lot.Suite, leaves []lot.Hash) lot.Hash {
	switch len(leaves) {
	case 0:
		return s.Sum(nil)
	case 1:
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	l, r := naive(s, leaves[:k]), naive(s, leaves[k:])
	return s.Sum(slices.Concat([]byte{1}, l[:], r[:]))
}

// Trees of every small size, in both suites: streaming, kept and defined roots
// agree, every proof holds, none holds elsewhere.
func TestTrees(t *testing.T) {
	t.Parallel()
	for _, s := range []lot.Suite{lot.SHA256, lot.SM3} {
		for n := range 40 {
			rows := even(n)
			leaves := make([]lot.Hash, n)
			for i := range leaves {
				leaves[i] = frame.Leaf(s, rows[i*frame.RowSize:(i+1)*frame.RowSize])
			}
			tree := frame.Plant(s, rows)
			root := tree.Root()
			if root != frame.Freeze(s, rows) || root.Root != naive(s, leaves) || int(root.Size) != n {
				t.Fatalf("suite %d, %d rows: roots differ", s, n)
			}
			for i := range n {
				path := tree.Prove(i)
				if !root.Check(s, uint64(i), leaves[i], path) {
					t.Errorf("%d of %d: proof fails", i, n)
				}
				if root.Check(s, uint64(i+1), leaves[i], path) || n > 1 && root.Check(s, uint64(i), leaves[i], path[1:]) ||
					root.Check(s, uint64(i), leaves[(i+1)%n], path) == (n > 1) || root.Check(s, uint64(i), leaves[i], append(path, lot.Hash{})) {
					t.Errorf("%d of %d: a wrong proof holds", i, n)
				}
			}
			for i := range 2*n + 1 {
				u := number(i)
				around, absent := frame.ProveAbsence(tree, rows, u)
				if absent != (i%2 == 1 || i == 2*n) {
					t.Fatalf("%d of %d: absent %v", i, n, absent)
				}
				if absent && !root.CheckAbsence(s, u, around) {
					t.Errorf("%d of %d: proof of absence fails", i, n)
				}
				if absent && n > 0 && (root.CheckAbsence(s, number(i+2), around) && i < 2*n-1 || root.CheckAbsence(s, u, around[1:])) {
					t.Errorf("%d of %d: a wrong proof of absence holds", i, n)
				}
			}
		}
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	all := even(50)
	var a, b frame.Rows
	r := rand.New(rand.NewPCG(1, 2))
	for i := range all.Len() {
		if r.IntN(3) == 0 {
			b = b.Append(all.At(i))
		} else {
			a = a.Append(all.At(i))
		}
	}
	want, err := frame.FreezeUIDs(lot.SHA256, all, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := frame.FreezeUIDs(lot.SHA256, a, b); err != nil || got != want {
		t.Errorf("frame and exempt together: %v %v, want %v", got, err, want)
	}
	if _, err := frame.FreezeUIDs(lot.SHA256, a, all); err == nil {
		t.Error("a subject in both is accepted")
	}
}

func TestRowsRefused(t *testing.T) {
	t.Parallel()
	rows := even(4)
	for name, bad := range map[string]frame.Rows{
		"cut":      rows[:len(rows)-1],
		"repeated": slices.Concat(rows, rows[3*frame.RowSize:]),
		"order":    slices.Concat(rows[frame.RowSize:], rows[:frame.RowSize]),
		"scheme":   slices.Concat(rows, frame.Rows(nil).Append(frame.Row{UID: lot.UID{9, 1, 'x'}})),
	} {
		if bad.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := rows.Check(); err != nil {
		t.Error(err)
	}
	p := frame.Pairs(nil).Append(frame.Pair{Subject: number(1), Inspector: number(2)}, [16]byte{})
	if _, ok := p.Freeze(lot.SHA256); !ok {
		t.Error("a pair is refused")
	}
	if _, ok := p[1:].Freeze(lot.SHA256); ok {
		t.Error("half a pair is accepted")
	}
	if _, ok := slices.Concat(p, p).Freeze(lot.SHA256); ok {
		t.Error("a pair twice is accepted")
	}
}
