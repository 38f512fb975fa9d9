package push_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/notices/hooks"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/registers/invent"
	"quanxiang/web/webtest"
)

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, gov.China)

type program = webtest.Program

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// enrol makes a key a unit answers for.
func enrol(t *testing.T, srv *httptest.Server, keys *apikeys.Keys, unit string) program {
	t.Helper()
	id, _, err := keys.Make(t.Context(), people.Operator("root", now), apikeys.Key{Name: unit, Unit: unit, Contact: "x", Rate: 100, Scope: apikeys.Registers})
	must(t, err)
	return program{T: t, Client: srv.Client(), URL: srv.URL, Key: id, Signing: keys.Signing(id), At: now}
}

// A unit's program pushes what its unit keeps: all of it or, with every mistake
// named, nothing; sent again it changes nothing. Who signs wrongly, late or for another
// unit is refused, and what is read in full is recorded with what for.
func TestPush(t *testing.T) {
	t.Parallel()
	d, _ := webtest.WithCases(t, func() time.Time { return now })
	srv := webtest.Serve(t, d)
	registry, stranger := enrol(t, srv, d.Keys, "gsfj"), enrol(t, srv, d.Keys, "zfb")
	codes, err := invent.Codes(d.Pack.District, 3)
	must(t, err)
	const entries, penalties = "/api/v1/registers/market/entries", "/api/v1/registers/market/records/penalty"
	item := func(code string) string {
		return fmt.Sprintf(`{"key": %q, "name": "虚构云杉餐饮", "form": "企业", "founded": "2010-01-02", "address": "虚构路1号", "head": "虚构负责人"}`, code)
	}
	items := func(list ...string) string { return `{"items": [` + strings.Join(list, ", ") + `]}` }
	expect := func(p program, method, path, body string, status int, says ...string) string {
		t.Helper()
		got, text := p.Send(method, path, body)
		if got != status {
			t.Errorf("%s %s: %d, want %d: %s", method, path, got, status, text)
		}
		for _, want := range says {
			if !strings.Contains(text, want) {
				t.Errorf("%s %s: %q is not in %s", method, path, want, text)
			}
		}
		return text
	}

	expect(registry, "POST", entries, items(item(codes[0]), item(codes[1])), 200, `"added":2`)
	expect(registry, "POST", entries, items(item(codes[0]), item(codes[1])), 200, `"added":0`, `"unchanged":2`)
	expect(stranger, "POST", entries, items(item(codes[2])), 403)
	forged, late := registry, registry
	forged.Signing, late.At = stranger.Signing, now.Add(-6*time.Minute)
	expect(forged, "POST", entries, items(item(codes[2])), 401)
	expect(late, "POST", entries, items(item(codes[2])), 401)
	expect(registry, "POST", entries, `{"entries": []}`, 422, "items")

	var wrong struct {
		Mistakes []struct {
			Index int
			Field string
		}
	}
	text := expect(registry, "POST", penalties, items(
		fmt.Sprintf(`{"subject": %q}`, codes[0]), fmt.Sprintf(`{"subject": %q, "no_such": "x"}`, codes[2])), 422)
	must(t, json.Unmarshal([]byte(text), &wrong))
	of := map[int]bool{}
	for _, m := range wrong.Mistakes {
		of[m.Index] = true
	}
	if !of[0] || !of[1] {
		t.Errorf("the mistakes are %s", text)
	}

	look := entries + "/" + codes[0] + "?purpose=inspection"
	expect(registry, "GET", look, "", 200, "虚构负责人", codes[0])
	expect(stranger, "GET", look, "", 403)
	expect(registry, "GET", entries+"/"+codes[0], "", 422, "purpose")
	expect(registry, "GET", entries+"/"+codes[2]+"?purpose=inspection", "", 404)
	looks, err := d.Registers.Store.Looks(t.Context(), "market", codes[0], 10)
	must(t, err)
	if len(looks) != 1 || looks[0].Person != registry.Key || looks[0].Purpose != "inspection" {
		t.Errorf("the looks are %+v", looks)
	}
}

