package policy

import (
	"quanxiang/gazette"
	"quanxiang/gov"
)

// Pack is a district's description of itself, compiled and immutable. Load
// makes it from a folder (or embedded file system) of YAML files.
type Pack struct {
	ID       string       // folder name: "xicheng"
	District gov.District // GB/T 2260 code: "110102"
	Name     gov.Text     // of the district
	Version  string       // the pack author's version
	Hash     string       // SHA-256 over the canonical file list, hex

	Units     []Unit
	Areas     []Area
	Posts     []Post
	Documents []Document
	Gazette   gazette.Lexicon
}

// Unit is a department, street office, community or other body. Groups such
// as "all street offices" are units too: their Members say for whom they stand,
// or Open says that the print leaves it open ("the departments concerned").
type Unit struct {
	ID      string   `yaml:"id"`      // stable, lower-case ASCII: "fgw"
	Name    gov.Text `yaml:"name"`    // canonical short name: 区发展改革委
	Full    gov.Text `yaml:"full"`    // full legal name, if known
	Kind    string   `yaml:"kind"`    // department, street-office, group ...
	Parent  string   `yaml:"parent"`  // id of the unit it belongs to
	Aliases []string `yaml:"aliases"` // other spellings in print
	Members []string `yaml:"members"` // of a group: unit ids
	Open    bool     `yaml:"open"`    // of a group: without fixed members, so nothing to expand
	Area    string   `yaml:"area"`    // code of the area a street or community office serves
	Cite    string   `yaml:"cite"`    // where the gazette names it
}

// Area is a place with a code: the district, a street, a community.
type Area struct {
	Code   string   `yaml:"code"` // GB/T 2260 and below: 110102001
	Name   gov.Text `yaml:"name"`
	Level  string   `yaml:"level"` // district, street, community, cell
	Parent string   `yaml:"parent"`
	Tile   [2]int   `yaml:"tile"` // column and row on the schematic map
}

// Post is an office a person holds: "deputy district head, urban construction".
type Post struct {
	ID   string   `yaml:"id"`
	Name gov.Text `yaml:"name"`
	Unit string   `yaml:"unit"`
	Cite string   `yaml:"cite"`
}

// Document is what the district knows of a document apart from its text:
// those in the gazette, and those they repeal or cite. Numbers are written
// without blanks and with 〔〕. For a document of the gazette the entry is an
// independent reading against which the reader is checked.
type Document struct {
	Number     string   `yaml:"number"`
	Title      string   `yaml:"title"` // bare official title
	Issuer     string   `yaml:"issuer"`
	Joint      []string `yaml:"joint"`       // further issuers of a joint document
	Signed     gov.Date `yaml:"signed"`      // 成文日期
	Printed    gov.Date `yaml:"printed"`     // 印发日期
	Kind       string   `yaml:"kind"`        // 文种 of the document: 通知, 意见 ...
	Action     string   `yaml:"action"`      // 印发, 转发, 废止 or 直接发布
	Promulgate []string `yaml:"promulgates"` // titles of the instruments it issues
	Effective  gov.Date `yaml:"effective"`   // first day in force, if the text states it or says "on issue"
	ValidUntil gov.Date `yaml:"valid_until"` // last day in force, if the text states a validity
	PlanEnd    gov.Date `yaml:"plan_end"`    // last day of the period a plan covers
	Repeals    []string `yaml:"repeals"`     // numbers
	Cites      []string `yaml:"cites"`       // numbers of the other documents it names
	Bodyless   bool     `yaml:"bodyless"`    // the gazette prints the notice without what it promulgates
	Status     string   `yaml:"status"`      // "" or what is known from outside the library, e.g. repealed by another number
	By         string   `yaml:"by"`          // number of the repealing document
	Cite       string   `yaml:"cite"`        // document number and place that name it
}
