// Package spam says how much speaks for a report being none, and what. Its rules
// are data, each with its reason in words; it is pure, and it refuses nothing:
// what becomes of a report is for the procedure and for people to say.
package spam

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"quanxiang/gov"
)

// Report is what is known of a report.
type Report struct {
	Text     string        // all that was typed
	OpenFor  time.Duration // from when the form was opened to when it was sent
	SameText int64         // how many with the same text there were within a day, this one included
	OfDevice int64         // how many came from the same device within a day, this one included
}

// Signal is something about a report that can be measured.
type Signal string

// The signals.
const (
	Links    Signal = "links"     // addresses of web pages in the text
	SameText Signal = "same_text" // reports of a day with the same text
	Foreign  Signal = "foreign"   // share of letters that are neither Chinese nor Latin, per cent
	Seconds  Signal = "seconds"   // the form was open for
	OfDevice Signal = "of_device" // reports of a day from the same device
	Repeated Signal = "repeated"  // share of the text that is its most frequent character, per cent
)

// Rule gives points where a signal is over or under a bound.
type Rule struct {
	Signal Signal
	Over   int64 // the signal is greater; 0 with Under set asks for nothing here
	Under  int64 // the signal is less; 0 asks for nothing here
	Points int
	Why    gov.Text // with %d for the signal
}

// Rules are those every report is looked at by. Two of one signal add up.
var Rules = []Rule{
	{Signal: Links, Points: 30, Why: gov.Text{ZH: "内容中有 %d 个网址", EN: "%d web addresses in the text"}},
	{Signal: Links, Over: 2, Points: 30, Why: gov.Text{ZH: "网址多于 2 个（%d 个）", EN: "more than 2 web addresses (%d)"}},
	{Signal: SameText, Over: 1, Points: 20, Why: gov.Text{ZH: "一天内相同内容第 %d 次出现", EN: "the same text came %d times within a day"}},
	{Signal: SameText, Over: 4, Points: 40, Why: gov.Text{ZH: "相同内容多于 4 次（%d 次）", EN: "the same text came more than 4 times (%d)"}},
	{Signal: Foreign, Over: 50, Points: 50, Why: gov.Text{ZH: "%d%% 的文字既非中文也非拉丁字母", EN: "%d%% of the letters are neither Chinese nor Latin"}},
	{Signal: Seconds, Under: 3, Points: 50, Why: gov.Text{ZH: "打开表单 %d 秒即提交", EN: "sent %d seconds after the form was opened"}},
	{Signal: Seconds, Under: 8, Points: 15, Why: gov.Text{ZH: "填写不足 8 秒（%d 秒）", EN: "filled in within less than 8 seconds (%d)"}},
	{Signal: OfDevice, Over: 4, Points: 25, Why: gov.Text{ZH: "同一设备一天内第 %d 件", EN: "number %d of a day from the same device"}},
	{Signal: OfDevice, Over: 9, Points: 35, Why: gov.Text{ZH: "同一设备一天内多于 9 件（%d 件）", EN: "more than 9 of a day from the same device (%d)"}},
	{Signal: Repeated, Over: 50, Points: 40, Why: gov.Text{ZH: "内容的 %d%% 是同一个字符", EN: "%d%% of the text is one character"}},
}

// MaxScore is the most a report can get.
const MaxScore = 100

// Hit is a rule that applies, with what was measured.
type Hit struct {
	Rule  Rule
	Value int64
}

// Verdict is what was found.
type Verdict struct {
	Score int // 0 to MaxScore
	Hits  []Hit
}

// Judge looks at a report by rules.
func Judge(rules []Rule, r Report) (v Verdict) {
	for _, rule := range rules {
		n := r.measure(rule.Signal)
		if rule.Under > 0 && n >= rule.Under || (rule.Under == 0 || rule.Over > 0) && n <= rule.Over {
			continue
		}
		v.Score = min(v.Score+rule.Points, MaxScore)
		v.Hits = append(v.Hits, Hit{rule, n})
	}
	return v
}

// Why is what was found in words, a line for each rule; "" for nothing.
func (v Verdict) Why(l gov.Lang) string {
	lines := make([]string, len(v.Hits))
	for i, h := range v.Hits {
		lines[i] = gov.Textf(h.Rule.Why.ZH, h.Rule.Why.EN, h.Value).In(l)
	}
	return strings.Join(lines, "\n")
}

// address is what reads like the address of a page: with its scheme, or a name
// with a common end.
var address = regexp.MustCompile(`(?i)(https?://|www\.)\S+|\b[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*\.(com|net|org|cn|top|xyz|vip|club|shop|info|ru|cc)\b`)

func (r Report) measure(s Signal) int64 {
	switch s {
	case Links:
		return int64(len(address.FindAllString(r.Text, -1)))
	case SameText:
		return r.SameText
	case Foreign:
		return share(r.Text, unicode.IsLetter, func(c rune) bool { return !unicode.In(c, unicode.Han, unicode.Latin) })
	case Seconds:
		return int64(r.OpenFor / time.Second)
	case OfDevice:
		return r.OfDevice
	case Repeated:
		return repeated(r.Text)
	}
	return 0
}

// share is how many of the characters of a sort are such, per cent.
func share(text string, sort, such func(rune) bool) int64 {
	all, n := int64(0), int64(0)
	for _, c := range text {
		if sort(c) {
			if all++; such(c) {
				n++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return n * 100 / all
}

// short is below how many characters nothing is said of repetition: 谢谢 is fine.
const short = 8

func repeated(text string) int64 {
	count := map[rune]int64{}
	all, most := int64(0), int64(0)
	for _, c := range text {
		if !unicode.IsSpace(c) {
			all++
			count[c]++
			most = max(most, count[c])
		}
	}
	if all < short {
		return 0
	}
	return most * 100 / all
}

// Fold is a text as it is compared with others: without blanks, punctuation,
// digits and differences of case, so that a counter at its end makes no new text.
func Fold(text string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, text)
}
