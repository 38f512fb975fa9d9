package registers

import (
	"context"
	"errors"
	"io"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// ImportJob is the kind of the job that does an import; its key is the import's id.
const ImportJob = "registers.import"

// Phase says how far an import has come.
type Phase string

// The phases.
const (
	Checking Phase = "checking" // the file is read to its end, nothing is taken
	Waiting  Phase = "waiting"  // rows are bad: somebody must say whether the good ones are wanted
	Loading  Phase = "loading"
	Done     Phase = "done"
	Failed   Phase = "failed" // nothing more comes of it; see Failure
)

// Import is a file whose rows somebody wants in a register.
type Import struct {
	ID       gov.ID
	Register string
	Kind     string // "" for entries
	Unit     string
	Actor    gov.Actor
	File     string // key of the kept file
	Name     string // as it was sent
	Bytes    int64
	At       int64 // Unix ms
	Phase    Phase
	GoodOnly bool  // bad rows are left out without asking
	Checked  bool  // what is wrong is known to the end of the file
	Offset   int64 // where reading goes on
	Line     int64 // of the row before that
	Rows     int64 // read in this phase
	Good     int64
	Bad      int64 // rows with mistakes
	Added    int64
	Changed  int64
	Same     int64 // rows that said what was there already
	Ended    int64 // Unix ms, 0 while it goes on
	Failure  gov.Text
	Version  int64
}

// Reject is a mistake in a row of an import.
type Reject struct {
	Line   int64
	N      int // in the row, from 0
	Column string
	Text   gov.Text
	Typed  string
}

// Rows is a table that is read from its beginning.
type Rows interface {
	// Next returns the next row, which is good until the next call, or io.EOF. Other
	// errors say what is wrong with the file.
	Next() ([]string, error)

	// Offset is where the row behind the last one begins; Line is the line of the last
	// one, its head included, from 1.
	Offset() int64
	Line() int64

	// Skip goes on at an offset behind a line, both of an earlier reading.
	Skip(offset, line int64) error
	Close() error
}

// Opener opens the file of an import.
type Opener func(ctx context.Context, key string) (Rows, error)

// Importer brings files into registers, each row once, however often it is killed.
type Importer struct {
	Store Store
	Pack  func() *policy.Pack
	Open  Opener
	Clock gov.Clock

	// Step, if not nil, is called after each batch.
	Step func(Import)
}

const (
	batchRows   = 500
	maxRejects  = 100_000 // of an import: with more the file is another
	importsKept = 30 * 24 * time.Hour
	maxTyped    = 60 // characters of what was typed that are kept with a mistake
	maxKnown    = 200_000
)

// Ask wants a file imported; the caller keeps the file first. The import's id is the
// sender's: asked again it changes nothing. A job does it, or, when the caller runs it,
// nobody else.
func (m *Importer) Ask(ctx context.Context, by people.Standing, i Import, runs bool) error {
	g, err := people.Allow(by, policy.PushRecords, people.Object{Units: []string{i.Unit}})
	if err != nil {
		return err
	}
	if _, err := NewTarget(m.Pack(), i.Register, i.Kind, i.Unit); err != nil {
		return err
	}
	i.Actor, i.At, i.Phase = g.Actor(), m.Clock().UnixMilli(), Checking
	if i.GoodOnly {
		i.Phase = Loading
	}
	return m.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.AddImport(ctx, i); err != nil || runs {
			return err
		}
		return tx.Enqueue(ctx, ImportJob, i.ID.String())
	})
}

// TakeGood has the good rows of an import taken whose bad ones are known.
func (m *Importer) TakeGood(ctx context.Context, by people.Standing, id gov.ID) error {
	i, err := m.Get(ctx, by, id)
	if err != nil {
		return err
	}
	if i.Phase != Waiting {
		return nil // it was asked for before
	}
	i.Phase, i.GoodOnly = Loading, true
	return m.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SaveImport(ctx, i); err != nil {
			return err
		}
		return tx.Enqueue(ctx, ImportJob, id.String())
	})
}

// Get returns an import to those who may push for its unit. To others there is none.
func (m *Importer) Get(ctx context.Context, by people.Standing, id gov.ID) (Import, error) {
	i, err := m.Store.Import(ctx, id)
	if err == nil && people.Can(by, policy.PushRecords, people.Object{Units: []string{i.Unit}}) != nil {
		err = gov.Errorf(gov.NotFound, "没有这次导入", "there is no such import")
	}
	return i, err
}

