package ledger

import (
	"crypto/sha256"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"quanxiang/gov"
)

// TileReader returns the hashes of a tile, 32 bytes each, at least t.Width of
// them. It returns NotFound when there is no such tile.
type TileReader func(t Tile) ([]byte, error)

// Builder grows a tree leaf by leaf in memory that does not grow with it: it
// keeps only the unfinished tile of each level. The zero Builder is the empty
// tree.
type Builder struct {
	// Full, if set, receives every tile as it becomes full.
	Full func(t Tile, data []byte) error

	size   int64
	levels [][]Hash
}

// Resume returns a Builder that continues a stored tree of some size from its
// partial tiles.
func Resume(size int64, read TileReader) (*Builder, error) {
	if size < 0 || size > MaxSize {
		return nil, fmt.Errorf("resume a tree of size %d", size)
	}
	b := &Builder{size: size}
	for _, t := range edgeTiles(size) {
		data, err := read(t)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", t.Path(), err)
		}
		hashes, err := hashesOf(t, data)
		if err != nil {
			return nil, err
		}
		for len(b.levels) <= t.Level {
			b.levels = append(b.levels, nil)
		}
		b.levels[t.Level] = hashes
	}
	return b, nil
}

// Size is the number of leaves.
func (b *Builder) Size() int64 { return b.size }

// Append adds a leaf hash. Only Full can make it fail.
func (b *Builder) Append(leaf Hash) error {
	b.size++
	n := b.size
	for level, h := 0, leaf; ; level++ {
		if level == len(b.levels) {
			b.levels = append(b.levels, make([]Hash, 0, TileWidth))
		}
		b.levels[level] = append(b.levels[level], h)
		if len(b.levels[level]) < TileWidth {
			return nil
		}
		full := b.levels[level]
		n >>= tileHeight
		if b.Full != nil {
			if err := b.Full(Tile{Level: level, Index: n - 1, Width: TileWidth}, tileData(full)); err != nil {
				return err
			}
		}
		h = perfectRoot(full)
		b.levels[level] = full[:0]
	}
}

// Partial calls f with every partial tile of the tree, lowest level first.
func (b *Builder) Partial(f func(t Tile, data []byte) error) error {
	for _, t := range edgeTiles(b.size) {
		if err := f(t, tileData(b.levels[t.Level])); err != nil {
			return err
		}
	}
	return nil
}

// Root is the RFC 6962 tree hash; of the empty tree, the SHA-256 of nothing.
func (b *Builder) Root() Hash {
	root, some := Hash{}, false
	// From the right edge leftwards: the lowest level holds the rightmost
	// leaves, and within a tile the smallest power of two stands last.
	for _, hashes := range b.levels {
		for end, width := len(hashes), 1; end > 0; width *= 2 {
			if end&width == 0 {
				continue
			}
			h := perfectRoot(hashes[end-width : end])
			if some {
				h = nodeHash(h, root)
			}
			root, some = h, true
			end -= width
		}
	}
	if !some {
		return sha256.Sum256(nil)
	}
	return root
}

// perfectRoot is the root over a power of two of hashes.
func perfectRoot(hashes []Hash) Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return nodeHash(perfectRoot(hashes[:half]), perfectRoot(hashes[half:]))
}

// ProveInclusion returns the audit path from a leaf to the root of a
// checkpoint. Stored tiles that do not fit the checkpoint are an Internal
// error, so a wrong proof is never handed out.
func ProveInclusion(in Checkpoint, index int64, read TileReader) ([]Hash, error) {
	if in.Size > MaxSize || index < 0 || index >= in.Size {
		return nil, gov.Errorf(gov.NotFound, "账本只有 %[2]d 条，没有第 %[1]d 条", "entry %d is not among the %d of the ledger", index, in.Size)
	}
	p, err := tlog.ProveRecord(in.Size, index, authentic(in, read))
	if err != nil {
		return nil, fmt.Errorf("prove entry %d in %d: %w", index, in.Size, err)
	}
	return fromTlog(p), nil
}

