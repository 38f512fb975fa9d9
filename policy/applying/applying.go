// Package applying is what a pack decided about applications for support: by which
// procedures they run, whose register says who may apply, and which office and which
// reviewers deal with what is asked for under which document. The pack's file is
// applications.yaml; docs/programmes.md says what it means.
package applying

import (
	"maps"
	"slices"

	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/policy/source"
	"quanxiang/rules/ir"
)

// Rules is a compiled file.
type Rules struct {
	Cite           string      `yaml:"applications" pack:"required"`   // the clauses it carries out
	Procedure      string      `yaml:"procedure" pack:"required"`      // by which an application runs
	Review         string      `yaml:"review" pack:"required"`         // by which a reviewer's part of it runs
	Objection      string      `yaml:"objection" pack:"required"`      // by which somebody objects to what is proposed
	Representation string      `yaml:"representation" pack:"required"` // by which somebody is let act for an organisation
	Register       string      `yaml:"register" pack:"required"`       // of organisations, by credit codes
	Receives       string      `yaml:"receives" pack:"required"`       // what an applicant is to receive, of the register's restrictions
	Purpose        string      `yaml:"purpose" pack:"required"`        // for which the register is consulted
	Applicants     []string    `yaml:"applicants" pack:"required"`     // kinds of applicants of the rules that are organisations
	Programmes     []Programme `yaml:"programmes" pack:"required"`
}

// Programme is who deals with what is applied for under a document.
type Programme struct {
	Document  string   `yaml:"document" pack:"required"`  // short name of its rules
	Unit      string   `yaml:"unit" pack:"required"`      // that is in charge
	Reviewers []string `yaml:"reviewers" pack:"required"` // units that review at the same time
	Cite      string   `yaml:"cite"`
}

// Programme finds a document's entry.
func (r *Rules) Programme(document string) (Programme, bool) {
	i := slices.IndexFunc(r.Programmes, func(p Programme) bool { return p.Document == document })
	if i < 0 {
		return Programme{}, false
	}
	return r.Programmes[i], true
}

// Names says what the file may refer to in the rest of the pack.
type Names struct {
	Units      []string
	Procedures map[string]*procedure.Procedure
	Registers  map[string]*register.Register
	Program    *ir.Program // nil where there are no rules
}

// fields, acts and states of the procedures: what the program fills in, reads, does and
// tells of.
type contract struct {
	fields map[string]procedure.FieldType
	acts   []string
	states []string
}

var contracts = map[string]contract{
	"procedure": {map[string]procedure.FieldType{"applicant": procedure.TextField, "code": procedure.SubjectField, "unit": procedure.UnitField, "reviewers": procedure.UnitsField,
		"year": procedure.IntegerField, "programmes": procedure.TextField, "amount": procedure.MoneyField, "granted": procedure.ParagraphField, "excluded": procedure.ParagraphField,
		"open_facts": procedure.ParagraphField, "evidence": procedure.FilesField, "organisation": procedure.ContactField, "contact": procedure.ContactField, "reason": procedure.ParagraphField, PaidOn: procedure.DateField},
		[]string{"draft", "save", "submit", "resubmit", "withdraw", "reckon", "accept", "clear", "bar", "correct", "list", "decide", "paid", "unpaid"}, []string{Announced, Decided, Paid}},
	"review": {nil, []string{"drop"}, nil},
	"representation": {map[string]procedure.FieldType{"organisation": procedure.SubjectField, "contact": procedure.ContactField, "until": procedure.DateField},
		[]string{"ask", "approve"}, []string{Approved}},
	"objection": {map[string]procedure.FieldType{"application": procedure.TextField}, nil, nil},
}

// States of procedures.
const (
	Announced = "announced" // of an application: anybody may object
	Decided   = "decided"   // of an application: money was promised
	Paid      = "closed"    // of an application: it was paid
	Approved  = "approved"  // of a representation: somebody acts for the organisation
)

// PaidOn is the field of an application with the day it was paid.
const PaidOn = "paid_on"

