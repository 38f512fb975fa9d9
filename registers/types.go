package registers

import (
	"context"
	"maps"
	"time"

	"quanxiang/gov"
	"quanxiang/registers/credit"
	"quanxiang/registers/values"
)

// Values are what fields hold, by field.
type Values = values.Values

// Entry is one real thing of a register.
type Entry struct {
	Register string
	Key      string
	Version  int
	Unit     string // that wrote it last
	Name     string
	Aliases  []string // by which it is found, too
	Facet    string
	Area     string // code
	Since    string // YYYY-MM-DD, "" for none
	Until    string
	Doubt    bool  // its key breaks the check of its scheme
	At       int64 // when this version was written, Unix ms
	Values   Values
}

// Same reports that another version says the same.
func (e Entry) Same(o Entry) bool { return e.Unit == o.Unit && maps.Equal(e.Values, o.Values) }

// Record is what a unit recorded about an entry.
type Record struct {
	Register  string
	Kind      string
	Unit      string
	Key       string // within unit and kind
	Version   int
	Subject   string // key of the entry
	On        string // when it happened, YYYY-MM-DD
	Until     string // until when it has effect, "" while it goes on
	At        int64  // when this version was received, Unix ms
	Basis     string // legal basis
	Withdrawn bool
	Note      string // why it was corrected or withdrawn
	Values    Values
}

// Same reports that another version says the same.
func (r Record) Same(o Record) bool {
	return r.Subject == o.Subject && r.Basis == o.Basis && r.Withdrawn == o.Withdrawn && maps.Equal(r.Values, o.Values)
}

// Ref names the record among all of its register.
func (r Record) Ref() string { return r.Kind + "/" + r.Unit + "/" + r.Key }

// Past is an earlier version of an entry, a record or a grade.
type Past struct {
	Version int
	Ended   int64 // when it was replaced, Unix ms
	Entry   *Entry
	Record  *Record
	Grade   *Grade
}

// Grade is the class of an entry as it was worked out last.
type Grade struct {
	Register string
	Key      string
	Version  int
	At       int64 // Unix ms
	credit.Result
}

// Look says who looked at an entry in full, and for what.
type Look struct {
	ID       gov.ID
	Person   gov.ID
	Register string
	Key      string // "" for a whole list, which the note names
	Purpose  string // id of a purpose of the register
	Note     string // more exactly: the number of a case
	At       int64
}

// Query says which entries are listed. The zero value lists all of a register.
type Query struct {
	Register string
	Facet    string
	Area     string
	Class    string
	Words    string // of the name, or the beginning of a key or alias
}

