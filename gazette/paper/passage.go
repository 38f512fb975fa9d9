package paper

// Span is a range of raw file lines, first and last, counted from 1.
type Span [2]int

// Passage is text with the raw lines it stands on.
type Passage struct {
	Lines Span   `json:"lines"`
	Text  string `json:"text"`
}
