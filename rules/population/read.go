package population

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sync/atomic"

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
	starts []int64       // of chunks
	known  []atomic.Bool // chunks whose digest was found right
}

// Open reads the index of a snapshot. Everything in it is checked against the
// length of the file before it is relied on; the chunks are when they are read.
func Open(data []byte) (*Snapshot, error) {
	if len(data) < len(magic)+8+len(end) || !bytes.HasPrefix(data, []byte(magic)) {
		return nil, wrong("1", "不是申报者快照", "this is no snapshot of a population")
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
	s.layout, s.known = s.Index.layout(), make([]atomic.Bool, len(s.Chunks))
	at := int64(len(magic))
	for i := range s.Chunks {
		s.starts = append(s.starts, at)
		at += s.Chunks[i].Bytes + s.Chunks[i].Words
	}
	return s, nil
}

// Chunk is rows of a snapshot that lie together.
type Chunk struct {
	First int64 // row of the snapshot
	Rows  int

	snapshot *Snapshot
	number   int
	columns  []Column   // by place of the layout; of counts Offsets is used
	offsets  [][]uint32 // of counts, nil if no row has any
}

// Chunk reads a chunk, checks it against its digest and holds that its numbers
// are what the index says they are. Codes and names are read by Row.
func (s *Snapshot) Chunk(n int) (*Chunk, error) {
	e := &s.Chunks[n]
	data := s.data[s.starts[n] : s.starts[n]+e.Bytes]
	if !s.known[n].Load() {
		if sha256.Sum256(data) != e.SHA256 {
			return nil, wrong("chunks", "第 %d 块与索引里的摘要不符", "chunk %d is not what its digest says", n+1)
		}
		s.known[n].Store(true)
	}
	c := &Chunk{First: int64(n) * ChunkRows, Rows: int(e.Rows), snapshot: s, number: n, columns: make([]Column, len(s.layout)), offsets: make([][]uint32, len(s.layout))}
	return c, c.read(data, 0)
}

// read reads the columns of facts (0) or of words (1).
func (c *Chunk) read(data []byte, of int) error {
	s, n := c.snapshot, c.number
	e := &s.Chunks[n]
	values, few := e.Values, e.Few
	for k, p := range s.layout {
		w, length := e.Widths[k], p.length(e)
		x := widths[w]
		mine := part(k, len(s.layout)) == of
		value, some := int64(0), int64(0)
		if w == '0' || x.few {
			value, values = values[0], values[1:]
		}
		if x.few {
			some, few = few[0], few[1:]
		}
		if !mine {
			continue
		}
		switch {
		case x.few:
			var ok bool
			if c.columns[k], ok = dense(data, w, some, length, value); !ok {
				return wrong("chunks", "第 %d 块的例外行不成次序", "chunk %d has exceptions that are not in their order", n+1)
			}
			data = data[pad(2*some)+pad(x.bytes*some):]
		case p.sort == sortBytes:
			c.columns[k] = Column{Len: int(length), U8: data[:length:length]}
			data = data[pad(length):]
		case w != '0':
			size := x.bytes * length
			c.columns[k] = column(data[:size:size], w-'0', length)
			data = data[pad(size):]
		case length > 0:
			c.columns[k] = Column{Len: int(length), Value: value, Least: value, Most: value}
		}
		if err := c.check(n, k, p, e); err != nil {
			return err
		}
	}
	return nil
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
	case sortCounts:
		return c.checkCounts(n, k, e.Items[p.items])
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

// checkCounts adds up how many entries the rows have, which must be as many as
// there are.
func (c *Chunk) checkCounts(n, k int, items int64) error {
	col := &c.columns[k]
	bad := wrong("chunks", "第 %d 块的清单首尾不接", "chunk %d has a list that does not end where its entries do", n+1)
	if col.Least < 0 || col.Most > maxEntries {
		return bad
	}
	if col.Most == 0 {
		if items != 0 {
			return bad
		}
		return nil
	}
	list, sum := make([]uint32, col.Len+1), int64(0)
	switch {
	case col.U8 != nil:
		sum = add(list, col.U8)
	case col.I32 != nil:
		sum = add(list, col.I32)
	default:
		for i := range col.Len {
			sum += col.At(i)
			list[i+1] = uint32(sum)
		}
	}
	if sum != items {
		return bad
	}
	c.offsets[k] = list
	return nil
}

// add writes where entries begin. What does not fit into 32 bits is not as many as
// there are.
func add[T uint8 | int32](list []uint32, counts []T) (sum int64) {
	for i, n := range counts {
		sum += int64(n)
		list[i+1] = uint32(sum)
	}
	return sum
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
func (c *Chunk) Row(row int) (Row, error) {
	if c.columns[len(c.columns)-4].Len == 0 {
		s := c.snapshot
		e := &s.Chunks[c.number]
		data := s.data[s.starts[c.number]+e.Bytes : s.starts[c.number]+e.Bytes+e.Words]
		if sha256.Sum256(data) != e.Digest {
			return Row{}, wrong("chunks", "第 %d 块的名称与索引里的摘要不符", "the names of chunk %d are not what their digest says", c.number+1)
		}
		if err := c.read(data, 1); err != nil {
			return Row{}, err
		}
	}
	r := Row{Code: c.word(len(c.columns)-4, row), Name: c.word(len(c.columns)-2, row)}
	for g := range r.Groups {
		r.Groups[g] = c.snapshot.Groups[g].Names[c.columns[g].At(row)]
	}
	return r, nil
}

func (c *Chunk) word(counts, row int) string {
	from, to := c.span(counts, row)
	if from == to {
		return ""
	}
	return string(bytes.ToValidUTF8(c.columns[counts+1].U8[from:to], []byte("?")))
}
