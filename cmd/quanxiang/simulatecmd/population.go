package simulatecmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/files/mapped"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/policy"
	"quanxiang/rules/facts"
	"quanxiang/rules/population"
	"quanxiang/support/invent"
	"quanxiang/support/simulate"
)

// Population is "population": snapshots of whom support programmes are for.
func Population(pack func(dir string) (*policy.Pack, error), desk Opener) func(context.Context, *cli.Env, []string) error {
	return func(ctx context.Context, e *cli.Env, args []string) error {
		return cli.Subcommand(ctx, e, "population", []cli.Command{
			{Name: "invent", Usage: "--rows N [--seed N] [--year YEAR] [--pack DIR] FILE", About: gov.Text{ZH: "虚构一批企业，写成快照", EN: "make enterprises up and write them as a snapshot"},
				Run: func(ctx context.Context, e *cli.Env, args []string) error { return inventRows(ctx, e, args, pack) }},
			{Name: "import", Usage: "--year YEAR [--for 企业] [--programmes 16,17,18] [--rest-empty] [--pack DIR] FILE < facts.jsonl", About: gov.Text{ZH: "逐行读入企业的事实，写成快照", EN: "read the facts of enterprises, one a line, and write them as a snapshot"},
				Run: func(ctx context.Context, e *cli.Env, args []string) error { return importRows(ctx, e, args, pack) }},
			{Name: "info", Usage: "[--format text|json] FILE", About: gov.Text{ZH: "显示快照里有什么，核对每一块", EN: "say what a snapshot holds and check every chunk"}, Run: info},
			{Name: "export", Usage: "[--row N] FILE > facts.jsonl", About: gov.Text{ZH: "把快照写回逐行的事实", EN: "write a snapshot back as facts, one enterprise a line"}, Run: export},
			{Name: "add", Usage: "--name NAME [--year YEAR] FILE", About: gov.Text{ZH: "把快照或逐行的事实收入运行中的系统，供试算选用", EN: "take a snapshot, or lines of facts, into an installation that may be running, for its simulations"},
				Run: func(ctx context.Context, e *cli.Env, args []string) error { return add(ctx, e, args, desk) }},
		}, args)
	}
}

// progress draws how far something has come, if somebody watches.
func progress(e *cli.Env, total int64) func(int64) {
	draw := e.Progress()
	if draw == nil {
		return nil
	}
	return func(done int64) { draw(int(done), int(total)) }
}

func rulesOf(pack func(string) (*policy.Pack, error), dir string) (*policy.Pack, error) {
	p, err := pack(dir)
	if err == nil && p.Rules == nil {
		err = gov.Errorf(gov.NotFound, "政策包没有支持政策的规则。", "The pack has no rules of support programmes.")
	}
	return p, err
}

func inventRows(ctx context.Context, e *cli.Env, args []string, pack func(string) (*policy.Pack, error)) error {
	fs := e.Flags("population invent", "--rows N [--seed N] [--year YEAR] [--pack DIR] FILE")
	rows := fs.Int("rows", 0, gov.Text{ZH: "多少家企业", EN: "how many enterprises"}.In(e.Lang))
	seed := fs.Uint64("seed", 1, gov.Text{ZH: "种子：同一种子虚构同样的企业", EN: "the seed: the same one makes the same enterprises up"}.In(e.Lang))
	year := fs.Int("year", 2017, gov.Text{ZH: "事实所属年度", EN: "the year the facts are of"}.In(e.Lang))
	dir := packFlag(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if *rows < 1 || *rows > maxRows {
		return gov.Errorf(gov.Invalid, "--rows 应为 1 至 %d", "--rows must be from 1 to %d", maxRows)
	}
	p, err := rulesOf(pack, *dir)
	if err != nil {
		return err
	}
	var id population.Identity
	err = cli.CreateWhole(rest[0], func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 1<<20)
		id, err = invent.Population(ctx, out, invent.Options{Pack: p, Year: *year, N: *rows, Seed: *seed, Progress: progress(e, int64(*rows))})
		return errors.Join(err, out.Flush())
	})
	if err != nil {
		return err
	}
	e.Say("%d 家虚构企业，快照 %s", "%d invented enterprises, snapshot %s", *rows, id)
	return nil
}

// maxRows is what a snapshot is made of at most by this command.
const maxRows = 50_000_000

