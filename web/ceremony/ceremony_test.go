package ceremony_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"quanxiang/draw/lot"
	"quanxiang/draw/party"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/inspections/ceremony/ceremonytest"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/privacy"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"

	pages "quanxiang/web/ceremony"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 4, func(e *ui.Engine) error {
		_, err := pages.New(pages.Deps{Engine: e})
		return err
	})
}

const passphrase = "虚构的雨落在西山的石阶上"

// hall is the pages on a plan that is frozen, before anybody is named.
type hall struct {
	t     *testing.T
	desk  *webtest.Desk
	pages *pages.Pages
	now   time.Time
	plans ceremonytest.Plans
	srv   map[string]*httptest.Server
	id    map[string]gov.ID
}

func open(t *testing.T) *hall {
	t.Helper()
	h := &hall{t: t, desk: webtest.OpenDesk(t, packtest.Xicheng(t)), plans: ceremonytest.Sample(t, "joint"), srv: map[string]*httptest.Server{}, id: map[string]gov.ID{}}
	h.now = time.Unix(h.plans.Times()[0].T1-3600, 0)
	store := h.desk.DB.Draws(h.desk.Pack.District, privacy.NewKeyring())
	clock := func() time.Time { return h.now }
	seed := sha256.Sum256([]byte("platform"))
	draws := &ceremony.Ceremonies{Store: store, Plans: h.plans, Clock: clock, Platform: ed25519.NewKeyFromSeed(seed[:]), Name: "全象平台", Verifier: lot.Hash{7},
		Safe: &ceremony.Safe{Store: store, District: h.desk.Pack.District, Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Clock: clock}}
	var err error
	h.pages, err = pages.New(pages.Deps{Engine: h.desk.Engine, Pack: h.desk.Pack, Draws: draws, Holders: h.desk.Office.Holders, Forward: func(to time.Time) { h.now = to }})
	must(t, err)
	for by, role := range map[string]string{"host": "inspection-office", "witness0": "witness", "witness1": "witness", "seal0": "seal-holder", "seal1": "seal-holder", "clerk": "clerk"} {
		s := h.desk.Enter(t, map[string]string{"host": "赵主持", "witness0": "钱见证", "witness1": "孙见证", "seal0": "李密封", "seal1": "周密封", "clerk": "吴经办"}[by], by, "gsfj", role)
		h.id[by] = s.Person
		h.srv[by] = h.desk.Serve(t, s, h.pages.Mount)
	}
	return h
}

