package canon

import (
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"quanxiang/gov"
)

// field is a member of a struct.
type field struct {
	name     string
	index    int
	optional bool
}

// fields caches the members of each type, by name.
var fields sync.Map // reflect.Type → []field

func fieldsOf(t reflect.Type) []field {
	if f, ok := fields.Load(t); ok {
		return f.([]field)
	}
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		if tag := f.Tag.Get("json"); tag != "" {
			out = append(out, field{tag, i, f.Type.Kind() == reflect.Pointer})
		}
	}
	slices.SortFunc(out, func(a, b field) int { return strings.Compare(a.name, b.name) })
	fields.Store(t, out)
	return out
}

var (
	typeHex = reflect.TypeFor[Hex]()
	typeRaw = reflect.TypeFor[Raw]()
)

// Marshal writes v, a struct or something made of the kinds the package names.
func Marshal(v any) []byte { return appendValue(nil, reflect.ValueOf(v)) }

func appendValue(b []byte, v reflect.Value) []byte {
	switch t := v.Type(); {
	case t == typeHex:
		return appendQuoted(b, hex.EncodeToString(v.Bytes()))
	case t == typeRaw:
		return append(b, v.Bytes()...)
	}
	switch v.Kind() {
	case reflect.String:
		return AppendString(b, v.String())
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int, reflect.Int64, reflect.Int32:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return strconv.AppendUint(b, v.Uint(), 10)
	case reflect.Pointer:
		return appendValue(b, v.Elem())
	case reflect.Array:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			return appendList(b, v)
		}
		raw := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(raw), v)
		return appendQuoted(b, hex.EncodeToString(raw))
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b = append(b, '"')
			b = base64.StdEncoding.AppendEncode(b, v.Bytes())
			return append(b, '"')
		}
		return appendList(b, v)
	case reflect.Struct:
		b = append(b, '{')
		first := true
		for _, f := range fieldsOf(v.Type()) {
			member := v.Field(f.index)
			if f.optional && member.IsNil() {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = appendQuoted(b, f.name)
			b = append(b, ':')
			b = appendValue(b, member)
		}
		return append(b, '}')
	}
	panic("canon: no JSON for " + v.Type().String()) // a type of ours is wrong
}

func appendList(b []byte, v reflect.Value) []byte {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendValue(b, v.Index(i))
	}
	return append(b, ']')
}

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// AppendString appends a string with the escapes of RFC 8785 section 3.2.2.2.
// encoding/json would also escape <, >, &, U+2028 and U+2029.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\t':
			b = append(b, '\\', 't')
		case '\n':
			b = append(b, '\\', 'n')
		case '\f':
			b = append(b, '\\', 'f')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			if c < ' ' {
				b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
			} else {
				b = append(b, c)
			}
		}
	}
	return append(b, '"')
}

// Unmarshal reads canonical JSON into the struct to points at. Errors are
// Invalid and name the byte or the member.
func Unmarshal(b []byte, to any) error {
	v, err := parse(b)
	if err != nil {
		return err
	}
	return fill(reflect.ValueOf(to).Elem(), &v, "")
}

func mismatch(path, what string) error {
	name := strings.TrimPrefix(path, ".")
	switch {
	case what == "there":
		return gov.Errorf(gov.Invalid, "缺少成员 %[1]s", "member %[1]s is not there", name)
	case what == "known":
		return gov.Errorf(gov.Invalid, "没有成员 %[1]s", "member %[1]s is not known", name)
	case name == "":
		return gov.Errorf(gov.Invalid, "这里应是%[1]s", "this is not %[2]s", inChinese(what), what)
	}
	return gov.Errorf(gov.Invalid, "成员 %[1]s 应是%[2]s", "member %[1]s is not %[3]s", name, inChinese(what), what)
}

func fill(to reflect.Value, v *value, path string) error {
	if to.Type() == typeRaw {
		to.SetBytes(v.raw)
		return nil
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return fill(to.Elem(), v, path)
	case reflect.String:
		if v.kind != text {
			return mismatch(path, "a string")
		}
		to.SetString(string(v.text))
	case reflect.Bool:
		if v.kind != truth {
			return mismatch(path, "true or false")
		}
		to.SetBool(v.yes)
	case reflect.Int, reflect.Int64, reflect.Int32:
		if v.kind != number || to.OverflowInt(v.num) {
			return mismatch(path, "an integer")
		}
		to.SetInt(v.num)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		if v.kind != number || v.num < 0 || to.OverflowUint(uint64(v.num)) {
			return mismatch(path, "an integer in its range")
		}
		to.SetUint(uint64(v.num))
	case reflect.Array:
		if to.Type().Elem().Kind() != reflect.Uint8 {
			return fillList(to, v, path, to.Len())
		}
		if v.kind != text || len(v.text) != 2*to.Len() || !lowerHex(v.text) {
			return mismatch(path, "hex of its length")
		}
		if _, err := hex.Decode(to.Slice(0, to.Len()).Bytes(), v.text); err != nil {
			return mismatch(path, "hex")
		}
	case reflect.Slice:
		return fillSlice(to, v, path)
	case reflect.Struct:
		return fillStruct(to, v, path)
	default:
		panic("canon: no JSON for " + to.Type().String())
	}
	return nil
}

func fillSlice(to reflect.Value, v *value, path string) error {
	if to.Type() == typeHex {
		out, err := hex.DecodeString(string(v.text))
		if v.kind != text || err != nil || !lowerHex(v.text) {
			return mismatch(path, "hex")
		}
		to.SetBytes(out)
		return nil
	}
	if to.Type().Elem().Kind() == reflect.Uint8 {
		out := make([]byte, base64.StdEncoding.DecodedLen(len(v.text)))
		n, err := base64.StdEncoding.Strict().Decode(out, v.text)
		// The decoder overlooks line breaks; a string with one is longer than its bytes need.
		if v.kind != text || err != nil || base64.StdEncoding.EncodedLen(n) != len(v.text) {
			return mismatch(path, "base64")
		}
		to.SetBytes(out[:n])
		return nil
	}
	to.Set(reflect.MakeSlice(to.Type(), len(v.items), len(v.items)))
	return fillList(to, v, path, len(v.items))
}

func fillList(to reflect.Value, v *value, path string, n int) error {
	if v.kind != array || len(v.items) != n {
		return mismatch(path, "an array of its length")
	}
	for i := range v.items {
		if err := fill(to.Index(i), &v.items[i], path+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	return nil
}

func fillStruct(to reflect.Value, v *value, path string) error {
	if v.kind != object {
		return mismatch(path, "an object")
	}
	i := 0
	for _, f := range fieldsOf(to.Type()) {
		switch {
		case i < len(v.names) && string(v.names[i]) == f.name:
			if err := fill(to.Field(f.index), &v.items[i], path+"."+f.name); err != nil {
				return err
			}
			i++
		case i < len(v.names) && string(v.names[i]) < f.name:
			return mismatch(path+"."+string(v.names[i]), "known")
		case !f.optional:
			return mismatch(path+"."+f.name, "there")
		}
	}
	if i < len(v.names) {
		return mismatch(path+"."+string(v.names[i]), "known")
	}
	return nil
}

func lowerHex(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Member is a member of an object that is a string; ok is false when b is no
// object or has no such member.
func Member(b []byte, name string) (s string, ok bool) {
	v, err := parse(b)
	if err != nil || v.kind != object {
		return "", false
	}
	for i, n := range v.names {
		if string(n) == name && v.items[i].kind == text {
			return string(v.items[i].text), true
		}
	}
	return "", false
}
