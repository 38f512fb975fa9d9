package main

import (
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/support/fund"
	"quanxiang/web/funds"
)

// funds are the district's money of support programmes.
func (s *system) funds(clock gov.Clock) *fund.Fund {
	return &fund.Fund{Store: s.db.Funds(s.pack.District, s.ring), Pack: func() *policy.Pack { return s.pack }, Clock: clock, Sheets: funds.Sheets{}, Told: s.told}
}
