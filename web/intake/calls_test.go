package intake_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/privacy"
	"quanxiang/residents"
	"quanxiang/store/storetest"
	"quanxiang/web/intake"
	"quanxiang/web/webtest"
)

// The list of a call centre, as a spreadsheet in China saves it: every row becomes
// a case or says why not, and the numbers of the callers stand nowhere in the open.
func TestCallList(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	keys := privacy.NewKeyring()
	register := residents.New(residents.Config{Store: d.DB.Residents(d.Pack.District, keys), Keys: keys, Clock: webtest.Clock, Looks: d.Office, Name: d.Pack.Name})
	d.Imports.Contact = func(ctx context.Context, caseID gov.ID, mobile string) (string, error) {
		c, _, err := register.Open(ctx, caseID, residents.Draft{Mobile: mobile})
		return c.ID.String(), err
	}
	x, err := intake.New(intake.Deps{Engine: d.Engine, Pack: d.Pack, Casework: d.Casework, Imports: d.Imports, Clock: webtest.Clock})
	must(t, err)
	srv := d.Serve(t, d.Enter(t, "受理甲", "shoujia", "cgzx-jd", "acceptor"), x.Mount)
	const list = "来源,事由,街道,位置,类别,来电来信时间,联系方式,备注\r\n" +
		"# 例：热线12341,事由,金融街街道,,,,13800000000,\r\n" +
		"热线12341,便道井盖松动,金融街街道,,11010210401,2026/11/2 8:05,138 1234 5678,a\r\n" +
		"热线12341,路灯不亮,金融街街道,,,,1381234,\r\n" +
		"热线12341,垃圾没人清,没有这条街,,,,13912345678,\r\n" +
		"电报,垃圾没人清,金融街街道,,,,,\r\n" +
		",,,,,,,\r\n" +
		"上级转办,没有工单号,金融街街道,,,,,\r\n" +
		"热线12341,果皮箱满了,金融街街道,\"39.9155,116.3600\",,,,\r\n" +
		"热线12341,树枝断了,德胜街道,,,,,\r\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(list)
	must(t, err)
	at := intake.Root + "report/take"
	for _, file := range []string{"\ufeff" + list, gbk} {
		code, page := send(t, srv, at, []byte(file), nil)
		if code != 422 {
			t.Fatalf("checked: %d", code)
		}
		for _, w := range []string{"共 7 行", "电话号码", "没有这条街", "电报", "请填写上级工单编号", "备注"} {
			if !strings.Contains(page, w) {
				t.Errorf("the check does not say %q", w)
			}
		}
		fields := kept(page)
		for range 2 { // sent twice
			srv.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			if code, page = send(t, srv, at, nil, fields); code != 303 {
				t.Fatalf("asked for: %d %s", code, page)
			}
		}
		id, err := gov.ParseID(fields["batch"])
		must(t, err)
		for _, cells := range storetest.Rows(t, d.DB, "select rows_json from case_imports") {
			row := strings.Join(cells, " ")
			if strings.Contains(row, "1381234") || strings.Contains(row, "1391234") || strings.Contains(row, "13800000000") {
				t.Errorf("a number waits in the open: %s", row)
			}
		}
		must(t, d.Imports.Run(t.Context(), id))
		_, report := get(t, srv, at+"/runs/"+id.String()+"/report.csv")
		if n := strings.Count(report, "\n"); n != 1+7 {
			t.Errorf("the report has %d lines: %s", n, report)
		}
	}
	rows, _, err := d.Docket.List(t.Context(), docket.Query{Procedure: "report"}, docket.Place{}, 100)
	must(t, err)
	if len(rows) != 2*3 {
		t.Errorf("%d cases", len(rows))
	}
	contacts := 0
	for _, r := range rows {
		c, _, err := d.Docket.Case(t.Context(), r.ID)
		must(t, err)
		if c.Values.Text("street") == "" {
			t.Errorf("%s has no street", r.Subject)
		}
		if text := c.Values.Text("contact"); text != "" {
			contacts++
			if _, err := gov.ParseID(text); err != nil || c.Values["received"] == nil {
				t.Errorf("%s refers to %q, received %v", r.Subject, text, c.Values["received"])
			}
		}
	}
	if contacts != 2 {
		t.Errorf("%d cases have a contact", contacts)
	}
}
