package my_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/residents"
	"quanxiang/store"
	"quanxiang/web/my"
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
	webtest.Templates(t, 7, func(e *ui.Engine) error {
		_, err := my.New(my.Deps{Engine: e})
		return err
	})
}

// hall is a site where residents report.
type hall struct {
	*testing.T
	desk     *webtest.Desk
	store    *store.Residents
	register *residents.Register
	srv      *httptest.Server
	now      time.Time
}

func open(t *testing.T) *hall {
	t.Helper()
	return openWith(t, packtest.WithReports(t))
}

func openWith(t *testing.T, pack *policy.Pack) *hall {
	t.Helper()
	h := &hall{T: t, now: webtest.Now}
	clock := func() time.Time { return h.now }
	h.desk = webtest.OpenDeskAt(t, pack, clock)
	keys := privacy.NewKeyring()
	h.store = h.desk.DB.Residents(h.desk.Pack.District, keys)
	h.register = residents.New(residents.Config{Store: h.store, Keys: keys, Clock: clock, Looks: h.desk.Office, Name: h.desk.Pack.Name,
		Matter: func(ctx context.Context, id gov.ID) (residents.Matter, error) {
			m, err := h.desk.Casework.Matter(ctx, id)
			return residents.Matter(m), err
		}})
	k, err := my.New(my.Deps{Engine: h.desk.Engine, Pack: h.desk.Pack, Casework: h.desk.Casework, Register: h.register, Clock: clock, BaseURL: "http://policy.example"})
	check(t, err)
	h.srv = h.desk.Serve(t, people.Public(webtest.Now), k.Mount)
	return h
}

// browser is somebody's.
type browser struct {
	*hall
	http.Client
}

func (h *hall) browser() *browser {
	h.Helper()
	jar, err := cookiejar.New(nil)
	check(h.T, err)
	return &browser{h, http.Client{Jar: jar}}
}

// answer is a page with the address it was found at.
type answer struct {
	status int
	path   string
	body   string
	header http.Header
}

