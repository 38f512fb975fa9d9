package library

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"quanxiang/gazette"
)

// Change is one difference between two readings of a document.
type Change struct {
	Path string // of a fact: "valid_until", "tasks[12].due.end"; of text: "text"
	Old  string // "" when added
	New  string // "" when removed
}

// Marks are both sides with what differs marked.
func (c Change) Marks() (old, now []Mark) {
	a, b := []rune(c.Old), []rune(c.New)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	cut := func(r []rune) []Mark {
		var list []Mark
		for i, part := range [][]rune{r[:head], r[head : len(r)-tail], r[len(r)-tail:]} {
			if len(part) > 0 {
				list = append(list, Mark{string(part), i == 1})
			}
		}
		return list
	}
	return cut(a), cut(b)
}

// Diff lists how two readings of a document differ: first the facts, by the
// names of the gazette format, then the text, paragraph by paragraph. Line
// numbers do not count.
func Diff(old, now *gazette.Document) ([]Change, error) {
	a, err := facts(old)
	if err != nil {
		return nil, err
	}
	b, err := facts(now)
	if err != nil {
		return nil, err
	}
	var changes []Change
	was := make(map[string]string, len(a))
	for _, f := range a {
		was[f.path] = f.value
	}
	is := make(map[string]bool, len(b))
	for _, f := range b {
		is[f.path] = true
		if was[f.path] != f.value {
			changes = append(changes, Change{f.path, was[f.path], f.value})
		}
	}
	for _, f := range a {
		if !is[f.path] && f.value != "" {
			changes = append(changes, Change{f.path, f.value, ""})
		}
	}
	slices.SortStableFunc(changes, func(x, y Change) int { return strings.Compare(x.Path, y.Path) })
	return append(changes, diffText(text(old), text(now))...), nil
}

// fact is a value of a document by its path.
type fact struct{ path, value string }

// facts flattens what is known of a document, without its structure. Elements
// of a list go by their number, or what else names them, so that a new element
// does not change those after it.
func facts(d *gazette.Document) ([]fact, error) {
	v, err := withoutLines(d)
	if err != nil {
		return nil, err
	}
	delete(v, "structure")
	var list []fact
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				walk(strings.TrimPrefix(path+"."+k, "."), e)
			}
		case []any:
			names := map[string]int{}
			for _, e := range v {
				name := elementName(e)
				if names[name]++; names[name] > 1 {
					name = fmt.Sprintf("%s/%d", name, names[name])
				}
				walk(path+"["+name+"]", e)
			}
		case string:
			list = append(list, fact{path, v})
		case nil:
		default:
			b, _ := json.Marshal(v) // numbers and truth values always can
			list = append(list, fact{path, string(b)})
		}
	}
	walk("", v)
	return list, nil
}

// elementName is what tells an element of a list from the others.
func elementName(e any) string {
	switch e := e.(type) {
	case string:
		return e
	case map[string]any:
		for _, key := range []string{"no", "number", "title", "name", "raw", "text"} {
			switch v := e[key].(type) {
			case string:
				if v != "" {
					return v
				}
			case float64:
				return fmt.Sprint(v)
			}
		}
	}
	return ""
}

// text is the document as read aloud: headings and paragraphs in order.
func text(d *gazette.Document) []string {
	var list []string
	for _, n := range d.Structure {
		if h := strings.TrimSpace(n.Number + " " + n.Heading); h != "" {
			list = append(list, h)
		}
		for _, p := range n.Paragraphs {
			list = append(list, p.Text)
		}
	}
	return list
}

// maxDiff bounds the work of comparing texts: paragraphs of one side times
// those of the other, after what both begin and end with is set aside.
const maxDiff = 4_000_000

// diffText compares two texts by their longest common subsequence of
// paragraphs. A paragraph removed where another was added is one change.
func diffText(a, b []string) []Change {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a)*len(b) > maxDiff {
		return pair(a, b)
	}
	// common[i][j] is how many paragraphs a[i:] and b[j:] share in order.
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var changes []Change
	var removed, added []string
	flush := func() {
		changes = append(changes, pair(removed, added)...)
		removed, added = nil, nil
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			flush()
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			removed = append(removed, a[i])
			i++
		default:
			added = append(added, b[j])
			j++
		}
	}
	flush()
	return changes
}

// pair makes changes of paragraphs removed and added at one place.
func pair(removed, added []string) []Change {
	var changes []Change
	for k := range max(len(removed), len(added)) {
		c := Change{Path: "text"}
		if k < len(removed) {
			c.Old = removed[k]
		}
		if k < len(added) {
			c.New = added[k]
		}
		changes = append(changes, c)
	}
	return changes
}
