package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/library/librarytest"
	"quanxiang/packs/packtest"
	"quanxiang/store"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

var operator = gov.Actor{Kind: gov.OperatorActor, Name: "test"}

func openLibrary(t testing.TB, db *store.DB) *library.Library {
	t.Helper()
	pack := packtest.Xicheng(t)
	return library.New(db.Library(pack.District), pack, func() time.Time { return time.Date(2016, 12, 1, 9, 0, 0, 0, gov.China) })
}

func importAll(t testing.TB, l *library.Library, g *gazette.Gazette) *library.ImportReport {
	t.Helper()
	r, err := l.Import(t.Context(), operator, g, library.ImportOptions{})
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return r
}

func outcomes(r *library.ImportReport) []string {
	var list []string
	for _, d := range r.Documents {
		list = append(list, fmt.Sprintf("%s %s v%d", d.Slug, d.Outcome, d.Version))
	}
	return list
}

// everything is the state of every table of the library, to see that nothing
// changed.
func everything(t *testing.T, db *store.DB) (all []string) {
	t.Helper()
	for _, table := range store.Tables() {
		if len(table.Columns) == 0 || table.Role == sqldb.Passing {
			continue
		}
		rows := storetest.Rows(t, db, strings.Replace(table.SelectAll(), "district = $1", "district = '110102'", 1))
		for _, r := range rows {
			all = append(all, table.Name+" "+strings.Join(r, "|"))
		}
	}
	return all
}

func TestImportIsIdempotent(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		dry, err := l.Import(t.Context(), operator, librarytest.Sample(), library.ImportOptions{DryRun: true})
		must(t, err)
		if n := len(everything(t, db)); n != 0 || dry.Count(library.Added) != 3 {
			t.Errorf("a dry run reported %v and left %d rows", outcomes(dry), n)
		}
		want := []string{"xzf-2016-16 new v1", "xzf-2016-13 new v1", "xzf-2016-7 new v1"}
		if d := cmp.Diff(want, outcomes(importAll(t, l, librarytest.Sample()))); d != "" {
			t.Errorf("first import (-want +got):\n%s", d)
		}
		before := everything(t, db)
		want = []string{"xzf-2016-16 unchanged v1", "xzf-2016-13 unchanged v1", "xzf-2016-7 unchanged v1"}
		again := librarytest.Sample()
		again.Source.SHA256 = strings.Repeat("b", 64) // another file with the same documents
		again.Documents[0].Lines = gazette.Span{7, 9} // on other lines
		if d := cmp.Diff(want, outcomes(importAll(t, l, again))); d != "" {
			t.Errorf("second import (-want +got):\n%s", d)
		}
		if d := cmp.Diff(before, everything(t, db)); d != "" {
			t.Errorf("the second import changed (-before +after):\n%s", d)
		}
	})
}

func TestCorrectedFileMakesAVersion(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		g := librarytest.Sample()
		d := &g.Documents[0]
		d.ValidUntil = librarytest.Day("2019-10-31")
		d.Structure[3].Paragraphs[0].Text = "为了规范停车秩序，到2020年建成 600 个车位，制定本办法。"
		d.Repeals = nil // the correction no longer repeals the older measures
		r := importAll(t, l, g)
		if d := cmp.Diff([]string{"xzf-2016-16 changed v2", "xzf-2016-13 unchanged v1", "xzf-2016-7 unchanged v1"}, outcomes(r)); d != "" {
			t.Errorf("outcomes (-want +got):\n%s", d)
		}
		var paths []string
		for _, c := range r.Documents[0].Changes {
			paths = append(paths, c.Path)
		}
		if d := cmp.Diff([]string{"repeals[西政发〔2012〕15号].number", "repeals[西政发〔2012〕15号].title", "valid_until", "text"}, paths); d != "" {
			t.Errorf("changes (-want +got):\n%s", d)
		}
		v, err := l.Document(t.Context(), "xzf-2016-16", 0, gov.Date{})
		must(t, err)
		if v.Version != 2 || v.ValidUntil != librarytest.Day("2019-10-31") || len(v.Versions) != 2 || v.Shown.Event.IsZero() {
			t.Errorf("current version %d, valid until %v, %d versions", v.Version, v.ValidUntil, len(v.Versions))
		}
		old, err := l.Document(t.Context(), "xzf-2016-16", 1, gov.Date{})
		must(t, err)
		if got := old.Content.Structure[3].Paragraphs[0].Text; !strings.Contains(got, "500") {
			t.Errorf("version 1 says %q", got)
		}
		stub, err := l.Document(t.Context(), "xzf-2012-15", 0, gov.Date{})
		must(t, err)
		if stub.State.Status == library.Repealed && stub.RepealedBy == "西政发〔2016〕16号" {
			t.Errorf("the older measures are still repealed by the corrected document: %+v", stub.State)
		}
		for words, want := range map[string]int{"500": 0, "600": 1} {
			hits, err := l.Search(t.Context(), library.Query{Words: words}, gov.Page{})
			must(t, err)
			if hits.Total != want {
				t.Errorf("search %s: %d hits, want %d", words, hits.Total, want)
			}
		}
	})
}

