// Package explain says in words why a benefit comes to what it comes to: one
// line for each clause that had a part in it, with what it was applied to, what
// it left, and whether it decided something.
package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
)

// Range is a value from Low to High; amounts in fen.
type Range struct {
	Low  int64 `json:"low"`
	High int64 `json:"high"`
}

// Step is a line of an explanation.
type Step struct {
	Clauses  []string `json:"clauses"`
	Kind     gov.Text `json:"kind"`
	Label    string   `json:"label,omitempty"`
	Entry    *int     `json:"entry,omitempty"` // of a list, from 0
	In       Range    `json:"in"`
	By       Range    `json:"by"`
	Value    Range    `json:"value"`
	Type     string   `json:"type"` // of value: money, ratio, count or condition
	Binds    bool     `json:"binds"`
	Readings []string `json:"readings,omitempty"` // pending ones
}

// Benefit is what one benefit comes to and why.
type Benefit struct {
	Index   int32    `json:"-"` // in the program
	Benefit string   `json:"benefit"`
	Grant   string   `json:"grant,omitempty"`
	Amount  Range    `json:"amount"`
	Needs   []string `json:"needs,omitempty"`
	Pending []string `json:"pending,omitempty"` // readings the result rests on that are not ruled
	Steps   []Step   `json:"steps"`
}

// Answer is what an applicant gets.
type Answer struct {
	Total     Range     `json:"total"`
	Benefits  []Benefit `json:"benefits"`
	Truncated bool      `json:"truncated,omitempty"` // lists are longer than is explained
}

// kinds are the kinds of steps in words.
var kinds = map[ir.StepKind]gov.Text{
	ir.Condition: {ZH: "条件", EN: "condition"}, ir.Gate: {ZH: "门槛", EN: "gate"}, ir.Fixed: {ZH: "定额", EN: "fixed amount"},
	ir.ShareOf: {ZH: "按比例", EN: "share"}, ir.Unit: {ZH: "按数量", EN: "for each"}, ir.Row: {ZH: "适用的一档", EN: "row that applies"},
	ir.Every: {ZH: "每满", EN: "for each full step"}, ir.SumOf: {ZH: "合计", EN: "sum"}, ir.BestOf: {ZH: "择优", EN: "best of"},
	ir.EachOf: {ZH: "逐项合计", EN: "sum over entries"}, ir.PerKey: {ZH: "逐项择优", EN: "best of each"}, ir.Limit: {ZH: "上限", EN: "limit"},
	ir.LessPaid: {ZH: "扣除已领", EN: "less what was paid"}, ir.Once: {ZH: "一次性", EN: "once"}, ir.Lasting: {ZH: "为期", EN: "for some years"},
	ir.Parts: {ZH: "分期", EN: "instalment"}, ir.Discretion: {ZH: "酌定", EN: "as the office decides"}, ir.Grant: {ZH: "授予", EN: "grant"},
	ir.When: {ZH: "条件", EN: "condition"}, ir.Excluded: {ZH: "不能同时享受", EN: "not together"}, ir.Joint: {ZH: "共同上限", EN: "joint limit"},
}

// Of explains a result of a machine's last run. Benefits that come to nothing
// for want of a condition are there with that condition.
func Of(p *ir.Program, m *eval.Machine, r *eval.Result) Answer {
	a := Answer{Total: Range{r.Total.Low, r.Total.High}, Truncated: r.Truncated}
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		if !o.Applies {
			continue
		}
		info := &p.Benefits[o.Benefit]
		b := Benefit{Index: o.Benefit, Benefit: info.Key(), Grant: info.Grant, Amount: Range{o.Final.Low, o.Final.High}, Steps: []Step{}}
		if !o.Final.Known() {
			for _, f := range m.Needs(o.Benefit) {
				b.Needs = append(b.Needs, fieldName(p, f))
			}
		}
		seen := map[string]bool{}
		for _, rec := range kept(p, o.Records) {
			s := step(p, rec)
			for _, name := range s.Readings {
				if !seen[name] {
					seen[name] = true
					b.Pending = append(b.Pending, name)
				}
			}
			b.Steps = append(b.Steps, s)
		}
		if b.Grant != "" && len(b.Steps) > 1 {
			// that it is granted is what the conditions are of, and not met or open while they are
			grant := kinds[ir.Grant]
			b.Steps = slices.DeleteFunc(b.Steps, func(s Step) bool { return s.Kind == grant })
		}
		a.Benefits = append(a.Benefits, b)
	}
	return a
}

