package review_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web"
	"quanxiang/web/review"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 3, func(e *ui.Engine) error {
		_, err := review.New(review.Deps{Engine: e})
		return err
	})
}

// district is the tasks of one document of the sample gazette as proposals.
type district struct {
	*testing.T
	deps   web.Deps
	docket *docket.Docket
	site   *web.Site
	total  int
}

func open(t *testing.T) *district {
	t.Helper()
	deps, d := webtest.WithCases(t, func() time.Time { return webtest.Now })
	k := &district{T: t, deps: deps, docket: d}
	doc, err := deps.Library.Document(t.Context(), "xzf-2017-3", 0, gov.Date{})
	check(t, err)
	report, err := d.Propose(t.Context(), doc.Document, doc.Items)
	check(t, err)
	k.total = report[0].Made
	k.site, err = web.New(deps)
	check(t, err)
	return k
}

func (k *district) staff(unit, role string) people.Standing {
	return webtest.Staff(k.T, k.deps.Pack, unit, role, "", webtest.Now)
}

func (k *district) do(by people.Standing, method, path string, form url.Values) (int, string) {
	k.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	webtest.As(by, k.site.Public).ServeHTTP(w, r)
	if to := w.Header().Get("Location"); to != "" {
		return w.Code, to
	}
	return w.Code, w.Body.String()
}

func (k *district) page(path string) string {
	k.Helper()
	code, body := k.do(k.staff("zfb", "supervision"), "GET", path, nil)
	if code != 200 {
		k.Fatalf("GET %s: %d %.400s", path, code, body)
	}
	return body
}

var inputs = regexp.MustCompile(`<input type="hidden" name="(case|version|key)" value="([^"]*)"`)

// form is what the page of a case sends besides what is typed.
func form(body string) url.Values {
	v := url.Values{}
	for _, m := range inputs.FindAllStringSubmatch(body, -1) {
		v.Set(m[1], m[2])
	}
	return v
}

const address = "/desk/review/duty?document=西政发〔2017〕3号"

