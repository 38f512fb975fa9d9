package notices

import (
	"context"
	"sync"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Message is what one person was told of one step of a case.
type Message struct {
	ID     gov.ID
	Person gov.ID
	Case   gov.ID
	Step   int64 // number of the step's last event
	At     int64 // of the step, Unix ms
	Why    cases.Notice
	Clock  string // id of the clock it is about, "" for none
	Seen   int64  // when it was read, Unix ms; 0 for not yet
	Mail   string // the mail it is in, WaitsForDaily, or ""

	// Of the case as lists show it, when the message is read.
	Number    string
	Procedure string
	Subject   string
}

// WaitsForDaily is the Mail of a message for the next daily mail.
const WaitsForDaily = "daily"

// Way is how a person is told besides in the program.
type Way string

// The ways.
const (
	NoMail Way = "none"
	AtOnce Way = "once"
	Daily  Way = "daily" // gathered, on the morning of each working day
)

// Reasons lists why people are told, the weightiest first: who is told of one
// step for several reasons is told the first of them.
var Reasons = []cases.Notice{cases.Consent, cases.YourTurn, cases.RanOut, cases.RunsShort, cases.Answered, cases.Told}

// Choice is how a person wants to be told.
type Choice struct {
	Person   gov.ID
	Lang     gov.Lang             // of mails
	Mail     map[cases.Notice]Way // by reason
	Revision int                  // how often it was saved; 0 is what holds for who has not chosen
}

// DefaultChoice holds for who has not chosen.
func DefaultChoice(person gov.ID) Choice {
	return Choice{Person: person, Lang: gov.ZH, Mail: map[cases.Notice]Way{
		cases.Consent: AtOnce, cases.YourTurn: Daily, cases.RanOut: AtOnce, cases.RunsShort: Daily, cases.Answered: NoMail, cases.Told: NoMail,
	}}
}

// check returns an Invalid error on what is no choice.
func (c Choice) check() error {
	if c.Lang != gov.ZH && c.Lang != gov.EN {
		return gov.Errorf(gov.Invalid, "没有“%s”这种语言", "there is no language %q", c.Lang).On("lang")
	}
	if len(c.Mail) != len(Reasons) {
		return gov.Errorf(gov.Invalid, "请为每种提醒选择邮件方式", "choose about mail for every reason").On("mail")
	}
	for _, why := range Reasons {
		switch c.Mail[why] {
		case NoMail, AtOnce, Daily:
		default:
			return gov.Errorf(gov.Invalid, "没有“%s”这种邮件方式", "there is no way of mail %q", c.Mail[why]).On(string(why))
		}
	}
	return nil
}

// Pending is a note nobody was told yet.
type Pending struct {
	Step int64
	At   int64 // Unix ms
	docket.Note
}

// Letter is a mail that is to be sent, or was given up.
type Letter struct {
	ID       gov.ID
	Person   gov.ID
	Daily    bool
	Queued   int64 // Unix ms
	Next     int64 // when to try, Unix ms; 0 of one given up
	Attempts int
	Answer   int // the server's last refusal, such as 550; 0 for none
}

// Outbox is how the sending of mail goes.
type Outbox struct {
	Waiting int   // whose time has come
	Since   int64 // when the oldest of them was queued, Unix ms; 0 for none
	GivenUp int
	Answer  int // to the last one given up
}

// Store keeps messages, choices and mails of one district.
type Store interface {
	// Pending returns the notes of a case in the order of its steps.
	Pending(ctx context.Context, caseID gov.ID) ([]Pending, error)
	// Deliver adds messages, queues a mail for each whose Mail is an id, and
	// drops the notes of a case up to a step: all of it or nothing. A message a
	// person has already of a step is left out, with its mail.
	Deliver(ctx context.Context, caseID gov.ID, upTo int64, list []Message) error
	// Messages returns a piece of what a person was told, the newest first.
	Messages(ctx context.Context, person gov.ID, p gov.Page) (gov.List[Message], error)
	// Message returns one of a person's messages, or NotFound.
	Message(ctx context.Context, person, id gov.ID) (Message, error)
	// Unseen counts what a person has not read.
	Unseen(ctx context.Context, person gov.ID) (int, error)
	// See marks messages of a person as read; none means all there are.
	See(ctx context.Context, person gov.ID, ids []gov.ID) error
	// Choice returns a person's choice, or NotFound.
	Choice(ctx context.Context, person gov.ID) (Choice, error)
	// SaveChoice saves a choice the person made and records it. It returns
	// Conflict when it was changed meanwhile.
	SaveChoice(ctx context.Context, c Choice) error

	// Waiting lists the persons with unread messages for the daily mail.
	Waiting(ctx context.Context) ([]gov.ID, error)
	// Gather puts those of a person into one mail and queues it. What was read
	// already needs no mail.
	Gather(ctx context.Context, person, mail gov.ID) error
	// Due lists mails whose time has come, the longest due first.
	Due(ctx context.Context, limit int) ([]Letter, error)
	// Content returns the messages of a mail, the oldest first.
	Content(ctx context.Context, mail gov.ID) ([]Message, error)
	// Done drops a mail that was sent, or that nobody is to get any more.
	Done(ctx context.Context, mail gov.ID) error
	// Postpone keeps what became of an attempt: Next, Attempts and Answer.
	Postpone(ctx context.Context, l Letter) error
	// Outbox tells how the sending goes.
	Outbox(ctx context.Context) (Outbox, error)
	// Sweep deletes what was read, and what was given up, so long ago.
	Sweep(ctx context.Context, kept time.Duration) error
}

// Staff are the persons of the district.
type Staff interface {
	Staff(ctx context.Context) ([]people.Holdings, error)
	Person(ctx context.Context, id gov.ID) (people.Person, error)
	Account(ctx context.Context, person gov.ID) (*people.Account, error)
}

// Cases gives the cases messages are about.
type Cases interface {
	Case(ctx context.Context, id gov.ID) (cases.Case, *procedure.Procedure, error)
}

// Outside tells whoever is not of the staff. package residents does.
type Outside interface {
	// News queues news of a case after a step: to contacts by their ids and to the
	// contacts of cases that were merged into it. Asked again about a step it
	// queues nothing that still waits.
	News(ctx context.Context, caseID gov.ID, step int64, contacts []string, merged []gov.ID) error
}

// Sender hands mails to a mail server.
type Sender interface {
	// Send hands over one mail after the other and calls done with what became
	// of each: nil, or a *Refusal. What done returns ends it. The error is for
	// what is no fault of any mail: no connection, a server that lets nobody in.
	Send(ctx context.Context, list []Mail, done func(n int, refused error) error) error
}

// Mail is a mail as it is sent: plain text.
type Mail struct {
	ID      gov.ID
	To      string // the bare address
	From    string // the name beside the sender's address
	Subject string
	Body    string
	Lang    gov.Lang
	At      time.Time
	Stop    string // address that ends such mails by one POST (RFC 8058), or ""
}

// Refusal is a server's answer about one mail. It holds the code alone, since
// the words often repeat the address.
type Refusal struct{ Code int }

// Error says the code.
func (r *Refusal) Error() string { return "the mail server answered " + itoa(r.Code) }

// Permanent reports that trying again is of no use.
func (r *Refusal) Permanent() bool { return r.Code >= 500 }

// Config is what notices need.
type Config struct {
	Store    Store
	Staff    Staff
	Cases    Cases
	Pack     func() *policy.Pack
	Calendar func() calendar.Calendar
	Clock    gov.Clock
	Actor    func(*policy.Pack, people.Standing) cases.Actor // who somebody is to cases
	Sender   Sender                                          // nil: no mail is sent, and none queued
	Outside  Outside                                         // nil: nobody outside is told
	Site     string                                          // public address of the site, for links
}

// Notices tells the people of one district. Its methods may be called from any
// goroutine.
type Notices struct {
	Config

	mu     sync.Mutex // guards the rest
	roster []cases.Actor
	looked time.Time // when roster was read
}

// New makes notices.
func New(c Config) *Notices { return &Notices{Config: c} }

// Inbox returns a piece of what a person was told, the newest first.
func (n *Notices) Inbox(ctx context.Context, person gov.ID, p gov.Page) (gov.List[Message], error) {
	return n.Store.Messages(ctx, person, p)
}

// Message returns one of a person's messages, or NotFound.
func (n *Notices) Message(ctx context.Context, person, id gov.ID) (Message, error) {
	return n.Store.Message(ctx, person, id)
}

// Unread counts what a person was told and has not read.
func (n *Notices) Unread(ctx context.Context, person gov.ID) (int, error) {
	return n.Store.Unseen(ctx, person)
}

// MarkRead marks messages of a person as read; without ids, all there are. Ids
// of others' messages change nothing.
func (n *Notices) MarkRead(ctx context.Context, person gov.ID, ids ...gov.ID) error {
	return n.Store.See(ctx, person, ids)
}

// Choice returns how a person wants to be told.
func (n *Notices) Choice(ctx context.Context, person gov.ID) (Choice, error) {
	c, err := n.Store.Choice(ctx, person)
	if gov.CodeOf(err) == gov.NotFound {
		return DefaultChoice(person), nil
	}
	return c, err
}

// SetChoice keeps how a person wants to be told; only they choose. It returns
// Invalid for what is no choice, and Conflict when it was changed meanwhile.
func (n *Notices) SetChoice(ctx context.Context, c Choice) error {
	if err := c.check(); err != nil {
		return err
	}
	return n.Store.SaveChoice(ctx, c)
}

// kept is how long messages stay after they were read.
const kept = 90 * 24 * time.Hour

// Sweep deletes what was read, or given up, long ago.
func (n *Notices) Sweep(ctx context.Context) error { return n.Store.Sweep(ctx, kept) }
