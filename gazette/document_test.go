package gazette

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette/paper"
	"quanxiang/gov"
)

const (
	headGov    = "^海州市东城区人民政府文件_\n\n\n东政发〔2020〕%s_\n\n\n"
	headOffice = "^海州市东城区人民政府办公室文件_\n\n\n东政办发〔2020〕%s_\n\n\n"
	everyone   = "区政府各委、办、局，各街道办事处，各有关单位：_\n\n"
	signedGov  = "\n\n海州市东城区人民政府_\n\n2020 年 3 月 9 日_\n"
	signedOff  = "\n\n海州市东城区人民政府办公室_\n\n2020 年 3 月 9 日_\n"
	imprintGov = "^抄送: 区委各部门，区武装部。_\n\n区人大常委会办公室，区政协办公室，区人民法院，区人民检_\n\n察院。_\n\n" +
		"海州市东城区人民政府办公室              2020 年 3 月 12 日印发_\n"
)

func head(form, serial string) string { return strings.Replace(form, "%s", serial, 1) }

// The snippets are the layouts of a gazette with invented documents.
var (
	repealSnippet = head(headGov, "1 号") +
		"海州市东城区人民政府关于废止_\n《海州市东城区报刊亭管理规定》的通知_\n\n" + everyone +
		"根据工作需要，经区政府研究同意，现决定将《海州市东城区\n\n" +
		"人民政府关于印发海州市东城区报刊亭管理规定的通知》（东\n^政发〔2009〕17 号）自本通知发布之日起废止。_\n" +
		signedGov + imprintGov

	rulesSnippet = head(headGov, "2号") +
		"海州市东城区人民政府关于印发_\n海州市东城区旧书店扶持办法的通知_\n\n" + everyone +
		"经第 12 次区政府常务会议研究同意，现将《海州市东城区旧\n\n书店扶持办法（试行）》印发给你们，请遵照执行。_\n" + signedGov +
		"^海州市东城区旧书店扶持办法_\n\n（试 行）_\n\n第一章  总 则_\n\n" +
		"第一条  为扶持旧书店，根据《某市图书条例》（海政发\n﹝2018﹞8 号）和《某通知》（海书发[2019]55号），制定本办法。_\n\n" +
		"第二条  旧书店应当具备下列条件：_\n\n（一）有固定的营业场所；_\n\n（二）藏书五千册以上。达不到的，可以合并计算。_\n\n" +
		"第二章  扶持标准_\n\n第三条  具备第二条规定的条件的，给予补助：_\n\n（一）1 万元。_\n\n" +
		"第四条规定之外的书店，另行研究。_\n\n" +
		"第四条  补助按年发放。_\n\n第三章  附  则_\n\n第五条  本办法由区文化委负责解释。_\n\n" +
		"第六条  本办法自 2020 年 4 月 1 日起施行，有效期 5\n^年。《海州市东城区人民政府办公室关于修订<旧书店办法>的\n\n" +
		"通知》（东政办发〔2011〕3 号）同时废止。与本办法不一致的，以本办法为准。_\n" + imprintGov

	planSnippet = head(headGov, "3 号") +
		"海州市东城区人民政府关于印发东城区“十四五”时期_\n公共阅读发展规划的通知_\n\n" + everyone +
		"经区政府同意，现将《东城区“十四五”时期公共阅读发展\n\n规划》印发给你们，请遵照执行。_\n" + signedGov + imprintGov +
		"^2020 年 3 月_\n^序      言_\n\n阅读是城市的一件大事，为了让居民都有书读、读好书，编制\n\n本规划。_\n" +
		"^第一部分    现状_\n^基础  _\n\n居民步行一刻钟就能找到书读，全区“三个一”\n 1\n、“两个半”\n\n 2\n" +
		" 建成的阅读点分布在各个街道，居民的满意度也在逐年地提\n\n" +
		" 1 一街一馆、一社区一室、一楼一角。_\n 2 半小时借到、半小时还回。_\n^高，效果很好。_\n\n不足  _\n\n" +
		"设施还不够多。_\n\n要从两个方面看。_\n\n资金不足_\n\n投入要增加，要把钱用在居民最需要的地方，用在最关键的环节\n\n上。_\n\n" +
		"形成长期投入的良好局面。\n第二部分   任务\n^目标  _\n\n到二〇二五年，人人有书读。_\n\n" +
		"1）增加场所_\n\n每年新增十处。_\n\n2）增加藏书_\n\n每年新增一万册，优先购买少年儿童图书，逐步做到家门口就能\n\n借到，让孩子都喜欢上阅\n\n" +
		"专栏 1：书香驿站_\n\n书香驿站是设在地铁站和公交站旁边的自助借书点，居民凭一张卡就可以借阅，也可以归还，不收费\n\n用。_\n^读，成为习惯。_\n\n" +
		"保障  _\n\n各单位都要支持。_\n"

	jointSnippet = "^海州市东城区人民政府办公室_\n\n海 州 市 东 城 区 档 案 局_\n\n\n东政办发〔2020〕4 号_\n\n" +
		"关于组织 2020 年档案安全检查工作的通知_\n\n各有关单位：_\n\n为了做好档案工作，现就有关事项通知如下：_\n\n" +
		"一、 检查目的_\n\n通过这一次检查，掌握各单位档案库房的情况，发现问题并且确保\n文件_\n^各类档案的安全。_\n\n" +
		"二、检查方式_\n\n（一） 自查。_\n\n各单位先行自查，填写表格。_\n\n（二）抽查。_\n\n由检查组随机抽查，时间：2020 年 5 月。_\n" +
		"^附件：1.自查报告模版_\n\n2.档案库房情况登\n\n记表_\n\n" +
		"东城区人民政府办公室           东城区档案局_\n\n2020 年 3 月 9 日_\n\n（联系人：区档案局  某某   联系电话：55501234；_\n\n区政府办 甲乙  联系电话：55505678）_\n" +
		"^附件 1_\n\n自查报告模版（参考格式）_\n\n一、基本情况_\n\n写明本单位的情况。_\n"

	absentSnippet = head(headGov, "5 号") +
		"海州市东城区人民政府关于印发东城区“十四”五时期_\n河道发展规划的通知_\n\n" + everyone +
		"经区委、区政府研究同意，现将《东城区“十四”五时期河\n\n道发展规划》印发给你们。_\n" + signedGov + imprintGov + "东 政 办 发_\n"

	opinionSnippet = head(headOffice, "6 号") +
		"海州市东城区人民政府办公室关于_\n加强菜市场管理的实施意见_\n\n" + everyone +
		"为加强菜市场管理，提出如下意见。_\n\n一、总体要求_\n\n（一）明确目标_\n\n方便居民买菜，让居民满意。_\n\n（二）坚持原则_\n\n1.以人为本。把方便居民放在第一位。_\n\n2.因地制宜；_\n\n" +
		"2020 年起试行。_\n\n二、主要任务_\n\n（三）合理布局_\n\n按人口布点。（一）和（二）的要求同样适用。_\n\n（五）改善环境_\n\n做到干净整洁，包括：_\n\n1.地面干净；_\n\n2.摊位整齐。_\n\n" +
		"本意见自 2020 年 5 月 1 日起实施。_\n\n附件：任务分工表_\n" + signedOff +
		"^附件_\n\n任务分工表_\n\n由各单位自行填报。_\n" + imprintGov

	twoSnippet = head(headOffice, "7 号") +
		"海州市东城区人民政府办公室关于印发_\n东城区 2020 年节水工作方案及要点有关文件的通知_\n\n" + everyone +
		"经区政府同意，现将《东城区 2020 年节水工作方案》、《东\n\n城区 2020 年节水工作要点》印发给你们。_\n" + signedOff +
		"^东城区 2020 年节水工作方案_\n\n一、目标_\n\n节约用水。_\n\n附件：领导小组成员名单_\n^附件_\n\n领导小组成员名单_\n\n" +
		"组  长：甲  乙  区政府区长_\n\n丙  丁  区水务局局长_\n\n区文化委主任_\n\n戊  己  区教委主任_\n" +
		"^东城区 2020 年节水工作要点_\n\n一、宣传_\n\n1.进校园。在开学的时候组织活动。_\n" + imprintGov

	forwardSnippet = head(headOffice, "8 号") +
		"海州市东城区人民政府办公室_\n转发区水务局关于河道清淤工作方案的通知_\n\n" + everyone +
		"区水务局制定了《东城区河道清淤工作方案（2020.6—2021.2）》，经区政府同意，现将此方案转\n\n发给你们。_\n" +
		"\n\n海州市东城区人民政府办公室_\n\n二〇二〇年三月九日_\n" +
		"^东城区河道清淤工作方案_\n\n（2020.6—2021.2）_\n\n一、原则_\n\n先急后缓。_\n" + imprintGov
)

