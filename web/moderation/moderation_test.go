package moderation_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/web/moderation"
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
	webtest.Templates(t, 1, func(e *ui.Engine) error {
		_, err := moderation.New(moderation.Deps{Engine: e})
		return err
	})
}

// town is a desk with reports of the reference pack.
type town struct {
	*webtest.Desk
	*testing.T
	pages *moderation.Moderation
}

func (w *town) page(s people.Standing, form url.Values) (int, string) {
	w.Helper()
	srv := w.Serve(w.T, s, w.pages.Mount)
	var r *http.Response
	var err error
	if form == nil {
		r, err = http.Get(srv.URL + moderation.Root)
	} else {
		r, err = http.PostForm(srv.URL+moderation.Root, form)
	}
	check(w, err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	check(w, err)
	return r.StatusCode, string(body)
}

// report begins a report with a picture.
func (w *town) report(about, description string, doubt casework.Doubt) (id gov.ID, number, picture string) {
	w.Helper()
	id = gov.NewID(webtest.Now)
	contact := gov.NewID(webtest.Now).String()
	by := casework.Resident{At: webtest.Now, Contacts: []string{contact}}
	var b bytes.Buffer
	check(w, png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))))
	a, err := w.Casework.ResidentAttach(w.Context(), by, id, "a.png", bytes.NewReader(b.Bytes()), int64(b.Len()))
	check(w, err)
	number, err = w.Casework.PublicBegin(w.Context(), by, id, "report", "report", contact, cases.Values{
		"about": about, "street": "110102011", "description": description, "photos": []string{string(a.Key)}}, doubt)
	check(w, err)
	return id, number, string(a.Key)
}

// What should not simply go on is listed with its reasons for those who take
// reports in and for nobody else, and what was done leaves the list.
func TestQueue(t *testing.T) {
	t.Parallel()
	w := &town{Desk: webtest.OpenDesk(t, packtest.Xicheng(t)), T: t}
	var err error
	w.pages, err = moderation.New(moderation.Deps{Engine: w.Engine, Casework: w.Casework})
	check(t, err)
	acceptor, clerk := w.Enter(t, "受理甲", "shou", "cgzx-jd", "acceptor"), w.Enter(t, "经办乙", "jing", "jd-jinrongjie", "clerk")

	_, junk, _ := w.report("低价代办", "低价代办", casework.Doubt{Score: 60, Why: "内容中有 3 个网址\n网址多于 2 个（3 个）"})
	_, number, _ := w.report("灯不亮请打电话", "打13812345678找我", casework.Doubt{})
	added, err := w.Casework.Find(t.Context(), acceptor, number)
	check(t, err)
	program := casework.Program{Key: gov.NewID(webtest.Now), At: webtest.Now}
	_, err = w.Casework.ProgramAct(t.Context(), program, docket.Step{Case: added, Key: gov.NewID(webtest.Now)}, "add", cases.Values{"remark": "另有两盏也不亮"})
	check(t, err)
	fine, plain, picture := w.report("墙边有垃圾", "堆了三天", casework.Doubt{})
	check(t, w.Casework.Act(t.Context(), acceptor, docket.Step{Case: fine}, "file", cases.Values{"class": "11010220102", "row": "E0102-1", "public_photos": []string{picture}}, ""))

	if status, _ := w.page(clerk, nil); status != http.StatusForbidden {
		t.Errorf("a clerk is answered %d", status)
	}
	parts := func() []string {
		t.Helper()
		status, body := w.page(acceptor, nil)
		if status != http.StatusOK {
			t.Fatal(status)
		}
		list := strings.Split(body, `<section class="section"`)
		if len(list) != 5 {
			t.Fatalf("%d parts", len(list)-1)
		}
		return list[1:]
	}
	p := parts()
	for _, c := range []struct {
		part  int
		want  []string
		never []string
	}{
		{0, []string{junk, "60", "内容中有 3 个网址", "网址多于 2 个", "/do/refuse", "/do/ask_verify"}, []string{number, plain}},
		{1, []string{number, "情况说明", "手机号码"}, []string{junk, plain, "13812345678"}},
		{2, []string{number, "另有两盏也不亮", "/do/keep_added"}, []string{junk, plain}},
		{3, []string{plain, picture + "/small", picture + "/mask", "/do/hide"}, []string{junk, number}},
	} {
		for _, s := range c.want {
			if !strings.Contains(p[c.part], s) {
				t.Errorf("part %d lacks %s", c.part, s)
			}
		}
		for _, s := range c.never {
			if strings.Contains(p[c.part], s) {
				t.Errorf("part %d has %s", c.part, s)
			}
		}
	}

	check(t, w.Casework.Act(t.Context(), acceptor, docket.Step{Case: added}, "keep_added", nil, ""))
	if strings.Contains(parts()[2], number) {
		t.Error("what somebody looked at still waits")
	}

	public := func() int {
		t.Helper()
		list, err := w.Casework.PublicPictures(t.Context(), fine, webtest.Now)
		check(t, err)
		return len(list)
	}
	if public() != 0 {
		t.Error("a picture is shown that nobody released")
	}
	if status, _ := w.page(clerk, url.Values{"case": {fine.String()}, "picture": {picture}}); status != http.StatusNotFound && status != http.StatusForbidden {
		t.Errorf("a clerk of no part in it releases a picture: %d", status)
	}
	if status, _ := w.page(acceptor, url.Values{"case": {fine.String()}, "picture": {picture}}); status != http.StatusOK || public() != 1 {
		t.Errorf("released: %d, %d shown", status, public())
	}
	if p := parts(); strings.Contains(p[3], plain) {
		t.Error("what was released still waits")
	}

	// Hidden, the public sees the reason and nothing of what was there; the history
	// has it still.
	check(t, w.Casework.Act(t.Context(), acceptor, docket.Step{Case: fine}, "hide", cases.Values{"hidden": "照片拍到住户"}, ""))
	sheet, err := w.Casework.PublicSheet(t.Context(), fine, webtest.Now)
	check(t, err)
	if sheet.Subject != "内容已隐藏：照片拍到住户" || public() != 0 {
		t.Errorf("the public reads %q and sees %d pictures", sheet.Subject, public())
	}
	history, err := w.Casework.PublicHistory(t.Context(), fine, webtest.Now)
	check(t, err)
	for _, e := range history {
		if strings.Contains(cases.Values(e.Set).Text("about"), "垃圾") || len(cases.Values(e.Set).List("public_photos")) > 0 || e.Letter != nil {
			t.Errorf("the public history still shows %v", e.Set)
		}
	}
	inside, err := w.Casework.History(t.Context(), acceptor, fine)
	check(t, err)
	if inside[0].Set["about"] != "墙边有垃圾" {
		t.Errorf("the history lost %v", inside[0].Set)
	}
}
