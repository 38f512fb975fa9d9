package problems_test

import (
	"encoding/json"
	"strings"
	"testing"

	"quanxiang/gov/problems"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"年收入" 1}`:  "cannot read the JSON at character 8",
		`x`:          "cannot read the JSON at character 1",
		`nonsense`:   "cannot read the JSON at character 2",
		`{"年收入": "1`: "the JSON ends too early",
		``:           "there is nothing",
	} {
		var x any
		err := json.NewDecoder(strings.NewReader(text)).Decode(&x)
		if got := problems.JSON([]byte(text), err).Error(); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
