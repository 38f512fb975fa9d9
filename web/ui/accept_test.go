package ui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"quanxiang/gov"
)

// A program is answered in the language it prefers, a reader in the one chosen, and
// a page in Chinese whatever the browser prefers.
func TestForPrograms(t *testing.T) {
	t.Parallel()
	var got gov.Lang
	h := WithPrefs(ForPrograms(func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") })(
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = PrefsOf(r.Context()).Lang })))
	for _, tt := range []struct {
		path, accept, cookie string
		want                 gov.Lang
	}{
		{"/api/v1", "", "", gov.ZH},
		{"/api/v1", "en", "", gov.EN},
		{"/api/v1", "en-GB,en;q=0.9,zh;q=0.8", "", gov.EN},
		{"/api/v1", "en;q=0.1,zh;q=0.9", "", gov.ZH},
		{"/api/v1", "zh-Hant-TW", "", gov.ZH},
		{"/api/v1", "de-CH, en ; q = 0.5", "", gov.EN},
		{"/api/v1", "de,fr;q=0.5,*;q=0.1", "", gov.ZH},
		{"/api/v1", "en;q=0", "", gov.ZH},
		{"/api/v1", "en;q=NaN,zh;q=x,;;,", "", gov.ZH},
		{"/api/v1", "english", "", gov.ZH},
		{"/api/v1?lang=zh-CN", "en", "", gov.ZH},
		{"/api/v1?lang=en", "zh", "", gov.EN},
		{"/api/v1?lang=fr", "en", "", gov.EN},
		{"/api/v1", "en", "zh-CN", gov.ZH},
		{"/api/v1", "zh", "en", gov.EN},
		{"/map", "en", "", gov.ZH},
	} {
		r := httptest.NewRequest(http.MethodGet, tt.path, nil)
		r.Header.Set("Accept-Language", tt.accept)
		if tt.cookie != "" {
			r.AddCookie(&http.Cookie{Name: langCookie, Value: tt.cookie})
		}
		if h.ServeHTTP(httptest.NewRecorder(), r); got != tt.want {
			t.Errorf("%s, %q, chosen %q: %s, want %s", tt.path, tt.accept, tt.cookie, got, tt.want)
		}
	}
}
