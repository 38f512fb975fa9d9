package entered

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"quanxiang/cases/checklist"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/rules/money"
)

// InstantForm is how people write an instant, in China's time.
const InstantForm = "2006-01-02 15:04"

// Parse reads a value as a form, a spreadsheet cell or a scenario writes
// it. Money is what money.Typed reads, in yuan without a unit; items of a list are separate
// inputs or parted by commas, 、 or ；. Nothing typed gives nil. Check
// checks the rest.
func Parse(f *procedure.Field, inputs ...string) (any, *gov.Error) {
	text := ""
	if len(inputs) > 0 {
		text = strings.TrimSpace(inputs[0])
	}
	switch {
	case f.Type == procedure.ChecklistField:
		return checklist.Split(inputs), nil
	case f.Type.IsList():
		var list []string
		for _, in := range inputs {
			list = append(list, strings.FieldsFunc(in, func(r rune) bool { return strings.ContainsRune(",，、；; \n\t", r) })...)
		}
		if len(list) == 0 {
			return nil, nil
		}
		return list, nil
	case text == "":
		return nil, nil
	case f.Type == procedure.MoneyField:
		return parseMoney(text)
	case f.Type == procedure.IntegerField:
		s, parted := money.Ungroup(money.Narrow(text))
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || !parted {
			return nil, gov.Errorf(gov.Invalid, "“%s”不是整数", "%q is not a whole number", text)
		}
		return n, nil
	case f.Type == procedure.BoolField:
		switch strings.ToLower(text) {
		case "true", "on", "1", "是":
			return true, nil
		case "false", "off", "0", "否":
			return false, nil
		}
		return nil, gov.Errorf(gov.Invalid, "“%s”应为“是”或“否”", "%q should be yes or no", text)
	case f.Type == procedure.DateField:
		if m := writtenDate.FindStringSubmatch(text); m != nil {
			return fmt.Sprintf("%s-%02s-%02s", m[1], m[2], m[3]), nil
		}
	case f.Type == procedure.InstantField:
		if m := writtenInstant.FindStringSubmatch(text); m != nil {
			text = fmt.Sprintf("%s-%02s-%02s %02s:%s", m[1], m[2], m[3], m[4], m[5])
		}
		t, err := time.ParseInLocation(InstantForm, strings.Replace(text, "T", " ", 1), gov.China)
		if err != nil {
			return nil, gov.Errorf(gov.Invalid, "“%s”不是时间，应写作 2016-09-15 14:30", "%q is not a time; write 2016-09-15 14:30", text)
		}
		return t.UnixMilli(), nil
	}
	if f.Type == procedure.ParagraphField {
		return strings.ReplaceAll(inputs[0], "\r\n", "\n"), nil
	}
	return text, nil
}

// writtenDate is a date as people and spreadsheets write it.
var writtenDate = regexp.MustCompile(`^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?$`)

// writtenInstant is an instant as people and spreadsheets write it. Seconds say
// nothing.
var writtenInstant = regexp.MustCompile(`^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?[ T]+([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?$`)

// most keeps sums of fen far from the end of an int64: 10万亿元.
const most = 10 * money.Wan * money.Yi / money.Yuan

func parseMoney(text string) (any, *gov.Error) {
	v, err := money.Typed(text, money.Yuan)
	if err == nil && (v > most || v < -most) {
		err = gov.Errorf(gov.Invalid, "“%s”太大", "%q is too large", text)
	}
	if err != nil {
		return nil, err
	}
	return int64(v), nil
}
