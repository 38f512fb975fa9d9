package casework

import (
	"context"

	"quanxiang/gov"
)

// Filter is a question to the lists of cases that somebody keeps for
// themselves.
type Filter struct {
	ID    gov.ID
	Name  string
	Query string // the address of the list
}

// Filters keeps what persons have saved to ask again. Each person's are their
// own alone; nobody else sees or changes them.
type Filters interface {
	// List returns a person's filters, the oldest first.
	List(ctx context.Context, person gov.ID) ([]Filter, error)

	// Save keeps a filter. It returns Conflict when the person has 30 already.
	Save(ctx context.Context, by gov.Actor, person gov.ID, f Filter) error

	// Drop deletes a filter, or returns NotFound.
	Drop(ctx context.Context, by gov.Actor, person, id gov.ID) error
}
