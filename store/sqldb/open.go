package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"quanxiang/gov"
)

// Engine names a database engine.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options tune a database. The zero value is right for production.
type Options struct {
	Clock        gov.Clock     // tells Tx.Now; nil means time.Now
	Log          *slog.Logger  // nil means slog.Default
	Migrate      bool          // bring the schema up to date while opening
	Readers      int           // connections that read; 0 means 4 or the number of CPUs on SQLite, 16 on PostgreSQL
	Writers      int           // connections that write, PostgreSQL only; 0 means 16
	ReadTimeout  time.Duration // limit of one read statement on PostgreSQL; 0 means 15 s
	WriteTimeout time.Duration // limit of one write, waiting included; 0 means a minute
	GroupSize    int           // most writes SQLite commits together; 0 means 256, 1 switches grouping off

	// Hasty lets SQLite commit without waiting for the disk: a power cut may take
	// the last commits with it and harms nothing else. It is for what is begun
	// anew after one: invented history while it is played, and tests. PostgreSQL
	// has its own settings.
	Hasty bool

	// Before, if not nil, is called with every statement of a closure before it
	// runs; an error fails the statement and with it the transaction. It is for
	// tests of what a death at any point leaves behind.
	Before func(query string) error
}

// Schema is what a database holds.
type Schema struct {
	Migrations fs.FS   // a folder for each engine, with the same numbers and names of files
	Tables     []Table // that the migrations leave, parents before the children that refer to them
}

func (o Options) withDefaults(e Engine) Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Readers == 0 {
		o.Readers = 16
		if e == SQLite {
			o.Readers = max(4, runtime.NumCPU())
		}
	}
	if o.Writers == 0 {
		o.Writers = 16
	}
	if o.ReadTimeout == 0 {
		o.ReadTimeout = 15 * time.Second
	}
	if o.WriteTimeout == 0 {
		o.WriteTimeout = time.Minute
	}
	if o.GroupSize == 0 {
		o.GroupSize = 256
	}
	return o
}

// Open opens the database of a schema at dsn, which is "sqlite:PATH" (made if absent) or a
// PostgreSQL URL, "postgres://...". It returns Invalid for any other dsn and
// Unavailable when the database cannot be reached, or when its schema is not
// the program's and Options.Migrate is off.
func Open(ctx context.Context, dsn string, schema Schema, o Options) (*DB, error) {
	path, isFile := strings.CutPrefix(dsn, "sqlite:")
	var db *DB
	var err error
	switch {
	case isFile && path != "":
		db, err = openSQLite(ctx, path, schema, o.withDefaults(SQLite))
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		db, err = openPostgres(ctx, dsn, schema, o.withDefaults(Postgres))
	default:
		return nil, gov.Errorf(gov.Invalid,
			"数据库地址应为 sqlite:文件路径 或 postgres://…", "a database is sqlite:PATH or postgres://...")
	}
	if err != nil {
		return nil, err
	}
	if o.Migrate {
		_, err = db.Migrate(ctx)
	} else {
		err = db.checkSchema(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func openSQLite(ctx context.Context, path string, schema Schema, o Options) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, unavailable(fmt.Errorf("make the folder of the database: %w", err))
	}
	// Made here, so that neither it nor the WAL beside it can be read by others.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unavailable(fmt.Errorf("open the database: %w", err))
	}
	if err := f.Close(); err != nil {
		return nil, unavailable(fmt.Errorf("open the database: %w", err))
	}
	db := &DB{engine: SQLite, opened: time.Now(), woken: make(chan struct{}, 1), schema: schema, opts: o, path: path}
	// The writer's pool first: it is the one that may turn a new file to WAL.
	if db.writes, err = sql.Open("sqlite", sqliteDSN(path, false, o.Hasty)); err != nil {
		return nil, fmt.Errorf("open the database for writing: %w", err)
	}
	db.writes.SetMaxOpenConns(1)
	if err := patiently(ctx, db.writes.PingContext); err != nil {
		return nil, errors.Join(Classify(err, "open %s", path), db.writes.Close())
	}
	if db.writer, err = newWriter(ctx, db); err != nil {
		return nil, errors.Join(Classify(err, "open %s", path), db.writes.Close())
	}
	if db.reads, err = sql.Open("sqlite", sqliteDSN(path, true, o.Hasty)); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database for reading: %w", err), db.Close())
	}
	db.reads.SetMaxOpenConns(o.Readers)
	db.reads.SetMaxIdleConns(o.Readers)
	return db, nil
}

