package residents

import (
	"context"
	"slices"
	"strings"
	"time"

	"quanxiang/gov"
)

// Item is something a subscription is to tell: a step of a case.
type Item struct {
	Case gov.ID
	Step int64
}

// Told is what may be said of a public case to everybody.
type Told struct {
	Number  string
	Subject string // "" where there is none
	State   string
	Steps   []string // what happened, with when
	URL     string
}

// Bulletin says what subscriptions are about and what became of cases, in words.
type Bulletin interface {
	// Words names a subject. It returns NotFound for one that is not, or no longer,
	// public.
	Words(ctx context.Context, s Subject, lang gov.Lang) (string, error)
	// Told tells what happened in a case at some steps, or returns NotFound.
	Told(ctx context.Context, caseID gov.ID, steps []int64, lang gov.Lang) (Told, error)
}

// Announce notes what became public of a case for all subscriptions it concerns,
// and has their mails sent when it is their time. Doing it again does no harm
// before they are.
func (g *Register) Announce(ctx context.Context, h Happening) error {
	if len(h.Steps) == 0 {
		return nil
	}
	return g.update(ctx, func(ctx context.Context, tx Tx) error {
		for _, topic := range h.topics() {
			list, err := tx.SubscriptionsOn(ctx, topic)
			if err != nil {
				return err
			}
			for _, s := range list {
				if !s.Subject.meets(h) {
					continue
				}
				steps := h.Steps
				if s.Subject.Case.IsZero() { // that there is one is told once
					steps = steps[:1]
				}
				for _, step := range steps {
					if err := tx.AddNews(ctx, s.ID, Item{h.Case, step}); err != nil {
						return err
					}
				}
				if err := g.queueDigest(ctx, tx, s.ID, g.turn(s)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// turn is when a subscription that was told nothing for a while tells something:
// at once, or at the next hour of daily mails.
func (g *Register) turn(s Subscription) time.Time {
	now := g.Clock().In(gov.China)
	if !s.Daily {
		return now
	}
	at := time.Date(now.Year(), now.Month(), now.Day(), dailyHour, 0, 0, 0, gov.China)
	if at.Before(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// queueDigest has a subscription's mail written at an instant, unless one waits or
// the last one is not long ago: behind a mail that was sent another dispatch waits
// until the next may be.
func (g *Register) queueDigest(ctx context.Context, tx Tx, id gov.ID, at time.Time) error {
	now := g.Clock()
	return tx.Queue(ctx, Dispatch{ID: gov.NewID(now), Kind: DigestDispatch, Target: id.String(), Queued: now.UnixMilli(), Next: at.UnixMilli()})
}

// composeConfirm asks whether a subscription is wanted.
func (g *Register) composeConfirm(ctx context.Context, d Dispatch) (Outgoing, bool, error) {
	s, err := g.target(ctx, g.Store, d)
	if err != nil || !g.waits(s) {
		return Outgoing{}, false, err
	}
	words, err := g.Bulletin.Words(ctx, s.Subject, s.Lang)
	if gov.CodeOf(err) == gov.NotFound {
		return Outgoing{}, false, nil
	}
	if err != nil {
		return Outgoing{}, false, err
	}
	link := g.Site + SubscriptionsPath + "confirm/" + g.subscriptionToken(toConfirm, s.ID)
	return Outgoing{To: Address{Email, s.Email}, Lang: s.Lang,
		Subject: gov.Textf("请确认订阅：%[1]s", "Please confirm: %[1]s", words).In(s.Lang),
		Body: gov.Textf("%[1]s：有人（应该是您）用这个邮箱订阅了“%[3]s”。\n\n请打开下面的链接确认，两天内有效；确认之前不会再给您发信：\n%[4]s\n\n如果不是您本人，不必理会，这个邮箱会在两天后删除。\n",
			"%[2]s: somebody, most likely you, asked to have news sent to this address about: %[3]s\n\nTo confirm, open this link within two days. Nothing else is sent before you do.\n%[4]s\n\nIf it was not you, do nothing; the address is erased after two days.\n",
			g.Name.ZH, g.Name.In(gov.EN), words, link).In(s.Lang)}, true, nil
}

// target is the subscription a dispatch is about; the zero one, which ended, where
// there is none.
func (g *Register) target(ctx context.Context, r Reader, d Dispatch) (Subscription, error) {
	id, err := gov.ParseID(d.Target)
	if err != nil {
		return Subscription{}, err
	}
	s, err := r.Subscription(ctx, id)
	if gov.CodeOf(err) == gov.NotFound {
		return Subscription{Ended: 1}, nil
	}
	return s, err
}

// mostTold is how many cases one mail tells of; of the rest it tells how many.
const mostTold = 40

// composeDigest tells what has become public since the last mail of a
// subscription. What it tells is claimed for the dispatch: what comes meanwhile
// waits for the next.
func (g *Register) composeDigest(ctx context.Context, d Dispatch) (Outgoing, bool, error) {
	var s Subscription
	var items []Item
	err := g.update(ctx, func(ctx context.Context, tx Tx) (err error) {
		if s, err = g.target(ctx, tx, d); err == nil && s.Ended == 0 && s.Confirmed != 0 {
			items, err = tx.ClaimNews(ctx, s.ID, d.ID)
		}
		return err
	})
	if err != nil || len(items) == 0 {
		return Outgoing{}, false, err
	}
	words, err := g.Bulletin.Words(ctx, s.Subject, s.Lang)
	if gov.CodeOf(err) == gov.NotFound {
		return Outgoing{}, false, nil
	}
	if err != nil {
		return Outgoing{}, false, err
	}
	var order []gov.ID
	steps := map[gov.ID][]int64{}
	for _, x := range items {
		if !slices.Contains(order, x.Case) {
			order = append(order, x.Case)
		}
		steps[x.Case] = append(steps[x.Case], x.Step)
	}
	var told []Told
	for _, id := range order[:min(len(order), mostTold)] {
		one, err := g.Bulletin.Told(ctx, id, steps[id], s.Lang)
		if gov.CodeOf(err) == gov.NotFound { // withdrawn meanwhile
			continue
		}
		if err != nil {
			return Outgoing{}, false, err
		}
		told = append(told, one)
	}
	if len(told) == 0 {
		return Outgoing{}, false, nil
	}
	return g.digestMail(s, words, told, max(len(order)-mostTold, 0)), true, nil
}

func (g *Register) digestMail(s Subscription, words string, told []Told, more int) Outgoing {
	subject := gov.Textf("%[1]s：%[2]d 件新公开的案件", "%[1]s: %[2]d cases newly public", words, len(told)+more)
	switch {
	case !s.Subject.Case.IsZero():
		subject = gov.Textf("%[1]s 有新进展：%[2]s", "News of %[1]s: %[2]s", told[0].Number, told[0].State)
	case len(told)+more == 1:
		subject = gov.Textf("%[1]s：新公开 1 件案件", "%[1]s: a case newly public", words)
	}
	var b strings.Builder
	b.WriteString(gov.Textf("%[1]s：您订阅的“%[3]s”有新消息。\n", "%[2]s: news of what you follow: %[3]s\n", g.Name.ZH, g.Name.In(gov.EN), words).In(s.Lang))
	for _, x := range told {
		b.WriteString("\n" + strings.Join(slices.DeleteFunc([]string{x.Number, x.Subject, x.State}, func(t string) bool { return t == "" }), " · ") + "\n")
		for _, line := range x.Steps {
			b.WriteString("  " + line + "\n")
		}
		b.WriteString("  " + x.URL + "\n")
	}
	if more > 0 {
		b.WriteString(gov.Textf("\n另有 %d 件。\n", "\nAnd %d more.\n", more).In(s.Lang))
	}
	token := g.ManageToken(s.ID)
	stop := g.Site + SubscriptionsPath + "stop/" + token
	b.WriteString(gov.Textf("\n-- \n退订：%[1]s\n查看全部订阅：%[2]s\n", "\n-- \nUnsubscribe: %[1]s\nAll you follow: %[2]s\n", stop, g.Site+SubscriptionsPath+token).In(s.Lang))
	return Outgoing{To: Address{Email, s.Email}, Lang: s.Lang, Subject: subject.In(s.Lang), Body: b.String(), Stop: stop}
}

// digestSent drops what a dispatch told, and the dispatch. Another takes its place
// for as long as the subscription rests, or when there is more to tell.
func (g *Register) digestSent(ctx context.Context, d Dispatch) error {
	return g.update(ctx, func(ctx context.Context, tx Tx) error {
		s, err := g.target(ctx, tx, d)
		if err != nil {
			return err
		}
		sent, left, err := tx.DropNews(ctx, s.ID, d.ID)
		if err == nil {
			err = tx.DropDispatch(ctx, d.ID)
		}
		switch {
		case err != nil || s.Ended != 0:
			return err
		case sent > 0 && !s.Daily:
			return g.queueDigest(ctx, tx, s.ID, g.Clock().Add(restBetween))
		case left:
			return g.queueDigest(ctx, tx, s.ID, g.turn(s))
		}
		return nil
	})
}