func (h *hall) get(by, path string) (int, string) {
	h.t.Helper()
	r, err := h.srv[by].Client().Get(h.srv[by].URL + pages.Path(ceremonytest.Plan) + path)
	must(h.t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	must(h.t, err)
	return r.StatusCode, string(b)
}

func (h *hall) post(by, path string, form url.Values) (int, string) {
	h.t.Helper()
	r, err := h.srv[by].Client().PostForm(h.srv[by].URL+pages.Path(ceremonytest.Plan)+path, form)
	must(h.t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	must(h.t, err)
	return r.StatusCode, string(b)
}

func (h *hall) good(by, path string, form url.Values, want string) {
	h.t.Helper()
	if code, page := h.post(by, path, form); code != http.StatusOK || !strings.Contains(page, want) {
		h.t.Fatalf("%s posts %s: %d, no %q\n%s", by, path, code, want, page)
	}
}

// act agrees to what is asked of a party.
func (h *hall) act(by, signer string) {
	h.t.Helper()
	h.good(by, "/act", url.Values{"by": {signer}}, "ceremony-next")
}

// The five roles lead a draw through its steps on the pages alone; one witness acts
// with a file.
func TestCeremony(t *testing.T) {
	t.Parallel()
	h := open(t)
	at := h.plans.Times()[0]
	local := func(s int64) string { return time.Unix(s, 0).In(gov.China).Format("2006-01-02T15:04") }
	if code, page := h.get("host", ""); code != http.StatusOK || !strings.Contains(page, "钱见证") {
		t.Fatalf("the form: %d\n%s", code, page)
	}
	if code, _ := h.get("clerk", "/setup"); code != http.StatusForbidden {
		t.Errorf("a clerk arranges: %d", code)
	}
	setup := url.Values{"authority0name": {"虚构双随机办公室"}, "authority0person": {h.id["host"].String()}, "witness0name": {"虚构纪检"}, "witness0person": {h.id["witness0"].String()},
		"witness1name": {"虚构代表"}, "witness1person": {h.id["witness1"].String()}, "witness2name": {"虚构公证处"}, "seal0name": {"虚构密封甲"}, "seal0person": {h.id["seal0"].String()},
		"seal1name": {"虚构密封乙"}, "seal1person": {h.id["seal1"].String()}, "source": {"drand"}, "first": {at.Window[0]}, "last": {at.Window[1]}}
	// The times are the sample's to the second, as its round of drand is; the form has minutes.
	for i, s := range []int64{at.T1 - at.T1%60, at.T2 - at.T2%60, at.T3 - at.T3%60, at.T4 - at.T4%60 + 60, at.T5 - at.T5%60 + 60} {
		setup.Set("t"+string(rune('1'+i)), local(s))
	}
	bad := url.Values{}
	for k, v := range setup {
		bad[k] = v
	}
	bad.Del("witness1name")
	bad.Del("witness1person")
	if code, page := h.post("host", "/setup", bad); code != http.StatusUnprocessableEntity || !strings.Contains(page, "虚构公证处") {
		t.Errorf("two witnesses: %d", code)
	}
	setup.Set("later", "31")
	if code, page := h.post("host", "/setup", setup); code != http.StatusUnprocessableEntity || !strings.Contains(page, "1 到 30") {
		t.Errorf("a second attempt after a month: %d", code)
	}
	setup.Set("later", "1")
	h.good("host", "/setup", setup, "等待各方登记密钥")
	arranged, err := h.pages.Draws.Store.Ceremony(t.Context(), ceremonytest.Plan)
	must(t, err)
	if s := arranged.State.Setup; len(s.Times) != 2 || s.Times[1].T1 != s.Times[0].T1+24*3600 || s.Times[1].Window[1] != at.Window[1] || len(s.Outside[0].Rounds) != 2 || s.Outside[0].Rounds[1] != s.Outside[0].Rounds[0]+24*1200 {
		t.Errorf("the second attempt is %+v, from %+v", s.Times, s.Outside)
	}
	random, err := party.NewKey("公证处", bytes.Repeat([]byte{9}, party.Random))
	must(t, err)
	byFile := func() {
		code, file := h.get("host", "/request/witness-2")
		if code != http.StatusOK {
			t.Fatalf("the request: %d %s", code, file)
		}
		q, err := party.ParseRequest([]byte(file))
		must(t, err)
		a, err := random.Answer(&q)
		must(t, err)
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		f, err := w.CreateFormFile("file", "answer.json")
		must(t, err)
		_, err = f.Write(a.Bytes())
		must(t, err)
		must(t, w.Close())
		r, err := h.srv["host"].Client().Post(h.srv["host"].URL+pages.Path(ceremonytest.Plan)+"/answer/witness-2", w.FormDataContentType(), &body)
		must(t, err)
		must(t, r.Body.Close())
		if r.StatusCode != http.StatusOK {
			t.Fatalf("the answer: %d", r.StatusCode)
		}
	}
	signers := map[string]string{"host": "authority", "witness0": "witness-0", "witness1": "witness-1", "seal0": "seal-0", "seal1": "seal-1"}
	if code, page := h.get("witness0", ""); code != http.StatusOK || !strings.Contains(page, "先建立您的抽取密钥") {
		t.Fatalf("a witness before the key: %d", code)
	}
	if code, page := h.post("witness0", "/key", url.Values{"do": {"make"}, "passphrase": {passphrase}, "again": {"x"}}); code != http.StatusUnprocessableEntity || !strings.Contains(page, "两次输入的口令不同") {
		t.Errorf("two passphrases: %d", code)
	}
	for _, by := range []string{"host", "witness0", "witness1", "seal0", "seal1"} {
		h.good(by, "/key", url.Values{"do": {"make"}, "passphrase": {passphrase}, "again": {passphrase}}, "您的密钥已打开")
		h.act(by, signers[by])
	}
	byFile()
	h.act("host", "authority")
	if _, page := h.get("witness0", ""); !strings.Contains(page, "对您的秘密作出承诺") || !strings.Contains(page, "计划登记") && !strings.Contains(page, "登记计划") {
		t.Errorf("a witness is not asked to commit\n%s", page)
	}
	h.act("witness0", "witness-0")
	h.act("witness1", "witness-1")
	byFile()
	if code, page := h.post("witness0", "/act", url.Values{"by": {"witness-1"}}); code != http.StatusForbidden && !strings.Contains(page, "只有") {
		t.Errorf("a witness acts for another: %d", code)
	}
	if code, _ := h.post("seal0", "/forward", nil); code != http.StatusConflict {
		t.Errorf("a seal holder puts the clock forward: %d", code)
	}
	h.good("host", "/forward", nil, "承诺已经截止")
	for _, by := range []string{"witness0", "witness1"} { // keys are locked meanwhile
		h.good(by, "/key", url.Values{"do": {"unlock"}, "passphrase": {passphrase}}, "您的密钥已打开")
	}
	h.act("witness0", "witness-0")
	h.act("witness1", "witness-1")
	byFile()
	code, page := h.get("host", "")
	if code != http.StatusOK || strings.Contains(page, "api.drand.sh") || !strings.Contains(page, "等待谁也不能预知") {
		t.Errorf("before the outside value: %d\n%s", code, page)
	}
	if code, page := h.get("seal0", "/wall"); code != http.StatusOK || !strings.Contains(page, "ceremony-wall") || strings.Contains(page, "<form method=\"post\" action=\"/desk/inspections") {
		t.Errorf("the wall: %d", code)
	}
	if code, page := h.get("host", "?lang=en"); code != http.StatusOK || !strings.Contains(page, "What has happened") {
		t.Errorf("in English: %d", code)
	}
	if code, _ := h.get("clerk", ""); code != http.StatusForbidden {
		t.Errorf("a clerk looks: %d", code)
	}
	h.good("host", "/forward", nil, "api.drand.sh")
	if code, page := h.post("host", "/ask", url.Values{"op": {"outside"}, "value": {"00ff"}}); code != http.StatusUnprocessableEntity || !strings.Contains(page, "drand") || !strings.Contains(page, `value="00ff"`) {
		t.Errorf("a wrong signature: %d", code)
	}
	if code, page := h.post("host", "/fetch", nil); code != http.StatusConflict || !strings.Contains(page, "没有配置 drand 中继") {
		t.Errorf("fetched without a relay: %d", code)
	}
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	h.pages.Relay = &pages.Relay{URL: dead.URL, Client: dead.Client()}
	if _, page := h.get("host", ""); !strings.Contains(page, "取得 drand 数值") {
		t.Error("nothing fetches the value")
	}
	if code, page := h.post("host", "/fetch", nil); code != http.StatusServiceUnavailable || !strings.Contains(page, "没有从 drand 中继取到数值：没有连上") {
		t.Errorf("nobody answers: %d", code)
	}
	if code, _ := h.post("seal0", "/fetch", nil); code != http.StatusForbidden {
		t.Errorf("a seal holder fetches: %d", code)
	}
	if code, file := h.get("seal1", "/transcript"); code != http.StatusOK || strings.Count(file, "\n") != 8 {
		t.Errorf("the transcript: %d, %d lines", code, strings.Count(file, "\n"))
	}
}

// Without a frozen plan there is nothing to be arranged; the list shows what is.
func TestList(t *testing.T) {
	t.Parallel()
	h := open(t)
	must(t, h.pages.Draws.Arrange(t.Context(), fresh(h.desk.Standing(t, h.id["host"]), h.now), ceremonytest.Plan,
		h.plans.Setup(h.desk.Standing(t, h.id["host"]), []people.Standing{h.desk.Standing(t, h.id["witness0"]), {Name: "乙"}, {Name: "丙"}}, []people.Standing{{Name: "丁"}, {Name: "戊"}})))
	for by, want := range map[string]bool{"host": true, "witness0": true, "witness1": false, "clerk": false} {
		r, err := h.srv[by].Client().Get(h.srv[by].URL + pages.Root)
		must(t, err)
		b, err := io.ReadAll(r.Body)
		must(t, err)
		must(t, r.Body.Close())
		if got := strings.Contains(string(b), "XC-2023-001"); r.StatusCode != http.StatusOK || got != want {
			t.Errorf("%s: %d, listed %v", by, r.StatusCode, got)
		}
	}
}

func fresh(s people.Standing, at time.Time) people.Standing {
	s.At, s.Proven = at, at
	return s
}
