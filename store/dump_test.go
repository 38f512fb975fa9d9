package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/dumpdb"
	"quanxiang/store/storetest"
)

// line is a row of a dump.
type line struct{ Table, Row string }

func dump(t *testing.T, db *store.DB) (all []line) {
	t.Helper()
	must(t, dumpTo(t, db, func(table string, row []byte) error {
		all = append(all, line{table, string(row)})
		return nil
	}))
	return all
}

func dumpTo(t *testing.T, db *store.DB, put func(string, []byte) error) error {
	t.Helper()
	return db.Read(t.Context(), district, func(tx *store.Tx) error { return dumpdb.Dump(t.Context(), tx, put) })
}

func load(t *testing.T, db *store.DB, all []line) error {
	t.Helper()
	return dumpdb.Load(t.Context(), db.DB, district, func(put func(string, []byte) error) error {
		for _, l := range all {
			if err := put(l.Table, []byte(l.Row)); err != nil {
				return err
			}
		}
		return nil
	})
}

// A dump of either engine can be loaded into either, and dumps the same again.
func TestLoadWhatWasDumped(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		loadYear(t, db, notice(t))
		all := dump(t, db)
		if len(all) < 4 {
			t.Fatalf("dumped only %v", all)
		}
		for _, e := range []store.Engine{store.SQLite, store.Postgres} {
			if !storetest.Has(e) {
				continue // Run has told of it
			}
			to := storetest.Open(t, storetest.DSN(t, e), nil)
			must(t, load(t, to, all))
			if d := cmp.Diff(all, dump(t, to)); d != "" {
				t.Errorf("to %s (-dumped +loaded):\n%s", e, d)
			}
			if current(t, to).Hash() != current(t, db).Hash() {
				t.Errorf("to %s: another calendar", e)
			}
			if err := load(t, to, all); gov.CodeOf(err) != gov.Conflict {
				t.Errorf("to %s again: %v, want Conflict", e, err)
			}
		}
	})
}

// A load that fails at its last row keeps none of those before it.
func TestLoadKeepsAllOrNothing(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		full := storetest.Open(t, storetest.DSN(t, db.Engine()), nil)
		loadYear(t, full, notice(t))
		all := dump(t, full)
		year := `{"content":"","district":"` + string(district) + `","loaded_at":1,"version":1,"year":2030}`
		for why, bad := range map[string]line{
			"unknown table":          {"sqlite_master", `{}`},
			"a table not carried":    {"leases", `{"district":"` + string(district) + `"}`},
			"not JSON":               {"calendar_years", year[1:]},
			"another district":       {"calendar_years", `{"content":"","district":"999999","loaded_at":1,"version":1,"year":2030}`},
			"an unknown column":      {"calendar_years", year[:len(year)-1] + `,"z":1}`},
			"not the canonical form": {"calendar_years", " " + year},
		} {
			if err := load(t, db, append(all[:len(all):len(all)], bad)); gov.CodeOf(err) != gov.Invalid {
				t.Errorf("%s: %v, want Invalid", why, err)
			}
			if left := dump(t, db); len(left) != 0 {
				t.Fatalf("%s: kept %v", why, left)
			}
		}
		must(t, load(t, db, append(all[:len(all):len(all)], line{"calendar_years", year})))
	})
}

func TestDumpEndsWithItsReader(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		loadYear(t, db, notice(t))
		full := errors.New("disk full")
		if err := dumpTo(t, db, func(string, []byte) error { return full }); !errors.Is(err, full) {
			t.Errorf("got %v", err)
		}
	})
}
