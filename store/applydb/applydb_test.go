package applydb_test

import (
	"encoding/json"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/store/applytest"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/store/storetest"
	"quanxiang/support/apply"
	"quanxiang/support/fund"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, err error, code gov.Code, words string) {
	t.Helper()
	if err == nil || gov.CodeOf(err) != code || !strings.Contains(gov.TextOf(err, gov.ZH), words) {
		t.Errorf("%v, wanted %s with %q", err, code, words)
	}
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

const loans = `[{"实付利息":"50万元","基准利息":"50万元","经投融资平台":true,"用于创业创新":true}]`

// draft begins an application for documents and proves its loans.
func draft(t testing.TB, r *applytest.Room, o apply.Organisation, docs ...string) gov.ID {
	t.Helper()
	id := gov.NewID(r.Now)
	must(t, r.Begin(t.Context(), o, apply.Start{ID: id, Applicant: "企业", Year: 2016, Documents: docs, Contact: gov.NewID(r.Now).String(),
		Facts: map[string]json.RawMessage{"贷款": raw(loans), "认定": raw(`"认定企业"`)}}))
	h, _, err := r.Own(t.Context(), o, id)
	must(t, err)
	must(t, r.Save(t.Context(), o, id, h.Claim.Version, gov.ID{}, []apply.Edit{{Name: "贷款", Value: raw(loans), Add: []string{r.Evidence(t, o, id)}}}))
	return id
}

func version(t testing.TB, r *applytest.Room, o apply.Organisation, id gov.ID) int64 {
	t.Helper()
	h, _, err := r.Own(t.Context(), o, id)
	must(t, err)
	return h.Claim.Version
}

func correct(t testing.TB, r *applytest.Room, by people.Standing, id gov.ID, name, value, why string) {
	t.Helper()
	h, _, err := r.Look(t.Context(), by, id)
	must(t, err)
	must(t, r.Correct(t.Context(), by, id, h.Claim.Version, gov.ID{}, name, raw(value), why))
}

// review takes a submitted application to the end of its notice.
func review(t testing.TB, r *applytest.Room, id gov.ID) {
	t.Helper()
	r.Do(t, r.Clerk, id, "accept", map[string]any{"opinion": "齐全"})
	if got := r.State(t, id); got != "reviewing" {
		t.Fatalf("state %s after the formal check", got)
	}
	list, err := r.Docket.Children(t.Context(), id)
	must(t, err)
	for _, k := range list {
		who := map[string]people.Standing{"kxw": r.Science, "czj": r.Finance}[k.Units[0]]
		if who.Person.IsZero() {
			who = r.Officer("whw", "reviewer")
		}
		r.Do(t, who, k.ID, "give", map[string]any{"verdict": "agree", "opinion": "条件符合"})
	}
	r.Do(t, r.Clerk, id, "list", nil)
	r.Do(t, r.Head, id, "announce", map[string]any{"committee": "第3次会议通过"})
}

// An application goes from a draft to money, and its decision is computed again byte for
// byte; a second one for the same nature is excluded with the clause.
func TestLife(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		ctx := t.Context()
		id := draft(t, r, r.Firm, "16号", "18号")
		h, s, err := r.Own(ctx, r.Firm, id)
		must(t, err)
		if s.State.ID != "drafting" || h.Claim.Version != 2 || len(h.Claim.Files()) != 1 {
			t.Errorf("draft %s, version %d, files %v", s.State.ID, h.Claim.Version, h.Claim.Files())
		}
		if _, ok := h.Claim.Fact("认定"); ok {
			t.Error("an applicant said what an office sets")
		}
		if _, _, err := r.Own(ctx, r.Other, id); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("another organisation: %v", err)
		}
		if _, _, err := r.Look(ctx, r.Stranger, id); err == nil {
			t.Error("staff who have nothing to do with it read a claim")
		}
		if err := r.Work.ResidentAct(ctx, r.Resident(r.Firm), docket.Step{Case: id}, "submit", cases.Values{}); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("handed in behind the room's back: %v", err)
		}
		must(t, r.Submit(ctx, r.Firm, id, h.Claim.Version, gov.ID{}, apply.SubmitAct))
		refused(t, r.Try(t, r.Head, id, "decide", map[string]any{"decision_number": "1"}), gov.Conflict, "")

		// What an office sets is open until somebody sets it, with a reason.
		r.Do(t, r.Clerk, id, "ask", map[string]any{"missing": "付息凭证缺公章"})
		must(t, r.Submit(ctx, r.Firm, id, version(t, r, r.Firm, id), gov.ID{}, apply.ResubmitAct))
		refused(t, r.Correct(ctx, r.Stranger, id, 4, gov.ID{}, "认定", raw(`"认定企业"`), "名录在册"), gov.Forbidden, "")
		refused(t, r.Correct(ctx, r.Clerk, id, 4, gov.ID{}, "认定", raw(`"认定企业"`), ""), gov.Invalid, "理由")
		correct(t, r, r.Clerk, id, "认定", `"认定企业"`, "在认定企业名录中")
		correct(t, r, r.Clerk, id, "出版园认定", `true`, "审核认定文件")
		review(t, r, id)
		c, _, err := r.Docket.Case(ctx, id)
		must(t, err)
		if c.Values["amount"] != int64(250_000_00) || !strings.Contains(c.Values.Text("excluded"), "18号") {
			t.Errorf("amount %v, excluded %q, open %q", c.Values["amount"], c.Values.Text("excluded"), c.Values.Text("open_facts"))
		}
		settle(t, r, id)
		r.Do(t, r.Head, id, "decide", map[string]any{"decision_number": "西园管发〔2016〕1号"})
		replayed(t, r, id)
		if had, err := r.Money.Paid(ctx, r.Firm.Code); err != nil || len(had.Payments) != 1 || had.Payments[0].Amount != 250_000_00 {
			t.Errorf("promised %+v %v", had, err)
		}

		resealtest.Rotate(t, r.DB, r.Pack.District, r.Money.Keys, "application_versions", "decisions")
		replayed(t, r, id)

		// A second one of the same nature is not had in the same year.
		second := draft(t, r, r.Firm, "18号")
		correct2, _, err := r.Own(ctx, r.Firm, second)
		must(t, err)
		if x := correct2.Outcome.Excluded; len(x) != 1 || x[0].Benefit != "18号.贷款贴息" || x[0].By != "16号.贷款贴息" || !strings.Contains(strings.Join(x[0].Clauses, " "), "28") {
			t.Errorf("excluded %+v", x)
		}

		refused(t, r.Submit(ctx, r.Firm, second, correct2.Claim.Version, gov.ID{}, apply.SubmitAct), gov.Conflict, "16号第二十八条")

		promise, err := r.Money.OfCase(ctx, id)
		must(t, err)
		told := fund.Notice{Promise: promise[0].ID, Case: id, State: fund.Paid, Amount: 250_000_00, On: gov.DateOf(r.Now)}
		must(t, r.Told(ctx, told))
		must(t, r.Told(ctx, told))
		if got := r.State(t, id); got != "closed" {
			t.Errorf("state %s after payment", got)
		}
		replayed(t, r, id) // what was paid since changes nothing
		must(t, storetest.Sequencer(t, r.DB).Sequence(ctx))
		if _, found := storetest.Verify(t, r.DB); len(found) > 0 {
			t.Errorf("the ledger finds %v", found)
		}
	})
}

// settle lets the notice run out.
func settle(t testing.TB, r *applytest.Room, id gov.ID) {
	t.Helper()
	r.Later(t, 30)
	if _, err := r.Docket.Stir(t.Context(), r.Now, 50); err != nil {
		t.Fatal(err)
	}
	if got := r.State(t, id); got != "settled" {
		t.Fatalf("state %s after the notice", got)
	}
}

func replayed(t testing.TB, r *applytest.Room, id gov.ID) {
	t.Helper()
	c, _, err := r.Docket.Case(t.Context(), id)
	must(t, err)
	got, err := r.ReplayCase(t.Context(), c.Number)
	must(t, err)
	if !got.Whole || !got.Same || got.Differs != -1 {
		t.Errorf("computed again: %+v", got)
	}
}
