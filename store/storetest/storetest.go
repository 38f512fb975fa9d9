// Package storetest gives tests a fresh database of each engine.
//
// SQLite always runs. PostgreSQL runs when TEST_POSTGRES holds the address of a
// server on which databases may be made and dropped; scripts/postgres-test.sh
// starts one. Without it the PostgreSQL half is skipped, except in CI (CI=true),
// where it fails: an engine nobody tested is not supported.
//
// With TEST_PARTITIONED=1 every table of the PostgreSQL database is partitioned
// by the hash of its district, as a distributed PostgreSQL would spread it.
package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/sqldb"
)

// Run runs test as a subtest per engine, each on a fresh, migrated database,
// in parallel.
func Run(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, DSN(t, e), nil))
		})
	}
}

// Has reports whether an engine can be tested here. In CI it says yes to all,
// so that what asks for it fails rather than passes by.
func Has(e store.Engine) bool {
	return e == store.SQLite || os.Getenv("TEST_POSTGRES") != "" || os.Getenv("CI") == "true"
}

// Open opens a database and closes it when the test ends. A nil clock is the
// real one.
func Open(t testing.TB, dsn string, clock gov.Clock) *store.DB {
	t.Helper()
	return open(t, dsn, clock, store.Schema())
}

// Hasty reports whether a database opened for t may commit without waiting for the
// disk: for tests, never for what measures.
func Hasty(t testing.TB) bool {
	_, measures := t.(*testing.B)
	return !measures
}

func open(t testing.TB, dsn string, clock gov.Clock, schema sqldb.Schema) *store.DB {
	t.Helper()
	o := &opened{dsn: dsn, raw: openRaw(t, dsn)}
	engine, err := sqldb.Open(t.Context(), dsn, schema, store.Options{
		Clock: clock, Log: slog.New(slog.DiscardHandler), Readers: 4, Writers: 4, Hasty: Hasty(t), Before: o.before,
		WriteTimeout: 5 * time.Minute, // a busy machine must not fail a test
	})
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	db := store.Over(engine)
	databases.Store(db, o)
	t.Cleanup(func() {
		databases.Delete(db)
		if err := errors.Join(db.Close(), o.raw.Close()); err != nil {
			t.Errorf("close the test database: %v", err)
		}
	})
	return db
}

// DSN makes a fresh, migrated database and returns its address. The database
// goes away with the test. It skips the test when the engine is PostgreSQL and
// there is no server, and fails it then in CI.
func DSN(t testing.TB, e store.Engine) string {
	t.Helper()
	if e == store.SQLite {
		return sqliteCopy(t)
	}
	return postgresCopy(t)
}

// EmptyDSN is like DSN, but the database has no table yet.
func EmptyDSN(t testing.TB, e store.Engine) string {
	t.Helper()
	if e == store.SQLite {
		return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	}
	server := server(t)
	return fresh(t, server, "template0")
}

// sqliteTemplate is a migrated file, made once per test process.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // complete: the last connection to close moved the WAL into it
})

func sqliteCopy(t testing.TB) string {
	t.Helper()
	b, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("make the SQLite template: %v", err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

func migrate(dsn string) error {
	db, err := store.Open(context.Background(), dsn, store.Options{Migrate: true, Hasty: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return db.Close()
}

func server(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv("TEST_POSTGRES")
	switch {
	case dsn != "":
	case os.Getenv("CI") == "true":
		t.Fatal("TEST_POSTGRES is not set: in CI both engines are tested")
	default:
		t.Skip("TEST_POSTGRES is not set; scripts/postgres-test.sh run go test ./... starts a server")
	}
	return dsn
}

func postgresCopy(t testing.TB) string {
	t.Helper()
	server := server(t)
	name, err := postgresTemplate()
	if err != nil {
		t.Fatalf("make the PostgreSQL template: %v", err)
	}
	return fresh(t, server, name)
}

// fresh makes a database from a template.
func fresh(t testing.TB, server, template string) string {
	t.Helper()
	name := "quanxiang_test_" + strings.ReplaceAll(gov.NewID(time.Now()).String(), "-", "")
	if err := admin(server, "create database "+name+" template "+template+" strategy file_copy"); err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := admin(server, "drop database "+name+" with (force)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return withDatabase(server, name)
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server // which store.Open then refuses by itself
	}
	u.Path = "/" + name
	return u.String()
}

func admin(server string, statements ...string) error {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// postgresTemplate makes, once per server and set of migrations, a migrated
// database to copy, and returns its name. Test processes that start together
// each build one; the first to rename it wins.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	server := os.Getenv("TEST_POSTGRES")
	partitioned := os.Getenv("TEST_PARTITIONED") == "1"
	name := fmt.Sprintf("quanxiang_template_%x", schemaHash(partitioned))
	exists := func() (found bool, err error) {
		db, err := sql.Open("pgx", server)
		if err != nil {
			return false, err
		}
		defer db.Close()
		err = db.QueryRow("select exists (select 1 from pg_database where datname = $1)", name).Scan(&found)
		return found, err
	}
	if found, err := exists(); found || err != nil {
		return name, err
	}
	build := "quanxiang_build_" + strings.ReplaceAll(gov.NewID(time.Now()).String(), "-", "")
	if err := admin(server, "create database "+build+" template template0 encoding 'UTF8'"); err != nil {
		return "", err
	}
	dsn := withDatabase(server, build)
	err := migrate(dsn)
	if err == nil && partitioned {
		err = partition(dsn)
	}
	if err == nil {
		err = admin(server, "alter database "+build+" rename to "+name)
	}
	if err == nil {
		return name, nil
	}
	drop := admin(server, "drop database if exists "+build+" with (force)")
	if found, _ := exists(); found && drop == nil {
		return name, nil // someone else was first
	}
	return "", err
})

// schemaHash names the template of this program's migrations.
func schemaHash(partitioned bool) []byte {
	h := sha256.New()
	fmt.Fprintln(h, partitioned)
	for _, m := range store.MigrationNames(store.Postgres) {
		io.WriteString(h, store.MigrationText(store.Postgres, m))
	}
	return h.Sum(nil)[:8]
}
