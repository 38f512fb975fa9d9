package webtest

import (
	"strconv"

	"quanxiang/gazette"
	"quanxiang/gov"
)

// Gazette is a small gazette in which every kind of page has something to
// show: a regulation with chapters and articles that repeals an older one, an
// implementation plan with tasks, a plan with indicators and projects, a
// document without a body, and references to documents that are not held. All
// of its sentences are made up.
func Gazette() *gazette.Gazette {
	g := &gazette.Gazette{Source: gazette.Source{Name: "sample.txt", SHA256: "5f0c2b7e3f4d1a98c6b1e0d2a7f4938150c2b7e3f4d1a98c6b1e0d2a7f493815", Encoding: "UTF-8", Bytes: 1, Lines: 900}}
	g.Documents = []gazette.Document{regulation(), tasks(), plan(), repealed(), bodyless(), opinion()}
	return g
}

// builder numbers the lines of a document's nodes.
type builder struct {
	doc  gazette.Document
	line int
}

func begin(number string, serial int, title, kind string, signed gov.Date, line int) *builder {
	return &builder{line: line, doc: gazette.Document{
		Number: number, Series: "西政发", Year: signed.Year, Serial: serial, Title: title, Kind: kind, Action: "印发",
		Issuers: []string{"北京市西城区人民政府"}, Signed: signed, Printed: signed.Add(3),
		Addressees: []string{"各街道办事处", "区政府各委、办、局", "各有关单位"}, CC: []string{"区委各部门", "区人大常委会办公室"},
		BodyPresent: true,
	}}
}

func (b *builder) node(kind gazette.NodeType, number, heading string, depth int, paragraphs ...string) *builder {
	b.line++
	n := gazette.Node{Type: kind, Number: number, Heading: heading, Line: b.line, Depth: depth}
	for _, p := range paragraphs {
		n.Paragraphs = append(n.Paragraphs, gazette.Passage{Lines: gazette.Span{b.line, b.line}, Text: p})
		b.line++
	}
	b.doc.Structure = append(b.doc.Structure, n)
	return b
}

func (b *builder) end() gazette.Document {
	b.doc.Lines[1] = b.line
	return b.doc
}

