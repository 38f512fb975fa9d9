package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// deskPage is a type of page that somebody of the staff sees. {proposed},
// {running} and so on stand for a duty in that state, {person} for somebody in
// the register, {document} and {number} for what the public sees of duties.
type deskPage struct {
	who role
	pageType
	sample bool // is looked at in the elder view too
}

// anybody is who has not logged in.
var anybody = role{}

// deskPages are the staff's page types, by who sees them, and what the public
// sees of duties.
var deskPages = []deskPage{
	{officerA, pageType{"desk", "/desk", 200}, true},
	{officerA, pageType{"desk-unit", "/desk/unit", 200}, false},
	{officerA, pageType{"desk-all", "/desk/all?procedure=duty", 200}, true},
	{officerA, pageType{"desk-none", "/desk/all?procedure=duty&state=dropped&colour=red", 200}, false},
	{officerA, pageType{"case-proposed", "{proposed}", 200}, false},
	{officerA, pageType{"case-submitted", "{submitted}", 200}, false},
	{officerA, pageType{"case-suspended", "{suspended}", 200}, false},
	{officerA, pageType{"case-closed", "{closed}", 200}, true},
	{officerA, pageType{"form-confirm", "{proposed}/do/confirm", 200}, true},
	{officerA, pageType{"form-drop", "{proposed}/do/drop", 200}, false},
	{officerA, pageType{"form-escalate", "{running}/do/escalate", 200}, false},
	{officerA, pageType{"new", "/desk/new", 200}, false},
	{officerA, pageType{"new-form", "/desk/new/duty/enter", 200}, false},
	{officerA, pageType{"boards", "/desk/board", 200}, false},
	{officerA, pageType{"board", "/desk/board/duty", 200}, true},
	{officerA, pageType{"board-leaders", "/desk/board/duty?facet=leaders", 200}, false},
	{officerA, pageType{"board-documents", "/desk/board/duty?facet=document", 200}, false},
	{officerA, pageType{"brief-form", "/desk/board/duty/brief", 200}, false},
	{officerA, pageType{"brief-error", "/desk/board/duty/brief?from=2026-06-30&to=2026-01-01", 422}, false},
	{officerA, pageType{"brief-print", "/desk/board/duty/brief?from=2026-01-01&to=2026-12-31", 200}, false},
	{officerA, pageType{"review", "/desk/review", 200}, false},
	{officerA, pageType{"review-next", "/desk/review/duty?document={waiting}", 200}, true},
	{officerA, pageType{"review-ready", "/desk/review/duty/ready?document={waiting}", 200}, false},
	{officerA, pageType{"find", "/desk/search", 200}, false},
	{officerA, pageType{"find-found", "/desk/search?q=建设", 200}, false},
	{officerA, pageType{"find-nothing", "/desk/search?q=没有这个词语", 200}, false},
	{officerA, pageType{"calendar", "/desk/calendar", 200}, false},
	{officerA, pageType{"notices", "/desk/notices", 200}, false},
	{officerA, pageType{"intake", "/desk/import/duty/enter", 200}, false},
	{officerA, pageType{"no-case", "/desk/cases/00000000-0000-7000-8000-000000000000", 404}, false},
	{lead, pageType{"lead-desk", "/desk", 200}, false},
	{lead, pageType{"lead-case", "{confirmed}", 200}, false},
	{helper, pageType{"form-refused", "{submitted}/do/close", 403}, false},
	{lead, pageType{"form-extend", "{running}/do/extend", 200}, false},
	{clerk, pageType{"clerk-case", "{running}", 200}, true},
	{clerk, pageType{"form-update", "{running}/do/update", 200}, false},
	{clerk, pageType{"clerk-unit", "/desk/unit", 200}, false},
	{helper, pageType{"helper-desk", "/desk", 200}, false},
	{registrar, pageType{"registers", "/desk/registers/market", 200}, false},
	{registrar, pageType{"register-entry", "/desk/registers/market/{subject}", 200}, true},
	{registrar, pageType{"incubators", "/desk/registers/incubators", 200}, false},
	{registrar, pageType{"incubator", "/desk/registers/incubators/JD2017-01?kind=assessment", 200}, false},
	{registrar, pageType{"entitled", "/desk/entitled/incubators/JD2017-01?year=2018", 200}, true},
	{registrar, pageType{"entitled-failed", "/desk/entitled/incubators/JD2017-02?year=2018", 200}, false},
	{park, pageType{"incubator-new", "/desk/new/incubator/apply", 200}, false},
	{registrar, pageType{"register-import", "/desk/registers/import", 200}, false},
	{policyOfficer, pageType{"simulations", "/desk/simulate", 200}, false},
	{policyOfficer, pageType{"simulation-new", "/desk/simulate/new", 200}, false},
	{policyOfficer, pageType{"simulation", "{simulation}", 200}, true},
	{policyOfficer, pageType{"simulation-populations", "/desk/simulate/populations", 200}, false},
	{leader, pageType{"leader-desk", "/desk", 200}, false},
	{leader, pageType{"leader-board", "/desk/board/duty?facet=leaders", 200}, false},
	{auditor, pageType{"auditor-case", "{running}", 200}, false},
	{auditor, pageType{"auditor-security", "/console/security", 200}, false},
	{auditor, pageType{"auditor-looks", "/console/looks", 200}, false},
	{auditor, pageType{"auditor-entry", "/ledger/events/{event}", 200}, false},
	{administrator, pageType{"console", "/console", 200}, true},
	{administrator, pageType{"console-persons", "/console/persons", 200}, false},
	{administrator, pageType{"console-person", "{person}", 200}, false},
	{administrator, pageType{"console-change", "{person}/change", 200}, false},
	{administrator, pageType{"console-assign", "{person}/assign", 200}, false},
	{administrator, pageType{"console-absence", "{person}/absence", 200}, false},
	{administrator, pageType{"console-invite", "{person}/invite", 200}, false},
	{administrator, pageType{"console-new", "/console/persons/new", 200}, false},
	{administrator, pageType{"console-import", "/console/persons/import", 200}, false},
	{administrator, pageType{"console-second", "/console/second", 200}, false},
	{administrator, pageType{"console-hooks", "/console/hooks", 200}, false},
	{administrator, pageType{"console-hook", "/console/hooks/new", 200}, false},
	{administrator, pageType{"console-keys", "/console/keys", 200}, false},
	{administrator, pageType{"console-key", "/console/keys/new", 200}, false},
	{administrator, pageType{"console-matrix", "/console/matrix", 200}, false},
	{administrator, pageType{"console-areas", "/console/areas", 200}, false},
	{administrator, pageType{"administrator-account", "/account", 200}, false},
	{park, pageType{"committee-list", "/desk/claims", 200}, false},
	{finance, pageType{"funds", "/desk/funds?year=2017", 200}, true},
	{finance, pageType{"funds-budget", "/desk/funds/budget?do=set", 200}, false},
	{finance, pageType{"funds-move", "/desk/funds/budget?do=move", 200}, false},
	{finance, pageType{"funds-pot", "/desk/funds/pot?id=16号/2017/", 200}, false},
	{finance, pageType{"funds-subjects", "/desk/funds/subject", 200}, false},
	{finance, pageType{"funds-subject", "{paid}", 200}, false},
	{finance, pageType{"funds-promise", "{promise}", 200}, true},
	{finance, pageType{"funds-batches", "/desk/funds/batches", 200}, false},
	{finance, pageType{"funds-batch", "{batch}", 200}, true},
	{finance, pageType{"funds-answer", "{answer}", 200}, false},
	{finance, pageType{"funds-claims", "/desk/funds/claims", 200}, false},
	{finance, pageType{"funds-claim", "{claim}", 200}, false},
	{signer, pageType{"funds-signer", "/desk/funds", 200}, false},
	{anybody, pageType{"funds-public", "/programmes/funds", 200}, true},
	{anybody, pageType{"progress", "/progress", 200}, true},
	{anybody, pageType{"progress-document", "/progress/{document}", 200}, false},
	{anybody, pageType{"progress-case", "/progress/cases/{number}", 200}, true},
	{anybody, pageType{"progress-no-case", "/progress/cases/RW1999-0001", 404}, false},
	{anybody, pageType{"credit", "/registers/market?q=虚构", 200}, false},
	{anybody, pageType{"credit-entry", "/registers/market/{subject}", 200}, true},
	{anybody, pageType{"incubators-public", "/registers/incubators", 200}, true},
	{anybody, pageType{"incubator-public", "/registers/incubators/JD2016-01", 200}, false},
	{anybody, pageType{"subscribe", "/subscribe?case={number}", 200}, false},
	{anybody, pageType{"figures-pairs", "/figures/report/pairs/street.class", 200}, false},
	{anybody, pageType{"draws", "/draws/verify", 200}, false},
	{anybody, pageType{"draws-list", "/draws", 200}, false},
	{anybody, pageType{"demo", "/demo", 200}, true},
	{anybody, pageType{"demo-messages", "/demo/messages", 200}, false},
}

