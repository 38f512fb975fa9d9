package webtest

import (
	"log/slog"
	"testing"

	"github.com/jba/templatecheck"

	"quanxiang/web/ui"
)

// Templates checks the templates a surface loads, so many pages in every
// language, against what they are given.
func Templates(t *testing.T, pages int, load func(*ui.Engine) error) {
	t.Helper()
	e, err := ui.New(ui.Site{}, slog.New(slog.DiscardHandler))
	check(t, err)
	before := len(e.Checks())
	check(t, load(e))
	list := e.Checks()[before:]
	if len(list) != 2*pages {
		t.Errorf("%d templates checked, want %d pages in two languages", len(list), pages)
	}
	for _, c := range list {
		parsed, err := c.Template()
		if err == nil {
			err = templatecheck.CheckHTML(parsed, c.Dot)
		}
		if err != nil {
			t.Errorf("%s (%s): %v", c.Name, c.Lang, err)
		}
	}
}
