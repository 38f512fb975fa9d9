package store

import (
	"context"
	"fmt"

	"quanxiang/gov"
	"quanxiang/people/apikeys"
	"quanxiang/store/sqldb"
)

var apiKeyTables = []Table{
	sqldb.NewTable("api_keys", sqldb.Recorded, 2, `district text, id text, revision int, name text, unit text, contact bytes, rate int,
		digest text, made int, revoked int, scope text`),
	sqldb.NewTable("api_key_uses", sqldb.Passing, 2, "district text, api_key text, used int"),
}

var _ apikeys.Store = (*People)(nil)

const (
	apiKeyColumns = `
select k.id, k.revision, k.name, k.unit, k.contact, k.rate, k.digest, k.made, k.revoked, coalesce(k.scope, 'all'), coalesce(u.used, 0)
from api_keys k
left join api_key_uses u on u.district = k.district and u.api_key = k.id
where k.district = $1`
	apiKeyByID  = apiKeyColumns + ` and k.id = $2`
	listAPIKeys = apiKeyColumns + ` and ($2 = '' or k.id < $2)
order by k.id desc
limit $3`
	insertAPIKey = `
insert into api_keys (district, id, revision, name, unit, contact, rate, digest, made, revoked, scope)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10)`
	updateAPIKey = `
update api_keys
set revision = revision + 1, name = $1, unit = $2, contact = $3, rate = $4, digest = $5, made = $6, revoked = $7, scope = $8
where district = $9 and id = $10 and revision = $11`
	noteAPIKeyUse = `
insert into api_key_uses (district, api_key, used)
values ($1, $2, $3)
on conflict (district, api_key) do update
set used = excluded.used
where api_key_uses.used < excluded.used`
)

// UpdateKeys implements apikeys.Store.
func (s *People) UpdateKeys(ctx context.Context, fn func(ctx context.Context, tx apikeys.Tx) error) error {
	return s.db.Write(ctx, s.district, func(tx *Tx) error { return fn(ctx, s.in(tx)) })
}

func (tx *peopleTx) scanAPIKey(scan func(...any) error) (k apikeys.Key, err error) {
	var id string
	var contact []byte
	if err = scan(&id, &k.Revision, &k.Name, &k.Unit, &contact, &k.Rate, &k.Digest, &k.Made, &k.Revoked, &k.Scope, &k.Used); err != nil {
		return k, err
	}
	if k.ID, err = gov.ParseID(id); err != nil {
		return k, fmt.Errorf("API key %q: %v", id, err)
	}
	contact, err = tx.Open("api_keys", "contact", id, contact)
	k.Contact = string(contact)
	return k, err
}

// Key implements apikeys.Reader.
func (s *People) Key(ctx context.Context, id gov.ID) (apikeys.Key, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (apikeys.Key, error) { return tx.Key(ctx, id) })
}

// Key implements apikeys.Reader.
func (tx *peopleTx) Key(ctx context.Context, id gov.ID) (apikeys.Key, error) {
	k, err := tx.scanAPIKey(tx.QueryRowContext(ctx, apiKeyByID, tx.District(), id.String()).Scan)
	return k, sqldb.Classify(err, "read API key %s", id)
}

// Keys implements apikeys.Store.
func (s *People) Keys(ctx context.Context, p gov.Page) (gov.List[apikeys.Key], error) {
	limit := p.Limit
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	return readPeople(ctx, s, func(tx *peopleTx) (gov.List[apikeys.Key], error) {
		items, err := sqldb.Collect(ctx, tx.Tx.Tx, tx.scanAPIKey, listAPIKeys, tx.District(), p.After, limit+1)
		list := gov.List[apikeys.Key]{Items: items, Total: -1}
		if len(items) > limit {
			list.Items, list.Next = items[:limit], items[limit-1].ID.String()
		}
		return list, sqldb.Classify(err, "list API keys")
	})
}

// SaveKey implements apikeys.Tx.
func (tx *peopleTx) SaveKey(ctx context.Context, k *apikeys.Key) error {
	id := k.ID.String()
	return tx.Save(ctx, "api_keys", id, &k.Revision, insertAPIKey, updateAPIKey,
		[]any{k.Name, k.Unit, tx.Seal("api_keys", "contact", id, []byte(k.Contact)), k.Rate, k.Digest, k.Made, k.Revoked, scopeOf(*k)})
}

// scopeOf is a key's scope as its row has it: null for a key that can do everything.
func scopeOf(k apikeys.Key) any {
	if k.Scope == apikeys.Whole {
		return nil
	}
	return string(k.Scope)
}

// NoteUse implements apikeys.Store.
func (s *People) NoteUse(ctx context.Context, id gov.ID, at int64) error {
	return s.db.Write(ctx, s.district, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, noteAPIKeyUse, tx.District(), id.String(), at)
		return sqldb.Classify(err, "note the use of API key %s", id)
	})
}
