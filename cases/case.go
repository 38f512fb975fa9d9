package cases

import (
	"maps"
	"slices"

	"quanxiang/calendar"
	"quanxiang/cases/entered"
	"quanxiang/cases/stamp"
	"quanxiang/gov"
)

// Values are the fields of a case that have a value.
type Values = entered.Values

// Mistakes is everything wrong with what was typed, each about its field.
type Mistakes = entered.Mistakes

// Case is one matter under a procedure. All but the identity is the fold of
// its events; see Apply.
type Case struct {
	ID        gov.ID `json:"-"`
	Procedure string `json:"-"` // id
	Pack      string `json:"-"` // hash of the pack it began under and ends under
	Number    string `json:"-"`
	Parent    gov.ID `json:"-"` // of a sub-case, else zero
	Kind      string `json:"-"` // of a sub-case: the id its parent's procedure gives such sub-cases
	Origin    string `json:"-"` // what it was made of, once: "series/xijie/2016-10", "item/xzf-2016-8#task_6"; "" for none

	Version  int64            `json:"-"` // how many events it has
	State    string           `json:"state"`
	Since    int64            `json:"since"` // when it came into the state, Unix ms
	Opened   int64            `json:"opened"`
	Ended    int64            `json:"ended,omitempty"` // when it came into its ending state; 0 while it runs
	Touched  int64            `json:"touched"`         // when its last event was
	Values   Values           `json:"values"`
	Done     map[string]Done  `json:"done"`               // by action
	Visited  []string         `json:"visited"`            // the states it has been in, each once
	Unsealed []string         `json:"unsealed,omitempty"` // the sealed fields that were opened
	Runs     map[string]Clock `json:"runs"`               // by clock
	Pending  []Request        `json:"pending,omitempty"`  // actions that wait for others to agree or join
	Merged   gov.ID           `json:"merged,omitzero"`    // the case it was merged into, else zero
	Absorbed []gov.ID         `json:"absorbed,omitempty"` // the cases that were merged into it, in order
}

// Done is how an action was done so far.
type Done struct {
	Times int      `json:"times"`
	First int64    `json:"first"`
	Last  int64    `json:"last"`
	By    []string `json:"by,omitempty"` // persons who did it and persons it was done for, each once
}

// Clock is the history of a clock in a case.
type Clock struct {
	Limit  calendar.Limit   `json:"limit,omitzero"` // as chosen at the start; none of a clock with a date
	Runs   []Span           `json:"runs"`
	Pauses []Span           `json:"pauses,omitempty"`
	Extra  []calendar.Limit `json:"extra,omitempty"`  // extensions
	Warned int              `json:"warned,omitempty"` // the highest warning given, per cent
	Noted  bool             `json:"noted,omitempty"`  // it was told that the clock ran out
	Of     Values           `json:"of,omitempty"`     // the fields of Anew as the last start found them
}

// Span is a stretch of time in Unix ms; To 0 means that it has not ended.
type Span struct {
	From int64 `json:"from"`
	To   int64 `json:"to,omitempty"`
}

func (s Span) open() bool { return s.To == 0 }

// Running reports that the clock counts or would but for a pause.
func (k Clock) Running() bool { return len(k.Runs) > 0 && k.Runs[len(k.Runs)-1].open() }

// Request is an action someone asked for and others must agree to or join.
type Request struct {
	Seq    int64     `json:"seq"` // of the event that made it; its name
	Action string    `json:"action"`
	Values Values    `json:"values,omitempty"`
	Note   string    `json:"note,omitempty"`
	By     Mark      `json:"by"`
	At     int64     `json:"at"`
	Joined []Joining `json:"joined,omitempty"` // who agreed or joined, in order
}

// Joining is one agreement to a request.
type Joining struct {
	Party string `json:"party"`
	By    Mark   `json:"by"`
}

// Mark is who did something, as the history keeps it.
type Mark struct {
	Kind   gov.ActorKind `json:"kind"`
	Person string        `json:"person,omitempty"` // id, "" for the public and the system
	For    string        `json:"for,omitempty"`    // the person on whose behalf a deputy acted
	Unit   string        `json:"unit,omitempty"`   // of the post by which it was done
	Role   string        `json:"role,omitempty"`
	Post   string        `json:"post,omitempty"`
}

// EventKind is the kind of an event.
type EventKind string

// The kinds.
const (
	Acted     EventKind = "acted"     // an action took effect
	Asked     EventKind = "asked"     // an action was asked for and waits
	Agreed    EventKind = "agreed"    // someone agreed to it or joined
	Refused   EventKind = "refused"   // someone refused it: it is gone
	Commented EventKind = "commented" // said something
	Warned    EventKind = "warned"    // a clock passed a warning
	Late      EventKind = "late"      // a clock ran out
	Reckoned  EventKind = "reckoned"  // computed fields changed without an action
	Absorbed  EventKind = "absorbed"  // another case was merged into this one
)

// Event is one entry of a case's history. Events are facts: they are written
// once and never changed.
type Event struct {
	Seq     int64     `json:"-"` // from 1
	At      int64     `json:"-"`
	Kind    EventKind `json:"kind"`
	By      Mark      `json:"by"`
	Action  string    `json:"action,omitempty"`  // of Acted, Asked, Agreed, Refused
	Request int64     `json:"request,omitempty"` // of Agreed, Refused, and of an Acted that was agreed to
	Party   string    `json:"party,omitempty"`   // as which party, where it matters
	From    string    `json:"from,omitempty"`    // of Acted
	To      string    `json:"to,omitempty"`      // of Acted
	Set     Values    `json:"set,omitempty"`     // fields given a value; nil takes it away
	Limits  Limits    `json:"limits,omitempty"`  // clocks started, with their limit
	Extend  Limits    `json:"extend,omitempty"`  // clocks extended
	Unseal  []string  `json:"unseal,omitempty"`  // fields opened
	Merge   gov.ID    `json:"merge,omitzero"`    // of Acted: the case this one is merged into; of Absorbed: the case that came in
	Clock   string    `json:"clock,omitempty"`   // of Warned, Late
	Percent int       `json:"percent,omitempty"` // of Warned
	Note    string    `json:"note,omitempty"`    // of Commented, Refused; optional elsewhere
	Files   []string  `json:"files,omitempty"`   // of Commented: SHA-256, hex

	Stamp *stamp.Stamp `json:"stamp,omitempty"` // of Acted, Asked: what the phone said of an act on site
}

// clone copies a case so deeply that the copy can be changed.
func (c Case) clone() Case {
	c.Values = cloneMap(c.Values)
	c.Done = cloneMap(c.Done)
	c.Visited = slices.Clone(c.Visited)
	c.Unsealed = slices.Clone(c.Unsealed)
	c.Pending = slices.Clone(c.Pending)
	c.Absorbed = slices.Clone(c.Absorbed)
	c.Runs = cloneMap(c.Runs)
	return c
}

// cloneMap copies a map; the copy of none is empty and can be written to.
func cloneMap[M ~map[K]V, K comparable, V any](m M) M {
	if m == nil {
		return M{}
	}
	return maps.Clone(m)
}
