package residents

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"time"

	"quanxiang/gov"
	"quanxiang/residents/spam"
)

// formLasts is how long a form may stay open.
const formLasts = 24 * time.Hour

// Form names the report a form is for, and when it was opened: the id its case
// will have, so that a form that is sent twice begins it once, and proof that the
// form was ours. Only whoever was given it can send it, though the id of a case is
// no secret.
func (g *Register) Form() (id gov.ID, token string) {
	id = gov.NewID(g.Clock())
	return id, g.form(id, g.Clock())
}

const formLen = len(gov.ID{}) + 8 + 16

func (g *Register) form(id gov.ID, opened time.Time) string {
	b := binary.BigEndian.AppendUint64(append(make([]byte, 0, formLen), id[:]...), uint64(opened.UnixMilli()))
	return base64.RawURLEncoding.EncodeToString(append(b, sum(g.keys.digests, "form", string(b))[:16]...))
}

// ReadForm reads what Form made. It returns an Invalid error for anything else,
// and for a form that was open too long, with whose id it may be asked whether it
// was taken before.
func (g *Register) ReadForm(token string) (id gov.ID, opened time.Time, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != formLen {
		return id, opened, gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.")
	}
	body, mac := b[:formLen-16], b[formLen-16:]
	if !hmac.Equal(mac, sum(g.keys.digests, "form", string(body))[:16]) {
		return id, opened, gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.")
	}
	opened = time.UnixMilli(int64(binary.BigEndian.Uint64(body[len(id):])))
	if g.Clock().Sub(opened) > formLasts {
		return gov.ID(body[:len(id)]), opened, gov.Errorf(gov.Invalid, "表单打开的时间太久，请打开页面重新填写。", "The form was open for too long; open the page again and fill it in.")
	}
	return gov.ID(body[:len(id)]), opened, nil
}

// Count counts a report against whoever sends it, and says how much speaks for its
// being none. It returns Unavailable, and counts nothing, when the device, the
// number, the part of the network or the whole district has had its share. id names
// the report: one that is sent many times at once counts once. text is all that was
// typed; opened is when the form was opened.
func (g *Register) Count(ctx context.Context, id gov.ID, v Visitor, d Draft, text string, opened time.Time) (verdict spam.Verdict, err error) {
	r := spam.Report{Text: text, OpenFor: g.Clock().Sub(opened), OfDevice: 1}
	list := g.sending("report", v, d)
	err = g.update(ctx, func(ctx context.Context, tx Tx) error {
		now, fresh := g.Clock(), int64(1)
		m, err := tx.Count(ctx, "report:form:"+keyed(g.keys.buckets, "form", id.String())+"/"+day.String(), day, 1)
		if err != nil {
			return err
		}
		if m.Sum(now, day) > 1 {
			fresh = 0
		} else if err := g.countSending(ctx, tx, list); err != nil {
			return err
		}
		for _, s := range []struct {
			name string
			into *int64
			n    int64
		}{
			// What was counted for the limit of a day is asked for without counting.
			{"report:device:" + keyed(g.keys.buckets, "device", v.Device), &r.OfDevice, 0},
			{"report:text:" + keyed(g.keys.buckets, "text", spam.Fold(text)), &r.SameText, fresh},
		} {
			if s.into == &r.OfDevice && v.Device == "" {
				continue
			}
			m, err := tx.Count(ctx, s.name+"/"+day.String(), day, s.n)
			if err != nil {
				return err
			}
			*s.into = m.Sum(now, day)
		}
		return nil
	})
	if err != nil {
		return spam.Verdict{}, err
	}
	return spam.Judge(spam.Rules, r), nil
}

// Begun reports whether the case of a form was begun.
func (g *Register) Begun(ctx context.Context, caseID gov.ID) (bool, error) {
	return g.Store.Begun(ctx, caseID)
}

// sending are the uses of whoever sends something of a kind.
func (g *Register) sending(what string, v Visitor, d Draft) []use {
	list := g.uses(what, v, reportsOfDevice, reportsOfBlock, reportsOfAll)
	for channel, value := range map[Channel]string{SMS: d.Mobile, Email: d.Email} {
		if value != "" {
			list = append(list, use{what + ":address:" + keyed(g.keys.buckets, string(channel), value), reportsOfNumber})
		}
	}
	return list
}

func (g *Register) countSending(ctx context.Context, tx Tx, list []use) error {
	wait, err := g.count(ctx, tx, list, 1)
	if err == nil && wait > 0 {
		err = tooMany(wait)
	}
	return err
}

// CountJoin counts the joining of a case against whoever does it; see Count.
func (g *Register) CountJoin(ctx context.Context, v Visitor, d Draft) error {
	return g.update(ctx, func(ctx context.Context, tx Tx) error { return g.countSending(ctx, tx, g.sending("join", v, d)) })
}

// Joiner is the id of the case by which a visitor joins another: the same for
// every try of one who is signed in, by their address, or of one browser, so that
// nobody joins twice. It tells neither. Of a visitor of whom nothing is known it
// is another each time.
func (g *Register) Joiner(of gov.ID, v Visitor, signed Address) gov.ID {
	id := gov.NewID(g.Clock())
	by := []string{"join", of.String(), "device", v.Device}
	switch {
	case !signed.IsZero():
		by = []string{"join", of.String(), string(signed.Channel), signed.Value}
	case v.Device == "":
		return id
	}
	made := of // the instant in it is that of the case it goes into
	copy(made[6:], sum(g.keys.digests, by...))
	made[6], made[8] = id[6]&0xf0|made[6]&0x0f, id[8]&0xc0|made[8]&0x3f // version and variant
	return made
}
