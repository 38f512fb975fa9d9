package open311

import (
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"quanxiang/geo"
	"quanxiang/gov"
)

// Limits of what a request may ask for.
const (
	maxDays      = 90   // between start_date and end_date
	maxPageSize  = 1000 // the specification's first 1000
	maxPage      = 100_000
	maxListed    = 1000 // values of a comma list
	maxParameter = 1000 // bytes of a parameter that is no description
)

// params are the parameters of a request, wherever they came from. What is
// empty is absent.
type params struct {
	values url.Values
	wrong  problems // found so far
}

func (p *params) fail(code, zh, en string, args ...any) {
	p.wrong = append(p.wrong, wrong(code, zh, en, args...)...)
}

// failed is the error of what was found so far, nil for nothing.
func (p *params) failed() error {
	if len(p.wrong) == 0 {
		return nil
	}
	return p.wrong
}

// all are the values of a parameter without empty and repeated ones.
func (p *params) all(name string) []string {
	var list []string
	for _, v := range p.values[name] {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// one is the first value of a parameter that says something.
func (p *params) one(names ...string) string {
	for _, name := range names {
		if list := p.all(name); len(list) > 0 {
			if len(list[0]) > maxParameter {
				p.fail(codeInvalid, "参数 %[1]s 过长", "the parameter %[1]s is too long", name)
				return ""
			}
			return list[0]
		}
	}
	return ""
}

// list reads a list parted by commas.
func (p *params) list(name string) []string {
	var list []string
	for _, v := range p.all(name) {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(list, part) {
				list = append(list, part)
			}
		}
	}
	if len(list) > maxListed {
		p.fail(codeInvalid, "参数 %[1]s 最多 %[2]d 项", "the parameter %[1]s may have up to %[2]d values", name, maxListed)
		return nil
	}
	return list
}

// layouts are the forms of W3C-DTF that have a zone.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"}

// ParseTime reads a W3C-DTF date. A time must have its zone; a date alone is
// the midnight it begins with in the district. A blank before the offset is a
// plus that was not escaped.
func ParseTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if d, err := time.ParseInLocation(time.DateOnly, s, gov.China); err == nil {
		return d, sensible(d)
	}
	if i := len(s) - len(" 08:00"); i > 0 && s[i] == ' ' && strings.ContainsRune(s[:i], 'T') {
		s = s[:i] + "+" + s[i+1:]
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, sensible(t)
		}
	}
	return time.Time{}, false
}

// sensible keeps instants within what the stores and the formats write.
func sensible(t time.Time) bool { y := t.UTC().Year(); return y >= 1900 && y <= 9998 }

func (p *params) time(name string) time.Time {
	s := p.one(name)
	if s == "" {
		return time.Time{}
	}
	t, ok := ParseTime(s)
	if !ok {
		p.fail(codeTime, "参数 %[1]s 应为带时区的 W3C 日期时间，例如 2016-11-01T08:00:00+08:00", "the parameter %[1]s must be a W3C date and time with its zone, such as 2016-11-01T08:00:00+08:00", name)
	}
	return t
}

// span reads a pair of bounds.
func (p *params) span(from, to string) (a, b time.Time) {
	a, b = p.time(from), p.time(to)
	if !a.IsZero() && !b.IsZero() && b.Before(a) {
		p.fail(codeRange, "%[1]s 晚于 %[2]s", "%[1]s is after %[2]s", from, to)
	}
	return a, b
}

// window reads start_date and end_date: at most 90 days, which are the last
// ones where nothing is said and bounded asks for that.
func (p *params) window(now time.Time, bounded bool) (from, to time.Time) {
	from, to = p.span("start_date", "end_date")
	switch {
	case from.IsZero() && to.IsZero() && bounded:
		return now.AddDate(0, 0, -maxDays), to
	case from.IsZero() && !to.IsZero():
		return to.AddDate(0, 0, -maxDays), to
	case !from.IsZero() && to.IsZero():
		return from, from.AddDate(0, 0, maxDays)
	case to.Sub(from) > maxDays*24*time.Hour:
		p.fail(codeRange, "start_date 与 end_date 相距不得超过 %[1]d 天", "start_date and end_date may be %[1]d days apart", maxDays)
	}
	return from, to
}

