package fund

import "quanxiang/gov"

// Pot is a budget with its balances: of a programme and year, or a part of that for one
// article or benefit. A line is taken from the pot of its benefit if there is one, else
// from that of its article, else from that of the programme.
type Pot struct {
	ID        string // programme/year/item
	Programme string
	Year      int
	Item      string // "" all else, "16号:3" an article, "16号.配套资金" a benefit
	Closed    bool
	Budget    int64
	Committed int64 // promised and not released, paid or not
	Paid      int64 // of that
	Returned  int64 // of that; it does not become free again: it goes back to the treasury
	Row       int64 // version of the row
}

// Free is what can still be promised.
func (p Pot) Free() int64 {
	if p.Closed {
		return 0
	}
	return p.Budget - p.Committed
}

// Move is one entry of the journal.
type Move struct {
	ID      gov.ID
	Pot     string
	Kind    string // a MoveKind
	Budget  int64  // how much each balance of the pot changed
	Commit  int64
	Pay     int64
	Return  int64
	Promise gov.ID // zero for movements of the budget
	Line    int
	Subject string
	Version int64 // of the subject's payments after it; 0 when they did not change
	Year    int   // of the line; 0 for movements of the budget
	Benefit string
	Key     string
	Batch   gov.ID
	Claim   gov.ID
	Person  string // who; a person of the staff by name, or the actor's kind
	Reason  string
	On      gov.Date // of a payment or what came back
}

// The kinds of movements.
const (
	MoveSet     = "set"     // a budget is given
	MoveRaise   = "raise"   // it is raised or lowered
	MoveShift   = "shift"   // a part of it goes to another pot
	MoveClose   = "close"   // what was free at the end of the year lapses
	MoveCommit  = "commit"  // money is promised
	MoveRelease = "release" // a promise is taken back
	MovePay     = "pay"     // it was paid
	MoveReturn  = "return"  // it came back
)

// Total is what is public: sums of a programme and year.
type Total struct {
	Programme string
	Year      int
	Budget    int64
	Committed int64
	Paid      int64
	Returned  int64
	Subjects  int // how many were paid
}
