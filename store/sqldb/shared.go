package sqldb

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// piece is what a shared write sends: rows of several passengers, or a statement of
// one.
type piece struct {
	statement
	of *passenger // whose statement it is, where it is one's
}

// shared is what passengers write, each in its order. Rows for one table that come at
// the same place become one insert. Rows that change what may be there already are in
// the order of their keys, so that no two programs' shared writes wait for each other in
// a circle, and no statement has two of one key.
func shared(aboard []*passenger) (all []piece) {
	var places []*place
	for _, p := range aboard {
		last := -1 // where the statement before stands
		for _, q := range p.queue {
			i := max(last, 0)
			for i < len(places) && !places[i].fits(q) {
				i++
			}
			if i == len(places) {
				i = last + 1
				places = slices.Insert(places, i, &place{})
			}
			places[i].pieces = append(places[i].pieces, piece{q, p})
			last = i
		}
	}
	for _, p := range places {
		all = append(all, p.merged()...)
	}
	return all
}

// place is where statements of one text stand in a shared write.
type place struct{ pieces []piece }

func (p *place) fits(q statement) bool {
	first := p.pieces[0]
	return first.query == q.query && (q.rows == nil || first.args[0] == q.args[0]) // of one district
}

// merged are the statements of a place, as few as can be.
func (p *place) merged() []piece {
	first := p.pieces[0]
	keys := keysOf(first.query)
	if first.rows == nil || keys == unknownKeys || len(p.pieces) == 1 {
		return p.pieces
	}
	var rows [][]any
	for _, one := range p.pieces {
		rows = append(rows, one.rows...)
	}
	if keys == 0 {
		first.rows = rows
		return []piece{first}
	}
	slices.SortStableFunc(rows, func(a, b []any) int { return compareValues(a[:keys-1], b[:keys-1]) })
	var layers []piece // of which none has a key twice
	depth := 0
	for i, row := range rows {
		depth++
		if i == 0 || compareValues(rows[i-1][:keys-1], row[:keys-1]) != 0 {
			depth = 0
		}
		if depth == len(layers) {
			one := first
			one.rows = nil
			layers = append(layers, one)
		}
		layers[depth].rows = append(layers[depth].rows, row)
	}
	return layers
}

// compareValues orders keys. Values in one place are of one type.
func compareValues(a, b []any) int {
	return slices.CompareFunc(a, b, func(x, y any) int {
		switch x := x.(type) {
		case string:
			if y, ok := y.(string); ok {
				return cmp.Compare(x, y)
			}
		case int64:
			if y, ok := y.(int64); ok {
				return cmp.Compare(x, y)
			}
		}
		return cmp.Compare(fmt.Sprint(x), fmt.Sprint(y))
	})
}

// unknownKeys says of an insert that its rows cannot be told apart by what it says.
const unknownKeys = -1

var (
	keysKnown  sync.Map // of texts to numbers
	insertInto = regexp.MustCompile(`(?s)^\s*insert into \w+ \(([^()]*)\)\s*values \(([^()]*)\)\s*(.*)$`)
	onConflict = regexp.MustCompile(`^on conflict \(([^()]*)\) do (?:update|nothing)\b`)
)

// keysOf is how many of the first columns of an insert are the key on whose conflict it
// does something else, 0 for an insert that does not.
func keysOf(query string) int {
	if n, ok := keysKnown.Load(query); ok {
		return n.(int)
	}
	n := findKeys(query)
	keysKnown.Store(query, n)
	return n
}

func findKeys(query string) int {
	parts := insertInto.FindStringSubmatch(query)
	switch {
	case parts == nil:
		return unknownKeys
	case strings.TrimSpace(parts[3]) == "":
		return 0
	}
	conflict := onConflict.FindStringSubmatch(parts[3])
	if conflict == nil {
		return unknownKeys
	}
	key := strings.Split(conflict[1], ", ")
	columns, values := strings.Split(parts[1], ", "), strings.Split(parts[2], ", ")
	for i, name := range key {
		if i >= len(columns) || columns[i] != name || values[i] != fmt.Sprintf("$%d", i+1) {
			return unknownKeys
		}
	}
	return len(key)
}
