package gazette

import (
	"fmt"
	"slices"
	"strings"

	"quanxiang/gov"
)

// workReader finds what is to be done: in tables of known layouts and in
// numbered text with known labels.
type workReader struct {
	units     *resolver
	tables    tableReader
	labels    Labels
	duties    Duties
	taskLists []string
}

// newWorkReader is a reader that knows the units, layouts and words of a
// district. TaskLists are the words with which the title of an attachment ends
// when its numbered paragraphs are tasks.
func newWorkReader(units *resolver, layouts []Layout, labels Labels, duties Duties, taskLists []string) *workReader {
	return &workReader{units, tableReader{units, layouts}, labels, duties, taskLists}
}

// found is the work found in one document, with one Check for each table and
// list.
type found struct {
	Tasks      []Task
	Indicators []Indicator
	Projects   []Project
	Checks     []Check
	Notes      []Note
	number     string
	year       int
}

// read finds the tables and task lists among the lines of the document with a
// number; deadlines that name no year are of the given one.
func (r *workReader) read(ls []line, number string, year int) *found {
	d := &found{Tasks: []Task{}, Indicators: []Indicator{}, Projects: []Project{}, Checks: []Check{}, number: number, year: year}
	from := 0
	for i := 0; i < len(ls); i++ {
		t, end := r.tables.read(ls, i, year)
		if t == nil {
			continue
		}
		start := i
		for start > from && ls[start-1].no >= t.lines[0] {
			start--
		}
		r.readLists(d, ls[from:start])
		w := newTally()
		for _, l := range ls[start:end] {
			w.print(l.text)
		}
		for k, h := range t.heads {
			if k == 0 {
				w.said(h)
			} else {
				w.furniture(h)
			}
		}
		seen := map[string]bool{}
		for _, m := range t.marks {
			if seen[m] {
				w.furniture(m)
			} else {
				w.said(m)
			}
			seen[m] = true
		}
		switch t.layout.Kind {
		case TaskTable:
			r.tasks(d, t, w)
		case IndicatorTable:
			indicators(d, t, r.units, w)
		case ProjectTable:
			projects(d, t, r.units, w)
		}
		d.Checks = append(d.Checks, w.check(d, tableName(t), "table", t.lines))
		i, from = end-1, end
	}
	r.readLists(d, ls[from:])
	return d
}

func tableName(t *table) string {
	if t.title != "" {
		return t.title
	}
	return string(t.layout.Kind)
}

// newTask is a task without empty lists that would read as unknown.
func newTask(no, section, text string, lines Span) Task {
	return Task{No: no, Section: section, Text: text, Lines: lines, Leaders: []Leader{}, Lead: []UnitRef{},
		Support: []UnitRef{}, Units: []UnitRef{}, Locations: []string{}, Recurrence: []Recurrence{}}
}

// tasks makes a task of every row, and of every sub-row where the table
// divides an item into sub-tasks.
func (r *workReader) tasks(d *found, t *table, w *tally) {
	item, text := t.col(RoleItem), t.col(RoleText)
	for i := range t.rows {
		row := &t.rows[i]
		if row.section == "" {
			row.section = t.title // tells the tasks of two tables apart
		}
		w.said(row.no)
		if item < 0 {
			d.Tasks = append(d.Tasks, r.task(d, t, w, row, -1, row.no, row.text(text)))
			continue
		}
		head := newTask(row.no, row.section, row.text(item), row.lines)
		w.said(head.Text)
		d.Tasks = append(d.Tasks, head)
		last := 0
		for _, c := range row.cells[text] {
			last = max(last, c.sub)
		}
		for sub := 0; sub <= last; sub++ {
			printed := subText(row, text, sub)
			n, rest, ok := cutNumber(printed)
			if !ok || n != sub+1 {
				rest = printed
			}
			w.said(strings.TrimSuffix(printed, rest))
			d.Tasks = append(d.Tasks, r.task(d, t, w, row, sub, fmt.Sprintf("%s.%d", row.no, sub+1), rest))
		}
	}
}

// subText is the content of a column in one sub-row.
func subText(r *tableRow, col, sub int) string {
	var b strings.Builder
	for _, c := range r.cells[col] {
		if c.sub == sub {
			b.WriteString(c.text)
		}
	}
	return b.String()
}

// task makes the task of a row, or of one of its sub-rows (sub >= 0).
func (r *workReader) task(d *found, t *table, w *tally, row *tableRow, sub int, no, text string) Task {
	task := newTask(no, row.section, text, row.lines)
	w.said(text)
	for c, col := range t.cols {
		cells := row.cells[c]
		if sub >= 0 {
			cells = slices.DeleteFunc(slices.Clone(cells), func(x cell) bool { return x.sub != sub })
		}
		for _, x := range cells {
			if sub >= 0 {
				task.Lines = cover(task.Lines, x.lines, col.Role == RoleText)
			}
			field(&task, r.units, w, col.Role, x, d.year)
		}
	}
	if before := len(d.Tasks) - 1; sub > 0 && len(task.Lead) == 0 && len(task.Units) == 0 && before >= 0 {
		above := &d.Tasks[before]
		task.Lead, task.Support, task.Units = above.Lead, above.Support, above.Units
		d.note("layout", task.Lines[0], "第%[1]s项的责任单位格为空，按与上一行合并的单元格处理",
			"the responsible units of item %[1]s are blank; read as a cell merged with the row above", no)
	}
	task.Recurrence = append(task.Recurrence, recurrences(text)...)
	return task
}

// cover widens a span; the first cell of a sub-row sets it.
func cover(s, by Span, first bool) Span {
	if first {
		return by
	}
	return Span{min(s[0], by[0]), max(s[1], by[1])}
}

// field puts one cell into the task.
func field(task *Task, r *resolver, w *tally, role Role, x cell, year int) {
	if x.text == "/" {
		w.said(x.text)
		return
	}
	switch role {
	case RoleLead, RoleSupport, RoleUnits:
		refs, glue := r.list(x.text)
		if !x.shared {
			w.units(refs, glue)
		}
		list := map[Role]*[]UnitRef{RoleLead: &task.Lead, RoleSupport: &task.Support, RoleUnits: &task.Units}[role]
		*list = append(*list, refs...)
	case RoleDue:
		task.Due = parseDue(x.text, year)
		task.Recurrence = append(task.Recurrence, continuous(task.Due.Text)...)
		if !x.shared {
			w.said(x.text)
		}
	case RoleNo, RoleText, RoleItem:
	default:
		if !x.shared {
			w.said(x.text)
		}
	}
}

// note annotates the source.
func (d *found) note(kind string, line int, zh, en string, args ...any) {
	d.Notes = append(d.Notes, Note{Kind: kind, Text: gov.Textf(zh, en, args...), Line: line})
}
