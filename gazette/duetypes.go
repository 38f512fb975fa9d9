package gazette

import "quanxiang/gov"

// Due is a deadline or period as an interval: "2016年6月中下旬" is 11 to 30
// June, "2016年全年" the whole year. Text is the print.
type Due struct {
	Start gov.Date `json:"start,omitzero"`
	End   gov.Date `json:"end,omitzero"`
	Text  string   `json:"text"`
}

// Recurrence is a repeated or continuing duty: every month within the first 3
// working days; within 20 working days of an event; continuously.
type Recurrence struct {
	Every  string `json:"every"`            // week, month, quarter, half-year, year, event, continuous
	Within int    `json:"within,omitempty"` // how many
	Unit   string `json:"unit,omitempty"`   // working-day, day, hour
	By     string `json:"by,omitempty"`     // MM-DD, the last day within the year
	Text   string `json:"text"`
}
