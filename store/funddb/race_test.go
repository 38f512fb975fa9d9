package funddb_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/fundtest"
	"quanxiang/store/storetest"
	"quanxiang/support/fund"
)

const crashEnv = "STORE_FUNDS_CRASH_DSN"

// TestMain turns the test binary into the victim of TestKill when asked to.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(crashEnv); dsn != "" {
		victim(dsn)
	}
	os.Exit(m.Run())
}

// all runs n goroutines and waits for them.
func all(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

// Of many decisions at once for the last money, as many are made as it lasts for.
func TestLastMoney(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := fundtest.New(t, db, packtest.Xicheng(t), monday), t.Context()
		r.Budget(t, "16号", 2016, "", 100)
		list := make([]fund.Commitment, 12)
		for i := range list {
			list[i] = r.Promise(t, fmt.Sprint("企业", i), 30)
		}
		var made, short sync.Map
		all(len(list), func(i int) {
			switch _, err := r.Commit(ctx, fundtest.Actor, list[i]); {
			case err == nil:
				made.Store(i, true)
			case errors.Is(err, fund.ErrShort):
				short.Store(i, true)
			default:
				t.Errorf("decision %d: %v", i, err)
			}
		})
		n, m := size(&made), size(&short)
		if p := pot(t, r, "16号/2016/"); n != 3 || m != 9 || p.Committed != 9000 {
			t.Errorf("%d were made and %d refused; %d is promised", n, m, p.Committed)
		}
		sound(t, db, r)
	})
}

func size(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

// Applications of one subject that are decided at once do not exceed the limit of a year:
// who computed on payments that changed computes again.
func TestYearlyLimit(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := fundtest.New(t, db, packtest.Xicheng(t), monday), t.Context()
		r.Budget(t, "16号", 2016, "", 1000)
		const limit = 10000 // fen a year, whatever is applied for
		asked, stale := r.Promise(t, "甲", 40), sync.Map{}
		all(6, func(i int) {
			c := asked
			c.Case, c.Number = gov.NewID(caseworktest.Monday), fmt.Sprint(i)
			for try := 0; ; try++ {
				p, err := r.Paid(ctx, c.Subject)
				if err != nil {
					t.Error(err)
					return
				}
				had := int64(0)
				for _, x := range p.Payments {
					had += x.Amount
				}
				line := asked.Lines[0]
				if line.Amount = min(line.Amount, limit-had); line.Amount <= 0 {
					return
				}
				c.Lines, c.Version = []fund.Line{line}, p.Version
				if _, err = r.Commit(ctx, fundtest.Actor, c); err == nil {
					return
				}
				if !errors.Is(err, fund.ErrStale) {
					t.Errorf("application %d: %v", i, err)
					return
				}
				stale.Store([2]int{i, try}, true)
			}
		})
		if p := pot(t, r, "16号/2016/"); p.Committed != limit {
			t.Errorf("%d was promised, the limit is %d; %d were computed again", p.Committed, limit, size(&stale))
		}
		sound(t, db, r)
	})
}

// Of claims and returns at once that are about the same money, no more goes through than
// was paid.
func TestClaimsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := fundtest.New(t, db, packtest.Xicheng(t), monday), t.Context()
		r.Budget(t, "16号", 2016, "", 100)
		c := r.Promise(t, "甲", 100)
		id, err := r.Commit(ctx, fundtest.Actor, c)
		must(t, err)
		batch, err := r.Prepare(ctx, r.Officer, "一批", []gov.ID{id})
		must(t, err)
		must(t, r.Sign(ctx, r.Signer, batch))
		_, err = r.Answer(ctx, r.Officer, batch, "a.csv", []byte("付款编号,金额（元）,结果,付款日期\n2016-0001-0001,100,已付,2016-10-10\n"), false)
		must(t, err)
		all(6, func(i int) {
			var err error
			if i%2 == 0 {
				_, err = r.Claim(ctx, r.Officer, fund.Demand{Case: c.Case, Amount: 6000, Reason: "未按用途使用", Due: today})
			} else {
				err = r.Return(ctx, r.Officer, id, fund.Receipt{Reference: fmt.Sprint(i), On: today, Amount: 6000, Reason: "多付退回"})
			}
			if err != nil && gov.CodeOf(err) != gov.Conflict {
				t.Error(err)
			}
		})
		claims, err := r.Store.Claims(ctx, "", gov.Page{Limit: 10})
		must(t, err)
		sum := pot(t, r, "16号/2016/").Returned
		for _, x := range claims {
			sum += x.Amount
		}
		if sum != 6000 {
			t.Errorf("%d fen of 10000 are claimed or came back, in parts of 6000", sum)
		}
		sound(t, db, r)
	})
}

// The same applications, computed by Rest of what the rules make due in the year.
func TestRest(t *testing.T) {
	t.Parallel()
	due := []fund.Line{{Benefit: "16号.甲", Year: 2016, Amount: 100}, {Benefit: "16号.乙", Key: "奖一", Year: 2016, Amount: 50}, {Benefit: "16号.乙", Key: "奖二", Year: 2016, Amount: 50}}
	p := fund.Position{Payments: []fund.Payment{{Year: 2016, Benefit: "16号.甲", Amount: 30}, {Year: 2015, Benefit: "16号.甲", Amount: 500}, {Year: 2016, Benefit: "16号.乙", Key: "奖二", Amount: 80}}}
	got := p.Rest(due)
	if len(got) != 2 || got[0].Amount != 70 || got[1].Key != "奖一" || got[1].Amount != 50 || due[0].Amount != 100 {
		t.Errorf("the rest is %+v", got)
	}
	if before := p.Before(2016); len(before) != 1 || before[0].Year != 2015 {
		t.Errorf("before 2016: %+v", before)
	}
}

