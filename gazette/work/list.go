package work

import (
	"slices"
	"strconv"
	"strings"

	"quanxiang/gazette/due"
	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
)

// numbered is a candidate for a list of tasks: items 1, 2, 3 ... that count on
// across the headings between them.
type numbered struct {
	items []listItem
	title string
}

type listItem struct {
	no       string
	section  string
	from, to int // lines
}

// readLists finds the lists of tasks in running text: numbered items that name
// who is responsible, and the items of an attachment whose title says that
// they are tasks.
func (r *Reader) readLists(d *found, ls []paper.Line) {
	for _, l := range findLists(ls) {
		tasks := make([]Task, len(l.items))
		w := newTally()
		assigned := 0
		for i, item := range l.items {
			it := &itemReader{r: r, year: d.year, w: w}
			tasks[i] = it.read(ls[item.from:item.to], item, i == len(l.items)-1)
			if it.assigned {
				assigned++
			}
		}
		if len(tasks) < 3 || 2*assigned < len(tasks) {
			continue
		}
		d.Tasks = append(d.Tasks, tasks...)
		d.Checks = append(d.Checks, w.check(d, l.title, "list", paper.Span{tasks[0].Lines[0], tasks[len(tasks)-1].Lines[1]}))
	}
	r.readTitled(d, ls)
}

// findLists finds the chains of numbered items.
func findLists(ls []paper.Line) []numbered {
	var out []numbered
	var now numbered
	title, section := "", ""
	closeItem := func(i int) {
		if n := len(now.items); n > 0 && now.items[n-1].to == 0 {
			now.items[n-1].to = i
		}
	}
	finish := func(i int) {
		closeItem(i)
		if len(now.items) > 0 {
			out = append(out, now)
		}
		now = numbered{}
	}
	for i, l := range ls {
		if i > 0 && !ls[i-1].End && !l.Page && !paper.Ends(ls[i-1].Text) {
			continue
		}
		if paper.IsImprint(l.Text) || paper.IsAttachmentMark(l) {
			finish(i)
			continue
		}
		if h := heading(ls, i); h != "" {
			closeItem(i)
			section = h
			if paper.SectionNumber(h) == 1 && !strings.HasPrefix(h, "（") {
				title = paper.TitleBefore(ls, i)
			}
			continue
		}
		n, rest, ok := paper.CutNumber(l.Text)
		if !ok || rest == "" && i+1 == len(ls) {
			continue
		}
		switch {
		case n == len(now.items)+1 && n > 1:
		case n == 1:
			finish(i)
			now.title = title
		default:
			continue
		}
		closeItem(i)
		now.items = append(now.items, listItem{no: strconv.Itoa(n), section: section, from: i})
	}
	finish(len(ls))
	return out
}

// heading is the heading 一、 or （一） that stands alone at line i.
func heading(ls []paper.Line, i int) string {
	l := ls[i]
	if !l.End && !(i+1 < len(ls) && ls[i+1].Page) || paper.SectionNumber(l.Text) == 0 || strings.ContainsAny(l.Text, "。；") {
		return ""
	}
	return paper.Squeeze(l.Text)
}

// itemReader reads one item of a list.
type itemReader struct {
	r        *Reader
	year     int
	w        *tally
	task     Task
	parts    []Part
	labelled bool // the part being read has its labels already
	shared   bool // the labels are for all parts, which have units of their own
	assigned bool // some units or leaders were named
}

// read makes a task of the lines of an item. The last item of a list ends with
// its last assignment, or with its first paragraph if it has none.
func (it *itemReader) read(ls []paper.Line, item listItem, last bool) Task {
	ps := paper.Paragraphs(ls)
	if last {
		keep := 1
		for i, p := range ps {
			if it.carriesDuty(paper.Squeeze(p.Text)) {
				keep = i + 1
			}
		}
		ps = ps[:keep]
	}
	it.task = newTask(item.no, item.section, "", paper.Span{})
	for i, p := range ps {
		text := paper.Squeeze(p.Text)
		it.w.print(text)
		if i == 0 {
			it.task.Lines = p.Span()
			_, rest, _ := paper.CutNumber(text)
			it.w.said(strings.TrimSuffix(text, rest))
			text = rest
		}
		it.task.Lines[1] = p.Span()[1]
		it.paragraph(text)
	}
	if len(it.parts) > 1 && it.several() {
		it.task.Parts = it.parts
	}
	it.task.Recurrence = append(due.Recurrences(it.task.Text), it.task.Recurrence...)
	if it.task.Recurrence == nil {
		it.task.Recurrence = []due.Recurrence{}
	}
	return it.task
}

