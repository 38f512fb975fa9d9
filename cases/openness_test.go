package cases_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// openBody has a field of every level, plain and sealed, and a way to each.
const openBody = `
comments: [worker]
fields:
  - {id: name, type: text, label: {zh: 名, en: Name}, open: public}
  - {id: late, type: text, label: {zh: 后, en: Later}, open: public, once: [shown]}
  - {id: own, type: text, label: {zh: 自, en: Own}, open: public, once: [shown], named: [citizen]}
  - {id: staff, type: text, label: {zh: 内, en: Staff}, open: staff}
  - {id: inner, type: text, label: {zh: 案, en: Case}, open: case}
  - {id: plain, type: text, label: {zh: 默, en: Default}}
  - {id: few, type: text, label: {zh: 少, en: Few}, open: named, named: [lead, chosen]}
  - {id: contact, type: contact, label: {zh: 联, en: Contact}, open: named, named: [lead, citizen]}
  - {id: sealed_open, type: text, label: {zh: 封, en: Sealed}, open: public, sealed: true}
  - {id: sealed_few, type: text, label: {zh: 密, en: Sealed few}, open: named, named: [lead], sealed: true}
  - {id: chosen, type: person, label: {zh: 人, en: Chosen}, open: staff, among: worker}
  - {id: place, type: area, label: {zh: 地, en: Place}, open: public}
  - {id: post, type: post, label: {zh: 职, en: Post}, open: public}
parties:
  - {id: worker, name: {zh: 经办, en: worker}, who: "post(fgw, clerk)"}
  - {id: lead, name: {zh: 负责, en: lead}, who: "post(fgw, lead) - did(fill)"}
  - {id: chosen, name: {zh: 指定, en: chosen}, who: "person($chosen)"}
  - {id: citizen, name: {zh: 来人, en: citizen}, who: "holder($contact)"}
  - {id: local, name: {zh: 属地, en: local}, who: "post(area($place), supervisor)"}
  - {id: head, name: {zh: 领导, en: head}, who: "holds($post)"}
  - {id: anyone, name: {zh: 公众, en: anybody}, who: public}
states:
  - {id: hidden, name: {zh: 未, en: Hidden}, kind: open}
  - {id: shown, name: {zh: 示, en: Shown}, kind: open}
  - {id: closed, name: {zh: 完, en: Closed}, kind: done}
actions:
  - {id: begin, name: {zh: 始, en: Begin}, at: [new], to: hidden, by: [anyone], asks: [name, late, own, staff, inner, plain, few, contact, sealed_open, sealed_few, chosen, place, post]}
  - {id: fill, name: {zh: 填, en: Fill}, at: ["*"], by: [worker, lead, head, local, chosen], asks: [late, inner, few, sealed_open, sealed_few]}
  - {id: show, name: {zh: 示, en: Show}, at: [hidden], to: shown, by: [worker]}
  - {id: unseal, name: {zh: 启, en: Unseal}, at: ["*"], by: [lead], unseal: [sealed_open, sealed_few]}
  - {id: hide, name: {zh: 隐, en: Hide}, at: [shown], to: hidden, by: [worker]}
  - {id: close, name: {zh: 完, en: Close}, at: [hidden, shown], to: closed, by: [worker]}
`

// reads says, from the levels as the documentation words them, whether a reader
// may read a field. It shares no code with Case.Seen.
func (m model) reads(f *procedure.Field, c cases.Case, r cases.Reader) bool {
	if f.Sealed && !slices.Contains(c.Unsealed, f.ID) {
		return false // nobody, whatever else is said
	}
	if r.All {
		return true
	}
	anyParty := slices.ContainsFunc(m.p.Parties, func(p procedure.Party) bool { return m.is(r.Actor, p.ID, c, true) })
	switch f.Open {
	case "public":
		passed := len(f.Once) == 0
		for _, s := range f.Once {
			passed = passed || slices.Contains(c.Visited, s)
		}
		if len(m.p.Publish) > 0 { // the state it is in, not those it has been in
			passed = passed && slices.Contains(m.p.Publish, c.State)
		}
		return passed || r.Staff || anyParty || slices.ContainsFunc(f.Named, func(id string) bool { return m.is(r.Actor, id, c, false) })
	case "staff":
		return r.Staff || anyParty
	case "named":
		return slices.ContainsFunc(f.Named, func(id string) bool { return m.is(r.Actor, id, c, false) })
	}
	return anyParty
}

func readers() []cases.Reader {
	var list []cases.Reader
	citizen := cases.Actor{Kind: gov.StaffActor, Person: "zhang", Contacts: []string{"contact-secret"}}
	stranger := cases.Actor{Kind: gov.PublicActor, Contacts: []string{"another"}}
	for _, a := range append(people(), citizen, stranger, person("head", "qzf - head"), person("hd", "zfb clerk", "qzf - head for head"), person("chosen"), person("cd", "czj clerk for chosen")) {
		list = append(list, cases.Reader{Actor: a, Staff: len(a.Seats) > 0})
	}
	return append(list, cases.Reader{Actor: person("audit", "zfb supervision"), Staff: true, All: true})
}

// Whatever happened, every reader sees exactly the fields the model lets them
// read, and no event shows more than the case does.
func TestOpenness(t *testing.T) {
	t.Parallel()
	for seed := range uint64(80) {
		g := newOpen(t, seed, []string{"", "publish: [shown, closed]"}[seed%2])
		for range 12 {
			g.openStep()
			for _, r := range readers() {
				g.compare(r)
			}
			if t.Failed() {
				t.Fatalf("seed %d:\n%s", seed, strings.Join(g.path, "\n"))
			}
		}
	}
}

