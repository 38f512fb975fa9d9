package open311_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/people/apikeys"
	"quanxiang/policy"
	"quanxiang/web/open311"
	"quanxiang/web/ui"
)

var now = time.Date(2016, 11, 15, 10, 30, 0, 0, gov.China)

// memory is a Desk that remembers what it was asked and answers from lists.
type memory struct {
	mu       sync.Mutex
	reports  []open311.Report
	byCase   map[gov.ID]string
	updates  []open311.NewUpdate
	filter   open311.Filter
	upFilter open311.UpdateFilter
	media    []string
	fail     error
}

var _ open311.Desk = (*memory)(nil)

var services = []open311.Service{
	{Code: "B0101", Name: "井盖破损", Description: "道路上的各类井盖", Metadata: true, Keywords: []string{"井盖", "道路"}, Group: "公用设施"},
	{Code: "S0203", Name: "暴露垃圾 <堆放> & 其他", Group: "市容环境"},
}

var definition = open311.Definition{Service: "B0101", Attributes: []open311.Attribute{
	{Code: "damage", Datatype: open311.MultiList, Required: true, Order: 1, Description: "损坏情况", Values: []open311.Value{{Key: "k1", Name: "缺失"}, {Key: "k2", Name: "破损"}}},
	{Code: "note", Datatype: open311.Text, Order: 2, Description: "补充", Hint: "可不填"},
}}

func (m *memory) Services(context.Context, gov.Lang) ([]open311.Service, error) {
	return services, m.fail
}

func (m *memory) Definition(_ context.Context, _ gov.Lang, code string) (open311.Definition, error) {
	if code != definition.Service {
		return open311.Definition{}, gov.Errorf(gov.NotFound, "没有服务 %s", "there is no service %s", code)
	}
	return definition, m.fail
}

func (m *memory) File(ctx context.Context, r open311.Report) (open311.Filed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return open311.Filed{}, m.fail
	}
	if !slices.ContainsFunc(services, func(s open311.Service) bool { return s.Code == r.Service }) {
		return open311.Filed{}, gov.Errorf(gov.NotFound, "没有服务 %s", "there is no service %s", r.Service)
	}
	of, again, err := r.Claim(ctx, gov.NewID(now))
	if err != nil {
		return open311.Filed{}, err
	}
	if id, ok := m.byCase[of]; ok != again {
		return open311.Filed{}, fmt.Errorf("claimed again: %v, filed before: %v", again, ok)
	} else if ok {
		return open311.Filed{ID: id}, nil
	}
	for _, f := range r.Media {
		rc, err := f.Open()
		if err != nil {
			return open311.Filed{}, err
		}
		b, err := io.ReadAll(rc)
		if err != nil {
			return open311.Filed{}, err
		}
		m.media = append(m.media, f.Name+" "+f.Type+" "+string(b))
	}
	m.reports = append(m.reports, r)
	id := fmt.Sprintf("SJ2016-%06d", len(m.reports))
	m.byCase[of] = id
	return open311.Filed{ID: id, Notice: "已收到"}, nil
}

var request = open311.Request{
	ID: "SJ2016-000001", Status: open311.Open, Detail: policy.DetailInProgress, StatusNotes: "处置中", ServiceName: "井盖破损", Service: "B0101",
	Description: "路口\n井盖 <响>", Agency: "区市政市容委", Requested: now.Add(-time.Hour), Updated: now, Point: &geo.Point{Lat: 39.9123, Lon: 116.366},
	Notes: []open311.Note{{At: now, Description: "已派遣", Type: "dispatch"}},
}

func (m *memory) Requests(_ context.Context, _ gov.Lang, f open311.Filter) ([]open311.Request, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.filter = f
	if slices.Contains(f.Services, "none") {
		return nil, m.fail
	}
	return []open311.Request{request}, m.fail
}

func (m *memory) Request(_ context.Context, _ gov.Lang, id string) (open311.Request, error) {
	if id != request.ID {
		return open311.Request{}, gov.Errorf(gov.NotFound, "没有 %s", "there is no %s", id)
	}
	return request, m.fail
}

func (m *memory) Updates(_ context.Context, _ gov.Lang, f open311.UpdateFilter) ([]open311.Update, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.upFilter = f
	return []open311.Update{{ID: "SJ2016-000001-3", Request: request.ID, Status: policy.DetailInProgress, At: now, Description: "已派遣"}}, m.fail
}