var snippets = []string{repealSnippet, rulesSnippet, planSnippet, jointSnippet, absentSnippet, opinionSnippet, twoSnippet, forwardSnippet}

func readSnippet(t *testing.T, snippet string) (*Gazette, *Document) {
	t.Helper()
	g, err := Read(strings.NewReader(printed(snippet)), "f.txt", testLexicon, paper.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Documents) != 1 {
		t.Fatalf("%d documents, want 1", len(g.Documents))
	}
	for _, c := range g.Checks {
		if c.Lost != "" || c.Invented != "" {
			t.Errorf("%s: lost %q, invented %q", c.Table, c.Lost, c.Invented)
		}
	}
	return g, &g.Documents[0]
}

// outlineOf writes the structure one node a line, deeper ones indented.
func outlineOf(d *Document) (out []string) {
	for _, n := range d.Structure {
		out = append(out, strings.Repeat(" ", n.Depth)+string(n.Type)+" "+n.Number+n.Heading+n.Stop)
		for _, p := range n.Paragraphs {
			out = append(out, strings.Repeat(" ", n.Depth)+"| "+p.Text)
		}
	}
	return out
}

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (want -, got +):\n%s", what, d)
	}
}

func TestRepealNotice(t *testing.T) {
	t.Parallel()
	_, d := readSnippet(t, repealSnippet)
	diff(t, "title", "海州市东城区人民政府关于废止《海州市东城区报刊亭管理规定》的通知", d.Title)
	diff(t, "action", actionRepeal, d.Action)
	diff(t, "addressees", []string{"区政府各委、办、局", "各街道办事处", "各有关单位"}, d.Addressees)
	diff(t, "copies", []string{"区委各部门", "区武装部", "区人大常委会办公室", "区政协办公室", "区人民法院", "区人民检察院"}, d.CC)
	want := []Reference{{Number: "东政发〔2009〕17号", Title: "海州市东城区人民政府关于印发海州市东城区报刊亭管理规定的通知", Line: 12}}
	diff(t, "repeals", want, d.Repeals)
	diff(t, "cites", want, d.Cites)
	diff(t, "approval", &Approval{Body: "区政府", Line: 12}, d.Approval)
	if !d.BodyPresent || d.Effective.Basis != BasisPrinted || d.Effective.Date != d.Printed {
		t.Errorf("body %v, effective %+v", d.BodyPresent, d.Effective)
	}
}

