package storetest

import (
	"bytes"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store"
)

// District is the one tests work in.
const District = gov.District("110102")

// Signer makes a key of the test ledger, the same for the same seed.
func Signer(t testing.TB, seed byte) (*ledger.Signer, *ledger.Verifier) {
	t.Helper()
	private, public, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)), "ledger.example/"+string(District))
	if err != nil {
		t.Fatal(err)
	}
	s, err := ledger.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ledger.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

// Sequencer is one of the test ledger, with the key of seed 1.
func Sequencer(t testing.TB, db *store.DB) *store.Sequencer {
	t.Helper()
	signer, _ := Signer(t, 1)
	q, err := store.NewSequencer(db, District, signer, nil)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Ledger reads the test ledger.
func Ledger(t testing.TB, db *store.DB) *store.Ledger {
	t.Helper()
	_, v := Signer(t, 1)
	return store.NewLedger(db, District, v)
}

// Verify verifies the whole database and returns what it found.
func Verify(t testing.TB, db *store.DB, pinned ...[]byte) (store.VerifySummary, []ledger.Finding) {
	t.Helper()
	var found []ledger.Finding
	sum, err := Ledger(t, db).Verify(t.Context(), func(f ledger.Finding) { found = append(found, f) }, pinned...)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Findings != int64(len(found)) {
		t.Errorf("the summary counts %d findings, %d were reported", sum.Findings, len(found))
	}
	for _, f := range found {
		if f.Text.ZH == "" || f.Text.EN == "" || strings.Contains(f.Text.ZH+f.Text.EN, "%!") {
			t.Errorf("bad text %+v", f.Text)
		}
	}
	return sum, found
}

// Sound fails the test unless the whole database verifies.
func Sound(t testing.TB, db *store.DB) store.VerifySummary {
	t.Helper()
	sum, found := Verify(t, db)
	for _, f := range found {
		t.Errorf("found: %s: %s", f.Problem, f.Text.EN)
	}
	return sum
}
