package gazette_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette"
	"quanxiang/policy"
)

// printedLines makes a PDF's text of a readable one: every line is followed by
// an empty one, ¶ is the blank at the end of a paragraph or cell, » begins a page.
func printedLines(marked string) string {
	var b strings.Builder
	for l := range strings.Lines(marked) {
		l = strings.TrimSpace(l)
		if l == "" {
			continue
		}
		l = strings.ReplaceAll(l, "¶", " ")
		if rest, ok := strings.CutPrefix(l, "»"); ok {
			l = " " + rest
			s := strings.TrimSuffix(b.String(), "\n")
			b.Reset()
			b.WriteString(s)
		}
		b.WriteString(l + "\n\n")
	}
	return b.String()
}

// TestAnotherDistrict reads the gazette of another year and district, whose
// pack has other series, units, labels and layouts: nothing is tied to the one
// gazette the reader was tried on.
func TestAnotherDistrict(t *testing.T) {
	t.Parallel()
	p, err := policy.Load(os.DirFS(filepath.Join("testdata", "haizhou")), ".")
	if err != nil {
		t.Fatal(err)
	}
	marked, err := os.ReadFile(filepath.Join("testdata", "haizhou-2017.txt"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := gazette.Read(strings.NewReader(printedLines(string(marked))), "haizhou-2017.txt", p.Gazette, gazette.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range g.Checks {
		if c.Lost != "" || c.Invented != "" {
			t.Errorf("%s %s: lost %q, invented %q", c.Document, c.Table, c.Lost, c.Invented)
		}
	}
	if len(g.Unattributed) != 0 {
		t.Errorf("unattributed: %v", g.Unattributed)
	}
	got := describe(g)
	want, err := os.ReadFile(filepath.Join("testdata", "haizhou-2017.want"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// describe writes the documents with all their rows, a line each.
func describe(g *gazette.Gazette) string {
	var b strings.Builder
	line := func(fields ...string) { b.WriteString(strings.TrimRight(strings.Join(fields, " | "), " |") + "\n") }
	names := func(refs []gazette.UnitRef) string {
		var out []string
		for _, r := range refs {
			s := r.Name
			if r.Raw != "" {
				s += "=" + r.Raw
			}
			if r.Unresolved {
				s += "?"
			}
			out = append(out, s)
		}
		return strings.Join(out, " ")
	}
	for _, d := range g.Documents {
		line(d.Number, d.Title, d.Kind, d.Action, strings.Join(d.Issuers, " "))
		line("  signed "+d.Signed.String(), "printed "+d.Printed.String(), "until "+d.ValidUntil.String(), "by "+d.Interpreter)
		if e := d.Effective; e != nil {
			line("  effective "+e.Date.String(), e.Basis)
		}
		line("  to "+strings.Join(d.Addressees, " / "), "cc "+strings.Join(d.CC, " / "))
		for _, r := range d.Repeals {
			line("  repeals", r.Number, r.Title)
		}
		for _, r := range d.Cites {
			line("  cites", r.Number)
		}
		for _, n := range d.Structure {
			line("  "+strings.Repeat(" ", n.Depth)+string(n.Type), n.Number, n.Heading)
		}
		for _, x := range d.Tasks {
			due := ""
			if x.Due != nil {
				due = x.Due.Start.String() + ".." + x.Due.End.String()
			}
			every := ""
			for _, r := range x.Recurrence {
				every += r.Every + " "
			}
			leaders := ""
			for _, l := range x.Leaders {
				leaders += l.Name + " "
			}
			line("  task "+x.No, x.Text, names(x.Lead), names(x.Support), names(x.Units), leaders, due, strings.Join(x.Locations, " "), every)
		}
		for _, x := range d.Indicators {
			line("  indicator "+x.No, x.Name, x.Unit, x.Baseline, x.Target, names(x.Units))
		}
		for _, x := range d.Projects {
			line("  project "+x.No, x.Category, x.Name, strings.Join(x.Streets, " "), x.Scale, x.Investment, x.Start, x.Source, x.SourceRaw)
		}
		for _, n := range d.Notes {
			line("  note", n.Kind, n.Text.ZH)
		}
	}
	return b.String()
}
