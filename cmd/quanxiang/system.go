package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/ledger"
	"quanxiang/library"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/registers"
	"quanxiang/registers/holding"
	"quanxiang/store"
	"quanxiang/support/apply"
	"quanxiang/support/fund"
	"quanxiang/support/judge"
	"quanxiang/support/prefill"
)

// system is an opened installation: what the commands that change or serve it
// stand on.
type system struct {
	data      string // folder
	pack      *policy.Pack
	db        *store.DB
	library   *library.Library
	ledger    *store.Ledger
	persons   *store.People
	office    *people.Office
	hasher    *passwords.Hasher
	ring      *privacy.Keyring
	keys      installation.Keys
	sequencer *store.Sequencer
	packs     *store.Packs
	docket    *docket.Docket
	rules     *judge.Judge // what rule files say by what registers know
	casework  *casework.Casework
	support   *apply.Applications
	residents *store.Residents
	years     *liveCalendar
	files     *files.Folder
	told      fund.Told // who has to know what was paid; nil: nobody
}

// packFlag adds the flag that names a pack folder.
func packFlag(e *cli.Env, fs *flag.FlagSet) *string {
	return fs.String("pack", e.Getenv("QUANXIANG_PACK"), gov.Text{
		ZH: "政策包文件夹；不写则用程序自带的西城区政策包",
		EN: "pack folder; without it the embedded pack of Xicheng"}.In(e.Lang))
}

// openPack loads the pack of a command; its mistakes go to standard error one
// to a line.
func openPack(e *cli.Env, dir string) (*policy.Pack, error) {
	pack, err := choosePack(dir)
	if problems, ok := errors.AsType[policy.Problems](err); ok {
		fmt.Fprintln(e.Stderr, problems.In(e.Lang))
		return nil, gov.Errorf(gov.Invalid, "政策包有 %d 处错误。", "Mistakes in the pack: %d.", len(problems))
	}
	return pack, err
}

// openSystem opens the installation at a place, and makes it if there is none:
// data folder, database, schema and keys. The caller closes it.
func (p *place) openSystem(ctx context.Context, e *cli.Env, pack *policy.Pack, log *slog.Logger) (*system, error) {
	return p.openSystemAt(ctx, e, pack, log, time.Now)
}

