package open311_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
)

const declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// Every answer, in both formats, to the letter.
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const record = `"service_request_id":"SJ2016-000001","status":"open","status_notes":"处置中","service_name":"井盖破损","service_code":"B0101",` +
		`"description":"路口\n井盖 <响>","agency_responsible":"区市政市容委","service_notice":null,"requested_datetime":"2016-11-15T09:30:00+08:00",` +
		`"updated_datetime":"2016-11-15T10:30:00+08:00","expected_datetime":null,"address":null,"address_id":null,"zipcode":null,"lat":39.9123,"long":116.366,"media_url":null`
	const recordXML = `<service_request_id>SJ2016-000001</service_request_id><status>open</status><status_notes>处置中</status_notes><service_name>井盖破损</service_name>` +
		`<service_code>B0101</service_code><description>路口` + "\n" + `井盖 &lt;响&gt;</description><agency_responsible>区市政市容委</agency_responsible><service_notice/>` +
		`<requested_datetime>2016-11-15T09:30:00+08:00</requested_datetime><updated_datetime>2016-11-15T10:30:00+08:00</updated_datetime><expected_datetime/>` +
		`<address/><address_id/><zipcode/><lat>39.9123</lat><long>116.366</long><media_url/>`
	for path, want := range map[string]string{
		"services.json": `[{"service_code":"B0101","service_name":"井盖破损","description":"道路上的各类井盖","metadata":true,"type":"realtime","keywords":"井盖,道路","group":"公用设施"},` +
			`{"service_code":"S0203","service_name":"暴露垃圾 <堆放> & 其他","description":null,"metadata":false,"type":"realtime","keywords":null,"group":"市容环境"}]`,
		"services.xml": declaration + `<services><service><service_code>B0101</service_code><service_name>井盖破损</service_name><description>道路上的各类井盖</description>` +
			`<metadata>true</metadata><type>realtime</type><keywords>井盖,道路</keywords><group>公用设施</group></service>` +
			`<service><service_code>S0203</service_code><service_name>暴露垃圾 &lt;堆放&gt; &amp; 其他</service_name><description/><metadata>false</metadata><type>realtime</type><keywords/><group>市容环境</group></service></services>` + "\n",
		"services/B0101.json": `{"service_code":"B0101","attributes":[{"variable":true,"code":"damage","datatype":"multivaluelist","required":true,"datatype_description":null,"order":1,` +
			`"description":"损坏情况","values":[{"key":"k1","name":"缺失"},{"key":"k2","name":"破损"}]},` +
			`{"variable":true,"code":"note","datatype":"text","required":false,"datatype_description":"可不填","order":2,"description":"补充","values":[]}]}`,
		"services/B0101.xml": declaration + `<service_definition><service_code>B0101</service_code><attributes><attribute><variable>true</variable><code>damage</code>` +
			`<datatype>multivaluelist</datatype><required>true</required><datatype_description/><order>1</order><description>损坏情况</description><values><value><key>k1</key><name>缺失</name></value>` +
			`<value><key>k2</key><name>破损</name></value></values></attribute><attribute><variable>true</variable><code>note</code><datatype>text</datatype><required>false</required>` +
			`<datatype_description>可不填</datatype_description><order>2</order><description>补充</description><values/></attribute></attributes></service_definition>` + "\n",
		"requests.json":                             `[{` + record + `}]`,
		"requests.xml":                              declaration + `<service_requests><request>` + recordXML + `</request></service_requests>` + "\n",
		"requests.json?service_code=none":           `[]`,
		"requests.xml?service_code=none":            declaration + "<service_requests/>\n",
		"requests/SJ2016-000001.json":               `[{` + record + `}]`,
		"requests/SJ2016-000001.xml":                declaration + `<service_requests><request>` + recordXML + `</request></service_requests>` + "\n",
		"requests/SJ2016-000001.xml?extensions=yes": declaration + `<service_requests><request>` + recordXML + `</request></service_requests>` + "\n",
		"requests/SJ2016-000001.json?extensions=true": `[{` + record + `,"extended_attributes":{"detailed_status":"IN_PROGRESS","datum":"WGS84"},` +
			`"notes":[{"datetime":"2016-11-15T10:30:00+08:00","description":"已派遣","type":"dispatch"}]}]`,
		"tokens/SJ2016-000001.json": `[{"service_request_id":"SJ2016-000001","token":"SJ2016-000001"}]`,
		"servicerequestupdates.json": `[{"update_id":"SJ2016-000001-3","service_request_id":"SJ2016-000001","status":"IN_PROGRESS","updated_datetime":"2016-11-15T10:30:00+08:00",` +
			`"description":"已派遣","media_url":null}]`,
		"servicerequestupdates.xml": declaration + `<service_request_updates><request_update><update_id>SJ2016-000001-3</update_id><service_request_id>SJ2016-000001</service_request_id>` +
			`<status>IN_PROGRESS</status><updated_datetime>2016-11-15T10:30:00+08:00</updated_datetime><description>已派遣</description><media_url/></request_update></service_request_updates>` + "\n",
		"discovery.json": `{"changeset":"2016-09-15T00:00:00+08:00","contact":"西城","key_service":"向管理员申请","endpoints":[` +
			`{"specification":"http://wiki.open311.org/GeoReport_v2","url":"https://policy.example/open311/v2/","changeset":"2016-09-15T00:00:00+08:00","type":"production","formats":["text/xml","application/json"]},` +
			`{"specification":"https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Proposed-differences-to-Open311","url":"https://policy.example/open311/v2/","changeset":"2016-09-15T00:00:00+08:00","type":"production","formats":["text/xml","application/json"]}]}`,
	} {
		r := s.get("/open311/v2/" + path)
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, r.Status)
		}
		kind := "text/xml; charset=utf-8"
		if strings.Contains(path, ".json") {
			kind = "application/json; charset=utf-8"
		}
		if got := r.Header.Get("Content-Type"); got != kind {
			t.Errorf("%s has the type %q", path, got)
		}
		if diff := cmp.Diff(want, r.body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
		checkShape(t, path, r)
	}
}

