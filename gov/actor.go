package gov

import "time"

// Clock tells the time. Tests pass a fixed one.
type Clock func() time.Time

// District is the GB/T 2260 code of a district, such as "110102". It leads
// every key of the store; no data of two districts ever meets.
type District string

// ActorKind says on whose behalf something is done.
type ActorKind string

// The kinds of actor known so far.
const (
	PublicActor    ActorKind = "public"    // anyone, not identified
	CitizenActor   ActorKind = "citizen"   // a person with things of their own here
	ApplicantActor ActorKind = "applicant" // an organisation with things of its own here
	StaffActor     ActorKind = "staff"     // a person with an account, acting by the roles held
	ProgramActor   ActorKind = "program"   // another program, by the API key it was given; its Name is the key's id
	OperatorActor  ActorKind = "operator"  // someone at the command line of the server
	SystemActor    ActorKind = "system"    // the program itself: sequencer, scheduled scans
)

// Actor is who does something. The ledger stores a commitment to it, never
// the name.
type Actor struct {
	Kind ActorKind
	Name string // the id of a person, a login of the server or a job name; empty for the public
	For  string // the id of the absent person whose deputy acts; empty for most
}

// String is "kind:name", "kind:name for name" of a deputy, or the kind alone.
func (a Actor) String() string {
	if a.Name == "" {
		return string(a.Kind)
	}
	s := string(a.Kind) + ":" + a.Name
	if a.For != "" {
		s += " for " + a.For
	}
	return s
}

// Page asks for a piece of a list by keyset: the items after a cursor.
type Page struct {
	After string // the opaque Next of the page before, or "" for the first
	Limit int    // how many at most; 0 means the list's default
}

// List is one piece of a list.
type List[T any] struct {
	Items []T
	Next  string // cursor of the following page, "" at the end
	Total int    // size of the whole list, or -1 when it was not counted
}
