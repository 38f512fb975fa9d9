package export

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"quanxiang/gov"
)

// MaxStreamed bounds the file of a Stream, in bytes; maxStreamUnpacked a workbook,
// whose parts go to temporary files beyond maxUnpacked.
const (
	MaxStreamed       = 512 << 20
	maxStreamUnpacked = 4 << 30
	sniffed           = 64 << 10 // bytes by which the encoding is told
)

// Stream reads a table of any length row by row, and can go on where another
// reading of the same file stopped. It reads what Read reads.
type Stream struct {
	file   io.ReadSeekCloser
	csv    *csv.Reader
	base   int64 // offset at which the csv reader began
	line   int64 // of the last row
	coded  bool  // not UTF-8
	comma  rune
	book   *excelize.File
	rows   *excelize.Rows
	failed error
}

var errNoTable = gov.Errorf(gov.Unsupported, "文件既不是 Excel 工作簿（.xlsx），也不是 UTF-8 或 GB 18030 编码的 CSV",
	"the file is neither a workbook (.xlsx) nor CSV in UTF-8 or GB 18030").On("file")

// NewStream begins to read a file and closes it in the end.
func NewStream(file io.ReadSeekCloser) (*Stream, error) {
	s := &Stream{file: file, comma: ','}
	head, err := bufio.NewReaderSize(file, sniffed).Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, file.Close())
	}
	if strings.HasPrefix(string(head), "PK\x03\x04") {
		err = s.openBook()
	} else {
		err = s.openText(head)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Stream) openBook() error {
	broken := gov.Errorf(gov.Unsupported, "无法读取这个文件；请用 Excel 或 WPS 另存为 .xlsx 或 .csv 后再上传", "the file cannot be read; save it as .xlsx or .csv and try again").On("file")
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var err error
	s.book, err = excelize.OpenReader(s.file, excelize.Options{UnzipSizeLimit: maxStreamUnpacked, UnzipXMLSizeLimit: maxUnpacked,
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", CultureInfo: excelize.CultureNameZhCN})
	if err == nil {
		s.rows, err = s.book.Rows(s.book.GetSheetName(0))
	}
	if err != nil {
		return broken.Because(err)
	}
	return nil
}

func (s *Stream) openText(head []byte) error {
	text := strings.TrimPrefix(string(head), bom)
	if strings.ContainsRune(text, 0) {
		return gov.Errorf(gov.Unsupported, "这不是表格文件", "this is no table").On("file")
	}
	whole := text
	for range utf8.UTFMax { // the end may lie within a character
		if utf8.ValidString(whole) || whole == "" {
			break
		}
		whole = whole[:len(whole)-1]
	}
	s.coded = !utf8.ValidString(whole)
	if first, _, _ := strings.Cut(text, "\n"); strings.Contains(first, "\t") && !strings.Contains(first, ",") {
		s.comma = '\t'
	}
	var from int64
	if strings.HasPrefix(string(head), bom) {
		from = int64(len(bom))
	}
	return s.textFrom(from)
}

// textFrom reads from an offset. Those of a file that is not UTF-8 count what it is
// in UTF-8.
func (s *Stream) textFrom(offset int64) error {
	start := offset
	if s.coded {
		start = 0
	}
	if _, err := s.file.Seek(start, io.SeekStart); err != nil {
		return err
	}
	r := io.Reader(s.file)
	if s.coded {
		r = transform.NewReader(s.file, simplifiedchinese.GB18030.NewDecoder())
		if _, err := io.CopyN(io.Discard, r, offset); err != nil {
			return err
		}
	}
	s.csv, s.base = csv.NewReader(bufio.NewReaderSize(r, sniffed)), offset
	s.csv.FieldsPerRecord, s.csv.ReuseRecord, s.csv.Comma = -1, true, s.comma
	return nil
}

// Next returns the next row, which is good until the next call, or io.EOF.
func (s *Stream) Next() ([]string, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	cells, err := s.next()
	if err == nil && len(cells) > maxColumns {
		err = gov.Errorf(gov.TooLarge, "第 %d 行超过 %d 列", "row %d has more than %d columns", s.line, maxColumns).On("file")
	}
	s.failed = err
	return cells, err
}

func (s *Stream) next() ([]string, error) {
	if s.rows != nil {
		if !s.rows.Next() {
			if err := s.rows.Error(); err != nil {
				return nil, err
			}
			return nil, io.EOF
		}
		s.line++
		return s.rows.Columns()
	}
	cells, err := s.csv.Read()
	if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, gov.Errorf(gov.Invalid, "第 %d 行之后有一行的引号不成对", "the quotes of a row behind line %d do not match", s.line).On("file").Because(wrong)
	}
	if err != nil {
		return nil, err
	}
	s.line++
	for i, c := range cells {
		if !utf8.ValidString(c) || s.coded && strings.ContainsRune(c, utf8.RuneError) {
			return nil, errNoTable
		}
		if bare, ok := strings.CutPrefix(c, "'"); ok && Harmless(bare) == c {
			cells[i] = bare
		}
	}
	return cells, nil
}

// Offset is where the row behind the last one begins.
func (s *Stream) Offset() int64 {
	if s.rows != nil {
		return s.line
	}
	return s.base + s.csv.InputOffset()
}

// Line counts the rows that were read, the head included.
func (s *Stream) Line() int64 { return s.line }

// Skip goes on at an offset behind a line, both of an earlier reading of the file.
func (s *Stream) Skip(offset, line int64) error {
	if s.rows == nil {
		s.line = line
		return s.textFrom(offset)
	}
	for s.line < line {
		if !s.rows.Next() {
			return errors.Join(io.ErrUnexpectedEOF, s.rows.Error())
		}
		s.line++
	}
	return nil
}

// Close closes the file.
func (s *Stream) Close() error {
	err := s.file.Close()
	if s.rows != nil {
		err = errors.Join(err, s.rows.Close())
	}
	if s.book != nil {
		err = errors.Join(err, s.book.Close())
	}
	return err
}
