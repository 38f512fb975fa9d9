package gazette

// Lexicon is everything the reader knows about a district before it opens a
// file. It comes from the pack (units.yaml and gazette.yaml); the reader itself
// knows the general forms of Chinese official documents only.
type Lexicon struct {
	Units  []LexUnit `yaml:"-"`      // from units.yaml
	Series []Series  `yaml:"series"` // document series the district issues
	Labels Labels    `yaml:"labels"`
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
