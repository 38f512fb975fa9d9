package draw

import (
	"slices"
	"strings"

	"quanxiang/canon"
	"quanxiang/draw/design"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// checkData holds the data of a release against the roots of the plan
// (section 9, step 9).
func checkData(p *record.Plan, d *record.Data) error {
	for i := range d.Frames {
		if err := checkFrame(p, &p.Frames[i], &d.Frames[i]); err != nil {
			return err
		}
	}
	if err := checkInspectors(p, d.Inspectors); err != nil {
		return err
	}
	if root, ok := d.Conflicts.Freeze(p.Suite); !ok || root != p.Conflicts {
		return gov.Errorf(gov.Invalid, "回避名单与计划不符", "the conflicts do not lead to the plan's root")
	}
	return nil
}

func checkFrame(p *record.Plan, f *record.FramePlan, d *record.FrameData) error {
	if err := d.Subjects.Check(); err != nil {
		return err
	}
	if err := d.Exempt.Check(); err != nil {
		return err
	}
	if frame.Freeze(p.Suite, d.Subjects) != f.Frame || frame.Freeze(p.Suite, d.Exempt) != f.Exempt {
		return gov.Errorf(gov.Invalid, "部门 %d 的名册或豁免名单与计划不符", "frame or exempt of department %d do not lead to the plan's roots", f.Dept)
	}
	registry, err := frame.FreezeUIDs(p.Suite, d.Subjects, d.Exempt)
	if err != nil {
		return err
	}
	if registry != f.Registry {
		return gov.Errorf(gov.Invalid, "部门 %d 的名册与豁免名单合起来不是登记的全体", "frame and exempt of department %d are not the registry", f.Dept)
	}
	for i := range d.Exempt.Len() {
		if g := d.Exempt.Group(i); g < 1 || g > 4 || d.Exempt.Count(i) != 0 {
			return gov.Errorf(gov.Invalid, "豁免名单第 %d 行没有已知的理由", "row %d of exempt has no known reason", i)
		}
	}
	sizes := make(map[uint32]int64, len(f.Strata))
	balls := map[uint32]bool{}
	for i := range f.Strata {
		balls[f.Strata[i].ID] = f.Strata[i].Design == design.Balls
	}
	for i := range d.Subjects.Len() {
		g := d.Subjects.Group(i)
		sizes[g]++
		if d.Subjects.Count(i) > design.MaxBalls && balls[g] {
			return gov.Errorf(gov.Invalid, "名册第 %[1]d 行的球数超过 %[2]d", "row %[1]d has more than %[2]d balls", i, design.MaxBalls)
		}
	}
	for i := range f.Strata {
		s := &f.Strata[i]
		if sizes[s.ID] != s.Size {
			return gov.Errorf(gov.Invalid, "分层 %[1]d 有 %[2]d 个对象，计划为 %[3]d 个", "stratum %[1]d has %[2]d subjects, not %[3]d", s.ID, sizes[s.ID], s.Size)
		}
		delete(sizes, s.ID)
	}
	if len(sizes) > 0 {
		return gov.Errorf(gov.Invalid, "名册中有计划没有的分层", "the frame has strata the plan has not")
	}
	return checkVisited(p, f, d)
}

func checkVisited(p *record.Plan, f *record.FramePlan, d *record.FrameData) error {
	for i, v := range d.Visited {
		at, ok := d.Subjects.Find(v.UID)
		ok = ok && d.Subjects.At(at).Attr == frame.Attr(p.Suite, v.Salt, v.Attributes)
		if !ok || i > 0 && d.Visited[i-1].UID.Compare(v.UID) >= 0 {
			return gov.Errorf(gov.Invalid, "%[1]s 的属性与部门 %[2]d 的名册不符", "the attributes of %[1]s do not fit the frame of department %[2]d", v.UID, f.Dept)
		}
	}
	return nil
}

func checkInspectors(p *record.Plan, list []record.Inspector) error {
	var rows frame.Rows
	for i := range list {
		j := &list[i]
		if j.Flags&^(record.FlagDistrict|record.FlagExpert) != 0 {
			return gov.Errorf(gov.Invalid, "检查人员 %s 有未知的标志", "inspector %s has an unknown flag", j.UID)
		}
		rows = rows.Append(inspectorRow(p.Suite, j))
	}
	if err := rows.Check(); err != nil {
		return err
	}
	if frame.Freeze(p.Suite, rows) != p.Inspectors {
		return gov.Errorf(gov.Invalid, "检查人员名录与计划不符", "the inspectors do not lead to the plan's root")
	}
	return nil
}

func inspectorRow(s lot.Suite, j *record.Inspector) frame.Row {
	return frame.Row{UID: j.UID, Group: j.Dept, Count: j.Flags, Attr: frame.Attr(s, j.Salt, canon.Marshal(&j.Attributes))}
}

// FreezeInspectors is the root over inspectors, which must be in the order of
// their uids with ascending items.
func FreezeInspectors(s lot.Suite, list []record.Inspector) frame.Root {
	var rows frame.Rows
	for i := range list {
		rows = rows.Append(inspectorRow(s, &list[i]))
	}
	return frame.Freeze(s, rows)
}

// recompute draws, assigns and substitutes everything again and compares.
func (c *checker) recompute() *fault {
	if err := checkData(c.plan, c.data); err != nil {
		return because(ClassRoot, err)
	}
	visited := make([]map[lot.UID]bool, len(c.plan.Frames))
	for i := range visited {
		visited[i] = map[lot.UID]bool{}
	}
	var last *drawing
	for _, a := range c.attempts {
		last = newDrawing(a.plan, c.data, a.seed)
		wanted, draws, f := a.replay(last, c.elements)
		if f != nil {
			return f
		}
		c.wanted, c.draws = wanted, draws
		for i := range last.frames {
			for n := range last.frames[i].visits {
				visited[i][*last.frames[i].uid(n)] = true
			}
		}
	}
	for i := range c.data.Frames {
		for _, v := range c.data.Frames[i].Visited {
			if !visited[i][v.UID] {
				return fail(ClassRoot, "%s 没有被检查，不应公开其属性", "%s is not visited: its attributes are not to be shown", v.UID)
			}
		}
	}
	c.visited, c.lists = last.visitedUIDs()
	c.drawn = last
	return nil
}

// visitedUIDs are all uids visited, and those of each frame, in order.
func (d *drawing) visitedUIDs() (all []lot.UID, lists [][]lot.UID) {
	for i := range d.frames {
		list := []lot.UID{}
		for n := range d.frames[i].visits {
			list = append(list, *d.frames[i].uid(n))
		}
		slices.SortFunc(list, lot.UID.Compare)
		lists = append(lists, list)
		all = append(all, list...)
	}
	slices.SortFunc(all, lot.UID.Compare)
	return slices.Compact(all), lists
}

// replay computes the events of an attempt again, with the elements of all
// uses, and compares. It returns the voids that must have a substitute, and
// where each draw's visits are.
func (a *attempt) replay(d *drawing, elements []record.Element) (wanted []int64, draws []drawnDay, _ *fault) {
	var from []int
	var e record.Element
	voids := map[int64]lot.UID{}
	for _, ev := range a.events {
		at := func(f *fault) ([]int64, []drawnDay, *fault) { f.record = ev.seq; return nil, nil, f }
		switch b := ev.body.(type) {
		case *record.Draw:
			e = elements[b.Use]
			from = d.draw(b.Day, e)
			if rootsDiffer(d.roots(from, d.leaf), b.Results) {
				return at(fail(ClassDraw, "重算的抽取结果与登记的不同", "the draw computed again is not the one recorded"))
			}
			draws = append(draws, drawnDay{ev.seq, from, d.counts()})
		case *record.Assign:
			if f := d.streetsKnown(from); f != nil {
				return nil, nil, f
			}
			low, unfilled := d.assign(e, from)
			if rootsDiffer(d.roots(from, d.teamLeaf), b.Teams) || low != b.Low || unfilled != b.Unfilled {
				return at(fail(ClassAssign, "重算的派组与登记的不同", "the teams computed again are not those recorded"))
			}
		case *record.Open:
			if len(d.visitsOf(b.UID)) == 0 {
				return at(fail(ClassOpen, "%s 没有被抽中", "%s was not drawn", b.UID))
			}
		case *record.Void:
			u := lot.UID(b.UID)
			visits, ok := d.voids(u)
			if !ok {
				return at(fail(ClassVoid, "%s 没有被抽中", "%s was not drawn", u))
			}
			voids[ev.seq] = u
			if d.replaceable(visits) {
				wanted = append(wanted, ev.seq)
			}
		case *record.Substitute:
			before := d.counts()
			picks := d.substitute(voids[b.Void], elements[b.Use])
			if f := d.streetsKnown(before); f != nil {
				return nil, nil, f
			}
			if !slices.EqualFunc(picks, b.Picks, samePick) {
				return at(fail(ClassSubstitute, "重算的替补与登记的不同", "the substitutes computed again are not those recorded"))
			}
		case *record.Recuse:
			team, ok := d.recuse(b.Frame, int(b.Visit), b.Slot, elements[b.Use])
			if !ok || team != b.Team {
				return at(fail(ClassRecuse, "重算的替换人员与登记的不同", "who stands in, computed again, is not who was recorded"))
			}
		}
	}
	return wanted, draws, nil
}

func samePick(a, b record.Pick) bool {
	return a.Frame == b.Frame && a.Stratum == b.Stratum && string(a.Leaf) == string(b.Leaf) && string(a.Team) == string(b.Team)
}

// streetsKnown checks that the streets of the visits from the given numbers on
// were shown, if the area rule needs them.
func (d *drawing) streetsKnown(from []int) *fault {
	for i := range d.frames {
		f := &d.frames[i]
		for n := from[i]; n < len(f.visits) && f.street != nil; n++ {
			if f.street(*f.uid(n)) == "" {
				return fail(ClassRoot, "缺少 %s 的街道", "the street of %s is not shown", *f.uid(n))
			}
		}
	}
	return nil
}

// counts are the numbers of visits so far, per frame.
func (d *drawing) counts() []int {
	out := make([]int, len(d.frames))
	for i := range d.frames {
		out[i] = len(d.frames[i].visits)
	}
	return out
}

// replaceable reports whether any of the visits is of a stratum that has
// substitutes.
func (d *drawing) replaceable(visits [][2]int) bool {
	return slices.ContainsFunc(visits, func(at [2]int) bool {
		f := &d.frames[at[0]]
		return f.strata[f.rows.Group(f.visits[at[1]].row)].Fixed()
	})
}

// unfinished is the first subject whose visit is not followed up, "" when
// there is none.
func (c *checker) unfinished() string {
	for _, step := range []struct {
		name string
		done func(u lot.UID) bool
	}{
		{"open", func(u lot.UID) bool { _, ok := c.opened[u]; return ok }},
		{"result", func(u lot.UID) bool { _, ok := c.results[u]; return ok }},
		{"publication", func(u lot.UID) bool { return c.publish[u] }},
	} {
		for _, u := range c.visited {
			if _, void := c.void[u]; !void && !step.done(u) {
				return strings.Join([]string{step.name, u.String()}, " of ")
			}
		}
	}
	return ""
}
