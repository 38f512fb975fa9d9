package draw_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"quanxiang/canon"
	"quanxiang/draw"
	"quanxiang/draw/design"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
)

// forger is somebody with every key who changes a transcript and signs and
// chains it anew: only what cannot be computed again gives it away.
type forger struct {
	t     *testing.T
	suite lot.Suite
	lines []record.Line
}

func newForger(t *testing.T, s lot.Suite, transcript []byte) *forger {
	t.Helper()
	f := &forger{t: t, suite: s}
	for line := range bytes.Lines(transcript) {
		l, err := record.Parse(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			t.Fatal(err)
		}
		f.lines = append(f.lines, l)
	}
	return f
}

// find is the place of the n-th record of a type.
func (f *forger) find(t record.Type, n int) int {
	for i, l := range f.lines {
		if l.Type == t {
			if n == 0 {
				return i
			}
			n--
		}
	}
	f.t.Fatalf("no record %d of type %s", n, t)
	return 0
}

// body changes the body of the first record of a type.
func body[B any](f *forger, t record.Type, change func(b *B)) int {
	f.t.Helper()
	i := f.find(t, 0)
	var b B
	if err := canon.Unmarshal(f.lines[i].Body, &b); err != nil {
		f.t.Fatal(err)
	}
	change(&b)
	f.lines[i].Body = canon.Marshal(&b)
	return i
}

// write signs and chains everything anew.
func (f *forger) write() (out []byte) {
	f.t.Helper()
	w := record.Writer{Suite: f.suite, Sign: sign}
	for _, l := range f.lines {
		var by []string
		for _, s := range l.Sigs {
			by = append(by, s.By)
		}
		line, err := w.Append(l.Time, l.Type, l.Body, by...)
		if err != nil {
			f.t.Fatal(err)
		}
		out = append(out, line...)
	}
	return out
}

