// Package who carries who is asking along with a request: the door puts it
// there, every surface reads it. It decides nothing; people.Can does.
package who

import (
	"context"

	"quanxiang/people"
)

// Visit is a request's session and by what right it acts.
type Visit struct {
	Standing people.Standing
	Session  people.Session // the zero Session of somebody who is not logged in
	Token    string         // of the session, for what an office does to it; "" without one
}

// LoggedIn reports that both factors were shown in the session.
func (v Visit) LoggedIn() bool { return v.Session.Whole }

// Known reports that somebody has found out who is asking, be it the public.
func (v Visit) Known() bool { return v.Standing.Kind != "" }

type key struct{}

// With returns a context that carries a visit.
func With(ctx context.Context, v Visit) context.Context { return context.WithValue(ctx, key{}, v) }

// Of returns the visit of a request; the zero Visit, whose standing is nobody's,
// where no door stood in the way.
func Of(ctx context.Context) Visit {
	v, _ := ctx.Value(key{}).(Visit)
	return v
}
