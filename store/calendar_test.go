package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

// notice makes a year's notice: New Year, Labour Day and National Day off, and
// Sunday 26 September 2027 worked.
func notice(t testing.TB) calendar.Year {
	t.Helper()
	y, err := calendar.ParseYear("2027.json", []byte(`{"year": 2027, "papers": ["https://notice.example/2027"], "days": [
{"name": "元旦", "date": "2027-01-01", "isOffDay": true},
{"name": "劳动节", "date": "2027-05-01", "isOffDay": true},
{"name": "国庆节", "date": "2027-10-01", "isOffDay": true},
{"name": "国庆节", "date": "2027-10-04", "isOffDay": true},
{"name": "国庆节", "date": "2027-09-26", "isOffDay": false}]}`))
	must(t, err)
	return y
}

func loadYear(t testing.TB, db *store.DB, y calendar.Year) store.YearReport {
	t.Helper()
	r, err := db.Calendar(district).LoadYear(t.Context(), importer, y)
	must(t, err)
	return r
}

func current(t testing.TB, db *store.DB) calendar.Calendar {
	t.Helper()
	c, err := db.Calendar(district).Current(t.Context())
	must(t, err)
	return c
}

func TestCalendarYears(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		if got := current(t, db); got.Hash() != calendar.Seed().Hash() {
			t.Error("an empty database has another calendar than the program")
		}
		sunday := gov.Date{Year: 2027, Month: 9, Day: 26}
		r := loadYear(t, db, notice(t))
		// 1 May 2027 is a Saturday anyway, so it is no change.
		var changed []string
		for _, c := range r.Changes {
			changed = append(changed, c.After.Date.String())
		}
		if d := cmp.Diff([]string{"2027-01-01", "2027-09-26", "2027-10-01", "2027-10-04"}, changed); d != "" || r.Version != 1 || r.Unchanged() {
			t.Errorf("first load: %+v, changed days (-want +got):\n%s", r, d)
		}
		if !current(t, db).IsWorkday(sunday) || calendar.Seed().IsWorkday(sunday) {
			t.Error("the loaded make-up day is not in force")
		}
		// Deadlines have moved: the lists of cases are made anew.
		if asked := storetest.Rows(t, db, "select key, version from jobs where kind = '"+docket.RelistJob+"'"); len(asked) != 1 || asked[0][1] != "1" {
			t.Errorf("of the lists of cases were asked %v", asked)
		}
		before := everything(t, db)
		if r := loadYear(t, db, notice(t)); !r.Unchanged() || r.Version != 1 {
			t.Errorf("loading again: %+v", r)
		}
		if d := cmp.Diff(before, everything(t, db)); d != "" {
			t.Errorf("loading again changed (-before +after):\n%s", d)
		}

		// A correction is a new version; the old one stays.
		y := notice(t)
		y.Days = y.Days[:len(y.Days)-1] // by date the last is 4 October
		r = loadYear(t, db, y)
		if r.Version != 2 || len(r.Changes) != 1 || !r.Changes[0].After.Worked() || r.Changes[0].After.Date.String() != "2027-10-04" {
			t.Errorf("correction: %+v", r)
		}
		years, err := db.Calendar(district).Years(t.Context())
		must(t, err)
		if len(years) != 1 || years[0].Version != 2 || years[0].LoadedAt == 0 {
			t.Errorf("years: %+v", years)
		}
		rows := storetest.Rows(t, db, `select version from calendar_years where district = '110102' order by version`)
		if d := cmp.Diff([][]string{{"1"}, {"2"}}, rows); d != "" {
			t.Errorf("versions (-want +got):\n%s", d)
		}

		// Back to the first wording is a third version, not the first again.
		if r := loadYear(t, db, notice(t)); r.Version != 3 {
			t.Errorf("going back: %+v", r)
		}
	})
}

// What the program already knows need not be stored, but may be corrected.
func TestCalendarSeedYear(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		y, _ := calendar.Seed().Year(2026)
		if r := loadYear(t, db, y); !r.Unchanged() || r.Version != 0 {
			t.Errorf("loading the program's own year: %+v", r)
		}
		y.Papers = []string{"https://notice.example/2026"}
		if r := loadYear(t, db, y); r.Version != 1 || len(r.Changes) != 0 || r.Unchanged() {
			t.Errorf("adding the notice's address: %+v", r)
		}
	})
}

func TestCalendarRefusesBadYear(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		_, err := db.Calendar(district).LoadYear(t.Context(), importer, calendar.Year{Year: 2027})
		if gov.CodeOf(err) != gov.Invalid {
			t.Errorf("a year without a holiday: %v", err)
		}
		if n := len(everything(t, db)); n != 0 {
			t.Errorf("a refused year left %d rows", n)
		}
	})
}

// The districts of one database do not see each other's years.
func TestCalendarOfAnotherDistrict(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		loadYear(t, db, notice(t))
		c, err := db.Calendar("110101").Current(t.Context())
		must(t, err)
		if _, known := c.Year(2027); known {
			t.Error("a year crossed the border")
		}
	})
}

// The act is in the ledger with the days it moved, and so is the row.
func TestCalendarInLedger(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r := loadYear(t, db, notice(t))
		must(t, storetest.Sequencer(t, db).Sequence(t.Context()))
		rows := storetest.Rows(t, db, `select body from ledger_entries where kind = 'calendar.year.loaded'`)
		if len(rows) != 1 {
			t.Fatalf("%d entries", len(rows))
		}
		e, err := ledger.Decode([]byte(rows[0][0]))
		must(t, err)
		if e.ID != r.Event || e.Object != "calendar:2027" || e.Rows.Count != 1 || e.Facts["version"] != "1" ||
			e.Facts["now_off"] != "2027-01-01,2027-10-01,2027-10-04" || e.Facts["now_worked"] != "2027-09-26" {
			t.Errorf("entry %+v", e)
		}
		if s := storetest.Sound(t, db); s.Rows != 1 {
			t.Errorf("summary %+v", s)
		}
	})
}

// A holiday slipped in behind the program's back would move deadlines: verify
// names the row, and a row that is no year at all is not used.
func TestCalendarTampered(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		loadYear(t, db, notice(t))
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		y := notice(t)
		y.Days = append(y.Days, calendar.Entry{Name: "国庆节", Date: gov.Date{Year: 2027, Month: 10, Day: 8}, Off: true})
		set := func(content []byte) {
			must(t, db.Write(ctx, district, func(tx *store.Tx) error {
				return sqldb.ExecOne(ctx, tx, `update calendar_years set content = $1 where district = $2`, content, district)
			}))
		}
		set(y.Canonical())
		_, found := storetest.Verify(t, db)
		if len(found) != 1 || found[0].Problem != ledgerdb.ChangedRow || !strings.Contains(found[0].Text.EN, "table calendar_years row 2027/1") {
			t.Errorf("found %v", found)
		}
		set([]byte(`{"year":2027}`))
		_, err := db.Calendar(district).Current(ctx)
		if _, ok := errors.AsType[*gov.Error](err); err == nil || ok {
			t.Errorf("a spoilt year: %v; want an internal error", err)
		}
	})
}
