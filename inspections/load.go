package inspections

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sort"
	"sync"

	"quanxiang/canon"
	"quanxiang/draw"
	"quanxiang/draw/design"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// stratumOf is a stratum as the draw knows it.
func stratumOf(d drawn, least int64) record.Stratum {
	s := record.Stratum{ID: uint32(d.ID), Name: d.Name.ZH, Kind: record.KindRandom, Size: d.size, Design: design.Design(d.Design)}
	if d.size < least {
		s.Kind = record.KindSpecial
	}
	switch {
	case s.Design == design.Census:
	case d.count:
		s.Count = &d.visits
	default:
		ppm := int64(d.PPM)
		s.PPM = &ppm
	}
	return s
}

// packer makes chunks of rows: uid, stratum, balls, fates, key and attributes of each,
// deflated. Salts and digests are made anew when they are read.
type packer struct {
	raw  []byte
	rows int
}

// add adds a row and reports that the chunk is full.
func (p *packer) add(r *row) bool {
	p.raw = append(p.raw, r.uid[:]...)
	p.raw = binary.BigEndian.AppendUint32(p.raw, r.stratum)
	p.raw = binary.BigEndian.AppendUint16(p.raw, r.balls)
	p.raw = append(p.raw, byte(len(r.fates)))
	p.raw = append(p.raw, r.fates...)
	p.raw = append(p.raw, byte(len(r.key)))
	p.raw = append(p.raw, r.key...)
	p.raw = binary.BigEndian.AppendUint16(p.raw, uint16(len(r.attributes)))
	p.raw = append(p.raw, r.attributes...)
	p.rows++
	return p.rows == pageSize
}

// close is the chunk of what was added, nil of nothing.
func (p *packer) close() ([]byte, error) {
	if p.rows == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(p.raw)
	}
	if err == nil {
		err = w.Close()
	}
	p.raw, p.rows = p.raw[:0], 0
	return out.Bytes(), err
}

var errChunk = errors.New("a chunk of a frozen plan is damaged")

// unpack calls fn with the rows of a chunk; their slices are its own until the next.
func unpack(chunk []byte, fn func(r *row) error) error {
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(chunk)))
	if err != nil {
		return fmt.Errorf("%w: %w", errChunk, err)
	}
	cut := func(n int) []byte {
		if n > len(raw) {
			raw, err = nil, errChunk
			return make([]byte, n)
		}
		b := raw[:n]
		raw = raw[n:]
		return b
	}
	for len(raw) > 0 {
		var r row
		r.uid = lot.UID(cut(lot.UIDSize))
		r.stratum = binary.BigEndian.Uint32(cut(4))
		r.balls = binary.BigEndian.Uint16(cut(2))
		r.fates = cut(int(cut(1)[0]))
		r.key = string(cut(int(cut(1)[0])))
		r.attributes = cut(int(binary.BigEndian.Uint16(cut(2))))
		if err != nil {
			return err
		}
		if err := fn(&r); err != nil {
			return err
		}
	}
	return err
}

// shelf keeps the chunks of a frozen plan deflated, some 40 bytes a subject, and finds
// subjects in them.
type shelf struct {
	salts  salting
	chunks [][]byte
	first  []lot.UID // of each chunk

	mu   sync.Mutex // guards what follows: the chunk read last
	at   int
	rows []row
}