// sqliteDSN lists the settings of one connection. busy_timeout comes first:
// the settings after it may themselves have to wait for a lock.
func sqliteDSN(path string, readOnly, hasty bool) string {
	synchronous := "synchronous(FULL)" // the ledger shares the file: what was confirmed must survive a power cut
	if hasty {
		synchronous = "synchronous(NORMAL)"
	}
	q := url.Values{"_pragma": {
		"busy_timeout(" + strconv.Itoa(sqliteBusy) + ")",
		"journal_mode(WAL)",
		synchronous,
		"foreign_keys(1)",
		"trusted_schema(0)",
		"temp_store(memory)",
		"cache_size(-8192)",
		"wal_autocheckpoint(4000)",
		"journal_size_limit(67108864)",
	}}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Set("_txlock", "immediate")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// patiently runs fn again for a while when SQLite says busy. It is needed where
// SQLite does not wait by itself: when a file is turned to WAL while another
// process opens it too.
func patiently(ctx context.Context, fn func(context.Context) error) error {
	for end := time.Now().Add(sqliteBusy * time.Millisecond); ; {
		err := fn(ctx)
		if !retryable(err) || time.Now().After(end) || ctx.Err() != nil {
			return err
		}
		time.Sleep(rand.N(20 * time.Millisecond))
	}
}

// sqliteBusy is how long SQLite itself waits for another process, in ms.
const sqliteBusy = 2000

func openPostgres(ctx context.Context, dsn string, schema Schema, o Options) (*DB, error) {
	pool := func(size int, params map[string]string) (*sql.DB, error) {
		c, err := pgx.ParseConfig(dsn)
		if err != nil {
			// The cause may quote the password, so it is dropped.
			return nil, gov.Errorf(gov.Invalid, "PostgreSQL 地址有误", "this is not a PostgreSQL address")
		}
		c.RuntimeParams["application_name"] = "quanxiang"
		c.RuntimeParams["timezone"] = "UTC"
		for k, v := range params {
			c.RuntimeParams[k] = v
		}
		p := stdlib.OpenDB(*c)
		p.SetMaxOpenConns(size)
		p.SetMaxIdleConns(size)
		p.SetConnMaxIdleTime(5 * time.Minute)
		return p, nil
	}
	ms := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	db := &DB{engine: Postgres, opened: time.Now(), woken: make(chan struct{}, 1), schema: schema, opts: o}
	var err error
	db.writes, err = pool(o.Writers, map[string]string{
		"statement_timeout":                   ms(o.WriteTimeout),
		"idle_in_transaction_session_timeout": ms(2 * o.WriteTimeout),
	})
	if err != nil {
		return nil, err
	}
	db.reads, err = pool(o.Readers, map[string]string{
		"statement_timeout":             ms(o.ReadTimeout),
		"default_transaction_read_only": "on",
	})
	if err != nil {
		return nil, errors.Join(err, db.writes.Close())
	}
	if err := db.checkServer(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// checkServer refuses a server on which the product's promises do not hold.
func (db *DB) checkServer(ctx context.Context) error {
	var version int
	var encoding, fsync, commit string
	err := db.reads.QueryRowContext(ctx, settingsPostgres).Scan(&version, &encoding, &fsync, &commit)
	if err != nil {
		return unavailable(fmt.Errorf("reach PostgreSQL: %w", err))
	}
	if version < 150000 {
		return gov.Errorf(gov.Unsupported, "需要 PostgreSQL 15 或更高版本", "PostgreSQL 15 or later is needed")
	}
	if encoding != "UTF8" {
		return gov.Errorf(gov.Unsupported, "数据库编码应为 UTF8，现为 %s", "the database must be encoded in UTF8, not %s", encoding)
	}
	if fsync != "on" || commit == "off" {
		db.opts.Log.WarnContext(ctx, "PostgreSQL may lose confirmed writes", "fsync", fsync, "synchronous_commit", commit)
	}
	return nil
}

const settingsPostgres = `
select
  current_setting('server_version_num')::int,
  current_setting('server_encoding'),
  current_setting('fsync'),
  current_setting('synchronous_commit')`

func unavailable(err error) error {
	return gov.Errorf(gov.Unavailable, "数据库暂时无法使用", "the database cannot be used at the moment").Because(err)
}
