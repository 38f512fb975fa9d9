package sm3_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"quanxiang/draw/sm3"
)

// The two examples of GB/T 32905-2016, annex A.
func TestStandard(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"abc":                                    "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		string(bytes.Repeat([]byte("abcd"), 16)): "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
	} {
		if got := sm3.Sum([]byte(in)); hex.EncodeToString(got[:]) != want {
			t.Errorf("SM3 of %q is %x, want %s", in, got, want)
		}
	}
}

// However the bytes are cut, the running hash is that of the whole.
func TestWriteInPieces(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("0123456789abc"), 23)
	for n := range data {
		want := sm3.Sum(data[:n])
		h := sm3.New()
		for p := data[:n]; len(p) > 0; {
			k := min(len(p), n%7+1)
			h.Write(p[:k])
			p = p[k:]
		}
		if got := h.Sum(nil); !bytes.Equal(got, want[:]) {
			t.Fatalf("%d bytes in pieces: %x, whole %x", n, got, want)
		}
	}
}
