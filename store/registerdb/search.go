package registerdb

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"quanxiang/library/fulltext"
	"quanxiang/registers"
	"quanxiang/store/sqldb"
)

const (
	insertTerm = `
insert into register_terms (district, register, term, key)
values ($1, $2, $3, $4)
on conflict (district, register, term, key) do nothing`
	dropTerm = `
delete from register_terms
where district = $1 and register = $2 and term = $3 and key = $4`
	keysOfTerm = `
select key
from register_terms
where district = $1 and register = $2 and term = $3
limit 2`
	entriesOfTerm = `
select ` + entryColumns + `
from register_terms t
join register_entries e on e.district = t.district and e.register = t.register and e.key = t.key
where t.district = $1 and t.register = $2 and t.term = $3
order by t.key
limit $4`
	countTerm = `
select count(*)
from (
  select 1
  from register_terms
  where district = $1 and register = $2 and term = $3
  limit $4
) c`
	foundColumns = entryColumns + `, coalesce(g.class, '')
from register_terms t
join register_entries e on e.district = t.district and e.register = t.register and e.key = t.key
left join register_grades g on g.district = e.district and g.register = e.register and g.key = e.key`
	findByTerm = `
select ` + foundColumns + `
where t.district = $1 and t.register = $2 and t.term = $3 and t.key > $4 and ($5 = '' or e.facet = $5) and ($6 = '' or e.area = $6) and ($7 = '' or g.class = $7)
order by t.key
limit $8`
	findByBeginning = `
select distinct ` + foundColumns + `
where t.district = $1 and t.register = $2 and t.term >= $3 and t.term < $4 and t.key > $5
  and ($6 = '' or e.facet = $6) and ($7 = '' or e.area = $7) and ($8 = '' or g.class = $8)
order by e.key
limit $9`
	dropTerms = `
delete from register_terms
where district = $1`
	allEntries = `
select ` + entryColumns + `
from register_entries e
where e.district = $1 and (e.register, e.key) > ($2, $3)
order by e.register, e.key
limit $4`
)

const (
	whole     = "="  // leads the term of a whole key or alias
	afterText = "~"  // comes behind every letter and digit of keys
	page      = 200  // candidates that are read at once
	maxPages  = 25   // of them, for one answer
	common    = 1000 // a term that so many entries have says little
	minPrefix = 4    // characters of a key by whose beginning is found
)

// termsOf are the terms under which an entry is found.
func termsOf(e registers.Entry, aliases []string) (list []string) {
	list = fulltext.Terms(fulltext.Normalise(e.Name).Runes)
	for _, a := range append([]string{e.Key}, aliases...) {
		if a = fold(a); a != "" {
			list = append(list, whole+a)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// fold is how keys and aliases are compared.
func fold(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

// index lets entries be found.
func (t *tx) index(ctx context.Context, list []registers.Change[registers.Entry]) error {
	var rows [][]any
	for _, c := range list {
		now := termsOf(c.New, c.New.Aliases)
		var before []string
		if c.Old != nil {
			before = termsOf(*c.Old, c.Old.Aliases)
		}
		for _, term := range now {
			if !slices.Contains(before, term) {
				rows = append(rows, []any{c.New.Register, term, c.New.Key})
			}
		}
		for _, term := range before {
			if slices.Contains(now, term) {
				continue
			}
			if err := t.Later(ctx, dropTerm, t.District(), c.New.Register, term, c.New.Key); err != nil {
				return err
			}
		}
	}
	return t.LaterRows(ctx, insertTerm, rows...)
}

// Resolve implements registers.Store.
func (s *Registers) Resolve(ctx context.Context, register string, names []string) (out map[string]string, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		out = make(map[string]string, len(names))
		for _, name := range names {
			if _, done := out[name]; done {
				continue
			}
			keys, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (k string, err error) { return k, scan(&k) },
				keysOfTerm, t.District(), register, whole+fold(name))
			if err != nil {
				return err
			}
			if len(keys) == 1 {
				out[name] = keys[0]
			} else if slices.Contains(keys, fold(name)) { // its own key goes before another's alias
				out[name] = fold(name)
			}
		}
		return nil
	})
	return out, sqldb.Classify(err, "find entries of %s", register)
}

// Named implements registers.Store.
func (s *Registers) Named(ctx context.Context, register, name string, limit int) (list []registers.Entry, err error) {
	err = s.read(ctx, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (registers.Entry, error) { return scanEntry(scan) },
			entriesOfTerm, t.District(), register, whole+fold(name), limit)
		return err
	})
	return list, sqldb.Classify(err, "entries of %s that bear a name", register)
}

// search lists the entries whose key or alias begins with what is asked for, or whose
// name has all of its words.
func search(ctx context.Context, t *sqldb.Tx, q registers.Query, after string, limit int) ([]registers.Listed, error) {
	if key := fold(q.Words); len(key) >= minPrefix && strings.Trim(key, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == "" {
		list, err := sqldb.Collect(ctx, t, scanListed, findByBeginning, t.District(), q.Register, whole+key, whole+key+afterText, after, q.Facet, q.Area, q.Class, limit)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	words := strings.Fields(string(fulltext.Normalise(q.Words).Runes))
	rarest, least := "", common+1
	for _, w := range words {
		for _, term := range fulltext.Terms([]rune(w)) {
			if r := []rune(term); len(r) == 1 && unicode.Is(unicode.Han, r[0]) {
				continue // the last character, which begins another pair in a longer name
			}
			var n int
			if err := t.QueryRowContext(ctx, countTerm, t.District(), q.Register, term, common).Scan(&n); err != nil {
				return nil, err
			}
			if n < least {
				rarest, least = term, n
			}
		}
	}
	var out []registers.Listed
	for range maxPages {
		if rarest == "" || least == 0 {
			break
		}
		list, err := sqldb.Collect(ctx, t, scanListed, findByTerm, t.District(), q.Register, rarest, after, q.Facet, q.Area, q.Class, page)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			name := string(fulltext.Normalise(e.Name).Runes)
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) }) {
				out = append(out, e)
			}
		}
		if len(out) >= limit {
			return out[:limit], nil
		}
		if len(list) < page {
			break
		}
		after = list[len(list)-1].Key
	}
	return out, nil
}

// Reindex makes the terms of all entries anew, after a restore.
func (s *Registers) Reindex(ctx context.Context) error {
	err := s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		_, err := t.ExecContext(ctx, dropTerms, t.District())
		return err
	})
	var last registers.Entry
	for err == nil {
		var list []registers.Entry
		err = s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
			var err error
			list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (registers.Entry, error) { return scanEntry(scan) }, allEntries, t.District(), last.Register, last.Key, page)
			if err != nil {
				return err
			}
			changes := make([]registers.Change[registers.Entry], len(list))
			for i, e := range list {
				changes[i].New = e
			}
			return (&tx{Tx: t}).index(ctx, changes)
		})
		if len(list) < page {
			break
		}
		last = list[len(list)-1]
	}
	return sqldb.Classify(err, "index registers")
}
