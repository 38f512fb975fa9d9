package gazette

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quanxiang/gazette/paper"
)

// conflicts annotates figures and names that contradict each other within the
// document. Which of the two is right only its author can say.
func (r *reading) conflicts() {
	r.figures()
	for i := range r.doc.Projects {
		r.amounts(&r.doc.Projects[i])
	}
	r.streetNames()
	r.unresolved()
}

// shortName is how many characters the name of an indicator must have to be
// looked for in the text, and variable how many at its beginning may be one
// character off: 公共绿地 for 公园绿地.
const (
	shortName = 8
	variable  = 2
)

var (
	brackets = regexp.MustCompile(`[（(][^（）()]*[）)]`)
	figure   = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?`)
	// stated is a figure that a sentence gives for what it has just named.
	stated = regexp.MustCompile(`^(?:已|将|要)?(?:达到|达|为|是|提高到|提升到|不小于|不低于|不大于|不超过|大于|小于|≥|≤|＞|＜)?([0-9]+(?:\.[0-9]+)?)(.)`)
)

// claim is an indicator that a sentence of the text may speak of.
type claim struct {
	*Indicator
	head  []rune // the beginning of its name, brackets left out
	tail  string // the rest
	known []string
}

// claims are the indicators with a figure for now and one for the target. Where
// the table leaves one of them open nothing can be said about the text.
func claims(inds []Indicator) (out []claim) {
	for i := range inds {
		ind := &inds[i]
		name := []rune(brackets.ReplaceAllString(ind.Name, ""))
		now, target := figure.FindAllString(ind.Baseline, -1), figure.FindAllString(ind.Target, -1)
		if len(name) >= shortName && now != nil && target != nil && ind.Unit != "" {
			out = append(out, claim{ind, name[:variable], string(name[variable:]), slices.Concat(now, target)})
		}
	}
	return out
}

// figures compares the indicators with what the text says of them: a figure of
// the text must be the present or the target value of the table.
func (r *reading) figures() {
	list, work := claims(r.doc.Indicators), mostSearched
	for _, s := range r.sections {
		for _, p := range s.paras {
			if work -= len(list) * len(p.Text); len(list) == 0 || work < 0 {
				return
			}
			text := paper.Compact(p.Text)
			for _, c := range list {
				r.figure(p, text, c)
			}
		}
	}
}

// mostSearched bounds the work of comparing, in bytes searched; no real
// document comes near it.
const mostSearched = 1 << 27

func (r *reading) figure(p paper.Paragraph, text string, c claim) {
	for at := 0; ; {
		i := strings.Index(text[at:], c.tail)
		if i < 0 {
			return
		}
		i += at
		at = i + len(c.tail)
		before := []rune(text[max(0, i-variable*utf8.UTFMax):i])
		m := stated.FindStringSubmatch(text[at:])
		if m == nil || !strings.HasPrefix(c.Unit, m[2]) || !almost(before, c.head) || slices.ContainsFunc(c.known, sameFigure(m[1])) {
			continue
		}
		r.note("conflict", p.LineOf(m[1]+m[2]), "正文中“%[1]s”是%[2]s%[3]s，指标表第%[4]s项是%[5]s（现状）和%[6]s（目标）",
			"the text gives %[2]s%[3]s for %[1]q, row %[4]s of the table of indicators %[5]s (now) and %[6]s (target)",
			string(before[len(before)-variable:])+c.tail, m[1], c.Unit, c.No, c.Baseline, c.Target)
	}
}

// almost reports whether text ends with word but for one character.
func almost(text, word []rune) bool {
	if len(text) < len(word) {
		return false
	}
	off := 0
	for i, c := range text[len(text)-len(word):] {
		if c != word[i] {
			off++
		}
	}
	return off <= 1
}

func sameFigure(s string) func(string) bool {
	x, _ := strconv.ParseFloat(s, 64) // digits by the expression
	return func(t string) bool {
		y, _ := strconv.ParseFloat(t, 64)
		return x == y
	}
}

// funds is an amount of money that the content of a project speaks of.
var funds = regexp.MustCompile(`(?:资金|投资)[^，。；0-9]{0,4}([0-9]+(?:\.[0-9]+)?)(万元|亿元)`)

// amounts compares the amount in the description of a project with its column,
// which is in 万元.
func (r *reading) amounts(p *Project) {
	total, err := strconv.ParseFloat(p.Investment, 64)
	m := funds.FindStringSubmatch(p.Scale)
	if err != nil || m == nil {
		return
	}
	said, _ := strconv.ParseFloat(m[1], 64) // digits by the expression
	if m[2] == "亿元" {
		said *= 10000
	}
	if said != total {
		r.note("conflict", p.Lines[0], "第%[1]s项的建设内容中写的是%[2]s%[3]s，总投资一栏是%[4]s万元",
			"the description of project %[1]s speaks of %[2]s%[3]s, its column of %[4]s万元", p.No, m[1], m[2], p.Investment)
	}
}

var (
	placeMarks = regexp.MustCompile(`[、，。；：/（）()—-]`)
	streetName = regexp.MustCompile(`^\p{Han}{3,7}(?:街|路|胡同|巷)$`)
)

// positions are the characters by which neighbouring streets differ.
const positions = "东西南北中前后左右内外上下里大小新旧头横竖一二三四五六七八九十甲乙丙丁"

// streetNames finds names of streets in the places of the projects that differ
// by one character which tells no neighbours apart: one of them is a slip.
func (r *reading) streetNames() {
	type named struct {
		name []rune
		line int
	}
	var seen []named
	for i := range r.doc.Projects {
		p := &r.doc.Projects[i]
		for _, w := range placeMarks.Split(p.Place, -1) {
			if !streetName.MatchString(w) || slices.ContainsFunc(seen, func(n named) bool { return string(n.name) == w }) || len(seen) >= maxStreets {
				continue
			}
			now := named{[]rune(w), p.Lines[0]}
			for _, n := range seen {
				if k := oneOff(n.name, now.name); k >= 2 && !strings.ContainsRune(positions, n.name[k]) && !strings.ContainsRune(positions, now.name[k]) {
					r.note("misprint", n.line, "路名“%s”与“%s”（第%d行起）只差一个字，可能有一处误印", "the names of streets %q and %q (from line %d) differ in one character; one may be a misprint",
						string(n.name), w, now.line)
				}
			}
			seen = append(seen, now)
		}
	}
}

// maxStreets bounds how many names are compared with each other.
const maxStreets = 1000

// oneOff is the index of the only character in which two names of the same
// length differ, -1 if there is not exactly one.
func oneOff(a, b []rune) int {
	if len(a) != len(b) {
		return -1
	}
	at := -1
	for i := range a {
		if a[i] != b[i] {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// unresolved lists the names of units that the pack does not know.
func (r *reading) unresolved() {
	told := map[string]bool{}
	tell := func(refs []UnitRef, line int) {
		for _, u := range refs {
			if u.Unresolved && !told[u.Name] {
				told[u.Name] = true
				r.note("unresolved-unit", line, "单位“%s”不在单位名录中，按原文保留", "the pack knows no unit %q; it is kept as printed", u.Name)
			}
		}
	}
	for _, t := range r.doc.Tasks {
		for _, refs := range [][]UnitRef{t.Lead, t.Support, t.Units} {
			tell(refs, t.Lines[0])
		}
	}
	for _, ind := range r.doc.Indicators {
		tell(ind.Units, ind.Lines[0])
	}
}
