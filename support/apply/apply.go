package apply

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/applying"
	"quanxiang/policy/procedure"
	"quanxiang/registers"
	"quanxiang/rules/calculate"
	"quanxiang/rules/ir"
	"quanxiang/support/fund"
	"quanxiang/support/prefill"
)

// Fields and acts of the procedure of applications that this room fills in and does
// besides those of the claim; the pack is refused when it lacks one of them.
const (
	applicantField    = "applicant"
	codeField         = "code"
	unitField         = "unit"
	reviewersField    = "reviewers"
	yearField         = "year"
	programmesField   = "programmes"
	amountField       = "amount"
	grantedField      = "granted"
	excludedField     = "excluded"
	openField         = "open_facts"
	evidenceField     = "evidence"
	organisationField = "organisation"
	contactField      = "contact"
	reasonField       = "reason"

	acceptAct   = "accept"
	clearAct    = "clear"
	barAct      = "bar"
	listAct     = "list"
	decideAct   = "decide"
	paidAct     = "paid"
	unpaidAct   = "unpaid"
	releaseAct  = "release"
	clawBackAct = "claw_back"
)

// WithdrawAct is the applicant's act that ends an application; ReckonAct the program's that
// says what it comes to after each change.
const (
	WithdrawAct = "withdraw"
	ReckonAct   = "reckon"
)

// Money is what is promised and paid, see package fund.
type Money interface {
	Paid(ctx context.Context, subject string) (fund.Position, error)
	Commit(ctx context.Context, by gov.Actor, c fund.Commitment) (gov.ID, error)
	Release(ctx context.Context, by gov.Actor, id gov.ID, reason string) error
	ClawBack(ctx context.Context, by gov.Actor, d fund.Demand) (gov.ID, error)
	SavePayee(ctx context.Context, by gov.Actor, p fund.Payee) (id string, err error)
	Payee(ctx context.Context, id string) (fund.Payee, error)
}

// Known says what registers know of an applicant, see package prefill.
type Known interface {
	Facts(ctx context.Context, subject string, year int) ([]prefill.Fact, error)
}

// Deps is what applications stand on.
type Deps struct {
	Store     Store
	Registers *registers.Registers
	Money     Money
	Known     Known // nil: nothing is known beforehand
	Packs     docket.Packs
	Clock     gov.Clock
	DoorKey   []byte // makes the doors of organisations
}

// Applications takes applications and lets them be reviewed and decided. Its methods
// may be called by any number of goroutines.
type Applications struct {
	Deps
	docket *docket.Docket
	work   *casework.Casework

	mu          sync.Mutex
	calculators map[string]*calculate.Calculator // by hash of pack
}

var _ docket.Room = (*Applications)(nil)

// New makes it. It follows the cases of the docket that On is told of.
func New(d Deps) *Applications {
	return &Applications{Deps: d, calculators: map[string]*calculate.Calculator{}}
}

// Rooms are the procedures whose cases this room stands beside: none where the pack has
// nothing to apply for.
func (a *Applications) Rooms() map[string]docket.Room {
	if a.Rules() == nil {
		return nil
	}
	return map[string]docket.Room{a.Rules().Procedure: a}
}

// On says which docket the cases are in: the one this room stands beside.
func (a *Applications) On(d *docket.Docket, w *casework.Casework) { a.docket, a.work = d, w }

// Rules are what the pack in force decided about applications, nil where there are none.
func (a *Applications) Rules() *applying.Rules { return a.Packs.Current().Applications }

// Calculator computes the rules of a pack.
func (a *Applications) Calculator(p *policy.Pack) *calculate.Calculator {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.calculators[p.Hash]
	if c == nil {
		c = calculate.New(p.Rules)
		a.calculators[p.Hash] = c
	}
	return c
}

// carried is what a step on a claim carries into its transaction.
type carried struct{ change Change }

type carriedKey struct{}

// carry lets a step be taken that changes a claim: Stepped keeps the change, and refuses
// such a step without one.
func carry(ctx context.Context, c Change) context.Context {
	return context.WithValue(ctx, carriedKey{}, &carried{c})
}

// Edit is what an applicant changes of one fact.
type Edit struct {
	Name  string
	Value json.RawMessage // none takes the fact back
	Add   []string        // files that prove it, attached before
	Drop  []string
}

