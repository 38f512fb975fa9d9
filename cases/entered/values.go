// Package entered is what people, tables and rules enter into the fields of a case:
// how it is read from what was typed, and what is wrong with it.
package entered

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"quanxiang/cases/checklist"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Values are the fields of a case that have a value: string, int64, bool or
// []string by the field's type.
type Values map[string]any

// UnmarshalJSON reads values as they were written: numbers are int64, lists
// []string, null is a value taken away.
func (v *Values) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var raw map[string]any
	if err := dec.Decode(&raw); err != nil {
		return err
	}
	out := make(Values, len(raw))
	for name, x := range raw {
		switch x := x.(type) {
		case nil, string, bool:
			out[name] = x
		case json.Number:
			n, err := x.Int64()
			if err != nil {
				return fmt.Errorf("value of %s: %w", name, err)
			}
			out[name] = n
		case []any:
			list := make([]string, len(x))
			for i, item := range x {
				s, ok := item.(string)
				if !ok {
					return fmt.Errorf("value of %s: a list of %T", name, item)
				}
				list[i] = s
			}
			out[name] = list
		default:
			return fmt.Errorf("value of %s: a %T", name, x)
		}
	}
	*v = out
	return nil
}

// Put gives fields their values; nil takes one away.
func (v Values) Put(set Values) {
	for field, value := range set {
		if value == nil {
			delete(v, field)
		} else {
			v[field] = value
		}
	}
}

// Only is the values of some fields, nil when none has one.
func (v Values) Only(fields []string) Values {
	var out Values
	for _, f := range fields {
		if x, ok := v[f]; ok {
			if out == nil {
				out = Values{}
			}
			out[f] = x
		}
	}
	return out
}

// Text is a value of a text-like field, "" without one.
func (v Values) Text(field string) string {
	s, _ := v[field].(string)
	return s
}

// Int is a value of a number-like field, 0 without one.
func (v Values) Int(field string) int64 {
	n, _ := v[field].(int64)
	return n
}

// List is a value of a list field, nil without one.
func (v Values) List(field string) []string {
	l, _ := v[field].([]string)
	return l
}

// All is the values of a field as a list, whether it holds one or several.
func (v Values) All(field string) []string {
	switch x := v[field].(type) {
	case string:
		if x != "" {
			return []string{x}
		}
	case []string:
		return x
	}
	return nil
}

// The limits of what is typed where the procedure states none.
const (
	maxText      = 200
	maxParagraph = 4000
	maxNote      = 2000
	maxItems     = 50
)

// Mistakes is everything wrong with what was typed, each about its field.
type Mistakes []*gov.Error

// Error lists the mistakes in English.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, e := range m {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find the first mistake and its code.
func (m Mistakes) Unwrap() []error {
	list := make([]error, len(m))
	for i, e := range m {
		list[i] = e
	}
	return list
}

// Typed checks what was typed for an action and returns the values it
// changes on a day. before has the case's own values: a field that keeps its
// value may be left out.
func Typed(p *procedure.Procedure, a *procedure.Action, before, typed Values, day gov.Date) (Values, error) {
	var wrong Mistakes
	for name := range typed {
		if !slices.ContainsFunc(a.Asks, func(k procedure.Ask) bool { return k.Field == name }) {
			wrong = append(wrong, gov.Errorf(gov.Invalid, "“%[1]s”不填写“%[2]s”", "%[3]q does not ask for %[2]q", a.Name.ZH, name, a.Name.In(gov.EN)).On(name))
		}
	}
	out := Values{}
	for _, ask := range a.Asks {
		f, _ := p.Field(ask.Field)
		v, there := typed[ask.Field]
		if !there {
			v = before[ask.Field]
		} else if Given(v) { // the normal form may be nothing at all
			var err *gov.Error
			if v, err = Check(f, v); err == nil && !Same(v, before[ask.Field]) {
				err = inForce(f, v, day)
			}
			if err != nil {
				wrong = append(wrong, err.On(f.ID))
				continue
			}
		}
		if f.Type == procedure.ChecklistField {
			var err *gov.Error
			if v, err = checklist.Given(before[ask.Field], v, ask.Required); err != nil {
				wrong = append(wrong, err.On(f.ID))
				continue
			}
		}
		switch {
		case !Given(v) && ask.Required:
			wrong = append(wrong, missing(f).On(f.ID))
		case there && !Given(v):
			out[f.ID] = nil
		case there:
			out[f.ID] = v
		}
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b *gov.Error) int { return strings.Compare(a.Field, b.Field) })
		return nil, wrong
	}
	return out, nil
}

