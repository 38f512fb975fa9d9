package door_test

import (
	"strings"
	"testing"
	"time"

	"quanxiang/people"
	"quanxiang/people/oidc"
	"quanxiang/people/oidc/oidctest"
	"quanxiang/privacy"
	"quanxiang/web"
	"quanxiang/web/door"
	"quanxiang/web/webtest"
)

// provided is a site with an identity provider that vouches for the staff number
// A1 and a second factor.
func provided(t *testing.T) (*site, *oidctest.Provider) {
	t.Helper()
	p := oidctest.New(t)
	p.Now = webtest.Now
	s := open(t, func(d *web.Deps) {
		d.BaseURL = "https://policy.example"
		d.Label = "市统一认证"
		var err error
		d.Provider, err = oidc.New(oidc.Config{Issuer: p.URL, ClientID: "quanxiang", ClientSecret: "s", Redirect: d.BaseURL + door.CallbackPath,
			StaffNo: "employee_number", Strong: []string{"otp"}}, d.Pack.District, privacy.NewKeyring(), d.Clock, nil)
		if err != nil {
			t.Fatal(err)
		}
	})
	return s, p
}

// through goes to the provider by a link of ours and comes back.
func (b *browser) through(p *oidctest.Provider, path string, prove bool) answer {
	b.t.Helper()
	p.Now = b.s.clock()
	a := b.get(path)
	to := a.Header.Get("Location")
	if a.StatusCode != 303 || !strings.HasPrefix(to, p.URL+"/auth?") {
		b.t.Fatalf("%s: %d to %q\n%s", path, a.StatusCode, to, text(a.body))
	}
	return b.get(door.CallbackPath + "?" + p.Pass(b.t, to, prove).Encode())
}

// The first login binds by the number the provider vouches for; later ones find
// the account by the subject.
func TestIdentityProvider(t *testing.T) {
	t.Parallel()
	s, p := provided(t)
	s.invite("li.shiyan")
	b := s.browser()
	b.shows(b.get("/login?next=/account/password"), 200, "用市统一认证", "/login/identity?next=%2Faccount%2Fpassword")
	b.leads(b.through(p, "/login/identity?next=/account/password", false), "/account/password")
	b.shows(b.get("/account"), 200, "李试验", "已绑定统一身份认证", "市统一认证")
	b.shows(b.post("/account/identity"), 409, "请先设置密码和第二因素")

	// A proof sends to the provider, who is to see the factors anew.
	s.pass(11 * time.Minute)
	b.shows(b.post("/account/identity"), 403, "/login/identity?for=proof")
	b.leads(b.through(p, "/login/identity?for=proof&next=/account", true), "/account")
	b.shows(b.post("/account/identity"), 409)

	// A provider that lets in whom it knows proves nothing, though it logs in.
	other := s.browser()
	early := s.clock().Add(-time.Hour).Unix()
	p.Change = func(c map[string]any) { c["auth_time"] = early }
	other.leads(other.through(p, "/login/identity", false), "/login/home")
	other.shows(other.post("/account/identity"), 403, "请再次验证身份")
	a := other.through(p, "/login/identity?for=proof", true)
	other.shows(a, 422, "登录没有完成或已超时")

	// Nobody has an account by the provider's word alone, and none goes elsewhere.
	p.Change = func(c map[string]any) { c["sub"], c["employee_number"] = "8", "A8" }
	stranger := s.browser()
	stranger.shows(stranger.through(p, "/login/identity", false), 422, "还没有对应的账号")
	p.Change = nil
	stranger.leads(stranger.through(p, "/login/identity?next=https://elsewhere.example", false), "/login/home")
}

// Somebody binds their account, and proves who they are by the provider only as
// themselves.
func TestBinding(t *testing.T) {
	t.Parallel()
	s, p := provided(t)
	m, other := s.hire("钱试验", "qian"), s.hire("孙试验", "sun")
	b, o := s.as(m), s.as(other)
	b.shows(b.get("/account"), 200, "/login/identity?for=binding")
	s.pass(11 * time.Minute)
	const bind = "/login/identity?for=binding"
	b.leads(b.get(bind), "/account/prove?next=%2Flogin%2Fidentity%3Ffor%3Dbinding")
	b.leads(b.post("/account/prove", "next", bind, "proof.code", people.TOTP(m.Secret, s.clock())), bind)
	b.leads(b.through(p, bind, false), "/account?done=bound")
	b.shows(b.get("/account?done=bound"), 200, "今后可以用统一身份认证登录", "解除绑定")
	o.shows(o.through(p, "/login/identity?for=proof", true), 422, "登录的是另一个人")
	o.leads(o.post("/account/prove", "proof.code", people.TOTP(other.Secret, s.clock())), "/account")
	o.shows(o.through(p, bind, false), 409, "已被他人使用")
	if a := o.get("/account"); !strings.Contains(a.body, "孙试验") {
		t.Error("a proof by somebody else changes who is logged in")
	}
	b.leads(b.post("/account/identity"), "/account?done=unbound")
	b.shows(b.get("/account"), 200, "没有绑定统一身份认证")
}

// What is not finished is not begun by others: no cookie, no login.
func TestIdentityCookie(t *testing.T) {
	t.Parallel()
	s, p := provided(t)
	s.invite("li.shiyan")
	b, victim := s.browser(), s.browser()
	a := b.get("/login/identity")
	back := door.CallbackPath + "?" + p.Pass(t, a.Header.Get("Location"), false).Encode()
	c := cookieOf(a, "__Host-identity")
	if c == nil || !c.HttpOnly || !c.Secure || c.MaxAge != 600 || strings.Contains(a.Header.Get("Location"), c.Value) {
		t.Errorf("the cookie of the flow: %v", c)
	}
	victim.shows(victim.get(back), 422, "登录没有完成或已超时")
	b.leads(b.get(back), "/login/home")
	b.leads(s.browser().get("/login/identity?for=binding"), "/login?next=%2Flogin%2Fidentity%3Ffor%3Dbinding")
	fresh, down := provided(t)
	down.Down = true
	x := fresh.browser()
	x.shows(x.get("/login/identity"), 503, "身份认证服务暂时无法访问", `name="password"`)
}
