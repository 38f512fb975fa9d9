package visits_test

import (
	"testing"

	"quanxiang/web/ui"
	"quanxiang/web/visits"
	"quanxiang/web/webtest"
)

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 1, func(e *ui.Engine) error {
		_, err := visits.New(visits.Deps{Engine: e})
		return err
	})
}
