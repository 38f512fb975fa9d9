package draw

import (
	"bytes"

	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// Verify checks a transcript, offline, from its bytes alone. sealed is the
// sealed file of a plan in mode attested, nil for who does not have it; mirrors
// are copies that were made earlier and must be its beginning.
func Verify(transcript, sealed []byte, mirrors ...[]byte) Verdict {
	c := checker{sealed: sealed}
	f := c.read(transcript)
	for _, m := range mirrors {
		if f != nil {
			break
		}
		if !bytes.HasPrefix(transcript, m) {
			f = fail(ClassMirror, "副本与记录文件不同", "a mirror holds something else")
			f.record = differs(transcript, m)
		}
	}
	v := Verdict{Records: c.seq, Head: c.head.String(), Notes: c.notes}
	if c.attempt != nil {
		v.Plan, v.Attempt = c.plan.ID, c.plan.Attempt
	}
	if f != nil {
		v.Kind, v.Record, v.Class, v.Err = Invalid, f.record, f.class, f.err
		if f.record == current {
			v.Record = c.seq
		}
		return v
	}
	if v.Missing = c.missing(); v.Missing != "" {
		v.Kind = Incomplete
		return v
	}
	v.Kind, v.By = Valid, c.by()
	return v
}

// differs is the number of the first line in which two files differ.
func differs(a, b []byte) int64 {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return int64(bytes.Count(a[:n], []byte("\n")))
}

// stage is how far an attempt has come.
type stage int

const (
	stageStart   stage = iota // no plan yet, or another attempt's turn
	stageCommit               // plan
	stageReveal               // close
	stageOutside              // first outside value
	stageReady                // all outside values, and a day is to be drawn
	stageDrawn                // a draw waits for its assign
	stageVisits               // all days are drawn and assigned
	stageRelease              // final release
	stageEnd                  // the last attempt was voided
)

// checker reads a transcript record by record.
type checker struct {
	sealed []byte

	seq   int64 // of the record being read, the number of records at the end
	head  lot.Hash
	clock int64
	notes []gov.Text

	attempts []*attempt
	*attempt // the last

	uses     uint32           // taken so far
	elements []record.Element // shown so far, by use
	data     *record.Data     // once it was released and read
	visited  []lot.UID        // in order, once they are known
	lists    [][]lot.UID      // per frame who the last attempt drew, once computed again
	drawn    *drawing         // of the last attempt, once computed again
	draws    []drawnDay       // of it
	wanted   []int64          // voids that must have a substitute, once that is known
	release  lot.Hash         // link of the final release
	attests  map[int]bool
	verified int // auditors who said VALID
}

// attempt is what an attempt's records said.
type attempt struct {
	plan     *record.Plan
	hash     lot.Hash // planHash
	stage    stage
	commits  [][]byte
	closing  lot.Hash
	reveals  [][]byte
	outside  []lot.Hash
	seed     lot.Hash
	days     int // drawn
	events   []event
	opened   map[lot.UID]int64 // when
	results  map[lot.UID]int64
	publish  map[lot.UID]bool
	void     map[lot.UID]int64 // record
	replaced map[int64]bool    // voids that have a substitute record
	numbers  []int             // visits so far, per frame
	own      bool              // took a use
}

// event is a record that is computed again at the release.
type event struct {
	seq  int64
	body any
}

// read checks every record in order.
func (c *checker) read(transcript []byte) *fault {
	for len(transcript) > 0 {
		line, rest, ended := bytes.Cut(transcript, []byte("\n"))
		if !ended {
			return fail(ClassForm, "文件没有以换行结束", "the file does not end with a line feed")
		}
		if f := c.line(line); f != nil {
			return f
		}
		transcript = rest
		c.seq++
	}
	return nil
}

func (c *checker) line(line []byte) *fault {
	l, err := record.Parse(line)
	if err != nil {
		return because(ClassForm, err)
	}
	if l.Seq != c.seq || l.Prev != c.head || l.Time < c.clock {
		return fail(ClassChain, "记录没有接在前一条之后", "the record does not follow the one before")
	}
	handle := c.handler(l.Type)
	if handle == nil {
		return fail(ClassOrder, "此处不应有 %.20s 记录", "a record %.20s may not stand here", l.Type)
	}
	if f := handle(&l); f != nil {
		return f
	}
	c.clock = l.Time
	c.head = record.Link(c.plan.Suite, line)
	if c.attempt.stage == stageRelease && l.Type == record.TypeRelease {
		c.release = c.head
	}
	return nil
}

// handler is what checks a record of a type, nil if it may not stand here.
func (c *checker) handler(t record.Type) func(*record.Line) *fault {
	at := stageStart
	if c.attempt != nil {
		at = c.attempt.stage
	}
	visits := at == stageVisits || at == stageReady && c.days > 0
	switch t {
	case record.TypePlan:
		if at == stageStart {
			return c.onPlan
		}
	case record.TypeCommit:
		if at == stageCommit {
			return c.onCommit
		}
	case record.TypeClose:
		if at == stageCommit {
			return c.onClose
		}
	case record.TypeReveal:
		if at == stageReveal {
			return c.onReveal
		}
	case record.TypeOutside:
		if at == stageReveal || at == stageOutside {
			return c.onOutside
		}
	case record.TypeDraw:
		if at == stageReady {
			return c.onDraw
		}
	case record.TypeAssign:
		if at == stageDrawn {
			return c.onAssign
		}
	case record.TypeVoid:
		if at >= stageReveal && at <= stageVisits {
			return c.onVoid
		}
	case record.TypeAttest:
		if at == stageRelease {
			return c.onAttest
		}
	case record.TypeResult:
		if visits || at == stageRelease {
			return c.onResult
		}
	case record.TypePublish:
		if visits || at == stageRelease {
			return c.onPublish
		}
	}
	if !visits {
		return nil
	}
	switch t {
	case record.TypeOpen:
		return c.onOpen
	case record.TypeSubstitute:
		return c.onSubstitute
	case record.TypeRecuse:
		return c.onRecuse
	case record.TypeRelease:
		return c.onRelease
	}
	return nil
}

// missing is what is not there yet, "" when nothing is.
func (c *checker) missing() string {
	if c.attempt == nil {
		return "plan"
	}
	switch c.attempt.stage {
	case stageStart:
		return "plan"
	case stageCommit:
		return "close"
	case stageReveal, stageOutside:
		return "outside"
	case stageReady:
		return "draw"
	case stageDrawn:
		if c.days+1 < c.lastDay() { // other days are still to be drawn
			return "draw"
		}
		return "assign"
	case stageEnd:
		return ""
	}
	if c.attempt.stage != stageRelease {
		return "release"
	}
	attested := c.plan.Mode == record.ModeAttested
	if attested && c.data == nil && c.verified < 2 {
		return "sealed file"
	}
	for _, n := range c.wanted {
		if !c.replaced[n] {
			return "substitute for record " + number(n)
		}
	}
	if what := c.unfinished(); what != "" {
		return what
	}
	if attested && c.verified < 2 {
		return "attestations"
	}
	return ""
}

// by is on what a valid transcript rests.
func (c *checker) by() string {
	switch {
	case c.attempt.stage == stageEnd:
		return "void"
	case c.data != nil:
		return "recomputed"
	}
	return "attested by " + number(int64(c.verified)) + " auditors"
}