// missing says that something has to be entered into a field.
func missing(f *procedure.Field) *gov.Error {
	zh, en := "请填写“%[1]s”", "fill in %[2]q"
	switch f.Type {
	case procedure.FilesField:
		zh, en = "请上传“%[1]s”", "send %[2]q"
	case procedure.ChoiceField, procedure.EntryField:
		zh, en = "请选择“%[1]s”", "choose %[2]q"
	}
	return gov.Errorf(gov.Invalid, zh, en, f.Label.ZH, f.Label.In(gov.EN))
}

// Seed checks what a parent or a series gives a case: as much as what is
// typed, since both are values of the same fields.
func Seed(p *procedure.Procedure, seed Values) (Values, error) {
	out := Values{}
	var wrong Mistakes
	for name, v := range seed {
		f, ok := p.Field(name)
		if !ok {
			wrong = append(wrong, gov.Errorf(gov.Invalid, "没有字段“%s”", "there is no field %q", name).On(name))
			continue
		}
		v, err := Check(f, v)
		if err == nil && f.Type == procedure.ChecklistField {
			v, err = checklist.Given(nil, v, false)
		}
		if err != nil {
			wrong = append(wrong, err.On(name))
		} else if Given(v) {
			out[name] = v
		}
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b *gov.Error) int { return strings.Compare(a.Field, b.Field) })
		return nil, wrong
	}
	return out, nil
}

// Check checks one value against its field and returns it in its normal
// form: text without blanks at the ends, lists without repetitions, nil for
// what is empty then. Whether a
// unit, person or file exists is for the caller, who knows them.
func Check(f *procedure.Field, v any) (any, *gov.Error) {
	switch v := v.(type) {
	case string:
		if f.Type.IsNumber() || f.Type.IsList() || f.Type == procedure.BoolField || f.Type == procedure.InstantField {
			break
		}
		if v = strings.TrimSpace(v); v == "" {
			return nil, nil
		}
		return checkText(f, v)
	case int64:
		if !f.Type.IsNumber() && f.Type != procedure.InstantField {
			break
		}
		if f.Min != nil && v < int64(*f.Min) {
			return nil, gov.Errorf(gov.Invalid, "不能小于 %d", "it cannot be less than %d", *f.Min)
		}
		if f.Max != nil && v > int64(*f.Max) {
			return nil, gov.Errorf(gov.Invalid, "不能大于 %d", "it cannot be more than %d", *f.Max)
		}
		if f.Type == procedure.InstantField && !inRange(gov.DateOf(time.UnixMilli(v))) {
			return nil, gov.Errorf(gov.Invalid, "不是有效时间", "it is no valid time")
		}
		return v, nil
	case bool:
		if f.Type == procedure.BoolField {
			return v, nil
		}
	case []string:
		if f.Type == procedure.ChecklistField {
			return checklist.Value(f, v)
		}
		if f.Type.IsList() {
			return checkList(f, v)
		}
	}
	return nil, gov.Errorf(gov.Invalid, "“%[1]s”的值不是 %[2]s 类型", "the value of %[3]q is not of type %[2]s", f.Label.ZH, string(f.Type), f.Label.In(gov.EN))
}

func checkText(f *procedure.Field, s string) (any, *gov.Error) {
	if !shows(s, f.Type == procedure.ParagraphField) {
		return nil, unshown()
	}
	limit := maxText
	if f.Type == procedure.ParagraphField {
		limit = maxParagraph
	}
	if f.Max != nil {
		limit = *f.Max
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return nil, gov.Errorf(gov.Invalid, "有 %[1]d 个字，最多 %[2]d 个", "it has %[1]d characters; the limit is %[2]d", n, limit)
	} else if f.Min != nil && n < *f.Min {
		return nil, gov.Errorf(gov.Invalid, "有 %[1]d 个字，至少 %[2]d 个", "it has %[1]d characters; at least %[2]d are needed", n, *f.Min)
	}
	switch f.Type {
	case procedure.DateField:
		d, err := gov.ParseDate(s)
		if err != nil || !inRange(d) {
			return nil, gov.Errorf(gov.Invalid, "“%s”不是有效日期，应写作 2016-09-15", "%q is not a date; write 2016-09-15", s)
		}
	case procedure.ChoiceField:
		if !slices.ContainsFunc(f.Options, func(o procedure.Option) bool { return o.ID == s }) {
			return nil, gov.Errorf(gov.Invalid, "没有“%s”这个选项", "there is no option %q", s)
		}
	case procedure.PointField:
		p, err := geo.ParsePoint(s)
		if e, ok := errors.AsType[*gov.Error](err); ok {
			return nil, e
		}
		return p.String(), nil
	case procedure.EntryField:
		if _, ok := f.List().Entry(s); !ok {
			return nil, gov.Errorf(gov.Invalid, "没有代码为“%s”的条目", "there is no entry with the code %q", s)
		}
		if f.List().Heads(s) {
			return nil, gov.Errorf(gov.Invalid, "“%s”是类别，请选择其中的一项", "%q is a heading: choose one of the entries under it", s)
		}
	case procedure.CaseField:
		if _, err := gov.ParseID(s); err != nil {
			return nil, gov.Errorf(gov.Invalid, "“%s”不是案件", "%q is no case", s)
		}
	}
	return s, nil
}