func TestForgeries(t *testing.T) {
	t.Parallel()
	joint, _ := whole(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 90}))
	attested, _ := whole(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeAttested, size: 60}))
	if v := draw.Verify(newForger(t, lot.SHA256, joint).write(), nil); v.Kind != draw.Valid {
		t.Fatal("signed anew without a change: ", v)
	}
	lastRow := func(d *record.Data, at int) { d.Frames[0].Subjects[len(d.Frames[0].Subjects)-54+at] ^= 1 }
	for name, c := range map[string]struct {
		class  draw.Class
		change func(f *forger) int // returns the record that must fail
	}{
		"another is drawn": {draw.ClassDraw, func(f *forger) int { return body(f, "draw", func(b *record.Draw) { b.Results[0].Root[0] ^= 1 }) }},
		"one more is drawn": {draw.ClassDraw, func(f *forger) int { // and a team for it
			body(f, "assign", func(b *record.Assign) { b.Teams[1].Size++ })
			return body(f, "draw", func(b *record.Draw) { b.Results[1].Size++ })
		}},
		"more than there are": {draw.ClassDraw, func(f *forger) int { return body(f, "draw", func(b *record.Draw) { b.Results[1].Size = 10_000 }) }},
		"another day":         {draw.ClassBody, func(f *forger) int { return body(f, "draw", func(b *record.Draw) { b.Day = 1 }) }},
		"another use":         {draw.ClassSeal, func(f *forger) int { return body(f, "draw", func(b *record.Draw) { b.Use = 1 }) }},
		"another team":        {draw.ClassAssign, func(f *forger) int { return body(f, "assign", func(b *record.Assign) { b.Teams[0].Root[0] ^= 1 }) }},
		"low choice hidden":   {draw.ClassAssign, func(f *forger) int { return body(f, "assign", func(b *record.Assign) { b.Low++ }) }},
		"another substitute": {draw.ClassSubstitute, func(f *forger) int {
			return body(f, "substitute", func(b *record.Substitute) { b.Picks[0].Leaf[0] ^= 1 })
		}},
		"nobody to substitute": {draw.ClassSubstitute, func(f *forger) int {
			return body(f, "substitute", func(b *record.Substitute) { b.Picks[0].Leaf, b.Picks[0].Team = nil, nil })
		}},
		"substitute of nothing": {draw.ClassSubstitute, func(f *forger) int { return body(f, "substitute", func(b *record.Substitute) { b.Void = 3 }) }},
		"who stands in":         {draw.ClassRecuse, func(f *forger) int { return body(f, "recuse", func(b *record.Recuse) { b.Team[0] ^= 1 }) }},
		"recusal of no visit":   {draw.ClassRecuse, func(f *forger) int { return body(f, "recuse", func(b *record.Recuse) { b.Visit = 500 }) }},
		"void of another": {draw.ClassVoid, func(f *forger) int {
			return body(f, "void", func(b *record.Void) { u := credit(t, f.suite, 9999); b.UID = u[:] })
		}},
		"a visit to another": {draw.ClassOpen, func(f *forger) int { // with its result
			u := credit(t, f.suite, 9999)
			body(f, "result", func(b *record.Result) { b.UID = u })
			var old lot.UID
			i := body(f, "open", func(b *record.Open) { old, b.UID = b.UID, u })
			body(f, "publish", func(b *record.Publish) {
				b.UIDs[slices.Index(b.UIDs, old)] = u
				slices.SortFunc(b.UIDs, lot.UID.Compare)
			})
			return i
		}},
		"result without a visit": {draw.ClassResult, func(f *forger) int { i := f.find("open", 0); f.lines = slices.Delete(f.lines, i, i+1); return i }},
		"result twice": {draw.ClassResult, func(f *forger) int {
			i := f.find("result", 0)
			f.lines = slices.Insert(f.lines, i, f.lines[i])
			return i + 1
		}},
		"visit twice": {draw.ClassOpen, func(f *forger) int {
			i := f.find("open", 0)
			f.lines = slices.Insert(f.lines, i, f.lines[i])
			return i + 1
		}},
		"published twice": {draw.ClassPublish, func(f *forger) int {
			i := f.find("publish", 0)
			f.lines = slices.Insert(f.lines, i, f.lines[i])
			return i + 1
		}},
		"void twice": {draw.ClassVoid, func(f *forger) int {
			i := f.find("void", 0)
			f.lines = slices.Insert(f.lines, i, f.lines[i])
			return i + 1
		}},
		"a class raised":    {draw.ClassRoot, func(f *forger) int { return body(f, "release", func(b *record.Release) { lastRow(b.Data, 25) }) }},
		"a stratum changed": {draw.ClassRoot, func(f *forger) int { return body(f, "release", func(b *record.Release) { lastRow(b.Data, 23) }) }},
		"a firm left out": {draw.ClassRoot, func(f *forger) int {
			return body(f, "release", func(b *record.Release) { b.Data.Frames[0].Exempt = b.Data.Frames[0].Exempt[54:] })
		}},
		"an inspector changed": {draw.ClassRoot, func(f *forger) int {
			return body(f, "release", func(b *record.Release) { b.Data.Inspectors[0].Attributes.Street = "别处" })
		}},
		"a conflict left out": {draw.ClassRoot, func(f *forger) int {
			return body(f, "release", func(b *record.Release) { b.Data.Conflicts = b.Data.Conflicts[56:] })
		}},
		"another element": {draw.ClassSeal, func(f *forger) int {
			return body(f, "release", func(b *record.Release) { (*b.Elements)[0].X[1][0] ^= 1 })
		}},
		"an element left out": {draw.ClassSeal, func(f *forger) int {
			return body(f, "release", func(b *record.Release) { *b.Elements = (*b.Elements)[1:] })
		}},
		"another mode":   {draw.ClassBody, func(f *forger) int { return body(f, "release", func(b *record.Release) { b.Kind = "attested" }) }},
		"another reveal": {draw.ClassReveal, func(f *forger) int { return body(f, "reveal", func(b *record.Reveal) { b.Reveal[0] ^= 1 }) }},
		"reveal twice": {draw.ClassReveal, func(f *forger) int {
			i := f.find("reveal", 0)
			f.lines = slices.Insert(f.lines, i, f.lines[i])
			return i + 1
		}},
		"another commitment": {draw.ClassClose, func(f *forger) int {
			body(f, "commit", func(b *record.Commit) { b.Commit[0] ^= 1 })
			return f.find("close", 0)
		}},
		"commitment twice": {draw.ClassCommit, func(f *forger) int {
			i := f.find("commit", 0)
			f.lines = slices.Insert(f.lines, i, f.lines[i])
			return i + 1
		}},
		"another close": {draw.ClassClose, func(f *forger) int { return body(f, "close", func(b *record.Close) { b.Close[0] ^= 1 }) }},
		"another outside value": {draw.ClassOutside, func(f *forger) int {
			return body(f, "outside", func(b *record.Outside) { b.Value = strings.Replace(b.Value, "b7", "b6", 1) })
		}},
		"another round":           {draw.ClassOutside, func(f *forger) int { return body(f, "outside", func(b *record.Outside) { b.Round++ }) }},
		"a witness too many":      {draw.ClassBody, func(f *forger) int { return body(f, "commit", func(b *record.Commit) { b.Witness = 3 }) }},
		"of another plan":         {draw.ClassBody, func(f *forger) int { return body(f, "open", func(b *record.Open) { b.Plan[0] ^= 1 }) }},
		"outside value too early": {draw.ClassTime, func(f *forger) int { i := f.find("outside", 0); f.lines[i].Time -= 100; return i }},
		"commitment too late":     {draw.ClassTime, func(f *forger) int { i := f.find("commit", 2); f.lines[i].Time += 51; return i }},
		"release too early":       {draw.ClassTime, func(f *forger) int { i := f.find("release", 0); f.lines[i].Time -= 2; return i }},
		"release too late":        {draw.ClassTime, func(f *forger) int { i := f.find("release", 0); f.lines[i].Time += 86400; return i }},
		"time runs back":          {draw.ClassChain, func(f *forger) int { i := f.find("assign", 0); f.lines[i].Time -= 1; return i }},
		"a signature left out":    {draw.ClassSignature, func(f *forger) int { i := f.find("draw", 0); f.lines[i].Sigs = f.lines[i].Sigs[:2]; return i }},
		"a signature too many": {draw.ClassSignature, func(f *forger) int {
			i := f.find("open", 0)
			f.lines[i].Sigs = append(f.lines[i].Sigs, record.Sig{By: "authority"})
			return i
		}},
		"an unknown signer": {draw.ClassSignature, func(f *forger) int {
			i := f.find("open", 0)
			f.lines[i].Sigs = append(f.lines[i].Sigs, record.Sig{By: "witness-9"})
			return i
		}},
		"no teams": {draw.ClassVoid, func(f *forger) int { i := f.find("assign", 0); f.lines = slices.Delete(f.lines, i, i+1); return i }},
		"drawn twice": {draw.ClassOrder, func(f *forger) int {
			i := f.find("draw", 0)
			f.lines = slices.Insert(f.lines, i, f.lines[i])
			return i + 1
		}},
		"commitment after close": {draw.ClassOrder, func(f *forger) int {
			i := f.find("close", 0)
			f.lines = slices.Insert(f.lines, i+1, f.lines[i-1])
			f.lines[i+1].Time = f.lines[i].Time
			return i + 1
		}},
		"visit after the release": {draw.ClassOrder, func(f *forger) int {
			i := f.find("release", 0)
			f.lines = append(f.lines, f.lines[f.find("open", 0)])
			f.lines[i+1].Time = f.lines[i].Time
			return i + 1
		}},
		"a plan that aims": {draw.ClassPlan, func(f *forger) int {
			return body(f, "plan", func(b *record.Plan) { b.Times[0].T2 = b.Times[0].T3 - 599 })
		}},
		"a handful called random": {draw.ClassPlan, func(f *forger) int { return body(f, "plan", func(b *record.Plan) { b.MinStratum = 10_000 }) }},
		"an early round":          {draw.ClassPlan, func(f *forger) int { return body(f, "plan", func(b *record.Plan) { b.Outside[0].Rounds[0]-- }) }},
		"begins again":            {draw.ClassPlan, func(f *forger) int { return body(f, "plan", func(b *record.Plan) { b.Attempt = 2 }) }},
		"two witnesses":           {draw.ClassBody, func(f *forger) int { return body(f, "plan", func(b *record.Plan) { b.Witnesses = b.Witnesses[:2] }) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForger(t, lot.SHA256, joint)
			f.t = t
			at := c.change(f)
			v := draw.Verify(f.write(), nil)
			if v.Kind != draw.Invalid || v.Class != c.class || v.Record != int64(at) {
				t.Errorf("%s; want class %s at record %d", v, c.class, at)
			}
		})
	}
	for name, c := range map[string]struct {
		class  draw.Class
		change func(f *forger) int
	}{
		"another list": {draw.ClassRelease, func(f *forger) int {
			return body(f, "release", func(b *record.Release) { (*b.Drawn)[0] = (*b.Drawn)[0][1:] })
		}},
		"a list without visits": {draw.ClassRelease, func(f *forger) int {
			return body(f, "release", func(b *record.Release) { (*b.Drawn)[0][0], (*b.Drawn)[1][0] = lot.UID{}, lot.UID{} })
		}},
		"found invalid":   {draw.ClassAttest, func(f *forger) int { return body(f, "attest", func(b *record.Attest) { b.Verdict = "INVALID" }) }},
		"another release": {draw.ClassAttest, func(f *forger) int { return body(f, "attest", func(b *record.Attest) { b.Release[0] ^= 1 }) }},
		"one attests twice": {draw.ClassAttest, func(f *forger) int {
			i := f.find("attest", 0)
			f.lines[i+1] = f.lines[i]
			f.lines[i+1].Time++
			return i + 1
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForger(t, lot.SHA256, attested)
			f.t = t
			at := c.change(f)
			// Whoever changes the release must also change what names it.
			if at == f.find("release", 0) {
				f.lines = f.lines[:at+1]
			}
			v := draw.Verify(f.write(), nil)
			if v.Kind != draw.Invalid || v.Class != c.class || v.Record != int64(at) {
				t.Errorf("%s; want class %s at record %d", v, c.class, at)
			}
		})
	}
}

