package ui

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"quanxiang/gov"
)

// Prefs is how a reader wants pages: the language, and the elder mode (长者版)
// with larger type and targets. Both live in cookies that say nothing about
// who the reader is.
type Prefs struct {
	Lang  gov.Lang
	Elder bool

	chosen bool // the language, by the reader or the address
}

const (
	langCookie = "lang"
	viewCookie = "view"
	elderView  = "elder"
)

// prefsKey is the context key of Prefs.
type prefsKey struct{}

// PrefsOf returns the preferences of a request, Chinese by default.
func PrefsOf(ctx context.Context) Prefs {
	if p, ok := ctx.Value(prefsKey{}).(Prefs); ok {
		return p
	}
	return Prefs{Lang: gov.ZH}
}

// WithPrefs reads the preferences of each request. A ?lang= parameter wins over
// the cookie and is remembered.
func WithPrefs(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := Prefs{Lang: gov.ZH}
		if c, err := r.Cookie(langCookie); err == nil {
			if l := gov.Lang(c.Value); l == gov.ZH || l == gov.EN {
				p.Lang, p.chosen = l, true
			}
		}
		if c, err := r.Cookie(viewCookie); err == nil {
			p.Elder = c.Value == elderView
		}
		switch l := gov.Lang(r.URL.Query().Get("lang")); l {
		case gov.ZH, gov.EN:
			p.Lang, p.chosen = l, true
			http.SetCookie(w, preference(r, langCookie, string(l)))
		}
		w.Header().Add("Vary", "Cookie")
		ctx := context.WithValue(r.Context(), prefsKey{}, p)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// preference is a cookie kept for a year; an empty value deletes it.
func preference(r *http.Request, name, value string) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 60 * 60,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// SavePrefs answers POST /preferences: it sets the display mode and returns to
// the page the reader came from.
func SavePrefs(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	value := ""
	if r.PostFormValue("view") == elderView {
		value = elderView
	}
	http.SetCookie(w, preference(r, viewCookie, value))
	http.Redirect(w, r, LocalPath(r.PostFormValue("back")), http.StatusSeeOther)
	return nil
}

// LocalPath is p when it names a page of this site, else the home page: a form
// or a link must not send readers elsewhere.
func LocalPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(p, "//") || strings.Contains(p, `\`) {
		return "/"
	}
	return u.RequestURI()
}

// switchTo is the current address with another language.
func switchTo(r *http.Request, l gov.Lang) string {
	q := r.URL.Query()
	q.Set("lang", string(l))
	return r.URL.EscapedPath() + "?" + q.Encode()
}

// here is the current address without the language parameter.
func here(r *http.Request) string {
	q := r.URL.Query()
	q.Del("lang")
	if len(q) == 0 {
		return r.URL.EscapedPath()
	}
	return r.URL.EscapedPath() + "?" + q.Encode()
}
