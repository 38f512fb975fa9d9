// Package dockettest gives tests what a docket needs besides its store.
package dockettest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy"
)

// OnePack is a district whose pack never changes.
type OnePack struct{ Pack *policy.Pack }

var _ docket.Packs = OnePack{}

// Current implements docket.Packs.
func (p OnePack) Current() *policy.Pack { return p.Pack }

// Version implements docket.Packs.
func (p OnePack) Version(_ context.Context, hash string) (*policy.Pack, error) {
	if hash != p.Pack.Hash {
		return nil, gov.Errorf(gov.NotFound, "没有这个版本", "no such version")
	}
	return p.Pack, nil
}

// Folded reads a case and its history, fails the test unless the one is the fold
// of the other, and returns both.
func Folded(t testing.TB, d *docket.Docket, id gov.ID) (cases.Case, []cases.Event) {
	t.Helper()
	c, p, err := d.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	history, err := d.History(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	folded, err := cases.Fold(p, c.Begun(), history)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, folded, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s: stored - and folded +:\n%s", c.Number, diff)
	}
	return c, history
}

// Staff is a person who holds a role in a unit.
func Staff(person, unit, role string) cases.Actor {
	return cases.Actor{Kind: gov.StaffActor, Person: person, Seats: []cases.Seat{{Unit: unit, Role: role}}}
}
