// Package ir is what rule files compile to: flat nodes in the order in which
// they are computed, each with its operands, its bounds and the step of the
// explanation it stands for. It holds no closure and no text of a document, so
// that one record, a column of records and generated code can be computed from
// the same program, and a program can be changed in one number and run again.
package ir

import (
	"sync"

	"quanxiang/gov"
	"quanxiang/rules/money"
)

// Type is the type of a value. All values are 64-bit whole numbers: fen,
// hundred-millionths, counts times a power of ten, days, numbers of choices,
// 0 or 1, numbers of texts.
type Type uint8

// The types.
const (
	Money Type = iota
	Ratio
	Count
	Date
	Choice
	Bool
	Text
	List
)

// Op is what a node does with its operands A, B and C.
type Op uint8

// The operations.
const (
	Const      Op = iota // constant number K of Program.Consts
	Number               // K itself
	Field                // fact K, B years back
	Entry                // field K of the entry of the list at hand
	YearStart            // first day of the year applied for
	YearEnd              // last day
	FullYears            // full years from day A to day B
	Add                  // A + B
	Sub                  // A − B
	Mul                  // A × B ÷ 10^K, rounded by Rounding
	Share                // ratio B of A, rounded; of a count with K decimals more
	Min                  // the lesser of A and B
	Positive             // A, at least 0
	Compare              // A Cmp B
	Linear               // sum of Terms from A to B, Cmp 0, exactly
	Member               // choice A in the set of bits K
	And                  // A and B
	Or                   // A or B
	Not                  // not A
	If                   // B if A, else C; without C else 0
	Cap                  // A, at most B; if C only when C
	Highest              // the greater of A and B, A of equals
	Steps                // full steps of B in A, times C
	Floor                // A if it reaches B, else 0
	Paid                 // what was paid for benefit K before, for key A; B years back at most, 0 for ever
	PaidYears            // in how many earlier years
	Instalment           // part K of the equal parts of A
	Sum                  // over a loop: value A of each entry
	Tally                // over a loop: entries with A
	BestPer              // over a loop: greatest A for each key B, added up
	CapPer               // over a loop: sum of A for each key B, at most what C leaves, added up
	Amount               // what benefit K comes to
	Granted              // whether benefit K comes to more than nothing
	Pass                 // A, as a step of the explanation
)

// Cmp is a comparison.
type Cmp uint8

// The comparisons.
const (
	Least Cmp = iota // >=
	More             // >
	Less             // <
	Most             // <=
	Equal
	Unequal
)

// None is an operand or reference that is not there.
const None int32 = -1

// Node is one operation.
type Node struct {
	Op       Op
	Type     Type
	Cmp      Cmp
	A, B, C  int32
	K        int64
	Step     int32 // of Program.Steps, None if it explains nothing
	Loop     int32 // of Program.Loops, None if it runs over nothing
	Min, Max int64 // what it can be
	Rounding money.Rounding
}

// Term is a part of a Linear node: Ratio of X, all of it without Ratio.
type Term struct {
	X, Ratio int32
	Negative bool
}

// Loop is nodes that are computed for each entry of a list.
type Loop struct {
	List     int32
	From, To int32 // nodes; the node that gathers is To
}

// ConstInfo is a number of a rule file.
type ConstInfo struct {
	Value   int64
	Type    Type
	Text    string // as written
	Digit   int64  // what the last digit written is worth, at least 1
	Pos     gov.Pos
	Clauses []Clause // where it stands in the document
	Label   string
	Benefit int32 // None for joint caps
	Range   [2]int64
}

// Clause is a place in a document.
type Clause struct {
	Doc  string // short name
	Path string
}

// String is the citation as rule files write it.
func (c Clause) String() string { return c.Doc + ":" + c.Path }

// StepKind says what a step of an explanation does.
type StepKind uint8

// The kinds of steps.
const (
	Condition StepKind = iota
	Gate
	Fixed
	ShareOf
	Unit
	Row   // of a table
	Every // full steps
	SumOf
	BestOf
	EachOf
	PerKey
	Limit
	LessPaid
	Once
	Lasting
	Parts
	Discretion
	Grant
	When
	Excluded
	Joint
)

// Step is what a node says in an explanation.
type Step struct {
	Kind     StepKind
	Clauses  []Clause
	Label    string
	Readings []int32
	Benefit  int32
	End      int32 // of a condition: the node behind what it is the condition of
	Pos      gov.Pos
}

