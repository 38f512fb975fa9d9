// Package pmtiles reads the tiles of a map out of one file, a PMTiles archive of
// version 3 (github.com/protomaps/PMTiles, spec/v3), as far as pictures are in
// it: they are shown as they are, without a library in the browser. See
// docs/adr/0037.
package pmtiles

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"quanxiang/gov"
)

// Limits that no sound archive of pictures comes near, bytes unpacked.
const (
	maxDirectory = 8 << 20
	maxTile      = 8 << 20
)

// maxDepth is how deep leaf directories lie at most, the root not counted. One
// is usual.
const maxDepth = 3

// keptLeaves is how many leaf directories are kept in memory.
const keptLeaves = 64

// MaxZoom is the finest zoom whose tiles have numbers of 64 bits.
const MaxZoom = 31

// The numbers of the specification.
const (
	headerSize = 127
	version    = 3

	notCompressed = 1
	gzipped       = 2
)

// medias are the types of pictures by their number.
var medias = map[byte]string{2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif"}

// Archive is an open archive. Its methods may be called from any goroutine.
type Archive struct {
	r        io.ReaderAt
	media    string
	packed   byte // how directories are compressed
	zipped   bool // tiles are compressed on top of what their type does
	min, max int
	leaves   section
	tiles    section
	root     []entry

	mu    sync.Mutex // guards kept
	kept  map[uint64][]entry
	order []uint64 // of kept, the oldest first
}

// section is a part of the file.
type section struct{ offset, length uint64 }

// entry is one of a directory: a run of tiles with the same bytes, or where the
// run is zero a leaf directory.
type entry struct {
	id, run, length, offset uint64
}

// Open reads the header and the root directory of an archive of size bytes. It
// returns Invalid for what is no archive of version 3, or holds no pictures.
func Open(r io.ReaderAt, size int64) (*Archive, error) {
	var h [headerSize]byte
	if _, err := r.ReadAt(h[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the header of a map file: %w", err)
	}
	if string(h[:7]) != "PMTiles" {
		return nil, gov.Errorf(gov.Invalid, "这不是 PMTiles 文件", "this is no PMTiles file")
	}
	if h[7] != version {
		return nil, gov.Errorf(gov.Invalid, "这是第 %d 版 PMTiles，只能使用第 3 版，请用 pmtiles convert 转换", "this is version %d of PMTiles; convert it to version 3", h[7])
	}
	at := func(i int) section {
		return section{binary.LittleEndian.Uint64(h[i:]), binary.LittleEndian.Uint64(h[i+8:])}
	}
	root := at(8)
	a := &Archive{r: r, packed: h[97], zipped: h[98] == gzipped, min: int(h[100]), max: int(h[101]), leaves: at(40), tiles: at(56), kept: map[uint64][]entry{}}
	var ok bool
	if a.media, ok = medias[h[99]]; !ok {
		return nil, gov.Errorf(gov.Invalid, "这个 PMTiles 文件不是图片瓦片（类型 %d），请换用 PNG、JPEG 或 WebP 瓦片", "the tiles of this PMTiles file are no pictures (type %d); use one of PNG, JPEG or WebP", h[99])
	}
	if a.packed != notCompressed && a.packed != gzipped || h[98] > gzipped {
		return nil, gov.Errorf(gov.Invalid, "这个 PMTiles 文件的压缩方式不受支持，请用 gzip", "the compression of this PMTiles file is not supported; use gzip")
	}
	if a.min > a.max || a.max > MaxZoom {
		return nil, damaged()
	}
	for _, s := range []section{root, a.leaves, a.tiles} {
		if s.offset > uint64(size) || s.length > uint64(size)-s.offset {
			return nil, damaged()
		}
	}
	var err error
	a.root, err = a.directory(root, section{0, 1 << 62})
	return a, err
}

func damaged() error {
	return gov.Errorf(gov.Invalid, "这个 PMTiles 文件不完整或已损坏", "this PMTiles file is incomplete or damaged")
}

// Media is the media type of the tiles.
func (a *Archive) Media() string { return a.media }

// Zooms are the coarsest and the finest zoom there are tiles of.
func (a *Archive) Zooms() (coarsest, finest int) { return a.min, a.max }

// Tile returns a tile by zoom, column from the west and row from the north, or
// NotFound for one that is not in the archive.
func (a *Archive) Tile(z, x, y int) ([]byte, error) {
	none := gov.Errorf(gov.NotFound, "底图没有这一块", "the base layer has no such tile")
	if z < a.min || z > a.max || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return nil, none
	}
	id, dir := tileID(z, uint64(x), uint64(y)), a.root
	for range maxDepth + 1 {
		i, found := slices.BinarySearchFunc(dir, id, func(e entry, id uint64) int { return cmp.Compare(e.id, id) })
		if !found {
			i--
		}
		switch {
		case i < 0:
			return nil, none
		case dir[i].run == 0:
			var err error
			if dir, err = a.leaf(dir[i]); err != nil {
				return nil, err
			}
		case id-dir[i].id >= dir[i].run:
			return nil, none
		default:
			return a.read(section{dir[i].offset, dir[i].length}, a.tiles, a.zipped, maxTile)
		}
	}
	return nil, damaged()
}

// leaf is a leaf directory, from memory if it is there.
func (a *Archive) leaf(e entry) ([]entry, error) {
	a.mu.Lock()
	dir, ok := a.kept[e.offset]
	a.mu.Unlock()
	if ok {
		return dir, nil
	}
	dir, err := a.directory(section{e.offset, e.length}, a.leaves)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.kept[e.offset]; !ok {
		a.kept[e.offset], a.order = dir, append(a.order, e.offset)
	}
	if len(a.order) > keptLeaves {
		delete(a.kept, a.order[0])
		a.order = slices.Delete(a.order, 0, 1)
	}
	return dir, nil
}

// directory reads a directory within a section of the file.
func (a *Archive) directory(s, in section) ([]entry, error) {
	b, err := a.read(s, in, a.packed == gzipped, maxDirectory)
	if err != nil {
		return nil, err
	}
	bad := false
	next := func() uint64 {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			bad = true
			return 0
		}
		b = b[size:]
		return n
	}
	n := next()
	if n == 0 || n > uint64(len(b)/4) { // an entry has four bytes at least
		return nil, damaged()
	}
	dir := make([]entry, n)
	last := uint64(0)
	for i := range dir {
		last += next()
		dir[i].id = last
	}
	for i := range dir {
		dir[i].run = next()
	}
	for i := range dir {
		dir[i].length = next()
	}
	for i := range dir {
		switch o := next(); {
		case o > 0:
			dir[i].offset = o - 1
		case i > 0:
			dir[i].offset = dir[i-1].offset + dir[i-1].length
		default:
			bad = true
		}
	}
	if bad || !slices.IsSortedFunc(dir, func(x, y entry) int { return cmp.Compare(x.id, y.id) }) {
		return nil, damaged()
	}
	return dir, nil
}