func TestCitationGraph(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		see := func(slug, asOf string) *library.View {
			t.Helper()
			v, err := l.Document(t.Context(), slug, 0, librarytest.Day(asOf))
			must(t, err)
			return v
		}
		names := func(list []library.Reference) (s []string) {
			for _, r := range list {
				s = append(s, r.Slug)
			}
			return s
		}
		v := see("xzf-2016-16", "2016-12-01")
		if d := cmp.Diff([]string{"xzf-2012-15"}, names(v.Repeals)); d != "" {
			t.Errorf("repeals: %s", d)
		}
		if len(v.Cites) != 1 || !v.Cites[0].Stub() || !v.Cites[0].Found {
			t.Errorf("cites: %+v", v.Cites)
		}
		if d := cmp.Diff([]string{"xzf-2016-13"}, names(v.CitedBy)); d != "" {
			t.Errorf("cited by: %s", d)
		}
		// The stub was repealed on the repealing document's first day, not when it was signed.
		for asOf, want := range map[string]library.Status{"2016-10-31": library.UnknownStatus, "2016-11-01": library.Repealed} {
			stub := see("xzf-2012-15", asOf)
			if stub.State.Status != want || !stub.Stub() {
				t.Errorf("on %s the repealed stub is %s, want %s", asOf, stub.State.Status, want)
			}
			if d := cmp.Diff([]string{"xzf-2016-16"}, names(stub.Repealed)); d != "" {
				t.Errorf("repealed by: %s", d)
			}
		}
		if got := see("xzf-2016-13", "2021-01-01").State.Status; got != library.PlanEnded {
			t.Errorf("the plan is %s in 2021", got)
		}
		if _, err := l.Document(t.Context(), "xzf-1999-1", 0, gov.Date{}); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("an unknown document: %v", err)
		}
		if _, err := l.Document(t.Context(), "xzf-2016-16", 9, gov.Date{}); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("an unknown version: %v", err)
		}
	})
}

// A document that was first only named becomes a held one under the same
// address and keeps the repeal it had before.
func TestStubBecomesADocument(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		stub, err := l.Document(t.Context(), "xzf-2011-26", 0, gov.Date{})
		must(t, err)
		g := &gazette.Gazette{Documents: []gazette.Document{{
			Number: "西政发〔2011〕26号", Series: "西政发", Year: 2011, Serial: 26, Title: "关于某项优惠的通知", Kind: "通知",
			Signed: librarytest.Day("2011-05-01"), BodyPresent: true,
			Structure: []gazette.Node{{Type: gazette.PreambleNode, Line: 1, Paragraphs: librarytest.Passages("给予示范优惠。")}},
		}}}
		if d := cmp.Diff([]string{"xzf-2011-26 new v1"}, outcomes(importAll(t, l, g))); d != "" {
			t.Error(d)
		}
		v, err := l.Document(t.Context(), "xzf-2011-26", 0, librarytest.Day("2016-06-14"))
		must(t, err)
		if v.ID != stub.ID || v.State.Status != library.InForce {
			t.Errorf("before its repeal: %+v", v.State)
		}
		v, err = l.Document(t.Context(), "xzf-2011-26", 0, librarytest.Day("2016-06-15"))
		must(t, err)
		if v.State.Status != library.Repealed || v.State.By != "西政发〔2016〕7号" {
			t.Errorf("after its repeal: %+v", v.State)
		}
	})
}

