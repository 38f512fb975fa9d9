package gazette

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"quanxiang/gazette/paper"
	"quanxiang/gov"
)

// testLexicon is an invented district.
var testLexicon = Lexicon{Series: []Series{
	{Code: "东政发", Issuer: "海州市东城区人民政府", Letterhead: []string{"海州市东城区人民政府文件"}, Slug: "dzf"},
	{Code: "东政办发", Issuer: "海州市东城区人民政府办公室", Letterhead: []string{"海州市东城区人民政府办公室文件"}, Slug: "dzbf"},
}}

// print turns a readable snippet into the bytes of a PDF's text: "_" at a line
// end is the blank of a paragraph end, "^" at a line start that of a page.
func printed(snippet string) string {
	var b strings.Builder
	for l := range strings.SplitSeq(snippet, "\n") {
		if s, ok := strings.CutPrefix(l, "^"); ok {
			l = " " + s
		}
		if s, ok := strings.CutSuffix(l, "_"); ok {
			l = s + " "
		}
		b.WriteString(strings.ReplaceAll(l, "~", "\u00a0") + "\n")
	}
	return b.String()
}

// notice is a small complete document around a body.
func notice(title, body string) string {
	return "^海州市东城区人民政府文件_\n\n\n东政发〔2020〕3 号_\n\n\n" + title + "_\n\n\n" +
		"区政府各委、办、局，各街道办事处，各有关单位：_\n\n" + body +
		"\n\n海州市东城区人民政府_\n\n2020 年 3 月 9 日_\n^抄送: 区委各部门，区武装部。_\n\n" +
		"海州市东城区人民政府办公室              2020 年 3 月 12 日印发_\n"
}

const plainBody = "现将有关事项通知如下。_\n"

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	good := printed(notice("海州市东城区人民政府关于春季植树的通知", plainBody))
	tests := []struct {
		name, data string
		limits     paper.Limits
		code       gov.Code
		pos        string
		en         string // part of the message
	}{
		{"empty", "", paper.Limits{}, gov.Invalid, "f.txt", "no text"},
		{"blanks only", "\n \n\u00a0\n", paper.Limits{}, gov.Invalid, "f.txt", "no text"},
		{"no document", "随便几行文字。\n没有公文。\n", paper.Limits{}, gov.Invalid, "f.txt:1", "no document"},
		{"PDF", "%PDF-1.4\nxyz", paper.Limits{}, gov.Unsupported, "f.txt:1:1", "PDF"},
		{"Word 97", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", paper.Limits{}, gov.Unsupported, "f.txt:1:1", "Word"},
		{"docx", "PK\x03\x04rest", paper.Limits{}, gov.Unsupported, "f.txt:1:1", "Word"},
		{"RTF", `{\rtf1\ansi`, paper.Limits{}, gov.Unsupported, "f.txt:1:1", "RTF"},
		{"UTF-16", "\xff\xfe\x17\x53", paper.Limits{}, gov.Unsupported, "f.txt:1:1", "UTF-16"},
		{"binary", "第一行\nab\x00c", paper.Limits{}, gov.Unsupported, "f.txt:2:3", "zero byte"},
		{"broken UTF-8", "第一行\n第二\xe5行\n第三行文字不少", paper.Limits{}, gov.Invalid, "f.txt:2:3", "not valid UTF-8"},
		{"neither encoding", "\xff\xff\xff\n\xff\xff", paper.Limits{}, gov.Invalid, "f.txt:1:1", "neither"},
		{"long line", "短\n" + strings.Repeat("长", 100), paper.Limits{Line: 90}, gov.TooLarge, "f.txt:2:91", "longer than 90 bytes"},
		{"large file", good, paper.Limits{Bytes: 100}, gov.TooLarge, "f.txt", "100 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(strings.NewReader(tt.data), "f.txt", testLexicon, tt.limits)
			e, ok := errors.AsType[*gov.Error](err)
			if !ok {
				t.Fatalf("error %v, want a *gov.Error", err)
			}
			if e.Code != tt.code || e.Pos.String() != tt.pos || !strings.Contains(e.Text.EN, tt.en) {
				t.Errorf("%s at %q: %q; want %s at %q with %q", e.Code, e.Pos, e.Text.EN, tt.code, tt.pos, tt.en)
			}
			if e.Text.ZH == "" || e.Text.ZH == e.Text.EN || strings.Contains(e.Text.ZH+e.Text.EN, "%!") {
				t.Errorf("texts %q and %q", e.Text.ZH, e.Text.EN)
			}
		})
	}
}

// endless is a line that never ends.
type endless struct{ n int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.n += int64(len(b))
	return len(b), nil
}

// TestReadStopsEarly: a line of a gigabyte costs no more than the limit.
func TestReadStopsEarly(t *testing.T) {
	t.Parallel()
	src := &endless{}
	if _, err := Read(src, "f.txt", testLexicon, paper.Limits{}); gov.CodeOf(err) != gov.TooLarge {
		t.Fatal(err)
	}
	if src.n > 2*paper.DefaultLine {
		t.Errorf("%d bytes were read before the long line was refused", src.n)
	}
}

// hostile are the lines of files made to be slow, in the notation of printed.
var hostile = map[string]string{
	"one endless paragraph of citations": "《某办法》（东政发〔2020〕1号）废止\n",
	"a thousand citations":               "《某办法》（东政发〔2020〕1号）同时废止。_\n",
	"attachments":                        "附件_\n",
	"lists of attachments":               "附件：1.某表_\n",
	"prefaces":                           "序言_\n\n正文。_\n",
	"pages":                              "^某办法_\n",
	"boxes":                              "专栏 1：某事\n",
	"footnotes":                          "短\n1\n",
	"numbers":                            "1.某事。_\n",
	"open quotes":                        "《",
}

