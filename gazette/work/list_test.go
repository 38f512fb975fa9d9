package work

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette/due"
)

// The items count on across headings, text holds sub-items and words that look
// like labels, and two items name their units under another label.
func TestTaskList(t *testing.T) {
	t.Parallel()
	d := readPage(t, `
		童话区重点工作分工方案¶
		一、看得见的¶
		（一）天上的¶
		1.给云朵排队。¶
		牵头领导：甲某某、乙某¶
		主责单位：区科技委、区水务局（区治水办）、各街
		道¶
		2. 数清星星，明确牵头单位
		和数法，到 2020 年数完。¶
		（1）东边的星星；¶
		（2）西边的星星。¶
		牵头领导： 有关区领导¶
		»牵头单位：区教育局、区规划局(区名城保护办)¶
		（二）地上的¶
		3.每周评论月光，写成 12
		条短评。¶
		牵头领导：丙某¶
		主责单位：区档案馆¶
		二、看不见的¶
		4.安静。¶
		牵头领导：丙某¶
		主责单位：区民生局¶
		这一段不属于任何任务。¶`)
	equal(t, showTasks(d.Tasks),
		"1|给云朵排队。|区科技委 区水务局 各街道|||",
		"2|数清星星，明确牵头单位和数法，到2020年数完。\n（1）东边的星星；\n（2）西边的星星。|区教育局 区规划局|||",
		"3|每周评论月光，写成12条短评。|区档案馆|||",
		"4|安静。|区民生局|||")
	sections, leaders := "", ""
	for _, x := range d.Tasks {
		sections += x.Section + " "
		for _, l := range x.Leaders {
			leaders += l.Name + " "
		}
		if len(x.Recurrence) > 0 {
			t.Errorf("item %s recurs: %v", x.No, x.Recurrence)
		}
	}
	equal(t, []string{sections, leaders}, "（一）天上的 （一）天上的 （二）地上的 二、看不见的 ", "甲某某 乙某 有关区领导 丙某 丙某 ")
	if raw := d.Tasks[1].Lead[1].Raw; raw != "区规划局(区名城保护办)" {
		t.Errorf("the co-name is printed as %q", raw)
	}
	if got := d.Tasks[3].Lines; got[1] >= 50 {
		t.Errorf("the last item ends on line %d, with the paragraph that is no part of it", got[1])
	}
}

