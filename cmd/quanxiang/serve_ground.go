package main

import (
	"flag"
	"strings"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/web/onemap"
)

// groundFlags say which picture lies under the layers of the map. The settings
// of the environment stand behind the flags.
func groundFlags(e *cli.Env, fs *flag.FlagSet) *onemap.Base {
	b := &onemap.Base{System: geo.CGCS2000}
	fs.StringVar(&b.URL, "map-tiles", e.Getenv("QUANXIANG_MAP_TILES"), gov.Text{
		ZH: "地图底图：含 {z}、{x}、{y} 的网址（XYZ 或 WMTS，Web 墨卡托），或本机的 PMTiles 文件；不写则没有底图",
		EN: "the map’s base layer: an address with {z}, {x}, {y} (XYZ or WMTS, Web Mercator), or a PMTiles file on this machine; without it there is none"}.In(e.Lang))
	fs.StringVar(&b.Attribution, "map-attribution", e.Getenv("QUANXIANG_MAP_ATTRIBUTION"), gov.Text{
		ZH: "底图的来源，如审图号", EN: "who made the base layer, such as its approval number"}.In(e.Lang))
	fs.Func("map-system", gov.Text{
		ZH: "底图的坐标系：CGCS2000（默认）、WGS84、GCJ-02、BD-09", EN: "the base layer’s system of coordinates: CGCS2000 (default), WGS84, GCJ-02, BD-09"}.In(e.Lang),
		func(s string) (err error) { b.System, err = geo.ParseSystem(s); return err })
	fs.IntVar(&b.MaxZoom, "map-max-zoom", 0, gov.Text{ZH: "底图最细的级别，默认 18", EN: "the base layer’s finest zoom, 18 by default"}.In(e.Lang))
	return b
}

// openGround opens the base layer where it is a file. The caller closes it.
func openGround(b onemap.Base) (_ onemap.Base, close func() error, err error) {
	if b.URL == "" || strings.Contains(b.URL, "://") {
		return b, func() error { return nil }, nil
	}
	return onemap.FileBase(b.URL, b)
}
