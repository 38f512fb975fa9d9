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
// as "all street offices" are units too: their Members say for whom they stand.
type Unit struct {
	ID      string   `yaml:"id"`      // stable, lower-case ASCII: "fgw"
	Name    gov.Text `yaml:"name"`    // canonical short name: 区发展改革委
	Full    gov.Text `yaml:"full"`    // full legal name, if known
	Kind    string   `yaml:"kind"`    // see Kinds
	Parent  string   `yaml:"parent"`  // id of the unit it belongs to
	Aliases []string `yaml:"aliases"` // other spellings in print
	Members []string `yaml:"members"` // of a group: unit ids
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
// those in the gazette, and those they repeal or cite.
type Document struct {
	Number string   `yaml:"number"`
	Title  string   `yaml:"title"` // own words or the bare official title
	Issuer string   `yaml:"issuer"`
	Signed gov.Date `yaml:"signed"`
	Kind   string   `yaml:"kind"`
	Status string   `yaml:"status"` // "" or what is known from outside the library, e.g. repealed by another number
	By     string   `yaml:"by"`     // number of the repealing document
	Cite   string   `yaml:"cite"`
}
