package draw

import (
	"fmt"

	"quanxiang/gov"
)

// Kind is what a verifier says of a transcript.
type Kind string

// The kinds. There is no "probably".
const (
	Valid      Kind = "VALID"
	Invalid    Kind = "INVALID"
	Incomplete Kind = "INCOMPLETE"
)

// Class names the check that failed, as section 9 of the specification orders
// them.
type Class string

// The classes.
const (
	ClassForm       Class = "form"
	ClassChain      Class = "chain"
	ClassOrder      Class = "order"
	ClassBody       Class = "body"
	ClassPlan       Class = "plan"
	ClassSignature  Class = "signature"
	ClassTime       Class = "time"
	ClassCommit     Class = "commit"
	ClassClose      Class = "close"
	ClassReveal     Class = "reveal"
	ClassOutside    Class = "outside"
	ClassSeal       Class = "seal"
	ClassDraw       Class = "draw"
	ClassAssign     Class = "assign"
	ClassOpen       Class = "open"
	ClassVoid       Class = "void"
	ClassSubstitute Class = "substitute"
	ClassRecuse     Class = "recuse"
	ClassResult     Class = "result"
	ClassPublish    Class = "publish"
	ClassRelease    Class = "release"
	ClassAttest     Class = "attest"
	ClassRoot       Class = "root"
	ClassMirror     Class = "mirror"
)

// Verdict is what was found in a transcript.
type Verdict struct {
	Kind    Kind
	Record  int64  // of Invalid: the record that fails
	Class   Class  // of Invalid: why
	Err     error  // of Invalid: why, for people
	Missing string // of Incomplete: what
	Plan    string // id, once it was read
	Attempt int
	By      string     // of Valid: "recomputed", "attested by n auditors" or "void"
	Records int64      // how many were read
	Head    string     // hex that pins the file; compare it with what mirrors hold
	Notes   []gov.Text // what must be compared with what is published elsewhere
}

// String is the one line of the specification.
func (v Verdict) String() string {
	switch v.Kind {
	case Invalid:
		return fmt.Sprintf("INVALID at record %d: %s: %s", v.Record, v.Class, gov.TextOf(v.Err, gov.EN))
	case Incomplete:
		return "INCOMPLETE: missing " + v.Missing
	}
	return fmt.Sprintf("VALID plan %s attempt %d %s", v.Plan, v.Attempt, v.By)
}

// fault is a check that failed.
type fault struct {
	record int64
	class  Class
	err    error
}

// because makes a fault of an error of a class; nil of nil.
func because(class Class, err error) *fault {
	if err == nil {
		return nil
	}
	return &fault{record: current, class: class, err: err}
}

// fail makes a fault whose text is formatted in both languages.
func fail(class Class, zh, en string, args ...any) *fault {
	return because(class, gov.Errorf(gov.Invalid, zh, en, args...))
}

// current marks a fault of the record that is being read.
const current = -1
