package geo

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
)

// node is a value of a JSON text with its place.
type node struct {
	offset  int
	kind    byte // '{', '[', 's', 'n', 'b' or '0' for null
	text    string
	truth   bool
	members []member // of an object
	items   []node   // of an array
}

type member struct {
	key    string
	offset int
	value  node
}

// field is the member of an object with a key.
func (n *node) field(key string) (*node, bool) {
	for i := range n.members {
		if n.members[i].key == key {
			return &n.members[i].value, true
		}
	}
	return nil, false
}

// value is what encoding/json makes of the node; numbers are json.Number.
func (n *node) value() any {
	switch n.kind {
	case '{':
		m := make(map[string]any, len(n.members))
		for _, x := range n.members {
			m[x.key] = x.value.value()
		}
		return m
	case '[':
		list := make([]any, len(n.items))
		for i := range n.items {
			list[i] = n.items[i].value()
		}
		return list
	case 's':
		return n.text
	case 'n':
		return json.Number(n.text)
	case 'b':
		return n.truth
	}
	return nil
}

// document is a JSON text under reading. It collects what is wrong.
type document struct {
	name   string
	data   []byte
	lines  []int  // offsets of line feeds
	text   string // data, once it is known to be JSON
	at     int    // how far it was read
	report Report
}

// maxDepth is how deep a JSON text may nest; a multipolygon in a collection
// needs seven levels.
const maxDepth = 16

// parse reads the text into nodes; nil when it is no JSON, or of a shape that
// GeoJSON never has.
func (d *document) parse() *node {
	for i, b := range d.data {
		if b == '\n' {
			d.lines = append(d.lines, i)
		}
	}
	if i := invalidUTF8(d.data); i >= 0 {
		d.problem(i, "不是 UTF-8 编码（字节 %#02x）", "not UTF-8 (byte %#02x)", d.data[i])
		return nil
	}
	var whole json.RawMessage
	if err := json.Unmarshal(d.data, &whole); err != nil {
		at := len(d.data)
		if s, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = min(max(int(s.Offset)-1, 0), at)
		}
		d.problem(at, "不是 JSON：%[2]s", "this is not JSON: %[1]v", err, "从这里起读不懂")
		return nil
	}
	d.text = string(d.data)
	n, ok := d.read(0)
	if !ok {
		return nil
	}
	return &n
}

// read reads the next value of a text that is known to be JSON. It is false
// when the text nests too deep.
func (d *document) read(depth int) (node, bool) {
	d.skip()
	n := node{offset: d.at}
	switch c := d.text[d.at]; c {
	case '{', '[':
		if n.kind = c; depth >= maxDepth {
			d.problem(d.at, "嵌套超过 %d 层", "nested deeper than %d levels", maxDepth)
			return node{}, false
		}
		d.at++
		for d.skip(); d.text[d.at] != '}' && d.text[d.at] != ']'; d.skip() {
			m := member{offset: d.at}
			if c == '{' {
				m.key = d.str()
			}
			var ok bool
			if m.value, ok = d.read(depth + 1); !ok {
				return node{}, false
			}
			if c == '[' {
				n.items = append(n.items, m.value)
				continue
			}
			if _, twice := n.field(m.key); twice {
				d.problem(m.offset, "键“%s”重复", "the key %q comes twice", m.key)
				continue
			}
			n.members = append(n.members, m)
		}
		d.at++
	case '"':
		n.kind, n.text = 's', d.str()
	case 't', 'f':
		n.kind, n.truth = 'b', c == 't'
		d.word()
	case 'n':
		n.kind = '0'
		d.word()
	default:
		n.kind, n.text = 'n', d.word()
	}
	return n, true
}

// skip goes to the next token.
func (d *document) skip() {
	for strings.IndexByte(" \t\r\n,:", d.text[d.at]) >= 0 {
		d.at++
	}
}

// word takes a number or a name.
func (d *document) word() string {
	n := strings.IndexAny(d.text[d.at:], " \t\r\n,]}")
	if n < 0 {
		n = len(d.text) - d.at
	}
	d.at += n
	return d.text[d.at-n : d.at]
}

// str takes a string.
func (d *document) str() string {
	end := d.at + 1
	for d.text[end] != '"' {
		if d.text[end] == '\\' {
			end++
		}
		end++
	}
	quoted := d.text[d.at : end+1]
	d.at = end + 1
	if strings.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	if err := json.Unmarshal([]byte(quoted), &s); err != nil {
		panic("geo: the text was said to be JSON: " + err.Error())
	}
	return s
}

// pos is the line and column of an offset.
func (d *document) pos(offset int) gov.Pos {
	line, _ := slices.BinarySearch(d.lines, offset) // a line feed ends the line it is on
	start := 0
	if line > 0 {
		start = d.lines[line-1] + 1
	}
	return gov.Pos{File: d.name, Line: line + 1, Column: utf8.RuneCount(d.data[start:min(offset, len(d.data))]) + 1}
}

func (d *document) problem(offset int, zh, en string, args ...any) {
	d.report.Problems = d.add(d.report.Problems, offset, zh, en, args...)
}

func (d *document) remark(offset int, zh, en string, args ...any) {
	d.report.Remarks = d.add(d.report.Remarks, offset, zh, en, args...)
}

// maxMistakes bounds either list of a report.
const maxMistakes = 500

func (d *document) add(list []*gov.Error, offset int, zh, en string, args ...any) []*gov.Error {
	if len(list) >= maxMistakes {
		return list
	}
	return append(list, gov.Errorf(gov.Invalid, zh, en, args...).At(d.pos(offset)))
}

// invalidUTF8 is the offset of the first byte that is no UTF-8, -1 for none.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
