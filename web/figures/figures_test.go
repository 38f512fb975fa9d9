package figures_test

import (
	"encoding/csv"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web"
	"quanxiang/web/figures"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// site is a district that was told of matters: 13 in one street settled on the spot,
// 2 reported in another, of which one was not taken up.
type site struct {
	t    *testing.T
	site *web.Site
	by   people.Standing
}

func open(t *testing.T) *site {
	t.Helper()
	now := time.Date(2016, 11, 1, 10, 0, 0, 0, gov.China)
	clock := func() time.Time { return now }
	deps, d := webtest.WithCases(t, clock)
	supervisor := dockettest.Staff("xun", "cgzx-jd", "supervisor")
	begin := func(actor cases.Actor, action string, values cases.Values) gov.ID {
		now = now.Add(time.Minute)
		id := gov.NewID(now)
		_, err := d.Begin(t.Context(), id, "report", cases.Input{Action: action, Actor: actor, Values: values})
		check(t, err)
		return id
	}
	for range 13 {
		begin(supervisor, "settle", cases.Values{"about": "地面垃圾", "place": "39.92,116.35", "street": "110102011", "class": "11010220102",
			"photos": []string{hash}, "after_photos": []string{hash}})
	}
	for _, about := range []string{"看不清", "还在等"} {
		id := begin(cases.Actor{Kind: gov.PublicActor}, "report", cases.Values{"about": about, "street": "110102001"})
		if about == "看不清" {
			_, err := d.Act(t.Context(), docket.Step{Case: id}, cases.Input{Action: "refuse", Actor: dockettest.Staff("shou", "cgzx-jd", "acceptor"),
				Values: cases.Values{"refusal": "unclear", "reply": "请补充位置"}})
			check(t, err)
		}
	}
	s, err := web.New(deps)
	check(t, err)
	return &site{t, s, webtest.Staff(t, deps.Pack, "zfb", "supervision", "", now)}
}

// get asks for a page as the staff, or as everybody.
func (s *site) get(path string) (int, string) {
	s.t.Helper()
	h := s.site.Public
	if strings.HasPrefix(path, figures.StaffRoot) {
		h = webtest.As(s.by, h)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

func (s *site) page(path string, want ...string) string {
	s.t.Helper()
	code, body := s.get(path)
	if code != http.StatusOK {
		s.t.Fatalf("GET %s: %d %.300s", path, code, body)
	}
	for _, text := range want {
		if !strings.Contains(body, text) {
			s.t.Errorf("%s lacks %s", path, text)
		}
	}
	return body
}

// rows reads a table that was exported.
func (s *site) rows(path string) [][]string {
	s.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.page(path), "\ufeff"))).ReadAll()
	check(s.t, err)
	return rows
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 7, func(e *ui.Engine) error {
		_, err := figures.New(figures.Deps{Engine: e})
		return err
	})
}

