package policy

import (
	"quanxiang/gazette"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy/applying"
	"quanxiang/policy/codes"
	"quanxiang/policy/inspection"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/policy/source"
	"quanxiang/policy/supply"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// Problems is every mistake found in a pack, with places and suggestions.
type Problems = source.Problems

// Pack is a district's description of itself, compiled and immutable: nobody
// changes its lists after Load, so any number of goroutines may read it.
type Pack struct {
	ID        string       // folder name: "xicheng"
	District  gov.District // GB/T 2260 code: "110102"
	Name      gov.Text     // of the district
	Version   string       // the pack author's version
	Elsewhere Elsewhere    // who takes what happens outside the district; the zero value where nobody is named
	Hash      string       // SHA-256 over the canonical file list, hex; see docs/spec/pack.md

	Units      []Unit
	Areas      []Area // by code
	Layout     CodeLayout
	Posts      []Post
	Roles      []Role
	Documents  []Document
	Lists      []*codes.List          // code lists, by id
	Procedures []*procedure.Procedure // by id
	Registers  []*register.Register   // those of public names and with most kinds of records first, then by id
	Gazette    gazette.Lexicon
	Open311    *Open311 // nil where other programs file nothing

	Inspections  *inspection.Rules // nil where nothing is drawn for inspection
	Applications *applying.Rules   // nil where nobody applies for support
	Programmes   []*syntax.File    // rule files of support programmes, by path
	Rules        *ir.Program       // what they compile to with every amendment; nil where there are none
	Supply       []supply.Source   // which of their facts registers know

	// Files is what the pack was made of, by path; together they make its hash,
	// and LoadFiles makes the pack of them again.
	Files []File

	// Warnings are what does not stop the pack from working but is likely a
	// slip: things nobody refers to, files nobody reads.
	Warnings Problems

	index index
}

// Elsewhere is whom to call about something outside the district.
type Elsewhere struct {
	Name  gov.Text `yaml:"name" pack:"required"`
	Phone string   `yaml:"phone" pack:"required"` // as it is dialled: "12345"
}

// Unit is a department, street office, community or other body. Groups such
// as "all street offices" are units too: their Members say for whom they stand,
// or Open says that the print leaves it open ("the departments concerned").
type Unit struct {
	ID      string   `yaml:"id" json:"id" pack:"required"`     // stable, lower-case ASCII: "fgw"
	Name    gov.Text `yaml:"name" json:"name" pack:"required"` // canonical short name: 区发展改革委
	Full    gov.Text `yaml:"full" json:"full,omitzero"`        // full legal name, if known
	Kind    UnitKind `yaml:"kind" json:"kind" pack:"required"` // see UnitKinds
	Parent  string   `yaml:"parent" json:"parent,omitempty"`   // id of the unit it belongs to
	Aliases []string `yaml:"aliases" json:"aliases,omitempty"` // other spellings in print
	Members []string `yaml:"members" json:"members,omitempty"` // of a group: unit ids
	Open    bool     `yaml:"open" json:"open,omitempty"`       // of a group: without fixed members, so nothing to expand
	Area    string   `yaml:"area" json:"area,omitempty"`       // code of the area a street or community office serves
	Former  []string `yaml:"former" json:"former,omitempty"`   // ids, in earlier versions of the pack, of units whose tasks it has taken over
	Cite    string   `yaml:"cite" json:"cite,omitempty"`       // where the gazette names it
}

// Area is a place with a code: the district, a street, a community, a cell.
type Area struct {
	Code   string    `yaml:"code" json:"code" pack:"required"` // GB/T 2260 and below: 110102001
	Name   gov.Text  `yaml:"name" json:"name" pack:"required"`
	Level  AreaLevel `yaml:"level" json:"level" pack:"required"` // see AreaLevels
	Parent string    `yaml:"parent" json:"parent,omitempty"`     // code of the area it lies in; none for the district
	Tile   [2]int    `yaml:"tile" json:"tile,omitzero"`          // column and row on the schematic map, from 1
	Ground Ground    `yaml:"-" json:"-"`                         // where it lies, from areas/*.geojson; empty if nobody has drawn it
}

// Ground is where an area lies.
type Ground struct {
	Shape    geo.Shape
	Source   gov.Text // who drew it, from what
	Invented bool     // it is made up, to show how the program works
}

// CodeLayout says how the codes of areas are put together: how many digits each
// level adds behind the six of the district. The zero layout is three for
// streets and three for communities, and leaves cells free.
type CodeLayout struct {
	Standard  string `yaml:"standard" json:"standard,omitempty"` // it follows: GB/T 30428.1
	Street    int    `yaml:"street" json:"street,omitempty"`
	Community int    `yaml:"community" json:"community,omitempty"`
	Cell      int    `yaml:"cell" json:"cell,omitempty"`
}

// Post is an office a person holds: "deputy district head, urban construction".
type Post struct {
	ID   string   `yaml:"id" json:"id" pack:"required"`
	Name gov.Text `yaml:"name" json:"name" pack:"required"`
	Unit string   `yaml:"unit" json:"unit,omitempty"` // id of the unit the post is in
	Cite string   `yaml:"cite" json:"cite,omitempty"`
}

// Document is what the district knows of a document apart from its text:
// those in the gazette, and those they repeal or cite. For a document of the
// gazette the entry is an independent reading against which the reader is
// checked.
type Document struct {
	Number     string         `yaml:"number" json:"number" pack:"required"` // 文号 in its normal form, see ParseNumber
	Title      string         `yaml:"title" json:"title,omitempty"`         // bare official title
	Issuer     string         `yaml:"issuer" json:"issuer,omitempty"`
	Joint      []string       `yaml:"joint" json:"joint,omitempty"`             // further issuers of a joint document
	Signed     gov.Date       `yaml:"signed" json:"signed,omitzero"`            // 成文日期
	Printed    gov.Date       `yaml:"printed" json:"printed,omitzero"`          // 印发日期
	Kind       string         `yaml:"kind" json:"kind,omitempty"`               // 文种: 通知, 意见 ...
	Action     DocumentAction `yaml:"action" json:"action,omitempty"`           // 印发, 转发, 废止 or 直接发布
	Promulgate []string       `yaml:"promulgates" json:"promulgates,omitempty"` // titles of the instruments it issues
	Effective  gov.Date       `yaml:"effective" json:"effective,omitzero"`      // first day in force, if the text states it or says "on issue"
	ValidUntil gov.Date       `yaml:"valid_until" json:"valid_until,omitzero"`  // last day in force, if the text states a validity
	PlanEnd    gov.Date       `yaml:"plan_end" json:"plan_end,omitzero"`        // last day of the period a plan covers
	Repeals    []string       `yaml:"repeals" json:"repeals,omitempty"`         // numbers
	Cites      []string       `yaml:"cites" json:"cites,omitempty"`             // numbers of the other documents it names
	Bodyless   bool           `yaml:"bodyless" json:"bodyless,omitempty"`       // the gazette prints the notice without what it promulgates
	Status     DocumentStatus `yaml:"status" json:"status,omitempty"`           // "" or what is known from outside the library
	By         string         `yaml:"by" json:"by,omitempty"`                   // number of the repealing document
	Cite       string         `yaml:"cite" json:"cite,omitempty"`               // document number and place that name it
}
