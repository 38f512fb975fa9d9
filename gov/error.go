package gov

import (
	"errors"
	"fmt"
	"strings"
)

// Code says what kind of failure an error is. Surfaces map it to an HTTP
// status or an exit code; nothing branches on an error's text.
type Code string

// The codes. An error without one is Internal and its text is never shown.
const (
	Invalid     Code = "invalid"     // the input is wrong; Field or Pos says where
	NotFound    Code = "not_found"   // no such thing, or the actor may not know of it
	Conflict    Code = "conflict"    // someone else was first, or the state forbids it
	Forbidden   Code = "forbidden"   // known actor, not allowed
	Unknown     Code = "unknown"     // actor not identified
	TooLarge    Code = "too_large"   // over a stated limit
	Unsupported Code = "unsupported" // a format or feature we do not read
	Unavailable Code = "unavailable" // try again later
	Internal    Code = "internal"    // ours; logged, not shown
)

// Pos is a place in an input file. Line and Column count from 1; 0 is unknown.
type Pos struct {
	File   string
	Line   int
	Column int
}

// String returns "file:line:column" without the unknown parts.
func (p Pos) String() string {
	s := p.File
	for _, n := range []int{p.Line, p.Column} {
		if n == 0 {
			break
		}
		s += fmt.Sprintf(":%d", n)
	}
	return strings.TrimPrefix(s, ":")
}

// Error is a failure with a code. Text may be shown to the user; Err is the
// cause and is only logged.
type Error struct {
	Code  Code
	Text  Text
	Field string // the form field or JSON path the text is about, or ""
	Pos   Pos    // the place in an input file the text is about, or zero
	Err   error
}

// Errorf makes an Error whose text is formatted in both languages with the
// same arguments.
func Errorf(code Code, zh, en string, args ...any) *Error {
	return &Error{Code: code, Text: Textf(zh, en, args...)}
}

// At returns a copy of e that points at a place in a file.
func (e *Error) At(p Pos) *Error { c := *e; c.Pos = p; return &c }

// On returns a copy of e that is about a field.
func (e *Error) On(field string) *Error { c := *e; c.Field = field; return &c }

// Because returns a copy of e with its cause.
func (e *Error) Because(err error) *Error { c := *e; c.Err = err; return &c }

// Error is the form for logs and for English-reading operators.
func (e *Error) Error() string {
	s := string(e.Code)
	if t := e.Text.In(EN); t != "" {
		s = t
	}
	if p := e.Pos.String(); p != "" {
		s = p + ": " + s
	}
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of the outermost Error in err's chain, Internal when
// there is none, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// TextOf is what a user may read about err: its text, led by its place if it
// has one, or a plain apology when err has no code.
func TextOf(err error, l Lang) string {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code == Internal || e.Text.IsZero() {
		return Text{"系统内部出错，已记录。", "Something went wrong on our side; it has been logged."}.In(l)
	}
	if p := e.Pos.String(); p != "" {
		return p + ": " + e.Text.In(l)
	}
	return e.Text.In(l)
}
