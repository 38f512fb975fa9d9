package calendar

import (
	"cmp"
	"encoding/json"
	"slices"

	"quanxiang/gov"
)

// Year is what the State Council's notice for one year says. Days of the
// December before belong to it too: the notice for 2019 made 29 December 2018
// a working day.
type Year struct {
	Year   int      `json:"year"`
	Papers []string `json:"papers"` // addresses of the notices
	Days   []Entry  `json:"days"`   // by date
}

// Entry is one day the notice names.
type Entry struct {
	Name string   `json:"name"` // of the holiday: 国庆节
	Date gov.Date `json:"date"`
	Off  bool     `json:"isOffDay"` // false: a working day, moved there from the holiday
}

// Canonical is the year as canonical bytes, for hashing and storing: JSON in
// the fields of holiday-cn, without blanks, days by date.
func (y Year) Canonical() []byte {
	y = y.clone()
	if y.Papers == nil {
		y.Papers = []string{}
	}
	b, err := json.Marshal(y)
	if err != nil {
		panic(err) // strings, dates and booleans always marshal
	}
	return b
}

// clone is a copy that shares nothing, its days in order.
func (y Year) clone() Year {
	c := Year{y.Year, slices.Clone(y.Papers), slices.Clone(y.Days)}
	slices.SortStableFunc(c.Days, func(a, b Entry) int { return cmp.Compare(a.Date.String(), b.Date.String()) })
	return c
}
