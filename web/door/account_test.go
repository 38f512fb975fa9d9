package door_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web/webtest"
)

// An act that asks for a fresh proof leads through one and is then done, the
// form as it was sent.
func TestProofIsAskedForOnTheWay(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	m := s.hire("钱试验", "qian", people.Assignment{Role: "clerk", Unit: "fgw"})
	deputy := s.hire("孙试验", "sun", people.Assignment{Role: "clerk", Unit: "fgw"})
	b := s.as(m)
	s.pass(11 * time.Minute)
	a := b.shows(b.get("/account/absence"), 200, "孙试验", "指定代理人")
	if strings.Contains(a.body, `<option value="`+m.Person.String()) {
		t.Error("somebody can choose themselves")
	}
	form := []string{"deputy", deputy.Person.String(), "from", "2026-12-01", "to", "2026-12-05", "unit", "fgw"}
	a = b.shows(b.post("/account/absence", form...), 403, "请再次验证身份", "“管理任职”前请再次验证身份", `name="deputy" value="`+deputy.Person.String(), `name="proof.to" value="/account/absence"`)
	if a.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("Cache-Control %q", a.Header.Get("Cache-Control"))
	}
	proof := append(form, "proof.to", "/account/absence")
	b.shows(b.post("/account/prove", append(proof, "proof.code", "000000")...), 422, "验证码不正确", `name="deputy" value="`+deputy.Person.String(), `name="proof.to" value="/account/absence"`)
	proof = append(proof, "proof.code", people.TOTP(m.Secret, s.clock()))
	a = b.post("/account/prove", proof...)
	if a.StatusCode != http.StatusTemporaryRedirect || a.Header.Get("Location") != "/account/absence" {
		t.Fatalf("after the proof: %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	// The browser sends the same form there.
	b.leads(b.post("/account/absence", proof...), "/account?done=absent")
	a = b.shows(b.get("/account?done=absent"), 200, "代理已登记", "2026年12月1日", "2026年12月5日", "孙试验")
	b.shows(b.post("/account/absence", form...), 422, "此期间已有一段代理")

	// While it lasts the deputy is told whose roles they have.
	s.mu.Lock()
	s.now = time.Date(2026, 12, 2, 9, 0, 0, 0, gov.China)
	s.mu.Unlock()
	d := s.browser()
	d.post("/login", "login", "sun", "password", webtest.Password)
	d.leads(d.post("/login/code", "code", people.TOTP(deputy.Secret, s.clock())), "/login/home")
	d.shows(d.get("/account"), 200, "代理 钱试验")

	// Ended by whom it is of.
	b = s.browser()
	b.post("/login", "login", "qian", "password", webtest.Password)
	b.leads(b.post("/login/code", "code", people.TOTP(m.Secret, s.clock())), "/login/home")
	a = b.get("/account")
	away, _, _ := strings.Cut(a.body, `aria-labelledby="sessions"`)
	_, id, _ := strings.Cut(away, `name="id" value="`)
	id, _, _ = strings.Cut(id, `"`)
	b.leads(b.post("/account/absent", "id", id), "/account?done=back")
	b.shows(b.get("/account"), 200, "没有安排代理")
}

// A page that asks for a proof comes back to itself; a proof leads nowhere else.
func TestProofOfAPage(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	m := s.hire("钱试验", "qian")
	b := s.as(m)
	b.shows(b.get("/login/enrol"), 200, "<svg")
	s.pass(11 * time.Minute)
	b.leads(b.get("/login/enrol?next=/account"), "/account/prove?next=%2Flogin%2Fenrol%3Fnext%3D%2Faccount")
	b.shows(b.get("/account/prove?next=%2Faccount%2Fpassword"), 200, "十分钟内", `name="next" value="/account/password"`)
	b.leads(b.post("/account/prove", "next", "/login/enrol?next=/account", "proof.code", people.TOTP(m.Secret, s.clock())), "/login/enrol?next=/account")
	// Now another telephone takes the old one's place.
	a := b.shows(b.get("/login/enrol?next=/account"), 200, "<svg")
	key := webtest.Secret(t, a.between(t, `<code class="secret">`, "</code>"))
	b.shows(b.post("/login/enrol", "next", "/account", "code", people.TOTP(key, s.clock())), 200, "恢复码")
	b.shows(b.post("/account/recovery"), 200, "恢复码只显示这一次")
	s.pass(11 * time.Minute)
	b.shows(b.post("/account/recovery"), 403, `name="proof.to" value="/account/recovery"`)
	for _, to := range []string{"https://elsewhere.example/x", "//elsewhere.example"} {
		s.pass(time.Minute)
		a = b.post("/account/prove", "proof.to", to, "proof.code", people.TOTP(key, s.clock()))
		if got := a.Header.Get("Location"); got != "/" {
			t.Errorf("a proof leads to %q", got)
		}
	}
}

// What belongs to the staff is closed to others, and to machines in their form.
func TestStaffPagesAreClosed(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	link := s.invite("li.shiyan")
	half := s.browser()
	half.get("/invitation/" + link)
	half.leads(half.post("/invitation", "password", webtest.Password, "again", webtest.Password), "/login/enrol")
	for why, b := range map[string]*browser{"a stranger": s.browser(), "a half session": half} {
		to := map[string]string{"a stranger": "/login", "a half session": "/login/code"}[why]
		for _, path := range []string{"/account", "/account/password", "/account/absence", "/account/prove"} {
			b.leads(b.get(path), to+"?next="+strings.ReplaceAll(path, "/", "%2F"))
		}
		for _, path := range []string{"/account/recovery", "/account/session", "/account/prove", "/account/password", "/account/absence", "/account/absent", "/account/identity"} {
			b.leads(b.post(path), to+"?next=%2Faccount%2Ffrom%3Fhere%3D1")
		}
	}
	b := s.browser()
	for _, path := range []string{"/login/code", "/login/enrol"} {
		b.leads(b.get(path), "/login?next="+strings.ReplaceAll(path, "/", "%2F"))
	}
	b.leads(b.post("/logout"), "/login")
	b.shows(b.get("/login/identity"), 404, "没有接入统一身份认证")
}

func TestPasswordChange(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	m := s.hire("钱试验", "qian")
	b := s.as(m)
	b.shows(b.get("/account/password"), 200, `autocomplete="new-password"`, "不要求大小写")
	b.shows(b.post("/account/password", "old", "guess-me", "password", "eight magpies on the roof", "again", "eight magpies on the roof"), 422, "原密码不正确")
	b.shows(b.post("/account/password", "old", webtest.Password, "password", "qwertyqwerty", "again", "qwertyqwerty"), 422, "太常见")
	b.leads(b.post("/account/password", "old", webtest.Password, "password", "eight magpies on the roof", "again", "eight magpies on the roof"), "/account?done=password")
	b.shows(b.get("/account?done=password"), 200, "密码已更改")
	b.shows(b.get("/account?done=nonsense"), 200)
	o := s.browser()
	o.leads(o.post("/login", "login", "qian", "password", "eight magpies on the roof"), "/login/code")
}

// A link that takes an account over opens nothing until another administrator
// agreed on the page.
func TestSecondAdministrator(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	admin := people.Assignment{Role: "administrator", Unit: "zfb"}
	one, two, owner := s.hire("赵试验", "zhao", admin), s.hire("孙试验", "sun", admin), s.hire("钱试验", "qian")
	_, standing, err := s.deps.Office.Authenticate(t.Context(), one.Token)
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.deps.Office.Invite(t.Context(), standing, owner.Person, "", true)
	if err != nil {
		t.Fatal(err)
	}
	visitor := s.browser()
	use := func() answer {
		return visitor.post("/invitation", "code", s.deps.BaseURL+"/invitation/"+link+"\n", "password", "nine herons by the sea", "again", "nine herons by the sea")
	}
	visitor.shows(use(), 422, "须由另一名管理员同意")
	first, second := s.as(one), s.as(two)
	first.shows(first.post("/console/second", "link", link), 422, "须由另一人同意")
	if a := s.as(owner); !strings.Contains(a.get("/account").body, "没有任何角色") || strings.Contains(a.get("/account").body, `href="/console"`) {
		t.Error("who is no administrator is led to the console")
	}
	second.shows(second.get("/account"), 200, `href="/console"`)
	second.leads(second.get("/desk"), "/console") // whose work is not on the desk
	if a := s.as(owner).get("/desk"); a.StatusCode != 403 {
		t.Errorf("the desk of who has no role answers %d", a.StatusCode)
	}
	second.leads(second.post("/console/second", "link", s.deps.BaseURL+"/invitation/"+link+"\n"), "/console/second?done=second")
	visitor.leads(use(), "/login/enrol")
	visitor.shows(use(), 422, "链接无效")
}
