package library

import (
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/policy"
)

// Library answers for the documents of one district. It is safe for use by
// several goroutines; a new version of the pack needs a new Library.
type Library struct {
	store Store
	pack  *policy.Pack
	clock gov.Clock
}

// New returns the library of the pack's district.
func New(store Store, pack *policy.Pack, clock gov.Clock) *Library {
	return &Library{store: store, pack: pack, clock: clock}
}

// today is the civil date a question without one is about.
func (l *Library) today(asOf gov.Date) gov.Date {
	if asOf.IsZero() {
		return gov.DateOf(l.clock())
	}
	return asOf
}

// Document is what the library knows of a document apart from its text. A
// document that is cited or repealed but not held is a stub, version 0.
type Document struct {
	ID       gov.ID
	Ordinal  int    // running number in the district, given once; leads the keys of the search index
	Slug     string // address: "xzf-2016-8"; unique in the district
	Number   string // 西政发〔2016〕8号
	Series   string // 西政发
	Year     int
	Serial   int
	Version  int // 1, 2 ...; a corrected file makes a new one
	Revision int // counts how often the head was saved, from 1
	Title    string
	Kind     string   // 文种
	Issuers  []string // who issued it
	Text     bool     // the file held its text, not its title alone

	Lifecycle

	Tasks      int // how many of each it contains
	Indicators int
	Projects   int

	Source     string // SHA-256 of the file it was read from, hex
	ImportedAt int64  // Unix milliseconds of the current version; of a stub, when it was first named
}

// Stub reports whether the document is known by name only.
func (d *Document) Stub() bool { return d.Version == 0 }

// Version is one reading of a document. Versions are never changed; a
// correction is a new one.
type Version struct {
	Slug       string
	Version    int
	Content    *gazette.Document // nil in lists
	Digest     string            // SHA-256 of the canonical content, hex
	Source     string            // SHA-256 of the file, hex
	ImportedAt int64             // Unix milliseconds
	Event      gov.ID            // the ledger event that stored it: the key of its receipt
}

// Summary is a document in a list.
type Summary struct {
	Document
	State State
}
