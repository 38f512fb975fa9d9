package claims_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/store"
	"quanxiang/store/applytest"
	"quanxiang/support/apply"
	"quanxiang/web/claims"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 3, func(e *ui.Engine) error {
		_, err := claims.New(claims.Deps{Engine: e})
		return err
	})
}

const loans = `[{"实付利息":"50万元","基准利息":"50万元","经投融资平台":true,"用于创业创新":true}]`

// submitted is an application for interest on a loan that was handed in.
func submitted(t testing.TB, r *applytest.Room) gov.ID {
	t.Helper()
	id := gov.NewID(r.Now)
	value := json.RawMessage(loans)
	must(t, r.Begin(t.Context(), r.Firm, apply.Start{ID: id, Applicant: "企业", Year: 2016, Documents: []string{"16号"}, Contact: gov.NewID(r.Now).String(), Facts: map[string]json.RawMessage{"贷款": value}}))
	must(t, r.Save(t.Context(), r.Firm, id, 1, gov.ID{}, []apply.Edit{{Name: "贷款", Value: value, Add: []string{r.Evidence(t, r.Firm, id)}}}))
	must(t, r.Submit(t.Context(), r.Firm, id, 2, gov.ID{}, apply.SubmitAct))
	return id
}

// A clerk reads a claim with what is open, sets what the office sets with a reason, is
// told what is wrong with what was typed still there, and takes the list of the committee
// as a table; whoever has no part in it sees nothing.
func TestPages(t *testing.T) {
	t.Parallel()
	r := applytest.New(t, store.SQLite, packtest.Xicheng(t))
	d := webtest.OpenDesk(t, r.Pack)
	k, err := claims.New(claims.Deps{Engine: d.Engine, Pack: r.Pack, Support: r.Applications, Casework: r.Work, Office: d.Office, Clock: func() time.Time { return r.Now }})
	must(t, err)
	id := submitted(t, r)
	page := claims.Path(id)
	clerk, stranger := d.Serve(t, r.Clerk, k.Mount), d.Serve(t, r.Stranger, k.Mount)

	if status, _, _ := webtest.Ask(t, stranger, page, nil); status != http.StatusForbidden && status != http.StatusNotFound {
		t.Errorf("a stranger gets %d", status)
	}
	if status, _, _ := webtest.Ask(t, clerk, claims.Root+"/none", nil); status != http.StatusNotFound {
		t.Errorf("none: %d", status)
	}
	_, body, _ := webtest.Ask(t, clerk, page, nil)
	webtest.Says(t, body, r.Firm.Name, "测算合计", "实付利息：50万元", "付息凭证.pdf", "认定")

	// What an office sets wants a reason and a value of the kind.
	version := func() string {
		h, _, err := r.Look(t.Context(), r.Clerk, id)
		must(t, err)
		return strconv.FormatInt(h.Claim.Version, 10)
	}
	form := url.Values{"fact": {"认定"}, "facts.认定": {"认定企业"}, "version": {version()}, "key": {gov.NewID(r.Now).String()}}
	status, body, _ := webtest.Ask(t, clerk, page+"/correct", form)
	if webtest.Says(t, body, "理由", "认定企业"); status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", status)
	}
	form.Set("why", "在认定企业名录中")
	form.Set("version", "1")
	if status, body, _ = webtest.Ask(t, clerk, page+"/correct", form); status != http.StatusUnprocessableEntity {
		t.Errorf("on a version that is past: %d", status)
	}
	webtest.Says(t, body, "在认定企业名录中")
	form.Set("version", version())
	status, body, led := webtest.Ask(t, clerk, page+"/correct", form)
	if status != http.StatusOK || led != page {
		t.Fatalf("corrected: %d at %s", status, led)
	}
	webtest.Says(t, body, "25万元", "在认定企业名录中", "更正或核定")
	for _, path := range []string{page + "/correct?fact=没有", page + "/correct"} {
		if status, _, _ := webtest.Ask(t, clerk, path, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}

	// The list of the committee.
	if status, _, _ := webtest.Ask(t, clerk, claims.Root+".csv", nil); status != http.StatusOK {
		t.Errorf("an empty list as a table: %d", status)
	}
	r.Do(t, r.Clerk, id, "accept", map[string]any{"opinion": "齐全"})
	list, err := r.Docket.Children(t.Context(), id)
	must(t, err)
	for i, c := range list {
		by := r.Science
		if c.Units[0] == "czj" {
			by = r.Finance
		}
		r.Do(t, by, c.ID, "give", map[string]any{"verdict": "agree", "opinion": "意见" + strconv.Itoa(i)})
	}
	r.Do(t, r.Clerk, id, "list", nil)
	_, body, _ = webtest.Ask(t, clerk, claims.Root, nil)
	webtest.Says(t, body, r.Firm.Name, "25万元", "16号.贷款贴息")
	_, csv, _ := webtest.Ask(t, clerk, claims.Root+".csv", nil)
	webtest.Says(t, csv, r.Firm.Name, "25万元")
	if _, body, _ = webtest.Ask(t, stranger, claims.Root, nil); strings.Contains(body, r.Firm.Name) {
		t.Error("a stranger reads the committee's list")
	}

	// A decision can be computed again, and the page shows what was decided.
	r.Do(t, r.Head, id, "announce", map[string]any{"committee": "第3次会议通过"})
	r.Later(t, 30)
	_, err = r.Docket.Stir(t.Context(), r.Now, 50)
	must(t, err)
	r.Do(t, r.Head, id, "decide", map[string]any{"decision_number": "西园管发〔2016〕1号"})
	_, body, _ = webtest.Ask(t, clerk, page+"?replay=1", nil)
	webtest.Says(t, body, "决定支持合计", "25万元", "逐字节相同")
}
