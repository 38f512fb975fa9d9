// Package invent draws the areas of a district that has only a schematic map:
// ground of the right size in the right place, streets as neighbours as on the
// map, communities and cells within them. It is no survey; what it draws says
// so. The same pack gives the same drawing.
package invent

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
)

// Options say where the district lies.
type Options struct {
	Box  geo.Box // around the schematic map
	Area float64 // of the district, square metres
}

// source is what every drawing says of itself.
var source = gov.Text{
	ZH: "示意：由街道的示意图格推算，界线和社区、网格均为虚构，不是测绘成果",
	EN: "Schematic: computed from the streets’ tiles; borders, communities and cells are invented, this is no survey",
}

// Drawing is an invented ground: the district and its streets, which the pack
// lists, and communities and cells, which it does not.
type Drawing struct{ Streets, Communities, Cells []policy.Area }

// steps is how many pieces a tile's side is made of. Areas are drawn along the
// lines between them, so that neighbours share every corner.
const steps = 8

// firstSerial is the serial number of the first invented community of a street:
// real ones begin at 1.
const firstSerial = 901

// Areas draws the district of a pack whose streets have tiles. It returns
// Invalid for one whose streets have none.
func Areas(p *policy.Pack, o Options) (Drawing, error) {
	var streets []policy.Area
	for _, a := range p.AreasOf(policy.StreetLevel) {
		if a.Tile != [2]int{} {
			streets = append(streets, a)
		}
	}
	if len(streets) == 0 {
		return Drawing{}, gov.Errorf(gov.Invalid, "政策包的街道没有示意图格（tile）", "the streets of the pack have no tiles")
	}
	whole, ok := p.Area(string(p.District))
	if !ok {
		return Drawing{}, gov.Errorf(gov.Invalid, "政策包没有区“%s”", "the pack has no area %q", string(p.District))
	}
	g := newGrid(streets, o)
	var d Drawing
	var all []piece
	for _, s := range streets {
		tile := piecesOf(s)
		all = append(all, tile...)
		draw(&s, g.shape(tile))
		d.Streets = append(d.Streets, s)
		g.parts(&d, s)
	}
	if outline, ok := g.outline(all); ok {
		draw(&whole, outline)
		d.Streets = append([]policy.Area{whole}, d.Streets...)
	}
	return d, nil
}

func draw(a *policy.Area, s geo.Shape) {
	a.Ground = policy.Ground{Shape: s, Source: source, Invented: true}
}

// cuts are how streets are parted: columns of cells, and for each community how
// many rows of them. All make 8 to 12 cells.
var cuts = []struct {
	columns int
	rows    []int
}{{2, []int{1, 2, 1}}, {2, []int{2, 1, 2}}, {2, []int{2, 2, 2}}, {3, []int{1, 1, 1}}, {3, []int{2, 2}}, {3, []int{1, 2, 1}}}

// parts draws the communities and cells of a street.
func (g *grid) parts(d *Drawing, s policy.Area) {
	x, y := (s.Tile[0]-1)*steps, (s.Tile[1]-1)*steps
	cut := cuts[number(s.Code)%uint64(len(cuts))]
	total := 0
	for _, n := range cut.rows {
		total += n
	}
	row := 0
	at := func(i, of int) int { return (i*steps + of/2) / of }
	for i, rows := range cut.rows {
		c := policy.Area{
			Code: fmt.Sprintf("%s%03d", s.Code, firstSerial+i), Level: policy.CommunityLevel, Parent: s.Code,
			Name: gov.Textf("%[1]s示例社区 %[3]d", "%[2]s sample community %[3]d", s.Name.ZH, s.Name.In(gov.EN), i+1),
		}
		draw(&c, g.shape(pieces(x, y+at(row, total), x+steps, y+at(row+rows, total))))
		d.Communities = append(d.Communities, c)
		n := 0
		for r := row; r < row+rows; r++ {
			for column := range cut.columns {
				n++
				cell := policy.Area{
					Code: fmt.Sprintf("%s%03d", c.Code, n), Level: policy.CellLevel, Parent: c.Code,
					Name: gov.Textf("%[1]s示例网格 %[3]d-%[4]d", "%[2]s sample cell %[3]d-%[4]d", s.Name.ZH, s.Name.In(gov.EN), i+1, n),
				}
				draw(&cell, g.shape(pieces(x+at(column, cut.columns), y+at(r, total), x+at(column+1, cut.columns), y+at(r+1, total))))
				d.Cells = append(d.Cells, cell)
			}
		}
		row += rows
	}
}

