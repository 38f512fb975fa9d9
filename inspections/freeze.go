package inspections

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"

	"quanxiang/canon"
	"quanxiang/draw"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/inspection"
)

// The jobs of a plan, by its id: CountJob counts what the registers hold for it,
// FreezeJob freezes it.
const (
	CountJob  = "inspections.count"
	FreezeJob = "inspections.freeze"
)

// The parts of what is frozen.
const (
	partSubjects   = "subjects"
	partInspectors = "inspectors"
	partConflicts  = "conflicts"
)

const (
	chunksAtOnce = 16      // written in one transaction
	pairsChunk   = 1 << 20 // bytes
	visitsAtOnce = 500
	pagesTold    = 16 // after so many pages it is told how far the job is
)

// AskCount has a plan counted again, with the registers as they are now.
func (s *Plans) AskCount(ctx context.Context, by people.Standing, id gov.ID) error {
	if _, err := s.Plan(ctx, by, id); err != nil {
		return err
	}
	if err := s.Store.SaveRun(ctx, Run{Plan: id, At: s.Clock().UnixMilli()}); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Enqueue(ctx, CountJob, id.String()) })
}

// Run is how far the job on a plan has come; ok is false when there was none.
func (s *Plans) Run(ctx context.Context, by people.Standing, id gov.ID) (r Run, ok bool, err error) {
	if err := Enter(by); err != nil {
		return r, false, err
	}
	r, err = s.Store.Run(ctx, id)
	if gov.CodeOf(err) == gov.NotFound {
		return r, false, nil
	}
	return r, err == nil, err
}

// Freeze has a plan frozen that all its departments agreed to; a job does it. Of a
// campaign the visits are listed. Where the inspectors do not suffice the plan comes
// back, and the run says so.
func (s *Plans) Freeze(ctx context.Context, by people.Standing, id gov.ID) error {
	g, err := people.Allow(by, policy.LeadInspections, people.Object{})
	if err != nil {
		return err
	}
	today := gov.DateOf(s.Clock())
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.Plan(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case p.State == StateFreezing:
			return nil // it was asked for before
		case p.State == StateDraft:
			return gov.Errorf(gov.Conflict, "还有部门没有同意", "not all departments have agreed yet")
		case p.State != StateAgreed:
			return errState
		case p.First.Before(today):
			return gov.Errorf(gov.Conflict, "检查开始日期已过，请撤销后重新合并", "the first day of the visits is over: drop the plan and join it anew")
		}
		p.State = StateFreezing
		if err := tx.PutPlan(ctx, p); err != nil {
			return err
		}
		if err := tx.Act(ctx, act(askedAct, Object(id), g, map[string]string{"number": p.Number})); err != nil {
			return err
		}
		return tx.Enqueue(ctx, FreezeJob, id.String())
	})
	if err != nil {
		return err
	}
	return s.Store.SaveRun(ctx, Run{Plan: id, Freeze: true, At: s.Clock().UnixMilli()})
}

// Count does the job of counting. Of a plan that is gone nothing comes.
func (s *Plans) Count(ctx context.Context, id gov.ID) error {
	p, err := s.Store.Plan(ctx, id)
	if gov.CodeOf(err) == gov.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if p.State != StateDraft && p.State != StateAgreed {
		return nil
	}
	w := &work{Plans: s, plan: p, run: Run{Plan: id}}
	return w.close(ctx, w.scan(ctx))
}

// FreezeNow does the job of freezing. Cut off it is done again from its beginning.
func (s *Plans) FreezeNow(ctx context.Context, id gov.ID) error {
	p, err := s.Store.Plan(ctx, id)
	if gov.CodeOf(err) == gov.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if p.State != StateFreezing {
		return nil
	}
	w := &work{Plans: s, plan: p, run: Run{Plan: id, Freeze: true}, freeze: !p.Campaign, list: p.Campaign}
	if w.freeze {
		p.Salt = make([]byte, 32)
		rand.Read(p.Salt)
		w.plan.Salt = p.Salt
		w.salts = salting{suiteOf(s.Pack().Inspections), p.Salt}
	}
	err = w.prepare(ctx)
	if err == nil {
		err = w.scan(ctx)
	}
	if err == nil {
		err = w.seal(ctx)
	}
	return w.close(ctx, err)
}