func TestDutyList(t *testing.T) {
	t.Parallel()
	d := readPage(t, `
		童话区公开要点¶
		一、要公开的¶
		（一）扩大参与，回应好奇¶
		1.公开影子的尺寸。至少每周更新一次。¶
		牵头落实单位：区质检
		局公开主责部门：区质检局、各街道¶
		公开位置：广场的墙、树荫¶
		公开时限：2019 年 10 月 1 日前完成并持续落实¶
		2.公开钟声的高低。由区教育局负责记谱。¶
		牵头落实单位：区教育局¶
		公开位置：钟楼¶
		区档案馆负责收藏旧谱。¶
		牵头落实单位：区档案馆，各街道¶
		公开位置：钟楼、
		书架¶
		公开时限：2019 年 10 月底前完成¶
		二、可以公开的¶
		3.公开糖果（含软糖）的配方。（区商贸委、区质检局负责落实）¶
		4.公开喷泉的曲目(区水务局牵头落实) 。 每月前 3个工作日公开听众
		的掌声。(区旅游局负责落实)¶
		5.公开彩虹的颜色。（区科技委牵头，区环卫局、区水务局等有关部门负责落实）¶
		6.公开风的方向。（区科技委、区环卫局）¶
		7.公开梦。¶`)
	equal(t, showTasks(d.Tasks),
		"1|公开影子的尺寸。至少每周更新一次。|区质检局||区质检局 各街道|..2019-10-01",
		"2|公开钟声的高低。由区教育局负责记谱。\n区档案馆负责收藏旧谱。|区教育局 区档案馆 各街道|||..2019-10-31",
		"3|公开糖果（含软糖）的配方。（区商贸委、区质检局负责落实）|||区商贸委 区质检局|",
		"4|公开喷泉的曲目(区水务局牵头落实)。每月前3个工作日公开听众的掌声。(区旅游局负责落实)|区水务局||区旅游局|",
		"5|公开彩虹的颜色。（区科技委牵头，区环卫局、区水务局等有关部门负责落实）|区科技委||区环卫局 区水务局 有关部门？|",
		"6|公开风的方向。（区科技委、区环卫局）|||区科技委 区环卫局|",
		"7|公开梦。||||")
	one, two, four := d.Tasks[0], d.Tasks[1], d.Tasks[3]
	if diff := cmp.Diff([]string{"广场的墙", "树荫"}, one.Locations); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]due.Recurrence{{Every: "week", Text: "每周更新"}, {Every: "continuous", Text: "持续落实"}}, one.Recurrence); diff != "" {
		t.Error(diff)
	}
	if one.Section != "（一）扩大参与，回应好奇" || d.Tasks[2].Section != "二、可以公开的" {
		t.Errorf("sections %q, %q", one.Section, d.Tasks[2].Section)
	}
	// Item 2 has two chains of responsibility and one deadline.
	if len(two.Parts) != 2 || show(two.Parts[0].Lead) != "区教育局" || show(two.Parts[1].Lead) != "区档案馆 各街道" || len(two.Parts[1].Locations) != 2 {
		t.Errorf("parts of item 2: %+v", two.Parts)
	}
	if len(two.Locations) != 2 {
		t.Errorf("places of item 2: %v, want each once", two.Locations)
	}
	if len(four.Parts) != 2 || !strings.HasSuffix(four.Parts[0].Text, "牵头落实)。") || show(four.Parts[1].Units) != "区旅游局" {
		t.Errorf("parts of item 4: %+v", four.Parts)
	}
	if len(four.Recurrence) != 1 || four.Recurrence[0].Within != 3 {
		t.Errorf("item 4 recurs %v", four.Recurrence)
	}
	if one.Parts != nil {
		t.Errorf("item 1 has parts %v", one.Parts)
	}
}

// An attachment with a title that says so holds tasks, although they name
// nobody; the same numbers elsewhere are headings.
func TestTitledList(t *testing.T) {
	t.Parallel()
	const text = `
		一、前面的标题¶
		二、不是任务¶
		三、也不是¶
		»附件¶
		童话区“十三五”时期¶
		%s¶
		一、唤醒钟楼，让它
		按时报时。¶
		二、给巷子起名；¶
		名字不得重复。¶
		»三、修补彩虹。¶`
	d := readPage(t, strings.Replace(text, "%s", "重点任务", 1))
	equal(t, showTasks(d.Tasks), "一|唤醒钟楼，让它按时报时。||||", "二|给巷子起名；\n名字不得重复。||||", "三|修补彩虹。||||")
	if d.Tasks[0].Section != "童话区“十三五”时期重点任务" {
		t.Errorf("section %q", d.Tasks[0].Section)
	}
	if d := readPage(t, strings.Replace(text, "%s", "名词解释", 1)); len(d.Tasks) > 0 {
		t.Errorf("a glossary gives tasks: %v", showTasks(d.Tasks))
	}
}

// Numbered text that names nobody is no list of tasks, and numbers that start
// over under every heading are no list either.
func TestNumberedTextIsNoTaskList(t *testing.T) {
	t.Parallel()
	d := readPage(t, `
		一、原则¶
		1.先吃糖。主责单位：不写在段首，不算。¶
		2.再睡觉。¶
		3.不许打呼噜（试行）。¶
		二、要求¶
		1.第一条。¶
		主责单位：区教育局¶
		2.第二条。¶
		三、附则¶
		1.从明天起。¶`)
	if len(d.Tasks) > 0 {
		t.Errorf("tasks: %v", showTasks(d.Tasks))
	}
}
