package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/library/fulltext"
	"quanxiang/library/librarytest"
	"quanxiang/packs/packtest"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// searchAll pages through every hit and returns their addresses.
func searchAll(t *testing.T, l *library.Library, q library.Query) []string {
	t.Helper()
	var found []string
	q.PerDocument = -1
	page := gov.Page{Limit: 100}
	for {
		part, err := l.Search(t.Context(), q, page)
		must(t, err)
		for _, h := range part.Items {
			found = append(found, h.Document.Slug+"#"+h.Anchor)
		}
		if part.Next == "" {
			if len(found) != part.Total {
				t.Errorf("%q: total %d, listed %d", q.Words, part.Total, len(found))
			}
			return found
		}
		page.After = part.Next
	}
}

// row is a passage as a scan reads it.
type row struct {
	address string
	text    []rune
}

func allPassages(t *testing.T, db *store.DB) (all []row) {
	t.Helper()
	// A document is found by its ordinal, in the bits of the key; see passageKey.
	rows := storetest.Rows(t, db, `
select d.slug, p.anchor, p.head, p.body
from passages p
join documents d on d.district = p.district and d.ordinal = p.rowkey / 33554432 % 262144`)
	for _, r := range rows {
		all = append(all, row{r[0] + "#" + r[1], fulltext.Normalise(r[2] + "\n" + r[3]).Runes})
	}
	return all
}

// words makes queries: fixed ones of every kind, and pieces of the text itself.
func words(all []row, n int) []string {
	list := []string{
		"停车", "绿化", "养老", "停", "场", "棚户区改造", "PM2.5", "wifi", "2020年", "500个", "西政发[2016]16号", "西政发（2016）16 号",
		"停车 绿化", "区发改委", "区发改委 停车", "《示范区停车管理办法》", "停车,绿化", "双随机", "架空线入地", "不存在的词语", "的", "第三条", "（一）",
		"\"十三五\"", "10%", "、", "2016", "16", "区发展改革委 牵头",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for len(list) < n {
		text := all[random.IntN(len(all))].text
		if len(text) < 2 {
			continue
		}
		i := random.IntN(len(text))
		piece := string(text[i:min(len(text), i+1+random.IntN(7))])
		if random.IntN(4) == 0 {
			j := random.IntN(len(text))
			piece += " " + string(text[j:min(len(text), j+2)])
		}
		if !strings.ContainsAny(piece, "\n\"") && strings.TrimSpace(piece) != "" {
			list = append(list, piece)
		}
	}
	return list
}

// Search finds exactly what reading every passage finds.
func TestSearchFindsWhatReadingFinds(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		if g := librarytest.Real(t, packtest.Xicheng(t)); g != nil {
			importAll(t, l, g) // replaces those of the sample that bear a real number
		}
		all := allPassages(t, db)
		pack := packtest.Xicheng(t)
		names := func(word string) (list []string) {
			for _, name := range []string{word, "区" + word} {
				if u, ok := pack.FindUnit(name); ok {
					list = append(append(list, u.Name.ZH, u.Full.ZH), u.Aliases...)
				}
			}
			return list
		}
		hits, empty := 0, 0
		for _, w := range words(all, 240) {
			q := fulltext.Parse(w, names)
			var want []string
			for _, p := range all {
				if _, ok := q.Find(p.text); ok && !slices.Contains(want, p.address) {
					want = append(want, p.address)
				}
			}
			got := searchAll(t, l, library.Query{Words: w})
			slices.Sort(got)
			slices.Sort(want)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%q (-reading +search):\n%s", w, d)
			}
			hits += len(want)
			if len(want) == 0 {
				empty++
			}
		}
		if hits < 1000 && len(all) > 1000 || empty > 60 {
			t.Errorf("the queries find %d passages, %d of them none: they prove little", hits, empty)
		}
	})
}

