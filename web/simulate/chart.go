package simulate

import (
	"fmt"
	"math"

	"quanxiang/support/simulate"
	"quanxiang/web/ui"
)

// chartView is how changes are spread: a picture beside the table that says the same.
type chartView struct {
	Says   string
	Height int
	Bars   []barView
	Table  ui.Table
}

// barView is one bar in the units of the drawing. Its length grows with the root of how
// many there are, so that few are seen beside many.
type barView struct {
	Y, Middle int
	Width     string
	After     string // where the number stands
	Tone      string
	Label, N  string
}

const (
	barHeight = 24
	barLength = 200.0
	barFrom   = 130
)

// chartOf draws all bars but that of those who change nothing.
func chartOf(m *ui.Messages, bars []simulate.Bar) chartView {
	l := m.Lang()
	v := chartView{Table: ui.Table{Caption: m.T("simulate.chart"), Compact: true, Columns: []ui.Column{{Label: m.T("simulate.changes_by"), Main: true}, {Label: m.T("simulate.rows"), Number: true}, {Label: m.T("simulate.in_all"), Number: true}}}}
	most := 1.0
	middle := len(bars) / 2
	for i, b := range bars {
		if i != middle {
			most = max(most, float64(b.Rows))
		}
	}
	for i, b := range bars {
		label := barLabel(m, b, i, middle)
		v.Table.Rows = append(v.Table.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(label), ui.TextCell(m.Number(int(b.Rows))), ui.TextCell(signed(l, b.Sum))}})
		if i == middle {
			v.Says = m.T("simulate.same_n", "n", m.Number(int(b.Rows)))
			continue
		}
		tone := "good"
		if i < middle {
			tone = "bad"
		}
		width := barLength * math.Sqrt(float64(b.Rows)/most)
		v.Bars = append(v.Bars, barView{Y: v.Height, Middle: v.Height + barHeight - 8, Width: fmt.Sprintf("%.1f", width), After: fmt.Sprintf("%.1f", barFrom+width+6), Tone: tone, Label: label, N: m.Number(int(b.Rows))})
		v.Height += barHeight
	}
	return v
}

// barLabel says which changes a bar holds.
func barLabel(m *ui.Messages, b simulate.Bar, i, middle int) string {
	short := func(fen int64) string { return m.Number(int(fen / 1_000_000)) }
	switch {
	case i == middle:
		return m.T("simulate.same")
	case i < middle && b.From == 0:
		return m.T("simulate.less_than", "n", short(-b.To))
	case i < middle:
		return m.T("simulate.less_from", "low", short(-b.To), "high", short(-b.From))
	case b.To == 0:
		return m.T("simulate.more_than", "n", short(b.From))
	}
	return m.T("simulate.more_from", "low", short(b.From), "high", short(b.To))
}
