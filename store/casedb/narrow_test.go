package casedb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"quanxiang/cases/docket"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// crowd puts n open cases where lists look for them, of the facets unit=fgw and,
// of every k-th, document=old, and lets them wait for a clerk. The last alone is
// of document=new.
func crowd(t testing.TB, db *store.DB, n, k int) {
	t.Helper()
	id := "'01577c00-0000-7000-8000-' || substr(cast(1000000000000 + n.i as text), 2)"
	series := fmt.Sprintf("with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < %d)\n", n)
	facet := func(field, value, where string) string {
		return fmt.Sprintf(`
insert into case_facets (district, case_id, field, value, procedure, state, colour, ended, due)
%sselect '110102', %s, '%s', '%s', 'payment', 'entered', 'green', 0, 1480000000000 + n.i
from n where %s`, series, id, field, value, where)
	}
	body := "cast('{\"Kind\":\"post\",\"Unit\":\"fgw\",\"Role\":\"clerk\"}' as " + map[store.Engine]string{store.SQLite: "blob", store.Postgres: "bytea"}[db.Engine()] + ")"
	for _, s := range []string{`
insert into case_rows (district, id, procedure, number, parent, kind, subject, units, state, ends, colour, due, opened, ended, touched, wake)
` + series + `select '110102', ` + id + `, 'payment', 'ZF' || n.i, '', '', case when n.i = ` + fmt.Sprint(n) + ` then '印刷年鉴' else '办公用品' end, 'fgw', 'entered', 'open', 'green',
  1480000000000 + n.i, 1470000000000, 0, 1475000000000, 0
from n`,
		facet("", "", "n.i > 0"), facet("unit", "fgw", "n.i > 0"), facet("document", "old", fmt.Sprintf("n.i %% %d = 0", k)), facet("document", "new", fmt.Sprintf("n.i = %d", n)), `
insert into case_tallies (district, procedure, field, value, state, colour, slot, n)
select district, procedure, field, value, state, colour, 0, count(*)
from case_facets
group by district, procedure, field, value, state, colour`, `
insert into case_turns (district, who, due, case_id, n, body)
` + series + `select '110102', 'post/fgw/clerk', 1480000000000 + n.i, ` + id + `, 0, ` + body + `
from n`} {
		storetest.Exec(t, db, s)
	}
}

// Lists of several facets and of words find every case once, by pages that look
// at no more cases than they may, on lists and on worklists alike.
func TestNarrowedLists(t *testing.T) {
	const n, k = 4200, 8
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, _ *hand) {
		crowd(t, db, n, k)
		must(t, db.Analyze(t.Context())) // as the server does by itself
		unit := docket.Facet{Field: "unit", Value: "fgw"}
		old, fresh := docket.Facet{Field: "document", Value: "old"}, docket.Facet{Field: "document", Value: "new"}
		for _, tt := range []struct {
			why  string
			q    docket.Query
			want int
			long bool // no single page may look at all
		}{
			{"two facets", docket.Query{Facets: []docket.Facet{unit, old}}, n / k, false},
			{"the rarest leads", docket.Query{Facets: []docket.Facet{unit, fresh}}, 1, false},
			{"both documents", docket.Query{Facets: []docket.Facet{old, fresh}}, map[bool]int{true: 1}[n%k == 0], false},
			{"facets, colour and state", docket.Query{Facets: []docket.Facet{unit, old}, Colour: "green", State: "entered"}, n / k, false},
			{"another colour", docket.Query{Facets: []docket.Facet{unit, old}, Colour: "red"}, 0, false},
			{"another state", docket.Query{Facets: []docket.Facet{unit, old}, State: "returned"}, 0, false},
			{"a facet twice", docket.Query{Facets: []docket.Facet{unit, unit, {}}}, n, true},
			{"words", docket.Query{Words: "年鉴"}, 1, true},
			{"words of a facet", docket.Query{Words: "年鉴", Facets: []docket.Facet{unit}}, 1, true},
			{"words of two facets", docket.Query{Words: "年鉴", Facets: []docket.Facet{unit, old}}, map[bool]int{true: 1}[n%k == 0], false},
			{"a number", docket.Query{Words: "zf4198"}, 1, true},
			{"no such words", docket.Query{Words: "学校"}, 0, true},
		} {
			tt.q.Procedure = "payment"
			for name, read := range map[string]func(docket.Place) ([]docket.Row, docket.Place, error){
				"list": func(at docket.Place) ([]docket.Row, docket.Place, error) { return s.List(t.Context(), tt.q, at, 200) },
				"worklist": func(at docket.Place) ([]docket.Row, docket.Place, error) {
					return s.Worklist(t.Context(), wang, tt.q, at, 200)
				},
			} {
				var numbers []string
				pages := 0
				for at := (docket.Place{}); pages == 0 || !at.IsZero(); pages++ {
					rows, next, err := read(at)
					if err != nil || len(rows) > 200 {
						t.Fatalf("%s of %s: %d rows, %v", name, tt.why, len(rows), err)
					}
					for _, r := range rows {
						numbers = append(numbers, r.Number)
					}
					at = next
				}
				sorted := slices.Compact(slices.Sorted(slices.Values(numbers)))
				if len(numbers) != tt.want || len(sorted) != tt.want {
					t.Errorf("%s of %s: %d cases, %d of them different, want %d", name, tt.why, len(numbers), len(sorted), tt.want)
				}
				if tt.long && pages == 1 {
					t.Errorf("%s of %s: one page looked at all %d cases", name, tt.why, n)
				}
				if tt.want == 1 && !strings.HasPrefix(numbers[0], "ZF4") {
					t.Errorf("%s of %s: %v", name, tt.why, numbers)
				}
			}
		}
		// A worklist is narrowed to a procedure, too.
		rows, _, err := s.Worklist(t.Context(), wang, docket.Query{Procedure: "other"}, docket.Place{}, 10)
		if err != nil || len(rows) != 0 {
			t.Errorf("another procedure: %d cases, %v", len(rows), err)
		}
	})
}

