package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"quanxiang/gov"
)

// Point is a place in degrees of CGCS2000, north and east positive.
type Point struct{ Lat, Lon float64 }

// decimals is how finely points are kept: six digits are 0.1 m.
const decimals = 6

// earthRadius is the mean radius in metres (IUGG).
const earthRadius = 6_371_008.8

// ParsePoint reads what String writes: latitude, comma, longitude in decimal
// degrees, with blanks allowed around either. It returns Invalid for anything
// else and for what is not on the globe; more than six decimals are rounded.
func ParsePoint(s string) (Point, error) {
	lat, lon, ok := strings.Cut(s, ",")
	if !ok {
		return Point{}, unreadable(s)
	}
	var p Point
	for _, part := range []struct {
		text  string
		limit float64
		to    *float64
	}{{lat, 90, &p.Lat}, {lon, 180, &p.Lon}} {
		text := strings.TrimSpace(part.text)
		if text == "" || strings.Trim(text, "+-.0123456789") != "" {
			return Point{}, unreadable(s)
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.Abs(v) > part.limit {
			return Point{}, unreadable(s)
		}
		*part.to = round(v)
	}
	return p, nil
}

func unreadable(s string) error {
	return gov.Errorf(gov.Invalid, "“%s”不是坐标，应写作“纬度,经度”，如 39.912300,116.366000", "%q is no position; write latitude,longitude like 39.912300,116.366000", s)
}

func round(v float64) float64 {
	const scale = 1e6
	if v = math.Round(v*scale) / scale; v == 0 {
		return 0 // never -0
	}
	return v
}

// String writes a point with six decimals, 0.1 m on the ground. Two points are
// the same place when their texts are the same.
func (p Point) String() string {
	return fmt.Sprintf("%.*f,%.*f", decimals, round(p.Lat), decimals, round(p.Lon))
}

// Distance is how many metres lie between two points along the ground, to
// about 0.5 % (a sphere, not an ellipsoid).
func (p Point) Distance(q Point) float64 {
	rad := func(deg float64) float64 { return deg * math.Pi / 180 }
	half := func(deg float64) float64 { s := math.Sin(rad(deg) / 2); return s * s }
	h := half(q.Lat-p.Lat) + math.Cos(rad(p.Lat))*math.Cos(rad(q.Lat))*half(q.Lon-p.Lon)
	return 2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))
}
