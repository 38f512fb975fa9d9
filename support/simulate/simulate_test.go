package simulate_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/packs/packtest"
	"quanxiang/rules/eval"
	"quanxiang/rules/population"
	"quanxiang/support/invent"
	"quanxiang/support/simulate"
)

const amendment = "修订 16号 自 2017-01-01 “虚构政发〔2016〕99号”\n  公布 2016-12-20\n  @3/2 100万元 改为 80万元\n  @7(1) 50万元 改为 60万元\n"

func question(text string) simulate.Question {
	return simulate.Question{Docs: []string{"16", "17", "18"}, Year: 2017, Amendment: text}
}

func snapshot(t *testing.T, n int) *population.Snapshot {
	t.Helper()
	var b bytes.Buffer
	if _, err := invent.Population(context.Background(), &b, invent.Options{Pack: packtest.Xicheng(t), Year: 2017, N: n, Seed: 5}); err != nil {
		t.Fatal(err)
	}
	s, err := population.Open(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What is wrong with an amendment is told at its line.
func TestMistakes(t *testing.T) {
	t.Parallel()
	p := packtest.Xicheng(t)
	for name, c := range map[string]struct {
		change [2]string
		line   int
		want   string
	}{
		"a word that is none":     {[2]string{"@3/2 100万元 改为", "@3/2 100万元 改成"}, 3, "改为"},
		"a number without a unit": {[2]string{"80万元", "80%"}, 3, "cannot become"},
		"nothing to change":       {[2]string{"@3/2 100万元", "@3/2 101万元"}, 3, "not found"},
		"too late":                {[2]string{"2017-01-01", "2018-01-01"}, 1, "does not reach"},
		"another document":        {[2]string{"16号", "61号"}, 1, "61号"},
		"no amendment":            {[2]string{"修订 16号 自 2017-01-01", "续 16号"}, 2, "indented"},
		"one not applied under":   {[2]string{"修订 16号", "修订 8号"}, 1, "none of the documents"},
	} {
		_, err := simulate.Prepare(p, question(strings.Replace(amendment, c.change[0], c.change[1], 1)))
		list, ok := errors.AsType[problems.List](err)
		if !ok || list[0].Pos.File != simulate.AmendmentFile || list[0].Pos.Line != c.line || !strings.Contains(gov.TextOf(list[0], gov.EN), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, q := range map[string]simulate.Question{
		"no amendment":   question(""),
		"a year outside": {Docs: []string{"16"}, Year: 2030, Amendment: amendment},
		"no document":    {Docs: []string{"99"}, Year: 2017, Amendment: amendment},
		"no year":        {Docs: []string{"16"}, Amendment: amendment},
	} {
		if _, err := simulate.Prepare(p, q); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// The sums are those of the closures, the groups add up to the whole, and any number
// of workers comes to the same bytes.
func TestRun(t *testing.T) {
	t.Parallel()
	p, s := packtest.Xicheng(t), snapshot(t, population.ChunkRows+2500)
	r, err := simulate.Prepare(p, question(amendment))
	if err != nil {
		t.Fatal(err)
	}
	x, err := r.Run(t.Context(), s, simulate.Options{Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	one, err := r.Run(t.Context(), s, simulate.Options{})
	if err != nil || !bytes.Equal(one.Bytes(), x.Bytes()) {
		t.Errorf("one worker comes to something else: %v", err)
	}
	again, err := simulate.Read(x.Bytes())
	if err != nil || !bytes.Equal(again.Bytes(), x.Bytes()) {
		t.Errorf("not read as it was written: %v", err)
	}
	want := simulate.Sum{}
	bind, err := s.Bind(r.Before, 2017, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := eval.New(r.Before), eval.New(r.After)
	for n := range s.Chunks {
		c, err := s.Chunk(n)
		if err != nil {
			t.Fatal(err)
		}
		table, err := bind.Table(c)
		if err != nil {
			t.Fatal(err)
		}
		for row := range c.Rows {
			f := bind.Facts(table, row, nil)
			was, is := a.Run(f, false).Total.Low, b.Run(f, false).Total.Low
			want.Before += was
			want.After += is
			if is > was {
				want.Winners++
				want.Gain += is - was
			} else if is < was {
				want.Losers++
				want.Loss += was - is
			}
		}
	}
	got := x.Total
	if got.Before != want.Before || got.After != want.After || got.Winners != want.Winners || got.Losers != want.Losers || got.Gain != want.Gain || got.Loss != want.Loss || got.Rows != s.Rows {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if want.Winners == 0 || want.Losers == 0 {
		t.Fatal("nobody gains or nobody loses: the test tests little")
	}
	for _, g := range x.Groups {
		sum := simulate.Sum{}
		for _, k := range g.Parts {
			sum.Before, sum.After, sum.Rows, sum.Winners = sum.Before+k.Sum.Before, sum.After+k.Sum.After, sum.Rows+k.Sum.Rows, sum.Winners+k.Sum.Winners
		}
		if sum.Before != want.Before || sum.After != want.After || sum.Rows != s.Rows || sum.Winners != want.Winners {
			t.Errorf("%s does not add up: %+v", g.ID, sum)
		}
	}
	money := simulate.Sum{}
	for _, k := range x.Benefits {
		if k.Title == "" {
			money.Before, money.After = money.Before+k.Sum.Before, money.After+k.Sum.After
		}
	}
	if money.Before != want.Before || money.After != want.After {
		t.Errorf("benefits do not add up: %+v", money)
	}
	rows, change := int64(0), int64(0)
	for _, k := range x.Chart {
		rows, change = rows+k.Rows, change+k.Sum
		if k.Rows > 0 && k.To != 0 && k.From != 0 && (k.Sum > k.To*k.Rows || k.Sum < k.From*k.Rows) {
			t.Errorf("a bar holds what is outside of it: %+v", k)
		}
	}
	if rows != s.Rows || change != want.After-want.Before {
		t.Errorf("the chart has %d rows and %d fen", rows, change)
	}
	if len(x.Changes) != 2 || x.Changes[0] != (simulate.Change{Clause: "16号:3/2", From: "100万元", To: "80万元"}) {
		t.Errorf("changes %+v", x.Changes)
	}
	for _, list := range [][]simulate.Applicant{x.Winners, x.Losers} {
		for i, k := range list {
			diff := int64(0)
			for _, w := range k.Why {
				diff += w.After - w.Before
			}
			if diff != k.After-k.Before || len(k.Why) == 0 || k.Name == "" || k.Code == "" {
				t.Errorf("%s changes by %d, explained are %d", k.Name, k.After-k.Before, diff)
			}
			if i > 0 && abs(list[i-1].After-list[i-1].Before) < abs(k.After-k.Before) {
				t.Error("the greatest change is not first")
			}
		}
	}
	if len(x.Losers) != 10 || len(x.Losers[0].Why[0].Is) == 0 {
		t.Errorf("%d losers", len(x.Losers))
	}
}

func abs(v int64) int64 { return max(v, -v) }

// The identity is of all that a result depends on, and of nothing else.
func TestIdentity(t *testing.T) {
	t.Parallel()
	p := packtest.Xicheng(t)
	id := func(q simulate.Question) string {
		r, err := simulate.Prepare(p, q)
		if err != nil {
			t.Fatal(err)
		}
		return r.ID("x")
	}
	base := id(question(amendment))
	same := question(strings.ReplaceAll(amendment, "\n", "\r\n") + "\r\n")
	same.Docs = []string{"18号", "16", "西政发〔2016〕17号"}
	if id(same) != base {
		t.Error("ends of lines or the spelling of documents make another result")
	}
	later := question(amendment)
	later.Year = 2018
	fewer := question(amendment)
	fewer.Docs = []string{"16"}
	for _, q := range []simulate.Question{later, fewer, question(strings.Replace(amendment, "80", "81", 1))} {
		if id(q) == base {
			t.Errorf("%+v is the same", q)
		}
	}
}
