package gazette

import (
	"strings"
)

// readTitled reads attachments whose title says that their numbered paragraphs
// are tasks, although they name nobody.
func (r *workReader) readTitled(d *found, ls []line) {
	for i := range ls {
		if !isAttachmentMark(ls[i]) {
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
			task := newTask(item.no, item.section, "", Span{ls[item.from].no, ls[item.to-1].no})
			for k, p := range paragraphs(ls[item.from:item.to]) {
				text := squeeze(p.text)
				w.print(text)
				if k == 0 {
					text = strings.TrimPrefix(text, item.no+"、")
					w.said(item.no, "、")
				}
				w.said(text)
				task.Text = joinText(task.Text, text)
			}
			task.Recurrence = append(task.Recurrence, recurrences(task.Text)...)
			d.Tasks = append(d.Tasks, task)
		}
		d.Checks = append(d.Checks, w.check(d, title, "list", Span{ls[items[0].from].no, ls[items[len(items)-1].to-1].no}))
	}
}

// titleAfter is the title under the mark of an attachment: the lines up to the
// first numbered paragraph, six at most.
func titleAfter(ls []line, i int) (title string, next int) {
	for ; i < len(ls) && next < 6; i, next = i+1, next+1 {
		if n, size := chineseNumber(ls[i].text); n == 1 && strings.HasPrefix(ls[i].text[size:], "、") {
			return title, i
		}
		title += squeeze(ls[i].text)
	}
	return "", i
}

func (r *workReader) isTaskList(title string) bool {
	for _, end := range r.taskLists {
		if end != "" && strings.HasSuffix(title, end) {
			return true
		}
	}
	return false
}

// ordinalItems parts lines at the paragraphs numbered 一、二、三、 ...
func ordinalItems(ls []line, from int, section string) []listItem {
	var items []listItem
	for i := from; i < len(ls); i++ {
		if isImprint(ls[i].text) || isAttachmentMark(ls[i]) {
			break
		}
		if n, size := chineseNumber(ls[i].text); n == len(items)+1 && strings.HasPrefix(ls[i].text[size:], "、") && (i == from || ls[i-1].end || ls[i].page) {
			items = append(items, listItem{no: ls[i].text[:size], section: section, from: i})
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
