package inbox_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web"
	"quanxiang/web/inbox"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const title = "整治背街小巷"

// clock moves on when tests say so.
type clock struct{ passed atomic.Int64 }

func (c *clock) now() time.Time { return webtest.Now.Add(time.Duration(c.passed.Load())) }

// house is a site with an office of supervision and clerks of fgw.
type house struct {
	*httptest.Server
	clock
	t      *testing.T
	deps   web.Deps
	office people.Standing
	clerk  *webtest.Member
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{t: t}
	d := webtest.DepsAt(t, h.now)
	h.deps, h.Server = d, webtest.Serve(t, d)
	h.clerk = webtest.Hire(t, d, "钱经办", "qian", people.Assignment{Role: "clerk", Unit: "fgw"})
	_, s, err := d.Office.Authenticate(t.Context(), webtest.Hire(t, d, "赵督查", "zhao", people.Assignment{Role: "supervision", Unit: "zfb"}).Token)
	must(t, err)
	h.office = s
	return h
}

// duty gives fgw a duty, of which its clerks are to be told.
func duty(t testing.TB, w *casework.Casework, by people.Standing, at time.Time) gov.ID {
	t.Helper()
	by.At = at
	id, err := w.Begin(t.Context(), by, gov.NewID(at), "duty", "enter", cases.Values{"title": title, "text": title, "lead": []string{"fgw"}, "end": "2026-12-31"}, "")
	must(t, err)
	must(t, w.Act(t.Context(), by, docket.Step{Case: id}, "confirm", nil, ""))
	return id
}

type answer struct {
	code     int
	location string
	cache    string
	body     string
}

// ask sends a request; form makes it a POST.
func ask(t testing.TB, c *http.Client, method, address string, form url.Values) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	must(t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := c.Do(r)
	must(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	return answer{resp.StatusCode, resp.Header.Get("Location"), resp.Header.Get("Cache-Control"), string(b)}
}

func (a answer) shows(t testing.TB, why string, code int, words ...string) {
	t.Helper()
	if a.code != code {
		t.Errorf("%s: %d, want %d\n%.400s", why, a.code, code, a.body)
	}
	for _, w := range words {
		if not, no := strings.CutPrefix(w, "!"); no == strings.Contains(a.body, not) {
			t.Errorf("%s: %q\n%s", why, w, a.body)
		}
	}
}

var opens = regexp.MustCompile(`/desk/notices/[\w-]+/open`)

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 2, func(e *ui.Engine) error {
		_, err := inbox.New(inbox.Deps{Engine: e})
		return err
	})
}

// Somebody is told, reads, and is counted for no more: opening a message reads
// it, looking ahead does not, and nobody reads those of others.
func TestReading(t *testing.T) {
	t.Parallel()
	h := open(t)
	var duties []gov.ID
	for range 3 {
		duties = append(duties, duty(t, h.deps.Casework, h.office, h.now()))
		h.passed.Add(int64(time.Minute))
	}
	first := duties[0]
	for _, id := range slices.Backward(duties) { // told late, and the last one first
		must(t, h.deps.Notices.Tell(t.Context(), id))
	}
	c := webtest.Login(t, h.Server, h.clerk)
	unread := func(want string) {
		t.Helper()
		ask(t, c, "GET", h.URL+"/desk", nil).shows(t, "the bar", 200, want)
	}
	page := h.URL + inbox.Path
	list := ask(t, c, "GET", page, nil)
	list.shows(t, "the list", 200, "RW2026-0001", title, "轮到您办理", `chip-info">未读<`, "3 条未读", `aria-current="true"`, `class="crumbs"`)
	if n := strings.Count(list.body, `chip-info">未读<`); n != 3 || list.cache != "no-store" {
		t.Errorf("%d are marked as unread, the page is kept as %q", n, list.cache)
	}
	unread("3 条未读")
	links := opens.FindAllString(list.body, -1)
	if numbers := regexp.MustCompile(`<span>RW2026-000\d`).FindAllString(list.body, -1); len(links) != 3 || len(numbers) != 3 || !strings.HasSuffix(numbers[0], "3") || !strings.HasSuffix(numbers[2], "1") {
		t.Fatalf("the newest is not first: %q", numbers)
	}
	last := h.URL + links[2]

	other := webtest.Login(t, h.Server, webtest.Hire(t, h.deps, "孙经办", "sun", people.Assignment{Role: "clerk", Unit: "fgw"}))
	ask(t, other, "GET", last, nil).shows(t, "another's message", 404, "没有这条提醒")
	ask(t, webtest.Browser(t, h.Server), "GET", last, nil).shows(t, "nobody's", 303)
	if a := ask(t, c, "HEAD", last, nil); a.code != 303 {
		t.Errorf("looking ahead: %d", a.code)
	}
	unread("3 条未读")
	if a := ask(t, c, "GET", last, nil); a.code != 303 || a.location != "/desk/cases/"+first.String() {
		t.Errorf("opening leads to %q with %d", a.location, a.code)
	}
	unread("2 条未读")
	ask(t, c, "GET", page, nil).shows(t, "after opening", 200, `href="/desk/cases/`+first.String()+`"`)

	id := strings.TrimSuffix(strings.TrimPrefix(links[1], inbox.Path+"/"), "/open")
	ask(t, other, "POST", page+"/read", url.Values{"id": {id}}).shows(t, "marking another's", 303)
	ask(t, c, "POST", page+"/read", url.Values{}).shows(t, "marking nothing", 404)
	ask(t, c, "GET", page+"/read", nil).shows(t, "marking by an address", 405)
	unread("2 条未读")
	if a := ask(t, c, "POST", page+"/read", url.Values{"id": {id}, "back": {"https://elsewhere.example/"}}); a.code != 303 || a.location != inbox.Path {
		t.Errorf("marking one leads to %q with %d", a.location, a.code)
	}
	unread("1 条未读")
	ask(t, c, "POST", page+"/read", url.Values{"all": {"1"}}).shows(t, "marking all", 303)
	unread("!条未读")
	english := ask(t, c, "GET", page+"?lang=en", nil)
	english.shows(t, "in English", 200, "it is your turn", "!Unread")
	if stray := webtest.Unmarked(t, english.body); len(stray) > 0 {
		t.Errorf("Chinese on an English page: %q", stray)
	}
}

