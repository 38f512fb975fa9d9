// Package residentdb keeps the contacts of residents, what they prove, and what
// they are sent.
package residentdb

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"quanxiang/gov"
	"quanxiang/privacy"
	"quanxiang/residents"
	"quanxiang/store/sealdb"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of residents. Meters, codes and sessions mean nothing
// elsewhere; what was to be sent is old news after a restore.
var Tables = []sqldb.Table{
	sqldb.NewTable("contacts", sqldb.Recorded, 2, `district text, id text, revision int, case_id text, name bytes, mobile bytes, mobile_index text,
		mobile_shown int, email bytes, email_index text, email_shown int, channel text, lang text, withheld int, follow text, turn int,
		made int, erased int`),
	sqldb.NewTable("resident_codes", sqldb.Passing, 2, `district text, id text, revision int, channel text, address bytes, contact text, digest text,
		code bytes, lang text, sent int, tries int, expires int`),
	sqldb.NewTable("resident_sessions", sqldb.Passing, 2, `district text, id text, channel text, address bytes, address_index text, opened int, seen int`),
	sqldb.NewTable("meters", sqldb.Passing, 2, "district text, bucket text, slot int, used int, earlier int, ends int"),
	sqldb.NewTable("dispatches", sqldb.Passing, 2, `district text, id text, kind text, target text, case_id text, step int, queued int, next_at int,
		attempts int, answer int, expires int`),
	sqldb.NewTable("subscriptions", sqldb.Recorded, 2, `district text, id text, revision int, email bytes, email_index text, lang text, case_id text,
		procedure text, area text, spot text, within int, kind text, daily int, topic text, made int, confirmed int, ended int`),
	sqldb.NewTable("subscription_news", sqldb.Passing, 4, `district text, subscription text, case_id text, step int, at int, dispatch text`),
}

// Residents keeps the residents of one district, what is personal sealed.
type Residents struct {
	db       *sqldb.DB
	district gov.District
	keys     *privacy.Keyring
}

var (
	_ residents.Store = (*Residents)(nil)
	_ residents.Tx    = (*tx)(nil)
)

// New returns the residents of a district, sealed with keys.
func New(db *sqldb.DB, d gov.District, keys *privacy.Keyring) *Residents {
	return &Residents{db, d, keys}
}

// tx answers and writes within a transaction.
type tx struct{ *sealdb.Tx }

// Update implements residents.Store.
func (s *Residents) Update(ctx context.Context, fn func(ctx context.Context, tx residents.Tx) error) error {
	return s.write(ctx, func(t *tx) error { return fn(ctx, t) })
}

func (s *Residents) write(ctx context.Context, fn func(*tx) error) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error { return fn(&tx{sealdb.New(t, s.keys)}) })
}

// read runs one question on a snapshot.
func read[T any](ctx context.Context, s *Residents, ask func(*tx) (T, error)) (answer T, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		answer, err = ask(&tx{sealdb.New(t, s.keys)})
		return err
	})
	return answer, err
}

const (
	contactColumns = `
select id, revision, case_id, name, mobile, mobile_shown, email, email_shown, channel, lang, withheld, follow, turn, made, erased
from contacts
where district = $1`
	contactByID     = contactColumns + ` and id = $2`
	contactByCase   = contactColumns + ` and case_id = $2`
	contactByFollow = contactColumns + ` and follow = $2 and follow <> ''`
	// One way for each index.
	contactsByMobile = contactColumns + ` and mobile_index = $2 and mobile_index <> '' and id < $3 and mobile_shown >= $4
order by id desc
limit $5`
	contactsByEmail = contactColumns + ` and email_index = $2 and email_index <> '' and id < $3 and email_shown >= $4
order by id desc
limit $5`
	insertContact = `
insert into contacts (district, id, revision, case_id, name, mobile, mobile_index, mobile_shown, email, email_index, email_shown,
  channel, lang, withheld, follow, turn, made, erased)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`
	updateContact = `
update contacts
set revision = revision + 1, case_id = $1, name = $2, mobile = $3, mobile_index = $4, mobile_shown = $5, email = $6, email_index = $7,
  email_shown = $8, channel = $9, lang = $10, withheld = $11, follow = $12, turn = $13, made = $14, erased = $15
where district = $16 and id = $17 and revision = $18`
	caseThere = `
select count(*)
from cases
where district = $1 and id = $2`
	erasableContacts = `
select k.id
from contacts k
left join cases c on c.district = k.district and c.id = k.case_id
left join case_rows r on r.district = k.district and r.id = k.case_id
where k.district = $1 and k.erased = 0 and (c.id is null and k.made < $2 or r.ended > 0 and r.ended < $3)
order by k.id
limit $4`
)