// Every number says what it counts and leads to it; what stands on few cases has
// neither per cent nor rank; nobody sees more than they may.
func TestPages(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.page(figures.Root, `href="/figures/report"`)
	if code, body := s.get("/figures/patrol"); code != http.StatusNotFound {
		t.Errorf("figures of a procedure without any: %d %.100s", code, body)
	}
	s.page("/figures/report", "93.33%", `上报的案卷`, `href="/figures/report/cases/answered?from=2016-09&amp;part=1&amp;to=2016-11"`, "处置用时", "不受理并说明理由", `role="img"`)

	const settled = "/figures/report/measures/settled?by=street"
	body := s.page(settled, "86.67%", "100.00%", "0/2", `<title>金融街街道</title>`, "不足 10 件的比率只列件数", "定义", "名次")
	if strings.Contains(body, `by=channel`) {
		t.Error("the public is told by a field it does not read")
	}
	if strings.Index(body, "<title>金融街街道</title>") > strings.Index(body, "<title>西长安街街道</title>") {
		t.Error("what stands on two cases comes before what stands on thirteen")
	}
	for root, want := range map[string]int{figures.Root: 13, figures.StaffRoot: 14} {
		if rows := s.rows(root + "/report/cases/answered/cases.csv?part=1"); len(rows)-1 != want {
			t.Errorf("%s lists %d cases that were answered, want %d", root, len(rows)-1, want)
		}
	}
	rows := s.rows(figures.StaffRoot + "/report/measures/settled/by.csv?by=channel")
	if got := strings.Join(rows[1], " "); len(rows) != 3 || got != "1 巡查 100.00% 13 13" {
		t.Errorf("by channel: %v", rows)
	}
	if got := strings.Join(rows[2], " "); got != " 网上  0 2" {
		t.Errorf("what stands on two cases has a rank or per cent: %q", got)
	}
	if rows := s.rows("/figures/report/table.csv"); len(rows) != 24 || rows[1][0] != "答复率" || strings.Join(rows[1][1:4], " ") != "93.33% 14 15" {
		t.Errorf("all figures: %d rows, %v", len(rows), rows[1])
	}
	s.page(figures.StaffRoot+"/report/measures/time_whole?by=@hour", "10 时", "中位数")
	s.page("/figures/report?field=street&value=110102001", "只看街道：西长安街街道", "1/2")
	for path, want := range map[string]int{
		"/figures/report/measures/nothing": 404, "/figures/report/cases/nothing": 404, "/figures/report/cases/answered?part=2": 422,
		"/figures/report/measures/settled?by=channel": 422, "/figures/report?from=2016-12&to=2016-11": 422, "/figures/report?from=x": 422,
		"/figures/report/cases/answered?after=x": 422, "/figures/report?field=cell&value=1": 422, "/figures/report/spots/cell": 404, "/figures/report/hot": 404, figures.StaffRoot + "/duty/hot": 404, "/figures/report/pairs/street.channel": 404, "/figures/report/pairs/street": 404, "/figures/report/cases/settled?field=street.class&value=x": 422, "/figures/nothing": 404,
	} {
		if code, _ := s.get(path); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	// What began by two fields at once adds up to all, and every number leads to its cases.
	table := s.rows("/figures/report/pairs/street.class/table.csv")
	for _, row := range table[1:] {
		sum := 0
		for _, cell := range row[2:] {
			n, _ := strconv.Atoi(cell)
			sum += n
		}
		if row[1] != strconv.Itoa(sum) {
			t.Errorf("%s are %d in their classes", row, sum)
		}
	}
	page := s.page("/figures/report/pairs/street.class")
	link := regexp.MustCompile(`href="(/figures/report/cases/begun[^"]*)">(\d+)<`).FindStringSubmatch(page)
	if len(table) < 2 || link == nil {
		t.Fatalf("by street and class: %q, %.2000s", table, page)
	}
	behind := s.page(html.UnescapeString(link[1]))
	if n := strings.Count(behind, "/progress/cases/"); strconv.Itoa(n) != link[2] {
		t.Errorf("%s cases are %d: %.2000s", link[2], n, behind)
	}
	w := httptest.NewRecorder()
	s.site.Public.ServeHTTP(w, httptest.NewRequest("GET", figures.StaffRoot+"/report", nil))
	if w.Code == http.StatusOK {
		t.Error("everybody reads the figures of the staff")
	}
	hot := s.page(figures.HotPath("report"))
	for _, want := range []string{"共 1 处、13 件", "100 米以内至少有 3 件", "30 天内", "另有 7 件", "在地图上看"} {
		if !strings.Contains(hot, want) {
			t.Errorf("the page of hot places lacks %s", want)
		}
	}
	if file := s.page(figures.HotPath("report") + "/table.csv"); strings.Count(file, "CG2016-") != 13 {
		t.Errorf("the file of hot places: %s", file)
	}
	if !strings.Contains(s.page(figures.StaffRoot+"/report"), figures.HotPath("report")) {
		t.Error("the figures of the staff do not lead to the hot places")
	}
	for _, path := range []string{"/figures", "/figures/report", settled, "/figures/report/cases/answered", "/figures/report/spots/community", figures.StaffRoot + "/report/spots/cell", figures.HotPath("report"), "/figures/report/pairs/unit.class", figures.StaffRoot + "/report/pairs/@hour.class"} {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		if stray := webtest.Unmarked(t, s.page(path+sep+"lang=en")); len(stray) > 0 {
			t.Errorf("%s in English holds %q", path, stray)
		}
	}
}
