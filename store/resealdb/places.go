package resealdb

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"quanxiang/ledger"
	"quanxiang/store/funddb"
)

// form is how a column holds what is sealed.
type form int

const (
	whole   form = iota // the column is the envelope
	text                // funddb.SealedKey and the envelope in base64
	promise             // keys of lines within the JSON of fund_promises, each as text
)

// column is one that holds what is sealed.
type column struct {
	name  string
	form  form
	blind string // column with the blind index of the value, "" for none

	// index tells of which column and value the blind index is; nil: of the value
	// in this column.
	index func(r row, value []byte) (table, column, text string, err error)
}

// place is a table with sealed columns.
type place struct {
	table   string
	twice   string // column with an index that is another in each row, or ""
	columns []column
}

// places lists every column of the product in which something is sealed with the
// keys of privacy.key. What account keys of draws are sealed with is a passphrase
// (draw_keys), so they are not here. resealtest finds out when one is missing.
var places = []place{
	{table: "persons", columns: []column{{name: "name", blind: "name_index"}, {name: "mobile", blind: "mobile_index"}, {name: "email"}}},
	{table: "accounts", columns: []column{{name: "totp"}}},
	{table: "sessions", columns: []column{{name: "pending"}}},
	{table: "api_keys", columns: []column{{name: "contact"}}},
	{table: "contacts", columns: []column{{name: "name"}, {name: "mobile", blind: "mobile_index"}, {name: "email", blind: "email_index"}}},
	{table: "resident_codes", columns: []column{{name: "address"}, {name: "code"}}},
	{table: "resident_sessions", columns: []column{{name: "address", blind: "address_index", index: ofContacts}}},
	{table: "subscriptions", columns: []column{{name: "email", blind: "email_index"}}},
	{table: "hooks", columns: []column{{name: "secrets"}}},
	{table: "draw_elements", columns: []column{{name: "sealed"}}},
	{table: "application_versions", columns: []column{{name: "body"}}},
	{table: "decisions", columns: []column{{name: "inputs"}, {name: "result"}, {name: "salt"}}},
	{table: "fund_journal", columns: []column{{name: "key", form: text}}},
	{table: "fund_promises", columns: []column{{name: "body", form: promise}}},
	{table: "fund_payees", twice: "blind", columns: []column{{name: "sealed", blind: "blind", index: ofPayee}}},
	{table: "fund_rows", columns: []column{{name: "payee"}}},
	{table: "fund_files", columns: []column{{name: "sealed"}}},
}

// ofContacts: sessions of residents are found by the index of the contacts at their
// address.
func ofContacts(r row, value []byte) (table, column, text string, err error) {
	column = "mobile"
	if string(r.values["channel"]) == "email" {
		column = "email"
	}
	return "contacts", column, string(value), nil
}

// In the moment of a rotation an account may be kept twice, once under each index. Then
// the one that is indexed anew last is not found by its index any more: the other is,
// and nothing that was paid, or is to be, refers to them by anything but the id.

// ofPayee: accounts are found by all of their parts.
func ofPayee(_ row, value []byte) (table, column, text string, err error) {
	text, err = funddb.PayeeIndex(value)
	return "fund_payees", "sealed", text, err
}

// row is one of a place as it was read.
type row struct {
	args   []any // the key after the district
	key    string
	values map[string][]byte // by column; nil for null bytes
}

// cell is an envelope of a row with what it was sealed for.
type cell struct {
	column, key string
	envelope    []byte
	stands      []byte // as it stands in the column
}

// cells finds the envelopes in a column of a row.
func (c column) cells(r row) ([]cell, error) {
	value := r.values[c.name]
	if len(value) == 0 {
		return nil, nil
	}
	switch c.form {
	case text:
		if !bytes.HasPrefix(value, []byte(funddb.SealedKey)) {
			return nil, nil
		}
		return textCell(c.name, r.key, value)
	case promise:
		var body struct {
			Lines []struct {
				N   int
				Key string
			}
		}
		if err := json.Unmarshal(value, &body); err != nil {
			return nil, fmt.Errorf("the lines of commitment %s: %w", r.key, err)
		}
		var all []cell
		for _, l := range body.Lines {
			if !bytes.HasPrefix([]byte(l.Key), []byte(funddb.SealedKey)) {
				continue
			}
			one, err := textCell("key", ledger.RowKey(r.key, strconv.Itoa(l.N)), []byte(l.Key))
			if err != nil {
				return nil, err
			}
			all = append(all, one...)
		}
		return all, nil
	}
	return []cell{{c.name, r.key, value, value}}, nil
}

func textCell(column, key string, stands []byte) ([]cell, error) {
	envelope, err := base64.RawURLEncoding.DecodeString(string(stands[len(funddb.SealedKey):]))
	if err != nil {
		return nil, fmt.Errorf("the key of %s: %w", key, err)
	}
	return []cell{{column, key, envelope, stands}}, nil
}

// put is a column's value with another envelope in the place of a cell's.
func (c column) put(value []byte, x cell, envelope []byte) []byte {
	if c.form == whole {
		return envelope
	}
	stands := []byte(funddb.SealedKey + base64.RawURLEncoding.EncodeToString(envelope))
	if c.form == text {
		return stands
	}
	quoted := func(b []byte) []byte { return fmt.Appendf(nil, "%q", b) } // base64: nothing is escaped
	return bytes.Replace(value, quoted(x.stands), quoted(stands), 1)
}
