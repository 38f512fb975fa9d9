package ui

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/money"
)

//go:embed messages/zh-CN.json messages/en.json
var catalogues embed.FS

// Messages is one language's catalogue: the program's own words by key. A
// value may hold {name} places, and may be an object with the forms "one" and
// "other" chosen by the argument n.
type Messages struct {
	lang    gov.Lang
	entries map[string]message
}

// message is a catalogue entry; one is empty where the language or the message
// has a single form.
type message struct{ one, other string }

// UnmarshalJSON reads a string or {"one": ..., "other": ...}.
func (m *message) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &m.other)
	}
	var forms struct{ One, Other string }
	if err := json.Unmarshal(b, &forms); err != nil {
		return err
	}
	m.one, m.other = forms.One, forms.Other
	return nil
}

// loadMessages reads the embedded catalogue of a language.
func loadMessages(l gov.Lang) (*Messages, error) {
	b, err := catalogues.ReadFile("messages/" + string(l) + ".json")
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	m := &Messages{lang: l, entries: map[string]message{}}
	if err := json.Unmarshal(b, &m.entries); err != nil {
		return nil, fmt.Errorf("read catalogue %s: %w", l, err)
	}
	return m, nil
}

// Lang is the catalogue's language.
func (m *Messages) Lang() gov.Lang { return m.lang }

// Keys lists the keys in order.
func (m *Messages) Keys() []string { return slices.Sorted(maps.Keys(m.entries)) }

// Has reports whether a key exists.
func (m *Messages) Has(key string) bool { _, ok := m.entries[key]; return ok }

// T is the message of a key with its places filled from name, value pairs. An
// unknown key shows as itself; a test keeps that from happening.
func (m *Messages) T(key string, args ...any) string {
	e, ok := m.entries[key]
	if !ok {
		return key
	}
	s := e.other
	for i := 0; i+1 < len(args); i += 2 {
		name := fmt.Sprint(args[i])
		if e.one != "" && name == "n" && fmt.Sprint(args[i+1]) == "1" {
			s = e.one
		}
	}
	for i := 0; i+1 < len(args); i += 2 {
		s = strings.ReplaceAll(s, "{"+fmt.Sprint(args[i])+"}", m.show(args[i+1]))
	}
	return s
}

// Of is the message of a key made of a fixed prefix and a value of an
// enumeration, such as "status." and "in_force".
func (m *Messages) Of(prefix string, value any) string { return m.T(prefix + fmt.Sprint(value)) }

// show writes an argument the way the language does.
func (m *Messages) show(v any) string {
	switch v := v.(type) {
	case gov.Date:
		return v.In(m.lang)
	case gov.Text:
		return v.In(m.lang)
	case int:
		return m.Number(v)
	default:
		return fmt.Sprint(v)
	}
}

// Number writes a number as people read it.
func (m *Messages) Number(n int) string { return gov.Thousands(int64(n)) }

// Money writes an amount of fen as people read it: 94万元 as officials do, in English in yuan.
func (m *Messages) Money(fen int64) string { return money.Fen(fen).As(m.lang) }
