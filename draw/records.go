package draw

import (
	"slices"
	"strconv"

	"quanxiang/canon"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// start reads a body and checks what all records but the plan have in common:
// its form, the plan it is of, and its signatures. also are the signers beside
// the platform; times must hold too.
func (c *checker) start(l *record.Line, body any, plan *lot.Hash, inRange func() bool, times func() bool, also ...string) *fault {
	if err := canon.Unmarshal(l.Body, body); err != nil {
		return because(ClassBody, err)
	}
	if *plan != c.hash || !inRange() {
		return fail(ClassBody, "记录的内容不在允许的范围内，或不属于本计划", "a member is out of its range, or of another plan")
	}
	if f := c.signed(l, also...); f != nil {
		return f
	}
	if !times() {
		return fail(ClassTime, "记录的时间不在规定的期限内", "the record was made at a time it must not have")
	}
	return nil
}

func (c *checker) signed(l *record.Line, also ...string) *fault {
	want := append(also, record.Platform)
	slices.Sort(want)
	return because(ClassSignature, l.CheckSigs(c.plan, want))
}

// holders are the signers of all seals.
func (c *checker) holders() (by []string) {
	for i := range c.plan.Seals {
		by = append(by, record.SealHolder(i))
	}
	return by
}

func always() bool { return true }

func (c *checker) onPlan(l *record.Line) *fault {
	p := new(record.Plan)
	if err := canon.Unmarshal(l.Body, p); err != nil {
		return because(ClassBody, err)
	}
	if err := p.Shape(); err != nil {
		return because(ClassBody, err)
	}
	if err := p.Check(); err != nil {
		return because(ClassPlan, err)
	}
	if c.attempt == nil && p.Attempt != 1 || c.attempt != nil && !p.Follows(c.plan) {
		return fail(ClassPlan, "计划不是第一次抽取的，也不是上一次的续抽", "the plan is neither of a first attempt nor the next of the one before")
	}
	a := &attempt{
		plan: p, hash: p.Suite.TH("plan", l.Body), stage: stageCommit,
		commits: make([][]byte, len(p.Witnesses)), reveals: make([][]byte, len(p.Witnesses)), numbers: make([]int, len(p.Frames)),
		opened: map[lot.UID]int64{}, results: map[lot.UID]int64{}, publish: map[lot.UID]bool{}, void: map[lot.UID]int64{}, replaced: map[int64]bool{},
	}
	before := c.attempt
	c.attempt = a
	f := c.signed(l, record.Authority)
	if f == nil && l.Time >= p.Now().T1 {
		f = fail(ClassTime, "计划登记在承诺截止之后", "the plan was logged after commitments closed")
	}
	if f != nil {
		c.attempt = before
		return f
	}
	c.attempts = append(c.attempts, a)
	return nil
}

func (c *checker) onCommit(l *record.Line) *fault {
	var b record.Commit
	// Who must sign is in the body, so it is read twice.
	if err := canon.Unmarshal(l.Body, &b); err != nil {
		return because(ClassBody, err)
	}
	f := c.start(l, &b, &b.Plan, func() bool { return b.Witness >= 0 && b.Witness < len(c.plan.Witnesses) },
		func() bool { return l.Time <= c.plan.Now().T1 }, record.Witness(b.Witness))
	if f != nil {
		return f
	}
	if c.commits[b.Witness] != nil {
		return fail(ClassCommit, "见证人 %d 已作过承诺", "witness %d committed already", b.Witness)
	}
	c.commits[b.Witness] = b.Commit[:]
	return nil
}

func (c *checker) onClose(l *record.Line) *fault {
	var b record.Close
	now := c.plan.Now()
	f := c.start(l, &b, &b.Plan, func() bool {
		return len(b.Commits) == len(c.commits) && !slices.ContainsFunc(b.Commits, func(h canon.Hex) bool { return len(h) != 0 && len(h) != 32 })
	}, func() bool { return now.T1 <= l.Time && l.Time <= now.T2 })
	if f != nil {
		return f
	}
	for i := range b.Commits {
		if string(b.Commits[i]) != string(c.commits[i]) {
			return fail(ClassClose, "见证人 %d 的承诺与登记的不同", "the commitment of witness %d is not what was logged", i)
		}
	}
	if b.Close != closing(c.plan.Suite, c.hash, c.commits, now.T1) {
		return fail(ClassClose, "承诺截止值不成立", "the hash of the close is wrong")
	}
	c.closing, c.stage = b.Close, stageReveal
	return nil
}

// closing is closeHash.
func closing(s lot.Suite, plan lot.Hash, commits [][]byte, t1 int64) lot.Hash {
	parts := append([][]byte{plan[:]}, commits...)
	return s.TH("close", append(parts, lot.U64(t1))...)
}

func (c *checker) onReveal(l *record.Line) *fault {
	var b record.Reveal
	f := c.start(l, &b, &b.Plan, func() bool { return b.Witness >= 0 && b.Witness < len(c.plan.Witnesses) },
		func() bool { return l.Time <= c.plan.Now().T2 })
	if f != nil {
		return f
	}
	commit := c.plan.Suite.TH("commit", c.hash[:], lot.U8(b.Witness), b.Reveal[:])
	if c.reveals[b.Witness] != nil || string(commit[:]) != string(c.commits[b.Witness]) {
		return fail(ClassReveal, "见证人 %d 公布的值与承诺不符，或已公布过", "what witness %d revealed does not fit its commitment, or came before", b.Witness)
	}
	c.reveals[b.Witness] = b.Reveal[:]
	return nil
}

func (c *checker) onOutside(l *record.Line) *fault {
	var b record.Outside
	if err := canon.Unmarshal(l.Body, &b); err != nil {
		return because(ClassBody, err)
	}
	inRange := b.Source >= 0 && b.Source < len(c.plan.Outside)
	var also []string
	if inRange && !c.plan.Outside[b.Source].Source.Proves() {
		also = []string{record.Authority, "witness"}
	}
	f := c.start(l, &b, &b.Plan, func() bool { return inRange && b.Round >= 1 }, func() bool { return l.Time >= c.plan.Now().T3 }, also...)
	if f != nil {
		return f
	}
	revealed := 0
	for _, r := range c.reveals {
		if r != nil {
			revealed++
		}
	}
	if revealed < c.plan.MinReveals {
		return fail(ClassOutside, "只公布了 %d 个见证值，应作废重抽", "only %d witnesses revealed: the attempt is void", revealed)
	}
	src, at := &c.plan.Outside[b.Source], c.plan.Attempt-1
	if b.Source != len(c.outside) || b.Round != src.Rounds[at] {
		return fail(ClassOutside, "外部来源的顺序或期号与计划不符", "the source or its round is not the plan's")
	}
	value, err := src.Source.Value(b.Round, src.Dates[at], b.Value)
	if err != nil {
		return because(ClassOutside, err)
	}
	if !src.Source.Proves() {
		name := src.Source.Name()
		c.notes = append(c.notes, gov.Textf("请与公布的结果核对：%[1]s 第 %[3]d 期 %[4]s", "compare with what was published: %[2]s round %[3]d %[4]s", name.ZH, name.EN, b.Round, b.Value))
	}
	c.outside = append(c.outside, c.plan.Suite.TH("beacon", []byte(src.Source), lot.U64(b.Round), value))
	c.stage = stageOutside
	if len(c.outside) == len(c.plan.Outside) {
		c.seed = c.plan.Suite.Seed(c.hash, c.closing, c.reveals, c.outside)
		c.stage = stageReady
	}
	return nil
}

// use takes the next use.
func (c *checker) use(u uint32) *fault {
	if u != c.uses || len(c.plan.Seals) > 0 && u >= c.plan.Seals[0].Length {
		return fail(ClassSeal, "密封序号 %[1]d 不是下一个（%[2]d），或已用尽", "use %[1]d is not the next one (%[2]d), or the chains are used up", u, c.uses)
	}
	c.uses++
	c.own = true
	return nil
}

// show takes in elements that are shown: all of uses taken and not shown yet.
func (c *checker) show(list []record.Element) *fault {
	if len(list) != int(c.uses)-len(c.elements) {
		return fail(ClassSeal, "公布的密封元素应为 %[1]d 组，实为 %[2]d 组", "%[2]d seal elements are shown, not %[1]d", int(c.uses)-len(c.elements), len(list))
	}
	for _, e := range list {
		if f := leads(c.plan, c.elements, e); f != nil {
			return f
		}
		c.elements = append(c.elements, e)
	}
	return nil
}

// leads checks that the elements of a use lead to those of the use before, the
// last of before, or to the anchors.
func leads(p *record.Plan, before []record.Element, e record.Element) *fault {
	if e.Use != uint32(len(before)) || len(e.X) != len(p.Seals) {
		return fail(ClassSeal, "密封元素的序号或个数不对", "a seal element has a wrong use or number of holders")
	}
	for a, x := range e.X {
		want := p.Seals[a].Anchor
		if n := len(before); n > 0 {
			want = before[n-1].X[a]
		}
		if p.Suite.Next(p.ID, a, x) != want {
			return fail(ClassSeal, "持有人 %[1]d 的第 %[2]d 个密封元素不能推到锚点", "element %[2]d of holder %[1]d does not lead to the anchor", a, e.Use)
		}
	}
	return nil
}

// inTime reports whether a draw or assign of a day comes early enough.
func (c *checker) inTime(at int64, day int) bool {
	now := c.plan.Now()
	if len(now.Days) == 0 {
		return at <= now.T4
	}
	return at <= now.Days[day].By
}

// lastDay is how many days are drawn.
func (c *checker) lastDay() int { return max(1, len(c.plan.Now().Days)) }

func (c *checker) onDraw(l *record.Line) *fault {
	var b record.Draw
	f := c.start(l, &b, &b.Plan, func() bool { return b.Day >= 0 && b.Day < c.lastDay() },
		func() bool { return c.inTime(l.Time, b.Day) }, c.holders()...)
	if f != nil {
		return f
	}
	if b.Day != c.days {
		return fail(ClassDraw, "应抽第 %d 天", "day %d is the next", c.days)
	}
	if len(b.Results) != len(c.plan.Frames) {
		return fail(ClassDraw, "不是每个部门一个根", "there is not one root for each frame")
	}
	if f := c.use(b.Use); f != nil {
		return f
	}
	for i, r := range b.Results {
		if r.Size > c.plan.Frames[i].Frame.Size {
			return fail(ClassDraw, "抽出的多于名册", "more are drawn than there are")
		}
		c.numbers[i] += int(r.Size)
	}
	c.events = append(c.events, event{c.seq, &b})
	c.stage = stageDrawn
	return nil
}

func (c *checker) onAssign(l *record.Line) *fault {
	var b record.Assign
	f := c.start(l, &b, &b.Plan, func() bool {
		return b.Day >= 0 && b.Day < c.lastDay() && b.Low >= 0 && b.Unfilled >= 0
	}, func() bool { return c.inTime(l.Time, c.days) }, c.holders()...) // the time of the draw's day, whatever it calls its own
	if f != nil {
		return f
	}
	last := c.events[len(c.events)-1].body.(*record.Draw)
	ok := b.Day == c.days && len(b.Teams) == len(last.Results)
	for i := 0; ok && i < len(b.Teams); i++ {
		ok = b.Teams[i].Size == last.Results[i].Size
	}
	if !ok {
		return fail(ClassAssign, "派组的日期或数目与抽取不符", "day or sizes are not those of the draw")
	}
	c.events = append(c.events, event{c.seq, &b})
	c.days++
	c.stage = stageReady
	if c.days == c.lastDay() {
		c.stage = stageVisits
	}
	return nil
}

func rootsDiffer(a, b []frame.Root) bool { return !slices.Equal(a, b) }
