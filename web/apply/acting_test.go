package apply_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/registers"
	"quanxiang/residents"
	"quanxiang/store"
	"quanxiang/store/applytest"
	"quanxiang/support/judge"
	"quanxiang/support/prefill"
	"quanxiang/web/apply"
	"quanxiang/web/entitled"
	"quanxiang/web/my"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 5, func(e *ui.Engine) error {
		_, err := apply.New(apply.Deps{Engine: e})
		return err
	})
}

// site is where organisations see to their matters.
type site struct {
	*applytest.Room
	store    *store.Residents
	register *residents.Register
	srv      *httptest.Server
}

func open(t *testing.T) *site {
	t.Helper()
	s := &site{Room: applytest.New(t, store.SQLite, packtest.Xicheng(t))}
	keys, clock := privacy.NewKeyring(), s.Clock
	s.store = s.DB.Residents(s.Pack.District, keys)
	d := webtest.OpenDesk(t, s.Pack)
	s.register = residents.New(residents.Config{Store: s.store, Keys: keys, Clock: clock, Looks: d.Office, Name: s.Pack.Name})
	days := func(context.Context) calendar.Calendar { return calendar.Seed() }
	theirs, err := my.New(my.Deps{Engine: d.Engine, Pack: s.Pack, Casework: s.Work, Register: s.register, Clock: clock, Calendar: days, Acts: s.Applications, BaseURL: "http://policy.example"})
	must(t, err)
	current := func() *policy.Pack { return s.Pack }
	stands, err := entitled.New(entitled.Deps{Engine: d.Engine, Pack: s.Pack, Registers: s.Registers, Judge: &judge.Judge{Prefill: prefill.New(s.Registers.Store, current, clock), Pack: current}, Clock: clock, My: theirs})
	must(t, err)
	k, err := apply.New(apply.Deps{Engine: d.Engine, Pack: s.Pack, Support: s.Applications, Casework: s.Work, Register: s.register, My: theirs, Calendar: days, Entitled: stands.Of, Clock: clock})
	must(t, err)
	s.srv = d.Serve(t, people.Public(s.Now), theirs.Mount, stands.Mount, k.Mount)
	target, err := registers.NewTarget(s.Pack, "incubators", "", "xcy")
	must(t, err)
	out, err := s.Registers.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, []map[string]string{
		{"key": "JD-1", "name": "虚构云帆孵化基地", "kind": "base", "operator": s.Firm.Code, "state": "active", "ground": "certified"},
		{"key": "JD-2", "name": "虚构北斗孵化基地", "kind": "base", "operator": s.Other.Code, "state": "active", "ground": "recognised"}})
	must(t, err)
	if len(out.Mistakes) > 0 {
		t.Fatalf("%+v", out.Mistakes[0])
	}
	return s
}

// browser is somebody's who signed in at an address.
func (s *site) browser(t *testing.T, address string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	c := &http.Client{Jar: jar}
	s.post(t, c, "/my/login", url.Values{"address": {address}})
	list, err := s.store.Due(t.Context(), 100)
	must(t, err)
	for _, d := range list {
		if x, err := s.store.Challenge(t.Context(), d.Target); err == nil && x.Address.Value == address {
			s.post(t, c, "/my/code", url.Values{"code": {x.Code}})
			return c
		}
	}
	t.Fatalf("no code for %s", address)
	return nil
}

func (s *site) get(t *testing.T, c *http.Client, path string) (int, string, string) {
	t.Helper()
	r, err := c.Get(s.srv.URL + path)
	must(t, err)
	return answer(t, r)
}

func (s *site) post(t *testing.T, c *http.Client, path string, form url.Values) (int, string, string) {
	t.Helper()
	r, err := c.PostForm(s.srv.URL+path, form)
	must(t, err)
	return answer(t, r)
}

func answer(t *testing.T, r *http.Response) (int, string, string) {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	must(t, err)
	return r.StatusCode, string(b), r.Request.URL.Path
}

var hidden = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"`)

// with are the hidden inputs of a page with what is typed.
func with(page string, typed map[string]string) url.Values {
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], m[2])
	}
	for name, v := range typed {
		form.Set(name, v)
	}
	return form
}

