package registerdb_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/invent"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/storetest"
	"quanxiang/web/export"
)

const (
	crashEnv  = "STORE_REGISTERS_CRASH_DSN"
	filingEnv = "STORE_REGISTERS_FILING_DSN"
)

// TestMain turns the test binary into the victim of TestKill or TestKillFiling when
// asked to.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(filingEnv); dsn != "" {
		filer(dsn)
	}
	if dsn := os.Getenv(crashEnv); dsn != "" {
		victim(dsn)
	}
	os.Exit(m.Run())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var now = caseworktest.Monday

// room is registers on a database, and files that are kept in memory.
type room struct {
	*registers.Registers
	*registers.Importer
	pack  *policy.Pack
	files map[string][]byte
}

func open(t testing.TB, db *store.DB, pack *policy.Pack) *room {
	t.Helper()
	s := db.Registers(storetest.District)
	r := &room{pack: pack, files: map[string][]byte{}}
	current := func() *policy.Pack { return pack }
	clock := func() time.Time { return now }
	r.Registers = &registers.Registers{Store: s, Pack: current, Clock: clock}
	r.Importer = &registers.Importer{Store: s, Pack: current, Clock: clock, Open: func(_ context.Context, key string) (registers.Rows, error) {
		return export.NewStream(export.InMemory(r.files[key]))
	}}
	return r
}

// load imports a file and returns what became of it.
func (r *room) load(t testing.TB, kind, unit, text string, good bool) registers.Import {
	t.Helper()
	id := gov.NewID(now)
	r.files[id.String()] = []byte(text)
	must(t, r.Ask(t.Context(), people.Operator("root", now), registers.Import{ID: id, Register: "market", Kind: kind, Unit: unit, File: id.String(), GoodOnly: good}, true))
	must(t, r.Run(t.Context(), id))
	i, err := r.Importer.Store.Import(t.Context(), id)
	must(t, err)
	return i
}

func codes(t testing.TB, n int) []string {
	t.Helper()
	list, err := invent.Codes(storetest.District, n)
	must(t, err)
	return list
}

const subjectHead = "统一社会信用代码,名称,主体类别,成立日期,原注册号,登记状态,所在街道,住所\n"

func subjects(t testing.TB, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(subjectHead)
	for i, c := range codes(t, n) {
		fmt.Fprintf(&b, "%s,虚构云杉餐饮第%d店,个体工商户,2010-01-02,OLD-%04d,存续,月坛街道,虚构路%d号\n", c, i, i, i)
	}
	return b.String()
}

