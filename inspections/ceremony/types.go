package ceremony

import (
	"context"
	"errors"
	"slices"

	"quanxiang/canon"
	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections"
)

// Ceremony is a draw with everything that was arranged for it.
type Ceremony struct {
	ID      gov.ID // of the plan
	Number  string // of the plan: its id in the transcript
	Version int64
	State   State

	// What lists and the public see without reading the transcript.
	Records int64  // lines
	Head    string // hex
	Stage   draw.Stage
	Attempt int // 0 before the first plan record
	Voids   int // subjects taken out, over all attempts
	Aborted int // attempts that were abandoned
	Uses    int // elements of seal chains taken
	Touched int64
}

// State is what was arranged and what waits.
type State struct {
	Setup    Setup     `json:"setup"`
	Body     []byte    `json:"body,omitempty"` // the plan's canonical body as the authority signs it; nil as long as a key is missing
	Queue    []Intent  `json:"queue,omitempty"`
	Sigs     []Sig     `json:"sigs,omitempty"`
	Consents []Consent `json:"consents,omitempty"` // of the use at hand
	Refused  []Refusal `json:"refused,omitempty"`  // what could not be done, the newest last
}

// Setup is what the ceremony brings to a frozen plan.
type Setup struct {
	Parties    []Party         `json:"parties"`
	Times      []record.Times  `json:"times"`
	Outside    []record.Source `json:"outside"`
	MinReveals int             `json:"minReveals"`
	Length     uint32          `json:"length"` // of the seal chains
}

// Role is what a party is in a draw.
type Role string

// The roles.
const (
	Authority  Role = "authority"
	Witness    Role = "witness"
	SealHolder Role = "seal"
	Auditor    Role = "auditor"
)

// Party is somebody named for a draw.
type Party struct {
	Role   Role      `json:"role"`
	N      int       `json:"n"` // within the role, from 0
	Name   string    `json:"name"`
	Person gov.ID    `json:"person,omitzero"` // whose account acts; zero: files are carried by whoever holds the ceremony
	Key    canon.Hex `json:"key,omitempty"`   // once it is known
	Anchor canon.Hex `json:"anchor,omitempty"`
}

// By is the party's name as a signer.
func (p Party) By() string {
	switch p.Role {
	case Witness:
		return record.Witness(p.N)
	case SealHolder:
		return record.SealHolder(p.N)
	case Auditor:
		return record.Auditor(p.N)
	}
	return record.Authority
}

// The operations of an Intent.
const (
	opPlan       = "plan"
	opClose      = "close"
	OpOutside    = "outside"
	OpDraw       = "draw"
	opAssign     = "assign"
	opOpen       = "open"
	OpVoid       = "void"
	opSubstitute = "substitute"
	OpRecuse     = "recuse"
	OpAbandon    = "abandon"
	opResult     = "result"
	OpPublish    = "publish"
	OpRelease    = "release"
	OpReleaseDay = "release-day"
	OpAttest     = "attest"
)

// Intent is a record that is to be made as soon as everybody has given their part.
type Intent struct {
	Op       string    `json:"op"`
	UID      lot.UID   `json:"uid,omitzero"`
	UIDs     []lot.UID `json:"uids,omitempty"`
	Value    string    `json:"value,omitempty"`  // of an outside source; verdict of an auditor; outcome of a visit
	Reason   string    `json:"reason,omitempty"` // of voids and recusals
	Evidence lot.Hash  `json:"evidence,omitzero"`
	Official lot.UID   `json:"official,omitzero"`
	Where    string    `json:"where,omitempty"`
	N        int       `json:"n,omitempty"` // witness that signs, auditor, or seq of the void
	Frame    int       `json:"frame,omitempty"`
	Visit    int       `json:"visit,omitempty"`
	Slot     int       `json:"slot,omitempty"`
}

// takes reports that an intent takes a use of the seal chains.
func (i Intent) takes() bool {
	return i.Op == OpDraw || i.Op == opSubstitute || i.Op == OpRecuse
}

// Sig is a signature that was given for a record that still lacks others.
type Sig struct {
	Act canon.Hex `json:"act"`
	By  string    `json:"by"`
	Sig canon.Hex `json:"sig"`
}

// Consent is a holder's: whoever gave the element of a use while their key is
// unlocked signs what follows from it.
type Consent struct {
	Use uint32 `json:"use"`
	By  string `json:"by"`
}

// Refusal tells what could not be recorded.
type Refusal struct {
	Op   string   `json:"op"`
	At   int64    `json:"at"` // Unix s
	Text gov.Text `json:"text"`
}

// Line is a record of the transcript as it is kept.
type Line struct {
	Seq  int64
	Type record.Type
	At   int64    // Unix s
	By   []string // who signed it, and of a reveal whose secret it is
	Text []byte   // without its line feed; nil where only what happened is asked for
	Head string   // hex of what the next record names; pins the transcript up to here
}

// Element is what a holder gave.
type Element struct {
	Use    uint32
	Holder int
	X      lot.Hash
}

// VisitStage is how far a drawn visit has come.
type VisitStage string