// work is a job on a plan.
type work struct {
	*Plans
	plan   Plan
	run    Run
	freeze bool // writes what is frozen
	list   bool // writes the visits of a campaign

	rules     *inspection.Rules
	day       gov.Date
	sum       *Sum
	tally     *tally
	salts     salting
	force     []Inspector
	frozen    []record.Inspector
	barred    *barred
	packer    packer
	conflicts frame.Pairs
	builders  []roots
	aside     []row // named as numbers from before the code: behind all others
	chunks    [][]byte
	written   int
	visits    []Past
	pages     int
}

// roots are the trees of a frame while they grow.
type roots struct{ frame, exempt, registry frame.Builder }

// prepare forgets what a job that was cut off left behind.
func (w *work) prepare(ctx context.Context) error {
	return w.Store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.DropChunks(ctx, w.plan.ID) })
}

// scan reads the registers of one moment.
func (w *work) scan(ctx context.Context) (err error) {
	if w.rules, err = w.Rules(); err != nil {
		return err
	}
	w.day = gov.DateOf(w.Clock())
	sc, err := newScan(w.Pack(), &w.plan, w.day)
	if err != nil {
		return err
	}
	w.tally = newTally(w.rules, &w.plan)
	for range w.plan.Frames {
		w.builders = append(w.builders, roots{frame.Builder{Suite: sc.suite}, frame.Builder{Suite: sc.suite}, frame.Builder{Suite: sc.suite}})
	}
	err = w.Store.Snapshot(ctx, func(x Snapshot) error {
		if w.run.Total, err = x.Count(ctx, w.rules.Subjects); err != nil {
			return err
		}
		if w.force, err = force(ctx, x, w.rules, w.day); err != nil {
			return err
		}
		if w.freeze {
			if w.frozen, err = freezeForce(&w.plan, w.salts, string(w.Pack().District), w.force); err != nil {
				return err
			}
			w.barred = newBarred(w.salts, w.force, w.frozen)
		}
		return sc.run(ctx, x, func(p *page) error { return w.take(ctx, p) })
	})
	if err != nil {
		return err
	}
	slices.SortFunc(w.aside, func(a, b row) int { return a.uid.Compare(b.uid) })
	for i := range w.aside {
		if err := w.put(ctx, &w.aside[i]); err != nil {
			return err
		}
	}
	team := record.Team{Size: w.rules.Team.Size, Area: w.plan.Area, Recent: int64(w.rules.Team.Recent)}
	w.sum = w.tally.sum(team, w.force)
	w.sum.Date, w.sum.At, w.sum.Read = w.day, w.Clock().UnixMilli(), w.run.Done
	return nil
}

// take takes a page in.
func (w *work) take(ctx context.Context, p *page) error {
	for i := range p.rows {
		r := &p.rows[i]
		w.tally.add(r)
		if w.freeze {
			w.barred.add(r, p.met[r.key], w.rules.Team.Recent, w.plan.Frames)
			if lot.Scheme(r.uid[0]) != lot.Credit {
				w.aside = append(w.aside, *r)
				continue
			}
		}
		if err := w.put(ctx, r); err != nil {
			return err
		}
	}
	w.run.Done += int64(len(p.subjects))
	if w.pages++; w.pages%pagesTold != 0 {
		return nil
	}
	return w.Store.SaveRun(ctx, w.run)
}

// put writes a row, in the order of uids.
func (w *work) put(ctx context.Context, r *row) error {
	if w.list {
		return w.visit(ctx, r)
	}
	if !w.freeze {
		return nil
	}
	attr := frame.Attr(w.salts.suite, w.salts.of(r.uid[:]), r.attributes)
	for i, fate := range r.fates {
		if fate == notKept {
			continue
		}
		row, into := r.in(fate, attr), &w.builders[i].exempt
		if fate == inFrame {
			into = &w.builders[i].frame
		}
		into.Add(frame.Leaf(w.salts.suite, frame.Rows(nil).Append(row)))
		w.builders[i].registry.Add(w.salts.suite.Sum(append([]byte{0}, r.uid[:]...)))
	}
	if w.packer.add(r) {
		return w.flush(ctx, chunksAtOnce)
	}
	return nil
}

