package casework_test

import (
	"slices"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
)

// closings are what closes the titles of duties and of their milestones to
// others than their parties.
var closings = []struct{ file, was, is string }{
	{"procedures/duty.yaml", "label: {zh: 任务名称, en: Title}, open: public", "label: {zh: 任务名称, en: Title}, open: case"},
	{"procedures/duty.yaml", "“{title}”", ""},                                                     // in a letter open to all staff
	{"procedures/duty.yaml", "publish: [confirmed, running, submitted, suspended, closed]\n", ""}, // the public is shown titles
	{"procedures/milestone.yaml", "publish: [running, submitted, done]\n", ""},
	{"procedures/milestone.yaml", "label: {zh: 年度任务, en: Milestone}, open: public", "label: {zh: 年度任务, en: Milestone}, open: case"},
}

// secretive is the pack with the titles of duties open to their parties alone.
func secretive(t testing.TB) *policy.Pack {
	t.Helper()
	all := packtest.Copy(t, packtest.Files(t))
	for _, c := range closings {
		text := string(all[c.file].Data)
		if !strings.Contains(text, c.was) {
			t.Fatalf("there is no %s in %s now", c.was, c.file)
		}
		all[c.file].Data = []byte(strings.Replace(text, c.was, c.is, 1))
	}
	return packtest.Load(t, all, ".")
}

func enterDuty(t testing.TB, d *docket.Docket, title, lead string) cases.Case {
	t.Helper()
	c, err := d.Begin(t.Context(), gov.NewID(caseworktest.Monday), "duty", cases.Input{Action: "enter",
		Actor:  cases.Actor{Kind: gov.StaffActor, Person: "office", Seats: []cases.Seat{{Unit: "zfb", Role: "supervision"}}},
		Values: cases.Values{"title": title, "text": title, "lead": []string{lead}, "end": "2016-12-31"}})
	check(t, err)
	return c
}

// Nobody finds a case by words they may not read; by its number everybody does,
// and no page tells of what is passed over.
func TestSearchOfClosedSubjects(t *testing.T) {
	t.Parallel()
	pack := secretive(t)
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			w, d := caseworktest.Office(t, pack, e)
			var last cases.Case
			for i := range 12 {
				lead := "fgw"
				if i%3 == 0 {
					lead = "czj"
				}
				last = enterDuty(t, d, "整治背街小巷"+string(rune('一'+i)), lead)
			}
			for _, tt := range []struct {
				who   string
				by    people.Standing
				words string
				want  int
			}{
				{"the office, a party of all", caseworktest.Officer(pack, "zfb", "supervision"), "小巷", 12},
				{"an auditor", caseworktest.Officer(pack, "zfb", "auditor"), "小巷", 12},
				{"the clerks of a lead unit", caseworktest.Officer(pack, "fgw", "clerk"), "小巷", 8},
				{"the clerks of another", caseworktest.Officer(pack, "czj", "clerk"), "小巷", 4},
				{"a clerk of neither", caseworktest.Officer(pack, "mzj", "clerk"), "小巷", 0},
				{"a clerk of neither, by number", caseworktest.Officer(pack, "mzj", "clerk"), last.Number, 1},
				{"a clerk of neither, by all numbers", caseworktest.Officer(pack, "mzj", "clerk"), "RW", 12},
				{"a clerk of neither, by number and word", caseworktest.Officer(pack, "mzj", "clerk"), last.Number + " 小巷", 0},
				{"a lead clerk, by number and word", caseworktest.Officer(pack, "fgw", "clerk"), last.Number + " 小巷", 1},
			} {
				for _, limit := range []int{1, 3, 4, 50} {
					var got []string
					for after, first := (gov.ID{}), true; first || !after.IsZero(); first = false {
						rows, next, err := w.Search(t.Context(), tt.by, tt.words, after, limit)
						check(t, err)
						if !next.IsZero() && len(rows) != limit || !first && len(rows) == 0 {
							t.Errorf("%s, %d to a page: one of %d is not the last", tt.who, limit, len(rows))
						}
						for _, r := range rows {
							got = append(got, r.Number)
							if strings.HasPrefix(tt.who, "a clerk of neither") && r.Subject != "" {
								t.Errorf("%s reads %q", tt.who, r.Subject)
							}
						}
						after = next
					}
					slices.Sort(got)
					if n := len(slices.Compact(slices.Clone(got))); n != tt.want || len(got) != n {
						t.Errorf("%s, %d to a page: found %q, want %d", tt.who, limit, got, tt.want)
					}
				}
			}
		})
	}
}

func TestFindByNumber(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	w, d := caseworktest.Office(t, pack, store.SQLite)
	c := enterDuty(t, d, "整治背街小巷", "fgw")
	clerk := caseworktest.Officer(pack, "mzj", "clerk")
	for _, number := range []string{c.Number} {
		if id, err := w.Find(t.Context(), clerk, number); err != nil || id != c.ID {
			t.Errorf("%q: %v, %v", number, id, err)
		}
	}
	if _, err := w.Find(t.Context(), clerk, "RW2016-9"); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("a number of no case: %v", err)
	}
	for _, by := range []people.Standing{people.Public(caseworktest.Monday), caseworktest.Officer(pack, "zfb", "administrator")} {
		if _, err := w.Find(t.Context(), by, c.Number); gov.CodeOf(err) != gov.Unknown && gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("%s finds it: %v", by.Name, err)
		}
		if _, _, err := w.Search(t.Context(), by, "小巷", gov.ID{}, 10); gov.CodeOf(err) != gov.Unknown && gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("%s searches: %v", by.Name, err)
		}
	}
}