func (p *params) paging() (page, size int) {
	read := func(name string, or, most int) int {
		s := p.one(name)
		if s == "" {
			return or
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > most {
			p.fail(codePaging, "参数 %[1]s 应为 1 至 %[2]d 的整数", "the parameter %[1]s must be a whole number from 1 to %[2]d", name, most)
			return or
		}
		return n
	}
	size = maxPageSize
	if p.one("page_size") != "" {
		size = read("page_size", maxPageSize, maxPageSize)
	} else if p.one("count") != "" { // what some clients call it
		size = read("count", maxPageSize, maxPageSize)
	}
	return read("page", 1, maxPage), size
}

func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// box reads west, south, east and north, parted by commas.
func (p *params) box() *geo.Box {
	s := p.one("bbox")
	if s == "" {
		return nil
	}
	var n []float64
	for part := range strings.SplitSeq(s, ",") {
		v, ok := number(strings.TrimSpace(part))
		if !ok {
			break
		}
		n = append(n, v)
	}
	if strings.Count(s, ",") != 3 || len(n) != 4 || n[0] > n[2] || n[1] > n[3] || n[0] < -180 || n[2] > 180 || n[1] < -90 || n[3] > 90 {
		p.fail(codeInvalid, "参数 bbox 应为“西,南,东,北”四个经纬度", "the parameter bbox must be four degrees: west,south,east,north")
		return nil
	}
	return &geo.Box{West: n[0], South: n[1], East: n[2], North: n[3]}
}

// filter reads what GET requests asks for.
func (p *params) filter(now time.Time) Filter {
	f := Filter{IDs: p.list("service_request_id"), Extensions: p.one("extensions") == "true"}
	f.Page, f.Size = p.paging()
	if len(f.IDs) > 0 {
		return f
	}
	f.Services = p.list("service_code")
	for _, s := range p.list("status") {
		switch st := Status(strings.ToLower(s)); st {
		case Open, Closed:
			f.Statuses = append(f.Statuses, st)
		default:
			p.fail(codeInvalid, "参数 status 只能是 open 或 closed", "the parameter status is open or closed")
		}
	}
	f.After, f.Before = p.span("updated_after", "updated_before")
	f.Start, f.End = p.window(now, f.After.IsZero() && f.Before.IsZero())
	f.Box = p.box()
	return f
}

// updates reads what GET servicerequestupdates asks for. Who asks for no page gets
// everything: FixMyStreet knows no pages, and never asks again for what was left out.
func (p *params) updates(now time.Time) UpdateFilter {
	f := UpdateFilter{IDs: p.list("service_request_id")}
	f.Page, f.Size = p.paging()
	if p.one("page") == "" && p.one("page_size") == "" && p.one("count") == "" {
		f.Size = 0
	}
	f.Start, f.End = p.window(now, len(f.IDs) == 0)
	return f
}

// place reads where something is. FixMyStreet writes that nobody pointed at the
// map as an address_id.
func (p *params) place() Place {
	pl := Place{Address: p.one("address_string", "address"), AddressID: p.one("address_id")}
	if pl.AddressID == "#NOTPINPOINTED#" {
		pl.AddressID = ""
	}
	lat, long := p.one("lat"), p.one("long", "lon")
	switch {
	case lat == "" && long == "":
	case lat == "" || long == "":
		p.fail(codeNoPlace, "lat 与 long 应同时提供", "lat and long come together")
	default:
		point, err := geo.ParsePoint(lat + "," + long)
		if err != nil {
			p.fail(codeNoPlace, "lat 与 long 应为十进制度数", "lat and long must be decimal degrees")
			break
		}
		pl.Point = &point
	}
	return pl
}

// person reads who reports. Clients part names at a blank, so Chinese ones come
// whole in first_name with an empty last_name, or with a dash for one.
func (p *params) person() Person {
	first, last := p.one("first_name"), p.one("last_name")
	if last == "-" {
		last = ""
	}
	w := Person{Email: p.one("email"), Phone: p.one("phone"), Device: p.one("device_id", "deviceid"), Account: p.one("account_id")}
	switch {
	case first == "" || last == "":
		w.Name = first + last
	case han(first) && han(last):
		w.Name = last + first
	default:
		w.Name = first + " " + last
	}
	return w
}

func han(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) && r != '·' })
}

// prose reads text of several lines: lines end with \n, and what no format can
// carry becomes a blank.
func (p *params) prose(name string, limit int) string {
	list := p.all(name)
	if len(list) == 0 {
		return ""
	}
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(list[0])
	s = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || r == '\ufffe' || r == '\uffff' {
			return ' '
		}
		return r
	}, s)
	if n := len([]rune(s)); n > limit {
		p.fail(codeTooLong, "%[1]s 有 %[2]d 字，最多 %[3]d 字", "%[1]s has %[2]d characters; %[3]d are allowed", name, n, limit)
	}
	return strings.TrimSpace(s)
}

// maxAttributes is how many attributes a report may have.
const maxAttributes = 100

// attributes reads attribute[code], which several values may follow, each by a
// name of its own or with [] behind it.
func (p *params) attributes() map[string][]string {
	all := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		code, ok := strings.CutPrefix(name, "attribute[")
		if !ok {
			continue
		}
		code, rest, ok := strings.Cut(code, "]")
		if !ok || code == "" || rest != "" && rest != "[]" {
			p.fail(codeAttribute, "无法识别参数 %[1]q", "the parameter %[1]q cannot be read", name)
			continue
		}
		for _, v := range p.all(name) {
			if !slices.Contains(all[code], v) {
				all[code] = append(all[code], v)
			}
		}
	}
	if len(all) > maxAttributes {
		p.fail(codeAttribute, "属性最多 %[1]d 项", "there may be up to %[1]d attributes", maxAttributes)
	}
	return all
}