func (t *tx) scanContact(scan func(...any) error) (c residents.Contact, err error) {
	var id, of, channel, lang string
	var withheld int
	var sealed [3][]byte
	if err = scan(&id, &c.Revision, &of, &sealed[0], &sealed[1], &c.MobileShown, &sealed[2], &c.EmailShown, &channel, &lang,
		&withheld, &c.Follow, &c.Turn, &c.Made, &c.Erased); err != nil {
		return c, err
	}
	c.Channel, c.Lang, c.Withheld = residents.Channel(channel), gov.Lang(lang), withheld != 0
	if err = parse([]string{id, of}, &c.ID, &c.Case); err != nil {
		return c, err
	}
	for i, f := range []struct {
		column string
		into   *string
	}{{"name", &c.Name}, {"mobile", &c.Mobile}, {"email", &c.Email}} {
		value, err := t.Open("contacts", f.column, id, sealed[i])
		if err != nil {
			return c, err
		}
		*f.into = string(value)
	}
	return c, nil
}

// parse reads ids.
func parse(texts []string, ids ...*gov.ID) (err error) {
	for i, text := range texts {
		if *ids[i], err = gov.ParseID(text); err != nil {
			return fmt.Errorf("id %q: %v", text, err)
		}
	}
	return nil
}

// scanID reads a row that is an id.
func scanID(scan func(...any) error) (id gov.ID, err error) {
	var text string
	if err = scan(&text); err == nil {
		id, err = gov.ParseID(text)
	}
	return id, err
}

// Contact implements residents.Reader.
func (t *tx) Contact(ctx context.Context, id gov.ID) (residents.Contact, error) {
	c, err := t.scanContact(t.QueryRowContext(ctx, contactByID, t.District(), id.String()).Scan)
	return c, sqldb.Classify(err, "read contact %s", id)
}

// ContactOf implements residents.Reader.
func (t *tx) ContactOf(ctx context.Context, caseID gov.ID) (residents.Contact, error) {
	c, err := t.scanContact(t.QueryRowContext(ctx, contactByCase, t.District(), caseID.String()).Scan)
	return c, sqldb.Classify(err, "read the contact of case %s", caseID)
}

// ContactByFollow implements residents.Reader.
func (t *tx) ContactByFollow(ctx context.Context, digest string) (residents.Contact, error) {
	c, err := t.scanContact(t.QueryRowContext(ctx, contactByFollow, t.District(), digest).Scan)
	return c, sqldb.Classify(err, "read the contact of a link")
}

// Pieces of lists of contacts.
const (
	contactPiece    = 50
	maxContactPiece = 200
)

// newest sorts behind every id.
const newest = "~"

// ContactsAt implements residents.Reader.
func (t *tx) ContactsAt(ctx context.Context, a residents.Address, shown bool, p gov.Page) (gov.List[residents.Contact], error) {
	list := gov.List[residents.Contact]{Total: -1}
	if a.IsZero() {
		return list, nil
	}
	limit := p.Limit
	if limit <= 0 || limit > maxContactPiece {
		limit = contactPiece
	}
	after := newest
	if p.After != "" {
		after = p.After
	}
	since := 0 // of the proof, Unix ms
	if shown {
		since = 1
	}
	query := contactsByMobile
	if a.Channel == residents.Email {
		query = contactsByEmail
	}
	for _, at := range t.at(a) {
		some, err := sqldb.Collect(ctx, t.Tx.Tx, t.scanContact, query, t.District(), at, after, since, limit+1)
		if err != nil {
			return list, sqldb.Classify(err, "list contacts")
		}
		list.Items = append(list.Items, some...)
	}
	slices.SortFunc(list.Items, func(a, b residents.Contact) int { return bytes.Compare(b.ID[:], a.ID[:]) })
	if len(list.Items) > limit {
		list.Items = list.Items[:limit]
		list.Next = list.Items[limit-1].ID.String()
	}
	return list, nil
}

