package caseform

import (
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"quanxiang/cases/entered"

	"github.com/google/go-cmp/cmp"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

func engine(t *testing.T) *ui.Engine {
	t.Helper()
	e, err := ui.New(ui.Site{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func sample(t *testing.T) *policy.Pack {
	t.Helper()
	pack, err := policy.Load(os.DirFS("../../cases/testdata"), "sample")
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

// What a form shows of a value is read back as the same value.
func TestValuesSurviveTheForm(t *testing.T) {
	t.Parallel()
	k := Maker{Messages: engine(t).Messages(gov.ZH)}
	for _, c := range []struct {
		f procedure.Field
		v any
	}{
		{procedure.Field{Type: procedure.TextField}, "停车"},
		{procedure.Field{Type: procedure.ParagraphField}, "一\n二"},
		{procedure.Field{Type: procedure.IntegerField}, int64(-12345)},
		{procedure.Field{Type: procedure.MoneyField}, int64(1_234_567_05)},
		{procedure.Field{Type: procedure.MoneyField}, int64(-50)},
		{procedure.Field{Type: procedure.BoolField}, false},
		{procedure.Field{Type: procedure.DateField}, "2016-09-15"},
		{procedure.Field{Type: procedure.InstantField}, int64(1473921000000)},
		{procedure.Field{Type: procedure.UnitField}, "fgw"},
		{procedure.Field{Type: procedure.PointField}, "39.912300,116.366000"},
		{procedure.Field{Type: procedure.EntryField}, "0101"},
		{procedure.Field{Type: procedure.UnitsField}, []string{"fgw", "czj"}},
	} {
		got, mistake := entered.Parse(&c.f, k.write(&c.f, c.v)...)
		if mistake != nil {
			t.Errorf("%s: %v", c.f.Type, mistake)
		}
		if diff := cmp.Diff(c.v, got); diff != "" {
			t.Errorf("%s:\n%s", c.f.Type, diff)
		}
	}
}

// kinds is the input each type of field has.
var kinds = map[procedure.FieldType]string{
	procedure.TextField: "text", procedure.ParagraphField: "prose", procedure.IntegerField: "text", procedure.MoneyField: "money",
	procedure.BoolField: "radio", procedure.DateField: "date", procedure.InstantField: "datetime-local", procedure.ChoiceField: "select",
	procedure.UnitField: "select", procedure.UnitsField: "checks", procedure.PostField: "select", procedure.PostsField: "checks",
	procedure.AreaField: "select", procedure.PersonField: "select", procedure.PersonsField: "checks", procedure.ChecklistField: "checklist", procedure.FilesField: "files", procedure.CaseField: "text",
	procedure.ContactField: "fixed", procedure.PointField: "text", procedure.EntryField: "select", procedure.SubjectField: "text",
}

// Every type of the language has its input, in both languages, and no choice of
// the pack is missing from it.
func TestEveryTypeHasItsInput(t *testing.T) {
	t.Parallel()
	e, pack := engine(t), sample(t)
	for _, l := range ui.Languages {
		k := Maker{Messages: e.Messages(l), Pack: pack, Under: docket.Under{Pack: pack}}
		for _, name := range procedure.FieldType("").Values() {
			f := procedure.Field{ID: "f", Type: procedure.FieldType(name), Options: []procedure.Option{{ID: "a", Name: gov.Text{ZH: "甲", EN: "A"}}}}
			x := k.field(&f, nil)
			if x.Kind != kinds[f.Type] {
				t.Errorf("%s is asked by %q, want %q", name, x.Kind, kinds[f.Type])
			}
			has := func(value string) bool {
				return slices.ContainsFunc(x.Options, func(o ui.Option) bool { return o.Value == value })
			}
			switch f.Type {
			case procedure.UnitField, procedure.UnitsField:
				for _, u := range pack.Units {
					if !has(u.ID) {
						t.Errorf("%s cannot be chosen as %s", u.ID, name)
					}
				}
			case procedure.PostField, procedure.PostsField:
				for _, p := range pack.Posts {
					if !has(p.ID) {
						t.Errorf("%s cannot be chosen as %s", p.ID, name)
					}
				}
			case procedure.AreaField:
				for _, a := range pack.Areas {
					if !has(a.Code) {
						t.Errorf("%s cannot be chosen as %s", a.Code, name)
					}
				}
			}
		}
	}
}

// A list follows the one before it: what belongs to what was chosen there comes
// first, and is chosen where it is all there is.
func TestListsFollow(t *testing.T) {
	t.Parallel()
	class := ui.Field{Kind: "select", Options: []ui.Option{{Label: "choose"}, {Value: "1", Label: "1 lamps"}, {Value: "2", Label: "2 covers"}, {Value: "3", Label: "3 trees"}}}
	rows := []ui.Option{{Label: "choose"}, {Value: "1-1", Group: "1 lamps"}, {Value: "1-2", Group: "1 lamps"}, {Value: "2-1", Group: "2 covers"}}
	for _, tt := range []struct{ chosen, value, want, order string }{
		{"", "", "", " 1-1 1-2 2-1"},
		{"1", "", "", " 1-1 1-2 2-1"},
		{"2", "", "2-1", " 2-1 1-1 1-2"},
		{"2", "1-2", "1-2", " 2-1 1-1 1-2"}, // what was chosen stays
		{"3", "", "", " 1-1 1-2 2-1"},
	} {
		class.Value = tt.chosen
		x := ui.Field{Kind: "select", Value: tt.value, Options: slices.Clone(rows)}
		follow([]ui.Field{{Kind: "text", Value: tt.chosen}, class}, &x)
		var order []string
		for _, o := range x.Options {
			order = append(order, o.Value)
		}
		if got := strings.Join(order, " "); got != tt.order || x.Value != tt.want {
			t.Errorf("after %q with %q: %q in%s, want %q in%s", tt.chosen, tt.value, x.Value, got, tt.want, tt.order)
		}
	}
	other := ui.Field{Kind: "checks", Options: slices.Clone(rows)}
	class.Value = "2"
	if follow([]ui.Field{class}, &other); other.Options[1].Value != "1-1" || other.Value != "" {
		t.Error("boxes to tick follow a list")
	}
}

// A field left empty is taken away where the reader saw what it held, and left
// alone where they did not.
func TestReadLeavesAloneWhatWasNotSeen(t *testing.T) {
	t.Parallel()
	pack := sample(t)
	p, _ := pack.Procedure("payment")
	a, _ := p.Action("enter")
	purpose, _ := p.Field("purpose")
	k := Maker{Under: docket.Under{Pack: pack, Procedure: p}, Shown: []cases.Shown{{Field: purpose, Value: "印刷"}}}
	typed := k.Read(url.Values{Name("amount"): {" 800.50 "}, Name("purpose"): {""}, Name("account"): {"  "}, "other": {"x"}}, a)
	if _, there := typed["purpose"]; !there {
		t.Error("what was emptied is kept")
	}
	if _, there := typed["account"]; there {
		t.Error("what was not seen is emptied")
	}
	if got := typed["amount"]; len(got) != 1 || got[0] != " 800.50 " {
		t.Errorf("amount %q", got)
	}
	if _, there := typed["other"]; there {
		t.Error("an input the action does not ask for is read")
	}
}
