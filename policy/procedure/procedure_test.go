package procedure_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// A relation is a union of terms less others, read from left to right.
func TestWho(t *testing.T) {
	t.Parallel()
	term := func(kind procedure.TermKind, name string) procedure.Term {
		return procedure.Term{Kind: kind, Name: name}
	}
	post := func(u procedure.UnitRef, role string) procedure.Term {
		return procedure.Term{Kind: procedure.Post, Unit: u, Role: role}
	}
	for _, tt := range []struct {
		in          string
		plus, minus []procedure.Term
		fail        string
	}{
		{in: "public", plus: []procedure.Term{{Kind: procedure.Public}}},
		{in: "clerk", plus: []procedure.Term{term(procedure.Among, "clerk")}},
		{in: "post(fgw)", plus: []procedure.Term{post(procedure.UnitRef{ID: "fgw"}, "")}},
		{in: " post ( fgw , clerk ) ", plus: []procedure.Term{post(procedure.UnitRef{ID: "fgw"}, "clerk")}},
		{in: "post($unit, deputy-head)", plus: []procedure.Term{post(procedure.UnitRef{Field: "unit"}, "deputy-head")}},
		{in: "post(area($place), supervisor)", plus: []procedure.Term{post(procedure.UnitRef{Area: "place"}, "supervisor")}},
		{in: "post(area)", plus: []procedure.Term{post(procedure.UnitRef{ID: "area"}, "")}},
		{in: "holds($post)", plus: []procedure.Term{term(procedure.Holds, "post")}},
		{in: "person($who)", plus: []procedure.Term{term(procedure.Person, "who")}},
		{in: "holder($phone)", plus: []procedure.Term{term(procedure.Holder, "phone")}},
		{in: "did(file)", plus: []procedure.Term{term(procedure.Did, "file")}},
		{in: "a+b -c -did(d)", plus: []procedure.Term{term("", "a"), term("", "b")}, minus: []procedure.Term{term("", "c"), term(procedure.Did, "d")}},
		{in: "a - b + c", plus: []procedure.Term{term("", "a"), term("", "c")}, minus: []procedure.Term{term("", "b")}},
		{in: "dash-ed - b", plus: []procedure.Term{term("", "dash-ed")}, minus: []procedure.Term{term("", "b")}},
		{in: "", fail: "expected a name"},
		{in: "+ a", fail: "expected a name"},
		{in: "- a", fail: "expected a name"},
		{in: "a b", fail: "expected + or -"},
		{in: "a, b", fail: "expected + or -"},
		{in: "post()", fail: "expected a name"},
		{in: "post(a, )", fail: "expected a name"},
		{in: "post(a, b, c)", fail: "not closed"},
		{in: "post(area(place))", fail: "expected a field"},
		{in: "holds(post)", fail: "expected a field"},
		{in: "holds($)", fail: "expected a name"},
		{in: "did($file)", fail: "expected a name"},
		{in: "public()", fail: "there is no relation"},
		{in: "post(a))", fail: "expected + or -"},
		{in: "甲", fail: "expected a name"},
	} {
		var w procedure.Who
		err := w.UnmarshalText([]byte(tt.in))
		if tt.fail != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fail) || !han.MatchString(gov.TextOf(err, gov.ZH)) {
				t.Errorf("%q: %v, want %q", tt.in, err, tt.fail)
			}
			continue
		}
		if err != nil || !cmp.Equal(w.Plus, tt.plus) || !cmp.Equal(w.Minus, tt.minus) || w.String() != tt.in {
			t.Errorf("%q: %+v - %+v, %v", tt.in, w.Plus, w.Minus, err)
		}
	}
}