// find is a subject of the plan.
func (s *shelf) find(u lot.UID) (row, bool) {
	at := sort.Search(len(s.first), func(i int) bool { return s.first[i].Compare(u) > 0 }) - 1
	if at < 0 {
		return row{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows == nil || s.at != at {
		s.at, s.rows = at, nil
		if err := unpack(s.chunks[at], func(r *row) error { s.rows = append(s.rows, *r); return nil }); err != nil {
			return row{}, false // it was read before without a mistake: not reached
		}
	}
	i, ok := sort.Find(len(s.rows), func(i int) int { return u.Compare(s.rows[i].uid) })
	if !ok {
		return row{}, false
	}
	return s.rows[i], true
}

// Record is what was frozen of a plan, as the draw knows it and as far as it is known.
func (p *Plan) Record() (out record.Plan, err error) {
	return out, canon.Unmarshal(p.Roots, &out)
}

// Frozen is what a frozen plan draws from. It needs some 100 bytes a subject and frame,
// and refuses what does not lead to the roots that were frozen.
func (s *Plans) Frozen(ctx context.Context, id gov.ID) (*Frozen, error) {
	p, err := s.Store.Plan(ctx, id)
	if err != nil {
		return nil, err
	}
	if p.State != StateFrozen {
		return nil, gov.Errorf(gov.Conflict, "计划“%s”尚未冻结", "the plan %s is not frozen", p.Number)
	}
	out := &Frozen{ID: id}
	if out.Plan, err = p.Record(); err != nil {
		return nil, err
	}
	shelf := &shelf{salts: salting{out.Plan.Suite, p.Salt}}
	if err := s.rows(ctx, out, shelf); err != nil {
		return nil, err
	}
	err = s.Store.Chunks(ctx, id, partInspectors, func(b []byte) (err error) {
		out.Data.Inspectors, err = decodeForce(b)
		return err
	})
	if err == nil {
		err = s.Store.Chunks(ctx, id, partConflicts, func(b []byte) error {
			out.Data.Conflicts = append(out.Data.Conflicts, b...)
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	out.Attributes = func(_ int, u lot.UID) (salt, attributes []byte) {
		r, ok := shelf.find(u)
		if !ok {
			return nil, nil
		}
		return shelf.salts.of(u[:]), bytes.Clone(r.attributes)
	}
	return out, out.check()
}

// rows reads the subjects.
func (s *Plans) rows(ctx context.Context, out *Frozen, shelf *shelf) error {
	out.Data.Frames = make([]record.FrameData, len(out.Plan.Frames))
	for i, f := range out.Plan.Frames {
		out.Data.Frames[i] = record.FrameData{Subjects: make(frame.Rows, 0, int(f.Frame.Size)*frame.RowSize), Exempt: make(frame.Rows, 0, int(f.Exempt.Size)*frame.RowSize), Visited: []record.Visited{}}
	}
	return s.Store.Chunks(ctx, out.ID, partSubjects, func(b []byte) error {
		first := true
		shelf.chunks = append(shelf.chunks, b)
		return unpack(b, func(r *row) error {
			if first {
				shelf.first, first = append(shelf.first, r.uid), false
			}
			if len(r.fates) != len(out.Data.Frames) {
				return errChunk
			}
			attr := frame.Attr(out.Plan.Suite, shelf.salts.of(r.uid[:]), r.attributes)
			for i, fate := range r.fates {
				switch d := &out.Data.Frames[i]; fate {
				case notKept:
				case inFrame:
					d.Subjects = d.Subjects.Append(r.in(fate, attr))
				default:
					d.Exempt = d.Exempt.Append(r.in(fate, attr))
				}
			}
			return nil
		})
	})
}

// check holds what was read against the roots.
func (f *Frozen) check() error {
	s := f.Plan.Suite
	for i := range f.Plan.Frames {
		d, p := &f.Data.Frames[i], &f.Plan.Frames[i]
		registry, err := frame.FreezeUIDs(s, d.Subjects, d.Exempt)
		if err != nil {
			return err
		}
		if frame.Freeze(s, d.Subjects) != p.Frame || frame.Freeze(s, d.Exempt) != p.Exempt || registry != p.Registry {
			return fmt.Errorf("plan %s, department %d: %w", f.Plan.ID, p.Dept, errChunk)
		}
	}
	if conflicts, ok := f.Data.Conflicts.Freeze(s); !ok || conflicts != f.Plan.Conflicts || draw.FreezeInspectors(s, f.Data.Inspectors) != f.Plan.Inspectors {
		return fmt.Errorf("plan %s, inspectors: %w", f.Plan.ID, errChunk)
	}
	return nil
}

// Assigned remembers the visits of a plan with their teams, once they are drawn or
// changed: pairs that met are kept apart later, and what was visited counts towards how
// often it may be. It belongs to the transaction of the context it is called under.
func (s *Plans) Assigned(ctx context.Context, list []Visit) error {
	plans := map[gov.ID]Plan{}
	for len(list) > 0 {
		some := list[:min(visitsAtOnce, len(list))]
		list = list[len(some):]
		out := make([]Past, len(some))
		for i, v := range some {
			p, known := plans[v.Plan]
			if !known {
				var err error
				if p, err = s.Store.Plan(ctx, v.Plan); err != nil {
					return err
				}
				plans[v.Plan] = p
			}
			out[i] = Past{Plan: v.Plan, Subject: v.Subject, First: v.First, Last: v.Last}
			for _, f := range v.Frames {
				out[i].Depts = append(out[i].Depts, p.Frames[f].Dept)
				out[i].Items = append(out[i].Items, p.Frames[f].Items...)
			}
			for _, m := range v.Team {
				if m.Certificate != "" {
					out[i].Certificates = append(out[i].Certificates, m.Certificate)
				}
			}
		}
		w := &work{Plans: s, plan: plans[some[0].Plan]}
		if err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error { return w.remember(ctx, tx, out) }); err != nil {
			return err
		}
	}
	return nil
}

// CampaignVisits lists the visits of a campaign by subjects behind one.
func (s *Plans) CampaignVisits(ctx context.Context, id gov.ID, after string, limit int) ([]Visit, error) {
	p, err := s.Store.Plan(ctx, id)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Visits(ctx, id, after, limit)
	if err != nil || p.State != StateListed {
		return nil, err
	}
	out := make([]Visit, len(list))
	for i, v := range list {
		out[i] = Visit{Plan: id, Number: p.Number, Subject: v.Subject, First: v.First, Last: v.Last}
		if out[i].UID, err = uidOf(suiteOf(s.Pack().Inspections), v.Subject); err != nil {
			return nil, err
		}
		for f := range p.Frames {
			for _, d := range v.Depts {
				if p.Frames[f].Dept == d {
					out[i].Frames = append(out[i].Frames, f)
				}
			}
		}
	}
	return out, nil
}