// A program asks what stands against a subject before something is given, and tells
// what came of the answer; both are its unit's.
func TestMay(t *testing.T) {
	t.Parallel()
	d, _ := webtest.WithCases(t, func() time.Time { return now })
	srv := webtest.Serve(t, d)
	registry, purse, stranger := enrol(t, srv, d.Keys, "gsfj"), enrol(t, srv, d.Keys, "czj"), enrol(t, srv, d.Keys, "zfb")
	codes, err := invent.Codes(d.Pack.District, 1)
	must(t, err)
	expect := func(p program, method, path, body string, status int) (out struct {
		ID, Answer, Outcome string
		Reasons             []struct{ Measure, Record, Unit, Until string }
	}) {
		t.Helper()
		got, text := p.Send(method, path, body)
		if got != status {
			t.Errorf("%s %s: %d, want %d: %s", method, path, got, status, text)
		}
		if got == http.StatusOK {
			must(t, json.Unmarshal([]byte(text), &out))
		}
		return out
	}
	expect(registry, "POST", "/api/v1/registers/market/entries", fmt.Sprintf(`{"items": [{"key": %q, "name": "虚构云杉餐饮", "form": "企业", "founded": "2010-01-02"}]}`, codes[0]), 200)
	may := "/api/v1/restrictions/market/" + codes[0] + "?receive=tender&purpose=tender"
	if got := expect(purse, "GET", may, "", 200); got.Answer != "clear" || len(got.Reasons) != 0 {
		t.Errorf("nothing is known: %+v", got)
	}
	expect(registry, "POST", "/api/v1/registers/market/records/penalty", fmt.Sprintf(`{"items": [{"subject": %q, "number": "罚1号", "date": "2026-10-01", "violation": "虚构", "amount": 50000}]}`, codes[0]), 200)
	if got := expect(purse, "GET", may+"&on=2026-10-02", "", 200); got.Answer != "clear" {
		t.Errorf("it was known before it was pushed: %+v", got)
	}
	got := expect(purse, "GET", may, "", 200)
	if got.Answer != "refuse" || len(got.Reasons) != 1 || got.Reasons[0].Measure != "heavy-tender" || got.Reasons[0].Unit != "gsfj" || got.Reasons[0].Until != "2029-09-30" {
		t.Errorf("the answer is %+v", got)
	}
	told := "/api/v1/restrictions/market/" + got.ID + "/outcome"
	expect(registry, "POST", told, `{"outcome": "applied"}`, 403)
	expect(purse, "POST", told, `{"outcome": "waived"}`, 422)
	expect(purse, "POST", told, `{"outcomes": "waived"}`, 422)
	if got := expect(purse, "POST", told, `{"outcome": "waived", "why": "已修复"}`, 200); got.Outcome != "waived" {
		t.Errorf("told: %+v", got)
	}
	expect(purse, "POST", told, `{"outcome": "applied"}`, 409)
	expect(stranger, "GET", may, "", 403)
	expect(purse, "GET", strings.Replace(may, "receive=tender", "receive=gold", 1), "", 422)
	expect(purse, "GET", strings.Replace(may, "purpose=tender", "purpose=", 1), "", 422)
	expect(purse, "GET", may+"&on=yesterday", "", 422)
	expect(purse, "GET", strings.Replace(may, codes[0], "91110000000000000X", 1), "", 404)
}

