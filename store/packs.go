package store

import (
	"context"
	"fmt"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// packAdopted is the kind of the act of AdoptPack.
const packAdopted = "pack.adopted"

// packObject is what the acts about a district's pack are about: there is one.
const packObject = "pack:district"

// Pack names a version of a district's pack.
type Pack struct{ ID, Version, Hash string }

const lastAbout = `
select body
from ledger_entries
where district = $1 and object = $2
order by at desc, id desc
limit 1`

// AdoptedPack is the pack that was last adopted, zero before the first.
func (db *DB) AdoptedPack(ctx context.Context, d gov.District) (p Pack, err error) {
	err = db.Read(ctx, d, func(tx *Tx) error {
		p, err = adoptedPack(ctx, tx)
		return err
	})
	return p, err
}

func adoptedPack(ctx context.Context, tx *Tx) (Pack, error) {
	list, err := sqldb.Collect(ctx, tx, func(scan func(...any) error) (b []byte, err error) { return b, scan(&b) },
		lastAbout, tx.District(), packObject)
	if err != nil || len(list) == 0 {
		return Pack{}, sqldb.Classify(err, "look for the adopted pack")
	}
	e, err := ledger.Decode(list[0])
	if err != nil {
		return Pack{}, fmt.Errorf("decode the entry about the pack: %v", err)
	}
	return Pack{e.Facts["pack"], e.Facts["version"], e.Facts["sha256"]}, nil
}

// AdoptPack records that a district works by a pack from now on, unless it does
// already.
func (db *DB) AdoptPack(ctx context.Context, d gov.District, actor gov.Actor, p Pack) error {
	return db.Write(ctx, d, func(tx *Tx) error {
		now, err := adoptedPack(ctx, tx)
		if err != nil || now == p {
			return err
		}
		_, err = ledgerdb.Record(ctx, tx, ledgerdb.Act{
			Kind: packAdopted, Object: packObject, Actor: actor,
			Facts: map[string]string{"pack": p.ID, "version": p.Version, "sha256": p.Hash},
		})
		return err
	})
}
