package programmes_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quanxiang/web"
	"quanxiang/web/webtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// reader reads pages of a site.
type reader struct {
	*testing.T
	base string
}

func open(t *testing.T) reader {
	t.Helper()
	s, err := web.New(webtest.Deps(t))
	must(t, err)
	srv := httptest.NewServer(s.Public)
	t.Cleanup(srv.Close)
	return reader{t, srv.URL}
}

// get answers status, page and the address it ended at.
func (r reader) get(path string, q url.Values) (int, string, *url.URL) {
	r.Helper()
	resp, err := http.Get(r.base + path + "?" + q.Encode())
	must(r.T, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(r.T, err)
	return resp.StatusCode, string(b), resp.Request.URL
}

func (r reader) has(page string, want ...string) {
	r.Helper()
	for _, w := range want {
		if !strings.Contains(page, w) {
			r.Errorf("no %q on the page", w)
		}
	}
}

var total = regexp.MustCompile(`programme-total[^>]*>([^<]*)<`)

func totalOf(t *testing.T, page string) string {
	t.Helper()
	m := total.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no total on the page: %.600s", page[strings.Index(page, "<main"):])
	}
	return m[1]
}

func TestProgrammes(t *testing.T) {
	t.Parallel()
	r := open(t)
	t.Run("list", func(t *testing.T) {
		r := reader{t, r.base}
		status, page, _ := r.get("/programmes", nil)
		if status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		r.has(page, "西政发〔2016〕16号", "2016年11月1日至2021年10月31日有效", "配套资金", "第三条", "/programmes/calculate?")
		_, page, _ = r.get("/programmes", url.Values{"lang": {"en"}})
		r.has(page, "In force from 1 November 2016 to 31 October 2021", "art. 3", `lang="zh-CN"`)
	})
	t.Run("choose", func(t *testing.T) {
		r := reader{t, r.base}
		status, page, _ := r.get("/programmes/calculate", nil)
		if status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		r.has(page, `name="for"`, `name="p" value="16号"`, `name="b" value="16号.配套资金"`)
		if status, page, _ = r.get("/programmes/calculate", url.Values{"for": {"企业"}}); status != http.StatusUnprocessableEntity {
			t.Errorf("nothing chosen: %d", status)
		}
		r.has(page, "至少一份文件")
		if status, _, _ = r.get("/programmes/calculate", url.Values{"for": {"残疾人"}, "p": {"16号"}}); status != http.StatusUnprocessableEntity {
			t.Errorf("a document with nothing for the applicant: %d", status)
		}
	})
	// Nothing that was entered is passed over without a word.
	t.Run("wrong", func(t *testing.T) {
		r := reader{t, r.base}
		for name, c := range map[string]struct{ input, value, want string }{
			"no year":           {"year", "abc", "“abc”不是年度"},
			"a year of nothing": {"year", "1800", "“1800”不是年度"},
			"before the rules":  {"year", "2012", "不在“西政发〔2016〕16号”的有效期内"},
			"unknown fact":      {"facts.年収入.2017", "5万元", "没有“年収入”这个事实（是不是“年收入”？）"},
			"unknown list":      {"n.无此清单", "2", "没有“无此清单”这个事实"},
			"unknown document":  {"p", "99号", "没有“99号”的规则"},
			"negative":          {"facts.年收入.2017", "-5万元", "不能为负"},
			"wrong unit":        {"facts.发明专利", "3件", "应如 3项"},
			"no whole number":   {"facts.发明专利", "3.5", "应是整数"},
			"after the year":    {"facts.成立日期", "2018-01-01", "晚于申报年度"},
			"long list":         {"n.科技项目", "100000", "0 至 20 的项数"},
		} {
			q := url.Values{"for": {"企业"}, "p": {"16号"}, "year": {"2017"}}
			if q.Add(c.input, c.value); c.input == "year" {
				q.Set(c.input, c.value)
			}
			status, page, _ := r.get("/programmes/calculate", q)
			if status != http.StatusUnprocessableEntity || !strings.Contains(page, c.want) {
				t.Errorf("%s: status %d, %q is not told", name, status, c.want)
			}
		}
		_, summed, _ := r.get("/programmes/calculate", url.Values{"for": {"企业"}, "p": {"16号"}, "year": {"2017"}, "facts.年收入.2017": {"很多"}})
		if _, summary, ok := strings.Cut(summed, `class="error-summary"`); !ok || !strings.Contains(summary[:strings.Index(summary, "</div>")], ">年收入") {
			t.Errorf("the summary does not say which fact is meant: %t", ok)
		}
		// Facts that contradict each other are told at the first, and stay in their inputs.
		q := url.Values{"for": {"企业"}, "p": {"16号"}, "year": {"2017"}, "facts.主营业务收入.2017": {"501万元"}, "facts.年收入.2017": {"500万元"}, "rest": {"1"}}
		status, page, _ := r.get("/programmes/calculate", q)
		if status != http.StatusUnprocessableEntity || !regexp.MustCompile(`(?s)facts\.主营业务收入\.2017.{0,400}主营业务收入（2017 年）、年收入（2017 年）不符：主营业务收入是年收入的一部分，不会更多（programmes/16\.rule:\d+）`).MatchString(page) {
			t.Errorf("facts that contradict each other: status %d", status)
		}
		r.has(page, `value="501万"`, `value="500万"`)
		if strings.Contains(page, "programme-total") {
			t.Error("facts that contradict each other were computed")
		}
		q.Set("lang", "en")
		_, page, _ = r.get("/programmes/calculate", q)
		r.has(page, `the facts do not agree: <span lang="zh-CN">主营业务收入 (2017), 年收入 (2017): `)
		q.Set("facts.主营业务收入.2017", "500万元")
		if status, _, _ = r.get("/programmes/calculate", q); status != http.StatusOK {
			t.Errorf("the part is the whole: status %d", status)
		}
		// An entry that is stated twice is told at the second.
		again := url.Values{"for": {"企业"}, "p": {"16号"}, "year": {"2017"}, "n.国外专利": {"2"}, "facts.国外专利[0].专利": {"US 9,123,456"}, "facts.国外专利[1].专利": {"us9,123,456"}}
		status, page, _ = r.get("/programmes/calculate", again)
		if status != http.StatusUnprocessableEntity || !regexp.MustCompile(`(?s)专利第 2 项与第 1 项的专利相同[^<]*</p>\s*<input[^>]*name="facts\.国外专利\[1\]\.专利"`).MatchString(page) {
			t.Errorf("a patent stated twice: status %d: %s", status, page[strings.LastIndex(page, "相同")-600:strings.LastIndex(page, "相同")+900])
		}
		r.has(page, "国外专利第 2 项与第 1 项的专利相同：一项专利只填一项，写明国家数（programmes/16.rule:", `value="us9,123,456"`)
		again.Set("lang", "en")
		_, page, _ = r.get("/programmes/calculate", again)
		r.has(page, `entries 1 and 2 of <span lang="zh-CN">国外专利</span> are the same in`)
		again.Set("facts.国外专利[1].专利", "US 9,123,457")
		if status, _, _ = r.get("/programmes/calculate", again); status != http.StatusOK {
			t.Errorf("two patents: status %d", status)
		}
		// Amounts are taken as officials write them, and shown as they were typed.
		for typed, shown := range map[string]string{"５００万元": "５００万", "500万": "500万", "5，000，000": "5，000，000", "5 000 000 元": "5 000 000", "5百万": "5百万", "5000000": "5000000"} {
			q.Set("facts.年收入.2017", typed)
			q.Set("facts.主营业务收入.2017", "501万")
			status, page, _ := r.get("/programmes/calculate", q)
			if status != http.StatusUnprocessableEntity {
				t.Errorf("%s is not 500万元: a part of 501万元 is answered with %d", typed, status)
			}
			r.has(page, `value="`+shown+`"`)
			q.Set("facts.主营业务收入.2017", "500万")
			if status, _, _ := r.get("/programmes/calculate", q); status != http.StatusOK {
				t.Errorf("%s is not 500万元: a part of 500万元 is answered with %d", typed, status)
			}
		}
	})
	// Facts are asked one after the other until nothing is open.
	t.Run("calculate", func(t *testing.T) {
		r := reader{t, r.base}
		q := url.Values{"for": {"企业"}, "b": {"16号.配套资金"}, "year": {"2017"}, "facts.认定": {""}}
		_, page, at := r.get("/programmes/calculate", q)
		if at.Query().Has("facts.认定") {
			t.Errorf("an empty input stays in the address: %s", at)
		}
		r.has(page, "还要知道", "n.科技项目", "由西城园管委会认定或提供")
		if strings.Contains(page, "facts.发明专利") {
			t.Error("a fact is asked that decides nothing")
		}
		q.Set("facts.认定", "认定企业")
		q.Set("facts.成立日期", "2007-03-01")
		q.Set("n.科技项目", "2")
		_, page, _ = r.get("/programmes/calculate", q)
		r.has(page, "facts.科技项目[1].来源", "facts.主营业务收入.2017")
		for _, k := range []string{"0", "1"} {
			q.Set("facts.科技项目["+k+"].来源", "科技部")
			q.Set("facts.科技项目["+k+"].所获资金", "150万元")
			q.Set("facts.科技项目["+k+"].核定比例", "100")
			q.Set("facts.科技项目["+k+"].项目", k)
		}
		_, page, _ = r.get("/programmes/calculate", q)
		if got := totalOf(t, page); got != "0 至 200万元" {
			t.Errorf("without the income the total is %s", got)
		}
		for _, year := range []string{"2015", "2016", "2017"} {
			q.Set("facts.主营业务收入."+year, "1880万元")
		}
		_, page, _ = r.get("/programmes/calculate", q)
		if got := totalOf(t, page); got != "94万元" {
			t.Errorf("the total is %s, want 94万元", got)
		}
		r.has(page, "上限起作用", "第三条第二款", "原文没有写明", "按规则算出的数")
		if strings.Contains(page, `id="hints"`) {
			t.Error("a hint where the limit of income alone decides")
		}
		q.Set("lang", "en")
		_, page, _ = r.get("/programmes/calculate", q)
		if got := totalOf(t, page); got != "940,000 yuan" {
			t.Errorf("the total is %s in English", got)
		}
	})
	// What would bring more is said once nothing is open.
	t.Run("hints", func(t *testing.T) {
		r := reader{t, r.base}
		q := url.Values{"for": {"企业"}, "b": {"16号.知识产权补贴"}, "year": {"2017"}, "facts.认定": {"认定企业"}, "facts.发明专利": {"0项"}, "facts.其他知识产权": {"1项"}, "facts.国际商标": {"0件"}}
		if _, page, _ := r.get("/programmes/calculate", q); strings.Contains(page, `id="hints"`) {
			t.Error("a hint while a list is open")
		}
		q.Set("n.国外专利", "0")
		_, page, _ := r.get("/programmes/calculate", q)
		r.has(page, "怎样能多得", "其他知识产权再多 2项（达到 3项）", "多得 3000元", "第七条第（二）项")
	})
	// Whoever has none of the rest says so once and is done; what an office finds is
	// asked all the same.
	t.Run("rest", func(t *testing.T) {
		r := reader{t, r.base}
		q := url.Values{"for": {"企业"}, "p": {"16号", "17号", "18号"}, "year": {"2018"}, "facts.发明专利": {"2"}, "facts.年收入.2018": {"180万元"}, "rest": {"none"}}
		_, page, _ := r.get("/programmes/calculate", q)
		if got := totalOf(t, page); got != "0 至 1.8万元" {
			t.Errorf("before the park's word the total is %s", got)
		}
		r.has(page, `name="facts.认定"`, "没有填的按没有计算", `name="rest" value="none" checked`)
		if strings.Contains(page, `name="n.贷款"`) || strings.Contains(page, `name="facts.主营业务收入.2018"`) {
			t.Error("what there is none of is asked")
		}
		for _, name := range []string{"认定", "高成长前十", "孵化加速基地", "孵化平台", "出版园认定"} {
			q.Set("facts."+name, "no")
		}
		q.Set("facts.认定", "认定企业")
		_, page, _ = r.get("/programmes/calculate", q)
		if got := totalOf(t, page); got != "8000元" {
			t.Errorf("the total is %s", got)
		}
		if _, apply, ok := strings.Cut(page, `href="/apply/new?`); !ok || strings.Contains(strings.SplitN(apply, `"`, 2)[0], "rest") {
			t.Error("an application is begun with what was not stated")
		}
	})
	// Services have no sum: they are counted, and what is open is said to be open.
	t.Run("services", func(t *testing.T) {
		r := reader{t, r.base}
		q := url.Values{"for": {"残疾人"}, "p": {"8号"}, "year": {"2017"}}
		_, page, _ := r.get("/programmes/calculate", q)
		if got := totalOf(t, page); got != "0 至 21 项" {
			t.Errorf("nothing stated: %s", got)
		}
		r.has(page, "项事实没有填")
		if strings.Contains(page, "各项事实都已填写") {
			t.Error("what is open is said to be stated")
		}
		for _, f := range []string{"生活困难", "重度", "无业", "低收入家庭", "与老人共同生活", "孤寡", "靠家庭供养", "无法单独立户", "自负医疗难以承担", "救助制度无法覆盖", "救助后仍严重困难", "参加城乡居民养老保险",
			"参加城镇居民医疗保险", "重性精神障碍", "符合住房保障条件", "有无障碍改造需求", "参加职业康复训练", "需要辅助器具", "在学前康复机构", "在校学生", "子女在校", "入住社会福利机构"} {
			q.Set("facts."+f, "no")
		}
		q.Set("facts.持证", "yes")
		q.Set("rest", "none")
		_, page, _ = r.get("/programmes/calculate", q)
		if got := totalOf(t, page); got != "2 项" {
			t.Errorf("with a certificate alone: %s", got)
		}
		r.has(page, "公园免费", "免费乘车", "没有填的按没有计算，这是按规则算出的数")
	})
	t.Run("together", func(t *testing.T) {
		r := reader{t, r.base}
		status, page, _ := r.get("/programmes/calculate", url.Values{"for": {"企业"}, "p": {"16号", "17号", "18号"}})
		if status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		r.has(page, "2021 年度", "西政发〔2016〕18号", "先填最能决定结果的几项", "还不能确定")
	})
	t.Run("mistakes", func(t *testing.T) {
		r := reader{t, r.base}
		for _, c := range []struct{ name, value, want string }{
			{"facts.主营业务收入.2017", "-5万元", "不能为负"},
			{"facts.主营业务收入.2017", "5家", "“5家”不是金额，可写 12,000.50元、1.5万元"},
			{"facts.主营业务收入.2017", "1,5万", "不是金额"},
			{"facts.主营业务收入.2017", "1万元2千", "不是金额"},
			{"facts.主营业务收入.2017", "0.001", "不是整数分"},
			{"n.科技项目", "21", "填 0 至 20 的项数"},
			{"facts.成立日期", "2018-01-01", "晚于申报年度"},
			{"year", "2012", "有效期"},
		} {
			q := url.Values{"for": {"企业"}, "b": {"16号.配套资金"}, "year": {"2017"}}
			q.Set(c.name, c.value)
			status, page, _ := r.get("/programmes/calculate", q)
			if status != http.StatusUnprocessableEntity {
				t.Errorf("%s = %s: status %d", c.name, c.value, status)
			}
			r.has(page, c.want, "error-summary")
		}
	})
}