// checkShape holds an answer against what clients demand of every answer: XML
// has neither attributes nor namespaces; nothing but a list has a single part;
// codes and ids are no numbers.
func checkShape(t testing.TB, path string, r reply) {
	t.Helper()
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		var v any
		if err := json.Unmarshal([]byte(r.body), &v); err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		checkJSON(t, path, v)
		return
	}
	lists := map[string]bool{"services": true, "attributes": true, "values": true, "service_requests": true, "errors": true, "service_request_updates": true,
		"endpoints": true, "formats": true, "notes": true}
	d := xml.NewDecoder(strings.NewReader(r.body))
	var open []string
	var parts []int
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		switch x := tok.(type) {
		case xml.StartElement:
			if len(x.Attr) > 0 || x.Name.Space != "" {
				t.Errorf("%s: <%s> has attributes or a namespace", path, x.Name.Local)
			}
			if len(parts) > 0 {
				parts[len(parts)-1]++
			}
			open, parts = append(open, x.Name.Local), append(parts, 0)
		case xml.EndElement:
			if n := parts[len(parts)-1]; n == 1 && !lists[x.Name.Local] {
				t.Errorf("%s: <%s> has one part", path, x.Name.Local)
			}
			open, parts = open[:len(open)-1], parts[:len(parts)-1]
		}
	}
}

func checkJSON(t testing.TB, path string, v any) {
	t.Helper()
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			checkJSON(t, path, e)
		}
	case map[string]any:
		if len(x) < 2 {
			t.Errorf("%s: an object has %d parts", path, len(x))
		}
		for name, e := range x {
			switch name {
			case "service_code", "service_request_id", "update_id", "token":
				if s, ok := e.(string); !ok || !strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }) {
					t.Errorf("%s: the %s %v may be taken for a number", path, name, e)
				}
			}
			checkJSON(t, path, e)
		}
	}
}

