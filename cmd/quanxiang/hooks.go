package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/jobs"
	"quanxiang/notices"
	"quanxiang/notices/hooks"
	"quanxiang/policy"
	"quanxiang/residents"
)

// hookOptions say which inner networks webhooks may reach.
type hookOptions struct{ allowed string }

func hookFlags(e *cli.Env, fs *flag.FlagSet) *hookOptions {
	o := &hookOptions{}
	fs.StringVar(&o.allowed, "webhook-allow", e.Getenv("QUANXIANG_WEBHOOK_ALLOW"), gov.Text{
		ZH: "允许推送到的内部地址或网段，用逗号分开，如 10.3.0.0/16；不写则只推送到公网的 https 地址",
		EN: "inner addresses or networks webhooks may reach, separated by commas, such as 10.3.0.0/16; without it they reach public https addresses only"}.In(e.Lang))
	return o
}

// listeners puts together what tells other systems, and subscribers by mail.
func (s *system) listeners(o *hookOptions, n *notices.Notices, g *residents.Register, site string, log *slog.Logger) (*hooks.Hooks, error) {
	allowed, err := networks("--webhook-allow", o.allowed)
	if err != nil {
		return nil, err
	}
	site = strings.TrimSuffix(site, "/")
	told := s.bulletin(site)
	return hooks.New(hooks.Config{
		Besides: func(ctx context.Context, p hooks.Public) error { return g.Announce(ctx, told.Happening(p)) },
		Store:   s.db.Hooks(s.pack.District, s.ring), Casework: s.casework, Pack: s.packs.Current, Poster: hooks.NewClient(allowed), Clock: time.Now, Site: site,
		Stopped: func(ctx context.Context, h hooks.Hook) {
			log.WarnContext(ctx, "a webhook was stopped", "hook", h.ID.String(), "why", h.Stopped)
			err := n.Alert(ctx, policy.ManageLogins, gov.Textf("推送订阅已停：%s", "A webhook was stopped: %s", h.About),
				gov.Textf("对方不再接收推送，订阅“%[1]s”已停。请联系接收方，修好后在 %[2]s/console/hooks 重新启用。",
					"The receiver does not take what is sent, so the subscription %[1]q was stopped. Call them, and switch it on at %[2]s/console/hooks when it works again.", h.About, site))
			if err != nil {
				log.ErrorContext(ctx, "administrators could not be told of a webhook", "hook", h.ID.String(), "err", err)
			}
		},
	}), nil
}

// networks reads a list of addresses and networks.
func networks(flag, text string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range commaList(text) {
		p, err := netip.ParsePrefix(text)
		if at, single := netip.ParseAddr(text); single == nil {
			p, err = netip.PrefixFrom(at, at.BitLen()), nil
		}
		if err != nil {
			return nil, gov.Errorf(gov.Invalid, "%[1]s 应为地址或 CIDR，如 10.0.0.0/8，不是“%[2]s”。", "%[1]s is an address or a CIDR such as 10.0.0.0/8, not %[2]q.", flag, text)
		}
		list = append(list, p.Masked())
	}
	return list, nil
}

// The periodic jobs of webhooks.
const (
	sendHooksJob  = "hooks.send"
	sweepHooksJob = "hooks.sweep"
)

// hooksEvery is how often what is due is sent.
const hooksEvery = 5 * time.Second

// hookJobs adds the jobs of webhooks to a runner.
func hookJobs(r *jobs.Runner, x *hooks.Hooks) {
	r.Handle(hooks.Job, func(ctx context.Context, j jobs.Job) error {
		id, err := gov.ParseID(j.Key)
		if err != nil {
			return fmt.Errorf("announce case %q: %w", j.Key, err)
		}
		return x.Announce(ctx, id)
	})
	r.Repeat(sendHooksJob, jobs.Every(hooksEvery), func(ctx context.Context, _ jobs.Job) error { return x.Send(ctx) })
	r.Repeat(sweepHooksJob, jobs.Daily(3, 50), func(ctx context.Context, _ jobs.Job) error { return x.Sweep(ctx) })
}
