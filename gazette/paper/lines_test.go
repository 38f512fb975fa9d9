package paper

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cleaned runs clean over text whose lines are separated by "\n"; "_" at the
// end of a line stands for the blank of the print there, "^" at its start for
// the blank of a page break, "~" for a no-break space.
func cleaned(text string) (ls, pageNumbers []Line) {
	var raw []string
	for l := range strings.SplitSeq(text, "\n") {
		if s, ok := strings.CutPrefix(l, "^"); ok {
			l = " " + s
		}
		if s, ok := strings.CutSuffix(l, "_"); ok {
			l = s + " "
		}
		raw = append(raw, strings.ReplaceAll(l, "~", "\u00a0"))
	}
	return Clean(raw)
}

func TestCleanKeepsTheTwoSignalsOfTheLayout(t *testing.T) {
	t.Parallel()
	ls, _ := cleaned("^甲乙~丙_\n\n丁戊\n^己庚\r\n\n~~辛_\n壬\n\f癸")
	want := []Line{
		{No: 1, Text: "甲乙 丙", End: true, Tail: " ", Page: true},
		{No: 3, Text: "丁戊"},
		{No: 4, Text: "己庚", Page: true},          // a blank first and a full line before
		{No: 6, Text: "辛", End: true, Tail: " "}, // indented after an empty line: no new page
		{No: 7, Text: "壬"},
		{No: 8, Text: "癸", Page: true}, // form feed
	}
	if d := cmp.Diff(want, ls, cmp.AllowUnexported(Line{})); d != "" {
		t.Error(d)
	}
}

func TestCleanDropsPrintedPageNumbersOnly(t *testing.T) {
	t.Parallel()
	const pages = "一\n^二\n^三\n^四\n"
	tests := []struct {
		name, text string
		want       string // what is dropped
	}{
		{"the running page", pages + "~\n\n4_\n\n五", "4"},
		{"pages without a trace lie before it", pages + "~\n\n6_\n\n五", "6"},
		{"the next ones follow on", pages + "~\n\n5_\n\n五\n~\n\n6_\n\n七\n^八\n~\n\n9_\n\n十", "5 6 9"},
		{"with dashes, without the line of blanks", pages + "\n— 4 —\n\n五", "— 4 —"},
		{"row number of a table", "行_\n\n1_\n\n某项工作_\n\n2_\n\n另一项_", ""},
		{"row number after a line of blanks, far from the page", pages + "~\n\n26_\n\n某项工作_", ""},
		{"a number behind the running page", pages + "~\n\n3_\n\n某项工作_", ""},
		{"amount within a cell", pages + "投资\n100\n万元_", ""},
		{"year", pages + "~\n\n2016_\n\n年", ""},
		{"zero", "~\n\n0_\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ls, dropped := cleaned(tt.text)
			var got []string
			for _, l := range dropped {
				got = append(got, l.Text)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("dropped %q, want %q", s, tt.want)
			}
			if len(dropped) == 1 {
				for _, l := range ls {
					if l.No > dropped[0].No && l.No <= dropped[0].No+2 && !l.Page {
						t.Errorf("line %d after the page number does not begin a page", l.No)
					}
				}
			}
		})
	}
}