func (m *memory) PostUpdate(_ context.Context, u open311.NewUpdate) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if u.Request != request.ID {
		return "", gov.Errorf(gov.NotFound, "没有 %s", "there is no %s", u.Request)
	}
	if !slices.ContainsFunc(m.updates, func(x open311.NewUpdate) bool { return x.Step == u.Step }) {
		m.updates = append(m.updates, u)
	}
	return "U" + u.Step.String(), m.fail
}

// oneKey knows one key.
type oneKey struct{ rate int }

var keyID = gov.NewID(now)

func (k oneKey) Use(_ context.Context, secret string) (apikeys.Key, error) {
	if secret != "qxk_good" {
		return apikeys.Key{}, gov.Errorf(gov.Unknown, "无效", "not valid")
	}
	return apikeys.Key{ID: keyID, Rate: k.rate}, nil
}

// names remembers identities as the store does.
type names struct {
	mu   sync.Mutex
	kept map[string][2]string
}

func (n *names) Identify(_ context.Context, name, content string, id gov.ID, _ time.Duration) (gov.ID, bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k, ok := n.kept[name]; ok {
		if k[1] != content {
			return gov.ID{}, false, gov.Errorf(gov.Conflict, "已用", "used")
		}
		id, err := gov.ParseID(k[0])
		return id, true, err
	}
	n.kept[name] = [2]string{id.String(), content}
	return id, false, nil
}

// site is an endpoint over a memory.
type site struct {
	*memory
	t   testing.TB
	url string
}

func newSite(t testing.TB, rate ...int) *site {
	t.Helper()
	m := &memory{byCase: map[gov.ID]string{}}
	s := open311.New(open311.Deps{
		Desk: m, Keys: oneKey{append(rate, 0)[0]}, Filings: &names{kept: map[string][2]string{}}, Secret: []byte("test"), Jurisdiction: "xicheng.beijing",
		Contact: gov.Text{ZH: "西城", EN: "Xicheng"}, KeyService: gov.Text{ZH: "向管理员申请", EN: "ask the administrator"}, Changed: time.Date(2016, 9, 15, 0, 0, 0, 0, gov.China),
		BaseURL: "https://policy.example", Clock: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	})
	mux := http.NewServeMux()
	s.Mount(mux)
	srv := httptest.NewServer(ui.WithPrefs(ui.ForPrograms(func(*http.Request) bool { return true })(open311.Straighten(mux))))
	t.Cleanup(srv.Close)
	return &site{m, t, srv.URL}
}

// on is the site as another test asks it.
func (s *site) on(t testing.TB) *site { return &site{s.memory, t, s.url} }

// reply is an answer with its body.
type reply struct {
	*http.Response
	body string
}

func (s *site) do(method, path, kind, body string, headers ...string) reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{res, string(b)}
}

func (s *site) get(path string, headers ...string) reply {
	s.t.Helper()
	return s.do(http.MethodGet, path, "", "", headers...)
}

const formType = "application/x-www-form-urlencoded; charset=utf-8"

func (s *site) post(path string, form url.Values, headers ...string) reply {
	s.t.Helper()
	return s.do(http.MethodPost, path, formType, form.Encode(), headers...)
}

// good is a form that can be filed, changed by pairs.
func good(pairs ...string) url.Values {
	f := url.Values{"api_key": {"qxk_good"}, "service_code": {"B0101"}, "lat": {"39.9123"}, "long": {"116.366"}, "description": {"井盖响"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			f.Del(pairs[i])
		} else {
			f[pairs[i]] = append(f[pairs[i]][:0:0], pairs[i+1])
		}
	}
	return f
}

// codes are the codes of an answer with errors, which must be a list in the
// format it says it has.
func (r reply) codes(t testing.TB) []string {
	t.Helper()
	var list []struct {
		Code        string `json:"code" xml:"code"`
		Description string `json:"description" xml:"description"`
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal([]byte(r.body), &list); err != nil {
			t.Fatalf("%s is no list: %v", r.body, err)
		}
	} else {
		var doc struct {
			XMLName xml.Name
			Errors  []struct {
				Code        string `json:"code" xml:"code"`
				Description string `json:"description" xml:"description"`
			} `xml:"error"`
		}
		if err := xml.Unmarshal([]byte(r.body), &doc); err != nil || doc.XMLName.Local != "errors" {
			t.Fatalf("%s are no errors: %v", r.body, err)
		}
		list = doc.Errors
	}
	var codes []string
	for _, e := range list {
		if e.Description == "" {
			t.Errorf("no description in %s", r.body)
		}
		codes = append(codes, e.Code)
	}
	if len(codes) == 0 {
		t.Errorf("no error in %s", r.body)
	}
	return codes
}
