package site_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/store/storetest"
	"quanxiang/web/desk"
	"quanxiang/web/site"
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
		_, err := site.New(site.Deps{Engine: e})
		return err
	})
}

// streetOffice serves the street in which all of it happens.
const streetOffice = "jd-xichangan"

// where the picture of the tests says it was taken, and when.
const where = "39.912300,116.366000"

var taken = time.Date(2026, 11, 25, 8, 30, 15, 0, gov.China)

// district is a desk whose clock tests turn.
type district struct {
	testing.TB
	*webtest.Desk
	mu      sync.Mutex
	now     time.Time
	picture string
	pages   []func(*http.ServeMux)
}

func (d *district) clock() time.Time { d.mu.Lock(); defer d.mu.Unlock(); return d.now }

func (d *district) turn(at time.Time) { d.mu.Lock(); defer d.mu.Unlock(); d.now = at }

func open(t *testing.T) *district {
	t.Helper()
	d := &district{TB: t, now: taken.Add(-time.Hour)}
	d.Desk = webtest.OpenDeskAt(t, packtest.Xicheng(t), d.clock)
	told, err := os.ReadFile("../../files/photo/testdata/told.jpg")
	check(t, err)
	d.picture = strings.Replace(string(told), "2026:05:17", "2026:11:25", 1)
	k, err := site.New(site.Deps{Engine: d.Engine, Work: d.Casework, Clock: d.clock})
	check(t, err)
	office, err := desk.New(desk.Deps{Engine: d.Engine, Work: d.Casework, Filters: d.DB.Filters(d.Pack.District), Clock: d.clock,
		Calendar: func(context.Context) calendar.Calendar { return calendar.Seed() }})
	check(t, err)
	d.pages = []func(*http.ServeMux){k.Mount, office.Mount}
	return d
}

// someone is a person with a phone.
type someone struct {
	*district
	id gov.ID
}

func (d *district) hire(name, unit string, roles ...string) someone {
	d.Helper()
	return someone{d, d.Enter(d.TB, name, "l"+strconv.Itoa(len(name))+unit+strings.Join(roles, ""), unit, roles...).Person}
}

// standing is what they may do now.
func (s someone) standing() people.Standing {
	h, err := s.People.Holdings(s.Context(), s.id)
	check(s, err)
	return people.Staff(h, s.Pack, s.clock(), s.clock())
}

// act does an action of a case at a desk.
func (s someone) act(id gov.ID, action string, v cases.Values) {
	s.Helper()
	check(s, s.Casework.Act(s.Context(), s.standing(), docket.Step{Case: id}, action, v, ""))
}

// page is an answer.
type page struct {
	testing.TB
	status int
	to     string
	body   string
	head   http.Header
}

func (s someone) send(req *http.Request) page {
	s.Helper()
	srv := s.Serve(s.TB, s.standing(), s.pages...)
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	check(s, err)
	req.URL.Scheme, req.URL.Host = u.Scheme, u.Host
	return reply(s.TB, req)
}

// reply is the answer to a request, which is not followed elsewhere.
func reply(t testing.TB, req *http.Request) page {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	check(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	check(t, err)
	return page{t, resp.StatusCode, resp.Header.Get("Location"), string(b), resp.Header}
}

func (s someone) get(path string) page {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodGet, path, nil)
	check(s, err)
	return s.send(req)
}

// post sends a form with the test's picture under the given inputs.
func (s someone) post(path string, form url.Values, pictures ...string) page {
	s.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, list := range form {
		for _, x := range list {
			check(s, w.WriteField(name, x))
		}
	}
	for _, input := range pictures {
		part, err := w.CreateFormFile(input, "现场.jpg")
		check(s, err)
		_, err = io.WriteString(part, s.picture)
		check(s, err)
	}
	check(s, w.Close())
	req, err := http.NewRequestWithContext(s.Context(), http.MethodPost, path, &b)
	check(s, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return s.send(req)
}

var tags, blanks = regexp.MustCompile(`<[^>]*>`), regexp.MustCompile(`\s+`)

func (p page) text() string {
	_, main, _ := strings.Cut(p.body, "<main")
	return blanks.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString("<main"+main, " ")), " ")
}

func (p page) is(status int) page {
	p.Helper()
	if p.status != status {
		p.Fatalf("status %d, want %d: %s", p.status, status, p.text())
	}
	return p
}