// The stages of a visit.
const (
	Begun     VisitStage = "begun"     // its case is there
	Opened    VisitStage = "opened"    // inspectors have arrived
	Done      VisitStage = "result"    // the result was recorded
	Published VisitStage = "published" // and made public
	Void      VisitStage = "void"
)

// Handed is a drawn visit that was given to the procedure of visits.
type Handed struct {
	UID     lot.UID
	Version int64
	Case    gov.ID
	Stage   VisitStage
	Team    string // the members as they were told, to see when a team changes
}

// Change is everything one act writes.
type Change struct {
	Ceremony Ceremony // Version is what it was; 0 makes it
	Lines    []Line
	Elements []Element
	Visits   []Handed // Version is what it was; 0 makes it
	Kind     string   // of the act
	Actor    gov.Actor
	Wake     bool // asks for the job that goes on
}

// FollowJob goes on with a ceremony: its key is the plan's id.
const FollowJob = "draws.follow"

// Store keeps ceremonies.
type Store interface {
	// Ceremonies lists all, the newest plan first.
	Ceremonies(ctx context.Context) ([]Ceremony, error)

	// Ceremony returns NotFound for a plan without one.
	Ceremony(ctx context.Context, id gov.ID) (Ceremony, error)

	// ByNumber is Ceremony by the plan's number.
	ByNumber(ctx context.Context, number string) (Ceremony, error)

	// Lines are the records in order.
	Lines(ctx context.Context, id gov.ID) ([]Line, error)

	// Recorded are the newest records without their text, the newest first.
	Recorded(ctx context.Context, id gov.ID, limit int) ([]Line, error)

	// Elements are what holders gave, by use and holder.
	Elements(ctx context.Context, id gov.ID) ([]Element, error)

	// Visits are those that were handed out, in the order of their subjects.
	Visits(ctx context.Context, id gov.ID) ([]Handed, error)

	// VisitsAt are those of a stage in the order of their cases, at most limit of them
	// behind as many as from.
	VisitsAt(ctx context.Context, id gov.ID, stage VisitStage, from, limit int) ([]Handed, error)

	// VisitCounts are how many there are at each stage.
	VisitCounts(ctx context.Context, id gov.ID) (map[VisitStage]int, error)

	// Save writes a change, with a ledger entry for the act and one for each line, in
	// one transaction. It returns Conflict when a version is not the stored one.
	Save(ctx context.Context, c Change) error

	// Key returns the sealed key of a person; NotFound when there is none.
	Key(ctx context.Context, person gov.ID) (SealedKey, error)

	// SaveKey keeps a person's key; a person that has one gets Conflict.
	SaveKey(ctx context.Context, k SealedKey, actor gov.Actor) error
}

// SealedKey is a party's key sealed under a passphrase.
type SealedKey struct {
	Person gov.ID
	Public [32]byte
	Params string // how the passphrase is stretched, with the salt
	Sealed []byte
	At     int64 // Unix ms
}

// Plans are where frozen plans come from.
type Plans interface {
	// Frozen returns NotFound when there is no such plan, and Conflict when it is not
	// frozen yet.
	Frozen(ctx context.Context, id gov.ID) (*inspections.Frozen, error)
}

// Cases are the visits as cases of the pack's procedure.
type Cases interface {
	// Begin begins the case of a visit under an id, once: doing it again returns nil.
	Begin(ctx context.Context, id gov.ID, v inspections.Visit) error

	// Change tells a case that its team is another now. It returns ErrLater where the
	// case takes no other team at the moment.
	Change(ctx context.Context, id gov.ID, v inspections.Visit) error

	// Progress is how far a visit's case has come.
	Progress(ctx context.Context, id gov.ID) (Progress, error)

	// Withdraw ends the case of a visit that is void; of one that has ended it does
	// nothing.
	Withdraw(ctx context.Context, id gov.ID, reason string) error
}

// ErrLater says that a case cannot take something now; it is told again.
var ErrLater = errors.New("the case takes it later")

// Progress is how far a case has come. Each is said once the one before is.
type Progress struct {
	Arrived   bool
	Outcome   string   // [a-z0-9-]{1,32}, "" as long as there is none
	Evidence  lot.Hash // of the record of the visit
	Published bool
	Where     string
	Digest    lot.Hash // of what was published
}

// party finds a party by its name as a signer.
func (s *Setup) party(by string) *Party {
	i := slices.IndexFunc(s.Parties, func(p Party) bool { return p.By() == by })
	if i < 0 {
		return nil
	}
	return &s.Parties[i]
}

// Of lists the parties of a role.
func (s *Setup) Of(r Role) (list []Party) {
	for _, p := range s.Parties {
		if p.Role == r {
			list = append(list, p)
		}
	}
	return list
}

// complete reports that every key is known.
func (s *Setup) complete() bool {
	return len(s.Parties) > 0 && !slices.ContainsFunc(s.Parties, func(p Party) bool {
		return len(p.Key) != 32 || p.Role == SealHolder && len(p.Anchor) != 32
	})
}
