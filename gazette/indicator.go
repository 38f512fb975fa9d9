package gazette

// indicators makes an indicator of every row.
func indicators(d *found, t *table, r *resolver, w *tally) {
	for i := range t.rows {
		row := &t.rows[i]
		ind := Indicator{No: row.no, Units: []UnitRef{}, Lines: row.lines}
		w.said(row.no)
		for c, col := range t.cols {
			text := row.text(c)
			own := len(row.cells[c]) > 0 && !row.cells[c][0].shared
			switch col.Role {
			case RoleGoal:
				ind.Goal = text
			case RoleSubgoal:
				ind.Subgoal = text
			case RoleName:
				ind.Name = text
			case RoleUnit:
				ind.Unit = text
			case RoleBaseline:
				ind.Baseline = text
			case RoleTarget:
				ind.Target = text
			case RoleDefinition:
				ind.Definition = text
			case RoleComparison:
				ind.Comparison = text
			case RoleUnits:
				own = own && text == "/"
				for _, x := range row.cells[c] {
					if x.text == "/" {
						continue
					}
					refs, glue := r.list(x.text)
					ind.Units = append(ind.Units, refs...)
					if !x.shared {
						w.units(refs, glue)
					}
				}
			}
			if own && c != t.no {
				w.said(text)
			}
		}
		d.Indicators = append(d.Indicators, ind)
	}
}