// CheckInclusion verifies that a leaf stands at an index of the checkpoint's
// tree.
func CheckInclusion(proof []Hash, in Checkpoint, index int64, leaf Hash) error {
	if in.Size <= MaxSize && tlog.CheckRecord(toTlog(proof), in.Size, tlog.Hash(in.Root), index, tlog.Hash(leaf)) == nil {
		return nil
	}
	return gov.Errorf(gov.Invalid, "证明不成立：第 %[1]d 条不在 %[2]d 条的检查点之中", "the proof fails: entry %[1]d is not in the checkpoint of size %[2]d", index, in.Size)
}

// ProveConsistency returns the proof that the tree of a checkpoint begins with
// the tree it was at an earlier size.
func ProveConsistency(earlier int64, in Checkpoint, read TileReader) ([]Hash, error) {
	if in.Size > MaxSize || earlier < 0 || earlier > in.Size {
		return nil, gov.Errorf(gov.NotFound, "账本只有 %[2]d 条，没有 %[1]d 条时的检查点", "the ledger of %[2]d entries was never %[1]d long", earlier, in.Size)
	}
	if earlier == 0 {
		return nil, nil // everything continues the empty tree
	}
	p, err := tlog.ProveTree(in.Size, earlier, authentic(in, read))
	if err != nil {
		return nil, fmt.Errorf("prove %d in %d: %w", earlier, in.Size, err)
	}
	return fromTlog(p), nil
}

// CheckConsistency verifies that the later checkpoint's tree begins with the
// earlier one's: nothing was changed, removed or inserted in between.
func CheckConsistency(proof []Hash, earlier, later Checkpoint) error {
	ok := earlier.Origin == later.Origin && earlier.Size <= later.Size && later.Size <= MaxSize
	if ok && earlier.Size == 0 {
		ok = len(proof) == 0 && earlier.Root == new(Builder).Root()
	} else if ok {
		ok = tlog.CheckTree(toTlog(proof), later.Size, tlog.Hash(later.Root), earlier.Size, tlog.Hash(earlier.Root)) == nil
	}
	if !ok {
		return gov.Errorf(gov.Invalid, "证明不成立：%[2]d 条的检查点不是由 %[1]d 条的检查点续写而成", "the proof fails: the checkpoint of size %[2]d does not continue the one of size %[1]d", earlier.Size, later.Size)
	}
	return nil
}

// RootAt computes the root the tree had at a size from its tiles, without
// checking them.
func RootAt(size int64, read TileReader) (Hash, error) {
	if size < 0 || size > MaxSize {
		return Hash{}, gov.Errorf(gov.NotFound, "没有 %d 条的账本", "no ledger has %d entries", size)
	}
	h, err := tlog.TreeHash(size, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			t := tlog.TileForIndex(tileHeight, index)
			data, err := read(fromTlogTile(t))
			if err != nil {
				return nil, err
			}
			if hashes[i], err = tlog.HashFromTile(t, data, index); err != nil {
				return nil, err
			}
		}
		return hashes, nil
	}))
	if err != nil {
		return Hash{}, fmt.Errorf("root of size %d: %w", size, err)
	}
	return Hash(h), nil
}

// authentic reads hashes through tiles and checks each tile against the root.
func authentic(in Checkpoint, read TileReader) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: in.Size, Hash: tlog.Hash(in.Root)}, tiles{read})
}

// leafIndex is where x/mod stores the hash of a leaf.
func leafIndex(n int64) int64 { return tlog.StoredHashIndex(0, n) }

// tiles adapts a TileReader to x/mod.
type tiles struct{ read TileReader }

func (r tiles) Height() int                         { return tileHeight }
func (r tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (r tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(list))
	for i, t := range list {
		data, err := r.read(fromTlogTile(t))
		if err != nil {
			return nil, err
		}
		if len(data) < t.W*len(Hash{}) {
			return nil, fmt.Errorf("tile %s is short", fromTlogTile(t).Path())
		}
		out[i] = data[:t.W*len(Hash{})]
	}
	return out, nil
}

func fromTlogTile(t tlog.Tile) Tile { return Tile{Level: t.L, Index: t.N, Width: t.W} }

func fromTlog(hashes []tlog.Hash) []Hash {
	out := make([]Hash, len(hashes))
	for i, h := range hashes {
		out[i] = Hash(h)
	}
	return out
}

func toTlog(hashes []Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(hashes))
	for i, h := range hashes {
		out[i] = tlog.Hash(h)
	}
	return out
}
