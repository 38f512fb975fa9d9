package work

import (
	"strings"

	"quanxiang/gazette/due"
	"quanxiang/gazette/paper"
)

// readTitled reads attachments whose title says that their numbered paragraphs
// are tasks, although they name nobody.
func (r *Reader) readTitled(d *found, ls []paper.Line) {
	for i := range ls {
		if !paper.IsAttachmentMark(ls[i]) {
			continue
		}
		title, from := titleAfter(ls, i+1)
		if !r.isTaskList(title) {
			continue
		}
		items := ordinalItems(ls, from, title)
		if len(items) < 3 {
			continue
		}
		w := newTally()
		for _, item := range items {
			task := newTask(item.no, item.section, "", paper.Span{ls[item.from].No, ls[item.to-1].No})
			for k, p := range paper.Paragraphs(ls[item.from:item.to]) {
				text := paper.Squeeze(p.Text)
				w.print(text)
				if k == 0 {
					text = strings.TrimPrefix(text, item.no+"、")
					w.said(item.no, "、")
				}
				w.said(text)
				task.Text = joinText(task.Text, text)
			}
			task.Recurrence = append(task.Recurrence, due.Recurrences(task.Text)...)
			d.Tasks = append(d.Tasks, task)
		}
		d.Checks = append(d.Checks, w.check(d, title, "list", paper.Span{ls[items[0].from].No, ls[items[len(items)-1].to-1].No}))
	}
}

// titleAfter is the title under the mark of an attachment: the lines up to the
// first numbered paragraph, six at most.
func titleAfter(ls []paper.Line, i int) (title string, next int) {
	for ; i < len(ls) && next < 6; i, next = i+1, next+1 {
		if n, size := paper.ChineseNumber(ls[i].Text); n == 1 && strings.HasPrefix(ls[i].Text[size:], "、") {
			return title, i
		}
		title += paper.Squeeze(ls[i].Text)
	}
	return "", i
}

func (r *Reader) isTaskList(title string) bool {
	for _, end := range r.taskLists {
		if end != "" && strings.HasSuffix(title, end) {
			return true
		}
	}
	return false
}

// ordinalItems parts lines at the paragraphs numbered 一、二、三、 ...
func ordinalItems(ls []paper.Line, from int, section string) []listItem {
	var items []listItem
	for i := from; i < len(ls); i++ {
		if paper.IsImprint(ls[i].Text) || paper.IsAttachmentMark(ls[i]) {
			break
		}
		if n, size := paper.ChineseNumber(ls[i].Text); n == len(items)+1 && strings.HasPrefix(ls[i].Text[size:], "、") && (i == from || ls[i-1].End || ls[i].Page) {
			items = append(items, listItem{no: ls[i].Text[:size], section: section, from: i})
		}
		if n := len(items); n > 0 {
			items[n-1].to = i + 1
		}
	}
	for i := range len(items) - 1 {
		items[i].to = items[i+1].from
	}
	return items
}
