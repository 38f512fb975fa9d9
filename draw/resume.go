package draw

import (
	"bytes"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// Resume goes on with a campaign of which only the transcript was kept. Every
// line is read by the verifier's own checks; draws are computed again, once, and
// must be what was recorded. elements are those of all uses taken so far, by use;
// of uses that the transcript shows they may be left out at the front.
//
// The campaign then writes what the one that stopped would have written.
func Resume(p record.Plan, d record.Data, attributes func(frame int, u lot.UID) (salt, attributes []byte), sign record.Signer,
	transcript []byte, elements []record.Element) (*Campaign, error) {
	c, err := NewCampaign(p, d, sign)
	if err != nil {
		return nil, err
	}
	c.Attributes = attributes
	for line := range bytes.Lines(transcript) {
		line, ended := bytes.CutSuffix(line, []byte("\n"))
		if !ended {
			return nil, fail(ClassForm, "文件没有以换行结束", "the file does not end with a line feed").err
		}
		if f := c.check.line(line); f != nil {
			return nil, f.err
		}
		c.check.seq++
		c.writer.Follow(line)
	}
	if c.check.attempt == nil {
		return c, nil
	}
	if c.plan.Attempt = c.check.plan.Attempt; c.plan.Hash() != c.check.hash {
		return nil, gov.Errorf(gov.Conflict, "记录文件不是这个计划的", "the transcript is not of this plan")
	}
	if err := c.hold(elements); err != nil {
		return nil, err
	}
	return c, c.again()
}

// hold takes in the elements of all uses.
func (c *Campaign) hold(elements []record.Element) error {
	c.held = append(c.held, c.check.elements...)
	for _, e := range elements {
		if int(e.Use) < len(c.held) {
			continue
		}
		if f := leads(c.check.plan, c.held, e); f != nil {
			return f.err
		}
		c.held = append(c.held, e)
	}
	if len(c.held) != int(c.check.uses) {
		return gov.Errorf(gov.Invalid, "已用 %[1]d 组密封元素，只有 %[2]d 组", "%[1]d uses were taken, and %[2]d elements are there", c.check.uses, len(c.held))
	}
	return nil
}

// again computes the drawings of all attempts.
func (c *Campaign) again() error {
	if c.check.drawn != nil { // the release was read, which computed everything
		c.now, c.draws = c.check.drawn, c.check.draws
		return nil
	}
	for _, a := range c.check.attempts {
		if len(a.events) == 0 {
			continue
		}
		c.now, c.draws = newDrawing(a.plan, &c.data, a.seed), nil
		c.ask(c.now)
		var f *fault
		if _, c.draws, f = a.replay(c.now, c.held); f != nil {
			return f.err
		}
		if n := len(c.draws); n > 0 {
			c.from = c.draws[n-1].from
		}
		if a != c.check.attempt || a.stage == stageStart || a.stage == stageEnd {
			c.past = append(c.past, c.now)
			c.now, c.draws = nil, nil
		}
	}
	if c.now == nil || c.check.stage != stageRelease || c.plan.Mode != record.ModeAttested {
		return nil
	}
	left, data := c.left()
	c.sealed = canon.Marshal(&record.Sealed{Plan: c.hash(), Elements: left, Data: data})
	return nil
}
