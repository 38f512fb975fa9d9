package export

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"quanxiang/gov"
)

// Bounds of a table that is read whole. A workbook is compressed, so that few bytes
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
func Read(data []byte) (table [][]string, err error) {
	s, err := newStream(InMemory(data), len(data), maxUnpacked)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for {
		cells, err := s.Next()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		if err != nil {
			return nil, err
		}
		if len(table) > MaxRows {
			return nil, errRows
		}
		table = append(table, slices.Clone(cells))
	}
}

// InMemory is a file that was never written.
func InMemory(data []byte) File { return inMemory{bytes.NewReader(data)} }

type inMemory struct{ *bytes.Reader }

// Close implements io.Closer.
func (inMemory) Close() error { return nil }
