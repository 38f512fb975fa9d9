package export

import (
	"bytes"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

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
