package residents

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/limits"
)

// Visitor is what is known of a browser outside.
type Visitor struct {
	Device string     // what its cookie names it, or ""
	Source netip.Addr // where it calls from; the zero Addr when that is not known
}

// block is the part of the network a visitor calls from: whoever has one address
// of it can easily have the others.
func (v Visitor) block() string {
	at := v.Source.Unmap().WithZone("")
	bits := 24
	if at.Is6() {
		bits = 56
	}
	p, err := at.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

const day = 24 * time.Hour

// What a browser, its part of the network and all together may have.
var (
	codesOfDevice   = []limits.Rule{{Window: time.Hour, Most: 10}}
	codesOfBlock    = []limits.Rule{{Window: time.Hour, Most: 60}}
	codesOfAll      = []limits.Rule{{Window: time.Hour, Most: 3000}}
	codesOfAddress  = []limits.Rule{{Window: time.Hour, Most: 5}, {Window: day, Most: 10}}
	reportsOfDevice = []limits.Rule{{Window: time.Hour, Most: 6}, {Window: day, Most: 20}}
	reportsOfNumber = []limits.Rule{{Window: day, Most: 20}}
	reportsOfBlock  = []limits.Rule{{Window: time.Hour, Most: 120}}
	reportsOfAll    = []limits.Rule{{Window: time.Hour, Most: 6000}}
)

// use is something that is counted under several rules.
type use struct {
	name  string
	rules []limits.Rule
}

// uses are what a visitor's doing is counted by; what is not known of them counts
// nowhere.
func (g *Register) uses(what string, v Visitor, device, block, all []limits.Rule) []use {
	list := []use{{what + ":all", all}}
	if v.Device != "" {
		list = append(list, use{what + ":device:" + keyed(g.keys.buckets, "device", v.Device), device})
	}
	if b := v.block(); b != "" {
		list = append(list, use{what + ":block:" + keyed(g.keys.buckets, "block", b), block})
	}
	return list
}

// count counts one more of each use, and tells how long to wait where that is one
// too many. Buckets are counted in one order everywhere, so that no two wait for
// each other.
func (g *Register) count(ctx context.Context, tx Tx, list []use, n int64) (wait time.Duration, err error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b use) int { return strings.Compare(a.name, b.name) })
	now := g.Clock()
	for _, u := range list {
		for _, r := range u.rules {
			m, err := tx.Count(ctx, u.name+"/"+r.Window.String(), r.Window, n)
			if err != nil {
				return 0, err
			}
			wait = max(wait, r.Over(m, now))
		}
	}
	return wait, nil
}

// tooMany is the refusal of what goes over a limit. It is returned from the
// transaction that counted, so that what is refused is not counted.
func tooMany(wait time.Duration) error {
	minutes := int((wait + time.Minute - 1) / time.Minute)
	return gov.Errorf(gov.Unavailable, "操作过于频繁，请在 %d 分钟后再试", "too many in a short time; try again in %d min", minutes)
}

// countAsking counts a request for a code against whoever asks.
func (g *Register) countAsking(ctx context.Context, tx Tx, v Visitor) error {
	wait, err := g.count(ctx, tx, g.uses("code", v, codesOfDevice, codesOfBlock, codesOfAll), 1)
	if err == nil && wait > 0 {
		err = tooMany(wait)
	}
	return err
}

// countAddress counts a code against the address it goes to, and reports whether
// there is room. Where there is none it is taken back, so that asking on does not
// make the wait longer.
func (g *Register) countAddress(ctx context.Context, tx Tx, a Address) (room bool, err error) {
	list := []use{{"code:address:" + keyed(g.keys.buckets, string(a.Channel), a.Value), codesOfAddress}}
	wait, err := g.count(ctx, tx, list, 1)
	if err != nil || wait == 0 {
		return err == nil, err
	}
	_, err = g.count(ctx, tx, list, -1)
	return false, err
}
