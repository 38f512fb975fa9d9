// Package export is the one way out for tables: the rows of a page as CSV for
// any program and XLSX for office software.
package export

import (
	"bytes"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"quanxiang/web/ui"
)

// Format is a file format.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// FormatOf is the format an address asks for, "" for none.
func FormatOf(p string) Format {
	switch f := Format(strings.TrimPrefix(path.Ext(p), ".")); f {
	case CSV, XLSX:
		return f
	}
	return ""
}

// Links are the CSV and XLSX of the list a request shows: the same filters, and
// all of its pieces.
func Links(r *http.Request, path string) []ui.Link {
	q := r.URL.Query()
	q.Del("after")
	q.Del("lang")
	tail := ""
	if len(q) > 0 {
		tail = "?" + q.Encode()
	}
	return []ui.Link{{Href: path + "." + string(CSV) + tail, Label: "CSV"}, {Href: path + "." + string(XLSX) + tail, Label: "XLSX"}}
}

// Send writes the table as a download called name with the format's extension.
// Further tables become sheets of a workbook, by their captions; CSV has room
// for one.
func Send(w http.ResponseWriter, f Format, name string, t ui.Table, more ...ui.Table) error {
	var body []byte
	var err error
	if f == XLSX {
		body, err = xlsx(t, more)
	} else {
		body, err = commaSeparated(t)
	}
	if err != nil {
		return fmt.Errorf("export %s: %w", name, err)
	}
	Attach(w, f, name)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the reader may have left; the file was complete
	return nil
}

// bom makes spreadsheet programs read the file as UTF-8.
const bom = "\ufeff"

func commaSeparated(t ui.Table) ([]byte, error) {
	var b bytes.Buffer
	w, err := NewWriter(&b, CSV, t.Columns)
	if err != nil {
		return nil, err
	}
	for _, r := range t.Rows {
		if err := w.Write(r.Cells); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return b.Bytes(), err
}

// Harmless keeps a spreadsheet from running a cell as a formula (OWASP, CSV
// injection): a cell that begins like one, and is no number, is led by an
// apostrophe.
func Harmless(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

// widths of columns in characters.
const (
	minWidth = 8
	maxWidth = 60
)

func xlsx(first ui.Table, more []ui.Table) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f, f.GetSheetName(0), first); err != nil {
		return nil, err
	}
	for _, t := range more {
		if _, err := f.NewSheet(t.Caption); err != nil {
			return nil, err
		}
		if err := fill(f, t.Caption, t); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	err := f.Write(&b)
	return b.Bytes(), err
}

// fill writes a table into a sheet.
func fill(f *excelize.File, sheet string, t ui.Table) error {
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Border: []excelize.Border{{Type: "bottom", Color: "000000", Style: 2}}})
	if err != nil {
		return err
	}
	styles, err := newStyles(f, &excelize.Alignment{WrapText: true, Vertical: "top"})
	if err != nil {
		return err
	}
	s, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i, c := range slices.Backward(t.Columns) { // excelize puts the newest width first
		head[i] = excelize.Cell{Value: c.Label, StyleID: bold}
		if err := s.SetColWidth(i+1, i+1, width(t, i)); err != nil {
			return err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := s.SetRow("A1", head); err != nil {
		return err
	}
	for i, r := range t.Rows {
		cells := make([]any, len(r.Cells))
		for j, c := range r.Cells {
			cells[j] = styles.cell(t.Columns[j], c)
		}
		if err := s.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	return s.Flush()
}

// styles are how the cells of a workbook below its head look.
type styles struct{ text, day, minute, share int }

func newStyles(f *excelize.File, a *excelize.Alignment) (s styles, err error) {
	for _, x := range []struct {
		to     *int
		format string
	}{{&s.text, ""}, {&s.share, "0.00%"}, {&s.day, "yyyy-mm-dd"}, {&s.minute, "yyyy-mm-dd hh:mm"}} {
		style := &excelize.Style{Alignment: a}
		if x.format != "" {
			style.CustomNumFmt = &x.format
		}
		if *x.to, err = f.NewStyle(style); err != nil {
			return s, err
		}
	}
	return s, nil
}

// cell is a number or a share where the column holds numbers and the cell is one, and
// a day or an instant where it is written as one, so that office software sorts and filters by
// them; everything else is text.
func (s styles) cell(c ui.Column, cell ui.Cell) excelize.Cell {
	text := cell.Plain()
	if c.Number {
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return excelize.Cell{Value: n, StyleID: s.text}
		}
		if share, ok := strings.CutSuffix(text, "%"); ok {
			if n, err := strconv.ParseFloat(share, 64); err == nil {
				return excelize.Cell{Value: n / 100, StyleID: s.share}
			}
		}
	}
	for _, x := range []struct {
		layout string
		style  int
	}{{time.DateOnly, s.day}, {"2006-01-02 15:04", s.minute}} {
		if len(text) != len(x.layout) {
			continue
		}
		if t, err := time.Parse(x.layout, text); err == nil && t.Year() > 1900 { // where the days of workbooks begin
			return excelize.Cell{Value: t, StyleID: x.style}
		}
	}
	return excelize.Cell{Value: text, StyleID: s.text}
}

// width fits the longest line of a column, a Han character counting double.
func width(t ui.Table, column int) float64 {
	longest := minWidth
	measure := func(s string) {
		n := 2
		for _, r := range s {
			n++
			if r > 0x2e7f {
				n++
			}
		}
		longest = max(longest, n)
	}
	measure(t.Columns[column].Label)
	for _, r := range t.Rows {
		measure(r.Cells[column].Plain())
	}
	return float64(min(longest, maxWidth))
}
