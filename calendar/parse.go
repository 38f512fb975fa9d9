package calendar

import (
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"quanxiang/gov"
)

// MaxBytes is the largest year file that is read; a real one has 5 KB.
const MaxBytes = 256 << 10

// ParseYear reads a year in the JSON of github.com/NateScarlet/holiday-cn:
//
//	{"year": 2027, "papers": ["https://…"], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}, …]}
//
// The reading is strict, since every deadline of the district hangs on it:
// unknown and repeated keys, days outside the year and the December before, and
// days named twice are refused. So is a year that lacks 1 January, 1 May or
// 1 October, holidays by law: holiday-cn keeps an empty file for a year whose
// notice is not out yet, and that must not count as known.
// The error joins every mistake found, each a *gov.Error with its place.
func ParseYear(name string, data []byte) (Year, error) {
	if len(data) > MaxBytes {
		return Year{}, gov.Errorf(gov.TooLarge, "文件有 %d 字节，超过上限 %d 字节", "the file has %d bytes, over the limit of %d", len(data), MaxBytes).At(gov.Pos{File: name})
	}
	if !utf8.Valid(data) {
		return Year{}, gov.Errorf(gov.Invalid, "不是 UTF-8 编码", "not UTF-8").At(gov.Pos{File: name})
	}
	root, err := parseJSON(name, data)
	if err != nil {
		return Year{}, err
	}
	p := yearParser{name: name}
	y := p.year(root)
	return y, errors.Join(p.errs...)
}

type yearParser struct {
	name string
	errs []error
}

// maxErrors bounds a report.
const maxErrors = 100

func (p *yearParser) add(v *value, zh, en string, args ...any) {
	if len(p.errs) < maxErrors {
		p.errs = append(p.errs, gov.Errorf(gov.Invalid, zh, en, args...).At(v.pos))
	}
}

// object checks that v has exactly the wanted keys, apart from the optional
// ones, and returns their values; nil where one is missing.
func (p *yearParser) object(v *value, wanted []string, optional ...string) map[string]*value {
	got := map[string]*value{}
	if v.kind != objectValue {
		p.add(v, "应为对象 {…}", "expected an object")
		return got
	}
	known := map[string]bool{}
	for _, k := range append(optional, wanted...) {
		known[k] = true
	}
	for _, m := range v.members {
		switch {
		case !known[m.key.text]:
			p.add(m.key, "未知字段“%[1]s”；这里可用：%[2]s", "unknown field %[1]q; known here: %[3]s", m.key.text, strings.Join(wanted, "、"), strings.Join(wanted, ", "))
		case got[m.key.text] != nil:
			p.add(m.key, "字段“%s”重复", "the field %q is repeated", m.key.text)
		default:
			got[m.key.text] = m.value
		}
	}
	for _, k := range wanted {
		if got[k] == nil {
			p.add(v, "缺少“%s”", "%q is missing", k)
		}
	}
	return got
}

func (p *yearParser) year(root *value) Year {
	f := p.object(root, []string{"year", "papers", "days"}, "$schema", "$id")
	var y Year
	if v := f["year"]; v != nil {
		n, ok := v.integer()
		if !ok || n < 1950 || n > 2199 {
			p.add(v, "year 应为 1950 至 2199 的整数", "year should be a whole number from 1950 to 2199")
			return y
		}
		y.Year = n
	}
	if v := f["papers"]; v != nil && v.kind != arrayValue {
		p.add(v, "papers 应为列表", "papers should be a list")
	} else if v != nil {
		for _, item := range v.items {
			if u, err := url.Parse(item.text); item.kind != stringValue || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				p.add(item, "papers 里应是通知的网址", "papers should hold the addresses of the notices")
				continue
			}
			y.Papers = append(y.Papers, item.text)
		}
	}
	if v := f["days"]; v != nil && v.kind != arrayValue {
		p.add(v, "days 应为列表", "days should be a list")
	} else if v != nil && y.Year != 0 {
		p.days(v, &y)
	}
	return y.clone()
}

func (p *yearParser) days(list *value, y *Year) {
	first := map[gov.Date]*value{}
	off := map[gov.Date]bool{}
	for _, item := range list.items {
		e, at, ok := p.entry(item)
		if !ok {
			continue
		}
		switch {
		case e.Date.Year != y.Year && (e.Date.Year != y.Year-1 || e.Date.Month != time.December):
			p.add(at, "%[1]s 不在 %[2]d 年之内，也不在上一年 12 月", "%[1]s is neither in %[2]d nor in the December before", e.Date, y.Year)
		case first[e.Date] != nil:
			p.add(at, "%[1]s 重复，第 %[2]d 行已有", "%[1]s is repeated, first on line %[2]d", e.Date, first[e.Date].pos.Line)
		default:
			first[e.Date], off[e.Date] = at, e.Off
			y.Days = append(y.Days, e)
		}
	}
	// 全国年节及纪念日放假办法, art. 2: New Year, Labour Day, National Day.
	for _, md := range []gov.Date{{Month: time.January, Day: 1}, {Month: time.May, Day: 1}, {Month: time.October, Day: 1}} {
		md.Year = y.Year
		if !off[md] {
			p.add(list, "%[1]s 是法定节假日，却没有列为放假：通知可能尚未发布，或文件不全", "%[1]s is a holiday by law but not listed as off: the notice may not be out, or the file is not complete", md)
		}
	}
}

// entry reads one day and where its date stands.
func (p *yearParser) entry(v *value) (Entry, *value, bool) {
	before := len(p.errs)
	f := p.object(v, []string{"name", "date", "isOffDay"})
	var e Entry
	if n := f["name"]; n != nil {
		if e.Name = n.text; n.kind != stringValue || strings.TrimSpace(e.Name) != e.Name || e.Name == "" || len(e.Name) > 120 ||
			strings.ContainsFunc(e.Name, unicode.IsControl) {
			p.add(n, "name 应为节日名称", "name should be the name of the holiday")
		}
	}
	at := v
	if d := f["date"]; d != nil {
		at = d
		date, err := gov.ParseDate(d.text)
		if d.kind != stringValue || err != nil || date.IsZero() {
			p.add(d, "“%s”不是有效日期，应写作 2027-01-01", "%q is not a date; write 2027-01-01", d.text)
		}
		e.Date = date
	}
	if o := f["isOffDay"]; o != nil {
		if o.kind != boolValue {
			p.add(o, "isOffDay 应为 true 或 false", "isOffDay should be true or false")
		}
		e.Off = o.text == "true"
	}
	return e, at, len(p.errs) == before && len(p.errs) < maxErrors
}