// compute says what a claim comes to now.
func (a *Applications) compute(ctx context.Context, pack *policy.Pack, c Claim) (Outcome, error) {
	had, err := a.Money.Paid(ctx, c.Code)
	if err != nil {
		return Outcome{}, err
	}
	in, err := a.inputs(ctx, pack, c, had)
	if err != nil {
		return Outcome{}, err
	}
	return compute(a.Calculator(pack), in)
}

// inputs are all a claim is computed from, with what its applicant was promised so far.
func (a *Applications) inputs(ctx context.Context, pack *policy.Pack, c Claim, had fund.Position) (Inputs, error) {
	in, err := inputs(c, had)
	if err == nil {
		err = a.earlier(ctx, pack, c, &in)
	}
	return in, err
}

// Held is an application as its applicant or the staff see it.
type Held struct {
	Claim   Claim
	Outcome Outcome
	Pack    *policy.Pack // whose rules compute it
}

func (a *Applications) held(ctx context.Context, id gov.ID) (h Held, err error) {
	if h.Claim, err = a.Store.Claim(ctx, id); err != nil {
		return h, err
	}
	c, _, err := a.docket.Case(ctx, id)
	if err != nil {
		return h, err
	}
	if h.Pack, err = a.Packs.Version(ctx, c.Pack); err != nil {
		return h, err
	}
	// Once it is decided, what was decided is shown: computed now, its own promise would be
	// taken off it.
	d, err := a.Store.DecisionOf(ctx, id)
	if err == nil {
		return h, json.Unmarshal(d.Result, &h.Outcome)
	}
	if gov.CodeOf(err) != gov.NotFound {
		return h, err
	}
	h.Outcome, err = a.compute(ctx, h.Pack, h.Claim)
	return h, err
}

// Resident is somebody who acts for an organisation.
func (a *Applications) Resident(o Organisation) casework.Resident {
	return casework.Resident{At: a.Clock(), Contacts: []string{a.Door(o.Code)}}
}

// Own shows an organisation its application with the case; NotFound for any other.
func (a *Applications) Own(ctx context.Context, o Organisation, id gov.ID) (Held, casework.Sheet, error) {
	s, err := a.work.ResidentSheet(ctx, a.Resident(o), id)
	if err != nil {
		return Held{}, s, err
	}
	h, err := a.held(ctx, id)
	return h, s, err
}

// OwnHistory is what happened to an organisation's application.
func (a *Applications) OwnHistory(ctx context.Context, o Organisation, id gov.ID) ([]casework.Entry, error) {
	return a.work.ResidentHistory(ctx, a.Resident(o), id)
}

// Attach keeps a file with which an organisation proves a fact.
func (a *Applications) Attach(ctx context.Context, o Organisation, id gov.ID, name string, r io.ReaderAt, size int64) (docket.Attachment, error) {
	return a.work.ResidentAttach(ctx, a.Resident(o), id, name, r, size)
}

// Files lists the files of an application an organisation may open; Open opens one.
func (a *Applications) Files(ctx context.Context, o Organisation, id gov.ID) ([]docket.Attachment, error) {
	return a.work.ResidentFiles(ctx, a.Resident(o), id)
}

// Open opens a file of an organisation's application. The caller closes it.
func (a *Applications) Open(ctx context.Context, o Organisation, id gov.ID, key string) (docket.Attachment, io.ReadCloser, error) {
	return a.work.ResidentOpen(ctx, a.Resident(o), id, key)
}

// maxEvidence is how many files prove one fact at most.
const maxEvidence = 5