func TestRegulation(t *testing.T) {
	t.Parallel()
	_, d := readSnippet(t, rulesSnippet)
	diff(t, "outline", []string{
		"preamble ", "| 经第 12 次区政府常务会议研究同意，现将《海州市东城区旧书店扶持办法（试行）》印发给你们，请遵照执行。",
		"instrument 海州市东城区旧书店扶持办法（试行）",
		" chapter 第一章总则",
		"  article 第一条", "  | 为扶持旧书店，根据《某市图书条例》（海政发﹝2018﹞8 号）和《某通知》（海书发[2019]55号），制定本办法。",
		"  article 第二条", "  | 旧书店应当具备下列条件：",
		"   level2 （一）", "   | 有固定的营业场所；",
		"   level2 （二）", "   | 藏书五千册以上。达不到的，可以合并计算。", // within articles the first sentence is no heading
		" chapter 第二章扶持标准",
		"  article 第三条", "  | 具备第二条规定的条件的，给予补助：",
		"   level2 （一）", "   | 1 万元。", "   | 第四条规定之外的书店，另行研究。",
		"  article 第四条", "  | 补助按年发放。",
		" chapter 第三章附则",
		"  article 第五条", "  | 本办法由区文化委负责解释。",
		"  article 第六条", "  | 本办法自 2020 年 4 月 1 日起施行，有效期 5年。《海州市东城区人民政府办公室关于修订<旧书店办法>的通知》（东政办发〔2011〕3 号）同时废止。与本办法不一致的，以本办法为准。",
	}, outlineOf(d))
	diff(t, "instruments", []Instrument{{"海州市东城区旧书店扶持办法（试行）", "办法", "试行", d.Instruments[0].Lines}}, d.Instruments)
	diff(t, "alternative titles", []string{"海州市东城区旧书店扶持办法（试行）"}, d.AltTitles)
	diff(t, "approval", &Approval{"区政府", "第12次区政府常务会议", 12}, d.Approval)
	diff(t, "interpreter", "区文化委", d.Interpreter)
	diff(t, "effective", "2020-04-01", d.Effective.Date.String())
	diff(t, "last day of five years", "2025-03-31", d.ValidUntil.String())
	diff(t, "prevails", "与本办法不一致的，以本办法为准", d.Supersedes.Text)
	diff(t, "repeals", "东政办发〔2011〕3号", d.Repeals[0].Number)
	var cites []string
	for _, c := range d.Cites {
		cites = append(cites, c.Number+" "+c.Title)
	}
	diff(t, "cites in any brackets", []string{"海政发〔2018〕8号 某市图书条例", "海书发〔2019〕55号 某通知", "东政办发〔2011〕3号 海州市东城区人民政府办公室关于修订<旧书店办法>的通知"}, cites)
}

