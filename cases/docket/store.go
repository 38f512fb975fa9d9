package docket

import (
	"context"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/precedent"
	"quanxiang/files"
	"quanxiang/files/photo"
	"quanxiang/gov"
	"quanxiang/library/fulltext"
)

// Store keeps the cases of one district.
type Store interface {
	// Update runs fn in one transaction: everything it saves, with the acts of
	// the ledger, or nothing. fn may run more than once and must touch nothing
	// but its Tx.
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error

	// Together runs fn so that all that is kept under the context it is given, here
	// and in other stores of the same database, is one transaction, and what is read
	// there sees it. fn may run more than once and must touch nothing else.
	Together(ctx context.Context, fn func(ctx context.Context) error) error

	// Case returns a case, or NotFound.
	Case(ctx context.Context, id gov.ID) (cases.Case, error)

	// History returns events of a case in order, those after a number.
	History(ctx context.Context, id gov.ID, after int64) ([]cases.Event, error)

	// Waiting looks for each of some keys at the cases for which turns are kept
	// under it, by due time and then by id, at up to limit of them after a place
	// in that order, and returns those of all the facets that fit.
	Waiting(ctx context.Context, keys []string, facets []Facet, fits func(Row) bool, after Place, limit int) ([]Waiting, error)

	// List returns the cases a query asks for, but for its Words, by due time and
	// then by id, at most limit of them after a place in that order. Of several
	// facets it looks at the cases of the one that has the fewest, at so many of
	// them that a page never takes long; stop is where it then stopped looking,
	// and zero when it has found limit cases or there are no more.
	List(ctx context.Context, q Query, after Place, limit int) (list []Row, stop Place, err error)

	// Ended lists the cases of a procedure that ended in a stretch of time, Unix
	// ms from its beginning on and before its end, by when they ended, at most
	// limit of them.
	Ended(ctx context.Context, procedureID string, from, to int64, limit int) ([]Row, error)

	// Within returns the cases a stretch asks for, the newest first, at most limit
	// of them behind the first skip.
	Within(ctx context.Context, s Stretch, skip, limit int) ([]Row, error)

	// Tallies counts the cases of a procedure by the values of a field, "" for
	// all together. They are kept up with every step, not counted when asked.
	Tallies(ctx context.Context, procedureID, field string) ([]Tally, error)

	// Totals answers how often cases count for something, by value, month, thing and
	// part. They are up to date: what Fold has not added yet is added here.
	Totals(ctx context.Context, a Asked) ([]Sum, error)

	// Fold adds up to limit changes to the kept sums and returns how many there
	// were.
	Fold(ctx context.Context, limit int) (int, error)

	// CountedIn lists the cases of a procedure that count for something in some
	// months, once for each, at most limit of them after a mark in that order.
	CountedIn(ctx context.Context, procedureID string, from, to Month, after Mark, limit int) ([]InMonth, error)

	// Decisions returns what was decided by a precedent of a procedure in cases
	// with a basis, the last decision first, at most limit.
	Decisions(ctx context.Context, procedureID, precedentID, basis string, limit int) ([]precedent.Decision, error)

	// Latest lists cases of a facet in a state, those first that changed last.
	Latest(ctx context.Context, procedureID string, f Facet, state string, limit int) ([]Row, error)

	// Near lists the cases around a place, the nearest first, at most limit of
	// them. Where very many lie it does not look at all of them.
	Near(ctx context.Context, n Near, limit int) ([]Nearby, error)

	// Patches, Sums, Spots, Walk and Newest are those of the docket; of Newest the
	// ground has one state.
	Patches(ctx context.Context, g Ground, zoom uint8) ([]Patch, error)
	Sums(ctx context.Context, g Ground) (total, nowhere int64, err error)
	Spots(ctx context.Context, g Ground, limit int) ([]Nearby, error)
	Walk(ctx context.Context, g Ground, after Found, limit int) ([]Nearby, Found, error)
	Newest(ctx context.Context, g Ground, after Place, limit int) ([]Nearby, error)

	// Standing and Standings are those of the docket.
	Standing(ctx context.Context, g Ground, after Place, limit int) ([]Nearby, error)
	Standings(ctx context.Context, g Ground) (total, nowhere int64, err error)

	// Spot is a case with its place, none of a procedure that knows no places.
	Spot(ctx context.Context, id gov.ID) ([]Nearby, error)

	// Search returns the cases in whose Words a query is found, the newest
	// first, at most limit of them after one in that order; the zero id begins.
	// The empty query finds nothing.
	Search(ctx context.Context, q fulltext.Query, after gov.ID, limit int) ([]Row, error)

	// Find returns the id of the case with a number, or NotFound.
	Find(ctx context.Context, number string) (gov.ID, error)

	// Children returns the sub-cases of a case by kind, in each kind as they
	// began.
	Children(ctx context.Context, parent gov.ID) ([]Row, error)

	// All lists the cases behind an id in the order of their ids, at most limit.
	All(ctx context.Context, after gov.ID, limit int) ([]gov.ID, error)

	// Unlisted lists cases that lists know nothing of yet, as they began, at most
	// limit.
	Unlisted(ctx context.Context, limit int) ([]gov.ID, error)

	// Attachments lists the files attached to a case, or to one yet to be begun
	// under the id, as they came.
	Attachments(ctx context.Context, id gov.ID) ([]Attachment, error)

	// Alike lists pictures of any case that look like one. All that differ in at
	// most three bits of their looks are found, of the others that are alike most;
	// at most limit are looked at in each of four ways.
	Alike(ctx context.Context, look photo.Look, limit int) ([]Likeness, error)

	// Drafts lists the attachments that were sent before an instant, Unix ms, and
	// are drafts, the oldest first, at most limit of them.
	Drafts(ctx context.Context, before int64, limit int) ([]Draft, error)

	// Waking lists the cases to look at at an instant, the longest due first.
	Waking(ctx context.Context, at time.Time, limit int) ([]gov.ID, error)

	// Overdue counts the cases to look at at an instant.
	Overdue(ctx context.Context, at time.Time) (int, error)
}

