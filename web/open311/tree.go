package open311

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quanxiang/gov"
)

// Format is what an answer is written in.
type Format string

// The formats, as addresses end.
const (
	XML  Format = "xml"
	JSON Format = "json"
)

// mediaType is the Content-Type of an answer.
func (f Format) mediaType() string {
	if f == JSON {
		return "application/json; charset=utf-8"
	}
	return "text/xml; charset=utf-8"
}

// A tree is an answer before it has a format: an object, a list or a leaf. The
// names of elements are given by what holds them; the root has one for XML,
// which JSON leaves out.
type tree interface {
	xml(b *bytes.Buffer, name string)
	json(b *bytes.Buffer)
}

// field is a named part of an object.
type field struct {
	name  string
	value tree
}

// object is a tree of named parts in an order. It has at least two: clients
// take an element with a single child for a list.
type object []field

// list is a tree of parts of one kind, each under the name of one.
type list struct {
	each  string
	items []tree
}

// leaf is a value: a string, a float64, an int, a bool, or nil for none.
type leaf struct{ value any }

// text is a leaf that is null when there is nothing to say.
func text(s string) leaf {
	if s == "" {
		return leaf{}
	}
	return leaf{s}
}

// instant is a leaf with a time and its zone, null for the zero time.
func instant(t time.Time) leaf {
	if t.IsZero() {
		return leaf{}
	}
	return leaf{t.In(gov.China).Format(time.RFC3339)}
}

// encode writes a tree under the name of its root.
func encode(f Format, root string, t tree) []byte {
	var b bytes.Buffer
	if f == JSON {
		t.json(&b)
		return b.Bytes()
	}
	b.WriteString(xml.Header)
	t.xml(&b, root)
	b.WriteByte('\n')
	return b.Bytes()
}

func (o object) xml(b *bytes.Buffer, name string) {
	element(b, name, func() {
		for _, f := range o {
			f.value.xml(b, f.name)
		}
	})
}

func (o object) json(b *bytes.Buffer) {
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		quote(b, f.name)
		b.WriteByte(':')
		f.value.json(b)
	}
	b.WriteByte('}')
}

func (l list) xml(b *bytes.Buffer, name string) {
	element(b, name, func() {
		for _, t := range l.items {
			t.xml(b, l.each)
		}
	})
}

func (l list) json(b *bytes.Buffer) {
	b.WriteByte('[')
	for i, t := range l.items {
		if i > 0 {
			b.WriteByte(',')
		}
		t.json(b)
	}
	b.WriteByte(']')
}

func (l leaf) xml(b *bytes.Buffer, name string) {
	element(b, name, func() { escape(b, l.text()) })
}

func (l leaf) text() string {
	switch v := l.value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(l.value)
}

func (l leaf) json(b *bytes.Buffer) {
	switch v := l.value.(type) {
	case nil:
		b.WriteString("null")
	case string:
		quote(b, v)
	default:
		b.WriteString(l.text())
	}
}

// element writes an element; one that stays empty is closed at once.
func element(b *bytes.Buffer, name string, inside func()) {
	b.WriteString("<" + name + ">")
	before := b.Len()
	inside()
	if b.Len() == before {
		b.Truncate(before - 1)
		b.WriteString("/>")
		return
	}
	b.WriteString("</" + name + ">")
}

// escape writes text as XML. Line breaks stay as they are: the standard library
// would write them as references, which the clients' readers need not know.
func escape(b *bytes.Buffer, s string) {
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		must(xml.EscapeText(b, []byte(line)))
	}
}

func quote(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	must(e.Encode(s))
	b.Truncate(b.Len() - 1) // the line end of Encode
}

// must takes the error of writing text to memory, which has none.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("open311: write to memory: %v", err))
	}
}
