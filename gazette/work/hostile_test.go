package work

import (
	"strings"
	"testing"

	"quanxiang/gazette/paper"
)

// Files made to take long invent nothing, and end: work with the square of their
// size would meet the limit of the test run.
func TestHostileTables(t *testing.T) {
	t.Parallel()
	head := "序号 工作任务 牵头单位 \n\n"
	for name, text := range map[string]string{
		"heads without rows":         strings.Repeat(head, 20000),
		"heads and stray numbers":    strings.Repeat(head+"5 \n\n7 \n\n", 10000),
		"a row without end":          head + "1 \n\n" + strings.Repeat("7 年 ", 100000),
		"rows of many words":         head + strings.Repeat("1 甲 \n\n"+head, 2000),
		"units without separator":    head + "1 甲 " + strings.Repeat("区财税局", 50000) + " \n\n2 乙 区教育局 ",
		"conjunctions":               head + "1 甲 " + strings.Repeat("和", 200000) + " \n\n2 乙 区教育局 ",
		"brackets":                   "1.甲（" + strings.Repeat("区财税局，", 50000) + "） \n\n2.乙 \n\n3.丙 ",
		"labels":                     "1.甲 \n\n主责单位：" + strings.Repeat("主责单位", 30000) + " \n\n2.乙 \n\n3.丙 ",
		"first items of many lists":  strings.Repeat("1.甲 \n\n", 30000),
		"attachments without titles": strings.Repeat("附件 \n\n重点任务 \n\n一、甲 \n\n", 10000),
		"dates":                      "1.甲 \n\n公开时限：" + strings.Repeat("2016", 50000) + " \n\n2.乙 \n\n3.丙 ",
	} {
		ls, _ := paper.Clean(strings.Split(text, "\n"))
		for _, c := range inventedReader().Read(ls, "", 2019).Checks {
			if c.Invented != "" {
				t.Errorf("%s: invented %.40q", name, c.Invented)
			}
		}
	}
}
