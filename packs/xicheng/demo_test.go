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

// TestDemoTables looks into a row of each kind of table and list.
func TestDemoTables(t *testing.T) {
	t.Parallel()
	g, _ := demo(t)
	units := func(list []gazette.UnitRef) (names []string) {
		for _, u := range list {
			names = append(names, u.Name)
		}
		return names
	}
	documents := map[string]gazette.Document{}
	for _, d := range g.Documents {
		documents[d.Number] = d
	}
	task := func(number, no string) gazette.Task {
		for _, x := range documents[number].Tasks {
			if x.No == no {
				return x
			}
		}
		t.Fatalf("%s has no task %s", number, no)
		return gazette.Task{}
	}

	row := task("西政发〔2017〕3号", "4")
	if diff := cmp.Diff([]string{"区城管执法监察局", "各街道"}, units(row.Support)); diff != "" {
		t.Errorf("support of row 4:\n%s", diff)
	}
	item := task("西政发〔2017〕12号", "5")
	if diff := cmp.Diff([]string{"区市政市容委", "区重大办", "西城规划分局"}, units(item.Lead)); diff != "" {
		t.Errorf("lead of item 5:\n%s", diff)
	}
	if len(item.Leaders) != 1 || item.Leaders[0].Name != "顾三和" {
		t.Errorf("leaders of item 5: got %v", item.Leaders)
	}
	part := task("西政办发〔2017〕7号", "2.1")
	if diff := cmp.Diff([]string{"区科信委"}, units(part.Lead)); diff != "" {
		t.Errorf("lead of part 2.1:\n%s", diff)
	}
	dueOn := task("西政办发〔2017〕7号", "6").Due
	if dueOn == nil || dueOn.Start != (gov.Date{Year: 2017, Month: 1, Day: 1}) || dueOn.End != (gov.Date{Year: 2017, Month: 12, Day: 31}) {
		t.Errorf("2017年全年 is the year, got %v", dueOn)
	}
	every := task("西政办发〔2017〕4号", "8").Recurrence
	if len(every) == 0 || every[0].Every != "month" || every[0].Within != 3 || every[0].Unit != "working-day" {
		t.Errorf("每月前3个工作日: got %v", every)
	}

	plan := documents["西政发〔2017〕9号"]
	if len(plan.Indicators) != 8 || len(plan.Projects) != 9 {
		t.Fatalf("plan: %d indicators, %d projects", len(plan.Indicators), len(plan.Projects))
	}
	last := plan.Indicators[7]
	if last.Goal != "建好管好" || last.Subgoal != "共同管养" || last.Baseline != "85（2016）" || last.Target != "≥92" || last.Comparison != "特有指标" {
		t.Errorf("indicator 8: got %+v", last)
	}
	third := plan.Projects[2]
	if third.Category != "口袋公园工程" || third.Type != "新建" || third.Investment != "待测算" || third.Start != "2019年启动" ||
		!slices.Equal(third.Streets, []string{"牛街街道"}) {
		t.Errorf("project 3: got %+v", third)
	}
}
