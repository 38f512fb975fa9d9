// Package ceremonytest is a frozen plan for tests of ceremonies: that of the sample
// transcripts of package draw, whose outside value is known.
package ceremonytest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/ceremony"
	"quanxiang/people"
)

// Drand is the signature of the round of the sample's third instant.
const Drand = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"

// Plan is the id of the plan.
var Plan = gov.NewID(time.Date(2023, 9, 1, 0, 0, 0, 0, gov.China))

// Plans has the sample's plan and no other.
type Plans struct{ frozen inspections.Frozen }

// Frozen implements ceremony.Plans.
func (p Plans) Frozen(_ context.Context, id gov.ID) (*inspections.Frozen, error) {
	if id != Plan {
		return nil, gov.Errorf(gov.NotFound, "没有这个计划", "there is no such plan")
	}
	f := p.frozen
	return &f, nil
}

// Sample reads a transcript of draw/testdata whose release is open: "joint", "days".
func Sample(t testing.TB, name string) Plans {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), "draw", "testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	f := inspections.Frozen{ID: Plan, Attributes: func(int, lot.UID) ([]byte, []byte) { return nil, nil }}
	for line := range bytes.Lines(b) {
		l, err := record.Parse(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		var r record.Release
		switch l.Type {
		case record.TypePlan:
			err = canon.Unmarshal(l.Body, &f.Plan)
		case record.TypeRelease:
			if err = canon.Unmarshal(l.Body, &r); err == nil && r.Data != nil {
				f.Data = *r.Data
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return Plans{f}
}

// Attested is the plan with what it was drawn from kept from the public: auditors
// recompute the draw.
func (p Plans) Attested() Plans {
	p.frozen.Plan.Mode = record.ModeAttested
	return p
}

// root is the folder of the module, above the package that is tested.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, err = os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if up := filepath.Dir(dir); up != dir {
			dir, err = up, nil
		}
	}
	t.Fatal(err)
	return ""
}

// Times are the sample's.
func (p Plans) Times() []record.Times { return p.frozen.Plan.Times }

// Setup names three witnesses, two seal holders and the authority, who act with the
// accounts given; a zero person acts with a key file.
func (p Plans) Setup(host people.Standing, witnesses, seals []people.Standing) ceremony.Setup {
	s := ceremony.Setup{Times: p.frozen.Plan.Times, Length: 16}
	for _, src := range p.frozen.Plan.Outside { // both attempts of the sample are of one evening
		src.Dates = slices.Repeat(src.Dates[:1], len(src.Dates))
		s.Outside = append(s.Outside, src)
	}
	add := func(r ceremony.Role, by people.Standing) {
		s.Parties = append(s.Parties, ceremony.Party{Role: r, Name: "虚构" + by.Name, Person: by.Person})
	}
	add(ceremony.Authority, host)
	for _, w := range witnesses {
		add(ceremony.Witness, w)
	}
	for _, x := range seals {
		add(ceremony.SealHolder, x)
	}
	return s
}
