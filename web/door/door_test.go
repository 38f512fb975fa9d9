package door_test

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/people"
	"quanxiang/web"
	"quanxiang/web/webtest"
)

// site is a running site with a clock of its own.
type site struct {
	*httptest.Server
	t    *testing.T
	deps web.Deps
	mu   sync.Mutex
	now  time.Time
}

func (s *site) clock() time.Time     { s.mu.Lock(); defer s.mu.Unlock(); return s.now }
func (s *site) pass(d time.Duration) { s.mu.Lock(); defer s.mu.Unlock(); s.now = s.now.Add(d) }

func open(t *testing.T, change func(*web.Deps)) *site {
	t.Helper()
	s := &site{t: t, now: webtest.Now}
	s.deps = webtest.DepsAt(t, s.clock)
	s.deps.BaseURL = "http://policy.example"
	if change != nil {
		change(&s.deps)
	}
	s.Server = webtest.Serve(t, s.deps)
	return s
}

// browser is somebody at a browser.
type browser struct {
	*http.Client
	s *site
	t *testing.T
}

func (s *site) browser() *browser { return &browser{webtest.Browser(s.t, s.Server), s, s.t} }

func (s *site) as(m *webtest.Member) *browser {
	return &browser{webtest.Login(s.t, s.Server, m), s, s.t}
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

func (b *browser) do(r *http.Request, err error) answer {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp, string(body)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(http.NewRequestWithContext(b.t.Context(), "GET", b.s.URL+path, nil))
}

// post sends a form: names and values in turn.
func (b *browser) post(path string, form ...string) answer {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i < len(form); i += 2 {
		v.Add(form[i], form[i+1])
	}
	r, err := http.NewRequestWithContext(b.t.Context(), "POST", b.s.URL+path, strings.NewReader(v.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Referer", b.s.URL+"/account/from?here=1")
	}
	return b.do(r, err)
}

// shows checks status and words of a page.
func (b *browser) shows(a answer, status int, words ...string) answer {
	b.t.Helper()
	if a.StatusCode != status {
		b.t.Fatalf("%s %s: status %d, want %d\n%.1500s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, text(a.body))
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			b.t.Errorf("%s %s: no %q in\n%.3000s", a.Request.Method, a.Request.URL.Path, w, text(a.body))
		}
	}
	return a
}

// leads checks a redirect.
func (b *browser) leads(a answer, to string) {
	b.t.Helper()
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != to {
		b.t.Fatalf("%s %s: %d to %q, want 303 to %q\n%.1500s", a.Request.Method, a.Request.URL.Path, a.StatusCode, a.Header.Get("Location"), to, text(a.body))
	}
}

var tag = regexp.MustCompile(`<[^>]*>\s*`)

func text(page string) string {
	if _, main, ok := strings.Cut(page, "<main"); ok {
		page = main
	}
	return tag.ReplaceAllString(page, " ")
}

// between is the text of a page between two pieces of it.
func (a answer) between(t *testing.T, before, after string) string {
	t.Helper()
	_, rest, ok := strings.Cut(a.body, before)
	found, _, ended := strings.Cut(rest, after)
	if !ok || !ended {
		t.Fatalf("nothing between %q and %q in\n%.3000s", before, after, text(a.body))
	}
	return html.UnescapeString(found)
}

// invite enters a person and returns their link.
func (s *site) invite(login string) string {
	s.t.Helper()
	by := people.Operator("root", s.clock())
	id, err := s.deps.Office.Save(s.t.Context(), by, people.Person{Name: "李试验", StaffNo: "A1", Unit: "fgw"})
	if err != nil {
		s.t.Fatal(err)
	}
	link, err := s.deps.Office.Invite(s.t.Context(), by, id, login, false)
	if err != nil {
		s.t.Fatal(err)
	}
	return link
}

// hire takes a member through the door a moment ago.
func (s *site) hire(name, login string, roles ...people.Assignment) *webtest.Member {
	s.t.Helper()
	m := webtest.Hire(s.t, s.deps, name, login, roles...)
	s.pass(time.Minute)
	return m
}

// From the link in a letter to the second browser that is thrown out.
func TestTheWholeWay(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	link := s.invite("li.shiyan")
	b := s.browser()

	// The link leaves the address at once, and no page tells others of it.
	a := b.get("/invitation/" + link)
	b.leads(a, "/invitation")
	if got := a.Header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("Referrer-Policy: %q", got)
	}
	a = b.shows(b.get("/invitation"), 200, "设置密码", "12 个字符")
	if strings.Contains(a.body, link) || strings.Contains(a.body, `name="code"`) || a.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the form of the link: %s", text(a.body))
	}
	b.shows(b.post("/invitation", "password", "seven willows by the lake", "again", "six willows"), 422, "两次输入的密码不一样")
	b.shows(b.post("/invitation", "password", "short", "again", "short"), 422, "密码至少 12 个字符")
	b.leads(b.post("/invitation", "password", webtest.Password, "again", webtest.Password), "/login/enrol")

	// A half session opens nothing else.
	b.leads(b.get("/account"), "/login/code?next=%2Faccount")
	b.leads(b.get("/login/code?next=%2Faccount"), "/login/enrol?next=%2Faccount")
	a = b.shows(b.get("/"), 200, "工作人员登录")
	if strings.Contains(a.body, "李试验") {
		t.Error("a half session shows a name")
	}

	a = b.shows(b.get("/login/enrol"), 200, "<svg", "otpauth://totp/", "li.shiyan")
	secret := a.between(t, `<code class="secret">`, "</code>")
	a = b.shows(b.post("/login/enrol", "code", "000000"), 422, "验证码不正确")
	if again := a.between(t, `<code class="secret">`, "</code>"); again != secret {
		t.Errorf("a wrong code changes the secret from %q to %q", secret, again)
	}
	key := webtest.Secret(t, secret)
	a = b.shows(b.post("/login/enrol", "code", people.TOTP(key, s.clock())), 200, "恢复码", `href="/login/home"`)
	codes := regexp.MustCompile(`<code>([a-z2-7]{5}-[a-z2-7]{5})</code>`).FindAllStringSubmatch(a.body, -1)
	if len(codes) != 10 || a.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%d recovery codes, Cache-Control %q", len(codes), a.Header.Get("Cache-Control"))
	}
	b.shows(b.get("/account"), 200, "李试验", "li.shiyan", "还有 10 个恢复码", "本浏览器", "您现在没有任何角色")

	b.leads(b.post("/logout"), "/login")
	b.leads(b.get("/account"), "/login?next=%2Faccount")

	// With the password and a code, to where one wanted to go.
	s.pass(time.Minute)
	b.shows(b.get("/login?next=%2Faccount"), 200, `name="next" value="/account"`, `autocomplete="current-password"`)
	b.leads(b.post("/login", "login", "Li.Shiyan ", "password", webtest.Password, "next", "/account/password"), "/login/code?next=%2Faccount%2Fpassword")
	b.leads(b.get("/login/enrol"), "/login/code")
	b.shows(b.get("/login/code?next=%2Faccount%2Fpassword"), 200, `autocomplete="one-time-code"`)
	b.shows(b.post("/login/code", "code", "123456", "next", "/account/password"), 422, "验证码不正确或已用过", `name="next" value="/account/password"`)
	b.leads(b.post("/login/code", "code", people.TOTP(key, s.clock()), "next", "/account/password"), "/account/password")
	b.leads(b.get("/login"), "/login/home")
	b.leads(b.get("/login/home"), "/account") // without a role there is no work

	// In a second browser with a recovery code, and out of the first.
	other := s.browser()
	other.leads(other.post("/login", "login", "li.shiyan", "password", webtest.Password), "/login/code")
	other.leads(other.post("/login/code", "code", strings.ToUpper(codes[3][1])), "/login/home")
	a = other.shows(other.get("/account"), 200, "还有 9 个恢复码")
	other.leads(other.post("/account/session", "id", a.between(t, `name="id" value="`, `"`)), "/account?done=ended")
	other.shows(other.get("/account?done=ended"), 200, "该浏览器的登录已结束")
	a = b.get("/account")
	b.leads(a, "/login?next=%2Faccount")
	if c := cookieOf(a, "session"); c == nil || c.MaxAge >= 0 {
		t.Errorf("a dead session's cookie stays: %v", c)
	}
	other.shows(other.get("/account"), 200)
}

