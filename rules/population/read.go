package population

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"unsafe"

	"quanxiang/canon"
	"quanxiang/gov"
)

// Identity is the digest of a snapshot's index, and so of all it holds.
type Identity [sha256.Size]byte

// String is the identity as people compare it.
func (i Identity) String() string { return hex.EncodeToString(i[:]) }

// Snapshot is a file that was opened. Its methods may be called from any
// goroutine as long as the bytes are there.
type Snapshot struct {
	Index
	Identity Identity

	data   []byte
	layout []place
	starts []int64 // of chunks
}

// Open reads the index of a snapshot. Everything in it is checked against the
// length of the file before it is relied on; the chunks are when they are read.
func Open(data []byte) (*Snapshot, error) {
	if len(data) < len(magic)+8+len(end) || !bytes.HasPrefix(data, []byte(magic)) {
		return nil, wrong("1", "不是人口快照", "this is no snapshot of a population")
	}
	if !bytes.HasSuffix(data, []byte(end)) {
		return nil, wrong("end", "文件不完整", "the file is cut off")
	}
	tail := data[:len(data)-len(end)]
	n := binary.LittleEndian.Uint64(tail[len(tail)-8:])
	tail = tail[len(magic) : len(tail)-8]
	if n > maxIndex || n > uint64(len(tail)) {
		return nil, wrong("end", "索引的长度不对", "the index has a length that cannot be")
	}
	body := tail[uint64(len(tail))-n:]
	s := &Snapshot{Identity: sha256.Sum256(body), data: data}
	if err := canon.Unmarshal(body, &s.Index); err != nil {
		return nil, wrong("index", "%[1]s", "%[2]s", gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN))
	}
	if err := s.check(int64(len(magic)+len(tail)) - int64(n)); err != nil {
		return nil, err
	}
	s.layout = s.Index.layout()
	at := int64(len(magic))
	for i := range s.Chunks {
		s.starts = append(s.starts, at)
		at += s.Chunks[i].Bytes
	}
	return s, nil
}

// Chunk is rows of a snapshot that lie together.
type Chunk struct {
	First int64 // row of the snapshot
	Rows  int

	snapshot *Snapshot
	columns  []Column   // by place of the layout; of starts Offsets is used
	offsets  [][]uint32 // of starts, nil if all are 0
}

// Chunk reads a chunk, checks it against its digest and holds that its numbers
// are what the index says they are.
func (s *Snapshot) Chunk(n int) (*Chunk, error) {
	e := &s.Chunks[n]
	data := s.data[s.starts[n] : s.starts[n]+e.Bytes]
	if sha256.Sum256(data) != e.SHA256 {
		return nil, wrong("chunks", "第 %d 块与索引里的摘要不符", "chunk %d is not what its digest says", n+1)
	}
	c := &Chunk{First: int64(n) * ChunkRows, Rows: int(e.Rows), snapshot: s, columns: make([]Column, len(s.layout)), offsets: make([][]uint32, len(s.layout))}
	constants := e.Values
	for k, p := range s.layout {
		w, length := e.Widths[k]-'0', p.length(e)
		if w == 0 {
			v := constants[0]
			constants = constants[1:]
			c.columns[k] = Column{Len: int(length), Value: v, Least: v, Most: v}
			if length == 0 {
				c.columns[k] = Column{}
			}
		} else {
			size := int64(w) * length
			c.columns[k] = column(data[:size:size], w, length)
			data = data[pad(size):]
		}
		if err := c.check(n, k, p, e); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// check holds that a column can be used.
func (c *Chunk) check(n, k int, p place, e *Entry) error {
	x, col := c.snapshot, &c.columns[k]
	if col.Len == 0 {
		return nil
	}
	bad := func(name string) error {
		return wrong("chunks", "第 %[1]d 块的“%[2]s”有不可能的值", "chunk %[1]d has a value of %[2]q that cannot be", n+1, name)
	}
	least, most, name := int64(-1<<62), int64(1<<62), ""
	switch p.sort {
	case sortStarts:
		return c.checkStarts(n, k, e.Items[p.items])
	case sortGroup:
		least, most, name = 0, int64(len(x.Groups[p.fact].Names)-1), x.Groups[p.fact].ID
	case sortFact, sortField:
		f := &x.Facts[p.fact]
		if p.sort == sortField {
			f = &f.Fields[p.field]
		}
		name = f.Name
		switch f.Type {
		case "choice":
			least, most = 0, int64(len(f.Choices)-1)
		case "yesno":
			least, most = 0, 1
		case "text":
			least, most = 0, 1<<31-1
		}
	case sortPaidBack:
		least, most, name = 1, 200, "paid"
	case sortPaidBenefit:
		least, most, name = 0, int64(len(x.Paid)-1), "paid"
	case sortPaidKey:
		least, most, name = 0, 1<<31-1, "paid"
	case sortPaidAmount:
		least, most, name = 0, maxAmount, "paid"
	case sortBytes:
		return nil
	}
	if col.Least < least || col.Most > most {
		return bad(name)
	}
	return nil
}

// checkStarts holds that entries follow each other and end where they must.
func (c *Chunk) checkStarts(n, k int, items int64) error {
	col := &c.columns[k]
	bad := wrong("chunks", "第 %d 块的清单首尾不接", "chunk %d has a list whose entries do not follow each other", n+1)
	if col.I32 == nil {
		if col.Value != 0 || items != 0 {
			return bad
		}
		return nil
	}
	list := unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(col.I32))), len(col.I32))
	last := uint32(0)
	if list[0] != 0 || int64(list[len(list)-1]) != items {
		return bad
	}
	for _, v := range list {
		if v < last {
			return bad
		}
		last = v
	}
	c.offsets[k] = list
	return nil
}

// span is where the entries of a row are.
func (c *Chunk) span(k, row int) (int, int) {
	if c.offsets[k] == nil {
		return 0, 0
	}
	return int(c.offsets[k][row]), int(c.offsets[k][row+1])
}

// Group is the column of one of GroupIDs: places in Names.
func (c *Chunk) Group(g int) *Column { return &c.columns[g] }

// Row tells who a row is.
func (c *Chunk) Row(row int) Row {
	r := Row{Code: c.word(len(c.columns)-4, row), Name: c.word(len(c.columns)-2, row)}
	for g := range r.Groups {
		r.Groups[g] = c.snapshot.Groups[g].Names[c.columns[g].At(row)]
	}
	return r
}

func (c *Chunk) word(starts, row int) string {
	from, to := c.span(starts, row)
	if from == to {
		return ""
	}
	return string(bytes.ToValidUTF8(c.columns[starts+1].U8[from:to], []byte("?")))
}