func TestPlanAfterItsImprint(t *testing.T) {
	t.Parallel()
	g, d := readSnippet(t, planSnippet)
	if len(g.Unattributed) != 0 || !d.BodyPresent {
		t.Errorf("unattributed %v, body %v", g.Unattributed, d.BodyPresent)
	}
	diff(t, "plan end", "2025-12-31", d.PlanEnd.String())
	got := outlineOf(d)[2:]
	diff(t, "outline", []string{
		"instrument 东城区“十四五”时期公共阅读发展规划", "| 2020 年 3 月",
		" level1 序言", " | 阅读是城市的一件大事，为了让居民都有书读、读好书，编制本规划。",
		" part 第一部分现状",
		"  level1 基础",
		"  | 居民步行一刻钟就能找到书读，全区“三个一”¹、“两个半”²建成的阅读点分布在各个街道，居民的满意度也在逐年地提高，效果很好。",
		"  | 1 一街一馆、一社区一室、一楼一角。", "  | 2 半小时借到、半小时还回。",
		"  level1 不足", "  | 设施还不够多。", "  | 要从两个方面看。",
		"   level2 资金不足", "   | 投入要增加，要把钱用在居民最需要的地方，用在最关键的环节上。", "   | 形成长期投入的良好局面。",
		" part 第二部分任务",
		"  level1 目标", "  | 到二〇二五年，人人有书读。",
		"   level4 1）增加场所", "   | 每年新增十处。",
		"   level4 2）增加藏书", "   | 每年新增一万册，优先购买少年儿童图书，逐步做到家门口就能借到，让孩子都喜欢上阅读，成为习惯。",
		"    box 专栏1：书香驿站", "    | 书香驿站是设在地铁站和公交站旁边的自助借书点，居民凭一张卡就可以借阅，也可以归还，不收费用。",
		"  level1 保障", "  | 各单位都要支持。",
	}, got)
}

// Headings without numbers have the blanks at their ends for a style. One right
// under another of its style is nested; the next at the top of a page is not.
func TestHeadingsWithoutNumbers(t *testing.T) {
	t.Parallel()
	_, d := readSnippet(t, head(headGov, "9 号")+
		"海州市东城区人民政府关于印发东城区路灯规划的通知_\n\n"+everyone+
		"现将《东城区路灯规划》印发给你们。_\n"+signedGov+imprintGov+
		"^东城区路灯规划_\n"+
		"^第一部分    任务\n^总体思路~\n\n指导思想~\n\n路灯要亮，照到每个角落。_\n\n基本原则~\n\n先暗处，后明处。_\n"+
		"^点亮街巷~\n\n街巷先行。_\n\n主干路~\n\n换灯头。_\n\n胡同_\n\n加灯杆。_\n\n院落_\n\n装感应灯。_\n\n桥梁~\n\n装灯带。_\n"+
		"^看护路灯~\n\n专人看护。_\n")
	var got []string
	for _, n := range d.Structure[1:] {
		got = append(got, strings.Repeat(" ", n.Depth)+string(n.Type)+" "+n.Number+n.Heading)
	}
	diff(t, "outline", []string{
		"instrument 东城区路灯规划",
		" part 第一部分任务",
		"  level1 总体思路", "   level2 指导思想", "   level2 基本原则",
		"  level1 点亮街巷", "   level2 主干路", "    level3 胡同", "    level3 院落", "   level2 桥梁",
		"  level1 看护路灯",
	}, got)
}

