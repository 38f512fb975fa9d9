package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"

	"quanxiang/gov"
)

// CheckpointPath is the file of an export that holds the signed checkpoint.
const CheckpointPath = "checkpoint"

// Export writes a ledger in the C2SP tlog-tiles layout through put: full and
// partial tiles, entry bundles, and last the checkpoint, so that a reader of an
// unfinished export sees the checkpoint before. The tree is computed from the
// entries alone; if it does not have the root of the checkpoint, Export returns
// an Invalid error and writes no checkpoint. Names are slash-separated.
func Export(v *Verifier, signed []byte, entries iter.Seq2[[]byte, error], put func(name string, data []byte) error) (Checkpoint, error) {
	c, err := v.Open(signed)
	if err != nil {
		return Checkpoint{}, err
	}
	tree := Builder{Full: func(t Tile, data []byte) error { return put(t.Path(), data) }}
	var bundle []byte
	for body, err := range entries {
		if err != nil {
			return Checkpoint{}, fmt.Errorf("read entry %d: %w", tree.Size(), err)
		}
		if tree.Size() == c.Size {
			break // recorded after the checkpoint
		}
		if len(body) > MaxEntry {
			return Checkpoint{}, gov.Errorf(gov.TooLarge, "第 %d 条超过 %d 字节", "entry %d is over %d bytes", tree.Size(), MaxEntry)
		}
		bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(body)))
		bundle = append(bundle, body...)
		if err := tree.Append(LeafHash(body)); err != nil {
			return Checkpoint{}, err
		}
		if tree.Size()%TileWidth == 0 {
			t := Tile{Index: tree.Size()/TileWidth - 1, Width: TileWidth}
			if err := put(t.EntriesPath(), bundle); err != nil {
				return Checkpoint{}, err
			}
			bundle = bundle[:0]
		}
	}
	if tree.Size() != c.Size || tree.Root() != c.Root {
		return Checkpoint{}, gov.Errorf(gov.Invalid, "账本的 %[1]d 条与 %[2]d 条的检查点不符，未导出检查点", "the %[1]d entries do not have the root of the checkpoint of size %[2]d; no checkpoint was exported", tree.Size(), c.Size)
	}
	if err := tree.Partial(func(t Tile, data []byte) error { return put(t.Path(), data) }); err != nil {
		return Checkpoint{}, err
	}
	if w := int(c.Size % TileWidth); w > 0 {
		t := Tile{Index: c.Size / TileWidth, Width: w}
		if err := put(t.EntriesPath(), bundle); err != nil {
			return Checkpoint{}, err
		}
	}
	return c, put(CheckpointPath, bytes.Clone(signed))
}

// SplitBundle returns the entries of a bundle. A bundle that ends inside an
// entry is Invalid; the entries before are returned with the error.
func SplitBundle(b []byte) ([][]byte, error) {
	var entries [][]byte
	for len(b) > 0 {
		n := 0
		if len(b) >= 2 {
			n = int(binary.BigEndian.Uint16(b))
		}
		if len(b) < 2+n {
			return entries, gov.Errorf(gov.Invalid, "条目包在第 %d 条中间截断", "the bundle breaks off inside entry %d", len(entries))
		}
		entries = append(entries, b[2:2+n:2+n])
		b = b[2+n:]
	}
	return entries, nil
}
