package residents

import (
	"context"
	"regexp"
	"strings"

	"quanxiang/gov"
)

// Matter is what may be said of a case in a message that leaves the house.
type Matter struct {
	Number string
	State  gov.Text
}

// Outgoing is a message as it is sent.
type Outgoing struct {
	To      Address
	Subject string // of a mail
	Body    string
	Lang    gov.Lang
	Stop    string // address at which its recipient ends such mails by one POST, or ""
}

// FollowPath is where a contact's link leads; its secret comes after it.
const FollowPath = "/follow/"

// Compose writes what a dispatch sends. It is not wanted when its address is gone
// or what it is about has passed.
func (g *Register) Compose(ctx context.Context, d Dispatch) (Outgoing, bool, error) {
	switch d.Kind {
	case CodeDispatch:
		return g.composeCode(ctx, d)
	case NewsDispatch:
		return g.composeNews(ctx, d)
	case ActingDispatch:
		return g.composeActing(ctx, d)
	case ConfirmDispatch:
		return g.composeConfirm(ctx, d)
	case DigestDispatch:
		return g.composeDigest(ctx, d)
	}
	return Outgoing{}, false, nil
}

func (g *Register) composeCode(ctx context.Context, d Dispatch) (Outgoing, bool, error) {
	c, err := g.Store.Challenge(ctx, d.Target)
	if gov.CodeOf(err) == gov.NotFound || err == nil && c.Code == "" {
		return Outgoing{}, false, nil
	}
	if err != nil {
		return Outgoing{}, false, err
	}
	minutes := int(CodeLasts.Minutes())
	return Outgoing{To: c.Address, Lang: c.Lang,
		Subject: gov.Textf("%[1]s：验证码", "%[2]s: your code", g.Name.ZH, g.Name.In(gov.EN)).In(c.Lang),
		Body: gov.Textf("%[1]s：验证码 %[3]s，%[4]d 分钟内有效。请勿告诉他人；如非本人操作，请忽略。\n",
			"%[2]s: your code is %[3]s, valid for %[4]d minutes. Tell it to nobody; if you did not ask for it, ignore this message.\n",
			g.Name.ZH, g.Name.In(gov.EN), c.Code, minutes).In(c.Lang),
	}, true, nil
}

// composeNews tells a contact that their case has moved: its number and where to
// look, and nothing of what it is about.
func (g *Register) composeNews(ctx context.Context, d Dispatch) (Outgoing, bool, error) {
	c, to, reachable, err := g.reached(ctx, d)
	if err != nil || !reachable {
		return Outgoing{}, false, err
	}
	m, err := g.Matter(ctx, c.Case)
	if err != nil {
		return Outgoing{}, false, err
	}
	if d.Case != c.Case { // what was reported was merged into another matter
		other, err := g.Matter(ctx, d.Case)
		if err != nil {
			return Outgoing{}, false, err
		}
		m.State = other.State
	}
	where := g.Site + "/my/find"
	if secret, err := g.Link(c); err == nil {
		where = g.Site + FollowPath + secret
	}
	return Outgoing{To: to, Lang: c.Lang,
		Subject: gov.Textf("%[1]s有新进展", "News of %[1]s", m.Number).In(c.Lang),
		Body: gov.Textf("%[1]s：您提出的 %[3]s 有新进展，现为“%[4]s”。查看：%[6]s\n", "%[2]s: there is news of your case %[3]s, which is now %[5]q. See %[6]s\n",
			g.Name.ZH, g.Name.In(gov.EN), m.Number, m.State.ZH, m.State.In(gov.EN), where).In(c.Lang),
	}, true, nil
}

// composeActing tells whoever acts for an organisation that a case of it has moved. The link
// of their contact leads to another case, that by which they act: they sign in.
func (g *Register) composeActing(ctx context.Context, d Dispatch) (Outgoing, bool, error) {
	c, to, reachable, err := g.reached(ctx, d)
	if err != nil || !reachable {
		return Outgoing{}, false, err
	}
	m, err := g.Matter(ctx, d.Case)
	if err != nil {
		return Outgoing{}, false, err
	}
	return Outgoing{To: to, Lang: c.Lang,
		Subject: gov.Textf("%[1]s有新进展", "News of %[1]s", m.Number).In(c.Lang),
		Body: gov.Textf("%[1]s：您代表的单位有一件事项 %[3]s 有新进展，现为“%[4]s”。登录办理：%[6]s\n", "%[2]s: there is news of %[3]s, a matter of an organisation you act for, which is now %[5]q. Sign in: %[6]s\n",
			g.Name.ZH, g.Name.In(gov.EN), m.Number, m.State.ZH, m.State.In(gov.EN), g.Site+ActingPath+d.Case.String()).In(c.Lang),
	}, true, nil
}

// ActingPath is where a case is shown to whoever acts for a party of it, once they signed in;
// its id comes after it.
const ActingPath = "/acting/cases/"

// reached is the contact a dispatch goes to, and where it is reached.
func (g *Register) reached(ctx context.Context, d Dispatch) (c Contact, to Address, reachable bool, err error) {
	id, err := gov.ParseID(d.Target)
	if err != nil {
		return c, to, false, err
	}
	c, err = g.Store.Contact(ctx, id)
	if gov.CodeOf(err) == gov.NotFound {
		return c, to, false, nil
	}
	to, reachable = c.reach()
	return c, to, reachable, err
}

// reach is where a contact wants to be told, if anywhere. Nothing is sent to a
// number or an address nobody has proven theirs: it may be a stranger's.
func (c Contact) reach() (Address, bool) {
	a := Address{c.Channel, map[Channel]string{SMS: c.Mobile, Email: c.Email}[c.Channel]}
	return a, !a.IsZero() && c.Shown(a)
}

// Sent notes that a dispatch was sent or that nobody wants it. The code of a
// challenge is then kept no longer.
func (g *Register) Sent(ctx context.Context, d Dispatch) error {
	if d.Kind == DigestDispatch {
		return g.digestSent(ctx, d)
	}
	if d.Kind == CodeDispatch {
		err := g.update(ctx, func(ctx context.Context, tx Tx) error {
			c, err := tx.Challenge(ctx, d.Target)
			if gov.CodeOf(err) == gov.NotFound || err == nil && c.Code == "" {
				return nil
			}
			if err != nil {
				return err
			}
			c.Code = ""
			return tx.SaveChallenge(ctx, &c)
		})
		if err != nil {
			return err
		}
	}
	return g.Store.Done(ctx, d.ID)
}

// No range of numbers is set aside for fiction in China; demonstrations take the
// one package demo takes. Addresses are those of RFC 2606, and of example.cn.
var inventedMail = regexp.MustCompile(`@([a-z0-9-]+\.)*(example|example\.(com|net|org|cn))$`)

// inventedMobile is how the mobile numbers of demonstrations begin.
const inventedMobile = "154"

// Invented refuses every address but those that demonstrations use.
func Invented(a Address) error {
	if a.Channel == SMS && strings.HasPrefix(a.Value, inventedMobile) || a.Channel == Email && inventedMail.MatchString(a.Value) {
		return nil
	}
	return gov.Errorf(gov.Invalid, "演示只接受虚构的号码和邮箱：以 %s 开头的手机号码，或 example.cn 的邮箱", "a demonstration takes invented ones only: mobile numbers beginning with %s, or addresses at example.cn", inventedMobile)
}
