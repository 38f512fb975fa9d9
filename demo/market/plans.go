package market

import (
	"context"
	"fmt"
	"slices"

	"quanxiang/gov"
	"quanxiang/inspections"
	plansinvent "quanxiang/inspections/invent"
	"quanxiang/people"
)

// wish is what a department proposes: a share of its subjects, a number, or what the
// ratio table says.
type wish struct {
	unit, title, filter string
	share, count        int64
}

// show is a plan of the demonstration.
type show struct {
	title string
	ago   int // days before now on which it is made
	parts []wish
}

// past are plans whose draws are held and over.
var past = []show{
	{"旅馆和理发行业联合抽查", 95, []wish{
		{"wjw", "公共场所卫生抽查", "trade in ['旅馆', '理发']", 0, 8},
		{"xfzd", "旅馆消防抽查", "trade == '旅馆'", 0, 5},
	}},
	{"书店和教育咨询联合抽查", 66, []wish{
		{"gsfj", "书店和教育咨询登记事项抽查", "trade in ['书店', '教育咨询']", 0, 7},
		{"whw", "出版物经营抽查", "trade == '书店'", 0, 6},
	}},
	{"药品和食品零售联合抽查", 38, []wish{
		{"syj", "药店和食品零售抽查", "trade in ['药店', '食品零售']", 0, 7},
		{"zhijian", "计量器具抽查", "trade == '食品零售'", 0, 5},
	}},
}

// present is the plan whose draw is under way.
var present = show{"餐饮行业跨部门联合抽查", 0, []wish{
	{"gsfj", "餐饮和食品零售单位登记事项抽查", "trade in ['餐饮', '食品零售']", 0, 0},
	{"syj", "餐饮服务食品安全抽查", "trade == '餐饮'", 10, 0},
	{"szw", "餐厨垃圾处置抽查", "trade == '餐饮'", 8, 0},
	{"hbj", "餐饮油烟排放抽查", "trade == '餐饮'", 5, 0},
	{"xfzd", "人员密集场所消防抽查", "trade in ['餐饮', '旅馆', '书店']", 5, 0},
}}

// free are proposals no plan has taken yet.
var free = []wish{
	{"wjw", "公共场所卫生抽查", "trade in ['旅馆', '理发']", 0, 20},
	{"whw", "出版物经营抽查", "trade == '书店'", 0, 12},
	{"rsj", "劳动用工抽查", "", 0, 30},
	{"zhijian", "计量器具抽查", "trade.contains('零售') || trade == '药店'", 3, 0},
}

// propose lets a department propose; ok is false where nobody plans or nobody else can
// agree.
func (k *Market) propose(ctx context.Context, w wish) (id gov.ID, second people.Standing, ok bool, err error) {
	writer, writes, err := k.standing(ctx, w.unit, "clerk", 0)
	if err != nil {
		return id, second, false, err
	}
	second, agrees, err := k.standing(ctx, w.unit, "lead", 0)
	if err != nil || !writes || !agrees || writer.Person == second.Person {
		return id, second, false, err
	}
	today := gov.DateOf(k.Clock())
	id, err = k.Plans.Propose(ctx, writer, inspections.Proposal{Unit: w.unit, Year: today.Year, Quarter: (int(today.Month) + 2) / 3, Title: w.title, Items: plansinvent.Codes(w.unit), Filter: w.filter, Share: w.share, Count: w.count})
	if err != nil {
		return id, second, false, fmt.Errorf("%s: %w", w.title, err)
	}
	return id, second, true, nil
}

// plan lets departments propose, the office join it and the departments agree, and
// freezes it. Without enough subjects, inspectors or persons the plan waits, and ok is
// false.
func (h *held) plan(ctx context.Context) (ok bool, err error) {
	rules, err := h.Plans.Rules()
	if err != nil {
		return false, err
	}
	office, ok, err := h.standing(ctx, rules.Office, "inspection-office", 0)
	if err != nil || !ok {
		return false, err
	}
	joint := inspections.Joint{Title: h.show.title, First: h.first, Last: h.last}
	agree := map[string]people.Standing{}
	for _, w := range h.show.parts {
		id, second, ok, err := h.propose(ctx, w)
		if err != nil {
			return false, err
		}
		if ok {
			joint.Proposals, agree[w.unit] = append(joint.Proposals, id), second
		}
	}
	if len(joint.Proposals) == 0 {
		return false, nil
	}
	if h.id, err = h.Plans.Join(ctx, office, joint); err != nil {
		return false, err
	}
	for unit, by := range agree {
		if err := h.Plans.Agree(ctx, by, h.id, unit); err != nil {
			return false, err
		}
	}
	if err := h.Plans.Count(ctx, h.id); err != nil {
		return false, err
	}
	run, _, err := h.Plans.Run(ctx, office, h.id)
	if err != nil {
		return false, err
	}
	// With a handful of subjects a department may be left without any.
	if run.Sum == nil || slices.ContainsFunc(run.Sum.Frames, func(c inspections.Counts) bool { return c.Frame == 0 || !c.Capacity.Enough() }) {
		return false, nil
	}
	if err := h.Plans.Freeze(ctx, office, h.id); err != nil {
		return false, err
	}
	if err := h.Plans.FreezeNow(ctx, h.id); err != nil {
		return false, err
	}
	p, err := h.Plans.Plan(ctx, office, h.id)
	return p.State == inspections.StateFrozen, err
}
