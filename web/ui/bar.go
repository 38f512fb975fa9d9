package ui

import (
	"fmt"
	"strings"
)

// Bar is a picture of how a number is made up: one bar of segments beside the
// table that says the same.
type Bar struct {
	Title    string
	Of       int64 // what the full width stands for; at least the sum
	Segments []Segment
}

// Segment is a part of a bar, in the tone of a chip.
type Segment struct {
	N     int64
	Tone  string
	Label string
}

// barWidth is the width of a bar's drawing in its own units.
const barWidth = 100

// block is a drawn segment.
type block struct {
	X, Width, Tone string
}

// Drawn reports that there is something to draw.
func (b Bar) Drawn() bool { return b.Of > 0 && len(b.Segments) > 0 }

// Says is the picture in words: "On track 3, Overdue 1".
func (b Bar) Says() string {
	words := make([]string, len(b.Segments))
	for i, s := range b.Segments {
		words[i] = fmt.Sprintf("%s %d", s.Label, s.N)
	}
	return strings.Join(words, ", ")
}

// Blocks are the segments as they are drawn.
func (b Bar) Blocks() []block {
	var list []block
	x := 0.0
	for _, s := range b.Segments {
		width := barWidth * float64(s.N) / float64(b.Of)
		list = append(list, block{fmt.Sprintf("%.2f", x), fmt.Sprintf("%.2f", width), s.Tone})
		x += width
	}
	return list
}
