package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"quanxiang/gov"
	"quanxiang/ledger"
)

// Sequencer appends recorded entries to a district's tree and signs the new
// head. Several may run, in one process or many: the lease lets one of them
// work, everything a batch does is one transaction that begins by taking the
// lease's row, and the tree is read inside that transaction, so one that was
// stopped in the middle, or that wakes up late, changes nothing.
type Sequencer struct {
	db       *DB
	district gov.District
	signer   *ledger.Signer
	verifier *ledger.Verifier
	holder   string
	log      *slog.Logger
}

const (
	sequencerLease = "ledger"
	// leaseTime is how long after a kill another process has to wait.
	leaseTime = 5 * time.Second
	// beat is how often the sequencer looks for entries.
	beat = 50 * time.Millisecond
	// maxBatch is how many entries go into the tree in one transaction.
	maxBatch = 500
)

// NewSequencer returns a sequencer that signs with signer. Keys the signer's
// replaced are given in old, so that the head they signed can be continued.
func NewSequencer(db *DB, d gov.District, signer *ledger.Signer, old ...string) (*Sequencer, error) {
	v, err := ledger.NewVerifier(append([]string{signer.PublicKey()}, old...)...)
	if err != nil {
		return nil, err
	}
	return &Sequencer{
		db: db, district: d, signer: signer, verifier: v,
		holder: gov.NewID(time.Now()).String(), log: db.opts.Log.With("district", d),
	}, nil
}

const (
	newestCheckpoint = `
select size, latest, note
from ledger_checkpoints
where district = $1
order by size desc
limit 1`
	pendingEntries = `
select p.seq, p.entry, p.at, e.body
from ledger_pending p
join ledger_entries e on e.district = p.district and e.id = p.entry
where p.district = $1
order by p.seq, p.entry
limit $2`
	pendingUntil = `
select count(*)
from ledger_pending
where district = $1 and seq <= $2`
	dropPending = `
delete from ledger_pending
where district = $1 and seq = $2 and entry = $3`
	addLeaf = `
insert into ledger_leaves (district, idx, entry)
values ($1, $2, $3)`
	oneTile = `
select hashes
from ledger_tiles
where district = $1 and level = $2 and n = $3`
	putTile = `
insert into ledger_tiles (district, level, n, hashes)
values ($1, $2, $3, $4)
on conflict (district, level, n) do update
set hashes = excluded.hashes`
	addCheckpoint = `
insert into ledger_checkpoints (district, size, latest, signed, note)
values ($1, $2, $3, $4, $5)`
)

// head is the newest signed state of a ledger.
type head struct {
	ledger.Checkpoint
	latest int64 // greatest time among the entries, Unix ms
	note   []byte
}

// readHead returns the newest checkpoint, verified, or sql.ErrNoRows.
func readHead(ctx context.Context, tx *Tx, v *ledger.Verifier) (head, error) {
	var h head
	var size int64
	if err := tx.QueryRowContext(ctx, newestCheckpoint, tx.district).Scan(&size, &h.latest, &h.note); err != nil {
		return h, err
	}
	var err error
	if h.Checkpoint, err = v.Open(h.note); err != nil {
		return h, err
	}
	if h.Size != size {
		return h, gov.Errorf(gov.Internal, "检查点登记为 %[1]d 条，签名却是 %[2]d 条", "a checkpoint filed under size %[1]d signs size %[2]d", size, h.Size)
	}
	return h, nil
}

// tileReader reads tiles inside a transaction.
func tileReader(ctx context.Context, tx *Tx) ledger.TileReader {
	return func(t ledger.Tile) ([]byte, error) {
		var data []byte
		err := tx.QueryRowContext(ctx, oneTile, tx.district, t.Level, t.Index).Scan(&data)
		if err != nil {
			return nil, classify(err, "read %s", t.Path())
		}
		if need := 32 * t.Width; len(data) > need {
			data = data[:need] // a partial tile as it was at a smaller size
		}
		return data, nil
	}
}

// batch appends what waits, in one transaction. It reports how much it
// appended and whether the lease was ours.
func (s *Sequencer) batch(ctx context.Context) (n int, mine bool, err error) {
	err = s.db.Write(ctx, s.district, func(tx *Tx) (err error) {
		n, mine, err = s.step(ctx, tx)
		return err
	})
	return n, mine, err
}

