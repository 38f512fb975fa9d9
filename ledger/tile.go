package ledger

import (
	"fmt"
	"strconv"
	"strings"

	"quanxiang/gov"
)

const tileHeight = 8 // levels of the tree

// TileWidth is the number of hashes in a full tile, and of entries in a full
// bundle, as C2SP tlog-tiles fixes it.
const TileWidth = 1 << tileHeight

// MaxSize bounds the number of entries a checkpoint, receipt or export may
// claim. It keeps arithmetic on numbers from strangers far from overflow.
const MaxSize = int64(1) << 48

// Tile names a run of hashes: the Width first of the up to 256 hashes of
// number Index at a level. Level 0 holds leaf hashes; every hash above is the
// tree hash of a full tile below.
type Tile struct {
	Level int
	Index int64
	Width int // 1 to 256; below 256 the tile is partial
}

// Path is where the tile lies in an export: tile/<L>/<N>[.p/<W>].
func (t Tile) Path() string { return "tile/" + strconv.Itoa(t.Level) + "/" + t.suffix() }

// EntriesPath is where the bundle of the entries below a level 0 tile lies:
// tile/entries/<N>[.p/<W>].
func (t Tile) EntriesPath() string { return "tile/entries/" + t.suffix() }

// suffix writes N in groups of three digits, all but the last led by an x, and
// the width of a partial tile.
func (t Tile) suffix() string {
	s := fmt.Sprintf("%03d", t.Index%1000)
	for n := t.Index / 1000; n > 0; n /= 1000 {
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	if t.Width < TileWidth {
		s += ".p/" + strconv.Itoa(t.Width)
	}
	return s
}

// ParseTilePath reads a path that Path or EntriesPath wrote; entries tells
// which. It returns NotFound for anything else, as a server should.
func ParseTilePath(path string) (t Tile, entries bool, err error) {
	notFound := gov.Errorf(gov.NotFound, "没有“%.80s”这个账本文件", "the ledger has no file %.80q", path)
	rest, ok := strings.CutPrefix(path, "tile/")
	level, rest, _ := strings.Cut(rest, "/")
	if !ok {
		return Tile{}, false, notFound
	}
	if entries = level == "entries"; !entries {
		if t.Level, err = strconv.Atoi(level); err != nil || t.Level < 0 || t.Level > 5 {
			return Tile{}, false, notFound
		}
	}
	t.Width = TileWidth
	rest, width, partial := strings.Cut(rest, ".p/")
	if partial {
		if t.Width, err = strconv.Atoi(width); err != nil || t.Width < 1 || t.Width >= TileWidth {
			return Tile{}, false, notFound
		}
	}
	digits := strings.ReplaceAll(strings.ReplaceAll(rest, "x", ""), "/", "")
	if t.Index, err = strconv.ParseInt(digits, 10, 64); err != nil || t.Index < 0 || t.Index >= MaxSize {
		return Tile{}, false, notFound
	}
	if again := t.Path(); again != path && (!entries || t.EntriesPath() != path) {
		return Tile{}, false, notFound
	}
	return t, entries, nil
}

// edgeTiles lists the partial tiles of a tree, lowest level first. Level l of a
// tree of size s has a partial tile of width floor(s / 256^l) mod 256.
func edgeTiles(size int64) []Tile {
	var tiles []Tile
	for level, n := 0, size; n > 0; level, n = level+1, n>>tileHeight {
		if w := int(n % TileWidth); w > 0 {
			tiles = append(tiles, Tile{Level: level, Index: n >> tileHeight, Width: w})
		}
	}
	return tiles
}

// hashesOf splits tile data. It is Invalid unless it holds at least the tile's
// width; a wider, later version of a partial tile serves as well.
func hashesOf(t Tile, data []byte) ([]Hash, error) {
	if len(data)%len(Hash{}) != 0 || len(data) < t.Width*len(Hash{}) || len(data) > TileWidth*len(Hash{}) {
		return nil, gov.Errorf(gov.Invalid, "哈希块 %[1]s 长 %[2]d 字节，应为 %[3]d 字节", "tile %[1]s takes %[2]d bytes, not %[3]d", t.Path(), len(data), t.Width*len(Hash{}))
	}
	hashes := make([]Hash, t.Width)
	for i := range hashes {
		copy(hashes[i][:], data[i*len(Hash{}):])
	}
	return hashes, nil
}

// tileData is the content of a tile file: its hashes one after the other.
func tileData(hashes []Hash) []byte {
	b := make([]byte, 0, len(hashes)*len(Hash{}))
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}