func (b *browser) read(r *http.Response, err error) answer {
	b.Helper()
	check(b.T, err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	check(b.T, err)
	return answer{r.StatusCode, r.Request.URL.RequestURI(), string(body), r.Header}
}

func (b *browser) get(path string) answer {
	b.Helper()
	return b.read(b.Get(b.srv.URL + path))
}

func (b *browser) post(path string, pairs ...string) answer {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.read(b.PostForm(b.srv.URL+path, form))
}

var formToken = regexp.MustCompile(`name="form" value="([^"]+)"`)

const reportPath = "/report/complaint/report"

// form opens the form of a report, long enough ago to be a person's.
func (b *browser) form() string {
	b.Helper()
	m := formToken.FindStringSubmatch(b.get(reportPath).body)
	if m == nil {
		b.Fatal("the form has no token")
	}
	b.now = b.now.Add(time.Minute)
	return m[1]
}

// report sends a report with the usual matter.
func (b *browser) report(pairs ...string) answer {
	b.Helper()
	return b.post(reportPath, append([]string{"form", b.form(), "f-what", "路灯不亮", "f-place", "110102001"}, pairs...)...)
}

func has(t testing.TB, what, text string, list ...string) {
	t.Helper()
	for _, s := range list {
		if !strings.Contains(text, s) {
			t.Errorf("%s: %q is missing", what, s)
		}
	}
}

func lacks(t testing.TB, what, text string, list ...string) {
	t.Helper()
	for _, s := range list {
		if strings.Contains(text, s) {
			t.Errorf("%s: %q is there", what, s)
		}
	}
}

var (
	numbered = regexp.MustCompile(`YJ2026-\d{5}`)
	linked   = regexp.MustCompile(`/follow/[A-Za-z0-9_-]{32}`)
)

// The whole way of somebody who leaves no name: they report, come back by the link
// in another browser, see the answer, contest it and rate it.
func TestAnonymousReporter(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	sent := b.report()
	has(t, "at the end of a report", sent.body, "已收到您的反映", "您没有留联系方式")
	number, link := numbered.FindString(sent.body), linked.FindString(sent.body)
	if sent.status != 200 || number == "" || link == "" || sent.header.Get("Cache-Control") != "private, no-store" {
		t.Fatalf("%d %s, %q, %q", sent.status, sent.path, number, link)
	}
	stranger := h.browser()
	path, _, _ := strings.Cut(sent.path, "?")
	if a := stranger.get(path); a.status != 404 {
		t.Errorf("a stranger at its address: %d", a.status)
	}
	if a := stranger.get("/follow/" + strings.Repeat("A", 32)); a.status != 404 {
		t.Errorf("a link that is none: %d", a.status)
	}

	other := h.browser()
	a := other.get(link)
	if a.status != 200 || a.path != path {
		t.Fatalf("by the link: %d %s", a.status, a.path)
	}
	desk, clerk := h.desk.Enter(t, "受理甲", "denga", "zfb", "acceptor"), h.desk.Enter(t, "经办乙", "jingb", "fgw", "clerk")
	id, err := h.desk.Casework.Find(t.Context(), desk, number)
	check(t, err)
	act := func(s people.Standing, action string, v cases.Values) {
		t.Helper()
		check(t, h.desk.Casework.Act(t.Context(), s, docket.Step{Case: id}, action, v, "机密"))
	}
	act(desk, "send", cases.Values{"unit": "fgw", "inner": "来过多次"})
	act(clerk, "answer", cases.Values{"answer": "已更换灯泡"})
	a = other.get(path)
	has(t, "with an answer", a.body, "已更换灯泡", "没有解决", path+"/do/rate")
	lacks(t, "with an answer", a.body, "来过多次", "机密", "经办乙")

	form := other.get(path + "/do/contest")
	hidden := regexp.MustCompile(`name="(key|version)" value="([^"]+)"`).FindAllStringSubmatch(form.body, -1)
	if len(hidden) != 2 {
		t.Fatalf("the form has %d of key and version", len(hidden))
	}
	pairs := []string{hidden[0][1], hidden[0][2], hidden[1][1], hidden[1][2]}
	empty := other.post(path+"/do/contest", append(pairs, "f-objection", " ")...)
	if empty.status != 422 {
		t.Errorf("contested without a reason: %d", empty.status)
	}
	for range 2 { // sent twice, done once
		a = other.post(path+"/do/contest", append(pairs, "f-objection", "还是不亮")...)
	}
	if a.status != 200 || !strings.Contains(a.path, "done") {
		t.Errorf("contested twice: %d %s", a.status, a.path)
	}
	c, _, err := h.desk.Docket.Case(t.Context(), id)
	check(t, err)
	if c.Done["contest"].Times != 1 || c.State != "sent" {
		t.Errorf("contested %d times, %s", c.Done["contest"].Times, c.State)
	}
	if a = stranger.post(path+"/do/contest", append(pairs, "f-objection", "x")...); a.status != 404 {
		t.Errorf("a stranger contests: %d", a.status)
	}
	if a = other.post(path+"/link", "revoke", "1"); a.status != 200 {
		t.Errorf("the link taken back: %d", a.status)
	}
	if a = h.browser().get(link); a.status != 404 {
		t.Errorf("the link after that: %d", a.status)
	}
}

// A form keeps what was typed, with the mistakes at their fields; one that is sent
// twice begins one case; one nobody was given begins none.
func TestReportForm(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	token := b.form()
	a := b.post(reportPath, "form", token, "f-what", "灯", "f-detail", "晚上走路危险", "name", "张先生", "mobile", "1381234", "channel", "sms", "withheld", "1")
	if a.status != 422 {
		t.Errorf("with mistakes: %d", a.status)
	}
	has(t, "with mistakes", a.body, "晚上走路危险", "张先生", `value="1381234"`, `value="sms" checked`, `value="1" checked`, `href="#report-mobile"`, `href="#report-f-what"`, `href="#report-f-place"`, token)
	for _, bad := range []string{"", "x", gov.NewID(h.now).String()} {
		a = b.post(reportPath, "form", bad, "f-what", "路灯不亮", "f-place", "110102001")
		has(t, "a form nobody was given", a.body, "路灯不亮")
		if a.status != 422 {
			t.Errorf("a form %q: %d", bad, a.status)
		}
	}
	var numbers []string
	for range 2 {
		a = b.post(reportPath, "form", token, "f-what", "路灯不亮", "f-place", "110102001", "mobile", "13812345678")
		numbers = append(numbers, numbered.FindString(a.body))
	}
	if numbers[0] == "" || numbers[0] != numbers[1] {
		t.Errorf("sent twice: %v", numbers)
	}
	has(t, "what can be reported", b.get("/report").body, reportPath, "/report/report/report")
	if a = b.get("/report/duty/enter"); a.status != 404 {
		t.Errorf("a case of the office: %d", a.status)
	}
	en := h.browser()
	en.get("/my/login?lang=en")
	page := en.get(reportPath + "?lang=en").body
	has(t, "in English", page, "Keep it from the unit", "Mobile number", "12 months")
	lacks(t, "in English", page, "手机")
}

// A picture is sent with a report, kept while mistakes are mended, and read by its
// reporter alone.
func TestReportWithPicture(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	token := b.form()
	picture, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	check(t, err)
	send := func(what string, files map[string][]byte, kept ...string) answer {
		t.Helper()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for name, value := range map[string]string{"form": token, "f-what": what, "f-place": "110102001"} {
			check(t, w.WriteField(name, value))
		}
		for _, key := range kept {
			check(t, w.WriteField("f-photos", key))
		}
		for name, content := range files {
			part, err := w.CreateFormFile("f-photos", name)
			check(t, err)
			_, err = part.Write(content)
			check(t, err)
		}
		check(t, w.Close())
		return b.read(b.Post(b.srv.URL+reportPath, w.FormDataContentType(), &body))
	}
	a := send("灯", map[string][]byte{"灯.png": picture, "灯.exe": []byte("MZ\x90\x00 a program")})
	key := regexp.MustCompile(`name="f-photos" value="([0-9a-f]{64})" checked`).FindStringSubmatch(a.body)
	if a.status != 422 || key == nil {
		t.Fatalf("with a mistake: %d, the picture is not kept", a.status)
	}
	has(t, "with a mistake", a.body, "灯.jpg", "灯.exe")
	a = send("路灯不亮", nil, key[1])
	path, _, _ := strings.Cut(a.path, "?")
	has(t, "reported", a.body, "灯.jpg", path+"/files/"+key[1])
	got := b.get(path + "/files/" + key[1])
	sum := sha256.Sum256([]byte(got.body))
	if got.status != 200 || hex.EncodeToString(sum[:]) != key[1] || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the picture: %d, %v", got.status, got.header)
	}
	has(t, "reported", a.body, `<img src="`+path+"/files/"+key[1]+`/small"`)
	if small := b.get(path + "/files/" + key[1] + "/small"); small.status != 200 || small.header.Get("Content-Type") != "image/jpeg" || small.body == "" {
		t.Errorf("the small picture: %d, %s, %d bytes", small.status, small.header.Get("Content-Type"), len(small.body))
	}
	if got = h.browser().get(path + "/files/" + key[1] + "/small"); got.status != 404 {
		t.Errorf("a stranger gets the small picture: %d", got.status)
	}
	if got = h.browser().get(path + "/files/" + key[1]); got.status != 404 {
		t.Errorf("a stranger reads it: %d", got.status)
	}
}