func (p page) says(words ...string) page {
	p.Helper()
	for _, w := range words {
		if !strings.Contains(p.text(), w) {
			p.Errorf("it does not say %q: %s", w, p.text())
		}
	}
	return p
}

func (p page) hides(words ...string) page {
	p.Helper()
	for _, w := range words {
		if strings.Contains(p.body, w) {
			p.Errorf("it holds %q", w)
		}
	}
	return p
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// form is the hidden inputs of the page, with more. What is empty takes an input away.
func (p page) form(pairs ...string) url.Values {
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(p.body, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// said is what a phone adds to a form.
func said(place string, accuracy int, done, sent time.Time) []string {
	ms := func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	return []string{"stamp-place", place, "stamp-accuracy", strconv.Itoa(accuracy), "stamp-fixed", ms(done), "outbox-kept", ms(done), "outbox-sent", ms(sent)}
}

// report takes down a report at a place and has it handled by the street office.
func (d *district) report(id gov.ID, about, place string, acceptor, dispatcher someone) {
	d.Helper()
	_, err := d.Casework.Begin(d.Context(), acceptor.standing(), id, "report", "take", cases.Values{"about": about, "channel": "hotline", "place": place, "street": "110102001", "class": "11010220102"}, "")
	check(d, err)
	acceptor.act(id, "file", cases.Values{"row": "E0102-1"})
	dispatcher.act(id, "dispatch", cases.Values{"unit": streetOffice})
}

func TestHandlingOnSite(t *testing.T) {
	t.Parallel()
	d := open(t)
	shou, pai := d.hire("受理", "cgzx-jd", "acceptor"), d.hire("派遣", "cgzx-zh", "dispatcher")
	jie, xun := d.hire("经办人", streetOffice, "clerk"), d.hire("监督员甲乙", "cgzx-jd", "supervisor")
	own := d.hire("街道监督员", streetOffice, "supervisor")
	id := gov.NewID(d.clock())
	d.report(id, "暴露垃圾", where, shou, pai)
	jie.get("/desk/site").is(200).says("没有可在现场办理的事")
	jie.act(id, "accept", nil)
	d.turn(taken.Add(10 * time.Minute))

	list := jie.get("/desk/site").is(200).says("今天可在现场办理 1 件", "暴露垃圾", "申请结案", "西长安街街道")
	if got := list.head.Get("Permissions-Policy"); !strings.Contains(got, "geolocation=(self)") {
		t.Errorf("the phone may not say where it is: %s", got)
	}
	submit := "/desk/site/cases/" + id.String() + "/submit"
	page := jie.get(submit).is(200).says("处置后照片", "平时不记录位置")
	if !strings.Contains(page.body, `capture="environment"`) || !strings.Contains(page.body, `data-outbox-key="key"`) || !strings.Contains(page.body, `data-owner="`+jie.id.String()+`"`) {
		t.Error("the form has no camera or is not kept without a network")
	}

	// What is missing is said at its field, the picture that came stays.
	done := taken.Add(8 * time.Minute)
	form := page.form(append(said("39.912400,116.366000", 15, done, d.clock()), "f-result", "")...)
	again := jie.post(submit, form, "f-after_photos").is(422).says("处置情况", "请填写", "现场.jpg")
	form.Set("f-result", "已清理")
	form.Set("f-after_photos", regexp.MustCompile(`name="f-after_photos" value="([0-9a-f]{64})"`).FindStringSubmatch(again.body)[1])

	// A form of somebody else is not sent in one's own name.
	if own := xun.post(submit, form); own.status == 303 {
		t.Error("another person's form was taken")
	}
	// Sent twice it is done once.
	if got := jie.post(submit, form).is(303).to; !strings.HasPrefix(got, "/desk/site?done=") {
		t.Errorf("it leads to %s", got)
	}
	jie.post(submit, form).is(303)
	jie.get("/desk/site?done="+id.String()).is(200).says("已办理", "CG2026-000001", "没有可在现场办理的事")
	jie.get("/desk/cases/"+id.String()).is(200).says("现场信息", "在案件位置，相距 11 米", "（±15 米）").hides("现场信息存疑")

	// The check: by somebody of another unit, who sees the pictures before and after; 334 m away,
	// with a picture of two days ago and a clock that is an hour ahead.
	shou.act(id, "send_check", nil)
	d.turn(taken.Add(48 * time.Hour))
	verify := "/desk/site/cases/" + id.String() + "/verify_after"
	jie.get(verify).is(403).says("由未参与处置的监督员办理")
	own.get("/desk/site").is(200).says("没有可在现场办理的事")
	own.get(verify).is(403).says("未参与处置的监督员")
	xun.get("/desk/site").is(200).says("反馈核查结果", "已超时限")
	page = xun.get(verify).is(200)
	if !strings.Contains(page.body, "/small") || !strings.Contains(page.body, `alt="处置后照片"`) {
		t.Error("the pictures of before are not beside")
	}
	ahead := d.clock().Add(time.Hour)
	form = page.form(append(said("39.915300,116.366000", 20, ahead, ahead), "f-check_result", "fixed")...)
	xun.post(verify, form, "f-check_photos").is(303)
	at := shou.get("/desk/cases/"+id.String()).is(200).says("现场信息存疑", "距案件位置 330 米", "手机时钟与服务器相差 1 小时", "拍摄于办理前 2 天")
	if i, j := strings.Index(at.body, "现场信息存疑"), strings.LastIndex(at.body, "现场信息存疑"); i != j {
		t.Error("the first act is doubted, too")
	}
	storetest.Sound(t, d.DB)
}

// What was done without a network arrives when the case has gone on: reminders and
// remarks do not matter; what does is said, with what was filled in.
func TestLateArrival(t *testing.T) {
	t.Parallel()
	d := open(t)
	shou, pai := d.hire("受理", "cgzx-jd", "acceptor"), d.hire("派遣", "cgzx-zh", "dispatcher")
	jie := d.hire("经办人", streetOffice, "clerk")
	first, second := gov.NewID(d.clock()), gov.NewID(d.clock().Add(time.Millisecond))
	forms := map[gov.ID]url.Values{}
	for _, id := range []gov.ID{first, second} {
		d.report(id, "垃圾", where, shou, pai)
		jie.act(id, "accept", nil)
		done := taken.Add(10 * time.Minute)
		forms[id] = jie.get("/desk/site/cases/" + id.String() + "/submit").is(200).form(append(said(where, 10, done, done.Add(30*time.Minute)), "f-result", "已经清理干净")...)
	}
	d.turn(taken.Add(40 * time.Minute))
	check(t, d.Casework.Remark(t.Context(), shou.standing(), docket.Step{Case: first}, "请抓紧", nil))
	jie.post("/desk/site/cases/"+first.String()+"/submit", forms[first], "f-after_photos").is(303)
	shou.get("/desk/cases/"+first.String()).is(200).says("办理 30 分钟后才发送", "按服务器时钟推算的办理时间 2026-11-25 08:40:15")

	pai.act(second, "transfer", cases.Values{"unit": "cgwyh", "reason": "权属查明"})
	path := "/desk/site/cases/" + second.String() + "/submit"
	jie.post(path, forms[second], "f-after_photos").is(409).says("您打开之后发生了", "改派", "已经清理干净").hides(`data-outbox-key`)
}

// The order begins where one is, and says how far it is; without a position it is by
// the first case, and by deadline or street if that is wanted.
func TestOrders(t *testing.T) {
	t.Parallel()
	d := open(t)
	shou, pai, jie := d.hire("受理", "cgzx-jd", "acceptor"), d.hire("派遣", "cgzx-zh", "dispatcher"), d.hire("经办人", streetOffice, "clerk")
	for i, p := range []string{"39.912300,116.366000", "39.918300,116.366000", "39.915300,116.366000"} {
		id := gov.NewID(d.clock().Add(time.Duration(i) * time.Millisecond))
		d.report(id, []string{"南", "北", "中"}[i], p, shou, pai)
		jie.act(id, "accept", nil)
		d.turn(d.clock().Add(time.Minute))
	}
	order := regexp.MustCompile(`<span lang="zh-CN">(南|北|中)</span>`)
	for path, want := range map[string]string{
		"/desk/site":                                   "南中北",
		"/desk/site?from=39.9200,116.3660":             "北中南",
		"/desk/site?by=due&from=39.9200,116.3660":      "南北中",
		"/desk/site?by=street":                         "南北中",
		"/desk/site?by=nonsense&from=x&street=0":       "南中北",
		"/desk/site?from=39.9200,116.3660&street=0&x=": "北中南",
	} {
		got := ""
		for _, m := range order.FindAllStringSubmatch(jie.get(path).is(200).body, -1) {
			got += m[1]
		}
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	jie.get("/desk/site?from=39.9200,116.3660").says("距起点约 190 米（直线）", "距上一处约 330 米（直线）", "您的位置")
}
