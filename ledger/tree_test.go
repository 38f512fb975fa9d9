package ledger_test

import (
	"bytes"
	"math"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"quanxiang/gov"
	"quanxiang/ledger"
)

// The tree is checked against the reference of golang.org/x/mod at every size
// around tile borders.
func TestBuilderAgainstReference(t *testing.T) {
	t.Parallel()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = stored[x]
		}
		return out, nil
	})
	tiles := map[string][]byte{}
	tree := ledger.Builder{Full: func(tile ledger.Tile, data []byte) error { tiles[tile.Path()] = data; return nil }}
	const n = 2*256*256 + 300
	for i := range int64(n) {
		leaf := tlog.RecordHash([]byte{byte(i), byte(i >> 8), byte(i >> 16)})
		more, err := tlog.StoredHashesForRecordHash(i, leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		if err := tree.Append(ledger.Hash(leaf)); err != nil {
			t.Fatal(err)
		}
		if i > 600 && i%256 > 2 && i%1009 != 0 && i < n-3 {
			continue
		}
		want, err := tlog.TreeHash(i+1, reader)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Root(); got != ledger.Hash(want) {
			t.Fatalf("size %d: root %s, want %s", i+1, got, want)
		}
	}
	if err := tree.Partial(func(tile ledger.Tile, data []byte) error { tiles[tile.Path()] = data; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, want := range tlog.NewTiles(8, 0, n) {
		tile := ledger.Tile{Level: want.L, Index: want.N, Width: want.W}
		data, err := tlog.ReadTileData(want, reader)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(tiles[tile.Path()], data) {
			t.Errorf("%s differs from the reference", tile.Path())
		}
		delete(tiles, tile.Path())
	}
	for path := range tiles {
		t.Errorf("%s is not a tile of the reference", path)
	}
}

func TestEmptyRoot(t *testing.T) {
	t.Parallel()
	const want = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" // SHA-256 of nothing
	if got := new(ledger.Builder).Root().String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A tree continued from its stored edge must not differ from one grown at once.
func TestResume(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 255, 256, 257, 700} {
		l := newLog(t, n)
		tree, err := ledger.Resume(int64(n), l.read)
		if err != nil {
			t.Fatalf("size %d: %v", n, err)
		}
		if tree.Root() != l.tree.Root() {
			t.Errorf("size %d: another root", n)
		}
		longer := newLog(t, n+300)
		for _, b := range longer.entries[n:] {
			if err := tree.Append(ledger.LeafHash(b)); err != nil {
				t.Fatal(err)
			}
		}
		if tree.Root() != longer.tree.Root() {
			t.Errorf("size %d + 300: another root", n)
		}
	}
}

func TestResumeWithoutTiles(t *testing.T) {
	t.Parallel()
	none := func(tile ledger.Tile) ([]byte, error) { return nil, gov.Errorf(gov.NotFound, "无", "none") }
	if _, err := ledger.Resume(3, none); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
	short := func(tile ledger.Tile) ([]byte, error) { return make([]byte, 64), nil }
	if _, err := ledger.Resume(3, short); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("short tile: got %v, want Invalid", err)
	}
}

// Random trees: every inclusion and consistency proof holds, and none holds
// for another index, size, leaf or with any bit turned.
func TestProofsOfRandomTrees(t *testing.T) {
	t.Parallel()
	r := random(1)
	for range 40 {
		n := 1 + r.IntN(900)
		l := newLog(t, n)
		head := l.head()
		index := int64(r.IntN(n))
		leaf := ledger.LeafHash(l.entries[index])
		proof, err := ledger.ProveInclusion(head, index, l.read)
		if err != nil {
			t.Fatalf("prove %d in %d: %v", index, n, err)
		}
		if err := ledger.CheckInclusion(proof, head, index, leaf); err != nil {
			t.Fatalf("check %d in %d: %v", index, n, err)
		}
		if ledger.CheckInclusion(proof, head, (index+1)%int64(n), leaf) == nil && n > 1 {
			t.Errorf("%d in %d: holds for another index", index, n)
		}
		if other := ledger.LeafHash([]byte("other")); ledger.CheckInclusion(proof, head, index, other) == nil {
			t.Errorf("%d in %d: holds for another leaf", index, n)
		}
		turn(proof, func() {
			if ledger.CheckInclusion(proof, head, index, leaf) == nil {
				t.Errorf("%d in %d: holds with a bit turned", index, n)
			}
		})

		m := int64(r.IntN(n + 1))
		earlier := newLog(t, int(m)).head()
		if root, err := ledger.RootAt(m, l.read); err != nil || root != earlier.Root {
			t.Errorf("root at %d of %d: %s, %v; want %s", m, n, root, err, earlier.Root)
		}
		proof, err = ledger.ProveConsistency(m, head, l.read)
		if err != nil {
			t.Fatalf("prove %d to %d: %v", m, n, err)
		}
		if err := ledger.CheckConsistency(proof, earlier, head); err != nil {
			t.Fatalf("check %d to %d: %v", m, n, err)
		}
		turn(proof, func() {
			if ledger.CheckConsistency(proof, earlier, head) == nil {
				t.Errorf("%d to %d: holds with a bit turned", m, n)
			}
		})
		forged := earlier
		forged.Root[5] ^= 1
		if ledger.CheckConsistency(proof, forged, head) == nil {
			t.Errorf("%d to %d: holds for a forged checkpoint", m, n)
		}
	}
}

// turn flips a bit of every hash in turn and calls f each time.
func turn(proof []ledger.Hash, f func()) {
	for i := range proof {
		proof[i][i%32] ^= 0x10
		f()
		proof[i][i%32] ^= 0x10
	}
}

// A proof must never be made from tiles that the checkpoint does not cover.
func TestProveRefusesChangedTiles(t *testing.T) {
	t.Parallel()
	l := newLog(t, 600)
	l.tiles["tile/0/001"][32*7] ^= 1
	if p, err := ledger.ProveInclusion(l.head(), 260, l.read); err == nil {
		t.Errorf("made the proof %v", p)
	}
}

// Numbers from strangers must neither hang nor overflow.
func TestHostileSizes(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{-1, 0, ledger.MaxSize + 1, math.MaxInt64} {
		head := ledger.Checkpoint{Origin: testOrigin, Size: size}
		if ledger.CheckInclusion(nil, head, 0, ledger.Hash{}) == nil {
			t.Errorf("size %d: inclusion holds", size)
		}
		if ledger.CheckConsistency(nil, ledger.Checkpoint{Origin: testOrigin, Size: 1}, head) == nil {
			t.Errorf("size %d: consistency holds", size)
		}
		if _, err := ledger.ProveInclusion(head, math.MaxInt64-1, nil); err == nil {
			t.Errorf("size %d: proof made", size)
		}
		if size != 0 {
			if _, err := ledger.RootAt(size, nil); err == nil {
				t.Errorf("size %d: root made", size)
			}
			if _, err := ledger.Resume(size, nil); err == nil {
				t.Errorf("size %d: resumed", size)
			}
		}
	}
	// The greatest size allowed, with a path as long as its tree is deep.
	ledger.CheckInclusion(make([]ledger.Hash, 48), ledger.Checkpoint{Size: ledger.MaxSize}, ledger.MaxSize-1, ledger.Hash{})
}

func TestTilePaths(t *testing.T) {
	t.Parallel()
	tests := []struct {
		tile          ledger.Tile
		path, entries string
	}{
		{ledger.Tile{Level: 0, Index: 0, Width: 256}, "tile/0/000", "tile/entries/000"},
		{ledger.Tile{Level: 0, Index: 273, Width: 112}, "tile/0/273.p/112", "tile/entries/273.p/112"},
		{ledger.Tile{Level: 2, Index: 1234067, Width: 256}, "tile/2/x001/x234/067", "tile/entries/x001/x234/067"},
		{ledger.Tile{Level: 5, Index: 1000, Width: 1}, "tile/5/x001/000.p/1", "tile/entries/x001/000.p/1"},
	}
	for _, tc := range tests {
		if got := tc.tile.Path(); got != tc.path {
			t.Errorf("got %s, want %s", got, tc.path)
		}
		if got := tc.tile.EntriesPath(); got != tc.entries {
			t.Errorf("got %s, want %s", got, tc.entries)
		}
		if got, entries, err := ledger.ParseTilePath(tc.path); got != tc.tile || entries || err != nil {
			t.Errorf("%s: read as %+v, %v, %v", tc.path, got, entries, err)
		}
		tc.tile.Level = 0
		if got, entries, err := ledger.ParseTilePath(tc.entries); got != tc.tile || !entries || err != nil {
			t.Errorf("%s: read as %+v, %v, %v", tc.entries, got, entries, err)
		}
	}
	for _, bad := range []string{
		"", "tile", "tile/", "tile/0", "tile/0/", "tile/0/1", "tile/0/0001", "tile/00/000", "tile/6/000", "tile/-1/000", "tile/x/000",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/001/000", "tile/0/x000/001", "tile/0/-01",
		"tile/0/x999/x999/x999/x999/x999/x999/x999/999", "/tile/0/000", "tile/entries/../0", "checkpoint",
	} {
		if got, _, err := ledger.ParseTilePath(bad); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("%q: read as %+v, %v", bad, got, err)
		}
	}
}
