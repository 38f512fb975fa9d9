package bench

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// burstSteps is how many steps, and how many inserts, are timed in turns.
const burstSteps = 512

// insertBody is a plain insert of a step's bytes into a table of its own.
const (
	makeInserts = `create table bench_inserts (district text not null, id text not null, body %s not null, primary key (district, id))`
	insertBody  = `
insert into bench_inserts (district, id, body)
values ($1, $2, $3)`
)

// What a step is made of: the case, its event, its entry of the ledger, whose turn it
// is, and what somebody is told, with the job that tells them. Each has a table of plain
// inserts as well.
const (
	makePart   = `create table bench_part_%d (district text not null, id text not null, body %s not null, primary key (district, id))`
	insertPart = `
insert into bench_part_%d (district, id, body)
values ($1, $2, $3)`
)

// stepper does one kind of step again and again.
type stepper struct {
	name  string
	tells bool // of every step somebody is told
	pack  func(testing.TB) *policy.Pack
	begin func(testing.TB, *docket.Docket) cases.Case
	next  func(n int) cases.Input // the nth step of a case
}

var (
	office   = staff("office", "zfb", "supervision")
	duty     = staff("clerk", "fgw", "clerk")
	enterer  = staff("li", "fgw", "clerk")
	returner = staff("wang", "fgw", "clerk")
)

func staff(person, unit, role string) cases.Actor {
	return cases.Actor{Kind: gov.StaffActor, Person: person, Seats: []cases.Seat{{Unit: unit, Role: role}}}
}

// steppers are the two ends of what a step costs: a report on a duty changes
// values and no list, and tells nobody; a payment that goes to and fro changes
// state, turns, facets and tallies with every step, and asks for the job that
// tells whose turn it is.
var steppers = []stepper{
	{"report", false, packtest.Xicheng, beginDuty, func(n int) cases.Input {
		return cases.Input{Action: "update", Actor: duty, Values: cases.Values{"progress": int64(n % 100), "report": "已完成初稿并征求各成员单位意见"}}
	}},
	{"move", true, sample, beginPayment, func(n int) cases.Input {
		if n%2 == 0 {
			return cases.Input{Action: "send_back", Actor: returner, Values: cases.Values{"reason": "账号不对"}}
		}
		return cases.Input{Action: "amend", Actor: enterer, Values: cases.Values{"account": strconv.Itoa(n)}}
	}},
}

func sample(tb testing.TB) *policy.Pack {
	tb.Helper()
	pack, err := policy.Load(os.DirFS("../cases/testdata"), "sample")
	if err != nil {
		tb.Fatal(err)
	}
	return pack
}

func beginDuty(tb testing.TB, s *docket.Docket) cases.Case {
	tb.Helper()
	c, err := s.Begin(context.Background(), gov.NewID(time.Now()), "duty", cases.Input{Action: "enter", Actor: office, Values: cases.Values{
		"title": "编制专项规划", "text": "编制专项规划，明确目标、任务、分工和进度安排，按程序报批后向社会公开。", "document": "西政发〔2016〕13号",
		"lead": []string{"fgw"}, "support": []string{"czj", "mzj"}, "end": "2199-12-31"}})
	if err != nil {
		tb.Fatal(err)
	}
	for _, in := range []cases.Input{{Action: "confirm", Actor: office}, {Action: "accept", Actor: duty}} {
		if c, err = s.Act(context.Background(), docket.Step{Case: c.ID}, in); err != nil {
			tb.Fatal(err)
		}
	}
	return c
}

func beginPayment(tb testing.TB, s *docket.Docket) cases.Case {
	tb.Helper()
	c, err := s.Begin(context.Background(), gov.NewID(time.Now()), "payment", cases.Input{Action: "enter", Actor: enterer,
		Values: cases.Values{"purpose": "印刷", "unit": "fgw", "amount": int64(80050), "account": "6222"}})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// BenchmarkSteps reports how many steps of cases a second are durable with
// everything a step is (case, event, act of the ledger, lists and turns, whom to
// tell and the job that does it), beside
// plain inserts of the same bytes with database/sql, as any program does them, durable
// (synchronous=FULL on SQLite), in turns in one run. Of rows each part of a step is a row of
// a table of its own, and they are one transaction; plain are all its bytes in one row. inserts
// is that one row through our writer, which on SQLite commits those that wait together.
// of-rows, of-plain and ratio are steps over them.
func BenchmarkSteps(b *testing.B) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		for _, kind := range steppers {
			for _, writers := range []int{1, 8, 64} {
				b.Run(fmt.Sprintf("%s/%s/writers=%d", engine, kind.name, writers), func(b *testing.B) { benchSteps(b, engine, kind, writers) })
			}
		}
	}
}