// Where a picture was taken is kept if its sender ticked that it be, else not.
func TestPlaceOfAPicture(t *testing.T) {
	t.Parallel()
	h := open(t)
	told, err := os.ReadFile("../../files/photo/testdata/told.jpg")
	check(t, err)
	for tick, want := range map[string]string{"": "", "1": "39.912300,116.366000"} {
		b := h.browser()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for name, value := range map[string]string{"form": b.form(), "f-what": "路灯不亮", "f-place": "110102001", "f-photos.place": tick} {
			check(t, w.WriteField(name, value))
		}
		part, err := w.CreateFormFile("f-photos", "灯.jpg")
		check(t, err)
		_, err = part.Write(told)
		check(t, err)
		check(t, w.Close())
		a := b.read(b.Post(b.srv.URL+reportPath, w.FormDataContentType(), &body))
		path, _, _ := strings.Cut(strings.TrimPrefix(a.path, "/my/cases/"), "?")
		id, err := gov.ParseID(path)
		check(t, err)
		list, err := h.desk.Docket.Attachments(t.Context(), id)
		check(t, err)
		if len(list) != 1 || list[0].Picture == nil || list[0].Picture.Place != want {
			t.Errorf("ticked %q: %+v", tick, list)
		}
	}
}

// code is the code on its way to an address.
func (h *hall) code(address string) string {
	h.Helper()
	list, err := h.store.Due(h.Context(), 100)
	check(h.T, err)
	for _, d := range list {
		c, err := h.store.Challenge(h.Context(), d.Target)
		if err == nil && c.Address.Value == address {
			return c.Code
		}
	}
	h.Fatalf("no code waits for %s", address)
	return ""
}