func TestSearchOrder(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		show := func(q library.Query) (list []string) {
			t.Helper()
			part, err := l.Search(t.Context(), q, gov.Page{})
			must(t, err)
			for _, h := range part.Items {
				list = append(list, fmt.Sprintf("%s#%s %s +%d", h.Document.Slug, h.Anchor, h.Scope, h.More))
			}
			return list
		}
		tests := []struct {
			why  string
			q    library.Query
			want []string
		}{
			{"title, heading and text of a document together, then a task of another", library.Query{Words: "停车"},
				[]string{"xzf-2016-16# document +0", "xzf-2016-16#main node +0", "xzf-2016-16#chp_1__art_1 node +0", "xzf-2016-13#task-1 task +0"}},
			{"one hit a document, the rest counted", library.Query{Words: "停车", PerDocument: 1},
				[]string{"xzf-2016-16# document +2", "xzf-2016-13#task-1 task +0"}},
			{"those in force before those that are not", library.Query{Words: "示范区", AsOf: librarytest.Day("2022-01-01"), PerDocument: 1, Scope: "document"},
				[]string{"xzf-2016-16# document +0", "xzf-2016-13# document +0"}},
			{"a status as of a date", library.Query{Words: "停车", Status: library.Expired, AsOf: librarytest.Day("2022-01-01"), PerDocument: 1},
				[]string{"xzf-2016-16# document +2"}},
			{"tasks of a unit by its group", library.Query{Words: "示范", Unit: memberOf(t, "各街道"), Scope: "task"}, nil},
			{"tasks alone", library.Query{Words: "示范", Scope: "task"}, []string{"xzf-2016-13#task-2 task +0"}},
			{"a unit by another name", library.Query{Words: "区发改委"}, []string{"xzf-2016-13#task-1 task +0"}},
			{"two words in one article", library.Query{Words: "停车 车位"}, []string{"xzf-2016-16#chp_1__art_1 node +0"}},
			{"a point is found in its article", library.Query{Words: "消防通道"}, []string{"xzf-2016-16#chp_1__art_2 node +0"}},
			{"a number in other brackets, a stub too", library.Query{Words: "西政发[2012] 15号"}, []string{"xzf-2012-15# document +0"}},
			{"no words: the documents", library.Query{Year: 2016, Kind: "通知"},
				[]string{"xzf-2016-16# document +0", "xzf-2016-13# document +0", "xzf-2016-7# document +0"}},
			{"an indicator", library.Query{Words: "覆盖率"}, []string{"xzf-2016-13#indicator-1 indicator +0"}},
			{"a project", library.Query{Words: "示范街"}, []string{"xzf-2016-13#project-7 project +0"}},
		}
		for _, tt := range tests {
			if d := cmp.Diff(tt.want, show(tt.q)); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, d)
			}
		}
		if _, err := l.Search(t.Context(), library.Query{Words: "停车", Scope: "page"}, gov.Page{}); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("an unknown scope: %v", err)
		}
		for _, cursor := range []string{"x", "0.0.2016-10-11|xzf.9", "9.9.9999-99-99|z.9.9.9"} {
			if _, err := l.Search(t.Context(), library.Query{Words: "停车"}, gov.Page{After: cursor}); err != nil {
				t.Errorf("a made-up cursor %q: %v", cursor, err)
			}
		}
	})
}

func TestSnippetMarksThePrint(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		part, err := l.Search(t.Context(), library.Query{Words: "500个 停车", Scope: "node"}, gov.Page{})
		must(t, err)
		if len(part.Items) != 1 {
			t.Fatalf("%d hits", len(part.Items))
		}
		var got strings.Builder
		for _, m := range part.Items[0].Snippet {
			if m.Hit {
				fmt.Fprintf(&got, "[%s]", m.Text)
			} else {
				got.WriteString(m.Text)
			}
		}
		if want := "为了规范[停车]秩序，到2020年建成 [500 个]车位，制定本办法。"; got.String() != want {
			t.Errorf("snippet %q, want %q", got.String(), want)
		}
	})
}
