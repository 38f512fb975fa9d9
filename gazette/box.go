package gazette

import (
	"strings"
)

// item is a paragraph of a section with what stood in the middle of it.
type item struct {
	para  paragraph
	boxes []box // boxes cut out of the paragraph
	box   *box  // the item is itself a box
	open  bool  // the box goes on with the items after it
}

// box is a box and the lines it was read from.
type box struct {
	node  Node
	lines []line
}

// items makes the paragraphs of lines. Boxes and footnotes are cut out of the
// sentences they interrupt, so that the sentence reads on. A footnote becomes a
// paragraph after the one it was cut from.
func items(ls []line) []item {
	var (
		main  = make([]line, 0, len(ls))
		cut   = map[int][]box{}       // boxes by the raw line before them
		notes = map[int][]paragraph{} // footnotes likewise
		whole = map[int][]item{}      // boxes between paragraphs; 0 before the first line
		marks []string                // footnotes announced and not yet seen
		mark  int                     // the last footnote's number
	)
	for i := 0; i < len(ls); {
		before := 0
		if len(main) > 0 {
			before = main[len(main)-1].no
		}
		if isBox(ls[i].text) {
			interrupts := len(main) > 0 && !main[len(main)-1].end && !endsWith(main[len(main)-1].text, "。！？")
			node, n, open := boxAt(ls[i:], interrupts)
			b := box{node, ls[i : i+n : i+n]}
			if interrupts {
				cut[before] = append(cut[before], b)
			} else {
				whole[before] = append(whole[before], item{box: &b, open: open})
			}
			i += n
			continue
		}
		if n := footnoteAt(ls[i:], marks); n > 0 {
			marks = marks[1:]
			notes[before] = append(notes[before], paragraph{ls[i : i+n : i+n], join(ls[i : i+n])})
			i += n
			continue
		}
		l := ls[i]
		if n, ok := footnoteMark(ls, i, mark); ok {
			mark = n
			marks = append(marks, l.text)
			l.text = strings.Map(superscript, l.text)
		}
		main = append(main, l)
		i++
	}
	out := whole[0]
	for _, p := range paragraphs(main) {
		it := item{para: p}
		var after []item
		for _, l := range p.lines {
			it.boxes = append(it.boxes, cut[l.no]...)
			for _, n := range notes[l.no] {
				after = append(after, item{para: n})
			}
			after = append(after, whole[l.no]...)
		}
		out = append(append(out, it), after...)
	}
	return out
}

// boxAt reads a box: its heading and the paragraphs in it, and how many lines
// they take. Boxes are set in smaller type, so their lines are longer than
// those of the text; the first paragraph belongs to the box in any case. A box
// in the type of the text that interrupts nothing goes on to the next heading;
// then open is true and only its heading is read.
func boxAt(ls []line, interrupts bool) (node Node, n int, open bool) {
	head := boxHeading.FindString(ls[0].text)
	n = 1
	for n < len(ls) && !ls[n-1].end && n < 3 {
		n++
	}
	node = Node{Type: BoxNode, Number: compact(head), Heading: squeeze(strings.TrimPrefix(join(ls[:n]), head)), Line: ls[0].no}
	for first := true; n < len(ls) && !isBox(ls[n].text); first = false {
		to := n + 1
		wide := width(ls[n].text) > measure+2
		for to < len(ls) && !ls[to-1].end {
			wide = wide || width(ls[to].text) > measure+2
			to++
		}
		if first && !interrupts && !wide {
			return node, n, true
		}
		if !first && !wide {
			break
		}
		node.Paragraphs = append(node.Paragraphs, Passage{Span{ls[n].no, ls[to-1].no}, join(ls[n:to])})
		n = to
	}
	return node, n, false
}

// footnoteMark reports whether line i is the raised number of a footnote, set
// on a line of its own in the middle of a sentence that was broken off short.
func footnoteMark(ls []line, i, last int) (int, bool) {
	if i == 0 || i+1 >= len(ls) || len(ls[i].text) > 2 || ls[i-1].end || width(ls[i-1].text) >= fullLine-2 {
		return 0, false
	}
	n, dashed, ok := pageNumber(ls[i].text)
	return n, ok && !dashed && (n == last+1 || n == 1)
}

// footnoteAt tells how many lines the footnote takes that begins here, 0 when
// none does. It begins with the number that was announced.
func footnoteAt(ls []line, marks []string) int {
	if len(marks) == 0 {
		return 0
	}
	rest, ok := strings.CutPrefix(ls[0].text, marks[0])
	if !ok || rest != "" && rest[0] != ' ' || rest == "" && ls[0].end {
		return 0
	}
	n := 1
	for n < len(ls) && !ls[n-1].end && n < 12 {
		n++
	}
	return n
}

// superscript raises the digits of a footnote mark, so that they do not read as
// figures of the sentence.
func superscript(r rune) rune {
	if r >= '0' && r <= '9' {
		return raised[r-'0']
	}
	return r
}
