package library

import (
	"context"

	"quanxiang/gov"
	"quanxiang/library/fulltext"
)

// Store keeps the library of one district. Reads see the last committed
// state.
type Store interface {
	Reader

	// Update runs fn in one transaction: all of its writes and the ledger
	// event, or nothing. fn may run more than once and must touch nothing but
	// its Tx.
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Reader is the reading half of a store.
type Reader interface {
	// Heads returns every document of the district, stubs included, the last
	// signed first, then by falling slug.
	Heads(ctx context.Context) ([]Document, error)

	// Head returns one document, or NotFound.
	Head(ctx context.Context, slug string) (*Document, error)

	// Versions returns the versions of a document without content, the newest
	// first; none of a stub.
	Versions(ctx context.Context, slug string) ([]Version, error)

	// Version returns one version with its content, or NotFound.
	Version(ctx context.Context, slug string, version int) (*Version, error)

	// Links returns the references from and to a document.
	Links(ctx context.Context, slug string) ([]Link, error)

	// Items returns the items a unit has a part in, by document and position,
	// with its parts alone. The empty unit stands for the names no unit of the
	// pack bears.
	Items(ctx context.Context, unit string) ([]Item, error)

	// Match returns the keys of the passages in which every word of the query
	// is found, in no order. heads restricts the search to titles and headings.
	Match(ctx context.Context, q fulltext.Query, heads bool) ([]Key, error)

	// Indexed tells of every document that was ever indexed what the index holds,
	// in no order.
	Indexed(ctx context.Context) ([]Indexed, error)

	// Passages returns the passages of the keys that exist, in no order.
	Passages(ctx context.Context, keys []Key) ([]Passage, error)
}

// Tx is a transaction of the store.
type Tx interface {
	Reader

	// NextOrdinal returns a number no document of the district has had.
	NextOrdinal(ctx context.Context) (int, error)

	// SaveHead inserts a document of revision 0, or replaces the one of the same
	// revision, and counts the revision up. It returns Conflict when someone else
	// was first.
	SaveHead(ctx context.Context, d *Document) error

	// SaveVersion inserts a version.
	SaveVersion(ctx context.Context, v *Version) error

	// Replace puts new references and items in the place of all those of a
	// document.
	Replace(ctx context.Context, slug string, links []Link, items []Item) error

	// Index puts new passages in the place of all those of a document, and notes
	// for Indexed that its present version is indexed by IndexRules. They are
	// made from the rest and no part of the ledger.
	Index(ctx context.Context, d *Document, passages []Passage) error

	// Record appends an event to the ledger in this transaction, with the
	// digest of every row the transaction has written.
	Record(ctx context.Context, actor gov.Actor, e Event) error
}

// Event is an act on the library as the ledger will tell it.
type Event struct {
	ID     gov.ID
	At     int64 // Unix milliseconds
	Kind   string
	Object string
	Facts  map[string]string
}

// Relation is how a document refers to another.
type Relation string

// The relations. A document that repeals another also names it, but is not
// listed as citing it.
const (
	Repeals Relation = "repeals"
	Cites   Relation = "cites"
)

// Link is one reference of a document to another. A reference by title alone
// may lead nowhere: To is then empty.
type Link struct {
	From     string // slug
	Seq      int    // position among the document's references
	Relation Relation
	To       string // slug, or ""
	Number   string
	Title    string
	Line     int // raw line of the file
}

// Scope is what a passage, and so a hit, is part of.
type Scope int

// The scopes, in the order of search keys.
const (
	DocumentScope Scope = iota
	NodeScope
	TaskScope
	IndicatorScope
	ProjectScope
)

var scopeNames = [...]string{"document", "node", "task", "indicator", "project"}

// String is the scope's name in addresses and the API.
func (s Scope) String() string { return scopeNames[s] }

// ParseScope reads a scope's name.
func ParseScope(name string) (Scope, error) {
	for i, n := range scopeNames {
		if n == name {
			return Scope(i), nil
		}
	}
	return 0, gov.Errorf(gov.Invalid, "没有“%s”这种检索范围", "there is no search scope %q", name).On("scope")
}

// Item is a task, indicator or project of a document's current version.
type Item struct {
	Slug    string // of the document
	Scope   Scope
	Seq     int // position in its list, from 0
	Anchor  string
	No      string // as printed
	Section string // heading it stands under; the category of a project
	Text    string // what is to be done, measured or built
	Start   gov.Date
	End     gov.Date // deadline
	Due     string   // the deadline as printed
	Parties []Party
}

// Role is the part a unit has in an item.
type Role string

// The roles. A list that does not say who leads makes every unit responsible.
const (
	Lead        Role = "lead"
	Support     Role = "support"
	Responsible Role = "responsible"
)

// Party is a unit's part in an item.
type Party struct {
	Role  Role
	Unit  string // id in the pack, "" when no unit bears the name
	Name  string // canonical, or as printed when unresolved
	Raw   string // as printed, where it differs
	Scope string // what the print restricts it to
}

// Key names a passage in the search index.
type Key struct {
	Ordinal int // of the document
	Scope   Scope
	Seq     int // position in its scope
	Part    int // a long text makes several passages
}

// The limits of a Key's parts; the store packs them into one integer.
const (
	MaxOrdinal = 1<<18 - 1
	MaxSeq     = 1<<16 - 1
	MaxPart    = 1<<6 - 1
)

// Passage is a row of the search index: the title of a document, a node with
// its paragraphs, or an item.
type Passage struct {
	Key    Key
	Slug   string
	Anchor string // eId of the node or anchor of the item, "" of a document
	Head   string // title or heading
	Body   string // paragraphs, parted by line breaks
}
