package due

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"quanxiang/gazette/paper"
	"quanxiang/gov"
)

// Due is a deadline or period as an interval: "2016年6月中下旬" is 11 to 30
// June, "2016年全年" the whole year. Text is the print.
type Due struct {
	Start gov.Date `json:"start,omitzero"`
	End   gov.Date `json:"end,omitzero"`
	Text  string   `json:"text"`
}

// Recurrence is a repeated or continuing duty: every month within the first 3
// working days; within 20 working days of an event; continuously.
type Recurrence struct {
	Every  string `json:"every"`            // week, month, quarter, half-year, year, event, continuous
	Within int    `json:"within,omitempty"` // how many
	Unit   string `json:"unit,omitempty"`   // working-day, day, hour
	By     string `json:"by,omitempty"`     // MM-DD, the last day within the year
	Text   string `json:"text"`
}

// Parse reads a printed deadline or period. Year is taken where the print
// names none. A point becomes an interval: "2016年6月中下旬" is 11 to 30 June.
// A limit ("…前", "…底") has an end and no start; "…起" has a start and no end.
// "前" after a day includes the day, as "以前" does in the Civil Code; after a
// month, quarter or year it ends the day before. Words that name no date give
// a Due with the text alone; nil means there was no text.
func Parse(text string, year int) *Due {
	s := paper.Squeeze(text)
	if s == "" {
		return nil
	}
	due := &Due{Text: s}
	for i := range s {
		sc := &dateScanner{s: s[i:], year: year}
		p, ok := sc.period()
		if !ok {
			continue
		}
		q := p
		if sc.rangeMark() {
			sc.year, sc.month = p.year, p.month
			if r, ok := sc.period(); ok {
				q = r
			}
		}
		due.Start, due.End = interval(p, q, sc.s, i > 0 && strings.HasSuffix(s[:i], "到"))
		return due
	}
	return due
}

// interval turns the first and last period of an expression and the words
// that follow into a start and an end.
func interval(p, q period, after string, until bool) (start, end gov.Date) {
	start, end = p.first, q.last
	single := p == q
	for _, w := range []string{"以前", "之前", "前"} {
		if !strings.HasPrefix(after, w) {
			continue
		}
		switch {
		case !single:
			return start, end
		case !p.day && !p.limit:
			end = p.first.Add(-1)
		}
		return gov.Date{}, end
	}
	switch {
	case strings.HasPrefix(after, "起"), strings.HasPrefix(after, "以后"):
		return start, gov.Date{}
	case single && (until || p.limit), single && p.day && strings.HasPrefix(after, "完成"):
		return gov.Date{}, end
	}
	return start, end
}

// period is a stretch of the calendar named by one expression.
type period struct {
	first, last gov.Date
	year, month int
	day         bool // a single day
	limit       bool // 底, 末: names an end and no beginning
}

// dateScanner reads date expressions from the front of s.
type dateScanner struct {
	s           string
	year, month int // what a shortened expression leaves out
}

func (d *dateScanner) eat(words ...string) string {
	for _, w := range words {
		if strings.HasPrefix(d.s, w) {
			d.s = d.s[len(w):]
			return w
		}
	}
	return ""
}

func (d *dateScanner) rangeMark() bool {
	return d.eat("至", "到", "——", "—", "--", "-", "－", "–", "~", "～") != ""
}

// number reads a number, in digits or in Chinese, followed by one of the words.
func (d *dateScanner) number(min, max int, words ...string) (int, bool) {
	n, i := 0, 0
	for i < len(d.s) && i < 4 && '0' <= d.s[i] && d.s[i] <= '9' {
		n = n*10 + int(d.s[i]-'0')
		i++
	}
	if i == 0 {
		n, i = paper.ChineseNumber(d.s)
	}
	if i == 0 || n < min || n > max {
		return 0, false
	}
	rest := d.s[i:]
	for _, w := range words {
		if strings.HasPrefix(rest, w) {
			d.s = rest[len(w):]
			return n, true
		}
	}
	return 0, false
}

