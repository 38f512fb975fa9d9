// Package values is what the fields of entries and records of registers hold.
package values

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Values are what fields hold, by field: string, int64 or bool.
type Values map[string]any

// Encode is the canonical form of values: JSON with the fields in order.
func (v Values) Encode() ([]byte, error) {
	if len(v) == 0 {
		return []byte("{}"), nil
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what Encode wrote.
func (v *Values) UnmarshalJSON(data []byte) error {
	type plain map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var out plain
	if err := d.Decode(&out); err != nil {
		return fmt.Errorf("values of a register: %w", err)
	}
	for id, x := range out {
		switch x := x.(type) {
		case json.Number:
			n, err := x.Int64()
			if err != nil {
				return fmt.Errorf("value %q of a register: %w", id, err)
			}
			out[id] = n
		case string, bool:
		default:
			return fmt.Errorf("value %q of a register is a %T", id, x)
		}
	}
	*v = Values(out)
	return nil
}

// Text is the value of a field that is text, "" for none.
func (v Values) Text(field string) string {
	s, _ := v[field].(string)
	return s
}
