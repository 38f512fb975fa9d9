package cases_test

import (
	"errors"
	"slices"
	"testing"

	"quanxiang/cases"
	"quanxiang/gov"
)

// consentBody has an action two must agree to and one two do together; at both
// states of the case, so that a request outlives a step between them.
const consentBody = `
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}}
  - {id: into, type: case, label: {zh: 并, en: Into}}
parties:
  - {id: maker, name: {zh: 经办, en: the maker}, who: "post(fgw, clerk) - did(edit)"}
  - {id: editor, name: {zh: 改者, en: the editor}, who: "post(fgw, clerk)"}
  - {id: first, name: {zh: 一审, en: the first}, who: "post(czj, lead)"}
  - {id: second, name: {zh: 二审, en: the second}, who: "post(czj, lead) + post(zfb, lead)"}
  - {id: owner, name: {zh: 业主, en: the owner}, who: "post(fgw, lead)"}
  - {id: notary, name: {zh: 公证, en: the notary}, who: "post(zfb, notary) - did(edit)"}
  - {id: fresh, name: {zh: 他人, en: another}, who: "post(zfb, notary) + post(fgw, lead) - did(both)"}
  - {id: anyone, name: {zh: 公众, en: anybody}, who: public}
states:
  - {id: one, name: {zh: 一, en: One}, kind: open}
  - {id: two, name: {zh: 二, en: Two}, kind: open}
  - {id: three, name: {zh: 三, en: Three}, kind: open}
  - {id: closed, name: {zh: 完, en: Closed}, kind: done}
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: one, by: [anyone]}
  - {id: edit, name: {zh: 改, en: Edit}, at: [one, two], to: two, by: [editor]}
  - {id: finish, name: {zh: 终, en: Finish}, at: [one, two], to: closed, by: [maker], approve: [first, second]}
  - {id: both, name: {zh: 同, en: Both}, at: [one], to: three, together: {of: [owner, notary], need: 2}}
  - {id: move, name: {zh: 走, en: Move}, at: [one], to: three, by: [editor]}
  - {id: check, name: {zh: 查, en: Check}, at: [three], to: closed, by: [fresh]}
  - {id: twice, name: {zh: 两, en: Twice}, at: [one], by: [editor], times: 2}
  - {id: merge, name: {zh: 并, en: Merge}, at: [one], to: closed, by: [editor], asks: [into], merge: into}
  - {id: petition, name: {zh: 请, en: Ask}, at: [one], by: [anyone], approve: [first]}
`

func consent(t *testing.T) *trial {
	t.Helper()
	return newTrial(t, consentBody).at("2016-11-01 09:00").do(everyone, "begin", nil)
}

// Agreement comes in the order of the file, each from another person, and a
// deputy counts as both.
func TestApproval(t *testing.T) {
	t.Parallel()
	maker := person("m", "fgw clerk", "czj lead")
	for _, tt := range []struct {
		name  string
		who   []cases.Actor
		codes []gov.Code
	}{
		{"one after the other", []cases.Actor{person("a", "czj lead"), person("b", "zfb lead")}, []gov.Code{"", ""}},
		{"the order is that of the file", []cases.Actor{person("b", "zfb lead")}, []gov.Code{gov.Forbidden}},
		{"who asked does not agree", []cases.Actor{maker}, []gov.Code{gov.Forbidden}},
		{"nor does a deputy for who asked", []cases.Actor{person("d", "czj lead for m")}, []gov.Code{gov.Forbidden}},
		{"nor the same person twice", []cases.Actor{person("a", "czj lead"), person("a", "zfb lead")}, []gov.Code{"", gov.Forbidden}},
		{"nor the person for whom a deputy agreed", []cases.Actor{person("d", "czj lead for a"), person("a", "czj lead")}, []gov.Code{"", gov.Forbidden}},
		{"nor the deputy by an own post", []cases.Actor{person("d", "czj lead for a"), person("d", "zfb lead")}, []gov.Code{"", gov.Forbidden}},
		{"nor another deputy for the same person", []cases.Actor{person("d", "czj lead for a"), person("e", "zfb lead for a")}, []gov.Code{"", gov.Forbidden}},
		{"a deputy for somebody else does", []cases.Actor{person("a", "czj lead"), person("e", "zfb lead for b")}, []gov.Code{"", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := consent(t).do(maker, "finish", nil)
			for i, who := range tt.who {
				offered := len(cases.Requests(g.p, g.c, who, g.w)) == 1
				if err := g.agree(who); gov.CodeOf(err) != tt.codes[i] || offered != (err == nil) {
					t.Fatalf("%s: %v; offered %v", who.Person, err, offered)
				}
			}
			want := "one"
			if len(tt.codes) == 2 && tt.codes[1] == "" {
				want = "closed"
			}
			if g.wantState(want); want == "closed" && !slices.Equal(g.c.Done["finish"].By, []string{"m"}) {
				t.Errorf("done by %v", g.c.Done["finish"].By)
			}
		})
	}
}

