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

// maxConstant is the greatest number the index can hold.
const maxConstant = 1<<53 - 1

// width is how narrow numbers can be kept, '0' if they are all the same.
func width(list []int64) byte {
	if len(list) == 0 {
		return '0'
	}
	least, most := bounds(list)
	switch {
	case least == most && least >= -maxConstant && most <= maxConstant:
		return '0'
	case least >= 0 && most < 1<<8:
		return '1'
	case least >= -1<<31 && most < 1<<31:
		return '4'
	}
	return '8'
}

// appendColumn writes numbers with a width, filled up to a multiple of 8.
func appendColumn(b []byte, list []int64, w byte) []byte {
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
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return b
}