func TestJointLetterhead(t *testing.T) {
	t.Parallel()
	_, d := readSnippet(t, jointSnippet)
	diff(t, "issuers", []string{"海州市东城区人民政府办公室", "海州市东城区档案局"}, d.Issuers)
	diff(t, "title", "关于组织2020年档案安全检查工作的通知", d.Title)
	diff(t, "action", actionDirect, d.Action)
	diff(t, "signed", gov.Date{Year: 2020, Month: 3, Day: 9}, d.Signed)
	diff(t, "attachments", []Attachment{
		{No: 1, Title: "自查报告模版", Present: true, Form: "form", Lines: d.Attachments[0].Lines},
		{No: 2, Title: "档案库房情况登记表"},
	}, d.Attachments)
	diff(t, "contacts", []Contact{{"区档案局", "某某", "55501234", d.Contacts[0].Line}, {"区政府办", "甲乙", "55505678", d.Contacts[1].Line}}, d.Contacts)
	diff(t, "outline", []string{
		"preamble ", "| 为了做好档案工作，现就有关事项通知如下：",
		"level1 一、检查目的", "| 通过这一次检查，掌握各单位档案库房的情况，发现问题并且确保各类档案的安全。",
		"level1 二、检查方式",
		" level2 （一）自查。", " | 各单位先行自查，填写表格。",
		" level2 （二）抽查。", " | 由检查组随机抽查，时间：2020 年 5 月。",
		"attachment 附件1自查报告模版（参考格式）",
		" level1 一、基本情况", " | 写明本单位的情况。",
	}, outlineOf(d))
	kinds := map[string]int{}
	for _, n := range d.Notes {
		kinds[n.Kind]++
	}
	diff(t, "notes: the stray word, the missing imprint, the missing attachment", map[string]int{"layout": 3}, kinds)
}

func TestNoticeWithoutItsText(t *testing.T) {
	t.Parallel()
	g, d := readSnippet(t, absentSnippet)
	if d.BodyPresent {
		t.Error("the plan is not there")
	}
	diff(t, "the divider after the imprint", []Passage{{Lines: Span{27, 27}, Text: "东 政 办 发"}}, g.Unattributed)
	diff(t, "approval", "区委、区政府", d.Approval.Body)
	found := 0
	for _, n := range d.Notes {
		if n.Kind == "misprint" && strings.Contains(n.Text.ZH, "“十四”五") {
			found++
		}
	}
	if found == 0 || !strings.Contains(d.Title, "“十四”五") {
		t.Errorf("the misprint is kept and annotated: title %q, notes %v", d.Title, d.Notes)
	}
}

func TestNumbersAcceptedOnlyInOrder(t *testing.T) {
	t.Parallel()
	_, d := readSnippet(t, opinionSnippet)
	diff(t, "kind", "实施意见", d.Kind)
	diff(t, "outline", []string{
		"preamble ", "| 为加强菜市场管理，提出如下意见。",
		"level1 一、总体要求",
		" level2 （一）明确目标", " | 方便居民买菜，让居民满意。",
		" level2 （二）坚持原则",
		"  level3 1.以人为本。", "  | 把方便居民放在第一位。",
		"  level3 2.", "  | 因地制宜；", "  | 2020 年起试行。",
		"level1 二、主要任务",
		" level2 （三）合理布局", " | 按人口布点。（一）和（二）的要求同样适用。", // the numbering runs on across sections
		" level2 （五）改善环境", " | 做到干净整洁，包括：",
		"  level3 1.", "  | 地面干净；",
		"  level3 2.摊位整齐。", "  | 本意见自 2020 年 5 月 1 日起实施。",
		"attachment 附件任务分工表", "| 由各单位自行填报。",
	}, outlineOf(d))
	diff(t, "the jump from （三） to （五）", 1, len(d.Notes))
	diff(t, "effective", "2020-05-01", d.Effective.Date.String())
}

