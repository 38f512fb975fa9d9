package source

import (
	"encoding"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"quanxiang/gov"
)

// Enum is a string type that allows a fixed set of values.
type Enum interface{ Values() []string }

var (
	textType = reflect.TypeFor[gov.Text]()
	rawType  = reflect.TypeFor[Raw]()
	enumType = reflect.TypeFor[Enum]()
)

// Decode fills into, a pointer to a struct, from the file and reports every
// value that does not fit. What fits is filled even when something else does
// not, and a list has as many elements as the file shows, so that later checks
// can go on. It panics when the struct has a field of a kind that YAML cannot
// carry; that is a mistake in the program.
func (f *File) Decode(into any) Problems {
	d := decoder{file: f}
	d.value(f.root, reflect.ValueOf(into).Elem())
	return d.problems
}

type decoder struct {
	file     *File
	problems Problems
}

func (d *decoder) add(n *yaml.Node, zh, en string, args ...any) {
	d.problems.Add(d.file.at(n), zh, en, args...)
}

func (d *decoder) value(n *yaml.Node, v reflect.Value) {
	if n.Kind == yaml.AliasNode {
		return // reported by Parse
	}
	if isNull(n) {
		d.add(n, "没有值；不需要的话请删去这个键", "no value; leave the key out if there is none")
		return
	}
	if v.Type() == rawType {
		v.Set(reflect.ValueOf(Raw{Node{d.file, n}}))
		return
	}
	if v.Type() == textType && n.Kind == yaml.ScalarNode {
		d.text(n, v.Addr().Interface().(*gov.Text))
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.unmarshal(n, u)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(n, v)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem())
	case reflect.Slice:
		if d.kind(n, yaml.SequenceNode) {
			v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
			d.items(n, v)
		}
	case reflect.Array:
		if !d.kind(n, yaml.SequenceNode) {
			return
		}
		if len(n.Content) != v.Len() {
			d.add(n, "应有 %d 项，这里有 %d 项", "expected %d items, found %d", v.Len(), len(n.Content))
			return
		}
		before := len(d.problems)
		if d.items(n, v); len(d.problems) > before {
			v.SetZero() // half an array means something else
		}
	case reflect.Map:
		d.table(n, v)
	default:
		if d.kind(n, yaml.ScalarNode) {
			d.scalar(n, v)
		}
	}
}

// kindNames names what a value may be, in both languages.
var kindNames = map[yaml.Kind]gov.Text{
	yaml.MappingNode:  {ZH: "映射（键: 值）", EN: "a mapping"},
	yaml.SequenceNode: {ZH: "列表", EN: "a list"},
	yaml.ScalarNode:   {ZH: "单个值", EN: "a single value"},
}

// kind reports a value that is a list where a mapping should be, and the like.
func (d *decoder) kind(n *yaml.Node, want yaml.Kind) bool {
	if n.Kind == want {
		return true
	}
	d.add(n, "应为%[1]s，这里是%[2]s", "expected %[3]s, found %[4]s",
		kindNames[want].ZH, kindNames[n.Kind].ZH, kindNames[want].EN, kindNames[n.Kind].EN)
	return false
}

func (d *decoder) items(n *yaml.Node, v reflect.Value) {
	for i, c := range n.Content {
		d.value(c, v.Index(i))
	}
}

func (d *decoder) table(n *yaml.Node, v reflect.Value) {
	if !d.kind(n, yaml.MappingNode) {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := reflect.New(v.Type().Key()).Elem()
		elem := reflect.New(v.Type().Elem()).Elem()
		d.scalar(n.Content[i], key)
		d.value(n.Content[i+1], elem)
		v.SetMapIndex(key, elem)
	}
}

func (d *decoder) unmarshal(n *yaml.Node, u encoding.TextUnmarshaler) {
	if !d.kind(n, yaml.ScalarNode) {
		return
	}
	err := u.UnmarshalText([]byte(n.Value))
	if e, ok := errors.AsType[*gov.Error](err); ok {
		d.problems = append(d.problems, e.At(d.file.at(n)))
	} else if err != nil {
		d.add(n, "“%s”无法识别", "%q cannot be read", n.Value)
	}
}

// text reads the short form of a gov.Text: the Chinese text alone.
func (d *decoder) text(n *yaml.Node, t *gov.Text) {
	d.scalar(n, reflect.ValueOf(&t.ZH).Elem())
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		d.str(n, v)
	case reflect.Bool:
		if n.Tag != "!!bool" {
			d.add(n, "应为 true 或 false", "expected true or false")
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		// Decimal only: 010 is a code someone forgot to quote, not eight.
		i, err := strconv.ParseInt(n.Value, 10, v.Type().Bits())
		if err != nil || n.Tag != "!!int" || len(n.Value) > 1 && strings.HasPrefix(strings.TrimPrefix(n.Value, "-"), "0") {
			d.add(n, "“%s”应为整数", "%q should be a whole number", n.Value)
			return
		}
		v.SetInt(i)
	default:
		panic("source: cannot decode into " + v.Type().String())
	}
}

// str reads a string as it is written, whatever YAML would make of it: codes
// and dates need no quotes.
func (d *decoder) str(n *yaml.Node, v reflect.Value) {
	s := n.Value
	switch {
	case n.Tag == "!!bool":
		d.add(n, "应为文字；如确为“%s”请加引号", "expected text; quote it if %q is meant", s)
		return
	case strings.TrimSpace(s) != strings.TrimSuffix(s, "\n"):
		d.add(n, "“%s”首尾有空白", "%q begins or ends with blanks", s)
		return
	case strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || r == unicode.ReplacementChar }):
		d.add(n, "%q 含有控制字符", "%q contains control characters", s)
		return
	}
	s = strings.TrimSuffix(s, "\n") // a block scalar ends with one
	if v.Type().Implements(enumType) {
		values := v.Interface().(Enum).Values()
		if !slices.Contains(values, s) {
			guess := Suggest(s, values)
			if guess == "" {
				d.add(n, "“%[1]s”不在允许的值之内：%[2]s", "%[1]q is not one of the values allowed: %[3]s", s,
					strings.Join(values, "、"), strings.Join(values, ", "))
				return
			}
			d.problems.AddGuess(d.file.at(n), guess, "“%s”不在允许的值之内", "%q is not one of the values allowed", s)
			return
		}
	}
	v.SetString(s)
}
