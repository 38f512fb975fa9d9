package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"quanxiang/gov"
)

type valueKind int

const (
	stringValue valueKind = iota
	numberValue
	boolValue
	nullValue
	arrayValue
	objectValue
)

// value is a JSON value that knows where it stands.
type value struct {
	kind    valueKind
	pos     gov.Pos
	text    string // of a string, number or boolean
	items   []*value
	members []member
}

type member struct{ key, value *value }

func (v *value) integer() (int, bool) {
	n, err := strconv.Atoi(v.text)
	return n, err == nil && v.kind == numberValue
}

// maxDepth is how deep JSON may nest; a year needs three levels.
const maxDepth = 8

type jsonReader struct {
	name string
	data []byte
	dec  *json.Decoder

	// The place of the token read last: tokens come in order, so lines are
	// counted once over the whole file.
	offset    int
	line, col int
}

// parseJSON reads one JSON value and nothing after it.
func parseJSON(name string, data []byte) (*value, error) {
	r := &jsonReader{name: name, data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1, col: 1}
	r.dec.UseNumber()
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, _, err := r.token(); !errors.Is(err, io.EOF) {
		return nil, r.fail("JSON 之后还有多余内容", "there is more after the JSON value")
	}
	return v, nil
}

func (r *jsonReader) fail(zh, en string, args ...any) error {
	return gov.Errorf(gov.Invalid, zh, en, args...).At(gov.Pos{File: r.name, Line: r.line, Column: r.col})
}

// token reads the next token and its place. At the end it returns io.EOF.
func (r *jsonReader) token() (json.Token, gov.Pos, error) {
	// What lies between two tokens is white space, a comma or a colon.
	start := int(r.dec.InputOffset())
	for start < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[start]) >= 0 {
		start++
	}
	r.moveTo(start)
	pos := gov.Pos{File: r.name, Line: r.line, Column: r.col}
	tok, err := r.dec.Token()
	if err == nil || errors.Is(err, io.EOF) && start >= len(r.data) {
		return tok, pos, err
	}
	if se, ok := errors.AsType[*json.SyntaxError](err); ok {
		r.moveTo(min(max(int(se.Offset)-1, start), len(r.data)))
	}
	return nil, pos, r.fail("JSON 语法错误：%[2]s", "JSON syntax: %[1]v", err, "从这里起读不懂")
}

// moveTo counts lines and columns up to an offset.
func (r *jsonReader) moveTo(offset int) {
	for r.offset < offset {
		c, n := utf8.DecodeRune(r.data[r.offset:])
		r.offset += n
		r.col++
		if c == '\n' {
			r.line, r.col = r.line+1, 1
		}
	}
}

func (r *jsonReader) value(depth int) (*value, error) {
	tok, pos, err := r.token()
	if errors.Is(err, io.EOF) {
		return nil, r.fail("JSON 不完整", "the JSON ends too early")
	}
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, r.fail("嵌套超过 %d 层", "nested deeper than %d levels", maxDepth)
	}
	v := &value{pos: pos}
	switch t := tok.(type) {
	case string:
		v.kind, v.text = stringValue, t
	case json.Number:
		v.kind, v.text = numberValue, t.String()
	case bool:
		v.kind, v.text = boolValue, strconv.FormatBool(t)
	case nil:
		v.kind = nullValue
	case json.Delim:
		return v, r.fill(v, t, depth)
	}
	return v, nil
}

// fill reads what an array or object holds, and its end.
func (r *jsonReader) fill(v *value, open json.Delim, depth int) error {
	v.kind = arrayValue
	if open == '{' {
		v.kind = objectValue
	}
	for r.dec.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		if v.kind == arrayValue {
			v.items = append(v.items, item)
			continue
		}
		content, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		v.members = append(v.members, member{item, content})
	}
	_, _, err := r.token()
	if errors.Is(err, io.EOF) {
		return r.fail("JSON 不完整", "the JSON ends too early")
	}
	return err
}
