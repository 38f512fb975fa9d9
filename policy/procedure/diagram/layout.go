package diagram

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// The measures of the picture, in CSS pixels.
const (
	lineHeight = 18  // of a line of text
	nameWidth  = 150 // at which the name of a state is broken
	labelWidth = 168 // at which the name of an action is broken
	padX       = 16  // between a box and its text
	padY       = 10
	portHeight = 14 // of the place at a box's side where a lane arrives
	laneGap    = 14 // between lanes
	slotGap    = 7  // between the places at a box's side
	stub       = 12 // between a box and a label beside it
	gap        = 34 // between rows
	loopWidth  = 16
	margin     = 10
	startSize  = 7 // radius of the mark at which a case begins
)

// row is a state in its place, or the beginning.
type row struct {
	id    string
	state *procedure.State // nil for the beginning
	names []string         // the lines of its name
	notes []string         // its kind, how many cases
	x, y  int
	w, h  int
	right []slot // outgoing to states further down, the loop, what arrives
	left  []slot // outgoing to states further up, what arrives
	down  []string
}

// slot is a place at the side of a box.
type slot struct {
	target int // row it leads to; the row itself for a loop and for what arrives
	kind   slotKind
	label  []string
	y, h   int // y is the top
}

type slotKind int

const (
	leaves slotKind = iota
	loops
	arrives
)

// lineY is where the line of a slot runs: below its label.
func (s slot) lineY() int { return s.y + s.h - portHeight/2 }

// layout is the picture before it is written.
type layout struct {
	rows          []row
	width, height int
	boxLeft       int         // of the widest box
	boxRight      int         // all labels on the right begin after it
	rightLane     map[int]int // x of the lane that leads to a row
	leftLane      map[int]int
}

func arrange(p *procedure.Procedure, lang gov.Lang, counts map[string]int) *layout {
	l := &layout{}
	l.makeRows(p, lang, counts)
	l.connect(p, lang)
	l.place()
	return l
}

// makeRows orders the states by how many actions they are away from the
// beginning, then as the file has them. Those in which a case has ended come
// last, the ones without a result at the very end, so that an early way out
// does not stand in the middle of the road.
func (l *layout) makeRows(p *procedure.Procedure, lang gov.Lang, counts map[string]int) {
	depth := map[string]int{procedure.New: 0}
	for queue := []string{procedure.New}; len(queue) > 0; queue = queue[1:] {
		for _, a := range p.Actions {
			if _, seen := depth[a.To]; a.To != "" && !seen && slices.Contains(a.At, queue[0]) {
				depth[a.To] = depth[queue[0]] + 1
				queue = append(queue, a.To)
			}
		}
	}
	l.rows = []row{{id: procedure.New, w: 2 * startSize, h: 2 * startSize}}
	for i := range p.States {
		s := &p.States[i]
		r := row{id: s.ID, state: s, names: wrap(s.Name.In(lang), nameWidth)}
		if word := kindNames[s.Kind].In(lang); word != "" {
			r.notes = append(r.notes, word)
		}
		if n, ok := counts[s.ID]; ok {
			r.notes = append(r.notes, count(n).In(lang))
		}
		l.rows = append(l.rows, r)
	}
	slices.SortStableFunc(l.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.end(), b.end()), cmp.Compare(depth[a.id], depth[b.id]))
	})
	for i := range l.rows {
		r := &l.rows[i]
		if r.state == nil {
			continue
		}
		r.w = max(linesWidth(r.names)*9/8, linesWidth(r.notes)) + 2*padX // names are bold
		r.w = max(r.w, 96)
	}
}

// end says how far at the end of the picture a row belongs.
func (r row) end() int {
	switch {
	case r.state == nil || !r.state.Kind.Ended():
		return 0
	case r.state.Kind == procedure.DoneState:
		return 1
	}
	return 2
}

var kindNames = map[procedure.StateKind]gov.Text{
	procedure.PausedState: {ZH: "（暂停）", EN: "(paused)"},
	procedure.DoneState:   {ZH: "（办结）", EN: "(done)"},
	procedure.VoidState:   {ZH: "（终止）", EN: "(ended without)"},
}

func count(n int) gov.Text {
	if n == 1 {
		return gov.Text{ZH: "1 件", EN: "1 case"}
	}
	return gov.Textf("%d 件", "%d cases", n)
}

// connect gives every box the slots of the actions that leave it and of the
// lanes that arrive.
func (l *layout) connect(p *procedure.Procedure, lang gov.Lang) {
	at := map[string]int{}
	for i, r := range l.rows {
		at[r.id] = i
	}
	labels := map[[2]int][]string{} // by row from and to
	for _, a := range p.Actions {
		name := a.Name.In(lang)
		if a.Auto != nil {
			name += gov.Text{ZH: "（自动）", EN: " (auto)"}.In(lang)
		}
		for _, s := range a.At {
			to := s
			if a.To != "" {
				to = a.To
			}
			key := [2]int{at[s], at[to]}
			labels[key] = append(labels[key], wrap(name, labelWidth)...)
		}
	}
	fromRight, fromLeft := map[int]bool{}, map[int]bool{}
	for i := range l.rows {
		r := &l.rows[i]
		for j := range l.rows {
			text := labels[[2]int{i, j}]
			switch {
			case text == nil:
			case j == i+1:
				r.down = text
			case j > i:
				r.right = append(r.right, slot{target: j, label: text})
				fromRight[j] = true
			case j == i:
				r.right = append(r.right, slot{target: i, kind: loops, label: text})
			default:
				r.left = append(r.left, slot{target: j, label: text})
				fromLeft[j] = true
			}
		}
	}
	for i := range l.rows { // what arrives comes first, where lanes end; what leaves goes further down
		if fromRight[i] {
			l.rows[i].right = slices.Insert(l.rows[i].right, 0, slot{target: i, kind: arrives})
		}
		if fromLeft[i] {
			l.rows[i].left = append(l.rows[i].left, slot{target: i, kind: arrives})
		}
	}
}

