package inspections

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy/inspection"
	"quanxiang/registers"
)

func act(kind, object string, g interface{ Actor() gov.Actor }, facts map[string]string) registers.Act {
	return registers.Act{Kind: kind, Object: object, Actor: g.Actor(), Facts: facts}
}

// Items lists the catalogue of a unit, or with "" of all, by codes.
func (s *Plans) Items(ctx context.Context, unit string) (list []Item, err error) {
	all, err := s.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if unit == "" || i.Unit == unit {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b Item) int { return cmp.Compare(a.Code, b.Code) })
	return list, nil
}

// catalogue is the register of items, by codes.
func (s *Plans) catalogue(ctx context.Context) (map[string]Item, error) {
	r, err := s.Rules()
	if err != nil {
		return nil, err
	}
	out := map[string]Item{}
	err = s.Store.Snapshot(ctx, func(x Snapshot) error {
		list, err := x.Entries(ctx, r.Items)
		for _, e := range list {
			out[e.Key] = itemOf(e)
		}
		return err
	})
	return out, err
}

func itemOf(e registers.Entry) Item {
	i := Item{Code: e.Key, Title: e.Values.Text("title"), Unit: e.Values.Text("unit"), Subject: e.Values.Text("subject"), From: e.Values.Text("from"), Until: e.Values.Text("until")}
	i.Share, _ = e.Values["share"].(int64)
	i.Times, _ = e.Values["times"].(int64)
	if e.Values.Text("mode") == "never" {
		i.Never = cmp.Or(e.Values.Text("reason"), "—")
	}
	return i
}

// check corrects a proposal and says what is wrong with it.
func (s *Plans) check(ctx context.Context, p *Proposal) error {
	r, err := s.Rules()
	if err != nil {
		return err
	}
	today := gov.DateOf(s.Clock())
	p.Title, p.Filter = strings.TrimSpace(p.Title), strings.TrimSpace(p.Filter)
	slices.Sort(p.Items)
	p.Items = slices.Compact(p.Items)
	if p.Area == "" {
		p.Area = string(r.Team.Area)
	}
	_, department := r.Department(p.Unit)
	switch {
	case !department:
		return gov.Errorf(gov.Invalid, "“%s”不是抽查部门", "%q is no department that inspects", s.unitName(p.Unit).ZH).On("unit")
	case p.Title == "" || len([]rune(p.Title)) > maxTitle:
		return gov.Errorf(gov.Invalid, "请填写名称，至多 %d 字", "give it a name of at most %d characters", maxTitle).On("title")
	case p.Year < today.Year || p.Year > today.Year+1:
		return gov.Errorf(gov.Invalid, "年度应为今年或明年", "the year is this one or the next").On("year")
	case p.Quarter < 1 || p.Quarter > 4 || p.Year == today.Year && p.Quarter < (int(today.Month)+2)/3:
		return gov.Errorf(gov.Invalid, "季度应为尚未过去的季度", "choose a quarter that is not over").On("quarter")
	case len(p.Items) == 0 || len(p.Items) > maxItems:
		return gov.Errorf(gov.Invalid, "请选择 1 至 %d 个抽查事项", "choose 1 to %d items", maxItems).On("items")
	case p.Share < 0 || p.Share > 100:
		return gov.Errorf(gov.Invalid, "抽查比例应为 1 至 100 的整数（百分之几）", "a share is a whole number of per cent, 1 to 100").On("share")
	case p.Count < 0 || p.Count > 1_000_000:
		return gov.Errorf(gov.Invalid, "抽查数量应为 1 至 1000000 的整数", "a number is 1 to 1000000").On("count")
	case p.Share > 0 && p.Count > 0:
		return gov.Errorf(gov.Invalid, "比例和数量只填一项", "give a share or a number, not both").On("count")
	}
	if _, known := areaRank[p.Area]; !known {
		return gov.Errorf(gov.Invalid, "请选择派组规则", "choose a rule of teams").On("area")
	}
	if err := s.earlier(ctx, p); err != nil {
		return err
	}
	items, err := s.catalogue(ctx)
	if err != nil {
		return err
	}
	_, _, err = s.whole(r, items, *p)
	return err
}

// earlier completes the plan whose visits a proposal inspects again.
func (s *Plans) earlier(ctx context.Context, p *Proposal) error {
	if p.Again == nil {
		return nil
	}
	was, err := s.Store.Plan(ctx, p.Again.Plan)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(was.Frames, func(f Share) bool { return f.Unit == p.Unit }) {
		return gov.Errorf(gov.Invalid, "计划 %s 没有本部门的检查，不能复查", "the plan %s has no visits of the department that could be inspected again", was.Number).On("title")
	}
	p.Again = &Earlier{Plan: was.ID, Number: was.Number}
	return nil
}

