package ledger

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"quanxiang/canon"
	"quanxiang/gov"
)

// entryVersion is the value of "v" in every entry written by this package.
const entryVersion = 1

// Encode returns the canonical bytes of an entry: JSON in the form of RFC 8785
// (members sorted, no blanks, shortest escapes), so that every language can
// read them and only one spelling exists. Empty facts, sealed and rows are left
// out. It refuses an entry that does not Validate or is longer than MaxEntry.
func Encode(e Entry) ([]byte, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	b := []byte(`{"actor":"` + e.Actor.String() + `","at":`)
	b = strconv.AppendInt(b, e.At, 10)
	b = append(b, `,"district":`...)
	b = canon.AppendString(b, string(e.District))
	if len(e.Facts) > 0 {
		b = append(b, `,"facts":`...)
		b = appendObject(b, e.Facts, func(s string) string { return s })
	}
	b = append(b, `,"id":"`+e.ID.String()+`","kind":`...)
	b = canon.AppendString(b, e.Kind)
	b = append(b, `,"object":`...)
	b = canon.AppendString(b, e.Object)
	if e.Rows.Count > 0 {
		b = append(b, `,"rows":{"count":`...)
		b = strconv.AppendInt(b, e.Rows.Count, 10)
		b = append(b, `,"root":"`+e.Rows.Root.String()+`"}`...)
	}
	if len(e.Sealed) > 0 {
		b = append(b, `,"sealed":`...)
		b = appendObject(b, e.Sealed, Hash.String)
	}
	b = append(b, `,"v":`...)
	b = strconv.AppendInt(b, entryVersion, 10)
	b = append(b, '}')
	if len(b) > MaxEntry {
		return nil, gov.Errorf(gov.TooLarge, "事件 %[1]s 编码后 %[2]d 字节，超过 %[3]d 字节", "event %[1]s takes %[2]d bytes, over the limit of %[3]d", e.ID, len(b), MaxEntry)
	}
	return b, nil
}

// Decode reads the canonical bytes of an entry. Anything Encode would not have
// written, down to a blank, is Invalid.
func Decode(b []byte) (Entry, error) {
	if len(b) > MaxEntry {
		return Entry{}, gov.Errorf(gov.TooLarge, "条目长 %d 字节，超过 %d 字节", "the entry takes %d bytes, over the limit of %d", len(b), MaxEntry)
	}
	var w struct {
		Actor    Hash              `json:"actor"`
		At       int64             `json:"at"`
		District gov.District      `json:"district"`
		Facts    map[string]string `json:"facts"`
		ID       gov.ID            `json:"id"`
		Kind     string            `json:"kind"`
		Object   string            `json:"object"`
		Rows     struct {
			Count int64 `json:"count"`
			Root  Hash  `json:"root"`
		} `json:"rows"`
		Sealed map[string]Hash `json:"sealed"`
		V      int             `json:"v"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return Entry{}, gov.Errorf(gov.Invalid, "条目不是规范的 JSON", "the entry is not canonical JSON").Because(err)
	}
	if w.V != entryVersion {
		return Entry{}, gov.Errorf(gov.Unsupported, "不认识条目格式版本 %d", "entry format version %d is not known", w.V).On("v")
	}
	e := Entry{
		ID: w.ID, District: w.District, At: w.At, Kind: w.Kind, Object: w.Object,
		Actor: w.Actor, Facts: w.Facts, Sealed: w.Sealed, Rows: RowSet(w.Rows),
	}
	// Writing it again and comparing refuses unknown, repeated or reordered
	// members, other escapes, blanks and broken UTF-8 in one stroke.
	again, err := Encode(e)
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, b) {
		return Entry{}, gov.Errorf(gov.Invalid, "条目不是规范写法：从第 %d 字节起不同", "the entry is not in canonical form: it differs from byte %d on", commonPrefix(again, b))
	}
	return e, nil
}

func commonPrefix(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// appendObject writes a JSON object with sorted names. Names are ASCII, so
// byte order is the UTF-16 order RFC 8785 asks for.
func appendObject[V any](b []byte, m map[string]V, text func(V) string) []byte {
	b = append(b, '{')
	for i, name := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = canon.AppendString(b, name)
		b = append(b, ':')
		b = canon.AppendString(b, text(m[name]))
	}
	return append(b, '}')
}
