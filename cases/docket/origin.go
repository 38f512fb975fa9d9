package docket

import (
	"context"
	"errors"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/entered"
	"quanxiang/cases/series"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// ensure begins a case of an origin unless there is one; it reports whether it
// did.
func (s *Docket) ensure(ctx context.Context, pack *policy.Pack, p *procedure.Procedure, origin string, seed cases.Values) (made bool, err error) {
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		made = false
		there, err := tx.Made(ctx, p.ID, origin)
		if err != nil || there {
			return err
		}
		made = true
		c := cases.Case{ID: gov.NewID(tx.Now()), Origin: origin}
		_, err = s.begin(ctx, tx, pack, p, c, cases.Input{Action: p.SystemBegin(), Actor: cases.System}, seed)
		return err
	})
	if gov.CodeOf(err) == gov.Conflict { // another process was first
		return false, nil
	}
	return made, err
}

// Start begins a case of the current pack by its system's action, with what it is
// given, unless there is one of the origin; made reports whether it did.
func (s *Docket) Start(ctx context.Context, procedureID, origin string, seed cases.Values) (made bool, err error) {
	pack := s.packs.Current()
	p, err := procedureOf(pack, procedureID)
	if err != nil {
		return false, err
	}
	return s.ensure(ctx, pack, p, origin, seed)
}

// Recur begins the cases that series of the current pack have to have up to
// today, those not there yet, and returns how many it began.
func (s *Docket) Recur(ctx context.Context, now time.Time) (made int, err error) {
	pack := s.packs.Current()
	for _, p := range pack.Procedures {
		if p.Series == nil {
			continue
		}
		list, err := s.due(ctx, pack, p, gov.DateOf(now).Add(-1))
		if err != nil {
			return made, err
		}
		for _, o := range list {
			begun, err := s.ensure(ctx, pack, p, o.Origin(), o.Seed(p))
			if err != nil {
				return made, err
			}
			if begun {
				made++
			}
		}
	}
	return made, nil
}

// due lists the cases that a series has to have up to a day.
func (s *Docket) due(ctx context.Context, pack *policy.Pack, p *procedure.Procedure, to gov.Date) ([]series.Occurrence, error) {
	id := p.Series.Register()
	if id == "" {
		return series.Of(p, p.Series.Since, to, s.calendar(), pack)
	}
	if s.holds == nil {
		return nil, errNoRegisters
	}
	entries, err := s.holds.Holders(ctx, id)
	if err != nil {
		return nil, err
	}
	return series.OfEntries(p, p.Series.Since, to, s.calendar(), entries)
}

// Proposal is what making cases of a document's items gave.
type Proposal struct {
	Procedure string
	Made      int
	There     int // had a case already
	Left      int // not taken: the procedure does not want them
}

// Propose makes cases of the items of a document for the procedures of the
// current pack that are about such items. Doing it again makes those only that
// are not there yet. An item a procedure cannot take does not stop the others;
// the failures are returned together, see errors.Join.
func (s *Docket) Propose(ctx context.Context, d library.Document, items []library.Item) ([]Proposal, error) {
	pack := s.packs.Current()
	var report []Proposal
	var failed []error
	for _, p := range pack.Procedures {
		if p.Items == nil {
			continue
		}
		r := Proposal{Procedure: p.ID}
		for _, it := range items {
			if it.Scope.String() != p.Items.Scope {
				continue
			}
			seed, take, err := itemSeed(p, d, it)
			if err != nil {
				address := it.Slug + "#" + it.Anchor
				failed = append(failed, gov.Errorf(gov.CodeOf(err), "%[1]s：%[2]s", "%[1]s: %[3]s", address, gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN)).Because(err))
				continue
			}
			if !take {
				r.Left++
				continue
			}
			made, err := s.ensure(ctx, pack, p, "item/"+it.Slug+"#"+it.Anchor, seed)
			if err != nil {
				return report, err
			}
			if made {
				r.Made++
			} else {
				r.There++
			}
		}
		if r.Made+r.There+r.Left > 0 {
			report = append(report, r)
		}
	}
	return report, errors.Join(failed...)
}

// itemSeed works out what a case of an item begins with.
func itemSeed(p *procedure.Procedure, d library.Document, it library.Item) (cases.Values, bool, error) {
	value := func(name string) any { return itemValue(name, d, it) }
	if x := p.Items.Test(); x != nil {
		if yes, err := x.Holds(value); err != nil || !yes {
			return nil, false, err
		}
	}
	seed := cases.Values{}
	for i := range p.Items.With {
		set := &p.Items.With[i]
		v, err := set.Expr().Eval(value)
		if err != nil {
			return nil, false, err
		}
		if !entered.Given(v) {
			continue
		}
		f, _ := p.Field(set.Field)
		checked, wrong := entered.Check(f, v)
		if wrong != nil {
			return nil, false, wrong.On(f.ID)
		}
		seed[set.Field] = checked
	}
	return seed, true, nil
}

// itemValue is a variable of an item; the names are those of package procedure.
func itemValue(name string, d library.Document, it library.Item) any {
	units := func(roles ...library.Role) []string {
		list := []string{}
		for _, role := range roles {
			for _, party := range it.Parties {
				if party.Role == role && party.Unit != "" {
					list = append(list, party.Unit)
				}
			}
		}
		return list
	}
	switch name {
	case "item.document":
		return d.Number
	case "item.title":
		return d.Title
	case "item.address":
		return it.Slug + "#" + it.Anchor
	case "item.section":
		return it.Section
	case "item.no":
		return it.No
	case "item.text":
		return it.Text
	case "item.start":
		return it.Start.String()
	case "item.end":
		return it.End.String()
	case "item.plan_end":
		return d.PlanEnds.String()
	case "item.due":
		return it.Due
	case "item.lead":
		return units(library.Lead, library.Responsible)
	case "item.support":
		return units(library.Support)
	}
	list := []string{}
	for _, party := range it.Parties {
		if party.Unit == "" {
			list = append(list, party.Name)
		}
	}
	return list // item.unresolved
}