// Compile checks a decoded file. at is its root.
func Compile(r *Rules, at source.Node, names Names) (problems source.Problems) {
	refer := func(at source.Node, name string, known []string, zh, en string) {
		if name != "" && !slices.Contains(known, name) {
			problems.AddGuess(at.Pos(), source.Suggest(name, known), "没有%[2]s“%[1]s”", "there is no %[3]s %[1]q", name, zh, en)
		}
	}
	for key, id := range map[string]string{"procedure": r.Procedure, "review": r.Review, "objection": r.Objection, "representation": r.Representation} {
		p, ok := names.Procedures[id]
		if !ok {
			refer(at.Field(key), id, slices.Sorted(maps.Keys(names.Procedures)), "程序", "procedure")
			continue
		}
		c := contracts[key]
		for _, name := range slices.Sorted(maps.Keys(c.fields)) {
			if f, ok := p.Field(name); !ok || f.Type != c.fields[name] {
				problems.Add(at.Field(key).Pos(), "程序“%[1]s”应有 %[3]s 类型的字段“%[2]s”", "the procedure %[1]q has no field %[2]q of type %[3]s", id, name, string(c.fields[name]))
			}
		}
		for _, name := range c.acts {
			if _, ok := p.Action(name); !ok {
				problems.Add(at.Field(key).Pos(), "程序“%[1]s”应有操作“%[2]s”", "the procedure %[1]q has no action %[2]q", id, name)
			}
		}
		for _, name := range c.states {
			if _, ok := p.State(name); !ok {
				problems.Add(at.Field(key).Pos(), "程序“%[1]s”应有状态“%[2]s”", "the procedure %[1]q has no state %[2]q", id, name)
			}
		}
	}
	reg, ok := names.Registers[r.Register]
	switch {
	case !ok:
		refer(at.Field("register"), r.Register, slices.Sorted(maps.Keys(names.Registers)), "名录", "register")
	case reg.Key.Scheme != register.CreditCode || reg.Limits == nil:
		problems.Add(at.Field("register").Pos(), "名录“%s”应以统一社会信用代码为键，并规定联合惩戒措施", "the register %q has unified social credit codes for keys and joint restrictions", reg.ID)
	default:
		if _, ok := reg.Limits.Receive(r.Receives); !ok {
			problems.Add(at.Field("receives").Pos(), "名录没有拟办理事项“%s”", "the register's restrictions know nothing called %q to be received", r.Receives)
		}
		if !slices.ContainsFunc(reg.Looks, func(o register.Option) bool { return o.ID == r.Purpose }) {
			problems.Add(at.Field("purpose").Pos(), "名录没有查阅用途“%s”", "the register has no purpose %q", r.Purpose)
		}
	}
	if names.Program == nil {
		problems.Add(at.Pos(), "政策包没有扶持政策的规则文件", "the pack has no rule files of support programmes")
		return problems
	}
	for i, a := range r.Applicants {
		refer(at.Field("applicants").Item(i), a, names.Program.Inputs, "申报者", "kind of applicant")
	}
	var docs []string
	for _, d := range names.Program.Docs {
		docs = append(docs, d.Short)
	}
	for i, p := range r.Programmes {
		n := at.Field("programmes").Item(i)
		refer(n.Field("document"), p.Document, docs, "规则文件", "rule file")
		refer(n.Field("unit"), p.Unit, names.Units, "单位", "unit")
		for j, u := range p.Reviewers {
			refer(n.Field("reviewers").Item(j), u, names.Units, "单位", "unit")
		}
		if slices.ContainsFunc(r.Programmes[:i], func(o Programme) bool { return o.Document == p.Document }) {
			problems.Add(n.Pos(), "“%s”重复", "%q is listed twice", p.Document)
		}
	}
	return problems
}

// Acting checks that a procedure in which organisations are parties names them by the
// register that says who may act for them. rules are nil where nobody is let.
func Acting(p *procedure.Procedure, at source.Node, rules *Rules) (problems source.Problems) {
	for _, id := range p.Acting() {
		f, _ := p.Field(id)
		switch {
		case rules == nil:
			problems.Add(at.Field("parties").Pos(), "政策包没有 applications.yaml，没有人能代表“%s”所填的单位", "the pack has no applications.yaml: nobody can act for the organisation in %q", id)
		case f.Of != rules.Register:
			problems.Add(at.Field("parties").Pos(), "字段“%[1]s”应是名录“%[2]s”的主体：只有它们有授权代表", "the field %[1]q should be of the register %[2]q, whose entries somebody may act for", id, rules.Register)
		}
	}
	return problems
}
