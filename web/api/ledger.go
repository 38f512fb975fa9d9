package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/gov"
	"quanxiang/ledger"
)

// checkpoint is the newest head of the ledger.
type checkpoint struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   string `json:"root"`
	Key    string `json:"key"`
	Note   string `json:"note"`
}

// proof is what a verified receipt proves; of a blind receipt only the place in
// the ledger.
type proof struct {
	Valid  bool   `json:"valid"`
	Index  int64  `json:"index"`
	Size   int64  `json:"size"`
	Kind   string `json:"kind,omitempty"`
	Object string `json:"object,omitempty"`
	Event  gov.ID `json:"event,omitzero"`
}

func (a *API) ledgerOperations(h huma.API) {
	operation(a, h, http.MethodGet, "/api/v1/ledger/checkpoint", "getCheckpoint", "ledger", a.getCheckpoint)
	operation(a, h, http.MethodGet, "/api/v1/ledger/receipts/{event}", "getReceipt", "ledger", a.getReceipt)
	operation(a, h, http.MethodPost, "/api/v1/ledger/verify", "verifyReceipt", "ledger", a.verifyReceipt)
}

func (a *API) getCheckpoint(ctx context.Context, _ *struct{}) (*answer[checkpoint], error) {
	note, err := a.Ledger.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	c, err := a.verifier.Open(note)
	if err != nil {
		return nil, err
	}
	return &answer[checkpoint]{checkpoint{a.verifier.Origin(), c.Size, c.Root.String(), a.LedgerKey, string(note)}}, nil
}

func (a *API) getReceipt(ctx context.Context, in *struct {
	Event string `path:"event" doc:"api.param.event" example:"01983c5e-7c00-7000-8000-000000000000"`
}) (*answer[ledger.Receipt], error) {
	id, err := gov.ParseID(in.Event)
	if err != nil {
		return nil, err
	}
	r, err := a.Ledger.Receipt(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[ledger.Receipt]{r}, nil
}

func (a *API) verifyReceipt(_ context.Context, in *struct {
	Body ledger.Receipt
}) (*answer[proof], error) {
	v, err := a.verifier.Check(in.Body)
	if err != nil {
		return nil, err
	}
	p := proof{Valid: true, Index: v.Index, Size: v.Checkpoint.Size}
	if v.Entry != nil {
		p.Kind, p.Object, p.Event = v.Entry.Kind, v.Entry.Object, v.Entry.ID
	}
	return &answer[proof]{p}, nil
}
