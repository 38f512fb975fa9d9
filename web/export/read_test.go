package export

import (
	"archive/zip"
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"quanxiang/gov"
)

// What goes out comes back in, in either format.
func TestReadWhatWasSent(t *testing.T) {
	t.Parallel()
	want := [][]string{{"序号", "任务", "投资"}, {"1", "区民政局（登记）、区残联", "3200"}, {"2", `=HYPERLINK("x")`, "待测算"}, {"3", "引号\"和,逗号", "-5.5"}}
	for _, f := range []Format{CSV, XLSX} {
		w := httptest.NewRecorder()
		if err := Send(w, f, "tasks", sample()); err != nil {
			t.Fatal(err)
		}
		got, err := Read(w.Body.Bytes())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s (-want +got): %v\n%s", f, err, diff)
		}
	}
}

func TestReadText(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("任务名称,备注\r\n整治街巷,'引号\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string][][]string{
		gb:                       {{"任务名称", "备注"}, {"整治街巷", "'引号"}},
		"a\tb\n1,5\t2\n":         {{"a", "b"}, {"1,5", "2"}},
		"a,b\n1\n\"x\ny\",2,3\n": {{"a", "b"}, {"1"}, {"x\ny", "2", "3"}},
		"":                       nil,
	} {
		got, err := Read([]byte(in))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", in, err, diff)
		}
	}
}

// Dates of a workbook are dates, not the numbers that are kept.
func TestReadDates(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	day := time.Date(2016, 12, 31, 0, 0, 0, 0, time.UTC)
	for i, format := range []int{14, 31} {
		cell, _ := excelize.CoordinatesToCellName(i+1, 1)
		style, err := f.NewStyle(&excelize.Style{NumFmt: format})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{f.SetCellValue("Sheet1", cell, day), f.SetCellStyle("Sheet1", cell, cell, style)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(b.Bytes())
	if err != nil || len(got) != 1 || got[0][0] != "2016-12-31" || got[0][1] != "2016年12月31日" {
		t.Errorf("%q, %v", got, err)
	}
}

// A file that is no table, or unpacks to one nobody could hold, is refused.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	for range maxUnpacked/1024 + 1 {
		if _, err := w.Write(make([]byte, 1024)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if bomb.Len() > 1<<20 {
		t.Fatalf("a bomb of %d bytes", bomb.Len())
	}
	for why, c := range map[string]struct {
		data string
		code gov.Code
	}{
		"a bomb":           {bomb.String(), gov.TooLarge},
		"a broken zip":     {"PK\x03\x04rest", gov.Unsupported},
		"a picture":        {"\x89PNG\r\n\x1a\n\x00\x00\xff\xff", gov.Unsupported},
		"zeros":            {"a,b\x00", gov.Unsupported},
		"a PDF":            {"%PDF-1.4\na,b\n", gov.Unsupported},
		"a page":           {"\n<HTML><body>a,b", gov.Unsupported},
		"an open quote":    {"a,\"b\n", gov.Invalid},
		"too many rows":    {strings.Repeat("a\n", MaxRows+2), gov.TooLarge},
		"too many columns": {strings.Repeat("a,", maxColumns+1), gov.TooLarge},
	} {
		if _, err := Read([]byte(c.data)); gov.CodeOf(err) != c.code {
			t.Errorf("%s: %v", why, err)
		}
	}
}