// number makes a number of a text.
func number(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// piece is a square of the grid, by its corner in the north-west.
type piece struct{ x, y int }

func pieces(west, north, east, south int) []piece {
	var list []piece
	for y := north; y < south; y++ {
		for x := west; x < east; x++ {
			list = append(list, piece{x, y})
		}
	}
	return list
}

// piecesOf are those of a street's tile.
func piecesOf(s policy.Area) []piece {
	x, y := s.Tile[0]*steps, s.Tile[1]*steps
	return pieces(x-steps, y-steps, x, y)
}

// grid puts the lines of the map on the ground.
type grid struct {
	box           geo.Box
	columns, rows float64 // of tiles
	scale         float64
}

func newGrid(streets []policy.Area, o Options) *grid {
	g := &grid{box: o.Box, scale: 1}
	for _, s := range streets {
		g.columns, g.rows = max(g.columns, float64(s.Tile[0])), max(g.rows, float64(s.Tile[1]))
	}
	if o.Area > 0 {
		for range 3 { // the earth is nearly flat here
			total := 0.0
			for _, s := range streets {
				total += g.shape(piecesOf(s)).Area()
			}
			g.scale *= math.Sqrt(o.Area / total)
		}
	}
	return g
}

// corner is where a corner of the grid lies. Long waves bend the lines, short
// chance moves each corner; neither is so great that lines could cross.
func (g *grid) corner(x, y int) geo.Point {
	u, v := float64(x)/steps, float64(y)/steps
	chance := number(fmt.Sprintf("%d,%d", x, y))
	jitter := func(bits uint64) float64 { return (float64(bits&0xffff)/0xffff - 0.5) * 0.3 / steps }
	du := 0.10*math.Sin(2.1*v+0.7) + 0.06*math.Sin(4.3*v+1.9*u) + jitter(chance)
	dv := 0.09*math.Sin(1.7*u+0.3) + 0.05*math.Sin(3.9*u+1.3*v) + jitter(chance>>16)
	u, v = (u+du)/g.columns-0.5, (v+dv)/g.rows-0.5
	lat := (g.box.South+g.box.North)/2 - v*g.scale*(g.box.North-g.box.South)
	lon := (g.box.West+g.box.East)/2 + u*g.scale*(g.box.East-g.box.West)
	return geo.Point{Lat: math.Round(lat*1e6) / 1e6, Lon: math.Round(lon*1e6) / 1e6}
}

// shape is the ground of pieces that make a rectangle of the grid.
func (g *grid) shape(list []piece) geo.Shape {
	s, ok := g.outline(list)
	if !ok {
		panic("invent: the pieces make no rectangle")
	}
	return s
}

// outline is the ground of pieces: it follows the sides that only one of them
// has. It is false for pieces that hang together by a corner alone, lie apart or
// leave a hole.
func (g *grid) outline(list []piece) (geo.Shape, bool) {
	sides := map[[2]piece]bool{} // from corner to corner, counterclockwise around the pieces
	side := func(a, b piece) {
		if sides[[2]piece{b, a}] { // the neighbour's, the other way round
			delete(sides, [2]piece{b, a})
			return
		}
		sides[[2]piece{a, b}] = true
	}
	for _, p := range list {
		nw, sw, se, ne := p, piece{p.x, p.y + 1}, piece{p.x + 1, p.y + 1}, piece{p.x + 1, p.y}
		side(nw, sw)
		side(sw, se)
		side(se, ne)
		side(ne, nw)
	}
	next := map[piece]piece{}
	for s := range sides {
		next[s[0]] = s[1]
	}
	start := slices.MinFunc(list, func(a, b piece) int { return (a.y-b.y)*1000 + a.x - b.x })
	var r geo.Ring
	for at, ok := start, true; ok && len(r) <= len(next) && (len(r) == 0 || at != start); at, ok = next[at] {
		r = append(r, g.corner(at.x, at.y))
	}
	return geo.Shape{{Outer: r}}, len(r) == len(sides) && len(next) == len(sides)
}

// File is a file of a pack's folder areas.
type File struct {
	Name    string
	Areas   int
	Content []byte
}

// Files are the drawing as files of a pack that lists district and streets
// elsewhere.
func (d Drawing) Files() ([]File, error) {
	brief := make([]policy.Area, len(d.Streets))
	for i, s := range d.Streets {
		brief[i] = policy.Area{Code: s.Code, Ground: s.Ground}
	}
	var list []File
	for _, f := range []struct {
		name  string
		areas []policy.Area
	}{{"streets.geojson", brief}, {"communities.geojson", d.Communities}, {"cells.geojson", d.Cells}} {
		text, err := policy.WriteGround(f.areas)
		if err != nil {
			return nil, err
		}
		list = append(list, File{f.name, len(f.areas), text})
	}
	return list, nil
}
