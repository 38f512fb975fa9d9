package simulate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"quanxiang/canon"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/policy"
	"quanxiang/rules/check"
	"quanxiang/rules/columns"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// Version is that of what is worked out and how it is written. Another version is
// another result.
const Version = 1

// AmendmentFile is the name that mistakes of an amendment's text are told under.
const AmendmentFile = "修订"

// MaxText bounds an amendment, in bytes.
const MaxText = 64 << 10

// Question is what somebody wants to know.
type Question struct {
	Docs      []string `json:"docs"` // documents applied under, as their short names or numbers; none means all
	Year      int64    `json:"year"` // applied for
	Amendment string   `json:"amendment"`
}

// Budget reads an amount that results are compared with, in fen; a number without a unit
// counts 万元, "" is none. The error is Invalid on budget.
func Budget(text string) (int64, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	v, err := money.Typed(text, money.Wan)
	if err == nil && v <= 0 {
		err = gov.Errorf(gov.Invalid, "预算应多于 0 元", "a budget is more than 0 yuan")
	}
	if err != nil {
		return 0, err.On("budget")
	}
	return int64(v), nil
}

// Rules is a question made ready: the rules before and after.
type Rules struct {
	Question
	Hash   string // of the rule files
	Before *ir.Program
	After  *ir.Program
	When   check.When

	examples []*syntax.Example
	without  []bool
}

// Prepare compiles the rules of a pack without and with an amendment, for the last
// day of the year on which they are in force. What is wrong with the amendment is
// problems.List, each with its line and column in AmendmentFile; so is what it would
// make wrong in the rules, with the rule file's.
func Prepare(p *policy.Pack, q Question) (*Rules, error) {
	if p.Rules == nil {
		return nil, gov.Errorf(gov.NotFound, "政策包没有支持政策的规则。", "The pack has no rules of support programmes.")
	}
	if q.Year < 1990 || q.Year > 2100 {
		return nil, gov.Errorf(gov.Invalid, "年度应是年份，如 2017", "the year must be a year, like 2017").On("year")
	}
	if len(q.Amendment) > MaxText {
		return nil, gov.Errorf(gov.TooLarge, "修订超过 64 KB", "the amendment is over 64 KB").On("amendment")
	}
	docs, err := facts.Docs(p.Rules, q.Docs)
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		for _, d := range p.Rules.Docs {
			docs = append(docs, d.Short)
		}
	}
	slices.Sort(docs)
	q.Docs, q.Amendment = docs, normal(q.Amendment)
	r := &Rules{Question: q, Hash: hash(p)}
	r.When.On = lastDay(p.Rules, docs, int(q.Year))
	a, err := r.amendment(p)
	if err != nil {
		return nil, err
	}
	files := r.files(p)
	if r.Before, _, err = check.Compile(files, r.When); err != nil {
		return nil, err
	}
	if r.After, _, err = check.Compile(append(slices.Clone(files), a), r.When); err != nil {
		return nil, err
	}
	r.examples = check.Examples(files, r.When)
	r.without = make([]bool, len(r.Before.Benefits))
	for i := range r.Before.Benefits {
		r.without[i] = !slices.Contains(docs, r.Before.Benefits[i].Doc)
	}
	// A change of a number leaves facts and benefits as they are; the machine holds that.
	if _, err := columns.New(columns.Want{Without: r.without}, r.Before, r.After); err != nil {
		return nil, fmt.Errorf("rules before and after the amendment: %w", err)
	}
	return r, nil
}

// files are the rule files, without those of documents that nobody applies under and
// that are not in force.
func (r *Rules) files(p *policy.Pack) (list []*syntax.File) {
	for _, f := range p.Programmes {
		i := slices.IndexFunc(p.Rules.Docs, func(d ir.DocInfo) bool { return d.Short == f.Short() })
		if i >= 0 && !slices.Contains(r.Docs, f.Short()) {
			d := &p.Rules.Docs[i]
			if r.When.On.Before(d.Force) || !d.Until.IsZero() && d.Until.Before(r.When.On) {
				continue
			}
		}
		list = append(list, f)
	}
	return list
}

// normal is a text with the ends of lines that files have: what a form sends differs.
func normal(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimRight(s, " \n") + "\n"
}

// amendment reads the text.
func (r *Rules) amendment(p *policy.Pack) (*syntax.File, error) {
	var list problems.List
	f := syntax.Parse(AmendmentFile, []byte(r.Amendment), &list)
	at := gov.Pos{File: AmendmentFile, Line: 1, Column: 1}
	switch {
	case len(list) > 0:
	case f.Amend == nil:
		list.Add(at, "第一行应是“修订 16号 自 2018-01-01 “文号””", "the first line must be: amend 16号 from 2018-01-01 “number”")
	case !slices.Contains(r.Docs, f.Amend.Short.Text) && slices.ContainsFunc(p.Rules.Docs, func(d ir.DocInfo) bool { return d.Short == f.Amend.Short.Text }):
		list.Add(f.Amend.Short.Pos, "修订的“%[1]s”不在所选文件之内", "%[1]q is amended, but is none of the documents chosen", f.Amend.Short.Text)
	case len(f.Amend.Changes) == 0:
		list.Add(f.Amend.Pos, "修订没有改动任何一个数", "the amendment changes no number")
	case r.When.On.Before(f.Amend.From):
		list.Add(f.Amend.Pos, "修订自 %[1]s 起，%[2]d 年度（按 %[3]s 的规则）用不到它", "the amendment is from %[1]s and does not reach the year %[2]d, whose rules are those of %[3]s", f.Amend.From, r.Year, r.When.On)
	}
	list.Sort()
	return f, list.Err()
}

// lastDay is the last day of a year on which documents are in force.
func lastDay(p *ir.Program, docs []string, year int) gov.Date {
	on := gov.Date{Year: year, Month: 12, Day: 31}
	for _, d := range p.Docs {
		if slices.Contains(docs, d.Short) && d.Until.Year == year && d.Until.Before(on) {
			on = d.Until
		}
	}
	return on
}

// hash is the digest of the rule files, by path.
func hash(p *policy.Pack) string {
	h := sha256.New()
	for _, f := range p.Files {
		if ok, _ := path.Match("programmes/*.rule", f.Path); ok {
			one := sha256.Sum256(f.Content)
			fmt.Fprintf(h, "%x %s\n", one, f.Path)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// identity is what a result is of.
type identity struct {
	Version  int64    `json:"version"`
	Rules    string   `json:"rules"`
	Snapshot string   `json:"snapshot"`
	Question Question `json:"question"`
}

// ID is the identity of the result for a snapshot.
func (r *Rules) ID(snapshot string) string {
	sum := sha256.Sum256(canon.Marshal(identity{Version, r.Hash, snapshot, r.Question}))
	return hex.EncodeToString(sum[:])
}
