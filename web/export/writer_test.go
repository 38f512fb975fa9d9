package export_test

import (
	"bytes"
	"strconv"
	"testing"

	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// What is written row by row is what a reader of tables reads, in both formats, and
// no cell runs as a formula.
func TestWriter(t *testing.T) {
	t.Parallel()
	columns := []ui.Column{{Label: "名称"}, {Label: "数", Number: true}}
	for _, f := range []export.Format{export.CSV, export.XLSX} {
		var b bytes.Buffer
		w, err := export.NewWriter(&b, f, columns)
		must(t, err)
		for n := range 300 {
			must(t, w.Write([]ui.Cell{ui.TextCell("=虚构," + strconv.Itoa(n)), ui.TextCell(strconv.Itoa(n))}))
		}
		must(t, w.Close())
		if f == export.CSV && !bytes.Contains(b.Bytes(), []byte(`"'=虚构,0"`)) {
			t.Error("a cell begins like a formula")
		}
		rows, err := export.Read(b.Bytes())
		must(t, err)
		if len(rows) != 301 || rows[0][1] != "数" || rows[300][0] != "=虚构,299" || rows[300][1] != "299" {
			t.Errorf("%s: %d rows, the last %q", f, len(rows), rows[len(rows)-1])
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
