// Package gazettecmd writes in words what was understood of a gazette.
package gazettecmd

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"quanxiang/gazette"
	"quanxiang/gov"
)

// Summarise writes what was understood of a gazette for an official to check
// against the paper.
func Summarise(w io.Writer, lang gov.Lang, g *gazette.Gazette) { summary{w, lang}.gazette(g) }

type summary struct {
	w    io.Writer
	lang gov.Lang
}

func (s summary) line(zh, en string, args ...any) {
	fmt.Fprintln(s.w, gov.Textf(zh, en, args...).In(s.lang))
}

func (s summary) gazette(g *gazette.Gazette) {
	s.line("%[1]s：%[2]d 行，%[3]s 编码，%[4]d 份公文。SHA-256 %[5]s", "%[1]s: %[2]d lines in %[3]s, documents: %[4]d. SHA-256 %[5]s",
		g.Source.Name, g.Source.Lines, g.Source.Encoding, len(g.Documents), g.Source.SHA256)
	s.line("方括号里的数字是文件的行号。", "Numbers in square brackets are lines of the file.")
	for i := range g.Documents {
		fmt.Fprintln(s.w)
		s.document(&g.Documents[i])
	}
	fmt.Fprintln(s.w)
	s.rest(g)
}

func (s summary) document(d *gazette.Document) {
	fmt.Fprintf(s.w, "%s  %s\n", d.Number, d.Title)
	fmt.Fprintf(s.w, "  %s%s  [%s]\n", cmp.Or(d.Kind, "—"), s.aside(actions[d.Action]), lines(d.Lines))
	s.list("发文机关", "issued by", d.Issuers)
	s.list("另一名称", "also called", d.AltTitles)
	s.life(d)
	var titles []string
	for _, in := range d.Instruments {
		titles = append(titles, fmt.Sprintf("《%s》", in.Title))
	}
	s.list("所发文件", "promulgates", titles)
	if !d.BodyPresent {
		s.line("  正文不在文件中", "  its text is not in the file")
	}
	s.list("废止", "repeals", references(d.Repeals))
	s.list("提到的文件", "names", references(d.Cites))
	for _, a := range d.Attachments {
		state := gov.Text{ZH: "在文件中", EN: "in the file"}
		if !a.Present {
			state = gov.Text{ZH: "不在文件中", EN: "not in the file"}
		}
		s.line("  附件%[1]d：%[2]s（%[3]s）", "  attachment %[1]d: %[2]s (%[4]s)", a.No, a.Title, state.ZH, state.EN)
	}
	s.work(d)
	s.outline(d)
	for _, n := range d.Notes {
		s.line("  注意：%[2]s  [%[1]d]", "  note: %[3]s  [%[1]d]", n.Line, n.Text.ZH, n.Text.In(gov.EN))
	}
}

// actions are what a document does, by the word the reader has for it.
var actions = map[string]gov.Text{
	"印发":   {ZH: "印发", EN: "issues a text"},
	"转发":   {ZH: "转发", EN: "forwards a text"},
	"废止":   {ZH: "废止", EN: "repeals"},
	"直接发布": {ZH: "直接发布", EN: "is itself the text"},
}

// aside is a remark in brackets, in the brackets of the language.
func (s summary) aside(t gov.Text) string {
	return gov.Text{ZH: "（" + t.ZH + "）", EN: " (" + t.EN + ")"}.In(s.lang)
}

// lines writes a range of lines: 12, or 12-15.
func lines(span gazette.Span) string {
	if span[0] == span[1] {
		return strconv.Itoa(span[0])
	}
	return fmt.Sprintf("%d-%d", span[0], span[1])
}

// work is how much there is to do, and what of it names nobody.
func (s summary) work(d *gazette.Document) {
	nobody := 0
	for i, t := range d.Tasks {
		divided := i+1 < len(d.Tasks) && strings.HasPrefix(d.Tasks[i+1].No, t.No+".")
		if !divided && len(t.Lead)+len(t.Support)+len(t.Units) == 0 {
			nobody++
		}
	}
	switch n := len(d.Tasks); {
	case nobody > 0:
		s.line("  任务 %[1]d 项，其中 %[2]d 项没有写明责任单位", "  tasks: %[1]d, of which %[2]d name no unit", n, nobody)
	case n > 0:
		s.line("  任务 %d 项", "  tasks: %d", n)
	}
	if n := len(d.Indicators); n > 0 {
		s.line("  指标 %d 项", "  indicators: %d", n)
	}
	if n := len(d.Projects); n > 0 {
		s.line("  项目 %d 项", "  projects: %d", n)
	}
}

