package work

import (
	"quanxiang/gazette/roster"
	"quanxiang/gazette/table"
)

// indicators makes an indicator of every row.
func indicators(d *found, t *table.Table, r *roster.Resolver, w *tally) {
	for i := range t.Rows {
		row := &t.Rows[i]
		ind := Indicator{No: row.No, Units: []roster.UnitRef{}, Lines: row.Lines}
		w.said(row.No)
		for c, col := range t.Cols {
			text := row.Text(c)
			own := len(row.Cells[c]) > 0 && !row.Cells[c][0].Shared
			switch col.Role {
			case table.RoleGoal:
				ind.Goal = text
			case table.RoleSubgoal:
				ind.Subgoal = text
			case table.RoleName:
				ind.Name = text
			case table.RoleUnit:
				ind.Unit = text
			case table.RoleBaseline:
				ind.Baseline = text
			case table.RoleTarget:
				ind.Target = text
			case table.RoleDefinition:
				ind.Definition = text
			case table.RoleComparison:
				ind.Comparison = text
			case table.RoleUnits:
				own = own && text == "/"
				for _, x := range row.Cells[c] {
					if x.Text == "/" {
						continue
					}
					refs, glue := r.List(x.Text)
					ind.Units = append(ind.Units, refs...)
					if !x.Shared {
						w.units(refs, glue)
					}
				}
			}
			if own && c != t.No {
				w.said(text)
			}
		}
		d.Indicators = append(d.Indicators, ind)
	}
}
