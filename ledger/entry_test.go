package ledger_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/ledger"
)

func fullEntry() ledger.Entry {
	e := testEntry(8)
	e.Facts["note"] = "quotes \" and \\, lines\n\r\t\b\f\x01, <tags> & 〔六角〕\u2028\u007f"
	e.Sealed = map[string]ledger.Hash{"phone": ledger.Commit(ledger.Salt{2}, []byte("010-0000000"))}
	e.Rows = ledger.RowSet{Count: 3, Root: ledger.Hash{9}}
	return e
}

func TestEncodeRoundTrip(t *testing.T) {
	t.Parallel()
	for _, e := range []ledger.Entry{testEntry(1), fullEntry()} {
		b := encode(t, e)
		got, err := ledger.Decode(b)
		if err != nil {
			t.Fatalf("decode %s: %v", b, err)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Error(diff)
		}
	}
}

// The order in which a map happens to be walked must not show in the bytes.
func TestEncodeIsDeterministic(t *testing.T) {
	t.Parallel()
	want := encode(t, fullEntry())
	for range 50 {
		if got := encode(t, fullEntry()); !bytes.Equal(got, want) {
			t.Fatalf("got %s\nwant %s", got, want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*ledger.Entry)
		field  string
	}{
		"no id":                  {func(e *ledger.Entry) { e.ID = gov.ID{} }, "id"},
		"no district":            {func(e *ledger.Entry) { e.District = "" }, "district"},
		"district with a slash":  {func(e *ledger.Entry) { e.District = "110102/1" }, "district"},
		"no time":                {func(e *ledger.Entry) { e.At = 0 }, "at"},
		"time beyond exact JSON": {func(e *ledger.Entry) { e.At = 1 << 53 }, "at"},
		"kind of one word":       {func(e *ledger.Entry) { e.Kind = "imported" }, "kind"},
		"kind in capitals":       {func(e *ledger.Entry) { e.Kind = "library.Imported" }, "kind"},
		"object without a class": {func(e *ledger.Entry) { e.Object = "xzf-2016-8" }, "object"},
		"object with a blank":    {func(e *ledger.Entry) { e.Object = "document:xzf 8" }, "object"},
		"object with a newline":  {func(e *ledger.Entry) { e.Object = "document:xzf\n8" }, "object"},
		"object of bad UTF-8":    {func(e *ledger.Entry) { e.Object = "document:\xff" }, "object"},
		"actor in nobody's name": {func(e *ledger.Entry) { e.Actor = ledger.Hash{} }, "actor"},
		"rows without a root":    {func(e *ledger.Entry) { e.Rows.Count = 2 }, "rows"},
		"root without rows":      {func(e *ledger.Entry) { e.Rows.Root = ledger.Hash{1} }, "rows"},
		"fact name with a blank": {func(e *ledger.Entry) { e.Facts["a b"] = "" }, "facts"},
		"fact of bad UTF-8":      {func(e *ledger.Entry) { e.Facts["number"] = "\xff" }, "facts.number"},
		"sealed actor":           {func(e *ledger.Entry) { e.Sealed = map[string]ledger.Hash{"actor": {1}} }, "sealed"},
		"sealed without a value": {func(e *ledger.Entry) { e.Sealed = map[string]ledger.Hash{"phone": {}} }, "sealed"},
		"public and sealed":      {func(e *ledger.Entry) { e.Sealed = map[string]ledger.Hash{"number": {1}} }, "sealed.number"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := testEntry(1)
			tc.change(&e)
			_, err := ledger.Encode(e)
			ge, ok := err.(*gov.Error)
			if !ok || ge.Code != gov.Invalid || ge.Field != tc.field {
				t.Errorf("got %v, want an Invalid error on %s", err, tc.field)
			}
		})
	}
}

func TestEncodeLimit(t *testing.T) {
	t.Parallel()
	e := testEntry(1)
	e.Facts["note"] = ""
	room := ledger.MaxEntry - len(encode(t, e))
	e.Facts["note"] = strings.Repeat("x", room)
	if b := encode(t, e); len(b) != ledger.MaxEntry {
		t.Errorf("got %d bytes, want exactly %d", len(b), ledger.MaxEntry)
	}
	e.Facts["note"] += "x"
	if _, err := ledger.Encode(e); gov.CodeOf(err) != gov.TooLarge {
		t.Errorf("one byte more: got %v, want TooLarge", err)
	}
}

