package casedb_test

import (
	"fmt"
	"slices"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

func pay(t testing.TB, s *docket.Docket, h *hand, purpose string) cases.Case {
	t.Helper()
	c, err := s.Begin(t.Context(), gov.NewID(h.Now()), "payment", cases.Input{Action: "enter", Actor: li,
		Values: cases.Values{"purpose": purpose, "unit": "fgw", "amount": int64(80050), "account": "6222"}})
	must(t, err)
	return c
}

// search collects the subjects of all pages of a search.
func search(t testing.TB, s *docket.Docket, words string, limit int) (found []string) {
	t.Helper()
	for after, first := (gov.ID{}), true; first || !after.IsZero(); first = false {
		list, next, err := s.Search(t.Context(), words, after, limit)
		must(t, err)
		if len(list) > limit || !next.IsZero() && len(list) != limit {
			t.Fatalf("%q: a page of %d rows, %d asked for", words, len(list), limit)
		}
		for _, r := range list {
			found = append(found, r.Subject)
		}
		after = next
	}
	return found
}

// A case is found by every word of its number and subject, and by no word that
// only their characters would make; also after its subject has changed.
func TestSearch(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		for i, purpose := range []string{"印刷宣传手册", "购买绿化苗木（2016 年）", "整治背街小巷", "印刷 A4 表格", "Hydrant repair"} {
			h.set(t, fmt.Sprintf("2016-10-10 09:%02d", i))
			pay(t, s, h, purpose)
		}
		for _, tt := range []struct {
			words string
			want  []string
		}{
			{"印刷", []string{"印刷 A4 表格", "印刷宣传手册"}},
			{"册", []string{"印刷宣传手册"}},
			{"印刷 手册", []string{"印刷宣传手册"}},
			{"印手", nil},
			{"(2016年)", []string{"购买绿化苗木（2016 年）"}},
			{"FK2016-0003", []string{"整治背街小巷"}},
			{"fk2016-0003", []string{"整治背街小巷"}},
			{"0003 小巷", []string{"整治背街小巷"}},
			{"0003整治", nil}, // from the number into the subject
			{"03", nil},
			{"hyd", []string{"Hydrant repair"}},
			{"drant", nil},
			{"\" AND *", nil},
			{"", nil},
			{"。", nil},
		} {
			if got := search(t, s, tt.words, 10); !slices.Equal(got, tt.want) {
				t.Errorf("%q finds %q, want %q", tt.words, got, tt.want)
			}
		}
		if all := search(t, s, "fk", 2); len(all) != 5 || all[0] != "Hydrant repair" || all[4] != "印刷宣传手册" {
			t.Errorf("in pages of two: %q", all)
		}

		id, err := s.Find(t.Context(), "FK2016-0001")
		must(t, err)
		_, err = s.Act(t.Context(), docket.Step{Case: id}, cases.Input{Action: "send_back", Actor: wang, Values: cases.Values{"reason": "重填"}})
		must(t, err)
		_, err = s.Act(t.Context(), docket.Step{Case: id}, cases.Input{Action: "amend", Actor: li, Values: cases.Values{"purpose": "装订档案"}})
		must(t, err)
		if old, now := search(t, s, "宣传", 10), search(t, s, "档案", 10); len(old) != 0 || len(now) != 1 {
			t.Errorf("after the change %q and %q", old, now)
		}

		relist(t, db, s)
		if got := search(t, s, "印刷", 10); len(got) != 1 {
			t.Errorf("derived again: %q", got)
		}
		pay(t, s, h, "后来的印刷")
		if got := search(t, s, "印刷", 1); !slices.Equal(got, []string{"后来的印刷", "印刷 A4 表格"}) {
			t.Errorf("after that: %q", got)
		}
	})
}

// Many cases with a word and few with it are found alike.
func TestSearchBehindTheNewest(t *testing.T) {
	run(t, func(t *testing.T, db *store.DB, s *docket.Docket, h *hand) {
		first := pay(t, s, h, "最早的一件")
		h.set(t, "2016-10-10 09:01")
		for range 3 {
			pay(t, s, h, "后来")
		}
		// Cases that are many and of no other use here.
		if db.Engine() == store.Postgres {
			storetest.Exec(t, db, `insert into case_terms (district, case_id, terms)
select '`+string(storetest.District)+`', 'f' || substr(cast(1000000 + n as text), 2), '别的:1'::tsvector from generate_series(1, 5000) n`)
		}
		if got := search(t, s, "最早", 1); len(got) != 1 {
			t.Errorf("found %q", got)
		}
		if got := search(t, s, first.Number+" 一件", 1); len(got) != 1 {
			t.Errorf("by its number found %q", got)
		}
		if got := search(t, s, "后来", 2); len(got) != 3 {
			t.Errorf("found %q", got)
		}
	})
}
