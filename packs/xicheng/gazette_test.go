package xicheng_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quanxiang/gazette"
)

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

// TestGazetteTaskUnits: every unit that a task or indicator of the real
// gazette names is one of the pack, but for a misprint.
func TestGazetteTaskUnits(t *testing.T) {
	t.Parallel()
	data := realGazette(t)
	g, err := gazette.Read(bytes.NewReader(data), "xicheng-2016.txt", load(t).Gazette, gazette.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	var unknown []string
	look := func(list []gazette.UnitRef) {
		for _, u := range list {
			named++
			if u.Unresolved {
				unknown = append(unknown, u.Name)
			}
		}
	}
	for _, d := range g.Documents {
		for _, task := range d.Tasks {
			look(task.Lead)
			look(task.Support)
			look(task.Units)
		}
		for _, i := range d.Indicators {
			look(i.Units)
		}
	}
	if diff := cmp.Diff([]string{"区市市政市容委"}, unknown); diff != "" {
		t.Errorf("units the pack does not know (-expected +found):\n%s", diff)
	}
	if named < 1000 {
		t.Errorf("the tasks name %d units; the gazette names more", named)
	}
}
