package population

import (
	"encoding/binary"
	"unsafe"
)

// Column is whole numbers, as narrow as they fit: one of the slices, or the same
// Value Len times. Least and Most bound them.
type Column struct {
	Len         int
	Value       int64
	U8          []uint8
	I32         []int32
	I64         []int64
	Least, Most int64
}

// At is the number at a place.
func (c *Column) At(i int) int64 {
	switch {
	case c.U8 != nil:
		return int64(c.U8[i])
	case c.I32 != nil:
		return int64(c.I32[i])
	case c.I64 != nil:
		return c.I64[i]
	}
	return c.Value
}

// little reports that this machine keeps numbers as files do.
var little = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// column reads n numbers of a width; what lies well in memory is not copied.
func column(data []byte, width byte, n int64) Column {
	c := Column{Len: int(n)}
	if n == 0 {
		return c
	}
	alias := little && uintptr(unsafe.Pointer(unsafe.SliceData(data)))%8 == 0
	switch width {
	case 1:
		c.U8 = data[:n:n]
		c.Least, c.Most = bounds(c.U8)
	case 4:
		if alias {
			c.I32 = unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(data))), n)
		} else {
			c.I32 = make([]int32, n)
			for i := range c.I32 {
				c.I32[i] = int32(binary.LittleEndian.Uint32(data[4*i:]))
			}
		}
		c.Least, c.Most = bounds(c.I32)
	case 8:
		if alias {
			c.I64 = unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(data))), n)
		} else {
			c.I64 = make([]int64, n)
			for i := range c.I64 {
				c.I64[i] = int64(binary.LittleEndian.Uint64(data[8*i:]))
			}
		}
		c.Least, c.Most = bounds(c.I64)
	}
	return c
}

func bounds[T uint8 | int32 | int64](list []T) (int64, int64) {
	least, most := list[0], list[0]
	for _, v := range list {
		least, most = min(least, v), max(most, v)
	}
	return int64(least), int64(most)
}

// widths are the ways of keeping a column by their letters: all rows have one value;
// numbers of 1, 4 or 8 bytes; or one value but for a few rows, whose numbers come
// first (2 bytes each) and then their values.
var widths = map[byte]struct {
	bytes int64
	few   bool
}{'0': {0, false}, '1': {1, false}, '4': {4, false}, '8': {8, false}, 'a': {1, true}, 'd': {4, true}, 'h': {8, true}}

// dense makes a column of one value but for a few rows; ok is false if those are not
// in their order.
func dense(data []byte, w byte, few, rows, value int64) (c Column, ok bool) {
	c = Column{Len: int(rows), Value: value, Least: value, Most: value}
	at := data[:2*few]
	x := column(data[pad(2*few):], byte(widths[w].bytes), few)
	if few == 0 {
		return c, true
	}
	c.Least, c.Most = min(value, x.Least), max(value, x.Most)
	switch {
	case c.Least >= 0 && c.Most < 1<<8:
		c.U8, ok = scatter(make([]uint8, rows), at, &x, value)
	case c.Least >= -1<<31 && c.Most < 1<<31:
		c.I32, ok = scatter(make([]int32, rows), at, &x, value)
	default:
		c.I64, ok = scatter(make([]int64, rows), at, &x, value)
	}
	return c, ok
}

func scatter[T uint8 | int32 | int64](list []T, at []byte, x *Column, value int64) ([]T, bool) {
	if value != 0 {
		for i := range list {
			list[i] = T(value)
		}
	}
	last := -1
	for i := range x.Len {
		row := int(binary.LittleEndian.Uint16(at[2*i:]))
		if row <= last || row >= len(list) {
			return nil, false
		}
		list[row] = T(x.At(i))
		last = row
	}
	return list, true
}

// maxConstant is the greatest number the index can hold.
const maxConstant = 1<<53 - 1

// width is how narrow numbers can be kept; of those of rows also whether all but a
// few are one value, and which.
func width(list []int64, rows bool) (w byte, value, few int64) {
	if len(list) == 0 {
		return '0', 0, 0
	}
	least, most := bounds(list)
	if least == most && least >= -maxConstant && most <= maxConstant {
		return '0', least, 0
	}
	w = narrow(least, most)
	if !rows || w == '1' && len(list) < 64 {
		return w, 0, 0
	}
	value = usual(list)
	if value < -maxConstant || value > maxConstant {
		return w, 0, 0
	}
	first := true
	for _, v := range list {
		if v == value {
			continue
		}
		if few++; first {
			least, most, first = v, v, false
		}
		least, most = min(least, v), max(most, v)
	}
	x := map[byte]byte{'1': 'a', '4': 'd', '8': 'h'}[narrow(least, most)]
	if few*(2+widths[x].bytes) < int64(len(list))*widths[w].bytes/2 {
		return x, value, few
	}
	return w, 0, 0
}

func narrow(least, most int64) byte {
	switch {
	case least >= 0 && most < 1<<8:
		return '1'
	case least >= -1<<31 && most < 1<<31:
		return '4'
	}
	return '8'
}

// usual is the value of more than half of a list, if there is one (Boyer and Moore).
func usual(list []int64) (v int64) {
	n := 0
	for _, x := range list {
		switch {
		case n == 0:
			v, n = x, 1
		case x == v:
			n++
		default:
			n--
		}
	}
	return v
}

// appendColumn writes numbers with a width, filled up to a multiple of 8.
func appendColumn(b []byte, list []int64, w byte, value int64) []byte {
	if widths[w].few {
		var few []int64
		for row, v := range list {
			if v != value {
				few = append(few, v)
				b = binary.LittleEndian.AppendUint16(b, uint16(row))
			}
		}
		return appendColumn(fill(b), few, byte('0'+widths[w].bytes), 0)
	}
	for _, v := range list {
		switch w {
		case '1':
			b = append(b, byte(v))
		case '4':
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		case '8':
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		}
	}
	return fill(b)
}

func fill(b []byte) []byte {
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return b
}
