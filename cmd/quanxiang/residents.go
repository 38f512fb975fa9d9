package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/jobs"
	"quanxiang/notices"
	"quanxiang/notices/bulletin"
	"quanxiang/notices/dispatch"
	"quanxiang/notices/sms"
	"quanxiang/residents"
)

// residentOptions say how residents are reached and how long it is known how.
type residentOptions struct {
	gateway string // file
	keep    string // months
}

func residentFlags(e *cli.Env, fs *flag.FlagSet) *residentOptions {
	o := &residentOptions{}
	fs.StringVar(&o.gateway, "sms-gateway", e.Getenv("QUANXIANG_SMS_GATEWAY"), gov.Text{
		ZH: "短信网关的配置文件（JSON：url、headers、body、secret、accepted）；不写则不发短信",
		EN: "file that configures the SMS gateway (JSON: url, headers, body, secret, accepted); without it there are no text messages"}.In(e.Lang))
	fs.StringVar(&o.keep, "contact-months", e.Getenv("QUANXIANG_CONTACT_MONTHS"), gov.Textf(
		"案件结束后保留反映人联系方式的月数；不写为 %d", "months a reporter's contact is kept after the case ended; %d without it", residents.DefaultKeep).In(e.Lang))
	return o
}

// texts is where text messages go, nil for nowhere.
func (o *residentOptions) texts() (sms.Sender, error) {
	if o.gateway == "" {
		return nil, nil
	}
	text, err := os.ReadFile(o.gateway)
	if err != nil {
		return nil, gov.Errorf(gov.NotFound, "打不开文件“%s”。", "Cannot open %q.", o.gateway).Because(err)
	}
	g, err := sms.Parse(text, time.Now)
	if err != nil {
		return nil, err // not a nil *Gateway in an interface
	}
	return g, nil
}

// months is how long contacts are kept.
func (o *residentOptions) months() (int, error) {
	if o.keep == "" {
		return residents.DefaultKeep, nil
	}
	n, err := strconv.Atoi(o.keep)
	if err != nil || n < 1 || n > 120 {
		return 0, gov.Errorf(gov.Invalid, "--contact-months 应为 1 至 120 的整数，不是“%s”。", "--contact-months is a whole number from 1 to 120, not %q.", o.keep)
	}
	return n, nil
}

// register puts together what keeps the contacts of residents. invented takes
// addresses of demonstrations alone.
func (s *system) register(o *residentOptions, site string, invented bool) (*residents.Register, error) {
	keep, err := o.months()
	if err != nil {
		return nil, err
	}
	site = strings.TrimSuffix(site, "/")
	c := residents.Config{
		Store: s.residents, Keys: s.ring, Clock: time.Now, Looks: s.office, Keep: keep, Name: s.pack.Name, Site: site, Bulletin: s.bulletin(site),
		Matter: func(ctx context.Context, id gov.ID) (residents.Matter, error) {
			m, err := s.casework.Matter(ctx, id)
			return residents.Matter(m), err
		},
	}
	if invented {
		c.Refuse = residents.Invented
	}
	return residents.New(c), nil
}

// bulletin puts together what says in words what subscribers are told.
func (s *system) bulletin(site string) *bulletin.Bulletin {
	return &bulletin.Bulletin{Casework: s.casework, Clock: time.Now, Site: site}
}

// The periodic jobs of residents.
const (
	dispatchJob       = "residents.send"
	sweepResidentsJob = "residents.sweep"
)

// dispatchEvery is how often residents are sent what waits: somebody may look at
// the page that asks for a code.
const dispatchEvery = 3 * time.Second

// residentJobs adds the jobs of residents to a runner.
func (s *system) residentJobs(r *jobs.Runner, log *slog.Logger, g *residents.Register, mail notices.Sender, texts sms.Sender) {
	d := &dispatch.Dispatcher{Register: g, Outbox: s.residents, Mail: mail, SMS: texts, From: s.pack.Name, Clock: time.Now}
	r.Repeat(dispatchJob, jobs.Every(dispatchEvery), func(ctx context.Context, _ jobs.Job) error { return d.Send(ctx) })
	r.Repeat(sweepResidentsJob, jobs.Daily(3, 50), func(ctx context.Context, _ jobs.Job) error {
		n, err := g.Sweep(ctx)
		if n > 0 {
			log.InfoContext(ctx, "contacts erased", "contacts", n)
		}
		if err != nil {
			return fmt.Errorf("erase contacts: %w", err)
		}
		return nil
	})
}
