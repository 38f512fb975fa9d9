package market_test

import (
	"context"
	"testing"
	"time"

	"quanxiang/demo/market"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/invent"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/web/export"
)

// What is invented behind the open door is there once, however often it was cut off.
func TestGrow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 16, 12, 0, 0, 0, gov.China)
	clock, pack := func() time.Time { return now }, packtest.Xicheng(t)
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), clock)
	current := func() *policy.Pack { return pack }
	desk := &registers.Registers{Store: db.Registers(pack.District), Pack: current, Clock: clock}
	k := &market.Market{
		Pack: pack, Clock: clock, Now: now, Seed: 7, Subjects: 0, Registers: desk, Importer: &registers.Importer{Store: desk.Store, Pack: current, Clock: clock},
		Rows: func(file []byte) (registers.Rows, error) { return export.NewStream(export.InMemory(file)) },
	}
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.Grow(cut, 40, gov.DateOf(now)); err == nil {
		t.Error("a market grows after the end")
	}
	for _, all := range []int{25, 40, 40} {
		if err := k.Grow(t.Context(), all, gov.DateOf(now)); err != nil {
			t.Fatal(err)
		}
		if n, err := desk.Store.Count(t.Context(), invent.Register); n != all || err != nil {
			t.Errorf("%d subjects, %v; want %d", n, err, all)
		}
	}
	codes, err := invent.Codes(pack.District, 40)
	if err != nil {
		t.Fatal(err)
	}
	records, err := desk.Store.Records(t.Context(), invent.Register, codes[39], 10)
	if err != nil || len(records) == 0 {
		t.Errorf("records about the last: %v, %v", records, err)
	}
}
