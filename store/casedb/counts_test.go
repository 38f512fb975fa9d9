package casedb_test

import (
	"fmt"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// errand is a procedure with every departure there is.
const errand = `
procedure: errand
title: {zh: 事项, en: Errand}
cite: 样例
number: "SX{seq:4}"
subject: name
unit: units
due: whole
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}, open: public}
  - {id: units, type: units, label: {zh: 单位, en: Units}, open: public}
  - {id: end, type: date, label: {zh: 期限, en: Due}, open: public}
parties:
  - {id: any, name: {zh: 经办人, en: a clerk}, who: "post(zfb, clerk)"}
  - {id: chief, name: {zh: 负责人, en: the lead}, who: "post(zfb, lead)"}
states:
  - {id: open, name: {zh: 办, en: Open}, kind: open}
  - {id: checked, name: {zh: 核, en: Checked}, kind: open}
  - {id: waiting, name: {zh: 停, en: Waiting}, kind: paused}
  - {id: done, name: {zh: 完, en: Done}, kind: done}
  - {id: void, name: {zh: 废, en: Void}, kind: void}
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: open, by: [any], asks: [name!, units, end]}
  - {id: assign, name: {zh: 派, en: Assign}, at: [open], by: [any], asks: [units!]}
  - {id: check, name: {zh: 核, en: Check}, at: [open], to: checked, by: [any]}
  - {id: back, name: {zh: 退, en: Back}, at: [checked], to: open, by: [any]}
  - {id: put_off, name: {zh: 延, en: Put off}, at: [open], by: [any], asks: [end!]}
  - {id: vary, name: {zh: 变, en: Vary}, at: [open], by: [any], asks: [name!], approve: [chief]}
  - {id: pause, name: {zh: 停, en: Pause}, at: [open], to: waiting, by: [any]}
  - {id: resume, name: {zh: 续, en: Resume}, at: [waiting], to: open, by: [any]}
  - {id: urge, name: {zh: 催, en: Urge}, at: [open], by: [any], aside: true, notify: [chief]}
  - {id: finish, name: {zh: 完, en: Finish}, at: [checked], to: done, by: [any]}
  - {id: cancel, name: {zh: 废, en: Cancel}, at: [open], to: void, by: [any]}
  - {id: reopen, name: {zh: 重, en: Re-open}, at: [done], to: open, by: [any]}
clocks:
  - {id: short, name: {zh: 短, en: Short}, from: [begin], to: [done], limit: 1wd-end, warn: [80]}
  - {id: whole, name: {zh: 长, en: Whole}, from: [begin], to: [done], until: end, again: keep}
`

func errands(t testing.TB) *policy.Pack {
	t.Helper()
	files := packtest.Copy(t, os.DirFS("../../cases/testdata/sample"))
	files["procedures/errand.yaml"] = &fstest.MapFile{Data: []byte(errand)}
	return packtest.Load(t, files, ".")
}

var (
	clerk = dockettest.Staff("li", "zfb", "clerk")
	chief = dockettest.Staff("wang", "zfb", "lead")
)

// month is a month as docket counts them.
func month(year int, m time.Month) docket.Month {
	return docket.MonthOf(time.Date(year, m, 1, 0, 0, 0, 0, gov.China))
}

var everything = []docket.What{docket.CountBegun, docket.CountVoid, docket.CountDone, docket.CountDays, docket.CountDeparted}

// byMonths asks for all counts of a unit, "" for all cases, month by month.
func byMonths(unit string, from docket.Month) docket.Asked {
	a := docket.Asked{Procedure: "errand", What: everything, From: from, To: docket.Ever, Months: true}
	if unit != "" {
		a.Facet = docket.Facet{Field: "units", Value: unit}
	}
	return a
}

// told is counts as the table of the test writes them.
func told(list []docket.Sum) map[string]int64 {
	all := map[string]int64{}
	for _, c := range list {
		key := string(c.What) + " " + c.Part
		if c.Month != 0 {
			key = c.Month.First().String()[:7] + " " + key
		}
		all[key] = c.N
	}
	return all
}

// Seven cases, reckoned by hand. Times are those of China: A ends at the last
// moment of its deadline, which is the first of the next month; B gets its unit
// and a later deadline after it began, and misses both that deadline and its
// short clock; C, which has no deadline, ends on the day it began; D ends
// without a result; E ends in time and is re-opened a month later; F goes from
// one unit to another; G takes 75 days, counted with those up to 81.
func TestCounts(t *testing.T) {
	t.Parallel()
	pack := errands(t)
	both, fgw, czj := []string{"fgw", "czj"}, []string{"fgw"}, []string{"czj"}
	story := []struct {
		at, of, do string
		with       cases.Values
	}{
		{"2016-10-10 09:00", "A", "begin", cases.Values{"units": both, "end": "2016-10-31"}},
		{"2016-10-10 10:00", "G", "begin", cases.Values{"units": czj}},
		{"2016-10-12 09:00", "A", "urge", nil},
		{"2016-10-20 09:00", "A", "check", nil},
		{"2016-10-21 09:00", "A", "back", nil},
		{"2016-10-22 09:00", "A", "check", nil},
		{"2016-10-31 23:59", "B", "begin", cases.Values{"end": "2016-11-10"}},
		{"2016-11-01 00:00", "A", "finish", nil},
		{"2016-11-01 09:00", "C", "begin", cases.Values{"units": fgw}},
		{"2016-11-01 10:00", "C", "check", nil},
		{"2016-11-01 17:00", "C", "finish", nil},
		{"2016-11-02 09:00", "B", "assign", cases.Values{"units": fgw}},
		{"2016-11-03 09:00", "D", "begin", cases.Values{"units": czj, "end": "2016-11-30"}},
		{"2016-11-04 09:00", "E", "begin", cases.Values{"units": fgw, "end": "2016-11-30"}},
		{"2016-11-04 09:30", "D", "vary", cases.Values{"name": "D2"}},
		{"2016-11-04 10:00", "D", "agree", nil},
		{"2016-11-05 08:00", "D", "pause", nil},
		{"2016-11-05 09:00", "B", "put_off", cases.Values{"end": "2016-11-12"}},
		{"2016-11-06 09:00", "D", "resume", nil},
		{"2016-11-12 09:00", "B", "check", nil},
		{"2016-11-13 09:00", "B", "finish", nil},
		{"2016-11-14 09:00", "E", "check", nil},
		{"2016-11-14 10:00", "E", "finish", nil},
		{"2016-12-01 09:00", "D", "cancel", nil},
		{"2016-12-02 09:00", "E", "reopen", nil},
		{"2016-12-05 09:00", "F", "begin", cases.Values{"units": fgw, "end": "2017-01-31"}},
		{"2016-12-06 09:00", "F", "assign", cases.Values{"units": czj}},
		{"2016-12-23 09:00", "G", "check", nil},
		{"2016-12-24 09:00", "G", "finish", nil},
	}
	byMonth := map[string]map[string]int64{
		"": {
			"2016-10 begun ": 3, "2016-10 departed urged/urge": 1, "2016-10 departed returned/back": 1,
			"2016-11 begun ": 3, "2016-11 done on-time": 1, "2016-11 done late": 1, "2016-11 done undated": 1,
			"2016-11 days 22": 1, "2016-11 days 13": 1, "2016-11 days 0": 1,
			"2016-11 departed conceded/vary": 1, "2016-11 departed suspended/pause": 1, "2016-11 departed prolonged/put_off": 1,
			"2016-12 begun ": 1, "2016-12 void ": 1, "2016-12 done undated": 1, "2016-12 days 81": 1, "2016-12 departed reopened/reopen": 1,
		},
		"fgw": {
			"2016-10 begun ": 2, "2016-10 departed urged/urge": 1, "2016-10 departed returned/back": 1,
			"2016-11 begun ": 2, "2016-11 done on-time": 1, "2016-11 done late": 1, "2016-11 done undated": 1,
			"2016-11 days 22": 1, "2016-11 days 13": 1, "2016-11 days 0": 1, "2016-11 departed prolonged/put_off": 1,
			"2016-12 departed reopened/reopen": 1,
		},
		"czj": {
			"2016-10 begun ": 2, "2016-10 departed urged/urge": 1, "2016-10 departed returned/back": 1,
			"2016-11 begun ": 1, "2016-11 done on-time": 1, "2016-11 days 22": 1, "2016-11 departed conceded/vary": 1, "2016-11 departed suspended/pause": 1,
			"2016-12 begun ": 1, "2016-12 void ": 1, "2016-12 done undated": 1, "2016-12 days 81": 1,
		},
	}
	sinceNovember := map[string]map[string]int64{
		"": {"begun ": 4, "void ": 1, "done on-time": 1, "done late": 1, "done undated": 2, "days 22": 1, "days 13": 1, "days 0": 1, "days 81": 1,
			"departed conceded/vary": 1, "departed suspended/pause": 1, "departed prolonged/put_off": 1, "departed reopened/reopen": 1},
		"fgw": {"begun ": 2, "done on-time": 1, "done late": 1, "done undated": 1, "days 22": 1, "days 13": 1, "days 0": 1,
			"departed prolonged/put_off": 1, "departed reopened/reopen": 1},
		"czj": {"begun ": 2, "void ": 1, "done on-time": 1, "done undated": 1, "days 22": 1, "days 81": 1,
			"departed conceded/vary": 1, "departed suspended/pause": 1},
	}
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			ctx, h := t.Context(), &hand{}
			h.set(t, story[0].at)
			db := storetest.Open(t, storetest.DSN(t, e), h.Now)
			s := docket.New(db.Cases(storetest.District), dockettest.OnePack{Pack: pack}, calendar.Seed)
			ids, asked := map[string]gov.ID{}, map[string]int64{}
			for _, one := range story {
				h.set(t, one.at)
				step, in := docket.Step{Case: ids[one.of]}, cases.Input{Action: one.do, Actor: clerk, Values: one.with}
				var c cases.Case
				var err error
				switch one.do {
				case "begin":
					ids[one.of] = gov.NewID(h.Now())
					in.Values["name"] = one.of
					c, err = s.Begin(ctx, ids[one.of], "errand", in)
				case "agree":
					c, err = s.Agree(ctx, step, asked[one.of], "", chief)
				default:
					c, err = s.Act(ctx, step, in)
				}
				if err != nil {
					t.Fatalf("%s %s %s: %v", one.at, one.of, one.do, err)
				}
				if len(c.Pending) > 0 {
					asked[one.of] = c.Pending[0].Seq
				}
				if one.of == "E" && one.do == "finish" { // known as it was, until it is re-opened
					list, err := s.Totals(ctx, byMonths("fgw", 0))
					must(t, err)
					if n := told(list)["2016-11 done on-time"]; n != 2 {
						t.Errorf("%d cases ended on time while E had ended", n)
					}
				}
			}
			look := func(when string) {
				t.Helper()
				for unit, want := range byMonth {
					list, err := s.Totals(ctx, byMonths(unit, 0))
					must(t, err)
					if diff := cmp.Diff(want, told(list)); diff != "" {
						t.Errorf("%s, unit %q by month: - by hand, + counted\n%s", when, unit, diff)
					}
				}
				december, err := s.Totals(ctx, byMonths("", month(2016, time.December)))
				must(t, err)
				if len(december) != 5 || december[0].Month != month(2016, time.December) {
					t.Errorf("from December on: %v", december)
				}
				since := docket.Asked{Procedure: "errand", What: everything, From: month(2016, time.November), To: docket.Ever}
				all, err := s.Totals(ctx, since)
				must(t, err)
				since.Field, since.Values = "units", true
				list, err := s.Totals(ctx, since)
				must(t, err)
				units := map[string][]docket.Sum{}
				for _, c := range append(list, all...) {
					units[c.Value] = append(units[c.Value], c)
				}
				got := map[string]map[string]int64{}
				for unit, list := range units {
					got[unit] = told(list)
				}
				if diff := cmp.Diff(sinceNovember, got); diff != "" {
					t.Errorf("%s, by unit since November: - by hand, + counted\n%s", when, diff)
				}
			}
			look("kept up")
			relist(t, db, s)
			look("made again")
			fold(t, s)
			look("added to the sums")
			// A case begun before cases were counted counts with all its history from
			// the next step on that matters.
			storetest.Exec(t, db, "delete from case_listed", "delete from case_counts", "delete from case_recounts")
			_, err := s.Act(ctx, docket.Step{Case: ids["E"]}, cases.Input{Action: "urge", Actor: clerk})
			must(t, err)
			list, err := s.Totals(ctx, byMonths("fgw", 0))
			must(t, err)
			if diff := cmp.Diff(map[string]int64{"2016-11 begun ": 1, "2016-12 departed reopened/reopen": 1, "2016-12 departed urged/urge": 1}, told(list)); diff != "" {
				t.Errorf("E alone: - by hand, + counted\n%s", diff)
			}
			storetest.Sound(t, db)
		})
	}
}

// Days are kept as they are where most cases end, and a bounded number of
// ranges holds whatever takes longer.
func TestDayRange(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]int{-1: 0, 0: 0, 1: 1, 60: 60, 61: 67, 67: 67, 68: 74, 75: 81, 361: 361, 362: 391, 391: 391, 392: 421, 3661: 3661, 99999: 3661} {
		if got := docket.DayRange(days); got != want {
			t.Errorf("%d days count with those up to %d, want %d", days, got, want)
		}
	}
	ranges := map[string]bool{}
	for days := range 10_000 {
		if r := docket.DayRange(days); r < min(days, 3661) {
			t.Fatalf("%d days count with those up to %d", days, r)
		}
		ranges[fmt.Sprint(docket.DayRange(days))] = true
	}
	if len(ranges) != 61+43+110 {
		t.Errorf("%d ranges", len(ranges))
	}
}
