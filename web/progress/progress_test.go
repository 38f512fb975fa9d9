package progress_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/web"
	"quanxiang/web/progress"
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
	webtest.Templates(t, 3, func(e *ui.Engine) error {
		_, err := progress.New(progress.Deps{Engine: e})
		return err
	})
}

// district is the sample gazette's tasks as duties: of one document one runs, one
// is done, one was confirmed and sent back, one dropped; all others are proposals.
type district struct {
	*testing.T
	deps  web.Deps
	site  http.Handler
	rows  []docket.Row // running, done, sent back, dropped, proposed
	slug  string
	proof string // a file only the parties may see
	total int    // of its tasks
}

func open(t *testing.T) *district {
	t.Helper()
	now := time.Date(2022, 8, 1, 9, 0, 0, 0, gov.China)
	deps, d := webtest.WithCases(t, func() time.Time { return now })
	deps.Clock = func() time.Time { return now }
	k := &district{T: t, deps: deps, slug: "xzf-2017-3"}
	doc, err := deps.Library.Document(t.Context(), k.slug, 0, gov.Date{})
	check(t, err)
	_, err = d.Propose(t.Context(), doc.Document, doc.Items)
	check(t, err)
	k.rows, _, err = d.List(t.Context(), docket.Query{Procedure: "duty"}, docket.Place{}, 100)
	check(t, err)
	k.total = len(k.rows)
	act := func(role, unit string, row int, action string, v cases.Values) {
		t.Helper()
		s := webtest.Staff(t, deps.Pack, unit, role, "", now)
		check(t, deps.Casework.Act(t.Context(), s, docket.Step{Case: k.rows[row].ID}, action, v, "机密备注"))
		now = now.Add(time.Minute)
	}
	confirm := cases.Values{"lead": []string{"fgw"}, "leaders": []string{"deputy-executive"}, "start": "2022-08-01", "end": "2022-12-30"}
	for row := range 3 {
		act("supervision", "zfb", row, "confirm", confirm)
	}
	act("clerk", "fgw", 0, "accept", nil)
	act("clerk", "fgw", 0, "update", cases.Values{"progress": int64(30), "report": "机密进展"})
	act("clerk", "fgw", 1, "accept", nil)
	proof := strings.NewReader("%PDF-1.4 proof")
	file, err := deps.Casework.Attach(t.Context(), webtest.Staff(t, deps.Pack, "fgw", "clerk", "", now), k.rows[1].ID, "proof.pdf", proof, proof.Size())
	check(t, err)
	k.proof = string(file.Key)
	act("clerk", "fgw", 1, "submit", cases.Values{"report": "机密进展", "evidence": []string{k.proof}})
	act("supervision", "zfb", 1, "close", nil)
	act("lead", "fgw", 2, "send_back", cases.Values{"reason": "机密理由"})
	act("supervision", "zfb", 3, "drop", cases.Values{"reason": "机密理由"})
	site, err := web.New(deps)
	check(t, err)
	k.site = site.Public
	return k
}

