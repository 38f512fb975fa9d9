// Package librarytest gives tests of the library and of what stands on it a
// small gazette to import. Its sentences are made up.
package librarytest

import (
	"strings"

	"quanxiang/gazette"
	"quanxiang/gov"
)

// Day is a date that must be right.
func Day(s string) gov.Date {
	d, err := gov.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Passages are paragraphs on some line.
func Passages(texts ...string) []gazette.Passage {
	var list []gazette.Passage
	for _, s := range texts {
		list = append(list, gazette.Passage{Lines: gazette.Span{1, 1}, Text: s})
	}
	return list
}

func refs(numbers ...string) []gazette.Reference {
	var list []gazette.Reference
	for _, n := range numbers {
		list = append(list, gazette.Reference{Number: n, Title: "关于某事的通知", Line: 3})
	}
	return list
}

func units(names ...string) []gazette.UnitRef {
	var list []gazette.UnitRef
	for _, n := range names {
		list = append(list, gazette.UnitRef{Name: n})
	}
	return list
}

// Sample is a small gazette: measures that replace older ones, a plan with
// tasks that cites them, and a notice that repeals one more.
func Sample() *gazette.Gazette {
	return &gazette.Gazette{
		Source: gazette.Source{Name: "sample.txt", SHA256: strings.Repeat("a", 64)},
		Documents: []gazette.Document{{
			Number: "西政发〔2016〕16号", Series: "西政发", Year: 2016, Serial: 16, Title: "关于印发《示范区停车管理办法》的通知",
			Kind: "通知", Action: "印发", Issuers: []string{"北京市西城区人民政府"}, Signed: Day("2016-10-11"), Printed: Day("2016-10-12"),
			Effective: &gazette.Effective{Date: Day("2016-11-01"), Basis: "stated"}, ValidUntil: Day("2021-10-31"),
			Repeals: refs("西政发〔2012〕15号"), Cites: refs("京政发〔2015〕61号"), BodyPresent: true,
			Instruments: []gazette.Instrument{{Title: "示范区停车管理办法", Kind: "办法"}},
			Structure: []gazette.Node{
				{Type: gazette.PreambleNode, Line: 3, Paragraphs: Passages("现将示范办法印发给你们，请遵照执行。")},
				{Type: gazette.InstrumentNode, Heading: "示范区停车管理办法", Line: 10},
				{Type: gazette.ChapterNode, Number: "第一章", Heading: "总则", Line: 11, Depth: 1},
				{Type: gazette.ArticleNode, Number: "第一条", Line: 12, Depth: 2, Paragraphs: Passages("为了规范停车秩序，到2020年建成 500 个车位，制定本办法。")},
				{Type: gazette.ArticleNode, Number: "第二条", Line: 13, Depth: 2, Paragraphs: Passages("有下列情形之一的，应当报告：")},
				{Type: gazette.Level2Node, Number: "（一）", Line: 14, Depth: 3, Paragraphs: Passages("占用消防通道的；")},
				{Type: gazette.Level2Node, Number: "（二）", Line: 15, Depth: 3, Paragraphs: Passages("改变车场用途的。")},
			},
		}, {
			Number: "西政发〔2016〕13号", Series: "西政发", Year: 2016, Serial: 13, Title: "关于印发示范区“十三五”规划任务分工的通知",
			Kind: "通知", Action: "印发", Issuers: []string{"北京市西城区人民政府"}, Signed: Day("2016-07-01"),
			Cites: refs("西政发〔2016〕16号"), BodyPresent: true,
			Structure: []gazette.Node{
				{Type: gazette.Level1Node, Number: "一、", Heading: "改善环境", Line: 30, Paragraphs: Passages("增加绿化面积，治理PM2.5。")},
			},
			Tasks: []gazette.Task{
				{No: "1", Section: "一、改善环境", Text: "新增停车设施，缓解停车难", Lead: units("区发展改革委"), Support: units("各街道", "某不存在的单位"),
					Due: &gazette.Due{End: Day("2016-12-31"), Text: "2016年底前"}},
				{No: "2", Section: "一、改善环境", Text: "建设示范绿地", Units: units("区园林绿化局")},
			},
			Indicators: []gazette.Indicator{{No: "1", Goal: "宜居", Name: "公园绿地覆盖率", Unit: "%", Target: "95"}},
			Projects:   []gazette.Project{{No: "7", Category: "道路", Name: "示范街整治", Place: "示范街", Streets: []string{"德胜"}}},
		}, {
			Number: "西政发〔2016〕7号", Series: "西政发", Year: 2016, Serial: 7, Title: "关于废止旧优惠政策的通知", Kind: "通知", Action: "废止",
			Issuers: []string{"北京市西城区人民政府"}, Signed: Day("2016-06-15"), Effective: &gazette.Effective{Date: Day("2016-06-15"), Basis: "signed"},
			Repeals: refs("西政发〔2011〕26号"), BodyPresent: true,
			Structure: []gazette.Node{{Type: gazette.PreambleNode, Line: 50, Paragraphs: Passages("旧政策自发布之日起废止。")}},
		}},
	}
}
