package inspections

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"quanxiang/canon"
	"quanxiang/draw/design"
	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/inspection"
	"quanxiang/policy/register"
	"quanxiang/registers"
	"quanxiang/rules/guard"
)

// pageSize is how many subjects are read, and kept in a chunk, at once. It bounds the
// memory of a scan: a handful of pages are under way at a time.
const pageSize = 1024

// The fates of a subject in a frame; between them lies the reason of an exemption.
const (
	notKept byte = 0
	inFrame byte = 0xff
)

// scan works out for every subject of the register what it is to a plan.
type scan struct {
	pack   *policy.Pack
	rules  *inspection.Rules
	reg    *register.Register
	plan   *Plan
	day    gov.Date
	suite  lot.Suite
	filter []*guard.Expr // by frame
	cuts   []string      // by count: the earliest day that counts, "" for any
	plain  []string      // kinds of records that are only counted
	full   []string      // kinds whose bodies are read
	past   string        // the earliest day of visits that count

	published map[gov.ID]map[string]bool // uids in hex of published visits, by plans that are inspected again
}

// page is a run of subjects.
type page struct {
	subjects []Subject
	counts   map[string][]int64 // of records, by key
	met      map[string][]Past
	rows     []row // of those that a filter keeps
	err      error
	done     chan struct{}
}

// row is a subject that a filter keeps.
type row struct {
	uid        lot.UID
	key        string
	stratum    uint32
	balls      uint16
	attributes []byte
	fates      []byte // by frame
}

// suiteOf is the pack's suite of hashes.
func suiteOf(r *inspection.Rules) lot.Suite {
	if r.Suite == inspection.SM3 {
		return lot.SM3
	}
	return lot.SHA256
}

func newScan(pack *policy.Pack, p *Plan, day gov.Date) (*scan, error) {
	s := &scan{pack: pack, rules: pack.Inspections, plan: p, day: day, suite: suiteOf(pack.Inspections)}
	var ok bool
	if s.reg, ok = pack.Register(s.rules.Subjects); !ok {
		return nil, gov.Errorf(gov.NotFound, "没有检查对象名录", "there is no register of subjects")
	}
	for _, f := range p.Frames {
		x, err := s.rules.Filter(f.Filter)
		if err != nil {
			return nil, err
		}
		s.filter = append(s.filter, x)
	}
	for i := range s.rules.Counts {
		c := &s.rules.Counts[i]
		s.cuts = append(s.cuts, earliest(c.Within, day))
		if c.Test() == nil {
			s.plain = append(s.plain, c.Kind)
		} else {
			s.full = append(s.full, c.Kind)
		}
	}
	s.plain, s.full = once(s.plain), once(s.full)
	s.past = earliest(s.rules.Recent, day)
	return s, nil
}

func once(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// earliest is the first day from which something within a span counts, "" for any.
func earliest(s register.Span, day gov.Date) string {
	switch {
	case s.IsZero() || s.Always:
		return ""
	case s.Days > 0:
		return day.Add(1 - s.Days).String()
	}
	return register.AddMonths(day, -s.Months).Add(1).String()
}

// run reads the register from one moment, on the goroutine whose snapshot it is, and
// hands the pages on in the order of keys, on another. Pages are worked out meanwhile,
// one for each processor.
func (s *scan) run(ctx context.Context, x Snapshot, each func(p *page) error) error {
	if err := s.learn(ctx, x); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work, order := make(chan *page), make(chan *page, runtime.GOMAXPROCS(0)+1)
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for p := range work {
				p.err = s.page(p)
				close(p.done)
			}
		}()
	}
	taken := make(chan error, 1)
	go func() {
		var err error
		for p := range order {
			<-p.done
			if err == nil {
				err = p.err
			}
			if err == nil {
				err = each(p)
			}
			if err != nil {
				stop(err) // reading ends; what was read is passed over
			}
		}
		taken <- err
	}()
	read := s.read(ctx, x, func(p *page) error {
		select {
		case order <- p:
		case <-ctx.Done():
			return ctx.Err()
		}
		work <- p
		return nil
	})
	close(work)
	close(order)
	if err := <-taken; err != nil {
		return err
	}
	return read
}

