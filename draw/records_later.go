package draw

import (
	"math"
	"regexp"
	"slices"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
)

// code is the form of reasons and outcomes.
var code = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

func (c *checker) onOpen(l *record.Line) *fault {
	var b record.Open
	if f := c.start(l, &b, &b.Plan, func() bool { return b.UID.Check() == nil }, always); f != nil {
		return f
	}
	_, twice := c.opened[b.UID]
	if _, void := c.void[b.UID]; twice || void {
		return fail(ClassOpen, "%s 已开启或已作废", "%s was opened before, or is void", b.UID)
	}
	c.opened[b.UID] = l.Time
	c.events = append(c.events, event{c.seq, &b})
	return nil
}

func (c *checker) onVoid(l *record.Line) *fault {
	var b record.Void
	f := c.start(l, &b, &b.Plan, func() bool {
		ok := code.MatchString(b.Reason) && b.Official.Check() == nil
		if b.Scope == record.ScopeSubject {
			return ok && len(b.UID) == lot.UIDSize && (*lot.UID)(b.UID).Check() == nil && len(b.Elements) == 0
		}
		return ok && b.Scope == record.ScopeDraw && len(b.UID) == 0
	}, always, record.Authority)
	if f != nil {
		return f
	}
	if b.Scope == record.ScopeSubject {
		if c.days == 0 || c.stage == stageDrawn {
			return fail(ClassVoid, "抽取和派组完成之前没有对象可以作废", "no subject can be void before the draw and its teams are logged")
		}
		u := lot.UID(b.UID)
		_, opened := c.opened[u]
		if _, twice := c.void[u]; twice || opened {
			return fail(ClassVoid, "%s 已开启或已作废", "%s was opened before, or is void already", u)
		}
		c.void[u] = c.seq
		c.events = append(c.events, event{c.seq, &b})
		return nil
	}
	if !c.own { // an abandoned attempt must be public too
		if f := c.use(c.uses); f != nil {
			return f
		}
	}
	if f := c.show(b.Elements); f != nil {
		return f
	}
	c.stage = stageStart
	if c.plan.Attempt == len(c.plan.Times) {
		c.stage = stageEnd
	}
	return nil
}

func (c *checker) onSubstitute(l *record.Line) *fault {
	var b record.Substitute
	f := c.start(l, &b, &b.Plan, func() bool {
		for i, p := range b.Picks {
			if p.Frame < 0 || p.Frame >= len(c.plan.Frames) || i > 0 && p.Frame <= b.Picks[i-1].Frame ||
				len(p.Leaf) != 0 && len(p.Leaf) != 32 || len(p.Team) != len(p.Leaf) {
				return false
			}
		}
		return true
	}, always, c.holders()...)
	if f != nil {
		return f
	}
	if f := c.use(b.Use); f != nil {
		return f
	}
	known := false
	for _, n := range c.void {
		known = known || n == b.Void
	}
	if !known || c.replaced[b.Void] {
		return fail(ClassSubstitute, "第 %d 条不是未替补的作废记录", "record %d is no void without a substitute", b.Void)
	}
	c.replaced[b.Void] = true
	for _, p := range b.Picks {
		if len(p.Leaf) > 0 {
			c.numbers[p.Frame]++
		}
	}
	c.events = append(c.events, event{c.seq, &b})
	return nil
}

func (c *checker) onRecuse(l *record.Line) *fault {
	var b record.Recuse
	f := c.start(l, &b, &b.Plan, func() bool {
		return b.Frame >= 0 && b.Frame < len(c.plan.Frames) && b.Visit >= 0 && b.Visit <= math.MaxUint32 && b.Slot >= 0 && b.Slot < c.plan.Team.Size && code.MatchString(b.Reason)
	}, always, c.holders()...)
	if f != nil {
		return f
	}
	if f := c.use(b.Use); f != nil {
		return f
	}
	if b.Visit >= int64(c.numbers[b.Frame]) {
		return fail(ClassRecuse, "没有第 %d 次检查", "there is no visit %d", b.Visit)
	}
	c.events = append(c.events, event{c.seq, &b})
	return nil
}

func (c *checker) onResult(l *record.Line) *fault {
	var b record.Result
	f := c.start(l, &b, &b.Plan, func() bool { return b.UID.Check() == nil && code.MatchString(b.Outcome) }, func() bool {
		at, ok := c.opened[b.UID]
		return !ok || l.Time <= at+c.plan.Due.Result
	})
	if f != nil {
		return f
	}
	_, opened := c.opened[b.UID]
	if _, twice := c.results[b.UID]; twice || !opened {
		return fail(ClassResult, "%s 没有开启，或已有结果", "%s was not opened, or has a result", b.UID)
	}
	c.results[b.UID] = l.Time
	return nil
}

func (c *checker) onPublish(l *record.Line) *fault {
	var b record.Publish
	f := c.start(l, &b, &b.Plan, func() bool {
		for i, u := range b.UIDs {
			if u.Check() != nil || i > 0 && b.UIDs[i-1].Compare(u) >= 0 {
				return false
			}
		}
		return len(b.UIDs) > 0
	}, func() bool {
		return !slices.ContainsFunc(b.UIDs, func(u lot.UID) bool {
			at, ok := c.results[u]
			return ok && l.Time > at+c.plan.Due.Publish
		})
	}, record.Authority)
	if f != nil {
		return f
	}
	for _, u := range b.UIDs {
		if _, ok := c.results[u]; !ok || c.publish[u] {
			return fail(ClassPublish, "%s 没有结果，或已公布", "%s has no result, or was published", u)
		}
		c.publish[u] = true
	}
	return nil
}