// openSystemAt is openSystem with a clock of its own.
func (p *place) openSystemAt(ctx context.Context, e *cli.Env, pack *policy.Pack, log *slog.Logger, clock gov.Clock) (_ *system, err error) {
	if err := p.Whole(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.Data, 0o750); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	// The database first: a key beside none would be taken for a whole installation.
	db, err := store.Open(ctx, p.DSN(), store.Options{Migrate: true, Hasty: p.hasty, Log: log, Clock: clock})
	if err != nil {
		return nil, err
	}
	if _, err := installation.ReadKeys(p.Data); gov.CodeOf(err) == gov.NotFound {
		if err := p.createKey(e, pack); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	if _, err := installation.ReadKeyring(p.Data); gov.CodeOf(err) == gov.NotFound {
		if err := p.createKeyring(ctx, e, db, pack.District); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	s, err := p.newSystem(ctx, db, pack, log, clock)
	if err == nil {
		err = s.seals().Outdated(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// newSystem puts together what stands on an open database and the keys in the
// data folder.
func (p *place) newSystem(ctx context.Context, db *store.DB, pack *policy.Pack, log *slog.Logger, clock gov.Clock) (*system, error) {
	keys, err := installation.ReadKeys(p.Data)
	if err != nil {
		return nil, err
	}
	ring, err := installation.ReadKeyring(p.Data)
	if err != nil {
		return nil, err
	}
	verifier, err := ledger.NewVerifier(keys.Public()...)
	if err != nil {
		return nil, err
	}
	sequencer, err := installation.NewSequencer(db, pack.District, p.Data, keys)
	if err != nil {
		return nil, err
	}
	years, err := newLiveCalendar(ctx, db.Calendar(pack.District), log)
	if err != nil {
		return nil, err
	}
	persons := db.People(pack.District, ring)
	packs := db.Packs(pack)
	cost := passwords.DefaultCost
	if p.hasty { // of passwords that everybody knows; whoever logs in later has theirs hashed again
		cost = passwords.Cost{Memory: 64, Passes: 1, Threads: 1}
	}
	hasher := passwords.New(cost)
	office := people.New(people.Config{
		Store: persons, Pack: func() *policy.Pack { return pack }, Clock: clock,
		Hasher: hasher, Keys: ring, Name: pack.Name.ZH,
	})
	regs := &registers.Registers{Store: db.Registers(pack.District), Pack: func() *policy.Pack { return pack }, Clock: clock}
	rules := &judge.Judge{Prefill: prefill.New(regs.Store, regs.Pack, clock), Pack: regs.Pack}
	money := &fund.Fund{Store: db.Funds(pack.District, ring), Pack: packs.Current, Clock: clock}
	support := apply.New(apply.Deps{Store: db.Applications(pack.District, ring), Registers: regs, Money: money, Packs: packs, Clock: clock,
		Known: prefill.New(db.Registers(pack.District), packs.Current, clock), DoorKey: ring.Derive("organisations")})
	cases := docket.New(db.Cases(pack.District), packs, years.known).Into(regs).Holding(holding.Holders{Registers: regs}).Judged(rules).Beside(support.Rooms())
	work := casework.New(cases, packs, office, p.Files())
	support.On(cases, work)
	return &system{
		data:      p.Data,
		pack:      pack,
		db:        db,
		library:   library.New(db.Library(pack.District), pack, clock),
		persons:   persons,
		office:    office,
		hasher:    hasher,
		ring:      ring,
		ledger:    store.NewLedger(db, pack.District, verifier),
		keys:      keys,
		sequencer: sequencer,
		packs:     packs,
		docket:    cases,
		rules:     rules,
		casework:  work,
		told:      support, support: support,
		files:     p.Files(),
		residents: db.Residents(pack.District, ring),
		years:     years,
	}, nil
}

// createKey makes the ledger's key and says so. The ledger's name ends in the
// district's code, so that no two districts' ledgers can be confused.
func (p *place) createKey(e *cli.Env, pack *policy.Pack) error {
	_, err := installation.CreateKey(p.Data, cmp.Or(p.ledger, "quanxiang.local/ledger")+"/"+string(pack.District))
	if err == nil {
		e.Note("已生成账本密钥 %s，请妥善保管并另行备份。", "Made the ledger's key %s; keep it safe and back it up on its own.", filepath.Join(p.Data, installation.KeyFile))
	}
	return err
}

// createKeyring makes the keys that seal personal data and says so: with a new
// installation, and with one made before there was anything to seal. Where
// something is sealed already they were lost, and others would hide it.
func (p *place) createKeyring(ctx context.Context, e *cli.Env, db *store.DB, d gov.District) error {
	path := filepath.Join(p.Data, installation.PrivacyKeyFile)
	found, err := db.Seals(d, privacy.NewKeyring()).Check(ctx)
	if err != nil {
		return err
	}
	if found.Values > 0 {
		return gov.Errorf(gov.NotFound, "没有隐私密钥 %[1]s，而数据库中有 %[2]d 项密封的个人信息：请把另存的 %[3]s 放回去。",
			"There is no privacy key %[1]s, but the database holds %[2]d sealed personal values: put the %[3]s you kept back.", path, found.Values, installation.PrivacyKeyFile)
	}
	if _, err := installation.CreateKeyring(p.Data); err != nil {
		return err
	}
	e.Note("已生成隐私密钥 %s，请妥善保管并另行备份：没有它，密封的个人信息再也打不开。",
		"Made the privacy key %s; keep it safe and back it up on its own: without it sealed personal data never open again.", path)
	return nil
}

// close gives up the ledger's lease, so that the next command need not wait for
// it to end, and closes the database.
func (s *system) close() error {
	s.sequencer.Release(context.Background())
	return s.db.Close()
}

// initCommand makes an installation and prints what others need to check it.
func initCommand(ctx context.Context, e *cli.Env, args []string) (err error) {
	flags := e.Flags("init", "")
	p := placeFlags(e, flags)
	dir := packFlag(e, flags)
	flags.StringVar(&p.ledger, "name", "", gov.Text{
		ZH: "账本名称，如 xicheng.example/ledger；后面自动加区划代码",
		EN: "the ledger's name, such as xicheng.example/ledger; the district's code is added"}.In(e.Lang))
	if _, err := cli.ParseExactly(flags, args, 0); err != nil {
		return err
	}
	pack, err := openPack(e, *dir)
	if err != nil {
		return err
	}
	if err := p.Whole(); err != nil {
		return err
	}
	if err := os.MkdirAll(p.Data, 0o750); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	switch _, err := os.Stat(filepath.Join(p.Data, installation.KeyFile)); {
	case err == nil:
		return gov.Errorf(gov.Conflict, "“%s”已经初始化过。", "%q is already set up.", p.Data)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look for the ledger's key: %w", err)
	}
	s, err := p.openSystem(ctx, e, pack, slog.Default())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	e.Say("“%[1]s”已就绪：%[2]s，政策包 %[3]s（%[4]s）。", "%[1]q is ready: %[5]s, pack %[3]s (%[4]s).",
		p.Data, pack.Name.ZH, pack.ID, pack.Version, pack.Name.In(gov.EN))
	e.Say("账本公钥（请公布，任何人凭它核验）：", "The ledger's public key (publish it; anyone verifies with it):")
	fmt.Fprintln(e.Stdout, s.keys.Signer.PublicKey())
	e.Note("下一步：用 quanxiang people admin 任命首位管理员。", "Next: appoint the first administrator with quanxiang people admin.")
	return nil
}

// adoptPack records in the ledger that the district works by the pack of this
// process, when it worked by another, and keeps the pack for the cases that
// begin under it.
func (s *system) adoptPack(ctx context.Context, actor gov.Actor) error {
	return s.db.AdoptPack(ctx, s.pack.District, actor, s.pack)
}
