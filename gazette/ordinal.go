package gazette

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"quanxiang/gazette/paper"
)

// ordinal is the number with which a heading, article or item begins.
type ordinal struct {
	typ     NodeType // "" when the text begins with no number
	n       int
	printed string // 第三章, 一、, （一）, 1., （1）
	rest    string // the text after it
}

var (
	longOrdinal = regexp.MustCompile(`^第 ?([一二三四五六七八九十百零]{1,6}|[0-9]{1,3}) ?(部分|编|篇|章|节|条)`)
	ordinals    = []struct {
		typ  NodeType
		form *regexp.Regexp
	}{
		{Level1Node, regexp.MustCompile(`^([一二三四五六七八九十百]{1,5}) ?、`)},
		{Level2Node, regexp.MustCompile(`^[（(] ?([一二三四五六七八九十百]{1,5}) ?[）)]`)},
		{Level4Node, regexp.MustCompile(`^[（(] ?([0-9]{1,3}) ?[）)]`)},
		{Level4Node, regexp.MustCompile(`^([0-9]{1,3})[)）]`)},
		{Level3Node, regexp.MustCompile(`^([0-9]{1,3}) ?[.．、]`)},
	}
	preface = regexp.MustCompile(`^(序|序言|前言|引言|导言|结语|结束语|后记)$`)
)

// ordinalOf reads the number at the beginning of a text.
func ordinalOf(text string) ordinal {
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case first == '第':
		m := longOrdinal.FindStringSubmatchIndex(text)
		if m == nil {
			return ordinal{}
		}
		rest := text[m[1]:]
		r, _ := utf8.DecodeRuneInString(rest)
		if strings.ContainsRune("、，。；：的和及与至到或", r) && rest != "" {
			return ordinal{} // the sentence speaks of that part or article
		}
		for _, w := range []string{"规定", "所", "中", "之外", "以外", "第"} {
			if strings.HasPrefix(rest, w) && strings.HasSuffix(text[:m[1]], "条") {
				return ordinal{}
			}
		}
		n, ok := paper.HanNumber(text[m[2]:m[3]])
		typ := map[string]NodeType{"章": ChapterNode, "节": SectionNode, "条": ArticleNode}[text[m[4]:m[5]]]
		if typ == "" {
			typ = PartNode
		}
		if !ok {
			return ordinal{}
		}
		return ordinal{typ, n, paper.Compact(text[:m[1]]), strings.TrimLeft(rest, " ")}
	case !strings.ContainsRune("一二三四五六七八九十百（(0123456789", first):
		return ordinal{}
	}
	for _, o := range ordinals {
		m := o.form.FindStringSubmatchIndex(text)
		if m == nil {
			continue
		}
		n, ok := paper.HanNumber(text[m[2]:m[3]])
		rest := text[m[1]:]
		if !ok || o.typ == Level3Node && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return ordinal{} // 2.5 微克 is a figure
		}
		return ordinal{o.typ, n, paper.Compact(text[:m[1]]), strings.TrimLeft(rest, " ")}
	}
	return ordinal{}
}

// ranks order the levels from the outside in.
var ranks = map[NodeType]int{
	PartNode: 1, ChapterNode: 2, SectionNode: 3, ArticleNode: 4,
	Level1Node: 5, Level2Node: 6, Level3Node: 7, Level4Node: 8,
}

// counter accepts the numbers that can come next in a section. A number goes
// on from the last of its level under the same parent, or from the last of its
// level in the whole section where the numbering runs across parents, or begins
// with one under a new parent.
type counter struct {
	local map[NodeType]int // last number since the parent began
	whole map[NodeType]int // last number in the section
}

func newCounter() *counter {
	return &counter{map[NodeType]int{}, map[NodeType]int{}}
}

// verdict on a number.
type verdict int

const (
	rejected verdict = iota
	expected
	skipped  // a number or two are missing before it
	repeated // it was there already
)

// judge says whether a number may stand where it stands. Opens says that the
// text before it announces a list, so that a list may begin again with one.
func (c *counter) judge(o ordinal, opens bool) verdict {
	local, whole := c.local[o.typ], c.whole[o.typ]
	outer := ranks[o.typ] <= ranks[Level2Node]
	switch {
	case o.n == local+1, o.n == whole+1:
		return expected
	case o.n == 1 && opens && ranks[o.typ] >= ranks[Level2Node]:
		return expected
	case outer && local > 0 && o.n > local && o.n <= local+3:
		return skipped
	case outer && local > 0 && o.n == local && o.typ != ArticleNode:
		return repeated
	}
	return rejected
}

// enter records a number; the levels below begin again.
func (c *counter) enter(typ NodeType, n int) {
	c.local[typ], c.whole[typ] = n, n
	c.reset(ranks[typ])
}

// reset lets all levels below a rank begin again. Articles count through the
// chapters of the whole instrument.
func (c *counter) reset(rank int) {
	for t, r := range ranks {
		if r > rank && t != ArticleNode {
			c.local[t] = 0
		}
	}
}

// Longest heading before text that runs on, in characters, and longest
// sentence that alone makes a heading.
const (
	longHeading  = 40
	shortHeading = 15
)

// headingOf cuts the text after a number into heading and text. A paragraph
// without a closing mark is all heading. Where the text runs on, the heading is
// the first sentence if it is short and simple (at most one comma), or the few
// words before a colon. Within articles there are no headings: the text of an
// item is law from its first word.
func headingOf(typ NodeType, rest string, inArticle bool) (heading, stop, text string) {
	switch {
	case typ == PartNode || typ == ChapterNode || typ == SectionNode:
		return paper.Squeeze(rest), "", ""
	case typ == ArticleNode || inArticle:
		return "", "", rest
	}
	full := strings.Index(rest, "。")
	colon := strings.IndexFunc(rest, func(c rune) bool { return c == '：' || c == ':' })
	mark := strings.IndexFunc(rest, func(c rune) bool { return c == '，' || c == '。' || c == '；' })
	if colon > 0 && (mark < 0 || colon < mark) && utf8.RuneCountInString(rest[:colon]) <= shortHeading {
		_, size := utf8.DecodeRuneInString(rest[colon:])
		return paper.Squeeze(rest[:colon]), rest[colon : colon+size], strings.TrimLeft(rest[colon+size:], " ")
	}
	if full < 0 {
		if paper.EndsWith(rest, "；;：:，,") || utf8.RuneCountInString(rest) > 2*longHeading {
			return "", "", rest
		}
		return paper.Squeeze(rest), "", ""
	}
	sentence, after := rest[:full], strings.TrimLeft(rest[full+len("。"):], " ")
	commas := strings.Count(sentence, "，") + strings.Count(sentence, ",")
	switch n := utf8.RuneCountInString(sentence); {
	case strings.Contains(sentence, "；") || strings.Count(sentence, "“") != strings.Count(sentence, "”"):
	case after != "" && n <= longHeading && commas <= 1,
		after == "" && n <= shortHeading && commas == 0:
		return paper.Squeeze(sentence), "。", after
	}
	return "", "", rest
}
