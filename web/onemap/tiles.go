package onemap

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"

	"quanxiang/geo/pmtiles"
	"quanxiang/gov"
	"quanxiang/web/ui"
)

// tilesRoot is where the tiles of a file stand; the next part of the address
// changes with the file.
const tilesRoot = "/map/tiles/"

// FileBase makes a base layer of the tiles in a PMTiles archive, which this
// program serves itself: nobody else learns who looks at the map. The file stays
// open until close. It returns what pmtiles.Open returns.
func FileBase(name string, b Base) (_ Base, close func() error, err error) {
	f, err := os.Open(name)
	if err != nil {
		return b, nil, gov.Errorf(gov.Invalid, "底图文件打不开：%v", "the map file cannot be opened: %v", err)
	}
	info, err := f.Stat()
	if err == nil {
		b.tiles, err = pmtiles.Open(f, info.Size())
	}
	if err != nil {
		return b, nil, errors.Join(err, f.Close())
	}
	b.URL = tilesRoot + fmt.Sprintf("%x-%x", info.ModTime().UnixMilli(), info.Size()) + "/{z}/{x}/{y}"
	if _, finest := b.tiles.Zooms(); b.MaxZoom == 0 || b.MaxZoom > finest {
		b.MaxZoom = finest
	}
	return b, f.Close, nil
}

// tile sends a tile of the file. Its address names the file as it is, so that
// browsers may keep it.
func (m *Map) tile(w http.ResponseWriter, r *http.Request) error {
	var at [3]int
	for i, name := range []string{"z", "x", "y"} {
		var err error
		if at[i], err = strconv.Atoi(r.PathValue(name)); err != nil {
			return gov.Errorf(gov.NotFound, "底图没有这一块", "the base layer has no such tile")
		}
	}
	tile, err := m.Base.tiles.Tile(at[0], at[1], at[2])
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=2592000, immutable")
	return ui.Send(w, r, m.Base.tiles.Media(), tile)
}
