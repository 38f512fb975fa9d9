package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"quanxiang/gov"
)

// Summary is what an export claims and whether it holds.
type Summary struct {
	Checkpoint Checkpoint // zero when none could be read
	Entries    int64      // how many were read
	Findings   int64      // how many were reported; none means the export holds
}

// maxBundle is the greatest length of an entry bundle.
const maxBundle = TileWidth * (2 + MaxEntry)

// VerifyExport checks an export folder with nothing but public keys: the
// signature, every entry's form, every tile, and the root recomputed from the
// entries. It reports every defect it finds, naming the entry, and goes on. The
// error is for reading that failed, not for a ledger that does.
func VerifyExport(ctx context.Context, folder fs.FS, v *Verifier, found func(Finding)) (Summary, error) {
	x := &exportCheck{ctx: ctx, folder: folder}
	x.audit.Found = func(f Finding) { x.sum.Findings++; found(f) }
	signed, err := x.file(CheckpointPath, maxNote)
	if err == nil {
		x.sum.Checkpoint, err = v.Open(signed)
	}
	if gov.CodeOf(err) == gov.Internal {
		return x.sum, err
	}
	if err != nil {
		x.report(BadCheckpoint, -1, "检查点：%[1]s", "checkpoint: %[2]s", gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN))
		return x.sum, nil
	}
	err = x.run()
	return x.sum, err
}

// exportCheck is one run of VerifyExport.
type exportCheck struct {
	ctx    context.Context
	folder fs.FS
	sum    Summary
	audit  Audit
	tree   Builder

	doubts []doubt // entries that disagree with an unproven leaf hash
	holes  bool    // an entry and its leaf hash are both lost: no root
}

// doubt is an entry that disagrees with a level 0 tile which is itself not
// proven: the root tells in the end which of the two was changed.
type doubt struct {
	index int64
	id    gov.ID
}

// maxDoubts bounds memory; what lies beyond is still counted by the root.
const maxDoubts = 1000

func (x *exportCheck) report(p Problem, index int64, zh, en string, args ...any) {
	x.audit.Found(Finding{Problem: p, Index: index, Text: gov.Textf(zh, en, args...)})
}

func (x *exportCheck) run() error {
	c := x.sum.Checkpoint
	x.tree.Full = x.compareTile
	for start := int64(0); start < c.Size && !x.holes; start += TileWidth {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		t := Tile{Index: start / TileWidth, Width: int(min(TileWidth, c.Size-start))}
		if err := x.bundle(t); err != nil {
			return err
		}
	}
	if !x.holes {
		if err := x.tree.Partial(x.compareTile); err != nil {
			return err
		}
		x.judge(x.tree.Root() == c.Root)
	}
	x.audit.Finish()
	return nil
}

// judge settles the doubts once the root is known.
func (x *exportCheck) judge(rootHolds bool) {
	for _, d := range x.doubts {
		if !rootHolds { // else the tile was changed, which compareTile has said
			x.audit.Found(Finding{ChangedEntry, d.index, d.id, gov.Textf(
				"第 %[1]d 条（%[2]s）与树中的叶哈希不符", "entry %[1]d (%[2]s) does not fit its leaf hash in the tree", d.index, d.id)})
		}
	}
	if !rootHolds {
		x.report(BadRoot, -1, "由条目重算的根哈希 %s 不是签名的 %s", "the entries have the root %s, not the signed %s", x.tree.Root(), x.sum.Checkpoint.Root)
	}
}

