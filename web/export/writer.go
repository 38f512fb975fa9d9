package export

import (
	"encoding/csv"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"quanxiang/gov"
	"quanxiang/web/ui"
)

// MaxSheet is how many rows behind its head a workbook's sheet has room for.
const MaxSheet = excelize.TotalRows - 1

// Attach sets the header of an answer that is a file called name with the format's
// extension.
func Attach(w http.ResponseWriter, f Format, name string) {
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	if f == XLSX {
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + "." + string(f)}))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
}

// Writer writes a table of any length row by row. CSV goes out as it is written; of a
// workbook what does not fit into memory waits in a temporary file until Close.
type Writer struct {
	csv     *csv.Writer
	out     io.Writer
	book    *excelize.File
	sheet   *excelize.StreamWriter
	columns []ui.Column
	styles  styles
	rows    int
	cells   []string
}

// NewWriter begins a table with its head.
func NewWriter(out io.Writer, f Format, columns []ui.Column) (*Writer, error) {
	w := &Writer{out: out, columns: columns, cells: make([]string, len(columns))}
	for i, c := range columns {
		w.cells[i] = c.Label
	}
	if f != XLSX {
		if _, err := io.WriteString(out, bom); err != nil {
			return nil, err
		}
		w.csv = csv.NewWriter(out)
		w.csv.UseCRLF = true
		return w, w.csv.Write(w.cells)
	}
	w.book = excelize.NewFile()
	bold, err := w.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Border: []excelize.Border{{Type: "bottom", Color: "000000", Style: 2}}})
	if err != nil {
		return nil, err
	}
	if w.styles, err = newStyles(w.book, nil); err != nil {
		return nil, err
	}
	if w.sheet, err = w.book.NewStreamWriter(w.book.GetSheetName(0)); err != nil {
		return nil, err
	}
	head := make([]any, len(columns))
	for i, c := range slices.Backward(columns) { // excelize puts the newest width first
		head[i] = excelize.Cell{Value: c.Label, StyleID: bold}
		if err := w.sheet.SetColWidth(i+1, i+1, width(ui.Table{Columns: columns}, i)*2); err != nil {
			return nil, err
		}
	}
	if err := w.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	return w, w.sheet.SetRow("A1", head)
}

// Write writes a row.
func (w *Writer) Write(cells []ui.Cell) error {
	w.rows++
	if w.csv != nil {
		for i, c := range cells {
			w.cells[i] = Harmless(c.Plain())
		}
		return w.csv.Write(w.cells)
	}
	if w.rows > MaxSheet {
		return gov.Errorf(gov.TooLarge, "工作表最多 %d 行，请改用 CSV", "a sheet has at most %d rows; take CSV", MaxSheet)
	}
	row := make([]any, len(cells))
	for i, c := range cells {
		row[i] = w.styles.cell(w.columns[i], c)
	}
	return w.sheet.SetRow("A"+strconv.Itoa(w.rows+1), row)
}

// Close ends the table.
func (w *Writer) Close() error {
	if w.csv != nil {
		w.csv.Flush()
		return w.csv.Error()
	}
	if err := w.sheet.Flush(); err != nil {
		return err
	}
	if err := w.book.Write(w.out); err != nil {
		return err
	}
	return w.book.Close()
}
