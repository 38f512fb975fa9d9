package gazette

import (
	"strings"

	"quanxiang/gazette/paper"
)

// item is a paragraph of a section with what stood in the middle of it.
type item struct {
	para  paper.Paragraph
	boxes []box // boxes cut out of the paragraph
	box   *box  // the item is itself a box
	open  bool  // the box goes on with the items after it
}

// box is a box and the lines it was read from.
type box struct {
	node  Node
	lines []paper.Line
}

// items makes the paragraphs of lines. Boxes and footnotes are cut out of the
// sentences they interrupt, so that the sentence reads on. A footnote becomes a
// paragraph after the one it was cut from.
func items(ls []paper.Line) []item {
	var (
		main  = make([]paper.Line, 0, len(ls))
		cut   = map[int][]box{}             // boxes by the raw line before them
		notes = map[int][]paper.Paragraph{} // footnotes likewise
		whole = map[int][]item{}            // boxes between paragraphs; 0 before the first line
		marks []string                      // footnotes announced and not yet seen
		mark  int                           // the last footnote's number
	)
	for i := 0; i < len(ls); {
		before := 0
		if len(main) > 0 {
			before = main[len(main)-1].No
		}
		if paper.IsBox(ls[i].Text) {
			interrupts := len(main) > 0 && !main[len(main)-1].End && !paper.EndsWith(main[len(main)-1].Text, "。！？")
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
			notes[before] = append(notes[before], paper.Paragraph{Lines: ls[i : i+n : i+n], Text: paper.Join(ls[i : i+n])})
			i += n
			continue
		}
		l := ls[i]
		if n, ok := footnoteMark(ls, i, mark); ok {
			mark = n
			marks = append(marks, l.Text)
			l.Text = strings.Map(superscript, l.Text)
		}
		main = append(main, l)
		i++
	}
	out := whole[0]
	for _, p := range paper.Paragraphs(main) {
		it := item{para: p}
		var after []item
		for _, l := range p.Lines {
			it.boxes = append(it.boxes, cut[l.No]...)
			for _, n := range notes[l.No] {
				after = append(after, item{para: n})
			}
			after = append(after, whole[l.No]...)
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
func boxAt(ls []paper.Line, interrupts bool) (node Node, n int, open bool) {
	head := paper.BoxHeading.FindString(ls[0].Text)
	n = 1
	for n < len(ls) && !ls[n-1].End && n < 3 {
		n++
	}
	node = Node{Type: BoxNode, Number: paper.Compact(head), Heading: paper.Squeeze(strings.TrimPrefix(paper.Join(ls[:n]), head)), Line: ls[0].No}
	for first := true; n < len(ls) && !paper.IsBox(ls[n].Text); first = false {
		to := n + 1
		wide := paper.Width(ls[n].Text) > paper.Measure+2
		for to < len(ls) && !ls[to-1].End {
			wide = wide || paper.Width(ls[to].Text) > paper.Measure+2
			to++
		}
		if first && !interrupts && !wide {
			return node, n, true
		}
		if !first && !wide {
			break
		}
		node.Paragraphs = append(node.Paragraphs, Passage{Lines: Span{ls[n].No, ls[to-1].No}, Text: paper.Join(ls[n:to])})
		n = to
	}
	return node, n, false
}

// footnoteMark reports whether line i is the raised number of a footnote, set
// on a line of its own in the middle of a sentence that was broken off short.
func footnoteMark(ls []paper.Line, i, last int) (int, bool) {
	if i == 0 || i+1 >= len(ls) || len(ls[i].Text) > 2 || ls[i-1].End || paper.Width(ls[i-1].Text) >= paper.FullLine-2 {
		return 0, false
	}
	n, dashed, ok := paper.PageNumber(ls[i].Text)
	return n, ok && !dashed && (n == last+1 || n == 1)
}

// footnoteAt tells how many lines the footnote takes that begins here, 0 when
// none does. It begins with the number that was announced.
func footnoteAt(ls []paper.Line, marks []string) int {
	if len(marks) == 0 {
		return 0
	}
	rest, ok := strings.CutPrefix(ls[0].Text, marks[0])
	if !ok || rest != "" && rest[0] != ' ' || rest == "" && ls[0].End {
		return 0
	}
	n := 1
	for n < len(ls) && !ls[n-1].End && n < 12 {
		n++
	}
	return n
}

// superscript raises the digits of a footnote mark, so that they do not read as
// figures of the sentence.
func superscript(r rune) rune {
	if r >= '0' && r <= '9' {
		return paper.Raised[r-'0']
	}
	return r
}
