package entitled_test

import (
	"testing"

	"quanxiang/web/entitled"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 1, func(e *ui.Engine) error {
		_, err := entitled.New(entitled.Deps{Engine: e})
		return err
	})
}
