package notices

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

const (
	mailBatch   = 20              // mails in one go; with the distance of the goes it bounds the rate
	maxAttempts = 16              // the last of them comes two days after the first
	maxPause    = 4 * time.Hour   // between two attempts
	firstPause  = 2 * time.Minute // doubled each time
)

// Digest queues the daily mails, if today is worked.
func (n *Notices) Digest(ctx context.Context) error {
	if n.Sender == nil || !n.Calendar().IsWorkday(gov.DateOf(n.Clock())) {
		return nil
	}
	persons, err := n.Store.Waiting(ctx)
	if err != nil {
		return err
	}
	for _, person := range persons {
		if err := n.Store.Gather(ctx, person, gov.NewID(n.Clock())); err != nil {
			return err
		}
	}
	return nil
}

// Send sends a batch of the mails whose time has come. A mail the server refuses
// for now is tried again later, one it refuses for good is given up; a server
// that cannot be reached is an error and costs no mail an attempt.
func (n *Notices) Send(ctx context.Context) error {
	if n.Sender == nil {
		return nil
	}
	due, err := n.Store.Due(ctx, mailBatch)
	if err != nil {
		return err
	}
	var letters []Letter
	var list []Mail
	var failed []error
	for _, l := range due {
		m, wanted, err := n.write(ctx, l)
		switch {
		case err != nil:
			failed = append(failed, fmt.Errorf("write mail %s: %w", l.ID, err), n.Store.Postpone(ctx, n.later(l, 0)))
		case !wanted:
			failed = append(failed, n.Store.Done(ctx, l.ID))
		default:
			letters, list = append(letters, l), append(list, m)
		}
	}
	if len(list) > 0 {
		failed = append(failed, n.Sender.Send(ctx, list, func(i int, refused error) error {
			if refused == nil {
				return n.Store.Done(context.WithoutCancel(ctx), letters[i].ID)
			}
			answer, ok := errors.AsType[*Refusal](refused)
			if !ok {
				return refused
			}
			l := n.later(letters[i], answer.Code)
			if answer.Permanent() {
				l.Next = 0
			}
			return n.Store.Postpone(ctx, l)
		}))
	}
	return errors.Join(failed...)
}

// later is a mail after an attempt that did not succeed.
func (n *Notices) later(l Letter, answer int) Letter {
	l.Attempts++
	l.Answer = answer
	l.Next = NextTry(n.Clock(), firstPause, l.Attempts)
	return l
}

// NextTry is when to try again to send something after so many attempts, Unix ms:
// after a first pause, doubled each time. It is 0 when it is to be given up.
func NextTry(now time.Time, first time.Duration, attempts int) int64 {
	if attempts >= maxAttempts {
		return 0
	}
	return now.Add(min(first<<min(attempts-1, 10), maxPause)).UnixMilli()
}

// write writes a mail. It is not wanted any more when its person has no address
// or no account that is used.
func (n *Notices) write(ctx context.Context, l Letter) (m Mail, wanted bool, err error) {
	account, err := n.Staff.Account(ctx, l.Person)
	if gov.CodeOf(err) == gov.NotFound || err == nil && account.State != people.Active {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	person, err := n.Staff.Person(ctx, l.Person)
	if err != nil || person.Email == "" {
		return m, false, err
	}
	list, err := n.Store.Content(ctx, l.ID)
	if err != nil || len(list) == 0 {
		return m, false, err
	}
	choice, err := n.Choice(ctx, l.Person)
	if err != nil {
		return m, false, err
	}
	lang := choice.Lang
	entries := make([]string, len(list))
	for i, one := range list {
		if entries[i], err = n.entry(ctx, one, lang); err != nil {
			return m, false, err
		}
	}
	m = Mail{ID: l.ID, To: person.Email, From: n.Pack().Name.In(lang), Lang: lang, At: n.Clock()}
	m.Subject = gov.Textf("%[1]s：%[2]s", "%[1]s: %[3]s", list[0].Number, reasons[list[0].Why].ZH, reasons[list[0].Why].EN).In(lang)
	if l.Daily {
		m.Subject = gov.Textf("今日提醒 %d 条", "Today's reminders: %d", len(list)).In(lang)
	}
	m.Body = strings.Join(entries, "\n") + "\n-- \n" + gov.Textf("本邮件由系统自动发出，请勿回复。提醒方式可在 %[1]s/desk/notices 更改。\n",
		"This mail was sent by a program; please do not reply. Change how you are told at %[1]s/desk/notices.\n", n.Site).In(lang)
	return m, true, nil
}

// reasons say why somebody is told.
var reasons = map[cases.Notice]gov.Text{
	cases.YourTurn:  {ZH: "轮到您办理", EN: "it is your turn"},
	cases.Consent:   {ZH: "请您会签", EN: "your consent is asked for"},
	cases.Answered:  {ZH: "您的请求已有答复", EN: "your request was answered"},
	cases.RunsShort: {ZH: "期限将到", EN: "a time limit runs short"},
	cases.RanOut:    {ZH: "已超期", EN: "a time limit has run out"},
	cases.Told:      {ZH: "有新进展", EN: "there is news"},
}

// Reason says in words why somebody is told.
func Reason(why cases.Notice) gov.Text { return reasons[why] }

// entry tells in a mail of one message: the case by its number and, where all
// staff may read it, by its subject.
func (n *Notices) entry(ctx context.Context, m Message, lang gov.Lang) (string, error) {
	c, p, err := n.Cases.Case(ctx, m.Case)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", p.Title.In(lang), c.Number)
	if f, ok := p.Field(p.Subject); ok && (f.Open == procedure.OpenPublic || f.Open == procedure.OpenStaff) && !f.Sealed && !p.Hushed(c.State) {
		b.WriteString(gov.Textf("“%s”", " %q", c.Values.Text(p.Subject)).In(lang))
	}
	why := reasons[m.Why].In(lang)
	if k, ok := p.Clock(m.Clock); ok {
		why = gov.Textf("%[1]s：%[2]s", "%[1]s: %[3]s", k.Name.In(lang), reasons[m.Why].ZH, reasons[m.Why].EN).In(lang)
	}
	fmt.Fprintf(&b, "\n%s  %s\n%s/desk/cases/%s\n", time.UnixMilli(m.At).In(gov.China).Format("2006-01-02 15:04"), why, n.Site, c.Number)
	return b.String(), nil
}
