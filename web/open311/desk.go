package open311

import (
	"context"
	"io"
	"time"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
)

// Desk is what the protocol stands on: the services of a district and what was
// reported to them. Its methods may be called by any number of goroutines.
type Desk interface {
	// Services lists every service there is, in the order to show them. A list
	// that cannot be complete is an error, never a shorter list: clients delete
	// what they do not find in it.
	Services(ctx context.Context, lang gov.Lang) ([]Service, error)

	// Definition tells what a service asks for, or returns NotFound.
	Definition(ctx context.Context, lang gov.Lang, service string) (Definition, error)

	// File files a report and returns the id by which it is followed. Filing a
	// report with the identity of one that was filed returns the id of that one. It
	// returns Invalid, with the name of the parameter as Field, for what the
	// sender can mend.
	File(ctx context.Context, r Report) (Filed, error)

	// Requests lists what was reported and may be shown, the newest first.
	Requests(ctx context.Context, lang gov.Lang, f Filter) ([]Request, error)

	// Request returns what was reported under an id, or NotFound.
	Request(ctx context.Context, lang gov.Lang, id string) (Request, error)

	// Updates lists what has become of requests, the oldest first. The updates
	// of one request have different times.
	Updates(ctx context.Context, lang gov.Lang, f UpdateFilter) ([]Update, error)

	// PostUpdate adds what a client has to say on a request and returns the id
	// it is kept under. Doing it again with the same Step does it once. It
	// returns NotFound, Invalid as File does, and Conflict where the request
	// takes no updates.
	PostUpdate(ctx context.Context, u NewUpdate) (id string, err error)
}

// Service is a kind of report.
type Service struct {
	Code        string // with a letter, for clients take digits for a number
	Name        string
	Description string
	Metadata    bool // it has a definition with attributes
	Keywords    []string
	Group       string
}

// Definition is what a service asks for beyond place and description.
type Definition struct {
	Service    string
	Attributes []Attribute
}

// Datatype is what an attribute holds.
type Datatype string

// The data types of the specification.
const (
	String     Datatype = "string"
	Number     Datatype = "number"
	Datetime   Datatype = "datetime"
	Text       Datatype = "text"
	SingleList Datatype = "singlevaluelist"
	MultiList  Datatype = "multivaluelist"
)

// Attribute is one thing a service asks for.
type Attribute struct {
	Code        string
	Datatype    Datatype
	Required    bool
	Hint        string // how to fill it in
	Order       int    // from 1
	Description string // the question
	Fixed       bool   // nothing to fill in: Description is to be shown
	Values      []Value
}

// Value is one of the answers of a list.
type Value struct{ Key, Name string }

// Place is where something is: at least one of its parts.
type Place struct {
	Point     *geo.Point
	Address   string
	AddressID string
}

// Person is who reports, as far as they say.
type Person struct {
	Name   string
	Email  string
	Phone  string
	Device string
	// Account is the client's name of its user.
	Account string
}

// Media is a file that came with a report. Its type is what the sender says.
type Media struct {
	Name string
	Type string
	Size int64 // bytes
	Open func() (io.ReadCloser, error)
}

// Report is a report to be filed.
type Report struct {
	Key         gov.ID // of the API key it came with
	Service     string
	Place       Place
	Attributes  map[string][]string
	Description string // lines end with \n
	Person      Person
	MediaURLs   []string
	Media       []Media
	Lang        gov.Lang // in which errors are told

	// Claim tells the identity of what is to become of the report, which is the one it
	// is given unless another was told before: that is again. It belongs to the transaction it is called in; what is not
	// kept with it may be another one the next time.
	Claim func(ctx context.Context, fresh gov.ID) (id gov.ID, again bool, err error)
}

// Filed is what became of a report.
type Filed struct {
	ID     string // with a letter
	Notice string // what happens next, or ""
}

// Status is how a request stands in the words of the specification.
type Status string

// The statuses of requests.
const (
	Open   Status = "open"
	Closed Status = "closed"
)

// Request is what was reported, as everybody may see it.
type Request struct {
	ID          string
	Status      Status
	Detail      policy.Detail // how it stands more exactly
	StatusNotes string        // the same in words
	ServiceName string
	Service     string
	Description string
	Agency      string // who answers for it
	Notice      string
	Requested   time.Time
	Updated     time.Time // when it was closed, if it is
	Expected    time.Time // zero for no date
	Address     string
	AddressID   string
	Zipcode     string
	Point       *geo.Point
	MediaURL    string

	Notes []Note // what happened, when Filter.Extensions asks for it
}

// Note is something that happened.
type Note struct {
	At          time.Time
	Description string
	Type        string
}

// StatusOf is what a detail is in the words of the specification.
func StatusOf(d policy.Detail) Status {
	if d.Closed() {
		return Closed
	}
	return Open
}

// Filter asks for requests. A zero instant is no bound; bounds are inclusive.
type Filter struct {
	IDs      []string // nothing else counts when there are some
	Services []string
	Statuses []Status
	Start    time.Time // of Requested
	End      time.Time
	After    time.Time // of Updated
	Before   time.Time
	Box      *geo.Box

	Extensions bool
	Page       int // from 1
	Size       int
}

// UpdateFilter asks for updates.
type UpdateFilter struct {
	IDs   []string // of requests, none for any
	Start time.Time
	End   time.Time
	Page  int // from 1
	Size  int // 0 is everything on one page
}

// Update is something that became of a request.
type Update struct {
	ID          string // with a letter
	Request     string
	Status      policy.Detail
	At          time.Time
	Description string
	MediaURL    string
}

// NewUpdate is what a client has to say on a request.
type NewUpdate struct {
	Key         gov.ID // of the API key it came with
	Unit        string // that answers for the key
	Step        gov.ID // identity of what is to become of it
	Request     string
	ID          string        // the client's
	Status      policy.Detail // "" for none
	At          time.Time
	Description string
	Person      Person
	MediaURLs   []string
	Media       []Media
	Lang        gov.Lang
}