// Whoever proves a number finds what they reported under it and what they proved
// it for, on any browser; and can have it all deleted.
func TestSignIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	sent := b.report("mobile", "13812345678", "channel", "sms")
	path, _, _ := strings.Cut(sent.path, "?")
	number := numbered.FindString(sent.body)
	has(t, "reported", sent.body, "138****5678", "未验证")
	lacks(t, "reported", sent.body, "13812345678")

	// Somebody else who owns the number sees nothing that was merely typed.
	early := h.browser()
	a := early.post("/my/login", "address", "138 1234 5678")
	has(t, "asked for a code", a.body, "138****5678")
	if a.path != "/my/code" || a.status != 200 {
		t.Fatalf("asked for a code: %d %s", a.status, a.path)
	}
	if a = early.post("/my/code", "code", "xxxxxx"); a.status != 422 {
		t.Errorf("a wrong code: %d", a.status)
	}
	a = early.post("/my/code", "code", h.code("13812345678"))
	has(t, "signed in", a.body, "没有反映")
	lacks(t, "signed in", a.body, number)
	early.post("/my/logout")

	// The reporter proves it by the report.
	h.now = h.now.Add(residents.CodeLasts)
	check(t, h.store.Sweep(t.Context()))
	a = b.post(path+"/prove", "channel", "sms")
	if a.path != "/my/code" {
		t.Fatalf("to prove it: %d %s", a.status, a.path)
	}
	a = b.post("/my/code", "code", h.code("13812345678"))
	has(t, "proven", a.body, number)
	has(t, "its page", b.get(path).body, "已验证")

	h.now = h.now.Add(time.Hour)
	other := h.browser()
	other.post("/my/login", "address", "13812345678")
	a = other.post("/my/code", "code", h.code("13812345678"))
	has(t, "on another browser", a.body, number)
	if a = other.get(path); a.status != 200 {
		t.Errorf("its page there: %d", a.status)
	}
	second := other.report("mobile", "13812345678")
	has(t, "reported by who is signed in", second.body, "已验证")
	a = other.post("/my/forget")
	has(t, "forgotten", a.body, "2")
	if a = other.get("/my"); a.path != "/my/login" {
		t.Errorf("afterwards: %s", a.path)
	}
	if a = b.get(path); a.status != 404 {
		t.Errorf("by the link afterwards: %d", a.status)
	}
}

// The pages tell nobody whether anything was reported from a number, nor whether
// there is a case that is not public.
func TestNothingIsTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.browser().report("mobile", "13812345678")
	same := func(a, b answer, cut ...string) {
		t.Helper()
		for i, s := range cut {
			if i%2 == 0 {
				a.body = strings.ReplaceAll(a.body, s, "")
			} else {
				b.body = strings.ReplaceAll(b.body, s, "")
			}
		}
		if a.status != b.status || a.body != b.body {
			t.Errorf("answers differ: %d and %d, %d and %d bytes", a.status, b.status, len(a.body), len(b.body))
		}
	}
	known, unknown := h.browser().post("/my/login", "address", "13812345678"), h.browser().post("/my/login", "address", "13812340000")
	same(known, unknown, "138****5678", "138****0000")
	held := h.browser()
	held.now = held.now.Add(time.Hour)
	token := held.form()
	a := held.post(reportPath, "form", token, "f-what", "代开 www.a.com b.top", "f-detail", "http://c.vip", "f-place", "110102001")
	number := numbered.FindString(a.body)
	if number == "" {
		t.Fatalf("what looks like none is refused: %d", a.status)
	}
	has(t, "what looks like none", a.body, "待甄别")
	same(h.browser().get("/my/find?number="+number), h.browser().get("/my/find?number=YJ2026-99999"), number, "YJ2026-99999")
	if a = h.browser().get("/my/find?number=YJ2026-00001"); a.path != "/progress/cases/YJ2026-00001" {
		t.Errorf("a public one: %s", a.path)
	}
}

// One device reports so many times an hour; then it is told to wait, and keeps
// what was typed.
func TestTooMany(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	for range 6 {
		if a := b.report("f-detail", "第几次"); a.status != 200 {
			t.Fatalf("%d", a.status)
		}
	}
	a := b.report("f-detail", "晚上走路危险")
	if a.status != 429 {
		t.Errorf("the seventh: %d", a.status)
	}
	has(t, "the seventh", a.body, "晚上走路危险", "分钟后再试")
}
