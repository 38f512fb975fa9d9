package funddb

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quanxiang/ledger"
	"quanxiang/support/fund"
)

// SealedKey begins a key that is sealed: its envelope in base64 for URLs follows. Keys of
// limits may be names of persons; they stand in columns and bodies of text.
const SealedKey = "~"

// sealKey is the key of a limit as a row keeps it.
func (t *tx) sealKey(table, row, key string) string {
	if key == "" {
		return ""
	}
	return SealedKey + base64.RawURLEncoding.EncodeToString(t.Seal(table, "key", row, []byte(key)))
}

// openKey opens what sealKey made.
func (t *tx) openKey(table, row, text string) (string, error) {
	inner, sealed := strings.CutPrefix(text, SealedKey)
	if !sealed {
		return text, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(inner)
	if err != nil {
		return "", fmt.Errorf("key of %s %s: %w", table, row, err)
	}
	b, err = t.Open(table, "key", row, b)
	return string(b), err
}

// lineKey names a line of a promise for its seal.
func lineKey(promise string, n int) string { return ledger.RowKey(promise, strconv.Itoa(n)) }

// summed adds payments of the same year, benefit and key up, and leaves out those of which
// nothing is left. Sealed keys differ in each row, so the database cannot.
func summed(list []fund.Payment) (out []fund.Payment) {
	slices.SortFunc(list, func(a, b fund.Payment) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Benefit, b.Benefit), cmp.Compare(a.Key, b.Key))
	})
	for i, x := range list {
		if n := len(out) - 1; i > 0 && out[n].Year == x.Year && out[n].Benefit == x.Benefit && out[n].Key == x.Key {
			out[n].Amount += x.Amount
			continue
		}
		out = append(out, x)
	}
	return slices.DeleteFunc(out, func(x fund.Payment) bool { return x.Amount <= 0 })
}