// fieldName is a fact as files name it, with its list.
func fieldName(p *ir.Program, f int32) string {
	d := &p.Fields[f]
	if d.Column != ir.None {
		return p.Fields[p.Lists[d.List].Field].Name + "." + d.Name
	}
	return d.Name
}

// kept leaves out what comes after a condition that is not met, since it
// counts for nothing.
func kept(p *ir.Program, list []eval.Record) (out []eval.Record) {
	type dead struct{ from, to, entry int32 }
	var gone []dead
next:
	for _, r := range list {
		for _, d := range gone {
			if r.Node > d.from && r.Node < d.to && r.Entry == d.entry {
				continue next
			}
		}
		s := &p.Steps[r.Step]
		if (s.Kind == ir.Condition || s.Kind == ir.Gate) && r.Out.High == 0 {
			gone = append(gone, dead{r.Node, s.End, r.Entry})
		}
		out = append(out, r)
	}
	return out
}

func step(p *ir.Program, r eval.Record) Step {
	info := &p.Steps[r.Step]
	s := Step{Kind: kinds[info.Kind], Label: info.Label, In: Range{r.In.Low, r.In.High}, By: Range{r.By.Low, r.By.High}, Value: Range{r.Out.Low, r.Out.High}, Binds: r.Binds, Type: "money"}
	if r.Node != ir.None {
		switch p.Nodes[r.Node].Type {
		case ir.Bool:
			s.Type = "condition"
		case ir.Ratio:
			s.Type = "ratio"
		case ir.Count:
			s.Type = "count"
		}
	}
	if r.Entry >= 0 {
		k := int(r.Entry)
		s.Entry = &k
	}
	for _, c := range info.Clauses {
		s.Clauses = append(s.Clauses, c.String())
	}
	for _, i := range info.Readings {
		if x := &p.Readings[i]; x.Pending {
			s.Readings = append(s.Readings, x.Doc+"."+x.Name)
		}
	}
	return s
}

// words writes a value.
func words(v Range, kind string, l gov.Lang) string {
	one := func(x int64) string {
		switch kind {
		case "money":
			return money.Fen(x).As(l)
		case "ratio":
			return money.Ratio(x).String()
		}
		return money.Grouped(x, 0)
	}
	if kind == "condition" {
		t := gov.Text{ZH: "还不知道", EN: "not known yet"}
		switch v {
		case Range{}:
			t = gov.Text{ZH: "不符合", EN: "not met"}
		case Range{1, 1}:
			t = gov.Text{ZH: "符合", EN: "met"}
		}
		return t.In(l)
	}
	if v.Low == v.High {
		return one(v.Low)
	}
	return gov.Textf("%s 至 %s", "%s to %s", one(v.Low), one(v.High)).In(l)
}

// Text writes an answer for people; zero says whether benefits that come to
// nothing are listed too.
func (a Answer) Text(l gov.Lang, zero bool) string {
	var b strings.Builder
	for _, x := range a.Benefits {
		if !zero && x.Amount == (Range{}) {
			continue
		}
		value := words(x.Amount, "money", l)
		if x.Grant != "" {
			value = words(x.Amount, "condition", l) + " · " + x.Grant
		}
		fmt.Fprintf(&b, "%s  %s\n", x.Benefit, value)
		if len(x.Needs) > 0 {
			fmt.Fprintf(&b, "    %s%s\n", gov.Text{ZH: "还需要：", EN: "needs: "}.In(l), strings.Join(x.Needs, gov.Text{ZH: "、", EN: ", "}.In(l)))
		}
		for _, s := range x.Steps {
			b.WriteString("    " + s.text(l) + "\n")
		}
		if len(x.Pending) > 0 {
			fmt.Fprintf(&b, "    %s%s\n", gov.Text{ZH: "依据待定的解读：", EN: "rests on pending readings: "}.In(l), strings.Join(x.Pending, gov.Text{ZH: "、", EN: ", "}.In(l)))
		}
	}
	total := gov.Textf("合计  %s", "total  %s", words(a.Total, "money", l))
	b.WriteString(total.In(l) + "\n")
	return b.String()
}

// Decides reports whether a step is what a reader asks about first: a condition
// that is not met, a limit that cuts off, another benefit in its place.
func (s Step) Decides() bool {
	switch s.Kind {
	case kinds[ir.Condition], kinds[ir.Gate], kinds[ir.When]:
		return s.Type == "condition" && s.Value.High == 0
	case kinds[ir.Limit], kinds[ir.Joint]:
		return s.Binds && s.In.Low > s.Value.High
	case kinds[ir.Excluded]:
		return s.Binds
	}
	return false
}

