package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

var calendarTables = []Table{
	sqldb.NewTable("calendar_years", sqldb.Recorded, 3, "district text, year int, version int, content bytes, loaded_at int"),
}

// relistAfter is how long after a year was loaded the lists of cases are made
// anew: by then every process reckons with it.
const relistAfter = 10 * time.Second

// yearLoaded is the kind of the act of LoadYear.
const yearLoaded = "calendar.year.loaded"

// Calendar is the working calendar of one district: the years the program
// knows by itself and those an administrator loaded.
type Calendar struct {
	db       *DB
	district gov.District
}

// Calendar returns the working calendar of a district.
func (db *DB) Calendar(d gov.District) *Calendar { return &Calendar{db, d} }

// StoredYear is a year as it was loaded.
type StoredYear struct {
	calendar.Year
	Version  int   // from 1
	LoadedAt int64 // Unix ms
}

// YearReport tells what LoadYear did.
type YearReport struct {
	Version int               // the version in force; 0 is the program's own
	Event   gov.ID            // of the ledger; zero when nothing was new
	Changes []calendar.Change // days that are worked now and were not, or the other way round
}

// Unchanged reports that the year was known exactly so.
func (r YearReport) Unchanged() bool { return r.Event.IsZero() }

// Current is calendar.Seed with the newest version of every loaded year.
func (c *Calendar) Current(ctx context.Context) (cal calendar.Calendar, err error) {
	err = c.db.Read(ctx, c.district, func(tx *Tx) error {
		cal, err = currentCalendar(ctx, tx)
		return err
	})
	return cal, err
}

// Loads is how often a year was loaded: when it has not grown, Current is what
// it was.
func (c *Calendar) Loads(ctx context.Context) (n int, err error) {
	err = c.db.Read(ctx, c.district, func(tx *Tx) error {
		return tx.QueryRowContext(ctx, countLoads, tx.District()).Scan(&n)
	})
	return n, sqldb.Classify(err, "count loaded years")
}

// Years lists the newest version of every loaded year, by year.
func (c *Calendar) Years(ctx context.Context) (years []StoredYear, err error) {
	err = c.db.Read(ctx, c.district, func(tx *Tx) error {
		years, err = storedYears(ctx, tx)
		return err
	})
	return years, err
}

// LoadYear puts a year into force, as its next version, and records the act in
// the ledger with the days that changed. Loading what is in force already
// changes nothing. It refuses, as Invalid, a year that calendar.ParseYear would
// refuse.
func (c *Calendar) LoadYear(ctx context.Context, actor gov.Actor, y calendar.Year) (r YearReport, err error) {
	content := y.Canonical()
	// What is stored is read back with every start: a bad year must not get in.
	if y, err = calendar.ParseYear(strconv.Itoa(y.Year), content); err != nil {
		return YearReport{}, err
	}
	err = c.db.Write(ctx, c.district, func(tx *Tx) error {
		r, err = loadYear(ctx, tx, actor, y, content)
		return err
	})
	return r, err
}

const (
	newestYears = `
select y.year, y.version, y.content, y.loaded_at
from calendar_years y
where y.district = $1 and y.version = (
  select max(v.version)
  from calendar_years v
  where v.district = y.district and v.year = y.year
)
order by y.year`
	countLoads = `
select count(*)
from calendar_years
where district = $1`
	insertYear = `
insert into calendar_years (district, year, version, content, loaded_at)
values ($1, $2, $3, $4, $5)`
)

func storedYears(ctx context.Context, tx *Tx) ([]StoredYear, error) {
	list, err := sqldb.Collect(ctx, tx, func(scan func(...any) error) (y StoredYear, err error) {
		var year int
		var content []byte
		if err = scan(&year, &y.Version, &content, &y.LoadedAt); err != nil {
			return y, err
		}
		if y.Year, err = calendar.ParseYear(strconv.Itoa(year), content); err == nil && y.Year.Year != year {
			err = errors.New("the content is of another year")
		}
		if err != nil {
			// Not the user's mistake: someone changed the row.
			return y, fmt.Errorf("stored year %d, version %d: %v", year, y.Version, err)
		}
		return y, nil
	}, newestYears, tx.District())
	return list, sqldb.Classify(err, "read the calendar")
}

func currentCalendar(ctx context.Context, tx *Tx) (calendar.Calendar, error) {
	cal := calendar.Seed()
	years, err := storedYears(ctx, tx)
	for _, y := range years {
		cal = cal.With(y.Year)
	}
	return cal, err
}

// loadYear is LoadYear within a transaction. Two that load the same year at
// once both want the same version; the key lets one of them in.
func loadYear(ctx context.Context, tx *Tx, actor gov.Actor, y calendar.Year, content []byte) (YearReport, error) {
	years, err := storedYears(ctx, tx)
	if err != nil {
		return YearReport{}, err
	}
	var r YearReport
	before := calendar.Seed()
	for _, s := range years {
		before = before.With(s.Year)
		if s.Year.Year == y.Year {
			r.Version = s.Version
		}
	}
	if old, ok := before.Year(y.Year); ok && bytes.Equal(old.Canonical(), content) {
		return r, nil
	}
	r.Version++
	r.Changes = before.Diff(before.With(y))
	if _, err := tx.ExecContext(ctx, insertYear, tx.District(), y.Year, r.Version, content, tx.Now().UnixMilli()); err != nil {
		return YearReport{}, sqldb.Classify(err, "save version %d of year %d", r.Version, y.Year)
	}
	if len(r.Changes) > 0 { // deadlines may have moved
		if err := Enqueue(ctx, tx, docket.RelistJob, "", tx.Now().Add(relistAfter)); err != nil {
			return YearReport{}, err
		}
	}
	r.Event, err = ledgerdb.Record(ctx, tx, ledgerdb.Act{
		Kind: yearLoaded, Object: "calendar:" + strconv.Itoa(y.Year), Actor: actor,
		Facts: yearFacts(r, content),
		Rows:  []ledgerdb.RowRef{ledgerdb.RowOf("calendar_years", y.Year, r.Version)},
	})
	if err != nil {
		return YearReport{}, fmt.Errorf("record the calendar of %d: %w", y.Year, err)
	}
	return r, nil
}

// yearFacts are the public facts of a loaded year. ParseYear allows no more
// than 13 months of days, which an entry can hold.
func yearFacts(r YearReport, content []byte) map[string]string {
	sum := sha256.Sum256(content)
	var off, worked []string
	for _, c := range r.Changes {
		if c.After.Worked() {
			worked = append(worked, c.After.Date.String())
		} else {
			off = append(off, c.After.Date.String())
		}
	}
	facts := map[string]string{"version": strconv.Itoa(r.Version), "sha256": hex.EncodeToString(sum[:])}
	if len(off) > 0 {
		facts["now_off"] = strings.Join(off, ",")
	}
	if len(worked) > 0 {
		facts["now_worked"] = strings.Join(worked, ",")
	}
	return facts
}