func TestListsAndNumbers(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		ctx := t.Context()
		list := func(f library.Filter) []string {
			t.Helper()
			var slugs []string
			var page gov.Page
			for page.Limit = 1; ; {
				part, err := l.Documents(ctx, f, page)
				must(t, err)
				for _, s := range part.Items {
					slugs = append(slugs, s.Slug)
				}
				if part.Next == "" {
					if part.Total != len(slugs) {
						t.Errorf("total %d, listed %d", part.Total, len(slugs))
					}
					return slugs
				}
				page.After = part.Next
			}
		}
		for _, tt := range []struct {
			why  string
			f    library.Filter
			want []string
		}{
			{"newest first", library.Filter{}, []string{"xzf-2016-16", "xzf-2016-13", "xzf-2016-7"}},
			{"not in force yet", library.Filter{Status: library.NotYet, AsOf: librarytest.Day("2016-10-20")}, []string{"xzf-2016-16"}},
			{"of a unit, through its group", library.Filter{Unit: memberOf(t, "各街道")}, []string{"xzf-2016-13"}},
			{"nothing of another year", library.Filter{Year: 1999}, nil},
			{"stubs too", library.Filter{Stubs: true, Year: 2012}, []string{"xzf-2012-15"}},
		} {
			if d := cmp.Diff(tt.want, list(tt.f)); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, d)
			}
		}
		n, err := l.Numbers(ctx, gov.Date{})
		must(t, err)
		n.Imported = 0
		if d := cmp.Diff(library.Numbers{AsOf: librarytest.Day("2016-12-01"), Documents: 3, InForce: 3, Stubs: 3, Tasks: 2, Indicators: 1, Projects: 1}, n); d != "" {
			t.Errorf("numbers (-want +got):\n%s", d)
		}
		soon, err := l.Expiring(ctx, librarytest.Day("2021-05-01"), 6)
		must(t, err)
		if len(soon) != 1 || soon[0].Slug != "xzf-2016-16" {
			t.Errorf("expiring: %v", soon)
		}
		if soon, err = l.Expiring(ctx, librarytest.Day("2021-04-30"), 6); err != nil || len(soon) != 0 {
			t.Errorf("expiring half a year before: %v, %v", soon, err)
		}
		f, err := l.Facets(ctx, gov.Date{})
		must(t, err)
		if len(f.Years) != 1 || f.Years[0].Count != 3 || len(f.Statuses) != 1 {
			t.Errorf("facets: %+v", f)
		}
	})
}

// memberOf is the id of the first member of a group.
func memberOf(t *testing.T, group string) string {
	t.Helper()
	p := packtest.Xicheng(t)
	g, ok := p.FindUnit(group)
	if !ok || len(p.Members(g.ID)) == 0 {
		t.Fatalf("the pack has no group %s", group)
	}
	return p.Members(g.ID)[0]
}

func TestUnitPage(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		v, err := l.Unit(t.Context(), memberOf(t, "各街道"), gov.Date{})
		must(t, err)
		if v.Support != 1 || len(v.Documents) != 1 {
			t.Fatalf("a street office: %+v", v)
		}
		if it := v.Documents[0].Items[0]; it.Anchor != "task-1" || it.Through == nil || it.Through.Name.ZH != "各街道" || it.End != librarytest.Day("2016-12-31") {
			t.Errorf("item: %+v", it)
		}
		u, _ := packtest.Xicheng(t).FindUnit("区发展改革委")
		if v, err = l.Unit(t.Context(), u.ID, gov.Date{}); err != nil || v.Lead != 1 {
			t.Errorf("%+v, %v", v, err)
		}
		if _, err := l.Unit(t.Context(), "nobody", gov.Date{}); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("an unknown unit: %v", err)
		}
		open, err := l.Unresolved(t.Context())
		must(t, err)
		if len(open) != 1 || open[0].Parties[0].Name != "某不存在的单位" {
			t.Errorf("unresolved: %+v", open)
		}
	})
}

