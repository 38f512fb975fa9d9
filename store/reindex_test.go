package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/library"
	"quanxiang/library/librarytest"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// passageRows are the whole search index, to see that it was made again as it
// was.
func passageRows(t *testing.T, db *store.DB) [][]string {
	t.Helper()
	return storetest.Rows(t, db, `select rowkey, anchor, head, body from passages order by rowkey`)
}

func TestReindexMakesTheIndexAgain(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		l := openLibrary(t, db)
		importAll(t, l, librarytest.Sample())
		before := passageRows(t, db)
		n := len(storetest.Rows(t, db, `select slug from documents`))
		terms := `delete from passage_terms`
		for _, tt := range []struct {
			why  string
			harm string
			want int // documents to index
		}{
			{"an import leaves nothing to do", `update documents set district = district`, 0},
			{"a restored backup has no index", `delete from indexed_documents`, n},
			{"passages were lost", `delete from passages where anchor = 'task-1'`, 1},
			{"terms were lost", terms, n},
			{"an older program made them", `update indexed_documents set rules = 0`, n},
			{"another version is indexed", `update indexed_documents set version = 7 where ordinal = 1`, 1},
		} {
			storetest.Exec(t, db, tt.harm)
			missing, err := l.Unindexed(t.Context())
			must(t, err)
			calls := 0
			done, err := l.Reindex(t.Context(), func(done, total int) {
				if calls++; done != calls || total != tt.want {
					t.Errorf("%s: progress %d of %d", tt.why, done, total)
				}
			})
			must(t, err)
			if len(missing) != tt.want || done != tt.want || calls != tt.want {
				t.Errorf("%s: %d missing, %d indexed, want %d", tt.why, len(missing), done, tt.want)
			}
			if d := cmp.Diff(before, passageRows(t, db)); d != "" {
				t.Errorf("%s (-before +after):\n%s", tt.why, d)
			}
			if missing, err = l.Unindexed(t.Context()); err != nil || len(missing) != 0 {
				t.Errorf("%s: %d still missing, %v", tt.why, len(missing), err)
			}
		}
		if got := searchAll(t, l, library.Query{Words: "停车"}); len(got) != 4 {
			t.Errorf("found %v", got)
		}
		storetest.Sound(t, db)
	})
}
