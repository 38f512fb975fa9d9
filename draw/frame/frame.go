// Package frame freezes what is drawn from: rows of fixed length in the order
// of their identifiers, and the RFC 6962 tree over them, with proofs that
// somebody is in it and that somebody is not (docs/spec/draw.md, section 3).
package frame

import (
	"encoding/binary"

	"quanxiang/draw/lot"
	"quanxiang/gov"
)

// RowSize is the length of a row in bytes.
const RowSize = 54

// AttrSize is the length of the digest of a row's attributes in bytes.
const AttrSize = 28

// Row is a subject of a frame, an exempt subject or an inspector.
type Row struct {
	UID   lot.UID
	Group uint32 // stratum, reason of exemption, or department
	Count uint16 // balls, 0, or flags
	Attr  [AttrSize]byte
}

// Rows are rows one after the other, each the bytes a leaf hashes.
type Rows []byte

// Append adds a row.
func (r Rows) Append(row Row) Rows {
	r = append(r, row.UID[:]...)
	r = binary.BigEndian.AppendUint32(r, row.Group)
	r = binary.BigEndian.AppendUint16(r, row.Count)
	return append(r, row.Attr[:]...)
}

// Len is the number of rows.
func (r Rows) Len() int { return len(r) / RowSize }

// UID points into row i. It must not be written to.
func (r Rows) UID(i int) *lot.UID { return (*lot.UID)(r[i*RowSize:]) }

// Group is the stratum, reason or department of row i.
func (r Rows) Group(i int) uint32 { return binary.BigEndian.Uint32(r[i*RowSize+20:]) }

// Count is the balls or flags of row i.
func (r Rows) Count(i int) uint16 { return binary.BigEndian.Uint16(r[i*RowSize+24:]) }

// At is row i.
func (r Rows) At(i int) Row {
	b := r[i*RowSize : (i+1)*RowSize]
	return Row{UID: lot.UID(b[:20]), Group: r.Group(i), Count: r.Count(i), Attr: [AttrSize]byte(b[26:])}
}

// Find is the place of a uid among rows in order, and whether it is there. If
// it is not, it would stand at that place.
func (r Rows) Find(u lot.UID) (int, bool) {
	lo, hi := 0, r.Len()
	for lo < hi {
		m := (lo + hi) / 2
		switch c := r.UID(m).Compare(u); {
		case c == 0:
			return m, true
		case c < 0:
			lo = m + 1
		default:
			hi = m
		}
	}
	return lo, false
}

// Check refuses rows that are cut, out of order, repeated or of wrong
// identifiers.
func (r Rows) Check() error {
	if len(r)%RowSize != 0 {
		return gov.Errorf(gov.Invalid, "名册的长度不是 %d 字节的倍数", "the rows are not of %d bytes each", RowSize)
	}
	for i := range r.Len() {
		if err := r.UID(i).Check(); err != nil {
			return err
		}
		if i > 0 && r.UID(i-1).Compare(*r.UID(i)) >= 0 {
			return gov.Errorf(gov.Invalid, "名册第 %[1]d 行不在前一行之后", "row %[1]d does not come after the one before", i)
		}
	}
	return nil
}

// Attr hides attributes behind a row: whoever has them and the salt can check
// them, and nobody can try them out.
func Attr(s lot.Suite, salt, attributes []byte) [AttrSize]byte {
	sum := s.TH("attr", salt, attributes)
	return [AttrSize]byte(sum[:AttrSize])
}

// Leaf is the leaf hash of a row.
func Leaf(s lot.Suite, row []byte) lot.Hash {
	var b [1 + RowSize]byte
	copy(b[1:], row)
	return s.Sum(b[:])
}

// Root is what a plan says of a tree.
type Root struct {
	Root lot.Hash `json:"root"`
	Size uint32   `json:"size"`
}

// Freeze is the root over rows. Memory does not grow with them.
func Freeze(s lot.Suite, rows Rows) Root {
	b := Builder{Suite: s}
	for i := range rows.Len() {
		b.Add(Leaf(s, rows[i*RowSize:(i+1)*RowSize]))
	}
	return b.Root()
}

// FreezeUIDs is the root over the subjects of two sets of rows in order, which
// is what the register holds for them. It refuses a subject that is in both.
func FreezeUIDs(s lot.Suite, a, b Rows) (Root, error) {
	out := Builder{Suite: s}
	var leaf [1 + lot.UIDSize]byte
	for i, j := 0, 0; i < a.Len() || j < b.Len(); {
		from, at := a, &i
		if i == a.Len() {
			from, at = b, &j
		} else if j < b.Len() {
			switch a.UID(i).Compare(*b.UID(j)) {
			case 0:
				return Root{}, gov.Errorf(gov.Invalid, "%s 既在名册中又被豁免", "%s is in the frame and exempt", *a.UID(i))
			case 1:
				from, at = b, &j
			}
		}
		copy(leaf[1:], from.UID(*at)[:])
		out.Add(s.Sum(leaf[:]))
		*at++
	}
	return out.Root(), nil
}