// What goes wrong is a list of errors in the format that was asked for.
func TestErrors(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const root = "/open311/v2/"
	for _, tt := range []struct {
		why, method, path, body string
		status                  int
		codes                   []string
	}{
		{"another district", "GET", "services.xml?jurisdiction_id=dongcheng", "", 404, []string{"404.3"}},
		{"another district", "GET", "requests.json?jurisdiction_id=dongcheng", "", 404, []string{"404.3"}},
		{"another district", "POST", "requests.json?jurisdiction_id=dongcheng", good().Encode(), 404, []string{"404.3"}},
		{"no service", "GET", "services/NONE.json", "", 404, []string{"404.1"}},
		{"no service to file", "POST", "requests.xml", good("service_code", "NONE").Encode(), 404, []string{"404.1"}},
		{"no request", "GET", "requests/NONE.xml", "", 404, []string{"404.2"}},
		{"no token", "GET", "tokens/NONE.json", "", 404, []string{"404.2"}},
		{"no request to update", "POST", "servicerequestupdates.json", "api_key=qxk_good&service_request_id=NONE", 404, []string{"404.2"}},
		{"no key", "POST", "requests.xml", good("api_key", "").Encode(), 403, []string{"403.1"}},
		{"a wrong key", "POST", "requests.json", good("api_key", "qxk_bad").Encode(), 403, []string{"403.1"}},
		{"a wrong key", "POST", "servicerequestupdates.xml", "api_key=x&service_request_id=SJ2016-000001", 403, []string{"403.1"}},
		{"no service_code", "POST", "requests.json", good("service_code", "").Encode(), 400, []string{"400.1"}},
		{"no place", "POST", "requests.json", good("lat", "", "long", "").Encode(), 400, []string{"400.2"}},
		{"half a place", "POST", "requests.xml", good("long", "").Encode(), 400, []string{"400.2"}},
		{"no degrees", "POST", "requests.xml", good("lat", "NaN").Encode(), 400, []string{"400.2"}},
		{"not on the globe", "POST", "requests.xml", good("lat", "139.9").Encode(), 400, []string{"400.2"}},
		{"everything at once", "POST", "requests.json", good("service_code", "", "lat", "", "long", "").Encode(), 400, []string{"400.1", "400.2"}},
		{"too long", "POST", "requests.json", good("description", strings.Repeat("井", 4001)).Encode(), 400, []string{"400.4"}},
		{"a strange attribute", "POST", "requests.json", good("attribute[x", "1").Encode(), 400, []string{"400.3"}},
		{"no picture", "POST", "requests.json", good("media_url", "javascript:alert(1)").Encode(), 400, []string{"400"}},
		{"bytes", "POST", "requests.json", "api_key=qxk_good&service_code=%ff", 400, []string{"400.8"}},
		{"a bad escape", "POST", "requests.json", "api_key=%zz", 400, []string{"400.8"}},
		{"no request_id", "POST", "servicerequestupdates.xml", "api_key=qxk_good", 400, []string{"400"}},
		{"a strange status", "POST", "servicerequestupdates.xml", "api_key=qxk_good&service_request_id=SJ2016-000001&status=DONE", 400, []string{"400"}},
		{"no zone", "GET", "requests.json?start_date=2016-11-01T00:00:00", "", 400, []string{"400.5"}},
		{"no date", "GET", "servicerequestupdates.json?end_date=yesterday", "", 400, []string{"400.5"}},
		{"too far apart", "GET", "requests.xml?start_date=2016-01-01T00:00:00Z&end_date=2016-11-01T00:00:00Z", "", 400, []string{"400.6"}},
		{"the wrong way round", "GET", "requests.xml?start_date=2016-11-02T00:00:00Z&end_date=2016-11-01T00:00:00Z", "", 400, []string{"400.6"}},
		{"a strange status", "GET", "requests.xml?status=done", "", 400, []string{"400"}},
		{"no page", "GET", "requests.xml?page=0", "", 400, []string{"400.7"}},
		{"too large a page", "GET", "requests.xml?page_size=1001", "", 400, []string{"400.7"}},
		{"no box", "GET", "requests.xml?bbox=1,2,3", "", 400, []string{"400"}},
		{"an empty box", "GET", "requests.xml?bbox=3,2,1,4", "", 400, []string{"400"}},
		{"no such resource", "GET", "nothing.json", "", 404, []string{"404"}},
		{"no format", "GET", "services", "", 404, []string{"404"}},
		{"another format", "GET", "services.html", "", 404, []string{"404"}},
		{"no id", "GET", "services/.json", "", 404, []string{"404"}},
		{"discovery elsewhere", "GET", "x/discovery.json", "", 404, []string{"404"}},
		{"nothing to post", "POST", "services.json", "", 405, []string{"405"}},
		{"nothing to delete", "DELETE", "requests/SJ2016-000001.xml", "", 405, []string{"405"}},
	} {
		r := s.do(tt.method, root+tt.path, map[bool]string{true: formType}[tt.method == "POST"], tt.body)
		if r.StatusCode != tt.status {
			t.Errorf("%s: %s %s: %s", tt.why, tt.method, tt.path, r.Status)
		}
		if json := strings.HasPrefix(r.Header.Get("Content-Type"), "application/json; charset=utf-8"); json != strings.Contains(tt.path, ".json") {
			t.Errorf("%s: %s has the type %s", tt.why, tt.path, r.Header.Get("Content-Type"))
		}
		if diff := cmp.Diff(tt.codes, r.codes(t)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.why, r.body, diff)
		}
		checkShape(t, tt.path, r)
	}
	if len(s.reports)+len(s.updates) != 0 {
		t.Errorf("filed all the same: %v %v", s.reports, s.updates)
	}
}