// Save changes facts of a draft, or of an application that is asked for more. Mistakes in
// them are problems.List, each with its path, and nothing is changed then.
func (a *Applications) Save(ctx context.Context, o Organisation, id gov.ID, version int64, key gov.ID, edits []Edit) error {
	h, _, err := a.Own(ctx, o, id)
	if err != nil {
		return err
	}
	c := h.Claim
	if c.Version != version {
		return errMoved
	}
	now := a.Clock().UnixMilli()
	for _, e := range edits {
		f, _ := c.Fact(e.Name)
		if e.Value, err = told(h.Pack.Rules, c.Applicant, e.Name, e.Value); err != nil {
			return err
		}
		if f.Source == Corrected && !bytes.Equal(f.Value, e.Value) {
			return gov.Errorf(gov.Invalid, "“%s”已由审核人员更正或核定，不能在这里修改", "%q was corrected or set by a reviewer and is not changed here", e.Name).On("facts." + e.Name)
		}
		if f.Locked && !bytes.Equal(f.Value, e.Value) {
			return gov.Errorf(gov.Invalid, "“%s”以登记信息为准，不能在这里修改；有误的请向登记单位提出异议", "%q is as the register has it and is not changed here; if it is wrong, object to the register", e.Name).On("facts." + e.Name)
		}
		files := slices.DeleteFunc(slices.Concat(f.Files, e.Add), func(k string) bool { return slices.Contains(e.Drop, k) })
		slices.Sort(files)
		if files = slices.Compact(files); len(files) > maxEvidence {
			return gov.Errorf(gov.Invalid, "一项事实最多上传 %d 个文件", "a fact is proven by at most %d files", maxEvidence).On("facts." + e.Name)
		}
		same := bytes.Equal(f.Value, e.Value)
		if f.Files = files; !same {
			f = Fact{Name: e.Name, Value: e.Value, Source: Stated, At: now, Files: files}
		}
		f.Name = e.Name
		if f.Source == "" {
			f.Source, f.At = Stated, now
		}
		c.put(f)
	}
	if _, err := a.compute(ctx, h.Pack, c); err != nil {
		return err
	}
	c.Version++
	ch := Change{Claim: c, At: now, Act: SaveAct, Actor: gov.Actor{Kind: gov.ApplicantActor}}
	values := cases.Values{evidenceField: c.Files()}
	return a.work.ResidentAct(carry(ctx, ch), a.Resident(o), docket.Step{Case: id, Key: key}, SaveAct, values)
}

// PayTo says to which account of the organisation money is to go. Accounts are kept sealed
// by package fund; the claim names one.
func (a *Applications) PayTo(ctx context.Context, o Organisation, id gov.ID, version int64, key gov.ID, bank, account string) error {
	h, _, err := a.Own(ctx, o, id)
	if err != nil {
		return err
	}
	c := h.Claim
	if c.Version != version {
		return errMoved
	}
	by := gov.Actor{Kind: gov.ApplicantActor}
	return a.docket.Together(ctx, func(ctx context.Context) error {
		c := c
		if c.Payee, err = a.Money.SavePayee(ctx, by, fund.Payee{Subject: c.Code, Name: c.Name, Bank: bank, Account: account}); err != nil {
			return err
		}
		c.Version++
		ch := Change{Claim: c, At: a.Clock().UnixMilli(), Act: SaveAct, Actor: by}
		return a.work.ResidentAct(carry(ctx, ch), a.Resident(o), docket.Step{Case: id, Key: key}, SaveAct, cases.Values{evidenceField: c.Files()})
	})
}

// Account is the account an application names, masked; ok is false where it names none.
func (a *Applications) Account(ctx context.Context, c Claim) (p fund.Payee, ok bool, err error) {
	if c.Payee == "" {
		return p, false, nil
	}
	p, err = a.Money.Payee(ctx, c.Payee)
	return p.Masked(), err == nil, err
}

var errMoved = gov.Errorf(gov.Conflict, "申请内容在您打开之后有了变化，请重新打开再修改", "the application has changed since you opened it; open it again first")

