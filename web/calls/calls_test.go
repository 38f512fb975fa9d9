package calls_test

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/privacy"
	"quanxiang/residents"
	"quanxiang/web/calls"
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
	webtest.Templates(t, 2, func(e *ui.Engine) error {
		_, err := calls.New(calls.Deps{Engine: e})
		return err
	})
}

// counter is the page at which somebody sits.
type counter struct {
	testing.TB
	base string
}

// page sends a request and returns the status, where it leads and the text.
func (c counter) page(path string, form url.Values) (status int, to, body string) {
	c.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Get(c.base + path)
	if form != nil {
		check(c, err)
		r.Body.Close()
		r, err = client.PostForm(c.base+path, form)
	}
	check(c, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	check(c, err)
	return r.StatusCode, r.Header.Get("Location"), html.UnescapeString(string(b))
}

var token = regexp.MustCompile(`name="form" value="([^"]+)"`)

// fill opens a new page and fills it in.
func (c counter) fill(more ...string) url.Values {
	c.Helper()
	status, _, body := c.page("/desk/calls/report", nil)
	m := token.FindStringSubmatch(body)
	if status != 200 || m == nil {
		c.Fatalf("the page: %d", status)
	}
	form := url.Values{"form": {m[1]}, "f-channel": {"hotline"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func TestCalls(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	keys := privacy.NewKeyring()
	register := residents.New(residents.Config{Store: d.DB.Residents(d.Pack.District, keys), Keys: keys, Clock: webtest.Clock, Looks: d.Office, Name: d.Pack.Name})
	k, err := calls.New(calls.Deps{Engine: d.Engine, Casework: d.Casework, Library: library.New(d.DB.Library(d.Pack.District), d.Pack, webtest.Clock), Register: register, Clock: webtest.Clock})
	check(t, err)
	shou, li := d.Enter(t, "受理甲", "shoujia", "cgzx-jd", "acceptor"), d.Enter(t, "经办乙", "jingbyi", "ylsz", "clerk")
	watch := d.Enter(t, "审计丙", "shenjib", "sjj", "auditor")
	looks := func() int {
		t.Helper()
		watch.Proven = webtest.Now
		list, err := d.Office.Looks(t.Context(), watch, people.LookFilter{}, gov.Page{})
		check(t, err)
		return len(list.Items)
	}
	desk := counter{t, d.Serve(t, shou, k.Mount).URL}
	says := func(what, body string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(body, w) {
				t.Errorf("%s does not say %q", what, w)
			}
		}
	}

	// Nobody else has the page, and no other procedure.
	if status, _, _ := (counter{t, d.Serve(t, li, k.Mount).URL}).page("/desk/calls/report", nil); status != 403 {
		t.Errorf("the unit's desk: %d", status)
	}
	if status, _, _ := desk.page("/desk/calls/duty", nil); status != 404 {
		t.Errorf("a procedure without such a page: %d", status)
	}
	_, _, body := desk.page("/desk/calls/report", nil)
	says("the page", body, `accesskey="1"`, `<option value="hotline" selected>`, `value="`+webtest.Now.In(gov.China).Format("2006-01-02T15:04")+`"`)

	// A call becomes a case, with the caller apart from it; sent twice it is one.
	form := desk.fill("mobile", "138 1234 5678", "name", "欧阳明日", "f-about", "便道井盖松动", "f-place", "39.92,116.35", "f-street", "110102011", "way", "take")
	status, first, _ := desk.page("/desk/calls/report", form)
	if status != 303 {
		t.Fatalf("taken down: %d", status)
	}
	if _, to, _ := desk.page("/desk/calls/report", form); to != first {
		t.Errorf("sent twice it leads to %s and %s", first, to)
	}
	if looks() != 0 {
		t.Errorf("%d looks before anybody looked", looks())
	}
	id, err := gov.ParseID(strings.TrimPrefix(first, "/desk/calls/report?done="))
	check(t, err)
	c, _, err := d.Docket.Case(t.Context(), id)
	check(t, err)
	if c.State != "reported" || c.Values.Text("contact") == "" {
		t.Errorf("the case is %s with contact %q", c.State, c.Values.Text("contact"))
	}
	_, _, body = desk.page(first, nil)
	says("the next page", body, c.Number, "已上报")

	// What is typed is looked for; that somebody looked at a caller is recorded.
	form = desk.fill("mobile", "13812345678", "f-about", "井盖松动，就在金融街", "f-place", "39.9201,116.35", "look", "caller")
	_, _, body = desk.page("/desk/calls/report/beside", form)
	says("the caller", body, c.Number)
	if strings.Contains(body, `id="look-docs" aria-labelledby="look-docs-h" data-fresh`) || looks() != 1 {
		t.Errorf("looking for a caller looks for more, or %d looks are recorded", looks())
	}
	form.Set("look", "words")
	_, _, body = desk.page("/desk/calls/report/beside", form)
	says("the words", body, c.Number, "米", "金融街街道", `data-fill="f-class"`)
	if looks() != 1 {
		t.Errorf("looking for words records a look: %d", looks())
	}
	form.Del("f-place")
	if _, _, body = desk.page("/desk/calls/report/beside", form); !strings.Contains(body, c.Number) {
		t.Error("without a place a case that says a clause of what was said is not found")
	}
	form.Set("look", "all") // without a script
	status, _, body = desk.page("/desk/calls/report", form)
	says("without a script", body, c.Number, "井盖松动，就在金融街", `data-value="110102011"`)
	if status != 200 || looks() != 2 {
		t.Errorf("without a script: %d, %d looks", status, looks())
	}
	form.Set("mobile", "123")
	if _, _, body = desk.page("/desk/calls/report/beside", form); looks() != 2 {
		t.Errorf("a number that is none was looked for: %s", body)
	}

	// A question is answered at once, or not without what it rests on; what does not
	// belong to the way chosen is not thrown away.
	form = desk.fill("f-about", "咨询居住证", "f-reply", "可到街道办理。", "way", "answer", "mobile", "12")
	status, _, body = desk.page("/desk/calls/report", form)
	says("a wrong number", body, "可到街道办理。")
	if status != 422 {
		t.Errorf("a wrong number: %d", status)
	}
	form.Del("mobile")
	if status, _, body = desk.page("/desk/calls/report", form); status != 422 || !strings.Contains(body, "答复依据") {
		t.Errorf("without a source: %d", status)
	}
	form.Set("f-source", "某通知第三条")
	form.Set("way", "take")
	form.Set("f-street", "110102011")
	status, _, body = desk.page("/desk/calls/report", form)
	says("an answer that would be lost", body, "“登记来电来信”不填写“答复”")
	if status != 422 {
		t.Errorf("an answer that would be lost: %d", status)
	}
	form.Set("way", "answer")
	status, to, _ := desk.page("/desk/calls/report", form)
	if status != 303 {
		t.Fatalf("answered: %d", status)
	}
	id, err = gov.ParseID(strings.TrimPrefix(to, "/desk/calls/report?done="))
	check(t, err)
	if c, _, err = d.Docket.Case(t.Context(), id); err != nil || c.State != "answered" || c.Ended == 0 || c.Values["contact"] != nil {
		t.Errorf("the answered call is %+v, %v", c, err)
	}
	if got := (cases.Values{"reply": c.Values["reply"], "source": c.Values["source"]}); got.Text("reply") != "可到街道办理。" || got.Text("source") != "某通知第三条" {
		t.Errorf("it says %v", got)
	}
}
