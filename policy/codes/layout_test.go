package codes_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"quanxiang/policy/codes"
	"quanxiang/policy/source"
)

// TestLayouts makes layouts and codes by chance: what is put together by a
// layout has it, and what has another length or another kind of character does
// not.
func TestLayouts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 3))
	for i := range 100 {
		var layout strings.Builder
		var ends []int // lengths a code may have
		code, last := "", 1+r.IntN(4)
		for s := range last {
			width, letters, fixed, ending := 1+r.IntN(6), r.IntN(3) == 0, r.IntN(4) == 0, r.IntN(2) == 0 || s == last-1
			part := ""
			for range width {
				if letters {
					part += string(rune('A' + r.IntN(26)))
				} else {
					part += string(rune('0' + r.IntN(10)))
				}
			}
			fmt.Fprintf(&layout, "    - {name: {zh: 段, en: part}, width: %d, letters: %t, ends: %t", width, letters, ending)
			if fixed {
				fmt.Fprintf(&layout, ", value: %q", part)
			}
			layout.WriteString("}\n")
			if code += part; ending {
				ends = append(ends, len(code))
			}
		}
		read := func(code string) bool {
			text := fmt.Sprintf("list: l\ntitle: {zh: 表, en: List}\nlayout:\n  name: 样例\n  version: 1\n  segments:\n%sentries:\n  - {code: %q, name: {zh: 甲, en: A}}\n", layout.String(), code)
			file, problems := source.Parse("l.yaml", []byte(text))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			l := new(codes.List)
			if problems := file.Decode(l); len(problems) > 0 {
				t.Fatal(problems)
			}
			return len(l.Read(file.Root())) == 0
		}
		fits := map[int]bool{}
		for _, n := range ends {
			fits[n] = true
		}
		for n := 1; n <= len(code); n++ {
			if got := read(code[:n]); got != fits[n] {
				t.Fatalf("layout %d:\n%s%q is taken: %t", i, layout.String(), code[:n], got)
			}
		}
		at := r.IntN(len(code))
		for _, wrong := range []string{code + "0", code + "A", code[:at] + "-" + code[at+1:], code[:at] + "ａ" + code[at+1:], code[:at] + "a" + code[at+1:]} {
			if read(wrong) {
				t.Fatalf("layout %d:\n%s%q is taken", i, layout.String(), wrong)
			}
		}
	}
}
