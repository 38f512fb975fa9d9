package ui

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"quanxiang/gov"
)

// Form is a form as every page shows it: labels above fields, hints, the
// reader's input kept, errors at the field and in a summary at the top.
type Form struct {
	ID     string
	Action string
	Post   bool   // else GET
	File   bool   // carries a file
	Lines  []Line // what to know before filling it in
	Inline bool   // a bar of filters instead of a column of questions
	Fold   int    // how many fields stand before the fold; 0 folds none
	Submit string
	Also   Option // another button: it sends the form with the input do of its Value; none without a Label
	Danger bool   // what is submitted cannot be taken back
	Plain  bool   // another button of the page matters more
	Clear  string // address that drops every filter, or ""
	Fields []Field

	// Outbox, if not "", is what the form is called where it waits to be sent: outbox.js
	// keeps it in the browser until it got through. OutboxKey is the input that
	// names the act, so that one sent twice is done once. The page has an Outbox.
	Outbox, OutboxKey string
}

// Outbox lists on a page what waits in the browser to be sent by its visitor. The
// page loads outbox.js and may fetch.
type Outbox struct {
	Owner string // whoever sends: an id of the person, "" for a resident
}

// Line is a statement over the fields of a form.
type Line struct {
	Text string
	Tone string // of a Chip; "" is plain
}

// Field is one input.
type Field struct {
	Name     string
	Part     string // tells the fields of a form apart that share a name, or ""
	Kind     string // text, money, search, date, datetime-local, number, password, select, radio, checks, checklist, textarea, prose, file, files, camera, signature, fixed, hidden
	Label    string
	Hint     string
	Value    string
	Values   []string // of checks and files: those chosen
	Error    string
	Options  []Option
	Suffix   string // unit of measure behind the input
	Required bool
	Wide     bool   // takes the whole row of a filter bar
	Whole    bool   // Error is about more than this field, or tells itself what it is about
	Key      string // of the keyboard, by which the reader comes here; shown beside the label

	Rows     []CheckRow // of a checklist; Options are the answers
	Shots    []Shot     // of a camera: pictures shown beside those to be taken
	Here     bool       // a script may fill in where the telephone is
	Pictures bool       // of files: pictures alone are taken; a telephone offers its camera

	// Autocomplete is a token of the HTML attribute that tells password managers
	// and telephones what belongs here; such a field gets no capitals and no
	// spelling.
	Autocomplete string
}

// PlaceSuffix behind the name of a field of files names the tick by which the
// sender agrees that where a picture was taken is kept.
const PlaceSuffix = ".place"

// PlaceName is the name of that tick.
func (x Field) PlaceName() string { return x.Name + PlaceSuffix }

// Shot is a picture that is there already.
type Shot struct {
	Href, Thumb string
	Label       string // which one: before, afterwards
}

// Option is one choice of a select, of radio buttons or of checks.
type Option struct {
	Value string
	Label string
	Group string // heading over it and its neighbours of the same group, or ""
	Note  string // what it means, beside a radio button

	Tone   string // of an answer of a checklist: that of a Chip, or ""
	Remark bool   // of an answer of a checklist: it wants a remark
}

// CheckRow is one thing to be looked at in a checklist.
type CheckRow struct {
	Code, Title string
	Heading     string // whose it is; rows of one heading stand together
	Answer      string // value of the option chosen, or ""
	Remark      string
}

// RemarkSuffix behind the name of a row's input names the input of its remark.
const RemarkSuffix = ".remark"

// InputName is the name of the input of a row.
func (x Field) InputName(r CheckRow) string { return x.Name + "." + r.Code }

// RemarkName is the name of the input of the remark of a row.
func (x Field) RemarkName(r CheckRow) string { return x.InputName(r) + RemarkSuffix }

// Answered is how many rows of a checklist are answered.
func (x Field) Answered() (n int) {
	for _, r := range x.Rows {
		if r.Answer != "" {
			n++
		}
	}
	return n
}

// Wrong reports that a row is what a checklist is sent back for: it has no answer, or
// one that wants a remark.
func (x Field) Wrong(r CheckRow) bool {
	return x.Error != "" && (r.Answer == "" || r.Remark == "" && slices.ContainsFunc(x.Options, func(o Option) bool { return o.Value == r.Answer && o.Remark }))
}

