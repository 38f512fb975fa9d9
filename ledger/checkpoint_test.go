package ledger_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"quanxiang/gov"
	"quanxiang/ledger"
)

func TestCheckpointRoundTrip(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	for _, n := range []int{0, 1, 300} {
		want := newLog(t, n).head()
		msg, err := s.Sign(want.Size, want.Root)
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.Open(msg)
		if err != nil || got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
}

// A byte changed, dropped or added anywhere in a checkpoint file is noticed.
func TestCheckpointTamper(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	head := newLog(t, 5).head()
	msg, err := s.Sign(head.Size, head.Root)
	if err != nil {
		t.Fatal(err)
	}
	for i := range msg {
		for _, b := range []byte{msg[i] ^ 1, msg[i] ^ 0x20, '\n', ' ', 'A'} {
			bad := bytes.Clone(msg)
			if bad[i] = b; bytes.Equal(bad, msg) {
				continue
			}
			if _, err := v.Open(bad); err == nil {
				t.Errorf("byte %d changed from %q to %q: accepted", i, msg[i], b)
			}
		}
		if _, err := v.Open(append(bytes.Clone(msg[:i]), msg[i+1:]...)); err == nil {
			t.Errorf("byte %d dropped: accepted", i)
		}
		if _, err := v.Open(append(append(bytes.Clone(msg[:i]), 'B'), msg[i:]...)); err == nil {
			t.Errorf("byte added at %d: accepted", i)
		}
	}
}

func TestCheckpointRefuses(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	stranger, _ := testKeys(t, 2)
	root := newLog(t, 1).tree.Root()
	byStranger, err := stranger.Sign(1, root)
	if err != nil {
		t.Fatal(err)
	}
	private, _, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{1}, 32)), testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(text string) []byte {
		msg, err := note.Sign(&note.Note{Text: text}, key)
		if err != nil {
			t.Fatal(err)
		}
		return msg
	}
	good, err := s.Sign(1, root)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string][]byte{
		"signed by a stranger's key of the same name": byStranger,
		"of another ledger":                           sign("other.example\n1\n" + root.String() + "\n"),
		"with an extension line":                      sign(testOrigin + "\n1\n" + root.String() + "\nextra\n"),
		"with a leading zero":                         sign(testOrigin + "\n01\n" + root.String() + "\n"),
		"of negative size":                            sign(testOrigin + "\n-1\n" + root.String() + "\n"),
		"of absurd size":                              sign(testOrigin + "\n9223372036854775807\n" + root.String() + "\n"),
		"with a short root":                           sign(testOrigin + "\n1\nAAAA\n"),
		"without a root":                              sign(testOrigin + "\n1\n"),
		"with its signature twice":                    append(bytes.Clone(good), good[bytes.LastIndex(good, []byte("— ")):]...),
		"over the limit":                              bytes.Repeat([]byte("x"), 1<<20),
		"empty":                                       nil,
	}
	for name, msg := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c, err := v.Open(msg); err == nil || gov.CodeOf(err) == gov.Internal {
				t.Errorf("got %+v, %v", c, err)
			}
		})
	}
}

// Witnesses may add signatures of their own, and a replaced key stays valid
// for what it signed.
func TestCheckpointManyKeys(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	next, _ := testKeys(t, 2)
	msg, err := s.Sign(1, ledger.Hash{1})
	if err != nil {
		t.Fatal(err)
	}
	cosigned := string(msg) + "— witness.example AAAAAAECAwQFBgcI\n"
	if _, err := v.Open([]byte(cosigned)); err != nil {
		t.Errorf("with a witness: %v", err)
	}
	both, err := ledger.NewVerifier(next.PublicKey(), s.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := both.Open(msg); err != nil {
		t.Errorf("by the replaced key: %v", err)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	private, public, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{1}, 32)), testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ledger.NewSigner(private + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if s.PublicKey() != public || s.Origin() != testOrigin {
		t.Errorf("got %s of %s, want %s", s.PublicKey(), s.Origin(), public)
	}
	// Among so many keys every base64 digit occurs, the separator "+" included.
	for seed := range byte(200) {
		private, public, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{seed, 251, 239}, 11)), testOrigin)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := ledger.NewSigner(private); err != nil || s.PublicKey() != public {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
	for _, origin := range []string{"", "a b", "a+b", "a\nb"} {
		if _, _, err := ledger.NewKey(bytes.NewReader(make([]byte, 32)), origin); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("origin %q: %v", origin, err)
		}
	}
	if _, _, err := ledger.NewKey(bytes.NewReader(nil), testOrigin); err == nil {
		t.Error("a key was made without randomness")
	}
	for _, bad := range []string{"", public, private[:len(private)-3], strings.Replace(private, "PRIVATE", "PUBLIC", 1)} {
		_, err := ledger.NewSigner(bad)
		if gov.CodeOf(err) != gov.Invalid {
			t.Errorf("signer from %q: %v", bad, err)
		}
		if err != nil && bad != "" && strings.Contains(err.Error(), bad[len(bad)/2:]) {
			t.Errorf("the message quotes the key: %v", err)
		}
	}
	_, other, err := ledger.NewKey(bytes.NewReader(make([]byte, 32)), "other.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]string{nil, {""}, {private}, {public, other}} {
		if _, err := ledger.NewVerifier(bad...); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("verifier from %q: %v", bad, err)
		}
	}
}

// FuzzOpenCheckpoint: only notes that parse back to the same body pass.
func FuzzOpenCheckpoint(f *testing.F) {
	s, v := testKeys(f, 1)
	msg, err := s.Sign(7, ledger.Hash{7})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(msg)
	f.Add([]byte("a\n0\n\n\n— a AAAA\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := v.Open(b)
		if gov.CodeOf(err) == gov.Internal {
			t.Fatalf("internal error: %v", err)
		}
		if err == nil && !bytes.HasPrefix(b, []byte(c.Text()+"\n")) {
			t.Fatalf("%q opened as %q", b, c.Text())
		}
	})
}
