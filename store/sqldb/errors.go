package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"quanxiang/gov"
)

// Classify says what an error of the database means to the product, by the
// driver's code and never by its text, and adds what was being done. An error
// that has a gov.Code keeps it; one that means nothing to a user stays
// Internal.
func Classify(err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	cause := fmt.Errorf(doing+": %w", append(args, err)...)
	if _, ok := errors.AsType[*gov.Error](err); ok {
		return cause
	}
	switch kindOf(err) {
	case kindAbsent:
		return gov.Errorf(gov.NotFound, "没有找到所要的内容", "there is no such thing").Because(cause)
	case kindDuplicate:
		return gov.Errorf(gov.Conflict, "相同的内容已经存在", "the same thing already exists").Because(cause)
	case kindReferred:
		return gov.Errorf(gov.Conflict, "相关联的内容不存在或仍在使用", "something this depends on is missing, or is still in use").Because(cause)
	case kindRetry, kindAway:
		return gov.Errorf(gov.Unavailable, "系统繁忙，请稍后再试", "the system is busy; try again shortly").Because(cause)
	}
	return cause
}

// retryable reports whether running the same closure again may succeed.
func retryable(err error) bool { return kindOf(err) == kindRetry }

// LostRace is a column that must not be null, in a table or its partitions, which a
// statement sets to null when what it was based on is no longer there: the
// transaction is refused without waiting for an answer, and run again.
var LostRace = struct{ Table, Column string }{"case_listed", "body"}

type kind int

const (
	kindOther     kind = iota
	kindAbsent         // no row
	kindDuplicate      // a unique or primary key is taken
	kindReferred       // a foreign key says no
	kindRetry          // lost a race the engine resolved: run again
	kindAway           // the database cannot be used just now
)

func kindOf(err error) kind {
	if errors.Is(err, sql.ErrNoRows) {
		return kindAbsent
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		if pe.Code == "23502" && strings.HasPrefix(pe.TableName, LostRace.Table) && pe.ColumnName == LostRace.Column {
			return kindRetry
		}
		return kindOfPostgres(pe.Code)
	}
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return kindOfSQLite(se.Code())
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return kindAway
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err) {
		return kindAway
	}
	return kindOther
}

// kindOfPostgres knows SQLSTATE codes; see PostgreSQL's appendix A.
func kindOfPostgres(code string) kind {
	switch code {
	case "23505":
		return kindDuplicate
	case "23503":
		return kindReferred
	case "40001", "40P01": // serialization failure, deadlock
		return kindRetry
	case "55P03", "57014": // lock not available, query cancelled by its timeout
		return kindAway
	}
	switch {
	case strings.HasPrefix(code, "08"), // connection
		strings.HasPrefix(code, "53"),  // resources: disk full, too many connections
		strings.HasPrefix(code, "57P"): // shutdown, starting up
		return kindAway
	}
	return kindOther
}

// kindOfSQLite knows extended result codes; the primary code is the low byte.
func kindOfSQLite(code int) kind {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return kindDuplicate
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return kindReferred
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return kindRetry
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT:
		return kindAway
	}
	return kindOther
}
