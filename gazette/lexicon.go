package gazette

import (
	"quanxiang/gazette/roster"
	"quanxiang/gazette/table"
	"quanxiang/gazette/work"
)

// Lexicon is everything the reader knows about a district before it opens a
// file. It comes from the pack (units.yaml and gazette.yaml); the reader itself
// knows the general forms of Chinese official documents only.
type Lexicon struct {
	Units  []LexUnit      `yaml:"-"`      // from units.yaml
	Series []Series       `yaml:"series"` // document series the district issues
	Labels work.Labels    `yaml:"labels"`
	Duties work.Duties    `yaml:"duties"`
	Tables []table.Layout `yaml:"tables"`
	// TaskLists are the words with which the title of an attachment ends when
	// its numbered paragraphs are tasks: 重点任务.
	TaskLists []string `yaml:"task_lists"`
}

// Series is a numbered series of documents: 西政发.
type Series struct {
	Code       string   `yaml:"code"`       // as in the document number
	Issuer     string   `yaml:"issuer"`     // who issues it
	Letterhead []string `yaml:"letterhead"` // the words of its letterhead lines, blanks removed
	Slug       string   `yaml:"slug"`       // in addresses and Akoma Ntoso: xzf
}

// LexUnit is a unit the print may name.
type LexUnit = roster.Unit
