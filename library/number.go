package library

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/policy"
)

// SlugOf is the address of a document: series slug, year and serial of its
// number, "xzf-2016-8". A series the lexicon does not know is named by a hash,
// so the address of a cited document never changes when it is imported.
func SlugOf(lex *gazette.Lexicon, number, title string) string {
	n, ok := policy.ParseNumber(number)
	if !ok {
		if number == "" {
			number = title
		}
		return "d-" + hash(number, 12)
	}
	series := "x" + hash(n.Series, 6)
	for _, s := range lex.Series {
		if s.Code == n.Series && s.Slug != "" {
			series = s.Slug
		}
	}
	if n.Year == 0 {
		return series + "-" + strconv.Itoa(n.Serial)
	}
	return series + "-" + strconv.Itoa(n.Year) + "-" + strconv.Itoa(n.Serial)
}

func hash(s string, digits int) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])[:digits]
}

var (
	numberRun  = regexp.MustCompile(`[〇零一二三四五六七八九十百千]+|\d+`)
	digitValue = map[rune]int{
		'〇': 0, '零': 0, '一': 1, '二': 2, '三': 3, '四': 4,
		'五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
	}
	placeValue = map[rune]int{'十': 10, '百': 100, '千': 1000}
)

// numbers are the figures in a printed number, joined by "-": 第二十三条 is "23",
// 第六条之一 is "6-1".
func numbers(printed string) string {
	var list []string
	for _, run := range numberRun.FindAllString(printed, -1) {
		list = append(list, strconv.Itoa(numeral(run)))
	}
	return strings.Join(list, "-")
}

// numeral reads Chinese or Arabic figures below ten thousand.
func numeral(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	total, current := 0, 0
	for _, r := range s {
		if p, ok := placeValue[r]; ok {
			total += max(current, 1) * p
			current = 0
			continue
		}
		current = digitValue[r]
	}
	return total + current
}

var (
	fiveYears  = regexp.MustCompile(`(十[一二三四五六七八九])[”"]?(?:五|个五年)`)
	yearRange  = regexp.MustCompile(`((?:19|20)\d\d)年?\s*[-—–－~～至]+\s*((?:19|20)\d\d)\s*年?`)
	singleYear = regexp.MustCompile(`((?:19|20)\d\d)\s*年`)
	planWord   = regexp.MustCompile(`规划|计划|纲要|要点|方案|安排|分工|任务|行动`)
)

// PlanEnd is the last day of the period that the title of a plan names: a range
// of years, a five-year plan from 十一五 on (十三五 is 2016 to 2020), or one year.
// It is zero when the title names no period or is not a plan's.
func PlanEnd(title string) gov.Date {
	if !planWord.MatchString(title) {
		return gov.Date{}
	}
	year := 0
	if m := yearRange.FindStringSubmatch(title); m != nil {
		year = numeral(m[2])
	} else if m := fiveYears.FindStringSubmatch(title); m != nil {
		year = 2005 + 5*(numeral(m[1])-10)
	} else if m := singleYear.FindStringSubmatch(title); m != nil {
		year = numeral(m[1])
	}
	if year == 0 {
		return gov.Date{}
	}
	return gov.Date{Year: year, Month: 12, Day: 31}
}
