package open311_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/web/open311"
)

// What clients in use send, as they send it. Each request must be filed, and
// filed once.
func TestClients(t *testing.T) {
	t.Parallel()
	const multipart = "multipart/form-data; boundary=xYzZY"
	part := func(head, body string) string {
		return "--xYzZY\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + body + "\r\n"
	}
	common := part(`name="api_key"`, "qxk_good") + part(`name="service_code"`, "B0101") + part(`name="lat"`, "39.9123") + part(`name="long"`, "116.366")
	for _, tt := range []struct {
		who, path, kind, body string
		headers               []string
		want                  open311.Report
		media                 []string
	}{
		{who: "FixMyStreet", path: "/open311/v2/requests.xml", kind: "application/x-www-form-urlencoded",
			body: "lat=39.9123&long=116.366&first_name=%E5%BC%A0%E4%B8%89&last_name=&email=zhang%40example.cn&service_code=B0101&deviceid=Web+interface&media_url=https%3A%2F%2Ffms.example%2Fphoto%2F1.full.jpeg&media_url=https%3A%2F%2Ffms.example%2Fphoto%2F2.full.jpeg&attribute%5Bdamage%5D=k1&attribute%5Bdamage%5D=k2&description=%E4%BA%95%E7%9B%96%0D%0A%0D%0A%E5%A4%9C%E9%87%8C%E5%93%8D%0D%0A%0D%0Ahttps%3A%2F%2Ffms.example%2Freport%2F7%0D%0A&jurisdiction_id=xicheng.beijing&api_key=qxk_good",
			want: open311.Report{Attributes: map[string][]string{"damage": {"k1", "k2"}}, Description: "井盖\n\n夜里响\n\nhttps://fms.example/report/7",
				Person:    open311.Person{Name: "张三", Email: "zhang@example.cn", Device: "Web interface"},
				MediaURLs: []string{"https://fms.example/photo/1.full.jpeg", "https://fms.example/photo/2.full.jpeg"}}},
		{who: "FixMyStreet with files", path: "/open311/v2/requests.xml", kind: multipart,
			body: common + part(`name="description"`, "照片里有") + part(`name="photo1"; filename="7.0.full.jpeg"`+"\r\nContent-Type: image/jpeg", "JPEG1") +
				part(`name="file_abc.pdf"; filename="图.pdf"`, "PDF") + "--xYzZY--\r\n",
			want:  open311.Report{Description: "照片里有"},
			media: []string{"图.pdf  PDF", "7.0.full.jpeg image/jpeg JPEG1"}},
		{who: "FixMyStreet without a map", path: "/open311/v2/requests.xml", kind: "application/x-www-form-urlencoded",
			body: "address_id=%23NOTPINPOINTED%23&address_string=100032&service_code=B0101&description=x&first_name=Li&last_name=-&jurisdiction_id=xicheng.beijing&api_key=qxk_good",
			want: open311.Report{Place: open311.Place{Address: "100032"}, Description: "x", Person: open311.Person{Name: "Li"}}},
		{who: "three", path: "/open311/v2//requests.json", kind: "application/x-www-form-urlencoded",
			body: "service_code=B0101&description=three&lat=39.9123&long=116.366&first_name=Li&last_name=Si&api_key=qxk_good&jurisdiction_id=xicheng.beijing",
			want: open311.Report{Description: "three", Person: open311.Person{Name: "Li Si"}}},
		{who: "three with a file", path: "/open311/v2//requests.json", kind: multipart,
			body:  common + part(`name="media"; filename="a.png"`, "PNG") + "--xYzZY--\r\n",
			want:  open311.Report{},
			media: []string{"a.png  PNG"}},
		{who: "the npm client", path: "/open311/v2/requests.json?jurisdiction_id=xicheng.beijing", kind: "application/x-www-form-urlencoded; charset=utf-8",
			body: "service_code=B0101&lat=39.9123&long=116.366&attribute%5Bdamage%5D%5B%5D=k1&attribute%5Bdamage%5D%5B%5D=k2&description=npm&api_key=qxk_good",
			want: open311.Report{Attributes: map[string][]string{"damage": {"k1", "k2"}}, Description: "npm"}},
		{who: "everything in the query", path: "/open311/v2/requests.xml?api_key=qxk_good&service_code=B0101&lat=39.9123&long=116.366&description=query",
			want: open311.Report{Description: "query"}},
		{who: "the Ruby gem", path: "/open311/v2/requests.json", kind: "application/x-www-form-urlencoded",
			body: "api_key=qxk_good&description=gem&jurisdiction_id=xicheng.beijing&lat=39.9123&long=116.366&service_code=B0101",
			want: open311.Report{Description: "gem"}},
		{who: "the Ruby gem with a file", path: "/open311/v2/requests.xml", kind: "multipart/form-data; boundary=-----------RubyMultipartPost-680e",
			body: strings.ReplaceAll(common, "--xYzZY", "-------------RubyMultipartPost-680e") + "-------------RubyMultipartPost-680e\r\nContent-Disposition: form-data; name=\"attribute[damage]\"\r\n\r\nk1\r\n" +
				"-------------RubyMultipartPost-680e\r\nContent-Disposition: form-data; name=\"media\"; filename=\"photo.jpg\"\r\nContent-Length: 3\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: binary\r\n\r\nJPG\r\n" +
				"-------------RubyMultipartPost-680e--\r\n",
			want:  open311.Report{Attributes: map[string][]string{"damage": {"k1"}}},
			media: []string{"photo.jpg image/jpeg JPG"}},
		{who: "a family name first", path: "/open311/v2/requests.json", kind: formType,
			body: good("first_name", "三", "last_name", "张", "description", "name").Encode(),
			want: open311.Report{Description: "name", Person: open311.Person{Name: "张三"}}},
		{who: "what no format carries", path: "/open311/v2/requests.json", kind: formType,
			body: good("description", "a\x0bb\r\nc\x00").Encode(),
			want: open311.Report{Description: "a b\nc"}},
	} {
		s := newSite(t)
		for again := range 2 {
			r := s.do(http.MethodPost, tt.path, tt.kind, tt.body, tt.headers...)
			if want := []int{http.StatusCreated, http.StatusOK}[again]; r.StatusCode != want || !strings.Contains(r.body, "SJ2016-000001") {
				t.Errorf("%s, time %d: %s %s", tt.who, again+1, r.Status, r.body)
			}
			checkShape(t, tt.who, r)
		}
		if len(s.reports) != 1 {
			t.Errorf("%s: %d reports", tt.who, len(s.reports))
			continue
		}
		got := s.reports[0]
		if got.Service != "B0101" || got.Key != keyID || got.Claim == nil {
			t.Errorf("%s: %+v", tt.who, got)
		}
		if tt.want.Place == (open311.Place{}) {
			if got.Place.Point == nil || got.Place.Point.String() != "39.912300,116.366000" {
				t.Errorf("%s: the place is %+v", tt.who, got.Place)
			}
			got.Place = open311.Place{}
		}
		if tt.want.Attributes == nil {
			tt.want.Attributes = map[string][]string{}
		}
		if diff := cmp.Diff(tt.media, s.media); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", tt.who, diff)
		}
		got.Claim = nil
		tt.want.Key, tt.want.Service, tt.want.Lang, tt.want.Media = got.Key, got.Service, gov.ZH, got.Media
		got.Media = tt.want.Media
		if diff := cmp.Diff(withoutMedia(tt.want), withoutMedia(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.who, diff)
		}
	}
}

