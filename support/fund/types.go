package fund

import (
	"encoding/json"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/money"
)

// Line is what a subject is promised for one benefit.
type Line struct {
	Programme string   `json:"programme"` // "16号"
	Benefit   string   `json:"benefit"`   // "16号.配套资金", as package calculate names it
	Key       string   `json:"key,omitempty"`
	Year      int      `json:"year"` // of the programme: whose budget, and for whose limits it counts
	Amount    int64    `json:"amount"`
	Clauses   []string `json:"clauses,omitempty"` // "16号:3/1", as the rules cite

	N        int    `json:"n"`        // place in its commitment, from 0; Commit sets it
	Returned int64  `json:"returned"` // what came back of it
	Pot      string `json:"pot"`      // the budget it stands against; Commit finds it
}

// Basis is what a decision was computed from: with it, and the payments of the version it
// was computed on (PaidAt), the decision can be computed again bit for bit.
type Basis struct {
	Rules  string `json:"rules,omitempty"`  // digest of the rule program, hex
	Facts  string `json:"facts,omitempty"`  // digest of the facts in canonical JSON, hex
	Result string `json:"result,omitempty"` // digest of the result in canonical JSON, hex
}

// Commitment is a promise of money to a subject, made by a decision.
type Commitment struct {
	Case        gov.ID
	Number      string // of the case, for who reads lists
	Subject     string // unified social credit code
	SubjectName string
	Payee       string   // what SavePayee returned; may be empty until a batch is prepared
	Purpose     string   // what the finance system is told it is for, at most 60 characters
	Lines       []Line   // at least one
	Version     int64    // of the subject's payments the amounts were computed on, as Paid told it
	From        gov.Date // first day on which it may be paid; zero for at once
	Basis       Basis
}

// Payment is what a subject was promised or paid for a benefit, less what came back.
// It is written in JSON as rules read payments (docs/programmes.md).
type Payment struct {
	Year    int
	Benefit string
	Key     string
	Amount  int64
}

// MarshalJSON writes a payment as facts have it under "paid".
func (p Payment) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Year    int    `json:"year"`
		Benefit string `json:"benefit"`
		Amount  string `json:"amount"`
		Key     string `json:"key,omitempty"`
	}{p.Year, p.Benefit, money.Fen(p.Amount).String() + "元", p.Key})
}

// Position is what a subject was promised or paid, as of a version.
type Position struct {
	Subject  string
	Version  int64 // 0 when there was never anything
	Payments []Payment
}

// Before are the payments of years before one: what rules compute with.
func (p Position) Before(year int) []Payment {
	return slices.DeleteFunc(slices.Clone(p.Payments), func(x Payment) bool { return x.Year >= year })
}

// Rest is what is still to be promised of what a subject is due for a year: a line of
// the same year, benefit and key that was promised or paid by another application is
// taken off, so that limits of a year hold over all of them. Lines of which nothing is
// left are left out. due is not changed.
func (p Position) Rest(due []Line) (out []Line) {
	had := map[Payment]int64{}
	for _, x := range p.Payments {
		had[Payment{Year: x.Year, Benefit: x.Benefit, Key: x.Key}] += x.Amount
	}
	for _, l := range due {
		k := Payment{Year: l.Year, Benefit: l.Benefit, Key: l.Key}
		off := min(had[k], l.Amount)
		had[k] -= off
		if l.Amount -= off; l.Amount > 0 {
			out = append(out, l)
		}
	}
	return out
}

// State is how far the money of a commitment has come.
type State string

// The states.
const (
	Open     State = "open"     // promised, in no batch
	Batched  State = "batched"  // in a batch that is not answered
	Paid     State = "paid"     // the finance system says so
	Released State = "released" // taken back; it counts no more
)

// Promise is a commitment as it stands.
type Promise struct {
	ID gov.ID
	Commitment
	State   State
	Total   int64
	At      int64    // Unix ms
	Batch   gov.ID   // that it is or was last in
	On      gov.Date // paid
	Bank    string   // reference of the payment at the bank
	Failure string   // why the finance system did not pay it last time
	Reason  string   // of its release
	PayeeBy gov.ID   // who changed the payee by hand; zero for nobody
	Row     int64    // version of the row
}

// Returned is what came back of all lines.
func (p Promise) Returned() (sum int64) {
	for _, l := range p.Lines {
		sum += l.Returned
	}
	return sum
}

// Name of the article of a clause: "16号:3" of "16号:3/1".
func article(clause string) string {
	doc, path, ok := strings.Cut(clause, ":")
	if !ok {
		return ""
	}
	if i := strings.IndexFunc(path, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		path = path[:i]
	}
	if path == "" {
		return ""
	}
	return doc + ":" + path
}
