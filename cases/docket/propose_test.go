package docket_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/packs/packtest"
)

// imported brings the pack's sample gazette into the library, with one name
// more that nobody bears, and returns the pages of its documents.
func (k court) imported(t *testing.T) []*library.View {
	t.Helper()
	file, err := packtest.Files(t).Open("demo/gazette.txt")
	must(t, err)
	defer file.Close()
	g, err := gazette.Read(file, "gazette.txt", k.pack.Gazette, gazette.Limits{})
	must(t, err)
	for i := range g.Documents {
		if tasks := g.Documents[i].Tasks; len(tasks) > 0 {
			tasks[0].Support = append(tasks[0].Support, gazette.UnitRef{Name: "某不存在的单位"})
			break
		}
	}
	l := library.New(k.db.Library(k.pack.District), k.pack, func() time.Time { return now })
	report, err := l.Import(t.Context(), gov.Actor{Kind: gov.OperatorActor, Name: "test"}, g, library.ImportOptions{})
	must(t, err)
	var views []*library.View
	for _, d := range report.Documents {
		v, err := l.Document(t.Context(), d.Slug, 0, gov.Date{})
		must(t, err)
		views = append(views, v)
	}
	return views
}

// all lists the cases of a procedure.
func (k court) all(t *testing.T, q docket.Query) (rows []docket.Row) {
	t.Helper()
	for place := (docket.Place{}); ; {
		page, next, err := k.List(t.Context(), q, place, 100)
		must(t, err)
		rows = append(rows, page...)
		if place = next; next.IsZero() {
			return rows
		}
	}
}

// Every task of the sample gazette becomes one proposed duty, and only one
// however often it is proposed; a name no unit bears is kept for who confirms
// the duty.
func TestProposeDuties(t *testing.T) {
	t.Parallel()
	run(t, packtest.Xicheng(t), func(t *testing.T, k court) {
		views := k.imported(t)
		tasks := map[string]library.Item{} // by address
		propose := func() (total docket.Proposal) {
			for _, v := range views {
				report, err := k.Propose(t.Context(), v.Document, v.Items)
				must(t, err)
				for _, r := range report {
					if r.Procedure == "duty" {
						total.Made, total.There, total.Left = total.Made+r.Made, total.There+r.There, total.Left+r.Left
					}
				}
			}
			return total
		}
		for _, v := range views {
			for _, it := range v.Items {
				if it.Scope == library.TaskScope {
					tasks[it.Slug+"#"+it.Anchor] = it
				}
			}
		}
		if got := propose(); len(tasks) < 50 || got.Made != len(tasks) || got.There+got.Left != 0 {
			t.Fatalf("%d tasks, %+v", len(tasks), got)
		}
		if got := propose(); got.There != len(tasks) || got.Made+got.Left != 0 {
			t.Errorf("proposed again: %+v", got)
		}
		rows := k.all(t, docket.Query{Procedure: "duty"})
		if len(rows) != len(tasks) {
			t.Errorf("%d duties of %d tasks", len(rows), len(tasks))
		}
		unresolved := 0
		for _, r := range rows {
			c, _ := dockettest.Folded(t, k.Docket, r.ID)
			source := c.Values.Text("source")
			it, ok := tasks[source]
			if !ok || c.State != "proposed" || c.Origin != "item/"+source || c.Values.Text("text") != it.Text || !slices.Equal(r.Units, c.Values.List("lead")) {
				t.Errorf("%s from %q is %s: %v", c.Number, source, c.State, c.Values)
			}
			delete(tasks, source)
			if name := c.Values.Text("unresolved"); name != "" {
				unresolved++
				if name != "某不存在的单位" {
					t.Errorf("%s keeps %q", c.Number, name)
				}
			}
		}
		if len(tasks) > 0 || unresolved != 1 {
			t.Errorf("left without a duty: %v; %d duties with unknown names", tasks, unresolved)
		}
		tallies, err := k.Tallies(t.Context(), "duty", "")
		must(t, err)
		if len(tallies) != 1 || tallies[0].N != int64(len(rows)) || tallies[0].State != "proposed" || tallies[0].Colour != "white" {
			t.Errorf("counted as %+v", tallies)
		}
	})
}

