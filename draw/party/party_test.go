package party_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/party"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

func key(t *testing.T, n byte) party.Key {
	t.Helper()
	k, err := party.NewKey("见证人", bytes.Repeat([]byte{n}, party.Random))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func request(by string) party.Request {
	p := record.Plan{Suite: lot.SHA256, ID: "XC-1", Seals: []record.Seal{{Length: 8}}}
	return party.NewRequest(&p, lot.Hash{1}, by)
}

// A key that was written and read again answers alike, and its secrets appear
// nowhere but in its file.
func TestKeyFile(t *testing.T) {
	t.Parallel()
	k := key(t, 7)
	again, err := party.ParseKey(k.File())
	if err != nil || again != k {
		t.Fatalf("%v %v", again, err)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", k, k, k, k); strings.Contains(s, "7") {
		t.Errorf("a key is printed as %s", s)
	}
	for _, b := range [][]byte{nil, k.File()[1:], bytes.Replace(k.File(), []byte("SSJ1"), []byte("SSJ2"), 1)} {
		if _, err := party.ParseKey(b); err == nil {
			t.Errorf("%q was taken for a key", b)
		}
	}
	if _, err := party.NewKey("", make([]byte, 32)); err == nil {
		t.Error("half the chance is enough")
	}
}

// Elements lead to the anchor, later ones to earlier ones; there are as many as the
// chain is long.
func TestChain(t *testing.T) {
	t.Parallel()
	k := key(t, 1)
	x := k.Anchor(lot.SHA256, "XC-1", 1, 8)
	for use := range uint32(8) {
		e, err := k.Element(lot.SHA256, "XC-1", 1, 8, use)
		if err != nil || lot.SHA256.Next("XC-1", 1, e) != x {
			t.Fatalf("use %d: %v", use, err)
		}
		x = e
	}
	if _, err := k.Element(lot.SHA256, "XC-1", 1, 8, 8); err == nil {
		t.Error("a ninth element of eight")
	}
	if k.Anchor(lot.SHA256, "XC-1", 0, 8) == k.Anchor(lot.SHA256, "XC-1", 1, 8) || k.Anchor(lot.SHA256, "XC-2", 1, 8) == k.Anchor(lot.SHA256, "XC-1", 1, 8) {
		t.Error("chains are alike")
	}
}

// What a party answers is taken as an answer to that request of that party alone.
func TestAnswer(t *testing.T) {
	t.Parallel()
	for by, kinds := range map[string][]string{"witness-2": {party.AskKey, party.AskCommit, party.AskReveal}, "seal-1": {party.AskKey, party.AskElement}, "authority": {party.AskKey}} {
		k := key(t, 3)
		r := request(by)
		for _, kind := range kinds {
			r.Want(kind, 0)
		}
		body := record.Open{Plan: r.Hash}
		r.WantSigned(record.TypeOpen, canon.Marshal(&body))
		back, err := party.ParseRequest(r.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		a, err := k.Answer(&back)
		if err != nil {
			t.Fatal(err)
		}
		read, err := party.ParseAnswer(a.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		public := k.Public()
		if err := r.Check(&read, &public); err != nil {
			t.Errorf("%s: %v", by, err)
		}
		if words := r.Words(); len(words) != len(r.Asks) || words[0].In(gov.EN) == "" {
			t.Errorf("%s: %v", by, words)
		}
		other := key(t, 4).Public()
		if err := r.Check(&read, &other); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("%s: another's key: %v", by, err)
		}
		later := r
		later.Hash = lot.Hash{2}
		if err := later.Check(&read, &public); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("%s: another request: %v", by, err)
		}
		for i := range read.Given {
			wrong := read
			wrong.Given = append([]party.Given(nil), read.Given...)
			wrong.Given[i].Sig = append(canon.Hex(nil), read.Given[i].Sig...)
			if len(wrong.Given[i].Sig) == 0 {
				wrong.Given[i].Value = wrong.Given[i].Value[1:]
			} else {
				wrong.Given[i].Sig[3] ^= 1
			}
			if err := r.Check(&wrong, &public); err == nil {
				t.Errorf("%s: item %d forged and taken", by, i)
			}
		}
	}
	for by, kind := range map[string]string{"witness-0": party.AskElement, "seal-0": party.AskReveal, "authority": party.AskCommit, "seal-x": party.AskElement, "auditor-0": "else"} {
		r := request(by)
		r.Want(kind, 0)
		if _, err := key(t, 5).Answer(&r); err == nil {
			t.Errorf("%s gives %s", by, kind)
		}
	}
}