// Tx is a transaction of the store.
type Tx interface {
	// Now is the instant of the transaction.
	Now() time.Time

	// Case returns a case, or NotFound.
	Case(ctx context.Context, id gov.ID) (cases.Case, error)

	// Busy reports that many write at this moment: what somebody waits for comes
	// before what can be done after.
	Busy() bool

	// Begun returns a case that is not to be changed, or NotFound.
	Begun(ctx context.Context, id gov.ID) (cases.Case, error)

	// Claim reports that lists know nothing of a case yet, and lets the transaction
	// alone list it: who claims it besides waits and then finds it listed.
	Claim(ctx context.Context, id gov.ID) (bool, error)

	// Hold lets nobody else change a case until the transaction has ended. It comes
	// before what is read of it.
	Hold(ctx context.Context, id gov.ID) error

	// History returns the events of a case in order.
	History(ctx context.Context, id gov.ID) ([]cases.Event, error)

	// Counted returns what a case counts for; ok is false when that is not known.
	Counted(ctx context.Context, id gov.ID) (all Counted, ok bool, err error)

	// Children counts the sub-cases of a case by kind.
	Children(ctx context.Context, parent gov.ID) (map[string]cases.Count, error)

	// Stepping returns a case, or NotFound, and the case a step with a key was
	// on, zero when there was none.
	Stepping(ctx context.Context, id, key gov.ID) (c cases.Case, of gov.ID, err error)

	// Made tells whether a procedure has a case of an origin.
	Made(ctx context.Context, procedureID, origin string) (bool, error)

	// Number counts a series of numbers up and returns the new one, from 1.
	Number(ctx context.Context, series string) (int, error)

	// Save writes a case with its new events, how lists show it and whose turn
	// it is, unless it is to stay unlisted, and records the step in the ledger. That someone else was first, or
	// that the key has been used, is a Conflict of Save or of the whole Update.
	Save(ctx context.Context, ch Change) error

	// Attach notes a file of a case, or of one yet to be begun under the id, and
	// records that in the ledger. A file that is attached already stays as it is,
	// and is a draft for longer if it is one.
	Attach(ctx context.Context, id gov.ID, a Attachment, actor gov.Actor) error

	// Fit notes that a picture attached to a case is fit to be shown to everybody,
	// or is not, and records that in the ledger. It returns NotFound for no such
	// picture; one of which that is known already stays as it is.
	Fit(ctx context.Context, id gov.ID, key files.Key, fit bool, actor gov.Actor) error

	// Settle ends that an attachment is a draft; unless it is kept it is no
	// attachment any more, which the ledger records. One that is no draft, or was
	// sent again since, stays as it is.
	Settle(ctx context.Context, d Draft, keep bool) error

	// List writes anew what lists know of a case that is there, and nothing else.
	List(ctx context.Context, l Listing) error

	// Sleep sets when to look at a case again, and nothing else: no act of the
	// ledger.
	Sleep(ctx context.Context, id gov.ID, until time.Time) error
}

