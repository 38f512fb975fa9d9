package cases_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/cases"
)

// measured are the measures under which the stories below are read.
const measured = `limit: 4wh}
measures:
  - {id: in_time, name: {zh: 按期, en: In time}, about: {zh: 按期, en: In time}, at: submit, of: given.name, hit: "!clock.k.late", part: {zh: 按期, en: In time}, whole: {zh: 全部, en: All}}
  - {id: redone, name: {zh: 返工, en: Redone}, about: {zh: 返工, en: Redone}, at: ended, hit: times.redo > 0, part: {zh: 返工, en: Redone}, whole: {zh: 全部, en: All}}
  - {id: kept, name: {zh: 守时, en: Kept}, about: {zh: 守时, en: Kept}, due: k, part: {zh: 守时, en: Kept}, whole: {zh: 全部, en: All}}
  - {id: work, name: {zh: 用时, en: Work}, about: {zh: 用时, en: Work}, clock: k}
  - {id: waited, name: {zh: 等待, en: Waited}, about: {zh: 等待, en: Waited}, from: wait, to: go_on}
  - {id: whole, name: {zh: 全程, en: Whole}, about: {zh: 全程, en: Whole}, from: opened, to: ended`

// The readings are worked out by hand: office hours are 8 to 12 and 14 to 18.
func TestReadings(t *testing.T) {
	t.Parallel()
	hit, miss := "hit", "miss"
	for _, tt := range []struct {
		name  string
		title string // of the case
		story []line
		want  map[string]string // by measure: when, and what it comes to
	}{
		{"time runs out while nothing is done: settled at the deadline, whatever comes later", "x",
			[]line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-02 09:00", "date", ""}},
			map[string]string{"kept": "11-01 15:00 " + miss}},
		{"settled late stays at the deadline", "x",
			[]line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-02 09:00", "wait", ""}, {"2016-11-03 09:00", "submit", ""}},
			map[string]string{"kept": "11-01 15:00 " + miss, "in_time": "11-03 09:00 " + miss, "work": "11-03 09:00 8h0m0s"}},
		{"suspended in time is not settled", "x", []line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-01 10:00", "wait", ""}}, map[string]string{}},
		{"nothing has come to anything yet", "x", []line{{"2016-11-01 09:00", "begin", ""}}, map[string]string{}},
		{"in time, and without a detour", "x",
			[]line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-01 15:00", "submit", ""}, {"2016-11-02 10:00", "close", ""}},
			map[string]string{"in_time": "11-01 15:00 " + hit, "kept": "11-01 15:00 " + hit, "redone": "11-02 10:00 " + miss, "work": "11-01 15:00 4h0m0s", "whole": "11-02 10:00 25h0m0s"}},
		{"a minute late is late", "x",
			[]line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-01 15:01", "submit", ""}},
			map[string]string{"in_time": "11-01 15:01 " + miss, "kept": "11-01 15:00 " + miss, "work": "11-01 15:01 4h1m0s"}},
		{"what does not count is neither hit nor miss", "",
			[]line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-01 10:00", "submit", ""}},
			map[string]string{"kept": "11-01 10:00 " + hit, "work": "11-01 10:00 1h0m0s"}},
		{"a pause is no work, but time on the wall", "x",
			[]line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-01 10:00", "wait", ""}, {"2016-11-02 10:00", "go_on", ""}, {"2016-11-02 11:00", "submit", ""}},
			map[string]string{"in_time": "11-02 11:00 " + hit, "kept": "11-02 11:00 " + hit, "work": "11-02 11:00 2h0m0s", "waited": "11-02 10:00 24h0m0s"}},
		{"done again: the first submission counts for the month, the whole of the work for the time", "x",
			[]line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-01 10:00", "submit", ""}, {"2016-11-02 09:00", "redo", ""}, {"2016-11-02 10:00", "submit", ""},
				{"2016-11-02 11:00", "close", ""}},
			map[string]string{"in_time": "11-01 10:00 " + hit, "kept": "11-02 10:00 " + hit, "redone": "11-02 11:00 " + hit, "work": "11-02 10:00 2h0m0s", "whole": "11-02 11:00 26h0m0s"}},
		{"running again: the clock has no time yet", "x",
			[]line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-01 10:00", "submit", ""}, {"2016-11-02 09:00", "redo", ""}},
			map[string]string{"in_time": "11-01 10:00 " + hit}},
		{"opened again: it has not ended", "x",
			[]line{{"2016-11-01 09:00", "begin", ""}, {"2016-11-01 10:00", "close", ""}, {"2016-11-02 09:00", "reopen", ""}},
			map[string]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newTrial(t, fmt.Sprintf(clockBody, measured))
			for _, s := range tt.story {
				values := cases.Values{}
				if s.do == "begin" && tt.title != "" {
					values["name"] = tt.title
				}
				if err := g.at(s.at).try(clerk, s.do, values); err != nil {
					t.Fatalf("%s: %v", s.do, err)
				}
			}
			got := map[string]string{}
			list, err := cases.Readings(g.p, g.c, g.w)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				m, _ := g.p.Measure(r.Measure)
				value := r.Took.String()
				if !m.IsTime() {
					value = map[bool]string{true: hit, false: miss}[r.Hit]
				}
				got[r.Measure] = time.UnixMilli(r.At).In(moment(t, "2016-11-01 00:00").Location()).Format("01-02 15:04 ") + value
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("readings (-want +got):\n%s", diff)
			}
		})
	}
}
