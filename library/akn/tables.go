package akn

import (
	"strings"

	"quanxiang/gazette"
	"quanxiang/library"
)

// tables writes the tasks, indicators and projects that the print keeps in
// tables of a part, since tables are not among its elements. It reports whether
// there were any.
func (e *exporter) tables(p *library.Part) bool {
	d := e.view.Content
	rows := map[library.Scope][]library.Item{}
	for _, it := range e.view.Items {
		if lines := itemLines(d, it); e.partAt(lines[0]) == p.ID && !e.told(lines) {
			rows[it.Scope] = append(rows[it.Scope], it)
		}
	}
	any := false
	for _, scope := range []library.Scope{library.TaskScope, library.IndicatorScope, library.ProjectScope} {
		if len(rows[scope]) == 0 {
			continue
		}
		any = true
		e.start("hcontainer", "eId", p.ID+"__"+scope.String()+"s", "name", scope.String()+"s")
		e.start("content")
		e.start("table", "eId", p.ID+"__"+scope.String()+"s__table")
		e.row("th", "", heads[scope])
		for _, it := range rows[scope] {
			e.row("td", it.Anchor, cells(d, it))
		}
		e.end()
		e.end()
		e.end()
	}
	return any
}

var heads = map[library.Scope][]string{
	library.TaskScope:      {"序号", "任务", "牵头单位", "配合单位", "责任单位", "时限"},
	library.IndicatorScope: {"序号", "目标", "指标", "单位", "基期值", "目标值", "说明", "责任单位"},
	library.ProjectScope:   {"序号", "类别", "类型", "街道", "名称", "地点", "规模", "投资", "开工", "预期", "来源"},
}

func cells(d *gazette.Document, it library.Item) []string {
	switch it.Scope {
	case library.TaskScope:
		t := d.Tasks[it.Seq]
		return []string{t.No, t.Text, unitList(t.Lead), unitList(t.Support), unitList(t.Units), it.Due}
	case library.IndicatorScope:
		n := d.Indicators[it.Seq]
		return []string{n.No, n.Goal, n.Name, n.Unit, n.Baseline, n.Target, n.Definition, unitList(n.Units)}
	default:
		p := d.Projects[it.Seq]
		return []string{p.No, p.Category, p.Type, strings.Join(p.Streets, "、"), p.Name, p.Place, p.Scale, p.Investment, p.Start, p.Expected, p.Source}
	}
}

func unitList(list []gazette.UnitRef) string {
	names := make([]string, len(list))
	for i, u := range list {
		names[i] = u.Name
	}
	return strings.Join(names, "、")
}

func (e *exporter) row(cell, id string, texts []string) {
	if id == "" {
		e.start("tr")
	} else {
		e.start("tr", "eId", id)
	}
	for _, t := range texts {
		e.start(cell)
		e.buf.WriteString("<p>")
		e.escape(t)
		e.buf.WriteString("</p>\n")
		e.end()
	}
	e.end()
}

func itemLines(d *gazette.Document, it library.Item) gazette.Span {
	switch it.Scope {
	case library.TaskScope:
		return d.Tasks[it.Seq].Lines
	case library.IndicatorScope:
		return d.Indicators[it.Seq].Lines
	default:
		return d.Projects[it.Seq].Lines
	}
}

// partAt is the ID of the part a line stands in: the last to begin before it.
func (e *exporter) partAt(line int) string {
	id := ""
	for i, p := range e.view.Parts {
		if i == 0 || p.Line > 0 && p.Line <= line {
			id = p.ID
		}
	}
	return id
}

// told reports whether running text stands on lines of an item, which then is
// no row of a table.
func (e *exporter) told(lines gazette.Span) bool {
	for _, n := range e.view.Content.Structure {
		if n.Type != gazette.AttachmentNode && n.Type != gazette.InstrumentNode && lines[0] <= n.Line && n.Line <= lines[1] {
			return true
		}
		for _, p := range n.Paragraphs {
			if p.Lines[0] <= lines[1] && lines[0] <= p.Lines[1] {
				return true
			}
		}
	}
	return false
}
