package programmecmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/programmecmd"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/policy"
	"quanxiang/rules/check"
	"quanxiang/rules/syntax"
)

// sample is a pack with one programme; its list of awards takes 100,000 entries.
func sample(t *testing.T) *policy.Pack {
	t.Helper()
	data, err := os.ReadFile("../../../rules/trial/testdata/programme.rule")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), "称号 ：清单\n", "称号 ：清单 至多 100000项\n", 1)
	var wrong problems.List
	f := syntax.Parse("programme.rule", []byte(text), &wrong)
	p, _, err := check.Compile([]*syntax.File{f}, check.When{})
	if err != nil || len(wrong) > 0 || text == string(data) {
		t.Fatal(err, wrong)
	}
	return &policy.Pack{Rules: p}
}

// run answers what the command prints and its exit code.
func run(t *testing.T, pack *policy.Pack, in string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, notes bytes.Buffer
	e := &cli.Env{Stdin: strings.NewReader(in), Stdout: &out, Stderr: &notes, Getenv: func(string) string { return "en" }}
	load := func(string) (*policy.Pack, error) { return pack, nil }
	code = cli.Run(context.Background(), e, []cli.Command{{Name: "programme", About: gov.Text{}, Run: programmecmd.Command(load, nil)}}, append([]string{"programme", "calculate"}, args...))
	return out.String(), notes.String(), code
}

// answer is what the tests read of a line of results.
type answer struct {
	Line     int
	ID       string
	Total    struct{ Least, Most int64 }
	Benefits []benefit
	Needs    []string
}

type benefit struct {
	Benefit     string
	Least, Most int64
	Needs       []string
	Trace       []json.RawMessage
}

func answers(t *testing.T, out string) (list []answer) {
	t.Helper()
	for line := range strings.Lines(out) {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		list = append(list, a)
	}
	return list
}

const known = `"认定": "认定企业", "成立日期": "2007-03-01", "主营收入": "1880万元", "年收入": "8亿元"`

// Good lines are computed in order, bad ones told with line and path.
func TestCalculate(t *testing.T) {
	t.Parallel()
	pack := sample(t)
	entries := func(name string, n int) string {
		return fmt.Sprintf(`"%s": [%s{}]`, name, strings.Repeat("{},", n-1))
	}
	projects := `"项目": [{"来源": "国家", "所获资金": "150万元"}, {"来源": "国家", "所获资金": "150万元"}]`
	lines := []struct{ facts, want string }{
		{known + "," + projects, ""},
		{`"年收人": "1元"`, `facts.年收人: there is no fact "年收人"`},
		{`"年收入": "3家"`, `facts.年收入: "3家" is not an amount`},
		{`"年收入": "-5万元"`, `facts.年收入: "-5万元" must not be negative`},
		{`"年收入": {"from": "5亿元", "to": "4亿元"}`, `facts.年收入: the range ends before it begins`},
		{`"年收入": "1元", "年收入": "2元"`, `facts.年收入: stated twice`},
		{`"成立日期": "2018-01-01"`, `facts.成立日期: 2018-01-01 is after the year applied for`},
		{`"年收入": "3家", "发明专利": "3家"`, `facts.发明专利: "3家" has the wrong unit`},
		{entries("项目", 100_000), `facts.项目: the list has 100000 entries, more than 10000`},
		{entries("称号", 100_000), ""},
		{`"公共面积": "2平方米", "总面积": "1平方米"`, `facts.公共面积: the facts do not agree: 公共面积, 总面积: 公共面积不会大于总面积 (programme.rule:34)`},
		{`"称号": [{"人才": "甲", "级别": "领军"}, {"人才": "甲", "级别": "领军"}]`, `facts.称号[1].人才: entries 1 and 2 of 称号 are the same in 人才, 级别: 每人每个级别一项 (programme.rule:36)`},
		{projects, ""},
	}
	var in strings.Builder
	for i, l := range lines {
		fmt.Fprintf(&in, `{"id": "e%d", "applicant": "企业", "facts": {%s}}`+"\n", i+1, l.facts)
	}
	in.WriteString("\n{\n" + `{"applicant": "企业", "year": 2015}` + "\n" + strings.Repeat("x", 17<<20) + "\n" + `{"applicant": "企业", "year": 2017}`)
	out, notes, code := run(t, pack, in.String(), "--year", "2017")
	if code != cli.Invalid || !strings.Contains(notes, "Lines that are wrong and were not computed: 13; computed: 4") {
		t.Errorf("code %d, %s", code, notes)
	}
	for i, l := range lines {
		if l.want != "" && !strings.Contains(notes, fmt.Sprintf("line %d: %s", i+1, l.want)) {
			t.Errorf("line %d: no %q in\n%s", i+1, l.want, notes)
		}
	}
	for _, want := range []string{"line 15: the JSON ends too early", "line 16: year: this is for 2015, what is asked for is 2017", "line 17: a line is over 16 MB"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in\n%s", want, notes)
		}
	}
	got := answers(t, out)
	if len(got) != 4 || got[0].Line != 1 || got[0].ID != "e1" || got[1].Line != 10 || got[2].Line != 13 || got[3].Line != 18 {
		t.Fatalf("answers %+v", got)
	}
	whole, part := find(got[0], "样16号.配套资金"), find(got[2], "样16号.配套资金")
	if whole.Least != 94_000_000 || whole.Most != 94_000_000 || whole.Needs != nil || whole.Trace != nil {
		t.Errorf("everything is known and the matching funds are %+v", whole)
	}
	if part.Least != 0 || part.Most != 200_000_000 || !strings.Contains(strings.Join(part.Needs, " "), "成立日期") {
		t.Errorf("the projects alone are known and the matching funds are %+v", part)
	}
}

func find(a answer, name string) benefit {
	for _, b := range a.Benefits {
		if b.Benefit == name {
			return b
		}
	}
	return benefit{}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	pack := sample(t)
	line := `{"applicant": "企业", "year": 2017, "facts": {` + known + `}}`
	for _, c := range []struct {
		in   string
		args []string
		code int
		want string
	}{
		{line, []string{"--explain", "--programmes", "样16"}, cli.OK, `"trace":[{"clauses":["样16号:1"]`},
		{line, []string{"--programmes", "样政发〔2016〕16号"}, cli.OK, `"year":2017`},
		{line, []string{"--programmes", "16"}, cli.Invalid, `There are no rules of "16"; there are: 样16号`},
		{`{"applicant": "企业"}`, nil, cli.Invalid, "year: expected the year applied for"},
		{`{"applicant": "企业"}`, []string{"--year", "2015"}, cli.Invalid, "year: the year 2015 is outside the validity"},
		{`{"applicant": "企业", "id": 7, "year": 2017}`, nil, cli.Invalid, "id: expected a string"},
		{line, []string{"more"}, cli.Usage, "programme calculate"},
		{"", nil, cli.OK, ""},
	} {
		out, notes, code := run(t, pack, c.in, c.args...)
		if code != c.code || !strings.Contains(out+notes, c.want) {
			t.Errorf("%v: code %d, want %d; wanted %q in\n%s%s", c.args, code, c.code, c.want, out, notes)
		}
	}
	if _, notes, code := run(t, &policy.Pack{}, line); code != cli.Failed || !strings.Contains(notes, "no rules") {
		t.Errorf("a pack without programmes: %d %s", code, notes)
	}
}
