package gazette

import (
	"slices"
	"strings"
)

// projects makes a project of every row.
func projects(d *found, t *table, r *resolver, w *tally) {
	source := ""
	for i := range t.rows {
		row := &t.rows[i]
		p := Project{No: row.no, Category: withoutNumber(row.section), Streets: []string{}, Lines: row.lines}
		w.said(row.no)
		for c, col := range t.cols {
			if c == t.no {
				continue
			}
			var values []string
			for _, x := range row.cells[c] {
				values = append(values, x.text)
				if !x.shared {
					w.said(x.text)
				}
			}
			text := strings.Join(compactStrings(values), "；")
			switch col.Role {
			case RoleType:
				p.Type = text
			case RoleStreets:
				p.Streets = r.streetList(text)
				if strings.Join(p.Streets, "、") != text {
					p.StreetsRaw = text
				}
			case RoleName:
				p.Name = text
			case RolePlace:
				p.Place = text
			case RoleScale:
				p.Scale = text
			case RoleInvestment:
				p.Investment = text
			case RoleStart:
				p.Start = text
			case RoleExpected:
				p.Expected = text
			case RoleSource:
				p.Source = resolveDitto(values, source)
				if source = p.Source; text != p.Source {
					p.SourceRaw = text
				}
				if len(values) > 1 {
					d.note("layout", row.lines[0], "第%[1]s项的“启动”“进度”“来源”等格在本行内重复印了%[2]d次，相同的只取一次",
						"row %[1]s prints its last cells %[2]d times; equal ones are kept once", row.no, len(values))
				}
			}
		}
		d.Projects = append(d.Projects, p)
	}
}

// withoutNumber is a section heading without （一） or 一、.
func withoutNumber(s string) string {
	rest := strings.TrimLeft(s, "（(")
	if _, size := chineseNumber(rest); size > 0 {
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
		if rest, ok := strings.CutPrefix(v, ditto); ok {
			v = above + rest
		}
		above = v
		out = append(out, v)
	}
	return strings.Join(compactStrings(out), "；")
}