// read reads a part of a section of the file, at most limit bytes when they are
// unpacked.
func (a *Archive) read(s, in section, zipped bool, limit int) ([]byte, error) {
	if s.offset > in.length || s.length > in.length-s.offset || s.length > uint64(limit) {
		return nil, damaged()
	}
	b := make([]byte, s.length)
	if _, err := a.r.ReadAt(b, int64(in.offset+s.offset)); errors.Is(err, io.EOF) {
		return nil, damaged()
	} else if err != nil {
		return nil, fmt.Errorf("read a map file: %w", err)
	}
	if !zipped {
		return b, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, damaged()
	}
	b, err = io.ReadAll(io.LimitReader(z, int64(limit)+1))
	if err != nil || len(b) > limit {
		return nil, damaged()
	}
	return b, nil
}

// tileID is the number of a tile: zoom after zoom, in each along the Hilbert
// curve.
func tileID(z int, x, y uint64) uint64 {
	id := (uint64(1)<<(2*z) - 1) / 3
	for s := uint64(1) << z >> 1; s > 0; s >>= 1 {
		rx, ry := x&s/s, y&s/s
		id += s * s * (3*rx ^ ry)
		x, y = x&(s-1), y&(s-1)
		if ry == 0 {
			if rx == 1 {
				x, y = s-1-x, s-1-y
			}
			x, y = y, x
		}
	}
	return id
}
