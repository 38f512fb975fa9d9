package simulate

import (
	"quanxiang/canon"
	"quanxiang/gov"
)

// Result is what a question comes to. Amounts are fen. It is kept as canonical JSON.
type Result struct {
	ID       string   `json:"id"` // of the question, the rules and the snapshot
	Version  int64    `json:"version"`
	Rules    string   `json:"rules"`    // digest of the rule files
	Snapshot string   `json:"snapshot"` // identity
	Question Question `json:"question"`

	Applicant string `json:"applicant"`
	FactsOf   int64  `json:"facts_of"` // the year the facts are of
	Invented  bool   `json:"invented"`
	Rows      int64  `json:"rows"`
	Apart     int64  `json:"apart"` // applicants of the snapshot's source that are no rows, since facts were missing
	Wrong     int64  `json:"wrong"` // statements that could not be read

	Total    Sum         `json:"total"`
	Changes  []Change    `json:"changes"` // of the amendment
	Benefits []Benefit   `json:"benefits"`
	Groups   []Grouping  `json:"groups"`
	Chart    []Bar       `json:"chart"`
	Winners  []Applicant `json:"winners"` // those who gain most
	Losers   []Applicant `json:"losers"`
	Cliffs   Cliffs      `json:"cliffs"`
}

// Sum is amounts before and after, and whom the difference meets.
type Sum struct {
	Rows    int64 `json:"rows"`
	Before  int64 `json:"before"`
	After   int64 `json:"after"`
	Had     int64 `json:"had"` // who get more than nothing, before
	Have    int64 `json:"have"`
	Winners int64 `json:"winners"`
	Gain    int64 `json:"gain"`
	Losers  int64 `json:"losers"`
	Loss    int64 `json:"loss"` // as a positive amount
}

// Change is a number that the amendment changes.
type Change struct {
	Clause string `json:"clause"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Benefit is what all get of a benefit; of a title the amounts are how many have it.
type Benefit struct {
	Key   string `json:"key"`
	Title string `json:"title"` // that it grants, "" if it is money
	Sum   Sum    `json:"sum"`
}

// Grouping is the sums by one way of telling applicants apart.
type Grouping struct {
	ID    string  `json:"id"`
	Parts []Group `json:"parts"` // in the order of the snapshot; Name "" is not known
}

// Group is the sum of one group.
type Group struct {
	Name string `json:"name"`
	Sum  Sum    `json:"sum"`
}

// Bar is how many change by how much: more than From, up to To; of losses both are
// negative and From is the one farther from nothing, which is within. Open ends are 0.
type Bar struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
	Rows int64 `json:"rows"`
	Sum  int64 `json:"sum"`
}

// Applicant is one of those who gain or lose most.
type Applicant struct {
	Row    int64    `json:"row"` // of the snapshot, from 0
	Code   string   `json:"code"`
	Name   string   `json:"name"`
	Groups []string `json:"groups"` // by population.GroupIDs
	Before int64    `json:"before"`
	After  int64    `json:"after"`
	Why    []Reason `json:"why"`
}

// Reason is a benefit that changes for an applicant, with what decides it.
type Reason struct {
	Key    string `json:"key"`
	Before int64  `json:"before"`
	After  int64  `json:"after"`
	Was    []Step `json:"was"` // steps that decide something or come out differently
	Is     []Step `json:"is"`
}

// Step is a clause that had a part, as package explain tells it.
type Step struct {
	Clauses []string `json:"clauses"`
	KindZH  string   `json:"kind_zh"`
	KindEN  string   `json:"kind_en"`
	Label   string   `json:"label"`
	Entry   int64    `json:"entry"` // of a list from 1, 0 for none
	In      int64    `json:"in"`
	By      int64    `json:"by"`
	Value   int64    `json:"value"`
	Type    string   `json:"type"`
	Binds   bool     `json:"binds"`
	Pending []string `json:"pending"` // readings nobody has ruled
}

// Kind is the kind of the step in words.
func (s *Step) Kind() gov.Text { return gov.Text{ZH: s.KindZH, EN: s.KindEN} }

// Cliffs are places where one step more of a fact brings less in all.
type Cliffs struct {
	Before int64   `json:"before"` // how many there are
	After  int64   `json:"after"`
	New    []Cliff `json:"new"`
	Gone   []Cliff `json:"gone"`
}

// Cliff is one of them.
type Cliff struct {
	Field  string `json:"field"`
	Before int64  `json:"before"`
	After  int64  `json:"after"`
	ZH     string `json:"zh"`
	EN     string `json:"en"`
}

// Bytes is the result as it is kept and hashed.
func (r *Result) Bytes() []byte { return canon.Marshal(*r) }

// Read reads what Bytes wrote.
func Read(data []byte) (r Result, err error) {
	err = canon.Unmarshal(data, &r)
	return r, err
}

// Change is what the amendment costs or saves.
func (s *Sum) Change() int64 { return s.After - s.Before }