// A file is checked to its end before anything is taken; bad rows are told, good
// ones taken on request; a file sent again does nothing, one that says something
// else corrects, and what it was stays. All of it is in the ledger.
func TestImport(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, pack), t.Context()
		c := codes(t, 3)
		if i := r.load(t, "", "gsfj", subjects(t, 3), false); i.Phase != registers.Done || i.Added != 3 || i.Line != 4 {
			t.Fatalf("subjects: %+v", i)
		}
		head := "主体,统一社会信用代码,处罚决定文号,处罚日期,违法行为,罚没金额,依据\n"
		file := head +
			"x," + c[0] + ",罚1号,2016/9/1,未亮照经营,６万元,食品安全法\n" +
			"x,OLD-0001,罚2号,2016年9月2日,超范围经营,,\n" +
			"x,91110102XX,罚3号,2016-09-03,超范围经营,1,\n" +
			"x," + c[0] + ",,2016-13-03,超范围经营,-1,\n" +
			"# 备注\n\n"
		i := r.load(t, "penalty", "gsfj", file, false)
		if i.Phase != registers.Waiting || i.Good != 2 || i.Bad != 2 || i.Added != 0 {
			t.Fatalf("checked: %+v", i)
		}
		if list, err := r.Registers.Store.Records(ctx, "market", c[0], 10); err != nil || len(list) != 0 {
			t.Fatalf("taken before it was asked for: %v, %v", list, err)
		}
		var wrong []string
		must(t, r.Rejects(ctx, i.ID, func(x registers.Reject) error {
			wrong = append(wrong, fmt.Sprint(x.Line, " ", x.Column, " ", x.Typed))
			return nil
		}))
		if want := []string{"4 subject 91110102XX", "5 number ", "5 date 2016-13-03", "5 amount -1"}; !slices.Equal(wrong, want) {
			t.Errorf("mistakes %q, want %q", wrong, want)
		}
		must(t, r.TakeGood(ctx, people.Operator("root", now), i.ID))
		must(t, r.Run(ctx, i.ID))
		if i, _ = r.Importer.Store.Import(ctx, i.ID); i.Phase != registers.Done || i.Added != 2 || i.Bad != 2 {
			t.Errorf("taken: %+v", i)
		}
		rec, err := r.Registers.Store.Record(ctx, "market", "penalty", "gsfj", "罚2号")
		if err != nil || rec.Subject != c[1] || rec.Basis != "行政处罚法" || rec.On != "2016-09-02" {
			t.Errorf("by its alias: %+v, %v", rec, err)
		}
		if i := r.load(t, "penalty", "gsfj", file, true); i.Same != 2 || i.Added+i.Changed != 0 {
			t.Errorf("again: %+v", i)
		}
		mended := head + "x," + c[0] + ",罚1号,2016/9/1,未亮照经营,50000,\n" + "x," + c[0] + ",罚1号,2016/9/1,未亮照经营,40000,\n"
		if i := r.load(t, "penalty", "gsfj", mended, false); i.Changed != 2 || i.Added != 0 {
			t.Errorf("corrected twice in one file: %+v", i)
		}
		rec, err = r.Registers.Store.Record(ctx, "market", "penalty", "gsfj", "罚1号")
		past, failed := r.Registers.Store.PastRecords(ctx, rec, 10)
		if err != nil || failed != nil || rec.Version != 3 || rec.Values["amount"] != int64(4_000_000) || len(past) != 2 || past[1].Record.Values["amount"] != int64(6_000_000) {
			t.Errorf("%+v, past %+v, %v, %v", rec, past, err, failed)
		}
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		if sum, found := storetest.Verify(t, db); len(found) > 0 || sum.Rows < 7 {
			t.Errorf("the ledger: %+v, %v", sum, found)
		}
		if i := r.load(t, "penalty", "gsfj", head, false); i.Phase != registers.Failed || i.Failure.EN == "" {
			t.Errorf("a head alone: %+v", i)
		}
		if i := r.load(t, "penalty", "gsfj", "甲,乙\n1,2\n", false); i.Phase != registers.Failed {
			t.Errorf("another table: %+v", i)
		}
		if err := r.Ask(ctx, people.Operator("root", now), registers.Import{ID: gov.NewID(now), Register: "market", Kind: "penalty", Unit: "mzj"}, true); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("a unit that does not push penalties: %v", err)
		}
	})
}

// An import that stops anywhere goes on where it was, and comes to what one that
// never stopped comes to.
func TestResume(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, pack), t.Context()
		text := subjects(t, 1700) + "坏行,坏,坏,坏\n"
		id := gov.NewID(now)
		r.files[id.String()] = []byte(text)
		must(t, r.Ask(ctx, people.Operator("root", now), registers.Import{ID: id, Register: "market", Unit: "gsfj", File: id.String()}, true))
		stop := errors.New("stopped")
		run := func() error {
			batch := 0
			open := r.Importer.Open
			defer func() { r.Importer.Open = open }()
			r.Importer.Open = func(ctx context.Context, key string) (registers.Rows, error) {
				rows, err := open(ctx, key)
				return failing{rows, func() error {
					if batch++; batch > 700 {
						return stop
					}
					return nil
				}}, err
			}
			return r.Run(ctx, id)
		}
		stops := 0
		for i := (registers.Import{}); i.Phase != registers.Done; {
			err := run()
			if err != nil && !errors.Is(err, stop) {
				t.Fatal(err)
			}
			if i, err = r.Importer.Store.Import(ctx, id); err != nil {
				t.Fatal(err)
			}
			if stops++; stops > 20 {
				t.Fatalf("it does not come to an end: %+v", i)
			}
			must(t, r.TakeGood(ctx, people.Operator("root", now), id))
		}
		i, err := r.Importer.Store.Import(ctx, id)
		n, failed := r.Registers.Store.Count(ctx, "market")
		if err != nil || failed != nil || stops < 4 || i.Added != 1700 || i.Same != 0 || i.Good != 1700 || i.Bad != 1 || n != 1700 {
			t.Errorf("after %d runs %+v, %d subjects, %v, %v", stops, i, n, err, failed)
		}
	})
}

