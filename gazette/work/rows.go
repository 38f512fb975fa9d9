package work

import (
	"fmt"
	"slices"
	"strings"

	"quanxiang/gazette/due"
	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
	"quanxiang/gazette/table"
	"quanxiang/gov"
)

// Reader finds what is to be done: in tables of known layouts and in
// numbered text with known labels.
type Reader struct {
	units     *roster.Resolver
	tables    table.Reader
	labels    Labels
	duties    Duties
	taskLists []string
}

// New is a reader that knows the units, layouts and words of a
// district. TaskLists are the words with which the title of an attachment ends
// when its numbered paragraphs are tasks.
func New(units *roster.Resolver, layouts []table.Layout, labels Labels, duties Duties, taskLists []string) *Reader {
	return &Reader{units, table.NewReader(units, layouts), labels, duties, taskLists}
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

// Read finds the tables and task lists among the lines of the document with a
// number; deadlines that name no year are of the given one.
func (r *Reader) Read(ls []paper.Line, number string, year int) *found {
	d := &found{Tasks: []Task{}, Indicators: []Indicator{}, Projects: []Project{}, Checks: []Check{}, number: number, year: year}
	from := 0
	for i := 0; i < len(ls); i++ {
		t, end := r.tables.Read(ls, i, year)
		if t == nil {
			continue
		}
		start := i
		for start > from && ls[start-1].No >= t.Lines[0] {
			start--
		}
		r.readLists(d, ls[from:start])
		w := newTally()
		for _, l := range ls[start:end] {
			w.print(l.Text)
		}
		for k, h := range t.Heads {
			if k == 0 {
				w.said(h)
			} else {
				w.furniture(h)
			}
		}
		seen := map[string]bool{}
		for _, m := range t.Marks {
			if seen[m] {
				w.furniture(m)
			} else {
				w.said(m)
			}
			seen[m] = true
		}
		switch t.Layout.Kind {
		case table.TaskTable:
			r.tasks(d, t, w)
		case table.IndicatorTable:
			indicators(d, t, r.units, w)
		case table.ProjectTable:
			projects(d, t, r.units, w)
		}
		d.Checks = append(d.Checks, w.check(d, tableName(t), "table", t.Lines))
		i, from = end-1, end
	}
	r.readLists(d, ls[from:])
	return d
}

func tableName(t *table.Table) string {
	if t.Title != "" {
		return t.Title
	}
	return string(t.Layout.Kind)
}

// newTask is a task without empty lists that would read as unknown.
func newTask(no, section, text string, lines paper.Span) Task {
	return Task{No: no, Section: section, Text: text, Lines: lines, Leaders: []Leader{}, Lead: []roster.UnitRef{},
		Support: []roster.UnitRef{}, Units: []roster.UnitRef{}, Locations: []string{}, Recurrence: []due.Recurrence{}}
}

// tasks makes a task of every row, and of every sub-row where the table
// divides an item into sub-tasks.
func (r *Reader) tasks(d *found, t *table.Table, w *tally) {
	item, text := t.Col(table.RoleItem), t.Col(table.RoleText)
	for i := range t.Rows {
		row := &t.Rows[i]
		if row.Section == "" {
			row.Section = t.Title // tells the tasks of two tables apart
		}
		w.said(row.No)
		if item < 0 {
			d.Tasks = append(d.Tasks, r.task(d, t, w, row, -1, row.No, row.Text(text)))
			continue
		}
		head := newTask(row.No, row.Section, row.Text(item), row.Lines)
		w.said(head.Text)
		d.Tasks = append(d.Tasks, head)
		last := 0
		for _, c := range row.Cells[text] {
			last = max(last, c.Sub)
		}
		for sub := 0; sub <= last; sub++ {
			printed := subText(row, text, sub)
			n, rest, ok := paper.CutNumber(printed)
			if !ok || n != sub+1 {
				rest = printed
			}
			w.said(strings.TrimSuffix(printed, rest))
			d.Tasks = append(d.Tasks, r.task(d, t, w, row, sub, fmt.Sprintf("%s.%d", row.No, sub+1), rest))
		}
	}
}

// subText is the content of a column in one sub-row.
func subText(r *table.Row, col, sub int) string {
	var b strings.Builder
	for _, c := range r.Cells[col] {
		if c.Sub == sub {
			b.WriteString(c.Text)
		}
	}
	return b.String()
}

// task makes the task of a row, or of one of its sub-rows (sub >= 0).
func (r *Reader) task(d *found, t *table.Table, w *tally, row *table.Row, sub int, no, text string) Task {
	task := newTask(no, row.Section, text, row.Lines)
	w.said(text)
	for c, col := range t.Cols {
		cells := row.Cells[c]
		if sub >= 0 {
			cells = slices.DeleteFunc(slices.Clone(cells), func(x table.Cell) bool { return x.Sub != sub })
		}
		for _, x := range cells {
			if sub >= 0 {
				task.Lines = cover(task.Lines, x.Lines, col.Role == table.RoleText)
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
	task.Recurrence = append(task.Recurrence, due.Recurrences(text)...)
	return task
}

// cover widens a span; the first cell of a sub-row sets it.
func cover(s, by paper.Span, first bool) paper.Span {
	if first {
		return by
	}
	return paper.Span{min(s[0], by[0]), max(s[1], by[1])}
}

// field puts one cell into the task.
func field(task *Task, r *roster.Resolver, w *tally, role table.Role, x table.Cell, year int) {
	if x.Text == "/" {
		w.said(x.Text)
		return
	}
	switch role {
	case table.RoleLead, table.RoleSupport, table.RoleUnits:
		refs, glue := r.List(x.Text)
		if !x.Shared {
			w.units(refs, glue)
		}
		list := map[table.Role]*[]roster.UnitRef{table.RoleLead: &task.Lead, table.RoleSupport: &task.Support, table.RoleUnits: &task.Units}[role]
		*list = append(*list, refs...)
	case table.RoleDue:
		task.Due = due.Parse(x.Text, year)
		task.Recurrence = append(task.Recurrence, due.Continuous(task.Due.Text)...)
		if !x.Shared {
			w.said(x.Text)
		}
	case table.RoleNo, table.RoleText, table.RoleItem:
	default:
		if !x.Shared {
			w.said(x.Text)
		}
	}
}

// note annotates the source.
func (d *found) note(kind string, line int, zh, en string, args ...any) {
	d.Notes = append(d.Notes, Note{Kind: kind, Text: gov.Textf(zh, en, args...), Line: line})
}
