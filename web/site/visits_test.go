package site_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"quanxiang/cases/checklist"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/visits"
	"quanxiang/people"
	"quanxiang/store/storetest"
	"quanxiang/web/site"
	doors "quanxiang/web/visits"
)

// anybody asks for a page without being anybody.
func (d *district) anybody(method, path string, form url.Values) page {
	d.Helper()
	srv := d.Serve(d.TB, people.Public(d.clock()), d.pages...)
	defer srv.Close()
	req, err := http.NewRequestWithContext(d.Context(), method, srv.URL+path, strings.NewReader(form.Encode()))
	check(d, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return reply(d.TB, req)
}

func TestVisits(t *testing.T) {
	t.Parallel()
	d := open(t)
	k := visits.New(visits.Deps{Docket: d.Docket, Pack: d.Casework.Pack, Badges: visits.Names{People: d.People}})
	pocket, err := site.New(site.Deps{Engine: d.Engine, Work: d.Casework, Visits: k, Base: "https://example.test", Clock: d.clock})
	check(t, err)
	theirs, err := doors.New(doors.Deps{Engine: d.Engine, Visits: k, Pack: d.Pack, Clock: d.clock})
	check(t, err)
	d.pages = append(d.pages[1:], pocket.Mount, theirs.Mount)
	jia, yi, ding := d.hire("检查员甲", "gsfj", "inspector"), d.hire("检查员乙乙", "gsfj", "inspector"), d.hire("检查员丁丁丁", "gsfj", "inspector")

	id, code := gov.NewID(d.clock()), "91110102MA00YA018X"
	drawn := visits.Drawn{Visit: inspections.Visit{Number: "SJ-1", Subject: code, First: gov.DateOf(d.clock()), Last: gov.DateOf(d.clock()).Add(9)},
		Name: "虚构晨光便利店", Street: "110102001", Units: []string{"gsfj"}, People: []gov.ID{jia.id, yi.id},
		Items: []checklist.Row{{Code: "GS-01", Title: "营业执照在显著位置", Unit: "gsfj"}, {Code: "GS-02", Title: "实际地址与登记住所相符", Unit: "gsfj"}}}
	check(t, k.Begin(t.Context(), id, drawn))
	check(t, k.Begin(t.Context(), id, drawn)) // once
	if _, err := k.Shown(t.Context(), id, d.clock()); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("the door is open before anybody is there: %v", err)
	}

	// Only the team knows of it; the code of somebody else's subject says no more than that of nobody's.
	ding.get("/desk/site").is(200).hides("虚构晨光便利店")
	ding.get("/desk/cases/"+id.String()).is(200).hides("虚构晨光便利店", code)
	ding.get("/desk/site/find?code=" + code).is(404).says("不在您今天要检查的对象中")
	jia.get("/desk/site").is(200).says("虚构晨光便利店", "到场签到", "接着办", "记录检查结果")
	jia.get("/desk/site/find?code=91110102MA00YA0200").is(404).says("不在您今天要检查的对象中")
	at := "/desk/site/cases/" + id.String()
	if to := jia.get("/desk/site/find?code=91110102ma00ya018x").is(303).to; to != at+"/check_in" {
		t.Errorf("the code leads to %s", to)
	}

	// The forms are taken along, and sent in the order in which things were done.
	record := jia.get(at + "/record").is(409).status
	ahead := jia.get(at+"/record?ahead=1").is(200).says("可以先填", "营业执照在显著位置", "0/2")
	ding.get(at+"/record?ahead=1").is(409).hides("虚构晨光便利店", "营业执照")
	arrival := jia.get(at + "/check_in").is(200)
	early := jia.post(at+"/record", ahead.form("f-unsigned", "declined", "f-checks.GS-01", "fine", "f-checks.GS-01.remark", "", "f-checks.GS-02", "fine", "f-checks.GS-02.remark", ""))
	if early.status == 303 || record != 409 {
		t.Errorf("it was recorded before anybody was there: %d", early.status)
	}
	d.turn(taken)
	jia.post(at+"/check_in", arrival.form(said(where, 12, d.clock(), d.clock())...)).is(303)

	// A row that is left out or wants a remark is marked, what was answered stays.
	form := ahead.form(append(said(where, 12, d.clock(), d.clock()), "f-unsigned", "declined", "f-checks.GS-01", "corrected", "f-checks.GS-01.remark", "", "f-checks.GS-02.remark", "")...)
	back := jia.post(at+"/record", form).is(422).says("请写明情况", "1/2")
	if strings.Count(back.body, "checklist-wrong") != 2 {
		t.Errorf("%d rows are marked", strings.Count(back.body, "checklist-wrong"))
	}
	form.Set("f-checks.GS-01.remark", "当场悬挂")
	jia.post(at+"/record", form).is(422).says("还有 1 项没有填写", "实际地址与登记住所相符")
	form.Set("f-checks.GS-02", "fine")
	jia.post(at+"/record", form).is(303)
	jia.post(at+"/record", form).is(303) // the telephone had no answer and sends it again

	// The subject comes in by the code that is held out.
	shown := jia.get(at + "/door").is(200).says("请对方扫码核对")
	ding.get(at + "/door").is(404)
	path := regexp.MustCompile(`https://example\.test(/visits/[A-Z2-7]{42})`).FindStringSubmatch(shown.body)[1]
	other := "A"
	if strings.HasSuffix(path, other) {
		other = "E"
	}
	d.anybody("GET", path[:len(path)-1]+other, nil).is(404).says("没有这次检查")
	d.anybody("GET", "/visits/x", nil).is(404)
	door := d.anybody("GET", path, nil).is(200).says("虚构晨光便利店", "检查员甲", "检查员乙乙", "营业执照在显著位置", "SJ-1", "签到后几分钟内生成抽签证明").hides("当场悬挂", "当场改正")
	if got := door.head.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("the address is told on: %q", got)
	}
	d.anybody("POST", path+"/say", url.Values{"key": door.form()["key"], "text": {" "}}).is(422)
	d.anybody("POST", path+"/say", url.Values{"key": {gov.NewID(d.clock()).String()}, "text": {"执照当天正在换领"}}).is(303)
	d.anybody("POST", path+"/complain", url.Values{"key": {gov.NewID(d.clock()).String()}, "text": {"来的人没有出示证件"}}).is(303)
	d.anybody("POST", path+"/record", url.Values{"key": {gov.NewID(d.clock()).String()}, "text": {"x"}}).is(404)
	d.anybody("GET", path+"?done=say", nil).is(200).says("意见已提交", "执照当天正在换领")
	jia.get("/desk/cases/" + id.String()).is(200).says("执照当天正在换领").hides("没有出示证件")

	// It holds once the other of the team confirms.
	yi.get("/desk/site").is(200).says("核对并确认：记录检查结果", "向对方出示二维码")
	d.turn(taken.Add(5 * time.Minute))
	f, err := d.Docket.File(t.Context(), id, d.clock())
	check(t, err)
	if f.Case.State != "on_site" || len(f.Case.Pending) != 1 {
		t.Fatalf("state %s, %d requests", f.Case.State, len(f.Case.Pending))
	}
	check(t, d.Casework.Answer(t.Context(), yi.standing(), docket.Step{Case: id}, f.Case.Pending[0].Seq, true, ""))
	if f, err = d.Docket.File(t.Context(), id, d.clock()); err != nil || f.Case.State != "recorded" || f.Case.Values.Text("outcome") != "corrected" {
		t.Errorf("state %s, outcome %s, %v", f.Case.State, f.Case.Values.Text("outcome"), err)
	}
	storetest.Sound(t, d.DB)
}