// Who acts for an operator sees what is due, hands it in, is told what is wrong with it
// and what the office wants mended; somebody else sees nothing of it.
func TestActing(t *testing.T) {
	t.Parallel()
	s := open(t)
	until := s.Now.AddDate(1, 0, 0).Format("2006-01-02")
	s.Represent(t, s.register, s.Firm, "yun@example.cn", until)
	s.Represent(t, s.register, s.Other, "bei@example.cn", until)
	_, err := s.Docket.Start(t.Context(), "incubator_data", "series/JD-1/2016-H1", cases.Values{"incubator": "JD-1", "name": "虚构云帆孵化基地", "operator": s.Firm.Code, "period": "2016-H1", "due": "2016-10-21", "ended": "2016-06-30"})
	must(t, err)
	running, _, err := s.Matters(t.Context(), s.Firm)
	must(t, err)
	id := running[0].ID
	page := "/my/cases/" + id.String()
	anybody := &http.Client{}
	if status, _, led := s.get(t, anybody, residents.ActingPath+id.String()); status != http.StatusOK || led != "/my/login" {
		t.Errorf("who is not signed in: %d at %s", status, led)
	}
	yun, bei := s.browser(t, "yun@example.cn"), s.browser(t, "bei@example.cn")
	for _, path := range []string{page, page + "/do/hand_in", page + "/do/none", "/acting/entitled/incubators/JD-1", "/acting/begin/" + s.Firm.Code + "/incubator/apply"} {
		if status, body, _ := s.get(t, bei, path); status != http.StatusNotFound || strings.Contains(body, "云帆") {
			t.Errorf("%s is answered to somebody else with %d", path, status)
		}
	}

	_, body, _ := s.get(t, yun, "/apply")
	webtest.Says(t, body, s.Firm.Name, "虚构云帆孵化基地 2016-H1", "孵化基地半年监测数据", "请您处理", "2016年10月21日", "孵化载体认定备案", "/acting/entitled/incubators/JD-1")
	if strings.Contains(body, "北斗") {
		t.Error("another's incubator is listed")
	}
	status, body, _ := s.get(t, yun, page)
	webtest.Says(t, body, "报送期限", "2016年10月21日", "请您处理", "报送", s.Firm.Name)
	if strings.Contains(body, `action="`+page+`/erase"`) || status != http.StatusOK {
		t.Errorf("%d, with a contact that is nobody's: %t", status, strings.Contains(body, "/erase"))
	}
	if status, _, _ := s.post(t, yun, page+"/erase", url.Values{}); status != http.StatusNotFound {
		t.Errorf("erasing a contact there is none of: %d", status)
	}
	_, form, _ := s.get(t, yun, page+"/do/hand_in")
	status, body, _ = s.post(t, yun, page+"/do/hand_in", with(form, map[string]string{"f-firms": "24", "f-income": "abc"}))
	if webtest.Says(t, body, `value="24"`, `value="abc"`, "从业人员"); status != http.StatusUnprocessableEntity {
		t.Errorf("with mistakes: %d", status)
	}
	typed := map[string]string{"f-firms": "24", "f-people": "310", "f-income": "12500"}
	status, body, led := s.post(t, yun, page+"/do/hand_in", with(form, typed))
	if webtest.Says(t, body, "已报送", "1.25万元", "/receipt"); status != http.StatusOK || led != page {
		t.Errorf("handed in: %d at %s", status, led)
	}

	// The park wants it mended, and takes it then.
	act := func(by people.Standing, action string, values cases.Values) {
		t.Helper()
		must(t, s.Work.Act(t.Context(), by, docket.Step{Case: id}, action, values, ""))
	}
	act(s.Clerk, "send_back", cases.Values{"reason": "收入应含全部入驻企业"})
	_, body, _ = s.get(t, yun, page)
	webtest.Says(t, body, "主管单位的意见", "收入应含全部入驻企业", "请您处理")
	_, form, _ = s.get(t, yun, page+"/do/hand_in")
	webtest.Says(t, form, `value="24"`)
	typed["f-income"] = "13500"
	s.post(t, yun, page+"/do/hand_in", with(form, typed))
	act(s.Clerk, "take", nil)
	_, body, _ = s.get(t, yun, "/apply")
	webtest.Says(t, body, "已办结", "已记入名录", "现在没有要报送或答复的事项")

	// How the certificate stands, condition by condition.
	_, body, _ = s.get(t, yun, "/acting/entitled/incubators/JD-1")
	webtest.Says(t, body, "虚构云帆孵化基地", "17号 第四条", "不明")

	// Something is begun: the program knows for whom.
	path := "/acting/begin/" + s.Firm.Code + "/incubator/apply"
	_, form, _ = s.get(t, yun, path)
	if webtest.Says(t, form, s.Firm.Name, "孵化载体名称"); strings.Contains(form, `name="f-operator"`) {
		t.Error("it is asked who they are")
	}
	status, body, _ = s.post(t, yun, path, with(form, map[string]string{"f-name": "虚构启明孵化基地", "f-kind": "base", "f-ground": "recognised"}))
	if webtest.Says(t, body, "虚构启明孵化基地"); status != http.StatusUnprocessableEntity {
		t.Errorf("with half of it: %d", status)
	}
	status, body, _ = s.post(t, yun, path, with(form, map[string]string{"f-name": "虚构启明孵化基地", "f-kind": "base", "f-ground": "recognised", "f-title": "国家级孵化器", "f-operator_name": s.Firm.Name, "f-address": "虚构路9号", "f-operator": s.Other.Code}))
	if webtest.Says(t, body, "已申报", "虚构启明孵化基地", s.Firm.Code); status != http.StatusOK {
		t.Errorf("begun: %d", status)
	}
}
