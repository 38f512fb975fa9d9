package resealdb

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// Acts of a rotation. The first and the last are about the key file, what was
// sealed anew is an act of its own for each page of rows.
const (
	rotatedAct  = "privacy.rotated"
	resealedAct = "privacy.resealed"
	retiredAct  = "privacy.retired"

	keyObject = "privacy:key"
)

// rotationLease lets one process at a time change keys or seal anew. Whoever was
// killed with it holds up the next for leaseLasts.
const (
	rotationLease = "privacy.rotation"
	leaseLasts    = 30 * time.Second
)

// Processes that serve tell every AnnounceEvery which key they seal with; what one
// told is forgotten after announcedFor.
const (
	AnnounceEvery = 15 * time.Second
	announcedFor  = 4 * AnnounceEvery
	announced     = "privacy.key/" // begins the names of their leases
	announcedEnd  = "privacy.key0" // is behind all of them
)

const (
	announce = `
insert into leases (district, name, holder, expires)
values ($1, $2, $3, $4)
on conflict (district, name) do update
set holder = excluded.holder, expires = excluded.expires`
	forgetAnnounced = `
delete from leases
where district = $1 and name > $2 and name < $3 and expires <= $4`
	listAnnounced = `
select name, holder
from leases
where district = $1 and name > $2 and name < $3 and expires > $4
order by name`
	actsAbout = `
select body
from ledger_entries
where district = $1 and object = $2
order by at, id`
)

var errBusy = gov.Errorf(gov.Conflict, "另一个进程正在更换密钥或重新密封；若它已被终止，请在 %[1]d 秒后再试", "another process is changing keys or sealing anew; if it was killed, try again in %[1]d seconds", int(leaseLasts.Seconds()))

func isBusy(err error) bool { return errors.Is(err, errBusy) }

func orBusy(err error) error {
	if err != nil {
		return err
	}
	return errBusy
}

// Hold takes, or keeps, the right to change keys and to seal anew for holder. It
// returns Conflict when another has it.
func (s *Seals) Hold(ctx context.Context, holder string) error {
	return s.db.Write(ctx, s.district, func(tx *sqldb.Tx) error {
		held, err := tx.TakeLease(ctx, rotationLease, holder, leaseLasts)
		if err == nil && held {
			return nil
		}
		return orBusy(err)
	})
}

// Release gives up what Hold took.
func (s *Seals) Release(ctx context.Context, holder string) error {
	return s.db.Write(ctx, s.district, func(tx *sqldb.Tx) error { return tx.DropLease(ctx, rotationLease, holder) })
}

// Announce tells that a process, named so that an operator finds it, seals with the
// present key.
func (s *Seals) Announce(ctx context.Context, process string) error {
	key := s.keys.Pin().IDs()[0]
	return s.db.Write(ctx, s.district, func(tx *sqldb.Tx) error {
		now := tx.Now()
		if _, err := tx.ExecContext(ctx, announce, tx.District(), announced+process, key, now.Add(announcedFor).UnixMilli()); err != nil {
			return sqldb.Classify(err, "announce the key")
		}
		_, err := tx.ExecContext(ctx, forgetAnnounced, tx.District(), announced, announcedEnd, now.UnixMilli())
		return sqldb.Classify(err, "forget announced keys")
	})
}

// Leave takes back what Announce told.
func (s *Seals) Leave(ctx context.Context, process string) error {
	key := s.keys.IDs()[0]
	return s.db.Write(ctx, s.district, func(tx *sqldb.Tx) error { return tx.DropLease(ctx, announced+process, key) })
}

// Behind lists the processes that seal with another key than the present one.
func (s *Seals) Behind(ctx context.Context) (processes []string, err error) {
	key := s.keys.Pin().IDs()[0]
	err = s.db.Read(ctx, s.district, func(tx *sqldb.Tx) error {
		processes = nil
		_, err := sqldb.Collect(ctx, tx, func(scan func(...any) error) (x struct{}, err error) {
			var name, holder string
			if err = scan(&name, &holder); err == nil && holder != key {
				processes = append(processes, strings.TrimPrefix(name, announced))
			}
			return x, err
		}, listAnnounced, tx.District(), announced, announcedEnd, tx.Now().UnixMilli())
		return sqldb.Classify(err, "list announced keys")
	})
	return processes, err
}

// acts are those about the key file, the oldest first.
func (s *Seals) acts(ctx context.Context, tx *sqldb.Tx) (all []ledger.Entry, err error) {
	all, err = sqldb.Collect(ctx, tx, func(scan func(...any) error) (ledger.Entry, error) {
		var body []byte
		if err := scan(&body); err != nil {
			return ledger.Entry{}, err
		}
		return ledger.Decode(body)
	}, actsAbout, tx.District(), keyObject)
	return all, sqldb.Classify(err, "read the acts about the key")
}

// Outdated returns Conflict when the key that seals here is one that was replaced:
// the key file is of before a rotation.
func (s *Seals) Outdated(ctx context.Context) error {
	key := s.keys.Pin().IDs()[0]
	return s.db.Read(ctx, s.district, func(tx *sqldb.Tx) error {
		all, err := s.acts(ctx, tx)
		if err != nil {
			return err
		}
		for _, e := range all {
			if e.Kind == rotatedAct && slices.Contains(strings.Fields(e.Facts["replaces"]), key) {
				at := time.UnixMilli(e.At).In(gov.China).Format("2006-01-02 15:04")
				return gov.Errorf(gov.Conflict, "这里的隐私密钥（%[1]s）已于 %[2]s 被 %[3]s 取代：请放入更换之后的 privacy.key。", "The privacy key here (%[1]s) was replaced by %[3]s on %[2]s: put the privacy.key of after the rotation here.", key, at, e.Facts["key"])
			}
		}
		return nil
	})
}

// Rotated records that the present key was put before the others, unless that is
// recorded.
func (s *Seals) Rotated(ctx context.Context, by gov.Actor) error {
	ids := s.keys.Pin().IDs()
	return s.db.Write(ctx, s.district, func(tx *sqldb.Tx) error {
		all, err := s.acts(ctx, tx)
		if err != nil || slices.ContainsFunc(all, func(e ledger.Entry) bool { return e.Kind == rotatedAct && e.Facts["key"] == ids[0] }) {
			return err
		}
		_, err = ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: rotatedAct, Object: keyObject, Actor: by,
			Facts: map[string]string{"key": ids[0], "replaces": strings.Join(ids[1:], " ")}})
		return err
	})
}

// Retired records that all keys but the present one are given up.
func (s *Seals) Retired(ctx context.Context, by gov.Actor) error {
	ids := s.keys.Pin().IDs()
	return s.db.Write(ctx, s.district, func(tx *sqldb.Tx) error {
		_, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: retiredAct, Object: keyObject, Actor: by,
			Facts: map[string]string{"key": ids[0], "retired": strings.Join(ids[1:], " ")}})
		return err
	})
}
