package invent

import (
	"bytes"
	"encoding/csv"
)

// CSV is the table as a file.
func (t Table) CSV() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err := w.WriteAll(t.Rows)
	return b.Bytes(), err
}
