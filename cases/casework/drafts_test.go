package casework_test

import (
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/storetest"
)

// A file that was sent for a form may be named for a day. What nothing named is
// dropped a day later, in an act of the ledger; what stands in the case stays.
func TestDraftsOfFilesAreDropped(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			r := open(t, e)
			ctx := t.Context()
			office := staff(r.pack, []string{"zfb supervision"})
			clerk := staff(r.pack, []string{"fgw clerk"})
			id := r.duty(office, clerk)
			attach := func(words string) string {
				t.Helper()
				text := strings.NewReader(words)
				a, err := r.work.Attach(ctx, clerk, id, "说明.txt", text, text.Size())
				check(t, err)
				return string(a.Key)
			}
			remark := func(key string) error {
				later := clerk
				later.At = r.now
				return r.work.Remark(ctx, later, docket.Step{Case: id}, "看附件", []string{key})
			}
			attached := func() (keys []string) {
				t.Helper()
				list, err := r.docket.Attachments(ctx, id)
				check(t, err)
				for _, a := range list {
					keys = append(keys, string(a.Key))
				}
				return keys
			}
			drop := func(want int) {
				t.Helper()
				_, n, err := r.docket.DropDrafts(ctx, r.now, 100)
				check(t, err)
				if n != want {
					t.Errorf("%v after it was sent %d files are dropped, want %d", r.now.Sub(caseworktest.Monday), n, want)
				}
			}

			named, forgotten, renewed := attach("写在表里"), attach("没有提交"), attach("又传了一次")
			check(t, remark(named))
			drop(0)

			r.now = caseworktest.Monday.Add(docket.DraftTime + time.Hour)
			if err := remark(forgotten); gov.CodeOf(err) != gov.Invalid {
				t.Errorf("a file sent long ago is named: %v", err)
			}
			check(t, remark(named))
			if attach("又传了一次") != renewed {
				t.Error("the same file has two keys")
			}
			check(t, remark(renewed))

			r.now = caseworktest.Monday.Add(2*docket.DraftTime + time.Hour)
			drop(1)
			if got := strings.Join(attached(), " "); strings.Contains(got, forgotten) || !strings.Contains(got, named) || !strings.Contains(got, renewed) {
				t.Errorf("attached are %s", got)
			}
			drop(0)
			if attach("没有提交") != forgotten {
				t.Error("the same file has two keys")
			}
			check(t, remark(forgotten))

			unborn := gov.NewID(r.now)
			text := strings.NewReader("从未立案")
			_, err := r.work.Attach(ctx, office, unborn, "从未立案.txt", text, text.Size())
			check(t, err)
			r.now = r.now.Add(3 * docket.DraftTime)
			drop(1)
			if list, err := r.docket.Attachments(ctx, unborn); len(list) > 0 || err != nil {
				t.Errorf("attached to no case: %v, %v", list, err)
			}
			check(t, remark(named)) // long after: it stands in the case
			storetest.Sound(t, r.db)
		})
	}
}

// A masked copy stays with its picture, though nothing names it.
func TestNamedWithItsPicture(t *testing.T) {
	t.Parallel()
	there := []docket.Attachment{{Key: "a"}, {Key: "b", Picture: &docket.Picture{Of: "a"}}, {Key: "c", Picture: &docket.Picture{Of: "x"}}, {Key: "d"}}
	events := []cases.Event{{Set: cases.Values{"photos": []string{"a"}, "about": "d"}}}
	got := docket.Named(events, there)
	if !got["a"] || !got["b"] || got["c"] || got["d"] {
		t.Errorf("named are %v", got)
	}
}
