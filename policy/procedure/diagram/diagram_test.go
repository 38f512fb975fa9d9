package diagram

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

var update = flag.Bool("update", false, "write the golden files anew")

// samples are the procedures of the sample pack, by id.
func samples(t *testing.T) []*procedure.Procedure {
	t.Helper()
	pack, err := policy.Load(os.DirFS("../../../cases/testdata"), "sample")
	if err != nil {
		t.Fatal(err)
	}
	return pack.Procedures
}

// The pictures of the sample procedures, looked at by eye when they change.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, p := range samples(t) {
		for _, lang := range []gov.Lang{gov.ZH, gov.EN} {
			o := Options{Lang: lang, Alone: true}
			if lang == gov.ZH {
				o.Counts = map[string]int{}
				for i, s := range p.States {
					o.Counts[s.ID] = i * i * 7
				}
			}
			got := SVG(p, o)
			file := filepath.Join("testdata", fmt.Sprintf("%s.%s.svg", p.ID, tag(lang)))
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s differs (%v); run with -update and look at it", file, err)
			}
		}
	}
}

// A picture for a page is well-formed, says in words what it shows, and holds
// nothing a strict content security policy stops.
func TestMarkup(t *testing.T) {
	t.Parallel()
	bad := regexp.MustCompile(`(?i)style=|<style|<script|\son[a-z]+=|href|url\(`)
	for _, p := range samples(t) {
		got := SVG(p, Options{Lang: gov.EN})
		d, texts := xml.NewDecoder(bytes.NewReader(got)), 0
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", p.ID, err)
			}
			if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "text" {
				texts++
			}
		}
		if bad.Match(got) || !bytes.Contains(got, []byte(`role="img" lang="en"`)) || !bytes.Contains(got, []byte("<title id=")) || texts < len(p.States) {
			t.Errorf("%s:\n%s", p.ID, got)
		}
		for _, a := range p.Actions {
			if !bytes.Contains(got, []byte(": "+escape(a.Name.EN)+", to ")) {
				t.Errorf("%s: the description does not tell of %s", p.ID, a.ID)
			}
		}
		if !bytes.Equal(got, SVG(p, Options{Lang: gov.EN})) {
			t.Errorf("%s: not the same twice", p.ID)
		}
	}
}

// Names of a pack are text, never markup.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	p := chance(t, 1, `"<script>&\"'"`)
	if got := SVG(p, Options{Lang: gov.ZH}); bytes.Contains(got, []byte("<script>")) || !bytes.Contains(got, []byte("&lt;script&gt;&amp;")) {
		t.Errorf("%s", got)
	}
}

type rect struct {
	x, y, w, h int
	what       string
}

func (a rect) meets(b rect) bool {
	return a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h
}

