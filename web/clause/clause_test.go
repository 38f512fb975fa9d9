package clause_test

import (
	"testing"

	"quanxiang/web/clause"
)

func TestPath(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"xzf-2017-12#task-2", "/documents/xzf-2017-12/tasks#task-2"},
		{"xzf-2017-12#task-3.1_2", "/documents/xzf-2017-12/tasks#task-3.1_2"},
		{"xzf-2017-12#indicator-7", "/documents/xzf-2017-12/indicators#indicator-7"},
		{"xzf-2017-12#project-1", "/documents/xzf-2017-12/projects#project-1"},
		{"xzf-2017-12#chp_1__art_1", "/documents/xzf-2017-12#chp_1__art_1"},
		{"xzf-2017-12#", "/documents/xzf-2017-12"},
		{"xzf-2017-12", "/documents/xzf-2017-12"},
	} {
		if got := clause.Path(c.address); got != c.want {
			t.Errorf("%s is shown at %s, want %s", c.address, got, c.want)
		}
	}
}
