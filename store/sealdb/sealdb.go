// Package sealdb runs transactions on tables with personal data: what is sealed
// is sealed for its row, what is searched has a blind index, and every recorded
// row that is written is remembered until the act that tells of it is in the
// ledger. docs/spec/privacy.md says how.
package sealdb

import (
	"context"
	"encoding/hex"
	"fmt"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/privacy"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// Tx is a transaction with the keys that seal.
type Tx struct {
	*sqldb.Tx
	keys    *privacy.Keyring
	pinned  *privacy.Keyring // the keys this transaction seals with, nil before it does
	written []ledgerdb.RowRef
}

// New is a transaction with keys.
func New(tx *sqldb.Tx, keys *privacy.Keyring) *Tx { return &Tx{Tx: tx, keys: keys} }

// Wrote remembers a recorded row that was written, for Record.
func (tx *Tx) Wrote(table string, key ...any) {
	tx.written = append(tx.written, ledgerdb.RowOf(table, key...))
}

// now are the keys the transaction seals and indexes with: those of one moment, so
// that what it writes into a row is of one rotation.
func (tx *Tx) now() *privacy.Keyring {
	if tx.pinned == nil {
		tx.pinned = tx.keys.Pin()
	}
	return tx.pinned
}

// Seal seals a value for a column of a row; an empty one becomes null.
func (tx *Tx) Seal(table, column, key string, value []byte) []byte {
	if len(value) == 0 {
		return nil
	}
	return tx.now().Seal(privacy.Place{District: tx.District(), Table: table, Column: column, Key: key}, value)
}

// Open opens what Seal sealed. What does not open is not the user's mistake and
// not what they asked for, so the error is Internal.
func (tx *Tx) Open(table, column, key string, sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	value, err := tx.keys.Open(privacy.Place{District: tx.District(), Table: table, Column: column, Key: key}, sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s.%s of %s: %v", table, column, key, err)
	}
	return value, nil
}

// Blind is the blind index of a value in a column in hex, "" of none.
func (tx *Tx) Blind(table, column, value string) string { return tx.Blinds(table, column, value)[0] }

// Blinds are the blind indexes under which a value in a column may stand: the one
// Blind gives and, while a rotation of the keys is under way, the older ones. Who
// looks for a value looks for each of them. Of no value it is "".
func (tx *Tx) Blinds(table, column, value string) []string {
	if value == "" {
		return []string{""}
	}
	var list []string
	for _, index := range tx.now().Indexes(privacy.Place{District: tx.District(), Table: table, Column: column}, value) {
		list = append(list, hex.EncodeToString(index))
	}
	return list
}

// Save inserts a recorded row of revision 0 or replaces the one of the same
// revision, and counts the revision up. The statements take district and key
// before the fields, or behind them with the revision.
func (tx *Tx) Save(ctx context.Context, table, key string, revision *int, insert, update string, fields []any) error {
	var err error
	if *revision == 0 {
		_, err = tx.ExecContext(ctx, insert, append([]any{tx.District(), key}, fields...)...)
	} else {
		err = sqldb.ExecOne(ctx, tx.Tx, update, append(fields, tx.District(), key, *revision)...)
	}
	if err != nil {
		return sqldb.Classify(err, "save a row of %s", table)
	}
	*revision++
	tx.Wrote(table, key)
	return nil
}

// Insert is Save of a new row whose table has the columns district, key and
// revision before the fields, in their order: the ledger need not read it back.
func (tx *Tx) Insert(ctx context.Context, table, key, insert string, fields []any) error {
	if _, err := tx.ExecContext(ctx, insert, append([]any{tx.District(), key}, fields...)...); err != nil {
		return sqldb.Classify(err, "save a row of %s", table)
	}
	tx.written = append(tx.written, ledgerdb.Written(table, 1, append([]any{key, 1}, fields...)...).New())
	return nil
}

// Affected runs a statement and tells how many rows it touched.
func (tx *Tx) Affected(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Record appends an event to the ledger with the digest of every recorded row
// that was written since the last one.
func (tx *Tx) Record(ctx context.Context, actor gov.Actor, e people.Event) error {
	_, err := ledgerdb.Record(ctx, tx.Tx, ledgerdb.Act{
		ID: e.ID, Kind: e.Kind, Object: e.Object, Actor: actor, Facts: e.Facts, Sealed: e.Sealed, Rows: tx.written,
	})
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", e.Kind, e.Object, err)
	}
	tx.written = nil
	return nil
}

// Carry leaves every recorded row that was written since the last event to the act that
// is recorded next in this transaction, whoever records it.
func (tx *Tx) Carry() {
	ledgerdb.Carry(tx.Tx, tx.written...)
	tx.written = nil
}