// newOpen begins a case whose values name their field, so that a leak shows.
func newOpen(t *testing.T, seed uint64, publish string) *walk {
	t.Helper()
	g := &walk{trial: newTrial(t, publish+openBody), r: rand.New(rand.NewPCG(seed, 9)), people: people()}
	g.model = model{g.p, g.w.Dir}
	g.at("2016-11-01 09:00")
	v := cases.Values{}
	for _, f := range g.p.Fields {
		if g.r.IntN(5) > 0 {
			v[f.ID] = f.ID + "-secret"
		}
	}
	v["chosen"], v["place"], v["post"] = "chosen", "990102002", "head"
	g.do(everyone, "begin", v)
	return g
}

func (g *walk) openStep() {
	a, actor := g.able(nil, everyone)
	if a == nil {
		return
	}
	v := cases.Values{}
	for _, ask := range a.Asks {
		v[ask.Field] = fmt.Sprintf("%s-secret-%d", ask.Field, g.r.IntN(9))
	}
	in := cases.Input{Action: a.ID, Values: v, Note: "note-secret", Actor: actor}
	if g.r.IntN(5) == 0 {
		if err := g.take(cases.Comment(g.p, g.c, "note-secret", []string{strings.Repeat("0a", 32)}, person("li", "fgw clerk"), g.w)); err != nil {
			g.Error(err)
		}
	}
	if err := g.take(cases.Act(g.p, g.c, in, g.w)); err != nil {
		g.Errorf("%s by %s: %v", a.ID, actor.Person, err)
	}
	g.path = append(g.path, a.ID+" by "+actor.Person)
}

func (g *walk) compare(r cases.Reader) {
	var want, got []string
	for i := range g.p.Fields {
		f := &g.p.Fields[i]
		if _, has := g.c.Values[f.ID]; has && g.model.reads(f, g.c, r) {
			want = append(want, f.ID)
		}
	}
	for _, s := range cases.View(g.p, g.c, r, g.w.Dir) {
		switch {
		case s.Sealed && s.Value != nil:
			g.Errorf("%s is sealed, and shown to %s", s.Field.ID, r.Person)
		case !s.Sealed:
			got = append(got, s.Field.ID)
		}
	}
	if !slices.Equal(want, got) {
		g.Errorf("%q (staff %v, all %v) sees %v, want %v", r.Person, r.Staff, r.All, got, want)
	}
	party := r.All || slices.ContainsFunc(g.p.Parties, func(p procedure.Party) bool { return g.model.is(r.Actor, p.ID, g.c, true) })
	for _, e := range g.events {
		out, err := json.Marshal(cases.Redact(g.p, g.c, e, r, g.w.Dir))
		if err != nil {
			g.Fatal(err)
		}
		text := string(out)
		for _, f := range g.p.Fields {
			if strings.Contains(text, `"`+f.ID+"-secret") && !slices.Contains(got, f.ID) && g.c.Values[f.ID] != nil {
				g.Errorf("event %d shows %s to %q: %s", e.Seq, f.ID, r.Person, text)
			}
		}
		if !party && (strings.Contains(text, "note-secret") || strings.Contains(text, "0a0a") || e.By.Person != "" && strings.Contains(text, `"Person":"`+e.By.Person+`"`)) {
			g.Errorf("event %d shows a remark, a file or a name to %q: %s", e.Seq, r.Person, text)
		}
	}
}

// What is sealed shows to nobody before it is unsealed, not even to an auditor
// or through an event that is read afterwards; that it is there shows to those
// who will read it.
func TestSealed(t *testing.T) {
	t.Parallel()
	g := sampleTrial(t, "tender").at("2016-11-01 09:00").do(person("o", "fgw clerk"), "announce", cases.Values{"name": "改造", "opening": moment(t, "2016-11-21 10:00").UnixMilli()})
	g.do(everyone, "hand_in", cases.Values{"bid": "bid-secret"})
	auditor := cases.Reader{Actor: person("a", "zfb supervision"), Staff: true, All: true}
	look := func(r cases.Reader) (shown string) {
		for _, e := range g.events {
			b, err := json.Marshal(cases.Redact(g.p, g.c, e, r, g.w.Dir))
			if err != nil {
				t.Fatal(err)
			}
			shown += string(b)
		}
		return shown + fmt.Sprint(cases.View(g.p, g.c, r, g.w.Dir))
	}
	for _, r := range append(readers(), auditor) {
		if strings.Contains(look(r), "bid-secret") {
			t.Errorf("%s reads a sealed bid", r.Person)
		}
	}
	sealed := slices.ContainsFunc(cases.View(g.p, g.c, cases.Reader{Actor: everyone}, g.w.Dir), func(s cases.Shown) bool { return s.Field.ID == "bid" && s.Sealed })
	if !sealed {
		t.Error("that there is a bid does not show")
	}
	g.at("2016-11-21 10:00").do(person("o", "fgw clerk"), "open_bids", nil)
	if strings.Contains(look(auditor), "bid-secret") {
		t.Error("one of two keys opens the bids")
	}
	if err := g.agree(person("n", "zfb notary")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(look(cases.Reader{Actor: everyone}), "bid-secret") {
		t.Error("opened bids are open to the public")
	}
}
