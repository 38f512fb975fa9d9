// Package terms writes index terms and queries of package fulltext as each
// engine's search reads them, and gives the rows of SQLite's search tables keys
// that begin with the district.
package terms

import (
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/library/fulltext"
	"quanxiang/store/sqldb"
)

// KeyBits is how many bits of a row key are left behind the 20 bits of its
// district, so that a district is a range of keys.
const KeyBits = 43

// FirstKey is the least row key of a district. A district of a search table is
// a six-digit code of GB/T 2260; any other is Invalid.
func FirstKey(d gov.District) (int64, error) {
	n, err := strconv.ParseUint(string(d), 10, 20)
	if err != nil || len(d) != 6 {
		return 0, gov.Errorf(gov.Invalid, "“%s”不是六位行政区划代码", "%q is not a six-digit district code", d)
	}
	return int64(n) << KeyBits, nil
}

// Join writes terms as SQLite's tokenizer reads them.
func Join(list []string) string { return strings.Join(list, " ") }

// gap parts the fields of a vector, so that no phrase crosses from one into
// the next.
const gap = 8

// Vector writes the terms of fields with their positions as PostgreSQL reads a
// tsvector. Terms hold only a-z, 0-9 and Han characters and need no escape.
func Vector(fields ...[]string) string {
	var b strings.Builder
	at := 0
	for _, list := range fields {
		for _, t := range list {
			at++
			b.WriteString(t)
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(at))
			b.WriteByte(' ')
		}
		at += gap
	}
	return b.String()
}

// syntax is how an engine writes a query of phrases.
type syntax struct {
	and, or    string
	open, next string // before a phrase, between its terms
	end        string // after a phrase
	prefixed   string // after a phrase whose last term is a prefix
}

var syntaxes = map[sqldb.Engine]syntax{
	sqldb.SQLite:   {" AND ", " OR ", `"`, " ", `"`, `" *`},
	sqldb.Postgres: {" & ", " | ", "(", " <-> ", ")", ":*)"},
}

// Match writes a query that is not empty as an engine's search reads it.
func Match(e sqldb.Engine, q fulltext.Query) string {
	s := syntaxes[e]
	var words []string
	for _, w := range q {
		var spellings []string
		for _, p := range w {
			end := s.end
			if p.Prefix {
				end = s.prefixed
			}
			spellings = append(spellings, s.open+strings.Join(p.Terms, s.next)+end)
		}
		words = append(words, "("+strings.Join(spellings, s.or)+")")
	}
	return strings.Join(words, s.and)
}