// errStop stands for a crash between the statements of an import.
var errStop = errors.New("stopped")

// breaking fails the nth write of a library.
type breaking struct {
	library.Store
	left int
}

type breakingTx struct {
	library.Tx
	s *breaking
}

func (s *breaking) Update(ctx context.Context, fn func(context.Context, library.Tx) error) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx library.Tx) error { return fn(ctx, breakingTx{tx, s}) })
}

func (s *breaking) step() error {
	if s.left--; s.left < 0 {
		return errStop
	}
	return nil
}

func (tx breakingTx) SaveHead(ctx context.Context, d *library.Document) error {
	return errors.Join(tx.s.step(), tx.Tx.SaveHead(ctx, d))
}

func (tx breakingTx) Index(ctx context.Context, d *library.Document, p []library.Passage) error {
	return errors.Join(tx.s.step(), tx.Tx.Index(ctx, d, p))
}

func (tx breakingTx) Record(ctx context.Context, a gov.Actor, e library.Event) error {
	return errors.Join(tx.s.step(), tx.Tx.Record(ctx, a, e))
}

// An import that stops anywhere leaves whole documents only, and the next one
// completes it.
func TestImportCutOffAnywhere(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		pack := packtest.Xicheng(t)
		clock := func() time.Time { return time.Date(2016, 12, 1, 9, 0, 0, 0, gov.China) }
		stops := 0
		for n := 0; ; n++ {
			s := &breaking{Store: db.Library(pack.District), left: n}
			_, err := library.New(s, pack, clock).Import(t.Context(), operator, librarytest.Sample(), library.ImportOptions{})
			if err == nil {
				break
			}
			if !errors.Is(err, errStop) {
				t.Fatal(err)
			}
			if stops++; stops > 100 {
				t.Fatal("no progress")
			}
			for _, d := range librarytest.Sample().Documents {
				v, err := openLibrary(t, db).Document(t.Context(), library.SlugOf(&pack.Gazette, d.Number, d.Title), 0, gov.Date{})
				if err == nil && !v.Stub() && (v.Content == nil || len(v.Items) != len(d.Tasks)+len(d.Indicators)+len(d.Projects)) {
					t.Fatalf("%s is half there", d.Number)
				}
			}
		}
		if stops == 0 {
			t.Fatal("nothing was cut off")
		}
		r := importAll(t, openLibrary(t, db), librarytest.Sample())
		if r.Count(library.Unchanged) != 3 {
			t.Errorf("after the last import: %v", outcomes(r))
		}
	})
}

func TestDistrictsDoNotMeet(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		pack := *packtest.Xicheng(t)
		pack.District = "110101"
		other := library.New(db.Library(pack.District), &pack, time.Now)
		if hits, err := other.Search(t.Context(), library.Query{Words: "停车"}, gov.Page{}); err != nil || hits.Total != 0 {
			t.Errorf("a neighbour finds %d hits, %v", hits.Total, err)
		}
		importAll(t, other, librarytest.Sample())
		hits, err := l.Search(t.Context(), library.Query{Words: "停车", PerDocument: -1}, gov.Page{})
		must(t, err)
		again, err := other.Search(t.Context(), library.Query{Words: "停车", PerDocument: -1}, gov.Page{})
		must(t, err)
		if hits.Total != again.Total || hits.Total == 0 || !slices.EqualFunc(hits.Items, again.Items, func(a, b library.Hit) bool { return a.Anchor == b.Anchor }) {
			t.Errorf("%d hits here, %d there", hits.Total, again.Total)
		}
	})
}
