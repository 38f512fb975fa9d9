// Package record is the transcript of a draw: its plan, the bodies of its
// records, their chain and their signatures (docs/spec/draw.md, sections 7 and
// 8). What a record means for the draw is package draw's matter.
package record
