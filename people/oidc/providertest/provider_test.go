package providertest

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/oidc"
	"quanxiang/privacy"
)

const redirect = "http://localhost:1/back"

// startProvider runs the provider with one registered client and the provider's
// own users, and returns its issuer.
func startProvider(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	storage.RegisterClients(storage.WebClient("quanxiang", "client-secret", redirect))
	mux.Handle("/", exampleop.SetupServer(server.URL, storage.NewStorage(storage.NewUserStore(server.URL)), nil, false, op.WithAllowInsecure()))
	return server.URL
}

func connect(t *testing.T, issuer, client, secret string, strong ...string) *oidc.Provider {
	t.Helper()
	p, err := oidc.New(oidc.Config{Issuer: issuer, ClientID: client, ClientSecret: secret, Redirect: redirect, Scopes: []string{"profile"}, Strong: strong},
		"110102", privacy.NewKeyring(), time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var (
	form  = regexp.MustCompile(`(?i)<form[^>]*action="([^"]+)"`)
	input = regexp.MustCompile(`(?i)<input[^>]*>`)
	attr  = regexp.MustCompile(`(?i)(name|value)="([^"]*)"`)
)

// walk is a person with a browser: it follows the provider to its login page,
// fills it in and goes on until it is sent back to us.
func walk(t *testing.T, address, login, password string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back *url.URL
	home := errors.New("home")
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			back = r.URL
			return home
		}
		return nil
	}}
	res, err := browser.Get(address)
	for range 3 {
		if back != nil {
			return back.Query()
		}
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		action := form.FindSubmatch(page)
		if action == nil {
			t.Fatalf("%s: no form in %s", res.Status, page)
		}
		fields := url.Values{}
		for _, tag := range input.FindAll(page, -1) {
			at := map[string]string{}
			for _, m := range attr.FindAllSubmatch(tag, -1) {
				at[strings.ToLower(string(m[1]))] = string(m[2])
			}
			switch at["name"] {
			case "login", "username":
				fields.Set(at["name"], login)
			case "password":
				fields.Set("password", password)
			case "":
			default:
				fields.Set(at["name"], at["value"])
			}
		}
		target, err := res.Request.URL.Parse(strings.ReplaceAll(string(action[1]), "&amp;", "&"))
		if err != nil {
			t.Fatal(err)
		}
		res, err = browser.PostForm(target.String(), fields)
		if err != nil && back == nil {
			t.Fatal(err)
		}
	}
	if back == nil {
		t.Fatal("the provider never sent us back")
	}
	return back.Query()
}

func TestLogin(t *testing.T) {
	issuer := startProvider(t)
	p := connect(t, issuer, "quanxiang", "client-secret", "pwd")
	for _, prove := range []bool{false, true} {
		address, cookie, err := p.Begin(t.Context(), prove)
		if err != nil {
			t.Fatal(err)
		}
		back := walk(t, address, "test-user@127.0.0.1", "verysecure")
		got, err := p.Finish(t.Context(), cookie, back)
		if age := time.Since(got.Seen); age < 0 || age > time.Minute {
			t.Errorf("the factors were seen %v ago", age)
		}
		got.Seen = time.Time{}
		if want := (people.Identity{Issuer: issuer, Subject: "id1", Strong: true}); err != nil || got != want {
			t.Errorf("Finish = %+v, %v, want %+v", got, err, want)
		}
		// A code is good once.
		if _, err := p.Finish(t.Context(), cookie, back); gov.CodeOf(err) != gov.Unknown {
			t.Errorf("a code used twice: %v", err)
		}
	}
}

// The provider refuses a code to whoever did not begin the login: PKCE, and the
// client's secret.
func TestStolenCode(t *testing.T) {
	issuer := startProvider(t)
	p := connect(t, issuer, "quanxiang", "client-secret")
	address, _, err := p.Begin(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	stolen := walk(t, address, "test-user@127.0.0.1", "verysecure")
	_, cookie, err := p.Begin(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Finish(t.Context(), cookie, stolen); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("with another login's state: %v", err)
	}
	thief := connect(t, issuer, "quanxiang", "client-secret")
	address, cookie, err = thief.Begin(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	stolen.Set("state", u.Query().Get("state"))
	if got, err := thief.Finish(t.Context(), cookie, stolen); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("with a state that fits and another verifier: %+v, %v", got, err)
	}
	wrong := connect(t, issuer, "quanxiang", "wrong-secret")
	address, cookie, err = wrong.Begin(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := wrong.Finish(t.Context(), cookie, walk(t, address, "test-user@127.0.0.1", "verysecure")); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("with a wrong client secret: %+v, %v", got, err)
	}
}
