package applydb_test

import (
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/registers"
	"quanxiang/store/applytest"
	"quanxiang/support/apply"
)

// listed puts an organisation on a list of the market's register.
func listed(t testing.TB, r *applytest.Room, kind string, item map[string]string) {
	t.Helper()
	target, err := registers.NewTarget(r.Pack, "market", kind, "gsfj")
	must(t, err)
	item["subject"], item["date"] = r.Firm.Code, gov.DateOf(r.Now).String()
	pushed, err := r.Registers.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, []map[string]string{item})
	must(t, err)
	if len(pushed.Mistakes) > 0 {
		t.Fatalf("%+v", pushed.Mistakes[0])
	}
}

func serious(t testing.TB, r *applytest.Room) {
	listed(t, r, "serious", map[string]string{"number": "虚构列字〔2016〕1号", "reason": "虚构的严重违法"})
}

func handedIn(t testing.TB, r *applytest.Room) gov.ID {
	t.Helper()
	id := draft(t, r, r.Firm, "16号")
	must(t, r.Submit(t.Context(), r.Firm, id, version(t, r, r.Firm, id), gov.ID{}, apply.SubmitAct))
	return id
}

// Who is on the list of serious violations is refused when the form is in order, with the
// ground; who comes onto it later is refused at the decision; what only asks for a closer
// look refuses nobody.
func TestBarred(t *testing.T) {
	t.Parallel()
	applytest.Run(t, packtest.Xicheng(t), func(t *testing.T, r *applytest.Room) {
		listed(t, r, "abnormal", map[string]string{"number": "虚构异字〔2016〕1号", "reason": "address"})
		late := handedIn(t, r)
		correct(t, r, r.Clerk, late, "认定", `"认定企业"`, "在认定企业名录中")
		review(t, r, late)
		settle(t, r, late)

		serious(t, r)
		refused(t, decide(t, r, late), gov.Conflict, "联合惩戒")
		if got := r.State(t, late); got != "settled" {
			t.Errorf("state %s after a decision that was refused", got)
		}
		if had, err := r.Money.Paid(t.Context(), r.Firm.Code); err != nil || len(had.Payments) != 0 {
			t.Errorf("promised %+v %v", had, err)
		}

		early := handedIn(t, r)
		r.Do(t, r.Clerk, early, "accept", map[string]any{"opinion": "齐全"})
		if got := r.State(t, early); got != "refused" {
			t.Errorf("state %s of one on the list", got)
		}
		c, _, err := r.Docket.Case(t.Context(), early)
		must(t, err)
		for _, want := range []string{"联合惩戒", "严重违法失信", "西政办发〔2016〕15号"} {
			if !strings.Contains(c.Values.Text("reason"), want) {
				t.Errorf("the reason does not say %s: %s", want, c.Values.Text("reason"))
			}
		}
		looks, err := r.Registers.Store.Looks(t.Context(), "market", r.Firm.Code, 50)
		must(t, err)
		if len(looks) == 0 {
			t.Error("nobody can see that the register was asked")
		}
	})
}
