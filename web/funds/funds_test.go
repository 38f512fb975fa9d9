package funds_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/store/fundtest"
	"quanxiang/support/fund"
	"quanxiang/web/export"
	"quanxiang/web/funds"
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
	webtest.Templates(t, 1, func(e *ui.Engine) error {
		_, err := funds.New(funds.Deps{Engine: e})
		return err
	})
}

func hasNot(t testing.TB, body string, texts ...string) {
	t.Helper()
	for _, x := range texts {
		if strings.Contains(body, x) {
			t.Errorf("the page says %q", x)
		}
	}
}

// room is the pages with money in them.
type room struct {
	*fund.Fund
	officer, signer, clerk *httptest.Server
	public                 *httptest.Server
}

func open(t *testing.T) *room {
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	money := fundtest.New(t, d.DB, d.Pack, webtest.Clock)
	money.Sheets = funds.Sheets{}
	p, err := funds.New(funds.Deps{Engine: d.Engine, Pack: d.Pack, Funds: money.Fund, Clock: webtest.Clock})
	must(t, err)
	as := func(s people.Standing) *httptest.Server {
		mux := http.NewServeMux()
		p.Mount(mux)
		srv := httptest.NewServer(ui.WithPrefs(webtest.As(s, mux)))
		t.Cleanup(srv.Close)
		return srv
	}
	staff := func(role string) people.Standing { return webtest.Staff(t, d.Pack, "czj", role, "", webtest.Now) }
	return &room{Fund: money.Fund, officer: as(staff("finance-officer")), signer: as(staff("payment-approver")), clerk: as(staff("clerk")), public: as(people.Public(webtest.Now))}
}

// promise promises money to an invented subject.
func (r *room) promise(t testing.TB, subject string, yuan int64, payee bool) gov.ID {
	t.Helper()
	c := fund.Commitment{Case: gov.NewID(webtest.Now), Subject: subject, SubjectName: "虚构" + subject, Purpose: "配套资金", Lines: []fund.Line{{Programme: "16号", Benefit: "16号.配套资金", Year: 2017, Amount: yuan * 100, Clauses: []string{"16号:3/1"}}}}
	if payee {
		var err error
		c.Payee, err = r.SavePayee(t.Context(), fundtest.Actor, fund.Payee{Subject: subject, Name: "虚构" + subject, Bank: "虚构银行西城支行", Account: "622200001111987"})
		must(t, err)
	}
	id, err := r.Commit(t.Context(), fundtest.Actor, c)
	must(t, err)
	return id
}

