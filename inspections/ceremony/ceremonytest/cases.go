package ceremonytest

import (
	"context"
	"sync"

	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/ceremony"
)

// Cases are the cases of visits in memory. The zero Cases is ready to use.
type Cases struct {
	mu    sync.Mutex
	Begun map[gov.ID]inspections.Visit
	At    map[gov.ID]ceremony.Progress
	Ended int // withdrawn
	Moved int // teams changed
}

var _ ceremony.Cases = (*Cases)(nil)

// Begin implements ceremony.Cases.
func (v *Cases) Begin(_ context.Context, id gov.ID, x inspections.Visit) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.Begun == nil {
		v.Begun, v.At = map[gov.ID]inspections.Visit{}, map[gov.ID]ceremony.Progress{}
	}
	v.Begun[id] = x
	return nil
}

// Change implements ceremony.Cases.
func (v *Cases) Change(_ context.Context, id gov.ID, x inspections.Visit) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.Begun[id] = x
	v.Moved++
	return nil
}

// Progress implements ceremony.Cases.
func (v *Cases) Progress(_ context.Context, id gov.ID) (ceremony.Progress, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.At[id], nil
}

// Withdraw implements ceremony.Cases.
func (v *Cases) Withdraw(_ context.Context, id gov.ID, _ string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.Begun, id)
	v.Ended++
	return nil
}

// End lets every case come to its end.
func (v *Cases) End() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for id := range v.Begun {
		v.At[id] = ceremony.Progress{Arrived: true, Outcome: "fine", Evidence: lot.Hash{1}, Published: true, Where: "信用信息公示系统", Digest: lot.Hash{2}}
	}
}