// whole is the filter of a proposal with everything that it stands for: which subjects
// there are to inspect, and of which kind the items are about. times is the least that
// the items allow to one subject in a year, 0 for no limit.
func (s *Plans) whole(r *inspection.Rules, items map[string]Item, p Proposal) (filter string, times int64, err error) {
	var parts []string
	if r.Keeps != "" {
		parts = append(parts, r.Keeps)
	}
	kind := ""
	for _, code := range p.Items {
		i, ok := items[code]
		switch {
		case !ok:
			return "", 0, gov.Errorf(gov.Invalid, "清单中没有事项“%s”", "the catalogue has no item %q", code).On("items")
		case i.Unit != p.Unit:
			return "", 0, gov.Errorf(gov.Invalid, "事项“%s”属于其他部门", "the item %q is another department's", i.Title).On("items")
		case i.Never != "":
			return "", 0, gov.Errorf(gov.Invalid, "事项“%[1]s”暂不随机抽查：%[2]s", "the item %[1]q is not drawn by lot: %[2]s", i.Title, i.Never).On("items")
		case !i.On(gov.DateOf(s.Clock())):
			return "", 0, gov.Errorf(gov.Invalid, "事项“%s”不在有效期内", "the item %q is not in force", i.Title).On("items")
		}
		if i.Subject != inspection.AnySubject {
			if kind != "" && kind != i.Subject {
				return "", 0, gov.Errorf(gov.Invalid, "所选事项针对不同类别的主体，请分成几项建议", "the items are about different kinds of subjects; make a proposal for each kind").On("items")
			}
			kind = i.Subject
		}
		if i.Times > 0 && (times == 0 || i.Times < times) {
			times = i.Times
		}
	}
	if kind != "" {
		reg, ok := s.Pack().Register(r.Subjects)
		if !ok {
			return "", 0, gov.Errorf(gov.NotFound, "没有检查对象名录", "there is no register of subjects")
		}
		parts = append(parts, reg.Facet+" == '"+kind+"'")
	}
	if p.Again != nil {
		parts = append(parts, inspection.Visited+" == '"+p.Again.Number+"'")
	}
	if p.Filter != "" {
		x, err := r.Filter(p.Filter)
		if err != nil {
			return "", 0, err
		}
		if p.Again == nil && slices.Contains(x.Uses(), inspection.Visited) {
			return "", 0, gov.Errorf(gov.Invalid, "复查由计划页发起，条件里不用写 visited", "visits are inspected again from the page of their plan; a filter does not read visited").On("filter")
		}
		parts = append(parts, p.Filter)
	}
	if len(parts) == 0 {
		return "true", times, nil
	}
	for i := range parts {
		if len(parts) > 1 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	filter = strings.Join(parts, " && ")
	if _, err := r.Filter(filter); err != nil { // too long or too dear only as a whole
		return "", 0, err
	}
	return filter, times, nil
}

// withinLimits refuses a proposal by which a department would inspect more of an item's
// subjects in a year than the catalogue allows.
func (s *Plans) withinLimits(ctx context.Context, tx Tx, p Proposal) error {
	items, err := s.catalogue(ctx)
	if err != nil {
		return err
	}
	others, err := tx.Proposals(ctx, p.Year, p.Unit)
	if err != nil {
		return err
	}
	if p.Again != nil {
		return nil // a share of visits, and not of all subjects
	}
	return overShare(items, p.Items, p.Share, others, p.ID)
}

// overShare says which item would be inspected at more than its limit with a further
// share, in per cent, beside those of other proposals.
func overShare(items map[string]Item, codes []string, share int64, others []Proposal, own gov.ID) error {
	for _, code := range codes {
		limit, sum := items[code].Share, share
		for _, o := range others {
			if o.ID != own && !o.Gone && o.Again == nil && slices.Contains(o.Items, code) {
				sum += o.Share
			}
		}
		if limit > 0 && share > 0 && sum > limit {
			return gov.Errorf(gov.Invalid, "事项“%[1]s”全年最多抽查 %[2]d%%，连同其他建议已达 %[3]d%%", "the item %[1]q allows %[2]d %% a year; with the other proposals it comes to %[3]d %%", items[code].Title, limit, sum).On("share")
		}
	}
	return nil
}
