package my_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store"
)

const (
	lampReport = "/report/report/report"
	inside     = "39.920218,116.360350"
	outside    = "39.990000,116.300000"
)

// open begins a report of the reference pack, a minute ago.
func (b *browser) open() string {
	b.Helper()
	m := formToken.FindStringSubmatch(b.get(lampReport).body)
	if m == nil {
		b.Fatal("the form has no token")
	}
	b.now = b.now.Add(time.Minute)
	return m[1]
}

var shut = regexp.MustCompile(`report-matter" aria-labelledby="matter-head" hidden`)

// Without a script the form goes step by step: where it is, then what, with what
// follows from each; nothing that was typed is lost on the way.
func TestReportByTheSteps(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	token := b.open()
	if !shut.MatchString(b.get(lampReport).body) {
		t.Error("it asks what before where")
	}
	a := b.post(lampReport, "form", token, "step", "place")
	has(t, "nowhere", a.body, "请说明在哪里")
	if a.status != 422 || !shut.MatchString(a.body) {
		t.Errorf("nowhere: %d", a.status)
	}
	for _, step := range []string{"place", ""} {
		a = b.post(lampReport, "form", token, "step", step, "f-place", outside, "f-where", "北门外的桥上", "f-about", "路灯不亮", "mobile", "13812345678")
		has(t, "outside", a.body, "不在西城区内", "12345", "北门外的桥上", outside, `value="路灯不亮"`, `value="13812345678"`)
		if a.status != 422 {
			t.Errorf("outside, at step %q: %d", step, a.status)
		}
	}
	for _, told := range [][]string{{"f-place", inside}, {"f-where", "报国寺路口"}, {"f-street", "110102011"}} {
		a = b.post(lampReport, append([]string{"form", token, "step", "place"}, told...)...)
		if a.status != 200 || shut.MatchString(a.body) {
			t.Errorf("%v: %d, or what is not asked", told, a.status)
		}
	}
	a = b.post(lampReport, "form", token, "step", "words", "f-place", inside, "f-about", "门口的路灯不亮")
	has(t, "by the words", a.body, `name="f-class.suggested" value="11010210109"`, `value="门口的路灯不亮"`)
	a = b.post(lampReport, "form", token, "step", "", "f-place", inside, "f-about", "门口的路灯不亮", "f-class.suggested", "11010210109", "f-class", "11010210302")
	has(t, "reported", a.body, "路灯", "金融街街道")
	lacks(t, "reported", a.body, "果皮箱")
	if en := h.browser().get(lampReport + "?lang=en").body; !strings.Contains(en, "Where is it?") {
		t.Error("no English")
	}
}

