package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/demo"
	"quanxiang/demo/applicants"
	"quanxiang/demo/incubators"
	"quanxiang/demo/market"
	"quanxiang/demo/money"
	"quanxiang/demo/sequel"
	"quanxiang/demo/supervision"
	"quanxiang/demo/trials"
	"quanxiang/files"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/library"
	"quanxiang/packs"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/holding"
	"quanxiang/residents"
	"quanxiang/support/apply"
	"quanxiang/web/export"
)

// demoGazette is the sample in the embedded pack.
const demoGazette = "demo/gazette.txt"

// filledFile is what a data folder was filled with; it makes the folder that of a
// demonstration.
const filledFile = "demo.json"

// demoSeed is what the invented persons and their decisions are drawn from.
const demoSeed = 110102

// demoSubjects is how many subjects of the market are invented unless asked otherwise,
// as a district has them; so many of them at once, the rest while the site runs.
const (
	demoSubjects = 60_000
	demoAtOnce   = 3000
)

// demoInspectors is how many inspectors there are.
const demoInspectors = 400

// demonstration is the command's choices.
type demonstration struct {
	data, gazette string
	bare          bool
	reports       int
	subjects      int
	now           time.Time
	clock         demo.Clock
}

// demoCommand reads a gazette into a fresh installation, invents persons and
// months of history, and serves it. Without a data folder of its own it leaves
// nothing behind.
func demoCommand(ctx context.Context, e *cli.Env, args []string) (err error) {
	fs := e.Flags("demo", "")
	o := serveFlags(e, fs, "localhost:8080")
	d := &demonstration{now: time.Now()}
	fs.StringVar(&d.data, "data", "", gov.Text{
		ZH: "数据文件夹；不写则用临时文件夹，退出时删除",
		EN: "data folder; without it a temporary one, removed at the end"}.In(e.Lang))
	fs.StringVar(&d.gazette, "gazette", "", gov.Text{ZH: "改用这份公报", EN: "read this gazette instead of the sample"}.In(e.Lang))
	fs.BoolVar(&d.bare, "bare", false, gov.Text{ZH: "只有文件库，没有人员和任务", EN: "the library alone, without persons and duties"}.In(e.Lang))
	fs.IntVar(&d.reports, "reports", 0, gov.Text{ZH: "大约虚构多少件问题报告；0 为通常的数量", EN: "about how many problem reports to invent; 0 for the usual number"}.In(e.Lang))
	fs.IntVar(&d.subjects, "subjects", demoSubjects, gov.Text{ZH: "虚构的市场主体数量", EN: "how many subjects of the market to invent"}.In(e.Lang))
	dir := packFlag(e, fs)
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	pack, err := openPack(e, *dir)
	if err != nil {
		return err
	}
	if d.data == "" {
		if d.data, err = os.MkdirTemp("", "quanxiang-demo-"); err != nil {
			return fmt.Errorf("make the demo's folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(d.data)) }()
	}
	filled, err := d.known()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(e.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if !d.bare && filled == nil {
		if filled, err = d.fill(ctx, e, pack, log); err != nil {
			return err
		}
	}
	s, err := d.open(ctx, e, pack, log, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if d.bare {
		if _, err := d.read(ctx, e, s); err != nil {
			return err
		}
	}
	if o.demo = filled; filled != nil {
		e.Say("演示账号列在首页的“演示系统”和 /demo；全部人员和办理记录均为虚构，自 %s 起。",
			"The logins stand at /demo, which the home page leads to; all persons and dealings since %s are invented.", filled.From)
	}
	if filled != nil {
		o.besides = func(ctx context.Context) {
			if err := d.market(s).Grow(ctx, filled.Subjects, filled.Market); err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, "the market is not complete", "err", err)
			}
		}
	}
	return s.serve(ctx, e, log, o)
}

// known reads what the data folder was filled with by an earlier run, nil when
// it is new. It returns Conflict for the folder of anything but a demonstration.
func (d *demonstration) known() (*demo.Filled, error) {
	if d.bare {
		return nil, nil
	}
	filled, err := demo.ReadFilled(filepath.Join(d.data, filledFile))
	if gov.CodeOf(err) != gov.NotFound {
		return filled, err
	}
	if _, err := installation.ReadKeys(d.data); gov.CodeOf(err) != gov.NotFound {
		return nil, gov.Errorf(gov.Conflict, "“%s”里已有一套系统，不是完整的演示数据；请换一个文件夹，或用 --bare 只打开文件库。",
			"%q holds an installation that is no complete demonstration; take another folder, or --bare for its library alone.", d.data)
	}
	return nil, nil
}

// open opens the installation in the data folder, in haste or to be served.
func (d *demonstration) open(ctx context.Context, e *cli.Env, pack *policy.Pack, log *slog.Logger, hasty bool) (*system, error) {
	p := &place{Place: installation.Place{Data: d.data}, hasty: hasty}
	return p.openSystemAt(ctx, e, pack, log, d.clock.Now)
}

// read brings the gazette into the library.
func (d *demonstration) read(ctx context.Context, e *cli.Env, s *system) (*library.ImportReport, error) {
	g, err := readDemo(s.pack, d.gazette)
	if err != nil {
		return nil, err
	}
	report, err := s.library.Import(ctx, gov.Actor{Kind: gov.SystemActor, Name: "demo"}, g, library.ImportOptions{})
	if err != nil {
		return nil, err
	}
	if err := d.keep(ctx, s.files, g.Source); err != nil {
		return nil, err
	}
	e.Say("演示区已备好：%[1]d 份文件。按 Ctrl+C 停止。", "The demo district is ready: %[1]d documents. Ctrl+C stops it.", len(report.Documents))
	return report, nil
}

// fill reads the gazette as of some months ago, proposes its duties, and lets
// invented people deal with them until now. A folder that is not filled to the
// end is refused by later runs, so that nothing need wait for the disk until it
// is closed.
func (d *demonstration) fill(ctx context.Context, e *cli.Env, pack *policy.Pack, log *slog.Logger) (filled *demo.Filled, err error) {
	began := time.Now()
	s, err := d.open(ctx, e, pack, log, true)
	if err != nil {
		return nil, err
	}
	filled, err = d.play(ctx, e, s)
	if err = errors.Join(err, s.close()); err != nil {
		return nil, err
	}
	e.Say("虚构了 %[1]d 人，%[2]d 项任务，%[5]d 件问题报告和巡查，%[3]d 次办理，用时 %[4]s。", "Invented %[1]d persons dealing %[3]d times with %[2]d duties and %[5]d reports and patrols in %[4]s.",
		filled.Persons, filled.Duties, filled.Steps, time.Since(began).Round(100*time.Millisecond), filled.Reports)
	return filled, filled.Write(filepath.Join(d.data, filledFile))
}

// play brings everything into an opened installation.
func (d *demonstration) play(ctx context.Context, e *cli.Env, s *system) (*demo.Filled, error) {
	district := d.district(s)
	district.Progress = e.Progress()
	d.clock.Set(district.Opening())
	if err := s.adoptPack(ctx, gov.Actor{Kind: gov.SystemActor, Name: "demo"}); err != nil {
		return nil, err
	}
	report, err := d.read(ctx, e, s)
	if err != nil {
		return nil, err
	}
	if err := s.proposeFrom(ctx, e, gov.Actor{Kind: gov.SystemActor, Name: "demo"}, report); err != nil {
		return nil, err
	}
	district.Besides = func(ctx context.Context) ([]demo.Scene, error) {
		list, err := d.market(s).Scenes(ctx)
		paid := money.Money{Pack: s.pack, Calendar: s.years.known(), Clock: d.clock.Now, Now: d.now, Funds: s.funds(d.clock.Now), Registers: s.registers(), Subjects: min(d.subjects, demoAtOnce), Holders: s.office.Holders, Staff: s.persons}
		firms := d.applicants(s, district.Residents)
		firms.Subjects, firms.Pay = paid.Subjects, paid.Pay
		return slices.Concat(list, paid.Scenes(), firms.Scenes()), err
	}
	district.Inspectors = min(demoInspectors, d.subjects/4)
	filled, err := district.Fill(ctx)
	if err != nil {
		return nil, err
	}
	stage := supervision.Stage{Docket: s.docket, Registers: s.registers(), Clock: d.clock.Now, Holders: s.office.Holders}
	steps, err := stage.Play(ctx)
	if err != nil {
		return nil, err
	}
	follows := sequel.Stage{Docket: s.docket, Pack: s.pack, Clock: d.clock.Now, Holders: s.office.Holders}
	more, err := follows.Play(ctx)
	if err != nil {
		return nil, err
	}
	park := d.incubators(s)
	park.Told = district.Inbox.Tell
	park.Represent = func(ctx context.Context, o apply.Organisation, person, address string) error {
		firms := d.applicants(s, district.Residents)
		id, err := firms.Ask(ctx, o, person, address)
		if err != nil {
			return err
		}
		return firms.Approve(ctx, id)
	}
	five, err := park.Bring(ctx)
	d.clock.Run()
	if err != nil {
		return nil, err
	}
	filled.Steps += steps + more + five
	tried := trials.Stage{Runs: s.simulations(d.clock.Now), Pack: s.pack, Clock: d.clock.Now, Seed: demoSeed, Holders: s.office.Holders, Standing: s.office.StandingOf}
	if err := tried.Play(ctx); err != nil {
		return nil, err
	}
	filled.Subjects, filled.Market = d.subjects, gov.DateOf(d.now)
	return &filled, s.sequencer.Sequence(ctx)
}

// applicants is what organisations do that apply.
func (d *demonstration) applicants(s *system, r *residents.Register) applicants.Applicants {
	return applicants.Applicants{Pack: s.pack, Calendar: s.years.known(), Clock: d.clock.Now, Now: d.now, Support: s.support, Docket: s.docket, Casework: s.casework, Register: r, Holders: s.office.Holders, Staff: s.persons}
}

// incubators is the stage of the incubators.
func (d *demonstration) incubators(s *system) *incubators.Stage {
	desk := s.registers()
	desk.Clock = d.clock.Now
	return &incubators.Stage{Docket: s.docket, Registers: desk, Holders: holding.Holders{Registers: desk}, Pack: s.pack, Calendar: s.years.known(), Clock: &d.clock, Files: s.files, Now: d.now, Staff: s.office.Holders}
}

// hands is a clock that tells the time, or a later one: draws go by it, so that whoever
// holds one in a demonstration need not wait. The clock of everything else stays.
type hands struct{ ahead atomic.Int64 } // ns

func (h *hands) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

func (h *hands) forward(to time.Time) { h.ahead.Store(max(h.ahead.Load(), int64(time.Until(to)))) }

// market is the installation's market as it is filled.
func (d *demonstration) market(s *system) *market.Market {
	desk := s.registers()
	desk.Clock = d.clock.Now
	return &market.Market{
		Pack: s.pack, Calendar: s.years.known(), Clock: d.clock.Now, Now: d.now, Seed: demoSeed, Subjects: min(d.subjects, demoAtOnce),
		Importer: s.importer(), Rows: func(file []byte) (registers.Rows, error) { return export.NewStream(export.InMemory(file)) }, Registers: desk,
		Plans: s.inspections(d.clock.Now), Draws: s.draws(d.clock.Now), Docket: s.docket, Casework: s.casework, Office: s.office, Staff: s.persons,
	}
}

// district is the installation as it is filled.
func (d *demonstration) district(s *system) *demo.District {
	return &demo.District{
		Pack: s.pack, Office: s.office, Staff: s.persons, Docket: s.docket, Casework: s.casework,
		Calendar: s.years.known(), Clock: &d.clock, Now: d.now, Seed: demoSeed, Reports: d.reports,
		Inbox: s.tell(nil, nil, "", d.clock.Now), // residents were told at the time
		Residents: residents.New(residents.Config{
			Store: s.residents, Keys: s.ring, Clock: d.clock.Now, Looks: s.office, Keep: residents.DefaultKeep, Name: s.pack.Name, Refuse: residents.Invented,
		}),
	}
}

// keep keeps the file a gazette was read from.
func (d *demonstration) keep(ctx context.Context, folder *files.Folder, source gazette.Source) error {
	if d.gazette != "" {
		return keepSource(ctx, folder, d.gazette, source)
	}
	f, err := openSample()
	if err != nil {
		return err
	}
	return errors.Join(keepBytes(ctx, folder, f, source), f.Close())
}

// openSample opens the sample gazette of the embedded pack.
func openSample() (fs.File, error) {
	pack, ok := packs.FS(defaultPack)
	if !ok {
		return nil, fmt.Errorf("the program carries no pack %s", defaultPack)
	}
	f, err := pack.Open(demoGazette)
	if err != nil {
		return nil, fmt.Errorf("open the sample gazette: %w", err)
	}
	return f, nil
}

// readDemo reads the gazette of the demonstration: the file given, or the
// sample of the embedded pack.
func readDemo(pack *policy.Pack, file string) (*gazette.Gazette, error) {
	if file != "" {
		return readGazette(file, pack)
	}
	f, err := openSample()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return gazette.Read(f, filepath.Base(demoGazette), pack.Gazette, gazette.Limits{})
}
