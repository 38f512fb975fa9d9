package dispatch

import (
	"context"
	"slices"
	"sync"
	"time"

	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/notices/sms"
	"quanxiang/residents"
)

// Shelf sends nothing: it keeps what would have been sent, for everybody to see.
// It is for demonstrations, which take invented addresses only.
type Shelf struct {
	Clock gov.Clock

	mu   sync.Mutex // guards list
	list []Kept     // the newest last
}

// Kept is a message that was not sent.
type Kept struct {
	At      time.Time
	To      residents.Address
	Subject string // of a mail
	Body    string
	Lang    gov.Lang
}

// shelfSize is how many messages are kept; older ones fall off.
const shelfSize = 50

var (
	_ sms.Sender     = (*Shelf)(nil)
	_ notices.Sender = shelfMail{}
)

func (s *Shelf) keep(k Kept) error {
	if err := residents.Invented(k.To); err != nil {
		return &notices.Refusal{Code: 550} // a real one is kept nowhere
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list = append(s.list, k); len(s.list) > shelfSize {
		s.list = slices.Clone(s.list[1:])
	}
	return nil
}

// Send implements sms.Sender.
func (s *Shelf) Send(_ context.Context, _ gov.ID, to, text string) error {
	return s.keep(Kept{At: s.Clock(), To: residents.Address{Channel: residents.SMS, Value: to}, Body: text})
}

// Mail is the shelf as a sender of mails.
func (s *Shelf) Mail() notices.Sender { return shelfMail{s} }

type shelfMail struct{ *Shelf }

// Send implements notices.Sender.
func (s shelfMail) Send(_ context.Context, list []notices.Mail, done func(n int, refused error) error) error {
	for n, m := range list {
		to := residents.Address{Channel: residents.Email, Value: m.To}
		if err := done(n, s.keep(Kept{At: m.At, To: to, Subject: m.Subject, Body: m.Body, Lang: m.Lang})); err != nil {
			return err
		}
	}
	return nil
}

// Kept lists what is on the shelf, the newest first.
func (s *Shelf) Kept() []Kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.list)
	slices.Reverse(list)
	return list
}
