package geo_test

import (
	"math"
	"testing"

	"quanxiang/geo"
	"quanxiang/gov"
)

func TestParsePoint(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{ // "" is a mistake
		{"39.9123,116.366", "39.912300,116.366000"},
		{" 39.9123 , 116.366 ", "39.912300,116.366000"},
		{"39.91234567,116.36654321", "39.912346,116.366543"},
		{"-0.0000001,0", "0.000000,0.000000"},
		{"90,-180", "90.000000,-180.000000"},
		{"116.366,39.9123", ""}, // the wrong way round
		{"39.9123", ""},
		{"39.9123,", ""},
		{"39.9,116.3,4", ""},
		{"NaN,116", ""},
		{"0x10,116", ""},
		{"1e1,116", ""},
		{"Inf,116", ""},
		{"39.9;116.3", ""},
		{"", ""},
	} {
		p, err := geo.ParsePoint(tt.in)
		switch {
		case tt.want == "" && gov.CodeOf(err) != gov.Invalid:
			t.Errorf("ParsePoint(%q) = %v, %v; want Invalid", tt.in, p, err)
		case tt.want != "" && (err != nil || p.String() != tt.want):
			t.Errorf("ParsePoint(%q) = %v, %v; want %s", tt.in, p, err, tt.want)
		}
	}
}

func TestPointsKeepTheirText(t *testing.T) {
	t.Parallel()
	for lat := -90.0; lat <= 90; lat += 7.123457 {
		for lon := -180.0; lon <= 180; lon += 11.654321 {
			text := geo.Point{Lat: lat, Lon: lon}.String()
			p, err := geo.ParsePoint(text)
			if err != nil || p.String() != text {
				t.Errorf("%s came back as %v, %v", text, p, err)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b geo.Point
		want float64 // metres
	}{
		{geo.Point{39.9, 116.4}, geo.Point{39.9, 116.4}, 0},
		{geo.Point{39, 116}, geo.Point{40, 116}, 111_195},    // a degree of a great circle
		{geo.Point{39.9, 116}, geo.Point{39.9, 117}, 85_303}, // cos(39.9°) of it
		{geo.Point{0, -179.5}, geo.Point{0, 179.5}, 111_195}, // over the date line
		{geo.Point{90, 0}, geo.Point{-90, 0}, 20_015_115},
	} {
		if got := tt.a.Distance(tt.b); math.Abs(got-tt.want) > tt.want*1e-4 {
			t.Errorf("%v to %v is %.0f m, want %.0f", tt.a, tt.b, got, tt.want)
		}
	}
}
