package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/privacycmd"
	"quanxiang/demo"
	"quanxiang/gov"
	"quanxiang/inspections/handout"
	"quanxiang/inspections/visits"
	"quanxiang/installation"
	"quanxiang/jobs"
	"quanxiang/ledger"
	"quanxiang/notices/dispatch"
	"quanxiang/people/apikeys"
	"quanxiang/people/feeds"
	"quanxiang/registers/invent"
	"quanxiang/support/apply"
	"quanxiang/web"
	"quanxiang/web/onemap"
)

// serveOptions say where the site listens and how the public reaches it.
type serveOptions struct {
	addr, metrics, baseURL string
	mail                   *mailOptions
	login                  *loginOptions
	residents              *residentOptions
	ground                 *onemap.Base
	hooks                  *hookOptions
	relay                  string

	// Set by the command demo alone: what it was filled with, and what is done while it is
	// served.
	demo    *demo.Filled
	besides func(context.Context)
}

func serveFlags(e *cli.Env, fs *flag.FlagSet, addr string) *serveOptions {
	o := &serveOptions{mail: mailFlags(e, fs)}
	fs.StringVar(&o.addr, "addr", addr, gov.Text{ZH: "监听地址", EN: "address to listen on"}.In(e.Lang))
	fs.StringVar(&o.metrics, "metrics-addr", "", gov.Text{
		ZH: "指标与健康检查的内部监听地址，如 localhost:9090；不写则不提供指标",
		EN: "inside address for metrics and health checks, such as localhost:9090; without it there are no metrics"}.In(e.Lang))
	o.login = loginFlags(e, fs)
	o.residents = residentFlags(e, fs)
	o.ground = groundFlags(e, fs)
	o.hooks = hookFlags(e, fs)
	fs.StringVar(&o.baseURL, "base-url", e.Getenv("QUANXIANG_BASE_URL"), gov.Text{
		ZH: "公众访问的网址，如 https://policy.example；不写则由监听地址推出",
		EN: "the site's public address, such as https://policy.example; derived from the listening address without it"}.In(e.Lang))
	fs.StringVar(&o.relay, "drand-relay", e.Getenv("QUANXIANG_DRAND_RELAY"), gov.Text{
		ZH: "drand 中继的网址，抽取时由页面取得外部随机数；不写则粘贴",
		EN: "address of a drand relay, from which pages fetch the outside value of a draw; without it the value is pasted"}.In(e.Lang))
	return o
}

func serveCommand(ctx context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("serve", "")
	p := placeFlags(e, fs)
	dir := packFlag(e, fs)
	o := serveFlags(e, fs, "localhost:8080")
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	pack, err := openPack(e, *dir)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(e.Stderr, nil))
	s, err := p.openSystem(ctx, e, pack, log)
	if err != nil {
		return err
	}
	return errors.Join(s.serve(ctx, e, log, o), s.close())
}

// serve runs the site, the jobs and the sequencer until ctx ends. Requests and
// jobs under way are finished first, then what they recorded is sequenced.
func (s *system) serve(ctx context.Context, e *cli.Env, log *slog.Logger, o *serveOptions) (err error) {
	installation.CollectLess()
	ground, closeGround, err := openGround(*o.ground)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeGround()) }()
	if err := s.adoptPack(ctx, gov.Actor{Kind: gov.SystemActor, Name: "serve"}); err != nil {
		return err
	}
	sender, err := o.mail.sender(e)
	if err != nil {
		return err
	}
	texts, err := o.residents.texts()
	if err != nil {
		return err
	}
	toResidents := sender
	var shelf *dispatch.Shelf
	hands, forward := &hands{}, (func(time.Time))(nil)
	if o.demo != nil { // invented people get nothing; everybody sees what they would have
		forward = hands.forward
		shelf = &dispatch.Shelf{Clock: time.Now}
		sender, toResidents, texts = nil, shelf.Mail(), shelf
	}
	public, err := net.Listen("tcp", o.addr)
	if err != nil {
		return gov.Errorf(gov.Unavailable, "无法监听 %s，可能已被占用。", "Cannot listen on %s; it may be taken.", o.addr).Because(err)
	}
	if o.baseURL == "" {
		o.baseURL = "http://" + localName(public.Addr().String())
	}
	register, err := s.register(o.residents, o.baseURL, shelf != nil)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	messages := s.tell(sender, apply.Outside{Register: register, Applications: s.support}, o.baseURL, time.Now)
	others, err := s.listeners(o.hooks, messages, register, o.baseURL, log)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	runner, err := s.newRunner(ctx, log, messages, others)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	s.residentJobs(runner, log, register, toResidents, texts)
	lots := s.draws(hands.now)
	s.drawJobs(runner, lots)
	proxies, err := o.login.trusted()
	if err != nil {
		return errors.Join(err, public.Close())
	}
	provider, err := o.login.provider(s, o.baseURL)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	site, err := web.New(web.Deps{
		Pack:      s.pack,
		Library:   s.library,
		Office:    s.office,
		Casework:  s.casework,
		Imports:   s.importsFrom(register),
		Registers: s.registers(), Judge: s.rules,
		Draws:   lots,
		Relay:   relayOf(o.relay),
		Forward: forward,
		Plans:   s.inspections(time.Now),
		Runs:    s.simulations(time.Now),
		Funds:   s.funds(time.Now), Support: s.support,
		Importer:  s.importer(),
		Files:     s.files,
		Visits:    visits.New(visits.Deps{Docket: s.docket, Pack: s.packs.Current, Badges: handout.Badges{Persons: s.persons, Entries: s.db.Registers(s.pack.District), Pack: s.packs.Current}, Proofs: handout.Proofs{Draws: lots}}),
		Filters:   s.db.Filters(s.pack.District),
		Feeds:     feeds.New(feeds.Config{Store: s.persons, Pack: s.packs.Current, Clock: time.Now, Keys: s.ring}),
		Keys:      apikeys.New(apikeys.Config{Store: s.persons, Pack: s.packs.Current, Clock: time.Now, Keys: s.ring}),
		Filings:   s.db.Filings(s.pack.District),
		FilingKey: s.ring.Derive("open311 filings"),
		Notices:   messages,
		Register:  register,
		Shelf:     shelf,
		Hooks:     others,
		Ledger:    s.ledger,
		LedgerKey: s.keys.Signer.PublicKey(),
		Calendar:  s.years.current,
		Proxies:   proxies,
		Provider:  provider,
		Label:     o.login.label,
		Ground:    ground,
		Clock:     time.Now,
		Log:       log,
		BaseURL:   o.baseURL,
		Demo:      o.demo,
		Subjects:  func(ctx context.Context) (int, error) { return s.registers().Store.Count(ctx, invent.Register) },
		Version:   versionString(),
		Ready:     s.db.Ping,
		Gauges:    s.gauges(runner),
	})
	if err != nil {
		return errors.Join(err, public.Close())
	}
	listeners := []web.Listener{{Listener: public, Handler: site.Public}}
	if o.metrics != "" {
		operator, err := net.Listen("tcp", o.metrics)
		if err != nil {
			err := gov.Errorf(gov.Unavailable, "无法监听 %s，可能已被占用。", "Cannot listen on %s; it may be taken.", o.metrics).Because(err)
			return errors.Join(err, public.Close())
		}
		listeners = append(listeners, web.Listener{Listener: operator, Handler: site.Operator})
		e.Say("指标与健康检查：%s", "Metrics: %s", "http://"+localName(operator.Addr().String())+"/metrics")
	}
	e.Say("已启动：%s", "Running: %s", o.baseURL)

	// The sequencer outlives the requests and the jobs: it stops when they have
	// ended.
	sequencing, stop := context.WithCancel(context.WithoutCancel(ctx))
	working, rest := context.WithCancel(ctx)
	var work, sequence sync.WaitGroup
	sequence.Go(func() { s.sequencer.Run(sequencing) })
	work.Go(func() {
		if err := runner.Run(working); err != nil {
			log.ErrorContext(ctx, "jobs are not run", "err", err)
		}
	})
	work.Go(func() { privacycmd.Announce(working, s.ring, s.seals(), log) })
	if o.besides != nil {
		work.Go(func() { o.besides(working) })
	}
	err = web.Serve(ctx, log, listeners...)
	rest()
	work.Wait()
	stop()
	sequence.Wait()
	return err
}

