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
	Name string
	Href string
}

type accountKey struct{}

// WithAccount returns a context in which pages show who is logged in.
func WithAccount(ctx context.Context, a Account) context.Context {
	return context.WithValue(ctx, accountKey{}, &a)
}

func accountOf(ctx context.Context) *Account {
	a, _ := ctx.Value(accountKey{}).(*Account)
	return a
}
