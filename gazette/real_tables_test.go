package gazette_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette"
)

// What a person counts in the gazette of 2016 with a finger.
func TestRealCounts(t *testing.T) {
	t.Parallel()
	g := readReal(t)
	got := map[string]string{}
	for _, d := range g.Documents {
		items, subs := 0, 0
		for _, x := range d.Tasks {
			if strings.Contains(x.No, ".") {
				subs++
			} else {
				items++
			}
		}
		if n := items + subs + len(d.Indicators) + len(d.Projects); n > 0 {
			got[d.Number] = fmt.Sprintf("%d/%d tasks %d indicators %d projects", items, subs, len(d.Indicators), len(d.Projects))
		}
	}
	want := map[string]string{
		"西政发〔2016〕8号":   "50/0 tasks 0 indicators 0 projects",
		"西政发〔2016〕12号":  "0/0 tasks 33 indicators 71 projects",
		"西政发〔2016〕13号":  "193/0 tasks 0 indicators 0 projects",
		"西政发〔2016〕19号":  "36/0 tasks 0 indicators 0 projects",
		"西政办发〔2016〕14号": "15/55 tasks 0 indicators 0 projects",
		"西政办发〔2016〕18号": "23/0 tasks 0 indicators 0 projects",
		"西政办发〔2016〕19号": "47/0 tasks 0 indicators 0 projects",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Every table and list is balanced to the character, and the numbers of its
// rows run on.
func TestRealTablesLoseNothing(t *testing.T) {
	t.Parallel()
	g := readReal(t)
	var forms []string
	for _, c := range g.Checks {
		if c.Form == "text" {
			continue
		}
		forms = append(forms, c.Form)
		if c.Lost != "" || c.Invented != "" || c.Printed < 1000 || c.Table == "" || c.Lines[1] <= c.Lines[0] {
			t.Errorf("%s %s, lines %v: %d characters, lost %q, invented %q", c.Document, c.Table, c.Lines, c.Printed, c.Lost, c.Invented)
		}
	}
	slices.Sort(forms)
	if want := []string{"list", "list", "list", "table", "table", "table", "table", "table"}; !slices.Equal(forms, want) {
		t.Errorf("checks of %v, want %v", forms, want)
	}
	for _, d := range g.Documents {
		for _, n := range d.Notes {
			if n.Kind == "layout" && n.Text.EN == "" {
				t.Errorf("%s: note without English: %v", d.Number, n)
			}
		}
		end := 0
		for _, x := range d.Tasks {
			if x.Text == "" || x.Lines[0] < d.Lines[0] || x.Lines[1] > d.Lines[1] || !strings.Contains(x.No, ".") && x.Lines[0] <= end {
				t.Errorf("%s item %s on lines %v after %d: %.20q", d.Number, x.No, x.Lines, end, x.Text)
			}
			if x.Leaders == nil || x.Lead == nil || x.Support == nil || x.Units == nil || x.Locations == nil || x.Recurrence == nil {
				t.Errorf("%s item %s has an unknown list", d.Number, x.No)
			}
			end = x.Lines[0]
		}
	}
}

// The sample gazette of the pack was written in the same layouts by somebody
// who did not see this reader.
func TestSampleTables(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../packs/xicheng/demo/gazette.txt")
	if err != nil {
		t.Fatal(err)
	}
	g, err := gazette.Read(bytes.NewReader(b), "gazette.txt", xicheng(t).Gazette, gazette.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range g.Checks {
		if c.Lost != "" || c.Invented != "" {
			t.Errorf("%s %s: lost %q, invented %q", c.Document, c.Table, c.Lost, c.Invented)
		}
	}
	got := map[string]string{}
	for _, d := range g.Documents {
		if len(d.Tasks)+len(d.Indicators)+len(d.Projects) > 0 {
			got[d.Number] = fmt.Sprint(len(d.Tasks), len(d.Indicators), len(d.Projects))
		}
		for _, x := range d.Tasks {
			for _, u := range slices.Concat(x.Lead, x.Support, x.Units) {
				if u.Unresolved {
					t.Errorf("%s item %s: %s is no unit of the pack", d.Number, x.No, u.Name)
				}
			}
		}
	}
	want := map[string]string{"西政发〔2017〕3号": "12 0 0", "西政发〔2017〕9号": "0 8 9", "西政发〔2017〕12号": "18 0 0", "西政办发〔2017〕4号": "9 0 0", "西政办发〔2017〕7号": "19 0 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func refs(list []gazette.UnitRef) string {
	var out []string
	for _, u := range list {
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

func task(t *testing.T, d *gazette.Document, no string) gazette.Task {
	t.Helper()
	i := slices.IndexFunc(d.Tasks, func(x gazette.Task) bool { return x.No == no })
	if i < 0 {
		t.Fatalf("%s has no item %s", d.Number, no)
	}
	return d.Tasks[i]
}

// Units, lists and deadlines of rows compared with the print, among them all
// rows with a peculiarity of layout.
func TestRealTaskRows(t *testing.T) {
	t.Parallel()
	g := readReal(t)
	for _, tt := range []struct{ number, no, lead, support, units, due string }{
		{"西政发〔2016〕8号", "1", "区民政局", "区财政局 区残联 各街道", "", ""},
		{"西政发〔2016〕8号", "4", "区残联", "区财政局 区民政局 各街道", "", ""}, // no mark before the next number
		{"西政发〔2016〕8号", "5", "区发展改革委", "区民政局 区财政局 区人力社保局 区市政市容委 区残联 各街道", "", ""},
		{"西政发〔2016〕8号", "9", "区卫生计生委", "区民政局 区财政局 区残联 各街道", "", ""}, // cut by a page on its first line
		{"西政发〔2016〕8号", "13", "区财政局", "区地税局 区残联 区人力社保局 区政府法制办 区民政局 各街道", "", ""},
		{"西政发〔2016〕8号", "14", "区残联", "区委组织部 区委宣传部 区人力社保局 西城工商分局 区科信委 区财政局 区地税局 区国资委 各街道", "", ""},
		{"西政发〔2016〕8号", "16", "区残联", "区民政局 区文化委 区委宣传部 各街道", "", ""},
		{"西政发〔2016〕8号", "23", "区残联", "区委社会工委 各街道", "", ""},          // two cells on one line
		{"西政发〔2016〕8号", "30", "区残联", "区教委 区财政局 区卫生计生委 各街道", "", ""}, // separator lost
		{"西政发〔2016〕8号", "31", "区教委", "区残联 各街道", "", ""},
		{"西政发〔2016〕8号", "35", "区教委", "区残联 区财政局 各街道", "", ""}, // name clipped
		{"西政发〔2016〕8号", "36", "区文化委", "区体育局 区园林绿化局 区旅游委 区残联 区发展改革委 各街道", "", ""},
		{"西政发〔2016〕8号", "41", "区住房城市建设委", "区残联 各街道", "", ""},
		{"西政发〔2016〕8号", "44", "区残联", "团区委 区委社会工委 区民政局 各街道", "", ""},
		{"西政发〔2016〕8号", "49", "区委宣传部", "区残联 区科信委 各街道", "", ""},
		{"西政发〔2016〕8号", "50", "区残工委", "各残工委成员单位", "", ""},

		{"西政发〔2016〕13号", "1", "区发展改革委 西城公安分局 各街道", "", "", ""},
		{"西政发〔2016〕13号", "10", "区食药监局", "", "", ""},
		{"西政发〔2016〕13号", "27", "西城工商分局 西城国土分局 西城规划分局 区质监局 各街道", "", "", ""},
		{"西政发〔2016〕13号", "61", "区房管局 区市政市容委 区重大办 西城国土分局 西城规划分局 各街道", "", "", ""}, // list cut by a page
		{"西政发〔2016〕13号", "67", "区环境建设办", "", "", ""},
		{"西政发〔2016〕13号", "101", "区市政市容委 区环保局 区商务委 区卫生计生委 区环卫中心", "", "", ""}, // page number inside
		{"西政发〔2016〕13号", "103", "区文明办 区科信委 区环保局 区市政市容委 区旅游委 区环卫中心", "", "", ""},
		{"西政发〔2016〕13号", "106", "区文化委 大栅栏琉璃厂指挥部 天桥演艺区指挥部 什刹海阜景街指挥部 西城规划分局", "", "", ""}, // 牵头单位
		{"西政发〔2016〕13号", "107", "区文化委 区环境建设办 什刹海阜景街指挥部", "", "", ""},
		{"西政发〔2016〕13号", "108", "区环境建设办 区园林绿化局 大栅栏琉璃厂指挥部 什刹海阜景街指挥部", "", "", ""},
		{"西政发〔2016〕13号", "109", "区发展改革委 区重大办 区环境建设办 大栅栏琉璃厂指挥部 什刹海阜景街指挥部", "", "", ""},
		{"西政发〔2016〕13号", "131", "区文创办 区文化委 西城园管委会", "", "", ""},
		{"西政发〔2016〕13号", "177", "区司法局 区社会办 区教委 区科信委 区国资委 区人民检察院 区人民法院", "", "", ""},
		{"西政发〔2016〕13号", "192", "区发展改革委 区政府绩效办", "", "", ""},
		{"西政发〔2016〕13号", "193", "区发展改革委", "", "", ""},

		{"西政办发〔2016〕14号", "1.1", "西城工商分局：流通领域 区质监局：生产领域 区教委：学生校服", "", "", ""},
		{"西政办发〔2016〕14号", "1.3", "区商务委", "西城区生活服务业建设领导小组成员单位", "", ""},
		{"西政办发〔2016〕14号", "1.7", "区旅游委 区文化委 区商务委", "", "", ""},
		{"西政办发〔2016〕14号", "2.1", "区人力社保局", "区国资委 区旅游委 区科信委 区商务委 区质监局 区食药监局 区安全监管局 区教委 区民政局", "", ""},
		{"西政办发〔2016〕14号", "3.4", "区金融办", "西城园管委会", "", ""},
		{"西政办发〔2016〕14号", "4.3", "区市政市容委 区人力社保局 区行政服务中心 区民政局 区质监局 各街道", "", "", ""}, // as printed
		{"西政办发〔2016〕14号", "4.5", "区安全监管局", "区旅游委 区房管局 区住房城市建设委 区卫生计生委 区教委 各街道", "", ""},
		{"西政办发〔2016〕14号", "9.2", "西城工商分局", "区质监局 区食药监局 区商务委", "", ""},
		{"西政办发〔2016〕14号", "11.1", "区质监局 西城工商分局 区食药监局 区商务委", "区发展改革委 区国资委", "", ""},
		{"西政办发〔2016〕14号", "11.4", "区商务委", "西城区生活服务业建设领导小组成员单位", "", ""}, // merged with 11.3
		{"西政办发〔2016〕14号", "11.5", "区商务委", "西城区生活服务业建设领导小组成员单位", "", ""},
		{"西政办发〔2016〕14号", "11.6", "区文化委 区旅游委", "", "", ""},
		{"西政办发〔2016〕14号", "12.1", "西城工商分局 区食药监局 区质监局 区住房城市建设委", "区政府法制办 西城公安分局", "", ""}, // not numbered in print
		{"西政办发〔2016〕14号", "12.2", "区司法局", "西城工商分局 区食药监局 区质监局 区住房城市建设委", "", ""},
		{"西政办发〔2016〕14号", "13.1", "区质监局", "", "", ""},
		{"西政办发〔2016〕14号", "15.2", "区质监局", "质量发展纲要领导小组成员单位", "", ""},

		{"西政办发〔2016〕18号", "2", "", "", "区行政服务中心 区质监局 区各相关单位", "2016-08-01..2016-08-10"},
		{"西政办发〔2016〕18号", "3", "", "", "区政府各委、办、局 各街道", "2016-08-11..2016-08-20"}, // text goes on after the page
		{"西政办发〔2016〕18号", "4", "", "", "有专业大厅的各委办局 各街道", "2016-01-01..2016-12-31"},
		{"西政办发〔2016〕18号", "9", "", "", "区科信委 区编办 区发展改革委 区行政服务中心", "2016-01-01..2016-12-31"},
		{"西政办发〔2016〕18号", "13", "", "", "区行政服务中心 区质监局 有专业大厅的各委办局 各街道", "2016-06-01..2016-10-31"},
		{"西政办发〔2016〕18号", "20", "", "", "区行政服务中心 区人力社保局", "2016-06-11..2016-06-30"},
		{"西政办发〔2016〕18号", "23", "", "", "区行政服务中心 区质监局 区新闻中心 区各相关单位", "2016-10-01..2016-10-31"},

		{"西政办发〔2016〕19号", "1", "区编办 区政府法制办 区科信委", "", "各相关部门", "..2016-10-01"},
		{"西政办发〔2016〕19号", "2", "区政府办公室 区政府法制办", "", "文件起草部门", "..2016-10-01"}, // two chains
		{"西政办发〔2016〕19号", "4", "区安全监管局", "", "区安全监管局 各相关部门", "..2016-10-01"},  // two fields on one line
		{"西政办发〔2016〕19号", "10", "区发展改革委 区卫生计生委", "", "", "..2016-10-01"},
		{"西政办发〔2016〕19号", "13", "区住房城市建设委 区房管局", "", "区住房城市建设委 区房管局", "..2016-10-01"},
		{"西政办发〔2016〕19号", "16", "区环境建设办 区市政市容委 西城规划分局 区房管局 区民防局", "", "区环境建设办 区市政市容委 区房管局 区民防局 区城管执法监察局", "..2016-10-01"},
		{"西政办发〔2016〕19号", "22", "区行政服务中心 区科信委 各相关部门", "", "", "..2016-10-31"},
		{"西政办发〔2016〕19号", "24", "区卫生计生委 区发展改革委", "", "区卫生计生委 区发展改革委", "..2016-10-31"},
		{"西政办发〔2016〕19号", "28", "区旅游委", "", "", ""}, // units in brackets only
		{"西政办发〔2016〕19号", "32", "", "", "区发展改革委 区商务委 区科信委 区人力社保局", ""},
		{"西政办发〔2016〕19号", "36", "", "", "区财政局 区发展改革委", ""},
		{"西政办发〔2016〕19号", "38", "西城规划分局 区住房城市建设委 区重大办 区市市政市容委？", "", "", ""}, // misprint
		{"西政办发〔2016〕19号", "44", "", "", "", ""},
		{"西政办发〔2016〕19号", "47", "区政府办公室 区各相关单位", "", "", "..2016-10-31"},
	} {
		x := task(t, document(t, g, tt.number), tt.no)
		due := ""
		if x.Due != nil {
			due = x.Due.Start.String() + ".." + x.Due.End.String()
		}
		want := []string{tt.lead, tt.support, tt.units, tt.due}
		if diff := cmp.Diff(want, []string{refs(x.Lead), refs(x.Support), refs(x.Units), due}); diff != "" {
			t.Errorf("%s item %s: lead, support, units, due (-want +got)\n%s", tt.number, tt.no, diff)
		}
	}
}

// Every item of the plan's division names leaders and units; 186 names none in
// particular. Names of persons are counted here and not written.
func TestRealPlanItems(t *testing.T) {
	t.Parallel()
	d := document(t, readReal(t), "西政发〔2016〕13号")
	leaders, lead := 0, 0
	for i, x := range d.Tasks {
		if x.No != fmt.Sprint(i+1) || len(x.Leaders) == 0 || len(x.Lead) == 0 || len(x.Support)+len(x.Units) > 0 || x.Section == "" {
			t.Errorf("item %d is %s in %q with %d leaders, %d units", i+1, x.No, x.Section, len(x.Leaders), len(x.Lead))
		}
		for _, l := range x.Leaders {
			if n := len([]rune(l.Name)); n < 2 || n > 3 && x.No != "186" {
				t.Errorf("item %s has a leader of %d characters", x.No, n)
			}
		}
		leaders, lead = leaders+len(x.Leaders), lead+len(x.Lead)
		if strings.Contains(x.Text, "主责单位：") || strings.Contains(x.Text, "牵头领导") || len(x.Recurrence) > 0 {
			t.Errorf("item %s: text %.30q, recurrence %v", x.No, x.Text, x.Recurrence)
		}
	}
	if leaders != 350 || lead != 534 {
		t.Errorf("%d leaders and %d units in all, want 350 and 534", leaders, lead)
	}
	if text := task(t, d, "10").Text; strings.Count(text, "\n") != 2 {
		t.Errorf("item 10 has its two sub-items in %d lines", strings.Count(text, "\n")+1)
	}
	if text := task(t, d, "67").Text; strings.HasPrefix(text, " ") || !strings.HasSuffix(text, "。") {
		t.Errorf("item 67: %q", text)
	}
	sections := map[string]int{}
	for _, x := range d.Tasks {
		sections[x.Section]++
	}
	if len(sections) != 9 || sections["（一）约束性指标"] != 12 || sections["（二）预期性指标"] != 13 {
		t.Errorf("sections: %v", sections)
	}
}

func TestRealRecurrences(t *testing.T) {
	t.Parallel()
	d := document(t, readReal(t), "西政办发〔2016〕19号")
	for no, want := range map[string]string{
		"11": "month quarter continuous", "14": "month continuous", "30": "event:20 working-day", "41": "week continuous", "42": "month continuous",
		"43": "year continuous", "45": "year by 03-31", "47": "month:3 working-day month:10 working-day continuous", "25": "", "44": "",
	} {
		var got []string
		for _, r := range task(t, d, no).Recurrence {
			s := r.Every
			if r.Within > 0 {
				s += fmt.Sprintf(":%d %s", r.Within, r.Unit)
			}
			if r.By != "" {
				s += " by " + r.By
			}
			got = append(got, s)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("item %s recurs %q, want %q", no, got, want)
		}
	}
	places := 0
	for _, x := range d.Tasks {
		places += len(x.Locations)
		if len(x.Parts) == 1 {
			t.Errorf("item %s is divided into one part", x.No)
		}
	}
	if parts := len(task(t, d, "2").Parts); parts != 2 {
		t.Errorf("item 2 has %d chains of responsibility, want 2", parts)
	}
	if places != 34 {
		t.Errorf("%d places of publication, want 34", places)
	}
}

// All indicators, column by column.
func TestRealIndicators(t *testing.T) {
	t.Parallel()
	d := document(t, readReal(t), "西政发〔2016〕12号")
	want := []string{
		"1|%|细颗粒物浓度83.0微克/立方米，比2014年同比下降6.1%|达到市级要求|区环保局", "2|%|3.8（2014）|保持3.8及以上|", "3|%|88.9|100|区市政市容委 区环保局",
		"4|分贝|54.0|≤55|区环保局", "5|%|/|100|区市政市容委 区环保局", "6|%|/|100|区环保局 区市政市容委", "7|%|/|≥90|区市政市容委", "8|%|/|≥98|区住房城市建设委",
		"9|%|64.3|≥80|区住房城市建设委", "10|公里/平方公里|/|≥3|区市政市容委", "11|%|70（北京市，2015）|≥75|区市政市容委", "12|/|8.2（2014）|7左右|区市政市容委",
		"13|%|/|100|区商务委", "14|%|6.17（2014）|达到市级要求|区发展改革委", "15|%|50（2014）|≥70|区发展改革委", "16|%|/|≥70|", "17|%|/|≥92|区住房城市建设委",
		"18|%|/|≥20|区重大办 区房管局", "19|%|/|＞15|区市政市容委", "20|/|/|不大于开发前|区住房城市建设委", "21|%|98(2014)|≥99|区市政市容委",
		"22|%|/|100|区园林绿化局 区园林市政管理中心", "23|千克/天|/|以2015年为基数，每年减少5%|区市政市容委", "24|%|/|≥56|区市政市容委", "25|%|30（2014）|≥60|区市政市容委",
		"26|%|30.38（2015）|≥31|区园林绿化局", "27|/|/|≥0.8|区园林绿化局", "28|%|89.5（2015）|≥95|区园林绿化局", "29|/|84.39（2013）|≥85|区市政市容委 区环卫中心",
		"30|/|/|重点区域全部符合要求|区市政市容委", "31|/|/|重点区域全部符合要求|区市政市容委", "32|/|/|完成数据共享平台、公众参与平台、指标采集监测平台和部门工作协同平台建设|区城管监督指挥中心 区市政市容委 各相关部门",
		"33|%|88|≥90|区城管监督指挥中心",
	}
	goals := map[string]int{}
	subgoals := map[string]int{}
	var got []string
	for _, x := range d.Indicators {
		got = append(got, strings.Join([]string{x.No, x.Unit, x.Baseline, x.Target, refs(x.Units)}, "|"))
		goals[x.Goal]++
		subgoals[x.Subgoal]++
		if n := len([]rune(x.Name)); n < 6 || n > 27 || strings.ContainsAny(x.Name, "≥%/。") {
			t.Errorf("indicator %s is called %q", x.No, x.Name)
		}
		if n := len([]rune(x.Definition)); n < 10 || strings.HasPrefix(x.Definition, "≥") {
			t.Errorf("indicator %s means %q", x.No, x.Definition)
		}
		if x.Comparison == "" || strings.HasPrefix(x.Comparison, "区") || strings.HasPrefix(x.Comparison, "委") {
			t.Errorf("indicator %s compares with %q", x.No, x.Comparison)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"环境清洁健康安全的宜居西城": 5, "功能完善资源永续的低碳西城": 20, "景观宜人市容优美的绿色西城": 6, "治理高效服务优质的和谐西城": 2}, goals); diff != "" {
		t.Errorf("goals (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"清洁的大气环境": 1, "清洁的水环境": 2, "宜人的声环境": 1, "固废无害化": 1, "基础设施完善": 7, "公共服务功能完备": 1, "能源高效利用": 2,
		"建筑绿色节能": 3, "水资源多源增效": 4, "固废减量资源化": 3, "生态景观优美": 2, "公共空间宜人": 1, "市容环境整洁协调": 3, "综合管理高效": 2}, subgoals); diff != "" {
		t.Errorf("sub-goals (-want +got)\n%s", diff)
	}
	if name := d.Indicators[12].Name; !strings.HasSuffix(name, "居住区比例") {
		t.Errorf("the name of indicator 13, cut by a page, is %q", name)
	}
}

// All projects, column by column: each looks like what its column holds.
func TestRealProjects(t *testing.T) {
	t.Parallel()
	g := readReal(t)
	d := document(t, g, "西政发〔2016〕12号")
	var streets []string
	for _, a := range xicheng(t).Units {
		if a.Kind == "street" {
			streets = append(streets, a.Name.ZH)
		}
	}
	if len(streets) != 15 {
		t.Fatalf("the pack has %d streets", len(streets))
	}
	streets = append(streets, "各街道")
	amount := regexp.MustCompile(`^([0-9]+(\.[0-9])?|/|待(普查)?测算|依据具体道路测定)$`)
	start := regexp.MustCompile(`^(20[0-9]{2}年(启动|启动二期|完成.*)|已开工)$`)
	expected := regexp.MustCompile(`^(20[0-9]{2}(年.*)?|/)$`)
	source := regexp.MustCompile(`^(《.*》.*|区环境办《.*》|规划提出|天桥街道办事处反馈)$`)
	categories, types := map[string]int{}, map[string]int{}
	sum, free := 0, 0
	for i, p := range d.Projects {
		categories[p.Category]++
		types[p.Type]++
		if p.No != fmt.Sprint(i+1) {
			t.Errorf("row %d is %s", i+1, p.No)
		}
		for _, s := range p.Streets {
			if !slices.Contains(streets, s) && !(s == "马连道" && i >= 14 && i <= 16) {
				t.Errorf("project %s is in %q, no street", p.No, s)
			}
		}
		if len(p.Streets) == 0 && p.StreetsRaw != "/" {
			t.Errorf("project %s is in no street", p.No)
		}
		if !amount.MatchString(p.Investment) || !start.MatchString(p.Start) || !source.MatchString(p.Source) {
			t.Errorf("project %s: investment %q, start %q, source %q", p.No, p.Investment, p.Start, p.Source)
		}
		if !expected.MatchString(p.Expected) {
			free++ // progress told in words
		}
		if n := len([]rune(p.Name)); n < 4 || n > 30 || strings.ContainsAny(p.Name, "，/") {
			t.Errorf("project %s is called %q", p.No, p.Name)
		}
		if p.Place == "" || p.Scale == "" || strings.Contains(p.Place, "平方米") || strings.HasSuffix(p.Scale, "0000") {
			t.Errorf("project %s at %q: %q", p.No, p.Place, p.Scale)
		}
		n := 0
		fmt.Sscan(p.Investment, &n)
		sum += n
	}
	if free != 7 {
		t.Errorf("%d projects tell their progress in words, want 7", free)
	}
	if sum != 4413422 {
		t.Errorf("the whole amounts add up to %d", sum)
	}
	if diff := cmp.Diff(map[string]int{"城市功能提升工程": 5, "宜居环境建设工程": 36, "海绵城市建设工程": 2, "基础设施建设工程": 19, "低碳环保工程": 6, "公共服务提升工程": 1, "智慧西城工程": 2}, categories); diff != "" {
		t.Errorf("categories (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"棚户区改造": 5, "老旧小区综合改造": 1, "环境整治": 6, "区域环境综合提升": 5, "绿地建设": 24, "海绵城市建设": 2, "道路和交通设施建设": 12, "架空线入地": 1,
		"地下管线改造": 5, "照明改造": 1, "节能环保": 6, "公共服务提升": 1, "智慧西城": 2}, types); diff != "" {
		t.Errorf("types (-want +got)\n%s", diff)
	}
}

// The rows of the project table that the print distorts most.
func TestRealProjectRows(t *testing.T) {
	t.Parallel()
	d := document(t, readReal(t), "西政发〔2016〕12号")
	const plan, list = "《北京市西城区“十三五”时期固定资产投资及重大项目规划》", "区环境办《2016-2020年重点项目基本情况表》"
	for _, tt := range []struct {
		row                                        int
		streets, name, investment, start, expected string
		source, raw                                string
	}{
		{2, "白纸坊街道", "菜园街及枣林南里", "1310157", "2016年启动", "2019年完成", plan, "同上"},
		{3, "天桥街道", "天桥北部平房区住房与环境改善项目", "400000", "2016年启动二期", "力争完成腾退557户", "天桥街道办事处反馈", ""},
		{14, "天桥街道 德胜街道 白纸坊街道 广外街道", "天桥北片、德胜东片、白纸坊西片、广安门外北片区域提升", "12000", "2017年启动", "2018年完工", list, "同上；" + list}, // printed four times
		{16, "展览路街道 月坛街道 新街口街道 德胜街道 广外街道 牛街街道 广内街道 马连道", "每年四个片区待定", "12000", "2019年启动", "2020年完工", list, "同上"},       // merged cells, cut by a page
		{17, "展览路街道 月坛街道 新街口街道 德胜街道 广外街道 牛街街道 广内街道 马连道", "每年四个片区待定", "12000", "2020年启动", "2021年完工", list, "同上"},
		{20, "新街口街道 什刹海街道", "新街口南大街绿地", "21233.8", "2016年启动", "2017年完工", plan, "同上"},
		{23, "广外街道", "莲花河绿道", "70000", "2015年启动", "2018年完成", plan, ""}, // cut by a page
		{26, "金融街街道", "佟麟阁路规划绿地", "112142", "2017年启动", "2020年完工", "《“十三五”时期公园绿地建设计划表》", "同上"},
		{28, "什刹海街道", "后海甲一号", "52780", "2017年启动", "2020", plan, "同上"},
		{29, "广内街道", "报国寺前绿地", "2620", "2016年启动", "/", "《“十三五”期间公园绿地建设计划表》", ""},
		{31, "西长安街街道", "东安福绿地", "待测算", "2017年启动", "/", "《“十三五”期间公园绿地建设计划表》", "同上"},
		{45, "广外街道 牛街街道 德胜街道", "断头路、瓶颈路疏通工程", "依据具体道路测定", "2016年启动", "南横西街和新明胡同2016年完成，红居北街东段、茶马北街西口等2018年完工", plan + "及住建委意见", "同上及住建委意见"},
		{49, "展览路街道 月坛街道 天桥街道", "现状停车场“平改立”工程", "待测算", "2017年启动", "2020年底前完工", "规划提出", ""}, // cut by a page
		{53, "广内街道", "地下停车场建设", "6769", "2015年启动", "2016年完成", plan, ""},                    // name merged with 52
		{54, "什刹海街道", "地下停车场建设", "9800", "2016年启动", "2017年完成", plan, "同上"},
		{64, "德胜街道 广外街道", "燃气锅炉低氮燃烧技术改造工程", "10000", "2016年启动", "全区所有燃气锅炉完成低氮燃烧技术改造", plan, "同上"},
		{68, "各街道", "西城区地表水水质改善项目", "6000", "2017年完成北护城河水处理站2座", "2020年完成南护城河水处理站2座", "《“十三五”规划重点领域重大建设项目情况表》", ""},
		{71, "", "精细化管理平台建设", "/", "2016年启动", "/", "规划提出", ""},
	} {
		p := d.Projects[tt.row-1]
		got := []string{strings.Join(p.Streets, " "), p.Name, p.Investment, p.Start, p.Expected, p.Source, p.SourceRaw}
		if diff := cmp.Diff([]string{tt.streets, tt.name, tt.investment, tt.start, tt.expected, tt.source, tt.raw}, got); diff != "" {
			t.Errorf("project %d (-want +got)\n%s", tt.row, diff)
		}
	}
}