// placesOf finds examples of what the addresses of deskPages name, as the reader
// of the pages would.
func placesOf(t *testing.T) *strings.Replacer {
	t.Helper()
	officer, own, admin := as(t, officerA), as(t, clerk), as(t, administrator)
	first := func(b *reader, page, pattern string) string {
		t.Helper()
		status, content := b.fetch(page)
		found := regexp.MustCompile(pattern).FindAllSubmatch(content, -1)
		if status != http.StatusOK || len(found) == 0 {
			t.Fatalf("%s: status %d, and nothing like %s", page, status, pattern)
		}
		return string(found[len(found)-1][1]) // the last one is left alone by tests that take the first
	}
	places := []string{"{event}", event, "{proposed}", enter(t, "编制工作手册"), // one that no other test takes up
		"{person}", first(admin, "/console/persons", `href="(/console/persons/[0-9a-f-]{36})"`)}
	for _, state := range []string{"confirmed", "running"} { // of the unit whose head and clerk look at them
		places = append(places, "{"+state+"}", first(own, "/desk/unit?procedure=duty&state="+state, `href="(/desk/cases/[0-9a-f-]{36})"`))
	}
	for _, state := range []string{"submitted", "suspended", "closed"} {
		list := "/desk/all?procedure=duty&state=" + state
		if state == "closed" {
			list += "&ended=1"
		}
		places = append(places, "{"+state+"}", first(officer, list, `href="(/desk/cases/[0-9a-f-]{36})"`))
	}
	money := as(t, finance)
	batch := first(money, "/desk/funds/batches", `href="(/desk/funds/batches/[0-9a-f-]{36})"`)
	places = append(places, "{batch}", batch, "{answer}", first(money, batch, `href="(/desk/funds/answers/[0-9a-f-]{36})"`), "{promise}", first(money, batch, `href="(/desk/funds/promises/[0-9a-f-]{36})"`),
		"{claim}", first(money, "/desk/funds/claims", `href="(/desk/funds/claims/[0-9a-f-]{36})"`), "{paid}", first(money, "/desk/funds/subject", `href="(/desk/funds/subject\?code=[0-9A-Z]+)"`))
	document := first(officer, "/progress", `href="/progress/([a-z][^"/]+)"`)
	return strings.NewReplacer(append(places,
		"{simulation}", first(as(t, policyOfficer), "/desk/simulate", `href="(/desk/simulate/runs/[0-9a-f-]{36})"`),
		"{waiting}", first(officer, "/desk/review", `href="/desk/review/duty\?document=([^"]+)"`),
		"{subject}", first(officer, "/registers/market?q=虚构", `href="/registers/market/([0-9A-Z]+)"`),
		"{document}", document, "{number}", first(officer, "/progress/"+document, `href="/progress/cases/([^"]+)"`))...)
}

// TestDeskPages visits the pages of the staff as TestPages does those of the
// public, each as somebody it is for; in English most of them for their words
// and their width alone.
func TestDeskPages(t *testing.T) {
	t.Parallel()
	for _, mode := range []struct{ name, lang, view string }{
		{"chinese", "zh-CN", ""}, {"english", "en", ""}, {"elder", "zh-CN", "elder"},
	} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			places := placesOf(t)
			tabs := map[role]*reader{}
			for _, p := range deskPages {
				if mode.view != "" && !p.sample {
					continue
				}
				b := tabs[p.who]
				if b == nil {
					if p.who == anybody {
						b = newReader(t)
					} else {
						b = as(t, p.who)
					}
					tabs[p.who] = b
					b.open("/?lang="+mode.lang, http.StatusOK)
					if mode.view != "" {
						b.click(fmt.Sprintf(".masthead button[value=%s]", mode.view))
					}
				}
				p.path = places.Replace(p.path)
				t.Run(p.name, func(t *testing.T) {
					one, cancel := b.with(t)
					defer cancel()
					if mode.lang == "en" && !p.sample {
						one.glance(p.pageType, mode.lang)
						return
					}
					one.visit(p.pageType, mode.lang, mode.view)
				})
			}
		})
	}
}
