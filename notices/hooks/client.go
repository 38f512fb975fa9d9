package hooks

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"quanxiang/gov"
)

// Limits of a request.
const (
	requestTime = 10 * time.Second // from the name's resolution to the end of the answer
	maxAnswer   = 16 << 10         // bytes of an answer that are read; what it says is not kept
)

// closed are the networks nobody may be made to talk to: the machine itself, its
// neighbours, and what is no single machine (IANA special-purpose registries).
// What netip tells by itself is not listed.
var closed = []netip.Prefix{
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// Client posts to the world outside. A system on the district's own network can
// be reached only where the operator allowed its network.
type Client struct {
	allowed []netip.Prefix
	http    *http.Client
}

// NewClient makes a client. allowed are networks that may be reached though they
// are not public, without TLS, too.
func NewClient(allowed []netip.Prefix) *Client {
	c := &Client{allowed: allowed}
	dialer := &net.Dialer{Timeout: requestTime, Control: c.control}
	c.http = &http.Client{
		Timeout: requestTime,
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would resolve names on its own
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			DisableKeepAlives:      true, // each request looks at its address
			MaxResponseHeaderBytes: maxAnswer,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// control looks at the address a connection is about to be made to: after the
// name was resolved, so that a name cannot lead elsewhere between the look and
// the call.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("an address to post to: %w", err)
	}
	if !c.open(at.Addr()) {
		return errClosed
	}
	return nil
}

var errClosed = gov.Errorf(gov.Forbidden, "这个地址在内部网络，不能推送", "this address is on an inner network, where nothing is sent")

func (c *Client) open(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if c.isAllowed(a) {
		return true
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(closed, func(p netip.Prefix) bool { return p.Contains(a) })
}

func (c *Client) isAllowed(a netip.Addr) bool {
	return slices.ContainsFunc(c.allowed, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Check implements Poster: https only, but for addresses of allowed networks that
// are written as numbers.
func (c *Client) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return gov.Errorf(gov.Invalid, "网址无法识别", "the address cannot be read").On("url")
	}
	a, err := netip.ParseAddr(u.Hostname())
	switch {
	case err == nil && !c.open(a):
		return errClosed.On("url")
	case u.Scheme == "https", u.Scheme == "http" && err == nil && c.isAllowed(a.Unmap()):
		return nil
	}
	return gov.Errorf(gov.Invalid, "网址须以 https:// 开头", "the address has to begin with https://").On("url")
}

// Post implements Poster. A redirect is an answer like any other.
func (c *Client) Post(ctx context.Context, address string, header map[string]string, body []byte) (status int, err error) {
	if err := c.Check(address); err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("make a request: %w", err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	req.Header.Set("User-Agent", "Quanxiang-Webhooks/1")
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, fmt.Errorf("post: %w", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return 0, fmt.Errorf("read an answer: %w", err)
	}
	return resp.StatusCode, nil
}
