// Package checklist is the value of a checklist field: rows that are fixed when a
// case begins, what is to be looked at, and what whoever looked at each answers.
//
// A row travels as a line: its canonical JSON. What somebody types may be less than a
// row: the code of one with an answer, in JSON or as "CODE OPTION REMARK", of which
// Answer makes rows again.
package checklist

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quanxiang/canon"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Bounds of a checklist.
const (
	MaxRows   = 100
	MaxRemark = 300 // characters
	maxTitle  = 200
	maxGroup  = 60
)

// Row is one thing to be looked at, and what was found.
type Row struct {
	Answer string `json:"answer"` // id of an option of the field; "" is not answered yet
	Code   string `json:"code"`   // of the item; tells the rows of a list apart
	Group  string `json:"group"`  // under which heading it stands: whose item it is, in words
	Remark string `json:"remark"` // in one line
	Title  string `json:"title"`  // what is to be looked at, in words
	Unit   string `json:"unit"`   // id of the unit whose item it is; "" for none
}

// String is the row as it travels.
func (r Row) String() string { return string(canon.Marshal(r)) }

// Rows reads the lines of a value that Check has seen; what is no row is left out.
func Rows(lines []string) []Row {
	list := make([]Row, 0, len(lines))
	for _, line := range lines {
		if r, err := read(line); err == nil {
			list = append(list, r)
		}
	}
	return list
}

// Lines writes rows as they travel.
func Lines(rows []Row) []string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.String()
	}
	return list
}

// read reads a line: JSON with members of Row, or "CODE OPTION REMARK".
func read(line string) (r Row, err *gov.Error) {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "{") {
		var rest string
		r.Code, rest = word(line)
		r.Answer, rest = word(rest)
		r.Remark = rest
		return r, nil
	}
	dec := json.NewDecoder(strings.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil || dec.More() || len(bytes.TrimSpace([]byte(line[dec.InputOffset():]))) > 0 {
		return Row{}, gov.Errorf(gov.Invalid, "“%s”不是清单的一行", "%q is no row of a checklist", short(line))
	}
	return r, nil
}

// word cuts the first word off a line.
func word(s string) (first, rest string) {
	s = strings.TrimSpace(s)
	i := strings.IndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}

