// Package registercmd is the family of commands about registers: what the pack
// declares, and files of any size brought in.
package registercmd

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/support/apply"
	"quanxiang/web/export"
)

// Desk is an installation opened for a command of the family.
type Desk struct {
	Pack      *policy.Pack
	Importer  *registers.Importer
	Registers *registers.Registers
	Support   *apply.Applications // for the family "programme", which opens an installation alike
	Files     *files.Folder
	By        people.Standing             // the operator
	Sequence  func(context.Context) error // puts what was recorded into the ledger's tree
	Close     func() error
}

// Opener adds the flags that name an installation to a command's and returns
// what opens it once they are parsed.
type Opener func(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*Desk, error)

type family struct{ open Opener }

const importUsage = "FILE --register ID --unit UNIT [--kind KIND] [--good-rows] [--errors FILE] [--data DIR] [--database ADDRESS]"

// Command returns the command that runs the one of the family the arguments
// name.
func Command(open Opener) func(context.Context, *cli.Env, []string) error {
	f := family{open}
	return func(ctx context.Context, e *cli.Env, args []string) error {
		return cli.Subcommand(ctx, e, "register", []cli.Command{
			{Name: "import", Usage: importUsage, About: gov.Text{ZH: "把 CSV 或 XLSX 文件导入名录；中断后再运行同一命令会接着做", EN: "bring a CSV or XLSX file into a register; run again after an interruption it goes on"}, Run: f.load},
			{Name: "grade", Usage: "--register ID [--data DIR] [--database ADDRESS]", About: gov.Text{ZH: "重新评定名录中各条目的信用等级", EN: "work out the classes of a register's entries anew"}, Run: f.grade},
			{Name: "may", Usage: "KEY --receive ID --purpose ID --unit UNIT [--on DATE] [--register ID] [--note TEXT] [--format text|json] [--data DIR] [--database ADDRESS]", About: gov.Text{ZH: "查询一个条目能否享受某事项，有没有联合惩戒措施；查询会记录", EN: "ask whether joint restrictions stand against an entry; the question is recorded"}, Run: f.may},
		}, args)
	}
}

func (f family) load(ctx context.Context, e *cli.Env, args []string) (err error) {
	fs := e.Flags("register import", "FILE")
	open := f.open(e, fs)
	var i registers.Import
	fs.StringVar(&i.Register, "register", "", gov.Text{ZH: "名录编号，如 market", EN: "id of the register, such as market"}.In(e.Lang))
	fs.StringVar(&i.Kind, "kind", "", gov.Text{ZH: "记录类型，如 penalty；不写则导入条目本身", EN: "kind of record, such as penalty; without it the entries themselves"}.In(e.Lang))
	fs.StringVar(&i.Unit, "unit", "", gov.Text{ZH: "信息来源单位的编号", EN: "id of the unit it comes from"}.In(e.Lang))
	fs.BoolVar(&i.GoodOnly, "good-rows", false, gov.Text{ZH: "有错误的行不导入，其余照常导入", EN: "leave bad rows out and take the others"}.In(e.Lang))
	errorsTo := fs.String("errors", "", gov.Text{ZH: "错误清单写到这个文件（默认在原文件旁加 .errors.csv）", EN: "file for what is wrong (default: beside the file, with .errors.csv)"}.In(e.Lang))
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if err := cli.Needed(fs, "register", "unit"); err != nil {
		return err
	}
	d, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := registers.NewTarget(d.Pack, i.Register, i.Kind, i.Unit); err != nil {
		return err
	}
	file, err := os.Open(rest[0])
	if err != nil {
		return gov.Errorf(gov.NotFound, "无法打开“%s”", "cannot open %q", rest[0]).Because(err)
	}
	defer file.Close()
	key, size, err := d.Files.Put(ctx, file, export.MaxStreamed)
	if err != nil {
		return err
	}
	i.ID, i.File, i.Name, i.Bytes = gov.NewID(d.Importer.Clock()), string(key), filepath.Base(rest[0]), size
	if err := f.begin(ctx, e, d, &i); err != nil {
		return err
	}
	show := e.Progress()
	d.Importer.Step = func(now registers.Import) {
		if show != nil && now.Bytes > 0 && now.Offset <= now.Bytes {
			show(int(now.Offset>>10), int(now.Bytes>>10)+1)
		}
	}
	if err := d.Importer.Run(ctx, i.ID); err != nil {
		return err
	}
	if i, err = d.Importer.Store.Import(ctx, i.ID); err != nil {
		return err
	}
	if *errorsTo == "" {
		*errorsTo = rest[0] + ".errors.csv"
	}
	return errors.Join(tell(ctx, e, d, i, *errorsTo), d.Sequence(ctx))
}