func TestTwoInstrumentsAroundAnAttachment(t *testing.T) {
	t.Parallel()
	_, d := readSnippet(t, twoSnippet)
	var titles []string
	for _, n := range d.Structure {
		if n.Depth == 0 {
			titles = append(titles, string(n.Type)+" "+n.Number+n.Heading)
		}
	}
	diff(t, "outermost", []string{"preamble ", "instrument 东城区2020年节水工作方案", "attachment 附件领导小组成员名单", "instrument 东城区2020年节水工作要点"}, titles)
	if len(d.Instruments) != 2 || d.Instruments[1].Kind != "要点" || d.Instruments[1].Lines[0] <= d.Instruments[0].Lines[1] {
		t.Errorf("instruments %+v", d.Instruments)
	}
	nameless := 0
	for _, n := range d.Notes {
		if n.Kind == "misprint" && strings.Contains(n.Text.ZH, "区文化委主任") {
			nameless++
		}
	}
	diff(t, "the post without a name", 1, nameless)
}

func TestForwardedPlan(t *testing.T) {
	t.Parallel()
	_, d := readSnippet(t, strings.Replace(forwardSnippet, "二〇二〇年三月九日_\n", "二〇二〇年三月九日_\n\n（此件公开发布）_\n", 1))
	diff(t, "remark", []Passage{{Lines: Span{21, 21}, Text: "此件公开发布"}}, d.Remarks)
	diff(t, "action", actionForward, d.Action)
	diff(t, "signed in Chinese digits", "2020-03-09", d.Signed.String())
	diff(t, "instrument", "东城区河道清淤工作方案（2020.6—2021.2）", d.Instruments[0].Title)
	diff(t, "plan end", "2021-02-28", d.PlanEnd.String())
}

// TestNumberWithoutLetterhead: the letterhead of a PDF may be a picture; a
// number of a known series over a title at the top of a page is enough. The
// imprint may be set on two lines.
func TestNumberWithoutLetterhead(t *testing.T) {
	t.Parallel()
	snippet := "^东政发〔2020〕9 号_\n\n海州市东城区人民政府关于春季植树的通知_\n\n" + everyone + "请各单位做好植树工作，具体要求见东政发〔2020〕1号。_\n" + signedGov +
		"^抄送：区委各部门。_\n\n海州市东城区人民政府办公室_\n2020 年 3 月 12 日印发_\n"
	_, d := readSnippet(t, snippet)
	diff(t, "issuers", []string{"海州市东城区人民政府"}, d.Issuers)
	diff(t, "printed", "2020-03-12", d.Printed.String())
	diff(t, "copies", []string{"区委各部门"}, d.CC)
	diff(t, "cites", []Reference{{Number: "东政发〔2020〕1号", Line: 7}}, d.Cites)
	diff(t, "notes", 1, len(d.Notes))
}

// TestLetterheadWithoutNumber: what cannot be named is listed, not swallowed by
// the document before.
func TestLetterheadWithoutNumber(t *testing.T) {
	t.Parallel()
	g, _ := readSnippet(t, repealSnippet+"^海州市东城区人民政府文件_\n\n关于某事的通知_\n\n正文若干。_\n")
	diff(t, "unattributed", 3, len(g.Unattributed))
}

// TestGazetteOfAllSnippets: documents one after the other stay apart.
func TestGazetteOfAllSnippets(t *testing.T) {
	t.Parallel()
	text := "海州市东城区人民政府公报_\n\n目  录_\n" + strings.Join(snippets, "")
	g, err := Read(strings.NewReader(printed(text)), "f.txt", testLexicon, paper.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, d := range g.Documents {
		numbers = append(numbers, d.Number)
	}
	diff(t, "numbers", []string{"东政发〔2020〕1号", "东政发〔2020〕2号", "东政发〔2020〕3号", "东政办发〔2020〕4号",
		"东政发〔2020〕5号", "东政办发〔2020〕6号", "东政办发〔2020〕7号", "东政办发〔2020〕8号"}, numbers)
	var rest []string
	for _, u := range g.Unattributed {
		rest = append(rest, u.Text)
	}
	diff(t, "unattributed", []string{"海州市东城区人民政府公报", "目  录", "东 政 办 发"}, rest)
}