// A place picked on a map that shows the ground shifted is kept where it is; the
// script is told the same as the form, and what words suggest.
func TestPlaceForTheScript(t *testing.T) {
	t.Parallel()
	b := open(t).browser()
	real, err := geo.ParsePoint(inside)
	check(t, err)
	shifted := geo.GCJ02.To(real).String()
	var near struct {
		At, Said, Outside string
		Areas             map[string]string
	}
	ask := func(at, system string) {
		t.Helper()
		a := b.get(lampReport + "/near?" + url.Values{"at": {at}, "system": {system}}.Encode())
		near.Outside = ""
		if err := json.Unmarshal([]byte(a.body), &near); err != nil || a.status != 200 {
			t.Fatalf("%d %v: %.200s", a.status, err, a.body)
		}
	}
	ask(shifted, "GCJ-02")
	if p, err := geo.ParsePoint(near.At); err != nil || p.Distance(real) > 0.5 || near.Areas["f-street"] != "110102010" && !strings.HasPrefix(near.Said, "金融街") {
		t.Errorf("%s is %+v", shifted, near)
	}
	ask(outside, "WGS84")
	has(t, "outside", near.Outside, "12345")
	ask(outside, "") // typed
	has(t, "outside, typed", near.Outside, "12345")
	for _, bad := range []string{"at=1&system=WGS84", "at=1,2&system=mars", ""} {
		if a := b.get(lampReport + "/near?" + bad); a.status != 400 && a.status != 422 {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
	a := b.post(lampReport, "form", b.open(), "step", "", "f-place", shifted, "f-place.system", "GCJ-02", "f-about", "路灯不亮")
	// The page says the place in words; the address to hear of others nearby has it.
	if at := regexp.MustCompile(`39\.9202\d\d%2C116\.3603\d\d`).FindString(a.body); at == "" {
		t.Errorf("the shifted place is not put back: %d", a.status)
	}
	has(t, "words", b.post(lampReport+"/classes", "text", "垃圾桶满了").body, `"11010210302"`)
}

// filed lets a report be filed, so that everybody sees it.
func (h *hall) filed(number, class string) gov.ID {
	h.Helper()
	id, err := h.desk.Docket.Find(h.Context(), number)
	check(h.T, err)
	rows, _ := h.desk.Pack.List("standard-rows")
	for _, e := range rows.Entries {
		if e.Text("class") == class {
			_, err = h.desk.Docket.Act(h.Context(), docket.Step{Case: id}, cases.Input{Action: "file", Actor: dockettest.Staff("shou", "cgzx-jd", "acceptor"), Values: cases.Values{"row": e.Code}})
			check(h.T, err)
			return id
		}
	}
	h.Fatalf("no standard for %s", class)
	return id
}

var lampNumber = regexp.MustCompile(`CG2026-\d{6}`)

// What is reported near a place is shown before anything is typed. Who has met
// with it joins it, once, and is told with the others.
func TestMeToo(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	a := b.post(lampReport, "form", b.open(), "f-place", inside, "f-about", "门口的路灯不亮", "f-class", "11010210109")
	number := lampNumber.FindString(a.body)
	other := h.browser()
	if a = other.get("/join/" + number); a.status != 404 {
		t.Errorf("joined before it is public: %d", a.status)
	}
	id := h.filed(number, "11010210109")
	a = other.post(lampReport, "form", other.open(), "step", "place", "f-place", inside)
	has(t, "near the place", a.body, number, "门口的路灯不亮", "/join/"+number)
	has(t, "for the script", other.get(lampReport+"/near?system=WGS84&at="+inside).body, number)

	has(t, "asked", other.get("/join/"+number).body, "门口的路灯不亮")
	var paths []string
	for range 2 {
		a = other.post("/join/"+number, "mobile", "13812345678", "channel", "sms")
		path, _, _ := strings.Cut(a.path, "?")
		paths = append(paths, path)
	}
	has(t, "joined", a.body, number, "您的反映已并入", "138****5678")
	if paths[0] != paths[1] || a.status != 200 {
		t.Errorf("joined twice: %v", paths)
	}
	var wait sync.WaitGroup
	third := h.browser()
	third.get("/join/" + number)
	for range 3 {
		wait.Go(func() {
			if r, err := third.PostForm(h.srv.URL+"/join/"+number, url.Values{}); err != nil || r.StatusCode >= 500 {
				t.Errorf("joined at once: %v %v", r, err)
			}
		})
	}
	wait.Wait()
	s, err := h.desk.Casework.PublicSheet(t.Context(), id, h.now)
	check(t, err)
	if len(s.Took) != 2 {
		t.Errorf("%d joined, want 2", len(s.Took))
	}
	if a = other.post("/join/"+number, "mobile", "1381"); a.status != 422 {
		t.Errorf("half a number: %d", a.status)
	}
	if a = other.get("/report/report/join"); a.status != 404 {
		t.Errorf("a report of joining: %d", a.status)
	}
}

// A telephone that never got its answer sends the report again: at the same time,
// later, or days later. It is one case under one number.
func TestSentTwice(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	form := url.Values{"form": {b.open()}, "f-place": {inside}, "f-about": {"门口的路灯不亮"}}
	numbers := make([]string, 8)
	var wait sync.WaitGroup
	for i := range numbers {
		wait.Go(func() {
			r, err := b.PostForm(h.srv.URL+lampReport, form)
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Body.Close()
			var page bytes.Buffer
			_, err = page.ReadFrom(r.Body)
			if err != nil || r.StatusCode != 200 {
				t.Errorf("%d %v", r.StatusCode, err)
			}
			numbers[i] = lampNumber.FindString(page.String())
		})
	}
	wait.Wait()
	h.now = h.now.Add(72 * time.Hour)
	a := b.read(b.PostForm(h.srv.URL+lampReport, form))
	numbers = append(numbers, lampNumber.FindString(a.body))
	for _, n := range numbers {
		if n == "" || n != numbers[0] {
			t.Fatalf("numbers %v", numbers)
		}
	}
	// One that waited too long under a form nobody sent keeps what was typed.
	late := url.Values{"form": {b.open()}, "f-place": {inside}, "f-about": {"井盖丢了"}}
	h.now = h.now.Add(72 * time.Hour)
	a = b.read(b.PostForm(h.srv.URL+lampReport, late))
	has(t, "too late", a.body, "井盖丢了", "打开的时间太久")
	m := formToken.FindStringSubmatch(a.body)
	if a.status != 422 || m == nil || m[1] == late.Get("form") {
		t.Errorf("too late: %d", a.status)
	}
	var fresh struct{ Form string }
	check(t, json.Unmarshal([]byte(b.get(lampReport+"/form").body), &fresh))
	late.Set("form", fresh.Form)
	if a = b.read(b.PostForm(h.srv.URL+lampReport, late)); lampNumber.FindString(a.body) == "" {
		t.Errorf("under another form: %d", a.status)
	}
	// Clocks of telephones do not count, and one of ours that was put back does no
	// harm.
	back := b.open()
	h.now = h.now.Add(-time.Hour)
	if a = b.post(lampReport, "form", back, "f-place", inside, "f-about", "积水"); lampNumber.FindString(a.body) == "" {
		t.Errorf("with the clock put back: %d", a.status)
	}
}

// What people and machines type and send is taken, or refused in plain words with
// everything kept.
func TestBadReports(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	long := strings.Repeat("路灯不亮。", 2000)
	a := b.post(lampReport, "form", b.open(), "f-place", inside, "f-about", "路灯", "f-description", long)
	has(t, "10,000 characters", a.body, long, "5000")
	if a.status != 422 {
		t.Errorf("10,000 characters: %d", a.status)
	}
	for _, about := range []string{"井盖丢了😱🕳️", "شارع مكسور", "Ямa на дороге", "मार्ग", "<script>alert(1)</script>", "路灯'); drop table cases;--"} {
		a = h.browser().post(lampReport, "form", h.browser().open(), "f-place", inside, "f-about", about)
		if lampNumber.FindString(a.body) == "" || strings.Contains(a.body, "<script>alert") {
			t.Errorf("%s: %d", about, a.status)
		}
	}
	for _, about := range []string{"路灯\x00不亮", "路灯\u202e不亮", strings.Repeat("长", 61)} {
		if a = b.post(lampReport, "form", b.open(), "f-place", inside, "f-about", about, "f-description", "晚上走路危险"); a.status != 422 && a.status != 400 {
			t.Errorf("%q: %d", about, a.status)
		} else if a.status == 422 {
			has(t, about, a.body, "晚上走路危险")
		}
	}
	picture, err := os.ReadFile("../../files/photo/testdata/told.jpg")
	check(t, err)
	heic := append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 200)...)
	big := append(bytes.Clone(picture), make([]byte, 41<<20)...)
	for name, c := range map[string]struct {
		file []byte
		want string // why it is refused, "" if it is taken
	}{
		"灯.jpg":       {picture, ""},
		"灯.heic":      {heic, "兼容性最佳"},
		"页面.jpg":      {[]byte("<!doctype html><html><script>alert(1)</script></html>"), "页面.jpg"},
		"图.svg":       {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "图.svg"},
		"svg.png":     {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), "svg.png"},
		"双面.jpg":      {append(bytes.Clone(picture), "<script>alert(1)</script>PK\x03\x04"...), ""},
		"大.jpg":       {big, "超过 40 MB"},
		"空.jpg":       {nil, "空文件"},
		"半张.jpg":      {picture[:len(picture)/2], "损坏"},
		"../../a.jpg": {picture, ""},
	} {
		one := h.browser()
		token := one.open()
		a := one.attach(token, name, c.file)
		if c.want == "" {
			key := regexp.MustCompile(`/files/([0-9a-f]{64})`).FindStringSubmatch(a.body)
			if key == nil {
				t.Errorf("%s is not taken: %d", name, a.status)
				continue
			}
			path, _, _ := strings.Cut(a.path, "?")
			lacks(t, name, one.get(path+"/files/"+key[1]).body, "script", "PK\x03\x04")
			continue
		}
		has(t, name, a.body, c.want, "晚上走路危险", `value="路灯不亮"`, inside)
		if a.status != 422 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
}

