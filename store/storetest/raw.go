package storetest

import (
	"database/sql"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"quanxiang/store"
	"quanxiang/store/sqldb"
)

// opened is what tests can do with a database besides what the store lets
// them: it has connections of its own.
type opened struct {
	dsn    string
	raw    *sql.DB
	failAt atomic.Int64
}

// databases holds the *opened of every *store.DB of Open.
var databases sync.Map

func (o *opened) before(string) error {
	if o.failAt.Load() > 0 && o.failAt.Add(-1) == 0 {
		return errFault
	}
	return nil
}

var errFault = errors.New("the process died here")

func of(t testing.TB, db *store.DB) *opened {
	t.Helper()
	o, ok := databases.Load(db)
	if !ok {
		t.Fatal("not a database of storetest.Open")
	}
	return o.(*opened)
}

func openRaw(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	driver := "pgx"
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	raw.SetMaxIdleConns(1)
	return raw
}

// Exec runs statements one by one behind the store's back.
func Exec(t testing.TB, db *store.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := of(t, db).raw.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// Prepare asks the engine whether it understands a statement.
func Prepare(t testing.TB, db *store.DB, text string) error {
	t.Helper()
	s, err := of(t, db).raw.PrepareContext(t.Context(), text)
	if err != nil {
		return err
	}
	return s.Close()
}

// Rows runs a query behind the store's back and returns every row as text,
// null as "NULL".
func Rows(t testing.TB, db *store.DB, query string) [][]string {
	t.Helper()
	all, err := readRows(of(t, db).raw, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

func readRows(raw *sql.DB, query string) (all [][]string, err error) {
	rows, err := raw.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		vals, dest := make([]sql.Null[string], len(names)), make([]any, len(names))
		for i := range vals {
			dest[i] = &vals[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		row := make([]string, len(names))
		for i, v := range vals {
			if row[i] = v.V; !v.Valid {
				row[i] = "NULL"
			}
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// FailAt makes the n-th statement from now on fail, from 1, and with it its
// transaction, as if the process had died there. 0 takes that back.
func FailAt(t testing.TB, db *store.DB, n int) {
	t.Helper()
	of(t, db).failAt.Store(int64(n))
}

// WithTable opens the same database again with a table of the test's own in
// its registry; the test has made it.
func WithTable(t testing.TB, db *store.DB, table sqldb.Table) *store.DB {
	t.Helper()
	schema := store.Schema()
	schema.Tables = append(schema.Tables, table)
	return open(t, of(t, db).dsn, nil, schema)
}