// Rejects calls fn with every mistake of an import, by lines.
func (m *Importer) Rejects(ctx context.Context, id gov.ID, fn func(Reject) error) error {
	after := Reject{}
	for {
		list, err := m.Store.Rejects(ctx, id, after, batchRows)
		if err != nil {
			return err
		}
		for _, r := range list {
			if err := fn(r); err != nil {
				return err
			}
		}
		if len(list) < batchRows {
			return nil
		}
		after = list[len(list)-1]
	}
}

// Sweep forgets the imports that ended long ago.
func (m *Importer) Sweep(ctx context.Context) error {
	return m.Store.Sweep(ctx, m.Clock().Add(-importsKept))
}

// Run does an import from where it stands to its end, or to where it waits. Cut off
// it is run again.
func (m *Importer) Run(ctx context.Context, id gov.ID) error {
	i, err := m.Store.Import(ctx, id)
	if gov.CodeOf(err) == gov.NotFound {
		return nil // it was forgotten
	}
	for err == nil && (i.Phase == Checking || i.Phase == Loading) {
		err = m.phase(ctx, &i)
		if e, ok := errors.AsType[*gov.Error](err); ok && (e.Code == gov.Invalid || e.Code == gov.Unsupported || e.Code == gov.TooLarge || e.Code == gov.Forbidden || e.Code == gov.NotFound) {
			i.Phase, i.Failure, i.Ended = Failed, gov.Text{ZH: gov.TextOf(e, gov.ZH), EN: gov.TextOf(e, gov.EN)}, m.Clock().UnixMilli()
			err = m.save(ctx, &i, nil)
		}
	}
	return err
}

// save keeps how far an import has come, with what was wrong.
func (m *Importer) save(ctx context.Context, i *Import, rejects []Reject) error {
	err := m.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.AddRejects(ctx, i.ID, rejects); err != nil {
			return err
		}
		return tx.SaveImport(ctx, *i)
	})
	if err == nil {
		m.saved(i)
	}
	return err
}

func (m *Importer) saved(i *Import) {
	i.Version++
	if m.Step != nil {
		m.Step(*i)
	}
}

// phase reads the file from where it stands to its end.
func (m *Importer) phase(ctx context.Context, i *Import) error {
	target, err := NewTarget(m.Pack(), i.Register, i.Kind, i.Unit)
	if err != nil {
		return err
	}
	rows, err := m.Open(ctx, i.File)
	if err != nil {
		return err
	}
	defer rows.Close()
	head, err := rows.Next()
	if errors.Is(err, io.EOF) {
		return gov.Errorf(gov.Invalid, "表格是空的", "the table is empty").On("file")
	}
	if err != nil {
		return err
	}
	table, err := NewTable(target, head)
	if err != nil {
		return err
	}
	if i.Offset > 0 {
		if err := rows.Skip(i.Offset, i.Line); err != nil {
			return err
		}
	}
	l := loader{Importer: m, table: table, known: map[string]string{}}
	taking := i.Phase == Loading
	for ended := false; !ended; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if ended, err = l.read(rows); err != nil {
			return err
		}
		if err := l.judge(ctx, i); err != nil {
			return err
		}
		i.Offset, i.Line = l.offset, l.last
		if ended {
			m.end(i)
		}
		if err := l.write(ctx, i, taking); err != nil {
			return err
		}
		m.saved(i)
	}
	return nil
}

// end moves an import on that has come to the end of its file.
func (m *Importer) end(i *Import) {
	switch {
	case i.Good+i.Bad == 0:
		i.Phase, i.Ended = Failed, m.Clock().UnixMilli()
		i.Failure = gov.Textf("表头下面没有内容", "there is nothing below the head of the table")
	case i.Phase == Loading:
		i.Phase, i.Ended, i.Checked = Done, m.Clock().UnixMilli(), true
	default:
		i.Checked, i.Rows = true, i.Good+i.Bad
		i.Offset, i.Line = 0, 0
		if i.Phase = Loading; i.Bad > 0 {
			i.Phase = Waiting
		}
	}
}