// Change is a step as it is kept.
type Change struct {
	Case   cases.Case
	Before int64         // the version it was decided on; 0 of a new case
	Events []cases.Event // at least one
	Key    gov.ID        // names the step, so that doing it twice does it once; zero for none
	Actor  gov.Actor
	Notes  []Note // who is to be told; the job NoticeJob does it

	Unlisted bool // a new case that lists are to know nothing of yet; there is no Listing
	Listing
}

// Attachment is a file attached to a case. Its bytes are kept by their key in
// package files.
type Attachment struct {
	Key  files.Key
	Name string // as it is called when it is saved
	Type string // media type, told by the content
	Size int64  // bytes
	By   string // id of the person
	At   int64  // Unix ms

	// Draft is when it was sent last, Unix ms, while it is not known whether
	// anything names it, and zero once that is known.
	Draft int64

	Picture *Picture // nil for what is none
}

// Likeness is a picture of a case that looks like another.
type Likeness struct {
	Case gov.ID
	Key  files.Key
	Look photo.Look
	Of   files.Key // the picture this is a masked copy of, "" for none
}

// Draft names an attachment that is a draft.
type Draft struct {
	Case gov.ID
	Key  files.Key
	At   int64 // when it was sent last, Unix ms
}

// Picture is what is known of a picture. What a camera said is no evidence.
type Picture struct {
	Width, Height int       // pixels
	Thumb         files.Key // the same, small
	Look          photo.Look
	Taken         int64     // by the camera's clock, Unix ms; 0 for not known
	Place         string    // latitude,longitude of WGS 84 by the camera, if the sender agreed to keep it; "" for none
	Of            files.Key // the picture this is a masked copy of, "" for none
	Fit           int64     // when somebody found it fit to be shown to everybody, Unix ms; 0 for not yet
}

// Note is what a step wants somebody told. It is kept with the step until they
// were.
type Note struct {
	Why   cases.Notice `json:"why"`
	Clock string       `json:"clock,omitempty"` // of a note about a clock
	To    []cases.Turn `json:"to"`
	By    string       `json:"by,omitempty"` // the person who did the step, who need not be told of it
}

// Facet is a value by which the cases of a procedure are listed and counted.
// The zero Facet is every case.
type Facet struct {
	Field string `json:"f"`
	Value string `json:"v"`
}

// Query asks for cases of a procedure, by due time. Of a worklist it says which
// cases of it are meant; there Procedure may be "" for any, and Ended says
// nothing.
type Query struct {
	Procedure string
	Facets    []Facet // all of them; none is every case
	Ended     bool    // those that have ended instead of those that run
	State     string  // "" for any
	Colour    string  // "" for any
	Words     string  // in the number or subject, "" for any
}

// Stretch asks for cases of a procedure by time. Bounds are Unix ms and
// inclusive; 0 is none.
type Stretch struct {
	Procedure   string
	States      []string // at least one
	Field       string   // with Values: a facet that has one of them
	Values      []string
	OpenedFrom  int64
	OpenedTo    int64
	TouchedFrom int64 // of the last event
	TouchedTo   int64
}

// Tally is how many cases of a facet are in a state with a colour.
type Tally struct {
	Facet
	State  string
	Colour string
	N      int64
}

// Listing is what lists know of a case: derived, and no part of the ledger.
type Listing struct {
	Row    Row
	Facets []Facet
	Turns  []cases.Turn
	Spot   *Spot     // nil when its procedure knows no places
	Wake   time.Time // when to look at it again; zero when time brings nothing

	Recount *Recount // nil when it counts for what it did before
}

// Row is how lists show a case. It is derived from the case.
type Row struct {
	ID        gov.ID
	Procedure string
	Number    string
	Parent    gov.ID
	Kind      string
	Subject   string
	Units     []string // who is responsible
	State     string
	Ends      string // kind of the state: open, paused, done, void
	Colour    string // id, "" for none
	Due       int64  // deadline of the procedure's due clock, Unix ms; 0 for none
	Stage     string // the clock that runs out first while that one does not run, "" for none
	StageDue  int64  // its deadline, for those who deal with the case
	Opened    int64
	Ended     int64
	Touched   int64 // when the last event was
}

// Place is a position in a list ordered by due time; cases without one come
// last.
type Place struct {
	Due int64
	ID  gov.ID
}

// Waiter is a case that waits for someone, with all turns under the key it was
// looked up by.
type Waiter struct {
	Row
	Turns []cases.Turn
}

// Waiting is what was found under a key.
type Waiting struct {
	Cases []Waiter
	Stop  Place // of the last case looked at; zero when there are no more
}
