package inspections

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/inspection"
)

// Plans is what pages and the ceremony stand on.
type Plans struct {
	Store Store
	Pack  func() *policy.Pack
	Clock gov.Clock
}

// The acts of planning in the ledger.
const (
	proposedAct  = "inspection.proposed"
	withdrawnAct = "inspection.proposal.withdrawn"
	joinedAct    = "inspection.plan.joined"
	agreedAct    = "inspection.plan.agreed"
	droppedAct   = "inspection.plan.dropped"
	askedAct     = "inspection.plan.freezing"
	stoppedAct   = "inspection.plan.stopped"
	frozenAct    = "inspection.plan.frozen"
	listedAct    = "inspection.plan.listed"
	visitedAct   = "inspection.visits.assigned"
)

const (
	maxTitle = 100
	maxItems = 20
	maxPlans = 200
)

// Object is a plan in the ledger.
func Object(plan gov.ID) string { return "inspection:" + plan.String() }

func proposalObject(id gov.ID) string { return "proposal:" + id.String() }

// Rules are the pack's, or NotFound where nothing is drawn for inspection.
func (s *Plans) Rules() (*inspection.Rules, error) {
	if r := s.Pack().Inspections; r != nil {
		return r, nil
	}
	return nil, gov.Errorf(gov.NotFound, "政策包没有双随机抽查的规定", "the pack has no rules of double-random inspection")
}

// Enter decides whether somebody of the staff may see plans: who sees registers.
func Enter(by people.Standing) error {
	return people.Can(by, policy.ReadRegisters, people.Object{Units: unitsOf(by)})
}

func unitsOf(by people.Standing) (list []string) {
	for _, h := range by.Held {
		list = append(list, h.Assignment.Unit)
	}
	return list
}

// Departments lists the units of the pack's departments that somebody proposes for.
func (s *Plans) Departments(by people.Standing) (list []string) {
	r, err := s.Rules()
	if err != nil {
		return nil
	}
	for _, d := range r.Departments {
		if people.Can(by, policy.PlanInspections, people.Object{Units: []string{d.Unit}}) == nil {
			list = append(list, d.Unit)
		}
	}
	return list
}

// Leads reports that somebody joins proposals into plans.
func (s *Plans) Leads(by people.Standing) bool {
	return people.Can(by, policy.LeadInspections, people.Object{}) == nil
}

func signed(by people.Standing, at int64) Signed {
	return Signed{Person: by.Person, Name: by.Name, At: at}
}

// Propose keeps a proposal, or the changed one of a given ID, and returns its id. A
// proposal that a plan has taken does not change. Mistakes are Invalid and about a field.
func (s *Plans) Propose(ctx context.Context, by people.Standing, p Proposal) (gov.ID, error) {
	g, err := people.Allow(by, policy.PlanInspections, people.Object{Units: []string{p.Unit}})
	if err != nil {
		return gov.ID{}, err
	}
	if err := s.check(ctx, &p); err != nil {
		return gov.ID{}, err
	}
	now := s.Clock()
	fresh := p.ID.IsZero()
	if fresh {
		p.ID = gov.NewID(now)
	}
	p.Author, p.Plan, p.Gone = signed(by, now.UnixMilli()), gov.ID{}, false
	return p.ID, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if !fresh {
			was, err := tx.Proposal(ctx, p.ID)
			if err != nil {
				return err
			}
			if err := changeable(was, p.Unit); err != nil {
				return err
			}
			p.Version = was.Version
		}
		if err := s.withinLimits(ctx, tx, p); err != nil {
			return err
		}
		if err := tx.PutProposal(ctx, p); err != nil {
			return err
		}
		return tx.Act(ctx, act(proposedAct, proposalObject(p.ID), g, map[string]string{"unit": p.Unit, "quarter": fmt.Sprintf("%d-%d", p.Year, p.Quarter)}))
	})
}

func changeable(p Proposal, unit string) error {
	switch {
	case p.Unit != unit:
		return gov.Errorf(gov.Invalid, "抽查建议不能换部门", "a proposal does not change its department").On("unit")
	case p.Gone:
		return gov.Errorf(gov.Conflict, "抽查建议已经撤回", "the proposal was withdrawn")
	case !p.Plan.IsZero():
		return gov.Errorf(gov.Conflict, "抽查建议已纳入计划，不能再改；请先由办公室撤销该计划", "a plan has taken the proposal; it changes no more unless the office drops that plan")
	}
	return nil
}

