package ui

import (
	"strings"
	"unicode"

	"quanxiang/gov"
)

// Table is the one way to show and to export rows: on a wide screen a table, on
// a phone one card per row, and the same cells as CSV and XLSX.
type Table struct {
	ID      string
	Caption string // for screen readers; the heading above says it to the eye
	Columns []Column
	Rows    []TableRow
	Exports []Link // files with the same rows
	Compact bool   // few and short cells: a table on a phone, too
}

// Column heads cells. Number cells are set flush right and exported as numbers
// where they are numbers.
type Column struct {
	Label   string
	Number  bool
	Narrow  bool
	Section bool // says under which heading of the source the row stands
	Main    bool // heads the card on a phone; the row's header for screen readers
	Lead    bool // short, stands before the head of the card on a phone: a number
}

// TableRow is a row; ID is its anchor, or "".
type TableRow struct {
	ID    string
	Cells []Cell
}

// Cell holds one of: text, code, links, chips, dates or a bar. Several parts are
// separated as a list.
type Cell struct {
	Text  string
	Code  string // a digest, set in a fixed pitch
	Links []Link
	Chips []Chip
	Date  gov.Date
	Until gov.Date // makes of Date the first day of a stretch
	Bar   Bar      // a picture of other cells; exports leave it out
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
			s += aside(l.Note)
		}
		parts = append(parts, s)
	}
	for _, x := range c.Chips {
		parts = append(parts, x.Label)
	}
	if c.Code != "" {
		parts = append(parts, c.Code)
	}
	for _, d := range []gov.Date{c.Date, c.Until} {
		if !d.IsZero() {
			parts = append(parts, d.String())
		}
	}
	return strings.Join(parts, "、")
}

// aside puts a note in the brackets of the language it is in.
func aside(note string) string {
	latin := strings.ContainsFunc(note, func(r rune) bool { return r < unicode.MaxLatin1 && unicode.IsLetter(r) })
	if latin && !strings.ContainsFunc(note, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return " (" + note + ")"
	}
	return "（" + note + "）"
}

// Empty reports whether there is nothing to show.
func (c Cell) Empty() bool {
	return c.Text == "" && c.Code == "" && len(c.Links) == 0 && len(c.Chips) == 0 && c.Date.IsZero() && !c.Bar.Drawn()
}

// TextCell is a cell of words.
func TextCell(s string) Cell { return Cell{Text: s} }
