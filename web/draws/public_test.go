package draws_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/draw"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/inspections/ceremony/ceremonytest"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/privacy"
	"quanxiang/registers"
	"quanxiang/web/draws"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 4, func(e *ui.Engine) error {
		_, err := draws.New(e, nil, draws.About{})
		return err
	})
}

// Everybody sees a draw as it goes on: nobody is named before the visit began, a
// subject has its proof from then on, and after the release the file is complete and
// valid.
func TestPublic(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	host := d.Enter(t, "赵主持", "zhao", "sgxzb", "inspection-office")
	now, visits := time.Time{}, &ceremonytest.Cases{}
	store := d.DB.Draws(d.Pack.District, privacy.NewKeyring())
	held := &ceremony.Ceremonies{Store: store, Plans: ceremonytest.Sample(t, "joint"), Cases: visits, Clock: func() time.Time { return now }, Platform: ed25519.NewKeyFromSeed(make([]byte, 32)), Name: "全象平台",
		Safe: &ceremony.Safe{Store: store, District: d.Pack.District, Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Clock: func() time.Time { return now }}}
	visit, _ := d.Pack.Procedure("visit")
	about := draws.About{Pack: d.Pack,
		Case: func(_ context.Context, id gov.ID) (casework.Sheet, error) {
			s := casework.Sheet{ID: id, Number: "JC2026-000001", Under: docket.Under{Pack: d.Pack, Procedure: visit}}
			for field, v := range map[string]any{"subject_name": "虚构云杉餐饮", "units": []string{"syj"}, "visited_on": "2026-10-08", "outcome": "corrected"} {
				f, _ := visit.Field(field)
				s.Fields = append(s.Fields, cases.Shown{Field: f, Value: v})
			}
			return s, nil
		},
		Entry: func(_ context.Context, _, key string) (registers.Sheet, error) {
			return registers.Sheet{Entry: registers.Entry{Key: key, Name: "虚构检查事项"}}, nil
		},
		Name: func(_ context.Context, _, key string) (string, error) { return "虚构主体" + key, nil }}
	pages, err := draws.New(d.Engine, held, about)
	if err != nil {
		t.Fatal(err)
	}
	srv := d.Serve(t, people.Public(webtest.Now), pages.Mount)
	hall := &ceremonytest.Hall{T: t, Plans: ceremonytest.Sample(t, "joint"), Draws: held, Set: func(at time.Time) { now = at },
		Host: func() people.Standing { s := host; s.At, s.Proven = now, now; return s }}
	if code, page := fetch(t, srv, "/draws"); code != http.StatusOK || strings.Contains(page, "XC-2023-001") {
		t.Errorf("before anything: %d", code)
	}
	hall.Draw()
	code, page := fetch(t, srv, "/draws/XC-2023-001")
	if code != http.StatusOK || !strings.Contains(page, "虚构公证处") || !strings.Contains(page, "检查进行中") || strings.Contains(page, "抽中名单") {
		t.Errorf("after the draw: %d\n%s", code, page)
	}
	for _, v := range visits.Begun {
		if strings.Contains(page, v.Subject) {
			t.Fatalf("%s is named before its visit", v.Subject)
		}
		if code, _ := fetch(t, srv, "/draws/XC-2023-001/opening?code="+url.QueryEscape(v.Subject)); code != http.StatusNotFound {
			t.Fatalf("a proof before the visit: %d", code)
		}
	}
	visited := hall.Visits(visits)
	// What was found is public, in one place, and the plan says what was looked at.
	code, page = fetch(t, srv, "/draws/XC-2023-001")
	if code != http.StatusOK || !strings.Contains(page, "虚构检查事项") || !strings.Contains(page, "抽查对象") || !strings.Contains(page, "/draws/XC-2023-001/results") || !strings.Contains(page, "/registers/market/"+visited.ID()) {
		t.Errorf("the draw leads to no results: %d\n%s", code, page)
	}
	code, page = fetch(t, srv, "/draws/XC-2023-001/results")
	if code != http.StatusOK || !strings.Contains(page, "虚构云杉餐饮") || !strings.Contains(page, "有问题，已当场改正") || !strings.Contains(page, "/progress/cases/JC2026-000001") || !strings.Contains(page, "2026年10月8日") {
		t.Errorf("the results: %d\n%s", code, page)
	}
	if code, text := fetch(t, srv, "/draws/XC-2023-001/results.csv"); code != http.StatusOK || !strings.Contains(text, "虚构云杉餐饮") {
		t.Errorf("the results as a file: %d %q", code, text)
	}
	if code, _ := fetch(t, srv, "/draws/XC-2023-001/results?after=x"); code != http.StatusUnprocessableEntity {
		t.Errorf("no page of the results: %d", code)
	}
	code, page = fetch(t, srv, "/draws/XC-2023-001?lang=en")
	if code != http.StatusOK || !strings.Contains(page, "Who was drawn") || !strings.Contains(page, "虚构主体") || !strings.Contains(page, visited.ID()) || !strings.Contains(page, "SHA-256") {
		t.Errorf("after the release: %d\n%s", code, page)
	}
	if _, file := fetch(t, srv, "/draws/XC-2023-001/transcript.jsonl"); draw.Verify([]byte(file), nil).Kind != draw.Valid {
		t.Errorf("the file is %s", draw.Verify([]byte(file), nil))
	}
	code, page = fetch(t, srv, "/draws/XC-2023-001/opening?code="+url.QueryEscape(visited.ID()))
	if code != http.StatusOK || !strings.Contains(page, "下载凭证文件") {
		t.Errorf("the proof: %d\n%s", code, page)
	}
	_, proof := fetch(t, srv, "/draws/XC-2023-001/opening?file=0&code="+url.QueryEscape(visited.ID()))
	if o, err := draw.ParseOpening([]byte(proof)); err != nil || o.Row.UID != visited {
		t.Errorf("the file of the proof: %v", err)
	}
	if code, page := fetch(t, srv, "/draws/XC-2023-001/opening?code=x"); code != http.StatusNotFound || !strings.Contains(page, "没有可以出示的凭证") {
		t.Errorf("a code that was not drawn: %d", code)
	}
	var list []struct {
		Stage   draw.Stage
		Records int64
	}
	if _, text := fetch(t, srv, "/draws.json"); json.Unmarshal([]byte(text), &list) != nil || len(list) != 1 || list[0].Stage != draw.Released || list[0].Records < 20 {
		t.Errorf("the list as JSON: %+v", list)
	}
	if code, text := fetch(t, srv, "/draws.csv"); code != http.StatusOK || !strings.Contains(text, "XC-2023-001") {
		t.Errorf("the list as CSV: %d %q", code, text)
	}
	if code, text := fetch(t, srv, "/draws/XC-2023-001/data.json"); code != http.StatusOK || !strings.Contains(text, `"minReveals"`) {
		t.Errorf("the data: %d", code)
	}
	if code, text := fetch(t, srv, "/draws/ssj1_verify.py"); code != http.StatusOK || !bytes.HasPrefix([]byte(text), []byte("#!/usr/bin/env python3")) {
		t.Errorf("the second verifier: %d", code)
	}
	if code, _ := fetch(t, srv, "/draws/none"); code != http.StatusNotFound {
		t.Errorf("no draw: %d", code)
	}
}

func fetch(t *testing.T, srv *httptest.Server, path string) (int, string) {
	t.Helper()
	r, err := srv.Client().Get(srv.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}