// A reference to another party stands for what it is and for what it leaves
// out; what a party taken away leaves out is not given back.
func TestTerms(t *testing.T) {
	t.Parallel()
	p := compile(t, `
procedure: p
title: {zh: 试, en: Trial}
cite: 样例
number: "P{seq:1}"
subject: name
fields: [{id: name, type: text, label: {zh: 名, en: Name}}]
parties:
  - {id: a, name: {zh: 甲, en: A}, who: "post(fgw) - did(go)"}
  - {id: b, name: {zh: 乙, en: B}, who: "a + post(czj) - c"}
  - {id: c, name: {zh: 丙, en: C}, who: "post(zfb) - post(zfb, lead)"}
states: [{id: done, name: {zh: 完, en: Done}, kind: done}]
actions: [{id: go, name: {zh: 走, en: Go}, at: [new], to: done, by: [b], asks: [name]}]
`)
	plus, minus := p.Terms("b")
	show := func(list []procedure.Term) (s string) {
		for _, term := range list {
			s += string(term.Kind) + " " + term.Unit.ID + term.Name + ";"
		}
		return s
	}
	if show(plus) != "post fgw;post czj;" || show(minus) != "did go;post zfb;" {
		t.Errorf("%s less %s", show(plus), show(minus))
	}
	if plus, minus := p.Terms("nobody"); plus != nil || minus != nil {
		t.Error("a party that is not there has terms")
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		form      string
		year, seq int
		want      string // "" for a form that is refused
		series    string
	}{
		{"RW{year}-{seq:4}", 2016, 7, "RW2016-0007", "RW2016-"},
		{"RW{year}-{seq:4}", 2016, 12345, "RW2016-12345", "RW2016-"},
		{"CZ{seq:5}", 2016, 7, "CZ00007", "CZ"},
		{"A-B{year}{seq:1}", 2016, 7, "A-B20167", "A-B2016"},
		{"{year}{seq:4}", 0, 0, "", ""},
		{"RW{year}", 0, 0, "", ""},
		{"rw{seq:4}", 0, 0, "", ""},
		{"RW{seq:0}", 0, 0, "", ""},
		{"RW{seq:10}", 0, 0, "", ""},
		{"RW{seq:4}{seq:4}", 0, 0, "", ""},
		{"RW{month}{seq:4}", 0, 0, "", ""},
		{"RW{seq:4}\n", 0, 0, "", ""},
	} {
		var n procedure.Number
		err := n.UnmarshalText([]byte(tt.form))
		if tt.want == "" {
			if err == nil || !n.IsZero() {
				t.Errorf("%q was read as %+v", tt.form, n)
			}
			continue
		}
		if err != nil || n.Write(tt.year, tt.seq) != tt.want || n.Series(tt.year) != tt.series {
			t.Errorf("%q: %s in %s, %v", tt.form, n.Write(tt.year, tt.seq), n.Series(tt.year), err)
		}
	}
}

var named = regexp.MustCompile(`(?m)^procedure: ([a-z][a-z_]*)`) // what begins otherwise the pack sets aside

