package syntax

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/gov/problems"
)

func sample(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/sample.rule")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseSample(t *testing.T) {
	t.Parallel()
	var list problems.List
	f := Parse("sample.rule", sample(t), &list)
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	if len(f.Benefits) != 3 || len(f.Examples) != 1 || len(f.Readings) != 1 || f.Document.Until.String() != "2021-10-31" {
		t.Errorf("benefits %d, examples %d, readings %d, until %s", len(f.Benefits), len(f.Examples), len(f.Readings), f.Document.Until)
	}
	caps := f.Benefits[0].Body.Limits
	if len(caps) != 3 || caps[1].When == nil || caps[1].Label != "收入比例上限" || caps[1].Cites[0].Path != "3/2" {
		t.Errorf("limits of the first benefit: %+v", caps)
	}
}

// Every line below has one mistake, and all are told at once with their place.
func TestMistakes(t *testing.T) {
	t.Parallel()
	src := `文件 16号 “样政发〔2016〕16号”
  施行 2016-11-31
  公布 2016-10-11
支持 甲 @3
  定额 10万元，上線 5万元 @3
支持 乙 @3/0
  按 研发投入 的 三成 %
  定额 1.005分
支持 丙 @4
  cap 5万元
互斥 甲 取高
支持 丁 @5
  按 收入 的 5.123456789%
互斥 甲，丁 取高 历年
`
	var list problems.List
	Parse("a.rule", []byte(src), &list)
	list.Sort()
	want := []string{
		`a.rule:1:1: the document does not say from when it is in force (施行)`,
		`a.rule:2:6: there is no day 2016-11-31`,
		`a.rule:5:11: unknown word "上線" (did you mean "上限"?)`,
		`a.rule:6:6: "@3/0" is no clause`,
		`a.rule:7:15: unknown sign "%"`,
		`a.rule:8:6: the amount "1.005分" is not a whole number of fen, or too large`,
		`a.rule:9:1: this block does not say how much is given`,
		`a.rule:10:3: this file is written in Chinese: write 上限 for cap`,
		`a.rule:11:8: an exclusion names two benefits or more`,
		`a.rule:13:10: the ratio "5.123456789%" has more than six decimals`,
		`a.rule:14:11: "历年" is not expected here`,
	}
	got := strings.Split(list.In(gov.EN), "\n")
	for _, w := range want {
		found := false
		for _, g := range got {
			found = found || strings.HasPrefix(g, w)
		}
		if !found {
			t.Errorf("missing %q", w)
		}
	}
	if t.Failed() {
		t.Log(list.In(gov.EN))
	}
}

