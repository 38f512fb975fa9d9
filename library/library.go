package library

import (
	"quanxiang/gazette"
	"quanxiang/gov"
)

// Document is a document of the library in one version. The parsed text is
// Content; a stub (cited or repealed but not held) has none.
type Document struct {
	ID         gov.ID
	Slug       string // address: "xzf-2016-8"; unique in the district
	Number     string // 西政发〔2016〕8号
	Version    int    // 1, 2 ...; a corrected file makes a new one
	Stub       bool
	Title      string
	Kind       string
	Issuers    []string
	Signed     gov.Date
	Printed    gov.Date
	Effective  gov.Date
	ValidUntil gov.Date
	PlanEnds   gov.Date // last day of the period a plan covers
	RepealedOn gov.Date
	RepealedBy string // number
	Source     string // SHA-256 of the file it was read from
	ImportedAt int64
	Content    *gazette.Document
}

// Status is the state of a document as of a date.
type Status string

// The states; see StatusOn.
const (
	NotYet        Status = "not_yet" // signed but not in force on that date
	InForce       Status = "in_force"
	Repealed      Status = "repealed"
	Expired       Status = "expired"
	PlanEnded     Status = "plan_ended"
	UnknownStatus Status = "unknown" // a stub about which nothing is known
)

// Query is a search.
type Query struct {
	Words  string
	Series string
	Year   int
	Kind   string
	Status Status
	Unit   string   // unit id
	Scope  string   // "", document, node, task
	AsOf   gov.Date // for Status; zero = today
}

// Hit is one search result: a document, a node of it or a task.
type Hit struct {
	Document string // slug
	Number   string
	Title    string
	Scope    string // document, node, task
	Anchor   string // eId of the node, "task-12" of a task, "" of a document
	Heading  string
	Snippet  []Mark // text around the hit
	Status   Status
}

// Mark is a run of text, hit or not.
type Mark struct {
	Text string
	Hit  bool
}
