package residentdb

import (
	"bytes"
	"context"
	"slices"
	"time"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/residents"
	"quanxiang/store/sqldb"
)

const (
	subscriptionColumns = `
select id, revision, email, lang, case_id, procedure, area, spot, within, kind, daily, made, confirmed, ended
from subscriptions
where district = $1`
	subscriptionByID = subscriptionColumns + ` and id = $2`
	subscriptionsAt  = subscriptionColumns + ` and email_index = $2 and email_index <> '' and ended = 0
order by id`
	subscriptionsOn = subscriptionColumns + ` and topic = $2 and confirmed > 0 and ended = 0
order by id`
	insertSubscription = `
insert into subscriptions (district, id, revision, email, email_index, lang, case_id, procedure, area, spot, within, kind, daily, topic, made, confirmed, ended)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
	updateSubscription = `
update subscriptions
set revision = revision + 1, email = $1, email_index = $2, lang = $3, case_id = $4, procedure = $5, area = $6, spot = $7, within = $8, kind = $9,
  daily = $10, topic = $11, made = $12, confirmed = $13, ended = $14
where district = $15 and id = $16 and revision = $17`
	lapsedSubscriptions = `
select s.id
from subscriptions s
left join case_rows r on r.district = s.district and r.id = s.case_id
where s.district = $1 and s.ended = 0 and (s.confirmed = 0 and s.made < $2 or r.ended > 0 and r.ended < $3)
order by s.id
limit $4`
	addNews = `
insert into subscription_news (district, subscription, case_id, step, at, dispatch)
values ($1, $2, $3, $4, $5, '')
on conflict do nothing`
	claimNews = `
update subscription_news
set dispatch = $1
where district = $2 and subscription = $3`
	newsOf = `
select case_id, step
from subscription_news
where district = $1 and subscription = $2 and dispatch = $3
order by at, case_id, step`
	dropNews = `
delete from subscription_news
where district = $1 and subscription = $2 and dispatch = $3`
	newsLeft = `
select count(*)
from subscription_news
where district = $1 and subscription = $2`
	forgetNews = `
delete from subscription_news
where district = $1 and subscription = $2`
	strandedNews = `
select distinct n.subscription
from subscription_news n
where n.district = $1 and not exists (
  select 1
  from dispatches d
  where d.district = $1 and d.target = n.subscription and d.kind = 'digest' and d.next_at > 0)
order by n.subscription
limit $2`
)

func (t *tx) scanSubscription(scan func(...any) error) (s residents.Subscription, err error) {
	var id, lang, of, spot string
	var email []byte
	var daily int
	if err = scan(&id, &s.Revision, &email, &lang, &of, &s.Subject.Procedure, &s.Subject.Area, &spot, &s.Subject.Within, &s.Subject.Kind, &daily,
		&s.Made, &s.Confirmed, &s.Ended); err != nil {
		return s, err
	}
	s.Lang, s.Daily = gov.Lang(lang), daily != 0
	if err = parse([]string{id}, &s.ID); err != nil {
		return s, err
	}
	if of != "" {
		if err = parse([]string{of}, &s.Subject.Case); err != nil {
			return s, err
		}
	}
	if spot != "" {
		if s.Subject.At, err = geo.ParsePoint(spot); err != nil {
			return s, err
		}
	}
	value, err := t.Open("subscriptions", "email", id, email)
	s.Email = string(value)
	return s, err
}

// Subscription implements residents.Reader.
func (t *tx) Subscription(ctx context.Context, id gov.ID) (residents.Subscription, error) {
	s, err := t.scanSubscription(t.QueryRowContext(ctx, subscriptionByID, t.District(), id.String()).Scan)
	return s, sqldb.Classify(err, "read subscription %s", id)
}

// SubscriptionsAt implements residents.Reader.
func (t *tx) SubscriptionsAt(ctx context.Context, email string) ([]residents.Subscription, error) {
	var list []residents.Subscription
	for _, at := range t.Blinds("subscriptions", "email", email) {
		some, err := sqldb.Collect(ctx, t.Tx.Tx, t.scanSubscription, subscriptionsAt, t.District(), at)
		if err != nil {
			return nil, sqldb.Classify(err, "list the subscriptions of an address")
		}
		list = append(list, some...)
	}
	slices.SortFunc(list, func(a, b residents.Subscription) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return list, nil
}

// SubscriptionsOn implements residents.Tx.
func (t *tx) SubscriptionsOn(ctx context.Context, topic string) ([]residents.Subscription, error) {
	list, err := sqldb.Collect(ctx, t.Tx.Tx, t.scanSubscription, subscriptionsOn, t.District(), topic)
	return list, sqldb.Classify(err, "list subscriptions to %s", topic)
}

// SaveSubscription implements residents.Tx.
func (t *tx) SaveSubscription(ctx context.Context, s *residents.Subscription) error {
	id, of, spot, daily := s.ID.String(), "", "", 0
	if !s.Subject.Case.IsZero() {
		of = s.Subject.Case.String()
	}
	if s.Subject.Within > 0 {
		spot = s.Subject.At.String()
	}
	if s.Daily {
		daily = 1
	}
	return t.Save(ctx, "subscriptions", id, &s.Revision, insertSubscription, updateSubscription, []any{
		t.Seal("subscriptions", "email", id, []byte(s.Email)), t.Blind("subscriptions", "email", s.Email), string(s.Lang), of, s.Subject.Procedure,
		s.Subject.Area, spot, s.Subject.Within, s.Subject.Kind, daily, s.Subject.Topic(), s.Made, s.Confirmed, s.Ended,
	})
}

// AddNews implements residents.Tx.
func (t *tx) AddNews(ctx context.Context, subscription gov.ID, x residents.Item) error {
	_, err := t.ExecContext(ctx, addNews, t.District(), subscription.String(), x.Case.String(), x.Step, t.Now().UnixMilli())
	return sqldb.Classify(err, "note news for subscription %s", subscription)
}

// ClaimNews implements residents.Tx. What an earlier dispatch claimed and could not
// send is claimed again.
func (t *tx) ClaimNews(ctx context.Context, subscription, dispatch gov.ID) ([]residents.Item, error) {
	if _, err := t.ExecContext(ctx, claimNews, dispatch.String(), t.District(), subscription.String()); err != nil {
		return nil, sqldb.Classify(err, "claim the news of subscription %s", subscription)
	}
	list, err := sqldb.Collect(ctx, t.Tx.Tx, func(scan func(...any) error) (x residents.Item, err error) {
		var id string
		if err = scan(&id, &x.Step); err != nil {
			return x, err
		}
		return x, parse([]string{id}, &x.Case)
	}, newsOf, t.District(), subscription.String(), dispatch.String())
	return list, sqldb.Classify(err, "list the news of subscription %s", subscription)
}

// DropNews implements residents.Tx.
func (t *tx) DropNews(ctx context.Context, subscription, dispatch gov.ID) (dropped int64, left bool, err error) {
	if dropped, err = t.Affected(ctx, dropNews, t.District(), subscription.String(), dispatch.String()); err != nil {
		return 0, false, sqldb.Classify(err, "drop the news of subscription %s", subscription)
	}
	var n int
	err = t.QueryRowContext(ctx, newsLeft, t.District(), subscription.String()).Scan(&n)
	return dropped, n > 0, sqldb.Classify(err, "count the news of subscription %s", subscription)
}

// ForgetNews implements residents.Tx.
func (t *tx) ForgetNews(ctx context.Context, subscription gov.ID) error {
	_, err := t.ExecContext(ctx, forgetNews, t.District(), subscription.String())
	return sqldb.Classify(err, "forget the news of subscription %s", subscription)
}

// Stranded implements residents.Tx.
func (t *tx) Stranded(ctx context.Context, limit int) ([]gov.ID, error) {
	list, err := sqldb.Collect(ctx, t.Tx.Tx, scanID, strandedNews, t.District(), limit)
	return list, sqldb.Classify(err, "list subscriptions nobody tells")
}

// DropDispatch implements residents.Tx.
func (t *tx) DropDispatch(ctx context.Context, id gov.ID) error {
	_, err := t.ExecContext(ctx, dropDispatch, t.District(), id.String())
	return sqldb.Classify(err, "drop dispatch %s", id)
}

// Lapsed implements residents.Store.
func (s *Residents) Lapsed(ctx context.Context, unconfirmed, ended time.Time, limit int) ([]gov.ID, error) {
	return read(ctx, s, func(t *tx) ([]gov.ID, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, scanID, lapsedSubscriptions, t.District(), unconfirmed.UnixMilli(), ended.UnixMilli(), limit)
		return list, sqldb.Classify(err, "list subscriptions that lapsed")
	})
}

// Subscription implements residents.Reader.
func (s *Residents) Subscription(ctx context.Context, id gov.ID) (residents.Subscription, error) {
	return read(ctx, s, func(t *tx) (residents.Subscription, error) { return t.Subscription(ctx, id) })
}

// SubscriptionsAt implements residents.Reader.
func (s *Residents) SubscriptionsAt(ctx context.Context, email string) ([]residents.Subscription, error) {
	return read(ctx, s, func(t *tx) ([]residents.Subscription, error) { return t.SubscriptionsAt(ctx, email) })
}