// While a request waits the case goes on; who has come to be barred from the
// action by then does not have it done.
func TestAskerBarredMeanwhile(t *testing.T) {
	t.Parallel()
	maker := person("m", "fgw clerk")
	g := consent(t).do(maker, "finish", nil).do(maker, "edit", nil)
	if len(g.c.Pending) != 1 {
		t.Fatal("the request is at both states and goes on waiting")
	}
	if err := g.agree(person("a", "czj lead")); err != nil {
		t.Fatal(err)
	}
	refused(t, g.agree(person("b", "zfb lead")), gov.Forbidden, "is for the maker")
	g.wantState("two")
	// Someone else's edit does not bar the asker.
	g = consent(t).do(maker, "finish", nil).do(person("n", "fgw clerk"), "edit", nil)
	if err := errors.Join(g.agree(person("a", "czj lead")), g.agree(person("b", "zfb lead"))); err != nil {
		t.Error(err)
	}
	g.wantState("closed")
}

// A request is dropped when the case leaves the states of its action.
func TestRequestDropped(t *testing.T) {
	t.Parallel()
	g := consent(t).do(person("m", "fgw clerk"), "finish", nil)
	request := g.c.Pending[0].Seq
	g.do(person("m", "fgw clerk"), "move", nil)
	_, err := cases.Agree(g.p, g.c, request, "", person("a", "czj lead"), g.w)
	refused(t, err, gov.Conflict, "settled")
}

// Refusing needs a reason; who asked takes it back without one.
func TestRefuse(t *testing.T) {
	t.Parallel()
	maker := person("m", "fgw clerk")
	g := consent(t).do(maker, "finish", nil)
	seq := g.c.Pending[0].Seq
	_, err := cases.Refuse(g.p, g.c, seq, " \n", person("a", "czj lead"), g.w)
	refused(t, err, gov.Invalid, "say why")
	_, err = cases.Refuse(g.p, g.c, seq, "不", person("b", "zfb lead"), g.w)
	refused(t, err, gov.Forbidden, "the first")
	if err := g.take(cases.Refuse(g.p, g.c, seq, "", maker, g.w)); err != nil || len(g.c.Pending) > 0 {
		t.Error(err)
	}
	// The public asked: there is nobody to tell, and not everybody is told.
	g = consent(t).do(everyone, "petition", nil)
	if err := g.take(cases.Refuse(g.p, g.c, g.c.Pending[0].Seq, "不", person("a", "czj lead"), g.w)); err != nil || len(g.last.Effects) > 0 {
		t.Errorf("%v, %+v", err, g.last.Effects)
	}
	if _, ok := (cases.Turn{Kind: "person"}).Matches(person("a", "czj lead")); ok {
		t.Error("a turn of nobody is everybody's")
	}
	// It takes effect in the name of the public, who asked.
	g = consent(t).do(everyone, "petition", nil)
	if err := g.agree(person("a", "czj lead")); err != nil || g.c.Done["petition"].Times != 1 {
		t.Error(err)
	}
}

