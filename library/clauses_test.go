package library

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette"
)

// Items are counted through the article; only those of a second list name
// their paragraph. An opinion's items stand for articles.
func TestClausePaths(t *testing.T) {
	t.Parallel()
	says := func(texts ...string) (ps []gazette.Passage) {
		for _, x := range texts {
			ps = append(ps, gazette.Passage{Text: x})
		}
		return ps
	}
	paths := func(nodes ...gazette.Node) string {
		var list []string
		for _, c := range Clauses(&gazette.Document{Structure: nodes}) {
			list = append(list, c.Path+" "+c.Text)
		}
		return strings.Join(list, "\n")
	}
	got := paths(
		gazette.Node{Type: gazette.PreambleNode, Paragraphs: says("现印发给你们。")},
		gazette.Node{Type: gazette.InstrumentNode, Heading: "风筝办法"},
		gazette.Node{Type: gazette.ChapterNode, Number: "第一章", Heading: "总则", Depth: 1},
		gazette.Node{Type: gazette.ArticleNode, Number: "第六条", Depth: 2, Paragraphs: says("补贴：")},
		gazette.Node{Type: gazette.Level2Node, Number: "（一）", Depth: 3, Paragraphs: says("大风筝。")},
		gazette.Node{Type: gazette.Level3Node, Number: "1.", Depth: 4, Paragraphs: says("带尾的。")},
		gazette.Node{Type: gazette.Level2Node, Number: "（二）", Depth: 3, Paragraphs: says("小风筝。", "不得同时享受，除非：")},
		gazette.Node{Type: gazette.Level2Node, Number: "（一）", Depth: 3, Paragraphs: says("下雨。")},
	)
	want := "6/1 补贴：\n6(1) 大风筝。\n6(1)1 带尾的。\n6(2) 小风筝。\n6/2 不得同时享受，除非：\n6/2(1) 下雨。"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("articles (-want +got)\n%s", diff)
	}
	got = paths(
		gazette.Node{Type: gazette.Level1Node, Number: "一、", Heading: "风筝", Depth: 0},
		gazette.Node{Type: gazette.Level2Node, Number: "（一）", Heading: "补贴", Depth: 1, Paragraphs: says("给补贴。", "给奖励。")},
		gazette.Node{Type: gazette.Level1Node, Number: "二、", Heading: "组织", Depth: 0},
		gazette.Node{Type: gazette.Level2Node, Number: "（二）", Heading: "检查", Depth: 1, Paragraphs: says("要检查。")},
	)
	if diff := cmp.Diff("1/1 给补贴。\n1/2 给奖励。\n2/1 要检查。", got); diff != "" {
		t.Errorf("items (-want +got)\n%s", diff)
	}
}
