package work

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
)

// page makes raw lines as a PDF gives them: every line followed by an empty
// one. ¶ at the end of a line is the blank that marks the end of a cell or
// paragraph, » at its beginning the blank after a page break, ∅ alone a line of
// blanks, which is an empty cell; ^ keeps the line close under the one before.
func page(t *testing.T, marked string) []paper.Line {
	t.Helper()
	var raw []string
	for _, l := range strings.Split(strings.TrimSpace(marked), "\n") {
		l = strings.TrimSpace(l)
		turned, tight := strings.HasPrefix(l, "»"), strings.HasPrefix(l, "^")
		if n := len(raw); n > 0 && raw[n-1] == "" && (turned || tight) {
			raw = raw[:n-1]
		}
		l = strings.TrimPrefix(strings.TrimPrefix(l, "»"), "^")
		l = strings.Replace(strings.Replace(l, "¶", " ", 1), "∅", " ", 1)
		if turned {
			l = " " + l
		}
		raw = append(raw, l, "")
	}
	ls, _ := paper.Clean(raw)
	return ls
}

func readPage(t *testing.T, marked string) *found {
	t.Helper()
	d := inventedReader().Read(page(t, marked), "东政发〔2019〕1号", 2019)
	for _, c := range d.Checks {
		if c.Lost != "" || c.Invented != "" || c.Printed == 0 {
			t.Errorf("%s: %d characters, lost %q, invented %q", c.Table, c.Printed, c.Lost, c.Invented)
		}
	}
	return d
}

