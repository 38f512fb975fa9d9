package work

import (
	"slices"
	"strings"

	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
	"quanxiang/gazette/table"
)

// projects makes a project of every row.
func projects(d *found, t *table.Table, r *roster.Resolver, w *tally) {
	source := ""
	for i := range t.Rows {
		row := &t.Rows[i]
		p := Project{No: row.No, Category: withoutNumber(row.Section), Streets: []string{}, Lines: row.Lines}
		w.said(row.No)
		for c, col := range t.Cols {
			if c == t.No {
				continue
			}
			var values []string
			for _, x := range row.Cells[c] {
				values = append(values, x.Text)
				if !x.Shared {
					w.said(x.Text)
				}
			}
			text := strings.Join(compactStrings(values), "；")
			switch col.Role {
			case table.RoleType:
				p.Type = text
			case table.RoleStreets:
				p.Streets = r.StreetList(text)
				if strings.Join(p.Streets, "、") != text {
					p.StreetsRaw = text
				}
			case table.RoleName:
				p.Name = text
			case table.RolePlace:
				p.Place = text
			case table.RoleScale:
				p.Scale = text
			case table.RoleInvestment:
				p.Investment = text
			case table.RoleStart:
				p.Start = text
			case table.RoleExpected:
				p.Expected = text
			case table.RoleSource:
				p.Source = resolveDitto(values, source)
				if source = p.Source; text != p.Source {
					p.SourceRaw = text
				}
				if len(values) > 1 {
					d.note("layout", row.Lines[0], "第%[1]s项的“启动”“进度”“来源”等格在本行内重复印了%[2]d次，相同的只取一次",
						"row %[1]s prints its last cells %[2]d times; equal ones are kept once", row.No, len(values))
				}
			}
		}
		d.Projects = append(d.Projects, p)
	}
}

// withoutNumber is a section heading without （一） or 一、.
func withoutNumber(s string) string {
	rest := strings.TrimLeft(s, "（(")
	if _, size := paper.ChineseNumber(rest); size > 0 {
		return strings.TrimLeft(rest[size:], "、）)")
	}
	return s
}

// compactStrings keeps each value once, in order.
func compactStrings(values []string) []string {
	var out []string
	for _, v := range values {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// resolveDitto replaces 同上 by the value above it; words that follow it stay.
func resolveDitto(values []string, above string) string {
	var out []string
	for _, v := range values {
		if rest, ok := strings.CutPrefix(v, table.Ditto); ok {
			v = above + rest
		}
		above = v
		out = append(out, v)
	}
	return strings.Join(compactStrings(out), "；")
}