func (s Step) text(l gov.Lang) string {
	return strings.Join(s.Clauses, " ") + "  " + s.Words(l)
}

// Words says what a step did and what it left, without its clauses.
func (s Step) Words(l gov.Lang) string {
	name := s.Kind.In(l)
	if limit := kinds[ir.Limit]; s.Label != "" && (s.Kind != limit || strings.Contains(s.Label, limit.ZH)) {
		name = s.Label
	} else if s.Label != "" {
		name = s.Label + gov.Text{ZH: "：", EN: ": "}.In(l) + name
	}
	entry := ""
	if s.Entry != nil {
		entry = gov.Textf("第 %d 项 ", "entry %d ", *s.Entry+1).In(l)
	}
	out := fmt.Sprintf("%s%s  %s", entry, name, words(s.Value, s.Type, l))
	if s.Binds {
		switch s.Kind {
		case kinds[ir.Limit], kinds[ir.Joint]:
			if s.In.Low <= s.Value.High {
				break // it may bind, or the limit is of something else
			}
			out += gov.Text{ZH: " ← 上限起作用", EN: " ← the limit binds"}.In(l)
		case kinds[ir.LessPaid]:
			out += gov.Textf(" ← 已领 %s", " ← %s was paid before", words(s.By, "money", l)).In(l)
		case kinds[ir.Excluded]:
			out += gov.Textf(" ← 让给 %s 的一项", " ← another of %s is taken", words(s.By, "money", l)).In(l)
		}
	}
	return out
}

// Reference writes the rules in words: what the documents give to whom, on
// which clause, with the numbers of the day. It is what rules doc prints.
func Reference(p *ir.Program, l gov.Lang) string {
	var b strings.Builder
	for _, d := range p.Docs {
		fmt.Fprintf(&b, "%s %s\n", d.Number, d.Title)
		for i := range p.Benefits {
			x := &p.Benefits[i]
			if x.Doc != d.Short {
				continue
			}
			cites := make([]string, len(x.Clauses))
			for k, c := range x.Clauses {
				cites[k] = Citation(c.Path, l)
			}
			fmt.Fprintf(&b, "  %s（%s） %s\n", x.Name, p.Inputs[x.Input], strings.Join(cites, " "))
			for _, k := range p.Consts {
				if k.Benefit != int32(i) || k.Value == 0 {
					continue
				}
				c := ""
				if len(k.Clauses) > 0 {
					c = Citation(k.Clauses[0].Path, l)
				}
				fmt.Fprintf(&b, "    %-12s %s %s\n", k.Text, c, k.Label)
			}
		}
		if p.Checks != nil {
			for _, k := range p.Checks.All {
				if k.Doc == d.Short {
					fmt.Fprintf(&b, "  %s（%s） %s\n", gov.Text{ZH: "核对", EN: "refused"}.In(l), p.Inputs[k.Input], k.Text)
				}
			}
		}
		for i := range p.Readings {
			if r := &p.Readings[i]; r.Doc == d.Short && r.Pending {
				fmt.Fprintf(&b, "  %s %s：%s\n", r.Name, gov.Text{ZH: "待定", EN: "pending"}.In(l), r.Question)
			}
		}
	}
	return b.String()
}

// Citation writes the path of a clause as people cite it: 第七条第（一）项第2目.
func Citation(path string, l gov.Lang) string {
	if l == gov.EN {
		return "art. " + path
	}
	article, rest := path, ""
	if i := strings.IndexAny(path, "/("); i >= 0 {
		article, rest = path[:i], path[i:]
	}
	out := "第" + numeral(article) + "条"
	for rest != "" {
		n := 1
		for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
			n++
		}
		switch rest[0] {
		case '/':
			out += "第" + numeral(rest[1:n]) + "款"
			rest = rest[n:]
		case '(':
			out += "第（" + numeral(rest[1:n]) + "）项"
			rest = rest[min(n+1, len(rest)):]
		default:
			out += "第" + rest + "目"
			rest = ""
		}
	}
	return out
}

// numeral writes a number up to 99 as documents number their clauses: 十六.
func numeral(digits string) string {
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > 99 {
		return digits
	}
	ones := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch tens := n / 10; tens {
	case 0:
		return ones[n]
	case 1:
		return "十" + ones[n%10]
	default:
		return ones[tens] + "十" + ones[n%10]
	}
}

// Displaced reports that a step says that its benefit is not had together with
// another.
func Displaced(s Step) bool { return s.Kind == kinds[ir.Excluded] }
