package onemap

import (
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/policy"
)

// picture is the schematic map: a square for every street, in the place of its
// tile.
type picture struct {
	Width, Height int
	Tiles         []tile
}

// tile is a street on the picture.
type tile struct {
	X, Y, Width, Height int
	Href                string // of the unit that serves it
	Lines               []line // its name
}

type line struct {
	X, Y int
	Text string
}

// Measures of the picture, in its own units.
const (
	tileWidth  = 100
	tileHeight = 64
	tileGap    = 4
	lineHeight = 15
	lineLength = 13 // characters of Latin letters
)

func draw(p *policy.Pack, lang gov.Lang) picture {
	var v picture
	for _, a := range p.AreasOf(policy.StreetLevel) {
		if a.Tile == [2]int{} {
			continue
		}
		x, y := (a.Tile[0]-1)*(tileWidth+tileGap), (a.Tile[1]-1)*(tileHeight+tileGap)
		t := tile{X: x, Y: y, Width: tileWidth, Height: tileHeight}
		if id := p.Serving(a.Code); id != "" {
			t.Href = "/units/" + id
		}
		short := a.Name.In(lang)
		if lang == gov.ZH {
			short = strings.TrimSuffix(short, "街道")
		}
		words := wrap(short)
		for i, s := range words {
			t.Lines = append(t.Lines, line{x + tileWidth/2, y + tileHeight/2 + 5 + i*lineHeight - (len(words)-1)*lineHeight/2, s})
		}
		v.Tiles = append(v.Tiles, t)
		v.Width, v.Height = max(v.Width, x+tileWidth), max(v.Height, y+tileHeight)
	}
	v.Width, v.Height = v.Width+2, v.Height+2 // the lines are drawn on both sides of an edge
	return v
}

// wrap breaks a name at blanks into lines that fit on a tile.
func wrap(name string) []string {
	var lines []string
	for word := range strings.FieldsSeq(name) {
		if n := len(lines); n > 0 && utf8.RuneCountInString(lines[n-1]+word) < lineLength {
			lines[n-1] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
