package runs

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/rules/population"
	"quanxiang/support/invent"
	"quanxiang/support/simulate"
)

// Runs is what pages, the API and jobs stand on.
type Runs struct {
	Store   Store
	Files   Files
	Pack    func() *policy.Pack
	Clock   gov.Clock
	Workers int // threads of one simulation; less than 1 is 1
}

// The acts in the ledger.
const (
	addedAct  = "support.population.added"
	askedAct  = "support.simulation.asked"
	endedAct  = "support.simulation.ended"
	failedAct = "support.simulation.failed"
)

const (
	maxTitle = 100
	maxBytes = 4 << 30 // of a snapshot
	maxPeers = 500     // populations
)

func (s *Runs) allow(by people.Standing) (people.Grant, error) {
	return people.Allow(by, policy.TryProgrammes, people.Object{})
}

// Enter decides whether somebody may see simulations.
func Enter(by people.Standing) error { return people.Can(by, policy.TryProgrammes, people.Object{}) }

// Populations lists what simulations can be tried on.
func (s *Runs) Populations(ctx context.Context, by people.Standing) ([]Population, error) {
	if err := Enter(by); err != nil {
		return nil, err
	}
	return s.Store.Populations(ctx)
}

// Population returns one.
func (s *Runs) Population(ctx context.Context, by people.Standing, id gov.ID) (Population, error) {
	if err := Enter(by); err != nil {
		return Population{}, err
	}
	return s.Store.Population(ctx, id)
}

// List lists simulations behind one, the latest first.
func (s *Runs) List(ctx context.Context, by people.Standing, after gov.ID, limit int) ([]Run, error) {
	if err := Enter(by); err != nil {
		return nil, err
	}
	return s.Store.Runs(ctx, after, limit)
}

// Get returns a simulation, with its result if it is there.
func (s *Runs) Get(ctx context.Context, by people.Standing, id gov.ID) (Run, *simulate.Result, error) {
	if err := Enter(by); err != nil {
		return Run{}, nil, err
	}
	r, err := s.Store.Run(ctx, id)
	if err != nil || r.Result == "" {
		return r, nil, err
	}
	body, err := s.Store.Result(ctx, r.Result)
	if err != nil {
		return r, nil, err
	}
	x, err := simulate.Read(body)
	return r, &x, err
}

// Add keeps a population: a snapshot as quanxiang population makes it, or lines of
// facts of a year. Every chunk of a snapshot is checked before it is taken.
func (s *Runs) Add(ctx context.Context, by people.Standing, name string, year int, r io.Reader) (Population, error) {
	g, err := s.allow(by)
	if err != nil {
		return Population{}, err
	}
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > maxTitle {
		return Population{}, gov.Errorf(gov.Invalid, "名称应有 1 至 %d 个字", "the name must have from 1 to %d characters", maxTitle).On("name")
	}
	list, err := s.Store.Populations(ctx)
	if err != nil {
		return Population{}, err
	}
	if len(list) >= maxPeers {
		return Population{}, gov.Errorf(gov.TooLarge, "申报者快照太多，最多 %d 个", "there are too many populations, %d at most", maxPeers)
	}
	in := bufio.NewReader(r)
	head, err := in.Peek(5)
	if len(head) == 0 {
		return Population{}, gov.Errorf(gov.Invalid, "文件是空的", "the file is empty").On("file")
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return Population{}, err
	}
	var source io.Reader = in
	if !bytes.Equal(head, []byte("QXPOP")) {
		made, err := s.read(ctx, in, year)
		if err != nil {
			return Population{}, err
		}
		defer func() { _ = errors.Join(made.Close(), os.Remove(made.Name())) }() // the system removes what stays
		source = made
	}
	key, size, err := s.Files.Keep(ctx, source, maxBytes)
	if err != nil {
		return Population{}, err
	}
	p, err := s.look(key, size)
	if err != nil {
		return Population{}, onField(err)
	}
	for _, o := range list {
		if o.Snapshot == p.Snapshot {
			return o, nil // it is known
		}
	}
	now := s.Clock()
	p.ID, p.Name, p.By, p.At = gov.NewID(now), name, by.Name, now.UnixMilli()
	return p, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.AddPopulation(ctx, p); err != nil {
			return err
		}
		return tx.Act(ctx, Act{Kind: addedAct, Object: "population:" + p.ID.String(), Actor: g.Actor(), Facts: map[string]string{"snapshot": p.Snapshot, "rows": fmt.Sprint(p.Rows)}})
	})
}

func onField(err error) error {
	if e, ok := errors.AsType[*gov.Error](err); ok && e.Field == "" {
		return e.On("file")
	}
	return err
}

// maxTold is how many lines are told of those that are wrong.
const maxTold = 20

