package docket

import (
	"cmp"
	"context"
	"errors"

	"quanxiang/cases"
	"quanxiang/cases/series"
	"quanxiang/gov"
	"quanxiang/policy/procedure/entering"
)

// Registers is where steps write what cases come to.
type Registers interface {
	// Enter does what a step asks for in a register, in the transaction its context
	// carries. Done again it changes nothing. What the register refuses is an error
	// about the register's field, or "" for the key of the entry.
	Enter(ctx context.Context, by Source, e entering.Entry) error

	// Find is the key of the entry of a register with a key or alias; Invalid says that
	// there is none.
	Find(ctx context.Context, register, named string) (key string, err error)
}

// Holders is what the docket needs of registers whose entries have cases of series.
type Holders interface {
	// Holders lists the entries of a register.
	Holders(ctx context.Context, register string) ([]series.Entry, error)
}

// Source is the step of a case that writes.
type Source struct {
	Case      gov.ID
	Number    string
	Procedure string
	Action    string
	Actor     gov.Actor
}

// Into returns the docket with the registers that its steps write into.
func (s *Docket) Into(r Registers) *Docket {
	out := *s
	out.into = r
	return &out
}

// Holding returns the docket with the entries of registers that series are for.
func (s *Docket) Holding(h Holders) *Docket {
	out := *s
	out.holds = h
	return &out
}

// Subject is the key of the entry of a register that somebody named.
func (s *Docket) Subject(ctx context.Context, register, named string) (string, error) {
	if s.into == nil {
		return "", errNoRegisters
	}
	return s.into.Find(ctx, register, named)
}

var errNoRegisters = gov.Errorf(gov.Internal, "没有可以记入的名录", "there are no registers to write into")

// enter writes what a step asks for. What the register refuses is a mistake of the
// field of the case that it comes from.
func (s *Docket) enter(ctx context.Context, c cases.Case, e cases.Event, n entering.Entry) error {
	if s.into == nil {
		return errNoRegisters
	}
	err := s.into.Enter(ctx, Source{Case: c.ID, Number: c.Number, Procedure: c.Procedure, Action: e.Action, Actor: gov.Actor{Kind: e.By.Kind, Name: e.By.Person}}, n)
	wrong, ok := errors.AsType[*gov.Error](err)
	if !ok || wrong.Code == gov.Internal || wrong.Code == gov.Unavailable {
		return err
	}
	field := cmp.Or(n.From[wrong.Field], n.From[""])
	if field == "" { // nothing that was typed is wrong
		return err
	}
	return cases.Mistakes{gov.Errorf(gov.Invalid, "%[1]s", "%[2]s", wrong.Text.ZH, wrong.Text.In(gov.EN)).Because(err).On(field)}
}
