package console

import (
	"net/http"
	"slices"

	"quanxiang/policy"
	"quanxiang/web/ui"
)

// matrixView says which role may do what.
type matrixView struct {
	Head   head
	Matrix ui.Table
	Roles  ui.Table
	Pack   string
}

func (c *Console) matrix(v visit) error {
	n, err := c.Office.Numbers(v.ctx(), v.by)
	if err != nil {
		return err
	}
	view := matrixView{Head: headOf(v, "matrix"), Roles: c.rolesTable(v, n), Pack: v.m.T("console.matrix.pack", "version", c.Pack.Version)}
	view.Matrix = ui.Table{ID: "matrix", Caption: v.m.T("console.matrix.title"), Columns: []ui.Column{{Label: v.m.T("console.field.act"), Main: true}}}
	for _, r := range c.Pack.Roles {
		view.Matrix.Columns = append(view.Matrix.Columns, ui.Column{Label: r.Name.In(v.lang())})
	}
	for _, a := range policy.Acts() {
		row := ui.TableRow{Cells: []ui.Cell{ui.TextCell(a.Name().In(v.lang()))}}
		for _, r := range c.Pack.Roles {
			cell := ui.Cell{}
			if slices.Contains(r.Grants, a) {
				cell.Text = v.m.Of("console.reach.", r.Scope)
			}
			row.Cells = append(row.Cells, cell)
		}
		view.Matrix.Rows = append(view.Matrix.Rows, row)
	}
	return c.pages.matrix.Render(v.w, v.Request, http.StatusOK, frame(v.m.T("console.matrix.title")), view)
}