// No label meets another, a box or a lane, and nothing lies outside: for the
// samples and for procedures made by chance, the worst of which lead from
// everywhere to everywhere.
func TestNothingCollides(t *testing.T) {
	t.Parallel()
	list := samples(t)
	for seed := range uint64(40) {
		list = append(list, chance(t, seed, "一个名称很长的动作需要换行才能写完"))
	}
	for _, p := range list {
		for _, lang := range []gov.Lang{gov.ZH, gov.EN} {
			l := arrange(p, lang, map[string]int{p.States[0].ID: 12})
			var boxes, labels, lines []rect
			for i, r := range l.rows {
				boxes = append(boxes, rect{r.x, r.y, r.w, r.h, "box " + r.id})
				for _, t := range l.rowLabels(i) {
					w := textWidth(t.text)
					x := t.x
					if t.anchor == "end" {
						x -= w
					}
					labels = append(labels, rect{x, t.y - 11, w, 13, t.text + " of " + r.id})
				}
				lines = append(lines, l.segments(i)...)
			}
			for i, a := range labels {
				for _, b := range append(append(labels[i+1:len(labels):len(labels)], boxes...), lines...) {
					if a.meets(b) {
						t.Errorf("%s: %+v meets %+v", p.ID, a, b)
					}
				}
			}
			for _, a := range lines {
				for _, b := range boxes {
					if a.meets(b) {
						t.Errorf("%s: the line %+v runs through %+v", p.ID, a, b)
					}
				}
			}
			for _, a := range append(append(labels, boxes...), lines...) {
				if a.x < 0 || a.y < 0 || a.x+a.w > l.width || a.y+a.h > l.height {
					t.Errorf("%s: %+v is outside of %d by %d", p.ID, a, l.width, l.height)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}

// segments are the straight parts of the lines that leave a row.
func (l *layout) segments(i int) (list []rect) {
	r := l.rows[i]
	if r.down != nil {
		list = append(list, rect{r.x + r.w/2, r.y + r.h, 1, l.rows[i+1].y - r.y - r.h, "down of " + r.id})
	}
	for _, s := range r.right {
		if s.kind == leaves {
			t, lane := l.rows[s.target], l.rightLane[s.target]
			to := arriving(t.right)
			list = append(list, rect{r.x + r.w, s.lineY(), lane - r.x - r.w, 1, "out of " + r.id}, rect{lane, s.lineY(), 1, to - s.lineY(), "lane to " + t.id},
				rect{t.x + t.w, to, lane - t.x - t.w, 1, "into " + t.id})
		}
	}
	for _, s := range r.left {
		if s.kind == leaves {
			t, lane := l.rows[s.target], l.leftLane[s.target]
			to := arriving(t.left)
			list = append(list, rect{lane, s.lineY(), r.x - lane, 1, "out of " + r.id}, rect{lane, to, 1, s.lineY() - to, "lane to " + t.id}, rect{lane, to, t.x - lane, 1, "into " + t.id})
		}
	}
	return list
}

// chance makes a procedure of random states and actions.
func chance(t *testing.T, seed uint64, name string) *procedure.Procedure {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	n := 2 + r.IntN(8)
	var b strings.Builder
	b.WriteString("procedure: p\ntitle: 试\ncite: 样例\nnumber: \"P{seq:1}\"\nsubject: name\nfields: [{id: name, type: text, label: 名}]\n")
	b.WriteString("parties: [{id: a, name: 甲, who: public}]\nstates:\n")
	for i := range n {
		kind := []string{"open", "paused"}[r.IntN(2)]
		if i == n-1 {
			kind = []string{"done", "void"}[r.IntN(2)]
		}
		fmt.Fprintf(&b, "  - {id: s%d, name: %s, kind: %s}\n", i, []string{"办理中", "一个名称特别长以至于必须换行的状态", "A state with a long English name"}[r.IntN(3)], kind)
	}
	b.WriteString("actions:\n")
	action := 0
	add := func(from, to string) {
		fmt.Fprintf(&b, "  - {id: a%d, name: %s, at: [%s], to: %s, by: [a]}\n", action, []string{"走", name}[r.IntN(2)], from, to)
		action++
	}
	add("new", "s0")
	for i := range n - 1 {
		add(fmt.Sprintf("s%d", i), fmt.Sprintf("s%d", i+1))
	}
	for range r.IntN(3 * n) {
		add(fmt.Sprintf("s%d", r.IntN(n)), fmt.Sprintf("s%d", r.IntN(n)))
	}
	fsys := fstest.MapFS{"sample/procedures/p.yaml": {Data: []byte(b.String())}, "sample/pack.yaml": {Data: []byte("id: sample\ndistrict: 990102\nname: 样例区\nversion: 1\n")}}
	pack, err := policy.Load(fsys, "sample")
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return pack.Procedures[0]
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in    string
		width int
		want  string
	}{
		{"办理", 150, "办理"},
		{"复核并报区财政局", 70, "复核并报区|财政局"},
		{"Approve with the Bureau", 100, "Approve with|the Bureau"},
		{"Donaudampfschiffahrt", 50, "Donaudampfschiffahrt"},
		{"转交，办理", 28, "转|交，|办理"},
	} {
		if got := strings.Join(wrap(tt.in, tt.width), "|"); got != tt.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
}
