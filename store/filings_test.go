package store_test

import (
	"sync"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// What is sent again keeps its identity, however many send it at once, for as
// long as it is sent.
func TestFilings(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx, f := t.Context(), db.Filings(district)
		const senders = 12
		var ids [senders]gov.ID
		var again [senders]bool
		var errs [senders]error
		begin := make(chan struct{})
		var all sync.WaitGroup
		for i := range senders {
			all.Go(func() {
				<-begin
				ids[i], again[i], errs[i] = f.Identify(ctx, "a", "says this", gov.NewID(time.Now()), time.Hour)
			})
		}
		close(begin)
		all.Wait()
		fresh := 0
		for i := range senders {
			must(t, errs[i])
			if ids[i] != ids[0] || ids[i].IsZero() {
				t.Errorf("%s and %s for one thing", ids[i], ids[0])
			}
			if !again[i] {
				fresh++
			}
		}
		if fresh != 1 {
			t.Errorf("%d were told they are the first", fresh)
		}

		if id, again, err := f.Identify(ctx, "b", "says this", gov.NewID(time.Now()), time.Hour); err != nil || again || id == ids[0] {
			t.Errorf("another name: %s, %v, %v", id, again, err)
		}
		if _, _, err := f.Identify(ctx, "a", "says that", gov.NewID(time.Now()), time.Hour); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("another content: %v", err)
		}
		if id, again, err := db.Filings("110101").Identify(ctx, "a", "says this", gov.NewID(time.Now()), time.Hour); err != nil || again || id == ids[0] {
			t.Errorf("another district: %s, %v, %v", id, again, err)
		}

		// What has ended is forgotten, and only that.
		gone, _, err := f.Identify(ctx, "c", "says this", gov.NewID(time.Now()), -time.Second)
		must(t, err)
		if id, again, err := f.Identify(ctx, "c", "says that", gov.NewID(time.Now()), time.Hour); err != nil || again || id == gone {
			t.Errorf("after the end: %s, %v, %v", id, again, err)
		}
		if id, again, err := f.Identify(ctx, "a", "says this", gov.NewID(time.Now()), time.Minute); err != nil || !again || id != ids[0] {
			t.Errorf("before the end: %s, %v, %v", id, again, err)
		}
		// A shorter time asked for later ends nothing earlier.
		rows := storetest.Rows(t, db, "select count(*) from filings a join filings b on a.district = b.district where a.name = 'a' and b.name = 'b' and a.ends > b.ends - 60000")
		if rows[0][0] != "1" {
			t.Errorf("the end moved: %v", rows)
		}
		storetest.Sound(t, db)
	})
}
