// Package tables begins many cases from one table, such as a list that was kept
// in Excel: it reads the table as the forms of pages are read, says of every row
// what is wrong with it, and begins the good ones in the background when asked.
package tables

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/naming"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
	"quanxiang/privacy"
)

// maxBatch bounds how many cases are begun from one table.
const maxBatch = 5000

// Batch is a table from which cases are to be begun, read but not acted on.
type Batch struct {
	Start   casework.Start
	Columns []string // ids of the fields, "" for a column that means nothing here
	Rows    []BatchRow
}

// BatchRow is a case to be begun.
type BatchRow struct {
	Line     int // in the table, from 1, its head included
	Values   cases.Values
	Contacts map[string]string // by contact field: the number that was written, as it is kept apart from the case
	Mistakes cases.Mistakes    // none of a row that can be begun
}

// Good counts the rows that can be begun.
func (b Batch) Good() int {
	n := 0
	for _, r := range b.Rows {
		if len(r.Mistakes) == 0 {
			n++
		}
	}
	return n
}

// Read reads a table whose head names the fields of an action that begins
// cases, by their labels in either language or their ids, in any order. Every
// row is tried as if it were begun now, and says what is wrong with it. In a
// column of contacts stand mobile numbers. A row that begins with # is an example
// or a remark and is passed over. It returns an Invalid error when the table itself
// cannot be used.
func Read(ctx context.Context, w *casework.Casework, s people.Standing, start casework.Start, table [][]string) (Batch, error) {
	return read(ctx, w, s, start, table, false)
}

// read is Read, also of a table whose contacts are kept and stand in it
// by their ids.
func read(ctx context.Context, w *casework.Casework, s people.Standing, start casework.Start, table [][]string, kept bool) (Batch, error) {
	if err := casework.Enter(s); err != nil {
		return Batch{}, err
	}
	b := Batch{Start: start}
	if len(table) == 0 {
		return b, gov.Errorf(gov.Invalid, "表格是空的", "the table is empty").On("file")
	}
	if len(table)-1 > maxBatch {
		return b, gov.Errorf(gov.TooLarge, "一次最多导入 %d 行", "at most %d rows at a time", maxBatch).On("file")
	}
	var err error
	if b.Columns, err = columns(start, table[0]); err != nil {
		return b, err
	}
	under := docket.Under{Pack: w.Pack(), Procedure: start.Procedure}
	for i, cells := range table[1:] {
		row := BatchRow{Line: i + 2, Contacts: map[string]string{}}
		var wrong cases.Mistakes
		typed := casework.Typed{}
		for j, field := range b.Columns {
			if field != "" && j < len(cells) {
				f, _ := start.Procedure.Field(field)
				if f.Type != procedure.ContactField {
					typed[field] = []string{naming.Cell(f, cells[j])}
				} else if err := row.contact(f, cells[j], kept); err != nil {
					wrong = append(wrong, err.On(field))
				}
			}
		}
		if PassedOver(cells) {
			continue
		}
		if row.Values, row.Mistakes, err = w.Values(ctx, s, under, start.Action, typed); err != nil {
			return b, err
		}
		for field := range row.Contacts {
			row.Values[field] = gov.ID{}.String() // stands for the contact that is kept when the case is begun
			if kept {
				row.Values[field] = row.Contacts[field]
			}
		}
		if err := w.TryBegin(s, under, start.Action, row.Values); err != nil {
			var more cases.Mistakes
			if one, ok := errors.AsType[*gov.Error](err); ok && !errors.As(err, &more) {
				more = cases.Mistakes{one}
			} else if !ok {
				return b, err
			}
			for _, m := range more { // what could not be read is missing only because of that
				if !slices.ContainsFunc(row.Mistakes, func(o *gov.Error) bool { return o.Field == m.Field }) {
					row.Mistakes = append(row.Mistakes, m)
				}
			}
		}
		if !kept || len(row.Mistakes) == 0 { // the number of a row that is wrong otherwise was not kept
			row.Mistakes = append(row.Mistakes, wrong...)
		}
		b.Rows = append(b.Rows, row)
	}
	if len(b.Rows) == 0 {
		return b, gov.Errorf(gov.Invalid, "表头下面没有内容", "there is nothing below the head of the table").On("file")
	}
	return b, nil
}

// contact reads a cell of a contact field.
func (r *BatchRow) contact(f *procedure.Field, text string, kept bool) *gov.Error {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	number, _, err := privacy.ParsePhone(text)
	if kept {
		number = text
		_, err = gov.ParseID(text)
	}
	if err != nil {
		return gov.Errorf(gov.Invalid, "不是电话号码", "not a telephone number").Because(err)
	}
	r.Contacts[f.ID] = number
	return nil
}

// nth is the id of a batch's case: of the batch's time, and always the same.
func nth(batch gov.ID, line int) gov.ID {
	id := batch
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(batch[:], uint64(line)))
	copy(id[9:], sum[:])
	return id
}

// columns finds the fields that the head of a table names.
func columns(start casework.Start, head []string) ([]string, error) {
	all := make([]Heading, len(start.Action.Asks))
	for i, ask := range start.Action.Asks {
		f, _ := start.Procedure.Field(ask.Field)
		all[i] = Heading{f.ID, f.Label, ask.Required}
	}
	at, err := Match(head, all)
	list := make([]string, len(at))
	for i, k := range at {
		if k >= 0 {
			list[i] = all[k].ID
		}
	}
	return list, err
}
