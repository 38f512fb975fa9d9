package export

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quanxiang/gov"
	"quanxiang/web/ui"
)

func sample() ui.Table {
	return ui.Table{
		Columns: []ui.Column{{Label: "序号"}, {Label: "任务"}, {Label: "投资", Number: true}},
		Rows: []ui.TableRow{
			{Cells: []ui.Cell{ui.TextCell("1"), {Links: []ui.Link{{Label: "区民政局", Note: "登记"}, {Label: "区残联"}}}, ui.TextCell("3200")}},
			{Cells: []ui.Cell{ui.TextCell("2"), ui.TextCell(`=HYPERLINK("x")`), ui.TextCell("待测算")}},
			{Cells: []ui.Cell{ui.TextCell("3"), ui.TextCell("引号\"和,逗号"), ui.TextCell("-5.5")}},
		},
	}
}

// Spreadsheets need the byte order mark to read UTF-8, and must not run a cell
// as a formula; negative numbers stay numbers.
func TestCSV(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if err := Send(w, CSV, "tasks", sample()); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff序号,任务,投资\r\n1,区民政局（登记）、区残联,3200\r\n2,\"'=HYPERLINK(\"\"x\"\")\",待测算\r\n3,\"引号\"\"和,逗号\",-5.5\r\n"
	if diff := cmp.Diff(want, w.Body.String()); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
	if got, want := w.Header().Get("Content-Disposition"), "attachment; filename=tasks.csv"; got != want {
		t.Errorf("disposition %q, want %q", got, want)
	}
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if err := Send(w, XLSX, "tasks", sample()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"序号", "任务", "投资"}, {"1", "区民政局（登记）、区残联", "3200"}, {"2", `=HYPERLINK("x")`, "待测算"}, {"3", "引号\"和,逗号", "-5.5"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("XLSX (-want +got):\n%s", diff)
	}
	// A figure is a number one can add up; what begins like a formula is text.
	if kind, _ := f.GetCellType(f.GetSheetName(0), "C2"); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
		t.Errorf("C2 is of type %v, want a number", kind)
	}
	if formula, _ := f.GetCellFormula(f.GetSheetName(0), "B3"); formula != "" {
		t.Errorf("B3 holds the formula %q", formula)
	}
}

// Days, instants and shares are what office software sorts and filters by, not text that
// looks like it; what was sent is read as it was.
func TestDays(t *testing.T) {
	t.Parallel()
	columns := []ui.Column{{Label: "期限"}, {Label: "时间"}, {Label: "起止"}, {Label: "年份", Number: true}, {Label: "按期率", Number: true}}
	cells := []ui.Cell{{Date: gov.Date{Year: 2016, Month: 12, Day: 31}}, ui.TextCell("2026-11-29 08:05"), {Date: gov.Date{Year: 2016, Month: 12, Day: 1}, Until: gov.Date{Year: 2016, Month: 12, Day: 31}}, ui.TextCell("1896-01-05"), ui.TextCell("66.67%")}
	w := httptest.NewRecorder()
	if err := Send(w, XLSX, "days", ui.Table{Columns: columns, Rows: []ui.TableRow{{Cells: cells}}}); err != nil {
		t.Fatal(err)
	}
	var streamed bytes.Buffer
	s, err := NewWriter(&streamed, XLSX, columns)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Write(cells), s.Close()); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"sent": w.Body.Bytes(), "streamed": streamed.Bytes()} {
		f, err := excelize.OpenReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		sheet := f.GetSheetName(0)
		if w, err := f.GetColWidth(sheet, "C"); err != nil || w < 8 || w == 9.140625 {
			t.Errorf("%s: column C is %v wide (%v)", name, w, err)
		}
		for cell, want := range map[string]string{"A2": "42735", "B2": "46355.336805555555", "C2": "2016-12-01、2016-12-31", "D2": "1896-01-05", "E2": "0.666700000000000"} {
			if got, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true}); err != nil || got != want {
				t.Errorf("%s: %s holds %q, want %q (%v)", name, cell, got, want, err)
			}
		}
		got, err := Read(b)
		if diff := cmp.Diff([]string{"2016-12-31", "2026-11-29 08:05", "2016-12-01、2016-12-31", "1896-01-05", "66.67%"}, got[1]); err != nil || diff != "" {
			t.Errorf("%s: read again (-want +got):\n%s%v", name, diff, err)
		}
	}
}
