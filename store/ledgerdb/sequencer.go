package ledgerdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store/sqldb"
)

// Sequencer appends recorded entries to a district's tree and signs the new
// head. Several may run, in one process or many: the lease lets one of them
// work, everything a batch does is one transaction that begins by taking the
// lease's row, and the tree is read inside that transaction, so one that was
// stopped in the middle, or that wakes up late, changes nothing.
type Sequencer struct {
	db       *sqldb.DB
	district gov.District
	signer   *ledger.Signer
	verifier *ledger.Verifier
	holder   string
	log      *slog.Logger

	keeper HeadKeeper
	mu     sync.Mutex // guards signed
	signed ledger.Checkpoint
}

// HeadKeeper remembers the newest signed checkpoint outside the database. A
// database that was restored from an old backup would otherwise be continued
// from there, and the ledger would sign two histories: whoever holds a receipt
// of the lost part could convict the district. What it remembers may lag
// behind, after a crash or with several processes; that weakens it only by so
// much.
type HeadKeeper interface {
	Load() (note []byte, err error) // nil when there is none yet
	Save(note []byte) error
}

const (
	sequencerLease = "ledger"
	// leaseTime is how long after a kill another process has to wait.
	leaseTime = 5 * time.Second
	// beat is how often the sequencer looks for entries.
	beat = 50 * time.Millisecond
	// lastWork is how long what waits is appended for when the process is to stop.
	lastWork = 20 * time.Second
	// maxBatch is how many entries go into the tree in one transaction.
	maxBatch = 500
)

// NewSequencer returns a sequencer that signs with signer. Keys the signer's
// replaced are given in old, so that the head they signed can be continued. A
// nil keeper remembers nothing.
func NewSequencer(db *sqldb.DB, d gov.District, signer *ledger.Signer, keeper HeadKeeper, old ...string) (*Sequencer, error) {
	v, err := ledger.NewVerifier(append([]string{signer.PublicKey()}, old...)...)
	if err != nil {
		return nil, err
	}
	s := &Sequencer{
		db: db, district: d, signer: signer, verifier: v, keeper: keeper,
		holder: gov.NewID(time.Now()).String(), log: db.Log().With("district", d),
	}
	if keeper == nil {
		return s, nil
	}
	note, err := keeper.Load()
	if err == nil && note != nil {
		s.signed, err = v.Open(note)
	}
	if err != nil {
		return nil, fmt.Errorf("read the newest checkpoint this ledger is known to have signed: %w", err)
	}
	return s, nil
}

// continues refuses to go on from a head that does not contain what is known
// to have been signed.
func (s *Sequencer) continues(h ledger.Checkpoint, read ledger.TileReader) error {
	s.mu.Lock()
	known := s.signed
	s.mu.Unlock()
	root, size := h.Root, h.Size
	if size > known.Size && known.Size > 0 {
		var err error
		if root, err = ledger.RootAt(known.Size, read); err != nil {
			return err
		}
		size = known.Size
	}
	if size < known.Size || known.Size > 0 && root != known.Root {
		return gov.Errorf(gov.Unavailable,
			"数据库中的账本（%[1]d 条）不包含已签名的 %[2]d 条，可能由旧备份恢复；停止续写，详见运维手册",
			"the ledger in the database (%[1]d entries) does not contain the %[2]d that were signed, perhaps because an old backup was restored; nothing is appended, see the operator's guide",
			h.Size, known.Size)
	}
	return nil
}

