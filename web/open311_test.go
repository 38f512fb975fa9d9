package web_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/web/webtest"
)

// Other programs file and follow by the reference pack through the whole site:
// no redirect, no cookie, no page of an error where they do not expect one.
func TestOpen311OnTheSite(t *testing.T) {
	t.Parallel()
	d := webtest.Deps(t)
	_, key, err := d.Keys.Make(t.Context(), people.Operator("root", webtest.Now), apikeys.Key{Name: "热线", Unit: "zfb", Contact: "x", Rate: 9, Scope: apikeys.Filing})
	if err != nil {
		t.Fatal(err)
	}
	srv := webtest.Serve(t, d)
	ask := func(method, path, body string, headers ...string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		resp, err := srv.Client().Transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	form := url.Values{"api_key": {key}, "service_code": {"B0109"}, "lat": {"39.9123"}, "long": {"116.366"}, "description": {"路灯不亮\r\n三天了"}, "first_name": {"张三"}}.Encode()
	var first string
	for i, want := range []int{201, 200} {
		status, body := ask("POST", "/open311/v2//requests.json", form)
		if first == "" {
			first = body
		}
		if status != want || body != first || !strings.Contains(body, `"service_request_id":"CG`) {
			t.Errorf("time %d: %d %s", i+1, status, body)
		}
	}
	for _, tt := range []struct {
		method, path string
		status       int
		says         string
		headers      []string
	}{
		{"GET", "/open311/discovery.xml", 200, "<url>https://policy.example/open311/v2/</url>", nil},
		{"GET", "/open311/v2/services.xml", 200, "<service_code>B0109</service_code>", nil},
		{"GET", "/open311/v2/services/B0109.json", 200, `"code":"street","datatype":"singlevaluelist"`, nil},
		{"GET", "/open311/v2//requests.json", 200, "[]", nil}, // it is not public before it is filed
		{"GET", "/open311/v2/requests/CG2016-000001.xml", 404, "<errors><error><code>404.2</code>", nil},
		{"GET", "/open311/v2/requests.json?start_date=%ff", 400, `[{"code":"400",`, nil},
		{"GET", "/open311/nothing.json", 404, `[{"code":"404",`, nil},
		{"POST", "/open311/v2/requests.json", 403, `[{"code":"403",`, []string{"Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"}},
		{"POST", "/open311/v2/requests.xml", 403, "<code>403.1</code>", nil},
	} {
		if status, body := ask(tt.method, tt.path, "", tt.headers...); status != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("%s %s: %d %.300s", tt.method, tt.path, status, body)
		}
	}
	if status, body := ask("POST", "/open311/v2/requests.json", "description="+strings.Repeat("x", 3<<20)); status != 413 || !strings.Contains(body, `"code":"413"`) {
		t.Errorf("too large: %d %.200s", status, body)
	}
}