func cookieOf(a answer, name string) *http.Cookie {
	for _, c := range a.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// One answer to a wrong password and to a login that does not exist, and delays
// said in words.
func TestLoginRefusals(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	m := s.hire("钱试验", "qian")
	b := s.browser()
	known := b.shows(b.post("/login", "login", "qian", "password", "guess-me"), 422, "登录名或密码不正确")
	unknown := b.shows(b.post("/login", "login", "nemo", "password", "guess-me"), 422, "登录名或密码不正确")
	if strings.ReplaceAll(known.body, "qian", "nemo") != unknown.body {
		t.Error("the two answers differ")
	}
	if strings.Contains(known.body, "guess-me") {
		t.Error("the page repeats the password")
	}
	for range 4 {
		b.post("/login", "login", "qian", "password", "guess-me")
	}
	b.shows(b.post("/login", "login", "qian", "password", webtest.Password), 429, "失败次数过多，请在 1 分钟后再试")
	b.post("/preferences?lang=en")
	b.shows(b.post("/login?lang=en", "login", "qian", "password", webtest.Password), 429, "too many failures; try again in 1 min")
	// A familiar device is not kept out by strangers.
	home := s.browser()
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	home.Jar.SetCookies(at, []*http.Cookie{{Name: "device", Value: m.Device, Path: "/"}})
	home.leads(home.post("/login", "login", "qian", "password", webtest.Password), "/login/code")
	s.pass(time.Hour)
	b.leads(b.post("/login", "login", "qian", "password", webtest.Password), "/login/code")
}

// The login leads to pages of this site only.
func TestNextStaysHere(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	m := s.hire("钱试验", "qian")
	for next, want := range map[string]string{
		"/documents?year=2022":        "/documents?year=2022",
		"https://elsewhere.example":   "/login/home",
		"//elsewhere.example":         "/login/home",
		`/\elsewhere.example`:         "/login/home",
		"javascript:alert(1)":         "/login/home",
		"/login":                      "/login/home",
		"":                            "/login/home",
		"http:///elsewhere.example/x": "/login/home",
	} {
		b := s.as(m)
		b.leads(b.get("/login?next="+url.QueryEscape(next)), want)
		s.pass(time.Minute)
		b = s.browser()
		b.post("/login", "login", "qian", "password", webtest.Password, "next", next)
		b.leads(b.post("/login/code", "code", people.TOTP(m.Secret, s.clock()), "next", next), want)
	}
}

// A login that another site sends is refused like every form.
func TestLoginFromElsewhere(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	s.hire("钱试验", "qian")
	b := s.browser()
	for _, path := range []string{"/login", "/logout", "/invitation", "/account/prove"} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+path, strings.NewReader("login=qian&password="+url.QueryEscape(webtest.Password)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://elsewhere.example")
		a := b.do(r, nil)
		b.shows(a, 403, "来自另一个网站")
		if len(a.Cookies()) > 0 {
			t.Errorf("%s: cookies %v", path, a.Cookies())
		}
	}
}

// The cookies as they should be, over http and over https.
func TestCookies(t *testing.T) {
	t.Parallel()
	for base, prefix := range map[string]string{"http://policy.example": "", "https://policy.example": "__Host-"} {
		s := open(t, func(d *web.Deps) { d.BaseURL = base })
		m := s.hire("钱试验", "qian")
		b := s.browser()
		a := b.post("/login", "login", "qian", "password", webtest.Password)
		b.leads(a, "/login/code")
		half := cookieOf(a, prefix+"session")
		a = b.post("/login/code", "code", people.TOTP(m.Secret, s.clock()))
		b.leads(a, "/login/home")
		whole, device := cookieOf(a, prefix+"session"), cookieOf(a, prefix+"device")
		if half == nil || whole == nil || device == nil || whole.Value == half.Value {
			t.Fatalf("%s: cookies %v", base, a.Cookies())
		}
		for _, c := range []*http.Cookie{half, whole, device} {
			if !c.HttpOnly || c.Secure != (prefix != "") || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: %s", base, c.Raw)
			}
		}
		if whole.MaxAge != 0 || !whole.Expires.IsZero() {
			t.Errorf("the session outlives the browser: %s", whole.Raw)
		}
		if device.MaxAge < 300*24*60*60 {
			t.Errorf("the device is forgotten: %s", device.Raw)
		}
		b.shows(b.get("/account"), 200)
		a = b.post("/logout")
		if c := cookieOf(a, prefix+"session"); c == nil || c.MaxAge >= 0 || cookieOf(a, prefix+"device") != nil {
			t.Errorf("%s: after the logout %v", base, a.Cookies())
		}
	}
}