// attach sends a report with one file.
func (b *browser) attach(token, name string, content []byte) answer {
	b.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, value := range map[string]string{"form": token, "f-place": inside, "f-about": "路灯不亮", "f-description": "晚上走路危险"} {
		check(b.T, w.WriteField(field, value))
	}
	part, err := w.CreateFormFile("f-photos", name)
	check(b.T, err)
	_, err = part.Write(content)
	check(b.T, err)
	check(b.T, w.Close())
	return b.read(b.Post(b.srv.URL+lampReport, w.FormDataContentType(), &body))
}

// The receipt of a report proves against the ledger's key that it was taken, under
// which number.
func TestReceiptOfAReport(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browser()
	a := b.post(lampReport, "form", b.open(), "f-place", inside, "f-about", "路灯不亮")
	number := lampNumber.FindString(a.body)
	m := regexp.MustCompile(`/ledger/events/([0-9a-f-]{36})/receipt`).FindStringSubmatch(a.body)
	if number == "" || m == nil || !strings.Contains(a.body, `class="qr"`) {
		t.Fatalf("%d, number %q, receipt %v", a.status, number, m)
	}
	private, public, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), "test.example/ledger/110102")
	check(t, err)
	signer, err := ledger.NewSigner(private)
	check(t, err)
	verifier, err := ledger.NewVerifier(public)
	check(t, err)
	sequencer, err := store.NewSequencer(h.desk.DB, h.desk.Pack.District, signer, nil)
	check(t, err)
	check(t, sequencer.Sequence(t.Context()))
	entry, err := gov.ParseID(m[1])
	check(t, err)
	r, err := store.NewLedger(h.desk.DB, h.desk.Pack.District, verifier).Receipt(t.Context(), entry)
	check(t, err)
	file, err := r.Marshal()
	check(t, err)
	v, err := verifier.VerifyReceipt(file)
	if err != nil || v.Entry.Facts["number"] != number || v.Entry.Object != "case:"+m[1] {
		t.Errorf("it proves %+v, %v; want %s", v.Entry, err, number)
	}
	if _, err := verifier.VerifyReceipt(bytes.Replace(file, []byte(number), []byte("CG2026-999999"), 1)); err == nil {
		t.Error("a receipt that was changed is good")
	}
}

// The page lets a telephone tell where it is and runs scripts of this site alone.
func TestPolicyOfTheForm(t *testing.T) {
	t.Parallel()
	header := open(t).browser().get(lampReport).header
	if p := header.Get("Permissions-Policy"); !strings.Contains(p, "geolocation=(self)") {
		t.Errorf("Permissions-Policy: %s", p)
	}
	if p := header.Get("Content-Security-Policy"); !strings.Contains(p, "script-src 'self'; connect-src 'self'") || strings.Contains(p, "unsafe") {
		t.Errorf("Content-Security-Policy: %s", p)
	}
}
