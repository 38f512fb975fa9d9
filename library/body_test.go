package library

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette"
)

// What follows the last point of a list without a number is a paragraph of the
// article; within the list it belongs to its point.
func TestParagraphsAfterPoints(t *testing.T) {
	t.Parallel()
	says := func(texts ...string) (ps []gazette.Passage) {
		for _, x := range texts {
			ps = append(ps, gazette.Passage{Text: x})
		}
		return ps
	}
	d := &gazette.Document{Structure: []gazette.Node{
		{Type: gazette.InstrumentNode, Heading: "风筝办法"},
		{Type: gazette.ArticleNode, Number: "第六条", Depth: 1, Paragraphs: says("给予下列补贴：")},
		{Type: gazette.Level2Node, Number: "（一）", Depth: 2, Paragraphs: says("大风筝十元。", "以尺量为准。")},
		{Type: gazette.Level2Node, Number: "（二）", Depth: 2, Paragraphs: says("小风筝一元。", "前款不得同时享受。", "不予补贴的有：")},
		{Type: gazette.Level2Node, Number: "（一）", Depth: 2, Paragraphs: says("破的；")},
		{Type: gazette.Level2Node, Number: "（二）", Depth: 2, Paragraphs: says("丢的：")},
		{Type: gazette.Level3Node, Number: "1.", Depth: 3, Paragraphs: says("挂在树上的。", "由区文化委取回。")},
	}}
	var got []string
	Walk(Body(d)[0].Elements, 0, func(e *Element, depth int) {
		got = append(got, strings.Repeat(" ", depth)+e.ID+" "+e.Text)
	})
	want := []string{
		"art_6 ",
		" art_6__para_1 给予下列补贴：",
		"  art_6__para_1__point_1 大风筝十元。",
		"   art_6__para_1__point_1__para_1 以尺量为准。",
		"  art_6__para_1__point_2 小风筝一元。",
		" art_6__para_2 前款不得同时享受。",
		" art_6__para_3 不予补贴的有：",
		"  art_6__para_3__point_1 破的；",
		"  art_6__para_3__point_2 丢的：",
		"   art_6__para_3__point_2__subpara_1 挂在树上的。",
		" art_6__para_4 由区文化委取回。",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if n := len(d.Structure[3].Paragraphs); n != 3 {
		t.Errorf("the document itself was changed: %d paragraphs", n)
	}
}
