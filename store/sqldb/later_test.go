package sqldb_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

const (
	leasesByName = `
select name, expires
from leases
where district = $1
order by name`
	putLease = `
insert into leases (district, name, holder, expires)
values ($1, $2, 'me', $3)
on conflict (district, name) do update
set expires = excluded.expires`
)

func TestLaterRunsInOrder(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		must(t, db.Write(ctx, district, func(tx *store.Tx) error {
			var asked []string
			var n int
			must(t, tx.Later(ctx, addLease, district, "a", "me", 1))
			must(t, tx.Later(ctx, setLease, 7, district, "a"))
			must(t, tx.Ask(ctx, func(scan func(...any) error) error {
				var name string
				var expires int64
				err := scan(&name, &expires)
				asked = append(asked, fmt.Sprint(name, expires))
				return err
			}, leasesByName, district))
			must(t, tx.LaterOne(ctx, setLease, 8, district, "a"))
			must(t, tx.QueryRowContext(ctx, countLeases, district).Scan(&n))
			if n != 1 || !slices.Equal(asked, []string{"a7"}) {
				t.Errorf("the query sees %d rows; asked before the last change: %q", n, asked)
			}
			rows := make([][]any, 20)
			for i := range rows {
				rows[i] = []any{fmt.Sprintf("row %02d", i), i}
			}
			must(t, tx.LaterRows(ctx, putLease, rows...))
			must(t, tx.LaterRows(ctx, putLease, rows[3:5]...)) // which are there now
			must(t, tx.LaterRows(ctx, putLease))
			for range 600 { // more than may wait
				must(t, tx.LaterOne(ctx, setLease, 99, district, "row 19"))
			}
			asked = nil
			must(t, tx.Ask(ctx, func(scan func(...any) error) error {
				asked = append(asked, "x")
				return nil
			}, leasesByName, district))
			must(t, tx.Answers(ctx))
			if len(asked) != 21 {
				t.Errorf("%d rows answered, want 21", len(asked))
			}
			return tx.Later(ctx, addLease, district, "last", "me", 1)
		}))
		got := storetest.Rows(t, db, "select name, expires from leases order by name")
		if len(got) != 22 || got[0][1] != "8" || got[1][0] != "last" || got[21][1] != "99" {
			t.Errorf("kept %q", got)
		}
	})
}

// What fails later undoes the write as what fails at once does.
func TestLaterFails(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		must(t, db.Write(ctx, district, func(tx *store.Tx) error { return add(ctx, tx, "a") }))
		for name, fn := range map[string]func(tx *store.Tx) error{
			"one row of none, at the end": func(tx *store.Tx) error { return tx.LaterOne(ctx, setLease, 5, district, "x") },
			"one row of none, then more": func(tx *store.Tx) error {
				if err := tx.LaterOne(ctx, setLease, 5, district, "x"); err != nil {
					return err
				}
				return tx.Later(ctx, addLease, district, "b", "me", 1)
			},
			"duplicate, at the end": func(tx *store.Tx) error {
				if err := add(ctx, tx, "b"); err != nil {
					return err
				}
				return tx.Later(ctx, addLease, district, "a", "me", 1)
			},
			"duplicate, then a query whose error is ignored": func(tx *store.Tx) error {
				var n int
				_ = tx.Later(ctx, addLease, district, "a", "me", 1)
				_ = tx.QueryRowContext(ctx, countLeases, district).Scan(&n)
				return nil
			},
			"an answer nobody could take": func(tx *store.Tx) error {
				if err := add(ctx, tx, "b"); err != nil {
					return err
				}
				return tx.Ask(ctx, func(func(...any) error) error { return gov.Errorf(gov.Conflict, "不行", "no") }, leasesByName, district)
			},
		} {
			err := db.Write(ctx, district, fn)
			if gov.CodeOf(err) != gov.Conflict {
				t.Errorf("%s: %v, want a Conflict", name, err)
			}
			if n := count(t, db); n != 1 {
				t.Fatalf("%s: %d rows, want 1", name, n)
			}
		}
		must(t, db.Write(ctx, district, func(*store.Tx) error { return nil }))
	})
}

// A panic amidst the rows of a query leaves nothing behind, and no connection
// that cannot be used.
func TestPanicAmidstRows(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		must(t, db.Write(ctx, district, func(tx *store.Tx) error { return add(ctx, tx, "a") }))
		for range 6 { // more than there are connections
			func() {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				err := db.Write(ctx, district, func(tx *store.Tx) error {
					must(t, tx.Later(ctx, addLease, district, "b", "me", 1))
					_, err := sqldb.Collect(ctx, tx, func(func(...any) error) (int, error) { panic("on purpose") }, leasesByName, district)
					return err
				})
				t.Errorf("came back with %v", err)
			}()
		}
		must(t, db.Write(ctx, district, func(tx *store.Tx) error { return add(ctx, tx, "c") }))
		if n := count(t, db); n != 2 {
			t.Errorf("%d rows, want 2", n)
		}
	})
}

func TestManyOf(t *testing.T) {
	t.Parallel()
	want := strings.Replace(putLease, "values ($1, $2, 'me', $3)", "values ($1, $2, 'me', $3), ($1, $4, 'me', $5), ($1, $6, 'me', $7)", 1)
	if got := sqldb.ManyOf(putLease, 3); got != want {
		t.Errorf("got %s", got)
	}
	if got := sqldb.ManyOf(putLease, 1); got != putLease {
		t.Errorf("got %s", got)
	}
	if got := sqldb.ManyOf("delete from leases\nwhere district = $1 and name = $2", 3); got != "delete from leases\nwhere district = $1 and name in ($2, $3, $4)" {
		t.Errorf("got %s", got)
	}
}

// The canonical form of a row as it was written is that of the row read back.
func TestCanonicalOf(t *testing.T) {
	t.Parallel()
	table := sqldb.NewTable("things", sqldb.Recorded, 2, "district text, name text, open bool, body bytes, n int, at int, note text")
	written := []any{"一\n\"二\"", true, []byte{0, 1, 254}, 5, int64(-7), nil}
	got, err := table.CanonicalOf(district, written...)
	must(t, err)
	dest := table.Values()
	for i, v := range append([]any{string(district)}, written...) {
		switch d := dest[i].(type) {
		case *[]byte:
			*d = v.([]byte)
		case interface{ Scan(any) error }:
			must(t, d.Scan(v))
		}
	}
	want, err := table.AppendCanonical(nil, dest)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("written %s\nread %s", got, want)
	}
	for _, wrong := range [][]any{written[1:], {1, true, []byte{}, 5, 7, nil}, {"a", true, []byte(nil), 5, 7, nil}, {"a", true, []byte{}, "5", 7, nil}, {"a", 1, []byte{}, 5, 7, nil}} {
		if b, err := table.CanonicalOf(district, wrong...); err == nil {
			t.Errorf("%v is taken for a row: %s", wrong, b)
		}
	}
}