// The pages take money from a budget to its payee and back: what was typed wrongly stays
// typed, accounts are masked, one prepares and another signs.
func TestPages(t *testing.T) {
	t.Parallel()
	r := open(t)
	status, page, _ := webtest.Ask(t, r.clerk, funds.Root, nil)
	if status != http.StatusForbidden {
		t.Errorf("a clerk sees the money: %d %s", status, page[:100])
	}
	_, page, _ = webtest.Ask(t, r.officer, funds.Root, nil)
	webtest.Says(t, page, "还没有预算", "下达预算")
	_, page, _ = webtest.Ask(t, r.signer, funds.Root, nil)
	hasNot(t, page, "下达预算")

	wrong := url.Values{"do": {"set"}, "item": {"16号/"}, "year": {"2017"}, "amount": {"很多"}, "reason": {"虚构批复"}}
	status, page, _ = webtest.Ask(t, r.officer, funds.Root+"/budget", wrong)
	if webtest.Says(t, page, "“很多”不是金额", `value="很多"`, `value="虚构批复"`); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong amount is answered with %d", status)
	}
	wrong.Set("amount", "125万")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/budget", wrong)
	webtest.Says(t, page, "2017 年预算", "125万元")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/budget", wrong)
	webtest.Says(t, page, "已经存在")
	webtest.Ask(t, r.officer, funds.Root+"/budget", url.Values{"do": {"set"}, "item": {"16号/16号:9"}, "year": {"2017"}, "amount": {"５０，０００"}, "reason": {"虚构批复"}})
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/budget", url.Values{"do": {"move"}, "pot": {"16号/2017/"}, "to": {"16号/2017/16号:9"}, "amount": {"200万"}, "reason": {"调剂"}})
	webtest.Says(t, page, "未安排的预算只有 125万元")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/budget", url.Values{"do": {"raise"}, "pot": {"16号/2017/16号:9"}, "amount": {"-1万"}, "reason": {"压减"}})
	webtest.Says(t, page, "40,000")

	first, second := r.promise(t, "甲", 1000, true), r.promise(t, "乙", 2000, false)
	_, page, _ = webtest.Ask(t, r.officer, funds.Root, nil)
	webtest.Says(t, page, "有 2 笔、共 3000元可以拨付")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/batches/new", nil)
	webtest.Says(t, page, "虚构甲", "没有收款账户")
	status, page, _ = webtest.Ask(t, r.officer, funds.Root+"/batches/new", url.Values{"title": {"十一月"}, "ids": {first.String(), second.String()}})
	if webtest.Says(t, page, "还没有收款账户", `value="十一月"`); status != http.StatusConflict {
		t.Errorf("a payment without an account is answered with %d", status)
	}
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/promises/"+second.String()+"/repay", url.Values{"payee_name": {"虚构乙"}, "payee_bank": {"虚构银行"}, "payee_account": {"12x"}, "reason": {"补录"}})
	webtest.Says(t, page, "账号应为", `value="12x"`)
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/promises/"+second.String()+"/repay", url.Values{"payee_name": {"虚构乙"}, "payee_bank": {"虚构银行西城支行"}, "payee_account": {"622200001111456"}, "reason": {"补录"}})
	webtest.Says(t, page, "****1456")
	hasNot(t, page, "622200001111456")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/promises/"+second.String()+"/look", url.Values{"reason": {""}})
	webtest.Says(t, page, "说明理由")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/promises/"+second.String()+"/look", url.Values{"reason": {"电话核对"}})
	webtest.Says(t, page, "622200001111456", "已记入账本")

	_, page, batch := webtest.Ask(t, r.officer, funds.Root+"/batches/new", url.Values{"title": {"十一月"}, "ids": {first.String(), second.String()}})
	webtest.Says(t, page, "2026-0001", "待签发", "等另一人签发", "****1456")
	_, page, _ = webtest.Ask(t, r.signer, funds.Root, nil)
	webtest.Says(t, page, "有 1 个批次等您签发")
	_, page, _ = webtest.Ask(t, r.signer, batch, nil)
	webtest.Says(t, page, "签发 2 笔，共 3000元")
	status, _, _ = webtest.Ask(t, r.officer, batch+"/sign", url.Values{"sure": {"1"}})
	if status != http.StatusForbidden {
		t.Errorf("who prepared signs: %d", status)
	}
	_, page, _ = webtest.Ask(t, r.signer, batch+"/sign", url.Values{"sure": {"1"}})
	webtest.Says(t, page, "已签发", "SHA-256")
	hasNot(t, page, "下载 CSV")
	_, page, _ = webtest.Ask(t, r.officer, batch, nil)
	file := regexp.MustCompile(`action="(/desk/funds/files/[^"]*)"`).FindStringSubmatch(page)
	if file == nil {
		t.Fatal("the file cannot be fetched")
	}
	_, body, _ := webtest.Ask(t, r.officer, file[1], url.Values{"reason": {"上传财务系统"}})
	table, err := export.Read([]byte(body))
	must(t, err)
	if len(table) != 3 || table[2][3] != "622200001111456" || table[2][4] != "2000.00" {
		t.Errorf("the file holds %q", table)
	}
	status, _, _ = webtest.Ask(t, r.signer, file[1], url.Values{"reason": {"上传财务系统"}})
	if status != http.StatusForbidden {
		t.Errorf("who signs fetches the file: %d", status)
	}

	status, page, _ = webtest.Upload(t, r.officer, batch+"/answer", nil, "回单.csv", []byte("编号,金额\n1,2\n"))
	if webtest.Says(t, page, "缺少“付款编号”这一列"); status != http.StatusUnprocessableEntity {
		t.Errorf("a file without its columns is answered with %d", status)
	}
	_, page, answer := webtest.Upload(t, r.officer, batch+"/answer", nil, "回单.csv", []byte("付款编号,金额（元）,结果,付款日期,失败原因\n2026-0001-0001,1000,已付,2026-11-20,\n2026-0001-0002,2000,失败,,\n"))
	webtest.Says(t, page, "什么都没有记账", "失败的应写明原因", "导入 1 行")
	_, page, _ = webtest.Ask(t, r.officer, answer, url.Values{})
	webtest.Says(t, page, "2 笔中已回 1 笔", "已付")
	_, page, _ = webtest.Upload(t, r.officer, batch+"/answer", nil, "回单.csv", []byte("付款编号,金额（元）,结果,付款日期,失败原因\n2026-0001-0001,1000,已付,2026-11-20,\n2026-0001-0002,2000,失败,,账号不符\n"))
	webtest.Says(t, page, "全部记账")
	_, page, _ = webtest.Ask(t, r.officer, batch, nil)
	webtest.Says(t, page, "已回单", "账号不符")

	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/promises/"+first.String(), nil)
	webtest.Says(t, page, "追回资金")
	_, page, claim := webtest.Ask(t, r.officer, funds.Root+"/promises/"+first.String()+"/claim", url.Values{"amount": {"400"}, "due": {"2026-12-31"}, "reason": {"未按用途使用"}})
	webtest.Says(t, page, "400元", "追回中")
	_, page, _ = webtest.Ask(t, r.officer, claim+"/receive", url.Values{"amount": {"500"}, "on": {"2026-11-24"}, "reference": {"R1"}})
	webtest.Says(t, page, "最多还有 400元", `value="500"`)
	_, page, _ = webtest.Ask(t, r.officer, claim+"/receive", url.Values{"amount": {"400"}, "on": {"2026-11-24"}, "reference": {"R1"}})
	webtest.Says(t, page, "已收齐")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/subject?code="+url.QueryEscape("甲"), nil)
	webtest.Says(t, page, "虚构甲", "600元", "已退回")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/pot?id="+url.QueryEscape("16号/2017/"), nil)
	webtest.Says(t, page, "虚构乙", "下达预算", "拨付")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"/budgets.csv?year=2017", nil)
	webtest.Says(t, page, "1250000.00", "600.00"[:0], "400.00")
	_, page, _ = webtest.Ask(t, r.officer, funds.Root+"?lang=en", nil)
	webtest.Says(t, page, "Support funds", "Promised")
	if zh := regexp.MustCompile(`<h2[^>]*>[^<]*\p{Han}`).FindString(page); zh != "" {
		t.Errorf("the English page is headed %q", zh)
	}

	_, page, _ = webtest.Ask(t, r.public, funds.PublicRoot, nil)
	webtest.Says(t, page, "1,290,000", "3000")
	hasNot(t, page, "虚构甲")
	status, _, _ = webtest.Ask(t, r.public, funds.PublicRoot+".csv", nil)
	if status != http.StatusOK {
		t.Errorf("the sums as CSV: %d", status)
	}
}