// FieldInfo is a fact, or a field of the entries of a list.
type FieldInfo struct {
	Name     string
	Input    int32
	Type     Type
	Unit     string
	Decimals int
	Choices  []string
	Yearly   bool
	Min, Max int64
	Evidence string
	By       string
	List     int32 // of Program.Lists: the list it is, or the one it is a field of
	Column   int32 // in the list, None for a fact
	Slot     int32 // of a fact: the year applied for; earlier years follow
	Used     bool
	Pos      gov.Pos
}

// ListInfo is a list of facts.
type ListInfo struct {
	Field  int32
	Fields []int32
	Limit  int64
}

// BenefitInfo is an entitlement.
type BenefitInfo struct {
	Name     string
	Doc      string
	Input    int32
	Nature   string
	Grant    string // the title it grants; it is no money then
	Clauses  []Clause
	From, To int32 // nodes
	Result   int32
	Refs     []int32
	Readings []int32
	Pos      gov.Pos
}

// Key is the name of the benefit among several documents.
func (b *BenefitInfo) Key() string { return b.Doc + "." + b.Name }

// Exclusion says that two benefits are not had together.
type Exclusion struct {
	A, B   int32
	First  bool // A has priority
	Chosen bool // the applicant chooses
	Step   int32
}

// JointCap is one limit on several benefits.
type JointCap struct {
	From, To int32 // nodes
	Limit    int32
	Members  []int32
	Step     int32
}

// Group is benefits that are decided together.
type Group struct {
	Benefits   []int32
	Exclusions []Exclusion
	Caps       []JointCap
}

// ReadingInfo is a reading of an open clause.
type ReadingInfo struct {
	Name, Doc string
	Title     string
	Question  string
	Adopted   string
	Others    []string
	By        string
	Pending   bool
	Ruled     gov.Date
	Ruling    string
	Clauses   []Clause
	Used      bool
	Pos       gov.Pos
}

// DocInfo is a document.
type DocInfo struct {
	Short, Number, Title string
	Force, Until         gov.Date
	Articles             int64
}

// Program is compiled documents on a day, as known on a day.
type Program struct {
	On, Known gov.Date
	Docs      []DocInfo
	Inputs    []string
	Fields    []FieldInfo
	Lists     []ListInfo
	Slots     int32
	Nodes     []Node
	Terms     []Term
	Loops     []Loop
	Consts    []ConstInfo
	Steps     []Step
	Benefits  []BenefitInfo
	Groups    []Group // in the order in which they are decided
	Readings  []ReadingInfo
	Edges     []int32 // nodes that compare with a number of a document
	Checks    *Checks // nil where nothing is verified
}

// Checks are what facts must not fail to be computed with. They are no part of what
// is computed: their nodes are a program of their own over the same facts.
type Checks struct {
	Program *Program // facts, lists and slots are those of the whole
	All     []Check
	Idle    sync.Pool // machines that evaluate them and have nothing to do
}

// Check is one condition.
type Check struct {
	Doc      string
	Input    int32
	List     int32 // each entry of it by itself, None for the applicant
	From, To int32 // nodes of Checks.Program
	Result   int32
	Key      []int32 // fields in which no two entries of List may be the same; then there are no nodes
	Reads    []Read  // in the order in which the condition names them
	Text     string  // what is wrong where it does not hold
	Pos      gov.Pos
}

// Read is a fact that is read, years back, or a field of an entry.
type Read struct{ Field, Back int32 }

// Benefit finds a benefit by its key, or by its name if no other document has
// one of that name. None if there is no such benefit.
func (p *Program) Benefit(doc, name string) int32 {
	found := None
	for i := range p.Benefits {
		b := &p.Benefits[i]
		if b.Name == name && (doc == "" || b.Doc == doc) {
			if found != None {
				return None
			}
			found = int32(i)
		}
	}
	return found
}

// Named is Benefit as somebody means it who speaks for a document: without a
// document its own benefit comes first.
func (p *Program) Named(own, doc, name string) int32 {
	if doc == "" {
		if b := p.Benefit(own, name); b != None {
			return b
		}
	}
	return p.Benefit(doc, name)
}

// Input finds a kind of applicant, None if there is no such kind.
func (p *Program) Input(name string) int32 {
	for i, n := range p.Inputs {
		if n == name {
			return int32(i)
		}
	}
	return None
}

// FieldOf finds a fact of a kind of applicant, or a field of one of its lists.
func (p *Program) FieldOf(input int32, list, name string) int32 {
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Input != input || f.Name != name {
			continue
		}
		if list == "" && f.Column == None {
			return int32(i)
		}
		if list != "" && f.Column != None && p.Fields[p.Lists[f.List].Field].Name == list {
			return int32(i)
		}
	}
	return None
}
