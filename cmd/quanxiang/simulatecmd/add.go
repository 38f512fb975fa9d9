package simulatecmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/support/runs"
)

// Desk is an installation as far as populations are added to it.
type Desk struct {
	Runs     *runs.Runs
	By       people.Standing
	Sequence func(context.Context) error // puts what was done into the ledger
	Close    func() error
}

// Opener opens an installation after its flags were read.
type Opener func(*cli.Env, *flag.FlagSet) func(context.Context) (*Desk, error)

// add takes a population into an installation.
func add(ctx context.Context, e *cli.Env, args []string, open Opener) (err error) {
	fs := e.Flags("population add", "--name NAME [--year YEAR] FILE")
	name := fs.String("name", "", gov.Text{ZH: "页面上显示的名称", EN: "what pages call it"}.In(e.Lang))
	year := fs.Int("year", 0, gov.Text{ZH: "逐行的事实所属年度；快照自带年度", EN: "the year that lines of facts are of; a snapshot says its own"}.In(e.Lang))
	desk := open(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	f, err := os.Open(rest[0])
	if err != nil {
		return gov.Errorf(gov.NotFound, "打不开文件 %s", "cannot open the file %s", rest[0]).Because(err)
	}
	defer f.Close()
	d, err := desk(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	p, err := d.Runs.Add(ctx, d.By, *name, *year, f)
	if err != nil {
		return err
	}
	if err := d.Sequence(ctx); err != nil {
		return fmt.Errorf("sequence the ledger: %w", err)
	}
	e.Say("已收入“%[1]s”：%[2]d 行，编号 %[3]s，快照 %[4]s", "%[1]q is in: %[2]d rows, id %[3]s, snapshot %[4]s", p.Name, p.Rows, p.ID.String(), p.Snapshot)
	return nil
}
