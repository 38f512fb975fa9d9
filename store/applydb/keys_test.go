package applydb_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/store"
	"quanxiang/store/applytest"
	"quanxiang/store/dumpdb"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/support/apply"
	"quanxiang/support/fund"
)

// prize is an award of science and technology: 5, 8 or 10 万元 by its level, each once.
type prize struct{ name, level string }

// prizes takes an application for prizes of a year to the end of its notice and returns it.
func prizes(t testing.TB, r *applytest.Room, year int, list ...prize) gov.ID {
	t.Helper()
	id := applied(t, r, year, list...)
	review(t, r, id)
	settle(t, r, id)
	return id
}

// applied hands in an application for prizes, with what an office sets.
func applied(t testing.TB, r *applytest.Room, year int, list ...prize) gov.ID {
	t.Helper()
	rows := []string{}
	for _, p := range list {
		rows = append(rows, fmt.Sprintf(`{"奖项":%q,"级别":%q}`, p.name, p.level))
	}
	value := raw("[" + strings.Join(rows, ",") + "]")
	id := gov.NewID(r.Now)
	must(t, r.Begin(t.Context(), r.Firm, apply.Start{ID: id, Applicant: "企业", Year: year, Documents: []string{"16号"}, Contact: gov.NewID(r.Now).String(), Facts: map[string]json.RawMessage{"科技奖项": value}}))
	must(t, r.Save(t.Context(), r.Firm, id, version(t, r, r.Firm, id), gov.ID{}, []apply.Edit{{Name: "科技奖项", Value: value, Add: []string{r.Evidence(t, r.Firm, id)}}}))
	must(t, r.Submit(t.Context(), r.Firm, id, version(t, r, r.Firm, id), gov.ID{}, apply.SubmitAct))
	correct(t, r, r.Clerk, id, "认定", `"认定企业"`, "在认定企业名录中")
	return id
}

func decide(t testing.TB, r *applytest.Room, id gov.ID) error {
	t.Helper()
	return r.Try(t, r.Head, id, "decide", map[string]any{"decision_number": "西园管发〔2016〕9号"})
}

// wan is what was promised to the room's firm, in 万元 by year and key.
func wan(t testing.TB, r *applytest.Room) map[string]int64 {
	t.Helper()
	had, err := r.Money.Paid(t.Context(), r.Firm.Code)
	must(t, err)
	out := map[string]int64{}
	for _, p := range had.Payments {
		out[fmt.Sprint(p.Year, " ", p.Key)] += p.Amount / 1_000_000
	}
	return out
}

// Each prize is had once, over applications of a year and over years: the money is
// promised for it by its name.
func TestEachItemOnce(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		r.Money.Budget(t, "16号", 2017, "", 10_000_000)
		first, second, third := prize{"虚构科技奖甲", "市级"}, prize{"虚构科技奖乙", "国家"}, prize{"虚构科技奖丙", "国际"}
		one := prizes(t, r, 2016, first, second)
		must(t, decide(t, r, one))
		replayed(t, r, one)

		resealtest.Rotate(t, r.DB, r.Pack.District, r.Money.Keys, "fund_journal", "fund_promises")
		// Another of the same year: what was had is not had again, what is new is not less
		// for it, whether the earlier prize is stated again or not.
		two := prizes(t, r, 2016, first, third)
		must(t, decide(t, r, two))
		replayed(t, r, two)
		if got, want := wan(t, r), map[string]int64{"2016 虚构科技奖甲": 5, "2016 虚构科技奖乙": 8, "2016 虚构科技奖丙": 10}; !same(got, want) {
			t.Errorf("promised %v, wanted %v", got, want)
		}

		// The page of a decided application shows what was decided.
		h, _, err := r.Own(t.Context(), r.Firm, one)
		must(t, err)
		if got := apply.Sum(h.Outcome); got != 13_000_000 {
			t.Errorf("the decided application says %d", got)
		}

		// In the next year each is once still.
		three := applied(t, r, 2017, first, prize{"虚构科技奖丁", "市级"})
		review(t, r, three)
		c, _, err := r.Docket.Case(t.Context(), three)
		must(t, err)
		if c.Values["amount"] != int64(5_000_000) {
			t.Errorf("a prize of the year before gives %v", c.Values["amount"])
		}
		settle(t, r, three)
		must(t, decide(t, r, three))
		if got := wan(t, r); got["2017 虚构科技奖丁"] != 5 || got["2017 虚构科技奖甲"] != 0 {
			t.Errorf("promised %v", got)
		}

		// Whoever looks into the database finds no key: it may be somebody's name.
		must(t, r.DB.Read(t.Context(), r.Pack.District, func(tx *store.Tx) error {
			return dumpdb.Dump(t.Context(), tx, func(table string, row []byte) error {
				if tells(row, first.name) && strings.HasPrefix(table, "fund_") {
					t.Errorf("a row of %s tells the key: %s", table, row)
				}
				return nil
			})
		}))
	})
}

func same(a, b map[string]int64) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// tells reports that a dumped row has a text in it, in a column of text or of bytes.
func tells(row []byte, text string) bool {
	var columns map[string]any
	if json.Unmarshal(row, &columns) != nil {
		return true // not what this reads
	}
	for _, c := range columns {
		s, _ := c.(string)
		b, err := base64.StdEncoding.DecodeString(s)
		if strings.Contains(s, text) || err == nil && strings.Contains(string(b), text) {
			return true
		}
	}
	return false
}

// Four applications for the same prize are decided at once: one has it.
func TestOnceAtOnce(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		var ids []gov.ID
		for i := range 4 {
			id := applied(t, r, 2016, prize{"虚构科技奖甲", "国家"}, prize{fmt.Sprintf("虚构科技奖%d", i), "市级"})
			review(t, r, id)
			ids = append(ids, id)
		}
		r.Later(t, 30)
		_, err := r.Docket.Stir(t.Context(), r.Now, 50)
		must(t, err)
		var all sync.WaitGroup
		failed := make([]error, len(ids))
		for i, id := range ids {
			all.Go(func() { failed[i] = decide(t, r, id) })
		}
		all.Wait()
		done := 0
		for i, err := range failed {
			switch gov.CodeOf(err) {
			case "":
				done++
			case gov.Conflict:
			default:
				t.Errorf("decision %d: %v", i, err)
			}
		}
		if done != 1 {
			t.Errorf("%d of four were decided on the amounts announced: %v", done, failed)
		}

		// The others are put on the list again and come to what is left for them.
		for i, id := range ids {
			if failed[i] == nil {
				continue
			}
			r.Do(t, r.Head, id, "again", map[string]any{"reason": "本年度已获得其中一项，重新测算"})
			r.Do(t, r.Clerk, id, "list", nil)
			c, _, err := r.Docket.Case(t.Context(), id)
			must(t, err)
			if c.Values["amount"] != int64(5_000_000) {
				t.Errorf("application %d comes to %v", i, c.Values["amount"])
			}
			r.Do(t, r.Head, id, "announce", map[string]any{"committee": "第5次会议通过"})
			settle(t, r, id)
			must(t, decide(t, r, id))
		}
		had, err := r.Money.Paid(t.Context(), r.Firm.Code)
		must(t, err)
		if len(had.Payments) != 5 || slices.ContainsFunc(had.Payments, func(p fund.Payment) bool { return p.Amount > 8_000_000 }) {
			t.Errorf("promised %+v", had.Payments)
		}
	})
}
