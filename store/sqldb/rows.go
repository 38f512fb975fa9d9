package sqldb

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"quanxiang/gov"
)

// rowsAtOnce is how many rows one statement writes, and manyAtOnce of those that are
// cut off first where there are more. They bound the texts there are of a statement,
// each of which is prepared.
const rowsAtOnce = 8

var manyAtOnce = []int{32, 16}

// maxRows is how many rows wait as one.
const maxRows = 256

// LaterRows is Later for an insert of one row, "insert into ... values ($1, ...)"
// with or without "on conflict", of which $1 is the district: it inserts a row
// for each list of the values behind the district. An insert that updates on
// conflict must not be given two rows of one key.
func (tx *Tx) LaterRows(ctx context.Context, query string, rows ...[]any) error {
	for some := range slices.Chunk(rows, maxRows) {
		if err := tx.later(ctx, statement{query: query, args: []any{tx.district}, rows: some}); err != nil {
			return err
		}
	}
	return nil
}

// texts are the texts and arguments by which a statement runs: one, but for that of
// many rows.
func (s statement) texts() iter.Seq2[string, []any] {
	return func(yield func(string, []any) bool) {
		if s.rows == nil {
			yield(s.query, s.args)
			return
		}
		for rest := s.rows; len(rest) > 0; {
			n := min(len(rest), rowsAtOnce)
			if i := slices.IndexFunc(manyAtOnce, func(many int) bool { return many <= len(rest) }); i >= 0 {
				n = manyAtOnce[i]
			}
			args := append(make([]any, 0, 1+n*len(rest[0])), s.args...)
			for _, row := range rest[:n] {
				args = append(args, row...)
			}
			if rest = rest[n:]; !yield(insertOf(s.query, n), args) {
				return
			}
		}
	}
}

var (
	inserts     sync.Map // of insertKey: the text for so many rows
	valuesOf    = regexp.MustCompile(`(?s)^(.*\nvalues )(\([^()]*\))(.*)$`)
	placeholder = regexp.MustCompile(`\$[0-9]+`)
)

type insertKey struct {
	query string
	rows  int
}

// insertOf is an insert of one row for a number of rows. It panics for any
// other statement.
func insertOf(query string, rows int) string {
	if rows == 1 {
		return query
	}
	key := insertKey{query, rows}
	if text, ok := inserts.Load(key); ok {
		return text.(string)
	}
	parts := valuesOf.FindStringSubmatch(query)
	if parts == nil {
		panic("sqldb: not an insert of one row: " + query)
	}
	n := strings.Count(parts[2], "$") - 1
	var b strings.Builder
	b.WriteString(parts[1])
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(placeholder.ReplaceAllStringFunc(parts[2], func(mark string) string {
			k, _ := strconv.Atoi(mark[1:]) // digits, by the expression
			if k > 1 {
				k += i * n
			}
			return "$" + strconv.Itoa(k)
		}))
	}
	b.WriteString(parts[3])
	inserts.Store(key, b.String())
	return b.String()
}

// CanonicalOf is the canonical form of a row that is not read back: its values
// behind the district in the order of the columns, as they were written. A
// value is a string, an int, an int64, a bool, or bytes that are not nil, as
// its column is; nil is null.
func (t Table) CanonicalOf(d gov.District, values ...any) ([]byte, error) {
	if len(values) != len(t.Columns)-1 {
		return nil, fmt.Errorf("table %s has %d columns, not %d", t.Name, len(t.Columns), len(values)+1)
	}
	for i, v := range values {
		if c := t.Columns[i+1]; v != nil && !c.holds(v) {
			return nil, fmt.Errorf("table %s, column %s: a value of type %T", t.Name, c.Name, v)
		}
	}
	return t.AppendCanonical(nil, append([]any{string(d)}, values...))
}

// holds reports that a value has the type of a column.
func (c Column) holds(v any) bool {
	switch v := v.(type) {
	case string:
		return c.Type == Text || c.Type == File
	case int, int64:
		return c.Type == Int
	case bool:
		return c.Type == Bool
	case []byte:
		return c.Type == Bytes && v != nil
	}
	return false
}