func importRows(ctx context.Context, e *cli.Env, args []string, pack func(string) (*policy.Pack, error)) error {
	fs := e.Flags("population import", "--year YEAR [--for 企业] [--programmes 16,17,18] [--rest-empty] [--pack DIR] FILE < facts.jsonl")
	year := fs.Int("year", 0, gov.Text{ZH: "事实所属年度", EN: "the year the facts are of"}.In(e.Lang))
	who := fs.String("for", invent.Applicant, gov.Text{ZH: "哪一种申报者", EN: "the kind of applicant"}.In(e.Lang))
	words := fs.String("programmes", "", gov.Text{ZH: "只留下这些文件用到的事实，如 16,17,18", EN: "keep only facts that these documents read, like 16,17,18"}.In(e.Lang))
	empty := fs.Bool("rest-empty", false, gov.Text{ZH: "没有写的事实一律为空（0、否、没有项、最后一个选项）", EN: "facts that are not stated are nothing (0, no, no entries, the last choice)"}.In(e.Lang))
	dir := packFlag(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if *year == 0 {
		return cli.Misused(fs, "请用 --year 写明事实所属年度。", "Say with --year which year the facts are of.")
	}
	p, err := rulesOf(pack, *dir)
	if err != nil {
		return err
	}
	o := population.Statements{Program: p.Rules, Applicant: *who, Year: *year, Rest: *empty, Tell: func(n int, err error) { tell(e, n, err) }}
	if *words != "" {
		if o.Docs, err = facts.Docs(p.Rules, strings.Split(*words, ",")); err != nil {
			return err
		}
	}
	var id population.Identity
	var x population.Index
	err = cli.CreateWhole(rest[0], func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 1<<20)
		id, x, err = population.Import(ctx, e.Stdin, out, o)
		return errors.Join(err, out.Flush())
	})
	if err != nil {
		return err
	}
	e.Say("%d 行，快照 %s", "%d rows, snapshot %s", x.Rows, id)
	lacked(e, &x)
	if x.Wrong > 0 {
		return gov.Errorf(gov.Invalid, "%d 行有错误，没有收入快照。", "%d lines are wrong and not in the snapshot.", x.Wrong)
	}
	return nil
}

// tell says what is wrong with a line, each mistake with its path.
func tell(e *cli.Env, n int, err error) {
	list, ok := errors.AsType[problems.List](err)
	if !ok {
		e.Note("第 %[1]d 行：%[2]s", "line %[1]d: %[3]s", n, gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN))
		return
	}
	for _, p := range list {
		e.Note("第 %[1]d 行：%[2]s", "line %[1]d: %[3]s", n, p.Text.ZH, p.Text.EN)
	}
}

// lacked says who was left out for want of which facts.
func lacked(e *cli.Env, x *population.Index) {
	if x.Apart == 0 {
		return
	}
	e.Say("%d 个申报者缺少规则要用的事实，没有收入快照：", "%d applicants lack facts that the rules read and are not in the snapshot:", x.Apart)
	for i, l := range x.Lacked {
		if i == 20 {
			break
		}
		e.Say("  %[1]s：%[2]d 个", "  %[1]s: %[2]d", l.Fact, l.Rows)
	}
}

// open opens a snapshot; the caller closes the file when it is done with it.
func open(name string) (*mapped.File, *population.Snapshot, error) {
	f, err := mapped.Open(name)
	if os.IsNotExist(err) {
		return nil, nil, gov.Errorf(gov.NotFound, "找不到“%s”", "there is no %q", name)
	}
	if err != nil {
		return nil, nil, err
	}
	s, err := population.Open(f.Data)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, s, nil
}

func info(ctx context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("population info", "[--format text|json] FILE")
	form := cli.FormatFlag(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if err := cli.BadFormat(e, *form); err != nil {
		return err
	}
	f, s, err := open(rest[0])
	if err != nil {
		return err
	}
	defer f.Close()
	for n := range s.Chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := s.Chunk(n)
		if err == nil {
			_, err = c.Row(0)
		}
		if err != nil {
			return err
		}
	}
	if *form == "json" {
		x := s.Index
		x.Chunks = nil
		return cli.PrintJSON(e.Stdout, struct {
			Identity string `json:"identity"`
			Bytes    int    `json:"bytes"`
			population.Index
		}{s.Identity.String(), len(f.Data), x})
	}
	how := gov.Text{ZH: "由事实读入", EN: "from statements"}
	if s.Made == population.Invented {
		how = gov.Textf("虚构，种子 %s", "invented, seed %s", s.Seed)
	}
	e.Say("快照 %s", "snapshot %s", s.Identity)
	e.Say("%[1]s，%[2]d 年度，%[3]d 行（%[4]s）", "%[1]s, %[2]d, %[3]d rows (%[5]s)", s.Applicant, s.Year, s.Rows, how.ZH, how.EN)
	e.Say("%[1]d 项事实，%[2]d 块，每行 %[3]d 字节", "%[1]d facts, %[2]d chunks, %[3]d bytes a row", len(s.Facts), len(s.Chunks), int64(len(f.Data))/max(s.Rows, 1))
	for _, g := range s.Groups {
		title := simulate.GroupName(g.ID)
		e.Say("%[1]s：%[3]s", "%[2]s: %[3]s", title.ZH, title.EN, strings.Join(g.Names[1:], "、"))
	}
	lacked(e, &s.Index)
	return nil
}

func export(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("population export", "[--row N] FILE > facts.jsonl")
	row := fs.Int64("row", 0, gov.Text{ZH: "只写这一行（从 1 起）", EN: "this row only, from 1"}.In(e.Lang))
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	f, s, err := open(rest[0])
	if err != nil {
		return err
	}
	defer f.Close()
	if *row == 0 {
		return s.Export(e.Stdout)
	}
	line, err := s.Line(*row - 1)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Stdout, "%s\n", line)
	return err
}