// bundle checks the entries below one level 0 tile and feeds the tree. Where
// the leaf hash is proven by the signed root it goes into the tree, so that a
// changed entry is named once and does not disturb what follows.
func (x *exportCheck) bundle(t Tile) error {
	leaves, proven, err := x.leaves(t)
	if err != nil {
		return err
	}
	entries, err := x.entries(t)
	if err != nil {
		return err
	}
	for i := range t.Width {
		index := t.Index*TileWidth + int64(i)
		if i >= len(entries) {
			x.report(MissingEntry, index, "缺第 %[1]d 条（%[2]s）", "entry %[1]d is missing (%[2]s)", index, t.EntriesPath())
			if !proven {
				x.report(BadRoot, -1, "第 %[1]d 条及其叶哈希均缺失或不可信，其后无法核验", "entry %[1]d is lost together with its leaf hash; what follows cannot be checked", index)
				x.holes = true
				return nil
			}
			if err := x.tree.Append(leaves[i]); err != nil {
				return err
			}
			continue
		}
		x.sum.Entries++
		leaf := LeafHash(entries[i])
		e, _ := x.audit.Entry(index, entries[i])
		if leaves != nil && leaf != leaves[i] {
			if proven {
				x.audit.Found(Finding{ChangedEntry, index, e.ID, gov.Textf(
					"第 %[1]d 条（%[2]s）不是签名时的条目", "entry %[1]d (%[2]s) is not the one that was signed", index, e.ID)})
				leaf = leaves[i]
			} else if len(x.doubts) < maxDoubts {
				x.doubts = append(x.doubts, doubt{index, e.ID})
			}
		}
		if err := x.tree.Append(leaf); err != nil {
			return err
		}
	}
	return nil
}

// leaves reads the leaf hashes of a tile, proven by the root if they can be.
// They are nil when the tile is missing or malformed.
func (x *exportCheck) leaves(t Tile) (leaves []Hash, proven bool, err error) {
	indexes := make([]int64, t.Width)
	for i := range indexes {
		indexes[i] = leafIndex(t.Index*TileWidth + int64(i))
	}
	got, err := authentic(x.sum.Checkpoint, x.tile).ReadHashes(indexes)
	if err == nil {
		return fromTlog(got), true, nil
	}
	data, err := x.tile(t)
	if gov.CodeOf(err) == gov.Internal {
		return nil, false, err
	}
	if err == nil {
		if leaves, err = hashesOf(t, data); err == nil {
			return leaves, false, nil
		}
	}
	return nil, false, nil // compareTile reports it
}

// entries reads the bundle below a tile; too few or too many are reported.
func (x *exportCheck) entries(t Tile) ([][]byte, error) {
	data, err := x.file(t.EntriesPath(), maxBundle)
	var entries [][]byte
	if err == nil {
		entries, err = SplitBundle(data)
	}
	switch {
	case gov.CodeOf(err) == gov.Internal:
		return nil, err
	case err == nil && len(entries) > t.Width:
		x.report(ChangedEntry, t.Index*TileWidth+int64(t.Width), "%[1]s 有 %[2]d 条，多于 %[3]d 条", "%[1]s holds %[2]d entries, more than %[3]d", t.EntriesPath(), len(entries), t.Width)
		entries = entries[:t.Width]
	}
	return entries, nil // what is missing is named by the caller
}

// compareTile checks a tile file against the tree recomputed from the entries.
func (x *exportCheck) compareTile(t Tile, want []byte) error {
	got, err := x.tile(t)
	switch {
	case gov.CodeOf(err) == gov.Internal:
		return err
	case err != nil:
		x.report(BadTile, -1, "哈希块 %[1]s：%[2]s", "tile %[1]s: %[3]s", t.Path(), gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN))
	case !bytes.Equal(got, want):
		x.report(BadTile, -1, "哈希块 %s 与由条目重算的不符", "tile %s is not what the entries hash to", t.Path())
	}
	return nil
}

func (x *exportCheck) tile(t Tile) ([]byte, error) {
	return x.file(t.Path(), TileWidth*len(Hash{}))
}

// file reads a file of at most limit bytes. A missing or overlong file is a
// coded error, a defect of the export; anything else is a failure to read.
func (x *exportCheck) file(name string, limit int) ([]byte, error) {
	f, err := x.folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, gov.Errorf(gov.NotFound, "没有文件 %s", "there is no file %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("open export: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > limit {
		return nil, gov.Errorf(gov.TooLarge, "文件 %s 超过 %d 字节", "the file %s is over %d bytes", name, limit)
	}
	return data, nil
}