// The door refuses what is not signed for it, is too late or too early, too large, or
// more than its key may send, and says of which item something is wrong.
func TestDoor(t *testing.T) {
	t.Parallel()
	d, _ := webtest.WithCases(t, func() time.Time { return now })
	srv := webtest.Serve(t, d)
	good := enrol(t, srv, d.Keys, "gsfj")
	codes, err := invent.Codes(d.Pack.District, 500)
	must(t, err)
	const entries = "/api/v1/registers/market/entries"
	body := func(n int, also string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = fmt.Sprintf(`{"key": %q, "name": "虚构云杉", "form": "企业", "founded": "2010-01-02"%s}`, codes[i%len(codes)], also)
		}
		return `{"items": [` + strings.Join(items, ",") + `]}`
	}
	reader := good
	id, _, err := d.Keys.Make(t.Context(), people.Operator("root", now), apikeys.Key{Name: "reader", Unit: "gsfj", Contact: "x", Rate: 100, Scope: apikeys.Reading})
	must(t, err)
	reader.Key, reader.Signing = id, d.Keys.Signing(id)
	filer := good
	if id, _, err = d.Keys.Make(t.Context(), people.Operator("root", now), apikeys.Key{Name: "filer", Unit: "gsfj", Contact: "x", Rate: 100, Scope: apikeys.Filing}); err != nil {
		t.Fatal(err)
	}
	filer.Key, filer.Signing = id, d.Keys.Signing(id)
	at := func(after time.Duration) program { p := good; p.At = now.Add(after); return p }
	for _, c := range []struct {
		why    string
		by     program
		body   string
		status int
	}{
		{"replayed behind five minutes", at(-5*time.Minute - time.Second), body(1, ""), 401},
		{"from the future", at(5*time.Minute + time.Second), body(1, ""), 401},
		{"a clock that is a little late", at(-4 * time.Minute), body(1, ""), 200},
		{"again, byte by byte", at(-4 * time.Minute), body(1, ""), 200},
		{"for reading", reader, body(1, ""), 403},
		{"for filing", filer, body(1, ""), 403},
		{"500 items", good, body(500, ""), 200},
		{"501 items", good, body(501, ""), 422},
		{"none", good, `{"items": []}`, 422},
		{"two values", good, body(1, "") + "{}", 422},
		{"over a mebibyte", good, body(2, `, "trade": "`+strings.Repeat("x", 1<<20)+`"`), 413},
	} {
		if got, text := c.by.Send("POST", entries, c.body); got != c.status {
			t.Errorf("%s: %d, want %d: %s", c.why, got, c.status, text)
		}
	}
	got, text := good.Send("POST", entries, body(2, `, "capital": {"yuan": 1}`))
	if got != 422 || strings.Count(text, `"field":"capital"`) != 2 || !strings.Contains(text, `"index":1`) {
		t.Errorf("what no cell holds: %d %s", got, text)
	}
	// A signature is over this path, not another.
	r, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+entries+"/"+codes[1]+"?purpose=inspection", nil)
	must(t, err)
	signature, err := hooks.Sign([]string{good.Signing}, "m1", now, []byte(entries+"/"+codes[0]+"?purpose=inspection"))
	must(t, err)
	for name, value := range map[string]string{"Quanxiang-Key": good.Key.String(), "webhook-id": "m1", "webhook-timestamp": strconv.FormatInt(now.Unix(), 10), "webhook-signature": signature} {
		r.Header.Set(name, value)
	}
	resp, err := srv.Client().Do(r)
	must(t, err)
	must(t, resp.Body.Close())
	if resp.StatusCode != 401 {
		t.Errorf("signed for another path: %d", resp.StatusCode)
	}

	slow := good
	id, _, err = d.Keys.Make(t.Context(), people.Operator("root", now), apikeys.Key{Name: "slow", Unit: "gsfj", Contact: "x", Rate: 2, Scope: apikeys.Registers})
	must(t, err)
	slow.Key, slow.Signing = id, d.Keys.Signing(id)
	for n, want := range []int{200, 200, 429, 429} {
		if got, text := slow.Send("POST", entries, body(1, "")); got != want {
			t.Errorf("request %d of an hour for two: %d %s", n+1, got, text)
		}
	}
	must(t, d.Keys.Revoke(t.Context(), people.Operator("root", now), id))
	if got, _ := slow.Send("POST", entries, body(1, "")); got != 401 {
		t.Errorf("taken back: %d", got)
	}
}
