package apply

import (
	"context"
	"encoding/json"
	"slices"

	"quanxiang/gov"
)

// How a fact came into a claim.
const (
	Stated    = "applicant" // the applicant says so
	Register  = "register"  // a register says so
	Corrected = "reviewer"  // somebody of the staff corrected it, or set what the office sets
)

// Fact is a fact of a claim with where it comes from.
type Fact struct {
	Name  string          `json:"name"`  // as rule files name it
	Value json.RawMessage `json:"value"` // in the form rules/facts reads; a yearly fact is an object by years

	Source string   `json:"source"`           // Stated, Register or Corrected
	From   gov.Text `json:"from,omitzero"`    // of Register: what was read, in words
	Cite   string   `json:"cite,omitempty"`   // of Register: the clause that makes it known
	Locked bool     `json:"locked,omitempty"` // the register decides: the applicant does not change it
	By     string   `json:"by,omitempty"`     // of Corrected: id of the person
	Why    string   `json:"why,omitempty"`    // of Corrected
	At     int64    `json:"at"`               // Unix ms
	Files  []string `json:"files,omitempty"`  // that prove it: SHA-256 of files attached to the case
}

// Claim is what an application states, as it stands or stood at a version.
type Claim struct {
	ID        gov.ID   `json:"-"` // of the case
	Version   int64    `json:"-"` // from 1
	Code      string   `json:"code"`
	Name      string   `json:"name"`
	Applicant string   `json:"applicant"` // a kind of applicant of the rules
	Year      int      `json:"year"`
	Documents []string `json:"documents"`          // short names of those applied under
	Benefits  []string `json:"benefits,omitempty"` // keys of what is applied for; before it is handed in all of the documents
	Facts     []Fact   `json:"facts"`              // by name
	Payee     string   `json:"payee,omitempty"`    // of package fund: where money is to go
}

// Fact finds a fact of a claim.
func (c *Claim) Fact(name string) (Fact, bool) {
	i := slices.IndexFunc(c.Facts, func(f Fact) bool { return f.Name == name })
	if i < 0 {
		return Fact{}, false
	}
	return c.Facts[i], true
}

// put sets a fact, or takes it away when it has neither value nor files.
func (c *Claim) put(f Fact) {
	c.Facts = slices.DeleteFunc(slices.Clone(c.Facts), func(o Fact) bool { return o.Name == f.Name })
	if len(f.Value) == 0 && len(f.Files) == 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(c.Facts, f.Name, func(o Fact, name string) int {
		switch {
		case o.Name < name:
			return -1
		case o.Name > name:
			return 1
		}
		return 0
	})
	c.Facts = slices.Insert(c.Facts, i, f)
}

// Files are those that prove any fact of the claim, each once.
func (c *Claim) Files() (list []string) {
	for _, f := range c.Facts {
		for _, key := range f.Files {
			if !slices.Contains(list, key) {
				list = append(list, key)
			}
		}
	}
	return list
}

// What is done to a claim.
const (
	DraftAct    = "draft"
	SaveAct     = "save"
	SubmitAct   = "submit"
	ResubmitAct = "resubmit"
	CorrectAct  = "correct"
)

// Change is a version of a claim: who made it, when and why.
type Change struct {
	Claim Claim
	At    int64 // Unix ms
	Act   string
	Actor gov.Actor // what the ledger is told
	By    string    // id of the person of the staff, "" for the applicant
	Why   string
	Fact  string // of CorrectAct: the fact
}

// Decision is what an application was given, with all it was computed from.
type Decision struct {
	ID     gov.ID
	Case   gov.ID
	Number string
	Code   string
	Year   int
	At     int64  // Unix ms
	By     string // id of who decided
	Pack   string // hash of the pack whose rules computed it
	Rules  string // digest of its rule files, hex
	Inputs []byte // canonical JSON of Inputs
	Result []byte // canonical JSON of Outcome
	Salt   []byte // makes that the digest tells nothing of what is short
	Digest string // of salt, rules, inputs and result, hex: what the ledger keeps
}

// Store keeps the claims and decisions of one district.
type Store interface {
	// Claim is that of a case as it stands, or NotFound.
	Claim(ctx context.Context, id gov.ID) (Claim, error)

	// History lists the versions of a claim in order.
	History(ctx context.Context, id gov.ID) ([]Change, error)

	// Of lists the cases of the claims of an organisation, the newest first.
	Of(ctx context.Context, code string, p gov.Page) ([]gov.ID, error)

	// Save adds a version, and an act of the ledger. It is a Conflict when somebody else
	// made the same version.
	Save(ctx context.Context, c Change) error

	// Decision is one by its id, or NotFound; DecisionOf the last one of a case.
	Decision(ctx context.Context, id gov.ID) (Decision, error)
	DecisionOf(ctx context.Context, id gov.ID) (Decision, error)

	// Decide adds a decision, and an act of the ledger.
	Decide(ctx context.Context, d Decision, actor gov.Actor) error
}
