package registerdb_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// pushed writes entries, or records of a kind, as the park does.
func (r *room) pushed(t *testing.T, kind string, items ...map[string]string) registers.Pushed {
	t.Helper()
	target, err := registers.NewTarget(r.pack, "incubators", kind, "xcy")
	must(t, err)
	out, err := r.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, items)
	must(t, err)
	return out
}

// Several incubators of one operator are found by its code, whole and in any case.
func TestNamed(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, c := open(t, db, packtest.Xicheng(t)), codes(t, 2)
		r.pushed(t, "", map[string]string{"key": "JD-1", "name": "甲", "kind": "base", "operator": c[0], "state": "active"},
			map[string]string{"key": "PT-1", "name": "乙", "kind": "platform", "operator": c[0], "state": "active"},
			map[string]string{"key": "JD-2", "name": "丙", "kind": "base", "operator": c[1], "state": "applying"})
		for name, want := range map[string]string{c[0]: "JD-1 PT-1", strings.ToLower(c[1]): "JD-2", "jd-1": "JD-1", c[0][:17]: "", "甲": ""} {
			list, err := r.Registers.Store.Named(t.Context(), "incubators", name, 9)
			must(t, err)
			var keys []string
			for _, e := range list {
				keys = append(keys, e.Key)
			}
			if got := strings.Join(keys, " "); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		if list, err := r.Registers.Store.Named(t.Context(), "incubators", c[0], 1); err != nil || len(list) != 1 {
			t.Errorf("a limit of one: %d, %v", len(list), err)
		}
	})
}

// A run of records is a cause when the last of them are all alike and no further apart
// than the pack says: not one alone, not with a pass between, not with a year left out.
func TestRuns(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, pack), t.Context()
		for _, tt := range []struct {
			key, results string // of 2016, 2017, ...: f, p, or none
			want         string // the years whose record begins a case
		}{{"A", "f", ""}, {"B", "ff", "2017"}, {"C", "fpf", ""}, {"D", "f-f", ""}, {"E", "fff", "2017 2018"}, {"F", "pff", "2018"}} {
			r.pushed(t, "", map[string]string{"key": tt.key, "name": tt.key, "kind": "base", "operator": "91110102MA000000XX", "state": "active"})
			for i, result := range tt.results {
				year := string(rune('6' + i))
				if result != '-' {
					r.pushed(t, "assessment", map[string]string{"subject": tt.key, "year": "201" + year, "date": "201" + year + "-12-31", "result": map[rune]string{'f': "fail", 'p': "pass"}[result]})
				}
			}
			claimed, err := db.ClaimJobs(ctx, storetest.District, registers.BeginJob, "test", 20, time.Hour)
			must(t, err)
			begun := starter{}
			for _, j := range claimed {
				must(t, r.Begin(ctx, j.Key, begun))
			}
			var years []string
			for _, seed := range begun {
				if seed.Text("incubator") == tt.key {
					years = append(years, seed.Text("found")[:4])
				}
			}
			slices.Sort(years)
			if got := strings.Join(years, " "); got != tt.want {
				t.Errorf("%s %s: %q, want %q", tt.key, tt.results, got, tt.want)
			}
		}
	})
}

// A case that amends an entry leaves the rest as it was, and empties what it says is
// nothing; one that is not there is refused.
func TestAmend(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r := open(t, db, pack)
		c := sit(t, db, r)
		r.pushed(t, "", map[string]string{"key": "JD-1", "name": "虚构基地", "kind": "base", "operator": "91110102MA000000XX", "state": "active", "since": "2016-12-05", "address": "虚构路1号"})
		id := c.must(gov.ID{}, "incubator_removal", "xcy", "clerk", "raise", cases.Values{"title": "虚构基地", "incubator": "JD-1", "operator": "91110102MA000000XX", "ground": "failed", "found": "2016-08-31"}).ID
		c.must(id, "", "xcy", "clerk", "tell", nil)
		c.must(id, "", "xcy", "clerk", "hear", cases.Values{"statement": "无"})
		c.must(id, "", "xcy", "clerk", "report", cases.Values{"opinion": "属实"})
		c.must(id, "", "xcy", "lead", "remove", nil)
		e, err := r.Registers.Store.Entry(t.Context(), "incubators", "JD-1")
		must(t, err)
		if v := e.Values; v.Text("state") != "removed" || v.Text("address") != "虚构路1号" || v.Text("removed") == "" || v.Text("banned") == "" || e.Facet != "removed" || e.Until == "" {
			t.Errorf("removed: %+v", e)
		}
		c.must(id, "", "xcy", "lead", "revoke", cases.Values{"reason": "复核"})
		e, err = r.Registers.Store.Entry(t.Context(), "incubators", "JD-1")
		must(t, err)
		if v := e.Values; v.Text("state") != "active" || v["removed"] != nil || v["banned"] != nil || v.Text("since") != "2016-12-05" || e.Until != "" {
			t.Errorf("given back: %+v", e)
		}
		storetest.Sound(t, db)
	})
}