// pack is a folder with the sample district and one procedure.
func pack(t testing.TB, text []byte) fstest.MapFS {
	t.Helper()
	name := "p"
	if m := named.FindSubmatch(text); m != nil {
		name = string(m[1])
	}
	fsys := fstest.MapFS{"sample/procedures/" + name + ".yaml": &fstest.MapFile{Data: text}}
	for _, name := range []string{"pack.yaml", "units.yaml", "areas.yaml", "posts.yaml", "roles.yaml"} {
		data, err := os.ReadFile("../../cases/testdata/sample/" + name)
		if err != nil {
			t.Fatal(err)
		}
		fsys["sample/"+name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

func compile(t testing.TB, text string) *procedure.Procedure {
	t.Helper()
	p, err := policy.Load(pack(t, []byte(strings.TrimPrefix(text, "\n"))), "sample")
	if err != nil {
		t.Fatal(err)
	}
	return p.Procedures[0]
}

// FuzzWho: whatever is written, it is a relation that reads as it was written,
// or a mistake in both languages.
func FuzzWho(f *testing.F) {
	for _, s := range []string{"post($unit, clerk) + holds($leader) - did(submit)", "post(area($place), supervisor)", "a-b", "public", "post(", "- a", "甲(", "b%!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var w procedure.Who
		if err := w.UnmarshalText([]byte(s)); err != nil {
			if gov.CodeOf(err) != gov.Invalid || gov.TextOf(err, gov.ZH) == "" || strings.Contains(err.Error(), "%!") && !strings.Contains(s, "%!") {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if len(w.Plus) == 0 || w.String() != s {
			t.Fatalf("%q: %+v", s, w)
		}
		for _, term := range append(w.Plus, w.Minus...) {
			if term.Kind == procedure.Among && term.Name == "" {
				t.Fatalf("%q: a term without a name: %+v", s, w)
			}
		}
	})
}

// FuzzNumber: a form that is read writes numbers that no other year or
// sequence has.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"RW{year}-{seq:4}", "CZ{seq:5}", "A{year}{seq:1}", "{seq:4}", "RW{seq:"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, s string, seq int) {
		var n procedure.Number
		if err := n.UnmarshalText([]byte(s)); err != nil || seq < 0 || seq > 1<<40 {
			return
		}
		a, b := n.Write(2016, seq), n.Write(2016, seq+1)
		if a == b || !strings.HasPrefix(a, n.Series(2016)) || a[0] < 'A' || a[0] > 'Z' {
			t.Fatalf("%q: %s, %s", s, a, b)
		}
		if n.Series(2016) != n.Series(2017) && a == n.Write(2017, seq) {
			t.Fatalf("%q: %s in two years", s, a)
		}
	})
}

// FuzzProcedure: whatever a file holds, it is a procedure or has mistakes with
// places, and the same ones every time.
func FuzzProcedure(f *testing.F) {
	for _, glob := range []string{"../../cases/testdata/sample/procedures/*.yaml", "testdata/*/procedures/*.yaml"} {
		files, err := fs.Glob(os.DirFS("../.."), strings.TrimPrefix(strings.Replace(glob, "testdata/*/p", "policy/procedure/testdata/*/p", 1), "../../"))
		if err != nil || len(files) == 0 {
			f.Fatal(files, err)
		}
		for _, name := range files {
			data, err := os.ReadFile("../../" + name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := pack(t, text)
		p, err := policy.Load(fsys, "sample")
		if err == nil {
			if len(p.Procedures) != 1 {
				t.Fatalf("%d procedures", len(p.Procedures))
			}
			return
		}
		problems, ok := err.(policy.Problems)
		if !ok {
			t.Fatalf("error is not problems: %v", err)
		}
		for _, e := range problems {
			if e.Pos.File == "" || e.Text.ZH == "" || e.Text.EN == "" || strings.Contains(e.Text.EN+e.Text.ZH, "%!") {
				t.Fatalf("problem without place or text: %#v", e)
			}
		}
		if _, again := policy.Load(fsys, "sample"); again.Error() != err.Error() {
			t.Fatal("the report depends on chance")
		}
	})
}

// The field that holds a variable of an item is the one that copies it, else the
// one made of it alone.
func TestFromItem(t *testing.T) {
	t.Parallel()
	pack, err := policy.Load(os.DirFS("../../packs/xicheng"), ".")
	if err != nil {
		t.Fatal(err)
	}
	duty, _ := pack.Procedure("duty")
	milestone, _ := pack.Procedure("milestone")
	for variable, want := range map[string]string{
		"item.text": "text", "item.document": "document", "item.unresolved": "unresolved", "item.address": "source", "item.plan_end": "", "item.title": "",
	} {
		if got := duty.FromItem(variable); got != want {
			t.Errorf("%s is in %q, want %q", variable, got, want)
		}
	}
	if milestone.FromItem("item.text") != "" {
		t.Error("a procedure without items has a field of one")
	}
}