// Every other spelling of the same JSON must be refused, or one act could hang
// in the tree in two ways.
func TestDecodeRefusesOtherSpellings(t *testing.T) {
	t.Parallel()
	canonical := string(encode(t, fullEntry()))
	replace := func(old, new string) string {
		if !strings.Contains(canonical, old) {
			t.Fatalf("the test entry lacks %q", old)
		}
		return strings.Replace(canonical, old, new, 1)
	}
	tests := map[string]string{
		"empty":                "",
		"blank before":         " " + canonical,
		"newline after":        canonical + "\n",
		"blank inside":         replace(`"at":`, `"at": `),
		"unknown member":       replace(`,"v":1`, `,"v":1,"w":2`),
		"repeated member":      replace(`,"v":1`, `,"v":1,"v":1`),
		"capital member":       replace(`"kind"`, `"Kind"`),
		"escaped letter":       replace(`library`, `\u006cibrary`),
		"escaped bracket":      replace(`<tags>`, `\u003ctags>`),
		"escaped Han":          replace(`六`, `\u516d`),
		"long escape of a tab": replace(`\t`, `\u0009`),
		"number as float":      replace(`"v":1`, `"v":1.0`),
		"empty facts":          string(bytes.Replace(encode(t, ledger.Entry{ID: fullEntry().ID, District: "1", At: 1, Kind: "a.b", Object: "c:d", Actor: ledger.Hash{1}}), []byte(`,"id"`), []byte(`,"facts":{},"id"`), 1)),
		"members out of order": replace(`"count":3,"root":"`+ledger.Hash{9}.String()+`"`, `"root":"`+ledger.Hash{9}.String()+`","count":3`),
		"spare base64 bits":    replace(`"root":"CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=`, `"root":"CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=`),
		"upper-case id":        replace(`-3030-`, `-303A-`),
		"another version":      replace(`"v":1`, `"v":2`),
		"an array":             "[" + canonical + "]",
		"broken UTF-8":         replace(`六`, "\xff"),
	}
	for name, b := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if e, err := ledger.Decode([]byte(b)); err == nil {
				t.Errorf("accepted as %+v", e)
			}
		})
	}
}

func TestCommitHidesAndBinds(t *testing.T) {
	t.Parallel()
	salt := ledger.Salt{1}
	c := ledger.Commit(salt, []byte("person:王"))
	if c != ledger.Commit(salt, []byte("person:王")) {
		t.Error("the same salt and value give another commitment")
	}
	if c == ledger.Commit(ledger.Salt{2}, []byte("person:王")) {
		t.Error("another salt gives the same commitment: equal values would show")
	}
	if c == ledger.Commit(salt, []byte("person:李")) {
		t.Error("another value gives the same commitment")
	}
}

// What a row's leaf covers must show in it, however the parts are cut.
func TestRowLeaf(t *testing.T) {
	t.Parallel()
	digest := ledger.DigestRow([]byte(`{"id":"a"}`))
	rows := []ledger.Row{
		{Table: "ab", Key: "c", Version: 1, Digest: digest},
		{Table: "a", Key: "bc", Version: 1, Digest: digest},
		{Table: "ab", Key: "c", Version: 2, Digest: digest},
		{Table: "ab", Key: "c", Version: 1},
		{Table: "ab", Key: "c", Version: 1, Digest: ledger.DigestRow([]byte(`{"id":"b"}`))},
	}
	seen := map[ledger.Hash]int{}
	for i, r := range rows {
		if j, ok := seen[r.Leaf()]; ok {
			t.Errorf("rows %d and %d have one leaf", i, j)
		}
		seen[r.Leaf()] = i
	}
}

func TestRowKey(t *testing.T) {
	t.Parallel()
	keys := [][]string{{"a"}, {"a", "b"}, {"a/b"}, {"a%2Fb"}, {"a%252Fb"}, {""}, {"", ""}, {"%", "/"}, {"%2F"}, {"%25"}}
	seen := map[string]bool{}
	for _, parts := range keys {
		key := ledger.RowKey(parts...)
		if seen[key] {
			t.Errorf("%q: the key %q is taken", parts, key)
		}
		seen[key] = true
		if diff := cmp.Diff(parts, ledger.SplitRowKey(key)); diff != "" {
			t.Errorf("%q: %s", key, diff)
		}
	}
}

// FuzzDecode: whatever is accepted is exactly what Encode writes.
func FuzzDecode(f *testing.F) {
	f.Add(encode(f, testEntry(1)))
	f.Add(encode(f, fullEntry()))
	f.Add([]byte(`{"v":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ledger.Decode(b)
		if err != nil {
			if gov.CodeOf(err) == gov.Internal {
				t.Fatalf("internal error: %v", err)
			}
			return
		}
		if again := encode(t, e); !bytes.Equal(again, b) {
			t.Fatalf("accepted %q, writes %q", b, again)
		}
	})
}
