package agenda_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/web/agenda"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// setup is a desk with two duties of fgw that wait for its clerks.
func setup(t *testing.T) (d *webtest.Desk, a *agenda.Agenda, ids [2]gov.ID, office gov.ID) {
	t.Helper()
	d = webtest.OpenDesk(t, packtest.Xicheng(t))
	a, err := agenda.New(agenda.Deps{Engine: d.Engine, Pack: d.Pack, Casework: d.Casework, Feeds: d.Feeds, BaseURL: "https://policy.example"})
	must(t, err)
	by := d.Enter(t, "赵督查", "zhao", "zfb", "supervision")
	for i, end := range []string{"2026-12-31", "2026-11-30"} {
		title := "整治背街小巷, 分三批; 共" + strings.Repeat("很", 40) + "长"
		id, err := d.Casework.Begin(t.Context(), by, gov.NewID(webtest.Now.Add(time.Duration(i)*time.Second)), "duty", "enter",
			cases.Values{"title": title, "text": title, "lead": []string{"fgw"}, "end": end}, "")
		must(t, err)
		must(t, d.Casework.Act(t.Context(), by, docket.Step{Case: id}, "confirm", nil, ""))
		ids[i] = id
	}
	return d, a, ids, by.Person
}

func do(t testing.TB, srv *httptest.Server, method, path, tag string) (int, http.Header, string) {
	t.Helper()
	c := *srv.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, nil)
	must(t, err)
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	resp, err := c.Do(r)
	must(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, resp.Header, string(b)
}

var address = regexp.MustCompile(`https://policy\.example(/calendar/[\w-]{64}\.ics(\?lang=en)?)<`)

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 1, func(e *ui.Engine) error {
		_, err := agenda.New(agenda.Deps{Engine: e})
		return err
	})
}

// Somebody makes an address, a calendar reads it without a login, sees what
// waits for them and nothing of what does not, and loses it when it is taken
// back.
func TestFeed(t *testing.T) {
	t.Parallel()
	d, a, ids, office := setup(t)
	clerk := d.Enter(t, "钱经办", "qian", "fgw", "clerk")
	mine, program := d.Serve(t, clerk, a.Mount), d.Serve(t, people.Public(webtest.Now), a.Mount)

	code, h, body := do(t, mine, "GET", agenda.Path, "")
	if code != 200 || h.Get("Cache-Control") != "no-store" || !strings.Contains(body, "还没有订阅地址") || strings.Contains(body, agenda.Path+"/revoke") {
		t.Fatalf("%d %v\n%s", code, h, body)
	}
	code, h, body = do(t, mine, "POST", agenda.Path, "")
	found := address.FindStringSubmatch(body)
	if code != 200 || h.Get("Cache-Control") != "no-store" || found == nil {
		t.Fatalf("%d %v\n%s", code, h, body)
	}
	if _, _, body = do(t, mine, "GET", agenda.Path, ""); strings.Contains(body, ".ics") || !strings.Contains(body, "您已有一个订阅地址") {
		t.Errorf("the address shows again, or not at all:\n%s", body)
	}

	code, h, ics := do(t, program, "GET", found[1], "")
	flat := strings.ReplaceAll(ics, "\r\n ", "")
	if code != 200 || h.Get("Content-Type") != "text/calendar; charset=utf-8" || h.Get("Cache-Control") != "private, no-cache" || strings.Count(ics, "BEGIN:VEVENT") != 2 {
		t.Fatalf("%d %v\n%s", code, h, ics)
	}
	for _, want := range []string{
		"UID:" + ids[0].String(), "DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101", `SUMMARY:RW2026-0001 整治背街小巷\, 分三批\; 共很`,
		"URL:https://policy.example/desk/cases/" + ids[0].String(), "任务：待签收", "NAME:西城区待办期限", "DTSTAMP:20261124T020000Z", "DTSTART;VALUE=DATE:20261130",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("the calendar does not say %q:\n%s", want, flat)
		}
	}
	for _, bad := range []string{"钱经办", "赵督查", "qian", clerk.Person.String()} {
		if strings.Contains(flat, bad) {
			t.Errorf("the calendar says %q", bad)
		}
	}
	if code, _, body := do(t, program, "GET", found[1], h.Get("ETag")); code != http.StatusNotModified || body != "" {
		t.Errorf("nothing has changed: %d", code)
	}

	// What was dealt with is gone, and the rest is as it was.
	must(t, d.Casework.Act(t.Context(), clerk, docket.Step{Case: ids[1]}, "accept", nil, ""))
	must(t, d.Casework.Act(t.Context(), d.Enter(t, "周负责", "zhou", "fgw", "lead"), docket.Step{Case: ids[1]}, "suspend", cases.Values{"until": "2027-03-01", "reason": "等待批复"}, ""))
	sheet, err := d.Casework.Sheet(t.Context(), d.Standing(t, office), ids[1])
	must(t, err)
	must(t, d.Casework.Answer(t.Context(), d.Standing(t, office), docket.Step{Case: ids[1]}, sheet.Pending[0].Seq, true, ""))
	code, _, after := do(t, program, "GET", found[1], h.Get("ETag"))
	if code != 200 || strings.Contains(after, ids[1].String()) || !strings.Contains(after, ids[0].String()) {
		t.Errorf("after it was suspended %d:\n%s", code, after)
	}

	code, h, _ = do(t, mine, "POST", agenda.Path+"/revoke", "")
	if code != http.StatusSeeOther || h.Get("Location") != agenda.Path+"?done=revoked" {
		t.Errorf("taking it back: %d %v", code, h)
	}
	if code, _, _ := do(t, mine, "POST", agenda.Path+"/revoke", ""); code != http.StatusSeeOther {
		t.Errorf("taking it back again: %d", code)
	}
	if _, _, body := do(t, mine, "GET", h.Get("Location"), ""); !strings.Contains(body, "订阅地址已停用") {
		t.Errorf("nothing tells that it ended:\n%s", body)
	}
	if code, _, _ := do(t, program, "GET", found[1], ""); code != http.StatusNotFound {
		t.Errorf("after that the calendar gets %d", code)
	}
}

