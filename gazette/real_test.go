package gazette_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/packs"
	"quanxiang/policy"
)

// realText returns the gazette of 2016, which is kept beside the repository.
func realText(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "shared", "gazette", "xicheng-2016.txt"))
	if os.IsNotExist(err) && os.Getenv("CI") != "true" {
		t.Skip("the real gazette is not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// xicheng is the reference pack: what the reader is told about the district,
// and what an independent reading of the gazette found.
func xicheng(t testing.TB) *policy.Pack {
	t.Helper()
	fsys, ok := packs.FS("xicheng")
	if !ok {
		t.Fatal("the binary carries no pack xicheng")
	}
	p, err := policy.Load(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRealDocuments compares the reader with the reading of the same text that
// was written down in the pack without the program.
func TestRealDocuments(t *testing.T) {
	t.Parallel()
	g := readReal(t)
	want := slices.DeleteFunc(slices.Clone(xicheng(t).Documents), func(d policy.Document) bool { return d.Action == "" })
	if len(want) != 24 || len(g.Documents) != 24 {
		t.Fatalf("%d documents read, %d expected by the pack, want 24", len(g.Documents), len(want))
	}
	repeals := 0
	for i, d := range g.Documents {
		w := want[i]
		w.Cite = ""
		// The pack's reader derives the end of two plans from the dates of their
		// steps, which no general rule does.
		if d.PlanEnd.IsZero() {
			w.PlanEnd = gov.Date{}
		}
		w.Cites = append(slices.Clone(w.Cites), w.Repeals...) // what is repealed is named too
		got := policy.Document{
			Number: d.Number, Title: d.Title, Issuer: d.Issuers[0], Joint: d.Issuers[1:], Kind: d.Kind, Action: policy.DocumentAction(d.Action),
			Signed: d.Signed, Printed: d.Printed, ValidUntil: d.ValidUntil, PlanEnd: d.PlanEnd, Bodyless: !d.BodyPresent,
		}
		for _, in := range d.Instruments {
			got.Promulgate = append(got.Promulgate, in.Title)
		}
		if d.Effective != nil && d.Effective.Basis == gazette.BasisStated {
			got.Effective = d.Effective.Date
		}
		for _, r := range d.Repeals {
			repeals++
			got.Repeals = append(got.Repeals, r.Number)
		}
		for _, c := range d.Cites {
			got.Cites = append(got.Cites, c.Number)
		}
		slices.Sort(got.Cites)
		slices.Sort(w.Cites)
		if diff := cmp.Diff(w, got, equateEmpty); diff != "" {
			t.Errorf("%s (want -, got +):\n%s", w.Number, diff)
		}
	}
	if repeals != 8 {
		t.Errorf("%d repeals, want 8", repeals)
	}
}

var equateEmpty = cmp.FilterValues(func(a, b []string) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())

// readReal reads the real gazette once for all tests, which only look at it.
func readReal(t testing.TB) *gazette.Gazette {
	t.Helper()
	data := realText(t)
	readOnce.Do(func() {
		readOnce.g, readOnce.err = gazette.Read(bytes.NewReader(data), "xicheng-2016.txt", xicheng(t).Gazette, gazette.Limits{})
	})
	if readOnce.err != nil {
		t.Fatal(readOnce.err)
	}
	return readOnce.g
}

var readOnce struct {
	sync.Once
	g   *gazette.Gazette
	err error
}

func document(t *testing.T, g *gazette.Gazette, number string) *gazette.Document {
	t.Helper()
	i := slices.IndexFunc(g.Documents, func(d gazette.Document) bool { return d.Number == number })
	if i < 0 {
		t.Fatalf("no document %s", number)
	}
	return &g.Documents[i]
}

func TestRealAccountsForEveryCharacter(t *testing.T) {
	t.Parallel()
	g := readReal(t)
	texts := 0
	for _, c := range g.Checks {
		if c.Form == "text" {
			texts++
			if c.Lost != "" || c.Invented != "" {
				t.Errorf("%s: lost %q, invented %q", c.Document, c.Lost, c.Invented)
			}
		}
	}
	if texts != len(g.Documents) {
		t.Errorf("%d of %d documents were checked", texts, len(g.Documents))
	}
	if len(g.Unattributed) != 1 || g.Unattributed[0].Lines != (gazette.Span{15368, 15368}) {
		t.Errorf("unattributed: %v, want the divider at line 15368 alone", g.Unattributed)
	}
	end := 0
	for _, d := range g.Documents {
		if d.Lines[0] <= end || d.Lines[1] < d.Lines[0] {
			t.Errorf("%s stands on lines %v after line %d", d.Number, d.Lines, end)
		}
		end = d.Lines[1]
	}
	if g.Source.Lines != 20302 || g.Source.Encoding != gazette.UTF8 || g.Source.Bytes != 532201 {
		t.Errorf("source: %+v", g.Source)
	}
}

// TestRealStructure counts what a reader counts who follows the headings with a
// finger.
func TestRealStructure(t *testing.T) {
	t.Parallel()
	g := readReal(t)
	tests := []struct {
		number string
		want   map[gazette.NodeType]int
	}{
		{"西政发〔2016〕7号", map[gazette.NodeType]int{"preamble": 1}},
		{"西政发〔2016〕8号", map[gazette.NodeType]int{"preamble": 1, "level1": 5, "level2": 24, "attachment": 1}},
		{"西政发〔2016〕9号", map[gazette.NodeType]int{"preamble": 1, "instrument": 1, "chapter": 6, "article": 40, "level2": 38}},
		{"西政发〔2016〕10号", map[gazette.NodeType]int{"preamble": 1, "instrument": 1, "chapter": 9, "article": 28, "level2": 5}},
		{"西政发〔2016〕11号", map[gazette.NodeType]int{"preamble": 1, "instrument": 1, "level1": 5, "level2": 16, "level3": 26}},
		{"西政发〔2016〕13号", map[gazette.NodeType]int{"preamble": 1, "instrument": 1, "level1": 8, "level2": 2, "level3": 193, "level4": 2}},
		{"西政发〔2016〕16号", map[gazette.NodeType]int{"preamble": 1, "instrument": 1, "chapter": 8, "article": 30, "level2": 24}},
		{"西政发〔2016〕17号", map[gazette.NodeType]int{"preamble": 1, "instrument": 1, "chapter": 5, "article": 15, "level2": 24, "level3": 11}},
		{"西政发〔2016〕18号", map[gazette.NodeType]int{"preamble": 1, "instrument": 1, "article": 16, "level2": 11}},
		{"西政发〔2016〕19号", map[gazette.NodeType]int{"preamble": 1, "instrument": 1, "chapter": 9, "level1": 68, "box": 6, "attachment": 1}},
		{"西政发〔2016〕20号", map[gazette.NodeType]int{"preamble": 1}},
		{"西政发〔2016〕22号", map[gazette.NodeType]int{"preamble": 1}},
		{"西政办发〔2016〕17号", map[gazette.NodeType]int{"preamble": 1, "instrument": 1, "chapter": 3, "article": 13, "level2": 8}},
	}
	articles, points := 0, 0
	for _, tt := range tests {
		got := map[gazette.NodeType]int{}
		for _, n := range document(t, g, tt.number).Structure {
			got[n.Type]++
		}
		if !maps.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.number, got, tt.want)
		}
		if got["article"] > 0 {
			articles += got["article"]
			points += got["level2"]
		}
	}
	if articles != 142 || points != 110 {
		t.Errorf("%d articles and %d points, want 142 and 110", articles, points)
	}
}

func TestRealPeculiarities(t *testing.T) {
	t.Parallel()
	g := readReal(t)
	five := document(t, g, "西政发〔2016〕18号") // "有效期 5/年" is cut by a page break
	if five.Validity == nil || five.ValidUntil.String() != "2021-10-31" || five.Interpreter != "西城园管委会" {
		t.Errorf("validity %v until %s, interpreter %q", five.Validity, five.ValidUntil, five.Interpreter)
	}
	joint := document(t, g, "西政办发〔2016〕13号")
	if len(joint.Issuers) != 2 || len(joint.Contacts) != 2 || len(joint.CC) != 0 || !joint.Printed.IsZero() {
		t.Errorf("joint document: issuers %v, contacts %d, cc %v, printed %s", joint.Issuers, len(joint.Contacts), joint.CC, joint.Printed)
	}
	if a := joint.Attachments; len(a) != 2 || !a[0].Present || a[0].Form != "form" || a[1].Present {
		t.Errorf("attachments of the joint document: %+v", a)
	}
	if in := document(t, g, "西政发〔2016〕17号").Interpreter; in != "西城园管委会" { // 负责本办法的解释
		t.Errorf("interpreter of 西政发〔2016〕17号 is %q", in)
	}
	two := document(t, g, "西政办发〔2016〕19号")
	if len(two.Instruments) != 2 || two.Instruments[1].Lines[0] != 19399 || len(two.Attachments) != 1 || two.Attachments[0].Lines != (gazette.Span{19331, 19398}) {
		t.Errorf("two instruments: %+v, attachments %+v", two.Instruments, two.Attachments)
	}
	for number, forms := range map[string][]string{
		"西政发〔2016〕8号":   {"table"},
		"西政办发〔2016〕14号": {"table"},
		"西政办发〔2016〕18号": {"text", "table"},
	} {
		var got []string
		for _, a := range document(t, g, number).Attachments {
			got = append(got, a.Form)
		}
		if !slices.Equal(got, forms) {
			t.Errorf("%s: attachments are %v, want %v", number, got, forms)
		}
	}
	for number, alt := range map[string]string{
		"西政发〔2016〕10号":  "北京市西城区政府性债务管理暂行办法",
		"西政发〔2016〕12号":  "西城区“十三五”时期生态西城发展规划",
		"西政发〔2016〕13号":  "北京市西城区“十三五”国民经济和社会发展规划纲要重点工作分工方案",
		"西政发〔2016〕21号":  "北京市西城区“十三五”时期食品药品安全发展规划",
		"西政办发〔2016〕15号": "北京市西城区推广随机抽查规范事中事后监管工作的实施方案",
		"西政办发〔2016〕17号": "北京市西城区财政资金、国有产审计监督协调暂行办法（试行）",
	} {
		if d := document(t, g, number); !slices.Contains(d.AltTitles, alt) {
			t.Errorf("%s: alternative titles %q lack %q", number, d.AltTitles, alt)
		}
	}
	meetings := 0
	for _, d := range g.Documents {
		if d.Approval != nil && d.Approval.Meeting != "" {
			meetings++
		}
		if len(d.Addressees) == 0 || d.Effective == nil {
			t.Errorf("%s: addressees %v, effective %v", d.Number, d.Addressees, d.Effective)
		}
	}
	if meetings != 9 {
		t.Errorf("%d documents name the meeting that approved them, want 9", meetings)
	}
	if e := document(t, g, "西政发〔2016〕10号").Effective; e.Basis != gazette.BasisPrinted || e.Date != (gov.Date{Year: 2016, Month: 8, Day: 31}) {
		t.Errorf("effective on publication: %+v", e)
	}
	notes := map[int]string{}
	for _, d := range g.Documents {
		for _, n := range d.Notes {
			if n.Kind != "layout" {
				notes[n.Line] = n.Kind
			}
		}
	}
	want := map[int]string{
		14553: "misprint", 14573: "misprint", // “十三”五
		19363: "misprint",                                                          // a post without its name
		8024:  "misprint",                                                          // 大红罗长街, elsewhere 大红罗厂街
		20123: "unresolved-unit",                                                   // 区市市政市容委
		2498:  "conflict",                                                          // 82 % in the text, 89.5 in the table
		8671:  "conflict",                                                          // 2500万元 of 14500
		1641:  "conflict", 14583: "conflict", 17140: "conflict", 17864: "conflict", // titles that differ by a slip
	}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Errorf("notes on the source (-want +got)\n%s", diff)
	}
}

// BenchmarkReadReal reads the real gazette twenty times over, 10.6 MB of which
// a third is tables.
func BenchmarkReadReal(b *testing.B) {
	data := bytes.Repeat(realText(b), 20)
	lex := xicheng(b).Gazette
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		g, err := gazette.Read(bytes.NewReader(data), "f.txt", lex, gazette.Limits{})
		if err != nil || len(g.Documents) != 480 {
			b.Fatalf("%v, %d documents", err, len(g.Documents))
		}
	}
}