func day(y, m, d int) gov.Date {
	v, err := gov.ParseDate(strconv.Itoa(y) + "-" + pad(m) + "-" + pad(d))
	if err != nil {
		panic(err) // a mistake in this file
	}
	return v
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func regulation() gazette.Document {
	b := begin("西政发〔2024〕6号", 6, "关于印发《社区公共空间共享管理办法》的通知", "通知", day(2024, 3, 11), 10)
	b.node("", "", "", 0, "《社区公共空间共享管理办法》已经区政府常务会议审议通过，现印发给你们，请结合实际认真执行。")
	instrument := b.line + 1
	b.node(gazette.ChapterNode, "第一章", "总则", 0)
	b.node(gazette.ArticleNode, "第一条", "", 1, "为了让社区公共空间开放共享、管理有序，根据有关规定，结合本区实际，制定本办法。")
	b.node(gazette.ArticleNode, "第二条", "", 1, "本办法所称社区公共空间，是指下列场所：",
		"（一）社区会议室、活动室和图书角；", "（二）楼院之间的公共绿地和健身场地；", "（三）利用腾退房屋改建的便民设施。")
	b.node(gazette.ArticleNode, "第三条", "", 1, "社区公共空间的使用遵循公益优先、预约登记、免费或者低收费的原则。", "任何单位和个人不得以营利为目的长期占用。")
	b.node(gazette.ChapterNode, "第二章", "职责分工", 0)
	b.node(gazette.ArticleNode, "第四条", "", 1, "区民政局统筹社区公共空间共享工作，制定开放目录和服务标准，每年公布一次使用情况。")
	b.node(gazette.ArticleNode, "第五条", "", 1, "街道办事处负责本辖区公共空间的登记、预约和日常巡查，发现占用的，应当在五个工作日内处理并告知反映人。")
	b.node(gazette.ChapterNode, "第三章", "使用和监督", 0)
	b.node(gazette.ArticleNode, "第六条", "", 1, "居民和社会组织可以通过预约平台申请使用，管理单位应当在两个工作日内答复；不予安排的，说明理由。")
	b.node(gazette.ArticleNode, "第七条", "", 1, "本办法自2024年4月1日起施行，有效期五年。《社区用房使用管理暂行办法》（西政发〔2015〕22号）同时废止。")
	d := b.end()
	d.Approval = &gazette.Approval{Body: "区政府", Meeting: "第31次常务会议", Line: 11}
	d.Effective = &gazette.Effective{Date: day(2024, 4, 1), Basis: "stated", Raw: "自2024年4月1日起施行"}
	d.ValidUntil = day(2029, 3, 31)
	d.Instruments = []gazette.Instrument{{Title: "社区公共空间共享管理办法", Kind: "办法", Lines: gazette.Span{instrument, b.line}}}
	d.Repeals = []gazette.Reference{{Number: "西政发〔2015〕22号", Title: "关于印发社区用房使用管理暂行办法的通知", Line: b.line - 1}}
	d.Cites = []gazette.Reference{{Number: "京政发〔2013〕19号", Title: "关于加强社区服务设施建设的意见", Line: 12}}
	d.Interpreter = "区民政局"
	d.Contacts = []gazette.Contact{{Unit: "区民政局基层政权科", Person: "某某", Phone: "010-5555 0101"}}
	return d
}

// sampleTasks are what the implementation plan asks for.
var sampleTasks = [...][3]string{
	{"完成辖区老旧小区管线改造台账，逐院标明管线权属、敷设年代和改造方式。", "区住房城市建设委", "各街道办事处"},
	{"建立背街小巷日常保洁标准，每月公布一次检查结果。", "区城管委", "区园林绿化局、各街道办事处"},
	{"改造无障碍坡道六十处，优先安排医院、学校和菜市场周边。", "区残联", "区城管委、区住房城市建设委"},
	{"编制夜间照明补盲方案，补齐照明设施。", "区城管委", "区财政局"},
	{"新增公共停车位五百个，推动单位车位错时共享。", "区城管委", "区发展改革委、各街道办事处"},
	{"在每个街道设置一处居民议事厅，公开议事规则和议题。", "区民政局", "各街道办事处"},
	{"建成社区便民服务点三十处，做到早餐、维修、缝补步行十分钟可达。", "区商务委", "各街道办事处"},
	{"公布年度任务完成情况，接受居民评议。", "区政府办公室", "区监察局"},
}

func tasks() gazette.Document {
	b := begin("西政发〔2025〕3号", 3, "关于印发《街区环境提升行动实施方案》的通知", "实施方案", day(2025, 2, 20), 200)
	b.node(gazette.Level1Node, "一、", "工作目标", 0, "用一年时间补齐街区环境短板，让居民出门有树荫、停车有位子、反映问题有回音。")
	b.node(gazette.Level1Node, "二、", "主要任务", 0)
	b.node(gazette.Level2Node, "（一）", "整治街巷环境", 1, "对背街小巷逐条建立档案，明确巷长，按照《社区公共空间共享管理办法》（西政发〔2024〕6号）开放公共空间。")
	b.node(gazette.Level3Node, "1.", "梳理架空线路", 2, "由权属单位制定梳理计划，统一时间入廊入地，施工期间做好交通疏导。")
	b.node(gazette.Level3Node, "2.", "补植行道树木", 2, "见缝插绿，优先选择本地树种。")
	b.node(gazette.Level2Node, "（二）", "改善停车秩序", 1, "新增公共停车位，推动机关和企业单位的车位夜间向居民开放。")
	b.node(gazette.Level1Node, "三、", "保障措施", 0, "各责任单位每月前三个工作日报送进展，区政府督查室按季度通报。")
	b.node(gazette.AttachmentNode, "附件1", "任务分工表", 0)
	d := b.end()
	d.Effective = &gazette.Effective{Date: day(2025, 2, 20), Basis: "signed"}
	d.Cites = []gazette.Reference{{Number: "西政发〔2024〕6号", Title: "关于印发《社区公共空间共享管理办法》的通知", Line: 204},
		{Number: "京政办发〔2022〕7号", Title: "关于推进停车资源共享的通知", Line: 210}}
	d.Attachments = []gazette.Attachment{{No: 1, Title: "任务分工表", Present: true, Form: "table"}, {No: 2, Title: "进展情况报送表", Form: "form"}}
	for i, t := range sampleTasks {
		x := gazette.Task{No: strconv.Itoa(i + 1), Section: "主要任务", Text: t[0], Lead: []gazette.UnitRef{{Name: t[1]}}}
		for _, u := range split(t[2]) {
			x.Support = append(x.Support, gazette.UnitRef{Name: u})
		}
		x.Due = &gazette.Due{Start: day(2025, 1, 1), End: day(2025, 12, 31), Text: "2025年全年"}
		if i%3 == 1 {
			x.Due = &gazette.Due{End: day(2025, 6, 30), Text: "2025年6月底前"}
			x.Recurrence = []gazette.Recurrence{{Every: "month", Text: "每月"}}
		}
		d.Tasks = append(d.Tasks, x)
	}
	d.Notes = []gazette.Note{{Kind: "misprint", Text: gov.Text{ZH: "任务4原文“补齐照明设旋”，疑为“设施”。", EN: "Task 4 prints 设旋, probably for 设施."}, Line: 231}}
	return d
}

func split(s string) []string {
	var list []string
	start := 0
	for i, r := range s {
		if r == '、' {
			list = append(list, s[start:i])
			start = i + len("、")
		}
	}
	return append(list, s[start:])
}

func plan() gazette.Document {
	b := begin("西政发〔2026〕1号", 1, "关于印发《公共服务设施发展规划（2026—2030年）》的通知", "规划", day(2026, 1, 8), 400)
	b.node(gazette.PartNode, "第一部分", "发展基础", 0, "过去五年，全区公共服务设施数量稳步增加，分布仍不均衡。")
	b.node(gazette.PartNode, "第二部分", "主要目标", 0, "到2030年，基本形成步行十五分钟的公共服务圈。")
	b.node(gazette.Level1Node, "一、", "总体目标", 1, "设施总量、服务质量和居民满意度同步提高。")
	b.node(gazette.BoxNode, "专栏1", "2030年主要指标", 1, "指标分为约束性和预期性两类，详见指标表。")
	b.node(gazette.PartNode, "第三部分", "重点项目", 0, "按照成熟一批、实施一批的原则安排项目。")
	d := b.end()
	d.Effective = &gazette.Effective{Date: day(2026, 1, 8), Basis: "signed"}
	for i, x := range [...][5]string{
		{"公共绿地500米服务半径覆盖率", "%", "84", "92", ">="}, {"社区养老驿站数量", "个", "110", "140", ">="},
		{"人均体育场地面积", "平方米", "1.1", "1.5", ">="}, {"公共停车位缺口", "个", "18000", "9000", "<="},
	} {
		d.Indicators = append(d.Indicators, gazette.Indicator{No: strconv.Itoa(i + 1), Goal: "便利生活", Name: x[0], Unit: x[1], Baseline: x[2],
			Target: x[3], Comparison: x[4], Definition: "按年末数统计。", Units: []gazette.UnitRef{{Name: "区发展改革委"}}})
	}
	for i, x := range [...][4]string{
		{"德胜", "社区文化中心", "新建", "3200"}, {"月坛", "立体停车楼", "新建", "待测算"}, {"牛街", "老年食堂", "改造", "450"},
	} {
		d.Projects = append(d.Projects, gazette.Project{No: strconv.Itoa(i + 1), Category: "公共服务", Type: x[2], Streets: []string{x[0]}, Name: x[1],
			Place: "规划用地内", Scale: "约2000平方米", Investment: x[3], Start: "2027", Expected: "2028年底前投入使用", Source: "区财政"})
	}
	return d
}

func repealed() gazette.Document {
	b := begin("西政发〔2015〕22号", 22, "关于印发《社区用房使用管理暂行办法》的通知", "通知", day(2015, 9, 7), 600)
	b.node(gazette.ArticleNode, "第一条", "", 0, "社区用房由街道办事处统一登记。")
	b.node(gazette.ArticleNode, "第二条", "", 0, "社区用房不得出租。")
	d := b.end()
	d.Effective = &gazette.Effective{Date: day(2015, 10, 1), Basis: "stated"}
	return d
}

func bodyless() gazette.Document {
	d := begin("西政发〔2026〕4号", 4, "关于印发《政务信息系统安全检查工作方案》的通知", "通知", day(2026, 4, 2), 700).end()
	d.BodyPresent = false
	return d
}

func opinion() gazette.Document {
	b := begin("西政发〔2022〕9号", 9, "关于支持小微企业参与社区服务的若干意见", "意见", day(2022, 1, 25), 800)
	b.doc.Action = "直接发布"
	b.node(gazette.Level1Node, "一、", "降低参与门槛", 0, "凡依法登记、信用良好的小微企业，均可参与社区服务项目。")
	b.node(gazette.Level1Node, "二、", "简化付款手续", 0, "服务验收后十五个工作日内付款。")
	d := b.end()
	d.Effective = &gazette.Effective{Date: day(2022, 3, 1), Basis: "stated"}
	d.ValidUntil = day(2027, 2, 28)
	return d
}