// in is the row as it stands in a frame, or among those exempt.
func (r *row) in(fate byte, attr [frame.AttrSize]byte) frame.Row {
	if fate == inFrame {
		return frame.Row{UID: r.uid, Group: r.stratum, Count: r.balls, Attr: attr}
	}
	return frame.Row{UID: r.uid, Group: uint32(fate), Attr: attr}
}

// flush writes chunks when there are so many.
func (w *work) flush(ctx context.Context, least int) error {
	chunk, err := w.packer.close()
	if err != nil {
		return err
	}
	if chunk != nil {
		w.chunks = append(w.chunks, chunk)
	}
	if len(w.chunks) < least || len(w.chunks) == 0 {
		return nil
	}
	err = w.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return tx.AddChunks(ctx, w.plan.ID, partSubjects, w.written, w.chunks)
	})
	w.written += len(w.chunks)
	w.chunks = nil
	return err
}

// visit lists a visit of a campaign.
func (w *work) visit(ctx context.Context, r *row) error {
	v := Past{Plan: w.plan.ID, Subject: r.key, Campaign: true, First: w.plan.First, Last: w.plan.Last}
	for i, fate := range r.fates {
		if fate == inFrame {
			v.Depts = append(v.Depts, w.plan.Frames[i].Dept)
			v.Items = append(v.Items, w.plan.Frames[i].Items...)
		}
	}
	if w.visits = append(w.visits, v); len(w.visits) < visitsAtOnce {
		return nil
	}
	return w.flushVisits(ctx)
}

func (w *work) flushVisits(ctx context.Context) error {
	list := w.visits
	w.visits = nil
	if len(list) == 0 {
		return nil
	}
	return w.Store.Update(ctx, func(ctx context.Context, tx Tx) error { return w.remember(ctx, tx, list) })
}

// remember keeps visits of the plan with their act.
func (w *work) remember(ctx context.Context, tx Tx, list []Past) error {
	if err := tx.Remember(ctx, list); err != nil {
		return err
	}
	return tx.Act(ctx, act(visitedAct, Object(w.plan.ID), byJob, map[string]string{"number": w.plan.Number, "visits": strconv.Itoa(len(list))}))
}

// system acts for a job.
type system string

func (s system) Actor() gov.Actor { return gov.Actor{Kind: gov.SystemActor, Name: string(s)} }

const byJob = system(FreezeJob)

// seal ends the freezing, or the listing: the last transaction, after which the plan is
// what was written.
func (w *work) seal(ctx context.Context) error {
	if err := w.enough(ctx); err != nil {
		return err
	}
	kind, state := frozenAct, StateFrozen
	facts := map[string]string{"number": w.plan.Number, "date": w.day.String()}
	if w.list {
		kind, state = listedAct, StateListed
		if err := w.flushVisits(ctx); err != nil {
			return err
		}
	} else {
		if err := w.flush(ctx, 0); err != nil {
			return err
		}
		p := w.record()
		if w.plan.Roots = canon.Marshal(&p); len(p.Frames) > 0 {
			facts["roots"] = p.Suite.TH("roots", w.plan.Roots).String()
		}
	}
	return w.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		now, err := tx.Plan(ctx, w.plan.ID)
		if err != nil {
			return err
		}
		if now.State != StateFreezing {
			return errState
		}
		now.State, now.Sum, now.Salt, now.Roots = state, w.sum, w.plan.Salt, w.plan.Roots
		if w.freeze {
			if err := tx.AddChunks(ctx, now.ID, partInspectors, 0, [][]byte{encodeForce(w.frozen)}); err != nil {
				return err
			}
			if err := tx.AddChunks(ctx, now.ID, partConflicts, 0, slices.Collect(slices.Chunk([]byte(w.conflicts), pairsChunk))); err != nil {
				return err
			}
		}
		if err := tx.PutPlan(ctx, now); err != nil {
			return err
		}
		return tx.Act(ctx, act(kind, Object(now.ID), byJob, facts))
	})
}

