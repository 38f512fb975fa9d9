package api_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/support/fund"
	"quanxiang/web"
	"quanxiang/web/webtest"
)

// working serves the sample gazette where three duties of one document are
// shown to the public and all others are proposals. It returns their numbers.
func working(t *testing.T) (*httptest.Server, []string) {
	t.Helper()
	deps, d := webtest.WithCases(t, func() time.Time { return webtest.Now })
	doc, err := deps.Library.Document(t.Context(), "xzf-2017-3", 0, gov.Date{})
	check(t, err)
	_, err = d.Propose(t.Context(), doc.Document, doc.Items)
	check(t, err)
	rows, _, err := d.List(t.Context(), docket.Query{Procedure: "duty"}, docket.Place{}, 3)
	check(t, err)
	s := webtest.Staff(t, deps.Pack, "zfb", "supervision", "", webtest.Now)
	var numbers []string
	for _, r := range rows {
		values := cases.Values{"lead": []string{"fgw"}, "start": "2026-11-01", "end": "2026-12-31", "leaders": []string{"head"}}
		check(t, deps.Casework.Act(t.Context(), s, docket.Step{Case: r.ID}, "confirm", values, ""))
		numbers = append(numbers, r.Number)
	}
	check(t, deps.Funds.SetBudget(t.Context(), webtest.Staff(t, deps.Pack, "czj", "finance-officer", "", webtest.Now), fund.Budget{Programme: "16号", Year: 2017, Amount: 4_000_000_000, Reason: "虚构的年初安排"}))
	site, err := web.New(deps)
	check(t, err)
	srv := httptest.NewServer(site.Public)
	t.Cleanup(srv.Close)
	slices.Sort(numbers)
	return srv, numbers
}

// The API tells of progress what the pages do: the cases the public is shown,
// each once, and of no others.
func TestProgress(t *testing.T) {
	t.Parallel()
	srv, want := working(t)
	var got []string
	for after := ""; ; {
		status, _, b := get(t, srv.URL+"/api/v1/progress/xzf-2017-3/duty?limit=2&after="+after)
		var page struct {
			Items []struct{ Number, Due, Colour string }
			Next  string
		}
		check(t, json.Unmarshal(b, &page))
		for _, c := range page.Items {
			if c.Due != "2026-12-31" || c.Colour != "green" {
				t.Errorf("%+v", c)
			}
			got = append(got, c.Number)
		}
		if after = page.Next; after == "" || status != 200 || len(got) > 9 {
			break
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	for _, c := range []struct {
		path   string
		status int
		want   string
	}{
		{"/progress", 200, `"open":3,"colours":[{"id":"red"`},
		{"/progress?document=xzf-2017-3", 200, `"total":1`},
		{"/progress?document=西政发〔2017〕3号", 200, `"total":1`},
		{"/progress?document=xzf-2017-6", 200, `"total":0`},
		{"/progress/xzf-2017-3/duty?colour=red", 200, `"items":[]`},
		{"/progress/xzf-2017-3/duty?ended=true", 200, `"items":[]`},
		{"/progress/xzf-2017-3/duty?after=x", 422, `"field":"after"`},
		{"/figures/duty?from=2026-11&to=2026-11", 200, `"measure":"sent_back"`},
		{"/figures/duty?by=lead&from=2026-11&to=2026-11", 200, `"value":"fgw","cases":3,"hits":0`},
		{"/figures/duty?by=leaders", 422, `"field":"by"`},
		{"/figures/duty?from=x", 422, `"field":"from"`},
		{"/figures/nothing", 404, `"code":"not_found"`},
		{"/progress/xzf-2017-3/milestone", 404, `"code":"not_found"`},
		{"/progress/xzf-1999-1/duty", 404, `"code":"not_found"`},
	} {
		status, _, b := get(t, srv.URL+"/api/v1"+c.path)
		if status != c.status || !strings.Contains(string(b), c.want) {
			t.Errorf("GET %s = %d, want %d and %s\n%.300s", c.path, status, c.status, c.want, b)
		}
		if s := string(b); strings.Contains(s, "proposed") || strings.Contains(s, "dropped") || strings.Contains(s, "head") {
			t.Errorf("GET %s tells what is not public: %.300s", c.path, s)
		}
	}
}
