package entered_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

func TestParse(t *testing.T) {
	t.Parallel()
	opening := time.Date(2016, 11, 21, 10, 0, 0, 0, gov.China).UnixMilli()
	for _, tt := range []struct {
		kind procedure.FieldType
		in   string
		want any // nil for nothing
		fail string
	}{
		{"money", "12000.50", int64(1200050), ""},
		{"money", "1,200", int64(120000), ""},
		{"money", "1,234,567.8元", int64(123456780), ""},
		{"money", "0.01 元", int64(1), ""},
		{"money", "-0.50", int64(-50), ""},
		{"money", "-1.05", int64(-105), ""},
		{"money", "+3", int64(300), ""},
		{"money", "10000000000000", int64(1_000_000_000_000_000), ""},
		{"money", "  ", nil, ""},
		{"money", "10000000000001", nil, "too large"},
		{"money", "99999999999999999999", nil, "too large"},
		{"money", "-10万亿", int64(-1_000_000_000_000_000), ""},
		{"money", "1,5", nil, "not an amount"},
		{"money", "12,00.50", nil, "not an amount"},
		{"money", "1,200,", nil, "not an amount"},
		{"money", "1.", nil, "not an amount"},
		{"money", ".5", nil, "not an amount"},
		{"money", "1.005", nil, "not a whole number of fen"},
		{"money", "1.-5", nil, "not an amount"},
		{"money", "1.+5", nil, "not an amount"},
		{"money", "--1", nil, "not an amount"},
		{"money", "1e3", nil, "not an amount"},
		{"money", "0x10", nil, "not an amount"},
		{"money", "1_000", nil, "not an amount"},
		{"money", "NaN", nil, "not an amount"},
		{"money", "1.5万", int64(1_500_000), ""},
		{"money", "１２，０００元", int64(1_200_000), ""},
		{"money", "1万元2千", nil, "not an amount"},
		{"money", "元", nil, "not an amount"},
		{"integer", "42", int64(42), ""},
		{"integer", "1,000", int64(1000), ""},
		{"integer", "１，０００", int64(1000), ""},
		{"integer", "-7", int64(-7), ""},
		{"integer", "1,2", nil, "not a whole number"},
		{"integer", "4.0", nil, "not a whole number"},
		{"integer", "9223372036854775808", nil, "not a whole number"},
		{"bool", "是", true, ""},
		{"bool", "on", true, ""},
		{"bool", "否", false, ""},
		{"bool", "也许", nil, "yes or no"},
		{"instant", "2016-11-21 10:00", opening, ""},
		{"instant", "2016-11-21T10:00", opening, ""},
		{"instant", "2016-11-21", nil, "not a time"},
		{"instant", "2016-02-30 10:00", nil, "not a time"},
		{"text", "  文字　", "文字", ""},
		{"text", "", nil, ""},
		{"paragraph", "一\r\n二", "一\n二", ""},
		{"paragraph", " \n ", nil, ""},
		{"units", "fgw, czj、xijie；dongjie", []string{"fgw", "czj", "xijie", "dongjie"}, ""},
		{"units", " ,、 ", nil, ""},
	} {
		f := &procedure.Field{ID: "f", Type: tt.kind, Label: gov.Text{ZH: "项", EN: "Field"}}
		got, err := entered.Parse(f, tt.in)
		if tt.fail != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fail) || !strings.Contains(err.Text.ZH, "“") {
				t.Errorf("%s %q: %v, %v; want %q", tt.kind, tt.in, got, err, tt.fail)
			}
			continue
		}
		if err != nil || !cmp.Equal(got, tt.want) {
			t.Errorf("%s %q: %#v, %v; want %#v", tt.kind, tt.in, got, err, tt.want)
		}
	}
	if got, err := entered.Parse(&procedure.Field{Type: "money"}); got != nil || err != nil {
		t.Errorf("nothing sent: %v, %v", got, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	n := func(i int) *int { return &i }
	hash := strings.Repeat("0a", 32)
	text := procedure.Field{Type: "text"}
	for _, tt := range []struct {
		field procedure.Field
		in    any
		want  any
		fail  string
	}{
		{text, "  a ", "a", ""},
		{text, " \u3000\n", nil, ""},
		{text, strings.Repeat("字", 200), strings.Repeat("字", 200), ""},
		{text, strings.Repeat("字", 201), nil, "201 characters; the limit is 200"},
		{procedure.Field{Type: "text", Max: n(3)}, "abcd", nil, "the limit is 3"},
		{procedure.Field{Type: "text", Min: n(2)}, "a", nil, "at least 2"},
		{text, "a\nb", nil, "cannot be shown"},
		{text, "a\x00b", nil, "cannot be shown"},
		{text, "a\x1b[31mb", nil, "cannot be shown"},
		{text, "a\u0085b", nil, "cannot be shown"},
		{text, "公告\u202E.gpj", nil, "cannot be shown"},
		{text, "a\u2066b", nil, "cannot be shown"},
		{text, "a\u2028b", nil, "cannot be shown"},
		{text, "a\uFFFEb", nil, "cannot be shown"},
		{text, "a\xffb", nil, "cannot be shown"},
		{text, "<script>alert(1)</script>", "<script>alert(1)</script>", ""}, // shown as text, so it is text
		{text, "𠮷野家👨‍👩‍👧", "𠮷野家👨‍👩‍👧", ""},
		{procedure.Field{Type: "paragraph"}, "a\n\tb", "a\n\tb", ""},
		{procedure.Field{Type: "paragraph"}, "a\rb", nil, "cannot be shown"},
		{procedure.Field{Type: "paragraph"}, strings.Repeat("字", 4001), nil, "the limit is 4000"},
		{procedure.Field{Type: "integer", Min: n(1), Max: n(8)}, int64(1), int64(1), ""},
		{procedure.Field{Type: "integer", Min: n(1), Max: n(8)}, int64(0), nil, "less than 1"},
		{procedure.Field{Type: "integer", Min: n(1), Max: n(8)}, int64(9), nil, "more than 8"},
		{procedure.Field{Type: "integer"}, "1", nil, "not of type integer"},
		{procedure.Field{Type: "money"}, 1.5, nil, "not of type money"},
		{procedure.Field{Type: "money"}, true, nil, "not of type money"},
		{procedure.Field{Type: "bool"}, "true", nil, "not of type bool"},
		{procedure.Field{Type: "bool"}, true, true, ""},
		{text, int64(1), nil, "not of type text"},
		{text, []string{"a"}, nil, "not of type text"},
		{procedure.Field{Type: "date"}, "2016-02-29", "2016-02-29", ""},
		{procedure.Field{Type: "date"}, "2015-02-29", nil, "is not a date"},
		{procedure.Field{Type: "date"}, "1949-12-31", nil, "is not a date"},
		{procedure.Field{Type: "date"}, "2201-01-01", nil, "is not a date"},
		{procedure.Field{Type: "instant"}, int64(1479693600000), int64(1479693600000), ""},
		{procedure.Field{Type: "instant"}, int64(1) << 60, nil, "no valid time"},
		{procedure.Field{Type: "instant"}, -int64(1) << 60, nil, "no valid time"},
		{procedure.Field{Type: "choice", Options: []procedure.Option{{ID: "a"}}}, "a", "a", ""},
		{procedure.Field{Type: "choice", Options: []procedure.Option{{ID: "a"}}}, "b", nil, `no option "b"`},
		{procedure.Field{Type: "case"}, "7", nil, "is no case"},
		{procedure.Field{Type: "units"}, []string{" a", "b", "a"}, []string{"a", "b"}, ""},
		{procedure.Field{Type: "units"}, []string{"", " "}, nil, ""},
		{procedure.Field{Type: "units", Max: n(1)}, []string{"a", "b"}, nil, "2 items; the limit is 1"},
		{procedure.Field{Type: "units", Min: n(2)}, []string{"a", "a"}, nil, "1 items; at least 2"},
		{procedure.Field{Type: "units"}, []string{"a\x00"}, nil, "cannot be shown"},
		{procedure.Field{Type: "files"}, []string{hash, hash}, []string{hash}, ""},
		{procedure.Field{Type: "files"}, []string{"../etc/passwd"}, nil, "did not arrive"},
		{procedure.Field{Type: "files"}, []string{strings.ToUpper(hash)}, nil, "did not arrive"},
	} {
		tt.field.ID, tt.field.Label = "f", gov.Text{ZH: "项", EN: "Field"}
		got, err := entered.Check(&tt.field, tt.in)
		if tt.fail != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fail) || err.Code != gov.Invalid {
				t.Errorf("%s %#v: %v, %v; want %q", tt.field.Type, tt.in, got, err, tt.fail)
			}
			continue
		}
		if err != nil || !cmp.Equal(got, tt.want) {
			t.Errorf("%s %#v: %#v, %v; want %#v", tt.field.Type, tt.in, got, err, tt.want)
		}
	}
}
