package cases_test

import (
	"slices"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/checklist"
	"quanxiang/gov"
)

// lookBody is a visit of several: a team, of which any two do something together,
// and a checklist that came with the case.
const lookBody = `
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}}
  - {id: team, type: persons, label: {zh: 组, en: Team}, open: named, named: [team]}
  - id: checks
    type: checklist
    label: {zh: 清单, en: Checks}
    options:
      - {id: fine, name: {zh: 符合, en: fine}, tone: good}
      - {id: bad, name: {zh: 不符合, en: not fine}, tone: bad, remark: true}
  - {id: wrong, type: bool, label: {zh: 有问题, en: Wrong}, value: "size(answers.checks.bad) > 0"}
parties:
  - {id: office, name: {zh: 办公室, en: the office}, who: "post(zfb, clerk)"}
  - {id: team, name: {zh: 检查组, en: the team}, who: "person($team)"}
  - {id: other, name: {zh: 他人, en: another}, who: "post(zfb) - person($team)"}
states:
  - {id: set, name: {zh: 定, en: Set}, kind: open}
  - {id: seen, name: {zh: 查, en: Seen}, kind: open}
  - {id: closed, name: {zh: 完, en: Closed}, kind: done}
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: set, by: [office], asks: [name!, team, checks]}
  - {id: note, name: {zh: 记, en: Note}, at: [set], by: [team], asks: [checks]}
  - {id: record, name: {zh: 录, en: Record}, at: [set], to: seen, together: {of: [team], need: 2}, asks: [checks!]}
  - id: check
    name: {zh: 审, en: Check}
    at: [seen]
    to: closed
    by: [other]
    when: [{if: "answers.checks.all == ['A-1', 'A-2'] && size(answers.checks.none) == 0", why: {zh: 缺, en: incomplete}}]
`

func TestTeamAndChecklist(t *testing.T) {
	t.Parallel()
	rows := []string{checklist.Row{Code: "A-1", Title: "亮照"}.String(), checklist.Row{Code: "A-2", Title: "住所"}.String()}
	office := person("o", "zfb clerk")
	g := newTrial(t, lookBody).at("2016-11-01 09:00").do(office, "begin", cases.Values{"name": "店", "team": []string{"x", "y", "z"}, "checks": rows})
	x, y, stranger := person("x", "fgw clerk"), person("y", "czj clerk"), person("s", "fgw clerk")

	refused(t, g.try(stranger, "note", cases.Values{"checks": []string{"A-1 fine"}}), gov.Forbidden, "the team")
	refused(t, g.try(x, "note", cases.Values{"checks": []string{"B-1 fine"}}), gov.Invalid, "no item")
	g.do(x, "note", cases.Values{"checks": []string{"A-1 bad 未悬挂"}})
	if got := checklist.Rows(g.c.Values.List("checks")); len(got) != 2 || got[0].Remark != "未悬挂" || got[1].Answer != "" || got[0].Title != "亮照" {
		t.Errorf("rows %v", got)
	}
	if g.c.Values["wrong"] != true {
		t.Error("the answer is not counted")
	}
	g.do(x, "note", cases.Values{"checks": nil}) // giving nothing takes no row away
	if len(g.c.Values.List("checks")) != 2 {
		t.Error("the rows are gone")
	}
	refused(t, g.try(x, "record", nil), gov.Invalid, "1 items are not answered")
	g.do(x, "record", cases.Values{"checks": []string{"A-2 fine"}}).wantState("set")
	refused(t, g.agree(x), gov.Forbidden, "cannot decide again")
	refused(t, g.agree(stranger), gov.Forbidden, "the team")
	if err := g.agree(y); err != nil {
		t.Fatal(err)
	}
	g.wantState("seen")
	if by := g.c.Done["record"].By; !slices.Equal(by, []string{"x", "y"}) {
		t.Errorf("done by %v", by)
	}
	// All of the team is left out, whoever of it did anything.
	refused(t, g.try(person("z", "zfb clerk"), "check", nil), gov.Forbidden, "another")
	g.do(office, "check", nil).wantState("closed")

	for who, want := range map[string]cases.Seen{"x": cases.Open, "z": cases.Open, "o": cases.Hidden} {
		f, _ := g.p.Field("team")
		if got := g.c.Seen(g.p, f, cases.Reader{Actor: cases.Actor{Kind: gov.StaffActor, Person: who}}, g.w.Dir); got != want {
			t.Errorf("%s sees the team as %v, want %v", who, got, want)
		}
	}
}

// A parent or the system gives rows, not answers to rows nobody has.
func TestSeededChecklist(t *testing.T) {
	t.Parallel()
	g := newTrial(t, lookBody).at("2016-11-01 09:00")
	begin := func(seed cases.Values) error {
		_, err := cases.Begin(g.p, cases.Case{ID: gov.NewID(g.w.Now), Procedure: g.p.ID, Number: "SY001"}, cases.Input{Action: "begin", Actor: person("o", "zfb clerk"), Values: cases.Values{"name": "店"}}, seed, g.w)
		return err
	}
	refused(t, begin(cases.Values{"checks": []string{"A-1 fine"}}), gov.Invalid, "no item")
	if err := begin(cases.Values{"checks": []string{`{"code":"A-1","title":"亮照"}`}}); err != nil {
		t.Error(err)
	}
}
