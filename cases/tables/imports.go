package tables

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// ImportJob is the kind of the job that begins the cases of a table; its key is
// the id of the import.
const ImportJob = "cases.import"

// Import is a table of which somebody wants cases begun in the background.
type Import struct {
	ID        gov.ID
	Person    gov.ID // who wants it
	Procedure string
	Action    string // that begins the cases
	Table     [][]string
	At        int64 // Unix ms
	Total     int   // rows
	Done      int   // of them
	Ended     int64 // Unix ms, 0 while it waits or runs
	Result    ImportResult
}

// ImportResult is what came of an import.
type ImportResult struct {
	Refused *ImportMistake `json:"refused,omitempty"` // why it came to nothing as a whole
	Rows    []ImportRow    `json:"rows,omitempty"`    // blank ones left out
}

// ImportRow is what came of a row.
type ImportRow struct {
	Line     int             `json:"line"` // in the table, from 1, its head included
	Case     gov.ID          `json:"case,omitzero"`
	Number   string          `json:"number,omitempty"`
	Mistakes []ImportMistake `json:"mistakes,omitempty"` // why there is no case
}

// ImportMistake is something wrong with a row.
type ImportMistake struct {
	Field string `json:"field,omitempty"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

// Text is the mistake in words.
func (m ImportMistake) Text() gov.Text { return gov.Text{ZH: m.ZH, EN: m.EN} }

func importMistake(e *gov.Error) ImportMistake {
	return ImportMistake{Field: e.Field, ZH: gov.TextOf(e, gov.ZH), EN: gov.TextOf(e, gov.EN)}
}

// Begun are the rows that have a case.
func (r ImportResult) Begun() (list []ImportRow) {
	for _, row := range r.Rows {
		if !row.Case.IsZero() {
			list = append(list, row)
		}
	}
	return list
}

// ImportStore keeps imports.
type ImportStore interface {
	// Add keeps an import and asks for the job that does it. One that is there
	// already stays as it is.
	Add(ctx context.Context, i Import) error

	// Get returns an import, or NotFound.
	Get(ctx context.Context, id gov.ID) (Import, error)

	// Advance notes how many rows of an import are done.
	Advance(ctx context.Context, id gov.ID, done int) error

	// Finish notes what came of an import that has not ended.
	Finish(ctx context.Context, id gov.ID, done int, r ImportResult) error

	// Sweep forgets the imports that ended before an instant.
	Sweep(ctx context.Context, before time.Time) error
}

// Imports begins the cases of tables in the background, each once, however often
// it is asked or killed in between.
type Imports struct {
	Work  *casework.Casework
	Store ImportStore

	// Standing is what a person may do now, who is not there.
	Standing func(ctx context.Context, person gov.ID) (people.Standing, error)

	// Contact keeps a mobile number for the case that is to be begun under an id and
	// returns the id of the contact; kept again it is the same. Nil keeps none.
	Contact func(ctx context.Context, caseID gov.ID, mobile string) (string, error)
}

// importsKept is how long it can be looked up what came of an import.
const importsKept = 30 * 24 * time.Hour

// advanceEvery is after how many rows it is noted how far an import has come.
const advanceEvery = 50

// Ask has the good rows of a table begun under an id its sender made. Asked
// again it changes nothing.
func (m *Imports) Ask(ctx context.Context, s people.Standing, id gov.ID, start casework.Start, table [][]string) error {
	b, err := Read(ctx, m.Work, s, start, table)
	if err != nil {
		return err
	}
	if table, err = m.keepContacts(ctx, id, b, table); err != nil {
		return err
	}
	return m.Store.Add(ctx, Import{ID: id, Person: s.Person, Procedure: start.Procedure.ID, Action: start.Action.ID,
		Table: table, At: s.At.UnixMilli(), Total: len(b.Rows)})
}

// unkept stands in a table for a number of a row that cannot be begun.
const unkept = "—"

// keepContacts keeps the numbers of a table apart from it: the table waits in the
// database, and numbers are sealed there. The contacts of rows that are begun after
// all by nobody are erased as those of forms that were never sent.
func (m *Imports) keepContacts(ctx context.Context, id gov.ID, b Batch, table [][]string) ([][]string, error) {
	out := slices.Clone(table)
	for _, r := range b.Rows {
		for j, field := range b.Columns {
			f, ok := b.Start.Procedure.Field(field)
			if !ok || f.Type != procedure.ContactField || j >= len(table[r.Line-1]) || strings.TrimSpace(table[r.Line-1][j]) == "" {
				continue
			}
			contact := unkept
			if len(r.Mistakes) == 0 {
				if m.Contact == nil {
					return nil, gov.Errorf(gov.Unsupported, "这里不能导入联系方式", "contacts cannot be taken from a table here").On("file")
				}
				var err error
				if contact, err = m.Contact(ctx, nth(id, r.Line), r.Contacts[field]); err != nil {
					return nil, err
				}
			}
			out[r.Line-1] = slices.Clone(out[r.Line-1])
			out[r.Line-1][j] = contact
		}
	}
	// What is passed over is not kept either.
	for i, cells := range out {
		if i > 0 && PassedOver(cells) {
			out[i] = nil
		}
	}
	return out, nil
}

// Get returns an import to who asked for it. To everybody else there is none.
func (m *Imports) Get(ctx context.Context, s people.Standing, id gov.ID) (Import, error) {
	if err := casework.Enter(s); err != nil {
		return Import{}, err
	}
	i, err := m.Store.Get(ctx, id)
	if err == nil && i.Person != s.Person || gov.CodeOf(err) == gov.NotFound {
		return Import{}, gov.Errorf(gov.NotFound, "没有这次导入，或者它的结果已经过期删除。", "There is no such import, or its result is no longer kept.")
	}
	return i, err
}

// Sweep forgets what came of imports long ago.
func (m *Imports) Sweep(ctx context.Context, now time.Time) error {
	return m.Store.Sweep(ctx, now.Add(-importsKept))
}

// Run does an import, or goes on with it: a row that has its case keeps it. It
// begins what whoever asked may begin now.
func (m *Imports) Run(ctx context.Context, id gov.ID) error {
	i, err := m.Store.Get(ctx, id)
	if gov.CodeOf(err) == gov.NotFound || err == nil && i.Ended != 0 {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := m.Standing(ctx, i.Person)
	var b Batch
	if err == nil {
		b, err = m.read(ctx, s, i)
	}
	if known, ok := refusal(err); ok {
		text := importMistake(known)
		return m.Store.Finish(ctx, id, 0, ImportResult{Refused: &text})
	}
	if err != nil {
		return err
	}
	var result ImportResult
	for n, r := range b.Rows {
		row, err := m.row(ctx, s, i, b.Start, r)
		if err != nil {
			return err
		}
		result.Rows = append(result.Rows, row)
		if (n+1)%advanceEvery == 0 {
			if err := m.Store.Advance(ctx, id, n+1); err != nil {
				return err
			}
		}
	}
	return m.Store.Finish(ctx, id, len(b.Rows), result)
}

// read reads the table of an import as who asked for it may use it now.
func (m *Imports) read(ctx context.Context, s people.Standing, i Import) (Batch, error) {
	for _, start := range m.Work.Starts(s) {
		if start.Procedure.ID == i.Procedure && start.Action.ID == i.Action {
			return read(ctx, m.Work, s, start, i.Table, true)
		}
	}
	return Batch{}, gov.Errorf(gov.Forbidden, "您的角色不能这样立案", "your roles do not let you begin such cases")
}

// row begins the case of a row, unless it is there, and says what came of it.
func (m *Imports) row(ctx context.Context, s people.Standing, i Import, start casework.Start, r BatchRow) (ImportRow, error) {
	out := ImportRow{Line: r.Line}
	id := nth(i.ID, r.Line)
	number, err := m.number(ctx, s, id)
	if err == nil && number == "" {
		for _, e := range r.Mistakes {
			out.Mistakes = append(out.Mistakes, importMistake(e))
		}
		if len(r.Mistakes) > 0 {
			return out, nil
		}
		if _, err = m.Work.Begin(ctx, s, id, i.Procedure, i.Action, r.Values, ""); err == nil {
			number, err = m.number(ctx, s, id)
		}
	}
	var several cases.Mistakes
	if errors.As(err, &several) {
		for _, e := range several {
			out.Mistakes = append(out.Mistakes, importMistake(e))
		}
		return out, nil
	}
	if known, ok := refusal(err); ok {
		out.Mistakes = []ImportMistake{importMistake(known)}
		return out, nil
	}
	out.Case, out.Number = id, number
	return out, err
}

// number is the number of a case, "" while there is none.
func (m *Imports) number(ctx context.Context, s people.Standing, id gov.ID) (string, error) {
	list, err := m.Work.Numbers(ctx, s, []string{id.String()})
	return list[id.String()], err
}

// refusal is an error that trying again does not mend.
func refusal(err error) (*gov.Error, bool) {
	known, ok := errors.AsType[*gov.Error](err)
	return known, ok && known.Code != gov.Internal && known.Code != gov.Unavailable
}