// Clients delete what is not on the list of services: it is whole or an error.
// What is ours to mend says nothing of itself.
func TestOurErrors(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, tt := range []struct {
		err    error
		status int
		code   string
	}{{errors.New("secret"), 500, "500"}, {gov.Errorf(gov.Unavailable, "稍后", "later"), 503, "503"}} {
		s.fail = tt.err
		for _, path := range []string{"services.xml", "services/B0101.json", "requests.xml", "requests/SJ2016-000001.json", "servicerequestupdates.xml"} {
			r := s.get("/open311/v2/" + path)
			if r.StatusCode != tt.status || strings.Contains(r.body, "secret") || r.codes(t)[0] != tt.code {
				t.Errorf("%s: %s %s", path, r.Status, r.body)
			}
		}
		if r := s.post("/open311/v2/requests.json", good()); r.StatusCode != tt.status || strings.Contains(r.body, "secret") {
			t.Errorf("file: %s %s", r.Status, r.body)
		}
	}
	s.fail = gov.Errorf(gov.Invalid, "不在本区", "not in this district").On("lat")
	r := s.post("/open311/v2/requests.json", good("description", "另一处"))
	if r.StatusCode != 400 || !strings.Contains(r.body, "lat：不在本区") {
		t.Errorf("what the desk refuses: %s %s", r.Status, r.body)
	}
	if r := s.post("/open311/v2/requests.json", good("description", "另一处"), "Accept-Language", "en-GB,en;q=0.9"); !strings.Contains(r.body, "lat: not in this district") || r.Header.Get("Content-Language") != "en" {
		t.Errorf("in English: %s", r.body)
	}
}

func TestReadingIsForEverybody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const path = "/open311/v2/services.json"
	r := s.get(path)
	tag := r.Header.Get("ETag")
	if r.Header.Get("Access-Control-Allow-Origin") != "*" || tag == "" {
		t.Errorf("headers %v", r.Header)
	}
	for query, want := range map[string]string{"": "en", "?lang=zh-CN": "zh-CN", "?lang=en": "en"} { // what is asked for goes before what is accepted
		if got := s.get(path+query, "Accept-Language", "en-GB").Header.Get("Content-Language"); got != want {
			t.Errorf("%q is answered in %s, want %s", query, got, want)
		}
	}
	if r := s.get(path, "If-None-Match", `"x", `+tag); r.StatusCode != http.StatusNotModified || r.body != "" {
		t.Errorf("known already: %s %q", r.Status, r.body)
	}
	if r := s.get(path, "If-None-Match", `"x"`); r.StatusCode != http.StatusOK {
		t.Errorf("something else known: %s", r.Status)
	}
	if h := s.do(http.MethodHead, path, "", ""); h.StatusCode != 200 || h.body != "" || h.Header.Get("ETag") != tag || h.ContentLength != int64(len(r.body)) {
		t.Errorf("HEAD: %s %v", h.Status, h.Header)
	}
	for path, allow := range map[string]string{path: "GET, HEAD, OPTIONS", "/open311/v2/requests.xml": "GET, HEAD, POST, OPTIONS"} {
		o := s.do(http.MethodOptions, path, "", "")
		if o.StatusCode != http.StatusNoContent || o.Header.Get("Allow") != allow || o.Header.Get("Access-Control-Allow-Methods") != "GET, HEAD" {
			t.Errorf("OPTIONS %s: %s %v", path, o.Status, o.Header)
		}
	}
	for _, path := range []string{"/open311/discovery.xml", "/open311/discovery.json", "/open311/v2/discovery.xml"} {
		if r := s.get(path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}
