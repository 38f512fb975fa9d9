package check

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/problems"
	"quanxiang/rules/syntax"
)

// Texts gives the text of a clause of a document, false if it is not at hand.
// The path is as rule files write it: "3/2", "7(1)2".
type Texts interface {
	Clause(doc, path string) (string, bool)
}

// Numbers holds that every number of a rule stands in a clause it cites, after
// both are brought to one spelling: 100 万元 and 1,000,000 元, 1：0.5 and 50%, 三
// and 3 (check 1). Nothing is said of clauses whose text is not at hand, and of
// zero.
func Numbers(p *ir.Program, texts Texts) problems.List {
	var list problems.List
	read := map[ir.Clause][]number{}
	for i := range p.Consts {
		k := &p.Consts[i]
		if k.Value == 0 {
			continue
		}
		found, known := false, false
		for _, c := range k.Clauses {
			numbers, ok := read[c]
			if !ok {
				if text, have := texts.Clause(c.Doc, c.Path); have {
					numbers = append(numbersIn(text), number{kind: ir.List}) // marks a text that is there
				}
				read[c] = numbers
			}
			known = known || len(numbers) > 0
			found = found || slices.Contains(numbers, number{k.Type, k.Value})
		}
		if known && !found {
			cites := make([]string, len(k.Clauses))
			for j, c := range k.Clauses {
				cites[j] = "@" + c.String()
			}
			list.Add(k.Pos, "条文 %[2]s 里没有“%[1]s”", "%[1]q does not stand in %[2]s", k.Text, strings.Join(cites, " "))
		}
	}
	list.Sort()
	return list
}

type number struct {
	kind  ir.Type
	value int64
}

// han are the numerals documents write in words.
var han = map[rune]int64{'一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// numbersIn reads the numbers of a text: each as whatever it may be.
func numbersIn(text string) (list []number) {
	s := []rune(strings.NewReplacer("：", ":", "％", "%", "，", ";", " ", "", "\u3000", "", "\n", "", "〇", "0").Replace(text))
	add := func(k ir.Type, v int64) { list = append(list, number{k, v}) }
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' {
			if n, next := hanNumber(s, i); next > i {
				add(ir.Count, n)
				i = next
				continue
			}
			i++
			continue
		}
		j := i
		for j < len(s) && (s[j] >= '0' && s[j] <= '9' || (s[j] == '.' || s[j] == ':') && j+1 < len(s) && s[j+1] >= '0' && s[j+1] <= '9') {
			j++
		}
		body := string(s[i:j])
		k := j
		if k < len(s) && s[k] == '%' {
			k++
		} else {
			for k < len(s) && k < j+8 && unicode.IsLetter(s[k]) && !numeral(s[k]) {
				k++
			}
		}
		if d, n := dateAt(s, i); n > 0 {
			add(ir.Date, d)
		}
		tail := s[j:k]
		for cut := len(tail); cut >= 0; cut-- {
			l, wrong := syntax.ReadQuantity(body + string(tail[:cut]))
			if !wrong.IsZero() {
				continue
			}
			switch l.Kind {
			case syntax.MoneyLiteral:
				add(ir.Money, l.Value)
			case syntax.RatioLiteral:
				add(ir.Ratio, l.Value)
			case syntax.CountLiteral:
				// a list shares its unit: 20、10、3 万元
				add(ir.Count, l.Value)
				if l.Decimals == 0 {
					if u := unitAfter(s, j); u > 0 {
						if v, ok := money.Decimal(body, int64(u)); ok {
							add(ir.Money, v)
						}
					}
				}
			}
		}
		i = j
	}
	return list
}

func numeral(r rune) bool { _, ok := han[r]; return ok || r == '十' }

// hanNumber reads 三, 十, 十五, 二十, 二十五.
func hanNumber(s []rune, i int) (int64, int) {
	n, at := int64(0), i
	if v, ok := han[s[at]]; ok {
		n = v
		at++
	}
	if at < len(s) && s[at] == '十' {
		n = max(n, 1) * 10
		at++
		if at < len(s) {
			if v, ok := han[s[at]]; ok {
				n += v
				at++
			}
		}
	}
	return n, at
}

// unitAfter finds the unit of money that a list of numbers shares.
func unitAfter(s []rune, j int) money.Fen {
	for j < len(s) && (s[j] == '、' || s[j] == '.' || s[j] >= '0' && s[j] <= '9') {
		j++
	}
	for n := min(3, len(s)-j); n > 0; n-- {
		if u := money.Unit(string(s[j : j+n])); u > 0 {
			return u
		}
	}
	return 0
}

// dateAt reads 2015年1月1日.
func dateAt(s []rune, i int) (int64, int) {
	part := func(end rune) int {
		j := i
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		if j == i || j == len(s) || s[j] != end {
			return 0
		}
		n, err := strconv.Atoi(string(s[i:j]))
		if err != nil {
			return 0
		}
		i = j + 1
		return n
	}
	y, m, d := part('年'), part('月'), part('日')
	date, err := gov.ParseDate(strconv.Itoa(y) + "-" + two(m) + "-" + two(d))
	if err != nil || y == 0 {
		return 0, 0
	}
	return syntax.Days(date), i
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
