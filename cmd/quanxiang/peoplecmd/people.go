// Package peoplecmd is the family of commands about the staff: who works for
// the district, which roles they hold, and the links by which they get in. They
// act as an operator, whom the operating system has let in: every act is in the
// ledger with the operator's login.
package peoplecmd

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// Desk is an installation opened for a command of the family.
type Desk struct {
	Office   *people.Office
	Pack     *policy.Pack
	By       people.Standing             // the operator
	Sequence func(context.Context) error // puts what was recorded into the ledger's tree
	Close    func() error
}

// Opener adds the flags that name an installation to a command's and returns
// what opens it once they are parsed.
type Opener func(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*Desk, error)

// family is the commands on what an Opener opens.
type family struct{ open Opener }

// Command returns the command that runs the one of the family the arguments
// name.
func Command(open Opener) func(context.Context, *cli.Env, []string) error {
	f := family{open}
	return func(ctx context.Context, e *cli.Env, args []string) error {
		return cli.Subcommand(ctx, e, "people", []cli.Command{
			{Name: "admin", Usage: adminUsage, About: gov.Text{ZH: "任命首位管理员，得到一次性链接码", EN: "appoint the first administrator and print a one-time code"}, Run: f.admin},
			{Name: "add", Usage: addUsage, About: gov.Text{ZH: "登记一人", EN: "enter a person"}, Run: f.add},
			{Name: "list", Usage: listUsage, About: gov.Text{ZH: "列出人员、账号状态和任职；姓名遮盖，除非写明理由", EN: "list persons, their accounts and roles; names are masked unless a reason is given"}, Run: f.list},
			{Name: "assign", Usage: assignUsage, About: gov.Text{ZH: "授予角色", EN: "give a person a role"}, Run: f.assign},
			{Name: "end", Usage: endUsage, About: gov.Text{ZH: "终止任职", EN: "end an assignment"}, Run: f.end},
			{Name: "invite", Usage: inviteUsage, About: gov.Text{ZH: "建立账号或重设密码，得到一次性链接码", EN: "make an account, or let its password be set anew, by a one-time code"}, Run: f.invite},
			{Name: "import", Usage: importUsage, About: gov.Text{ZH: "从 CSV 登记多人，逐行报告", EN: "enter persons from a CSV file, with a report on its rows"}, Run: f.read},
			{Name: "export", Usage: exportUsage, About: gov.Text{ZH: "把人员名单写成 CSV", EN: "write the list of persons as CSV"}, Run: f.export},
		}, args)
	}
}

// usages name the arguments of the commands, for the list and for -h.
const (
	adminUsage  = "NAME --unit UNIT --login LOGIN [--role ROLE] [--staff-no NO] [--base-url URL]"
	addUsage    = "NAME --unit UNIT [--staff-no NO] [--mobile NUMBER] [--email ADDRESS]"
	listUsage   = "[--unit UNIT] [--role ROLE] [--show REASON] [--format text|json]"
	assignUsage = "PERSON --role ROLE --unit UNIT [--post POST] [--from DAY] [--to DAY]"
	endUsage    = "ASSIGNMENT [--on DAY]"
	inviteUsage = "PERSON [--login LOGIN] [--renew] [--base-url URL]"
	importUsage = "FILE [--dry-run]"
	exportUsage = "FILE|- --show REASON"
)

// command is one run of a command: its flags are added first, then it runs.
type command struct {
	e    *cli.Env
	fs   *flag.FlagSet
	open func(context.Context) (*Desk, error)
	need []string // flags
}

func (f family) command(e *cli.Env, name, usage string, need ...string) *command {
	fs := e.Flags("people "+name, usage)
	return &command{e, fs, f.open(e, fs), need}
}

// text adds a flag with a text.
func (c *command) text(name, zh, en string) *string {
	return c.fs.String(name, "", gov.Text{ZH: zh, EN: en}.In(c.e.Lang))
}

// run parses the arguments, of which n stand alone, opens the installation, runs
// fn at it and puts what it recorded into the ledger's tree.
func (c *command) run(ctx context.Context, args []string, n int, fn func(d *Desk, rest []string) error) (err error) {
	rest, err := cli.ParseExactly(c.fs, args, n)
	if err != nil {
		return err
	}
	if err := cli.Needed(c.fs, c.need...); err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	// What was done before a mistake is recorded too.
	done := fn(d, rest)
	if err := d.Sequence(ctx); err != nil {
		return errors.Join(done, fmt.Errorf("sequence the ledger: %w", err))
	}
	return done
}

// unit is the id of a unit that is named by its id or by a name of the pack.
func (d *Desk) unit(name string) string {
	if u, ok := d.Pack.FindUnit(name); ok {
		return u.ID
	}
	return name
}

// person finds a person by id or staff number.
func (d *Desk) person(ctx context.Context, e *cli.Env, ref string) (people.Overview, error) {
	id, err := gov.ParseID(ref)
	if err != nil {
		p, err := d.Office.FindStaff(ctx, d.By, ref)
		if gov.CodeOf(err) == gov.NotFound {
			return people.Overview{}, gov.Errorf(gov.NotFound, "没有工号或编号为“%s”的人。", "Nobody has the staff number or id %q.", ref)
		}
		if err != nil {
			return people.Overview{}, err
		}
		id = p.ID
	}
	return d.Office.Overview(ctx, d.By, id)
}

// day reads a day of a flag; "" is otherwise.
func day(text, flag string, otherwise gov.Date) (gov.Date, error) {
	if text == "" {
		return otherwise, nil
	}
	d, err := gov.ParseDate(text)
	if err != nil || d.IsZero() {
		return d, gov.Errorf(gov.Invalid, "--%[1]s 应为日期，如 2026-11-30，不是“%[2]s”。", "--%[1]s is a day such as 2026-11-30, not %[2]q.", flag, text)
	}
	return d, nil
}
