package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"quanxiang/gov"
)

// Migrate brings the schema up to date and returns its version. A step that
// failed leaves the schema as it was before that step. Processes that start
// together do not disturb each other: on PostgreSQL a session lock lets one go
// first; on SQLite the loser of a step fails, sees that the step has been
// done, and goes on with the next.
func (db *DB) Migrate(ctx context.Context) (version int64, err error) {
	err = db.withGoose(func(p *goose.Provider) error {
		before := int64(-1)
		for {
			done, err := p.Up(ctx)
			for _, r := range done {
				db.opts.Log.InfoContext(ctx, "schema migrated", "version", r.Source.Version, "ms", r.Duration.Milliseconds())
			}
			now, verr := p.GetDBVersion(ctx)
			if err == nil {
				version = now
				return Classify(verr, "read the schema version")
			}
			if db.engine != SQLite || verr != nil || now <= before {
				return Classify(err, "migrate the schema")
			}
			before = now
		}
	})
	return version, err
}

// SchemaVersion is the number of the last migration the database has, and of
// the last one the program knows.
func (db *DB) SchemaVersion(ctx context.Context) (current, target int64, err error) {
	err = db.withGoose(func(p *goose.Provider) error {
		current, target, err = p.GetVersions(ctx)
		return Classify(err, "read the schema version")
	})
	return current, target, err
}

func (db *DB) checkSchema(ctx context.Context) error {
	current, target, err := db.SchemaVersion(ctx)
	switch {
	case err != nil:
		return err
	case current < target:
		return gov.Errorf(gov.Unavailable,
			"数据库结构为第 %d 版，程序需要第 %d 版：请先用本程序运行一次 serve 或 import，它们会升级数据库",
			"the database schema is version %d, the program needs %d: run serve or import of this program once, which bring it up to date", current, target)
	case current > target:
		return gov.Errorf(gov.Unavailable,
			"数据库结构为第 %d 版，本程序只认识第 %d 版：请使用更新的程序",
			"the database schema is version %d, this program knows %d: use a newer program", current, target)
	}
	return nil
}

// Analyze brings what the engine's planner knows about the tables up to date,
// as after many rows came in at once. A server does that by itself within
// minutes; until then it may read a whole district to find a word.
func (db *DB) Analyze(ctx context.Context) error {
	return db.Write(ctx, "", func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, "analyze")
		return Classify(err, "analyze the tables")
	})
}

// withGoose runs fn on a migrator with connections of its own: on SQLite the
// writer keeps the only writing connection of its pool.
func (db *DB) withGoose(fn func(*goose.Provider) error) (err error) {
	dialect, pool := goose.DialectPostgres, db.writes
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.engine == SQLite {
		dialect = goose.DialectSQLite3
		if pool, err = sql.Open("sqlite", sqliteDSN(db.path, false, db.opts.Hasty)); err != nil {
			return fmt.Errorf("open the database to migrate: %w", err)
		}
		pool.SetMaxOpenConns(1)
		defer func() {
			if e := pool.Close(); err == nil {
				err = e
			}
		}()
		if err := patiently(context.Background(), pool.PingContext); err != nil {
			return Classify(err, "open the database to migrate")
		}
	} else {
		l, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("prepare the migration lock: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	steps, err := db.steps()
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, pool, nil, append(opts, goose.WithGoMigrations(steps...))...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	return fn(p)
}

// steps are the engine's migrations. Each is sent whole: both engines take
// several statements at once, and goose's own reader sets 8 MB aside for every
// file it cuts into statements.
func (db *DB) steps() ([]*goose.Migration, error) {
	entries, err := fs.ReadDir(db.schema.Migrations, string(db.engine))
	if err != nil {
		return nil, err
	}
	steps := make([]*goose.Migration, len(entries))
	for i, f := range entries {
		version, err := goose.NumericComponent(f.Name())
		if err != nil {
			return nil, err
		}
		text, err := fs.ReadFile(db.schema.Migrations, string(db.engine)+"/"+f.Name())
		if err != nil {
			return nil, err
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		if strings.Contains(up, "-- +goose NO TRANSACTION") {
			return nil, fmt.Errorf("%s: every migration is a transaction", f.Name())
		}
		steps[i] = goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, up)
			return err
		}}, nil)
	}
	return steps, nil
}