// begin asks for an import, or goes on with one of the same file that did not end.
func (f family) begin(ctx context.Context, e *cli.Env, d *Desk, i *registers.Import) error {
	list, err := d.Importer.Store.Imports(ctx, 100)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Ended != 0 || o.File != i.File || o.Register != i.Register || o.Kind != i.Kind || o.Unit != i.Unit {
			continue
		}
		if o.Line > 0 {
			e.Note("接着上次的导入，从第 %d 行开始。", "Going on with the import from before, behind line %d.", o.Line)
		}
		good := i.GoodOnly
		if *i = o; good && o.Phase == registers.Waiting {
			return d.Importer.TakeGood(ctx, d.By, o.ID)
		}
		return nil
	}
	return d.Importer.Ask(ctx, d.By, *i, true)
}

// tell says what became of an import and writes what was wrong into a file.
func tell(ctx context.Context, e *cli.Env, d *Desk, i registers.Import, path string) (err error) {
	if i.Bad > 0 {
		target, err := registers.NewTarget(d.Pack, i.Register, i.Kind, i.Unit)
		if err != nil {
			return err
		}
		if err := writeRejects(ctx, e, d, i, target, path); err != nil {
			return err
		}
		e.Note("有 %d 行不能导入，原因见 %s", "%d rows cannot be taken; %s says why", i.Bad, path)
	}
	switch i.Phase {
	case registers.Failed:
		return gov.Errorf(gov.Invalid, "%[1]s", "%[2]s", i.Failure.ZH, i.Failure.EN)
	case registers.Waiting:
		e.Say("尚未导入：%d 行可以导入。更正文件后再来，或加 --good-rows 只导入这些行。", "Nothing was taken: %d rows could be. Mend the file, or take those rows with --good-rows.", i.Good)
		return cli.ErrSilent
	}
	e.Say("导入完成：新增 %d，更正 %d，未变 %d。", "Imported: %d new, %d corrected, %d unchanged.", i.Added, i.Changed, i.Same)
	return nil
}

func writeRejects(ctx context.Context, e *cli.Env, d *Desk, i registers.Import, t registers.Target, path string) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write what is wrong: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := csv.NewWriter(out)
	head := []gov.Text{{ZH: "行", EN: "Line"}, {ZH: "列", EN: "Column"}, {ZH: "问题", EN: "Mistake"}, {ZH: "填写的内容", EN: "Typed"}}
	row := make([]string, len(head))
	for n, h := range head {
		row[n] = h.In(e.Lang)
	}
	row[0] = "\ufeff" + row[0]
	if err := w.Write(row); err != nil {
		return err
	}
	err = d.Importer.Rejects(ctx, i.ID, func(r registers.Reject) error {
		return w.Write([]string{strconv.FormatInt(r.Line, 10), t.Label(r.Column).In(e.Lang), r.Text.In(e.Lang), export.Harmless(r.Typed)})
	})
	w.Flush()
	return errors.Join(err, w.Error())
}

func (f family) grade(ctx context.Context, e *cli.Env, args []string) (err error) {
	fs := e.Flags("register grade", "")
	open := f.open(e, fs)
	id := fs.String("register", "", gov.Text{ZH: "名录编号", EN: "id of the register"}.In(e.Lang))
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	if err := cli.Needed(fs, "register"); err != nil {
		return err
	}
	d, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := d.Registers.Register(*id); err != nil {
		return err
	}
	if err := d.Registers.GradeAll(ctx, *id); err != nil {
		return err
	}
	e.Say("已评定。", "Graded.")
	return d.Sequence(ctx)
}
