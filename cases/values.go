package cases

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

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

// checkValues checks what was typed for an action and returns the values it
// changes. before has the case's own values: a field that keeps its value may
// be left out.
func checkValues(p *procedure.Procedure, a *procedure.Action, before, typed Values, dir Directory) (Values, error) {
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
		}
		if !given(v) {
			if ask.Required {
				wrong = append(wrong, gov.Errorf(gov.Invalid, "请填写“%[1]s”", "fill in %[2]q", f.Label.ZH, f.Label.In(gov.EN)).On(f.ID))
			} else if there {
				out[f.ID] = nil
			}
			continue
		}
		if !there {
			continue
		}
		v, err := CheckValue(f, v)
		if err != nil {
			wrong = append(wrong, err.On(f.ID))
			continue
		}
		out[f.ID] = v
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b *gov.Error) int { return strings.Compare(a.Field, b.Field) })
		return nil, wrong
	}
	return out, nil
}

// CheckValue checks one value against its field and returns it in its normal
// form: text without blanks at the ends, lists without repetitions. Whether a
// unit, person or file exists is for the caller, who knows them.
func CheckValue(f *procedure.Field, v any) (any, *gov.Error) {
	switch v := v.(type) {
	case string:
		if f.Type.IsNumber() || f.Type.IsList() || f.Type == procedure.BoolField || f.Type == procedure.InstantField {
			break
		}
		return checkText(f, strings.TrimSpace(v))
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
		return v, nil
	case bool:
		if f.Type == procedure.BoolField {
			return v, nil
		}
	case []string:
		if f.Type.IsList() {
			return checkList(f, v)
		}
	}
	return nil, gov.Errorf(gov.Invalid, "“%[1]s”的值不是 %[2]s 类型", "the value of %[3]q is not of type %[2]s", f.Label.ZH, string(f.Type), f.Label.In(gov.EN))
}

func checkText(f *procedure.Field, s string) (any, *gov.Error) {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && !(f.Type == procedure.ParagraphField && (r == '\n' || r == '\t'))
	}) {
		return nil, gov.Errorf(gov.Invalid, "含有不能显示的字符", "it holds characters that cannot be shown")
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
		if err != nil || d.Year < 1950 || d.Year > 2200 {
			return nil, gov.Errorf(gov.Invalid, "“%s”不是有效日期，应写作 2016-09-15", "%q is not a date; write 2016-09-15", s)
		}
	case procedure.ChoiceField:
		if !slices.ContainsFunc(f.Options, func(o procedure.Option) bool { return o.ID == s }) {
			return nil, gov.Errorf(gov.Invalid, "没有“%s”这个选项", "there is no option %q", s)
		}
	case procedure.CaseField:
		if _, err := gov.ParseID(s); err != nil {
			return nil, gov.Errorf(gov.Invalid, "“%s”不是案件", "%q is no case", s)
		}
	}
	return s, nil
}

// digest is how a file is named.
var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func checkList(f *procedure.Field, list []string) (any, *gov.Error) {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
		if f.Type == procedure.FilesField && !digest.MatchString(s) {
			return nil, gov.Errorf(gov.Invalid, "附件没有上传成功，请重新上传", "a file did not arrive; send it again")
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
