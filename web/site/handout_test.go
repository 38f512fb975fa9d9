package site_test

import (
	"context"
	"errors"
	"testing"

	"quanxiang/cases"
	"quanxiang/cases/checklist"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/ceremony"
	"quanxiang/inspections/handout"
	"quanxiang/inspections/visits"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/store/storetest"
)

// plans knows one plan of one department.
type plans struct {
	inspections.Store
	plan inspections.Plan
	past int // how often it was told who visits whom
}

func (p *plans) Plan(context.Context, gov.ID) (inspections.Plan, error) { return p.plan, nil }

func (p *plans) Update(context.Context, func(context.Context, inspections.Tx) error) error {
	p.past++
	return nil
}

// certificates are the accounts of inspectors by the numbers of their certificates.
type certificates map[string]gov.ID

func (c certificates) Entry(_ context.Context, register, key string) (registers.Entry, error) {
	return registers.Entry{Register: register, Key: key, Values: registers.Values{"login": key}}, nil
}

func (c certificates) AccountByLogin(_ context.Context, login string) (*people.Account, error) {
	return &people.Account{Person: c[login], Login: login}, nil
}

// What the protocol decides about a visit reaches its case, and nobody else may name
// who goes in whose place.
func TestProtocolActsOnVisits(t *testing.T) {
	t.Parallel()
	d := open(t)
	k := visits.New(visits.Deps{Docket: d.Docket, Pack: d.Casework.Pack, Badges: visits.Names{People: d.People}})
	jia, yi, ding := d.hire("检查员甲", "gsfj", "inspector"), d.hire("检查员乙乙", "gsfj", "inspector"), d.hire("检查员丁丁丁", "gsfj", "inspector")
	head := d.hire("局长局长局", "gsfj", "lead")
	known := &plans{plan: inspections.Plan{Frames: []inspections.Share{{Dept: 1, Unit: "gsfj"}}}}
	desk := &handout.Desk{Visits: k, Docket: d.Docket, Entries: certificates{"JC1": jia.id, "JC2": yi.id, "JC3": ding.id}, Accounts: certificates{"JC1": jia.id, "JC2": yi.id, "JC3": ding.id},
		Plans: &inspections.Plans{Store: known, Pack: func() *policy.Pack { return d.Pack }, Clock: d.clock}, Pack: func() *policy.Pack { return d.Pack }}
	v := inspections.Visit{Plan: gov.NewID(d.clock()), Number: "SJ-1", Subject: "91110102MA00YA018X", Frames: []int{0}, First: gov.DateOf(d.clock()), Last: gov.DateOf(d.clock()).Add(9),
		Team: []inspections.Member{{Certificate: "JC1"}, {Slot: 1, Certificate: "JC2"}}}
	begin := func() gov.ID {
		id := gov.NewID(d.clock())
		check(t, k.Begin(t.Context(), id, visits.Drawn{Visit: v, Name: "虚构晨光便利店", Street: "110102001", Units: []string{"gsfj"}, People: []gov.ID{jia.id, yi.id},
			Items: []checklist.Row{{Code: "GS-01", Title: "营业执照在显著位置", Unit: "gsfj"}}}))
		return id
	}
	state := func(id gov.ID) string {
		c, _, err := d.Docket.Case(t.Context(), id)
		check(t, err)
		return c.State
	}

	id := begin()
	v.Team[1].Certificate = "JC3"
	if err := desk.Change(t.Context(), id, v); !errors.Is(err, ceremony.ErrLater) {
		t.Errorf("a team that nobody asked to change: %v", err)
	}
	yi.act(id, "ask_recuse", cases.Values{"recuse_reason": "illness", "recuse_note": "住院"})
	if err := d.Casework.Act(t.Context(), head.standing(), docket.Step{Case: id}, "replace", cases.Values{"team": []string{jia.id.String(), head.id.String()}, "leader": jia.id.String()}, ""); err == nil {
		t.Error("the head of the department named who goes")
	}
	check(t, desk.Change(t.Context(), id, v))
	c, _, err := d.Docket.Case(t.Context(), id)
	check(t, err)
	if team := c.Values.All("team"); c.State != "waiting" || len(team) != 2 || team[0] != jia.id.String() || team[1] != ding.id.String() || known.past != 1 {
		t.Errorf("state %s, team %v, %d times remembered", c.State, team, known.past)
	}

	check(t, desk.Withdraw(t.Context(), id, "closed"))
	check(t, desk.Withdraw(t.Context(), id, "closed")) // once
	if got := state(id); got != "called_off" {
		t.Errorf("a void visit is %s", got)
	}
	at, err := desk.Progress(t.Context(), id)
	if err != nil || at.Arrived || at.Published {
		t.Errorf("%+v, %v", at, err)
	}
	storetest.Sound(t, d.DB)
}