// What is not there is named.
func TestMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 60, designs: []design.Design{design.SRS}})
	p := newPlay(t, w)
	p.until(1, -1)
	p.add(p.c.Draw(p.now, w.elements(0)))
	p.add(p.c.Assign(p.now))
	visits := p.c.Visits()
	line, seq, err := p.c.Void(p.now, visits[0].UID, draw.Grounds{Reason: "closed", Official: inspector(1)})
	p.add(line, err)
	p.visits(map[lot.UID]bool{})
	p.add(p.c.Release(w.plan.Times[0].T5))
	if v := draw.Verify(p.transcript(), nil); v.Kind != draw.Incomplete || v.Missing != "substitute for record "+fmt.Sprint(seq) {
		t.Error(v)
	}

	transcript, _ := whole(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 90}))
	for _, c := range []struct {
		drop []record.Type
		want string
	}{{[]record.Type{"publish"}, "publication of "}, {[]record.Type{"publish", "result"}, "result of "}, {[]record.Type{"publish", "result", "open"}, "open of "}, {[]record.Type{"release"}, "release"}} {
		f := newForger(t, lot.SHA256, transcript)
		f.lines = slices.DeleteFunc(f.lines, func(l record.Line) bool { return slices.Contains(c.drop, l.Type) })
		if v := draw.Verify(f.write(), nil); v.Kind != draw.Incomplete || !strings.HasPrefix(v.Missing, c.want) {
			t.Errorf("without %s: %s", c.drop, v)
		}
	}
}
