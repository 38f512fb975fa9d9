package registerdb_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/storetest"
)

// court is a docket that writes into registers.
type court struct {
	testing.TB
	*room
	docket *docket.Docket
}

func sit(t testing.TB, db *store.DB, r *room) court {
	return court{t, r, docket.New(db.Cases(storetest.District), dockettest.OnePack{Pack: r.pack}, calendar.Seed).Into(r.Registers)}
}

// officer is somebody with a role in a unit.
func officer(unit, role string) cases.Actor {
	return cases.Actor{Kind: gov.StaffActor, Person: unit + " " + role, Seats: []cases.Seat{{Unit: unit, Role: role}}}
}

// do does an action, or begins a case with a zero id.
func (c court) do(id gov.ID, procedureID, unit, role, action string, values cases.Values) (cases.Case, error) {
	in := cases.Input{Action: action, Values: values, Actor: officer(unit, role)}
	if id.IsZero() {
		return c.docket.Begin(c.Context(), gov.NewID(now), procedureID, in)
	}
	return c.docket.Act(c.Context(), docket.Step{Case: id, Key: gov.NewID(now)}, in)
}

// must is do where it works.
func (c court) must(id gov.ID, procedureID, unit, role, action string, values cases.Values) cases.Case {
	c.Helper()
	got, err := c.do(id, procedureID, unit, role, action, values)
	must(c, err)
	return got
}

// accuse brings a penalty to where it is decided.
func (c court) accuse(unit, key string) gov.ID {
	c.Helper()
	id := c.must(gov.ID{}, "penalty", "gsfj", "clerk", "report", cases.Values{"subject_name": "虚构店", "subject": key, "unit": unit, "violation": "过期食品", "source": "检查"}).ID
	c.must(id, "", unit, "lead", "accept", nil)
	c.must(id, "", unit, "clerk", "conclude", cases.Values{"facts": "有", "basis": "法", "proposed": "罚"})
	c.must(id, "", unit, "lead", "tell", nil)
	c.must(id, "", unit, "clerk", "state_case", cases.Values{"waived": true})
	c.must(id, "", unit, "clerk", "put", nil)
	return id
}

// What a step decides is in the register with it, as its unit's and with its case; what
// the register refuses leaves the case where it was, and says which field is wrong.
func TestEnter(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, pack), t.Context()
		c, key := sit(t, db, r), codes(t, 1)[0]
		r.load(t, "", "gsfj", subjects(t, 1), false)
		decide := func(number string) cases.Values {
			return cases.Values{"decision_number": number, "amount": int64(500000), "decision": "罚款"}
		}
		for _, x := range []struct{ unit, key, field string }{{"syj", "91110102000000000X", "subject"}, {"lyw", key, "unit"}} {
			id := c.accuse(x.unit, x.key)
			_, err := c.do(id, "", x.unit, "lead", "decide", decide("罚0"))
			wrong, ok := err.(cases.Mistakes)
			if !ok || len(wrong) != 1 || wrong[0].Field != x.field {
				t.Errorf("%s about %s: %v", x.unit, x.key, err)
			}
			if there, _, err := c.docket.Case(ctx, id); err != nil || there.State != "deciding_state" {
				t.Errorf("the refused step left it %q: %v", there.State, err)
			}
		}
		id := c.accuse("syj", key)
		decided := c.must(id, "", "syj", "lead", "decide", decide("罚1"))
		number, today := decided.Number, decided.Values.Text("decided_on")
		records := func() []registers.Record {
			list, err := r.Registers.Store.Records(ctx, "market", key, 9)
			must(t, err)
			return list
		}
		if got := records(); len(got) != 1 || got[0].Unit != "syj" || got[0].Key != "罚1" || got[0].On != today || got[0].Values["amount"] != int64(500000) {
			t.Fatalf("entered %+v", got)
		}
		about, err := r.Registers.Store.SourcesAbout(ctx, "market", key, 9)
		if err != nil || len(about) != 1 || about[0].Case != id || about[0].Number != number || about[0].How != registers.Entered || about[0].Ref() != records()[0].Ref() {
			t.Errorf("it comes from %+v, %v", about, err)
		}
		second := c.accuse("syj", key)
		if _, err := c.do(second, "", "syj", "lead", "decide", cases.Values{"decision_number": "罚1", "decision": "警告"}); err == nil || err.(cases.Mistakes)[0].Field != "decision_number" {
			t.Errorf("another case overwrites the record: %v", err)
		}
		c.must(id, "", "syj", "lead", "revoke", cases.Values{"reason": "复议撤销"})
		if got := records(); len(got) != 1 || !got[0].Withdrawn || got[0].Note != "复议撤销" || got[0].Version != 2 {
			t.Errorf("revoked, it is %+v", got)
		}
		black := c.must(gov.ID{}, "blacklist", "rsj", "clerk", "propose", cases.Values{"subject_name": "虚构店", "subject": key, "unit": "rsj", "ground": "欠薪"}).ID
		c.must(black, "", "rsj", "lead", "tell", nil)
		c.must(black, "", "rsj", "clerk", "hear", cases.Values{"statement": "无"})
		c.must(black, "", "rsj", "lead", "list", cases.Values{"decision_number": "列1"})
		c.must(black, "", "rsj", "clerk", "apply", cases.Values{"repair": "付清"})
		c.must(black, "", "rsj", "lead", "agree", cases.Values{"reply": "同意"})
		if got := records(); len(got) != 2 || !slices.ContainsFunc(got, func(r registers.Record) bool {
			return r.Kind == "serious" && r.Until == today && r.Values["removed"] == today
		}) {
			t.Errorf("repaired, it is %+v", got)
		}
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		if _, found := storetest.Verify(t, db); len(found) > 0 {
			t.Errorf("the ledger: %v", found)
		}
	})
}