// A line of 申报 that begins with 核对 is no fact, unless a fact is called so; a mistake
// in one hides nothing of the lines beside it.
func TestVerify(t *testing.T) {
	t.Parallel()
	src := `文件 16号 “样号”
  施行 2016-11-01
申报 企业
  甲 ：金额
  核对 ：金额
  核对 甲 不超过 核对 “甲多”
  核对 甲 不超过
  贷款 ：清单
    本金 ：金额
    核对 本金 不超过 甲
  核对 逐项 贷款 作 贷 ：贷.本金 不超过 甲 “本金多”
  核对 逐项 贷款 唯一 本金，银行 “一笔一项”
  核对 逐项 贷款 唯一 “一笔一项”
  核对 逐项 贷款 “一笔一项”
  核对 甲 不超过 乙 @3
  核对 甲 不超过 乙 “甲多” @3
  乙 ：金额
例 “甲” 年度 2017
  已知 甲 是 2元，乙 是 1元
  不符 “甲多”
例 “乙” 年度 2017
  不符 “甲多”
  应得 合计 是 0元
`
	var list problems.List
	f := Parse("a.rule", []byte(src), &list)
	list.Sort()
	want := `a.rule:7:11: a value is missing here
a.rule:10:5: what is verified stands outside the list: 核对 逐项 贷款 作 …
a.rule:13:15: expected a name, not "一笔一项"
a.rule:14:12: expected 作、唯一, not "一笔一项"
a.rule:15:14: expected a text in quotation marks, not "@3"
a.rule:16:19: "@3" is not expected here
a.rule:21:1: an example whose facts are refused (不符) comes to nothing`
	if diff := cmp.Diff(want, list.In(gov.EN)); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
	in := f.Inputs[0]
	if len(in.Fields) != 4 || len(in.Verifies) != 3 || len(in.Verifies[2].Key) != 2 || in.Verifies[1].List.Text != "贷款" || in.Verifies[1].Var.Text != "贷" || in.Verifies[0].Text != "甲多" || len(f.Examples[0].Refuse) != 1 {
		t.Errorf("%d facts, %d checks, %+v", len(in.Fields), len(in.Verifies), in.Verifies)
	}
	english := "document a \"b\"\n  force 2016-11-01\ninput firm\n  x :list\n    y :money\n  verify each x as e :e.y<=5元   \"too much\"\n"
	got, err := Format("a.rule", []byte(english))
	if err != nil || !strings.Contains(string(got), "\n  verify each x as e: e.y <= 5元 \"too much\"\n") {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	src := "文件  16号 \"样政发〔2016〕16号\"\n   施行 2016-11-01   # 自公布次月\n\n\n# 配套\n支持 甲 @3\n\t性质:配套\n"
	src = strings.Replace(src, "性质:", "性质 ", 1) + "\t分档 年收入\n\t\t>=10亿元 < 100亿元 且 a>b: 50万元 @4/1\n\t\t其余:无\n# 完\n"
	want := "文件 16号 “样政发〔2016〕16号”\n  施行 2016-11-01 # 自公布次月\n\n# 配套\n支持 甲 @3\n  性质 配套\n  分档 年收入\n    达到 10亿元 低于 100亿元 且 a 超过 b ：50万元 @4/1\n    其余 ：无\n\n# 完\n"
	got, err := Format("a.rule", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	again, err := Format("a.rule", sample(t))
	if err != nil || !bytes.Equal(again, sample(t)) {
		t.Errorf("the sample of the reference is not formatted (%v):\n%s", err, again)
	}
}

// Full-width digits and signs mean the same as ASCII ones, and fmt writes those.
func TestFullWidth(t *testing.T) {
	t.Parallel()
	src := "文件 １６号 “样政发〔２０１６〕１６号”\n  施行 ２０１６－１１－０１ ＠３０ ＃ 次月\n支持 甲 ＠７（１）\n  单价 ４０００元／项 × 专利，上限 ５０％ 的 收入 ＋ １．５万元\n"
	want := "文件 16号 “样政发〔２０１６〕１６号”\n  施行 2016-11-01 @30 # 次月\n支持 甲 @7(1)\n  单价 4000元/项 × 专利，上限 50% 的 收入 + 1.5万元\n"
	got, err := Format("a.rule", []byte(src))
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant:\n%s", err, got, want)
	}
}

func TestReadQuantity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		kind  LiteralKind
		value int64
		unit  string
	}{
		{"100万元", MoneyLiteral, 100_000_000, ""},
		{"1:0.5", RatioLiteral, 50_000_000, ""},
		{"12.5%", RatioLiteral, 12_500_000, ""},
		{"10亿次", CountLiteral, 1_000_000_000, "次"},
		{"50万册", CountLiteral, 500_000, "册"},
		{"4000元/项", RateLiteral, 400_000, ""},
		{"5年", CountLiteral, 5, "年"},
		{"１２．５％", RatioLiteral, 12_500_000, ""},
		{"５万元", MoneyLiteral, 5_000_000, ""},
	} {
		l, wrong := ReadQuantity(c.text)
		if !wrong.IsZero() || l.Kind != c.kind || l.Value != c.value || l.Unit != c.unit {
			t.Errorf("%s: %+v %s", c.text, l, wrong.EN)
		}
	}
	for _, bad := range []string{"1:3.3333333333", "0.0000001%", "0.001元", "99999999999999亿元"} {
		if _, wrong := ReadQuantity(bad); wrong.IsZero() {
			t.Errorf("%s was read", bad)
		}
	}
}

// FuzzParse holds that no file makes the reader panic, and that a formatted
// file is formatted the same again and means the same to the parser.
func FuzzParse(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte("document x \"y\"\n  force 2016-11-01\nbenefit a for b @7(1)2\n  sum\n    unit 4元/项 * c, cap 5 at 3% per x.k ever 3年, when d >= 1:0.5\n"))
	f.Add([]byte("document x \"y\"\n  force 2016-11-01\ninput firm\n  loans : list\n    bank : text\n    sum : money\n  verify each loans unique bank,sum \"once\"\n  verify each loans as l : l.sum > 0元 \"some\"\n"))
	f.Add([]byte("文件 a “b“c”d”\n  （\n)、@18号:14）\n"))
	f.Add([]byte("文件 １６号 “甲”\n  施行 ２０１６－１１－０１ ＠３０ ＃ 次月\n支持 甲 ＠７（１）\n  单价 ４０００元／项 × 专利，上限 ５０％ 的 收入\n"))
	if data, err := os.ReadFile("../check/testdata/mistakes.txt"); err != nil {
		f.Fatal(err)
	} else {
		for chunk := range bytes.SplitSeq(data, []byte("---\n")) {
			f.Add(append([]byte("文件 甲 “甲号”\n  施行 2016-11-01 @1\n"), chunk...))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var list problems.List
		Parse("f.rule", data, &list)
		once, err := Format("f.rule", data)
		if err != nil {
			return
		}
		twice, err := Format("f.rule", once)
		if err != nil {
			t.Fatalf("formatting broke the file: %v\n%s", err, once)
		}
		if !bytes.Equal(once, twice) {
			t.Fatalf("not the same again:\n%q\n%q", once, twice)
		}
		var before, after problems.List
		Parse("f.rule", data, &before)
		Parse("f.rule", once, &after)
		if len(before) != len(after) {
			t.Fatalf("formatting changed what is wrong:\n%s\n--\n%s\n--\n%s", before, after, once)
		}
	})
}
