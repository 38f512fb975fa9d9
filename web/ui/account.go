package ui

import "context"

// Account is who is logged in, as the frame of every page shows it.
type Account struct {
	Name  string
	Links []AccountLink // rooms of the staff that are open to them
}

// AccountLink is an entry of the staff's navigation; its words stand in the
// catalogues under "staff." and the name.
type AccountLink struct {
	Name   string
	Href   string
	Unread int // messages behind it that were not read
}

type accountKey struct{}

// WithAccount returns a context in which pages show who is logged in. account is
// asked when a page is rendered, so that what is no page, a file or a redirect,
// costs nothing. Its error must not cost the reader the page: it comes with what
// is known without what failed.
func WithAccount(ctx context.Context, account func(context.Context) (Account, error)) context.Context {
	return context.WithValue(ctx, accountKey{}, account)
}

// accountOf is who is logged in, or nil.
func (e *Engine) accountOf(ctx context.Context) *Account {
	account, ok := ctx.Value(accountKey{}).(func(context.Context) (Account, error))
	if !ok {
		return nil
	}
	a, err := account(ctx)
	if err != nil {
		e.log.ErrorContext(ctx, "the staff's navigation is not complete", "request", RequestID(ctx), "err", err)
	}
	return &a
}
