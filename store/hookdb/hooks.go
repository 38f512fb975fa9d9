package hookdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"quanxiang/gov"
	"quanxiang/notices/hooks"
	"quanxiang/privacy"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of subscriptions. What waits to be sent is old news
// after a restore.
var Tables = []sqldb.Table{
	sqldb.NewTable("hooks", sqldb.Recorded, 2, `district text, id text, revision int, url text, about text, events text, active int, stopped text, made int,
		secrets bytes`),
	sqldb.NewTable("hook_health", sqldb.Passing, 2, "district text, hook text, answered int, failing int"),
	sqldb.NewTable("hook_marks", sqldb.Passing, 3, "district text, case_id text, seq int"),
	sqldb.NewTable("hook_deliveries", sqldb.Passing, 2, `district text, id text, hook text, case_id text, seq int, event text, body bytes, at int, next_at int,
		attempts int, answer int`),
}

// Hooks are the subscriptions of one district.
type Hooks struct {
	db       *sqldb.DB
	district gov.District
	keys     *privacy.Keyring
}

var _ hooks.Store = (*Hooks)(nil)

// New returns the subscriptions of a district; keys seal their secrets.
func New(db *sqldb.DB, d gov.District, keys *privacy.Keyring) *Hooks { return &Hooks{db, d, keys} }

const (
	hookColumns = `
select id, revision, url, about, events, active, stopped, made, secrets
from hooks
where district = $1`
	allHooks = hookColumns + `
order by id`
	oneHook    = hookColumns + ` and id = $2`
	insertHook = `
insert into hooks (district, id, revision, url, about, events, active, stopped, made, secrets)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9)`
	updateHook = `
update hooks
set revision = revision + 1, url = $1, about = $2, events = $3, active = $4, stopped = $5, secrets = $6
where district = $7 and id = $8 and revision = $9`
	healthOf = `
select hook, answered, failing
from hook_health
where district = $1`
	backlogOf = `
select hook, coalesce(sum(case when next_at > 0 then 1 else 0 end), 0), coalesce(sum(case when next_at = 0 then 1 else 0 end), 0)
from hook_deliveries
where district = $1
group by hook`
)

// Hooks implements hooks.Store.
func (s *Hooks) Hooks(ctx context.Context) (list []hooks.Hook, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, s.scan, allHooks, s.district)
		return sqldb.Classify(err, "list subscriptions")
	})
	return list, err
}

// Hook implements hooks.Store.
func (s *Hooks) Hook(ctx context.Context, id gov.ID) (h hooks.Hook, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		h, err = s.scan(t.QueryRowContext(ctx, oneHook, s.district, id.String()).Scan)
		return sqldb.Classify(err, "subscription %s", id)
	})
	return h, err
}

func (s *Hooks) place(id string) privacy.Place {
	return privacy.Place{District: s.district, Table: "hooks", Column: "secrets", Key: id}
}

func (s *Hooks) scan(scan func(...any) error) (h hooks.Hook, err error) {
	var id, events string
	var active int
	var sealed []byte
	if err = scan(&id, &h.Revision, &h.URL, &h.About, &events, &active, &h.Stopped, &h.Made, &sealed); err != nil {
		return h, err
	}
	h.Events, h.Active = strings.Split(events, "\n"), active != 0
	if h.ID, err = gov.ParseID(id); err != nil {
		return h, err
	}
	text, err := s.keys.Open(s.place(id), sealed)
	if err != nil {
		return h, fmt.Errorf("secrets of subscription %s: %w", id, err)
	}
	return h, json.Unmarshal(text, &h.Secrets)
}

// Save implements hooks.Store.
func (s *Hooks) Save(ctx context.Context, h *hooks.Hook, act string, actor gov.Actor) error {
	text, err := json.Marshal(h.Secrets)
	if err != nil {
		return err
	}
	id, active := h.ID.String(), 0
	if h.Active {
		active = 1
	}
	sealed, events := s.keys.Seal(s.place(id), text), strings.Join(h.Events, "\n")
	err = s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		var err error
		if h.Revision == 0 {
			_, err = t.ExecContext(ctx, insertHook, t.District(), id, h.URL, h.About, events, active, h.Stopped, h.Made, sealed)
		} else {
			err = sqldb.ExecOne(ctx, t, updateHook, h.URL, h.About, events, active, h.Stopped, sealed, t.District(), id, h.Revision)
		}
		if err != nil {
			return sqldb.Classify(err, "save subscription %s", id)
		}
		if h.Active { // failures of before it was changed say nothing about it
			if err := s.health(ctx, t, h.ID, forget); err != nil {
				return err
			}
		}
		_, err = ledgerdb.Record(ctx, t, ledgerdb.Act{Kind: act, Object: "hook:" + id, Actor: actor, Rows: []ledgerdb.RowRef{ledgerdb.RowOf("hooks", id)}})
		return err
	})
	if err == nil {
		h.Revision++
	}
	return err
}

// Health implements hooks.Store.
func (s *Hooks) Health(ctx context.Context) (map[gov.ID]hooks.Health, error) {
	all := map[gov.ID]hooks.Health{}
	err := s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		for query, take := range map[string]func(scan func(...any) error) (struct{}, error){
			healthOf: func(scan func(...any) error) (struct{}, error) {
				return struct{}{}, change(all, scan, func(h *hooks.Health) []any { return []any{&h.Answered, &h.Failing} })
			},
			backlogOf: func(scan func(...any) error) (struct{}, error) {
				return struct{}{}, change(all, scan, func(h *hooks.Health) []any { return []any{&h.Waiting, &h.GivenUp} })
			},
		} {
			if _, err := sqldb.Collect(ctx, t, take, query, s.district); err != nil {
				return sqldb.Classify(err, "look after subscriptions")
			}
		}
		return nil
	})
	return all, err
}

// change reads a row about a subscription into what is known of it.
func change(all map[gov.ID]hooks.Health, scan func(...any) error, into func(*hooks.Health) []any) error {
	var text string
	var h hooks.Health
	if err := scan(append([]any{&text}, into(&h)...)...); err != nil {
		return err
	}
	id, err := gov.ParseID(text)
	if err != nil {
		return err
	}
	known := all[id]
	known.Answered, known.Failing = known.Answered+h.Answered, known.Failing+h.Failing // each is in one of the tables
	known.Waiting, known.GivenUp = known.Waiting+h.Waiting, known.GivenUp+h.GivenUp
	all[id] = known
	return nil
}