// Nothing that somebody sees who is logged in is kept by a cache; the public's
// pages are, and cost no look at the sessions.
func TestCaches(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	m := s.hire("钱试验", "qian", people.Assignment{Role: "administrator", Unit: "fgw"})
	staff, public := s.as(m), s.browser()
	for path, want := range map[string]string{"/": "private, no-store", "/documents": "private, no-store", "/account": "private, no-store", "/account/password": "private, no-store", "/nowhere": "no-store"} {
		a := staff.get(path)
		if got := a.Header.Get("Cache-Control"); got != want || a.Header.Get("ETag") != "" {
			t.Errorf("%s: Cache-Control %q, ETag %q", path, got, a.Header.Get("ETag"))
		}
	}
	a := staff.shows(staff.get("/"), 200, "钱试验", `action="/logout"`, `href="/console"`)
	if strings.Contains(a.body, `href="/desk"`) {
		t.Error("an administrator is shown the way to cases")
	}
	if a := public.get("/"); a.Header.Get("Cache-Control") != "no-cache" || !slices.Contains(a.Header.Values("Vary"), "Cookie") || a.Header.Get("ETag") == "" {
		t.Errorf("the public's page: %v", a.Header)
	}
	for _, path := range []string{"/login", "/invitation"} {
		if a := public.shows(public.get(path), 200, `content="noindex"`); a.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %v", path, a.Header)
		}
	}
	css := a.between(t, `rel="stylesheet" href="`, `"`)
	if got := staff.get(css).Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("a style sheet for the staff: %q", got)
	}
}

// Whoever has logged in is led to where their work is.
func TestHome(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	for role, want := range map[string]string{"clerk": "/desk", "administrator": "/console", "auditor": "/desk"} {
		m := s.hire("孙试验", "x-"+role, people.Assignment{Role: role, Unit: "fgw"})
		b := s.as(m)
		b.leads(b.get("/login/home"), want)
		// So is who wanted to go where they may not, and nobody else.
		for next, to := range map[string]string{"/desk": want, "/desk/cases/RW2016-0001?done=1": want, "/desk/search?q=x": "/desk/search?q=x", "/documents": "/documents", "/console": "/console"} {
			switch {
			case next == "/console" && role == "clerk":
				to = want
			case want == "/desk" && next != "/console":
				to = next
			}
			home := "/login/home?next=" + url.QueryEscape(next)
			if first := b.get("/login?next=" + url.QueryEscape(next)); next == "/documents" {
				b.leads(first, next)
			} else {
				b.leads(first, home)
			}
			b.leads(b.get(home), to)
		}
	}
	b := s.browser()
	b.leads(b.get("/login/home"), "/login?next=%2Flogin%2Fhome")
}
