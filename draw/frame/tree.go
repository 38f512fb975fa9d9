package frame

import (
	"slices"

	"quanxiang/draw/lot"
)

// node is the hash of an inner node.
func node(s lot.Suite, left, right *lot.Hash) lot.Hash {
	var b [65]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[33:], right[:])
	return s.Sum(b[:])
}

// Builder computes the root of a tree leaf by leaf, with one hash kept per
// level. The tree of package ledger is bound to SHA-256; this one has the
// plan's suite.
type Builder struct {
	Suite lot.Suite

	stack []lot.Hash // roots of complete subtrees, greatest first
	size  uint32
}

// Add appends a leaf hash.
func (b *Builder) Add(leaf lot.Hash) {
	// As many complete subtrees end with this leaf as its index has ones at the end.
	for n := b.size; n&1 == 1; n >>= 1 {
		leaf = node(b.Suite, &b.stack[len(b.stack)-1], &leaf)
		b.stack = b.stack[:len(b.stack)-1]
	}
	b.stack = append(b.stack, leaf)
	b.size++
}

// Root is the root over what was added.
func (b *Builder) Root() Root {
	if b.size == 0 {
		return Root{Root: b.Suite.Sum(nil)}
	}
	root := b.stack[len(b.stack)-1]
	for i := len(b.stack) - 2; i >= 0; i-- {
		root = node(b.Suite, &b.stack[i], &root)
	}
	return Root{root, b.size}
}

// Tree keeps every node, for proofs.
type Tree struct {
	suite  lot.Suite
	levels [][]lot.Hash // leaves first
}

// NewTree builds the tree over leaf hashes.
func NewTree(s lot.Suite, leaves []lot.Hash) *Tree {
	t := &Tree{suite: s, levels: [][]lot.Hash{leaves}}
	for below := leaves; len(below) > 1; {
		level := make([]lot.Hash, (len(below)+1)/2)
		for i := range len(below) / 2 {
			level[i] = node(s, &below[2*i], &below[2*i+1])
		}
		if len(below)%2 == 1 { // it has no sibling and rises as it is
			level[len(level)-1] = below[len(below)-1]
		}
		t.levels = append(t.levels, level)
		below = level
	}
	return t
}

// Plant is the tree over rows.
func Plant(s lot.Suite, rows Rows) *Tree {
	leaves := make([]lot.Hash, rows.Len())
	for i := range leaves {
		leaves[i] = Leaf(s, rows[i*RowSize:(i+1)*RowSize])
	}
	return NewTree(s, leaves)
}

// Root is the root of the tree.
func (t *Tree) Root() Root {
	top := t.levels[len(t.levels)-1]
	if len(top) == 0 {
		return Root{Root: t.suite.Sum(nil)}
	}
	return Root{top[0], uint32(len(t.levels[0]))}
}

// Prove is the inclusion proof of RFC 6962, section 2.1.1, for leaf i, deepest
// hash first.
func (t *Tree) Prove(i int) []lot.Hash {
	var path []lot.Hash
	for _, level := range t.levels[:len(t.levels)-1] {
		if sibling := i ^ 1; sibling < len(level) {
			path = append(path, level[sibling])
		}
		i /= 2
	}
	return path
}

// Check reports whether a path leads from leaf i to the root.
func (r Root) Check(s lot.Suite, i uint64, leaf lot.Hash, path []lot.Hash) bool {
	if i >= uint64(r.Size) {
		return false
	}
	for last := uint64(r.Size) - 1; last > 0; i, last = i/2, last/2 {
		if i == last && i%2 == 0 {
			continue // no sibling at this level
		}
		if len(path) == 0 {
			return false
		}
		if i%2 == 1 {
			leaf = node(s, &path[0], &leaf)
		} else {
			leaf = node(s, &leaf, &path[0])
		}
		path = path[1:]
	}
	return len(path) == 0 && leaf == r.Root
}

// Neighbour is one of the rows between which somebody would stand.
type Neighbour struct {
	Row   Row
	Index uint64
	Path  []lot.Hash
}

// ProveAbsence is the rows on both sides of where u would stand: two, one at
// an end, none of an empty tree. ok is false when u is there.
func ProveAbsence(t *Tree, rows Rows, u lot.UID) (around []Neighbour, ok bool) {
	at, found := rows.Find(u)
	if found {
		return nil, false
	}
	for _, i := range []int{at - 1, at} {
		if i >= 0 && i < rows.Len() {
			around = append(around, Neighbour{rows.At(i), uint64(i), t.Prove(i)})
		}
	}
	return around, true
}

// CheckAbsence reports whether the neighbours prove that u is not in the tree.
func (r Root) CheckAbsence(s lot.Suite, u lot.UID, around []Neighbour) bool {
	for _, n := range around {
		if !r.Check(s, n.Index, Leaf(s, Rows(nil).Append(n.Row)), n.Path) {
			return false
		}
	}
	switch {
	case len(around) == 2:
		return around[0].Index+1 == around[1].Index && around[0].Row.UID.Compare(u) < 0 && u.Compare(around[1].Row.UID) < 0
	case len(around) == 1 && around[0].Row.UID.Compare(u) < 0:
		return around[0].Index == uint64(r.Size)-1
	case len(around) == 1:
		return around[0].Index == 0 && u.Compare(around[0].Row.UID) < 0
	}
	return len(around) == 0 && r.Size == 0 && r.Root == s.Sum(nil)
}

// pairSize is the length of a conflict in bytes: subject, inspector, salt.
const pairSize = 2*lot.UIDSize + 16

// Pairs are conflicts one after the other: who must not inspect whom.
type Pairs []byte

// Pair is a subject and an inspector.
type Pair struct{ Subject, Inspector lot.UID }

// Append adds a conflict with its salt.
func (p Pairs) Append(pair Pair, salt [16]byte) Pairs {
	return append(append(append(p, pair.Subject[:]...), pair.Inspector[:]...), salt[:]...)
}

// Len is the number of conflicts.
func (p Pairs) Len() int { return len(p) / pairSize }

// At is conflict i.
func (p Pairs) At(i int) Pair {
	b := p[i*pairSize:]
	return Pair{lot.UID(b[:20]), lot.UID(b[20:40])}
}

// Freeze is the root over the conflicts; ok is false when they are cut, out of
// order, repeated or of wrong identifiers.
func (p Pairs) Freeze(s lot.Suite) (root Root, ok bool) {
	b := Builder{Suite: s}
	for i := range p.Len() {
		row := p[i*pairSize : (i+1)*pairSize]
		pair := p.At(i)
		if pair.Subject.Check() != nil || pair.Inspector.Check() != nil ||
			i > 0 && slices.Compare(p[(i-1)*pairSize:][:40], row[:40]) >= 0 {
			return Root{}, false
		}
		b.Add(s.TH("coi", row[:20], row[20:40], row[40:]))
	}
	return b.Root(), len(p)%pairSize == 0
}
