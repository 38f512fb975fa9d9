// Package resealtest rotates the privacy key in the middle of a test of something
// else, so that all it does afterwards is done without the old key.
package resealtest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"quanxiang/gov"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

// Operator is whoever rotates.
var Operator = gov.Actor{Kind: gov.OperatorActor, Name: "root"}

// Rotate puts a new key into the ring a test works with, seals everything anew and
// drops the old key. It fails the test when something does not open before or
// afterwards, when any cell of any table still holds what the old key sealed, when
// the ledger is not sound in between or in the end, or when one of the tables named
// holds nothing sealed.
func Rotate(t testing.TB, db *store.DB, d gov.District, ring *privacy.Keyring, tables ...string) {
	t.Helper()
	ctx := t.Context()
	old := ring.Pin().IDs()[0]
	seals := db.Seals(d, ring)
	before, err := seals.Check(ctx)
	must(t, err)
	if before.Closed > 0 || before.Values == 0 {
		t.Fatalf("before the rotation %+v", before)
	}
	counts, err := seals.Count(ctx)
	must(t, err)
	for _, name := range tables {
		if counts[old][name] == 0 {
			t.Errorf("the old key seals nothing in %s: %v", name, counts)
		}
	}
	for _, place := range Left(t, db, d, old) {
		if name, _, _ := strings.Cut(place, "."); counts[old][name] == 0 {
			t.Errorf("%s holds what the old key sealed, and nobody seals it anew", place)
		}
	}

	var file atomic.Pointer[privacy.Keyring]
	ring.Follow(file.Load)
	file.Store(ring.Rotate())
	must(t, seals.Hold(ctx, "test"))
	must(t, seals.Rotated(ctx, Operator))
	done, err := seals.Reseal(ctx, Operator, "test", nil)
	must(t, err)
	if done.Values != before.Values || done.Closed != 0 {
		t.Errorf("sealed anew %+v of %d", done, before.Values)
	}
	storetest.Sound(t, db)
	if needed, closed, err := seals.Needed(ctx); err != nil || needed != 0 || closed != 0 {
		t.Errorf("%d values need the old key, %d do not open (%v)", needed, closed, err)
	}
	must(t, seals.Retired(ctx, Operator))
	file.Store(ring.Pin().Newest())
	if ids := ring.Pin().IDs(); len(ids) != 1 || ids[0] == old {
		t.Fatalf("the keys are %v", ids)
	}
	must(t, seals.Release(ctx, "test"))
	after, err := seals.Check(ctx)
	must(t, err)
	if after.Closed > 0 || after.Values != before.Values {
		t.Errorf("%+v before, %+v after (%v)", before, after, after.First)
	}
	if left := Left(t, db, d, old); len(left) > 0 {
		t.Errorf("what the old key sealed is left in %v", left)
	}
	storetest.Sound(t, db)
}

// coded is what may be an envelope within a text.
var coded = regexp.MustCompile(`[A-Za-z0-9+/_-]{60,}`)

// Left looks through every cell of every table for what a key sealed and names the
// columns that hold such.
func Left(t testing.TB, db *store.DB, d gov.District, key string) (places []string) {
	t.Helper()
	id, err := hex.DecodeString("01" + key)
	must(t, err)
	holds := func(cell []byte) bool {
		if bytes.Contains(cell, id) || bytes.Contains(cell, []byte("01"+key)) {
			return true
		}
		for _, run := range coded.FindAll(cell, -1) {
			text := strings.NewReplacer("-", "+", "_", "/").Replace(string(run))
			if b, err := base64.RawStdEncoding.DecodeString(text); err == nil && bytes.HasPrefix(b, id) {
				return true
			}
		}
		return false
	}
	seen := map[string]bool{}
	must(t, db.Read(t.Context(), d, func(tx *store.Tx) error {
		for _, table := range tx.Tables() {
			if len(table.Columns) == 0 { // a search table of SQLite's own
				continue
			}
			if err := look(t.Context(), tx, table, func(column string, cell []byte) {
				if place := table.Name + "." + column; !seen[place] && holds(cell) {
					seen[place] = true
					places = append(places, place)
				}
			}); err != nil {
				return fmt.Errorf("%s: %w", table.Name, err)
			}
		}
		return nil
	}))
	return places
}

// look calls fn with every cell of a table.
func look(ctx context.Context, tx *store.Tx, table store.Table, fn func(column string, cell []byte)) error {
	rows, err := tx.QueryContext(ctx, table.SelectAll(), tx.District())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v := table.Values()
		if err := rows.Scan(v...); err != nil {
			return err
		}
		for i, c := range table.Columns {
			_, cell := sqldb.Plain(v[i])
			fn(c.Name, cell)
		}
	}
	return rows.Err()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
