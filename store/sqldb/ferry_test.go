package sqldb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

const (
	insertThing = `
insert into things (district, id, n)
values ($1, $2, $3)`
	addToSum = `
insert into sums (district, name, lane, n)
values ($1, $2, $3, $4)
on conflict (district, name, lane) do update
set n = sums.n + excluded.n`
	touchThing = `
update things
set n = $1
where id = $2`
)

func TestKeysOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		insertThing: 0,
		addToSum:    3,
		touchThing:  -1,
		"insert into a (x, y, z) values ($1, $2, $3) on conflict (x, y) do nothing":          2,
		"insert into a (x, y, z) values ($1, 'me', $2) on conflict (x, y) do nothing":        -1, // the second of the key is no argument
		"insert into a (x, y, z) values ($1, $2, $3) on conflict (y, x) do nothing":          -1, // not in their order
		"insert into a (x, y) values ($1, $2) on conflict do nothing":                        -1,
		"insert into a (x, y) values ($1, $2) returning x":                                   -1,
		"insert into a (x, y) select $1, $2":                                                 -1,
		"insert into jobs (d, k, n, h) values ($1, $2, 1, '') on conflict (d, k) do nothing": 2,
	} {
		if got := sqldb.KeysOf(text); got != want {
			t.Errorf("%s has a key of %d, want %d", text, got, want)
		}
	}
}

// What several write together is what each writes, in its order, in fewer statements.
func TestShared(t *testing.T) {
	t.Parallel()
	one := func(id string) []sqldb.Statement {
		return []sqldb.Statement{
			{Query: touchThing, Args: []any{1, id}},
			{Query: insertThing, District: "d", Rows: [][]any{{id, 1}, {id + "+", 2}}},
			{Query: addToSum, District: "d", Rows: [][]any{{"z", int64(len(id)), 1}, {"a", int64(len(id)), -1}}},
		}
	}
	two := sqldb.InsertOf(addToSum, 2)
	for _, c := range []struct {
		name   string
		queues [][]sqldb.Statement
		texts  []string
		args   string
	}{
		{"one alone", [][]sqldb.Statement{one("x")}, []string{touchThing, sqldb.InsertOf(insertThing, 2), two}, "[[1 x] [d x 1 x+ 2] [d z 1 1 a 1 -1]]"},
		{"two of a kind", [][]sqldb.Statement{one("x"), one("yy")},
			[]string{touchThing, touchThing, sqldb.InsertOf(insertThing, 4), sqldb.InsertOf(addToSum, 4)},
			"[[1 x] [1 yy] [d x 1 x+ 2 yy 1 yy+ 2] [d a 1 -1 a 2 -1 z 1 1 z 2 1]]"},
		{"a key twice", [][]sqldb.Statement{one("x"), one("y")},
			[]string{touchThing, touchThing, sqldb.InsertOf(insertThing, 4), two, two},
			"[[1 x] [1 y] [d x 1 x+ 2 y 1 y+ 2] [d a 1 -1 z 1 1] [d a 1 -1 z 1 1]]"},
		{"one of them does less", [][]sqldb.Statement{one("x"), one("yy")[2:], one("zzz")[:1]},
			[]string{touchThing, touchThing, sqldb.InsertOf(insertThing, 2), sqldb.InsertOf(addToSum, 4)},
			"[[1 x] [1 zzz] [d x 1 x+ 2] [d a 1 -1 a 2 -1 z 1 1 z 2 1]]"},
		{"in another order", [][]sqldb.Statement{one("x"), {one("yy")[2], one("yy")[0]}},
			[]string{touchThing, sqldb.InsertOf(insertThing, 2), sqldb.InsertOf(addToSum, 4), touchThing},
			"[[1 x] [d x 1 x+ 2] [d a 1 -1 a 2 -1 z 1 1 z 2 1] [1 yy]]"},
		{"of two districts", [][]sqldb.Statement{
			{{Query: insertThing, District: "d", Rows: [][]any{{"x", 1}}}},
			{{Query: insertThing, District: "e", Rows: [][]any{{"y", 1}}}},
			{{Query: insertThing, District: "d", Rows: [][]any{{"z", 1}}}}},
			[]string{insertThing, sqldb.InsertOf(insertThing, 2)}, "[[e y 1] [d x 1 z 1]]"},
	} {
		texts, args := sqldb.Shared(c.queues...)
		if !slices.Equal(texts, c.texts) || fmt.Sprint(args) != c.args {
			t.Errorf("%s:\n%s\n%v\nwant\n%s\n%s", c.name, strings.Join(texts, ""), args, strings.Join(c.texts, ""), c.args)
		}
	}
}