// A stretch is bounded where it says so, and by nothing else.
func TestStretches(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, _ *hand) {
		crowd(t, db, 12, 3) // ZF3, ZF6, ZF9 and ZF12 are of document=old, and ZF12 of new too
		storetest.Exec(t, db, `
update case_rows
set opened = 1000 + due - 1480000000000, touched = 2020 - (due - 1480000000000), state = case when due > 1480000000010 then 'paid' else 'entered' end`)
		all := []string{"entered", "paid"}
		for why, tt := range map[string]struct {
			st   docket.Stretch
			want string
		}{
			"opened":                   {docket.Stretch{States: all, OpenedFrom: 1002, OpenedTo: 1004}, "ZF4 ZF3 ZF2"},
			"opened since":             {docket.Stretch{States: all, OpenedFrom: 1010}, "ZF12 ZF11 ZF10"},
			"opened until":             {docket.Stretch{States: all, OpenedTo: 1002}, "ZF2 ZF1"},
			"touched":                  {docket.Stretch{States: all, TouchedFrom: 2009, TouchedTo: 2011}, "ZF11 ZF10 ZF9"},
			"touched since":            {docket.Stretch{States: all, TouchedFrom: 2018}, "ZF2 ZF1"},
			"touched until, one state": {docket.Stretch{States: all[:1], TouchedTo: 2010}, "ZF10"},
			"both":                     {docket.Stretch{States: all, OpenedFrom: 1003, OpenedTo: 1008, TouchedFrom: 2014, TouchedTo: 2020}, "ZF6 ZF5 ZF4 ZF3"},
			"one value":                {docket.Stretch{States: all, Field: "document", Values: []string{"old"}}, "ZF12 ZF9 ZF6 ZF3"},
			"several values, once":     {docket.Stretch{States: all, Field: "document", Values: []string{"none", "old", "new"}, OpenedFrom: 1009}, "ZF12 ZF9"},
			"another value":            {docket.Stretch{States: all, Field: "document", Values: []string{"ol"}}, ""},
		} {
			tt.st.Procedure = "payment"
			for _, size := range []int{2, 20} {
				var numbers []string
				for skip := 0; ; skip += size {
					rows, err := s.Within(t.Context(), tt.st, skip, size)
					must(t, err)
					for _, r := range rows {
						numbers = append(numbers, r.Number)
					}
					if len(rows) < size {
						break
					}
				}
				if got := strings.Join(numbers, " "); got != tt.want {
					t.Errorf("%s, %d at once: %s, want %s", why, size, got, tt.want)
				}
			}
		}
	})
}
