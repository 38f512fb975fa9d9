package diagram

import (
	"bytes"
	_ "embed" // the style of a picture by itself
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Stylesheet is the look of the classes. A page gives it once, in a file of its
// own; a picture by itself carries it inside.
//
//go:embed diagram.css
var Stylesheet string

// Options say how a picture is drawn.
type Options struct {
	Lang   gov.Lang
	Counts map[string]int // cases in each state, by the state's id; nil shows none
	Alone  bool           // the picture is a file of its own and carries its style
}

// SVG draws a compiled procedure.
func SVG(p *procedure.Procedure, o Options) []byte {
	w := &writer{layout: arrange(p, o.Lang, o.Counts)}
	title := gov.Textf("%[1]s：状态与动作", "%[2]s: states and actions", p.Title.ZH, p.Title.In(gov.EN)).In(o.Lang)
	w.printf(`<svg xmlns="http://www.w3.org/2000/svg" class="diagram" role="img" lang="%s" viewBox="0 0 %d %d" width="%d" height="%d" aria-labelledby="diagram-%[6]s" aria-describedby="diagram-%[6]s-text">`,
		tag(o.Lang), w.width, w.height, w.width, w.height, p.ID)
	w.printf("\n<title id=\"diagram-%s\">%s</title>\n<desc id=\"diagram-%s-text\">%s</desc>\n", p.ID, escape(title), p.ID, escape(describe(p, o)))
	if o.Alone {
		w.printf("<style>\n%s</style>\n", Stylesheet)
	}
	for i := range w.rows {
		w.edges(i)
	}
	for _, r := range w.rows {
		w.box(r)
	}
	for i := range w.rows {
		w.labels(i)
	}
	w.printf("</svg>\n")
	return w.out.Bytes()
}

func tag(l gov.Lang) string {
	if l == gov.EN {
		return "en"
	}
	return "zh-CN"
}

// describe says in words what the picture shows.
func describe(p *procedure.Procedure, o Options) string {
	var b strings.Builder
	for _, a := range p.Actions {
		for _, s := range a.At {
			from, to := gov.Text{ZH: "开始", EN: "Beginning"}.In(o.Lang), ""
			if state, ok := p.State(s); ok {
				from = state.Name.In(o.Lang)
			}
			if state, ok := p.State(a.To); ok {
				to = state.Name.In(o.Lang)
			} else {
				to = from
			}
			fmt.Fprintf(&b, "%s", gov.Textf("%[1]s，%[2]s，到%[3]s。", "%[1]s: %[2]s, to %[3]s. ", from, a.Name.In(o.Lang), to).In(o.Lang))
		}
	}
	return strings.TrimSpace(b.String())
}

type writer struct {
	*layout
	out bytes.Buffer
}

func (w *writer) printf(format string, args ...any) { fmt.Fprintf(&w.out, format, args...) }

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

func (w *writer) text(class, anchor string, x, y int, s string) {
	if anchor != "" {
		class += " diagram-" + anchor
	}
	w.printf("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", class, x, y, escape(s))
}

// box draws a state. Its kind shows in its outline and in a word.
func (w *writer) box(r row) {
	if r.state == nil {
		w.printf("<circle class=\"diagram-start\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>\n", r.x+r.w/2, r.y+r.h/2, startSize)
		return
	}
	w.printf("<g class=\"diagram-state diagram-%s\">\n", r.state.Kind)
	w.printf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"10\"/>\n", r.x, r.y, r.w, r.h)
	if r.state.Kind.Ended() {
		w.printf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"7\"/>\n", r.x+4, r.y+4, r.w-8, r.h-8)
	}
	y := r.y + (r.h-(len(r.names)+len(r.notes))*lineHeight)/2 + lineHeight - 5
	for i, line := range r.names {
		w.text("diagram-name", "middle", r.x+r.w/2, y+i*lineHeight, line)
	}
	for i, line := range r.notes {
		w.text("diagram-note", "middle", r.x+r.w/2, y+(len(r.names)+i)*lineHeight, line)
	}
	w.printf("</g>\n")
}

