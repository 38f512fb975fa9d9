package cases

import (
	"bytes"
	"encoding/json"
	"fmt"

	"quanxiang/calendar"
)

// Cases and events are kept as JSON of their exported fields; the maps below
// need care: a value keeps its Go type, and a clock may have no limit.

// UnmarshalJSON reads values as they were written: numbers are int64, lists
// []string, null is a value taken away.
func (v *Values) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var raw map[string]any
	if err := dec.Decode(&raw); err != nil {
		return err
	}
	out := make(Values, len(raw))
	for name, x := range raw {
		switch x := x.(type) {
		case nil, string, bool:
			out[name] = x
		case json.Number:
			n, err := x.Int64()
			if err != nil {
				return fmt.Errorf("value of %s: %w", name, err)
			}
			out[name] = n
		case []any:
			list := make([]string, len(x))
			for i, item := range x {
				s, ok := item.(string)
				if !ok {
					return fmt.Errorf("value of %s: a list of %T", name, item)
				}
				list[i] = s
			}
			out[name] = list
		default:
			return fmt.Errorf("value of %s: a %T", name, x)
		}
	}
	*v = out
	return nil
}

// Limits are limits of clocks by the clock's id; zero is none.
type Limits map[string]calendar.Limit

// MarshalJSON writes a clock without limit as "".
func (l Limits) MarshalJSON() ([]byte, error) {
	out := make(map[string]string, len(l))
	for id, limit := range l {
		if out[id] = ""; limit.N > 0 {
			out[id] = limit.String()
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (l *Limits) UnmarshalJSON(data []byte) error {
	var raw map[string]string
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	out := make(Limits, len(raw))
	for id, text := range raw {
		var limit calendar.Limit
		if text != "" {
			var err error
			if limit, err = calendar.ParseLimit(text); err != nil {
				return fmt.Errorf("limit of %s: %w", id, err)
			}
		}
		out[id] = limit
	}
	*l = out
	return nil
}
