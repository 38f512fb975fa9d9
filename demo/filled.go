package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"quanxiang/gov"
)

// Filled is what a district was filled with.
type Filled struct {
	From    gov.Date `json:"from"` // the first day of the history
	Persons int      `json:"persons"`
	Duties  int      `json:"duties"`
	Reports int      `json:"reports"` // of problems in the streets, patrols included
	Steps   int      `json:"steps"`   // of cases, those that time brought left out
	Logins  []Login  `json:"logins"`

	// Subjects is how many subjects of the market there will be, Market the day up to
	// which things are recorded about them.
	Subjects int      `json:"subjects"`
	Market   gov.Date `json:"market,omitzero"`
}

// Write keeps it in a file, so that the demonstration can go on another time.
func (f Filled) Write(path string) error {
	b, err := json.MarshalIndent(f, "", "  ")
	if err == nil {
		err = os.WriteFile(path, append(b, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep the demo's logins: %w", err)
	}
	return nil
}

// ReadFilled reads what Write kept. It returns NotFound when there is no file.
func ReadFilled(path string) (*Filled, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, gov.Errorf(gov.NotFound, "这里没有演示数据", "there is no demonstration here").Because(err)
	}
	f := &Filled{}
	if err == nil {
		err = json.Unmarshal(b, f)
	}
	if err != nil {
		return nil, fmt.Errorf("read the demo's logins: %w", err)
	}
	return f, nil
}