// bases say why a document is in force from its day.
var bases = map[string]gov.Text{
	gazette.BasisStated:  {ZH: "正文写明", EN: "stated in the text"},
	gazette.BasisPrinted: {ZH: "自发布之日起，按印发日期", EN: "on issue: the day it was printed"},
	gazette.BasisSigned:  {ZH: "正文没有写明，按成文日期", EN: "nothing said: the day it was signed"},
}

// life is when a document begins and ends.
func (s summary) life(d *gazette.Document) {
	var parts []string
	add := func(zh, en string, day gov.Date) {
		if !day.IsZero() {
			parts = append(parts, gov.Text{ZH: zh, EN: en}.In(s.lang)+" "+day.String())
		}
	}
	add("成文", "signed", d.Signed)
	add("印发", "printed", d.Printed)
	if d.Effective != nil {
		add("生效", "in force from", d.Effective.Date)
		parts[len(parts)-1] += s.aside(bases[d.Effective.Basis])
	}
	add("有效至", "in force to", d.ValidUntil)
	add("规划期至", "plan ends", d.PlanEnd)
	sep := gov.Text{ZH: "，", EN: ", "}.In(s.lang)
	fmt.Fprintf(s.w, "  %s\n", strings.Join(parts, sep))
	if a := d.Approval; a != nil {
		s.line("  经%[1]s同意", "  approved by %[1]s", cmp.Or(a.Meeting, a.Body))
	}
	if d.Interpreter != "" {
		s.line("  由%s解释", "  interpreted by %s", d.Interpreter)
	}
}

// outline prints the headings; of articles and items only how many there are.
func (s summary) outline(d *gazette.Document) {
	counts := map[gazette.NodeType]int{}
	for _, n := range d.Structure {
		counts[n.Type]++
		switch n.Type {
		case gazette.PartNode, gazette.ChapterNode, gazette.SectionNode, gazette.Level1Node, gazette.BoxNode,
			gazette.InstrumentNode, gazette.AttachmentNode:
			if n.Heading != "" {
				fmt.Fprintf(s.w, "    %s%s  [%d]\n", strings.Repeat("  ", n.Depth), strings.TrimLeft(n.Number+" "+n.Heading, " "), n.Line)
			}
		}
	}
	var parts []string
	for _, c := range []struct {
		typ    gazette.NodeType
		zh, en string
	}{
		{gazette.PartNode, "%d 部分", "parts: %d"}, {gazette.ChapterNode, "%d 章", "chapters: %d"}, {gazette.SectionNode, "%d 节", "sections: %d"},
		{gazette.ArticleNode, "%d 条", "articles: %d"}, {gazette.Level1Node, "“一、”%d 处", "一、 %d"}, {gazette.Level2Node, "“（一）”%d 处", "（一） %d"},
		{gazette.Level3Node, "“1.”%d 处", "1. %d"}, {gazette.Level4Node, "“（1）”%d 处", "（1） %d"}, {gazette.BoxNode, "专栏 %d 个", "boxes: %d"},
	} {
		if n := counts[c.typ]; n > 0 {
			parts = append(parts, gov.Textf(c.zh, c.en, n).In(s.lang))
		}
	}
	s.list("结构", "structure", parts)
}

// rest is what an official must look at: what belongs to no document, and
// where characters were lost.
func (s summary) rest(g *gazette.Gazette) {
	bad := 0
	for _, c := range g.Checks {
		if c.Lost != "" || c.Invented != "" {
			bad++
			s.line("%[1]s %[2]s 对不上：少了“%[4]s”，多了“%[5]s”  [%[3]s]", "%[1]s %[2]s does not add up: lost %[4]q, invented %[5]q  [%[3]s]",
				c.Document, c.Table, lines(c.Lines), c.Lost, c.Invented)
		}
	}
	if bad == 0 {
		s.line("逐字核对 %d 处，全部相符。", "Character by character, all checks hold (%d).", len(g.Checks))
	}
	if len(g.Unattributed) == 0 {
		s.line("每一行文字都有归属。", "Every line with text belongs to a document.")
		return
	}
	s.line("没能归属的文字 %d 处：", "Text that belongs to no document, %d passages:", len(g.Unattributed))
	for _, u := range g.Unattributed {
		fmt.Fprintf(s.w, "  %s  [%s]\n", clip(u.Text, 60), lines(u.Lines))
	}
}

// clip shortens a text to n characters.
func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

func (s summary) list(zh, en string, items []string) {
	if len(items) > 0 {
		s.line("  %[1]s：%[3]s", "  %[2]s: %[3]s", zh, en, strings.Join(items, gov.Text{ZH: "、", EN: ", "}.In(s.lang)))
	}
}

func references(refs []gazette.Reference) (out []string) {
	for _, r := range refs {
		out = append(out, cmp.Or(r.Number, "《"+r.Title+"》"))
	}
	return out
}