// place works the coordinates out.
func (l *layout) place() {
	widest, rightZone, leftZone := 0, 0, 0
	for i := range l.rows {
		r := &l.rows[i]
		widest = max(widest, r.w)
		for _, s := range r.right {
			extra := 0
			if s.kind == loops {
				extra = loopWidth
			}
			rightZone = max(rightZone, linesWidth(s.label)+extra)
		}
		for _, s := range r.left {
			leftZone = max(leftZone, linesWidth(s.label))
		}
		rightZone = max(rightZone, linesWidth(r.down)-widest/2+stub)
	}
	for i := range l.rows { // boxes of one width make a quieter column
		if l.rows[i].state != nil {
			l.rows[i].w = widest
		}
	}
	y := margin
	for i := range l.rows {
		r := &l.rows[i]
		r.y = y
		if r.state != nil {
			r.h = max((len(r.names)+len(r.notes))*lineHeight+2*padY, stack(r.right), stack(r.left))
		}
		spread(r.right, r.y, r.h)
		spread(r.left, r.y, r.h)
		y += r.h
		if i < len(l.rows)-1 {
			y += max(gap, len(r.down)*lineHeight+gap/2)
		}
	}
	l.height = y + margin
	left := l.lanes(false)
	if leftZone > 0 {
		leftZone += 2 * stub
	}
	l.boxLeft = margin + left*laneGap + leftZone
	l.boxRight = l.boxLeft + widest
	if rightZone > 0 {
		rightZone += 2 * stub
	}
	right := l.lanes(true)
	for target, lane := range l.rightLane {
		l.rightLane[target] = l.boxRight + rightZone + lane*laneGap
	}
	for target, lane := range l.leftLane {
		l.leftLane[target] = l.boxLeft - leftZone - lane*laneGap
	}
	l.width = l.boxRight + rightZone + right*laneGap + margin
	for i := range l.rows {
		l.rows[i].x = l.boxLeft + (widest-l.rows[i].w)/2
	}
}

// stack is how high the slots of a side are together.
func stack(side []slot) int {
	h := 0
	for _, s := range side {
		h += s.height() + slotGap
	}
	return h + slotGap
}

func (s slot) height() int {
	if s.kind == loops {
		return max(len(s.label)*lineHeight, 2*portHeight)
	}
	return len(s.label)*lineHeight + portHeight
}

// spread puts the slots of a side one below the other in the middle of a box.
func spread(side []slot, y, h int) {
	y += (h-stack(side))/2 + slotGap
	for i := range side {
		side[i].y, side[i].h = y, side[i].height()
		y += side[i].h + slotGap
	}
}

// lanes numbers the lanes of a side from the inside, short ones first, so that
// those that overlap have different numbers. It returns how many there are.
func (l *layout) lanes(right bool) int {
	type span struct{ target, top, bottom int }
	var spans []span
	for i := range l.rows {
		s := span{i, 1 << 30, -1}
		for _, r := range l.rows {
			side := r.left
			if right {
				side = r.right
			}
			for _, slot := range side {
				if slot.target == i && slot.kind != loops {
					s.top, s.bottom = min(s.top, slot.lineY()), max(s.bottom, slot.lineY())
				}
			}
		}
		if s.bottom >= 0 {
			spans = append(spans, s)
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.bottom-a.top, b.bottom-b.top) })
	lane, used := map[int]int{}, 0
	for i, s := range spans {
		n := 0
		for slices.ContainsFunc(spans[:i], func(o span) bool {
			return lane[o.target] == n && o.top <= s.bottom+laneGap && s.top <= o.bottom+laneGap
		}) {
			n++
		}
		lane[s.target] = n
		used = max(used, n+1)
	}
	if right {
		l.rightLane = lane
	} else {
		l.leftLane = lane
	}
	return used
}

// textWidth estimates how wide a text of the labels' size is: Han characters
// and their punctuation fill a square.
func textWidth(s string) int {
	w := 0
	for _, r := range s {
		if r < 0x2E80 {
			w += 8
		} else {
			w += 14
		}
	}
	return w
}

func linesWidth(lines []string) int {
	w := 0
	for _, s := range lines {
		w = max(w, textWidth(s))
	}
	return w
}

// wrap breaks a text into lines of at most so many pixels: between words, or
// anywhere between Han characters.
func wrap(s string, width int) []string {
	var lines []string
	for textWidth(s) > width {
		cut, w := 0, 0
		for i, r := range s {
			if r == ' ' { // one at the end of a line takes no room
				cut = i + 1
			}
			if w += textWidth(string(r)); w > width {
				break
			}
			after := i + utf8.RuneLen(r)
			if next, _ := utf8.DecodeRuneInString(s[after:]); r >= 0x2E80 && next >= 0x2E80 && next < 0xFF00 {
				cut = after
			}
		}
		if cut == 0 {
			break // one long word stays whole
		}
		lines = append(lines, strings.TrimRight(s[:cut], " "))
		s = s[cut:]
	}
	return append(lines, s)
}
