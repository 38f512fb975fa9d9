package check

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// compile compiles texts of files; those that begin with 文件, 续 or 修订 are
// files of their own, anything else goes on with the file before.
func compile(t *testing.T, when When, texts ...string) (*ir.Program, problems.List, error) {
	t.Helper()
	var list problems.List
	var files []*syntax.File
	for i, text := range texts {
		files = append(files, syntax.Parse(fmt.Sprintf("%c.rule", 'a'+i), []byte(text), &list))
	}
	if err := list.Err(); err != nil {
		t.Fatalf("%s\n%s", list.In(gov.EN), strings.Join(texts, "\n--\n"))
	}
	return Compile(files, when)
}

// Each chunk of mistakes.txt is statements after the head; a line that ends in
// ### is to be reported with that text, and nothing is wrong with the others.
func TestMistakes(t *testing.T) {
	t.Parallel()
	head := read(t, "testdata/head.rule")
	for i, chunk := range strings.Split(read(t, "testdata/mistakes.txt"), "---\n") {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			t.Parallel()
			texts := []string{head}
			want, file, line := "", 0, strings.Count(head, "\n")
			for row := range strings.Lines(chunk) {
				if strings.HasPrefix(row, "文件") || strings.HasPrefix(row, "续") {
					texts, file, line = append(texts, ""), file+1, 0
				}
				texts[file] += row
				line++
				if _, text, ok := strings.Cut(row, "### "); ok {
					want = fmt.Sprintf("%c.rule:%d:%s", 'a'+file, line, strings.TrimSpace(text))
				}
			}
			_, _, err := compile(t, When{}, texts...)
			list, _ := err.(problems.List)
			if len(list) == 0 {
				t.Fatalf("nothing was wrong, want %s", want)
			}
			for _, e := range list {
				got := fmt.Sprintf("%s:%d:%s", e.Pos.File, e.Pos.Line, e.Text.EN)
				if !strings.HasPrefix(got, want) {
					t.Errorf("got %s\nwant %s", got, want)
				}
			}
		})
	}
}

// A mistake in one line of a benefit hides no mistake in another.
func TestAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, _, err := compile(t, When{}, read(t, "testdata/head.rule")+`支持 丙 @2
  性质 甲类
  条件 认定 属于 （认定企业，其它）
  条件 专利 达到 3人
  合计
    按 收入 的 5项
    定额 收入 × 收入
    逐项 项目 作 项
      按 项.金钱 的 5%
  上限 收人 的 5%，当 专利 是 认定
`)
	list, _ := err.(problems.List)
	var got []int
	for _, e := range list {
		got = append(got, e.Pos.Line-20)
	}
	if diff := cmp.Diff([]int{1, 2, 4, 5, 7, 8, 8}, got); diff != "" {
		t.Errorf("lines with mistakes (-want +got):\n%s\n%s", diff, list.In(gov.EN))
	}
}

// What is verified stands beside what is computed: the nodes, numbers and edges of the
// program are the same without it, and a fact that is only verified is still unused.
func TestVerified(t *testing.T) {
	t.Parallel()
	head := read(t, "testdata/head.rule")
	with := head + `  核对 研发 不超过 收入 的 50% + 1元 “研发不会更多”
  核对 逐项 项目 作 项 ：项.金额 不超过 10亿元 且 项.金额 不超过 收入 “项目不会更多”
  核对 总和（项目 作 项 ：项.金额） 不超过 上年 收入 “合计不会更多”
  核对 逐项 项目 唯一 来源，金额 “一个来源一项”
`
	plain, _, err := compile(t, When{}, head+programme)
	if err != nil {
		t.Fatal(err)
	}
	p, warnings, err := compile(t, When{}, with+programme)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{plain.Nodes, len(plain.Consts), plain.Edges, plain.Loops, plain.Slots}, []any{p.Nodes, len(p.Consts), p.Edges, p.Loops, p.Slots}); diff != "" || plain.Checks != nil {
		t.Errorf("the program is another one with checks (-without +with):\n%s", diff)
	}
	if !strings.Contains(warnings.In(gov.EN), `no rule uses "研发"`) {
		t.Errorf("a fact that is only verified counts as used: %s", warnings.In(gov.EN))
	}
	var got []string
	for _, k := range p.Checks.All {
		names := []string{k.Text}
		for _, r := range k.Reads {
			names = append(names, fmt.Sprint(p.Fields[r.Field].Name, -r.Back))
		}
		got = append(got, strings.Join(names, " "))
	}
	want := []string{"研发不会更多 研发0 收入0", "项目不会更多 金额0 收入0", "合计不会更多 项目0 收入-1", "一个来源一项 来源0 金额0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
}

const programme = `支持 丙 @2
  性质 甲类
  按 收入 的 5% @2
  上限 100万元 “单项” @2/1
`