// localName makes an address that listens everywhere one that a browser on this
// machine can open.
func localName(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); ip != nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		host = "localhost"
	}
	return net.JoinHostPort(strings.TrimSpace(host), port)
}

// gauges are the figures of the store and the ledger on the metrics page.
func (s *system) gauges(runner *jobs.Runner) []web.Gauge {
	count := func(f func() int64) func(context.Context) (float64, error) {
		return func(context.Context) (float64, error) { return float64(f()), nil }
	}
	return []web.Gauge{
		{Name: "store_writes", Help: "Committed write closures since the start.", Read: count(func() int64 { return s.db.Stats().Writes })},
		{Name: "store_commits", Help: "Commits since the start; fewer than writes when they are grouped.", Read: count(func() int64 { return s.db.Stats().Groups })},
		{Name: "store_retries", Help: "Write closures that had to run again.", Read: count(func() int64 { return s.db.Stats().Retries })},
		{Name: "ledger_size", Help: "Entries under the newest checkpoint.", Read: s.ledgerSize},
		{Name: "ledger_waiting", Help: "Recorded entries that are not in the tree yet.", Read: s.ledgerWaiting},
		{Name: "jobs_done", Help: "Runs of jobs that ended well since the start.", Read: count(func() int64 { return runner.Stats().Done })},
		{Name: "jobs_failed", Help: "Runs of jobs that failed since the start; they are tried again.", Read: count(func() int64 { return runner.Stats().Failed })},
		{Name: "jobs_waiting", Help: "Jobs whose time has come and that nobody runs yet.", Read: s.jobsWaiting},
		{Name: "cases_open", Help: "Cases of the pack's procedures that have not ended.", Read: s.casesOpen},
		{Name: "cases_overdue", Help: "Cases whose time came over a minute ago and that nobody has looked at.", Read: s.casesOverdue},
		{Name: "mails_waiting", Help: "Mails of notice whose time has come.", Read: s.mailsWaiting},
		{Name: "mails_given_up", Help: "Mails of notice that the mail server refused for good.", Read: s.mailsGivenUp},
		{Name: "jobs_failing", Help: "Jobs that failed when they last ran.", Read: s.jobsFailing},
	}
}

func (s *system) ledgerSize(ctx context.Context) (float64, error) {
	note, err := s.ledger.Checkpoint(ctx)
	if gov.CodeOf(err) == gov.NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	v, err := ledger.NewVerifier(s.keys.Public()...)
	if err != nil {
		return 0, fmt.Errorf("read the ledger's keys: %w", err)
	}
	signed, err := v.Open(note)
	return float64(signed.Size), err
}

func (s *system) ledgerWaiting(ctx context.Context) (float64, error) {
	n, _, err := s.ledger.Waiting(ctx)
	return float64(n), err
}

func (s *system) jobsWaiting(ctx context.Context) (float64, error) {
	n, _, err := s.db.CountJobs(ctx, s.pack.District)
	return float64(n), err
}

func (s *system) jobsFailing(ctx context.Context) (float64, error) {
	_, n, err := s.db.CountJobs(ctx, s.pack.District)
	return float64(n), err
}
