package draw_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"quanxiang/draw"
	"quanxiang/draw/drawtest"
	"quanxiang/draw/lot"
	"quanxiang/draw/outside"
	"quanxiang/draw/record"
)

// Both verifiers name the same record and class when somebody with every key
// changed anything at all.
func TestPythonForgeries(t *testing.T) {
	t.Parallel()
	forgeries := drawtest.Times(3, 400)
	b := newBatch(t)
	for _, sample := range []struct {
		name  string
		suite lot.Suite
	}{{"joint", lot.SHA256}, {"days", lot.SHA256}, {"second", lot.SHA256}, {"attested", lot.SM3}} {
		transcript, err := os.ReadFile("testdata/" + sample.name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := os.ReadFile("testdata/" + sample.name + ".sealed.json")
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for n := range forgeries {
			r := rand.New(rand.NewPCG(22, uint64(n)))
			f := newForger(t, sample.suite, transcript)
			what := f.forge(r)
			if v := b.add(fmt.Sprintf("%s-%03d", sample.name, n), f.write(), sealed); v.Kind == draw.Valid && !harmless(what) {
				t.Errorf("%s, forgery %d (%s): %s", sample.name, n, what, v)
			}
		}
	}
	b.compare()
}

// Both verifiers answer as the specification says where it names the class of a
// single member.
func TestPythonSpecified(t *testing.T) {
	t.Parallel()
	joint, err := os.ReadFile("testdata/joint.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	b := newBatch(t)
	b.add("empty", nil, nil)
	if b.answers["empty"] != "INCOMPLETE: missing plan" {
		t.Errorf("an empty file: %s", b.answers["empty"])
	}
	for name, c := range map[string]struct {
		class  draw.Class
		change func(f *forger) int
	}{
		"official":   {draw.ClassBody, func(f *forger) int { return body(f, "void", func(b *record.Void) { b.Official = lot.UID{9, 1, 1} }) }},
		"day":        {draw.ClassBody, func(f *forger) int { return body(f, "draw", func(b *record.Draw) { b.Day = -1 }) }},
		"assign-day": {draw.ClassBody, func(f *forger) int { return body(f, "assign", func(b *record.Assign) { b.Day = 1 }) }},
		"opened":     {draw.ClassBody, func(f *forger) int { return body(f, "open", func(b *record.Open) { b.UID = lot.UID{1, 1, 'x'} }) }},
		"attempt": {draw.ClassPlan, func(f *forger) int {
			return body(f, "plan", func(b *record.Plan) { b.Attempt, b.Times = 2, append(b.Times, b.Times[0]) })
		}},
		"unknown":     {draw.ClassOrder, func(f *forger) int { i := f.find("close", 0); f.lines[i].Type = "closed"; return i }},
		"second-plan": {draw.ClassOrder, func(f *forger) int { f.lines[1] = f.lines[0]; return 1 }},
	} {
		f := newForger(t, lot.SHA256, joint)
		at := int64(c.change(f))
		if name == "attempt" { // times in order, so that the number alone is wrong
			body(f, "plan", func(b *record.Plan) {
				next := b.Times[0]
				for _, at := range []*int64{&next.T1, &next.T2, &next.T3, &next.T4, &next.T5} {
					*at += 86400 * 60
				}
				b.Times[1] = next
				b.Outside[0].Rounds = append(b.Outside[0].Rounds, outside.Round(next.T3))
				b.Outside[0].Dates = append(b.Outside[0].Dates, "")
			})
		}
		if v := b.add(name, f.write(), nil); v.Class != c.class || v.Record != at {
			t.Errorf("%s: %s, not %s at %d", name, v, c.class, at)
		}
	}
	b.compare()
}

// harmless are members that say what no rule of the protocol decides.
func harmless(member string) bool {
	return slices.Contains([]string{"time", "evidence", "official", "reason", "outcome", "where", "digest", "name", "basis", "filter", "verifier",
		"key", "value", "none"}, member)
}

// forge changes one record, and returns the member that was changed.
func (f *forger) forge(r *rand.Rand) string {
	i := r.IntN(len(f.lines))
	if r.IntN(2) == 0 { // each type as often as any other
		types := map[string]int{}
		for n, l := range f.lines {
			types[string(l.Type)] = n
		}
		names := slices.Sorted(maps.Keys(types))
		i = types[names[r.IntN(len(names))]]
	}
	switch r.IntN(10) {
	case 0:
		f.lines = slices.Delete(f.lines, i, i+1)
		return "a record"
	case 1:
		f.lines = slices.Insert(f.lines, i, f.lines[i])
		return "a record"
	case 2:
		f.lines[i].Time += []int64{-1, 1, 600, 86400 * 30}[r.IntN(4)]
		return "time"
	}
	d := json.NewDecoder(bytes.NewReader(f.lines[i].Body))
	d.UseNumber()
	var body any
	if err := d.Decode(&body); err != nil {
		f.t.Fatal(err)
	}
	member := "none"
	body = mutate(r, body, &member)
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		f.t.Fatal(err)
	}
	changed := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	if bytes.Equal(changed, f.lines[i].Body) {
		return "none"
	}
	f.lines[i].Body = changed
	return member
}

// mutate changes one thing somewhere in a value; member is the name of the
// innermost member that holds it.
func mutate(r *rand.Rand, value any, member *string) any {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			return map[string]any{"a": true}
		}
		names := slices.Sorted(maps.Keys(v))
		name := names[r.IntN(len(names))]
		*member = name
		switch r.IntN(20) {
		case 0:
			delete(v, name)
		case 1:
			v[name+"x"] = v[name]
			*member = "a name"
		default:
			v[name] = mutate(r, v[name], member)
		}
		return v
	case []any:
		if len(v) == 0 {
			return []any{json.Number("1")}
		}
		i := r.IntN(len(v))
		switch r.IntN(8) {
		case 0:
			return slices.Delete(v, i, i+1)
		case 1:
			return slices.Insert(v, i, v[i])
		case 2:
			v[0], v[i] = v[i], v[0]
		default:
			v[i] = mutate(r, v[i], member)
		}
		return v
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			panic(err) // the samples have integers alone
		}
		return json.Number(fmt.Sprint([]int64{n + 1, n - 1, 0, 1, n + 1000, 1 << 40}[r.IntN(6)]))
	case string:
		if v == "" || r.IntN(8) == 0 {
			return []any{"", "a", "A B", "2023-02-30", strings.Repeat("0", 64), true, json.Number("7"), []any{}}[r.IntN(8)]
		}
		digits := "0123456789abcdef"
		i := r.IntN(len(v))
		if v[i] >= 0x80 {
			return "x" + v
		}
		return v[:i] + string(digits[r.IntN(16)]) + v[i+1:]
	}
	return "x"
}
