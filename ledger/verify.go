package ledger

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"slices"

	"quanxiang/gov"
)

// Source is a ledger to verify, wherever it is kept: Folder makes one of an
// export. Its functions return NotFound, TooLarge or Invalid for what is
// defective; any other error means that reading failed and ends the check.
type Source struct {
	// Head reads the newest signed checkpoint.
	Head func() ([]byte, error)

	// Tile reads exactly the tile asked for.
	Tile TileReader

	// Entries reads the entries below a level 0 tile in order. Too few mean
	// that the last ones are lost.
	Entries func(t Tile) ([]Stored, error)

	// Each, if set, sees every entry in order, as it reads now.
	Each func(index int64, e Entry) error

	// Heads, if set, are checkpoints of this ledger by ascending size, stored
	// or from elsewhere; the tree must have had the root of each.
	Heads iter.Seq2[Signed, error]
}

// Stored is an entry as it is kept.
type Stored struct {
	ID   gov.ID // what the store files it under, if it does
	Body []byte // nil when it is lost
}

// Signed is a signed checkpoint with a word on where it comes from.
type Signed struct {
	From gov.Text
	Note []byte
}

// Pinned is a checkpoint that somebody kept elsewhere.
type Pinned struct {
	Size int64 // 0 when the checkpoint does not verify, which Verify reports
	Signed
}

// Pin orders checkpoints from elsewhere by size, as Source.Heads wants them.
func (v *Verifier) Pin(notes [][]byte) []Pinned {
	pins := make([]Pinned, len(notes))
	for i, n := range notes {
		c, err := v.Open(n)
		if err == nil {
			pins[i].Size = c.Size
		}
		pins[i].Signed = Signed{gov.Text{ZH: "所给的检查点", EN: "the given checkpoint"}, n}
	}
	slices.SortStableFunc(pins, func(a, b Pinned) int { return cmp.Compare(a.Size, b.Size) })
	return pins
}

// Summary is what a ledger claims and whether it holds.
type Summary struct {
	Checkpoint  Checkpoint // zero when none could be read
	Entries     int64      // how many were read
	Checkpoints int64      // how many of Heads were checked
	Findings    int64      // how many were reported; none means the ledger holds
}

// Verify checks a ledger with nothing but public keys: signatures, every
// entry's form, every tile, and the roots recomputed from the entries. It
// reports every defect it finds, naming the entry, and goes on. The error is
// for reading that failed, not for a ledger that does.
func Verify(ctx context.Context, s Source, v *Verifier, found func(Finding)) (Summary, error) {
	c := &check{ctx: ctx, Source: s, verifier: v}
	c.audit.Found = func(f Finding) { c.sum.Findings++; found(f) }
	var head Checkpoint
	note, err := s.Head()
	if err != nil && !defective(err) {
		return c.sum, err
	}
	if err == nil {
		head, err = v.Open(note)
	}
	if err != nil {
		c.report(BadCheckpoint, -1, "检查点：%[1]s", "checkpoint: %[2]s", gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN))
		return c.sum, nil
	}
	c.sum.Checkpoint = head
	err = c.run()
	return c.sum, err
}