// hostileText is a notice that repeats a unit of text up to a size in bytes.
func hostileText(unit string, size int) string {
	body := "现将《某办法》、《某规定》印发给你们。_\n\n海州市东城区人民政府_\n\n2020 年 3 月 9 日_\n" + strings.Repeat(unit, size/len(unit)) + "\n"
	return printed(strings.Replace(notice("海州市东城区人民政府关于印发《某办法》的通知", "@"), "@", body, 1))
}

// TestReadHostile: files made to be slow are read like any other, with every
// printed character accounted for. How fast is BenchmarkReadHostile's to say;
// work that grew with the square of the file would meet the limit of the test
// run.
func TestReadHostile(t *testing.T) {
	t.Parallel()
	for name, unit := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := Read(strings.NewReader(hostileText(unit, 100_000)), "f.txt", testLexicon, paper.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range g.Checks {
				if c.Lost != "" || c.Invented != "" {
					t.Errorf("%s: lost %.20q, invented %.20q", c.Table, c.Lost, c.Invented)
				}
			}
		})
	}
}

// BenchmarkReadHostile reports for each hostile file how much dearer a byte
// becomes when the file is four times as long: 1 is proportional, 4 would be
// work with the square of the file.
func BenchmarkReadHostile(b *testing.B) {
	for name, unit := range hostile {
		b.Run(name, func(b *testing.B) {
			cost := func(size int) float64 {
				text := hostileText(unit, size)
				begin := time.Now()
				if _, err := Read(strings.NewReader(text), "f.txt", testLexicon, paper.Limits{}); err != nil {
					b.Fatal(err)
				}
				return float64(time.Since(begin)) / float64(len(text))
			}
			var ratio float64
			for b.Loop() {
				ratio = cost(800_000) / cost(200_000)
			}
			b.ReportMetric(ratio, "growth/byte")
		})
	}
}

func TestReadPassesErrorsOfTheSourceOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	_, err := Read(io.MultiReader(strings.NewReader("第一行\n"), failing{broken}), "f.txt", testLexicon, paper.Limits{})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestReadForms: the same document in every form that text arrives in is the
// same document.
func TestReadForms(t *testing.T) {
	t.Parallel()
	text := printed(notice("海州市东城区人民政府关于春季植树的通知", plainBody))
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ data, encoding string }{
		"UTF-8":                 {text, paper.UTF8},
		"byte order mark":       {"\ufeff" + text, paper.UTF8},
		"CRLF":                  {strings.ReplaceAll(text, "\n", "\r\n"), paper.UTF8},
		"GB18030":               {gb, paper.GB18030},
		"no newline at the end": {strings.TrimRight(text, "\n"), paper.UTF8},
	} {
		g, err := Read(bytes.NewReader([]byte(tt.data)), "f.txt", testLexicon, paper.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		d := g.Documents[0]
		if g.Source.Encoding != tt.encoding || d.Number != "东政发〔2020〕3号" || d.Printed.String() != "2020-03-12" ||
			len(d.Structure) != 1 || d.Structure[0].Paragraphs[0].Text != "现将有关事项通知如下。" {
			t.Errorf("%s: encoding %s, document %+v", name, g.Source.Encoding, d)
		}
		if c := g.Checks[0]; c.Lost != "" || c.Invented != "" || c.Printed == 0 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// FuzzRead: whatever the bytes, Read neither panics nor loses a line.
func FuzzRead(f *testing.F) {
	f.Add([]byte(printed(notice("海州市东城区人民政府关于印发《某某办法》的通知", "经区政府同意，现将《某某办法》印发给你们。_\n"))))
	for _, s := range snippets {
		f.Add([]byte(printed(s)))
	}
	f.Add([]byte("\xd7\xd6\n号"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := Read(bytes.NewReader(data), "f.txt", testLexicon, paper.Limits{Bytes: 1 << 16, Line: 1 << 12})
		if err != nil {
			if gov.CodeOf(err) == gov.Internal {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		end := 0
		inside := func(what string, s Span, within Span) {
			if s[0] > s[1] || s[0] < within[0] || s[1] > within[1] {
				t.Errorf("%s on lines %v outside %v", what, s, within)
			}
		}
		all := Span{1, g.Source.Lines}
		for _, d := range g.Documents {
			inside(d.Number, d.Lines, all)
			if d.Lines[0] <= end {
				t.Errorf("%s begins on line %d, inside the document before", d.Number, d.Lines[0])
			}
			end = d.Lines[1]
			depth := -1
			for _, n := range d.Structure {
				inside("node "+n.Number, Span{n.Line, n.Line}, d.Lines)
				if n.Depth > depth+1 {
					t.Errorf("node %s at depth %d under depth %d", n.Number, n.Depth, depth)
				}
				depth = n.Depth
				for _, p := range n.Paragraphs {
					inside("paragraph", p.Lines, d.Lines)
				}
			}
		}
		for _, u := range g.Unattributed {
			inside("unattributed", u.Lines, all)
		}
		for _, c := range g.Checks {
			if c.Form == "text" && (c.Lost != "" || c.Invented != "") {
				t.Errorf("%s: lost %q, invented %q", c.Document, c.Lost, c.Invented)
			}
		}
	})
}

// BenchmarkRead reads ten megabytes of gazette; the issue allows two seconds.
func BenchmarkRead(b *testing.B) {
	one := printed(strings.Join(snippets, "\n"))
	data := strings.Repeat(one, 10<<20/len(one)+1)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		g, err := Read(strings.NewReader(data), "f.txt", testLexicon, paper.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(g.Documents)), "documents")
	}
}
