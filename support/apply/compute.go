package apply

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/rules/calculate"
	"quanxiang/rules/eval"
	"quanxiang/rules/explain"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/support/fund"
)

// Inputs are all a result is computed from, besides the rules.
type Inputs struct {
	Statement json.RawMessage `json:"statement"` // as rules/facts reads it, with the payments of earlier years
	Documents []string        `json:"documents"`
	Benefits  []string        `json:"benefits,omitempty"`
	Had       []Had           `json:"had,omitempty"` // of the same year, promised by other applications

	// Earlier are entries that other applications of the year were promised money for, by
	// benefit and list, and that the statement lacks: the year is computed as a whole.
	Earlier map[string]map[string][]json.RawMessage `json:"earlier,omitempty"`

	Payments int64 `json:"payments"` // version of the applicant's payments

	// Joint says that limits over several benefits are held against Had too; decisions made
	// before that are computed without.
	Joint bool `json:"joint,omitempty"`
}

// Had is what was promised for a benefit.
type Had struct {
	Benefit string `json:"benefit"`
	Amount  int64  `json:"amount"` // fen

	// Keys are the part of it that is of entries the rules tell apart, such as one prize.
	Keys []HadKey `json:"keys,omitempty"`
}

// HadKey is what was promised for one entry.
type HadKey struct {
	Key    string `json:"key"`
	Amount int64  `json:"amount"` // fen
}

// Excluded is a benefit that is not had because of another of the same nature.
type Excluded struct {
	Benefit string           `json:"benefit"`
	Amount  calculate.Amount `json:"amount"`           // what it would have come to
	By      string           `json:"by"`               // the other benefit, "" where the trace does not tell
	Before  bool             `json:"before,omitempty"` // that was promised by an earlier application
	Clauses []string         `json:"clauses"`
}

// Outcome is what the rules make of a claim.
type Outcome struct {
	calculate.Result
	Excluded []Excluded `json:"excluded,omitempty"`
	Less     []Had      `json:"less,omitempty"` // taken off what comes out of a benefit: it was promised before in the same year
}

// canonical spells JSON in one way: members by name, no blanks, numbers as they are.
func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(plain); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// inputs are those of a claim with what its applicant was promised so far.
func inputs(c Claim, had fund.Position) (Inputs, error) {
	in := Inputs{Documents: c.Documents, Benefits: c.Benefits, Payments: had.Version}
	all := map[string]json.RawMessage{}
	for _, f := range c.Facts {
		if len(f.Value) > 0 {
			all[f.Name] = f.Value
		}
	}
	statement := map[string]any{"applicant": c.Applicant, "year": c.Year, "facts": all}
	if paid := had.Before(c.Year); len(paid) > 0 {
		statement["paid"] = paid
	}
	var err error
	if in.Statement, err = canonical(statement); err != nil {
		return in, fmt.Errorf("statement of %s: %w", c.ID, err)
	}
	for _, p := range had.Payments {
		if p.Year != c.Year || p.Amount <= 0 {
			continue
		}
		i := slices.IndexFunc(in.Had, func(h Had) bool { return h.Benefit == p.Benefit })
		if i < 0 {
			in.Had, i = append(in.Had, Had{Benefit: p.Benefit}), len(in.Had)
		}
		in.Had[i].Amount += p.Amount
		if p.Key != "" { // those of one position are in their order, each once
			in.Had[i].Keys = append(in.Had[i].Keys, HadKey{p.Key, p.Amount})
		}
	}
	slices.SortFunc(in.Had, func(a, b Had) int { return strings.Compare(a.Benefit, b.Benefit) })
	in.Joint = len(in.Had) > 0
	return in, nil
}

// compute says what the rules make of inputs. It depends on its arguments alone.
// Mistakes in the facts are problems.List, each with its path.
func compute(c *calculate.Calculator, in Inputs) (out Outcome, err error) {
	p := c.Program()
	f, err := given(c, in, in.Statement, false)
	if err != nil {
		return out, err
	}
	gone, err := taken(c, f, in.Had)
	if err != nil {
		return out, err
	}
	for _, x := range gone {
		f.Without[named(p, x.Benefit)] = true
	}
	out.Result = c.Facts(f, true)
	if err := whole(c, in, f, &out.Result); err != nil {
		return out, err
	}
	out.Excluded = gone
	for _, b := range out.Benefits {
		if i := slices.IndexFunc(in.Had, func(h Had) bool { return h.Benefit == b.Benefit }); i >= 0 && b.Most > 0 {
			out.Less = append(out.Less, Had{Benefit: b.Benefit, Amount: min(in.Had[i].Amount, b.Most)})
		}
		for _, s := range b.Trace {
			if b.Most == 0 && s.Binds && explain.Displaced(s) {
				out.Excluded = append(out.Excluded, Excluded{Benefit: b.Benefit, Amount: calculate.Amount{Least: s.In.Low, Most: s.In.High}, Clauses: s.Clauses})
			}
		}
	}
	if in.Joint {
		jointly(p, f, in.Had, &out)
	}
	return out, nil
}

