package simdb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/storetest"
	"quanxiang/support/invent"
	"quanxiang/support/runs"
)

const amendment = "修订 16号 自 2017-01-01 “虚构政发〔2016〕99号”\n  公布 2016-12-20\n  @3/2 100万元 改为 80万元\n"

func room(t testing.TB, db *store.DB) (*runs.Runs, people.Standing) {
	t.Helper()
	pack, now := packtest.Xicheng(t), caseworktest.Monday
	s := &runs.Runs{Store: db.Simulations(pack.District), Files: runs.Folder(files.NewFolder(t.TempDir())), Pack: func() *policy.Pack { return pack }, Clock: func() time.Time { now = now.Add(time.Second); return now }}
	return s, caseworktest.Officer(pack, "fgw", "policy-officer")
}

func invented(t testing.TB, n int) io.Reader {
	t.Helper()
	var b bytes.Buffer
	if _, err := invent.Population(context.Background(), &b, invent.Options{Pack: packtest.Xicheng(t), Year: 2017, N: n, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	return &b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A simulation goes from what was asked to a result that stays; the same asked again is
// there at once; all of it is in the ledger and every row is what the ledger says.
func TestSimulation(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		s, by := room(t, db)
		ctx := t.Context()
		clerk := caseworktest.Officer(packtest.Xicheng(t), "fgw", "clerk")
		if _, err := s.Add(ctx, clerk, "甲", 2017, invented(t, 10)); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("a clerk adds a population: %v", err)
		}
		p, err := s.Add(ctx, by, " 虚构企业 ", 0, invented(t, 400))
		must(t, err)
		if p.Name != "虚构企业" || p.Rows != 400 || !p.Invented || p.Year != 2017 {
			t.Errorf("kept %+v", p)
		}
		again, err := s.Add(ctx, by, "又一次", 0, invented(t, 400))
		if err != nil || again.ID != p.ID {
			t.Errorf("the same snapshot is kept twice: %v", err)
		}
		r, err := s.Ask(ctx, by, runs.Run{Title: "降低单项上限", Population: p.ID, Docs: []string{"16", "17", "18"}, Year: 2017, Amendment: amendment, Budget: 5_000_000_000})
		must(t, err)
		must(t, s.Store.Advance(ctx, r.ID, 123))
		got, x, err := s.Get(ctx, by, r.ID)
		if err != nil || got.State != runs.Waiting || got.Rows != 123 || got.Total != 400 || x != nil {
			t.Errorf("%v: %+v", err, got)
		}
		must(t, s.Compute(ctx, r.ID))
		must(t, s.Compute(ctx, r.ID)) // a job may run twice
		got, x, err = s.Get(ctx, by, r.ID)
		must(t, err)
		if got.State != runs.Done || got.Rows != 400 || x == nil || x.ID != got.Result || x.Total.Rows != 400 || x.Total.Losers == 0 || got.Budget != 5_000_000_000 || got.Digest == "" {
			t.Errorf("ended as %+v", got)
		}
		twice, err := s.Ask(ctx, by, runs.Run{Population: p.ID, Docs: []string{"16", "17", "18"}, Year: 2017, Amendment: amendment})
		if err != nil || twice.State != runs.Done || twice.Result != got.Result || twice.Digest != got.Digest {
			t.Errorf("the same asked again: %v, %+v", err, twice)
		}
		list, err := s.List(ctx, by, gov.ID{}, 1)
		if err != nil || len(list) != 1 || list[0].ID != twice.ID {
			t.Errorf("%v: %v", err, list)
		}
		if list, err = s.List(ctx, by, twice.ID, 10); err != nil || len(list) != 1 || list[0].ID != r.ID {
			t.Errorf("%v: %v", err, list)
		}
		if _, err := s.List(ctx, clerk, gov.ID{}, 1); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("a clerk lists simulations: %v", err)
		}
		storetest.Sound(t, db)
	})
}

// What is wrong is told at its line or field, and nothing is kept.
func TestMistakes(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		s, by := room(t, db)
		ctx := t.Context()
		p, err := s.Add(ctx, by, "逐行", 2017, strings.NewReader(`{"applicant":"企业","year":2017,"facts":{"成立日期":"2010-01-01","落地日期":"2010-01-01","运营起始":"2010-01-01"}}`+"\n"))
		if err != nil || p.Rows != 1 || p.Invented {
			t.Fatalf("%v: %+v", err, p)
		}
		for name, c := range map[string]struct {
			text, want string
			year       int
		}{
			"a line that is wrong": {`{"applicant":"企业","year":2017,"facts":{"没有的":"1元"}}`, "line 1", 2017},
			"no year":              {`{}`, "year", 0},
			"nothing":              {``, "empty", 2017},
			"lacking a date":       {`{"applicant":"企业","year":2017}`, "no line", 2017},
			"a broken snapshot":    {"QXPOP\x00\x01\n and so on and so on", "cut off", 0},
		} {
			_, err := s.Add(ctx, by, "乙", c.year, strings.NewReader(c.text))
			if e, ok := errors.AsType[*gov.Error](err); !ok || e.Code != gov.Invalid || e.Field == "" || !strings.Contains(gov.TextOf(err, gov.EN), c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = s.Ask(ctx, by, runs.Run{Population: p.ID, Year: 2017, Amendment: strings.Replace(amendment, "改为", "变成", 1)})
		if list, ok := errors.AsType[problems.List](err); !ok || list[0].Pos.Line != 3 {
			t.Errorf("a mistake in line 3: %v", err)
		}
		for field, r := range map[string]runs.Run{
			"population": {Year: 2017, Amendment: amendment},
			"budget":     {Population: p.ID, Year: 2017, Amendment: amendment, Budget: -1},
			"year":       {Population: p.ID, Amendment: amendment},
			"title":      {Population: p.ID, Year: 2017, Amendment: amendment, Title: strings.Repeat("长", 101)},
		} {
			_, err := s.Ask(ctx, by, r)
			if e, ok := errors.AsType[*gov.Error](err); !ok || e.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if list, err := s.List(ctx, by, gov.ID{}, 10); err != nil || len(list) != 0 {
			t.Errorf("%v: %d kept", err, len(list))
		}
	})
}
