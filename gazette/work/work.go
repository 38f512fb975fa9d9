package work

import (
	"quanxiang/gazette/due"
	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
	"quanxiang/gov"
)

// Leader is a named leader, with the post if the document itself states it.
type Leader struct {
	Name string `json:"name"`
	Post string `json:"post,omitempty"`
}

// Task is one numbered item of work. Lead and Support are filled where the
// print distinguishes them, Units where it gives one undivided list.
type Task struct {
	No         string           `json:"no"`                // printed number, "1.2" for a sub-task of a table
	Section    string           `json:"section,omitempty"` // heading it stands under
	Text       string           `json:"text"`
	Leaders    []Leader         `json:"leaders"`
	Lead       []roster.UnitRef `json:"lead"`
	Support    []roster.UnitRef `json:"support"`
	Units      []roster.UnitRef `json:"units"`
	Due        *due.Due         `json:"due,omitempty"`
	Locations  []string         `json:"locations"` // where something must be published or done
	Recurrence []due.Recurrence `json:"recurrence"`
	Parts      []Part           `json:"parts,omitempty"` // where the print divides the task among units; the fields above hold all of them together
	Lines      paper.Span       `json:"lines"`
}

// Part is a piece of a task that the print assigns to units of its own.
type Part struct {
	Text      string           `json:"text"`
	Lead      []roster.UnitRef `json:"lead,omitempty"`
	Support   []roster.UnitRef `json:"support,omitempty"`
	Units     []roster.UnitRef `json:"units,omitempty"`
	Locations []string         `json:"locations,omitempty"`
}

// Indicator is a target figure of a plan.
type Indicator struct {
	No         string           `json:"no"`
	Goal       string           `json:"goal"`
	Subgoal    string           `json:"subgoal,omitempty"`
	Name       string           `json:"name"`
	Unit       string           `json:"unit"`
	Baseline   string           `json:"baseline"`
	Target     string           `json:"target"`
	Definition string           `json:"definition"`
	Units      []roster.UnitRef `json:"units"`
	Comparison string           `json:"comparison"`
	Lines      paper.Span       `json:"lines"`
}

// Project is a row of a project table.
type Project struct {
	No         string     `json:"no"`
	Category   string     `json:"category"`
	Type       string     `json:"type"`
	Streets    []string   `json:"streets"`               // canonical names; words that name no street as printed
	StreetsRaw string     `json:"streets_raw,omitempty"` // the cell, where it differs
	Name       string     `json:"name"`
	Place      string     `json:"place"`
	Scale      string     `json:"scale"`
	Investment string     `json:"investment"` // as printed, 万元; "待测算" and "/" are not zero
	Start      string     `json:"start"`
	Expected   string     `json:"expected"`
	Source     string     `json:"source"`               // with 同上 replaced by what it refers to
	SourceRaw  string     `json:"source_raw,omitempty"` // the cell, where it differs
	Lines      paper.Span `json:"lines"`
}

// Check is the character balance of one table or list: the multiset of its
// printed characters against the multiset of what was understood of it. It
// holds when Lost and Invented are empty.
type Check struct {
	Document string     `json:"document"` // number of the document
	Table    string     `json:"table"`    // its heading or kind
	Form     string     `json:"form"`     // "table" for rows of cells: its lines are in no Node; "list" for numbered running text, which is in the Structure too
	Lines    paper.Span `json:"lines"`
	Printed  int        `json:"printed"` // characters on the page, headers of repeated pages and blanks excepted
	Lost     string     `json:"lost,omitempty"`
	Invented string     `json:"invented,omitempty"`
}

// Note is an annotation on the source: a printing error that was kept, or two
// places that contradict each other.
type Note struct {
	Kind string   `json:"kind"` // misprint, conflict, unresolved-unit, layout
	Text gov.Text `json:"text"`
	Line int      `json:"line"`
}