// Parts are the rows of a checklist in stretches of the same heading.
func (x Field) Parts() (list []CheckPart) {
	for i, r := range x.Rows {
		if i == 0 || r.Heading != x.Rows[i-1].Heading {
			list = append(list, CheckPart{Heading: r.Heading})
		}
		last := &list[len(list)-1]
		last.Rows = append(last.Rows, r)
	}
	return list
}

// CheckPart is a stretch of the rows of a checklist under one heading.
type CheckPart struct {
	Heading string
	Rows    []CheckRow
}

// OptionGroup is a stretch of options under one heading.
type OptionGroup struct {
	Label   string
	Options []Option
}

// Groups are the options in stretches of the same group.
func (x Field) Groups() (list []OptionGroup) {
	for i, o := range x.Options {
		if i == 0 || o.Group != x.Options[i-1].Group {
			list = append(list, OptionGroup{Label: o.Group})
		}
		last := &list[len(list)-1]
		last.Options = append(last.Options, o)
	}
	return list
}

// Has reports that a value is among those chosen.
func (x Field) Has(value string) bool { return slices.Contains(x.Values, value) }

// Picked are the groups in which something is chosen, Rest the others.
func (x Field) Picked() []OptionGroup {
	return slices.DeleteFunc(x.Groups(), func(g OptionGroup) bool { return !x.picked(g) })
}

// Rest are the groups in which nothing is chosen.
func (x Field) Rest() []OptionGroup { return slices.DeleteFunc(x.Groups(), x.picked) }

func (x Field) picked(g OptionGroup) bool {
	return slices.ContainsFunc(g.Options, func(o Option) bool { return x.Has(o.Value) })
}

// Fill sets the values of the fields from what the reader sent.
func (f *Form) Fill(q url.Values) {
	for i := range f.Fields {
		if q.Has(f.Fields[i].Name) {
			f.Fields[i].Value = q.Get(f.Fields[i].Name)
			f.Fields[i].Values = q[f.Fields[i].Name]
		}
	}
}

// Fail puts the error at the field it is about. It reports false when the
// error is none the reader can mend here; then the caller returns it.
func (f *Form) Fail(err error, l gov.Lang) bool {
	e, ok := errors.AsType[*gov.Error](err)
	if !ok || e.Code == gov.Internal || len(f.Fields) == 0 {
		return false
	}
	for i := range f.Fields {
		if f.Fields[i].Name == e.Field {
			f.Fields[i].Error = e.Text.In(l)
			return true
		}
	}
	if e.Code != gov.Invalid && e.Code != gov.TooLarge && e.Code != gov.Unsupported {
		return false
	}
	f.Fields[0].Error, f.Fields[0].Whole = gov.TextOf(err, l), true
	return true
}

// Before are the fields that are always shown.
func (f Form) Before() []Field {
	if f.Fold == 0 {
		return f.Fields
	}
	return f.Fields[:f.Fold]
}

// Folded are the fields behind the fold.
func (f Form) Folded() []Field { return f.Fields[len(f.Before()):] }

// Open reports whether the fold hides something that is in use.
func (f Form) Open() bool {
	for _, x := range f.Folded() {
		if x.Value != "" || x.Error != "" {
			return true
		}
	}
	return false
}

// Led reports that the summary has to say which field its error is about, because
// the error does not.
func (x Field) Led() bool {
	return !x.Whole && x.Label != "" && !strings.Contains(strings.ToLower(x.Error), strings.ToLower(x.Label))
}

// Failed lists the fields with an error for the summary.
func (f Form) Failed() []Field {
	var out []Field
	for _, x := range f.Fields {
		if x.Error != "" {
			out = append(out, x)
		}
	}
	return out
}

// Method is the HTTP method.
func (f Form) Method() string {
	if f.Post {
		return "post"
	}
	return "get"
}

// InputID is the id of a field's input on the page.
func (f Form) InputID(x Field) string {
	if x.Part != "" {
		return f.ID + "-" + x.Name + "-" + x.Part
	}
	return f.ID + "-" + x.Name
}