// period reads one expression: a year or a part of it, a month or a part of
// it, or a day.
func (d *dateScanner) period() (period, bool) {
	y, hasYear := d.number(1900, 2200, "年度", "年")
	if !hasYear {
		y = d.year
	}
	if m, ok := d.number(1, 12, "月份", "月"); ok {
		return d.inMonth(y, m), true
	}
	if day, ok := d.number(1, 31, "日"); ok && !hasYear && d.month > 0 {
		return onDay(y, d.month, day)
	}
	if p, ok := d.inYear(y); ok {
		return p, true
	}
	if !hasYear {
		return period{}, false
	}
	p := span(y, 1, 12)
	p.limit = d.eat("底", "末") != ""
	return p, true
}

// inYear reads the part of a year that does not name a month.
func (d *dateScanner) inYear(y int) (period, bool) {
	switch d.eat("全年", "年内", "上半年", "下半年", "年底", "年末", "第", "一季度", "二季度", "三季度", "四季度") {
	case "全年", "年内":
		return span(y, 1, 12), true
	case "上半年":
		return span(y, 1, 6), true
	case "下半年":
		return span(y, 7, 12), true
	case "年底", "年末":
		p := span(y, 1, 12)
		p.limit = true
		return p, true
	case "一季度":
		return span(y, 1, 3), true
	case "二季度":
		return span(y, 4, 6), true
	case "三季度":
		return span(y, 7, 9), true
	case "四季度":
		return span(y, 10, 12), true
	case "第":
		q := strings.Index("一二三四1234", paper.FirstRune(d.s))
		if d.s == "" || q < 0 || !strings.HasPrefix(d.s[len(paper.FirstRune(d.s)):], "季度") {
			return period{}, false
		}
		d.s = d.s[len(paper.FirstRune(d.s))+len("季度"):]
		n := q / len("一")
		if q >= len("一二三四") {
			n = q - len("一二三四")
		}
		return span(y, 3*n+1, 3*n+3), true
	}
	return period{}, false
}

// inMonth reads what follows "6月": a day, a third of the month, or nothing.
func (d *dateScanner) inMonth(y, m int) period {
	if day, ok := d.number(1, 31, "日"); ok {
		if p, ok := onDay(y, m, day); ok {
			return p
		}
	}
	p := span(y, m, m)
	from, to := 1, p.last.Day
	switch d.eat("上中旬", "中下旬", "上旬", "中旬", "下旬", "初", "底", "末") {
	case "上旬", "初":
		to = 10
	case "上中旬":
		to = 20
	case "中旬":
		from, to = 11, 20
	case "中下旬":
		from = 11
	case "下旬":
		from = 21
	case "底", "末":
		p.limit = true
	}
	p.first.Day, p.last.Day = from, to
	return p
}

func onDay(y, m, day int) (period, bool) {
	at := gov.Date{Year: y, Month: time.Month(m), Day: day}
	return period{first: at, last: at, year: y, month: m, day: true}, at.Valid()
}

// span is the period of whole months from m to n of a year.
func span(y, m, n int) period {
	last := gov.DateOf(time.Date(y, time.Month(n)+1, 0, 0, 0, 0, 0, gov.China))
	return period{first: gov.Date{Year: y, Month: time.Month(m), Day: 1}, last: last, year: y, month: m}
}

// Recurrences finds the repeated duties a text states: "每月前3个工作日",
// "按季度公开", "20个工作日内". A word such as 每周 counts only where an action or
// a limit follows, so that the name 每周评论 is not taken for a schedule.
func Recurrences(text string) []Recurrence {
	s := paper.Squeeze(text)
	var out []Recurrence
	for i := 0; i < len(s); {
		r, n := recurrenceAt(s[i:])
		if n == 0 {
			_, n = utf8.DecodeRuneInString(s[i:])
			i += n
			continue
		}
		if r.Every == "event" {
			r.Text = clause(s, i, i+n)
		}
		out = append(out, r)
		i += n
	}
	return out
}

