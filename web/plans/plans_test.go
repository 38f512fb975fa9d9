package plans_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"quanxiang/draw"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/invent"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/store/inspecttest"
	"quanxiang/web/plans"
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
		_, err := plans.New(plans.Deps{Engine: e})
		return err
	})
}

// Pages take a plan from proposals to frozen lists: what was typed wrongly stays typed,
// who wrote a proposal cannot agree to it, and the office sees how many doors are saved.
func TestPages(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	standing := map[string]people.Standing{}
	officer := func(unit, role string) people.Standing {
		if _, ok := standing[unit+role]; !ok {
			standing[unit+role] = webtest.Staff(t, d.Pack, unit, role, "", webtest.Clock())
		}
		return standing[unit+role]
	}
	room := inspecttest.Fill(t, d.DB, d.Pack, webtest.Clock, 150, 120, officer)
	stages := map[gov.ID]draw.Stage{}
	p, err := plans.New(plans.Deps{Engine: d.Engine, Pack: d.Pack, Plans: room.Plans, Clock: webtest.Clock,
		Stages: func(context.Context) (map[gov.ID]draw.Stage, error) { return stages, nil }})
	must(t, err)
	as := func(unit, role string) *httptest.Server {
		mux := http.NewServeMux()
		p.Mount(mux)
		srv := httptest.NewServer(ui.WithPrefs(webtest.As(officer(unit, role), mux)))
		t.Cleanup(srv.Close)
		return srv
	}
	clerk, lead, office := as("syj", "clerk"), as("syj", "lead"), as("gsfj", "inspection-office")

	today := gov.DateOf(webtest.Clock())
	_, body, _ := webtest.Ask(t, clerk, plans.Root+"/propose", nil)
	webtest.Says(t, body, "食品经营许可检查（全年至多 50%，同一对象每年至多 4 次）", "form == &#39;enterprise&#39;", "抽查比例")
	typed := url.Values{"title": {"餐饮抽查"}, "unit": {"syj"}, "when": {quarterOf(today)}, "items": {invent.Codes("syj")[0]}, "filter": {"trad == '餐饮'"}, "share": {"20"}}
	status, body, _ := webtest.Ask(t, clerk, plans.Root+"/propose", typed)
	if webtest.Says(t, body, "没有公开的字段“trad”", "trad == &#39;餐饮&#39;", `value="餐饮抽查"`, `value="20"`); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong filter is answered %d", status)
	}
	typed.Set("filter", "trade == '餐饮'")
	typed.Set("do", "count")
	_, body, _ = webtest.Ask(t, clerk, plans.Root+"/propose", typed)
	webtest.Says(t, body, `value="餐饮抽查"`, "占全部 150 户的", "也就是：“行业”为“餐饮”。")
	found := regexp.MustCompile(`筛选出 ([0-9]+) 户`).FindStringSubmatch(body)
	if got, err := room.Proposals(t.Context(), room.Office(), today.Year, "syj"); err != nil || len(got) != 0 || found == nil || found[1] == "0" || found[1] == "150" {
		t.Errorf("counted %v, and kept %d proposals: %v", found, len(got), err)
	}
	typed.Del("do")
	_, body, _ = webtest.Ask(t, clerk, plans.Root+"/propose", typed)
	webtest.Says(t, body, "餐饮抽查", "抽查 20%")
	other := room.Propose(t, "xfzd", func(p *inspections.Proposal) { p.Count = 10 })
	// The yearly plan of a department is its proposals, as a list and as a file.
	_, body, _ = webtest.Ask(t, clerk, plans.Root+"?unit=syj&year="+strconv.Itoa(today.Year), nil)
	webtest.Says(t, body, "餐饮抽查", "食品经营许可检查", "“行业”为“餐饮”", "待合并", plans.Root+".xlsx?unit=syj")
	if n := strings.Count(body, "待合并"); n != 1 {
		t.Errorf("the plan of one department lists %d proposals", n)
	}
	if status, body, _ = webtest.Ask(t, clerk, plans.Root+".csv?unit=xfzd", nil); status != 200 || strings.Contains(body, "餐饮抽查") || strings.Count(body, "\r\n") != 2 {
		t.Errorf("the file of a department's plan: %d %q", status, body)
	}

	list, err := room.Proposals(t.Context(), room.Office(), today.Year, "syj")
	must(t, err)
	if status, _, _ = webtest.Ask(t, clerk, plans.Root+"/join", nil); status != http.StatusForbidden {
		t.Errorf("a clerk may join proposals: %d", status)
	}
	joint := url.Values{"title": {"联合检查"}, "proposals": {list[0].ID.String(), other.String()}, "first": {today.Add(-3).String()}, "last": {today.Add(30).String()}}
	status, body, _ = webtest.Ask(t, office, plans.Root+"/join", joint)
	if webtest.Says(t, body, "应不早于今天", "联合检查"); status != http.StatusUnprocessableEntity {
		t.Errorf("a day that is over is answered %d", status)
	}
	joint.Set("first", today.Add(10).String())
	_, body, _ = webtest.Ask(t, office, plans.Root+"/join", joint)
	webtest.Says(t, body, "XC-", "待各部门同意", "正在计算")
	made, err := room.List(t.Context(), room.Office())
	must(t, err)
	id, page := made[0].ID, plans.Root+"/plans/"+made[0].ID.String()
	must(t, room.Count(t.Context(), id))
	_, body, _ = webtest.Ask(t, office, page, nil)
	webtest.Says(t, body, "少敲的门", "预计上门", "人员充足", "还有部门没有同意", "撤销计划")
	_, body, _ = webtest.Ask(t, clerk, page, nil)
	webtest.Says(t, body, "正是您做的")
	if status, _, _ = webtest.Ask(t, clerk, page+"/agree", url.Values{"unit": {"syj"}}); status != http.StatusForbidden {
		t.Errorf("who wrote it agrees: %d", status)
	}
	_, body, _ = webtest.Ask(t, lead, page+"/agree", url.Values{"unit": {"syj"}})
	webtest.Says(t, body, "已同意")
	must(t, room.Agree(t.Context(), officer("xfzd", "lead"), id, "xfzd"))
	_, body, _ = webtest.Ask(t, office, page, nil)
	webtest.Says(t, body, "冻结名单")
	_, body, _ = webtest.Ask(t, office, page+"/freeze", url.Values{})
	webtest.Says(t, body, "正在读取名录并冻结")
	must(t, room.FreezeNow(t.Context(), id))
	_, body, _ = webtest.Ask(t, office, page, nil)
	webtest.Says(t, body, "已冻结，待抽取", "冻结的根值")
	_, body, _ = webtest.Ask(t, office, page+"?lang=en", nil)
	webtest.Says(t, body, "frozen, to be drawn", "Doors saved")
	for _, path := range []string{"", "/propose", "/join", "/inspectors", strings.TrimPrefix(page, plans.Root)} {
		from := office
		if path == "/propose" {
			from = clerk
		}
		_, body, _ = webtest.Ask(t, from, plans.Root+path+"?lang=en", nil)
		if stray := webtest.Unmarked(t, body); len(stray) > 0 {
			t.Errorf("%s: Chinese that is not marked: %q", path, stray)
		}
	}
	_, body, _ = webtest.Ask(t, clerk, plans.Root+"/inspectors", nil)
	webtest.Says(t, body, "即将到期")
	_, body, _ = webtest.Ask(t, office, plans.Root, nil)
	webtest.Says(t, body, made[0].Number, "执法证已到期或即将到期", "合并成计划")

	stages[id] = draw.Visiting // the chip says what the draw says
	for _, path := range []string{plans.Root, page} {
		if _, body, _ = webtest.Ask(t, office, path, nil); !strings.Contains(body, "检查进行中") || strings.Contains(body, "待抽取") {
			t.Errorf("%s does not say that the plan is drawn", path)
		}
	}
	// Who takes no part in draws is led to what everybody reads of one.
	if _, body, _ = webtest.Ask(t, clerk, page, nil); strings.Contains(body, "/ceremony\"") || !strings.Contains(body, `href="/draws/`) {
		t.Error("a clerk is not led to the public page of the draw, or to one that is closed to them")
	}
	if _, body, _ = webtest.Ask(t, office, page, nil); !strings.Contains(body, page+`/ceremony"`) {
		t.Error("the office is not led to the page of the draw")
	}
}

func quarterOf(d gov.Date) string {
	return d.String()[:4] + "-" + string(rune('0'+(int(d.Month)+2)/3))
}