// check is one run of Verify.
type check struct {
	Source
	ctx      context.Context
	verifier *Verifier
	sum      Summary
	audit    Audit
	tree     Builder

	next     func() (Signed, error, bool) // of Heads
	waiting  Checkpoint                   // the head whose size has not been reached
	from     gov.Text
	headsEnd bool

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

func (c *check) report(p Problem, index int64, zh, en string, args ...any) {
	c.audit.Found(Finding{Problem: p, Index: index, Text: gov.Textf(zh, en, args...)})
}

// defective tells a defect of the ledger from a failure to read it.
func defective(err error) bool {
	switch gov.CodeOf(err) {
	case gov.NotFound, gov.Invalid, gov.TooLarge:
		return true
	}
	return false
}

func (c *check) run() error {
	size := c.sum.Checkpoint.Size
	c.tree.Full = c.compareTile
	heads := c.Heads
	if heads == nil {
		heads = func(func(Signed, error) bool) {}
	}
	next, stop := iter.Pull2(heads)
	defer stop()
	c.next = next
	if err := c.advance(); err != nil {
		return err
	}
	for start := int64(0); start < size && !c.holes; start += TileWidth {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		t := Tile{Index: start / TileWidth, Width: int(min(TileWidth, size-start))}
		if err := c.bundle(t); err != nil {
			return err
		}
	}
	if !c.holes {
		if err := c.tree.Partial(c.compareTile); err != nil {
			return err
		}
		c.judge(c.tree.Root() == c.sum.Checkpoint.Root)
	}
	for !c.headsEnd && !c.holes { // the rest are of sizes the tree has not
		c.report(BadCheckpoint, -1, "%[1]s有 %[2]d 条，账本现只有 %[3]d 条", "%[4]s has %[2]d entries, the ledger now has %[3]d", c.from.ZH, c.waiting.Size, size, c.from.EN)
		if err := c.advance(); err != nil {
			return err
		}
	}
	c.audit.Finish()
	return nil
}

// advance checks the heads of the size reached and stops at a greater one.
func (c *check) advance() error {
	for {
		s, err, ok := c.next()
		if err != nil {
			return err
		}
		if !ok {
			c.headsEnd = true
			return nil
		}
		c.sum.Checkpoints++
		head, err := c.verifier.Open(s.Note)
		if err != nil {
			c.report(BadCheckpoint, -1, "%[1]s：%[2]s", "%[3]s: %[4]s", s.From.ZH, gov.TextOf(err, gov.ZH), s.From.EN, gov.TextOf(err, gov.EN))
			continue
		}
		c.waiting, c.from = head, s.From
		switch size := c.tree.Size(); {
		case head.Size > size:
			return nil
		case head.Size == size:
			c.compareHead()
		default:
			c.report(BadCheckpoint, -1, "%[1]s只有 %[2]d 条，排在 %[3]d 条之后", "%[4]s of %[2]d entries stands after %[3]d", s.From.ZH, head.Size, size, s.From.EN)
		}
	}
}

func (c *check) compareHead() {
	if root := c.tree.Root(); root != c.waiting.Root {
		c.report(BadRoot, -1, "%[1]s（%[2]d 条）的根哈希是 %[3]s，账本当时的根哈希却是 %[4]s", "%[5]s of %[2]d entries has the root %[3]s, but the ledger then had %[4]s",
			c.from.ZH, c.waiting.Size, c.waiting.Root, root, c.from.EN)
	}
}

// add appends a leaf and compares the head of that size, if there is one.
func (c *check) add(leaf Hash) error {
	if err := c.tree.Append(leaf); err != nil {
		return err
	}
	if c.headsEnd || c.waiting.Size != c.tree.Size() {
		return nil
	}
	c.compareHead()
	return c.advance()
}

// judge settles the doubts once the root is known.
func (c *check) judge(rootHolds bool) {
	for _, d := range c.doubts {
		if !rootHolds { // else the tile was changed, which compareTile has said
			c.audit.Found(Finding{ChangedEntry, d.index, d.id, gov.Textf(
				"第 %[1]d 条（%[2]s）与树中的叶哈希不符", "entry %[1]d (%[2]s) does not fit its leaf hash in the tree", d.index, d.id)})
		}
	}
	if !rootHolds {
		c.report(BadRoot, -1, "由条目重算的根哈希 %s 不是签名的 %s", "the entries have the root %s, not the signed %s", c.tree.Root(), c.sum.Checkpoint.Root)
	}
}

// bundle checks the entries below one level 0 tile and feeds the tree. Where
// the leaf hash is proven by the signed root it goes into the tree, so that a
// changed entry is named once and does not disturb what follows.
func (c *check) bundle(t Tile) error {
	leaves, proven, err := c.leaves(t)
	if err != nil {
		return err
	}
	entries, err := c.Entries(t)
	if err != nil && !defective(err) {
		return err
	}
	if len(entries) > t.Width {
		c.report(ChangedEntry, t.Index*TileWidth+int64(t.Width), "%[1]s 有 %[2]d 条，多于 %[3]d 条", "%[1]s holds %[2]d entries, more than %[3]d", t.EntriesPath(), len(entries), t.Width)
	}
	for i := range t.Width {
		index := t.Index*TileWidth + int64(i)
		var stored Stored
		if i < len(entries) {
			stored = entries[i]
		}
		var leaf Hash
		switch {
		case stored.Body != nil:
			if leaf, err = c.entry(index, stored, leaves, proven, i); err != nil {
				return err
			}
		case proven:
			c.lost(index, stored.ID)
			leaf = leaves[i]
		default:
			c.lost(index, stored.ID)
			c.report(BadRoot, -1, "第 %[1]d 条及其叶哈希均缺失或不可信，其后无法核验", "entry %[1]d is lost together with its leaf hash; what follows cannot be checked", index)
			c.holes = true
			return nil
		}
		if err := c.add(leaf); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) lost(index int64, id gov.ID) {
	text := gov.Textf("缺第 %[1]d 条", "entry %[1]d is missing", index)
	if !id.IsZero() {
		text = gov.Textf("缺第 %[1]d 条（%[2]s）", "entry %[1]d (%[2]s) is missing", index, id)
	}
	c.audit.Found(Finding{MissingEntry, index, id, text})
}

// entry checks one entry and returns the leaf hash to go on with.
func (c *check) entry(index int64, s Stored, leaves []Hash, proven bool, i int) (Hash, error) {
	c.sum.Entries++
	leaf := LeafHash(s.Body)
	e, ok := c.audit.Entry(index, s.Body)
	id := e.ID
	if id.IsZero() {
		id = s.ID
	}
	switch {
	case leaves == nil || leaf == leaves[i]:
	case proven:
		c.audit.Found(Finding{ChangedEntry, index, id, gov.Textf(
			"第 %[1]d 条（%[2]s）不是签名时的条目", "entry %[1]d (%[2]s) is not the one that was signed", index, id)})
		leaf = leaves[i]
	case len(c.doubts) < maxDoubts:
		c.doubts = append(c.doubts, doubt{index, id})
	}
	if ok && !s.ID.IsZero() && s.ID != e.ID {
		c.audit.Found(Finding{ChangedEntry, index, s.ID, gov.Textf(
			"第 %[1]d 条登记为 %[2]s，内容却是 %[3]s", "entry %[1]d is filed as %[2]s but reads %[3]s", index, s.ID, e.ID)})
	}
	if ok && c.Each != nil {
		return leaf, c.Each(index, e)
	}
	return leaf, nil
}

// leaves reads the leaf hashes of a tile, proven by the root if they can be.
// They are nil when the tile is missing or malformed.
func (c *check) leaves(t Tile) (leaves []Hash, proven bool, err error) {
	indexes := make([]int64, t.Width)
	for i := range indexes {
		indexes[i] = leafIndex(t.Index*TileWidth + int64(i))
	}
	got, err := authentic(c.sum.Checkpoint, c.Tile).ReadHashes(indexes)
	if err == nil {
		return fromTlog(got), true, nil
	}
	data, err := c.Tile(t)
	if err == nil {
		leaves, err = hashesOf(t, data)
	}
	if err != nil && !defective(err) {
		return nil, false, err
	}
	return leaves, false, nil // compareTile reports a defective tile
}

// compareTile checks a tile against the tree recomputed from the entries.
func (c *check) compareTile(t Tile, want []byte) error {
	got, err := c.Tile(t)
	switch {
	case err != nil && !defective(err):
		return err
	case err != nil:
		c.report(BadTile, -1, "哈希块 %[1]s：%[2]s", "tile %[1]s: %[3]s", t.Path(), gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN))
	case !bytes.Equal(got, want):
		c.report(BadTile, -1, "哈希块 %s 与由条目重算的不符", "tile %s is not what the entries hash to", t.Path())
	}
	return nil
}