// The officer sees the words of the document beside the form, filled with what
// the document gives; confirms; and is at the next, one further. What cannot be
// taken is said at its field, and nothing is lost.
func TestOneAfterTheOther(t *testing.T) {
	t.Parallel()
	k := open(t)
	by := k.staff("zfb", "supervision")
	body := k.page(address)
	for _, want := range []string{fmt.Sprintf("已处理 0 件，共 %d 件", k.total), "文件原文", "确认并下达，看下一件", `name="f-title"`, `name="f-lead"`, "不列为任务", `href="/documents/xzf-2017-3/tasks#`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	v := form(body)
	v.Set("f-title", "核实后的名称")
	v.Set("f-lead", "区发展改革委")
	v.Set("f-end", "2026-02-30")
	code, again := k.do(by, "POST", address, v)
	if code != 422 || !strings.Contains(again, "核实后的名称") || !strings.Contains(again, "error-summary") {
		t.Errorf("a date there is not: %d", code)
	}
	v.Set("f-end", "2026-12-31")
	v.Set("f-start", "2027-01-01")
	if code, again = k.do(by, "POST", address, v); code != 422 || !strings.Contains(again, "完成期限早于开始日期") || !strings.Contains(again, "核实后的名称") {
		t.Errorf("an end before the start: %d %s", code, again)
	}
	v.Set("f-start", "2026-11-01")
	code, to := k.do(by, "POST", address, v)
	if code != 303 || !strings.HasPrefix(to, "/desk/review/duty?") {
		t.Fatalf("confirmed: %d %.300s", code, to)
	}
	id, err := gov.ParseID(v.Get("case"))
	check(t, err)
	c, _, err := k.docket.Case(t.Context(), id)
	check(t, err)
	if c.State != "confirmed" || c.Values.Text("title") != "核实后的名称" || c.Values.List("lead")[0] != "fgw" {
		t.Errorf("the case is %s: %v", c.State, c.Values)
	}
	next := k.page(to)
	if !strings.Contains(next, fmt.Sprintf("已处理 1 件，共 %d 件", k.total)) || !strings.Contains(next, c.Number+" 已办理") || form(next).Get("case") == v.Get("case") {
		t.Error("the next page is not the next case's")
	}
	v.Set("key", gov.NewID(webtest.Now).String())
	if code, _ := k.do(by, "POST", address, v); code != 409 {
		t.Errorf("confirming what no longer waits: %d", code)
	}
}

// Skipping goes through all, each once.
func TestSkip(t *testing.T) {
	t.Parallel()
	k := open(t)
	skip := regexp.MustCompile(`<a href="([^"]*)">先跳过</a>`)
	seen, path := map[string]bool{}, address
	for range k.total + 1 {
		body := k.page(path)
		seen[form(body).Get("case")] = true
		m := skip.FindStringSubmatch(body)
		if m == nil {
			break
		}
		path = strings.ReplaceAll(m[1], "&amp;", "&")
	}
	if len(seen) != k.total {
		t.Errorf("%d cases seen, want %d", len(seen), k.total)
	}
}

// Those without an open question are confirmed together as they were shown; one
// that changed since, and one with a question, are not.
func TestTogether(t *testing.T) {
	t.Parallel()
	k := open(t)
	by := k.staff("zfb", "supervision")
	path := strings.Replace(address, "?", "/ready?", 1)
	rows, _, err := k.docket.List(t.Context(), docket.Query{Procedure: "duty"}, docket.Place{}, 200)
	check(t, err)
	for _, r := range rows[:3] { // what comes back from its unit has all that is asked for
		check(t, k.deps.Casework.Act(t.Context(), by, docket.Step{Case: r.ID}, "confirm", cases.Values{"lead": []string{"fgw"}, "end": "2026-12-31"}, ""))
		check(t, k.deps.Casework.Act(t.Context(), k.staff("fgw", "lead"), docket.Step{Case: r.ID}, "send_back", cases.Values{"reason": "请核实"}, ""))
	}
	picks := regexp.MustCompile(`name="case" value="([^"]*)"`)
	var chosen []string
	for _, m := range picks.FindAllStringSubmatch(k.page(path), -1) {
		chosen = append(chosen, m[1])
	}
	open, clear := 0, 0
	var question string
	for _, r := range rows {
		c, _, err := k.docket.Case(t.Context(), r.ID)
		check(t, err)
		if c.State == "proposed" && c.Values.Text("end") != "" && len(c.Values.List("lead")) > 0 && c.Values.Text("unresolved") == "" {
			clear++
		} else {
			open++
			question = r.ID.String() + ".1" // as it began
		}
	}
	if clear < 2 || len(chosen) != clear {
		t.Fatalf("%d ready, want %d; %d with questions", len(chosen), clear, open)
	}
	stale := strings.Split(chosen[0], ".")[0] + ".7"
	v := url.Values{"case": append([]string{stale}, chosen[1:]...)}
	want := fmt.Sprintf("选了 %d 件，办理了 %d 件。", clear, clear-1)
	if question != "" {
		v.Add("case", question)
		want = fmt.Sprintf("选了 %d 件，办理了 %d 件。", clear+1, clear-1)
	}
	code, body := k.do(by, "POST", path, v)
	if code != 200 || !strings.Contains(body, want) || !strings.Contains(body, "案件在您打开之后又有了变化") {
		t.Errorf("%d, want %s in %.600s", code, want, body[strings.Index(body, "<main"):])
	}
	tallies, err := k.docket.Tallies(t.Context(), "duty", "")
	check(t, err)
	for _, x := range tallies {
		if x.State == "confirmed" && x.N != int64(clear-1) || x.State == "proposed" && x.N != int64(open+1) {
			t.Errorf("%d are %s", x.N, x.State)
		}
	}
}

// Who may not confirm sees what waits and no form; others see nothing.
func TestWhoMay(t *testing.T) {
	t.Parallel()
	k := open(t)
	code, body := k.do(k.staff("fgw", "clerk"), "GET", address, nil)
	if code != 200 || !strings.Contains(body, "这件事项由他人办理") || strings.Contains(body, `name="f-title"`) {
		t.Errorf("a clerk: %d", code)
	}
	v := form(k.page(address))
	if code, _ := k.do(k.staff("fgw", "clerk"), "POST", address, v); code != 409 {
		t.Errorf("a clerk confirms: %d", code)
	}
	for _, path := range []string{"/desk/review", address, "/desk/review/duty/ready"} {
		if code, _ := k.do(people.Public(webtest.Now), "GET", path, nil); code != 303 {
			t.Errorf("the public: GET %s %d", path, code)
		}
	}
	if code, _ := k.do(k.staff("zfb", "supervision"), "GET", "/desk/review/milestone", nil); code != 404 {
		t.Errorf("a procedure without proposals: %d", code)
	}
}

func TestLanguagesUnmixed(t *testing.T) {
	t.Parallel()
	k := open(t)
	for _, path := range []string{"/desk/review?lang=en", address + "&lang=en", "/desk/review/duty/ready?lang=en"} {
		if stray := webtest.Unmarked(t, k.page(path)); len(stray) > 0 {
			t.Errorf("%s in English holds %q unmarked", path, stray)
		}
	}
}
