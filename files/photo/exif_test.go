package photo

import (
	"encoding/binary"
	"testing"
	"time"
)

// directories writes a TIFF structure of a first directory, one of Exif and one
// of the position.
func directories(order binary.AppendByteOrder, head string, taken, zone string, orientation uint16, lat [6]uint32, latRef byte) []byte {
	b := order.AppendUint32([]byte(head), 8)
	put := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint16(order.AppendUint16(b, tag), kind)
		b = order.AppendUint32(order.AppendUint32(b, count), value)
	}
	short := func(tag, v uint16) {
		b = order.AppendUint16(order.AppendUint16(b, tag), typeShort)
		b = order.AppendUint16(order.AppendUint16(order.AppendUint32(b, 1), v), 0)
	}
	text4 := func(tag uint16, s byte) {
		b = order.AppendUint16(order.AppendUint16(b, tag), typeText)
		b = append(order.AppendUint32(b, 2), s, 0, 0, 0)
	}
	const exif, gps, words, angles = 100, 200, 300, 400
	b = order.AppendUint16(b, 3)
	short(tagOrientation, orientation)
	put(tagExif, typeLong, 1, exif)
	put(tagGPS, typeLong, 1, gps)
	b = append(b, make([]byte, exif-len(b))...)
	b = order.AppendUint16(b, 2)
	put(tagTaken, typeText, uint32(len(taken)+1), words)
	put(tagZone, typeText, uint32(len(zone)+1), words+40)
	b = append(b, make([]byte, gps-len(b))...)
	b = order.AppendUint16(b, 4)
	text4(tagLatRef, latRef)
	put(tagLat, typeRational, 3, angles)
	text4(tagLonRef, 'E')
	put(tagLon, typeRational, 3, angles)
	b = append(b, make([]byte, words-len(b))...)
	b = append(b, taken...)
	b = append(b, make([]byte, words+40-len(b))...)
	b = append(b, zone...)
	b = append(b, make([]byte, angles-len(b))...)
	for _, v := range lat {
		b = order.AppendUint32(b, v)
	}
	return b
}

func TestExif(t *testing.T) {
	t.Parallel()
	here := [6]uint32{39, 1, 54, 1, 4428, 100}
	for name, c := range map[string]struct {
		data        []byte
		taken       string
		lat         float64
		placed      bool
		orientation int
	}{
		"Intel":              {directories(binary.LittleEndian, "II*\x00", "2026:05:17 08:30:15", "+08:00", 3, here, 'N'), "2026-05-17T00:30:15Z", 39.9123, true, 3},
		"Motorola":           {directories(binary.BigEndian, "MM\x00*", "2026:05:17 08:30:15", "+01:00", 8, here, 'S'), "2026-05-17T07:30:15Z", -39.9123, true, 8},
		"no zone is China's": {directories(binary.BigEndian, "MM\x00*", "2026:05:17 08:30:15", "", 1, here, 'N'), "2026-05-17T00:30:15Z", 39.9123, true, 1},
		"a clock never set":  {directories(binary.BigEndian, "MM\x00*", "0000:00:00 00:00:00", "", 0, here, 'N'), "", 39.9123, true, 1},
		"no fix":             {directories(binary.BigEndian, "MM\x00*", "", "", 99, [6]uint32{0, 1, 0, 1, 0, 1}, 'N'), "", 0, false, 1},
		"no such degree":     {directories(binary.BigEndian, "MM\x00*", "", "", 1, [6]uint32{91, 1, 0, 1, 0, 1}, 'N'), "", 0, false, 1},
		"divided by nothing": {directories(binary.BigEndian, "MM\x00*", "", "", 1, [6]uint32{39, 0, 0, 1, 0, 1}, 'N'), "", 0, false, 1},
		"no hemisphere":      {directories(binary.BigEndian, "MM\x00*", "", "", 1, here, 'Q'), "", 0, false, 1},
		"nothing":            {nil, "", 0, false, 1},
		"something else":     {[]byte("II+\x00\x08\x00\x00\x00"), "", 0, false, 1},
		"a directory far away": {
			binary.LittleEndian.AppendUint32([]byte("II*\x00"), 0xffffffff), "", 0, false, 1},
		"a directory in itself": {
			append(binary.LittleEndian.AppendUint32([]byte("II*\x00"), 4), 0, 0, 0xff, 0xff), "", 0, false, 1},
	} {
		told, o := exifOf(c.data)
		taken := ""
		if !told.Taken.IsZero() {
			taken = told.Taken.Format(time.RFC3339)
		}
		if taken != c.taken || told.Placed != c.placed || o != c.orientation || told.Lat-c.lat > 1e-9 || c.lat-told.Lat > 1e-9 {
			t.Errorf("%s: %+v, orientation %d; want %+v", name, told, o, c)
		}
	}
}

func FuzzExif(f *testing.F) {
	f.Add(directories(binary.LittleEndian, "II*\x00", "2026:05:17 08:30:15", "+08:00", 3, [6]uint32{39, 1, 54, 1, 4428, 100}, 'N'))
	f.Add(directories(binary.BigEndian, "MM\x00*", "2026:05:17 08:30:15", "", 6, [6]uint32{39, 1, 54, 1, 4428, 100}, 'S'))
	f.Fuzz(func(t *testing.T, data []byte) {
		told, o := exifOf(data)
		if o < 1 || o > 8 || told.Placed && (told.Lat < -90 || told.Lat > 90 || told.Lon < -180 || told.Lon > 180) {
			t.Fatalf("%+v, orientation %d", told, o)
		}
	})
}
