package callers_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/privacy"
	"quanxiang/residents"
	"quanxiang/web/callers"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 2, func(e *ui.Engine) error {
		_, err := callers.New(callers.Deps{Engine: e})
		return err
	})
}

// The desk sees who reported after it said why, and what else came from there; the
// unit complained about sees neither; each look is recorded.
func TestLooks(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.WithReports(t))
	keys := privacy.NewKeyring()
	register := residents.New(residents.Config{Store: d.DB.Residents(d.Pack.District, keys), Keys: keys, Clock: webtest.Clock, Looks: d.Office, Name: d.Pack.Name})
	k, err := callers.New(callers.Deps{Engine: d.Engine, Casework: d.Casework, Register: register})
	check(t, err)
	desk, clerk := d.Enter(t, "受理甲", "denga", "zfb", "acceptor"), d.Enter(t, "经办乙", "jingb", "fgw", "clerk")
	watch := d.Enter(t, "审计丙", "shenji", "sjj", "auditor")
	id := gov.NewID(webtest.Now)
	c, _, err := register.Open(t.Context(), id, residents.Draft{Name: "欧阳明日", Mobile: "13812345678"})
	check(t, err)
	number, err := d.Casework.PublicBegin(t.Context(), casework.Resident{At: webtest.Now, Contacts: []string{c.ID.String()}}, id, "complaint", "report", c.ID.String(),
		cases.Values{"what": "路灯不亮", "place": "110102001"}, casework.Doubt{})
	check(t, err)
	check(t, d.Casework.Act(t.Context(), desk, docket.Step{Case: id}, "send", cases.Values{"unit": "fgw"}, ""))

	page := func(s people.Standing, path string, form url.Values) (int, string) {
		t.Helper()
		srv := d.Serve(t, s, k.Mount)
		var r *http.Response
		if form == nil {
			r, err = http.Get(srv.URL + path)
		} else {
			r, err = http.PostForm(srv.URL+path, form)
		}
		check(t, err)
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		check(t, err)
		return r.StatusCode, string(body)
	}
	looks := func() int {
		t.Helper()
		watch.Proven = webtest.Now
		list, err := d.Office.Looks(t.Context(), watch, people.LookFilter{}, gov.Page{})
		check(t, err)
		return len(list.Items)
	}
	contact := "/desk/cases/" + id.String() + "/contact"
	for _, s := range []struct {
		what   string
		who    people.Standing
		path   string
		form   url.Values
		status int
		full   bool
		looks  int
	}{
		{"the desk, masked", desk, contact, nil, 200, false, 0},
		{"the desk without a reason", desk, contact, url.Values{"reason": {""}}, 422, false, 0},
		{"the desk", desk, contact, url.Values{"reason": {"回访核实地点"}}, 200, true, 1},
		{"the unit", clerk, contact, nil, 403, false, 1},
		{"the unit with a reason", clerk, contact, url.Values{"reason": {"回访核实地点"}}, 403, false, 1},
		{"the auditor with a reason", watch, contact, url.Values{"reason": {"核查留痕"}}, 403, false, 1},
		{"the history, asked by the unit", clerk, "/desk/callers", url.Values{"address": {"13812345678"}, "reason": {"来电询问"}}, 403, false, 1},
		{"the history without a reason", desk, "/desk/callers", url.Values{"address": {"13812345678"}}, 422, true, 1},
		{"the history of no number", desk, "/desk/callers", url.Values{"address": {"138"}, "reason": {"来电询问"}}, 422, false, 1},
	} {
		status, body := page(s.who, s.path, s.form)
		if status != s.status || strings.Contains(body, "13812345678") != s.full || !s.full && strings.Contains(body, "欧阳明日") || looks() != s.looks {
			t.Errorf("%s: %d, %d looks, number shown %t", s.what, status, looks(), strings.Contains(body, "13812345678"))
		}
	}
	status, body := page(desk, "/desk/callers", url.Values{"address": {"138-1234-5678"}, "reason": {"来电询问"}})
	if status != 200 || !strings.Contains(body, number) || looks() != 2 {
		t.Errorf("the history: %d, %d looks", status, looks())
	}
	if _, body = page(desk, "/desk/callers", url.Values{"address": {"13900000000"}, "reason": {"来电询问"}}); strings.Contains(body, number) || looks() != 3 {
		t.Errorf("the history of another: %d looks", looks())
	}
}
