package tables_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"quanxiang/cases/tables"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/storetest"
)

// dying keeps imports until it has noted the progress of one so often; then it
// fails, as in a process that is killed.
type dying struct {
	tables.ImportStore
	left int
}

var errKilled = errors.New("killed")

func (d *dying) Advance(ctx context.Context, id gov.ID, done int) error {
	if d.left--; d.left < 0 {
		return errKilled
	}
	return d.ImportStore.Advance(ctx, id, done)
}

// An import that is killed goes on where it was: every good row has its case
// once, every other says why not, and what came of it is its owner's to read.
func TestImports(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			db := storetest.Open(t, storetest.DSN(t, e), func() time.Time { return caseworktest.Monday })
			w, d := caseworktest.On(t, db, pack)
			by := caseworktest.Officer(pack, "zfb", "supervision")
			now := by
			kept := &dying{db.Imports(pack.District), 1}
			m := &tables.Imports{Work: w, Store: kept, Standing: func(_ context.Context, id gov.ID) (people.Standing, error) {
				if id != by.Person {
					t.Errorf("the standing of %s is asked for", id)
				}
				return now, nil
			}}
			table := [][]string{{"任务名称", "任务内容", "牵头单位", "完成期限"}}
			for n := range 120 {
				unit := "区发展改革委"
				if n == 60 {
					unit = "区魔法委"
				}
				table = append(table, []string{fmt.Sprintf("第%d项", n), "逐条办理", unit, "2016-12-31"})
			}
			id := gov.NewID(caseworktest.Monday)
			for range 2 { // a form that is sent twice
				check(t, m.Ask(ctx, by, id, start(t, w, by, "enter"), table))
			}
			if due, err := db.DueJobs(ctx, pack.District); err != nil || len(due) != 1 || due[0] != tables.ImportJob {
				t.Fatalf("jobs %v, %v", due, err)
			}
			if err := m.Run(ctx, id); !errors.Is(err, errKilled) {
				t.Fatalf("killed: %v", err)
			}
			i, err := m.Get(ctx, by, id)
			if err != nil || i.Total != 120 || i.Done != 50 || i.Ended != 0 {
				t.Fatalf("half way %d of %d, ended %d, %v", i.Done, i.Total, i.Ended, err)
			}
			kept.left = 10
			for range 2 { // a job may run again when it is done
				check(t, m.Run(ctx, id))
			}
			i, err = m.Get(ctx, by, id)
			check(t, err)
			if i.Done != 120 || i.Ended == 0 || len(i.Result.Rows) != 120 || len(i.Result.Begun()) != 119 {
				t.Errorf("%d done, %d rows, %d begun", i.Done, len(i.Result.Rows), len(i.Result.Begun()))
			}
			if bad := i.Result.Rows[60]; bad.Line != 62 || !bad.Case.IsZero() || len(bad.Mistakes) == 0 || bad.Mistakes[0].Field != "lead" || bad.Mistakes[0].ZH == "" || bad.Mistakes[0].EN == "" {
				t.Errorf("the bad row: %+v", bad)
			}
			tallies, err := d.Tallies(ctx, "duty", "")
			check(t, err)
			if len(tallies) != 1 || tallies[0].N != 119 {
				t.Errorf("%+v, want 119 cases", tallies)
			}
			if row := i.Result.Rows[119]; row.Number == "" {
				t.Errorf("a case without a number: %+v", row)
			}
			other := by
			other.Person = gov.NewID(caseworktest.Monday)
			if _, err := m.Get(ctx, other, id); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("somebody else reads it: %v", err)
			}

			// Whoever may no longer begin cases begins none by what they asked before.
			late := gov.NewID(caseworktest.Monday)
			check(t, m.Ask(ctx, by, late, start(t, w, by, "enter"), table))
			now = caseworktest.Officer(pack, "zfb", "auditor")
			check(t, m.Run(ctx, late))
			if i, err = m.Get(ctx, by, late); err != nil || i.Ended == 0 || i.Result.Refused == nil || len(i.Result.Rows) != 0 {
				t.Errorf("refused: %+v, %v", i.Result, err)
			}
			check(t, m.Sweep(ctx, caseworktest.Monday.AddDate(0, 0, 20)))
			if _, err := m.Get(ctx, by, id); err != nil {
				t.Errorf("swept too early: %v", err)
			}
			check(t, m.Sweep(ctx, caseworktest.Monday.AddDate(0, 0, 31)))
			if _, err := m.Get(ctx, by, id); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("not swept: %v", err)
			}
			check(t, m.Run(ctx, id))
			storetest.Sound(t, db)
		})
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
