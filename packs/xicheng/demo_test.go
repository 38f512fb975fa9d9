package xicheng_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/packs"
)

// reading is what a reader finds in a document, as demo/expect.yaml states it.
type reading struct {
	Number      string   `yaml:"number"`
	Title       string   `yaml:"title"`
	Issuers     []string `yaml:"issuers"`
	Kind        string   `yaml:"kind"`
	Action      string   `yaml:"action"`
	Instruments []string `yaml:"instruments"`
	Signed      gov.Date `yaml:"signed"`
	Printed     gov.Date `yaml:"printed"`
	Effective   gov.Date `yaml:"effective"`
	ValidUntil  gov.Date `yaml:"valid_until"`
	Repeals     []string `yaml:"repeals"`
	Cites       []string `yaml:"cites"`
	Parts       int      `yaml:"parts"`
	Chapters    int      `yaml:"chapters"`
	Sections    int      `yaml:"sections"`
	Articles    int      `yaml:"articles"`
	Boxes       int      `yaml:"boxes"`
	Tasks       int      `yaml:"tasks"`
	Indicators  int      `yaml:"indicators"`
	Projects    int      `yaml:"projects"`
	Body        bool     `yaml:"body"`
}

// read reduces a document to a reading.
func read(d gazette.Document) reading {
	r := reading{
		Number: d.Number, Title: d.Title, Issuers: d.Issuers, Kind: d.Kind, Action: d.Action,
		Signed: d.Signed, Printed: d.Printed, ValidUntil: d.ValidUntil,
		Tasks: len(d.Tasks), Indicators: len(d.Indicators), Projects: len(d.Projects), Body: d.BodyPresent,
	}
	if d.Effective != nil && d.Effective.Basis == gazette.BasisStated {
		r.Effective = d.Effective.Date
	}
	for _, i := range d.Instruments {
		r.Instruments = append(r.Instruments, i.Title)
	}
	for _, n := range d.Repeals {
		r.Repeals = append(r.Repeals, n.Number)
	}
	for _, n := range d.Cites {
		if n.Number != "" && !slices.Contains(r.Repeals, n.Number) && !slices.Contains(r.Cites, n.Number) {
			r.Cites = append(r.Cites, n.Number)
		}
	}
	for _, n := range d.Structure {
		switch n.Type {
		case gazette.PartNode:
			r.Parts++
		case gazette.ChapterNode:
			r.Chapters++
		case gazette.SectionNode:
			r.Sections++
		case gazette.ArticleNode:
			r.Articles++
		case gazette.BoxNode:
			r.Boxes++
		}
	}
	return r
}

// demo reads the sample gazette and what is expected of it.
func demo(t *testing.T) (*gazette.Gazette, []reading) {
	t.Helper()
	fsys, _ := packs.FS("xicheng")
	file, err := fsys.Open("demo/gazette.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	g, err := gazette.Read(file, "gazette.txt", load(t).Gazette, gazette.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var expect struct {
		Documents []reading `yaml:"documents"`
	}
	text, err := fsys.(interface{ ReadFile(string) ([]byte, error) }).ReadFile("demo/expect.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&expect); err != nil {
		t.Fatal(err)
	}
	return g, expect.Documents
}

func TestDemoGazette(t *testing.T) {
	t.Parallel()
	g, want := demo(t)
	var got []reading
	for _, d := range g.Documents {
		got = append(got, read(d))
	}
	sorted := cmpopts.SortSlices(func(a, b string) bool { return a < b })
	if diff := cmp.Diff(want, got, sorted, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the sample reads differently (-expected +read):\n%s", diff)
	}
	for _, u := range g.Unattributed {
		t.Errorf("lines %v belong to nothing: %s", u.Lines, u.Text)
	}
	for _, c := range g.Checks {
		if c.Lost != "" || c.Invented != "" {
			t.Errorf("%s, %s, lines %v: lost %q, invented %q", c.Document, c.Table, c.Lines, c.Lost, c.Invented)
		}
	}
	for _, d := range g.Documents {
		for _, task := range d.Tasks {
			for _, list := range [][]gazette.UnitRef{task.Lead, task.Support, task.Units} {
				for _, u := range list {
					if u.Unresolved {
						t.Errorf("%s item %s: no unit %q", d.Number, task.No, u.Name)
					}
				}
			}
		}
	}
}

// TestGazetteDocuments compares what the reader makes of the real gazette with
// documents.yaml, which was written from the text without it.
func TestGazetteDocuments(t *testing.T) {
	t.Parallel()
	data := realGazette(t)
	p := load(t)
	g, err := gazette.Read(bytes.NewReader(data), "xicheng-2016.txt", p.Gazette, gazette.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got, want []reading
	for _, d := range g.Documents {
		r := read(d)
		got = append(got, reading{
			Number: r.Number, Title: r.Title, Issuers: r.Issuers, Kind: r.Kind, Action: r.Action, Instruments: r.Instruments,
			Signed: r.Signed, Printed: r.Printed, Effective: r.Effective, ValidUntil: r.ValidUntil,
			Repeals: r.Repeals, Cites: r.Cites, Body: r.Body,
		})
	}
	for _, d := range p.Documents {
		if d.Action == "" {
			continue // repealed or cited, not printed
		}
		want = append(want, reading{
			Number: d.Number, Title: d.Title, Issuers: append([]string{d.Issuer}, d.Joint...), Kind: d.Kind, Action: string(d.Action), Instruments: d.Promulgate,
			Signed: d.Signed, Printed: d.Printed, Effective: d.Effective, ValidUntil: d.ValidUntil,
			Repeals: d.Repeals, Cites: d.Cites, Body: !d.Bodyless,
		})
	}
	sorted := cmpopts.SortSlices(func(a, b string) bool { return a < b })
	if diff := cmp.Diff(want, got, sorted, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the reader and documents.yaml differ (-pack +read):\n%s", diff)
	}
}