// file files an item of the catalogue.
func (c court) file(code, share string) gov.ID {
	c.Helper()
	v := cases.Values{"code": code, "title": "餐饮", "unit": "syj", "whom": "any", "content": "卫生", "method": "onsite", "basis": "法", "mode": "random", "share": int64(5), "from": "2017-01-01"}
	id := c.must(gov.ID{}, "item_filing", "syj", "clerk", "draft", v).ID
	c.must(id, "", "syj", "lead", "submit", nil)
	c.must(id, "", "fzb", "clerk", "pass", cases.Values{"opinion": share})
	c.must(id, "", "fzb", "lead", "file", nil)
	return id
}

// A filed item is an entry, filed again a new version of it.
func TestFiling(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, pack), t.Context()
		c := sit(t, db, r)
		id := c.file("SYJ-01", "同意")
		c.must(id, "", "syj", "clerk", "revise", cases.Values{"reason": "提高"})
		c.must(id, "", "syj", "clerk", "edit", cases.Values{"share": int64(8)})
		c.must(id, "", "syj", "lead", "submit", nil)
		c.must(id, "", "fzb", "clerk", "pass", cases.Values{"opinion": "同意"})
		c.must(id, "", "fzb", "lead", "file", nil)
		e, err := r.Registers.Store.Entry(ctx, "items", "SYJ-01")
		past, failed := r.Registers.Store.PastEntries(ctx, "items", "SYJ-01", 9)
		if err != nil || failed != nil || e.Version != 2 || e.Unit != "syj" || e.Values["share"] != int64(8) || len(past) != 1 || past[0].Entry.Values["share"] != int64(5) {
			t.Errorf("the item is %+v before %+v, %v, %v", e, past, err, failed)
		}
		if _, ok := e.Values["times"]; ok {
			t.Error("a field without a value was entered")
		}
	})
}

