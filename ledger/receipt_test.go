package ledger_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/ledger"
)

// testReceipt is a receipt of entry 3 of a ledger of 5, with its actor opened.
func testReceipt(t testing.TB) (ledger.Receipt, *ledger.Verifier) {
	t.Helper()
	s, v := testKeys(t, 1)
	l := newLog(t, 5)
	signed, err := s.Sign(5, l.tree.Root())
	if err != nil {
		t.Fatal(err)
	}
	proof, err := ledger.ProveInclusion(l.head(), 3, l.read)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.NewReceipt(l.entries[3], 3, proof, signed,
		ledger.Opening{Name: ledger.ActorOpening, Salt: ledger.Hash{1}, Value: "operator:importer"}), v
}

func marshal(t testing.TB, r ledger.Receipt) []byte {
	t.Helper()
	b, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	r, v := testReceipt(t)
	got, err := v.VerifyReceipt(marshal(t, r))
	if err != nil {
		t.Fatal(err)
	}
	e := testEntry(3)
	want := ledger.Verified{
		Checkpoint: newLog(t, 5).head(), Index: 3, Leaf: ledger.LeafHash(encode(t, e)), Entry: &e,
		Opened: map[string]string{"actor": "operator:importer"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A blind receipt proves the leaf and shows nothing of the act.
func TestBlindReceipt(t *testing.T) {
	t.Parallel()
	r, v := testReceipt(t)
	b := marshal(t, r.Blind())
	for _, secret := range []string{"西政发", "importer", "document:"} {
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("the blind receipt shows %q", secret)
		}
	}
	got, err := v.VerifyReceipt(b)
	if err != nil {
		t.Fatal(err)
	}
	if got.Entry != nil || got.Leaf != ledger.LeafHash(encode(t, testEntry(3))) {
		t.Errorf("got %+v", got)
	}
}

// The receipt of the only entry has an empty path.
func TestReceiptOfOne(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	l := newLog(t, 1)
	signed, err := s.Sign(1, l.tree.Root())
	if err != nil {
		t.Fatal(err)
	}
	proof, err := ledger.ProveInclusion(l.head(), 0, l.read)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.VerifyReceipt(marshal(t, ledger.NewReceipt(l.entries[0], 0, proof, signed))); err != nil {
		t.Error(err)
	}
}

// A byte changed anywhere in the file either breaks the receipt or was mere
// JSON spelling: it never proves something else.
func TestReceiptTamper(t *testing.T) {
	t.Parallel()
	r, v := testReceipt(t)
	file := marshal(t, r)
	want, err := v.VerifyReceipt(file)
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for i := range file {
		for _, b := range []byte{file[i] ^ 1, file[i] ^ 0x20, '0', ' ', '"', '\\'} {
			bad := bytes.Clone(file)
			if bad[i] = b; bytes.Equal(bad, file) {
				continue
			}
			got, err := v.VerifyReceipt(bad)
			if err != nil {
				if gov.CodeOf(err) == gov.Internal {
					t.Errorf("byte %d: internal error %v", i, err)
				}
				continue
			}
			passed++
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("byte %d changed from %q to %q proves something else: %s", i, file[i], b, diff)
			}
		}
	}
	if passed > len(file)/2 {
		t.Errorf("%d of %d changes passed as spelling", passed, len(file))
	}
}

func TestReceiptRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*ledger.Receipt){
		"another format":             func(r *ledger.Receipt) { r.Format = "quanxiang-receipt/v9" },
		"neither entry nor leaf":     func(r *ledger.Receipt) { r.Entry = "" },
		"both entry and leaf":        func(r *ledger.Receipt) { r.Leaf = ledger.LeafHash([]byte(r.Entry)) },
		"another index":              func(r *ledger.Receipt) { r.Index = 2 },
		"index past the end":         func(r *ledger.Receipt) { r.Index = 5 },
		"negative index":             func(r *ledger.Receipt) { r.Index = -1 },
		"a hash too few":             func(r *ledger.Receipt) { r.Proof = r.Proof[1:] },
		"a hash too many":            func(r *ledger.Receipt) { r.Proof = append(r.Proof, ledger.Hash{}) },
		"another entry":              func(r *ledger.Receipt) { r.Entry = string(encode(t, testEntry(2))) },
		"no checkpoint":              func(r *ledger.Receipt) { r.Checkpoint = "" },
		"another actor":              func(r *ledger.Receipt) { r.Openings[0].Value = "operator:else" },
		"another salt":               func(r *ledger.Receipt) { r.Openings[0].Salt[0]++ },
		"opening of nothing":         func(r *ledger.Receipt) { r.Openings[0].Name = "phone" },
		"opening of a blind receipt": func(r *ledger.Receipt) { o := r.Openings; *r = r.Blind(); r.Openings = o },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, v := testReceipt(t)
			change(&r)
			if got, err := v.VerifyReceipt(marshal(t, r)); err == nil || gov.CodeOf(err) == gov.Internal {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func FuzzVerifyReceipt(f *testing.F) {
	r, v := testReceipt(f)
	f.Add(marshal(f, r))
	f.Add(marshal(f, r.Blind()))
	f.Add([]byte(`{"format":"quanxiang-receipt/v1","leaf":"","index":9223372036854775807,"proof":null,"checkpoint":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := v.VerifyReceipt(b)
		if gov.CodeOf(err) == gov.Internal {
			t.Fatalf("internal error: %v", err)
		}
		if err == nil && got.Checkpoint != newLog(t, 5).head() {
			t.Fatalf("%q proves %+v", b, got)
		}
	})
}