// A full line of the print has 28 full-width characters; the snippets keep to
// that, because width is one of the signals.
func TestParagraphs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"lines read on until one ends with a blank",
			"各单位应当按照本方案的要求做好有关工作，及时报送进展情\n\n况。_\n\n下一段的文字。_",
			[]string{"各单位应当按照本方案的要求做好有关工作，及时报送进展情况。", "下一段的文字。"}},
		{"a page break cuts a number and a year",
			"依照《某某办法》（甲政发〔2012〕15\n^号）执行，有效期5\n^年。_",
			[]string{"依照《某某办法》（甲政发〔2012〕15号）执行，有效期5年。"}},
		{"a comma at the false end of a full line",
			"（三）加强考核工作。认真听取对各有关单位工作的评价意见，_\n\n建立指标体系，抓好落实。_",
			[]string{"（三）加强考核工作。认真听取对各有关单位工作的评价意见，建立指标体系，抓好落实。"}},
		{"a full line that stops in mid sentence",
			"各街道对照评比细则要求，逐项做好准备。在准备过程中发_\n\n现的困难，要尽早上报。_",
			[]string{"各街道对照评比细则要求，逐项做好准备。在准备过程中发现的困难，要尽早上报。"}},
		{"second line of an article stops in mid sentence",
			"第六条  有关部门应当在每年年底以前共同商定下\n\n一年度的工作计划，征求各方面的意见以后，经区政府批_\n\n准后实施。_",
			[]string{"第六条  有关部门应当在每年年底以前共同商定下一年度的工作计划，征求各方面的意见以后，经区政府批准后实施。"}},
		{"cc block cut inside a word",
			"抄送：区委各部门，区武装部。\n\n区人大常委会办公室，区政协办公室，区人民法院，区人民_\n\n检察院。_",
			[]string{"抄送：区委各部门，区武装部。", "区人大常委会办公室，区政协办公室，区人民法院，区人民检察院。"}},
		{"a numbered heading as wide as a line is followed by its text",
			"（二）经主管部门确认已不宜继续按原办法开展工作的点位_\n\n可以另行选址建设。_",
			[]string{"（二）经主管部门确认已不宜继续按原办法开展工作的点位", "可以另行选址建设。"}},
		{"a full line of units is followed by the next item",
			"牵头单位：区文化委、区环境建设办、什么海什么街指挥部_\n\n8.开展沿街环境整治。_",
			[]string{"牵头单位：区文化委、区环境建设办、什么海什么街指挥部", "8.开展沿街环境整治。"}},
		{"a full line of units is followed by another label",
			"设施维护和日常巡查的单位：区住房城市建设委、区房屋管_\n\n巡查部门：区住房城市建设委。_",
			[]string{"设施维护和日常巡查的单位：区住房城市建设委、区房屋管", "巡查部门：区住房城市建设委。"}},
		{"heading of a part without its mark, both sides",
			"再上一个新的台阶。\n第二部分   思路和措施\n^发展思路 _\n\n正文。_",
			[]string{"再上一个新的台阶。", "第二部分   思路和措施", "发展思路", "正文。"}},
		{"the name of a part inside a sentence",
			"单位在做好自身工作的同时，还要对照实施方案里的第二部分、\n\n第三部分逐条落实到人，也要定期总结。_",
			[]string{"单位在做好自身工作的同时，还要对照实施方案里的第二部分、第三部分逐条落实到人，也要定期总结。"}},
		{"a heading at the top of a page, the mark before it missing",
			"各单位应当按照本方案的要求做好有关工作，及时报送情况。\n^加强宣传工作_\n\n正文。_",
			[]string{"各单位应当按照本方案的要求做好有关工作，及时报送情况。", "加强宣传工作", "正文。"}},
		{"the last words of a sentence at the top of a page",
			"各单位应当按照本方案的要求做好有关工作，及时报送情况。\n^并抓好落实。_",
			[]string{"各单位应当按照本方案的要求做好有关工作，及时报送情况。并抓好落实。"}},
		{"a box interrupts a sentence",
			"发挥社区组织居民议事的积极性作用，汇总各方意见，形成\n\n专栏 1：议事厅_\n\n盒中的文字。_\n^年度清单。_",
			[]string{"发挥社区组织居民议事的积极性作用，汇总各方意见，形成", "专栏 1：议事厅", "盒中的文字。", "年度清单。"}},
		{"two Latin words across a line end",
			"采用 World Intellectual\n\nProperty 的做法。_",
			[]string{"采用 World Intellectual Property 的做法。"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ls, _ := cleaned(tt.text)
			var got []string
			n := 0
			for _, p := range Paragraphs(ls) {
				got = append(got, p.Text)
				if p.Span() != (Span{ls[n].No, ls[n+len(p.Lines)-1].No}) {
					t.Errorf("span of %q is %v", p.Text, p.Span())
				}
				n += len(p.Lines)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if n != len(ls) {
				t.Errorf("%d of %d lines are in a paragraph", n, len(ls))
			}
		})
	}
}