// filer files items until it is killed.
func filer(dsn string) {
	t := &storetest.Victim{}
	db, err := store.Open(t.Context(), dsn, store.Options{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	c := sit(t, db, open(t, db, packtest.Xicheng(t)))
	for n := 0; ; n++ {
		c.file(fmt.Sprintf("SYJ-%d-%d", time.Now().UnixNano(), n), "同意")
		fmt.Println(n)
	}
}

// Wherever a process is killed, an item is in the register if and only if its case
// says that it was filed.
func TestKillFiling(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	dsn := storetest.DSN(t, store.SQLite)
	db := storetest.Open(t, dsn, nil)
	r, ctx := open(t, db, pack), t.Context()
	for range 3 {
		storetest.Kill(t, filingEnv, dsn, 3, 3*time.Millisecond)
		filed := map[string]bool{}
		ids, err := db.Cases(storetest.District).All(ctx, gov.ID{}, 10_000)
		must(t, err)
		for _, id := range ids {
			c, err := db.Cases(storetest.District).Case(ctx, id)
			must(t, err)
			if c.State == "filed" {
				filed[c.Values.Text("code")] = true
			}
		}
		list, err := r.Registers.Store.Entries(ctx, registers.Query{Register: "items"}, "", 10_000)
		must(t, err)
		entered := map[string]bool{}
		for _, e := range list {
			entered[e.Key] = true
		}
		if !maps.Equal(filed, entered) || len(filed) < 3 {
			t.Errorf("filed %v, in the register %v", slices.Sorted(maps.Keys(filed)), slices.Sorted(maps.Keys(entered)))
		}
	}
}

// starter keeps what is begun.
type starter map[string]cases.Values

func (s starter) Start(_ context.Context, procedureID, origin string, seed cases.Values) (bool, error) {
	_, there := s[origin]
	s[origin] = seed
	return !there, nil
}

// A record that gives cause to cases begins one for each unit concerned, once; one that
// was taken back before begins none.
func TestBegin(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, pack), t.Context()
		key := codes(t, 1)[0]
		r.load(t, "", "gsfj", subjects(t, 1), false)
		push := func(kind, unit string, item map[string]string) {
			t.Helper()
			target, err := registers.NewTarget(pack, "market", kind, unit)
			must(t, err)
			item["subject"] = key
			p, err := r.Push(ctx, gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, []map[string]string{item})
			if err != nil || len(p.Mistakes) > 0 {
				t.Fatalf("push: %+v, %v", p, err)
			}
		}
		for _, unit := range []string{"syj", "wjw", "gsfj"} {
			push("licence", unit, map[string]string{"number": "许1", "date": "2016-01-01", "content": "经营"})
		}
		push("licence", "sww", map[string]string{"number": "许2", "date": "2010-01-01", "expires": "2012-01-01", "content": "经营"})
		push("abnormal", "gsfj", map[string]string{"number": "异1", "date": "2016-09-01", "reason": "report"})
		push("abnormal", "gsfj", map[string]string{"number": "异2", "date": "2016-09-02", "reason": "address"})
		push("abnormal", "gsfj", map[string]string{"number": "异3", "date": "2016-09-03", "reason": "address"})
		must(t, r.Withdraw(ctx, caseworktest.Officer(pack, "gsfj", "clerk"), "market", "abnormal", "gsfj", "异3", "弄错了"))
		claimed, err := db.ClaimJobs(ctx, storetest.District, registers.BeginJob, "test", 9, time.Minute)
		if err != nil || len(claimed) != 2 {
			t.Fatalf("jobs %+v, %v", claimed, err)
		}
		begun := starter{}
		for range 2 {
			for _, j := range claimed {
				must(t, r.Begin(ctx, j.Key, begun))
			}
		}
		var units []string
		for _, seed := range begun {
			units = append(units, seed.Text("unit"))
			if seed.Text("subject") != key || seed.Text("from_unit") != "gsfj" || !strings.Contains(seed.Text("why"), "异2") {
				t.Errorf("begun with %v", seed)
			}
		}
		if slices.Sort(units); !slices.Equal(units, []string{"syj", "wjw"}) {
			t.Errorf("begun for %v", units)
		}
		c := sit(t, db, r)
		for range 2 { // as the docket does it
			for _, j := range claimed {
				must(t, r.Begin(ctx, j.Key, c.docket))
			}
		}
		ids, err := db.Cases(storetest.District).All(ctx, gov.ID{}, 9)
		if err != nil || len(ids) != 2 {
			t.Errorf("%d signals, %v", len(ids), err)
		}
	})
}
