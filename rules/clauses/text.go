package clauses

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// Clause is a paragraph or item of a document by the path rule files cite:
// "3/2" a paragraph of an article, "7(1)" an item, "7(1)2" a sub-item. Its text
// is its own, without what hangs below it.
type Clause struct {
	Path string
	Text string
}

// Text is the paragraphs and items of a document in reading order.
type Text []Clause

// inner is an item cited with the paragraph before it: 6/1(2) is 6(2), as long
// as only one paragraph of the article has items.
var inner = regexp.MustCompile(`^(\d+)/\d+(\(.*)$`)

// canonical is a cited path as the text names it.
func (t Text) canonical(path string) string {
	if slices.ContainsFunc(t, func(c Clause) bool { return c.Path == path }) {
		return path
	}
	return inner.ReplaceAllString(path, "$1$2")
}

// At is the text of a clause: of an article all of it, of an item that and its
// sub-items, of a paragraph that alone. Its second result is false if the
// document has no such clause.
func (t Text) At(path string) (string, bool) {
	path = t.canonical(path)
	var b strings.Builder
	found := false
	for _, c := range t {
		rest, ok := strings.CutPrefix(c.Path, path)
		if !ok || rest != "" && !strings.HasSuffix(path, ")") && (strings.Contains(path, "/") || rest[0] != '/' && rest[0] != '(') {
			continue
		}
		found = true
		b.WriteString(c.Text)
		b.WriteByte('\n')
	}
	return b.String(), found
}

// parts is how many paragraphs and items an article has.
func (t Text) parts(article string) int {
	n := 0
	for _, c := range t {
		if (syntax.Clause{Path: c.Path}).Article() == article {
			n++
		}
	}
	return n
}

// numbers is what a text says in figures.
type numbers struct {
	money  []int64 // fen
	ratios []int64 // hundred-millionths
	counts []int64
	dates  []int64
}

var (
	dateWritten  = regexp.MustCompile(`(\d{4})年(\d{1,2})月(\d{1,2})日`)
	ratioWritten = regexp.MustCompile(`\d+(?:\.\d+)?(?:%|:\d+(?:\.\d+)?)`)
	// In 20、10、3万元 the unit stands after the last number alone.
	listWritten   = regexp.MustCompile(`((?:\d+(?:\.\d+)?、)+)\d+(?:\.\d+)?((?:亿|千万|百万|万)?元)`)
	amountWritten = regexp.MustCompile(`\d+(?:\.\d+)?(?:亿|千万|百万|万)?元?`)
	wordsWritten  = regexp.MustCompile(`[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]`)
	plain         = strings.NewReplacer("：", ":", "％", "%", " ", "", "\u00a0", "", "\u3000", "", "，", ",")
)

// figures finds the numbers of a text.
func figures(text string) numbers {
	var n numbers
	text = plain.Replace(text)
	for _, m := range dateWritten.FindAllStringSubmatch(text, -1) {
		y, _ := strconv.Atoi(m[1]) // digits, all three
		mo, _ := strconv.Atoi(m[2])
		d, _ := strconv.Atoi(m[3])
		n.dates = append(n.dates, syntax.Days(gov.Date{Year: y, Month: time.Month(mo), Day: d}))
	}
	for _, m := range listWritten.FindAllStringSubmatch(text, -1) {
		for s := range strings.SplitSeq(strings.TrimSuffix(m[1], "、"), "、") {
			n.add(s + m[2])
		}
	}
	rest := ratioWritten.ReplaceAllStringFunc(text, func(s string) string {
		n.add(s)
		return " "
	})
	for _, s := range amountWritten.FindAllString(rest, -1) {
		n.add(s)
	}
	for _, s := range wordsWritten.FindAllString(rest, -1) {
		n.counts = append(n.counts, spelt(s))
	}
	return n
}

// add takes in a number as written; what cannot be one is left out.
func (n *numbers) add(s string) {
	l, wrong := syntax.ReadQuantity(s)
	if !wrong.IsZero() {
		return
	}
	switch l.Kind {
	case syntax.MoneyLiteral:
		n.money = append(n.money, l.Value)
	case syntax.RatioLiteral:
		n.ratios = append(n.ratios, l.Value)
	case syntax.CountLiteral:
		if l.Decimals == 0 {
			n.counts = append(n.counts, l.Value)
		}
	}
}

// spelt reads a number below a hundred in words.
func spelt(s string) int64 {
	digit := func(s string, none int64) int64 {
		if s == "" {
			return none
		}
		if s == "两" {
			return 2
		}
		return int64(slices.Index([]string{"一", "二", "三", "四", "五", "六", "七", "八", "九"}, s)) + 1
	}
	tens, ones, ok := strings.Cut(s, "十")
	if !ok {
		return digit(s, 0)
	}
	return digit(tens, 1)*10 + digit(ones, 0)
}

// say reports whether the text says a value. Nothing (0) needs no saying.
func (n numbers) say(l syntax.Literal) bool {
	switch l.Kind {
	case syntax.MoneyLiteral, syntax.RateLiteral:
		return l.Value == 0 || slices.Contains(n.money, l.Value)
	case syntax.RatioLiteral:
		return l.Value == 0 || slices.Contains(n.ratios, l.Value)
	case syntax.CountLiteral:
		unit := money.Power(l.Decimals)
		return l.Value == 0 || l.Value%unit == 0 && slices.Contains(n.counts, l.Value/unit)
	case syntax.DateLiteral:
		return slices.Contains(n.dates, l.Value)
	}
	return true
}
