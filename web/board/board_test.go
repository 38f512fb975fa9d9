package board_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/people"
	"quanxiang/web"
	"quanxiang/web/webtest"
)

// office is a district at work: the duties proposed from the sample gazette,
// and persons who deal with them over real HTTP.
type office struct {
	t      *testing.T
	deps   web.Deps
	docket *docket.Docket
	site   *web.Site

	mu  sync.Mutex
	now time.Time
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (o *office) Now() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }

// at turns the clock and lets happen what is due.
func (o *office) at(text string) {
	o.t.Helper()
	at, err := time.ParseInLocation(entered.InstantForm, text, gov.China)
	check(o.t, err)
	o.mu.Lock()
	o.now = at
	o.mu.Unlock()
	for {
		n, err := o.docket.Stir(o.t.Context(), at, 200)
		check(o.t, err)
		if n == 0 {
			return
		}
	}
}

// open begins the story: every task of the sample gazette is proposed.
func open(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, now: time.Date(2022, 8, 1, 9, 0, 0, 0, gov.China)}
	o.deps, o.docket = webtest.WithCases(t, o.Now)
	o.deps.Clock = o.Now
	list, err := o.deps.Library.Documents(t.Context(), library.Filter{}, gov.Page{Limit: 100})
	check(t, err)
	for _, s := range list.Items {
		d, err := o.deps.Library.Document(t.Context(), s.Slug, 0, gov.Date{})
		check(t, err)
		_, err = o.docket.Propose(t.Context(), d.Document, d.Items)
		check(t, err)
	}
	o.site, err = web.New(o.deps)
	check(t, err)
	return o
}

func (o *office) staff(unit, role, post string) people.Standing {
	o.t.Helper()
	return webtest.Staff(o.t, o.deps.Pack, unit, role, post, o.Now())
}

func (o *office) supervision() people.Standing { return o.staff("zfb", "supervision", "") }

// get asks for a page as somebody.
func (o *office) get(by people.Standing, path string) (int, string) {
	o.t.Helper()
	w := httptest.NewRecorder()
	webtest.As(by, o.site.Public).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	b, err := io.ReadAll(w.Body)
	check(o.t, err)
	return w.Code, string(b)
}

// page is a page that must be there.
func (o *office) page(by people.Standing, path string) string {
	o.t.Helper()
	code, body := o.get(by, path)
	if code != http.StatusOK {
		o.t.Fatalf("GET %s: %d %.300s", path, code, body)
	}
	return body
}

// act does an action on a case as somebody.
func (o *office) act(by people.Standing, id gov.ID, action string, values cases.Values) {
	o.t.Helper()
	check(o.t, o.deps.Casework.Act(o.t.Context(), by, docket.Step{Case: id}, action, values, ""))
}

// proposed are the first n proposals.
func (o *office) proposed(n int) []docket.Row {
	o.t.Helper()
	rows, _, err := o.docket.List(o.t.Context(), docket.Query{Procedure: "duty", State: "proposed"}, docket.Place{}, 200)
	check(o.t, err)
	// By number, since cases of one instant are listed in any order; those of 区发展改革委 are left proposed.
	slices.SortFunc(rows, func(a, b docket.Row) int { return strings.Compare(a.Number, b.Number) })
	rows = slices.DeleteFunc(rows, func(r docket.Row) bool { return slices.Contains(r.Units, "fgw") })
	if len(rows) < n {
		o.t.Fatalf("%d proposals, want %d", len(rows), n)
	}
	return rows[:n]
}

// run confirms a proposal for one unit with an end and lets the unit accept it.
func (o *office) run(r docket.Row, end string, leaders ...string) {
	o.t.Helper()
	values := cases.Values{"lead": []string{"fgw"}, "end": end, "start": "2022-08-01"}
	if len(leaders) > 0 {
		values["leaders"] = leaders
	}
	o.act(o.supervision(), r.ID, "confirm", values)
	o.act(o.staff("fgw", "clerk", ""), r.ID, "accept", nil)
}

// finish reports a duty done and lets somebody else verify it.
func (o *office) finish(r docket.Row) {
	o.t.Helper()
	clerk := o.staff("fgw", "clerk", "")
	proof := strings.NewReader("%PDF-1.4 proof")
	file, err := o.deps.Casework.Attach(o.t.Context(), clerk, r.ID, "proof.pdf", proof, proof.Size())
	check(o.t, err)
	o.act(clerk, r.ID, "submit", cases.Values{"report": "已完成", "evidence": []string{string(file.Key)}})
	o.act(o.supervision(), r.ID, "close", nil)
}

// story: of 区发展改革委 two run, one of which is overdue, and one is done.
func story(t *testing.T) (*office, []docket.Row) {
	o := open(t)
	rows := o.proposed(3)
	o.run(rows[0], "2022-08-31", "deputy-executive")
	o.run(rows[1], "2022-12-30")
	o.run(rows[2], "2022-08-31")
	o.at("2022-08-20 09:00")
	o.finish(rows[2])
	o.at("2022-09-09 09:00")
	return o, rows
}