// The choice is kept, a mistaken one is not, and one that was changed elsewhere
// is shown as it is.
func TestChoice(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := webtest.Login(t, h.Server, h.clerk)
	page := h.URL + inbox.Path + "/choice"
	ask(t, c, "GET", page, nil).shows(t, "what holds for who has not chosen", 200, `<option value="once" selected>`, "尚未接入邮件服务", `name="revision" value="0"`)
	form := url.Values{"revision": {"0"}, "lang": {"en"}}
	for _, why := range notices.Reasons {
		form.Set(string(why), string(notices.Daily))
	}
	bad := url.Values{"turn": {"pigeon"}}
	for k, v := range form {
		if k != "turn" {
			bad[k] = v
		}
	}
	ask(t, c, "POST", page, bad).shows(t, "no way of mail", 422, "没有“pigeon”这种邮件方式", `href="#choice-turn"`)
	if a := ask(t, c, "POST", page, form); a.code != 303 || a.location != inbox.Path+"?done=chosen" {
		t.Fatalf("%d to %q\n%s", a.code, a.location, a.body)
	}
	ask(t, c, "GET", h.URL+inbox.Path+"?done=chosen", nil).shows(t, "afterwards", 200, "提醒方式已保存", "没有提醒")
	kept, err := h.deps.Notices.Choice(t.Context(), h.clerk.Person)
	must(t, err)
	if kept.Lang != gov.EN || kept.Mail[cases.Told] != notices.Daily || kept.Revision != 1 {
		t.Errorf("kept %+v", kept)
	}
	form.Set("turn", string(notices.NoMail))
	ask(t, c, "POST", page, form).shows(t, "an old page", 409, "在别处改过", `name="revision" value="1"`)
}

// A subject that is closed to its reader is not shown, nor is anything to who
// may see no cases.
func TestClosed(t *testing.T) {
	t.Parallel()
	files := slices.Clone(packtest.Xicheng(t).Files)
	for i := range files {
		if !strings.HasPrefix(files[i].Path, "procedures/duty.") && !strings.HasPrefix(files[i].Path, "procedures/milestone.") {
			continue
		}
		files[i].Content = []byte(strings.NewReplacer("en: Title}, open: public", "en: Title}, open: case", "en: Milestone}, open: public", "en: Milestone}, open: case",
			"“{title}”", "", "publish: [confirmed, running, submitted, suspended, closed]\n", "", "publish: [running, submitted, done]\n", "").Replace(string(files[i].Content)))
	}
	pack, err := policy.LoadFiles(files)
	must(t, err)
	d := webtest.OpenDesk(t, pack)
	told := notices.New(notices.Config{Store: d.DB.Notices(pack.District), Staff: d.People, Cases: d.Docket, Pack: func() *policy.Pack { return pack },
		Calendar: calendar.Seed, Clock: webtest.Clock, Actor: casework.Actor})
	x, err := inbox.New(inbox.Deps{Engine: d.Engine, Pack: pack, Casework: d.Casework, Notices: told})
	must(t, err)
	office, clerk := d.Enter(t, "赵督查", "zhao", "zfb", "supervision"), d.Enter(t, "钱经办", "qian", "fgw", "clerk")
	must(t, told.Tell(t.Context(), duty(t, d.Casework, office, webtest.Now)))
	// The same message, once its person has moved to another unit.
	moved := webtest.Staff(t, pack, "wjw", "clerk", "", webtest.Now)
	moved.Person = clerk.Person
	for _, c := range []struct {
		why  string
		s    people.Standing
		code int
		want string
	}{
		{"a party", clerk, 200, title}, {"a stranger", moved, 200, "!" + title},
		{"an administrator", d.Enter(t, "孙管理", "sun", "zfb", "administrator"), 403, "!RW2026"}, {"the public", people.Public(webtest.Now), 401, "!RW2026"},
	} {
		srv := d.Serve(t, c.s, x.Mount)
		ask(t, srv.Client(), "GET", srv.URL+inbox.Path, nil).shows(t, c.why, c.code, c.want)
	}
}
