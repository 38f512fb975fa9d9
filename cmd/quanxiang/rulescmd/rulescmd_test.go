package rulescmd_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/rulescmd"
	"quanxiang/gov"
)

const sample = "../../../rules/trial/testdata/programme.rule"

func TestCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	rules, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	good := file("good.json", `{"applicant": "企业", "year": 2017, "facts": {"认定": "认定企业", "成立日期": "2007-03-01", "主营收入": "1880万元",
		"年收入": "8亿元", "项目": [{"来源": "国家", "所获资金": "150万元"}, {"来源": "国家", "所获资金": "150万元"}]}}`)
	loose := file("loose.rule", strings.Replace(string(rules), "  公布 2016-10-11", "  公布   2016-10-11", 1))
	untested := file("untested.rule", strings.Replace(string(rules), "例 “一个大项目” 年度 2017\n  同 “比例在小数之后”\n", "例 “一个大项目” 年度 2017\n  同 “比例在小数之后”\n  已知 认定 是 其他\n", 1))
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"check", sample}, cli.OK, "1 documents, 10 benefits"},
		{[]string{"check", "--on", "2022-01-01", sample}, cli.Invalid, "programme.rule:2:1: 样政发〔2016〕16号 is in force from 2016-11-01"},
		{[]string{"check", "--on", "yesterday", sample}, cli.Invalid, "is not a date"},
		{[]string{"check", file("bad.rule", "文件 甲 “甲”\n  施行 2016-11-01\n支持 乙 @2\n  性质 甲\n  定饿 5万元\n")}, cli.Invalid, `bad.rule:5:3: unknown word "定饿" (did you mean "定额"?)`},
		{[]string{"check", filepath.Join(dir, "none")}, cli.Failed, "There is no"},
		{[]string{"test", "--mutate", sample}, cli.OK, "all hold"},
		{[]string{"test", untested}, cli.Invalid, "配套资金 comes to 0元, expected 100万元"},
		{[]string{"explain", "--facts", good, sample}, cli.OK, "样16号.配套资金  940,000 yuan"},
		{[]string{"explain", "--facts", good, sample}, cli.OK, "样16号:2/2  收入比例上限  940,000 yuan ← the limit binds"},
		{[]string{"explain", "--facts", good, sample}, cli.OK, "rests on pending readings: 样16号.R2"},
		{[]string{"explain", "--facts", good, "--format", "json", sample}, cli.OK, `"low": 94000000`},
		{[]string{"explain", "--facts", file("bad.json", `{"applicant": "企业", "year": 2017, "facts": {"年收入": "-1元"}}`), sample}, cli.Invalid, "facts.年收入"},
		{[]string{"explain", sample}, cli.Usage, ""},
		{[]string{"doc", sample}, cli.OK, "art. 2/1"},
		{[]string{"cliffs", sample}, cli.OK, "the total falls"},
		{[]string{"fmt", "--diff", sample}, cli.OK, ""},
		{[]string{"fmt", "--diff", loose}, cli.Failed, "loose.rule"},
		{[]string{"fmt", loose}, cli.OK, "loose.rule"},
	} {
		var out bytes.Buffer
		e := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "en" }}
		code := cli.Run(context.Background(), e, []cli.Command{{Name: "rules", About: gov.Text{}, Run: rulescmd.Command}}, append([]string{"rules"}, c.args...))
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%v: code %d, want %d; wanted %q in\n%s", c.args, code, c.code, c.want, out.String())
		}
	}
	if got, err := os.ReadFile(loose); err != nil || !bytes.Equal(got, rules) {
		t.Errorf("fmt left the file otherwise (%v)", err)
	}
}