// Whatever is shared, each transaction's statements come in its order, and every row
// once.
func TestSharedKeepsOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var queues [][]sqldb.Statement
		rows := 0
		for i := range 1 + r.IntN(5) {
			var q []sqldb.Statement
			for j := range 1 + r.IntN(6) {
				query := []string{insertThing, addToSum, strings.ReplaceAll(addToSum, "sums", "more")}[r.IntN(3)]
				key := fmt.Sprint(r.IntN(3))
				if query == insertThing {
					key = fmt.Sprint(i, ".", j)
				}
				q = append(q, sqldb.Statement{Query: query, District: "d", Rows: [][]any{{key, int64(0), fmt.Sprint(i, "/", j)}}})
				rows++
			}
			queues = append(queues, q)
		}
		texts, args := sqldb.Shared(queues...)
		at := map[string]int{} // of each row, the statement it is in
		for n := range texts {
			keys := map[string]bool{}
			for rest := args[n][1:]; len(rest) > 0; rest = rest[3:] {
				at[rest[2].(string)] = n
				if key := fmt.Sprint(rest[:2]); keys[key] {
					t.Fatalf("statement %d has %s twice", n, key)
				} else {
					keys[key] = true
				}
			}
		}
		if len(at) != rows {
			t.Fatalf("%d rows of %d", len(at), rows)
		}
		for i, q := range queues {
			for j := 1; j < len(q); j++ {
				before, now := at[fmt.Sprint(i, "/", j-1)], at[fmt.Sprint(i, "/", j)]
				if same := q[j].Query == q[j-1].Query; !same && now <= before || same && fmt.Sprint(q[j].Rows[0][0]) == fmt.Sprint(q[j-1].Rows[0][0]) && now <= before {
					t.Fatalf("of transaction %d statement %d is sent before the one before it: %v", i, j, queues)
				}
			}
		}
	}
}

// Of those who write at once, whoever the database refuses hears why, and everybody
// else is kept, once.
func TestWritesTogether(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		must(t, db.Write(ctx, district, func(tx *store.Tx) error { return add(ctx, tx, "taken") }))
		const writers, rounds = 24, 20
		before := db.Stats()
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for n := range rounds {
					name, want := fmt.Sprintf("%d of %d", n, w), gov.Code("")
					write := func(tx *store.Tx) error {
						var there int
						if err := tx.QueryRowContext(ctx, countLeases, district).Scan(&there); err != nil || there == 0 {
							return fmt.Errorf("%d rows are there: %v", there, err)
						}
						return tx.LaterRows(ctx, addLease, []any{name, "me", n}, []any{name + " too", "me", n})
					}
					switch {
					case w == 3 && n%5 == 0: // somebody else has it
						name, want = "taken", gov.Conflict
					case w == 4 && n%5 == 0: // nothing refuses what it is sure of
						write = func(tx *store.Tx) error { return tx.LaterSure(ctx, setLease, 5, district, "absent") }
						want = map[store.Engine]gov.Code{store.SQLite: gov.Conflict, store.Postgres: gov.Internal}[db.Engine()]
					case w == 5: // waits for an answer
						write = func(tx *store.Tx) error {
							if err := tx.LaterRows(ctx, addLease, []any{name, "me", n}, []any{name + " too", "me", n}); err != nil {
								return err
							}
							return tx.LaterOne(ctx, setLease, 5, district, name)
						}
					}
					if err := db.Write(ctx, district, write); gov.CodeOf(err) != want {
						t.Errorf("%s: %v, want %q", name, err, want)
					}
				}
			})
		}
		wg.Wait()
		if n, want := count(t, db), 1+2*(writers*rounds-2*rounds/5); n != want {
			t.Errorf("%d rows, want %d", n, want)
		}
		after := db.Stats()
		if writes, commits := after.Writes-before.Writes, after.Groups-before.Groups; commits >= writes {
			t.Errorf("%d writes took %d commits", writes, commits)
		}
	})
}

