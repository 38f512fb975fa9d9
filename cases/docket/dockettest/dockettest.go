// Package dockettest gives tests what a docket needs besides its store.
package dockettest

import (
	"context"

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
