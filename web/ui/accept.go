package ui

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"quanxiang/gov"
)

// ForPrograms answers requests that are a program's in the language their
// Accept-Language prefers, where neither ?lang= nor a reader's choice says one. Pages
// stay Chinese until a reader chooses: what a browser was installed with says little
// about who sits before it, and a page in two languages by chance helps nobody.
// It goes behind WithPrefs.
func ForPrograms(is func(*http.Request) bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if is(r) {
				w.Header().Add("Vary", "Accept-Language")
				p := PrefsOf(r.Context())
				if l, ok := accepted(r.Header.Get("Accept-Language")); ok && !p.chosen {
					p.Lang = l
					r = r.WithContext(context.WithValue(r.Context(), prefsKey{}, p))
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// accepted is the language a header of RFC 9110, 12.5.4 prefers of those there are,
// the first of several it likes as well; ok is false where it names none of them.
func accepted(header string) (best gov.Lang, ok bool) {
	most := 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, weight, weighed := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		q := 1.0
		if weighed {
			name, value, _ := strings.Cut(strings.TrimSpace(weight), "=")
			var err error
			if q, err = strconv.ParseFloat(strings.TrimSpace(value), 64); err != nil || strings.TrimSpace(name) != "q" || !(q >= 0 && q <= 1) {
				continue
			}
		}
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), "-")
		for _, l := range Languages {
			if primary, _, _ := strings.Cut(string(l), "-"); strings.EqualFold(primary, tag) && q > most {
				best, most = l, q
			}
		}
	}
	return best, most > 0
}
