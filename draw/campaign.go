package draw

import (
	"bytes"
	"slices"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// Campaign is the platform's side of a draw: it computes and writes the
// records. Every line is read by the verifier's own checks before it is handed
// out, so the platform cannot write what a verifier would refuse. The caller
// keeps the lines, in order; one that was handed out stands.
//
// A Campaign is not safe for concurrent use.
type Campaign struct {
	// Attributes gives salt and attributes of a subject of a frame. It is asked
	// only where the area rule needs streets.
	Attributes func(frame int, u lot.UID) (salt, attributes []byte)

	plan   record.Plan // as it was handed in, with the number of the attempt
	data   record.Data // without what is only known at the release
	writer record.Writer
	check  checker
	now    *drawing
	past   []*drawing       // of voided attempts
	held   []record.Element // of uses taken, shown or not
	from   []int            // first visits of the draw that waits for its teams
	draws  []drawnDay
	sealed []byte
}

// drawnDay is where the visits of a draw begin and end, per frame.
type drawnDay struct {
	seq      int64
	from, to []int
}

// NewCampaign begins a transcript. It refuses a plan whose roots are not those
// of the data.
func NewCampaign(p record.Plan, d record.Data, sign record.Signer) (*Campaign, error) {
	if err := p.Shape(); err != nil {
		return nil, err
	}
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := d.Shape(&p); err != nil {
		return nil, err
	}
	if err := checkData(&p, &d); err != nil {
		return nil, err
	}
	return &Campaign{plan: p, data: d, writer: record.Writer{Suite: p.Suite, Sign: sign}}, nil
}

// append writes a record and checks it.
func (c *Campaign) append(at int64, t record.Type, body any, signers ...string) ([]byte, error) {
	w := c.writer
	line, err := w.Append(at, t, body, append(signers, record.Platform)...)
	if err != nil {
		return nil, err
	}
	if f := c.check.line(bytes.TrimSuffix(line, []byte("\n"))); f != nil {
		return nil, f.err
	}
	c.check.seq++
	c.writer = w
	return line, nil
}

func (c *Campaign) holders() (by []string) {
	for i := range c.plan.Seals {
		by = append(by, record.SealHolder(i))
	}
	return by
}

// hash is planHash of the current attempt.
func (c *Campaign) hash() lot.Hash {
	if c.check.attempt == nil {
		return lot.Hash{}
	}
	return c.check.hash
}

// Head pins the transcript so far.
func (c *Campaign) Head() lot.Hash { return c.writer.Head() }

// Use is the number of the next use: its elements are those before the last
// Use+1 of the holders' chains.
func (c *Campaign) Use() uint32 { return c.check.uses }

// Plan logs the plan, or after an abandoned attempt the next one.
func (c *Campaign) Plan(at int64) ([]byte, error) {
	if c.check.attempt != nil {
		c.plan.Attempt = c.check.plan.Attempt + 1
	}
	return c.append(at, record.TypePlan, &c.plan, record.Authority)
}

// Commitment is what a witness signs and logs before it reveals its secret.
func Commitment(p *record.Plan, witness int, secret lot.Hash) record.Commit {
	plan := p.Hash()
	return record.Commit{Plan: plan, Witness: witness, Commit: p.Suite.TH("commit", plan[:], lot.U8(witness), secret[:])}
}

// Commit logs a witness's commitment.
func (c *Campaign) Commit(at int64, b record.Commit) ([]byte, error) {
	return c.append(at, record.TypeCommit, &b, record.Witness(b.Witness))
}

// Close ends the commitments.
func (c *Campaign) Close(at int64) ([]byte, error) {
	b := record.Close{Plan: c.hash()}
	if a := c.check.attempt; a != nil {
		for _, x := range a.commits {
			b.Commits = append(b.Commits, canon.Hex(x))
		}
		b.Close = closing(c.plan.Suite, b.Plan, a.commits, a.plan.Now().T1)
	}
	return c.append(at, record.TypeClose, &b)
}

// Reveal logs a witness's secret.
func (c *Campaign) Reveal(at int64, witness int, secret lot.Hash) ([]byte, error) {
	return c.append(at, record.TypeReveal, &record.Reveal{Plan: c.hash(), Witness: witness, Reveal: secret})
}

// Outside logs the value of the plan's next outside source. Unless it proves
// itself, the authority and the given witnesses sign it.
func (c *Campaign) Outside(at int64, value string, witnesses ...int) ([]byte, error) {
	if c.check.attempt == nil || len(c.check.outside) == len(c.plan.Outside) {
		return nil, gov.Errorf(gov.Conflict, "没有待登记的外部来源", "no outside source is left")
	}
	i := len(c.check.outside)
	src := &c.plan.Outside[i]
	b := record.Outside{Plan: c.hash(), Source: i, Round: src.Rounds[c.check.plan.Attempt-1], Value: value}
	var also []string
	if !src.Source.Proves() {
		also = []string{record.Authority}
		for _, w := range witnesses {
			also = append(also, record.Witness(w))
		}
	}
	return c.append(at, record.TypeOutside, &b, also...)
}

// element is the next use with what the holders gave for it.
func (c *Campaign) element(x []lot.Hash) record.Element {
	return record.Element{Use: c.check.uses, X: slices.Clone(x)}
}

// Draw draws the next day, or everything, with one element of each holder.
func (c *Campaign) Draw(at int64, x []lot.Hash) ([]byte, error) {
	if c.check.attempt == nil || c.check.stage != stageReady {
		return nil, gov.Errorf(gov.Conflict, "现在不能抽取", "nothing can be drawn now")
	}
	if c.now == nil {
		c.now = newDrawing(c.check.plan, &c.data, c.check.seed)
		c.ask(c.now)
	}
	e, day := c.element(x), c.check.days
	before := c.now.counts()
	c.from = c.now.draw(day, e)
	line, err := c.append(at, record.TypeDraw, &record.Draw{Plan: c.hash(), Day: day, Use: e.Use, Results: c.now.roots(c.from, c.now.leaf)}, c.holders()...)
	if err != nil {
		c.now.forget(before)
		return nil, err
	}
	c.held = append(c.held, e)
	c.draws = append(c.draws, drawnDay{c.check.seq - 1, c.from, c.now.counts()})
	return line, nil
}

// ask lets a drawing ask for streets.
func (c *Campaign) ask(d *drawing) {
	for i := range d.frames {
		if f := &d.frames[i]; f.street != nil {
			f.street = func(u lot.UID) string {
				_, attributes := c.Attributes(i, u)
				return record.Street(attributes)
			}
		}
	}
}

// forget takes back the visits from the given numbers on.
func (d *drawing) forget(from []int) {
	for i := range d.frames {
		f := &d.frames[i]
		for _, v := range f.visits[from[i]:] {
			f.taken[v.row/64] &^= 1 << (v.row % 64)
		}
		f.visits = f.visits[:from[i]]
	}
}

// Assign gives teams to the visits drawn last.
func (c *Campaign) Assign(at int64) ([]byte, error) {
	if c.check.attempt == nil || c.check.stage != stageDrawn {
		return nil, gov.Errorf(gov.Conflict, "没有待派组的抽取", "no draw waits for its teams")
	}
	b := record.Assign{Plan: c.hash(), Day: c.check.days}
	loads := make([][]int, len(c.now.frames))
	for i := range loads {
		loads[i] = slices.Clone(c.now.frames[i].load)
	}
	b.Low, b.Unfilled = c.now.assign(c.held[len(c.held)-1], c.from)
	b.Teams = c.now.roots(c.from, c.now.teamLeaf)
	line, err := c.append(at, record.TypeAssign, &b, c.holders()...)
	if err != nil { // the same teams will be found again
		for i := range loads {
			c.now.frames[i].load = loads[i]
		}
	}
	return line, err
}
