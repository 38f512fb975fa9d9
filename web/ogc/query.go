package ogc

import (
	"encoding/base64"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/geo"
	"quanxiang/gov"
)

// Limits of a page of features.
const (
	usualLimit = 100
	maxLimit   = 2000
)

// known lists what every address takes: the format, and the language of the
// site's pages.
var known = []string{"f", "lang"}

// only refuses parameters an address does not take: the standard has it so (17-069r4,
// requirement 8), since a misspelt filter would return everything.
func only(q url.Values, names ...string) error {
	for name := range q {
		if !slices.Contains(known, name) && !slices.Contains(names, name) {
			return gov.Errorf(gov.Invalid, "这里没有参数“%s”", "there is no parameter %q here", name).On(name)
		}
		if len(q[name]) > 1 {
			return gov.Errorf(gov.Invalid, "参数“%s”只能出现一次", "the parameter %q comes once at most", name).On(name)
		}
	}
	return nil
}

// readQuery reads the parameters of a layer's items.
func readQuery(r *http.Request, l Layer) (Query, error) {
	values := r.URL.Query()
	q := Query{Limit: usualLimit, Filters: map[string]string{}}
	if err := only(values, append([]string{"bbox", "datetime", "limit", "after"}, l.Filters...)...); err != nil {
		return q, err
	}
	var err error
	if values.Has("bbox") {
		if q.Boxes, err = readBox(values.Get("bbox")); err != nil {
			return q, err
		}
	}
	if values.Has("datetime") {
		if q.During, err = readInterval(values.Get("datetime")); err != nil {
			return q, err
		}
	}
	if values.Has("limit") {
		n, err := strconv.Atoi(values.Get("limit"))
		if err != nil || n < 1 {
			return q, gov.Errorf(gov.Invalid, "limit 应为 1 到 %d 的整数", "limit is a whole number from 1 to %d", maxLimit).On("limit")
		}
		q.Limit = min(n, maxLimit)
	}
	if values.Has("after") {
		id, err := base64.RawURLEncoding.DecodeString(values.Get("after"))
		if err != nil || len(id) == 0 {
			return q, gov.Errorf(gov.Invalid, "after 只能取自上一页的 next 链接", "after is taken from the next link of the page before").On("after")
		}
		q.After = string(id)
	}
	for _, name := range l.Filters {
		if values.Has(name) {
			q.Filters[name] = values.Get(name)
		}
	}
	return q, nil
}

// readBox reads a bbox of CRS84: west, south, east, north, or six numbers with
// heights, which nothing here has. A box over the date line is two.
func readBox(s string) ([]geo.Box, error) {
	parts := strings.Split(s, ",")
	bad := gov.Errorf(gov.Invalid, "bbox 应为“西,南,东,北”四个经纬度（或带高程的六个数）", "bbox is west,south,east,north in degrees, or six numbers with heights").On("bbox")
	if len(parts) == 6 {
		parts = append(parts[:2:2], parts[3:5]...)
	}
	if len(parts) != 4 {
		return nil, bad
	}
	var v [4]float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(f) || math.Abs(f) > [2]float64{180, 90}[i%2] {
			return nil, bad
		}
		v[i] = f
	}
	if v[1] > v[3] {
		return nil, bad
	}
	if v[0] <= v[2] {
		return []geo.Box{{South: v[1], West: v[0], North: v[3], East: v[2]}}, nil
	}
	return []geo.Box{{South: v[1], West: v[0], North: v[3], East: 180}, {South: v[1], West: -180, North: v[3], East: v[2]}}, nil
}

// readInterval reads a datetime: an instant of RFC 3339, a date, or an interval
// of them with ".." or nothing for an open end. GDAL leaves the T behind a date
// without a time.
func readInterval(s string) (Interval, error) {
	bad := gov.Errorf(gov.Invalid, "datetime 应为 RFC 3339 时刻或“起/止”区间，开口一端写“..”", "datetime is an instant of RFC 3339 or an interval start/end, with .. for an open end").On("datetime")
	from, to, two := strings.Cut(s, "/")
	if !two {
		to = from
	}
	var i Interval
	for _, end := range []struct {
		text string
		to   *time.Time
	}{{from, &i.From}, {to, &i.To}} {
		if two && (end.text == "" || end.text == "..") {
			continue
		}
		t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(end.text))
		if err != nil {
			if t, err = time.ParseInLocation(time.DateOnly, strings.TrimSuffix(end.text, "T"), gov.China); err != nil {
				return i, bad
			}
			if end.to == &i.To {
				t = t.AddDate(0, 0, 1).Add(-time.Nanosecond)
			}
		}
		*end.to = t
	}
	open := i.From.IsZero() || i.To.IsZero()
	if !open && i.To.Before(i.From) || i.From.IsZero() && i.To.IsZero() && !strings.Contains(s, "..") {
		return i, bad
	}
	return i, nil
}

// wantsHTML reports whether a page is wanted instead of JSON: f says so, or a
// browser's Accept header does.
func wantsHTML(r *http.Request) (bool, error) {
	switch f := r.URL.Query().Get("f"); {
	case f == "json":
		return false, nil
	case f == "html":
		return true, nil
	case r.URL.Query().Has("f"):
		return false, gov.Errorf(gov.Invalid, "f 应为 json 或 html", "f is json or html").On("f")
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		kind, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch {
		case kind == "text/html":
			return true, nil
		case strings.HasSuffix(kind, "json"):
			return false, nil
		}
	}
	return false, nil
}