// An amendment holds from its day, if it was known; both clocks.
func TestAmendments(t *testing.T) {
	t.Parallel()
	head := read(t, "testdata/head.rule") + programme
	amend := "修订 甲 自 2018-01-01 “乙号”\n  公布 2017-12-20\n  @2/1 100万元 改为 80万元\n"
	day := func(s string) gov.Date {
		d, err := gov.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		on, known, want string
	}{
		{"2017-12-31", "", "100万元"},
		{"2018-01-01", "", "80万元"},
		{"2018-06-01", "2017-12-19", "100万元"}, // as it was seen before the amendment
		{"", "", "80万元"},
	} {
		p, _, err := compile(t, When{day(c.on), day(c.known)}, head, amend)
		if err != nil {
			t.Errorf("%s, %s: %v", c.on, c.known, err)
			continue
		}
		if got := p.Consts[len(p.Consts)-1].Text; got != c.want {
			t.Errorf("on %s, as known on %q: %s, want %s", c.on, c.known, got, c.want)
		}
	}
	for text, want := range map[string]string{
		strings.Replace(amend, "100万元", "90万元", 1): `"90万元" is not found in @2/1`,
		strings.Replace(amend, "@2/1", "@3", 1):    `is not found in @3`,
	} {
		if _, _, err := compile(t, When{}, head, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, on := range []string{"2016-10-31", "2021-11-01"} {
		if _, _, err := compile(t, When{On: day(on)}, head); err == nil || !strings.Contains(err.Error(), "which "+on+" is not within") {
			t.Errorf("on %s: %v", on, err)
		}
	}
	if _, _, err := compile(t, When{Known: day("2016-10-10")}, head); err == nil {
		t.Error("a document was known before it was published")
	}
}

// Articles nobody accounts for, facts nobody uses.
func TestAccounts(t *testing.T) {
	t.Parallel()
	head := strings.Replace(read(t, "testdata/head.rule"), "  有效", "  共 4条\n  有效", 1) + programme
	_, _, err := compile(t, When{}, head)
	if err == nil || !strings.Contains(err.Error(), "article 3 is not accounted for") || !strings.Contains(err.Error(), "article 4 is") || strings.Contains(err.Error(), "article 2") {
		t.Errorf("got %v", err)
	}
	p, warnings, err := compile(t, When{}, head+"不计算 @3，@4 因 “附则”\n")
	if err != nil || len(p.Benefits) != 1 {
		t.Fatal(err)
	}
	if !strings.Contains(warnings.In(gov.EN), `no rule uses "专利"`) || strings.Contains(warnings.In(gov.EN), `no rule uses "收入"`) {
		t.Errorf("warnings: %s", warnings.In(gov.EN))
	}
}

// A definition may be called as a choice is; one nobody uses is a warning.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	head := read(t, "testdata/head.rule") + programme
	p, warnings, err := compile(t, When{}, head+"定义 认定企业 是 认定 是 认定企业 @2\n支持 丁 @2\n  性质 乙类\n  条件 认定企业\n  定额 1万元\n定义 多余 是 收入 达到 1万元 @2\n")
	if err != nil || len(p.Benefits) != 2 {
		t.Fatal(err)
	}
	if got := warnings.In(gov.EN); !strings.Contains(got, `no rule uses the definition "多余"`) || strings.Contains(got, `definition "认定企业"`) {
		t.Errorf("warnings: %s", got)
	}
}

// FuzzCompile holds that no file the parser accepts makes the compiler panic, and
// that what it accepts can be computed with.
func FuzzCompile(f *testing.F) {
	data, err := os.ReadFile("testdata/head.rule")
	if err != nil {
		f.Fatal(err)
	}
	head := string(data)
	mistakes, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		f.Fatal(err)
	}
	for chunk := range strings.SplitSeq(string(mistakes), "---\n") {
		f.Add(chunk)
	}
	f.Add(programme)
	f.Add("支持\n 定额 总和（项目") // a function that ends before its arguments
	f.Add("支持\n 定额 限额（1 元）")
	f.Fuzz(func(t *testing.T, text string) {
		var list problems.List
		file := syntax.Parse("f.rule", []byte(head+text), &list)
		p, _, err := Compile([]*syntax.File{file}, When{})
		if err != nil {
			return
		}
		for i := range p.Nodes {
			for _, o := range []int32{p.Nodes[i].A, p.Nodes[i].B, p.Nodes[i].C} {
				if p.Nodes[i].Op != ir.Field && p.Nodes[i].Op != ir.Linear && o >= int32(len(p.Nodes)) {
					t.Fatalf("node %d reads node %d of %d", i, o, len(p.Nodes))
				}
			}
		}
	})
}