// read makes a snapshot of lines. If any is wrong nothing is taken, and the first are
// told.
func (s *Runs) read(ctx context.Context, in io.Reader, year int) (_ *os.File, err error) {
	p := s.Pack().Rules
	if p == nil {
		return nil, gov.Errorf(gov.NotFound, "政策包没有支持政策的规则。", "The pack has no rules of support programmes.")
	}
	if year < 1990 || year > 2100 {
		return nil, gov.Errorf(gov.Invalid, "逐行的事实要写明年度，如 2017", "lines of facts need their year, like 2017").On("year")
	}
	f, err := os.CreateTemp("", "population-*")
	if err != nil {
		return nil, fmt.Errorf("make a snapshot: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	var told []string
	var toldEN []string
	out := bufio.NewWriterSize(f, 1<<20)
	_, x, err := population.Import(ctx, in, out, population.Statements{Program: p, Applicant: invent.Applicant, Year: year, Rest: true, Tell: func(line int, err error) {
		if len(told) < maxTold {
			told = append(told, fmt.Sprintf("第 %d 行：%s", line, first(err, gov.ZH)))
			toldEN = append(toldEN, fmt.Sprintf("line %d: %s", line, first(err, gov.EN)))
		}
	}})
	if err := errors.Join(err, out.Flush()); err != nil {
		return nil, err
	}
	if x.Wrong > 0 {
		return nil, gov.Errorf(gov.Invalid, "%[1]d 行有错误，没有收入：%[2]s", "%[1]d lines are wrong, nothing was taken: %[3]s", x.Wrong, strings.Join(told, "；"), strings.Join(toldEN, "; ")).On("file")
	}
	if x.Rows == 0 {
		return nil, gov.Errorf(gov.Invalid, "没有一行事实是齐全的", "no line has all facts that are needed").On("file")
	}
	_, err = f.Seek(0, io.SeekStart)
	return f, err
}

// first is the first mistake of a line.
func first(err error, l gov.Lang) string {
	if list, ok := errors.AsType[problems.List](err); ok && len(list) > 0 {
		return gov.TextOf(list[0], l)
	}
	return gov.TextOf(err, l)
}

// look reads a kept snapshot to its end and describes it.
func (s *Runs) look(key string, size int64) (p Population, err error) {
	data, done, err := s.Files.Map(key)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, done()) }()
	x, err := population.Open(data)
	if err != nil {
		return p, err
	}
	if x.Rows == 0 {
		return p, gov.Errorf(gov.Invalid, "快照里没有申报者", "the snapshot has no rows")
	}
	for n := range x.Chunks {
		c, err := x.Chunk(n)
		if err == nil {
			_, err = c.Row(0)
		}
		if err != nil {
			return p, err
		}
	}
	return Population{Snapshot: x.Identity.String(), File: key, Bytes: size, Applicant: x.Applicant, Year: int(x.Year), Rows: x.Rows, Apart: x.Apart, Wrong: x.Wrong, Invented: x.Made == population.Invented}, nil
}

// Ask wants a simulation. Mistakes of the amendment are problems.List with their lines;
// others are about a field. If the same was computed before, it is done at once. Without By
// it says the name of who asks.
func (s *Runs) Ask(ctx context.Context, by people.Standing, r Run) (Run, error) {
	g, err := s.allow(by)
	if err != nil {
		return r, err
	}
	p, err := s.Store.Population(ctx, r.Population)
	if gov.CodeOf(err) == gov.NotFound {
		return r, gov.Errorf(gov.Invalid, "请选择一个申报者快照", "Choose a population").On("population")
	}
	if err != nil {
		return r, err
	}
	if r.Budget < 0 {
		return r, gov.Errorf(gov.Invalid, "预算不能为负", "a budget is not negative").On("budget")
	}
	rules, err := simulate.Prepare(s.Pack(), r.question())
	if err != nil {
		return r, err
	}
	if r.Title = strings.TrimSpace(r.Title); utf8.RuneCountInString(r.Title) > maxTitle {
		return r, gov.Errorf(gov.Invalid, "名称最多 %d 个字", "the name has %d characters at most", maxTitle).On("title")
	}
	now := s.Clock()
	r.ID, r.Docs, r.Amendment = gov.NewID(now), rules.Docs, rules.Amendment
	r.Person, r.By, r.At, r.State, r.Rows, r.Total, r.Version = by.Person, cmp.Or(r.By, by.Name), now.UnixMilli(), Waiting, 0, p.Rows, 0
	r.Failure, r.Result, r.Digest, r.Ended = gov.Text{}, "", "", 0
	id := rules.ID(p.Snapshot)
	body, err := s.Store.Result(ctx, id)
	switch {
	case err == nil:
		r.ended(id, body, now.UnixMilli())
	case gov.CodeOf(err) != gov.NotFound:
		return r, err
	}
	return r, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutRun(ctx, r); err != nil {
			return err
		}
		if r.State == Waiting {
			if err := tx.Enqueue(ctx, Job, r.ID.String()); err != nil {
				return err
			}
		}
		return tx.Act(ctx, Act{Kind: askedAct, Object: object(r.ID), Actor: g.Actor(), Facts: map[string]string{"snapshot": p.Snapshot, "rules": rules.Hash, "result": id}})
	})
}

func object(id gov.ID) string { return "simulation:" + id.String() }

func (r *Run) question() simulate.Question {
	return simulate.Question{Docs: r.Docs, Year: int64(r.Year), Amendment: r.Amendment}
}

func (r *Run) ended(id string, body []byte, at int64) {
	sum := sha256.Sum256(body)
	r.State, r.Result, r.Digest, r.Rows, r.Ended = Done, id, hex.EncodeToString(sum[:]), r.Total, at
}
