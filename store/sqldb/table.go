package sqldb

import (
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Role says how a table's rows are treated outside the statements that use it.
type Role int

// The roles.
const (
	// Recorded rows are the product's state: each write of one is an entry of
	// the ledger with the row's digest, and backups carry them.
	Recorded Role = iota + 1
	// Evidence is the ledger itself, and the receipts and keys around it:
	// backups carry it, but it does not digest itself.
	Evidence
	// Derived rows can be made again from Recorded ones, such as a search
	// index. Backups leave them out and restoring makes them again.
	Derived
	// Passing rows, such as leases and jobs, mean nothing after a restart
	// elsewhere. Backups leave them out.
	Passing
)

// Type is a column's type. There are no others: an instant is an Int of Unix
// milliseconds, a civil date and a UUID are Text, money is an Int of fen.
type Type int

// The types, with their SQLite and PostgreSQL names.
const (
	Text  Type = iota + 1 // text, text
	Int                   // integer, bigint
	Bool                  // integer, boolean
	Bytes                 // blob, bytea
	File                  // a Text that is '' or the key of a whole file, package files
)

// Column is a column of a Table.
type Column struct {
	Name string
	Type Type
}

// Table describes a table for the parts of the store that treat all tables
// alike: ledger digests, backup and the schema lint. TestTables holds it
// against the real schema of both engines.
type Table struct {
	Name    string
	Role    Role
	Key     []string // the primary key, district first
	Columns []Column // every column, the key's included

	byName []int // the columns in the order of their names
}

// NewTable makes a Table from a compact description: "name type" pairs separated
// by commas; the first keys of them are the primary key. It panics when the
// description is wrong.
func NewTable(name string, role Role, keys int, columns string) Table {
	t := Table{Name: name, Role: role}
	types := map[string]Type{"text": Text, "int": Int, "bool": Bool, "bytes": Bytes, "file": File}
	for c := range strings.SplitSeq(columns, ",") {
		col, typ, _ := strings.Cut(strings.TrimSpace(c), " ")
		if types[typ] == 0 {
			panic("sqldb: table " + name + ": column " + col + " has no type")
		}
		t.Columns = append(t.Columns, Column{col, types[typ]})
	}
	for _, c := range t.Columns[:keys] {
		t.Key = append(t.Key, c.Name)
	}
	t.byName = make([]int, len(t.Columns))
	for i := range t.byName {
		t.byName[i] = i
	}
	slices.SortFunc(t.byName, func(i, j int) int { return strings.Compare(t.Columns[i].Name, t.Columns[j].Name) })
	return t
}

func (t Table) names() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// SelectRow is the statement for one row by its key, the columns in order.
func (t Table) SelectRow() string {
	var b strings.Builder
	fmt.Fprintf(&b, "select %s\nfrom %s\nwhere district = $1", t.names(), t.Name)
	for i, k := range t.Key[1:] {
		fmt.Fprintf(&b, " and %s = $%d", k, i+2)
	}
	return b.String()
}

// SelectAll is the statement for all rows of a district in the order of the key.
func (t Table) SelectAll() string {
	return fmt.Sprintf("select %s\nfrom %s\nwhere district = $1\norder by %s", t.names(), t.Name, strings.Join(t.Key, ", "))
}

// SelectFrom is the statement for a page of rows in the order of the key, the
// columns in order: the first rows of a district, or with after those behind
// the row of a given key.
func (t Table) SelectFrom(after bool, limit int) string {
	where := ""
	if after {
		marks := make([]string, len(t.Key)-1)
		for i := range marks {
			marks[i] = "$" + strconv.Itoa(i+2)
		}
		where = fmt.Sprintf(" and (%s) > (%s)", strings.Join(t.Key[1:], ", "), strings.Join(marks, ", "))
	}
	return fmt.Sprintf("select %s\nfrom %s\nwhere district = $1%s\norder by %s\nlimit %d",
		t.names(), t.Name, where, strings.Join(t.Key, ", "), limit)
}

// UpdateUnchanged is the statement that gives columns of a row other values if
// they still have those they had: it takes the new values, district and key, and
// the values of before.
func (t Table) UpdateUnchanged(columns []string) string {
	n := 0
	mark := func(name string) string {
		n++
		return name + " = $" + strconv.Itoa(n)
	}
	marks := func(names []string) (list []string) {
		for _, name := range names {
			list = append(list, mark(name))
		}
		return list
	}
	set := strings.Join(marks(columns), ", ")
	return fmt.Sprintf("update %s\nset %s\nwhere %s", t.Name, set, strings.Join(marks(slices.Concat(t.Key, columns)), " and "))
}

// CountAll is the statement that counts the rows of a district.
func (t Table) CountAll() string {
	return fmt.Sprintf("select count(*)\nfrom %s\nwhere district = $1", t.Name)
}

// SelectDistinct is the statement for the first values of a text column behind one.
func (t Table) SelectDistinct(column string) string {
	return fmt.Sprintf("select distinct %[1]s\nfrom %[2]s\nwhere district = $1 and %[1]s > $2\norder by %[1]s\nlimit $3", column, t.Name)
}

// InsertRow is the statement that adds a row, the columns in order.
func (t Table) InsertRow() string {
	marks := make([]string, len(t.Columns))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	return fmt.Sprintf("insert into %s (%s)\nvalues (%s)", t.Name, t.names(), strings.Join(marks, ", "))
}

// Values makes one destination per column for a Scan: *sql.Null[...] of the
// column's type.
func (t Table) Values() []any {
	v := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		switch c.Type {
		case Text, File:
			v[i] = new(sql.Null[string])
		case Int:
			v[i] = new(sql.Null[int64])
		case Bool:
			v[i] = new(sql.Null[bool])
		case Bytes:
			v[i] = new([]byte) // nil is null; an empty value is not nil
		}
	}
	return v
}