func (k *district) get(path string) (int, string) {
	w := httptest.NewRecorder()
	k.site.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

func (k *district) page(path string) string {
	k.Helper()
	code, body := k.get(path)
	if code != 200 {
		k.Fatalf("GET %s: %d %.300s", path, code, body)
	}
	return body
}

// The public counts and reads duties that were assigned. Proposals, what was sent
// back to be one, and what is no duty do not exist for it: not in a figure, not
// in a list, not by number.
func TestOnlyWhatIsPublished(t *testing.T) {
	t.Parallel()
	k := open(t)
	all := k.page("/progress")
	if want := `<a href="/progress/xzf-2017-3">`; !strings.Contains(all, want) || strings.Contains(all, "未下达") {
		t.Errorf("the overview lacks %s or counts proposals", want)
	}
	body := k.page("/progress/"+k.slug) + k.page("/progress/"+k.slug+"?ended=1")
	for i, row := range k.rows {
		shown := i < 2
		if got := strings.Contains(body, ">"+row.Number+"<"); got != shown {
			t.Errorf("%s, %d of the rows, is listed: %t", row.Number, i, got)
		}
		code, _ := k.get("/progress/cases/" + row.Number)
		if (code == 200) != shown || !shown && code != 404 {
			t.Errorf("%s, %d of the rows: %d", row.Number, i, code)
		}
	}
	hidden, _ := k.get("/progress/cases/" + k.rows[4].Number)
	_, a := k.get("/progress/cases/" + k.rows[4].Number)
	_, b := k.get("/progress/cases/RW2022-9999")
	if cut := func(s string) string {
		_, s, _ = strings.Cut(s, "<main")
		s, _, _ = strings.Cut(s, "</main>")
		return s
	}; hidden != 404 || !sameButRef(cut(a), cut(b)) {
		t.Error("a case that is kept from the public is answered otherwise than one there is not")
	}
	doc := k.page("/documents/" + k.slug)
	if !strings.Contains(doc, `href="/progress/xzf-2017-3"`) || !strings.Contains(doc, `href="/progress">`) {
		t.Error("the document does not lead to its progress")
	}
}

// sameButRef compares error pages, which end in a reference of their own.
func sameButRef(a, b string) bool {
	i, j := strings.Index(a, "<code"), strings.Index(b, "<code")
	return i > 0 && j > 0 && a[:i] == b[:j] || a == b
}

// The page of a duty shows its public fields and what happened in words, by
// units, and nothing of what the office keeps to itself.
func TestCase(t *testing.T) {
	t.Parallel()
	k := open(t)
	body := k.page("/progress/cases/" + k.rows[0].Number)
	if seconds := regexp.MustCompile(`timeline-when"><time [^>]*>[^<]*:\d\d:\d\d<`).FindString(body); seconds != "" || !strings.Contains(body, `timeline-when"><time `) {
		t.Errorf("the history says when to the second: %s", seconds)
	}
	for _, want := range []string{
		`<a href="/units/fgw">区发展改革委</a>`, `href="/documents/xzf-2017-3/tasks#`, "2022年12月30日", "个工作日", "确认并下达", "签收", "报告进展", "30%",
		`<span class="cell-note">区政府办公室</span>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	done := k.page("/progress/cases/" + k.rows[1].Number)
	if !strings.Contains(done, "核验办结") || !strings.Contains(done, "已办结") {
		t.Error("the page of a duty that is done does not say so")
	}
	for _, page := range []string{body, done} {
		for _, bad := range []string{"机密", "由文件提出", "区委常委、区政府副区长", "责任领导", "supervision", k.proof, "proof.pdf"} {
			if strings.Contains(page, bad) {
				t.Errorf("the page shows %q", bad)
			}
		}
	}
}

// What was not done while the public could see it is not told later.
func TestHistoryBeginsWithPublication(t *testing.T) {
	t.Parallel()
	k := open(t)
	s := webtest.Staff(t, k.deps.Pack, "zfb", "supervision", "", k.deps.Clock())
	check(t, k.deps.Casework.Act(t.Context(), s, docket.Step{Case: k.rows[2].ID}, "confirm", nil, ""))
	body := k.page("/progress/cases/" + k.rows[2].Number)
	if strings.Count(body, "确认并下达") != 2 || strings.Contains(body, "退回") {
		t.Error("a duty that was sent back and assigned again tells of more than its assignments")
	}
}

func TestLanguagesUnmixed(t *testing.T) {
	t.Parallel()
	k := open(t)
	for _, path := range []string{"/progress", "/progress/" + k.slug, "/progress/" + k.slug + "?ended=1", "/progress/cases/" + k.rows[0].Number} {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		if stray := webtest.Unmarked(t, k.page(path+sep+"lang=en")); len(stray) > 0 {
			t.Errorf("%s in English holds %q unmarked", path, stray)
		}
	}
}

// Addresses that lead nowhere, and places in a list that cannot be read.
func TestAddresses(t *testing.T) {
	t.Parallel()
	k := open(t)
	for path, want := range map[string]int{
		"/progress/xzf-1999-1": 404, "/progress/cases/x": 404, "/progress/" + k.slug + "?after=x": 422,
		"/progress/xzf-2022-2": 200, "/progress/" + k.slug + "?colour=none": 200,
	} {
		if code, body := k.get(path); code != want {
			t.Errorf("GET %s: %d, want %d %.200s", path, code, want, body)
		}
	}
}
