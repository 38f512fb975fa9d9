package web_test

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/residents"
	"quanxiang/web/webtest"
)

// links of a page that stay on the site and change nothing.
var links = regexp.MustCompile(`(?:href|src|action)="(/[^"#]*)`)

// Whoever reports is nobody to the unit that is complained about: from all that
// its clerk and its lead can reach, by any link and in any form it is handed out,
// and from what they ask for by guessing, nothing tells who it was.
func TestReporterIsNobodyToTheUnit(t *testing.T) {
	t.Parallel()
	d := webtest.Deps(t)
	srv := webtest.Serve(t, d)
	hire := func(name, login, unit, role string) (*webtest.Member, people.Standing) {
		m := webtest.Hire(t, d, name, login, people.Assignment{Role: role, Unit: unit})
		_, s, err := d.Office.Authenticate(t.Context(), m.Token)
		check(t, err)
		return m, s
	}
	_, desk := hire("赵受理", "zhao", "cgzx-jd", "acceptor")
	_, sender := hire("钱派遣", "qian", "cgzx-zh", "dispatcher")
	clerk, handler := hire("孙经办", "sun", "jd-jinrongjie", "clerk")
	lead, _ := hire("李负责", "lifu", "jd-jinrongjie", "lead")
	helper, _ := hire("周协办", "zhou", "hwzx", "clerk")

	id := gov.NewID(webtest.Now)
	told := residents.Draft{Name: "欧阳明日", Mobile: "15400009912", Email: "mingri@example.cn", Channel: residents.SMS}
	contact, secret, err := d.Register.Open(t.Context(), id, told, residents.Address{Channel: residents.SMS, Value: told.Mobile})
	check(t, err)
	reporter := casework.Resident{At: webtest.Now, Contacts: []string{contact.ID.String()}}
	number, err := d.Casework.PublicBegin(t.Context(), reporter, id, "report", "report", contact.ID.String(),
		cases.Values{"about": "墙边有垃圾", "street": "110102011", "description": "堆了三天"}, casework.Doubt{})
	check(t, err)
	act := func(s people.Standing, action string, v cases.Values) {
		t.Helper()
		check(t, d.Casework.Act(t.Context(), s, docket.Step{Case: id}, action, v, ""))
	}
	act(desk, "file", cases.Values{"class": "11010220102", "row": "E0102-1"})
	act(sender, "dispatch", cases.Values{"unit": "jd-jinrongjie", "helpers": []string{"hwzx"}})
	act(handler, "accept", nil)
	check(t, d.Notices.Tell(t.Context(), id))

	secrets := []string{told.Name, told.Mobile, told.Email, "154****9912", "欧阳*", contact.ID.String(), secret}
	guesses := []string{"/desk/cases/" + id.String(), "/desk/cases/" + id.String() + "/contact", "/desk/callers", "/desk/moderation", "/desk/search?q=" + told.Mobile, "/desk/search?q=欧阳明日",
		"/desk/all?procedure=report", "/desk/all.csv?procedure=report", "/desk/all.xlsx?procedure=report", "/desk/mine.csv", "/desk/unit.csv", "/desk/notices", "/desk/calendar", "/my", "/my/cases/" + id.String(),
		"/progress/cases/" + number, "/api/v1/progress", "/ogc", "/ledger", "/desk/cases/" + id.String() + "/letters/3", "/desk/cases/" + id.String() + "/letters/4"}
	for _, who := range []*webtest.Member{clerk, lead, helper} {
		browser, seen := webtest.Login(t, srv, who), map[string]bool{}
		queue := slices.Clone(guesses)
		for n := 0; len(queue) > 0 && n < 400; n++ {
			path := queue[0]
			queue = queue[1:]
			if seen[path] {
				continue
			}
			seen[path] = true
			body, err := fetched(browser, srv.URL+path)
			check(t, err)
			typed, err := url.QueryUnescape(path) // a search repeats what it was asked
			check(t, err)
			for _, s := range secrets {
				if strings.Contains(body, s) && !strings.Contains(typed, s) {
					t.Errorf("%s reads %q at %s", who.Login, s, path)
				}
			}
			for _, m := range links.FindAllStringSubmatch(body, -1) {
				if next := strings.ReplaceAll(m[1], "&amp;", "&"); follows(next) && !seen[next] {
					queue = append(queue, next)
				}
			}
		}
		if !seen["/desk/cases/"+id.String()] || len(seen) < 60 {
			t.Errorf("%s reached %d pages only: %v", who.Login, len(seen), slices.Sorted(maps.Keys(seen)))
		}
	}
}

// follows reports that a link is of the rooms in which cases stand.
func follows(path string) bool {
	for _, room := range []string{"/desk", "/progress", "/feeds", "/api/v1/progress", "/ogc", "/map"} {
		if strings.HasPrefix(path, room) {
			return !strings.HasPrefix(path, "/desk/new") && !strings.HasPrefix(path, "/desk/import")
		}
	}
	return false
}

// fetched is what an address answers, whatever its status.
func fetched(c *http.Client, address string) (_ string, err error) {
	resp, err := c.Get(address)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}