// Withdraw takes a proposal back that no plan has taken.
func (s *Plans) Withdraw(ctx context.Context, by people.Standing, id gov.ID) error {
	p, err := s.Store.Proposal(ctx, id)
	if err != nil {
		return err
	}
	g, err := people.Allow(by, policy.PlanInspections, people.Object{Units: []string{p.Unit}})
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.Proposal(ctx, id)
		if err != nil {
			return err
		}
		if err := changeable(p, p.Unit); err != nil {
			return err
		}
		p.Gone = true
		if err := tx.PutProposal(ctx, p); err != nil {
			return err
		}
		return tx.Act(ctx, act(withdrawnAct, proposalObject(id), g, map[string]string{"unit": p.Unit}))
	})
}

// Proposal is a proposal, to who may see plans.
func (s *Plans) Proposal(ctx context.Context, by people.Standing, id gov.ID) (Proposal, error) {
	if err := Enter(by); err != nil {
		return Proposal{}, err
	}
	return s.Store.Proposal(ctx, id)
}

// Proposals lists the proposals of a year, of one unit or with "" of all.
func (s *Plans) Proposals(ctx context.Context, by people.Standing, year int, unit string) ([]Proposal, error) {
	if err := Enter(by); err != nil {
		return nil, err
	}
	return s.Store.Proposals(ctx, year, unit)
}

// Plan is a plan, to who may see plans.
func (s *Plans) Plan(ctx context.Context, by people.Standing, id gov.ID) (Plan, error) {
	if err := Enter(by); err != nil {
		return Plan{}, err
	}
	return s.Store.Plan(ctx, id)
}

// List lists the latest plans.
func (s *Plans) List(ctx context.Context, by people.Standing) ([]Plan, error) {
	if err := Enter(by); err != nil {
		return nil, err
	}
	return s.Store.Plans(ctx, maxPlans)
}

// Joint is what the office says of a plan when it joins proposals.
type Joint struct {
	Title       string
	Campaign    bool
	First, Last gov.Date
	Proposals   []gov.ID
}

// Join makes a plan of proposals of one quarter, at most one of each department.
func (s *Plans) Join(ctx context.Context, by people.Standing, j Joint) (gov.ID, error) {
	g, err := people.Allow(by, policy.LeadInspections, people.Object{})
	if err != nil {
		return gov.ID{}, err
	}
	r, err := s.Rules()
	if err != nil {
		return gov.ID{}, err
	}
	now := s.Clock()
	if err := j.check(gov.DateOf(now)); err != nil {
		return gov.ID{}, err
	}
	items, err := s.catalogue(ctx)
	if err != nil {
		return gov.ID{}, err
	}
	id := gov.NewID(now)
	return id, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p := Plan{ID: id, Title: j.Title, Campaign: j.Campaign, First: j.First, Last: j.Last, State: StateDraft, Author: signed(by, now.UnixMilli())}
		for _, one := range j.Proposals {
			b, err := tx.Proposal(ctx, one)
			if err != nil {
				return err
			}
			if err := changeable(b, b.Unit); err != nil {
				return err
			}
			if err := s.take(r, items, &p, b); err != nil {
				return err
			}
			b.Plan = id
			if err := tx.PutProposal(ctx, b); err != nil {
				return err
			}
		}
		slices.SortFunc(p.Frames, func(a, b Share) int { return int(a.Dept) - int(b.Dept) })
		n, err := tx.PlansOf(ctx, p.Year)
		if err != nil {
			return err
		}
		p.Number = fmt.Sprintf("%s-%d-%03d", r.Number, p.Year, n+1)
		if err := tx.PutPlan(ctx, p); err != nil {
			return err
		}
		if err := tx.Act(ctx, act(joinedAct, Object(id), g, map[string]string{"number": p.Number, "departments": strconv.Itoa(len(p.Frames))})); err != nil {
			return err
		}
		return tx.Enqueue(ctx, CountJob, id.String())
	})
}

func (j *Joint) check(today gov.Date) error {
	j.Title = strings.TrimSpace(j.Title)
	switch {
	case j.Title == "" || len([]rune(j.Title)) > maxTitle:
		return gov.Errorf(gov.Invalid, "请填写名称，至多 %d 字", "give it a name of at most %d characters", maxTitle).On("title")
	case len(j.Proposals) == 0:
		return gov.Errorf(gov.Invalid, "请至少选择一项抽查建议", "choose at least one proposal").On("proposals")
	case j.First.IsZero() || j.First.Before(today):
		return gov.Errorf(gov.Invalid, "检查开始日期应不早于今天", "visits do not begin before today").On("first")
	case j.Last.Before(j.First):
		return gov.Errorf(gov.Invalid, "检查结束日期应不早于开始日期", "the last day is not before the first").On("last")
	}
	return nil
}

