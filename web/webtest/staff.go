package webtest

import (
	"encoding/base32"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web"
)

// Password is that of everybody Hire enters.
const Password = "seven willows by the lake"

// Member is a person of the staff who has logged in completely once.
type Member struct {
	Person   gov.ID
	Login    string
	Secret   []byte   // of the second factor, see people.TOTP
	Recovery []string // codes
	people.Opened
}

// Hire enters a person of the unit fgw, gives them the assignments, from today
// on unless they say otherwise, and takes them through the door once, so that
// Login needs no more code. login is their login and staff number.
func Hire(t testing.TB, d web.Deps, name, login string, assignments ...people.Assignment) *Member {
	t.Helper()
	by := people.Operator("root", d.Clock())
	id, err := d.Office.Save(t.Context(), by, people.Person{Name: name, StaffNo: login, Unit: "fgw"})
	check(t, err)
	for _, a := range assignments {
		a.Person = id
		if a.Period.From.IsZero() {
			a.Period.From = gov.DateOf(d.Clock())
		}
		_, err := d.Office.Assign(t.Context(), by, a)
		check(t, err)
	}
	link, err := d.Office.Invite(t.Context(), by, id, login, false)
	check(t, err)
	half, err := d.Office.Accept(t.Context(), link, Password, people.Visitor{})
	check(t, err)
	e, err := d.Office.BeginEnrolment(t.Context(), half.Token)
	check(t, err)
	m := &Member{Person: id, Login: login, Secret: Secret(t, e.Secret)}
	m.Opened, m.Recovery, err = d.Office.ConfirmEnrolment(t.Context(), half.Token, people.TOTP(m.Secret, d.Clock()), people.Visitor{})
	check(t, err)
	return m
}

// Secret reads the secret of a second factor as the page of its enrolment
// shows it.
func Secret(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(text, " ", ""))
	check(t, err)
	return b
}

// Serve runs a site until the test ends, with TLS if its BaseURL says so.
func Serve(t testing.TB, d web.Deps) *httptest.Server {
	t.Helper()
	site, err := web.New(d)
	check(t, err)
	srv := httptest.NewUnstartedServer(site.Public)
	if strings.HasPrefix(d.BaseURL, "https:") {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return srv
}

// Browser is a client of its own with a cookie jar. It follows no redirects, so
// that a test sees each answer.
func Browser(t testing.TB, srv *httptest.Server) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	check(t, err)
	c := *srv.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// Login is a Browser in which a member is logged in.
func Login(t testing.TB, srv *httptest.Server, m *Member) *http.Client {
	t.Helper()
	c := Browser(t, srv)
	at, err := url.Parse(srv.URL)
	check(t, err)
	name := "session"
	if at.Scheme == "https" {
		name = "__Host-session"
	}
	c.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: m.Token, Path: "/", Secure: at.Scheme == "https"}})
	return c
}
