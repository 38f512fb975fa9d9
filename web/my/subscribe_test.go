package my_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/notices/bulletin"
	"quanxiang/notices/hooks"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/residents"
	"quanxiang/web/progress"
)

var (
	askLink  = regexp.MustCompile(`/subscriptions/confirm/\S+`)
	stopLink = regexp.MustCompile(`/subscriptions/stop/\S+`)
)

// due writes what is due of a kind.
func (h *hall) due(kind residents.DispatchKind) (list []residents.Outgoing) {
	h.Helper()
	all, err := h.store.Due(h.Context(), 100)
	check(h.T, err)
	for _, d := range all {
		if d.Kind != kind {
			continue
		}
		o, wanted, err := h.register.Compose(h.Context(), d)
		check(h.T, err)
		if wanted {
			list = append(list, o)
		}
		check(h.T, h.register.Sent(h.Context(), d))
	}
	return list
}

// Somebody follows the ground around a place and a case that became public there,
// confirms by the links of the mails, sees what they follow, and ends it as a mail
// program does.
func TestFollowByMail(t *testing.T) {
	t.Parallel()
	h := openWith(t, packtest.Xicheng(t))
	b := &bulletin.Bulletin{Casework: h.desk.Casework, Clock: h.register.Clock, Site: "http://policy.example"}
	h.register.Bulletin, h.register.Site = b, "http://policy.example"
	const at = "39.9124,116.3455"
	reader := h.browser()
	form := reader.get("/subscribe?at=" + at)
	has(t, "the form", form.body, `name="at"`, "300", "/progress/feeds/report.atom?at=", "市容环境")
	if got := reader.post("/subscribe", "at", at, "within", "300", "email", "nonsense"); got.status != 422 {
		t.Errorf("no address: %d", got.status)
	}
	if got := reader.get("/subscribe?at=31.2,121.4"); got.status == 200 {
		t.Error("a place in another city can be followed")
	}
	got := reader.post("/subscribe", "at", at, "within", "300", "email", "li@example.cn")
	has(t, "the answer", got.body, "请查收邮件")
	mails := h.due(residents.ConfirmDispatch)
	if len(mails) != 1 || mails[0].To.Value != "li@example.cn" {
		t.Fatalf("asked: %+v", mails)
	}
	has(t, "the mail that asks", mails[0].Body, "300 米内")
	confirm := askLink.FindString(mails[0].Body)
	has(t, "the page that asks", reader.get(confirm).body, "确认，开始订阅")
	mine := reader.post(confirm)
	has(t, "what is followed", mine.body, "订阅已开始", "300 米内")

	desk := h.desk.Enter(t, "受理甲", "shoul", "cgzx-jd", "acceptor")
	id := gov.NewID(h.now)
	list, _ := h.desk.Pack.List("standard-rows")
	var class, row string
	for _, e := range list.Entries {
		if class == "" {
			class, row = e.Text("class"), e.Code
		}
	}
	_, err := h.desk.Casework.PublicBegin(t.Context(), casework.Resident{At: h.now, Contacts: []string{id.String()}}, id, "report", "report", id.String(),
		cases.Values{"about": "井盖松动", "place": "39.9126,116.3456", "class": class}, casework.Doubt{})
	check(t, err)
	announce := func(isNew bool) {
		t.Helper()
		sheet, err := h.desk.Casework.PublicSheet(t.Context(), id, h.now)
		check(t, err)
		steps, err := h.desk.Casework.PublicHistory(t.Context(), id, h.now)
		check(t, err)
		check(t, h.register.Announce(t.Context(), b.Happening(hooks.Public{Sheet: sheet, Steps: steps[len(steps)-1:], New: isNew})))
	}
	check(t, h.desk.Casework.Act(t.Context(), desk, docket.Step{Case: id}, "file", cases.Values{"row": row, "street": "110102007"}, ""))
	announce(true)
	told := h.due(residents.DigestDispatch)
	if len(told) != 1 {
		t.Fatalf("%d mails of a case near it", len(told))
	}
	number := regexp.MustCompile(`CG\d{4}-\d{6}`).FindString(told[0].Body)
	has(t, "the mail", told[0].Body, "井盖松动", "http://policy.example/progress/cases/"+number, "已立案")

	pages, err := progress.New(progress.Deps{Engine: h.desk.Engine, Pack: h.desk.Pack, Casework: h.desk.Casework, Clock: h.register.Clock, BaseURL: "http://policy.example",
		Calendar: func(context.Context) calendar.Calendar { return calendar.Seed() }})
	check(t, err)
	feeds := h.desk.Serve(t, people.Public(h.now), pages.Mount)
	for path, there := range map[string]bool{"at=" + at + "&within=300": true, "at=" + at + "&within=50": true, "at=39.9224,116.3455&within=300": false, "at=" + at + "&within=300&kind=none": false, "area=110102": true} {
		got := reader.read(reader.Get(feeds.URL + "/progress/feeds/report.atom?" + path))
		if strings.Contains(got.body, number) != there || got.status != 200 {
			t.Errorf("the feed of %s: %d, want the case: %t", path, got.status, there)
		}
	}
	page := reader.read(reader.Get(feeds.URL + "/progress/cases/" + number))
	has(t, "beside the case", page.body, `<a href="/map?procedure=report">地图</a>`, "/map?at=39.9126", "/subscribe?case="+number, "/subscribe?at=39.9126", "report.atom?area=110102")

	reader.post("/subscribe", "case", number, "email", "li@example.cn", "pace", "daily")
	mails = h.due(residents.ConfirmDispatch)
	has(t, "the mail that asks", mails[0].Body, number)
	both := reader.post(askLink.FindString(mails[0].Body))
	has(t, "both", both.body, number, "每天早上", "300 米内")

	stop := stopLink.FindString(told[0].Body)
	has(t, "one presses once", reader.get(stop).body, "退订")
	if got := h.browser().post(stop, "List-Unsubscribe", "One-Click"); got.status != 200 {
		t.Errorf("a mail program gets %d", got.status)
	}
	path, _, _ := strings.Cut(both.path, "?")
	left := reader.get(path)
	has(t, "what is left", left.body, number)
	lacks(t, "what is left", left.body, "300 米内")
	has(t, "all", reader.post(path, "do", "all").body, "邮箱已删除")
	if got := reader.get(path); got.status != 404 {
		t.Errorf("afterwards: %d", got.status)
	}
}
