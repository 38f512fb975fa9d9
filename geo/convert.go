package geo

import (
	"math"

	"quanxiang/gov"
)

// System is a system of coordinates in which places come in or go out.
type System string

// The systems. In mainland China maps on the web show the ground shifted by
// some hundred metres (GCJ-02), one publisher's by some more (BD-09); neither
// is fit to keep. CGCS2000 is the national system (GB 22021); it and WGS 84
// differ by less than a metre, most of it the drift of the continents since
// 2000, so the program takes them for one.
const (
	CGCS2000 System = "CGCS2000" // EPSG:4490, what the program keeps
	WGS84    System = "WGS84"    // EPSG:4326 and GeoJSON's CRS84
	GCJ02    System = "GCJ-02"
	BD09     System = "BD-09"
)

// Systems lists the systems.
func Systems() []System { return []System{CGCS2000, WGS84, GCJ02, BD09} }

// ParseSystem reads the name of a system as String writes it.
func ParseSystem(s string) (System, error) {
	for _, known := range Systems() {
		if string(known) == s {
			return known, nil
		}
	}
	return "", gov.Errorf(gov.Invalid, "没有坐标系“%s”，可用 CGCS2000、WGS84、GCJ-02、BD-09", "there is no system of coordinates %q; there are CGCS2000, WGS84, GCJ-02, BD-09", s)
}

// From is the place in CGCS2000 of one given in this system. GCJ-02 and BD-09
// were never published; the formulas are those that programs have used since
// 2010. They come back to within 1e-8 degrees, a millimetre, of where a place
// was; how near they are to the official shift nobody outside can say, and
// measured points suggest some metres.
func (s System) From(p Point) Point {
	switch s {
	case GCJ02:
		return origin(shift, p)
	case BD09:
		return origin(shift, origin(toBaidu, p))
	}
	return p
}

// To is where this system shows a place given in CGCS2000.
func (s System) To(p Point) Point {
	switch s {
	case GCJ02:
		return shift(p)
	case BD09:
		return toBaidu(shift(p))
	}
	return p
}

// shifted reports whether GCJ-02 shifts a place: a box around China stands for
// the border, so beyond it, and where it cuts through other countries, the
// result is not what their maps show.
func shifted(p Point) bool {
	return p.Lon >= 72.004 && p.Lon <= 137.8347 && p.Lat >= 0.8293 && p.Lat <= 55.8271
}

// shift moves a place by the offsets of GCJ-02, on the ellipsoid of Krasovsky.
func shift(p Point) Point {
	if !shifted(p) {
		return p
	}
	const (
		a  = 6_378_245.0
		e2 = 0.00669342162296594323
	)
	x, y := p.Lon-105, p.Lat-35
	wave := func(u, v float64) float64 { // the two halves of every term
		return 20*math.Sin(u*math.Pi) + v
	}
	common := (wave(6*x, 20*math.Sin(2*x*math.Pi))) * 2 / 3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + common +
		wave(y, 40*math.Sin(y/3*math.Pi))*2/3 +
		(160*math.Sin(y/12*math.Pi)+320*math.Sin(y/30*math.Pi))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + common +
		wave(x, 40*math.Sin(x/3*math.Pi))*2/3 +
		(150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	lat := p.Lat * math.Pi / 180
	s := math.Sin(lat)
	w2 := 1 - e2*s*s
	w := math.Sqrt(w2)
	return Point{
		p.Lat + north*180/math.Pi/(a*(1-e2)/(w2*w)),
		p.Lon + east*180/math.Pi/(a/w*math.Cos(lat)),
	}
}

// origin finds the place that a system moves to p, by steps: offsets change so
// slowly that each leaves a hundredth of the error.
func origin(move func(Point) Point, p Point) Point {
	q := p
	for range 10 {
		r := move(q)
		q = Point{q.Lat + p.Lat - r.Lat, q.Lon + p.Lon - r.Lon}
	}
	return q
}

// turn is the angle by which BD-09 waves, in radians a degree.
const turn = math.Pi * 3000 / 180

func toBaidu(p Point) Point {
	z := math.Hypot(p.Lon, p.Lat) + 0.00002*math.Sin(p.Lat*turn)
	t := math.Atan2(p.Lat, p.Lon) + 0.000003*math.Cos(p.Lon*turn)
	return Point{z*math.Sin(t) + 0.006, z*math.Cos(t) + 0.0065}
}

// In is the feature, whose coordinates are in CGCS2000, as a system shows it.
func (f Feature) In(s System) Feature {
	if f.Point != nil {
		p := s.To(*f.Point)
		f.Point = &p
	}
	shape := make(Shape, len(f.Shape))
	for i, poly := range f.Shape {
		shape[i].Outer = poly.Outer.in(s)
		for _, h := range poly.Holes {
			shape[i].Holes = append(shape[i].Holes, h.in(s))
		}
	}
	f.Shape = shape
	return f
}

func (r Ring) in(s System) Ring {
	out := make(Ring, len(r))
	for i, p := range r {
		out[i] = s.To(p)
	}
	return out
}