// enough refuses a plan that cannot be carried out or says more than the catalogue
// allows.
func (w *work) enough(ctx context.Context) error {
	if w.list {
		return nil // who goes to whom is arranged by the departments
	}
	items, err := w.catalogue(ctx)
	if err != nil {
		return err
	}
	others, err := w.Store.Proposals(ctx, w.plan.Year, "")
	if err != nil {
		return err
	}
	for i := range w.plan.Frames {
		f, c := &w.plan.Frames[i], &w.sum.Frames[i]
		name := w.unitName(f.Unit)
		if c.Frame == 0 {
			return gov.Errorf(gov.Conflict, "%[1]s的名册是空的：筛选条件没有留下可抽取的对象", "nobody can be drawn for %[2]s: its filter leaves no subject", name.ZH, name.In(gov.EN))
		}
		if !c.Capacity.Enough() {
			return gov.Errorf(gov.Conflict, "%[1]s的检查人员不够：需要 %[3]d 人次，可任组长 %[4]d 人、可参加 %[5]d 人，每人至多 %[6]d 次", "%[2]s has too few inspectors: %[3]d places, %[4]d who may lead, %[5]d who may take part, %[6]d visits each",
				name.ZH, name.In(gov.EN), c.Capacity.Slots, c.Capacity.Leaders, c.Capacity.Members, c.Capacity.Load)
		}
		if f.Again != nil {
			continue // a share of visits, and not of all subjects
		}
		percent := (c.Visits*100 + c.Frame - 1) / c.Frame
		if err := overShare(items, f.Items, percent, slices.DeleteFunc(slices.Clone(others), func(o Proposal) bool { return o.Unit != f.Unit }), f.Proposal); err != nil {
			return err
		}
	}
	return nil
}

// close keeps what came of a job. What the plan cannot help is no failure of the job.
func (w *work) close(ctx context.Context, failed error) error {
	w.run.Ended, w.run.At, w.run.Sum = true, w.Clock().UnixMilli(), w.sum
	if code := gov.CodeOf(failed); failed != nil {
		if code != gov.Conflict && code != gov.Invalid && code != gov.NotFound {
			return failed // it is tried again
		}
		w.run.Failure = gov.Text{ZH: gov.TextOf(failed, gov.ZH), EN: gov.TextOf(failed, gov.EN)}
		if w.run.Freeze {
			if err := w.back(ctx); err != nil {
				return err
			}
		}
	}
	return w.Store.SaveRun(ctx, w.run)
}

// back lets a plan that could not be frozen be what it was.
func (w *work) back(ctx context.Context) error {
	return w.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.Plan(ctx, w.plan.ID)
		if err != nil || p.State != StateFreezing {
			return err
		}
		if err := tx.DropChunks(ctx, p.ID); err != nil {
			return err
		}
		p.State = StateAgreed
		if err := tx.PutPlan(ctx, p); err != nil {
			return err
		}
		return tx.Act(ctx, act(stoppedAct, Object(p.ID), byJob, map[string]string{"number": p.Number, "why": w.run.Failure.ZH}))
	})
}

// record is the plan as the draw knows it, as far as it is known.
func (w *work) record() record.Plan {
	const day = 24 * 60 * 60
	r := w.rules
	w.conflicts = w.barred.freeze()
	root, _ := w.conflicts.Freeze(w.salts.suite) // they are in order: just sorted
	p := record.Plan{V: record.Version, Suite: w.salts.suite, ID: w.plan.Number, Attempt: 1, Mode: string(r.Mode), Basis: []string{r.Cite}, MinStratum: int64(r.MinStratum),
		Due:        record.Due{Release: int64(r.Due.Release) * day, Result: int64(r.Due.Result) * day, Publish: int64(r.Due.Publish) * day},
		Team:       record.Team{Size: r.Team.Size, Area: w.plan.Area, Recent: int64(r.Team.Recent)},
		Inspectors: draw.FreezeInspectors(w.salts.suite, w.frozen), Conflicts: root}
	for i := range w.plan.Frames {
		f, b := &w.plan.Frames[i], &w.builders[i]
		out := record.FramePlan{Dept: f.Dept, Name: w.unitName(f.Unit).ZH, Items: f.Items, Filter: f.Filter, Date: w.day.String(),
			Registry: b.registry.Root(), Frame: b.frame.Root(), Exempt: b.exempt.Root()}
		for _, d := range w.tally.strata(i) {
			out.Strata = append(out.Strata, stratumOf(d, p.MinStratum))
		}
		p.Frames = append(p.Frames, out)
	}
	return p
}
