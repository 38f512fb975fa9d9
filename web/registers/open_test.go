package registers_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/registers"
	"quanxiang/web/webtest"

	pages "quanxiang/web/registers"
)

// Everybody reads who is on the black list, follows it, and takes what is public of
// the register as data; what is not public, over or withdrawn is in none of it.
func TestOpen(t *testing.T) {
	t.Parallel()
	d, p, regs, _, codes := site(t)
	push(t, d, regs, "serious", "gsfj",
		map[string]string{"subject": codes[0], "number": "黑1号", "date": "2026-09-01", "reason": "虚构理由甲"},
		map[string]string{"subject": codes[1], "number": "黑2号", "date": "2026-09-02", "removed": "2026-11-23", "reason": "虚构理由乙"},
		map[string]string{"subject": codes[1], "number": "黑3号", "date": "2026-09-03", "reason": "虚构理由丙"})
	must(t, regs.Withdraw(t.Context(), people.Operator("root", webtest.Now), "market", "serious", "gsfj", "黑3号", "录错"))
	push(t, d, regs, "inspection", "syj", map[string]string{"subject": codes[0], "number": "查1号", "date": "2026-10-01", "matter": "食品安全", "result": "fine", "notes": "虚构记录"},
		map[string]string{"subject": codes[0], "number": "查0号", "date": "2020-10-01", "matter": "陈年旧事", "result": "fine"})
	push(t, d, regs, "complaint", "syj", map[string]string{"subject": codes[0], "number": "诉1号", "date": "2026-10-01", "matter": "虚构投诉"})
	public := d.Serve(t, people.Public(webtest.Now), p.Mount)
	list := pages.PublicRoot + "/market/lists/serious"
	code, page := get(t, public, list)
	for want, there := range map[string]bool{"虚构理由甲": true, "虚构理由乙": false, "虚构理由丙": false, "现有 1 个在列": true, codes[0]: true, "怎样移出": true, "/report/objection/object?": true} {
		if code != 200 || strings.Contains(page, want) != there {
			t.Errorf("the list: %d, %q there is %t", code, want, !there)
		}
	}
	if code, _ := get(t, public, pages.PublicRoot+"/market/lists/penalty"); code != http.StatusNotFound {
		t.Errorf("a list the pack does not make: %d", code)
	}
	if code, _ := get(t, public, list+"?after=xx"); code != http.StatusBadRequest && code != http.StatusUnprocessableEntity {
		t.Errorf("no place of the list: %d", code)
	}
	code, text := get(t, public, list+".atom")
	var feed struct {
		Entries []struct {
			ID    string `xml:"id"`
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	must(t, xml.Unmarshal([]byte(text), &feed))
	if code != 200 || len(feed.Entries) != 1 || !strings.Contains(feed.Entries[0].Title, codes[0]) {
		t.Errorf("the feed: %d %+v", code, feed)
	}
	if code, page := get(t, public, pages.PublicRoot+"/market"); code != 200 || !strings.Contains(page, list) || !strings.Contains(page, pages.DataRoot+"/market") {
		t.Errorf("the credit page leads to neither: %d", code)
	}

	data := pages.DataRoot + "/market"
	if code, page := get(t, public, data); code != 200 || !strings.Contains(page, "注明来源") || !strings.Contains(page, "serious.csv") || strings.Contains(page, "complaint") {
		t.Errorf("the data: %d", code)
	}
	if code, text := get(t, public, data+"/entries.csv"); code != 200 || strings.Count(text, "\r\n") != 4 || strings.Contains(text, "虚构负责人") || !strings.Contains(text, "虚构路1号") {
		t.Errorf("entries: %d %q", code, text)
	}
	if code, text := get(t, public, data+"/inspection.csv"); code != 200 || !strings.Contains(text, "食品安全") || strings.Contains(text, "陈年旧事") || strings.Contains(text, "虚构记录") {
		t.Errorf("inspections: %d %q", code, text)
	}
	code, text = get(t, public, data+"/serious.json")
	var items struct {
		Licence string
		Items   []struct{ Subject, Number, Unit string }
	}
	must(t, json.Unmarshal([]byte(text), &items))
	if code != 200 || len(items.Items) != 2 || items.Items[0].Unit != "gsfj" || items.Licence == "" {
		t.Errorf("as JSON: %d %s", code, text)
	}
	code, text = get(t, public, data+"/serious.csv-metadata.json")
	var about struct {
		URL         string
		TableSchema struct {
			Columns []struct {
				Name, Titles string
				Datatype     any
			}
		}
	}
	must(t, json.Unmarshal([]byte(text), &about))
	_, head := get(t, public, data+"/serious.csv")
	var titles []string
	for _, c := range about.TableSchema.Columns {
		titles = append(titles, c.Titles)
	}
	if code != 200 || about.URL != "serious.csv" || !strings.HasPrefix(strings.TrimPrefix(head, "\ufeff"), strings.Join(titles, ",")+"\r\n") {
		t.Errorf("the description: %d %v, the head %q", code, titles, head)
	}
	// Days are written as the description says, and amounts as bare numbers under a head
	// with their unit.
	rows, err := csv.NewReader(strings.NewReader(head)).ReadAll()
	must(t, err)
	days := 0
	for i, c := range about.TableSchema.Columns {
		if _, isDate := c.Datatype.(map[string]any); !isDate {
			continue
		}
		for _, row := range rows[1:] {
			if _, err := gov.ParseDate(row[i]); row[i] != "" && err != nil {
				t.Errorf("%s is %q", c.Name, row[i])
			} else if row[i] != "" {
				days++
			}
		}
	}
	if days == 0 {
		t.Error("no day in the table")
	}
	if _, text := get(t, public, data+"/penalty.csv"); !strings.Contains(text, "罚没金额（元）") {
		t.Errorf("an amount without its unit: %q", text)
	}
	for _, none := range []string{"complaint.csv", "entries.xlsx", "entries", "nothing.json"} {
		if code, _ := get(t, public, data+"/"+none); code != http.StatusNotFound {
			t.Errorf("%s: %d", none, code)
		}
	}
	for _, path := range []string{list, data} {
		if _, page := get(t, public, path+"?lang=en"); len(webtest.Unmarked(t, page)) > 0 {
			t.Errorf("%s: %q is not marked", path, webtest.Unmarked(t, page))
		}
	}
	if _, err := regs.OpenData("nothing"); err == nil {
		t.Error("a register that is not there is given away")
	}
}

// A list is exported as it is filtered: masked at once, in full after a recorded look
// at that very list.
func TestExport(t *testing.T) {
	t.Parallel()
	d, p, regs, _, codes := site(t)
	clerk := d.Enter(t, "钱经办", "qian", "syj", "clerk")
	srv := d.Serve(t, clerk, p.Mount)
	other := d.Serve(t, d.Enter(t, "孙经办", "sun", "hbj", "clerk"), p.Mount)
	const list = pages.Root + "/market"
	code, text := get(t, srv, list+".csv?q=云杉")
	if code != 200 || strings.Count(text, "\r\n") != 4 || strings.Contains(text, "虚构负责人") || strings.Count(text, "＊＊＊") != 3 || !strings.Contains(text, "虚构路1号") {
		t.Errorf("at once: %d %q", code, text)
	}
	if head, _, _ := strings.Cut(text, "\r\n"); !strings.Contains(head, "注册资本（元）") || strings.Count(text, ",1040000,") != 3 {
		t.Errorf("amounts are no bare numbers of yuan: %q", text)
	}
	if _, page := get(t, srv, list+"/"+codes[0]); !strings.Contains(page, "104万元") {
		t.Error("a page does not write amounts as officials do")
	}
	if code, text := get(t, srv, list+".csv?q="+codes[0]); code != 200 || strings.Count(text, "\r\n") != 2 {
		t.Errorf("one: %d %q", code, text)
	}
	if code, text := get(t, srv, list+".xlsx"); code != 200 || !strings.HasPrefix(text, "PK") {
		t.Errorf("a workbook: %d", code)
	}
	if code, _, _ := post(t, srv, list, map[string][]string{"purpose": {""}, "q": {"云杉"}}); code != http.StatusUnprocessableEntity {
		t.Errorf("for nothing: %d", code)
	}
	code, at, text := post(t, srv, list, map[string][]string{"purpose": {"inspection"}, "note": {"查1号"}, "q": {"云杉"}, "format": {"csv"}})
	if code != 200 || strings.Count(text, "虚构负责人") != 3 || strings.Contains(text, "＊＊＊") {
		t.Errorf("in full: %d %q", code, text)
	}
	looks, err := regs.Store.Looks(t.Context(), "market", "", 10)
	must(t, err)
	if len(looks) != 1 || looks[0].Person != clerk.Person || looks[0].Note != "查1号 [q=云杉]" {
		t.Errorf("the looks are %+v", looks)
	}
	for why, f := range map[string]func() (int, string){
		"another list":   func() (int, string) { return get(t, srv, strings.Replace(at, "q=", "facet=enterprise&q=", 1)) },
		"another person": func() (int, string) { return get(t, other, at) },
		"a look at a sheet": func() (int, string) {
			id, err := regs.Look(t.Context(), clerk, "market", codes[0], "inspection", "[]")
			must(t, err)
			return get(t, srv, list+".csv?look="+id.String())
		},
	} {
		if code, text := f(); code != 200 || strings.Contains(text, "虚构负责人") {
			t.Errorf("%s: %d %q", why, code, text)
		}
	}
	if code, _ := get(t, d.Serve(t, people.Public(webtest.Now), p.Mount), list+".csv"); code == 200 {
		t.Error("the public exports")
	}
}

// The catalogue of inspection items is a list everybody reads, with whose each item is
// and why some are not drawn; it is no page of credit, and nothing is recorded of its entries.
func TestCatalogueIsRead(t *testing.T) {
	t.Parallel()
	d, p, regs, _, _ := site(t)
	target, err := registers.NewTarget(d.Pack, "items", "", "syj")
	must(t, err)
	_, err = regs.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, []map[string]string{
		{"key": "XC-syj-1", "title": "餐饮服务检查", "unit": "区食药监局", "subject": "各类主体", "content": "虚构内容", "method": "现场检查", "basis": "虚构依据", "mode": "随机抽查", "share": "20", "times": "2", "from": "2016-01-01"},
		{"key": "XC-syj-2", "title": "无照经营查处", "unit": "区食药监局", "subject": "各类主体", "content": "虚构内容", "method": "现场检查", "basis": "虚构依据", "mode": "暂不随机抽查", "reason": "依举报处理", "from": "2016-01-01"}})
	must(t, err)
	public := d.Serve(t, people.Public(webtest.Now), p.Mount)
	for path, want := range map[string][]string{
		"/items":          {"餐饮服务检查", "无照经营查处", "暂不随机抽查", "区食药监局", "抽查事项、事项编号", "/data/registers/items"},
		"/items/XC-syj-2": {"依举报处理", "随机抽查事项清单"},
	} {
		code, page := get(t, public, pages.PublicRoot+path)
		for _, w := range want {
			if code != 200 || !strings.Contains(page, w) {
				t.Errorf("%s: %d without %q", path, code, w)
			}
		}
		if strings.Contains(page, "信用公示") || strings.Contains(page, "原注册号") {
			t.Errorf("%s speaks of credit or of numbers it has not", path)
		}
	}
	if code, text := get(t, public, pages.DataRoot+"/items/entries.csv"); code != 200 || strings.Count(text, "\r\n") != 3 || !strings.Contains(text, "依举报处理") {
		t.Errorf("the catalogue as data: %d %q", code, text)
	}
	staff := d.Serve(t, d.Enter(t, "孙经办", "sun", "syj", "clerk"), p.Mount)
	if code, page := get(t, staff, "/desk/registers/items/XC-syj-1"); code != 200 || strings.Contains(page, "失信记录") || strings.Contains(page, "记录时间线") {
		t.Errorf("an item's page: %d, with records it cannot have", code)
	}
}
