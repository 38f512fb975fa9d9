// Package handout gives drawn visits to the procedure of visits and tells the
// ceremony how far their cases have come. It joins what each knows: the plan's
// departments, the registers of subjects and inspectors, and the cases.
package handout

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/checklist"
	"quanxiang/cases/docket"
	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/ceremony"
	"quanxiang/inspections/visits"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/registers"
)

// The acts of the procedure of visits that tell how far a visit has come, and those
// the ceremony does.
const (
	checkIn  = "check_in"
	recorded = "record"
	failed   = "fail"
	publish  = "publish"
	replace  = "replace"
	callOff  = "call_off"
)

// protocol is who acts on cases for the draw.
const protocol = "draw"

// loginField is where the register of inspectors keeps the login of an inspector's
// account.
const loginField = "login"

// Entries are registers as far as handing out needs them.
type Entries interface {
	Entry(ctx context.Context, register, key string) (registers.Entry, error)
}

// Accounts finds persons by their logins.
type Accounts interface {
	AccountByLogin(ctx context.Context, login string) (*people.Account, error)
}

// Desk hands visits out. It implements ceremony.Cases.
type Desk struct {
	Visits   *visits.Visits
	Docket   *docket.Docket
	Plans    *inspections.Plans
	Entries  Entries
	Accounts Accounts
	Pack     func() *policy.Pack
}

var _ ceremony.Cases = (*Desk)(nil)

// Begin implements ceremony.Cases.
func (k *Desk) Begin(ctx context.Context, id gov.ID, v inspections.Visit) error {
	d, err := k.drawn(ctx, v)
	if err != nil {
		return err
	}
	if err := k.Visits.Begin(ctx, id, d); err != nil {
		return err
	}
	return k.Plans.Assigned(ctx, []inspections.Visit{v})
}

// drawn is a visit with what the registers say of it.
func (k *Desk) drawn(ctx context.Context, v inspections.Visit) (d visits.Drawn, err error) {
	d.Visit = v
	plan, err := k.Plans.Store.Plan(ctx, v.Plan)
	if err != nil {
		return d, err
	}
	var shares []inspections.Share
	for _, f := range v.Frames {
		d.Units, shares = append(d.Units, plan.Frames[f].Unit), append(shares, plan.Frames[f])
	}
	rules, err := k.Plans.Rules()
	if err != nil {
		return d, err
	}
	e, err := k.Entries.Entry(ctx, rules.Subjects, v.Subject)
	if err != nil {
		return d, err
	}
	d.Name, d.Street = e.Name, e.Area
	if d.Items, err = k.items(ctx, shares); err != nil {
		return d, err
	}
	d.People, err = k.team(ctx, v)
	return d, err
}

// items are those the departments of a plan look at, in the order of the departments.
func (k *Desk) items(ctx context.Context, shares []inspections.Share) (rows []checklist.Row, err error) {
	all, err := k.Plans.Items(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, share := range shares {
		for _, i := range all {
			if slices.Contains(share.Items, i.Code) && !slices.ContainsFunc(rows, func(r checklist.Row) bool { return r.Code == i.Code }) {
				rows = append(rows, checklist.Row{Code: i.Code, Title: i.Title, Unit: share.Unit})
			}
		}
	}
	return rows, nil
}

// team are the persons of a visit's team, the first leader first.
func (k *Desk) team(ctx context.Context, v inspections.Visit) (list []gov.ID, err error) {
	rules, err := k.Plans.Rules()
	if err != nil {
		return nil, err
	}
	members := slices.Clone(v.Team)
	slices.SortStableFunc(members, func(a, b inspections.Member) int { return a.Slot - b.Slot })
	for _, m := range members {
		if m.Certificate == "" { // nobody could be found for the place
			continue
		}
		e, err := k.Entries.Entry(ctx, rules.Inspectors, m.Certificate)
		if err != nil {
			return nil, err
		}
		login, _ := e.Values[loginField].(string)
		a, err := k.Accounts.AccountByLogin(ctx, login)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, a.Person) {
			list = append(list, a.Person)
		}
	}
	return list, nil
}

