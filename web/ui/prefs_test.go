package ui

import "testing"

// The preferences form says where to return to; it must not lead off the site.
func TestLocalPath(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/documents?year=2026":      "/documents?year=2026",
		"/":                         "/",
		"":                          "/",
		"documents":                 "/",
		"//elsewhere.example/x":     "/",
		"/\\elsewhere.example":      "/",
		"https://elsewhere.example": "/",
		"javascript:alert(1)":       "/",
		"/%2f/elsewhere.example":    "/%2f/elsewhere.example",
	} {
		if got := LocalPath(in); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", in, got, want)
		}
	}
}