// times is how a clause goes on that says how often: (每月)评选两次.
var times = regexp.MustCompile(`^[^，。；：、]{0,10}?[一二两三四五六七八九十0-9]次`)

// recurrenceAt reads one recurrence at the front of s and how long it is.
func recurrenceAt(s string) (Recurrence, int) {
	if n, unit, size := eventLimit(s); n > 0 {
		return Recurrence{Every: "event", Within: n, Unit: unit}, size
	}
	sc := &dateScanner{s: s}
	how := sc.eat("每", "按", "一")
	if how == "" {
		return Recurrence{}, 0
	}
	every := map[string]string{"日": "day", "天": "day", "周": "week", "月": "month", "季度": "quarter", "季": "quarter",
		"半年": "half-year", "年": "year"}[sc.eat("日", "天", "周", "月", "季度", "季", "半年", "年")]
	if every == "" {
		return Recurrence{}, 0
	}
	r := Recurrence{Every: every}
	if how == "一" { // 一年2次
		if _, ok := sc.number(1, 99, "次"); !ok || every == "day" {
			return Recurrence{}, 0
		}
		r.Text = s[:len(s)-len(sc.s)]
		return r, len(r.Text)
	}
	if d := *sc; d.eat("前", "的前") != "" {
		if n, ok := d.number(1, 99, "个工作日"); ok {
			r.Within, r.Unit, *sc = n, "working-day", d
		} else if n, ok := d.number(1, 99, "日", "天"); ok {
			r.Within, r.Unit, *sc = n, "day", d
		}
	} else if n, ok := d.number(1, 31, "日前"); ok && every == "month" {
		r.Within, r.Unit, *sc = n, "day", d
	} else if p, ok := d.period(); ok && every == "year" && d.eat("前") != "" {
		r.By, *sc = p.last.String()[len("0000-"):], d
	}
	if r.Within == 0 && r.By == "" && sc.eat("公开", "公布", "公示", "更新", "报送", "上报", "报告", "通报", "发布", "汇总", "检查",
		"至少", "不少于", "不得少于", "组织", "举办", "召开", "开展", "进行", "出席", "参加", "定期", "一次", "1次", "2次") == "" {
		n := times.FindString(sc.s)
		if n == "" {
			return Recurrence{}, 0
		}
		sc.s = sc.s[len(n):]
	}
	r.Text = s[:len(s)-len(sc.s)]
	return r, len(r.Text)
}

// eventLimit reads a limit that runs from an event: "20个工作日内".
func eventLimit(s string) (n int, unit string, size int) {
	sc := &dateScanner{s: s}
	if n, ok := sc.number(1, 999, "个工作日内", "个工作日之内", "个工作日以内"); ok {
		return n, "working-day", len(s) - len(sc.s)
	}
	if n, ok := sc.number(1, 999, "日内", "天内"); ok {
		return n, "day", len(s) - len(sc.s)
	}
	if n, ok := sc.number(1, 999, "小时内", "个小时内"); ok {
		return n, "hour", len(s) - len(sc.s)
	}
	return 0, "", 0
}

// clause is the part of s around [from, to) between punctuation marks.
func clause(s string, from, to int) string {
	const marks = "，。；、：（）,;()"
	if i := strings.LastIndexAny(s[:from], marks); i >= 0 {
		_, n := utf8.DecodeRuneInString(s[i:])
		return s[i+n : to]
	}
	return s[:to]
}

// Continuous is the recurrence a deadline adds when the duty goes on after it:
// "10月1日前完成并持续落实".
func Continuous(due string) []Recurrence {
	for _, w := range []string{"持续", "长期", "常年"} {
		if i := strings.Index(due, w); i >= 0 {
			return []Recurrence{{Every: "continuous", Text: due[i:]}}
		}
	}
	return nil
}
