package cases

import (
	"encoding/json"
	"fmt"

	"quanxiang/calendar"
)

// Cases and events are kept as JSON of their exported fields; the maps below
// need care: a value keeps its Go type, and a clock may have no limit.

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