// Somebody who holds a row keeps those waiting who need it, and nobody else.
func TestNobodyWaitsForAnothersRow(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		if db.Engine() == store.SQLite { // where one writes at a time
			return
		}
		ctx := t.Context()
		must(t, db.Write(ctx, district, func(tx *store.Tx) error { return add(ctx, tx, "hot") }))
		held, release := make(chan bool), make(chan bool)
		var wg sync.WaitGroup
		wg.Go(func() {
			must(t, db.Write(ctx, district, func(tx *store.Tx) error {
				_, err := tx.ExecContext(ctx, setLease, 2, district, "hot")
				close(held)
				<-release
				return err
			}))
		})
		<-held
		for range 2 { // not all connections
			wg.Go(func() {
				must(t, db.Write(ctx, district, func(tx *store.Tx) error { return tx.Later(ctx, setLease, 3, district, "hot") }))
			})
		}
		var others sync.WaitGroup
		for n := range 20 {
			others.Go(func() {
				must(t, db.Write(ctx, district, func(tx *store.Tx) error {
					return tx.LaterRows(ctx, addLease, []any{fmt.Sprint("cold ", n), "me", 1})
				}))
			})
		}
		others.Wait() // although the row is held
		close(release)
		wg.Wait()
		if n := count(t, db); n != 21 {
			t.Errorf("%d rows", n)
		}
		if got := storetest.Rows(t, db, "select expires from leases where name = 'hot'"); got[0][0] != "3" {
			t.Errorf("the last to write was %s", got)
		}
	})
}

// A connection that is lost amid shared writes loses nothing that was acknowledged, and
// nobody waits for ever.
func TestConnectionsLost(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		if db.Engine() == store.SQLite { // which has none
			return
		}
		ctx, stop := context.WithCancel(t.Context())
		var mu sync.Mutex
		kept := map[string]bool{}
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					name := fmt.Sprintf("%d of %d", n, w)
					err := db.Write(t.Context(), district, func(tx *store.Tx) error {
						var there int
						if err := tx.QueryRowContext(t.Context(), countLeases, district).Scan(&there); err != nil {
							return err
						}
						return tx.LaterRows(t.Context(), addLease, []any{name, "me", n})
					})
					if err == nil {
						mu.Lock()
						kept[name] = true
						mu.Unlock()
					}
				}
			})
		}
		lost := 0
		for range 8 {
			time.Sleep(50 * time.Millisecond) // let them write
			lost += len(storetest.Rows(t, db, `select pg_terminate_backend(pid) from pg_stat_activity
				where application_name = 'quanxiang' and datname = current_database()`))
		}
		stop()
		wg.Wait()
		if lost == 0 || len(kept) == 0 {
			t.Fatalf("%d connections lost, %d rows acknowledged", lost, len(kept))
		}
		must(t, db.Write(t.Context(), district, func(tx *store.Tx) error { return tx.LaterRows(t.Context(), addLease, []any{"after", "me", 1}) }))
		there := map[string]bool{}
		for _, row := range storetest.Rows(t, db, "select name from leases") {
			there[row[0]] = true
		}
		for name := range kept {
			if !there[name] {
				t.Errorf("%s was acknowledged and is not there", name)
			}
		}
	})
}