// take adds a proposal to a plan.
func (s *Plans) take(r *inspection.Rules, items map[string]Item, p *Plan, b Proposal) error {
	d, ok := r.Department(b.Unit)
	switch {
	case !ok:
		return gov.Errorf(gov.Conflict, "“%s”不再是抽查部门", "%q is no department that inspects any more", b.Unit).On("proposals")
	case len(p.Frames) > 0 && (p.Year != b.Year || p.Quarter != b.Quarter):
		return gov.Errorf(gov.Invalid, "合并的抽查建议应属于同一季度", "joined proposals are of one quarter").On("proposals")
	case slices.ContainsFunc(p.Frames, func(f Share) bool { return f.Unit == b.Unit }):
		return gov.Errorf(gov.Invalid, "同一部门的建议只能选择一项：“%[1]s”选了不止一项", "one proposal of a department: %[2]q has more than one", s.unitName(b.Unit).ZH, s.unitName(b.Unit).In(gov.EN)).On("proposals")
	case len(p.Frames) > 0 && areaRank[p.Area] == 1 && areaRank[b.Area] == 1 && p.Area != b.Area:
		return gov.Errorf(gov.Invalid, "各部门的派组规则互相排斥，不能合并", "the departments' rules of teams exclude each other: the proposals cannot be joined").On("proposals")
	}
	filter, times, err := s.whole(r, items, b)
	if err != nil {
		return err
	}
	p.Year, p.Quarter = b.Year, b.Quarter
	if p.Area == "" || areaRank[b.Area] > areaRank[p.Area] {
		p.Area = b.Area
	}
	p.Frames = append(p.Frames, Share{Dept: uint32(d.Number), Unit: b.Unit, Proposal: b.ID, Items: b.Items, Filter: filter, Share: b.Share, Count: b.Count, Times: times, Again: b.Again, Author: b.Author.Person})
	return nil
}

func (s *Plans) unitName(id string) gov.Text {
	if u, ok := s.Pack().Unit(id); ok {
		return u.Name
	}
	return gov.Text{ZH: id, EN: id}
}

// Agree says for a department that it stands by its part of a plan: by another person
// than the one who wrote the proposal.
func (s *Plans) Agree(ctx context.Context, by people.Standing, id gov.ID, unit string) error {
	p, err := s.Store.Plan(ctx, id)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(p.Frames, func(f Share) bool { return f.Unit == unit })
	if at < 0 {
		return gov.Errorf(gov.NotFound, "该部门不在计划中", "the department is not in the plan")
	}
	g, err := people.Allow(by, policy.PlanInspections, people.Object{Units: []string{unit}, Did: []gov.ID{p.Frames[at].Author}})
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.Plan(ctx, id)
		if err != nil {
			return err
		}
		if p.State == StateAgreed && p.Frames[at].Agreed != nil {
			return nil // it was said before
		}
		if p.State != StateDraft {
			return errState
		}
		now := signed(by, tx.Now().UnixMilli())
		p.Frames[at].Agreed = &now
		if !slices.ContainsFunc(p.Frames, func(f Share) bool { return f.Agreed == nil }) {
			p.State = StateAgreed
		}
		if err := tx.PutPlan(ctx, p); err != nil {
			return err
		}
		return tx.Act(ctx, act(agreedAct, Object(id), g, map[string]string{"number": p.Number, "unit": unit}))
	})
}

var errState = gov.Errorf(gov.Conflict, "计划的状态已经改变，请刷新页面", "the plan has moved on meanwhile; load the page again")

// Drop gives up a plan that is not frozen. Its proposals are free again.
func (s *Plans) Drop(ctx context.Context, by people.Standing, id gov.ID) error {
	g, err := people.Allow(by, policy.LeadInspections, people.Object{})
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.Plan(ctx, id)
		if err != nil {
			return err
		}
		if p.State != StateDraft && p.State != StateAgreed {
			return errState
		}
		for _, f := range p.Frames {
			b, err := tx.Proposal(ctx, f.Proposal)
			if err != nil {
				return err
			}
			b.Plan = gov.ID{}
			if err := tx.PutProposal(ctx, b); err != nil {
				return err
			}
		}
		p.State = StateDropped
		if err := tx.PutPlan(ctx, p); err != nil {
			return err
		}
		return tx.Act(ctx, act(droppedAct, Object(id), g, map[string]string{"number": p.Number}))
	})
}
