package who

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Address is where a request comes from: the address of the connection or, behind
// proxies that are trusted, the nearest one before them. It is the zero Addr when
// that cannot be told.
func Address(r *http.Request, proxies []netip.Prefix) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	trusted := func(at netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(at.Unmap()) })
	}
	// Proxies append: what stands before the last one we trust is hearsay.
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && trusted(at); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = before
	}
	return at.Unmap().WithZone("")
}
