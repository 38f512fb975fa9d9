package pmtiles

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"

	"quanxiang/gov"
)

// The numbers are those of the specification's example and of its other readers.
func TestTileID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		z    int
		x, y uint64
		want uint64
	}{
		{0, 0, 0, 0}, {1, 0, 0, 1}, {1, 0, 1, 2}, {1, 1, 1, 3}, {1, 1, 0, 4}, {2, 0, 0, 5}, {12, 3423, 1763, 19078479},
	} {
		if got := tileID(c.z, c.x, c.y); got != c.want {
			t.Errorf("tile %d/%d/%d has number %d, want %d", c.z, c.x, c.y, got, c.want)
		}
	}
	for z := range 6 { // every number of a zoom once, and neighbours on the curve are neighbours on the map
		side := uint64(1) << z
		at := map[uint64][2]int{}
		for x := range side {
			for y := range side {
				at[tileID(z, x, y)] = [2]int{int(x), int(y)}
			}
		}
		first := (uint64(1)<<(2*z) - 1) / 3
		for id := first; id < first+side*side; id++ {
			p, ok := at[id]
			if !ok {
				t.Fatalf("zoom %d: no tile has number %d", z, id)
			}
			if q := at[id-1]; id > first && max(p[0]-q[0], q[0]-p[0])+max(p[1]-q[1], q[1]-p[1]) != 1 {
				t.Errorf("zoom %d: %v and %v follow each other", z, q, p)
			}
		}
	}
}

func pack(dir []entry, zipped bool) []byte {
	b := binary.AppendUvarint(nil, uint64(len(dir)))
	last := uint64(0)
	for _, e := range dir {
		b = binary.AppendUvarint(b, e.id-last)
		last = e.id
	}
	for _, e := range dir {
		b = binary.AppendUvarint(b, e.run)
	}
	for _, e := range dir {
		b = binary.AppendUvarint(b, e.length)
	}
	for i, e := range dir {
		o := e.offset + 1
		if i > 0 && e.offset == dir[i-1].offset+dir[i-1].length {
			o = 0
		}
		b = binary.AppendUvarint(b, o)
	}
	if !zipped {
		return b
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(b)
	if err := errors.Join(err, z.Close()); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// archive is one with every tile of zooms 0 to max, four of a leaf, all tiles of
// the finest zoom's first four alike.
func archive(max int, zipped bool) []byte {
	var tiles, leaves []byte
	var all []entry
	last := (uint64(1)<<(2*(max+1)) - 1) / 3
	fine := (uint64(1)<<(2*max) - 1) / 3
	for id := uint64(0); id < last; {
		e := entry{id: id, run: 1, offset: uint64(len(tiles))}
		if id == fine && max > 0 {
			e.run = 4
		}
		text := fmt.Sprint("tile ", id)
		e.length = uint64(len(text))
		tiles = append(tiles, text...)
		all = append(all, e)
		id += e.run
	}
	var root []entry
	for some := range slices.Chunk(all, 4) {
		b := pack(some, zipped)
		root = append(root, entry{id: some[0].id, length: uint64(len(b)), offset: uint64(len(leaves))})
		leaves = append(leaves, b...)
	}
	top := pack(root, zipped)
	h := make([]byte, headerSize)
	copy(h, "PMTiles\x03")
	put := func(i int, n int) { binary.LittleEndian.PutUint64(h[i:], uint64(n)) }
	put(8, headerSize)
	put(16, len(top))
	put(40, headerSize+len(top))
	put(48, len(leaves))
	put(56, headerSize+len(top)+len(leaves))
	put(64, len(tiles))
	h[97], h[98], h[99], h[101] = notCompressed, notCompressed, 2, byte(max)
	if zipped {
		h[97] = gzipped
	}
	return slices.Concat(h, top, leaves, tiles)
}

func TestTiles(t *testing.T) {
	t.Parallel()
	for _, zipped := range []bool{false, true} {
		b := archive(4, zipped)
		a, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		if min, max := a.Zooms(); min != 0 || max != 4 || a.Media() != "image/png" {
			t.Errorf("zooms %d to %d of %s", min, max, a.Media())
		}
		fine := tileID(4, 0, 0)
		for z := range 5 {
			for x := range 1 << z {
				for y := range 1 << z {
					id := tileID(z, uint64(x), uint64(y))
					if id >= fine && id < fine+4 {
						id = fine
					}
					if got, err := a.Tile(z, x, y); err != nil || string(got) != fmt.Sprint("tile ", id) {
						t.Fatalf("%d/%d/%d is %q, %v, want tile %d", z, x, y, got, err, id)
					}
				}
			}
		}
		for _, c := range [][3]int{{5, 0, 0}, {4, 16, 0}, {4, 0, 16}, {4, -1, 0}, {-1, 0, 0}, {99, 0, 0}} {
			if _, err := a.Tile(c[0], c[1], c[2]); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("%v: %v", c, err)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	good := archive(2, true)
	for _, c := range []struct {
		why  string
		edit func(b []byte) []byte
	}{
		{"nothing", func([]byte) []byte { return nil }},
		{"another file", func(b []byte) []byte { return append([]byte("PK\x03\x04"), b...) }},
		{"version 2", func(b []byte) []byte { b[7] = 2; return b }},
		{"vector tiles", func(b []byte) []byte { b[99] = 1; return b }},
		{"another compression", func(b []byte) []byte { b[97] = 4; return b }},
		{"cut off", func(b []byte) []byte { return b[:len(b)-1] }},
		{"a root directory of nonsense", func(b []byte) []byte { b[headerSize] ^= 0xff; return b }},
		{"zooms that cannot be", func(b []byte) []byte { b[100] = 9; return b }},
	} {
		b := c.edit(slices.Clone(good))
		if _, err := Open(bytes.NewReader(b), int64(len(b))); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

// No archive makes reading crash, or allocate without bound.
func FuzzTiles(f *testing.F) {
	f.Add(archive(2, true))
	f.Add(archive(1, false))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		min, max := a.Zooms()
		for z := min; z <= max; z++ {
			if _, err := a.Tile(z, 0, 1<<z-1); err != nil && gov.CodeOf(err) != gov.NotFound && gov.CodeOf(err) != gov.Invalid {
				t.Error(err)
			}
		}
	})
}