// several reports whether more than one part has units of its own.
func (it *itemReader) several() bool {
	n := 0
	for _, p := range it.parts {
		if len(p.Lead)+len(p.Support)+len(p.Units) > 0 {
			n++
		}
	}
	return n > 1
}

// carriesDuty reports whether a paragraph has a label or assigns units.
func (it *itemReader) carriesDuty(text string) bool {
	if l, _ := it.r.cutLabel(text); l.kind != 0 {
		return true
	}
	return len(it.r.dutyBrackets(text)) > 0
}

func (it *itemReader) paragraph(text string) {
	if l, rest := it.r.cutLabel(text); l.kind != 0 {
		it.fields(l, rest)
		return
	}
	it.w.said(text)
	if it.task.Text != "" {
		it.task.Text += "\n"
	}
	it.task.Text += text
	if len(it.parts) == 0 || it.labelled {
		it.parts, it.labelled = append(it.parts, Part{}), false
	}
	from := 0
	for _, b := range it.r.dutyBrackets(text) {
		p := it.part()
		p.Text = joinText(p.Text, text[from:b.end])
		it.assign(p, b.duties)
		it.shared = true
		it.parts, from = append(it.parts, Part{}), b.end
	}
	if p := it.part(); from < len(text) && strings.Trim(text[from:], "。；，") != "" {
		p.Text = joinText(p.Text, text[from:])
	}
	if n := len(it.parts) - 1; it.parts[n].Text == "" {
		it.parts = it.parts[:n]
		it.labelled = true
	}
}

func (it *itemReader) part() *Part { return &it.parts[len(it.parts)-1] }

func joinText(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}

// assign gives units to a part and to the task.
func (it *itemReader) assign(p *Part, duties []duty) {
	for _, d := range duties {
		it.assigned = true
		switch d.kind {
		case leadLabel:
			p.Lead = append(p.Lead, d.units...)
			it.task.Lead = addUnits(it.task.Lead, d.units)
		case supportLabel:
			p.Support = append(p.Support, d.units...)
			it.task.Support = addUnits(it.task.Support, d.units)
		default:
			p.Units = append(p.Units, d.units...)
			it.task.Units = addUnits(it.task.Units, d.units)
		}
	}
}

// addUnits adds the units that a list lacks.
func addUnits(list, more []roster.UnitRef) []roster.UnitRef {
	for _, u := range more {
		if !slices.ContainsFunc(list, func(v roster.UnitRef) bool { return v.Name == u.Name && v.Scope == u.Scope }) {
			list = append(list, u)
		}
	}
	return list
}

// fields reads a paragraph that begins with a label. Where a line end was lost
// in print another label may stand inside it.
func (it *itemReader) fields(l label, rest string) {
	value := rest
	next, after, at := it.r.nextLabel(rest)
	if next.kind != 0 {
		value = rest[:at]
	}
	it.w.said(l.printed)
	if len(it.parts) == 0 {
		it.parts = append(it.parts, Part{})
	}
	p := it.part()
	switch l.kind {
	case leaderLabel:
		it.assigned = true
		for i, name := range strings.Split(value, "、") {
			if i > 0 {
				it.w.said("、")
			}
			if name != "" {
				it.task.Leaders = append(it.task.Leaders, Leader{Name: name})
				it.w.said(name)
			}
		}
	case leadLabel, supportLabel, unitsLabel:
		it.labelled = true
		units, glue := it.r.units.List(value)
		it.w.units(units, glue)
		if it.shared {
			p = &Part{}
		}
		it.assign(p, []duty{{l.kind, units}})
	case dueLabel:
		it.task.Due = due.Parse(value, it.year)
		if it.task.Due != nil {
			it.w.said(it.task.Due.Text)
			it.task.Recurrence = append(it.task.Recurrence, due.Continuous(it.task.Due.Text)...)
		}
	case locationLabel:
		for i, place := range strings.Split(value, "、") {
			if i > 0 {
				it.w.said("、")
			}
			it.w.said(place)
			if place == "" {
				continue
			}
			p.Locations = append(p.Locations, place)
			if !slices.Contains(it.task.Locations, place) {
				it.task.Locations = append(it.task.Locations, place)
			}
		}
	}
	if next.kind != 0 {
		it.fields(next, after)
	}
}
