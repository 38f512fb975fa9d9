package export

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"quanxiang/gov"
)

// Bounds of a table that is read. A workbook is compressed, so that few bytes
// can hold very many.
const (
	MaxRows     = 10_000
	maxColumns  = 200
	maxUnpacked = 32 << 20 // bytes of a workbook
)

var errRows = gov.Errorf(gov.TooLarge, "表格超过 %d 行", "the table has more than %d rows", MaxRows).On("file")

// Read reads a table somebody sends: the first sheet of an XLSX workbook, or
// CSV in UTF-8 or GB 18030, parted by commas or tabs. Dates of a workbook become
// 2016-12-31 or 2016年12月31日, and cells that Send keeps from being
// run are given back as they were. A file that is no such table is Unsupported,
// Invalid or TooLarge.
func Read(data []byte) ([][]string, error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return readWorkbook(data)
	}
	return readText(data)
}

// readWorkbook reads the first sheet. What a zip says of the size of its parts
// is held against it as they are unpacked, by archive/zip.
func readWorkbook(data []byte) ([][]string, error) {
	broken := gov.Errorf(gov.Unsupported, "无法读取这个文件；请用 Excel 或 WPS 另存为 .xlsx 或 .csv 后再上传", "the file cannot be read; save it as .xlsx or .csv and try again").On("file")
	parts, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, broken.Because(err)
	}
	var size uint64
	for _, p := range parts.File {
		if size += p.UncompressedSize64; p.UncompressedSize64 > maxUnpacked || size > maxUnpacked {
			return nil, gov.Errorf(gov.TooLarge, "工作簿展开后超过 %d MiB", "the workbook unpacks to more than %d MiB", maxUnpacked>>20).On("file")
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, // the second alike: nothing goes to temporary files
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", CultureInfo: excelize.CultureNameZhCN,
	})
	if err != nil {
		return nil, broken.Because(err)
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, broken.Because(err)
	}
	defer rows.Close()
	var table [][]string
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return nil, broken.Because(err)
		}
		if len(table) > MaxRows {
			return nil, errRows
		}
		if len(cells) > maxColumns {
			return nil, gov.Errorf(gov.TooLarge, "第 %d 行超过 %d 列", "row %d has more than %d columns", len(table)+1, maxColumns).On("file")
		}
		table = append(table, cells)
	}
	if err := rows.Error(); err != nil {
		return nil, broken.Because(err)
	}
	return table, nil
}

func readText(data []byte) ([][]string, error) {
	text := strings.TrimPrefix(string(data), bom)
	if !utf8.ValidString(text) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().String(text)
		if err != nil || strings.ContainsRune(decoded, utf8.RuneError) {
			return nil, gov.Errorf(gov.Unsupported, "文件既不是 Excel 工作簿（.xlsx），也不是 UTF-8 或 GB 18030 编码的 CSV",
				"the file is neither a workbook (.xlsx) nor CSV in UTF-8 or GB 18030").On("file")
		}
		text = decoded
	}
	if strings.ContainsRune(text, 0) {
		return nil, gov.Errorf(gov.Unsupported, "这不是表格文件", "this is no table").On("file")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	if head, _, _ := strings.Cut(text, "\n"); strings.Contains(head, "\t") && !strings.Contains(head, ",") {
		r.Comma = '\t'
	}
	var table [][]string
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, gov.Errorf(gov.Invalid, "第 %d 行的引号不成对", "the quotes in line %d do not match", wrong.Line).On("file").Because(err)
		}
		if err != nil {
			return nil, err
		}
		if len(table) > MaxRows || len(cells) > maxColumns {
			return nil, errRows
		}
		for i, c := range cells {
			if bare, ok := strings.CutPrefix(c, "'"); ok && Harmless(bare) == c {
				cells[i] = bare
			}
		}
		table = append(table, cells)
	}
}
