package geo

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
)

// Limits of a GeoJSON text.
const (
	MaxBytes    = 16 << 20
	maxFeatures = 20_000
	maxVertices = 200_000 // of all features together
)

// Collection is what a GeoJSON text holds.
type Collection struct {
	Features []Feature
	Foreign  map[string]any // members of a FeatureCollection that RFC 7946 does not know
}

// Feature is something with a place: a point or an area. A feature of neither
// has no place (null in GeoJSON).
type Feature struct {
	ID         string
	Properties map[string]any // what JSON can carry; read numbers are json.Number
	Point      *Point
	Shape      Shape
	Foreign    map[string]any // members RFC 7946 does not know
	Pos        gov.Pos        // where it was read
}

// Report is what reading came upon. A text with problems is not to be used;
// remarks tell what was put right or left out.
type Report struct{ Problems, Remarks []*gov.Error }

// ReadGeoJSON reads a FeatureCollection or a Feature (RFC 7946) strictly, with
// every mistake at its line and column; name stands for the file in them. Only
// points, polygons and multipolygons are read, and their heights are left out.
// from is the system the text has its coordinates in, whatever RFC 7946 says;
// the collection has them in CGCS2000, rounded to six decimals. Areas are sound
// (see Shape.Flaws) and run the right way round.
func ReadGeoJSON(name string, data []byte, from System) (Collection, Report) {
	r := reader{document: document{name: name, data: data}, from: from}
	if len(data) > MaxBytes {
		r.problem(0, "文件有 %d 字节，超过上限 %d 字节", "the file has %d bytes, over the limit of %d", len(data), MaxBytes)
		return Collection{}, r.report
	}
	var c Collection
	if root := r.parse(); root != nil {
		c = r.collection(root)
	}
	if len(r.report.Problems) > 0 {
		c = Collection{}
	}
	return c, r.report
}

type reader struct {
	document
	from     System
	vertices int
}

// object checks that a node is a GeoJSON object and returns its type.
func (r *reader) object(n *node) string {
	if n.kind != '{' {
		r.problem(n.offset, "应为 GeoJSON 对象", "expected a GeoJSON object")
		return ""
	}
	t, ok := n.field("type")
	if !ok || t.kind != 's' {
		r.problem(n.offset, "缺少“%s”", "%q is missing", "type")
		return ""
	}
	return t.text
}

func (r *reader) collection(n *node) Collection {
	c := Collection{Foreign: map[string]any{}}
	switch t := r.object(n); t {
	case "Feature":
		c.Features = []Feature{r.feature(n)}
		return c
	case "FeatureCollection":
	case "":
		return c
	default:
		r.problem(n.offset, "“%s”不是 FeatureCollection 或 Feature", "%q is neither FeatureCollection nor Feature", t)
		return c
	}
	for _, m := range n.members {
		switch m.key {
		case "type", "features", "bbox":
		case "crs":
			r.crs(&m.value)
		case "geometry", "properties", "coordinates", "geometries":
			r.problem(m.offset, "FeatureCollection 不能有“%s”", "a FeatureCollection has no %q", m.key)
		default:
			c.Foreign[m.key] = m.value.value()
		}
	}
	list, ok := n.field("features")
	if !ok || list.kind != '[' {
		r.problem(n.offset, "缺少列表“%s”", "the list %q is missing", "features")
		return c
	}
	if len(list.items) > maxFeatures {
		r.problem(list.offset, "要素超过 %d 个", "there are more than %d features", maxFeatures)
		return c
	}
	ids := map[string]bool{}
	for i := range list.items {
		f := r.feature(&list.items[i])
		if f.ID != "" && ids[f.ID] {
			r.problem(list.items[i].offset, "要素编号“%s”重复", "the feature id %q comes twice", f.ID)
		}
		ids[f.ID] = true
		c.Features = append(c.Features, f)
	}
	return c
}

// crs accepts the names under which older programs write what GeoJSON always
// has, and refuses any other.
func (r *reader) crs(n *node) {
	var name string
	if p, ok := n.field("properties"); ok {
		if x, ok := p.field("name"); ok {
			name = x.text
		}
	}
	for _, known := range []string{"CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490"} {
		if strings.HasSuffix(name, known) {
			return
		}
	}
	r.problem(n.offset, "坐标系“%s”不能读；GeoJSON 用经纬度（CRS84），偏移坐标须另行说明", "the system %q cannot be read; GeoJSON has longitude and latitude (CRS84), and shifted coordinates are declared elsewhere", name)
}

func (r *reader) feature(n *node) Feature {
	f := Feature{Pos: r.pos(n.offset)}
	if t := r.object(n); t != "Feature" {
		if t != "" {
			r.problem(n.offset, "应为 Feature，这里是“%s”", "expected a Feature, found %q", t)
		}
		return f
	}
	for _, m := range n.members {
		switch m.key {
		case "type", "id", "properties", "geometry", "bbox":
		default:
			if f.Foreign == nil {
				f.Foreign = map[string]any{}
			}
			f.Foreign[m.key] = m.value.value()
		}
	}
	if id, ok := n.field("id"); ok {
		if f.ID = id.text; id.kind != 's' && id.kind != 'n' {
			r.problem(id.offset, "要素编号应为文字或数字", "the id of a feature is text or a number")
		}
	}
	switch p, ok := n.field("properties"); {
	case !ok:
		r.problem(n.offset, "缺少“%s”（没有时写 null）", "%q is missing; write null for none", "properties")
	case p.kind == '{':
		f.Properties = p.value().(map[string]any)
	case p.kind != '0':
		r.problem(p.offset, "“%s”应为对象或 null", "%q is an object or null", "properties")
	}
	g, ok := n.field("geometry")
	switch {
	case !ok:
		r.problem(n.offset, "缺少“%s”（没有时写 null）", "%q is missing; write null for none", "geometry")
	case g.kind != '0':
		r.geometry(g, &f)
	}
	return f
}

