package notices

import (
	"context"
	"slices"
	"strconv"
	"time"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

func itoa(n int) string { return strconv.Itoa(n) }

// rosterKnown is how long a list of the staff is taken for the present one.
const rosterKnown = 15 * time.Second

// actors is who the staff are to cases today. It is read once for many cases:
// finding out whom a relation means asks everybody.
func (n *Notices) actors(ctx context.Context) ([]cases.Actor, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.Clock()
	if !n.looked.IsZero() && now.Sub(n.looked) < rosterKnown && gov.DateOf(now) == gov.DateOf(n.looked) {
		return n.roster, nil
	}
	staff, err := n.Staff.Staff(ctx)
	if err != nil {
		return nil, err
	}
	pack := n.Pack()
	roster := make([]cases.Actor, len(staff))
	for i, h := range staff {
		roster[i] = n.Actor(pack, people.Staff(h, pack, now, time.Time{}))
	}
	n.roster, n.looked = roster, now
	return roster, nil
}

// Tell tells people what the steps of a case want them told. Doing it again
// does no harm.
func (n *Notices) Tell(ctx context.Context, caseID gov.ID) error {
	pending, err := n.Store.Pending(ctx, caseID)
	if err != nil || len(pending) == 0 {
		return err
	}
	actors, err := n.actors(ctx)
	if err != nil {
		return err
	}
	var list []Message
	for _, p := range pending {
		inside := slices.DeleteFunc(slices.Clone(p.To), outside)
		if len(inside) < len(p.To) {
			if err := n.tellOutside(ctx, caseID, p); err != nil {
				return err
			}
		}
		for _, a := range actors {
			if a.Person == p.By || !slices.ContainsFunc(inside, func(t cases.Turn) bool { _, mine := t.Matches(a); return mine }) {
				continue
			}
			if list, err = n.add(list, caseID, p, a.Person); err != nil {
				return err
			}
		}
	}
	for i := range list {
		if err := n.choose(ctx, &list[i]); err != nil {
			return err
		}
	}
	return n.Store.Deliver(ctx, caseID, pending[len(pending)-1].Step, list)
}

// outside reports that a turn stands for somebody who is not of the staff.
func outside(t cases.Turn) bool {
	return t.Kind == procedure.Public || t.Kind == procedure.Holder || t.Kind == procedure.Program
}

// tellOutside has those told of a step who are not of the staff. What is queued
// may be sent before the note is dropped, and again after a crash in between: once
// or more, as with every job.
func (n *Notices) tellOutside(ctx context.Context, caseID gov.ID, p Pending) error {
	if n.Outside == nil {
		return nil
	}
	var contacts []string
	for _, t := range p.To {
		if t.Kind == procedure.Holder {
			contacts = append(contacts, t.Name)
		}
	}
	c, _, err := n.Cases.Case(ctx, caseID)
	if err != nil {
		return err
	}
	return n.Outside.News(ctx, caseID, p.Step, contacts, c.Absorbed)
}

// add adds a message, or lets a weightier reason for one that is there be said.
func (n *Notices) add(list []Message, caseID gov.ID, p Pending, who string) ([]Message, error) {
	person, err := gov.ParseID(who)
	if err != nil {
		return list, err
	}
	m := Message{Person: person, Case: caseID, Step: p.Step, At: p.At, Why: p.Why, Clock: p.Clock}
	i := slices.IndexFunc(list, func(o Message) bool { return o.Person == person && o.Step == p.Step })
	if i < 0 {
		m.ID = gov.NewID(time.UnixMilli(p.At)) // messages sort by their steps, however late they are told
		return append(list, m), nil
	}
	if weight(m.Why) < weight(list[i].Why) {
		list[i].Why, list[i].Clock = m.Why, m.Clock
	}
	return list, nil
}

// weight is the place of a reason; one not known comes last.
func weight(why cases.Notice) int {
	if i := slices.Index(Reasons, why); i >= 0 {
		return i
	}
	return len(Reasons)
}

// choose decides about mail for a message.
func (n *Notices) choose(ctx context.Context, m *Message) error {
	if n.Sender == nil {
		return nil
	}
	c, err := n.Choice(ctx, m.Person)
	if err != nil {
		return err
	}
	switch c.Mail[m.Why] {
	case AtOnce:
		m.Mail = gov.NewID(n.Clock()).String()
	case Daily:
		m.Mail = WaitsForDaily
	}
	return nil
}