// learn finds out which visits may be inspected again.
func (s *scan) learn(ctx context.Context, x Snapshot) error {
	s.published = map[gov.ID]map[string]bool{}
	for _, f := range s.plan.Frames {
		if f.Again == nil || s.published[f.Again.Plan] != nil {
			continue
		}
		list, err := x.Published(ctx, f.Again.Plan)
		if err != nil {
			return err
		}
		uids := make(map[string]bool, len(list))
		for _, u := range list {
			uids[u] = true
		}
		s.published[f.Again.Plan] = uids
	}
	return nil
}

// read reads page by page.
func (s *scan) read(ctx context.Context, x Snapshot, give func(p *page) error) error {
	for after := ""; ; {
		list, err := x.Subjects(ctx, s.reg.ID, after, pageSize)
		if err != nil || len(list) == 0 {
			return err
		}
		p := &page{subjects: list, counts: map[string][]int64{}, met: map[string][]Past{}, done: make(chan struct{})}
		upTo := list[len(list)-1].Key
		for _, part := range []struct {
			kinds  []string
			bodies bool
		}{{s.plain, false}, {s.full, true}} {
			if len(part.kinds) == 0 {
				continue
			}
			err := x.Tell(ctx, s.reg.ID, part.kinds, part.bodies, after, upTo, func(t Told) error { return s.count(p, t, part.bodies) })
			if err != nil {
				return err
			}
		}
		if err := x.Met(ctx, after, upTo, func(v Past) error { p.met[v.Subject] = append(p.met[v.Subject], v); return nil }); err != nil {
			return err
		}
		if err := give(p); err != nil {
			return err
		}
		if after = upTo; len(list) < pageSize {
			return nil
		}
	}
}

// count adds a record to what is counted about its subject.
func (s *scan) count(p *page, t Told, tested bool) error {
	day := s.day.String()
	var values registers.Values
	for i := range s.rules.Counts {
		c := &s.rules.Counts[i]
		if c.Kind != t.Kind || (c.Test() != nil) != tested || t.On > day || t.On < s.cuts[i] || c.Open && t.Until != "" && t.Until < day {
			continue
		}
		if tested {
			if values == nil {
				if err := json.Unmarshal(t.Body, &values); err != nil {
					return err
				}
			}
			kind, _ := s.reg.Kind(c.Kind)
			holds, err := c.Test().Holds(func(name string) any {
				if v, ok := values[name]; ok {
					return v
				}
				f, _ := kind.Field(name)
				return f.Form().Kind().Zero()
			})
			if err != nil {
				return fmt.Errorf("count %s of %s: %w", c.ID, t.Subject, err)
			}
			if !holds {
				continue
			}
		}
		n := p.counts[t.Subject]
		if n == nil {
			n = make([]int64, len(s.rules.Counts))
			p.counts[t.Subject] = n
		}
		n[i]++
	}
	return nil
}

// page works out the rows of a page.
func (s *scan) page(p *page) error {
	for i := range p.subjects {
		r, kept, err := s.row(p, &p.subjects[i])
		if err != nil {
			return fmt.Errorf("subject %s: %w", p.subjects[i].Key, err)
		}
		if kept {
			p.rows = append(p.rows, r)
		}
	}
	return nil
}

// facts is what expressions read of one subject.
type facts struct {
	*scan
	subject *Subject
	values  registers.Values
	counts  []int64
	met     []Past
	frame   int
}

func (f *facts) value(name string) any {
	switch name {
	case inspection.Class:
		return f.subject.Class
	case inspection.Campaign:
		return slices.ContainsFunc(f.met, func(v Past) bool { return v.Campaign && v.Plan != f.plan.ID && !v.Last.Before(f.day) })
	case inspection.Visits:
		return f.visits()
	case inspection.Visited:
		return f.visited()
	case inspection.Again:
		return f.plan.Frames[f.frame].Again != nil
	case inspection.Cap:
		return f.plan.Frames[f.frame].Times
	}
	if v, ok := f.values[name]; ok {
		return v
	}
	for i := range f.rules.Counts {
		if f.rules.Counts[i].ID == name {
			if f.counts == nil {
				return int64(0)
			}
			return f.counts[i]
		}
	}
	field, _ := f.reg.Field(name)
	return field.Form().Kind().Zero()
}