func (r *reader) geometry(n *node, f *Feature) {
	t := r.object(n)
	if t == "" {
		return
	}
	c, ok := n.field("coordinates")
	if !ok && t != "GeometryCollection" {
		r.problem(n.offset, "缺少“%s”", "%q is missing", "coordinates")
		return
	}
	switch t {
	case "Point":
		if p, ok := r.position(c); ok {
			p = r.keep(p)
			f.Point = &p
		}
	case "Polygon":
		f.Shape = r.shape([]*node{c})
	case "MultiPolygon":
		if !r.list(c, 1) {
			return
		}
		parts := make([]*node, len(c.items))
		for i := range c.items {
			parts[i] = &c.items[i]
		}
		f.Shape = r.shape(parts)
	default:
		r.problem(n.offset, "“%s”不能读，只读 Point、Polygon、MultiPolygon", "%q is not read, only Point, Polygon and MultiPolygon", t)
	}
}

// list checks that a node is an array of some items.
func (r *reader) list(n *node, atLeast int) bool {
	if n.kind != '[' || len(n.items) < atLeast {
		r.problem(n.offset, "应为至少 %d 项的列表", "expected a list of %d items at least", atLeast)
		return false
	}
	return true
}

// shape reads polygons and checks that they are ground.
func (r *reader) shape(polygons []*node) Shape {
	before := len(r.report.Problems)
	var s Shape
	for _, p := range polygons {
		if !r.list(p, 1) {
			return nil
		}
		var poly Polygon
		for i := range p.items {
			ring := r.ring(&p.items[i])
			if i == 0 {
				poly.Outer = ring
			} else {
				poly.Holes = append(poly.Holes, ring)
			}
		}
		s = append(s, poly)
	}
	if len(r.report.Problems) > before {
		return nil
	}
	for _, flaw := range s.Flaws() {
		at := polygons[flaw.Polygon]
		if flaw.Ring < len(at.items) {
			at = &at.items[flaw.Ring]
		}
		// The text is no format any more.
		r.problem(at.offset, "%[1]s", "%[2]s", flaw.Text.ZH, flaw.Text.EN)
	}
	for i, poly := range s {
		for j, ring := range poly.rings() {
			if (ring.area() < 0) == (j > 0) {
				continue
			}
			slices.Reverse(ring)
			r.remark(polygons[i].items[j].offset, "环的方向与 RFC 7946 相反，已改正", "the ring ran against RFC 7946 and was turned round")
		}
	}
	return s
}

// ring reads a closed ring. Places that six decimals make one are taken once.
func (r *reader) ring(n *node) Ring {
	if !r.list(n, 4) {
		return nil
	}
	if r.vertices += len(n.items); r.vertices > maxVertices {
		if r.vertices-len(n.items) <= maxVertices {
			r.problem(n.offset, "文件的顶点合计超过 %d 个", "the file has more than %d vertices", maxVertices)
		}
		return nil
	}
	ring := make(Ring, 0, len(n.items))
	var first, last Point
	for i := range n.items {
		p, ok := r.position(&n.items[i])
		if !ok {
			return nil
		}
		if i == 0 {
			first = p
		}
		last = p
		if p = r.keep(p); len(ring) == 0 || ring[len(ring)-1] != p {
			ring = append(ring, p)
		}
	}
	if first != last {
		r.problem(n.offset, "环没有闭合：首尾两点不同", "the ring is not closed: its first and last places differ")
		return nil
	}
	if len(ring) > 1 && ring[0] == ring[len(ring)-1] {
		ring = ring[:len(ring)-1]
	}
	return ring
}

// keep is a place as the program keeps it.
func (r *reader) keep(p Point) Point {
	p = r.from.From(p)
	return Point{round(p.Lat), round(p.Lon)}
}

// position reads longitude and latitude; a height behind them is left out.
func (r *reader) position(n *node) (Point, bool) {
	if n.kind != '[' || len(n.items) < 2 || len(n.items) > 3 {
		r.problem(n.offset, "应为 [经度, 纬度]", "expected [longitude, latitude]")
		return Point{}, false
	}
	var v [3]float64
	for i := range n.items {
		f, err := strconv.ParseFloat(n.items[i].text, 64)
		if n.items[i].kind != 'n' || err != nil || math.IsInf(f, 0) {
			r.problem(n.items[i].offset, "应为数字", "expected a number")
			return Point{}, false
		}
		v[i] = f
	}
	p := Point{Lat: v[1], Lon: v[0]}
	if !onGlobe(p) {
		if onGlobe(Point{Lat: v[0], Lon: v[1]}) {
			r.problem(n.offset, "纬度不能是 %v；经度应写在前面", "no latitude is %v; the longitude comes first", v[1])
		} else {
			r.problem(n.offset, "[%v, %v] 不在地球上；坐标应以度为单位", "[%v, %v] is not on the globe; coordinates are in degrees", v[0], v[1])
		}
		return Point{}, false
	}
	return p, true
}