// at are the blind indexes of an address in the column of contacts that holds such.
func (t *tx) at(a residents.Address) []string {
	column := "mobile"
	if a.Channel == residents.Email {
		column = "email"
	}
	return t.Blinds("contacts", column, a.Value)
}

// Begun implements residents.Reader.
func (t *tx) Begun(ctx context.Context, caseID gov.ID) (bool, error) {
	var n int
	err := t.QueryRowContext(ctx, caseThere, t.District(), caseID.String()).Scan(&n)
	return n > 0, sqldb.Classify(err, "look for case %s", caseID)
}

// SaveContact implements residents.Tx.
func (t *tx) SaveContact(ctx context.Context, c *residents.Contact) error {
	id := c.ID.String()
	seal := func(column, value string) any {
		if sealed := t.Seal("contacts", column, id, []byte(value)); sealed != nil {
			return sealed
		}
		return nil
	}
	withheld := 0
	if c.Withheld {
		withheld = 1
	}
	fields := []any{
		c.Case.String(), seal("name", c.Name), seal("mobile", c.Mobile), t.Blind("contacts", "mobile", c.Mobile), c.MobileShown,
		seal("email", c.Email), t.Blind("contacts", "email", c.Email), c.EmailShown, string(c.Channel), string(c.Lang), withheld,
		c.Follow, c.Turn, c.Made, c.Erased,
	}
	if c.Revision > 0 {
		return t.Save(ctx, "contacts", id, &c.Revision, insertContact, updateContact, fields)
	}
	if err := t.Insert(ctx, "contacts", id, insertContact, fields); err != nil {
		return err
	}
	c.Revision = 1
	return nil
}

// Erasable implements residents.Store.
func (s *Residents) Erasable(ctx context.Context, ended, stray time.Time, limit int) ([]gov.ID, error) {
	return read(ctx, s, func(t *tx) ([]gov.ID, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, scanID, erasableContacts, t.District(), stray.UnixMilli(), ended.UnixMilli(), limit)
		return list, sqldb.Classify(err, "list contacts to erase")
	})
}

// Contact implements residents.Reader.
func (s *Residents) Contact(ctx context.Context, id gov.ID) (residents.Contact, error) {
	return read(ctx, s, func(t *tx) (residents.Contact, error) { return t.Contact(ctx, id) })
}

// ContactOf implements residents.Reader.
func (s *Residents) ContactOf(ctx context.Context, caseID gov.ID) (residents.Contact, error) {
	return read(ctx, s, func(t *tx) (residents.Contact, error) { return t.ContactOf(ctx, caseID) })
}

// ContactByFollow implements residents.Reader.
func (s *Residents) ContactByFollow(ctx context.Context, digest string) (residents.Contact, error) {
	return read(ctx, s, func(t *tx) (residents.Contact, error) { return t.ContactByFollow(ctx, digest) })
}

// ContactsAt implements residents.Reader.
func (s *Residents) ContactsAt(ctx context.Context, a residents.Address, shown bool, p gov.Page) (gov.List[residents.Contact], error) {
	return read(ctx, s, func(t *tx) (gov.List[residents.Contact], error) { return t.ContactsAt(ctx, a, shown, p) })
}

// Begun implements residents.Reader.
func (s *Residents) Begun(ctx context.Context, caseID gov.ID) (bool, error) {
	return read(ctx, s, func(t *tx) (bool, error) { return t.Begun(ctx, caseID) })
}

// Challenge implements residents.Reader.
func (s *Residents) Challenge(ctx context.Context, id string) (residents.Challenge, error) {
	return read(ctx, s, func(t *tx) (residents.Challenge, error) { return t.Challenge(ctx, id) })
}

// Session implements residents.Reader.
func (s *Residents) Session(ctx context.Context, id string) (residents.Session, error) {
	return read(ctx, s, func(t *tx) (residents.Session, error) { return t.Session(ctx, id) })
}