// inForce reports an entry that may not be chosen on a day.
func inForce(f *procedure.Field, v any, day gov.Date) *gov.Error {
	code, ok := v.(string)
	if f.Type != procedure.EntryField || !ok {
		return nil
	}
	if e, _ := f.List().Entry(code); !e.Valid(day) {
		return gov.Errorf(gov.Invalid, "条目“%[1]s”今天不再（或尚未）使用", "the entry %[2]q is not in use on this day", e.Name.ZH, e.Name.In(gov.EN))
	}
	return nil
}

// inRange reports a date the calendar can reckon with.
func inRange(d gov.Date) bool { return d.Year >= 1950 && d.Year <= 2200 }

// shows reports that a text is what it looks like: valid, without control
// characters and without those that turn the direction of reading, which let
// one text pass for another.
func shows(s string, lines bool) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		switch {
		case lines && (r == '\n' || r == '\t'):
			return false
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x2028, r == 0x2029, r&0xFFFE == 0xFFFE:
			return true
		}
		return unicode.IsControl(r)
	})
}

func unshown() *gov.Error {
	return gov.Errorf(gov.Invalid, "含有不能显示的字符", "it holds characters that cannot be shown")
}

// Note checks a remark.
func Note(s string) error {
	if n := utf8.RuneCountInString(s); n > maxNote {
		return Mistakes{gov.Errorf(gov.Invalid, "有 %[1]d 个字，最多 %[2]d 个", "it has %[1]d characters; the limit is %[2]d", n, maxNote).On("note")}
	}
	if !shows(s, true) {
		return Mistakes{unshown().On("note")}
	}
	return nil
}

// Files checks how files are named, and that they are not too many.
func Files(list []string) *gov.Error {
	for _, s := range list {
		if !digest.MatchString(s) {
			return gov.Errorf(gov.Invalid, "附件没有上传成功，请重新上传", "a file did not arrive; send it again")
		}
	}
	if len(list) > maxItems {
		return gov.Errorf(gov.Invalid, "有 %[1]d 项，最多 %[2]d 项", "it has %[1]d items; the limit is %[2]d", len(list), maxItems)
	}
	return nil
}

// digest is how a file is named.
var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func checkList(f *procedure.Field, list []string) (any, *gov.Error) {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	if slices.ContainsFunc(out, func(s string) bool { return !shows(s, false) || utf8.RuneCountInString(s) > maxText }) {
		return nil, unshown()
	}
	if f.Type == procedure.FilesField {
		if err := Files(out); err != nil {
			return nil, err
		}
	}
	limit := maxItems
	if f.Max != nil {
		limit = *f.Max
	}
	if len(out) > limit {
		return nil, gov.Errorf(gov.Invalid, "有 %[1]d 项，最多 %[2]d 项", "it has %[1]d items; the limit is %[2]d", len(out), limit)
	}
	if f.Min != nil && len(out) < *f.Min {
		return nil, gov.Errorf(gov.Invalid, "有 %[1]d 项，至少 %[2]d 项", "it has %[1]d items; at least %[2]d are needed", len(out), *f.Min)
	}
	return out, nil
}

// Given reports that a field has a value that says something.
func Given(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []string:
		return len(v) > 0
	}
	return true
}

// Same reports that two values say the same.
func Same(a, b any) bool {
	if l, ok := a.([]string); ok {
		m, ok := b.([]string)
		return ok && slices.Equal(l, m)
	}
	if _, ok := b.([]string); ok {
		return false
	}
	return a == b
}