func benchSteps(b *testing.B, engine store.Engine, kind stepper, writers int) {
	db := storetest.Open(b, storetest.DSN(b, engine), nil)
	s := docket.New(db.Cases(storetest.District), dockettest.OnePack{Pack: kind.pack(b)}, calendar.Seed)
	mine := make([]cases.Case, writers)
	for w := range mine {
		mine[w] = kind.begin(b, s)
	}
	blob := map[store.Engine]string{store.SQLite: "blob", store.Postgres: "bytea"}[engine]
	storetest.Exec(b, db, fmt.Sprintf(makeInserts, blob))
	step(b, s, &mine[0], kind.next(0))
	parts := stepBytes(b, db, mine[0].ID)
	body := bytes.Join(parts, nil)
	plain := plainInserts(b, engine, blob)
	rowsOf := plainRows(b, plain, blob, parts)
	done := make([]int, writers)
	done[0] = 1
	oneStep := func(w int) {
		step(b, s, &mine[w], kind.next(done[w]))
		done[w]++
	}
	oneInsert := func(int) {
		err := db.Write(context.Background(), storetest.District, func(tx *store.Tx) error {
			_, err := tx.ExecContext(context.Background(), insertBody, tx.District(), gov.NewID(tx.Now()).String(), body)
			return err
		})
		if err != nil {
			b.Error(err)
		}
	}
	// A database that was never looked at is planned for as if it were empty, and
	// by chance. PostgreSQL looks by itself after a minute.
	inTurns(writers, oneStep)
	inTurns(writers, oneInsert)
	inTurns(writers, rowsOf)
	if engine == store.Postgres {
		storetest.Exec(b, db, "analyze")
	}
	var steps, inserts, rows, alone, cpu time.Duration
	n := 0
	for b.Loop() {
		before := processor(b)
		steps += inTurns(writers, oneStep)
		cpu += processor(b) - before
		inserts += inTurns(writers, oneInsert)
		rows += inTurns(writers, rowsOf)
		alone += inTurns(writers, func(int) {
			if _, err := plain.Exec(insertBody, string(storetest.District), gov.NewID(time.Now()).String(), body); err != nil {
				b.Error(err)
			}
		})
		n += burstSteps
	}
	if notes := len(storetest.Rows(b, db, "select step from case_notes where step > 1")); kind.tells != (notes > n/2) { // the notes of beginnings aside
		b.Fatalf("%d notes of %d steps", notes, n)
	}
	b.ReportMetric(float64(n)/steps.Seconds(), "steps/s")
	b.ReportMetric(float64(n)/inserts.Seconds(), "inserts/s")
	b.ReportMetric(inserts.Seconds()/steps.Seconds(), "ratio")
	b.ReportMetric(float64(n)/rows.Seconds(), "rows/s")
	b.ReportMetric(rows.Seconds()/steps.Seconds(), "of-rows")
	b.ReportMetric(float64(n)/alone.Seconds(), "plain/s")
	b.ReportMetric(alone.Seconds()/steps.Seconds(), "of-plain")
	b.ReportMetric(float64(len(body)), "bytes")
	b.ReportMetric(float64(cpu)/1e6/float64(n), "cpu-ms/step") // of this process, without the server's
	b.ReportMetric(0, "ns/op")                                 // of both halves together, which means nothing
}

// plainInserts is a database as any program uses it. SQLite has one connection, since
// more would only wait for each other; PostgreSQL as many as we write with.
func plainInserts(b *testing.B, engine store.Engine, blob string) *sql.DB {
	b.Helper()
	driver, dsn, conns := "sqlite", "file:"+filepath.Join(b.TempDir(), "plain.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)", 1
	if engine == store.Postgres {
		driver, dsn, conns = "pgx", storetest.EmptyDSN(b, engine), 16
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	if _, err := db.Exec(fmt.Sprintf(makeInserts, blob)); err != nil {
		b.Fatal(err)
	}
	return db
}

// plainRows inserts the parts of a step, each into a table of its own, in one durable
// transaction, with statements that were prepared.
func plainRows(b *testing.B, plain *sql.DB, blob string, parts [][]byte) func(int) {
	b.Helper()
	stmts := make([]*sql.Stmt, len(parts))
	for i := range parts {
		_, err := plain.Exec(fmt.Sprintf(makePart, i, blob))
		if err == nil {
			stmts[i], err = plain.Prepare(fmt.Sprintf(insertPart, i))
		}
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { stmts[i].Close() }) // the database is closed with it
	}
	return func(int) {
		err := func() error {
			tx, err := plain.Begin()
			if err != nil {
				return err
			}
			for i, part := range parts {
				if _, err := tx.Stmt(stmts[i]).Exec(string(storetest.District), gov.NewID(time.Now()).String(), part); err != nil {
					return errors.Join(err, tx.Rollback())
				}
			}
			return tx.Commit()
		}()
		if err != nil {
			b.Error(err)
		}
	}
}

// inTurns does something burstSteps times from a number of goroutines and
// returns how long it took.
func inTurns(writers int, one func(w int)) time.Duration {
	start := time.Now()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for range burstSteps / writers {
				one(w)
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func step(tb testing.TB, s *docket.Docket, c *cases.Case, in cases.Input) {
	after, err := s.Act(context.Background(), docket.Step{Case: c.ID, Version: c.Version, Key: gov.NewID(time.Now())}, in)
	if err != nil {
		tb.Error(err)
		return
	}
	*c = after
}

// stepBytes are as many bytes as the bodies have that the last step of a case wrote, part by
// part; what it had no need of is left out.
func stepBytes(b *testing.B, db *store.DB, id gov.ID) (parts [][]byte) {
	b.Helper()
	for _, query := range []string{
		"select length(body) from cases where id = '%s'",
		"select length(body) from case_events where case_id = '%s' order by seq desc limit 1",
		"select length(body) from ledger_entries where object = 'case:%s' order by id desc limit 1",
		"select coalesce(sum(length(body)), 0) from case_turns where case_id = '%s'",
		"select coalesce(sum(length(body)), 0) from case_notes n where case_id = '%s' and step = (select version from cases c where c.id = n.case_id)",
	} {
		one, err := strconv.Atoi(storetest.Rows(b, db, fmt.Sprintf(query, id))[0][0])
		if err != nil {
			b.Fatal(err)
		}
		if one > 0 {
			parts = append(parts, bytes.Repeat([]byte{'x'}, one))
		}
	}
	return parts
}
