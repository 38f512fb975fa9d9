package desk_test

import (
	"net/http"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/store/storetest"
	"quanxiang/web/desk"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

// Every page in every language is type-checked against the view it is executed
// with.
func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 7, func(e *ui.Engine) error {
		_, err := desk.New(desk.Deps{Engine: e})
		return err
	})
}

// enter begins a duty of the development commission and returns its address.
func enter(s *someone, title string) string {
	s.Helper()
	path := "/desk/new/duty/enter"
	p := s.get(path).is(http.StatusOK)
	form := p.form(path, "f-title", title, "f-text", "第一行\n第二行", "f-document", "西政发〔2016〕8号", "f-item_no", "6",
		"f-lead", "fgw", "f-support", "czj", "f-leaders", "deputy-executive", "f-end", "2018-12-31")
	at, _, _ := strings.Cut(s.post(path, form).is(http.StatusSeeOther).head.Get("Location"), "?")
	return at
}

// The life of a duty, by the hands of those who have to do with it.
func TestLifeOfADuty(t *testing.T) {
	t.Parallel()
	o := setup(t)
	office := o.person("督查甲", "zfb supervision")
	second := o.person("督查乙", "zfb supervision")
	clerk := o.person("经办丙", "fgw clerk")
	head := o.person("负责丁", "fgw lead")
	leader := o.person("领导戊", "qzf leader deputy-executive")

	office.get("/desk/new").is(200).says("登记任务", "任务")
	at := enter(office, "疏解非首都功能")
	if to := clerk.get("/desk/cases/RW2016-0001").is(http.StatusSeeOther).head.Get("Location"); to != at {
		t.Errorf("its number leads to %q, not to %q", to, at)
	}
	clerk.get("/desk/cases/RW2016-0002").is(http.StatusNotFound).says("没有这件案件")
	office.get(at+"?done=1").is(200).says("已办理：登记任务", "RW2016-0001", "疏解非首都功能", "待确认", "未下达", "牵头单位", "区发展改革委", "督查人员", "您现在可以办理", "确认并下达")
	office.get("/desk").is(200).says("疏解非首都功能", "RW2016-0001", "待确认")

	// Confirming asks for what is there already: nothing is typed anew.
	p := office.get(at + "/do/confirm").is(200)
	for _, want := range []string{`value="疏解非首都功能"`, `value="fgw" checked`, `value="czj" checked`, `value="deputy-executive" checked`, `value="2018-12-31"`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	form := p.form(at+"/do/confirm", "f-title", "疏解非首都功能", "f-lead", "fgw", "f-support", "czj", "f-leaders", "deputy-executive", "f-start", "2019-01-01", "f-end", "2018-12-31")
	office.post(at+"/do/confirm", form).is(http.StatusConflict).says("完成期限早于开始日期")
	form.Set("f-start", "")
	office.post(at+"/do/confirm", form).follow().says("待签收", "已办理：确认并下达", "待确认 → 待签收")

	clerk.get("/desk").is(200).says("疏解非首都功能", "待签收", "剩")
	clerk.do(at, "accept").follow().says("办理中", "经办丙")
	clerk.do(at, "split", "f-years", "3").follow().says("分解年度任务", "疏解非首都功能（2016年）", "疏解非首都功能（2018年）", "ND2016-0001")
	p = clerk.get(at + "/do/update")
	form = p.form(at+"/do/update", "f-progress", "60", "f-report", "已完成前期工作")
	clerk.postFiles(at+"/do/update", form, upload{"f-evidence", "现场 照片.png", pictureOf(t, 40, 30)}).follow().
		says("完成进度", "60%", "已完成前期工作", "现场 照片.jpg", "佐证材料")
	// What no form could bring about now is no form: the reason stands there.
	clerk.get(at).is(200).says("现在不能办理", "申请办结 还有未完成的年度任务").hides(at + "/do/submit")
	clerk.get(at+"/do/submit").is(http.StatusConflict).says("没有办理", "还有未完成的年度任务")
	form = clerk.get(at+"/do/update").form(at+"/do/update", "f-report", "完成") // a form of before the split
	clerk.post(at+"/do/submit", form).is(http.StatusConflict).says("没有办理", "您填写的内容")

	// A milestone runs a life of its own; the duty waits for all of them.
	children, err := o.docket.Children(t.Context(), caseOf(t, at))
	must(t, err)
	for _, child := range children {
		c := "/desk/cases/" + child.ID.String()
		clerk.get(c).is(200).says("RW2016-0001", "年度任务") // and back to the duty
		clerk.do(c, "plan", "f-title", "年度", "f-goal", "目标", "f-due", "2017-12-31").is(http.StatusSeeOther)
		clerk.do(c, "submit", "f-report", "做完了").is(http.StatusSeeOther)
		head.do(c, "approve").follow().says("已完成")
	}
	sha := fileOf(t, clerk.get(at).body)
	clerk.do(at, "submit", "f-report", "完成").is(http.StatusUnprocessableEntity).says("填写有误", "请上传“佐证材料”")
	clerk.do(at, "submit", "f-report", "全部完成", "f-evidence", sha).follow().says("待核验", "100%", "60% → 100%")

	// Four eyes: who confirmed does not verify.
	office.get(at).is(200).says("现在不能办理 核验办结 经手过此事的人不能“核验办结”，须由未经办此事的督查人员办理").hides(at + "/do/close")
	office.get(at+"/do/close").is(http.StatusForbidden).says("没有办理", "经手过此事的人")
	clerk.get(at).is(200).hides("现在不能办理") // it was never theirs
	second.do(at, "close").follow().says("已办结", "核验办结")
	leader.get(at).is(200).says("已办结", "督查乙")

	history, err := o.docket.History(t.Context(), caseOf(t, at), 0)
	must(t, err)
	for _, e := range history {
		if e.Kind == cases.Acted && e.By.Person == "" && e.By.Kind != gov.SystemActor {
			t.Errorf("nobody did %s", e.Action)
		}
	}
	storetest.Sound(t, o.db)
}

func caseOf(t testing.TB, at string) gov.ID {
	t.Helper()
	id, err := gov.ParseID(strings.TrimPrefix(at, "/desk/cases/"))
	must(t, err)
	return id
}

func fileOf(t testing.TB, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, "/files/")
	if !ok || len(rest) < 64 {
		t.Fatal("the page has no file")
	}
	return rest[:64]
}
