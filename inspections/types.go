package inspections

import (
	"slices"

	"quanxiang/draw/record"
	"quanxiang/gov"
)

// Proposal is what a department wants to inspect by lot in a quarter of a year.
type Proposal struct {
	ID      gov.ID   `json:"id"`
	Version int64    `json:"-"` // 0: not kept yet
	Unit    string   `json:"unit"`
	Year    int      `json:"year"`
	Quarter int      `json:"quarter"` // 1 to 4
	Title   string   `json:"title"`
	Items   []string `json:"items"`           // codes of the catalogue, ascending
	Filter  string   `json:"filter"`          // an expression over open fields of subjects; "" keeps all
	Share   int64    `json:"share,omitempty"` // per cent of the subjects; 0: see Count
	Count   int64    `json:"count,omitempty"` // how many; 0 with Share 0: by the ratio table
	Area    string   `json:"area"`            // the area rule of its teams
	Again   *Earlier `json:"again,omitempty"` // whose published visits are inspected again; nil: none
	Gone    bool     `json:"gone,omitempty"`  // withdrawn
	Plan    gov.ID   `json:"plan,omitzero"`   // that took it, zero for none
	Author  Signed   `json:"author"`          // who wrote it last
}

// Earlier is a plan whose published visits others inspect again.
type Earlier struct {
	Plan   gov.ID `json:"plan"`
	Number string `json:"number"`
}

// Signed is a person with an instant.
type Signed struct {
	Person gov.ID `json:"person"`
	Name   string `json:"name"`
	At     int64  `json:"at"` // Unix ms
}

// State says how far a plan has come here. What the ceremony makes of a frozen plan is
// the ceremony's to say.
type State string

// The states.
const (
	StateDraft    State = "draft"    // departments have to agree
	StateAgreed   State = "agreed"   // all have
	StateFreezing State = "freezing" // a job reads the registers
	StateFrozen   State = "frozen"   // nothing can be changed any more
	StateListed   State = "listed"   // of a campaign: its visits stand
	StateDropped  State = "dropped"
)

// Plan joins the proposals of departments: one visit to each subject drawn, by a team of
// every department that drew it.
type Plan struct {
	ID       gov.ID   `json:"id"`
	Version  int64    `json:"-"`
	Number   string   `json:"number"` // for people, and of the transcript: XC-2026-007
	Title    string   `json:"title"`
	Year     int      `json:"year"`
	Quarter  int      `json:"quarter"`
	Campaign bool     `json:"campaign,omitempty"` // 全面检查: everybody is inspected, nobody drawn
	First    gov.Date `json:"first"`              // the days within which visits take place
	Last     gov.Date `json:"last"`
	Area     string   `json:"area"` // the area rule of all teams: the narrowest that was proposed
	Frames   []Share  `json:"frames"`
	State    State    `json:"state"`
	Author   Signed   `json:"author"`
	Sum      *Sum     `json:"sum,omitempty"`   // what was frozen or listed
	Salt     []byte   `json:"salt,omitempty"`  // from which the salts of what was frozen are made; secret
	Roots    []byte   `json:"roots,omitempty"` // of what was frozen: record.Plan as far as it is known
}

// Share is the part of one department in a plan.
type Share struct {
	Dept     uint32   `json:"dept"` // its number in draws; shares stand in the order of these
	Unit     string   `json:"unit"`
	Proposal gov.ID   `json:"proposal"`
	Items    []string `json:"items"`
	Filter   string   `json:"filter"` // whole: which subjects there are, of which kind, and what was proposed
	Share    int64    `json:"share,omitempty"`
	Count    int64    `json:"count,omitempty"`
	Times    int64    `json:"times,omitempty"` // the least the items allow to one subject in a year; 0: no limit
	Again    *Earlier `json:"again,omitempty"`
	Author   gov.ID   `json:"author"` // who wrote the proposal, and so does not agree
	Agreed   *Signed  `json:"agreed,omitempty"`
}

// Sum tells what registers hold for a plan: counted beforehand, or frozen.
type Sum struct {
	Date   gov.Date `json:"date"`   // of the data
	At     int64    `json:"at"`     // Unix ms
	Frames []Counts `json:"frames"` // by share
	Visits int64    `json:"visits"` // about how many subjects are visited, each once
	Alone  int64    `json:"alone"`  // how many visits there would be if departments went by themselves
	Read   int64    `json:"read"`   // subjects in the register
}