// given reads a statement for what inputs apply for. With verified it is not asked whether
// its facts agree: that of a claim was asked, and what decisions add to it was decided.
func given(c *calculate.Calculator, in Inputs, statement []byte, verified bool) (*eval.Facts, error) {
	f, err := facts.ReadFor(c.Program(), statement, facts.Options{Docs: in.Documents, Verified: verified})
	if err != nil {
		return nil, err
	}
	docs := in.Documents
	if len(in.Benefits) > 0 {
		docs = nil
	}
	f.Without, err = c.Without(f.Input, docs, in.Benefits)
	return f, err
}

func named(p *ir.Program, key string) int32 {
	doc, name, _ := strings.Cut(key, ".")
	return p.Benefit(doc, name)
}

// taken are the benefits that what was promised before in the same year leaves no room
// for: those of the same nature.
func taken(c *calculate.Calculator, f *eval.Facts, had []Had) (list []Excluded, err error) {
	if len(had) == 0 {
		return nil, nil
	}
	p := c.Program()
	first := c.Facts(f, false)
	amount := func(b int32) (calculate.Amount, bool) {
		i := slices.IndexFunc(first.Benefits, func(x calculate.Benefit) bool { return x.Benefit == p.Benefits[b].Key() })
		if i < 0 {
			return calculate.Amount{}, false
		}
		return first.Benefits[i].Amount, first.Benefits[i].Title == ""
	}
	add := func(b, by int32, clauses []ir.Clause) {
		if f.Without[b] || slices.ContainsFunc(list, func(x Excluded) bool { return x.Benefit == p.Benefits[b].Key() }) {
			return
		}
		x := Excluded{Benefit: p.Benefits[b].Key(), By: p.Benefits[by].Key(), Before: true, Clauses: []string{}}
		var money bool
		if x.Amount, money = amount(b); !money {
			return
		}
		for _, k := range clauses {
			x.Clauses = append(x.Clauses, k.String())
		}
		list = append(list, x)
	}
	for _, h := range had {
		b := named(p, h.Benefit)
		if b == ir.None {
			return nil, gov.Errorf(gov.Internal, "规则里没有“%s”", "the rules have no benefit %q", h.Benefit)
		}
		for i := range p.Groups {
			for _, x := range p.Groups[i].Exclusions {
				switch b {
				case x.A:
					add(x.B, b, p.Steps[x.Step].Clauses)
				case x.B:
					add(x.A, b, p.Steps[x.Step].Clauses)
				}
			}
		}
	}
	return list, nil
}

// Ready are the benefits an application can be handed in for: those that may come to
// something by what it states and wait for no fact the applicant tells. Open are the others
// that may come to something, with the facts they wait for.
func Ready(p *ir.Program, c Claim, o Outcome) (ready []string, open []calculate.Benefit) {
	input := p.Input(c.Applicant)
	stated := func(benefit string) bool {
		return slices.ContainsFunc(c.Facts, func(f Fact) bool {
			i := p.FieldOf(input, "", f.Name)
			return i != ir.None && len(f.Value) > 0 && calculate.Uses(p, named(p, benefit), i)
		})
	}
	for _, b := range o.Benefits {
		if b.Most == 0 || !stated(b.Benefit) {
			continue
		}
		if slices.ContainsFunc(b.Needs, func(n string) bool { return !officeSets(p, o.Applicant, n) }) {
			open = append(open, b)
			continue
		}
		ready = append(ready, b.Benefit)
	}
	return ready, open
}

// officeSets reports that a fact is not the applicant's to tell.
func officeSets(p *ir.Program, applicant, name string) bool {
	list, field, ok := strings.Cut(name, ".")
	if !ok {
		list, field = "", name
	}
	i := p.FieldOf(p.Input(applicant), list, field)
	return i != ir.None && p.Fields[i].By != ""
}

// less is what was promised for a benefit before in the same year.
func (o Outcome) less(benefit string) int64 {
	for _, h := range o.Less {
		if h.Benefit == benefit {
			return h.Amount
		}
	}
	return 0
}

// lines are what an outcome gives, as money is promised.
func lines(o Outcome) (list []fund.Line) {
	for _, b := range o.Benefits {
		least := max(0, b.Least-o.less(b.Benefit))
		if b.Title != "" || least == 0 {
			continue
		}
		doc, _, _ := strings.Cut(b.Benefit, ".")
		list = append(list, fund.Line{Programme: doc, Benefit: b.Benefit, Year: o.Year, Amount: least, Clauses: b.Clauses})
	}
	return list
}

// Sum is the money an outcome gives at least; titles are no money.
func Sum(o Outcome) (sum int64) {
	for _, l := range lines(o) {
		sum += l.Amount
	}
	return sum
}

// RulesHash is the digest of the rule files of a pack: of the names and digests of its
// rule files, in their order.
func RulesHash(p *policy.Pack) string {
	h := sha256.New()
	for _, f := range p.Files {
		if strings.HasPrefix(f.Path, "programmes/") && strings.HasSuffix(f.Path, ".rule") {
			sum := sha256.Sum256(f.Content)
			fmt.Fprintf(h, "%x  %s\n", sum, f.Path)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digest is what the ledger keeps of a decision.
func digest(d Decision) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte("quanxiang decision 1"), d.Salt, []byte(d.Pack), []byte(d.Rules), d.Inputs, d.Result} {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}
