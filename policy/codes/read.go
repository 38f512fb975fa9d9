package codes

import (
	"regexp"
	"slices"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

var (
	listForm   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	columnForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	codeForm   = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`)
	digits     = regexp.MustCompile(`^[0-9]+$`)
	capitals   = regexp.MustCompile(`^[A-Z]+$`)
)

// own are the keys every entry has without declaring them.
var own = []string{"code", "name", "from", "until", "words"}

// maxCode bounds a code, in characters.
const maxCode = 40

// Read checks what a decoded list says of itself and makes its entries. at is
// the root of its file.
func (l *List) Read(at source.Node) (problems source.Problems) {
	l.at = at
	r := reader{List: l}
	if l.ID != "" && !listForm.MatchString(l.ID) {
		r.add(at.Field("list"), "编号“%s”应由小写字母、数字和连字符组成，以字母开头", "id %q should be lower-case letters, digits and hyphens, beginning with a letter", l.ID)
	}
	r.layout()
	r.columns()
	l.Entries, l.places = make([]Entry, len(l.Rows)), make([]source.Node, len(l.Rows))
	l.byCode = map[string]int{}
	for i, row := range l.Rows {
		l.places[i] = at.Field("entries").Item(i)
		r.entry(i, row)
	}
	l.Rows = nil
	return r.problems
}

type reader struct {
	*List
	problems source.Problems
}

func (r *reader) add(at source.Node, zh, en string, args ...any) {
	r.problems.Add(at.Pos(), zh, en, args...)
}

func (r *reader) layout() {
	if r.Layout == nil {
		return
	}
	for i, s := range r.Layout.Segments {
		at := r.at.Field("layout").Field("segments").Item(i)
		switch {
		case s.Width < 1 || s.Width > 20:
			r.add(at.Field("width"), "段宽应在 1 到 20 之间", "a segment is 1 to 20 characters wide")
		case s.Value != "" && (len(s.Value) != s.Width || !s.form().MatchString(s.Value)):
			r.add(at.Field("value"), "“%s”与本段的宽度或字符不符", "%q does not fit the segment", s.Value)
		}
	}
}

func (s Segment) form() *regexp.Regexp {
	if s.Letters {
		return capitals
	}
	return digits
}

func (r *reader) columns() {
	above := 0
	for i, c := range r.Columns {
		at := r.at.Field("columns").Item(i)
		switch {
		case c.ID == "": // reported as missing
		case !columnForm.MatchString(c.ID):
			r.add(at.Field("id"), "列“%s”应由小写字母、数字和下划线组成，以字母开头", "the column %q should be lower-case letters, digits and underscores, beginning with a letter", c.ID)
		case slices.Contains(own, c.ID) || guard.Reserved(c.ID):
			r.add(at.Field("id"), "“%s”另有含义，不能作列名", "%q means something else and cannot name a column", c.ID)
		case slices.ContainsFunc(r.Columns[:i], func(b Column) bool { return b.ID == c.ID }):
			r.add(at.Field("id"), "列“%s”重复", "duplicate column %q", c.ID)
		}
		if (c.Type == CodeColumn) != (c.Of != "") {
			r.add(at, "code 类型的列应有 of，其他类型没有", "a column of type code has of, others have none")
		}
		if (c.Type == ChoiceColumn) != (len(c.Options) > 0) {
			r.add(at, "choice 类型的列应有 options，其他类型没有", "a column of type choice has options, others have none")
		}
		for j, o := range c.Options {
			if slices.ContainsFunc(c.Options[:j], func(b Option) bool { return b.ID == o.ID }) {
				r.add(at.Field("options").Item(j), "选项“%s”重复", "duplicate option %q", o.ID)
			}
		}
		if c.Type == CodeColumn && c.Of == r.ID {
			if above++; above > 1 {
				r.add(at.Field("of"), "上级只能由一列说明", "one column alone says what an entry stands under")
			}
		}
	}
}

// entry makes one entry.
func (r *reader) entry(i int, row map[string]source.Raw) {
	e, at := &r.Entries[i], r.places[i]
	take := func(key string, into any) bool {
		raw, ok := row[key]
		if ok {
			r.problems = append(r.problems, raw.Decode(into)...)
		}
		return ok
	}
	if take("code", &e.Code); e.Code == "" {
		r.add(at, "缺少“%s”", "%q is missing", "code")
	} else if r.code(at.Field("code"), e.Code) {
		if first, twice := r.byCode[e.Code]; twice {
			r.add(at.Field("code"), "代码“%[1]s”重复，%[2]s 已有", "duplicate code %[1]q, first at %[2]s", e.Code, r.places[first].Field("code").Pos())
		} else {
			r.byCode[e.Code] = i
		}
	}
	if take("name", &e.Name); e.Name.ZH == "" {
		r.add(at, "缺少“%s”", "%q is missing", "name")
	}
	take("from", &e.From)
	if take("until", &e.Until); !e.From.IsZero() && !e.Until.IsZero() && e.Until.Before(e.From) {
		r.add(at.Field("until"), "until 早于 from", "until is before from")
	}
	take("words", &e.Words)
	for j, word := range e.Words {
		if fold(word) == "" || slices.Contains(e.Words[:j], word) {
			r.add(at.Field("words").Item(j), "“%s”是空的或重复的说法", "%q is empty or twice there", word)
		}
	}
	e.Values = map[string]any{}
	for _, c := range r.Columns {
		if v := c.read(take); v != nil {
			e.Values[c.ID] = v
		} else if _, there := row[c.ID]; c.Required && !there {
			r.add(at, "缺少“%s”", "%q is missing", c.ID)
		}
		r.checkValue(at.Field(c.ID), c, e.Values[c.ID], r.Entries[:i])
	}
	for _, key := range unknown(row, r.Columns) {
		guess := source.Suggest(key, known(r.Columns))
		r.problems.AddGuess(row[key].Pos(), guess, "没有“%s”这一列", "there is no column %q", key)
	}
}

// read takes the value of a column out of a row, nil when there is none.
func (c Column) read(take func(key string, into any) bool) any {
	switch c.Type {
	case TextColumn:
		var t gov.Text
		if take(c.ID, &t); t.ZH != "" {
			return t
		}
	case IntegerColumn:
		var n int64
		if take(c.ID, &n) {
			return n
		}
	case LimitColumn:
		var l calendar.Limit
		if take(c.ID, &l); l.N > 0 {
			return l
		}
	default:
		var s string
		if take(c.ID, &s); s != "" {
			return s
		}
	}
	return nil
}

// checkValue checks what a value says by itself and beside those before it.
func (r *reader) checkValue(at source.Node, c Column, v any, before []Entry) {
	if v == nil {
		return
	}
	if id, ok := v.(string); ok && c.Type == ChoiceColumn && !slices.ContainsFunc(c.Options, func(o Option) bool { return o.ID == id }) {
		var ids []string
		for _, o := range c.Options {
			ids = append(ids, o.ID)
		}
		r.problems.AddGuess(at.Pos(), source.Suggest(id, ids), "没有“%s”这个选项", "there is no option %q", id)
	}
	if c.Unique && slices.ContainsFunc(before, func(e Entry) bool { return e.Values[c.ID] == v }) {
		r.add(at, "“%s”列的值与前面的条目重复", "the value of %q is that of an entry before", c.ID)
	}
}

// code checks a code against the layout.
func (r *reader) code(at source.Node, code string) bool {
	if r.Layout == nil {
		if !codeForm.MatchString(code) || len(code) > maxCode {
			r.add(at, "代码“%[1]s”应由字母、数字和连字符组成，不超过 %[2]d 个字符", "the code %[1]q should be letters, digits and hyphens, at most %[2]d characters", code, maxCode)
			return false
		}
		return true
	}
	rest := code
	for i, s := range r.Layout.Segments {
		if i > 0 && rest == "" && r.Layout.Segments[i-1].Ends {
			return true
		}
		part := rest[:min(len(rest), max(s.Width, 0))]
		rest = rest[len(part):]
		if len(part) != s.Width || !s.form().MatchString(part) || s.Value != "" && part != s.Value {
			r.add(at, "代码“%[1]s”的“%[2]s”段不合规则%[3]s", "in the code %[1]q the segment %[4]q breaks the layout%[5]s", code, s.Name.ZH, s.want().ZH, s.Name.In(gov.EN), s.want().EN)
			return false
		}
	}
	if rest != "" {
		r.add(at, "代码“%[1]s”多出“%[2]s”", "the code %[1]q has %[2]q left over", code, rest)
		return false
	}
	return true
}

// want says what a segment should be.
func (s Segment) want() gov.Text {
	switch {
	case s.Value != "":
		return gov.Textf("：应为 %s", ": it should be %s", s.Value)
	case s.Letters:
		return gov.Textf("：应为 %d 个大写字母", ": it should be %d capital letters", s.Width)
	}
	return gov.Textf("：应为 %d 位数字", ": it should be %d digits", s.Width)
}

func known(columns []Column) []string {
	list := slices.Clone(own)
	for _, c := range columns {
		list = append(list, c.ID)
	}
	return list
}

func unknown(row map[string]source.Raw, columns []Column) (keys []string) {
	names := known(columns)
	for key := range row {
		if !slices.Contains(names, key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