// What several do together all of them have done.
func TestTogether(t *testing.T) {
	t.Parallel()
	two := person("t", "fgw lead", "zfb notary")
	g := consent(t).do(two, "both", nil)
	refused(t, g.try(person("o", "fgw lead"), "both", nil), gov.Conflict, "asked for already")
	refused(t, g.agree(two), gov.Forbidden, "cannot decide again")
	refused(t, g.agree(person("o", "fgw lead")), gov.Forbidden, "the notary")
	refused(t, g.agree(person("d", "zfb notary for t")), gov.Forbidden, "cannot decide again")
	if err := g.agree(person("n", "zfb notary for absent")); err != nil {
		t.Fatal(err)
	}
	g.wantState("three")
	if by := g.c.Done["both"].By; !slices.Equal(by, []string{"t", "n", "absent"}) {
		t.Errorf("done by %v", by)
	}
	for _, who := range []cases.Actor{two, person("n", "zfb notary"), person("absent", "zfb notary"), person("z", "zfb notary for n")} {
		refused(t, g.try(who, "check", nil), gov.Forbidden, "another")
	}
	g.do(person("z", "zfb notary"), "check", nil).wantState("closed")
}

func TestTimesLimit(t *testing.T) {
	t.Parallel()
	who := person("m", "fgw clerk")
	g := consent(t).do(who, "twice", nil).do(who, "twice", nil)
	refused(t, g.try(who, "twice", nil), gov.Conflict, "2 times at most")
}

func TestMerge(t *testing.T) {
	t.Parallel()
	who := person("m", "fgw clerk")
	g := consent(t)
	refused(t, g.try(who, "merge", cases.Values{"into": g.c.ID.String()}), gov.Invalid, "into itself")
	refused(t, g.try(who, "merge", nil), gov.Invalid, "no case is named")
	refused(t, g.try(who, "merge", cases.Values{"into": "x"}), gov.Invalid, "no case")
	into := gov.NewID(g.w.Now)
	g.do(who, "merge", cases.Values{"into": into.String()}).wantState("closed")
	if g.c.Merged != into || len(g.last.Effects) == 0 || g.last.Effects[0].Into != into {
		t.Errorf("merged %v, %+v", g.c.Merged, g.last.Effects)
	}
}

// Remarks are text people can read, and not too much of it.
func TestRemarks(t *testing.T) {
	t.Parallel()
	g := sampleTrial(t, "payment").at("2016-10-10 09:00")
	li := person("li", "fgw clerk")
	_, err := cases.Comment(g.p, g.c, "早", nil, li, g.w)
	refused(t, err, gov.Conflict, "has not begun")
	g.do(li, "enter", cases.Values{"purpose": "印刷", "unit": "fgw", "amount": int64(1), "account": "1"})
	long := make([]rune, 2001)
	for i := range long {
		long[i] = '长'
	}
	for _, tt := range []struct{ note, want string }{
		{" \t", "write something"}, {string(long), "the limit is 2000"}, {"a\x00b", "cannot be shown"}, {"a\u202Eb", "cannot be shown"}, {"a\xff", "cannot be shown"},
	} {
		_, err := cases.Comment(g.p, g.c, tt.note, nil, li, g.w)
		refused(t, err, gov.Invalid, tt.want)
	}
	_, err = cases.Comment(g.p, g.c, "附", []string{"../../etc/passwd"}, li, g.w)
	refused(t, err, gov.Invalid, "did not arrive")
	_, err = cases.Comment(g.p, g.c, "附", nil, person("qian", "czj lead"), g.w)
	refused(t, err, gov.Forbidden, "those who deal")
	_, err = cases.Act(g.p, g.c, cases.Input{Action: "check", Actor: person("w", "fgw lead"), Note: "\x1b[31m"}, g.w)
	refused(t, err, gov.Invalid, "cannot be shown")
	if err := g.take(cases.Comment(g.p, g.c, "两行\n无妨", nil, li, g.w)); err != nil {
		t.Error(err)
	}
}