// edges draws the arrows that leave a row.
func (w *writer) edges(i int) {
	r := w.rows[i]
	mid := r.x + r.w/2
	if r.down != nil {
		next := w.rows[i+1]
		w.path(fmt.Sprintf("M%d %dV%d", mid, r.y+r.h, next.y-7))
		w.arrow(mid, next.y, 0, 1)
	}
	for _, s := range r.right {
		switch s.kind {
		case loops:
			y := s.y + s.h/2
			x := r.x + r.w
			w.path(fmt.Sprintf("M%d %dH%da6 6 0 0 1 0 12H%d", x, y-6, x+loopWidth-6, x+7))
			w.arrow(x, y+6, -1, 0)
		case leaves:
			t, lane := w.rows[s.target], w.rightLane[s.target]
			d := fmt.Sprintf("M%d %dH%dq6 0 6 6", r.x+r.w, s.lineY(), lane-6)
			if w.farthest(i, s.target) { // it draws the lane that the others join
				to := arriving(t.right)
				d += fmt.Sprintf("V%dq0 6 -6 6H%d", to-6, t.x+t.w+7)
				w.arrow(t.x+t.w, to, -1, 0)
			}
			w.path(d)
		}
	}
	for _, s := range r.left {
		if s.kind != leaves {
			continue
		}
		t, lane := w.rows[s.target], w.leftLane[s.target]
		d := fmt.Sprintf("M%d %dH%dq-6 0 -6 -6", r.x, s.lineY(), lane+6)
		if w.farthest(i, s.target) {
			to := arriving(t.left)
			d += fmt.Sprintf("V%dq0 -6 6 -6H%d", to+6, t.x-7)
			w.arrow(t.x, to, 1, 0)
		}
		w.path(d)
	}
}

// farthest reports that no row farther off than i, on its side, leads to the
// target by a lane.
func (w *writer) farthest(i, target int) bool {
	leads := func(s slot) bool { return s.kind == leaves && s.target == target }
	if i < target {
		return !slices.ContainsFunc(w.rows[:i], func(r row) bool { return slices.ContainsFunc(r.right, leads) })
	}
	return !slices.ContainsFunc(w.rows[i+1:], func(r row) bool { return slices.ContainsFunc(r.left, leads) })
}

func arriving(side []slot) int {
	for _, s := range side {
		if s.kind == arrives {
			return s.lineY()
		}
	}
	return 0
}

func (w *writer) path(d string) { w.printf("<path class=\"diagram-line\" d=\"%s\"/>\n", d) }

// arrow draws a head whose point is at x, y.
func (w *writer) arrow(x, y, dx, dy int) {
	ax, ay := x-9*dx, y-9*dy
	w.printf("<path class=\"diagram-head\" d=\"M%d %dL%d %dL%d %dZ\"/>\n", x, y, ax+5*dy, ay+5*dx, ax-5*dy, ay-5*dx)
}

// labels writes the names of the actions that leave a row.
func (w *writer) labels(i int) {
	for _, t := range w.rowLabels(i) {
		w.text("diagram-label", t.anchor, t.x, t.y, t.text)
	}
}

// label is a line of text in its place; y is its baseline.
type label struct {
	x, y   int
	anchor string // "", "end"
	text   string
}

func (l *layout) rowLabels(i int) (list []label) {
	r := l.rows[i]
	if r.down != nil {
		next := l.rows[i+1]
		y := (r.y+r.h+next.y-len(r.down)*lineHeight)/2 + lineHeight - 6
		for k, line := range r.down {
			list = append(list, label{r.x + r.w/2 + stub - 2, y + k*lineHeight, "", line})
		}
	}
	for _, s := range r.right {
		x, y := l.boxRight+stub, s.y+lineHeight-5
		if s.kind == loops {
			x, y = x+loopWidth-stub+6, s.y+(s.h-len(s.label)*lineHeight)/2+lineHeight-5
		}
		for k, line := range s.label {
			list = append(list, label{x, y + k*lineHeight, "", line})
		}
	}
	for _, s := range r.left {
		for k, line := range s.label {
			list = append(list, label{l.boxLeft - stub, s.y + lineHeight - 5 + k*lineHeight, "end", line})
		}
	}
	return list
}
