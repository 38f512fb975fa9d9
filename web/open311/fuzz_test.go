package open311_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Whatever is asked, the answer is well-formed and no fault of ours.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{"", "start_date=2016-11-01T00:00:00 08:00&bbox=1,2,3,4", "page=1&page_size=x&count=-1", "status=open,,closed&service_request_id=,", "end_date=0000-01-01&updated_after=9999-12-31T23:59:59-23:59",
		"bbox=NaN,Inf,1e999,-0&service_code=\u2028&jurisdiction_id=%00"} {
		f.Add(q)
	}
	s := newSite(f)
	f.Fuzz(func(t *testing.T, q string) {
		if _, err := url.ParseQuery(q); err != nil {
			return
		}
		for _, path := range []string{"requests.xml", "requests.json", "servicerequestupdates.xml", "servicerequestupdates.json"} {
			r := s.on(t).get("/open311/v2/" + path + "?" + url.PathEscape(q))
			checkFuzzed(t, path, r)
			r = s.on(t).get("/open311/v2/" + path + "?" + strings.Map(queryRune, q))
			checkFuzzed(t, path, r)
		}
	})
}

// queryRune leaves out what no address holds.
func queryRune(r rune) rune {
	if r <= ' ' || r > '~' || r == '#' {
		return -1
	}
	return r
}

func FuzzBody(f *testing.F) {
	const multipart = "multipart/form-data; boundary=b"
	f.Add(formType, good().Encode())
	f.Add(formType, "attribute[a][]=1&attribute[=2&attribute[]=3&attribute[a]b=4&lat=1,2&long=3&media_url=http:///&api_key=qxk_good")
	f.Add(multipart, "--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\nqxk_good\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n--b--")
	s := newSite(f)
	f.Fuzz(func(t *testing.T, kind, body string) {
		if strings.ContainsFunc(kind, func(r rune) bool { return r < ' ' || r > '~' }) {
			return
		}
		for _, path := range []string{"requests.xml", "requests.json", "servicerequestupdates.json"} {
			checkFuzzed(t, path, s.on(t).do(http.MethodPost, "/open311/v2/"+path, kind, body))
		}
	})
}

func checkFuzzed(t *testing.T, path string, r reply) {
	t.Helper()
	if r.StatusCode >= 500 {
		t.Errorf("%s: %s %s", path, r.Status, r.body)
	}
	checkShape(t, path, r)
	if r.StatusCode >= 400 {
		r.codes(t)
	}
}
