package colleagues_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/web/colleagues"
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
		_, err := colleagues.New(colleagues.Deps{Engine: e})
		return err
	})
}

// Staff find who works where, by unit and from a case; a number in full costs a
// reason and leaves a record, and is not for who may not look.
func TestDirectory(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	k, err := colleagues.New(colleagues.Deps{Engine: d.Engine, Pack: d.Pack, Office: d.Office, Casework: d.Casework})
	check(t, err)
	clerk := d.Enter(t, "郑经办", "jing", "cgwyh", "clerk")
	head := d.Enter(t, "吴主任", "zhu", "cgwyh", "lead")
	far := d.Enter(t, "王经办", "wang", "fgw", "clerk")
	watch := d.Enter(t, "李审计", "shen", "sjj", "auditor")
	const mobile = "13812345678"
	_, err = d.Office.Save(t.Context(), people.Operator("root", webtest.Now), people.Person{ID: clerk.Person, Name: "郑经办", StaffNo: "jing", Unit: "cgwyh", Mobile: mobile})
	check(t, err)

	id := gov.NewID(webtest.Now)
	c, err := d.Docket.Begin(t.Context(), id, "duty", cases.Input{Action: "enter", Actor: dockettest.Staff("du", "zfb", "supervision"),
		Values: cases.Values{"title": "整治", "text": "整治", "lead": []string{"cgwyh"}, "support": []string{"fgw"}, "end": "2030-12-31"}})
	check(t, err)
	_, err = d.Docket.Act(t.Context(), docket.Step{Case: id}, cases.Input{Action: "confirm", Actor: dockettest.Staff("du", "zfb", "supervision")})
	check(t, err)

	ask := func(s people.Standing, path string, form url.Values) (int, string) {
		t.Helper()
		srv := d.Serve(t, s, k.Mount)
		var r *http.Response
		var err error
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
	one := colleagues.Root + "/" + clerk.Person.String()
	for _, tt := range []struct {
		name   string
		by     people.Standing
		path   string
		form   url.Values
		status int
		says   []string
		not    []string
	}{
		{"their own unit", head, colleagues.Root, nil, 200, []string{"郑经办", "吴主任", "138****5678", one}, []string{"王经办", mobile}},
		{"another unit", far, colleagues.Root + "?unit=cgwyh", nil, 200, []string{"郑经办"}, []string{"王经办", mobile}},
		{"from a case", head, colleagues.Root + "?case=" + c.Number, nil, 200, []string{"郑经办", "王经办", c.Number}, []string{"李审计", mobile}},
		{"no such unit", head, colleagues.Root + "?unit=none", nil, 404, nil, nil},
		{"no such case", head, colleagues.Root + "?case=RW1999-0001", nil, 404, nil, nil},
		{"masked", head, one, nil, 200, []string{"138****5678", `name="reason"`}, []string{mobile}},
		{"without a reason", head, one, url.Values{"reason": {""}}, 422, []string{"138****5678"}, []string{mobile}},
		{"with one", head, one, url.Values{"reason": {"联系核实进度"}}, 200, []string{mobile}, []string{`name="reason"`}},
		{"their own", clerk, one, nil, 200, []string{mobile}, []string{`name="reason"`}},
		{"of a unit that is not theirs", far, one, nil, 200, []string{"138****5678"}, []string{mobile, `name="reason"`}},
		{"of a unit that is not theirs, all the same", far, one, url.Values{"reason": {"联系核实进度"}}, 403, nil, []string{mobile}},
		{"nobody", head, colleagues.Root + "/" + gov.NewID(webtest.Now).String(), nil, 404, nil, nil},
	} {
		status, page := ask(tt.by, tt.path, tt.form)
		if status != tt.status {
			t.Errorf("%s: %d, want %d", tt.name, status, tt.status)
		}
		for _, want := range tt.says {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %s", tt.name, want)
			}
		}
		for _, no := range tt.not {
			if strings.Contains(page, no) {
				t.Errorf("%s: the page has %s", tt.name, no)
			}
		}
	}
	looks, err := d.Office.Looks(t.Context(), watch, people.LookFilter{}, gov.Page{Limit: 10})
	check(t, err)
	if len(looks.Items) != 1 || looks.Items[0].Object != "person:"+clerk.Person.String() {
		t.Errorf("recorded are %+v", looks.Items)
	}
	if _, english := ask(head, colleagues.Root+"?lang=en", nil); len(webtest.Unmarked(t, english)) > 0 {
		t.Errorf("Chinese that is not marked: %q", webtest.Unmarked(t, english))
	}
	if _, english := ask(head, one+"?lang=en", nil); len(webtest.Unmarked(t, english)) > 0 {
		t.Errorf("Chinese that is not marked: %q", webtest.Unmarked(t, english))
	}
}
