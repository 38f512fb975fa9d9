package invent_test

import (
	"bytes"
	"context"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/rules/columns"
	"quanxiang/rules/eval"
	"quanxiang/rules/population"
	"quanxiang/support/invent"
)

func snapshot(t *testing.T, n int, seed uint64) (*population.Snapshot, []byte) {
	t.Helper()
	var b bytes.Buffer
	id, err := invent.Population(context.Background(), &b, invent.Options{Pack: packtest.Xicheng(t), Year: 2017, N: n, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	s, err := population.Open(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if s.Identity != id || s.Rows != int64(n) {
		t.Fatalf("opened %s with %d rows, wrote %s with %d", s.Identity, s.Rows, id, n)
	}
	return s, b.Bytes()
}

// The same seed makes the same snapshot, another seed another; the first rows do
// not depend on how many follow.
func TestSeed(t *testing.T) {
	t.Parallel()
	a, _ := snapshot(t, 300, 1)
	b, _ := snapshot(t, 300, 1)
	c, _ := snapshot(t, 300, 2)
	d, _ := snapshot(t, 200, 1)
	if a.Identity != b.Identity || a.Identity == c.Identity {
		t.Errorf("identities %s, %s, %s", a.Identity, b.Identity, c.Identity)
	}
	x, err := a.Line(150)
	if err != nil {
		t.Fatal(err)
	}
	y, err := d.Line(150)
	if err != nil || !bytes.Equal(x, y) {
		t.Errorf("%v\n%s\n%s", err, x, y)
	}
}

// A snapshot written as lines and read again has the same rows, and every row has
// the amounts of the closures.
func TestLinesAndColumns(t *testing.T) {
	t.Parallel()
	s, _ := snapshot(t, 1200, 7)
	var lines, again bytes.Buffer
	if err := s.Export(&lines); err != nil {
		t.Fatal(err)
	}
	stated := lines.String()
	p := packtest.Xicheng(t).Rules
	o := population.Statements{Program: p, Applicant: invent.Applicant, Year: 2017, Tell: func(line int, err error) { t.Fatalf("line %d: %s", line, gov.TextOf(err, gov.EN)) }}
	_, x, err := population.Import(context.Background(), &lines, &again, o)
	if err != nil || x.Rows != s.Rows || x.Apart+x.Wrong != 0 {
		t.Fatalf("%v: %d rows, %d apart, %d wrong, lacking %v", err, x.Rows, x.Apart, x.Wrong, x.Lacked)
	}
	read, err := population.Open(again.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var twice bytes.Buffer
	if err := read.Export(&twice); err != nil || twice.String() != stated {
		t.Errorf("the rows are other ones: %v", err)
	}
	b, err := s.Bind(p, 2017, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Chunk(0)
	if err != nil {
		t.Fatal(err)
	}
	table, err := b.Table(c)
	if err != nil {
		t.Fatal(err)
	}
	m, err := columns.New(columns.Want{Input: b.Input}, p)
	if err != nil {
		t.Fatal(err)
	}
	one, with := eval.New(p), map[int]int{}
	err = m.Each(table, 0, table.Rows, func(k *columns.Block) error {
		for row := k.From; row < k.To; row++ {
			r := one.Run(b.Facts(table, row, nil), false)
			if !r.Total.Known() || r.Total.Low != k.Of[0].Total[row-k.From] {
				t.Errorf("row %d: %v from closures, %d from columns", row, r.Total, k.Of[0].Total[row-k.From])
			}
			for i, o := range r.Outcomes {
				if o.Final.Low > 0 {
					with[i]++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(with) < 35 {
		t.Errorf("only %d benefits are had by anybody: the population shows little", len(with))
	}
}