func withoutMedia(r open311.Report) open311.Report { r.Media = nil; return r }

// A slash too many is no other address: what is posted would not follow there.
func TestSlashes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range []string{"/open311/v2//services.xml", "/open311//v2/services.xml", "/open311/v2//requests/SJ2016-000001.json", "/open311/v2/discovery.json", "/open311/v2//discovery.json"} {
		if r := s.get(path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
	var d struct{ URL string }
	r := s.get("/open311/discovery.json")
	if _, rest, ok := strings.Cut(r.body, `"url":"`); ok {
		d.URL, _, _ = strings.Cut(rest, `"`)
	}
	if !strings.HasSuffix(d.URL, "/v2/") {
		t.Errorf("clients append to %q without a slash", d.URL)
	}
}

// Of many who send the same at once, one makes a case.
func TestRetries(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if r := s.post("/open311/v2/requests.xml", good()); r.StatusCode > 201 || !strings.Contains(r.body, "<service_request_id>SJ2016-000001</service_request_id>") {
				t.Errorf("%s %s", r.Status, r.body)
			}
		})
	}
	all.Wait()
	if len(s.reports) != 1 {
		t.Errorf("%d reports of one", len(s.reports))
	}
	// The same once more in another guise: media, device and the order of things do not matter.
	s.post("/open311/v2/requests.json", good("media_url", "https://x.example/1.jpg", "device_id", "d2", "lat", "39.91230000"))
	if len(s.reports) != 1 {
		t.Errorf("a retry with another picture made a case: %+v", s.reports)
	}
	for name, value := range map[string]string{"description": "另一件", "service_code": "S0203", "lat": "39.9124", "address_string": "路口", "email": "b@example.cn", "attribute[note]": "x"} {
		before := len(s.reports)
		if r := s.post("/open311/v2/requests.json", good(name, value)); r.StatusCode != http.StatusCreated {
			t.Errorf("another %s: %s %s", name, r.Status, r.body)
		}
		if len(s.reports) != before+1 {
			t.Errorf("another %s is the same", name)
		}
	}
	// What failed can be sent again.
	s.fail = gov.Errorf(gov.Unavailable, "稍后", "later")
	s.post("/open311/v2/requests.json", good("description", "第一次失败"))
	s.fail = nil
	before := len(s.reports)
	s.post("/open311/v2/requests.json", good("description", "第一次失败"))
	s.post("/open311/v2/requests.json", good("description", "第一次失败"))
	if len(s.reports) != before+1 {
		t.Errorf("%d reports of one that failed first", len(s.reports)-before)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const path, header = "/open311/v2/requests.json", "Idempotency-Key"
	for _, tt := range []struct {
		key, description string
		status, reports  int
	}{
		{"k1", "同一句话", 201, 1}, {"k1", "同一句话", 200, 1}, // sent again
		{"k2", "同一句话", 201, 2}, // meant twice
		{"k1", "另一句话", 400, 2}, // a mistake of the client
		{"", "同一句话", 201, 3}, {"", "同一句话", 200, 3},
		{strings.Repeat("k", 256), "x", 400, 3},
	} {
		r := s.post(path, good("description", tt.description), header, tt.key)
		if r.StatusCode != tt.status || len(s.reports) != tt.reports {
			t.Errorf("%.5q %s: %s, %d reports", tt.key, tt.description, r.Status, len(s.reports))
		}
		if tt.status == 400 && len(tt.key) < 9 && r.codes(t)[0] != "400.9" {
			t.Errorf("%s", r.body)
		}
	}
}

