package gazette

// Lexicon is everything the reader knows about a district before it opens a
// file. It comes from the pack (units.yaml and gazette.yaml); the reader itself
// knows the general forms of Chinese official documents only.
type Lexicon struct {
	Units  []LexUnit `yaml:"-"`      // from units.yaml
	Series []Series  `yaml:"series"` // document series the district issues
	Labels Labels    `yaml:"labels"`
	Duties Duties    `yaml:"duties"`
	Tables []Layout  `yaml:"tables"`
	// TaskLists are the words with which the title of an attachment ends when
	// its numbered paragraphs are tasks: 重点任务.
	TaskLists []string `yaml:"task_lists"`
}

// LexUnit is a unit the print may name.
type LexUnit struct {
	Name    string   // canonical short name: 区发展改革委
	Aliases []string // other spellings: 区发改委, full name
	Group   bool     // stands for several units: 各街道
}

// Series is a numbered series of documents: 西政发.
type Series struct {
	Code       string   `yaml:"code"`       // as in the document number
	Issuer     string   `yaml:"issuer"`     // who issues it
	Letterhead []string `yaml:"letterhead"` // the words of its letterhead lines, blanks removed
	Slug       string   `yaml:"slug"`       // in addresses and Akoma Ntoso: xzf
}

// Labels are the words that introduce a field of a task in running text or
// head a column of a table.
type Labels struct {
	Leader   []string `yaml:"leader"`   // 牵头领导
	Lead     []string `yaml:"lead"`     // 主责单位, 牵头单位 ...
	Support  []string `yaml:"support"`  // 配合单位 ...
	Units    []string `yaml:"units"`    // 责任单位 where one list serves
	Due      []string `yaml:"due"`      // 完成时限, 公开时限 ...
	Location []string `yaml:"location"` // 公开位置 ...
}

// Duties are the words that close a list of units in brackets at the end of a
// sentence: （区商务委、区科信委负责落实）.
type Duties struct {
	Lead    []string `yaml:"lead"`    // 牵头落实, 牵头
	Support []string `yaml:"support"` // 配合落实
	Units   []string `yaml:"units"`   // 负责落实, 分别落实
}

// Layout is a table as its head tells: the columns from left to right.
type Layout struct {
	Kind    TableKind `yaml:"kind"`
	Columns []Column  `yaml:"columns"`
}

// TableKind says what the rows of a table are.
type TableKind string

// The kinds of table.
const (
	TaskTable      TableKind = "tasks"
	IndicatorTable TableKind = "indicators"
	ProjectTable   TableKind = "projects"
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
