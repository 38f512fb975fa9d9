package door

import (
	"net/netip"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

// Deps is everything the door stands on.
type Deps struct {
	Engine  *ui.Engine
	Pack    *policy.Pack
	Office  *people.Office
	Clock   gov.Clock
	BaseURL string         // https makes the cookies Secure
	Proxies []netip.Prefix // whose X-Forwarded-For is believed
}

// Door answers the pages of logging in and of one's own account.
type Door struct {
	Deps
	https bool
}

// New makes a door and lets errors that logging in would lift lead to it. An
// error is a mistake in the embedded templates.
func New(d Deps) (*Door, error) {
	x := &Door{Deps: d, https: strings.HasPrefix(d.BaseURL, "https:")}
	d.Engine.Divert(x.Divert)
	return x, nil
}
