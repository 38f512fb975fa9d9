package invent

import (
	"context"
	"fmt"
	"slices"

	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/people"
)

// Staff finds somebody who holds a role in a unit; ok is false when nobody does.
type Staff func(ctx context.Context, unit, role string) (s people.Standing, ok bool, err error)

// wishes are what departments propose. Those of the joint plan come first.
var wishes = []struct {
	unit, title, filter string
	share, count        int64
	joint               bool
}{
	{"gsfj", "餐饮和食品零售单位登记事项抽查", "trade in ['餐饮', '食品零售']", 0, 0, true},
	{"syj", "餐饮服务食品安全抽查", "trade == '餐饮'", 10, 0, true},
	{"szw", "餐厨垃圾处置抽查", "trade == '餐饮'", 8, 0, true},
	{"hbj", "餐饮油烟排放抽查", "trade == '餐饮'", 5, 0, true},
	{"xfzd", "人员密集场所消防抽查", "trade in ['餐饮', '旅馆', '书店']", 5, 0, true},
	{"wjw", "公共场所卫生抽查", "trade in ['旅馆', '理发']", 0, 20, false},
	{"whw", "出版物经营抽查", "trade == '书店'", 0, 12, false},
	{"rsj", "劳动用工抽查", "", 0, 30, false},
	{"zhijian", "计量器具抽查", "trade.contains('零售') || trade == '药店'", 3, 0, false},
}

// Play lets departments propose what they would inspect, and the office join some of it
// into a plan that they agree to and that is frozen. Departments in which nobody plans,
// or nobody can agree, keep out of it.
func Play(ctx context.Context, plans *inspections.Plans, staff Staff) error {
	rules, err := plans.Rules()
	if err != nil {
		return err
	}
	office, ok, err := staff(ctx, rules.Office, "inspection-office")
	if err != nil || !ok {
		return err
	}
	today := gov.DateOf(plans.Clock())
	joint := inspections.Joint{Title: "餐饮行业跨部门联合抽查", First: today.Add(10), Last: today.Add(40)}
	agree := map[string]people.Standing{}
	for _, w := range wishes {
		writer, writes, err := staff(ctx, w.unit, "clerk")
		if err != nil {
			return err
		}
		second, agrees, err := staff(ctx, w.unit, "lead")
		if err != nil {
			return err
		}
		if !writes || !agrees || writer.Person == second.Person {
			continue
		}
		p := inspections.Proposal{Unit: w.unit, Year: today.Year, Quarter: (int(today.Month) + 2) / 3, Title: w.title, Items: Codes(w.unit), Filter: w.filter, Share: w.share, Count: w.count}
		id, err := plans.Propose(ctx, writer, p)
		if err != nil {
			return fmt.Errorf("%s: %w", w.title, err)
		}
		if w.joint {
			joint.Proposals = append(joint.Proposals, id)
			agree[w.unit] = second
		}
	}
	if len(joint.Proposals) == 0 {
		return nil
	}
	id, err := plans.Join(ctx, office, joint)
	if err != nil {
		return err
	}
	for _, w := range wishes {
		if by, ok := agree[w.unit]; ok {
			if err := plans.Agree(ctx, by, id, w.unit); err != nil {
				return err
			}
		}
	}
	if err := plans.Count(ctx, id); err != nil {
		return err
	}
	run, _, err := plans.Run(ctx, office, id)
	if err != nil {
		return err
	}
	// With a handful of subjects a department may be left without any: the plan waits.
	if run.Sum == nil || slices.ContainsFunc(run.Sum.Frames, func(c inspections.Counts) bool { return c.Frame == 0 || !c.Capacity.Enough() }) {
		return nil
	}
	if err := plans.Freeze(ctx, office, id); err != nil {
		return err
	}
	return plans.FreezeNow(ctx, id)
}
