package onemap_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/web/ogc"
	"quanxiang/web/onemap"
	"quanxiang/web/webtest"
)

// The office's map has what runs, published or not, duties besides, and is narrowed
// by unit, street and lateness, the list and the map alike. Nobody else gets it.
func TestOfficeMap(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	layers, err := ogc.New(ogc.Deps{Engine: d.Engine, Pack: d.Pack, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	m, err := onemap.New(onemap.Deps{Engine: d.Engine, Pack: d.Pack, Layers: layers, Atlas: d.Casework.Atlas(), Office: d.Casework.Ground, Clock: webtest.Clock})
	if err != nil {
		t.Fatal(err)
	}
	number := map[gov.ID]string{}
	begin := func(procedure, action string, actor cases.Actor, v cases.Values) gov.ID {
		id := gov.NewID(webtest.Now)
		c, err := d.Docket.Begin(t.Context(), id, procedure, cases.Input{Action: action, Actor: actor, Values: v})
		if err != nil {
			t.Fatal(err)
		}
		number[id] = c.Number
		return id
	}
	act := func(id gov.ID, actor cases.Actor, action string, v cases.Values) {
		if _, err := d.Docket.Act(t.Context(), docket.Step{Case: id}, cases.Input{Action: action, Actor: actor, Values: v}); err != nil {
			t.Fatal(err)
		}
	}
	anybody := cases.Actor{Kind: gov.PublicActor}
	lamp := begin("report", "report", anybody, cases.Values{"about": "路灯不亮", "class": "11010210109", "place": "39.912300,116.366000"})
	raw := begin("report", "report", anybody, cases.Values{"about": "尚未立案", "class": "11010210302", "place": "39.912400,116.366000"})
	nowhere := begin("report", "report", anybody, cases.Values{"about": "没有位置", "street": "110102011"})
	list, _ := d.Pack.List("standard-rows")
	for _, e := range list.Entries {
		if e.Text("class") == "11010210109" {
			act(lamp, dockettest.Staff("shou", "cgzx-jd", "acceptor"), "file", cases.Values{"row": e.Code})
			act(lamp, dockettest.Staff("pai", "cgzx-zh", "dispatcher"), "dispatch", cases.Values{"unit": "cgwyh"})
			break
		}
	}
	office := dockettest.Staff("du", "zfb", "supervision")
	duty := begin("duty", "enter", office, cases.Values{"title": "整治胡同", "text": "整治", "lead": []string{"cgwyh"}, "end": "2030-12-31", "place": "39.912300,116.366000", "where": "胡同东口"})
	begin("duty", "enter", office, cases.Values{"title": "编制规划", "text": "编制", "lead": []string{"fgw"}, "end": "2030-12-31"})

	acceptor := d.Enter(t, "周受理", "shou", "cgzx-jd", "acceptor")
	srv := d.Serve(t, acceptor, m.Mount)
	get := func(path string) (int, string) {
		r, err := http.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(body)
	}
	const box = "&bbox=116.3,39.85,116.42,39.99&zoom=13"
	for _, tt := range []struct {
		query       string
		listed, pin []gov.ID
	}{
		{"", []gov.ID{lamp, raw, nowhere}, []gov.ID{lamp, raw}},
		{"stage=state.reported", []gov.ID{raw, nowhere}, []gov.ID{raw}},
		{"in-unit=cgwyh", []gov.ID{lamp}, []gov.ID{lamp}},
		{"in-unit=cgwyh&stage=state.reported", nil, nil},
		{"in-street=110102011", []gov.ID{nowhere}, nil},
		{"kind=110102103", []gov.ID{raw}, []gov.ID{raw}},
		{"late=1", nil, nil},
		{"procedure=duty&in-street=110102001", []gov.ID{duty}, []gov.ID{duty}},
	} {
		status, page := get("/desk/map?" + tt.query)
		if status != http.StatusOK || strings.Count(page, `href="/desk/cases/`) != len(tt.listed) {
			t.Errorf("%s: %d, %d cases are listed, want %d", tt.query, status, strings.Count(page, `href="/desk/cases/`), len(tt.listed))
		}
		for _, id := range tt.listed {
			if !strings.Contains(page, `href="/desk/cases/`+id.String()) {
				t.Errorf("%s: %s is not listed", tt.query, number[id])
			}
		}
		_, body := get("/desk/map/cases?" + tt.query + box)
		var a answer
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Fatal(err)
		}
		var want, pins []string
		for _, id := range tt.pin {
			want = append(want, number[id])
		}
		for _, f := range a.Features {
			pins = append(pins, f.Properties.Number)
			if !strings.HasPrefix(f.Properties.Href, "/desk/cases/") || f.Properties.Colour == "" {
				t.Errorf("%s: %+v", tt.query, f.Properties)
			}
		}
		slices.Sort(pins)
		slices.Sort(want)
		if !slices.Equal(pins, want) {
			t.Errorf("%s: on the map are %v, want %v", tt.query, pins, want)
		}
	}
	for i, about := range []string{"又不亮", "还不亮"} {
		begin("report", "report", anybody, cases.Values{"about": about, "class": "11010210109", "place": "39.91230" + string(rune('1'+i)) + ",116.366000"})
	}
	var hot answer
	_, body := get("/desk/map/hot?procedure=report")
	if err := json.Unmarshal([]byte(body), &hot); err != nil || len(hot.Features) != 1 || hot.Features[0].Properties.N != 4 || hot.Features[0].Properties.Href != "/desk/figures/report/hot#hot-1" {
		t.Errorf("the hot places: %v, %s", err, body)
	}
	if status, page := get("/desk/map?procedure=duty"); status != http.StatusOK || !strings.Contains(page, "其中 1 件没有标出位置") {
		t.Errorf("duties: %d, the one without a place is not told of", status)
	}
	for query, want := range map[string]int{"in-unit=nobody": 422, "in-unit=fgw": 200, "late=2": 422, "since=1": 200} { // a unit without a case; what the public's asks alone
		if status, _ := get("/desk/map?" + query); status != want {
			t.Errorf("%s: %d, want %d", query, status, want)
		}
	}
	_, page := get("/map")
	if !strings.Contains(page, `href="/desk/map"`) || strings.Contains(page, "尚未立案") {
		t.Error("the public's map does not lead staff to the office's, or shows what is not public")
	}
	if _, english := get("/desk/map?lang=en"); len(webtest.Unmarked(t, english)) > 0 {
		t.Errorf("Chinese that is not marked: %q", webtest.Unmarked(t, english))
	}
	mux := http.NewServeMux()
	m.Mount(mux)
	for _, path := range []string{onemap.OfficePath, onemap.OfficePath + "/cases?" + url.Values{"zoom": {"13"}}.Encode() + box} {
		w := httptest.NewRecorder()
		if mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil)); w.Code < 300 || strings.Contains(w.Body.String(), "路灯") {
			t.Errorf("%s without login: %d", path, w.Code)
		}
	}
}
