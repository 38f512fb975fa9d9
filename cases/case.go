package cases

import (
	"maps"
	"slices"

	"quanxiang/calendar"
	"quanxiang/gov"
)

// Values are the fields of a case that have a value: string, int64, bool or
// []string by the field's type.
type Values map[string]any

// Case is one matter under a procedure. All but the identity is the fold of
// its events; see Apply and Derive.
type Case struct {
	ID        gov.ID
	Procedure string // id
	Pack      string // hash of the pack it began under and ends under
	Number    string
	Parent    gov.ID // of a sub-case, else zero
	Kind      string // of a sub-case: the id its parent's procedure gives such sub-cases

	Version  int64 // how many events it has
	State    string
	Since    int64 // when it came into the state, Unix ms
	Opened   int64
	Ended    int64 // when it came into its ending state; 0 while it runs
	Values   Values
	Done     map[string]Done  // by action
	Visited  []string         // the states it has been in, each once
	Unsealed []string         // the sealed fields that were opened
	Runs     map[string]Clock // by clock
	Pending  []Request        // actions that wait for others to agree or join
	Merged   gov.ID           // the case it was merged into, else zero
}

// Done is how an action was done so far.
type Done struct {
	Times       int
	First, Last int64
	By          []string // persons who did it and persons it was done for, each once
}

// Clock is the history of a clock in a case.
type Clock struct {
	Limit  calendar.Limit // as chosen at the start; none of a clock with a date
	Runs   []Span
	Pauses []Span
	Extra  []calendar.Limit // extensions
	Warned int              // the highest warning given, per cent
	Noted  bool             // it was told that the clock ran out
}

// Span is a stretch of time in Unix ms; To 0 means that it has not ended.
type Span struct{ From, To int64 }

func (s Span) open() bool { return s.To == 0 }

// Running reports that the clock counts or would but for a pause.
func (k Clock) Running() bool { return len(k.Runs) > 0 && k.Runs[len(k.Runs)-1].open() }

// Request is an action someone asked for and others must agree to or join.
type Request struct {
	Seq    int64 // of the event that made it; its name
	Action string
	Values Values
	Note   string
	By     Mark
	At     int64
	Joined []Joining // who agreed or joined, in order
}

// Joining is one agreement to a request.
type Joining struct {
	Party string
	By    Mark
}

// Mark is who did something, as the history keeps it.
type Mark struct {
	Kind   gov.ActorKind
	Person string // id, "" for the public and the system
	For    string // the person on whose behalf a deputy acted
	Unit   string // of the post by which it was done
	Role   string
	Post   string
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
)

// Event is one entry of a case's history. Events are facts: they are written
// once and never changed.
type Event struct {
	Seq     int64 // from 1
	At      int64
	Kind    EventKind
	By      Mark
	Action  string                    // of Acted, Asked, Agreed, Refused
	Request int64                     // of Agreed, Refused, and of an Acted that was agreed to
	Party   string                    // of Agreed and Refused: as which party
	From    string                    // of Acted
	To      string                    // of Acted
	Set     Values                    // fields given a value; nil takes it away
	Limits  map[string]calendar.Limit // clocks started, with their limit
	Extend  map[string]calendar.Limit // clocks extended
	Unseal  []string                  // fields opened
	Merge   gov.ID                    // the case this one is merged into
	Clock   string                    // of Warned, Late
	Percent int                       // of Warned
	Note    string                    // of Commented, Refused; optional elsewhere
	Files   []string                  // of Commented: SHA-256, hex
}

// clone copies a case so deeply that the copy can be changed.
func (c Case) clone() Case {
	c.Values = cloneMap(c.Values)
	c.Done = cloneMap(c.Done)
	c.Visited = slices.Clone(c.Visited)
	c.Unsealed = slices.Clone(c.Unsealed)
	c.Pending = slices.Clone(c.Pending)
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

// put gives fields their values; nil takes one away.
func (v Values) put(set Values) {
	for field, value := range set {
		if value == nil {
			delete(v, field)
		} else {
			v[field] = value
		}
	}
}

// Text is a value of a text-like field, "" without one.
func (v Values) Text(field string) string {
	s, _ := v[field].(string)
	return s
}

// Int is a value of a number-like field, 0 without one.
func (v Values) Int(field string) int64 {
	n, _ := v[field].(int64)
	return n
}

// List is a value of a list field, nil without one.
func (v Values) List(field string) []string {
	l, _ := v[field].([]string)
	return l
}