func (c *checker) onRelease(l *record.Line) *fault {
	var b record.Release
	p := c.plan
	final := false
	f := c.start(l, &b, &b.Plan, func() bool {
		final = b.Kind != record.ReleaseDay
		switch b.Kind {
		case record.ReleaseDay:
			return b.Elements != nil && b.Data == nil && b.Digest == nil && b.Drawn == nil
		case record.ReleaseOpen:
			return b.Elements != nil && b.Data != nil && b.Digest == nil && b.Drawn == nil && b.Data.Shape(p) == nil
		case record.ReleaseAttested:
			return b.Elements == nil && b.Data == nil && b.Digest != nil && b.Drawn != nil
		}
		return false
	}, func() bool {
		now := p.Now()
		return !final || now.T5 <= l.Time && l.Time <= now.T5+p.Due.Release
	}, record.Authority)
	if f != nil {
		return f
	}
	if !final {
		if p.Mode != record.ModeOpen || len(p.Now().Days) == 0 {
			return fail(ClassRelease, "只有公开并按日抽取的计划才逐日公布", "only an open plan with days is released day by day")
		}
		return c.show(*b.Elements)
	}
	if b.Kind != p.Mode || c.stage != stageVisits {
		return fail(ClassRelease, "公布的方式与计划不符，或尚有日期未抽", "the release is not of the plan's mode, or a day is not drawn yet")
	}
	c.stage = stageRelease
	c.attests = map[int]bool{}
	if b.Kind == record.ReleaseOpen {
		if f := c.show(*b.Elements); f != nil {
			return f
		}
		c.data = b.Data
		return c.recompute()
	}
	if c.sealed != nil { // what is computed again is wrong at its own record
		if f := c.unseal(*b.Digest, *b.Drawn); f != nil {
			return f
		}
	}
	return c.checkDrawn(*b.Drawn)
}

// checkDrawn holds the lists of who was drawn against what is public.
func (c *checker) checkDrawn(drawn [][]lot.UID) *fault {
	in := map[lot.UID]bool{}
	if len(drawn) != len(c.plan.Frames) {
		return fail(ClassRelease, "名单不是每个部门一份", "there is not one list for each frame")
	}
	for i, list := range drawn {
		if len(list) != c.numbers[i] {
			return fail(ClassRelease, "名单人数与抽取不符", "the list is not as long as what was drawn")
		}
		for j, u := range list {
			if j > 0 && list[j-1].Compare(u) >= 0 {
				return fail(ClassRelease, "名单未按序排列", "the list is not in order")
			}
			in[u] = true
		}
	}
	for _, uids := range []map[lot.UID]int64{c.opened, c.void} {
		for u := range uids {
			if !in[u] {
				return fail(ClassRelease, "名单中没有 %s", "%s is not in the list", u)
			}
		}
	}
	for u := range in {
		c.visited = append(c.visited, u)
	}
	slices.SortFunc(c.visited, lot.UID.Compare)
	return nil
}

// unseal reads the sealed file and computes everything again.
func (c *checker) unseal(digest lot.Hash, drawn [][]lot.UID) *fault {
	var s record.Sealed
	if c.plan.Suite.TH("sealed", c.sealed) != digest {
		return fail(ClassRelease, "封存文件与登记的摘要不符", "the sealed file has another digest")
	}
	if err := canon.Unmarshal(c.sealed, &s); err != nil {
		return because(ClassRelease, err)
	}
	if s.Plan != c.hash {
		return fail(ClassRelease, "封存文件属于另一计划", "the sealed file is of another plan")
	}
	if err := s.Data.Shape(c.plan); err != nil {
		return because(ClassRelease, err)
	}
	if f := c.show(s.Elements); f != nil {
		return f
	}
	c.data = &s.Data
	if f := c.recompute(); f != nil {
		return f
	}
	for i, list := range c.lists {
		if len(drawn) != len(c.lists) || !slices.Equal(list, drawn[i]) {
			return fail(ClassRelease, "公布的名单与抽取不符", "the published list is not what was drawn")
		}
	}
	return nil
}

func (c *checker) onAttest(l *record.Line) *fault {
	var b record.Attest
	if err := canon.Unmarshal(l.Body, &b); err != nil {
		return because(ClassBody, err)
	}
	f := c.start(l, &b, &b.Plan, func() bool {
		return b.Auditor >= 0 && b.Auditor < len(c.plan.Auditors) && (b.Verdict == string(Valid) || b.Verdict == string(Invalid))
	}, always, record.Auditor(b.Auditor))
	if f != nil {
		return f
	}
	if c.attests[b.Auditor] || b.Release != c.release {
		return fail(ClassAttest, "审计人 %d 已出具意见，或针对另一次公布", "auditor %d attested before, or another release", b.Auditor)
	}
	c.attests[b.Auditor] = true
	if b.Verdict != string(Valid) {
		return fail(ClassAttest, "审计人 %d 认为无效", "auditor %d found it invalid", b.Auditor)
	}
	c.verified++
	return nil
}
