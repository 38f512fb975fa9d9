package canon

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind is what a value is.
type kind uint8

const (
	object kind = iota + 1
	array
	text
	number
	truth
)

// value is one value of a document. Bytes are parts of the document.
type value struct {
	kind  kind
	raw   []byte
	text  []byte // of a string, without escapes
	num   int64
	yes   bool
	names [][]byte
	items []value
}

// scanner reads a document once, front to back.
type scanner struct {
	b  []byte
	at int
}

// parse reads a whole document.
func parse(b []byte) (value, error) {
	s := scanner{b: b}
	v, err := s.value(0)
	if err != nil {
		return value{}, err
	}
	if s.at != len(b) {
		return value{}, refuse(s.at, "something follows")
	}
	return v, nil
}

func (s *scanner) next() byte {
	if s.at < len(s.b) {
		return s.b[s.at]
	}
	return 0
}

func (s *scanner) value(depth int) (v value, err error) {
	if depth > maxDepth {
		return v, refuse(s.at, "nested too deep")
	}
	from := s.at
	switch c := s.next(); {
	case c == '{':
		err = s.object(&v, depth)
	case c == '[':
		err = s.array(&v, depth)
	case c == '"':
		v.kind = text
		v.text, err = s.string()
	case c == '-' || c >= '0' && c <= '9':
		err = s.number(&v)
	case bytes.HasPrefix(s.b[s.at:], []byte("true")):
		v.kind, v.yes = truth, true
		s.at += 4
	case bytes.HasPrefix(s.b[s.at:], []byte("false")):
		v.kind = truth
		s.at += 5
	default:
		err = refuse(s.at, "no value")
	}
	v.raw = s.b[from:s.at]
	return v, err
}

func (s *scanner) object(v *value, depth int) error {
	v.kind = object
	s.at++
	if s.next() == '}' {
		s.at++
		return nil
	}
	for {
		if s.next() != '"' {
			return refuse(s.at, "no name of a member")
		}
		at := s.at
		name, err := s.string()
		if err != nil {
			return err
		}
		// A name is written as it is: printable ASCII without escapes.
		if s.at-at != len(name)+2 || bytes.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
			return refuse(at, "a name that is not plain ASCII")
		}
		if n := len(v.names); n > 0 && bytes.Compare(v.names[n-1], name) >= 0 {
			return refuse(at, "members out of order")
		}
		if s.next() != ':' {
			return refuse(s.at, "no colon")
		}
		s.at++
		item, err := s.value(depth + 1)
		if err != nil {
			return err
		}
		v.names, v.items = append(v.names, name), append(v.items, item)
		switch s.next() {
		case ',':
			s.at++
		case '}':
			s.at++
			return nil
		default:
			return refuse(s.at, "an object without end")
		}
	}
}

func (s *scanner) array(v *value, depth int) error {
	v.kind = array
	s.at++
	if s.next() == ']' {
		s.at++
		return nil
	}
	for {
		item, err := s.value(depth + 1)
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
		switch s.next() {
		case ',':
			s.at++
		case ']':
			s.at++
			return nil
		default:
			return refuse(s.at, "an array without end")
		}
	}
}

// number reads an integer of at most 2^53 - 1 in absolute value.
func (s *scanner) number(v *value) error {
	from := s.at
	if s.next() == '-' {
		s.at++
	}
	digits := s.at
	for s.next() >= '0' && s.next() <= '9' {
		s.at++
	}
	if s.at == digits {
		return refuse(from, "a number without digits")
	}
	n, err := strconv.ParseInt(string(s.b[from:s.at]), 10, 64)
	leading := s.b[digits] == '0' && (s.at-digits > 1 || from != digits)
	if err != nil || leading || n > maxInt || n < -maxInt {
		return refuse(from, "a number that is no plain integer")
	}
	v.kind, v.num = number, n
	return nil
}

// plain is true of the bytes a string holds as they are, ASCII only.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x80; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// string reads a string. Without escapes its bytes are the document's.
func (s *scanner) string() ([]byte, error) {
	s.at++
	from, ascii := s.at, true
	var out []byte // once there was an escape
	for run := s.at; ; {
		for s.at < len(s.b) && plain[s.b[s.at]] {
			s.at++
		}
		if s.at == len(s.b) {
			return nil, refuse(from, "a string without end")
		}
		switch c := s.b[s.at]; {
		case c == '"':
			all := s.b[from:s.at]
			if out != nil {
				all = append(out, s.b[run:s.at]...)
			}
			s.at++
			if !ascii && !norm.NFC.IsNormal(all) {
				return nil, refuse(from, "a string that is not in form NFC")
			}
			return all, nil
		case c == '\\':
			if out == nil {
				out = make([]byte, 0, 64)
			}
			out = append(out, s.b[run:s.at]...)
			c, n := escape(s.b[s.at:])
			if n == 0 {
				return nil, refuse(s.at, "an escape that is not the shortest")
			}
			out = append(out, c)
			s.at += n
			run = s.at
		case c < 0x20:
			return nil, refuse(s.at, "a control character")
		default:
			r, n := utf8.DecodeRune(s.b[s.at:])
			if r == utf8.RuneError && n == 1 || utf16.IsSurrogate(r) {
				return nil, refuse(s.at, "not UTF-8")
			}
			ascii = false
			s.at += n
		}
	}
}

// short are the escapes of two characters.
var short = map[byte]byte{'"': '"', '\\': '\\', 'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r'}

// escape reads an escape in the only spelling it may have, and its length.
func escape(b []byte) (c byte, n int) {
	if len(b) < 2 {
		return 0, 0
	}
	if c, ok := short[b[1]]; ok {
		return c, 2
	}
	if len(b) < 6 || string(b[1:4]) != "u00" {
		return 0, 0
	}
	x, err := strconv.ParseUint(string(b[4:6]), 16, 8)
	if err != nil {
		return 0, 0
	}
	if again := AppendString(nil, string([]byte{byte(x)})); x >= 0x20 || string(again[1:len(again)-1]) != string(b[:6]) {
		return 0, 0
	}
	return byte(x), 6
}