// show writes the rows of a document in a form that tests can state.
func show(refs []roster.UnitRef) string {
	var out []string
	for _, u := range refs {
		s := u.Name
		if u.Scope != "" {
			s += "：" + u.Scope
		}
		if u.Unresolved {
			s += "？"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func showTasks(tasks []Task) []string {
	var out []string
	for _, x := range tasks {
		due := ""
		if x.Due != nil {
			due = x.Due.Start.String() + ".." + x.Due.End.String()
		}
		out = append(out, strings.Join([]string{x.No, x.Text, show(x.Lead), show(x.Support), show(x.Units), due}, "|"))
	}
	return out
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTaskTable(t *testing.T) {
	t.Parallel()
	d := readPage(t, `
		任务分工表¶
		序
		号¶
		^工作任务 牵头单位 配合单位¶
		1¶
		给会飞的单车发放号牌，并
		登记它们的主人¶
		区规划局¶
		区财税局、区水务
		局、各街道办事处
		2¶
		把月光收进瓶子¶
		区档案馆¶
		区财税局
		区卫健委、区民
		生局¶
		3 给影子量身高 区卫健委 区财税局、区教育
		»序
		号¶
		^工作任务 牵头单位 配合单位¶
		，按季公布结果¶
		局、各街道办事
		处等¶
		4 教鹦鹉背诵地址 区教育局¶
		^区助残会、区财税、
		各街道办事处¶
		5¶
		请钟楼报时¶
		区城市建设和
		管理委¶
		区旅游局¶`)
	equal(t, showTasks(d.Tasks),
		"1|给会飞的单车发放号牌，并登记它们的主人|区规划局|区财税局 区水务局 各街道||",
		"2|把月光收进瓶子|区档案馆|区财税局 区卫健委 区民生局||",
		"3|给影子量身高，按季公布结果|区卫健委|区财税局 区教育局 各街道||",
		"4|教鹦鹉背诵地址|区教育局|区助残会 区财税局 各街道||",
		"5|请钟楼报时|区城市建设和管理委|区旅游局||")
	if d.Tasks[2].Lines[0] >= d.Tasks[2].Lines[1] || d.Tasks[0].Section != "任务分工表" {
		t.Errorf("task 3 stands on lines %v, section %q", d.Tasks[2].Lines, d.Tasks[0].Section)
	}
}

// The text of row 2 goes on after the page break and begins with a 1; that is
// no new row. Row 3 shares the units of row 2.
func TestTaskTableDue(t *testing.T) {
	t.Parallel()
	d := readPage(t, `
		序号 工作任务 责任单位 完成时间¶
		一、准备¶
		1 种下第一棵云 区水务局及各街道 2019 年全年¶
		2¶
		给每条巷子起一个绰号，并且报送
		区财税局、区教育局、区民生局、区档案馆¶
		2019 年 6 月
		中下旬¶
		»序号 工作任务 责任单位 完成时间¶
		1 至 2 名绰号的来历¶
		二、收尾¶
		3 把绰号绣在旗子上¶
		2019 年 6 月
		至 10 月底¶
		4 数一数旗子 区商贸委 2019 年 11 月`)
	equal(t, showTasks(d.Tasks),
		"1|种下第一棵云|||区水务局 各街道|2019-01-01..2019-12-31",
		"2|给每条巷子起一个绰号，并且报送1至2名绰号的来历|||区财税局 区教育局 区民生局 区档案馆|2019-06-11..2019-06-30",
		"3|把绰号绣在旗子上|||区财税局 区教育局 区民生局 区档案馆|2019-06-01..2019-10-31",
		"4|数一数旗子|||区商贸委|2019-11-01..2019-11-30")
	equal(t, []string{d.Tasks[0].Section, d.Tasks[1].Section, d.Tasks[2].Section, d.Tasks[3].Section}, "一、准备", "一、准备", "二、收尾", "二、收尾")
}

func TestTaskTableWithSubtasks(t *testing.T) {
	t.Parallel()
	d := readPage(t, `
		一、看得见的¶
		项目 工作描述 工作分解 牵头部门 配合部门¶
		1¶
		^照看喷泉¶
		1.每天清晨叫醒喷泉，让它按乐谱喷水，不许
		跑调，也不许偷懒。
		区水务局（水
		域）¶
		区教育局（乐谱）
		区旅游局（游人）
		∅
		2.给喷泉戴上冬帽； 区环卫局¶
		^各街道办事
		处¶
		3.替喷泉写日记，年底装订成册，交给
		档案馆收藏；¶
		4.请喷泉讲故事。¶
		^区档案馆¶
		»一、看得见的¶
		项目 工作描述 工作分解 牵头部门 配合部门¶
		2 修补彩虹¶
		寻找缺少的颜色，列出清单。
		区科技委、区
		质检局¶
		区商贸委¶
		按清单调配颜料。 区商贸委¶
		^区科技委、区
		质检局¶`)
	equal(t, showTasks(d.Tasks),
		"1|照看喷泉||||",
		"1.1|每天清晨叫醒喷泉，让它按乐谱喷水，不许跑调，也不许偷懒。|区水务局：水域 区教育局：乐谱 区旅游局：游人|||",
		"1.2|给喷泉戴上冬帽；|区环卫局|各街道||",
		"1.3|替喷泉写日记，年底装订成册，交给档案馆收藏；|区环卫局|各街道||", // a merged cell
		"1.4|请喷泉讲故事。|区档案馆|||",
		"2|修补彩虹||||",
		"2.1|寻找缺少的颜色，列出清单。|区科技委 区质检局|区商贸委||",
		"2.2|按清单调配颜料。|区商贸委|区科技委 区质检局||")
	if len(d.Notes) != 1 || d.Notes[0].Kind != "layout" || !strings.Contains(d.Notes[0].Text.ZH, "1.3") {
		t.Errorf("notes %v, want the merged cell of 1.3", d.Notes)
	}
}

// A second table with the same head counts from 1 again; it is not a page of
// the first.
func TestTablesThatShareAHead(t *testing.T) {
	t.Parallel()
	d := readPage(t, `
		序号 工作任务 牵头单位¶
		1 擦亮路灯 区环卫局¶
		2 点名星星 区科技委¶
		附件 2¶
		另一张表¶
		序号 工作任务 牵头单位¶
		1 晾晒旧信 区档案馆¶
		2 校对钟声 区质检局¶
		3 收集脚步 区旅游局¶`)
	equal(t, showTasks(d.Tasks), "1|擦亮路灯|区环卫局|||", "2|点名星星|区科技委|||",
		"1|晾晒旧信|区档案馆|||", "2|校对钟声|区质检局|||", "3|收集脚步|区旅游局|||")
	if s := d.Tasks[2].Section; s != "另一张表" {
		t.Errorf("the second table is called %q", s)
	}
}

func TestIndicatorTable(t *testing.T) {
	t.Parallel()
	d := readPage(t, `
		表 1. 童话区指标¶
		目标¶
		序
		号¶
		^指标 单位 现状值¶
		2027 年¶
		规划值¶
		^指标定义 责任单位 指标对比¶
		安静¶
		1¶
		^打呼噜的路灯比
		例¶
		^% 12.5（2018） ≤5¶
		夜间发出呼噜声的路灯占全部路灯的百
		分数。¶
		^区环卫局 邻区 20%¶
		2¶
		^会唱歌的井盖数
		量¶
		^个¶
		30¶
		（2018）¶
		^≥60¶
		能唱完整首歌的井盖，跑调的不算在里
		面。¶
		区水务局¶
		区教育局¶
		全国 200 个¶
		甜
		»蜜 3¶
		^棉花糖云覆盖率¶
		^% / 100¶
		云朵中棉花糖所占的面积之比，阴天除外
		。¶
		^/ /¶
		»这一段说的是别的事情，它不在表里，写得很长很长，一直写到行尾才换行，
		然后再写一行，也到行尾，这样就看得出来它是正文而不是表格里的一个格子。¶`)
	var got []string
	for _, x := range d.Indicators {
		got = append(got, strings.Join([]string{x.No, x.Goal, x.Name, x.Unit, x.Baseline, x.Target, x.Definition, show(x.Units), x.Comparison}, "|"))
	}
	equal(t, got,
		"1|安静|打呼噜的路灯比例|%|12.5（2018）|≤5|夜间发出呼噜声的路灯占全部路灯的百分数。|区环卫局|邻区20%",
		"2|安静|会唱歌的井盖数量|个|30（2018）|≥60|能唱完整首歌的井盖，跑调的不算在里面。|区水务局 区教育局|全国200个",
		"3|甜蜜|棉花糖云覆盖率|%|/|100|云朵中棉花糖所占的面积之比，阴天除外。||/")
}

func TestProjectTable(t *testing.T) {
	t.Parallel()
	d := readPage(t, `
		序号 类别 所属街道 项目名称 建设地点 建设规模 总投资 启动时间 预计进度 项目来源¶
		（一）奇想工程¶
		1¶
		奇
		^想¶
		东湖
		街道¶
		会 走
		路 的
		长椅¶
		东湖北岸、柳
		荫道旁¶
		制作长椅 40 把，每把能走 3公里 3500¶
		2019
		年启
		动¶
		2020
		年 完
		成¶
		《童话区“十
		三五”规划》¶
		2¶
		东湖、
		西桥
		街道¶
		纸 船
		码头¶
		/ 20 个泊位 待测算¶
		2020
		年启
		动¶
		/ 同上¶
		3¶
		西桥
		街道¶
		西桥下面 10 个泊位 800.5
		2020
		年启
		动¶
		2021 同上及居民建议¶
		（二）其他工程¶
		4¶
		其
		^他¶
		各街
		道¶
		路 灯
		讲 故
		事¶
		全区范围内¶
		^录制故事 365 个¶
		/¶
		2019
		年启
		动¶
		2019
		年 完
		成¶
		同上¶
		2020
		年启
		动¶
		2020
		年 完
		成¶
		规划提出¶
		5¶
		东湖
		街道¶
		钟 楼
		报时¶
		/ 每天报时 24 次 120¶
		2019
		年启
		动¶
		/ 同上¶`)
	var got []string
	for _, p := range d.Projects {
		got = append(got, strings.Join([]string{p.No, p.Category, p.Type, strings.Join(p.Streets, " "), p.Name, p.Place, p.Scale, p.Investment, p.Start, p.Expected, p.Source, p.SourceRaw}, "|"))
	}
	const plan = "《童话区“十三五”规划》"
	equal(t, got,
		"1|奇想工程|奇想|东湖街道|会走路的长椅|东湖北岸、柳荫道旁|制作长椅40把，每把能走3公里|3500|2019年启动|2020年完成|"+plan+"|",
		"2|奇想工程|奇想|东湖街道 西桥街道|纸船码头|/|20个泊位|待测算|2020年启动|/|"+plan+"|同上",
		"3|奇想工程|奇想|西桥街道|纸船码头|西桥下面|10个泊位|800.5|2020年启动|2021|"+plan+"及居民建议|同上及居民建议",
		"4|其他工程|其他|各街道|路灯讲故事|全区范围内|录制故事365个|/|2019年启动；2020年启动|2019年完成；2020年完成|"+plan+"及居民建议；规划提出|同上；规划提出",
		"5|其他工程|其他|东湖街道|钟楼报时|/|每天报时24次|120|2019年启动|/|"+plan+"及居民建议；规划提出|同上")
}

// Nothing the text may hold makes the reader fail or lose characters unnoticed.
func FuzzReadTables(f *testing.F) {
	f.Add("序号 工作任务 牵头单位 \n\n1 擦亮路灯 区环卫局 \n\n2 点名 区科技委 ")
	f.Add("项目 工作描述 工作分解 牵头部门 配合部门 \n1 甲 \n1.乙 区环卫局 \n2.丙 \n 项目 工作描述 工作分解 牵头部门 配合部门 \n2 丁 戊 区水务局 ")
	f.Add("1.甲。 \n主责单位：区环卫局 \n2.乙（区水务局负责落实） \n3.丙 \n公开时限：2019年底 ")
	f.Add("附件 \n重点任务 \n一、甲 \n二、乙 \n三、丙 ")
	r := inventedReader()
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4000 {
			return
		}
		ls, _ := paper.Clean(strings.Split(strings.ToValidUTF8(s, "?"), "\n"))
		for _, c := range r.Read(ls, "", 2019).Checks {
			if c.Invented != "" {
				t.Errorf("%s invented %q", c.Table, c.Invented)
			}
		}
	})
}