// Change implements ceremony.Cases: the case takes another team once its inspectors
// asked for it.
func (k *Desk) Change(ctx context.Context, id gov.ID, v inspections.Visit) error {
	team, err := k.team(ctx, v)
	if err != nil {
		return err
	}
	var ids []string
	for _, p := range team {
		ids = append(ids, p.String())
	}
	if ids == nil {
		return ceremony.ErrLater
	}
	if err := k.act(ctx, id, replace, cases.Values{"team": ids, "leader": ids[0]}); err != nil {
		return err
	}
	return k.Plans.Assigned(ctx, []inspections.Visit{v})
}

// Withdraw implements ceremony.Cases.
func (k *Desk) Withdraw(ctx context.Context, id gov.ID, reason string) error {
	c, p, err := k.Docket.Case(ctx, id)
	if err != nil {
		return err
	}
	if s, ok := p.State(c.State); ok && s.Kind != procedure.OpenState {
		return nil
	}
	return k.act(ctx, id, callOff, cases.Values{"reason": "抽取作废：" + reason})
}

// act does what the protocol decided, as the program the procedure leaves it to, or
// returns ErrLater where the case is not in a state for it.
func (k *Desk) act(ctx context.Context, id gov.ID, action string, values cases.Values) error {
	c, p, err := k.Docket.Case(ctx, id)
	if err != nil {
		return err
	}
	if a, ok := p.Action(action); !ok || !slices.Contains(a.At, c.State) {
		return ceremony.ErrLater
	}
	_, err = k.Docket.Act(ctx, docket.Step{Case: id, Version: c.Version},
		cases.Input{Action: action, Values: values, Actor: cases.Actor{Kind: gov.ProgramActor, Person: protocol}})
	return err
}

// Progress implements ceremony.Cases.
func (k *Desk) Progress(ctx context.Context, id gov.ID) (out ceremony.Progress, err error) {
	c, _, err := k.Docket.Case(ctx, id)
	if err != nil {
		return out, err
	}
	out.Arrived = c.Done[checkIn].Times > 0
	if c.Done[recorded].Times+c.Done[failed].Times == 0 {
		return out, nil
	}
	outcome := c.Values.Text("outcome")
	if outcome == "" {
		outcome = "recorded"
	}
	out.Outcome = strings.ReplaceAll(outcome, "_", "-")
	done := max(c.Done[recorded].Last, c.Done[failed].Last)
	out.Evidence = lot.SHA256.TH("visit", []byte(c.Number), []byte(outcome), lot.U64(done))
	if out.Published = c.Done[publish].Times > 0; out.Published {
		out.Where, out.Digest = "/progress/cases/"+c.Number, lot.SHA256.TH("published", []byte(c.Number), []byte(outcome))
	}
	return out, nil
}

// Proofs hands a visit's proofs to its pages. It implements visits.Proofs.
type Proofs struct{ Draws *ceremony.Ceremonies }

var _ visits.Proofs = Proofs{}

// Proofs implements visits.Proofs.
func (p Proofs) Proofs(ctx context.Context, plan, uid string) (list []visits.Proof, err error) {
	var u lot.UID
	if n, err := hex.Decode(u[:], []byte(uid)); err != nil || n != lot.UIDSize {
		return nil, gov.Errorf(gov.NotFound, "没有可以出示的凭证", "there is no proof to be shown")
	}
	c, err := p.Draws.Store.ByNumber(ctx, plan)
	if err != nil {
		return nil, err
	}
	shown, err := p.Draws.Openings(ctx, c.ID, u)
	for _, s := range shown {
		list = append(list, visits.Proof{Department: s.Department, Opening: s.Opening, Roots: s.Roots})
	}
	return list, err
}
