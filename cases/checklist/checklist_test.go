package checklist_test

import (
	"slices"
	"strings"
	"testing"

	"quanxiang/cases/checklist"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

func field() *procedure.Field {
	return &procedure.Field{ID: "checks", Type: procedure.ChecklistField, Options: []procedure.Option{
		{ID: "fine", Name: gov.Text{ZH: "符合", EN: "fine"}, Tone: procedure.Good},
		{ID: "bad", Name: gov.Text{ZH: "不符合", EN: "not fine"}, Tone: procedure.Bad, Remark: true},
	}}
}

var rows = []string{
	`{"answer":"","code":"GS-01","group":"登记","remark":"","title":"亮照经营","unit":"gsfj"}`,
	`{"answer":"","code":"GS-02","group":"登记","remark":"","title":"住所相符","unit":"gsfj"}`,
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    []string
		out   []string
		wrong string // words of the mistake
	}{
		{in: rows, out: rows},
		{in: []string{` {"title":" 亮照经营 ","code":"GS-01","unit":"gsfj","group":"登记"} `, "  "}, out: rows[:1]},
		{in: []string{"GS-01 符合"}, out: []string{`{"answer":"fine","code":"GS-01","group":"","remark":"","title":"","unit":""}`}},
		{in: []string{"GS-01  bad\t过期 三袋 "}, out: []string{`{"answer":"bad","code":"GS-01","group":"","remark":"过期 三袋","title":"","unit":""}`}},
		{in: []string{"GS-01"}, out: []string{`{"answer":"","code":"GS-01","group":"","remark":"","title":"","unit":""}`}},
		{in: []string{"GS-01 bad"}, wrong: "say what was found"},
		{in: []string{"GS-01 maybe"}, wrong: "no option"},
		{in: []string{"GS.01 fine"}, wrong: "no code"},
		{in: []string{"GS-01 fine", "GS-01 fine"}, wrong: "listed twice"},
		{in: []string{`{"code":"GS-01","colour":"red"}`}, wrong: "no row"},
		{in: []string{`{"code":"GS-01"} {"code":"GS-02"}`}, wrong: "no row"},
		{in: []string{`{"code":`}, wrong: "no row"},
		{in: []string{"GS-01 bad a\u202eb"}, wrong: "cannot be shown"},
		{in: []string{"GS-01 bad " + strings.Repeat("长", checklist.MaxRemark+1)}, wrong: "the limit is 300"},
	} {
		got, err := checklist.Check(field(), c.in)
		switch {
		case c.wrong != "":
			if err == nil || !strings.Contains(err.Text.EN, c.wrong) || err.Text.ZH == "" {
				t.Errorf("%q: %v, want %q", c.in, err, c.wrong)
			}
		case err != nil || !slices.Equal(got, c.out):
			t.Errorf("%q:\n got %q, %v\nwant %q", c.in, got, err, c.out)
		}
	}
	many := make([]string, checklist.MaxRows+1)
	for i := range many {
		many[i] = "GS-" + strings.Repeat("1", i%30) + "-" + strings.Repeat("2", i/30)
	}
	if _, err := checklist.Check(field(), many); err == nil || !strings.Contains(err.Text.EN, "the limit is 100") {
		t.Errorf("%d rows: %v", len(many), err)
	}
}

// What is to be looked at stays; each row has the answer it was given or else the one
// it had.
func TestAnswer(t *testing.T) {
	t.Parallel()
	first, err := checklist.Answer(rows, mustCheck(t, "GS-02 bad 人去楼空"))
	if err != nil {
		t.Fatal(err)
	}
	if open := checklist.Open(first); len(open) != 1 || open[0].Title != "亮照经营" {
		t.Errorf("open: %v", open)
	}
	if err := checklist.Missing(first); err == nil || err.Text.ZH != "还有 1 项没有填写，第一项是“亮照经营”" {
		t.Errorf("missing: %v", err)
	}
	second, err := checklist.Answer(first, mustCheck(t, "GS-01 fine"))
	if err != nil || checklist.Missing(second) != nil {
		t.Fatalf("%v, %v", err, checklist.Missing(second))
	}
	want := []string{
		`{"answer":"fine","code":"GS-01","group":"登记","remark":"","title":"亮照经营","unit":"gsfj"}`,
		`{"answer":"bad","code":"GS-02","group":"登记","remark":"人去楼空","title":"住所相符","unit":"gsfj"}`,
	}
	if !slices.Equal(second, want) {
		t.Errorf("got %q", second)
	}
	for which, codes := range map[string][]string{procedure.AllRows: {"GS-01", "GS-02"}, procedure.NoAnswer: {}, "bad": {"GS-02"}, "fine": {"GS-01"}} {
		if got := checklist.Codes(second, which); !slices.Equal(got, codes) {
			t.Errorf("%s: %q, want %q", which, got, codes)
		}
	}
	if got := checklist.Words(field(), second[1], gov.ZH); got != "住所相符：不符合（人去楼空）" {
		t.Errorf("in words: %s", got)
	}
	if got := checklist.Words(field(), rows[0], gov.EN); got != "亮照经营: not answered" {
		t.Errorf("in words: %s", got)
	}
	for _, c := range []struct {
		before, given []string
		wrong         string
	}{
		{rows, mustCheck(t, "GS-03 fine"), "no item"},
		{nil, mustCheck(t, "GS-01 fine"), "no item"},
		{rows, mustCheck(t, `{"code":"GS-01","title":"别的","unit":"gsfj","group":"登记"}`), "cannot be changed"},
	} {
		if _, err := checklist.Answer(c.before, c.given); err == nil || !strings.Contains(err.Text.EN, c.wrong) {
			t.Errorf("%q: %v, want %q", c.given, err, c.wrong)
		}
	}
}

func mustCheck(t *testing.T, lines ...string) []string {
	t.Helper()
	out, err := checklist.Check(field(), lines)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Whatever is typed is refused with a reason or has a normal form, of which nothing
// changes when it is read again.
func FuzzCheck(f *testing.F) {
	for _, s := range append([]string{"GS-01 bad 过期", "GS-01\nGS-02 fine", `{"code":"A","answer":"符合"}`, "{", "{}", "\x00"}, rows...) {
		f.Add(s)
	}
	x := field()
	f.Fuzz(func(t *testing.T, text string) {
		once, err := checklist.Check(x, strings.Split(text, "\n"))
		if err != nil {
			if err.Code != gov.Invalid || err.Text.ZH == "" || err.Text.EN == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		twice, err := checklist.Check(x, once)
		if err != nil || !slices.Equal(once, twice) {
			t.Fatalf("%q is %q, read again %q, %v", text, once, twice, err)
		}
		if len(checklist.Rows(once)) != len(once) {
			t.Fatalf("%q: rows of %q", text, once)
		}
		for _, line := range once {
			for _, l := range []gov.Lang{gov.ZH, gov.EN} {
				if checklist.Words(x, line, l) == line {
					t.Fatalf("%q has no words", line)
				}
			}
		}
	})
}
