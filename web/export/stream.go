package export

import (
	"archive/zip"
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

// File is what a Stream reads.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Stream reads a table of any length row by row, and can go on where another
// reading of the same file stopped. It reads what Read reads.
type Stream struct {
	file   File
	csv    *csv.Reader
	base   int64 // offset at which the csv reader began
	line   int64 // of the last row
	coded  bool  // not UTF-8
	comma  rune
	book   *excelize.File
	rows   *excelize.Rows
	failed error
}

var (
	errNoTable = gov.Errorf(gov.Unsupported, "文件既不是 Excel 工作簿（.xlsx），也不是 UTF-8 或 GB 18030 编码的 CSV",
		"the file is neither a workbook (.xlsx) nor CSV in UTF-8 or GB 18030").On("file")
	errBroken = gov.Errorf(gov.Unsupported, "无法读取这个文件；请用 Excel 或 WPS 另存为 .xlsx 或 .csv 后再上传", "the file cannot be read; save it as .xlsx or .csv and try again").On("file")
	errBinary = gov.Errorf(gov.Unsupported, "这不是表格文件", "this is no table").On("file")
)

// NewStream begins to read a file and closes it in the end.
func NewStream(file File) (*Stream, error) { return newStream(file, sniffed, maxStreamUnpacked) }

// newStream tells the encoding by so many bytes, and takes a workbook that unpacks to
// so many.
func newStream(file File, sniff int, unpacked uint64) (*Stream, error) {
	s := &Stream{file: file, comma: ','}
	head := make([]byte, sniff)
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, file.Close())
	}
	switch head = head[:n]; {
	case strings.HasPrefix(string(head), "PK\x03\x04"):
		err = s.openBook(unpacked)
	case strings.HasPrefix(string(head), "%PDF-"), strings.HasPrefix(strings.ToLower(strings.TrimSpace(string(head[:min(n, 512)]))), "<"):
		err = errBinary // text may be inside, but no rows
	default:
		err = s.openText(head)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openBook opens the first sheet. What a zip says of the size of its parts is held
// against it as they are unpacked, by archive/zip.
func (s *Stream) openBook(unpacked uint64) error {
	length, err := s.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	parts, err := zip.NewReader(s.file, length)
	if err != nil {
		return errBroken.Because(err)
	}
	var size uint64
	for _, p := range parts.File {
		if size += p.UncompressedSize64; p.UncompressedSize64 > unpacked || size > unpacked {
			return gov.Errorf(gov.TooLarge, "工作簿展开后超过 %d MiB", "the workbook unpacks to more than %d MiB", unpacked>>20).On("file")
		}
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s.book, err = excelize.OpenReader(s.file, excelize.Options{UnzipSizeLimit: int64(unpacked), UnzipXMLSizeLimit: maxUnpacked,
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", CultureInfo: excelize.CultureNameZhCN})
	if err == nil {
		s.rows, err = s.book.Rows(s.book.GetSheetName(0))
	}
	if err != nil {
		return errBroken.Because(err)
	}
	return nil
}

func (s *Stream) openText(head []byte) error {
	text := strings.TrimPrefix(string(head), bom)
	if strings.ContainsRune(text, 0) {
		return errBinary
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
				return nil, errBroken.Because(err)
			}
			return nil, io.EOF
		}
		s.line++
		cells, err := s.rows.Columns()
		if err != nil {
			return nil, errBroken.Because(err)
		}
		return cells, nil
	}
	cells, err := s.csv.Read()
	if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, gov.Errorf(gov.Invalid, "第 %d 行的引号不成对", "the quotes of row %d do not match", s.line+1).On("file").Because(wrong)
	}
	if err != nil {
		return nil, err
	}
	s.line++
	for i, c := range cells {
		if !utf8.ValidString(c) || s.coded && strings.ContainsRune(c, utf8.RuneError) {
			return nil, errNoTable
		}
		if strings.ContainsRune(c, 0) {
			return nil, errBinary
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