func TestUpdatesOfClients(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const path = "/open311/v2/servicerequestupdates.xml"
	form := url.Values{"api_key": {"qxk_good"}, "jurisdiction_id": {"xicheng.beijing"}, "service_request_id": {"SJ2016-000001"}, "update_id": {"1001"}, "status": {"FIXED"},
		"updated_datetime": {"2016-11-15T01:00:00Z"}, "description": {"修好了\r\n谢谢"}, "first_name": {"张三"}, "last_name": {"-"}, "email": {"zhang@example.cn"},
		"media_url": {"https://fms.example/1.jpeg"}}
	first := s.post(path, form)
	second := s.post(path, form)
	if first.StatusCode != http.StatusCreated || second.StatusCode != http.StatusOK || first.body != second.body || !strings.Contains(first.body, "<update_id>U") {
		t.Errorf("%s %s\n%s %s", first.Status, first.body, second.Status, second.body)
	}
	checkShape(t, path, first)
	form.Set("update_id", "1002")
	s.post(path, form)
	if len(s.updates) != 2 {
		t.Fatalf("%d updates", len(s.updates))
	}
	u := s.updates[0]
	if u.Status != policy.DetailFixed || open311.StatusOf(u.Status) != open311.Closed || u.ID != "1001" || !u.At.Equal(time.Date(2016, 11, 15, 1, 0, 0, 0, time.UTC)) ||
		u.Description != "修好了\n谢谢" || u.Person.Name != "张三" || u.MediaURLs[0] != "https://fms.example/1.jpeg" {
		t.Errorf("%+v", u)
	}
}