// Whatever several people do at once, nothing is negative, no more is paid than promised
// and no more promised than budgeted, and balances are the sums of the journal.
func TestRandomMovements(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r := fundtest.New(t, db, packtest.Xicheng(t), monday)
		r.Budget(t, "16号", 2016, "", 500)
		r.Budget(t, "16号", 2016, "16号.配套资金", 300)
		all(4, func(w int) {
			rng := rand.New(rand.NewPCG(91, uint64(w)))
			for range 40 {
				if err := movement(t, r, rng); err != nil && gov.CodeOf(err) != gov.Conflict && gov.CodeOf(err) != gov.NotFound {
					t.Errorf("worker %d: %v", w, err)
					return
				}
			}
		})
		list, err := r.Store.Pots(t.Context(), "", 0)
		must(t, err)
		for _, p := range list {
			if p.Returned < 0 || p.Returned > p.Paid || p.Paid > p.Committed || p.Committed > p.Budget {
				t.Errorf("the balances are %+v", p)
			}
			if p.Committed == 0 {
				t.Errorf("nothing happened to %s: the test says little", p.ID)
			}
		}
		sound(t, db, r)
	})
}

// movement does one thing at random; most are refused some of the time.
func movement(t testing.TB, r *fundtest.Room, rng *rand.Rand) error {
	ctx, subject := t.Context(), fmt.Sprint("企业", rng.IntN(4))
	pick := func(state fund.State) (fund.Promise, error) {
		list, err := r.Store.Promises(ctx, fund.Query{State: state}, gov.Page{Limit: 50})
		if err != nil || len(list) == 0 {
			return fund.Promise{}, errors.Join(err, gov.Errorf(gov.NotFound, "无", "none"))
		}
		return list[rng.IntN(len(list))], nil
	}
	switch rng.IntN(9) {
	case 0, 1, 2:
		c := r.Promise(t, subject, 1+rng.Int64N(60))
		if rng.IntN(2) == 0 {
			c.Lines = append(c.Lines, fund.Line{Programme: "16号", Benefit: "16号.研发资金", Year: 2016, Amount: 1 + rng.Int64N(5000)})
		}
		_, err := r.Commit(ctx, fundtest.Actor, c)
		return err
	case 3:
		p, err := pick(fund.Open)
		if err != nil {
			return err
		}
		return r.Release(ctx, fundtest.Actor, p.Case, "撤回申请")
	case 4:
		return r.RaiseBudget(ctx, r.Officer, fund.Budget{Programme: "16号", Year: 2016, Amount: rng.Int64N(20000) - 8000, Reason: "调整"})
	case 5:
		return r.MoveBudget(ctx, r.Officer, fund.Budget{Programme: "16号", Year: 2016, Amount: 1 + rng.Int64N(10000), Reason: "调剂"}, "16号/2016/16号.配套资金")
	case 6, 7:
		p, err := pick(fund.Open)
		if err != nil {
			return err
		}
		id, err := r.Prepare(ctx, r.Officer, "一批", []gov.ID{p.ID})
		if err != nil {
			return err
		}
		if err := r.Sign(ctx, r.Signer, id); err != nil {
			return err
		}
		b, err := r.Store.Batch(ctx, id)
		if err != nil {
			return err
		}
		row := fmt.Sprintf("付款编号,金额（元）,结果,付款日期,失败原因\n%s,%d.%02d,%s,2016-10-10,退汇\n", fund.Reference(b, 1), p.Total/100, p.Total%100, []string{"已付", "已付", "失败"}[rng.IntN(3)])
		for range 2 { // the same answer twice
			if _, err = r.Answer(ctx, r.Officer, id, "a.csv", []byte(row), false); err != nil {
				return err
			}
		}
		return nil
	}
	p, err := pick(fund.Paid)
	if err != nil {
		return err
	}
	return r.Return(ctx, r.Officer, p.ID, fund.Receipt{Reference: fmt.Sprint(rng.Uint64()), On: today, Amount: 1 + rng.Int64N(p.Total), Reason: "多付退回"})
}

// victim promises money and pays it until it is killed.
func victim(dsn string) {
	t := &storetest.Victim{}
	db, err := store.Open(t.Context(), dsn, store.Options{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	go storetest.Sequencer(t, db).Run(t.Context())
	r := fundtest.New(t, db, packtest.Xicheng(t), monday)
	r.Budget(t, "16号", 2016, "", 1_000_000)
	for w := range 4 {
		go func() {
			for n := 0; ; n++ {
				c := r.Promise(t, fmt.Sprint("企业", w, "-", n%3), 10)
				id, err := r.Commit(t.Context(), fundtest.Actor, c)
				must(t, err)
				fmt.Println("promised", id)
			}
		}()
	}
	select {}
}

// What was confirmed before the process was killed is there once, and the balances are
// those of the journal.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		if !storetest.Has(e) {
			continue
		}
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, e)
			lines := storetest.Kill(t, crashEnv, dsn, 60, 20*time.Millisecond)
			db := storetest.Open(t, dsn, nil)
			r := fundtest.New(t, db, packtest.Xicheng(t), monday)
			known := map[string]bool{}
			list, err := r.Store.Promises(context.Background(), fund.Query{}, gov.Page{Limit: 10_000})
			must(t, err)
			for _, p := range list {
				known["promised "+p.ID.String()] = true
			}
			for _, l := range lines {
				if !known[l] {
					t.Errorf("%s was lost", l)
				}
			}
			if p := pot(t, r, "16号/2016/"); p.Committed != int64(len(list))*1000 {
				t.Errorf("%d promises of 10 yuan come to %d fen", len(list), p.Committed)
			}
			sound(t, db, r)
		})
	}
}
