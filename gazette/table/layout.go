package table

// Layout is a table as its head tells: the columns from left to right.
type Layout struct {
	Kind    Kind     `yaml:"kind"`
	Columns []Column `yaml:"columns"`
}

// Kind says what the rows of a table are.
type Kind string

// The kinds of table.
const (
	TaskTable      Kind = "tasks"
	IndicatorTable Kind = "indicators"
	ProjectTable   Kind = "projects"
)

// Column is one column of a Layout. Heads are the wordings of its head, blanks
// and line breaks removed; YYYY in a head is the number of any year.
type Column struct {
	Heads    []string `yaml:"heads"`
	Role     Role     `yaml:"role"`
	Optional bool     `yaml:"optional"` // tables of this layout may lack it
}

// Role says what a column holds.
type Role string

// The roles. A column without a role of its own is RoleOther; its cells are
// counted and not kept.
const (
	RoleNo         Role = "no"   // running number
	RoleItem       Role = "item" // a task that the text column divides into sub-tasks
	RoleText       Role = "text" // the task
	RoleLead       Role = "lead"
	RoleSupport    Role = "support"
	RoleUnits      Role = "units" // responsible units where one list serves
	RoleDue        Role = "due"
	RoleGoal       Role = "goal"
	RoleSubgoal    Role = "subgoal"
	RoleName       Role = "name"
	RoleUnit       Role = "unit" // unit of measurement
	RoleBaseline   Role = "baseline"
	RoleTarget     Role = "target"
	RoleDefinition Role = "definition"
	RoleComparison Role = "comparison"
	RoleType       Role = "type"
	RoleStreets    Role = "streets"
	RolePlace      Role = "place"
	RoleScale      Role = "scale"
	RoleInvestment Role = "investment"
	RoleStart      Role = "start"
	RoleExpected   Role = "expected"
	RoleSource     Role = "source"
	RoleOther      Role = "other"
)
