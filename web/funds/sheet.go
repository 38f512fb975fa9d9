package funds

import (
	"bytes"

	"quanxiang/support/fund"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// Sheets writes the file for the finance system and reads its answer, as every table of
// the product is written and read.
type Sheets struct{}

var _ fund.Sheets = Sheets{}

// Write implements fund.Sheets.
func (Sheets) Write(format string, columns []fund.Column, rows [][]string) ([]byte, error) {
	heads := make([]ui.Column, len(columns))
	for i, c := range columns {
		heads[i] = ui.Column{Label: c.Label, Number: c.Number}
	}
	var b bytes.Buffer
	w, err := export.NewWriter(&b, export.Format(format), heads)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		cells := make([]ui.Cell, len(r))
		for i, s := range r {
			cells[i] = ui.TextCell(s)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return b.Bytes(), err
}

// Read implements fund.Sheets.
func (Sheets) Read(data []byte) ([][]string, error) { return export.Read(data) }
