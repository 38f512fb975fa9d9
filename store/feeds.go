package store

import (
	"context"

	"quanxiang/gov"
	"quanxiang/people/feeds"
	"quanxiang/store/sqldb"
)

var feedTable = sqldb.NewTable("feeds", sqldb.Recorded, 2, "district text, person text, revision int, digest text, epoch int, made int")

var _ feeds.Store = (*People)(nil)

const (
	feedOf = `
select revision, digest, epoch, made
from feeds
where district = $1 and person = $2`
	insertFeed = `
insert into feeds (district, person, revision, digest, epoch, made)
values ($1, $2, 1, $3, $4, $5)`
	updateFeed = `
update feeds
set revision = revision + 1, digest = $1, epoch = $2, made = $3
where district = $4 and person = $5 and revision = $6`
)

// UpdateFeeds implements feeds.Store.
func (s *People) UpdateFeeds(ctx context.Context, fn func(ctx context.Context, tx feeds.Tx) error) error {
	return s.db.Write(ctx, s.district, func(tx *Tx) error { return fn(ctx, s.in(tx)) })
}

// Feed implements feeds.Reader.
func (s *People) Feed(ctx context.Context, person gov.ID) (feeds.Feed, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (feeds.Feed, error) { return tx.Feed(ctx, person) })
}

// Feed implements feeds.Reader.
func (tx *peopleTx) Feed(ctx context.Context, person gov.ID) (feeds.Feed, error) {
	f := feeds.Feed{Person: person}
	err := tx.QueryRowContext(ctx, feedOf, tx.District(), person.String()).Scan(&f.Revision, &f.Digest, &f.Epoch, &f.Made)
	return f, sqldb.Classify(err, "read the feed of %s", person)
}

// SaveFeed implements feeds.Tx.
func (tx *peopleTx) SaveFeed(ctx context.Context, f *feeds.Feed) error {
	return tx.Save(ctx, "feeds", f.Person.String(), &f.Revision, insertFeed, updateFeed, []any{f.Digest, f.Epoch, f.Made})
}
