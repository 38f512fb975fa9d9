package photo

import (
	"encoding/binary"
	"math"
	"strings"
	"time"

	"quanxiang/gov"
)

// Told is what a camera wrote about a picture. It is no evidence: anybody can
// write it.
type Told struct {
	Taken    time.Time // zero for not known; where no zone was written, that of China
	Placed   bool      // Lat and Lon are known
	Lat, Lon float64   // degrees of WGS 84
}

// Tags and types of Exif 2.32.
const (
	tagOrientation = 0x0112
	tagExif        = 0x8769
	tagGPS         = 0x8825
	tagTaken       = 0x9003 // DateTimeOriginal
	tagZone        = 0x9011 // OffsetTimeOriginal
	tagLatRef      = 1
	tagLat         = 2
	tagLonRef      = 3
	tagLon         = 4

	typeText     = 2
	typeShort    = 3
	typeLong     = 4
	typeRational = 5

	maxEntries = 512 // of a directory
)

// tiff reads the structure Exif stands in. Every read is checked against its
// bounds, and directories are not followed but for the two by name: it ends.
type tiff struct {
	data  []byte
	order binary.ByteOrder
}

// exifOf reads what is of use; what cannot be read is left out.
func exifOf(data []byte) (told Told, orientation int) {
	orientation = 1
	if len(data) < 8 {
		return told, orientation
	}
	t := tiff{data: data}
	switch string(data[:4]) {
	case "II*\x00":
		t.order = binary.LittleEndian
	case "MM\x00*":
		t.order = binary.BigEndian
	default:
		return told, orientation
	}
	first := t.directory(t.order.Uint32(data[4:]))
	if n := t.number(first[tagOrientation]); n >= 1 && n <= 8 {
		orientation = int(n)
	}
	if at, ok := first[tagExif]; ok {
		told.Taken = t.taken(t.directory(t.number(at)))
	}
	if at, ok := first[tagGPS]; ok {
		gps := t.directory(t.number(at))
		lat, ok1 := t.degrees(gps[tagLat], gps[tagLatRef], "N", "S", 90)
		lon, ok2 := t.degrees(gps[tagLon], gps[tagLonRef], "E", "W", 180)
		if ok1 && ok2 && (lat != 0 || lon != 0) { // cameras without a fix write zeros
			told.Lat, told.Lon, told.Placed = lat, lon, true
		}
	}
	return told, orientation
}

// entry is a tag's value.
type entry struct {
	kind  uint16
	count uint32
	value []byte // the four bytes of the value, or of where it stands
}

func (t tiff) directory(at uint32) map[uint16]entry {
	list := map[uint16]entry{}
	if uint64(at)+2 > uint64(len(t.data)) {
		return list
	}
	n := int(t.order.Uint16(t.data[at:]))
	rest := t.data[at+2:]
	for range min(n, maxEntries, len(rest)/12) {
		tag := t.order.Uint16(rest)
		if _, twice := list[tag]; !twice {
			list[tag] = entry{t.order.Uint16(rest[2:]), t.order.Uint32(rest[4:]), rest[8:12]}
		}
		rest = rest[12:]
	}
	return list
}

// number is a short or long, 0 for anything else.
func (t tiff) number(e entry) uint32 {
	switch {
	case e.count != 1:
		return 0
	case e.kind == typeShort:
		return uint32(t.order.Uint16(e.value))
	case e.kind == typeLong:
		return t.order.Uint32(e.value)
	}
	return 0
}

// bytes is a value of n bytes, nil when it is not whole.
func (t tiff) bytes(e entry, n int) []byte {
	if n <= 4 {
		return e.value[:min(n, len(e.value))]
	}
	at := uint64(t.order.Uint32(e.value))
	if at+uint64(n) > uint64(len(t.data)) {
		return nil
	}
	return t.data[at : at+uint64(n)]
}

func (t tiff) text(e entry) string {
	if e.kind != typeText || e.count == 0 || e.count > 64 {
		return ""
	}
	return strings.TrimSpace(strings.TrimRight(string(t.bytes(e, int(e.count))), "\x00"))
}

func (t tiff) taken(dir map[uint16]entry) time.Time {
	const layout = "2006:01:02 15:04:05"
	text := t.text(dir[tagTaken])
	at, err := time.Parse(layout+"-07:00", text+t.text(dir[tagZone]))
	if err != nil {
		at, err = time.ParseInLocation(layout, text, gov.China)
	}
	if err != nil || at.Year() < 1990 || at.Year() > 9000 { // a clock that was never set
		return time.Time{}
	}
	return at.UTC()
}

// degrees reads an angle of degrees, minutes and seconds.
func (t tiff) degrees(e, ref entry, plus, minus string, limit float64) (float64, bool) {
	if e.kind != typeRational || e.count != 3 {
		return 0, false
	}
	b := t.bytes(e, 24)
	if b == nil {
		return 0, false
	}
	sum := 0.0
	for i, share := range []float64{1, 60, 3600} {
		over, under := t.order.Uint32(b[8*i:]), t.order.Uint32(b[8*i+4:])
		if under == 0 {
			if over == 0 && i > 0 {
				continue // written for none
			}
			return 0, false
		}
		sum += float64(over) / float64(under) / share
	}
	switch t.text(ref) {
	case minus:
		sum = -sum
	case plus:
	default:
		return 0, false
	}
	return sum, !math.IsNaN(sum) && math.Abs(sum) <= limit
}