// How far back answers go, whoever asks.
func TestFilters(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	day := func(d int) time.Time { return time.Date(2016, 11, d, 0, 0, 0, 0, time.UTC) }
	last90 := now.AddDate(0, 0, -90)
	for query, want := range map[string]open311.Filter{
		"": {Start: last90, Page: 1, Size: 1000},
		"jurisdiction_id=XICHENG.beijing&api_key=&start_date=&status=":              {Start: last90, Page: 1, Size: 1000},
		"service_request_id=A1,A2,A1&status=open&start_date=2016-11-01T00:00:00Z":   {IDs: []string{"A1", "A2"}, Page: 1, Size: 1000},
		"status=Open,closed&service_code=B0101,S0203":                               {Start: last90, Statuses: []open311.Status{open311.Open, open311.Closed}, Services: []string{"B0101", "S0203"}, Page: 1, Size: 1000},
		"start_date=2016-11-01T00:00:00Z":                                           {Start: day(1), End: day(1).AddDate(0, 0, 90), Page: 1, Size: 1000},
		"end_date=2016-11-15T00:00:00Z":                                             {Start: day(15).AddDate(0, 0, -90), End: day(15), Page: 1, Size: 1000}, // three: to the letter, whoever meant the whole day
		"start_date=2016-11-01T08:00:00%2B08:00&end_date=2016-11-02T08:00:00+08:00": {Start: day(1), End: day(2), Page: 1, Size: 1000},
		"start_date=2016-11-01T00:00Z&end_date=2016-11-02T00:00:00.000Z":            {Start: day(1), End: day(2), Page: 1, Size: 1000},
		"start_date=2016-11-01":                                                     {Start: time.Date(2016, 11, 1, 0, 0, 0, 0, gov.China), End: time.Date(2016, 11, 1, 0, 0, 0, 0, gov.China).AddDate(0, 0, 90), Page: 1, Size: 1000},
		"updated_after=2016-11-01T00:00:00Z&updated_before=2016-11-02T00:00:00Z":    {After: day(1), Before: day(2), Page: 1, Size: 1000},
		"bbox=116.3,39.8,116.4,40&page=3&page_size=20":                              {Start: last90, Box: &geo.Box{West: 116.3, South: 39.8, East: 116.4, North: 40}, Page: 3, Size: 20},
		"count=7&extensions=true":                                                   {Start: last90, Extensions: true, Page: 1, Size: 7},
	} {
		if r := s.get("/open311/v2/requests.xml?" + query); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %s", query, r.Status, r.body)
			continue
		}
		if diff := cmp.Diff(want, s.filter, sameInstant); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	for query, want := range map[string]open311.UpdateFilter{
		"api_key=x": {Start: last90, Page: 1},
		"end_date=2016-11-02T00%3A00%3A00Z&start_date=2016-11-01T00%3A00%3A00Z&jurisdiction_id=xicheng.beijing&api_key=x": {Start: day(1), End: day(2), Page: 1}, // FixMyStreet knows no pages
		"service_request_id=A1": {IDs: []string{"A1"}, Page: 1},
		"page=1":                {Start: last90, Page: 1, Size: 1000},
		"page_size=20&page=2":   {Start: last90, Page: 2, Size: 20},
	} {
		s.get("/open311/v2/servicerequestupdates.xml?" + query)
		if diff := cmp.Diff(want, s.upFilter, sameInstant); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

var sameInstant = cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })

// A key may send so much an hour, and is told when it may again.
func TestRates(t *testing.T) {
	t.Parallel()
	s := newSite(t, 2)
	var statuses []int
	for i := range 3 {
		r := s.post("/open311/v2/requests.json", good("description", strings.Repeat("x", i+1)))
		statuses = append(statuses, r.StatusCode)
		if i == 2 && (r.Header.Get("Retry-After") != "1800" || r.codes(t)[0] != "429") {
			t.Errorf("%v %s", r.Header, r.body)
		}
	}
	if !slices.Equal(statuses, []int{201, 201, 429}) {
		t.Errorf("%v", statuses)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.do(http.MethodPost, "/open311/v2/requests.json", formType, "description="+strings.Repeat("x", 1<<20))
	if r.StatusCode != http.StatusRequestEntityTooLarge || r.codes(t)[0] != "413" {
		t.Errorf("%s %.100s", r.Status, r.body)
	}
	for _, kind := range []string{"application/json", "multipart/form-data", "multipart/form-data; boundary=x", "nonsense;;"} {
		if r := s.do(http.MethodPost, "/open311/v2/requests.json", kind, "{}"); r.StatusCode != http.StatusBadRequest || r.codes(t)[0] != "400.8" {
			t.Errorf("%s: %s %s", kind, r.Status, r.body)
		}
	}
}
