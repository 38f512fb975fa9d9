package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/jobs"
	"quanxiang/notices"
	"quanxiang/notices/smtp"
)

// mailOptions say which server takes the mails; none of it sends none.
type mailOptions struct {
	server, from, user, passwordFile string
}

func mailFlags(e *cli.Env, fs *flag.FlagSet) *mailOptions {
	o := &mailOptions{}
	fs.StringVar(&o.server, "smtp", e.Getenv("QUANXIANG_SMTP"), gov.Text{
		ZH: "发送提醒邮件的服务器，如 smtp://mail.example:587 或 smtps://mail.example；不写则不发邮件",
		EN: "server that takes mails of notice, such as smtp://mail.example:587 or smtps://mail.example; without it there are no mails"}.In(e.Lang))
	fs.StringVar(&o.from, "smtp-from", e.Getenv("QUANXIANG_SMTP_FROM"), gov.Text{ZH: "提醒邮件的发件地址", EN: "sender's address of the mails"}.In(e.Lang))
	fs.StringVar(&o.user, "smtp-user", e.Getenv("QUANXIANG_SMTP_USER"), gov.Text{
		ZH: "邮件服务器的用户名；密码取自环境变量 QUANXIANG_SMTP_PASSWORD 或 --smtp-password-file",
		EN: "user name at the mail server; the password is in the environment variable QUANXIANG_SMTP_PASSWORD or --smtp-password-file"}.In(e.Lang))
	fs.StringVar(&o.passwordFile, "smtp-password-file", e.Getenv("QUANXIANG_SMTP_PASSWORD_FILE"), gov.Text{
		ZH: "存放邮件服务器密码的文件", EN: "file that holds the password at the mail server"}.In(e.Lang))
	return o
}

// sender is where mails go, nil for nowhere.
func (o *mailOptions) sender(e *cli.Env) (notices.Sender, error) {
	if o.server == "" {
		return nil, nil
	}
	c := smtp.Config{Address: o.server, From: o.from, User: o.user, Password: e.Getenv("QUANXIANG_SMTP_PASSWORD")}
	if o.passwordFile != "" {
		text, err := os.ReadFile(o.passwordFile)
		if err != nil {
			return nil, fmt.Errorf("read the password of the mail server: %w", err)
		}
		c.Password = strings.TrimRight(string(text), "\r\n")
	}
	client, err := smtp.New(c)
	if err != nil {
		return nil, err // not a nil *Client in an interface
	}
	return client, nil
}

// tell puts together what tells people.
func (s *system) tell(sender notices.Sender, outside notices.Outside, site string, clock gov.Clock) *notices.Notices {
	return notices.New(notices.Config{
		Store: s.db.Notices(s.pack.District), Staff: s.persons, Cases: s.docket, Pack: s.packs.Current, Calendar: s.years.known,
		Clock: clock, Actor: casework.Actor, Sender: sender, Outside: outside, Site: strings.TrimSuffix(site, "/"),
	})
}

// The periodic jobs of notices.
const (
	mailJob         = "notices.mail"
	digestJob       = "notices.digest"
	sweepNoticesJob = "notices.sweep"
)

// mailEvery is how often mails are sent. With the size of a batch it bounds how
// many go out: 80 a minute.
const mailEvery = 15 * time.Second

// noticeJobs adds the jobs of notices to a runner.
func noticeJobs(r *jobs.Runner, n *notices.Notices) {
	r.Handle(docket.NoticeJob, func(ctx context.Context, j jobs.Job) error {
		id, err := gov.ParseID(j.Key)
		if err != nil {
			return fmt.Errorf("tell of case %q: %w", j.Key, err)
		}
		return n.Tell(ctx, id)
	})
	r.Repeat(mailJob, jobs.Every(mailEvery), func(ctx context.Context, _ jobs.Job) error { return n.Send(ctx) })
	r.Repeat(digestJob, jobs.Daily(8, 30), func(ctx context.Context, _ jobs.Job) error { return n.Digest(ctx) })
	r.Repeat(sweepNoticesJob, jobs.Daily(3, 40), func(ctx context.Context, _ jobs.Job) error { return n.Sweep(ctx) })
}

func (s *system) mailsWaiting(ctx context.Context) (float64, error) {
	o, err := s.db.Notices(s.pack.District).Outbox(ctx)
	return float64(o.Waiting), err
}

func (s *system) mailsGivenUp(ctx context.Context) (float64, error) {
	o, err := s.db.Notices(s.pack.District).Outbox(ctx)
	return float64(o.GivenUp), err
}