// visited is the number of the plan that the frame inspects again, where its department
// was at the subject and the result was published.
func (f *facts) visited() string {
	share := &f.plan.Frames[f.frame]
	if share.Again == nil || !slices.ContainsFunc(f.met, func(v Past) bool { return v.Plan == share.Again.Plan && slices.Contains(v.Depts, share.Dept) }) {
		return ""
	}
	u, err := uidOf(f.suite, f.subject.Key)
	if err != nil || !f.published[share.Again.Plan][hex.EncodeToString(u[:])] {
		return ""
	}
	return share.Again.Number
}

// visits is how often the subject was visited lately for an item of the frame.
func (f *facts) visits() (n int64) {
	for _, v := range f.met {
		if v.Plan != f.plan.ID && v.First.String() >= f.past && slices.ContainsFunc(v.Items, func(i string) bool { return slices.Contains(f.plan.Frames[f.frame].Items, i) }) {
			n++
		}
	}
	return n
}

// row works out one subject. kept is false when no frame has anything to do with it.
func (s *scan) row(p *page, subject *Subject) (r row, kept bool, err error) {
	f := &facts{scan: s, subject: subject, counts: p.counts[subject.Key], met: p.met[subject.Key]}
	if err := json.Unmarshal(subject.Body, &f.values); err != nil {
		return r, false, err
	}
	r.fates = make([]byte, len(s.filter))
	for i, x := range s.filter {
		f.frame = i
		holds, err := x.Holds(f.value)
		if err != nil {
			return r, false, err
		}
		if !holds {
			continue
		}
		kept = true
		if r.fates[i] = inFrame; s.plan.Campaign {
			continue
		}
		for j := range s.rules.Exempt {
			if holds, err = s.rules.Exempt[j].Test().Holds(f.value); err != nil {
				return r, false, err
			}
			if holds {
				r.fates[i] = byte(s.rules.Exempt[j].Reason)
				break
			}
		}
	}
	if !kept {
		return r, false, nil
	}
	r.key = subject.Key
	if r.uid, err = uidOf(s.suite, subject.Key); err != nil {
		return r, false, err
	}
	if err := s.place(f, &r); err != nil {
		return r, false, err
	}
	r.attributes = s.attributes(f, &r)
	return r, true, nil
}

// place finds stratum and balls.
func (s *scan) place(f *facts, r *row) error {
	for i := range s.rules.Strata {
		h := &s.rules.Strata[i]
		if h.Test() != nil {
			holds, err := h.Test().Holds(f.value)
			if err != nil {
				return err
			}
			if !holds {
				continue
			}
		}
		r.stratum, r.balls = uint32(h.ID), 1
		if x := s.rules.BallsOf(); x != nil {
			v, err := x.Eval(f.value)
			if err != nil {
				return err
			}
			n, ok := v.(int64)
			if !ok {
				return errors.New("balls are no number")
			}
			r.balls = uint16(min(max(n, 1), design.MaxBalls)) // nobody falls out of the draw by this rule
		}
		return nil
	}
	return errors.New("no stratum fits")
}

// attributes are the canonical attributes of a subject: where it is, and on what its
// stratum and balls rest.
func (s *scan) attributes(f *facts, r *row) []byte {
	b := append([]byte(nil), `{"balls":`...)
	b = fmt.Append(b, r.balls)
	b = append(b, `,"class":`...)
	b = canon.AppendString(b, f.subject.Class)
	b = append(b, `,"counts":[`...)
	for i, n := range f.counts {
		if n == 0 {
			continue
		}
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = canon.AppendString(append(b, `{"count":`...), s.rules.Counts[i].ID)
		b = append(fmt.Append(append(b, `,"n":`...), n), '}')
	}
	b = append(b, `],"date":"`...)
	b = append(b, s.day.String()...)
	b = append(b, `","stratum":`...)
	b = fmt.Append(b, r.stratum)
	b = append(b, `,"street":`...)
	b = canon.AppendString(b, s.street(f.subject.Area))
	return append(b, '}')
}

// street is the street in which an area lies; the district for one without.
func (s *scan) street(code string) string {
	for a, ok := s.pack.Area(code); ok; a, ok = s.pack.Area(a.Parent) {
		if a.Level == policy.StreetLevel {
			return a.Code
		}
	}
	return string(s.pack.District)
}

// uidOf names a subject in draws. A credit code whose check characters do not fit is law
// all the same, and named as a number from before the code.
func uidOf(s lot.Suite, key string) (lot.UID, error) {
	if u, err := s.NewUID(lot.Credit, key); err == nil {
		return u, nil
	}
	return s.NewUID(lot.OldNumber, key)
}
