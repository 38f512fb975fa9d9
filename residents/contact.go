package residents

import (
	"context"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/privacy"
)

// Channel is a way by which something reaches a resident.
type Channel string

// The channels.
const (
	None  Channel = ""
	SMS   Channel = "sms"
	Email Channel = "email"
)

// Address is a mobile number or an e-mail address in its normal form.
type Address struct {
	Channel Channel
	Value   string
}

// IsZero reports that there is none.
func (a Address) IsZero() bool { return a.Value == "" }

// Masked is the address as it is shown to whoever knows it.
func (a Address) Masked() string {
	if a.Channel == SMS {
		return privacy.MaskPhone(a.Value)
	}
	return privacy.MaskEmail(a.Value)
}

// ParseAddress reads what somebody typed as a mobile number or, with an at sign,
// as an e-mail address. It returns an Invalid error for what is neither.
func ParseAddress(text string) (Address, error) {
	if strings.TrimSpace(text) == "" {
		return Address{}, gov.Errorf(gov.Invalid, "请填写手机号码或电子邮箱", "enter a mobile number or e-mail address")
	}
	if strings.ContainsAny(text, "@＠") {
		value, err := parseEmail(text)
		return Address{Email, value}, err
	}
	value, err := privacy.ParseMobile(text)
	return Address{SMS, value}, err
}

// maxEmail is the longest address of RFC 5321 that can be a mailbox.
const maxEmail = 254

func parseEmail(text string) (string, error) {
	text = privacy.Normal(text)
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || len(text) > maxEmail || strings.ContainsAny(text, "<>,;\"") {
		return "", gov.Errorf(gov.Invalid, "不是有效的电子邮箱地址", "not an e-mail address")
	}
	return text, nil
}

// Contact is how whoever reported a case may be reached.
type Contact struct {
	ID       gov.ID
	Case     gov.ID
	Name     string
	Mobile   string // eleven digits, a fixed number as privacy.ParsePhone gives it, or ""
	Email    string // or ""
	Channel  Channel
	Lang     gov.Lang
	Withheld bool // from the unit that handles the case: those who took it in alone may see it

	MobileShown int64 // when a code proved it theirs, Unix ms; 0 for never
	EmailShown  int64

	Follow   string // digest of the secret of the link, hex; "" once taken back
	Turn     int    // how many secrets were made
	Made     int64  // Unix ms
	Erased   int64  // Unix ms, 0 for not yet
	Revision int
}

// Draft is what a resident tells of themselves with a report. All of it may be
// empty.
type Draft struct {
	Name     string
	Mobile   string
	Email    string
	Channel  Channel
	Lang     gov.Lang
	Withheld bool
}

// maxName is how many characters a name may have.
const maxName = 60

// Normal is a draft as it is kept. It returns an Invalid error on the field that
// is wrong.
func (d Draft) Normal() (Draft, error) {
	d.Name = strings.Join(strings.Fields(d.Name), " ")
	if utf8.RuneCountInString(d.Name) > maxName || strings.ContainsFunc(d.Name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return d, gov.Errorf(gov.Invalid, "称呼不超过 %d 个字，不含特殊字符", "a name has at most %d characters and none that cannot be seen", maxName).On("name")
	}
	var err error
	mobile := false
	if strings.TrimSpace(d.Mobile) == "" {
		d.Mobile = ""
	} else if d.Mobile, mobile, err = privacy.ParsePhone(d.Mobile); err != nil {
		return d, on(err, "mobile")
	}
	if strings.TrimSpace(d.Email) == "" {
		d.Email = ""
	} else if d.Email, err = parseEmail(d.Email); err != nil {
		return d, on(err, "email")
	}
	switch {
	case d.Channel == SMS && !mobile:
		return d, gov.Errorf(gov.Invalid, "要用短信通知您，请填写手机号码", "to be told by text message, give a mobile number").On("mobile")
	case d.Channel == Email && d.Email == "":
		return d, gov.Errorf(gov.Invalid, "要用邮件通知您，请填写电子邮箱", "to be told by mail, give an e-mail address").On("email")
	case d.Channel != SMS && d.Channel != Email && d.Channel != None:
		return d, gov.Errorf(gov.Invalid, "没有这种通知方式", "there is no such way to be told").On("channel")
	}
	if d.Lang != gov.EN {
		d.Lang = gov.ZH
	}
	return d, nil
}

// on puts a field to a gov.Error.
func on(err error, field string) error {
	if e, ok := err.(*gov.Error); ok {
		return e.On(field)
	}
	return err
}

// Draft is what the resident told of themselves.
func (c Contact) Draft() Draft {
	return Draft{Name: c.Name, Mobile: c.Mobile, Email: c.Email, Channel: c.Channel, Lang: c.Lang, Withheld: c.Withheld}
}