// Saved is how many doors are not knocked at twice.
func (s *Sum) Saved() int64 { return s.Alone - s.Visits }

// Counts tells what a department draws from.
type Counts struct {
	Kept     int64    `json:"kept"`   // subjects its filter keeps
	Frame    int64    `json:"frame"`  // of them, those that can be drawn
	Exempt   [5]int64 `json:"exempt"` // by reason
	Strata   []Layer  `json:"strata"`
	Visits   int64    `json:"visits"` // expected
	Capacity Capacity `json:"capacity"`
}

// Layer is a stratum of a department.
type Layer struct {
	ID     uint32 `json:"id"`
	Size   int64  `json:"size"`
	Visits int64  `json:"visits"`
	Count  bool   `json:"count,omitempty"` // a number and not the ratio table's share
}

// Capacity holds what is asked of inspectors against how many there are.
type Capacity struct {
	Slots   int64 `json:"slots"`   // visits times the size of a team
	Leaders int   `json:"leaders"` // who may lead: certificate valid on all days, not away, qualified for all items
	Members int   `json:"members"` // who may take part, leaders too
	Size    int   `json:"size"`    // of a team
	Load    int   `json:"load"`    // visits of one inspector at most
}

// Most is how many slots there are inspectors for.
func (c Capacity) Most() int64 { return int64(c.Members) * int64(c.Load) }

// Enough reports that the visits can be carried out: a leader for each, and members for
// all slots.
func (c Capacity) Enough() bool {
	return c.Slots == 0 || c.Members >= c.Size && c.Slots <= c.Most() && c.Slots <= int64(c.Leaders)*int64(c.Load)*int64(c.Size)
}

// Item is an entry of the catalogue of items.
type Item struct {
	Code, Title, Unit, Subject string
	Never                      string // why it is not drawn, "" for one that is
	Share, Times               int64  // limits, 0 for none
	From, Until                string // YYYY-MM-DD
}

// On reports that an item is in force on a day.
func (i Item) On(day gov.Date) bool {
	d := day.String()
	return i.From <= d && (i.Until == "" || d <= i.Until)
}

// Inspector is an entry of the register of inspectors with what bears on draws.
type Inspector struct {
	Certificate, Name, Unit, Login, Street string
	Issued, Expires                        string // YYYY-MM-DD
	District                               bool
	Items                                  []string // qualified for, ascending
	Leave                                  [][2]string
	Conflicts                              []string // keys of subjects
}

// Valid reports that the certificate holds on all of some days.
func (i *Inspector) Valid(first, last gov.Date) bool {
	return i.Issued <= first.String() && last.String() <= i.Expires
}

// Away reports that a leave touches some days.
func (i *Inspector) Away(first, last gov.Date) bool {
	return slices.ContainsFunc(i.Leave, func(l [2]string) bool { return l[0] <= last.String() && first.String() <= l[1] })
}

// Qualified reports whether an inspector is qualified for all of some items, and for at
// least one.
func (i *Inspector) Qualified(items []string) (all, some bool) {
	all = true
	for _, item := range items {
		_, ok := slices.BinarySearch(i.Items, item)
		all, some = all && ok, some || ok
	}
	return all, some
}

// Run is how far a job on a plan has come.
type Run struct {
	Plan    gov.ID
	Freeze  bool // and not only a count
	Done    int64
	Total   int64
	Ended   bool
	Sum     *Sum // of a count that ended
	Failure gov.Text
	At      int64 // Unix ms
}

// Past is a visit as it is remembered: for conflicts of pairs that met lately, and for
// how often a subject is visited.
type Past struct {
	Plan         gov.ID
	Subject      string
	Campaign     bool
	First, Last  gov.Date
	Depts        []uint32
	Items        []string
	Certificates []string
}

// areaRank orders area rules from wide to narrow; the two narrow ones exclude each other.
var areaRank = map[string]int{record.AreaAny: 0, record.AreaOtherStreet: 1, record.AreaDistrict: 1}