// The board's figures are those of the cases, with their meaning in words, and
// each leads to the list of exactly its cases.
func TestBoard(t *testing.T) {
	t.Parallel()
	o, _ := story(t)
	body := o.page(o.supervision(), "/desk/board/duty?facet=lead")
	for _, want := range []string{
		`<a href="/desk/all?colour=red&amp;procedure=duty">1</a>`,
		`<a href="/desk/all?by=lead%3Afgw&amp;colour=red&amp;procedure=duty">1</a>`,
		`<a href="/desk/all?by=lead%3Afgw&amp;ended=1&amp;procedure=duty&amp;state=closed">1</a>`,
		`“完成期限”已超期，或者（“签收期限”已超期，并且处于“待签收”状态）`,
		`处于“已暂缓”状态，或者（“完成期限”已用去 80% 以上，并且“完成进度”小于 80%）`,
		`其余情形`, `role="img"`, `<title>区发展改革委</title>`, `href="/desk/board/duty/table.csv?facet=lead"`,
		`<a href="/desk/all?by=lead%3Afgw&amp;colour=red&amp;procedure=duty">催办、督办</a>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the board lacks %s", want)
		}
	}
	if first := strings.Index(body, "<title>区发展改革委</title>"); first < 0 || first > strings.Index(body, `<title>区财政局</title>`) {
		t.Error("the unit with an overdue duty does not come first")
	}
	// The figures of each unit are those of the tallies of the file as well.
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(o.page(o.supervision(), "/desk/board/duty/table.csv?facet=lead"), "\ufeff")))
	rows, err := reader.ReadAll()
	check(t, err)
	tallies, err := o.docket.Tallies(t.Context(), "duty", "lead")
	check(t, err)
	white := int64(0)
	for _, c := range tallies {
		if c.Value == "fgw" && c.Colour == "white" {
			white = c.N
		}
	}
	want := []string{"区发展改革委", fmt.Sprint(2 + white), "1", "0", fmt.Sprint(white), "1", "1", fmt.Sprintf("%.2f%%", 100*float64(1+white)/float64(2+white))}
	if white == 0 || !slices.Equal(rows[1], want) {
		t.Errorf("the file says %v of the first unit, want %v", rows[1], want)
	}
	if want := []string{"牵头单位", "在办", "逾期", "有风险", "未下达", "正常", "已办结", "未逾期"}; !slices.Equal(rows[0], want) {
		t.Errorf("the file's head is %v", rows[0])
	}
}

// Reminding is offered to whom the procedure lets do it: to supervision of any
// duty, to a leader of their own, to nobody else.
func TestRemindersAreForThoseWhoMay(t *testing.T) {
	t.Parallel()
	o, _ := story(t)
	leader := o.staff("qzf", "leader", "deputy-executive")
	for _, c := range []struct {
		why    string
		by     people.Standing
		facet  string
		urge   bool
		higher bool
	}{
		{"supervision by unit", o.supervision(), "lead", true, true},
		{"a leader by unit: not every duty of it is theirs", leader, "lead", false, false},
		{"a leader by leader", leader, "leaders", true, false},
		{"another leader", o.staff("qzf", "leader", "deputy-market"), "leaders", false, false},
		{"a clerk", o.staff("fgw", "clerk", ""), "lead", false, false},
	} {
		body := o.page(c.by, "/desk/board/duty?facet="+c.facet)
		if got := strings.Contains(body, ">催办"); got != c.urge {
			t.Errorf("%s may urge: %t", c.why, got)
		}
		if got := strings.Contains(body, "督办</a>"); got != c.higher {
			t.Errorf("%s may escalate: %t", c.why, got)
		}
	}
}

// The boards are the office's, exist for procedures with facets only, and are
// asked for by facets there are.
func TestWhoSeesTheBoard(t *testing.T) {
	t.Parallel()
	o := open(t)
	without, _ := o.deps.Pack.Procedure("milestone")
	without.Facets = nil
	for _, c := range []struct {
		why  string
		by   people.Standing
		path string
		want int
	}{
		{"the public", people.Public(o.Now()), "/desk/board", 303},
		{"the public", people.Public(o.Now()), "/desk/board/duty", 303},
		{"the public's file", people.Public(o.Now()), "/desk/board/duty/table.csv", 303},
		{"an administrator", o.staff("xzfw", "administrator", ""), "/desk/board/duty", 403},
		{"a clerk", o.staff("fgw", "clerk", ""), "/desk/board/duty", 200},
		{"an auditor", o.staff("sjj", "auditor", ""), "/desk/board", 200},
		{"a procedure without facets", o.supervision(), "/desk/board/milestone", 404},
		{"no procedure", o.supervision(), "/desk/board/nothing", 404},
		{"no facet", o.supervision(), "/desk/board/duty?facet=title", 422},
	} {
		if got, body := o.get(c.by, c.path); got != c.want {
			t.Errorf("%s: GET %s = %d, want %d %.200s", c.why, c.path, got, c.want, body)
		}
	}
}

// Pages in English hold no Chinese but what the pack and the documents say.
func TestLanguagesUnmixed(t *testing.T) {
	t.Parallel()
	o, _ := story(t)
	for _, path := range []string{"/desk/board", "/desk/board/duty", "/desk/board/duty?facet=leaders", "/desk/board/duty?facet=document"} {
		body := o.page(o.supervision(), path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"lang=en")
		if stray := webtest.Unmarked(t, body); len(stray) > 0 {
			t.Errorf("%s in English holds %q unmarked", path, stray)
		}
	}
}