// take is the contact with what a draft says. A number that changed is proven no
// more.
func (c Contact) take(d Draft) Contact {
	if d.Mobile != c.Mobile {
		c.MobileShown = 0
	}
	if d.Email != c.Email {
		c.EmailShown = 0
	}
	c.Name, c.Mobile, c.Email, c.Channel, c.Lang, c.Withheld = d.Name, d.Mobile, d.Email, d.Channel, d.Lang, d.Withheld
	return c
}

// show notes that an address of the contact was proven theirs; it reports whether
// it is one of the contact's and was not proven before.
func (c *Contact) show(a Address, at int64) bool {
	switch {
	case a.Channel == SMS && a.Value != "" && a.Value == c.Mobile && c.MobileShown == 0:
		c.MobileShown = at
	case a.Channel == Email && a.Value != "" && a.Value == c.Email && c.EmailShown == 0:
		c.EmailShown = at
	default:
		return false
	}
	return true
}

// Shown reports that an address of the contact was proven theirs.
func (c Contact) Shown(a Address) bool {
	switch a.Channel {
	case SMS:
		return c.MobileShown > 0 && c.Mobile == a.Value
	case Email:
		return c.EmailShown > 0 && c.Email == a.Value
	}
	return false
}

// Unproven lists the addresses of the contact that nobody has proven theirs.
func (c Contact) Unproven() (list []Address) {
	if _, err := privacy.ParseMobile(c.Mobile); err == nil && c.MobileShown == 0 {
		list = append(list, Address{SMS, c.Mobile})
	}
	if c.Email != "" && c.EmailShown == 0 {
		list = append(list, Address{Email, c.Email})
	}
	return list
}

// Masked is the contact as it is shown to whoever has not said why they look.
func (c Contact) Masked() Contact {
	c.Name, c.Mobile, c.Email = privacy.MaskName(c.Name), privacy.MaskPhone(c.Mobile), privacy.MaskEmail(c.Email)
	return c
}

func (c Contact) object() string { return "contact:" + c.ID.String() }

// public is the actor of what residents do: the ledger never learns who they are.
var public = gov.Actor{Kind: gov.PublicActor}

// Open keeps who reports the case that is to be begun under an id, and returns
// the contact with the secret of its link. shown are addresses that whoever
// reports has proven to be theirs.
//
// Opening it again before the case is begun, with a form that was sent twice or
// mended, replaces what was told; afterwards it changes nothing. Whoever calls it
// has made sure that it is the sender of the first who sends again: the id alone
// proves nothing, since the id of a case is no secret.
func (g *Register) Open(ctx context.Context, caseID gov.ID, d Draft, shown ...Address) (c Contact, secret string, err error) {
	if c, err = g.keep(ctx, caseID, d, true, shown...); err != nil {
		return c, "", err
	}
	return c, g.secret(c), nil
}

// OpenUnlinked is Open for somebody who is handed no link: another program reports for them
// and asks after the case by its number. Renew makes one for them when they ask.
func (g *Register) OpenUnlinked(ctx context.Context, caseID gov.ID, d Draft) (Contact, error) {
	return g.keep(ctx, caseID, d, false)
}

// OpenWith keeps a contact under a new id, as OpenUnlinked does, in the transaction that
// begins the case, which nobody knew of before: the contact is part of the act that
// begins it.
func (g *Register) OpenWith(ctx context.Context, id, caseID gov.ID, d Draft) (c Contact, err error) {
	if d, err = d.Normal(); err != nil {
		return c, err
	}
	c = Contact{ID: id, Case: caseID, Made: g.Clock().UnixMilli()}.take(d)
	err = g.update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SaveContact(ctx, &c); err != nil {
			return err
		}
		tx.Carry()
		return nil
	})
	return c, err
}

func (g *Register) keep(ctx context.Context, caseID gov.ID, d Draft, linked bool, shown ...Address) (c Contact, err error) {
	if d, err = d.Normal(); err != nil {
		return c, err
	}
	err = g.update(ctx, func(ctx context.Context, tx Tx) error {
		now := g.Clock()
		there, err := tx.ContactOf(ctx, caseID)
		switch {
		case gov.CodeOf(err) == gov.NotFound:
			c = Contact{ID: gov.NewID(now), Case: caseID, Made: now.UnixMilli()}
			if linked {
				c.Turn = 1
				c.Follow = g.digest(g.secret(c))
			}
		case err != nil:
			return err
		default:
			begun, err := tx.Begun(ctx, caseID)
			if err != nil {
				return err
			}
			if c = there; begun || there.Draft() == d {
				return nil
			}
		}
		c = c.take(d)
		for _, a := range shown {
			c.show(a, now.UnixMilli())
		}
		if err := tx.SaveContact(ctx, &c); err != nil {
			return err
		}
		return tx.Record(ctx, public, g.event("contact.kept", c, nil))
	})
	if err != nil {
		return Contact{}, err
	}
	return c, nil
}

// event is an act on a contact as the ledger will tell it.
func (g *Register) event(kind string, c Contact, facts map[string]string) people.Event {
	return people.Event{ID: gov.NewID(g.Clock()), Kind: kind, Object: c.object(), Facts: facts}
}
