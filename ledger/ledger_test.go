package ledger_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"testing"
	"testing/fstest"
	"time"

	"quanxiang/gov"
	"quanxiang/ledger"
)

const testOrigin = "ledger.example/110102"

// testKeys makes the same key pair for the same seed.
func testKeys(t testing.TB, seed byte) (*ledger.Signer, *ledger.Verifier) {
	t.Helper()
	private, public, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)), testOrigin)
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

// testEntry is the i-th act of a made-up ledger; acts are a second apart.
func testEntry(i int) ledger.Entry {
	at := time.Date(2016, 9, 15, 9, 0, i, 0, gov.China)
	var id gov.ID
	copy(id[:], fmt.Sprintf("%016d", i))
	return ledger.Entry{
		ID: id, District: "110102", At: at.UnixMilli(),
		Kind: "library.document.imported", Object: fmt.Sprintf("document:xzf-2016-%d", i),
		Actor: ledger.Commit(ledger.Salt{1}, []byte("operator:importer")),
		Facts: map[string]string{"number": fmt.Sprintf("西政发〔2016〕%d号", i)},
	}
}

func encode(t testing.TB, e ledger.Entry) []byte {
	t.Helper()
	b, err := ledger.Encode(e)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	return b
}

// log is a small ledger in memory with its tiles.
type log struct {
	entries [][]byte
	tree    ledger.Builder
	tiles   map[string][]byte
}

// newLog builds a log of n entries.
func newLog(t testing.TB, n int) *log {
	t.Helper()
	l := &log{tiles: map[string][]byte{}}
	keep := func(tile ledger.Tile, data []byte) error { l.tiles[tile.Path()] = data; return nil }
	l.tree.Full = keep
	for i := range n {
		b := encode(t, testEntry(i))
		l.entries = append(l.entries, b)
		if err := l.tree.Append(ledger.LeafHash(b)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.tree.Partial(keep); err != nil {
		t.Fatal(err)
	}
	return l
}

// read finds a tile in the widest version kept, as a store would.
func (l *log) read(t ledger.Tile) ([]byte, error) {
	for w := t.Width; w <= ledger.TileWidth; w++ {
		t.Width = w
		if data, ok := l.tiles[t.Path()]; ok {
			return data, nil
		}
	}
	return nil, gov.Errorf(gov.NotFound, "无", "no tile %s", t.Path())
}

func (l *log) head() ledger.Checkpoint {
	return ledger.Checkpoint{Origin: testOrigin, Size: l.tree.Size(), Root: l.tree.Root()}
}

func (l *log) all() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, b := range l.entries {
			if !yield(b, nil) {
				return
			}
		}
	}
}

// export writes the log to a folder in memory, signed by s.
func (l *log) export(t testing.TB, s *ledger.Signer, v *ledger.Verifier) fstest.MapFS {
	t.Helper()
	signed, err := s.Sign(l.tree.Size(), l.tree.Root())
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{}
	_, err = ledger.Export(v, signed, l.all(), func(name string, data []byte) error {
		if !fs.ValidPath(name) {
			return fmt.Errorf("invalid path %q", name)
		}
		folder[name] = &fstest.MapFile{Data: bytes.Clone(data)}
		return nil
	})
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	return folder
}

// verify collects the findings of an export.
func verify(t testing.TB, folder fs.FS, v *ledger.Verifier) (ledger.Summary, []ledger.Finding) {
	t.Helper()
	var found []ledger.Finding
	sum, err := ledger.Verify(t.Context(), ledger.Folder(folder), v, func(f ledger.Finding) { found = append(found, f) })
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if int64(len(found)) != sum.Findings {
		t.Fatalf("summary counts %d findings, %d were reported", sum.Findings, len(found))
	}
	return sum, found
}

// random is seeded, so that a failure can be repeated.
func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