// A role that was taken away, or never showed cases, empties the feed; it does
// not break it.
func TestFeedFollowsTheRoles(t *testing.T) {
	t.Parallel()
	d, a, _, _ := setup(t)
	admin := d.Enter(t, "孙管理", "sun", "fgw", "administrator")
	other := d.Enter(t, "李他处", "lita", "czj", "clerk")
	program := d.Serve(t, people.Public(webtest.Now), a.Mount)
	for _, s := range []people.Standing{admin, other} {
		secret, err := d.Feeds.Make(t.Context(), s)
		must(t, err)
		code, _, ics := do(t, program, "GET", "/calendar/"+secret+".ics", "")
		if code != 200 || strings.Contains(ics, "VEVENT") || !strings.HasPrefix(ics, "BEGIN:VCALENDAR\r\n") {
			t.Errorf("%s: %d\n%s", s.Name, code, ics)
		}
		if code, _, _ := do(t, program, "GET", "/calendar/"+secret, ""); code != http.StatusNotFound {
			t.Errorf("without .ics: %d", code)
		}
	}
}

func TestStrangers(t *testing.T) {
	t.Parallel()
	d, a, _, _ := setup(t)
	for _, s := range []people.Standing{people.Public(webtest.Now), people.Operator("root", webtest.Now)} {
		srv := d.Serve(t, s, a.Mount)
		for _, r := range [][2]string{{"GET", agenda.Path}, {"POST", agenda.Path}, {"POST", agenda.Path + "/revoke"}} {
			if code, _, body := do(t, srv, r[0], r[1], ""); code != http.StatusUnauthorized {
				t.Errorf("%s %s as %s: %d\n%s", r[0], r[1], s.Kind, code, body)
			}
		}
		if code, _, _ := do(t, srv, "GET", "/calendar/x.ics", ""); code != http.StatusNotFound {
			t.Errorf("a made-up address: %d", code)
		}
	}
}

func TestEnglish(t *testing.T) {
	t.Parallel()
	d, a, _, _ := setup(t)
	srv := d.Serve(t, d.Enter(t, "钱经办", "qian", "fgw", "clerk"), a.Mount)
	for _, r := range [][2]string{{"GET", agenda.Path}, {"POST", agenda.Path}, {"GET", agenda.Path}, {"GET", agenda.Path + "?done=revoked"}} {
		path := r[1] + "?lang=en"
		if strings.Contains(r[1], "?") {
			path = r[1] + "&lang=en"
		}
		_, _, body := do(t, srv, r[0], path, "")
		if stray := webtest.Unmarked(t, body); len(stray) > 0 {
			t.Errorf("%s %s: %q is not marked", r[0], r[1], stray)
		}
		if found := address.FindStringSubmatch(body); found != nil {
			if _, _, ics := do(t, srv, "GET", strings.ReplaceAll(found[1], "&amp;", "&"), ""); !strings.Contains(ics, "deadlines") || strings.Contains(ics, "待办期限") {
				t.Errorf("the calendar is not in English:\n%s", ics)
			}
		}
	}
}
