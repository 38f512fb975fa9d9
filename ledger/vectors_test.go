package ledger_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/ledger"
)

var update = flag.Bool("update", false, "rewrite testdata/vectors.json")

// vectors are the numbers docs/spec/ledger.md prints, for other
// implementations. Everything follows from the seed and the entries.
type vectors struct {
	Seed       string         `json:"seed"` // of the Ed25519 key, hex
	Public     string         `json:"public"`
	Commit     commitVector   `json:"commit"`
	Row        rowVector      `json:"row"`
	Entries    []entryVector  `json:"entries"`
	Roots      []string       `json:"roots"` // of the trees of 0, 1, 2, 3 entries
	Checkpoint string         `json:"checkpoint"`
	Receipt    ledger.Receipt `json:"receipt"` // of entry 1
	Extends    []ledger.Hash  `json:"consistency_1_to_3"`
}

type commitVector struct {
	Salt  ledger.Hash `json:"salt"`
	Value string      `json:"value"`
	Hash  ledger.Hash `json:"hash"`
}

type rowVector struct {
	Table     string      `json:"table"`
	Key       string      `json:"key"`
	Version   int64       `json:"version"`
	Canonical string      `json:"canonical"`
	Digest    ledger.Hash `json:"digest"`
	Leaf      ledger.Hash `json:"leaf"`
	Root      ledger.Hash `json:"root"` // committed, in the entry
}

type entryVector struct {
	Bytes string      `json:"bytes"`
	Leaf  ledger.Hash `json:"leaf"`
}

func makeVectors(t *testing.T) vectors {
	t.Helper()
	seed := bytes.Repeat([]byte{1}, 32)
	signer, verifier := testKeys(t, 1)
	v := vectors{Seed: hex.EncodeToString(seed), Public: signer.PublicKey()}

	salt := ledger.Salt(bytes.Repeat([]byte{2}, 32))
	v.Commit = commitVector{ledger.Hash(salt), "operator:importer", ledger.Commit(salt, []byte("operator:importer"))}

	const canonical = `{"district":"110102","id":"xzf-2016-8","text":"5paH","version":1}`
	digest := ledger.DigestRow([]byte(canonical))
	row := ledger.Row{Table: "documents", Key: "xzf-2016-8", Version: 1, Digest: digest}
	var rows ledger.Builder
	if err := rows.Append(row.Leaf()); err != nil {
		t.Fatal(err)
	}
	set := ledger.CommitRows(salt, &rows)
	v.Row = rowVector{Table: row.Table, Key: row.Key, Version: row.Version, Canonical: canonical, Digest: digest, Leaf: row.Leaf(), Root: set.Root}

	list := []ledger.Entry{testEntry(0), fullEntry(), testEntry(9)}
	list[0].Rows = set
	var tree ledger.Builder
	l := &log{tiles: map[string][]byte{}}
	v.Roots = append(v.Roots, tree.Root().String())
	for _, e := range list {
		b := encode(t, e)
		l.entries = append(l.entries, b)
		v.Entries = append(v.Entries, entryVector{string(b), ledger.LeafHash(b)})
		if err := tree.Append(ledger.LeafHash(b)); err != nil {
			t.Fatal(err)
		}
		v.Roots = append(v.Roots, tree.Root().String())
	}
	if err := tree.Partial(func(tile ledger.Tile, data []byte) error { l.tiles[tile.Path()] = data; return nil }); err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(3, tree.Root())
	if err != nil {
		t.Fatal(err)
	}
	v.Checkpoint = string(signed)
	head, err := verifier.Open(signed)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := ledger.ProveInclusion(head, 1, l.read)
	if err != nil {
		t.Fatal(err)
	}
	v.Receipt = ledger.NewReceipt(l.entries[1], 1, proof, signed)
	if v.Extends, err = ledger.ProveConsistency(1, head, l.read); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestVectors pins the format: a difference here is a new version of it.
func TestVectors(t *testing.T) {
	t.Parallel()
	const file = "testdata/vectors.json"
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(makeVectors(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}

// The specification prints the same numbers.
func TestSpecificationHoldsVectors(t *testing.T) {
	t.Parallel()
	spec, err := os.ReadFile("../docs/spec/ledger.md")
	if err != nil {
		t.Fatal(err)
	}
	v := makeVectors(t)
	want := append([]string{
		v.Public, v.Commit.Hash.String(), v.Row.Canonical, v.Row.Digest.String(), v.Row.Leaf.String(), v.Row.Root.String(),
		v.Checkpoint, v.Entries[0].Bytes, v.Extends[0].String(), v.Extends[1].String(),
	}, v.Roots...)
	for _, e := range v.Entries {
		want = append(want, e.Leaf.String())
	}
	for _, h := range v.Receipt.Proof {
		want = append(want, h.String())
	}
	for _, s := range want {
		if !strings.Contains(string(spec), s) {
			t.Errorf("the specification lacks %q", s)
		}
	}
}
