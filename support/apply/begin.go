package apply

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/applying"
	"quanxiang/rules/calculate"
	"quanxiang/rules/ir"
	"quanxiang/support/prefill"
)

// Start is an application to be begun.
type Start struct {
	ID        gov.ID // of the case
	Applicant string
	Year      int
	Documents []string // short names
	Benefits  []string // keys; those of other documents are let go
	Facts     map[string]json.RawMessage
	Contact   string // id of the contact whom news go to
}

// Begin makes the draft of an application for an organisation: with what was typed, and
// what registers know. Only parties of the case see it.
func (a *Applications) Begin(ctx context.Context, o Organisation, s Start) error {
	pack, rules := a.Packs.Current(), a.Rules()
	if rules == nil {
		return errNone
	}
	p, _ := pack.Procedure(rules.Procedure)
	c := Claim{ID: s.ID, Version: 1, Code: o.Code, Name: o.Name, Applicant: s.Applicant, Year: s.Year}
	if !slices.Contains(rules.Applicants, s.Applicant) {
		return gov.Errorf(gov.Invalid, "这类申报者不能在这里申请", "this kind of applicant cannot apply here").On("for")
	}
	for _, d := range pack.Rules.Docs {
		asked := slices.Contains(s.Documents, d.Short) || slices.ContainsFunc(s.Benefits, func(b string) bool { return strings.HasPrefix(b, d.Short+".") })
		if _, known := rules.Programme(d.Short); known && asked {
			c.Documents = append(c.Documents, d.Short)
		}
	}
	if len(c.Documents) == 0 {
		return gov.Errorf(gov.Invalid, "请选择要申请的文件", "choose the documents to apply under").On("p")
	}
	for _, b := range s.Benefits {
		if !slices.Contains(c.Benefits, b) {
			c.Benefits = append(c.Benefits, b)
		}
	}
	for _, d := range s.Documents { // of a document as a whole all benefits are asked for
		for i := range pack.Rules.Benefits {
			if b := &pack.Rules.Benefits[i]; len(s.Benefits) > 0 && b.Doc == d && pack.Rules.Inputs[b.Input] == c.Applicant && !slices.Contains(c.Benefits, b.Key()) {
				c.Benefits = append(c.Benefits, b.Key())
			}
		}
	}
	now := a.Clock()
	for name, v := range s.Facts {
		if v, err := told(pack.Rules, c.Applicant, name, v); err != nil {
			return err
		} else if a.reads(pack, c, name) {
			c.put(Fact{Name: name, Value: v, Source: Stated, At: now.UnixMilli()})
		}
	}
	if err := a.refresh(ctx, pack, &c); err != nil {
		return err
	}
	if _, err := a.compute(ctx, pack, c); err != nil {
		return err
	}
	unit, reviewers := offices(rules, c.Documents)
	door := a.Door(o.Code)
	seed := cases.Values{applicantField: c.Name, codeField: c.Code, unitField: unit, reviewersField: reviewers, yearField: int64(c.Year),
		programmesField: strings.Join(c.Documents, "、"), organisationField: door, contactField: s.Contact}
	ch := Change{Claim: c, At: now.UnixMilli(), Act: DraftAct, Actor: gov.Actor{Kind: gov.ApplicantActor}}
	_, err := a.docket.BeginWith(carry(ctx, ch), s.ID, p.ID, cases.Input{Action: p.SystemBegin(), Actor: cases.System}, seed)
	return err
}

var errNone = gov.Errorf(gov.NotFound, "这里没有可以申请的扶持政策", "there is nothing to apply for here")

// offices are the unit in charge, that of the first document, and all that review.
func offices(rules *applying.Rules, docs []string) (unit string, reviewers []string) {
	for _, d := range docs {
		p, _ := rules.Programme(d)
		unit = cmp.Or(unit, p.Unit)
		for _, u := range p.Reviewers {
			if !slices.Contains(reviewers, u) {
				reviewers = append(reviewers, u)
			}
		}
	}
	return unit, reviewers
}

// refresh takes from registers what they know of a claim: what they decide always, the
// rest where nothing is said yet.
func (a *Applications) refresh(ctx context.Context, pack *policy.Pack, c *Claim) error {
	if a.Known == nil {
		return nil
	}
	list, err := a.Known.Facts(ctx, c.Code, c.Year)
	if err != nil {
		return err
	}
	for _, f := range list {
		if f.Applicant != c.Applicant || !a.reads(pack, *c, f.Name) {
			continue
		}
		there, ok := c.Fact(f.Name)
		if ok && there.Source == Corrected || ok && !f.Locked && there.Source == Stated {
			continue
		}
		c.put(Fact{Name: f.Name, Value: f.Value, Source: Register, From: said(f), Cite: f.Cite, Locked: f.Locked, At: a.Clock().UnixMilli(), Files: there.Files})
	}
	return nil
}

// said is where a fact comes from, in words: what was taken, as of when, of which record.
func said(f prefill.Fact) gov.Text {
	t := gov.Text{ZH: f.About.ZH, EN: f.About.In(gov.EN)}
	if !f.Day.IsZero() {
		t.ZH, t.EN = t.ZH+"（截至 "+f.Day.String()+"）", t.EN+" (as of "+f.Day.String()+")"
	}
	return t
}

// reads reports whether anything applied for reads a fact.
func (a *Applications) reads(pack *policy.Pack, c Claim, name string) bool {
	p := pack.Rules
	input := p.Input(c.Applicant)
	field := p.FieldOf(input, "", name)
	if field == ir.None {
		return false
	}
	for i := range p.Benefits {
		if b := &p.Benefits[i]; b.Input == input && slices.Contains(c.Documents, b.Doc) && calculate.Uses(p, int32(i), field) {
			return true
		}
	}
	return false
}