// Store keeps the registers of one district.
type Store interface {
	// Entry returns an entry by its key, or NotFound.
	Entry(ctx context.Context, register, key string) (Entry, error)

	// Resolve finds the keys of the entries that keys or aliases name; what names
	// none, or several, is not in the answer.
	Resolve(ctx context.Context, register string, names []string) (map[string]string, error)

	// Named lists the entries of which a name is the key or a whole alias, by their
	// keys, at most a limit.
	Named(ctx context.Context, register, name string, limit int) ([]Entry, error)

	// Entries lists entries by their keys behind a key.
	Entries(ctx context.Context, q Query, after string, limit int) ([]Listed, error)

	// Records lists the records about an entry, the latest first, at most a limit.
	Records(ctx context.Context, register, key string, limit int) ([]Record, error)

	// InForce lists the records of a kind that have effect on a day, the latest first,
	// behind one of them, with the names of their entries; CountInForce counts them.
	InForce(ctx context.Context, register, kind string, day gov.Date, after Record, limit int) ([]Named, error)
	CountInForce(ctx context.Context, register, kind string, day gov.Date) (int, error)

	// RecordsBehind lists the records of a kind behind a unit's key, by units and keys,
	// with the names of their entries.
	RecordsBehind(ctx context.Context, register, kind, unit, key string, limit int) ([]Named, error)

	// Record returns a record, or NotFound.
	Record(ctx context.Context, register, kind, unit, key string) (Record, error)

	// PastEntries, PastRecords and PastGrades list earlier versions, the latest first.
	PastEntries(ctx context.Context, register, key string, limit int) ([]Past, error)
	PastRecords(ctx context.Context, r Record, limit int) ([]Past, error)
	PastGrades(ctx context.Context, register, key string, limit int) ([]Past, error)

	// Grade returns the grade of an entry, or NotFound.
	Grade(ctx context.Context, register, key string) (Grade, error)

	// Look returns a look, or NotFound. Looks lists those at an entry, AllLooks those of a
	// query behind one, the latest first.
	Look(ctx context.Context, id gov.ID) (Look, error)
	AllLooks(ctx context.Context, q LookQuery, after string, limit int) ([]Look, error)
	Looks(ctx context.Context, register, key string, limit int) ([]Look, error)

	// SourcesAbout lists what cases have done about an entry and its records, the
	// latest first; SourcesOf what a case has done.
	SourcesAbout(ctx context.Context, register, subject string, limit int) ([]Source, error)
	SourcesOf(ctx context.Context, caseID gov.ID) ([]Source, error)

	// Consultation returns a consultation, or NotFound. Consultations lists them behind
	// one, the latest first. Counts counts those of a time by unit, measure and outcome.
	Consultation(ctx context.Context, id gov.ID) (Consultation, error)
	Consultations(ctx context.Context, q ConsultQuery, after string, limit int) ([]Consultation, error)
	Counts(ctx context.Context, register string, from, until time.Time) ([]Count, error)

	// Import returns an import, or NotFound. Imports lists the latest.
	Import(ctx context.Context, id gov.ID) (Import, error)
	Imports(ctx context.Context, limit int) ([]Import, error)

	// Rejects lists the mistakes of an import behind one of them.
	Rejects(ctx context.Context, id gov.ID, after Reject, limit int) ([]Reject, error)

	// Sweep forgets imports that ended before an instant.
	Sweep(ctx context.Context, before time.Time) error

	// Count says how many entries a register has.
	Count(ctx context.Context, register string) (int, error)

	// Update runs fn in one transaction. fn may run more than once and must touch
	// nothing but its Tx.
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Named is a record with the name of its entry, and what its facet holds.
type Named struct {
	Record
	Name  string
	Facet string
}

// Listed is an entry with its class.
type Listed struct {
	Entry
	Class string // "" when it was never graded
}

// Tx is a transaction of a store.
type Tx interface {
	// Now is the instant of the transaction.
	Now() time.Time

	// EntriesOf and RecordsOf return what is there of a list, by Key and by Ref.
	EntriesOf(ctx context.Context, list []Entry) (map[string]Entry, error)
	RecordsOf(ctx context.Context, list []Record) (map[string]Record, error)

	// GradeOf returns the grade of an entry; ok is false when there is none.
	GradeOf(ctx context.Context, register, key string) (g Grade, ok bool, err error)

	// Put* write the new version of what there is (Version 0: nothing) and keep what
	// it was. One that has changed meanwhile, or is there after all, is a Conflict.
	PutEntries(ctx context.Context, list []Change[Entry]) error
	PutRecords(ctx context.Context, list []Change[Record]) error
	PutGrade(ctx context.Context, c Change[Grade]) error

	// PutSource keeps what a case has come to do about an entry or record, which may
	// have done something about it before.
	PutSource(ctx context.Context, s Source) error

	// AddLook keeps a look.
	AddLook(ctx context.Context, l Look) error

	// AddConsultation keeps a consultation, ConsultationOf returns it, or NotFound, and
	// SaveOutcome writes what became of it over the version before.
	AddConsultation(ctx context.Context, c Consultation) error
	ConsultationOf(ctx context.Context, id gov.ID) (Consultation, error)
	SaveOutcome(ctx context.Context, c Consultation) error

	// SaveImport keeps how far an import has come, AddRejects what was wrong.
	AddImport(ctx context.Context, i Import) error
	SaveImport(ctx context.Context, i Import) error
	AddRejects(ctx context.Context, id gov.ID, list []Reject) error

	// Enqueue asks for a job.
	Enqueue(ctx context.Context, kind, key string) error

	// Act records in the ledger what the transaction wrote since the last Act.
	Act(ctx context.Context, a Act) error
}

// Change is a new version of something, and what it replaces.
type Change[T any] struct {
	Old *T // nil: it is new
	New T
}

// Act is an act of the ledger.
type Act struct {
	ID     gov.ID // zero for a new one
	Kind   string
	Object string
	Actor  gov.Actor
	Facts  map[string]string
}
