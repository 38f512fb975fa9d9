package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/ledger"
)

func TestExportHolds(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	for _, n := range []int{0, 1, 255, 256, 257, 600} {
		sum, found := verify(t, newLog(t, n).export(t, s, v), v)
		if len(found) > 0 || sum.Entries != int64(n) || sum.Checkpoint.Size != int64(n) {
			t.Errorf("%d entries: %+v, %v", n, sum, found)
		}
	}
}

func TestExportLayout(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	got := slices.Sorted(maps.Keys(newLog(t, 257).export(t, s, v)))
	want := []string{"checkpoint", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Entries recorded after the checkpoint stay out; too few are an error and no
// checkpoint is written.
func TestExportFitsCheckpoint(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	old := newLog(t, 3)
	signed, err := s.Sign(3, old.tree.Root())
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	put := func(name string, _ []byte) error { files[name] = true; return nil }
	if c, err := ledger.Export(v, signed, newLog(t, 5).all(), put); err != nil || c.Size != 3 || !files["checkpoint"] {
		t.Errorf("later entries: %+v, %v, %v", c, err, files)
	}
	clear(files)
	if _, err := ledger.Export(v, signed, newLog(t, 2).all(), put); gov.CodeOf(err) != gov.Invalid || files["checkpoint"] {
		t.Errorf("too few entries: %v, %v", err, files)
	}
	full := errors.New("disk full")
	if _, err := ledger.Export(v, signed, old.all(), func(string, []byte) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v, want disk full", err)
	}
}

// One byte changed in any file of an export is found.
func TestExportTamperAnyByte(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	clean := newLog(t, 300).export(t, s, v)
	r := random(2)
	for name, file := range clean {
		step := max(1, len(file.Data)/60)
		for i := 0; i < len(file.Data); i += 1 + r.IntN(step) {
			folder := maps.Clone(clean)
			data := bytes.Clone(file.Data)
			data[i] ^= byte(1 + r.IntN(255))
			folder[name] = &fstest.MapFile{Data: data}
			if _, found := verify(t, folder, v); len(found) == 0 {
				t.Errorf("%s, byte %d: nothing found", name, i)
			}
		}
	}
}

func TestExportRemovedFile(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	clean := newLog(t, 300).export(t, s, v)
	for name := range clean {
		folder := maps.Clone(clean)
		delete(folder, name)
		if _, found := verify(t, folder, v); len(found) == 0 {
			t.Errorf("%s removed: nothing found", name)
		}
	}
}

// What was done to an export is named: which entry, which file.
func TestExportNamesTheDefect(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	const victim = 258
	rewrite := func(change func(entries [][]byte) [][]byte) func(t *testing.T, folder fstest.MapFS) {
		return func(t *testing.T, folder fstest.MapFS) {
			const name = "tile/entries/001.p/44"
			entries, err := ledger.SplitBundle(folder[name].Data)
			if err != nil {
				t.Fatal(err)
			}
			var b []byte
			for _, e := range change(entries) {
				b = append(b, byte(len(e)>>8), byte(len(e)))
				b = append(b, e...)
			}
			folder[name] = &fstest.MapFile{Data: b}
		}
	}
	changed := testEntry(victim)
	changed.Facts["number"] = "西政发〔2016〕999号"
	type line struct {
		Problem ledger.Problem
		Index   int64
		ID      gov.ID
	}
	tests := map[string]struct {
		tamper func(t *testing.T, folder fstest.MapFS)
		want   []line
	}{
		"an entry rewritten": {
			rewrite(func(e [][]byte) [][]byte { e[2] = encode(t, changed); return e }),
			[]line{{ledger.ChangedEntry, victim, changed.ID}},
		},
		"an entry and its leaf hash rewritten": {
			func(t *testing.T, folder fstest.MapFS) {
				rewrite(func(e [][]byte) [][]byte { e[2] = encode(t, changed); return e })(t, folder)
				leaf := ledger.LeafHash(encode(t, changed))
				data := bytes.Clone(folder["tile/0/001.p/44"].Data)
				copy(data[2*32:], leaf[:])
				folder["tile/0/001.p/44"] = &fstest.MapFile{Data: data}
			},
			[]line{{ledger.BadRoot, -1, gov.ID{}}},
		},
		"a leaf hash rewritten": {
			func(t *testing.T, folder fstest.MapFS) {
				data := bytes.Clone(folder["tile/0/001.p/44"].Data)
				data[2*32]++
				folder["tile/0/001.p/44"] = &fstest.MapFile{Data: data}
			},
			[]line{{ledger.BadTile, -1, gov.ID{}}},
		},
		"the last entries cut off": {
			rewrite(func(e [][]byte) [][]byte { return e[:42] }),
			[]line{{ledger.MissingEntry, 298, gov.ID{}}, {ledger.MissingEntry, 299, gov.ID{}}},
		},
		"an entry too many": {
			rewrite(func(e [][]byte) [][]byte { return append(e, e[0]) }),
			[]line{{ledger.ChangedEntry, 300, gov.ID{}}},
		},
		"two entries swapped": {
			rewrite(func(e [][]byte) [][]byte { e[0], e[1] = e[1], e[0]; return e }),
			[]line{{ledger.ChangedEntry, 256, testEntry(257).ID}, {ledger.ChangedEntry, 257, testEntry(256).ID}},
		},
		"an upper tile lost": {
			func(t *testing.T, folder fstest.MapFS) { delete(folder, "tile/1/000.p/1") },
			[]line{{ledger.BadTile, -1, gov.ID{}}},
		},
		"a checkpoint of another key": {
			func(t *testing.T, folder fstest.MapFS) {
				stranger, _ := testKeys(t, 2)
				head := newLog(t, 300).head()
				signed, err := stranger.Sign(head.Size, head.Root)
				if err != nil {
					t.Fatal(err)
				}
				folder["checkpoint"] = &fstest.MapFile{Data: signed}
			},
			[]line{{ledger.BadCheckpoint, -1, gov.ID{}}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := maps.Clone(newLog(t, 300).export(t, s, v))
			tc.tamper(t, folder)
			_, found := verify(t, folder, v)
			var got []line
			for _, f := range found {
				got = append(got, line{f.Problem, f.Index, f.ID})
				if f.Text.ZH == "" || f.Text.EN == "" || strings.Contains(f.Text.ZH+f.Text.EN, "%!") {
					t.Errorf("bad text %+v", f.Text)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A district that signs nonsense is found out too: its own entries must keep
// the rules.
func TestExportSignedNonsense(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	late, ok, foreign := testEntry(2), testEntry(2), testEntry(2)
	late.At = testEntry(1).At - ledger.MaxLag - 1
	ok.At = testEntry(1).At - ledger.MaxLag
	foreign.District = "110101"
	tests := map[string]struct {
		third []byte
		want  []ledger.Problem
	}{
		"in order":             {encode(t, testEntry(2)), nil},
		"overlapping":          {encode(t, ok), nil},
		"back in time":         {encode(t, late), []ledger.Problem{ledger.TurnedBack}},
		"the same event twice": {encode(t, testEntry(1)), []ledger.Problem{ledger.Duplicate}},
		"of another district":  {encode(t, foreign), []ledger.Problem{ledger.WrongDistrict}},
		"not an entry":         {[]byte("hello"), []ledger.Problem{ledger.BadEntry}},
		"an empty entry":       {nil, []ledger.Problem{ledger.BadEntry}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLog(t, 2)
			l.entries = append(l.entries, tc.third)
			if err := l.tree.Append(ledger.LeafHash(tc.third)); err != nil {
				t.Fatal(err)
			}
			_, found := verify(t, l.export(t, s, v), v)
			var got []ledger.Problem
			for _, f := range found {
				if got = append(got, f.Problem); f.Index != 2 {
					t.Errorf("named entry %d, want 2", f.Index)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Checkpoints from elsewhere convict a ledger that was signed anew.
func TestVerifyHeads(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	sign := func(n int, root ledger.Hash) ledger.Signed {
		note, err := s.Sign(int64(n), root)
		if err != nil {
			t.Fatal(err)
		}
		return ledger.Signed{From: gov.Text{ZH: "检查点", EN: "checkpoint"}, Note: note}
	}
	at := func(n int) ledger.Signed { return sign(n, newLog(t, n).tree.Root()) }
	forged := sign(7, ledger.Hash{1})
	spoilt := at(9)
	spoilt.Note = bytes.Replace(spoilt.Note, []byte("\n9\n"), []byte("\n8\n"), 1)
	tests := map[string]struct {
		heads []ledger.Signed
		want  []ledger.Problem
	}{
		"all of them hold":         {[]ledger.Signed{at(0), at(1), at(1), at(256), at(300)}, nil},
		"one of another history":   {[]ledger.Signed{at(0), forged, at(300)}, []ledger.Problem{ledger.BadRoot}},
		"one spoilt":               {[]ledger.Signed{at(3), spoilt, at(10)}, []ledger.Problem{ledger.BadCheckpoint}},
		"later than the ledger":    {[]ledger.Signed{at(300), at(301), at(302)}, []ledger.Problem{ledger.BadCheckpoint, ledger.BadCheckpoint}},
		"filed in the wrong order": {[]ledger.Signed{at(5), at(3)}, []ledger.Problem{ledger.BadCheckpoint}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := ledger.Folder(newLog(t, 300).export(t, s, v))
			src.Heads = func(yield func(ledger.Signed, error) bool) {
				for _, h := range tc.heads {
					if !yield(h, nil) {
						return
					}
				}
			}
			var got []ledger.Problem
			sum, err := ledger.Verify(t.Context(), src, v, func(f ledger.Finding) { got = append(got, f.Problem) })
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if sum.Checkpoints != int64(len(tc.heads)) {
				t.Errorf("%d of %d checkpoints were seen", sum.Checkpoints, len(tc.heads))
			}
		})
	}
}

// A folder that cannot be read is not a verdict on the ledger.
func TestExportUnreadable(t *testing.T) {
	t.Parallel()
	s, v := testKeys(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ledger.Verify(ctx, ledger.Folder(newLog(t, 3).export(t, s, v)), v, func(ledger.Finding) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	broken := brokenFS{newLog(t, 3).export(t, s, v)}
	if _, err := ledger.Verify(t.Context(), ledger.Folder(broken), v, func(ledger.Finding) {}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("no permission: got %v", err)
	}
}

// brokenFS denies the entries.
type brokenFS struct{ fs.FS }

func (b brokenFS) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, "tile/entries/") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.FS.Open(name)
}

func FuzzSplitBundle(f *testing.F) {
	f.Add([]byte{0, 1, 'a', 0, 0})
	f.Add([]byte{0, 9, 'a'})
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := ledger.SplitBundle(b)
		var again []byte
		for _, e := range entries {
			again = append(again, byte(len(e)>>8), byte(len(e)))
			again = append(again, e...)
		}
		if !bytes.HasPrefix(b, again) || err == nil && len(again) != len(b) {
			t.Fatalf("%q splits into %q, %v", b, entries, err)
		}
	})
}