func short(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// code is how the code of an item is written.
var code = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,39}$`)

// Check reads lines by their field and returns them in their normal form: options by
// their ids, texts without blanks at the ends. Rows without a title are answers
// alone, see Answer.
func Check(f *procedure.Field, lines []string) ([]string, *gov.Error) {
	var rows []Row
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		r, err := read(line)
		if err == nil {
			err = r.check(f)
		}
		if err == nil && slices.ContainsFunc(rows, func(o Row) bool { return o.Code == r.Code }) {
			err = gov.Errorf(gov.Invalid, "检查项“%s”重复", "the item %q is listed twice", r.Code)
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	if len(rows) > MaxRows {
		return nil, gov.Errorf(gov.Invalid, "有 %[1]d 项，最多 %[2]d 项", "it has %[1]d items; the limit is %[2]d", len(rows), MaxRows)
	}
	return Lines(rows), nil
}

func (r *Row) check(f *procedure.Field) *gov.Error {
	if !code.MatchString(r.Code) {
		return gov.Errorf(gov.Invalid, "“%s”不是检查项代码", "%q is no code of an item", short(r.Code))
	}
	for _, x := range []struct {
		text *string
		most int
	}{{&r.Title, maxTitle}, {&r.Group, maxGroup}, {&r.Unit, maxGroup}, {&r.Remark, MaxRemark}} {
		if *x.text = strings.TrimSpace(*x.text); !shows(*x.text) {
			return gov.Errorf(gov.Invalid, "检查项“%s”含有不能显示的字符", "the item %q holds characters that cannot be shown", r.Code)
		}
		if n := utf8.RuneCountInString(*x.text); n > x.most {
			return gov.Errorf(gov.Invalid, "检查项“%[1]s”有 %[2]d 个字，最多 %[3]d 个", "the item %[1]q has %[2]d characters; the limit is %[3]d", r.Code, n, x.most)
		}
	}
	if r.Answer == "" {
		return nil
	}
	o, ok := option(f, r.Answer)
	if !ok {
		return gov.Errorf(gov.Invalid, "检查项“%[1]s”没有“%[2]s”这个选项", "the item %[1]q has no option %[2]q", r.Code, short(r.Answer))
	}
	if r.Answer = o.ID; o.Remark && r.Remark == "" {
		return gov.Errorf(gov.Invalid, "检查项“%[1]s”填了“%[2]s”，请写明情况", "the item %[1]q is answered %[3]q: say what was found", r.Code, o.Name.ZH, o.Name.In(gov.EN))
	}
	return nil
}

// shows reports that a text is what it looks like, in one line.
func shows(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029 || r&0xFFFE == 0xFFFE
	})
}

// option is the option of an id or name.
func option(f *procedure.Field, answer string) (procedure.Option, bool) {
	i := slices.IndexFunc(f.Options, func(o procedure.Option) bool { return o.ID == answer || o.Name.ZH == answer || o.Name.EN == answer })
	if i < 0 {
		return procedure.Option{}, false
	}
	return f.Options[i], true
}

// Answer is the value after what somebody gave, both in their normal form: what is
// to be looked at stays as it was, each row has the answer it was given or else the
// one it had. With no rows before, what is given are the rows, each with its title.
func Answer(before, given []string) ([]string, *gov.Error) {
	rows, answers := Rows(before), Rows(given)
	if len(rows) == 0 {
		if i := slices.IndexFunc(answers, func(r Row) bool { return r.Title == "" }); i >= 0 {
			return nil, gov.Errorf(gov.Invalid, "没有检查项“%s”", "there is no item %q", answers[i].Code)
		}
		return given, nil
	}
	for _, a := range answers {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Code == a.Code })
		if i < 0 {
			return nil, gov.Errorf(gov.Invalid, "没有检查项“%s”", "there is no item %q", a.Code)
		}
		if a.Title != "" && (a.Title != rows[i].Title || a.Unit != rows[i].Unit || a.Group != rows[i].Group) {
			return nil, gov.Errorf(gov.Invalid, "检查项“%s”的内容不能更改", "what the item %q is about cannot be changed", a.Code)
		}
		rows[i].Answer, rows[i].Remark = a.Answer, a.Remark
	}
	return Lines(rows), nil
}

// Split takes what is written for a checklist apart, one row a line; nil is nothing.
func Split(inputs []string) any {
	var list []string
	for _, in := range inputs {
		for line := range strings.Lines(strings.ReplaceAll(in, "\r", "\n")) {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, line)
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

// Value is Check for whoever keeps values: no rows are no value, nil.
func Value(f *procedure.Field, lines []string) (any, *gov.Error) {
	lines, err := Check(f, lines)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	return lines, nil
}

// Given is Answer for whoever keeps values, with every row answered if all is set.
func Given(before, given any, all bool) (any, *gov.Error) {
	had, _ := before.([]string)
	lines, _ := given.([]string)
	lines, err := Answer(had, lines)
	if err == nil && all {
		err = Missing(lines)
	}
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	return lines, nil
}

// Open are the rows that are not answered.
func Open(lines []string) (list []Row) {
	return slices.DeleteFunc(Rows(lines), func(r Row) bool { return r.Answer != "" })
}

// Missing says which rows are not answered, nil when all are.
func Missing(lines []string) *gov.Error {
	open := Open(lines)
	if len(open) == 0 {
		return nil
	}
	return gov.Errorf(gov.Invalid, "还有 %[1]d 项没有填写，第一项是“%[2]s”", "%[1]d items are not answered; the first is %[2]q", len(open), short(open[0].Title))
}

// Codes are those of the rows with an answer, procedure.AllRows and
// procedure.NoAnswer among them: what expressions read.
func Codes(lines []string, answer string) []string {
	list := []string{}
	for _, r := range Rows(lines) {
		if answer == procedure.AllRows || r.Answer == answer || answer == procedure.NoAnswer && r.Answer == "" {
			list = append(list, r.Code)
		}
	}
	return list
}

// Words says a row as people write it.
func (r Row) Words(f *procedure.Field, l gov.Lang) string {
	answer := gov.Text{ZH: "未填", EN: "not answered"}
	if o, ok := option(f, r.Answer); ok {
		answer = o.Name
	}
	if r.Remark == "" {
		return gov.Text{ZH: r.Title + "：" + answer.ZH, EN: r.Title + ": " + answer.In(gov.EN)}.In(l)
	}
	return gov.Text{ZH: r.Title + "：" + answer.ZH + "（" + r.Remark + "）", EN: r.Title + ": " + answer.In(gov.EN) + " (" + r.Remark + ")"}.In(l)
}

// Words says a line of a value as people write it.
func Words(f *procedure.Field, line string, l gov.Lang) string {
	r, err := read(line)
	if err != nil {
		return line
	}
	return r.Words(f, l)
}