// AppendCanonical appends the canonical form of a row: a JSON object of its
// columns in the order of their names, without blanks and without the columns
// that are null. Integers are decimal, bytes are standard base64 with padding,
// text is escaped as RFC 8785 says. Values are those of Values or of
// CanonicalOf. The form is the same on both engines and
// does not change when a later migration adds a column that may be null, so
// digests of it last. Text that is not UTF-8 or holds U+0000 is an error.
func (t Table) AppendCanonical(b []byte, values []any) ([]byte, error) {
	b = append(b, '{')
	first := true
	for _, i := range t.byName {
		if isNull(values[i]) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(b, '"')
		b = append(b, t.Columns[i].Name...)
		b = append(b, '"', ':')
		var err error
		if b, err = appendValue(b, values[i]); err != nil {
			return nil, fmt.Errorf("table %s, column %s: %w", t.Name, t.Columns[i].Name, err)
		}
	}
	return append(b, '}'), nil
}

// KeyOf is the primary key, after the district, of a row that was scanned into
// Values: as arguments of a statement and, part by part, as text.
func (t Table) KeyOf(values []any) (args []any, parts []string) {
	for _, k := range t.Key[1:] {
		arg, text := Plain(values[t.index(k)])
		if b, ok := arg.([]byte); ok {
			text = []byte(base64.StdEncoding.EncodeToString(b))
		}
		args, parts = append(args, arg), append(parts, string(text))
	}
	return args, parts
}

// Plain is what a destination of Values was filled with: as an argument of a
// statement, and as text or, of bytes, as they are. Null bytes are nil.
func Plain(dest any) (arg any, text []byte) {
	switch v := dest.(type) {
	case *sql.Null[string]:
		return v.V, []byte(v.V)
	case *sql.Null[int64]:
		return v.V, strconv.AppendInt(nil, v.V, 10)
	case *sql.Null[bool]:
		return v.V, strconv.AppendBool(nil, v.V)
	case *[]byte:
		return *v, *v
	}
	return nil, nil
}

// ParseKey turns the text of KeyOf into arguments again. ok is false for a text
// that is no key of the table.
func (t Table) ParseKey(parts []string) (args []any, ok bool) {
	if len(parts) != len(t.Key)-1 {
		return nil, false
	}
	for i, p := range parts {
		var v any = p
		var err error
		switch t.Columns[t.index(t.Key[i+1])].Type {
		case Int:
			v, err = strconv.ParseInt(p, 10, 64)
		case Bool:
			v, err = strconv.ParseBool(p)
		case Bytes:
			v, err = base64.StdEncoding.DecodeString(p)
		}
		if err != nil {
			return nil, false
		}
		args = append(args, v)
	}
	return args, true
}

// index is the place of a column.
func (t Table) index(column string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == column })
}

func isNull(v any) bool {
	switch v := v.(type) {
	case *sql.Null[string]:
		return !v.Valid
	case *sql.Null[int64]:
		return !v.Valid
	case *sql.Null[bool]:
		return !v.Valid
	case *[]byte:
		return *v == nil
	}
	return v == nil
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return appendText(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case []byte:
		b = append(b, '"')
		b = base64.StdEncoding.AppendEncode(b, v)
		return append(b, '"'), nil
	case *sql.Null[string]:
		return appendText(b, v.V)
	case *sql.Null[int64]:
		return strconv.AppendInt(b, v.V, 10), nil
	case *sql.Null[bool]:
		return strconv.AppendBool(b, v.V), nil
	case *[]byte:
		b = append(b, '"')
		b = base64.StdEncoding.AppendEncode(b, *v)
		return append(b, '"'), nil
	}
	return nil, fmt.Errorf("a value of type %T", v)
}

// errText is about a text no engine should have taken.
var errText = errors.New("text is not UTF-8 or holds a zero byte")

func appendText(b []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
		return nil, errText
	}
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\b':
			b = append(b, `\b`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\f':
			b = append(b, `\f`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c < 0x20:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"'), nil
}