// Submit hands an application in, for all benefits that are ready: act is SubmitAct, or
// ResubmitAct of what more was asked for.
func (a *Applications) Submit(ctx context.Context, o Organisation, id gov.ID, version int64, key gov.ID, act string) error {
	h, _, err := a.Own(ctx, o, id)
	if err != nil {
		return err
	}
	c := h.Claim
	if c.Version != version {
		return errMoved
	}
	if err := a.refresh(ctx, h.Pack, &c); err != nil {
		return err
	}
	out, err := a.compute(ctx, h.Pack, c)
	if err != nil {
		return err
	}
	ready, _ := Ready(h.Pack.Rules, c, out)
	if i := slices.IndexFunc(out.Excluded, func(x Excluded) bool { return x.Before }); len(ready) == 0 && i >= 0 {
		x := out.Excluded[i]
		return gov.Errorf(gov.Conflict, "不能提交：“%[1]s”与本年度已获得的“%[2]s”性质相同，不能同时享受（%[3]s）", "it cannot be handed in: %[1]q is of the same nature as %[2]q, which was granted this year; not both (%[4]s)",
			x.Benefit, x.By, cited(x.Clauses), strings.Join(x.Clauses, ", "))
	}
	if len(ready) == 0 {
		return gov.Errorf(gov.Invalid, "还没有哪一项支持可以提交：请先填完至少一项所需的事实", "there is nothing to hand in yet: fill in the facts of at least one benefit")
	}
	if missing := unproven(h.Pack.Rules, c, ready); len(missing) > 0 {
		return gov.Errorf(gov.Invalid, "下列事实还没有证明材料：%s", "these facts have no evidence yet: %s", strings.Join(missing, "、"))
	}
	c.Benefits = ready
	for _, x := range out.Excluded { // what an earlier grant leaves no room for stands in the decision, with its clause
		if x.Before && !slices.Contains(c.Benefits, x.Benefit) {
			c.Benefits = append(c.Benefits, x.Benefit)
		}
	}
	slices.Sort(c.Benefits)
	c.Version++
	ch := Change{Claim: c, At: a.Clock().UnixMilli(), Act: act, Actor: gov.Actor{Kind: gov.ApplicantActor}}
	return a.work.ResidentAct(carry(ctx, ch), a.Resident(o), docket.Step{Case: id, Key: key}, act, cases.Values{evidenceField: c.Files()})
}

// unproven are the facts of what is applied for that want evidence and have none. What a
// register says proves itself.
func unproven(p *ir.Program, c Claim, benefits []string) (list []string) {
	input := p.Input(c.Applicant)
	for _, f := range c.Facts {
		i := p.FieldOf(input, "", f.Name)
		if i == ir.None || f.Source != Stated || len(f.Files) > 0 || len(f.Value) == 0 || !wantsEvidence(p, i) {
			continue
		}
		if slices.ContainsFunc(benefits, func(b string) bool { return calculate.Uses(p, named(p, b), i) }) {
			list = append(list, f.Name)
		}
	}
	return list
}

// wantsEvidence reports that the rules say what proves a fact, or a field of the list it
// is.
func wantsEvidence(p *ir.Program, field int32) bool {
	f := &p.Fields[field]
	if f.Type != ir.List {
		return f.Evidence != "" && f.By == ""
	}
	return slices.ContainsFunc(p.Lists[f.List].Fields, func(c int32) bool { return p.Fields[c].Evidence != "" })
}

// told is a value as an applicant may tell it: in the one spelling, and without what an
// office sets, which is nobody else's to say.
func told(p *ir.Program, applicant, name string, v json.RawMessage) (json.RawMessage, error) {
	if len(v) == 0 {
		return nil, nil
	}
	input := p.Input(applicant)
	i := p.FieldOf(input, "", name)
	switch {
	case i == ir.None:
		return v, nil // reading the statement says so
	case p.Fields[i].By != "":
		return nil, nil
	case p.Fields[i].Type == ir.List:
		var rows []map[string]json.RawMessage
		if err := json.Unmarshal(v, &rows); err != nil {
			return nil, gov.Errorf(gov.Invalid, "应是清单", "expected a list").On("facts." + name)
		}
		for _, row := range rows {
			for member := range row {
				if k := p.FieldOf(input, name, member); k != ir.None && p.Fields[k].By != "" {
					delete(row, member)
				}
			}
		}
		return canonical(rows)
	}
	return canonical(v)
}

// Withdraw takes an application back.
func (a *Applications) Withdraw(ctx context.Context, o Organisation, id gov.ID, key gov.ID) error {
	return a.work.ResidentAct(ctx, a.Resident(o), docket.Step{Case: id, Key: key}, WithdrawAct, cases.Values{})
}

// maxWhy bounds the reason of a correction, in characters.
const maxWhy = 500

// shortText leaves out what goes beyond n characters.
func shortText(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// isField reports that a procedure has a field.
func isField(p *procedure.Procedure, id string) bool { _, ok := p.Field(id); return ok }