// A procedure takes the items it wants, and of what it cannot fill in it makes
// no case at all.
func TestProposeSome(t *testing.T) {
	t.Parallel()
	const yaml = `
procedure: project
title: {zh: 项目, en: Project}
cite: 样例
number: "XM{seq:4}"
subject: name
fields:
  - {id: name, type: text, max: 8, label: {zh: 名, en: Name}, open: public}
  - {id: units, type: units, label: {zh: 位, en: Units}, open: public}
parties:
  - {id: worker, name: {zh: 承办, en: the worker}, who: "post($units)"}
states:
  - {id: open, name: {zh: 办, en: Open}, kind: open}
  - {id: done, name: {zh: 完, en: Done}, kind: done}
actions:
  - {id: propose, name: {zh: 提, en: Propose}, at: [new], to: open}
  - {id: finish, name: {zh: 终, en: Finish}, at: [open], to: done, by: [worker]}
items:
  scope: project
  when: size(item.lead) > 0
  with: [{field: name, to: item.text}, {field: units, to: item.lead}]
`
	item := func(no, text, unit string) library.Item {
		return library.Item{Slug: "d", Scope: library.ProjectScope, Anchor: "project-" + no, No: no, Text: text,
			Parties: []library.Party{{Role: library.Responsible, Unit: unit, Name: "某街道"}}}
	}
	for _, tt := range []struct {
		name  string
		items []library.Item
		want  []docket.Proposal
		fails bool
	}{
		{"one wanted, one not", []library.Item{item("1", "整治", "xijie"), item("2", "绿化", "")}, []docket.Proposal{{Procedure: "project", Made: 1, Left: 1}}, false},
		{"the same twice", []library.Item{item("1", "整治", "xijie"), item("1", "整治", "xijie")}, []docket.Proposal{{Procedure: "project", Made: 1, There: 1}}, false},
		{"no project among them", []library.Item{{Slug: "d", Scope: library.TaskScope, Anchor: "task-1", Text: "整治"}}, nil, false},
		{"a name too long", []library.Item{item("1", "一个名称太长的项目", "xijie")}, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			run(t, sample(t, "project", yaml), func(t *testing.T, k court) {
				got, err := k.Propose(t.Context(), library.Document{Number: "样政发〔2016〕1号"}, tt.items)
				if tt.fails != (gov.CodeOf(err) == gov.Invalid) {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				made := 0
				for _, p := range tt.want {
					made += p.Made
				}
				if rows := k.all(t, docket.Query{Procedure: "project"}); len(rows) != made {
					t.Errorf("%d cases", len(rows))
				}
			})
		})
	}
}

// A duty that is split has a milestone for every year, which its lead unit has
// to do, and which holds up the end of the duty.
func TestSplitDuty(t *testing.T) {
	t.Parallel()
	run(t, packtest.Xicheng(t), func(t *testing.T, k court) {
		office, worker := dockettest.Staff("office", "zfb", "supervision"), dockettest.Staff("worker", "fgw", "clerk")
		duty := k.begin(t, "duty", cases.Input{Action: "enter", Actor: office, Values: cases.Values{
			"title": "编制规划", "text": "编制专项规划", "document": "西政发〔2016〕13号", "lead": []string{"fgw", "czj"}, "end": "2018-06-30"}})
		for _, step := range []struct {
			who    cases.Actor
			action string
			values cases.Values
		}{{office, "confirm", nil}, {worker, "accept", nil}, {worker, "split", cases.Values{"years": int64(3)}}} {
			duty = k.act(t, duty, step.who, step.action, step.values)
		}
		var got []string
		var parts []docket.Row
		for _, r := range k.all(t, docket.Query{Procedure: "milestone"}) {
			c, _ := dockettest.Folded(t, k.Docket, r.ID)
			if c.Parent != duty.ID || c.Kind != "milestone" || c.Version != 1 {
				t.Errorf("%s is of %v as %q", c.Number, c.Parent, c.Kind)
			}
			parts = append(parts, r)
			got = append(got, fmt.Sprint(c.Values.Text("title"), c.Values.List("lead"), c.Values.Text("due"), c.Values.Text("document")))
		}
		slices.Sort(got)
		want := []string{
			"编制规划（2016年）[fgw czj]2016-12-31西政发〔2016〕13号",
			"编制规划（2017年）[fgw czj]2017-12-31西政发〔2016〕13号",
			"编制规划（2018年）[fgw czj]2018-06-30西政发〔2016〕13号",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("milestones -want +got:\n%s", diff)
		}
		_, err := k.Act(t.Context(), docket.Step{Case: duty.ID}, cases.Input{Action: "submit", Actor: worker,
			Values: cases.Values{"report": "已印发", "evidence": []string{fmt.Sprintf("%064x", 1)}}})
		if gov.CodeOf(err) != gov.Conflict {
			t.Errorf("with milestones to be done the duty was submitted: %v", err)
		}
		list, _, err := k.Worklist(t.Context(), worker, docket.Query{}, docket.Place{}, 10)
		must(t, err)
		if len(list) != 1+len(parts) {
			t.Errorf("the worker's list has %d cases", len(list))
		}
	})
}