// keep remembers a head that was committed.
func (s *Sequencer) keep(ctx context.Context, c ledger.Checkpoint, note []byte) {
	s.mu.Lock()
	if c.Size > s.signed.Size {
		s.signed = c
	}
	s.mu.Unlock()
	if s.keeper == nil {
		return
	}
	if err := s.keeper.Save(note); err != nil {
		s.log.WarnContext(ctx, "the newest checkpoint was not kept outside the database", "err", err)
	}
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
func readHead(ctx context.Context, tx *sqldb.Tx, v *ledger.Verifier) (head, error) {
	var h head
	var size int64
	if err := tx.QueryRowContext(ctx, newestCheckpoint, tx.District()).Scan(&size, &h.latest, &h.note); err != nil {
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
func tileReader(ctx context.Context, tx *sqldb.Tx) ledger.TileReader {
	return func(t ledger.Tile) ([]byte, error) {
		var data []byte
		err := tx.QueryRowContext(ctx, oneTile, tx.District(), t.Level, t.Index).Scan(&data)
		if err != nil {
			return nil, sqldb.Classify(err, "read %s", t.Path())
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
	var c ledger.Checkpoint
	var note []byte
	err = s.db.Write(ctx, s.district, func(tx *sqldb.Tx) (err error) {
		n, note = 0, nil
		if mine, err = tx.TakeLease(ctx, sequencerLease, s.holder, leaseTime); err != nil || !mine {
			return err
		}
		n, c, note, err = s.step(ctx, tx)
		return err
	})
	if err == nil && note != nil {
		s.keep(ctx, c, note)
	}
	return n, mine, err
}

// step is a batch's work inside its transaction. It returns the new checkpoint,
// or no note when there was nothing to append.
func (s *Sequencer) step(ctx context.Context, tx *sqldb.Tx) (n int, c ledger.Checkpoint, note []byte, err error) {
	h, err := readHead(ctx, tx, s.verifier)
	isNew := errors.Is(err, sql.ErrNoRows)
	if err != nil && !isNew {
		return 0, c, nil, fmt.Errorf("open the newest checkpoint: %w", err)
	}
	read := tileReader(ctx, tx)
	tree, err := ledger.Resume(h.Size, read)
	if err != nil {
		return 0, c, nil, fmt.Errorf("resume the tree: %w", err)
	}
	// What was changed behind our back must not be signed.
	if !isNew && tree.Root() != h.Root {
		return 0, c, nil, gov.Errorf(gov.Internal, "账本的哈希块与最新检查点不符，停止续写", "the ledger's tiles do not fit its newest checkpoint; nothing is appended")
	}
	if err := s.continues(h.Checkpoint, read); err != nil {
		return 0, c, nil, err
	}
	n, err = s.append(ctx, tx, tree, &h)
	if err != nil || n == 0 && !isNew {
		return n, c, nil, err
	}
	c = ledger.Checkpoint{Origin: s.signer.Origin(), Size: tree.Size(), Root: tree.Root()}
	if note, err = s.signer.Sign(c.Size, c.Root); err != nil {
		return n, c, nil, err
	}
	return n, c, note, tx.Later(ctx, addCheckpoint, tx.District(), c.Size, h.latest, tx.Now().UnixMilli(), note)
}

// append moves waiting entries into the tree.
func (s *Sequencer) append(ctx context.Context, tx *sqldb.Tx, tree *ledger.Builder, h *head) (int, error) {
	type waiting struct {
		seq, at int64
		entry   string
		body    []byte
	}
	put := func(t ledger.Tile, data []byte) error {
		return tx.Later(ctx, putTile, tx.District(), t.Level, t.Index, data)
	}
	list, err := sqldb.Collect(ctx, tx, func(scan func(...any) error) (w waiting, err error) {
		return w, scan(&w.seq, &w.entry, &w.at, &w.body)
	}, pendingEntries, tx.District(), maxBatch)
	if err != nil || len(list) == 0 {
		return 0, sqldb.Classify(err, "read waiting entries")
	}
	tree.Full = put
	leaves := make([][]any, 0, len(list))
	for _, w := range list {
		leaves = append(leaves, []any{tree.Size(), w.entry})
		if err := tree.Append(ledger.LeafHash(w.body)); err != nil {
			return 0, err
		}
		if err := tx.LaterOne(ctx, dropPending, tx.District(), w.seq, w.entry); err != nil {
			return 0, err
		}
		h.latest = max(h.latest, w.at)
	}
	if err := tx.LaterRows(ctx, addLeaf, leaves...); err != nil {
		return 0, err
	}
	return len(list), tree.Partial(put)
}

// waits counts the entries recorded until some DB.NextOrder that are not in the tree.
func (s *Sequencer) waits(ctx context.Context, until int64) (n int, err error) {
	err = s.db.Read(ctx, s.district, func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(ctx, pendingUntil, tx.District(), until).Scan(&n)
	})
	return n, sqldb.Classify(err, "look for waiting entries")
}

// Sequence returns once every entry that this process recorded before the call
// is in the tree, whether this sequencer appended it or another. A new ledger gets its first
// checkpoint, of size 0. It may be called at any time from any process.
func (s *Sequencer) Sequence(ctx context.Context) error {
	until := s.db.NextOrder()
	for {
		n, mine, err := s.batch(ctx)
		if err != nil {
			return fmt.Errorf("sequence the ledger: %w", err)
		}
		if mine && n < maxBatch {
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

// Run sequences until ctx ends, then what was recorded until then, for lastWork at
// most, and gives up the lease. It logs what goes wrong and tries again, ever more
// slowly; a ledger that was changed behind its back stays as it is until someone looks.
func (s *Sequencer) Run(ctx context.Context) {
	defer s.Release(context.WithoutCancel(ctx))
	defer s.finish(context.WithoutCancel(ctx))
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

// finish appends what waits still, so that an installation that was stopped is whole. Where
// another process holds the lease, that one does it.
func (s *Sequencer) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastWork)
	defer cancel()
	if err := s.work(ctx); err != nil {
		s.log.WarnContext(ctx, "entries wait for the ledger until it is served again", "err", err)
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
		if err != nil || !mine || n < maxBatch {
			return err
		}
	}
}

// Release gives up the lease, so that another process need not wait for it to
// end. A sequencer may be used again afterwards.
func (s *Sequencer) Release(ctx context.Context) {
	err := s.db.Write(ctx, s.district, func(tx *sqldb.Tx) error {
		return tx.DropLease(ctx, sequencerLease, s.holder)
	})
	if err != nil {
		s.log.WarnContext(ctx, "the ledger's lease was not given up; it ends by itself", "err", err)
	}
}
