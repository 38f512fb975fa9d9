package ui

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
)

func engine(t *testing.T) *Engine {
	t.Helper()
	e, err := New(Site{Name: gov.Text{ZH: "试点区", EN: "Pilot District"}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A key missing from one catalogue would show a page half in another language.
func TestCataloguesHaveTheSameKeys(t *testing.T) {
	t.Parallel()
	e := engine(t)
	if diff := cmp.Diff(e.Messages(gov.ZH).Keys(), e.Messages(gov.EN).Keys()); diff != "" {
		t.Errorf("keys differ (-zh +en):\n%s", diff)
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	e := engine(t)
	date := gov.Date{Year: 2026, Month: 11, Day: 24}
	for _, c := range []struct {
		why  string
		lang gov.Lang
		key  string
		args []any
		want string
	}{
		{"one has its own form in English", gov.EN, "days.left", []any{"n", 1}, "1 day left"},
		{"many", gov.EN, "days.left", []any{"n", 2}, "2 days left"},
		{"Chinese has one form", gov.ZH, "days.left", []any{"n", 1}, "还有 1 天"},
		{"dates follow the language", gov.ZH, "documents.as_of", []any{"date", date}, "有效性截至 2026年11月24日"},
		{"dates follow the language", gov.EN, "documents.as_of", []any{"date", date}, "Status as of 24 November 2026"},
		{"texts follow the language", gov.EN, "site.title", []any{"district", gov.Text{ZH: "试点区", EN: "Pilot District"}}, "Pilot District Quanxiang"},
		{"large numbers are grouped", gov.EN, "documents.count", []any{"n", 12345}, "12,345 documents"},
		{"years are not", gov.ZH, "versions.n", []any{"n", 2026}, "第 2026 版"},
	} {
		if got := e.Messages(c.lang).T(c.key, c.args...); got != c.want {
			t.Errorf("%s: T(%q) = %q, want %q", c.why, c.key, got, c.want)
		}
	}
}