type failing struct {
	registers.Rows
	fail func() error
}

func (f failing) Next() ([]string, error) {
	if err := f.fail(); err != nil {
		return nil, err
	}
	return f.Rows.Next()
}

// victim imports files until it is killed.
func victim(dsn string) {
	t := &storetest.Victim{}
	db, err := store.Open(t.Context(), dsn, store.Options{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	r := open(t, db, packtest.Xicheng(t))
	r.files["subjects"] = []byte(subjects(t, 6000))
	r.Importer.Step = func(i registers.Import) { fmt.Println(i.Line) }
	i, err := r.Registers.Store.Imports(t.Context(), 1)
	must(t, err)
	must(t, r.Run(t.Context(), i[0].ID))
	select {}
}

// What a killed import confirmed is there, and going on doubles nothing.
func TestKill(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	dsn := storetest.DSN(t, store.SQLite)
	db := storetest.Open(t, dsn, nil)
	r, ctx := open(t, db, pack), t.Context()
	id := gov.NewID(now)
	must(t, r.Ask(ctx, people.Operator("root", now), registers.Import{ID: id, Register: "market", Unit: "gsfj", File: "subjects", GoodOnly: true}, true))
	for range 3 {
		storetest.Kill(t, crashEnv, dsn, 3, 7*time.Millisecond)
		i, err := r.Registers.Store.Import(ctx, id)
		n, failed := r.Registers.Store.Count(ctx, "market")
		if err != nil || failed != nil || int64(n) != i.Added || n < 1500 || i.Phase != registers.Loading {
			t.Fatalf("after the kill: %d subjects, %+v, %v, %v", n, i, err, failed)
		}
	}
	r.files["subjects"] = []byte(subjects(t, 6000))
	must(t, r.Run(ctx, id))
	i, err := r.Registers.Store.Import(ctx, id)
	n, failed := r.Registers.Store.Count(ctx, "market")
	if err != nil || failed != nil || i.Added != 6000 || i.Same+i.Changed != 0 || n != 6000 {
		t.Errorf("in the end: %d subjects, %+v, %v, %v", n, i, err, failed)
	}
}

// Entries are found by the beginning of their keys and aliases and by words of their
// names; those who may see them see by their level; the public sees what is public
// now.
func TestSheets(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, pack), t.Context()
		c := codes(t, 40)
		r.load(t, "", "gsfj", subjects(t, 40), false)
		clerk := caseworktest.Officer(pack, "syj", "clerk")
		for words, want := range map[string]int{c[7]: 1, c[7][:10]: 40, "old-0012": 1, "云杉餐饮": 40, "第12店": 1, "没有这样的": 0} {
			list, err := r.List(ctx, clerk, registers.Query{Register: "market", Words: words}, gov.Page{Limit: 50})
			if words == c[7][:10] {
				want = len(list.Items) // kinds have prefixes of their own
				if want == 0 {
					t.Errorf("%q finds nothing", words)
				}
			}
			if err != nil || len(list.Items) != want {
				t.Errorf("%q finds %d, want %d: %v", words, len(list.Items), want, err)
			}
		}
		if _, err := r.List(ctx, people.Public(now), registers.Query{Register: "market"}, gov.Page{Limit: 50}); gov.CodeOf(err) != gov.Unknown {
			t.Errorf("the public lists the register: %v", err)
		}
		push := func(kind, unit string, item map[string]string) {
			t.Helper()
			target, err := registers.NewTarget(pack, "market", kind, unit)
			must(t, err)
			for _, again := range []int64{0, 1} {
				p, err := r.Push(ctx, gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, []map[string]string{item})
				if err != nil || len(p.Mistakes) > 0 || p.Same != again {
					t.Fatalf("push %v: %+v, %v", item, p, err)
				}
			}
		}
		push("inspection", "xfzd", map[string]string{"subject": c[0], "number": "查1", "date": "2016-05-05", "matter": "消防", "result": "mend", "address": "虚构巷1号", "notes": "内部记录"})
		push("penalty", "syj", map[string]string{"subject": c[0], "number": "罚1", "date": "2013-10-09", "violation": "过期食品", "amount": "60000"})
		push("penalty", "syj", map[string]string{"subject": c[0], "number": "罚2", "date": "2016-01-09", "violation": "过期食品", "amount": "60000", "reporter": "举报"})
		push("complaint", "syj", map[string]string{"subject": c[0], "number": "诉1", "date": "2016-06-09", "matter": "短斤少两", "upheld": "是"})
		out, err := r.Public(ctx, "market", c[0])
		must(t, err)
		if len(out.Records) != 2 || out.Grade != nil || out.Entry.Values["head"] != nil || out.Records[1].Key != "罚2" || out.Records[1].Values["reporter"] != nil {
			t.Errorf("the public sees %+v", out.Records)
		}
		staff, err := r.Sheet(ctx, clerk, "market", c[0], gov.ID{})
		must(t, err)
		if len(staff.Records) != 4 || staff.Full || staff.Records[1].Values["notes"] != nil || len(staff.Facts) != 1 || !staff.Facts[0].Conflict {
			t.Errorf("the staff see %+v", staff)
		}
		if _, err := r.Look(ctx, clerk, "market", c[0], "curiosity", ""); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("a look for nothing: %v", err)
		}
		look, err := r.Look(ctx, clerk, "market", c[0], "inspection", "XC2016-000001")
		must(t, err)
		full, err := r.Sheet(ctx, clerk, "market", c[0], look)
		if err != nil || !full.Full || full.Records[1].Values["notes"] != "内部记录" {
			t.Errorf("for a purpose: %+v, %v", full.Records, err)
		}
		if other, err := r.Sheet(ctx, caseworktest.Officer(pack, "syj", "clerk"), "market", c[0], look); err != nil || other.Full {
			t.Errorf("another's look opens it: %v", err)
		}
		// 80 - 6 (inspection, 5 months) - 22 (penalty and heavy fine, 9 months) - 4 (complaint)
		must(t, r.Grade(ctx, registers.GradeKey("market", c[0])))
		g, err := r.Registers.Store.Grade(ctx, "market", c[0])
		if err != nil || g.Points != 48 || g.Class != "C" || len(g.Lines) != 4 {
			t.Errorf("the class: %+v, %v", g, err)
		}
		if err := r.Withdraw(ctx, caseworktest.Officer(pack, "gsfj", "clerk"), "market", "penalty", "syj", "罚2", "弄错了"); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("another unit withdraws: %v", err)
		}
		must(t, r.Withdraw(ctx, clerk, "market", "penalty", "syj", "罚2", "弄错了"))
		must(t, r.GradeAll(ctx, "market"))
		must(t, r.GradeAll(ctx, "market"))
		g, err = r.Registers.Store.Grade(ctx, "market", c[0])
		if err != nil || g.Points != 70 || g.Class != "B" || g.Version != 2 {
			t.Errorf("the class without it: %+v, %v", g, err)
		}
		if out, err := r.Public(ctx, "market", c[0]); err != nil || len(out.Records) != 1 {
			t.Errorf("the public after it was withdrawn: %+v, %v", out.Records, err)
		}
		if list, err := r.List(ctx, clerk, registers.Query{Register: "market", Class: "B"}, gov.Page{Limit: 50}); err != nil || len(list.Items) != 40 {
			t.Errorf("of class B: %d, %v", len(list.Items), err)
		}
		s := db.Registers(storetest.District)
		must(t, s.Reindex(ctx))
		if list, err := r.PublicList(ctx, "market", "第12店", gov.Page{Limit: 5}); err != nil || len(list.Items) != 1 || list.Items[0].Class != "" {
			t.Errorf("found after indexing: %+v, %v", list, err)
		}
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		if _, found := storetest.Verify(t, db); len(found) > 0 {
			t.Errorf("the ledger: %v", found)
		}
	})
}
