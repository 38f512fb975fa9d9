package ui

import (
	"strings"

	"quanxiang/gov"
)

// Table is the one way to show and to export rows: on a wide screen a table, on
// a phone one card per row, and the same cells as CSV and XLSX.
type Table struct {
	ID      string
	Caption string
	Columns []Column
	Rows    []TableRow
	Exports []Link // files with the same rows
	Content bool   // cells are the documents' words, always Chinese
}

// Column heads cells. Number cells are set flush right and exported as numbers
// where they are numbers.
type Column struct {
	Label   string
	Number  bool
	Narrow  bool
	Section bool // says under which heading of the source the row stands
	Main    bool // heads the card on a phone; the row's header for screen readers
}

// TableRow is a row; ID is its anchor, or "".
type TableRow struct {
	ID    string
	Cells []Cell
}

// Cell holds one of: text, links or chips. Several parts are separated as a
// list.
type Cell struct {
	Text  string
	Links []Link
	Chips []Chip
	Date  gov.Date
}

// Link is a labelled address.
type Link struct {
	Href  string
	Label string
	Note  string
}

// Plain is the cell as text, as exports carry it.
func (c Cell) Plain() string {
	var parts []string
	if c.Text != "" {
		parts = append(parts, c.Text)
	}
	for _, l := range c.Links {
		s := l.Label
		if l.Note != "" {
			s += "（" + l.Note + "）"
		}
		parts = append(parts, s)
	}
	for _, x := range c.Chips {
		parts = append(parts, x.Label)
	}
	if !c.Date.IsZero() {
		parts = append(parts, c.Date.String())
	}
	return strings.Join(parts, "、")
}

// Empty reports whether there is nothing to show.
func (c Cell) Empty() bool {
	return c.Text == "" && len(c.Links) == 0 && len(c.Chips) == 0 && c.Date.IsZero()
}

// TextCell is a cell of words.
func TextCell(s string) Cell { return Cell{Text: s} }
