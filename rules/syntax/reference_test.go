package syntax

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Every word of the language is in the table of docs/spec/rules.md, in both
// languages and with its mark if it is reserved; it is told of outside the table,
// and stands in the grammar.
func TestReferenceHasEveryWord(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/spec/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(data), "## 2. Words")
	table, rest, _ := strings.Cut(rest, "## 3.")
	told, grammar, found := strings.Cut(rest, "## 13. Grammar")
	if !found {
		t.Fatal("the reference has no grammar")
	}
	grammar, _, _ = strings.Cut(grammar, "## 14.")
	type spelt struct{ zh, en string }
	var have []spelt
	for row := range strings.Lines(table) {
		cells := strings.Split(row, "|")
		if len(cells) < 4 {
			continue
		}
		zh, en := strings.Fields(strings.ReplaceAll(cells[1], "·", " ")), strings.Fields(strings.ReplaceAll(cells[2], "·", " "))
		if len(zh) != len(en) {
			t.Errorf("a row has %d Chinese words and %d English ones:%s", len(zh), len(en), row)
			continue
		}
		for i := range zh {
			have = append(have, spelt{zh[i], en[i]})
		}
	}
	for _, w := range words {
		mark := ""
		if w.reserved {
			mark = "*"
		}
		if want := (spelt{w.spelt[Chinese] + mark, w.spelt[English] + mark}); !slices.Contains(have, want) && !slices.Contains(have, spelt{want.zh, strings.TrimSuffix(want.en, "*")}) {
			t.Errorf("the table of words has no %s %s", want.zh, want.en)
		}
		if !strings.Contains(before+told, w.spelt[Chinese]) {
			t.Errorf("nothing is said of %s", w.spelt[Chinese])
		}
		if !strings.Contains(grammar, `"`+w.spelt[Chinese]+`"`) {
			t.Errorf("the grammar has no %q", w.spelt[Chinese])
		}
	}
}