// step is a batch's work inside its transaction.
func (s *Sequencer) step(ctx context.Context, tx *Tx) (n int, mine bool, err error) {
	if mine, err = tx.TakeLease(ctx, sequencerLease, s.holder, leaseTime); err != nil || !mine {
		return 0, false, err
	}
	h, err := readHead(ctx, tx, s.verifier)
	isNew := errors.Is(err, sql.ErrNoRows)
	if err != nil && !isNew {
		return 0, true, fmt.Errorf("open the newest checkpoint: %w", err)
	}
	tree, err := ledger.Resume(h.Size, tileReader(ctx, tx))
	if err != nil {
		return 0, true, fmt.Errorf("resume the tree: %w", err)
	}
	// What was changed behind our back must not be signed.
	if !isNew && tree.Root() != h.Root {
		return 0, true, gov.Errorf(gov.Internal, "账本的哈希块与最新检查点不符，停止续写", "the ledger's tiles do not fit its newest checkpoint; nothing is appended")
	}
	n, err = s.append(ctx, tx, tree, &h)
	if err != nil || n == 0 && !isNew {
		return n, true, err
	}
	note, err := s.signer.Sign(tree.Size(), tree.Root())
	if err != nil {
		return n, true, err
	}
	_, err = tx.ExecContext(ctx, addCheckpoint, tx.district, tree.Size(), h.latest, tx.now.UnixMilli(), note)
	return n, true, classify(err, "keep the checkpoint of size %d", tree.Size())
}

// append moves waiting entries into the tree.
func (s *Sequencer) append(ctx context.Context, tx *Tx, tree *ledger.Builder, h *head) (int, error) {
	type waiting struct {
		seq, at int64
		entry   string
		body    []byte
	}
	put := func(t ledger.Tile, data []byte) error {
		_, err := tx.ExecContext(ctx, putTile, tx.district, t.Level, t.Index, data)
		return classify(err, "keep %s", t.Path())
	}
	list, err := collect(ctx, tx, func(scan func(...any) error) (w waiting, err error) {
		return w, scan(&w.seq, &w.entry, &w.at, &w.body)
	}, pendingEntries, tx.district, maxBatch)
	if err != nil || len(list) == 0 {
		return 0, classify(err, "read waiting entries")
	}
	tree.Full = put
	for _, w := range list {
		if _, err := tx.ExecContext(ctx, addLeaf, tx.district, tree.Size(), w.entry); err != nil {
			return 0, classify(err, "append event %s", w.entry)
		}
		if err := tree.Append(ledger.LeafHash(w.body)); err != nil {
			return 0, err
		}
		if err := execOne(ctx, tx, dropPending, tx.district, w.seq, w.entry); err != nil {
			return 0, classify(err, "take event %s from the queue", w.entry)
		}
		h.latest = max(h.latest, w.at)
	}
	return len(list), tree.Partial(put)
}

// waits counts the entries recorded until some nextOrder that are not in the tree.
func (s *Sequencer) waits(ctx context.Context, until int64) (n int, err error) {
	err = s.db.Read(ctx, s.district, func(tx *Tx) error {
		return tx.QueryRowContext(ctx, pendingUntil, tx.district, until).Scan(&n)
	})
	return n, classify(err, "look for waiting entries")
}

// Sequence returns once every entry that this process recorded before the call
// is in the tree, whether this sequencer appended it or another. A new ledger gets its first
// checkpoint, of size 0. It may be called at any time from any process.
func (s *Sequencer) Sequence(ctx context.Context) error {
	until := s.db.nextOrder()
	for {
		n, mine, err := s.batch(ctx)
		if err != nil && gov.CodeOf(err) != gov.Conflict {
			return fmt.Errorf("sequence the ledger: %w", err)
		}
		if mine && err == nil && n < maxBatch {
			return nil // nothing was left
		}
		if left, err := s.waits(ctx, until); err != nil || left == 0 && !mine {
			return err
		}
		if !mine {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(beat):
			}
		}
	}
}

// Run sequences until ctx ends, then gives up the lease. It logs what goes
// wrong and tries again, ever more slowly; a ledger that was changed behind its
// back stays as it is until someone looks.
func (s *Sequencer) Run(ctx context.Context) {
	defer s.release(context.WithoutCancel(ctx))
	pause := beat
	for {
		err := s.work(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			pause = beat
		default:
			pause = min(2*pause, leaseTime)
			s.log.ErrorContext(ctx, "the ledger could not be sequenced", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// work appends batches while there is something to append and the lease is
// ours.
func (s *Sequencer) work(ctx context.Context) error {
	for {
		left, err := s.waits(ctx, math.MaxInt64)
		if err != nil || left == 0 {
			return err
		}
		n, mine, err := s.batch(ctx)
		if gov.CodeOf(err) == gov.Conflict {
			return nil // another one was faster
		}
		if err != nil || !mine || n < maxBatch {
			return err
		}
	}
}

func (s *Sequencer) release(ctx context.Context) {
	err := s.db.Write(ctx, s.district, func(tx *Tx) error {
		return tx.DropLease(ctx, sequencerLease, s.holder)
	})
	if err != nil {
		s.log.WarnContext(ctx, "the ledger's lease was not given up; it ends by itself", "err", err)
	}
}
