package my_test

import (
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
)

// A volunteer who signed in sees what each report earned and why; what was not
// confirmed earns nothing, and nobody else sees any of it.
func TestEarned(t *testing.T) {
	t.Parallel()
	h := open(t)
	acceptor := h.desk.Enter(t, "受理甲", "shou", "cgzx-jd", "acceptor")
	watch := h.desk.Enter(t, "监督乙", "jian", "cgzx-jd", "supervisor")
	b := h.browser()
	if a := b.get("/my/earned"); a.path != "/my/login" {
		t.Fatalf("without a login: %s", a.path)
	}
	b.post("/my/login", "address", "13812345678")
	a := b.post("/my/code", "code", h.code("13812345678"))
	has(t, "the list", a.body, "/my/earned")
	has(t, "nothing yet", b.get("/my/earned").body, "还没有计时长的上报")
	for i, found := range []string{"genuine", "nothing", "", "plain"} {
		path := "/report/report/report"
		token := formToken.FindStringSubmatch(b.get(path).body)[1]
		h.now = h.now.Add(time.Minute)
		volunteer := "true"
		if found == "plain" {
			volunteer = "false"
		}
		sent := b.post(path, "form", token, "f-about", "路面塌陷"+string(rune('A'+i)), "f-street", "110102011", "f-volunteer", volunteer, "mobile", "13812345678")
		if sent.status != 200 {
			t.Fatalf("the report is answered with %d: %s", sent.status, sent.body)
		}
		id, err := gov.ParseID(sent.path[len("/my/cases/"):][:36])
		check(t, err)
		if found != "genuine" && found != "nothing" {
			continue
		}
		for _, step := range []struct {
			by     people.Standing
			action string
			values cases.Values
		}{{acceptor, "ask_verify", nil}, {watch, "verify_before", cases.Values{"verified": found}}} {
			step.by.At = h.now
			check(t, h.desk.Casework.Act(t.Context(), step.by, docket.Step{Case: id}, step.action, step.values, ""))
		}
	}
	page := b.get("/my/earned").body
	has(t, "what was earned", page, "60 分钟", "1 件计入", "路面塌陷A", "现场核实属实，计一小时", "路面塌陷B", "不属实或未找到，不计", "路面塌陷C", "待核实")
	lacks(t, "what was earned", page, "路面塌陷D", "13812345678")
	if a := h.browser().get("/my/earned"); a.path != "/my/login" {
		t.Errorf("somebody else is led to %s", a.path)
	}
}
