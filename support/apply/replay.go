package apply

import (
	"bytes"
	"context"
	"encoding/json"

	"quanxiang/gov"
)

// Replay is what computing a decision again shows.
type Replay struct {
	Decision gov.ID `json:"decision"`
	Case     string `json:"-"`  // number: not everybody may know of it
	At       int64  `json:"at"` // when it was decided, Unix ms
	Pack     string `json:"pack"`
	Rules    string `json:"rules"`
	Digest   string `json:"digest"` // as the ledger keeps it

	Whole bool `json:"whole"` // what is kept is what the digest says
	Same  bool `json:"same"`  // the rules give the same result, byte for byte
	// Differs is the first byte that differs, -1 for none.
	Differs int `json:"differs"`
}

// Replay computes a decision again from the kept pack, facts and payments and compares
// the results byte for byte.
func (a *Applications) Replay(ctx context.Context, id gov.ID) (Replay, error) {
	d, err := a.Store.Decision(ctx, id)
	if err != nil {
		return Replay{}, err
	}
	r := Replay{Decision: d.ID, Case: d.Number, At: d.At, Pack: d.Pack, Rules: d.Rules, Digest: d.Digest, Whole: digest(d) == d.Digest}
	pack, err := a.Packs.Version(ctx, d.Pack)
	if err != nil {
		return r, err
	}
	r.Whole = r.Whole && RulesHash(pack) == d.Rules
	var in Inputs
	if err := json.Unmarshal(d.Inputs, &in); err != nil {
		return r, err
	}
	out, err := compute(a.Calculator(pack), in)
	if err != nil {
		return r, err
	}
	again, err := canonical(out)
	if err != nil {
		return r, err
	}
	r.Same, r.Differs = bytes.Equal(again, d.Result), differs(again, d.Result)
	return r, nil
}

// ReplayCase is Replay of the last decision of a case, by the case's number.
func (a *Applications) ReplayCase(ctx context.Context, number string) (Replay, error) {
	id, err := a.docket.Find(ctx, number)
	if err != nil {
		return Replay{}, err
	}
	d, err := a.Store.DecisionOf(ctx, id)
	if err != nil {
		return Replay{}, err
	}
	return a.Replay(ctx, d.ID)
}

// differs is where two texts part, -1 where they are the same.
func differs(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}
