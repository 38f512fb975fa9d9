package apply_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"quanxiang/gov"
	"quanxiang/support/apply"
	"quanxiang/web/webtest"
)

// A prize that is entered twice is told at the second; what was typed stays, and nothing is
// kept. Amounts are taken as officials write them.
func TestEnteredTwice(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Represent(t, s.register, s.Firm, "yun@example.cn", s.Now.AddDate(1, 0, 0).Format("2006-01-02"))
	id := gov.NewID(s.Now)
	must(t, s.Begin(t.Context(), s.Firm, apply.Start{ID: id, Applicant: "企业", Year: 2016, Documents: []string{"16号"}, Contact: gov.NewID(s.Now).String(),
		Facts: map[string]json.RawMessage{"科技奖项": json.RawMessage(`[]`)}}))
	yun := s.browser(t, "yun@example.cn")
	at := "/apply/" + id.String()
	ask := func(benefit string, typed map[string]string) (int, string, string) {
		t.Helper()
		status, form, _ := s.get(t, yun, at+"/facts?"+url.Values{"benefit": {benefit}}.Encode())
		if status != http.StatusOK {
			t.Fatalf("the form of %s: %d", benefit, status)
		}
		return s.post(t, yun, at+"/facts", with(form, typed))
	}
	prizes := map[string]string{"n.科技奖项": "2", "facts.科技奖项[0].奖项": "虚构科技奖甲", "facts.科技奖项[0].级别": "国家", "facts.科技奖项[1].奖项": "虚构科技奖 甲", "facts.科技奖项[1].级别": "市级"}
	status, body, _ := ask("16号.奖项奖励", prizes)
	if status != http.StatusUnprocessableEntity || !regexp.MustCompile(`第 2 项与第 1 项的奖项相同：一个奖项只填一项[^<]*</p>\s*<input[^>]*name="facts\.科技奖项\[1\]\.奖项"[^>]*value="虚构科技奖 甲"`).MatchString(body) {
		t.Errorf("entered twice: %d", status)
	}
	h, _, err := s.Own(t.Context(), s.Firm, id)
	must(t, err)
	if f, _ := h.Claim.Fact("科技奖项"); string(f.Value) != "[]" {
		t.Errorf("it was kept: %s", f.Value)
	}
	prizes["facts.科技奖项[1].奖项"] = "虚构科技奖乙"
	if status, _, _ = ask("16号.奖项奖励", prizes); status != http.StatusOK {
		t.Errorf("two prizes: %d", status)
	}

	for typed, want := range map[string]string{"１２.５万": "12.5万元", "125，000": "12.5万元"} {
		if status, _, _ = ask("16号.贷款贴息", map[string]string{"n.贷款": "1", "facts.贷款[0].实付利息": typed, "facts.贷款[0].基准利息": typed, "facts.贷款[0].经投融资平台": "yes", "facts.贷款[0].用于创业创新": "yes"}); status != http.StatusOK {
			t.Errorf("%s: %d", typed, status)
		}
		_, body, _ := s.get(t, yun, at)
		webtest.Says(t, body, "实付利息："+want)
	}
}
