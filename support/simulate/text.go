package simulate

import (
	"fmt"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/explain"
	"quanxiang/rules/money"
)

// Text is the result in words, for a terminal. budget is in fen, 0 for none.
func (r *Result) Text(l gov.Lang, budget int64) string {
	var b strings.Builder
	say := func(zh, en string, args ...any) { fmt.Fprintln(&b, gov.Textf(zh, en, args...).In(l)) }
	m := func(fen int64) string { return Wan(l, fen) }
	exact := func(fen int64) string { return money.Fen(fen).As(l) }
	if r.Invented {
		say("以下是虚构的企业。", "The enterprises are invented.")
	}
	if r.FactsOf != r.Question.Year {
		say("事实是 %[1]d 年度的，当作 %[2]d 年度的用。", "The facts are those of %[1]d, taken as those of %[2]d.", r.FactsOf, r.Question.Year)
	}
	if r.Apart > 0 {
		say("另有 %[1]d 个申报者缺少事实，没有计算。", "Another %[1]d applicants lack facts and are not computed.", r.Apart)
	}
	for _, c := range r.Changes {
		say("@%[1]s：%[2]s 改为 %[3]s", "@%[1]s: %[2]s becomes %[3]s", c.Clause, c.From, c.To)
	}
	t := &r.Total
	say("%[1]d 行；合计 %[2]s → %[3]s，变化 %[4]s", "%[1]d rows; in all %[2]s → %[3]s, a change of %[4]s", r.Rows, m(t.Before), m(t.After), m(t.Change()))
	say("得到支持的 %[1]d → %[2]d；%[3]d 个多得 %[4]s，%[5]d 个少得 %[6]s", "supported %[1]d → %[2]d; %[3]d gain %[4]s, %[5]d lose %[6]s", t.Had, t.Have, t.Winners, m(t.Gain), t.Losers, m(t.Loss))
	if budget > 0 {
		if over := t.After - budget; over > 0 {
			say("超出预算 %[1]s（预算 %[2]s）", "%[1]s over the budget of %[2]s", m(over), m(budget))
		} else {
			say("在预算 %[2]s 之内，余 %[1]s", "within the budget of %[2]s, %[1]s are left", m(-over), m(budget))
		}
	}
	for _, g := range r.Groups {
		say("", "")
		title := GroupName(g.ID)
		say("按%[1]s：", "By %[2]s:", title.ZH, strings.ToLower(title.EN))
		for i := range g.Parts {
			k := &g.Parts[i]
			say("  %[1]s：%[2]s → %[3]s，%[4]d 个多得，%[5]d 个少得", "  %[1]s: %[2]s → %[3]s, %[4]d gain, %[5]d lose", name(k.Name, l), m(k.Sum.Before), m(k.Sum.After), k.Sum.Winners, k.Sum.Losers)
		}
	}
	for i, list := range [][]Applicant{r.Winners, r.Losers} {
		if len(list) == 0 {
			continue
		}
		say("", "")
		if i == 0 {
			say("多得最多的：", "Who gain most:")
		} else {
			say("少得最多的：", "Who lose most:")
		}
		for _, a := range list {
			say("  %[1]s（第 %[2]d 行）：%[3]s → %[4]s", "  %[1]s (row %[2]d): %[3]s → %[4]s", a.Name, a.Row+1, exact(a.Before), exact(a.After))
			for _, w := range a.Why {
				say("    %[1]s：%[2]s → %[3]s%[4]s", "    %[1]s: %[2]s → %[3]s%[4]s", w.Key, exact(w.Before), exact(w.After), because(w.Is, l))
			}
		}
	}
	if r.Cliffs.Before+r.Cliffs.After > 0 {
		say("", "")
		say("悬崖（多一步反而少得）%[1]d → %[2]d 处", "Cliffs, where one step more brings less: %[1]d → %[2]d", r.Cliffs.Before, r.Cliffs.After)
	}
	return b.String()
}

// Wan is a sum of many applicants: in Chinese in units of 万元, to the hundredth, as
// budgets are written; in English in yuan.
func Wan(l gov.Lang, fen int64) string {
	if l == gov.EN {
		return money.Fen(fen).In(l)
	}
	rounded, ok := money.MulDiv(fen, 1, 10_000, money.HalfUp)
	if !ok {
		return money.Fen(fen).In(l)
	}
	s := money.Fen(rounded).In(l) // hundredths of 万元 are grouped as fen are
	return s[:len(s)-len("元")] + "万元"
}

// because are the clauses that decide an amount.
func because(list []Step, l gov.Lang) string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !s.Binds {
			continue
		}
		for _, c := range s.Clauses {
			doc, path, _ := strings.Cut(c, ":")
			words := doc + " " + explain.Citation(path, l)
			if s.Label != "" {
				words += " " + s.Label
			}
			if !seen[words] {
				seen[words] = true
				out = append(out, words)
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	return gov.Text{ZH: "（" + strings.Join(out, "；") + "）", EN: " (" + strings.Join(out, "; ") + ")"}.In(l)
}

// GroupName is a way of telling applicants apart in words.
func GroupName(id string) gov.Text {
	return map[string]gov.Text{"street": {ZH: "街道", EN: "Street"}, "trade": {ZH: "行业", EN: "Trade"}, "size": {ZH: "规模", EN: "Size"}}[id]
}

// name is a group's, or that it is not known.
func name(s string, l gov.Lang) string {
	if s == "" {
		return gov.Text{ZH: "未填", EN: "not known"}.In(l)
	}
	return s
}
