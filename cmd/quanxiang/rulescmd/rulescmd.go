// Package rulescmd is the family of commands about rule files of support
// programmes: format them, check them, run their examples, explain what an
// applicant gets.
package rulescmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/check"
	"quanxiang/rules/eval"
	"quanxiang/rules/explain"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
	"quanxiang/rules/trial"
)

// Command is "rules".
func Command(ctx context.Context, e *cli.Env, args []string) error {
	return cli.Subcommand(ctx, e, "rules", []cli.Command{
		{Name: "fmt", Usage: "[--diff] FILE|DIR...", About: gov.Text{ZH: "按规范重排规则文件", EN: "format rule files"}, Run: format},
		{Name: "check", Usage: "[--on DAY] [--known DAY] FILE|DIR...", About: gov.Text{ZH: "检查规则文件", EN: "check rule files"}, Run: checkFiles},
		{Name: "test", Usage: "[--on DAY] [--mutate] FILE|DIR...", About: gov.Text{ZH: "运行规则文件里的例，找出没有例检验的数", EN: "run the examples of rule files, find numbers no example tests"}, Run: test},
		{Name: "explain", Usage: "--facts FILE|- [--on DAY] [--format text|json] [--all] FILE|DIR...", About: gov.Text{ZH: "算出一个申报者能得多少，逐条说明", EN: "work out what an applicant gets, clause by clause"}, Run: explainFacts},
		{Name: "cliffs", Usage: "[--on DAY] FILE|DIR...", About: gov.Text{ZH: "找出多一分收入或投入反而少得的地方", EN: "find where more of a fact brings less in all"}, Run: cliffs},
		{Name: "doc", Usage: "[--on DAY] FILE|DIR...", About: gov.Text{ZH: "列出各项支持和它们的数", EN: "list the benefits and their numbers"}, Run: doc},
	}, args)
}

// names are the rule files that arguments name.
func names(args []string) ([]string, error) {
	var list []string
	for _, a := range args {
		info, err := os.Stat(a)
		if err != nil {
			return nil, gov.Errorf(gov.NotFound, "找不到“%s”", "there is no %q", a)
		}
		if !info.IsDir() {
			list = append(list, a)
			continue
		}
		err = filepath.WalkDir(a, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && filepath.Ext(path) == ".rule" {
				list = append(list, path)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("list rule files in %s: %w", a, err)
		}
	}
	if len(list) == 0 {
		return nil, gov.Errorf(gov.NotFound, "没有规则文件（.rule）", "there are no rule files (.rule)")
	}
	return list, nil
}

func format(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("rules fmt", "[--diff] FILE|DIR...")
	diff := fs.Bool("diff", false, gov.Text{ZH: "只列出与规范不符的文件，不改动", EN: "list files that are not formatted, change nothing"}.In(e.Lang))
	rest, err := cli.ParseSome(fs, args)
	if err != nil {
		return err
	}
	list, err := names(rest)
	if err != nil {
		return err
	}
	differ := false
	for _, name := range list {
		data, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read rule file: %w", err)
		}
		out, err := syntax.Format(name, data)
		if err != nil {
			return refuse(e, err)
		}
		if bytes.Equal(out, data) {
			continue
		}
		differ = true
		fmt.Fprintln(e.Stdout, name)
		if !*diff {
			if err := os.WriteFile(name, out, 0o644); err != nil {
				return fmt.Errorf("write rule file: %w", err)
			}
		}
	}
	if *diff && differ {
		return cli.ErrSilent
	}
	return nil
}

// refuse prints every mistake and fails as wrong input.
func refuse(e *cli.Env, err error) error {
	list, ok := err.(problems.List)
	if !ok {
		return err
	}
	fmt.Fprintln(e.Stderr, list.In(e.Lang))
	return gov.Errorf(gov.Invalid, "有 %d 处错误", "mistakes: %d", len(list))
}

// days are the flags that say for which day rules are compiled.
type days struct{ on, known *string }

func dayFlags(e *cli.Env, fs interface {
	String(name, value, usage string) *string
}) days {
	return days{
		fs.String("on", "", gov.Text{ZH: "规则适用的日期，不写则用最新的规则，不看有效期", EN: "the day the rules hold on; without it the newest rules and no look at validity"}.In(e.Lang)),
		fs.String("known", "", gov.Text{ZH: "按哪一天所知道的规则", EN: "as the rules were known on that day"}.In(e.Lang)),
	}
}

// compile reads and compiles rule files.
func compile(e *cli.Env, args []string, d days) (*ir.Program, []*syntax.File, []*syntax.Example, error) {
	var when check.When
	var err error
	if when.On, err = gov.ParseDate(*d.on); err != nil {
		return nil, nil, nil, err
	}
	if when.Known, err = gov.ParseDate(*d.known); err != nil {
		return nil, nil, nil, err
	}
	list, err := names(args)
	if err != nil {
		return nil, nil, nil, err
	}
	var files []*syntax.File
	var wrong problems.List
	for _, name := range list {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("read rule file: %w", err)
		}
		files = append(files, syntax.Parse(name, data, &wrong))
	}
	wrong.Sort()
	if err := wrong.Err(); err != nil {
		return nil, nil, nil, refuse(e, err)
	}
	p, warnings, err := check.Compile(files, when)
	if err != nil {
		return nil, nil, nil, refuse(e, err)
	}
	for _, w := range warnings {
		e.Note("提醒：%[1]s", "warning: %[2]s", gov.TextOf(w, gov.ZH), gov.TextOf(w, gov.EN))
	}
	return p, files, check.Examples(files, when), nil
}

func checkFiles(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("rules check", "[--on DAY] [--known DAY] FILE|DIR...")
	d := dayFlags(e, fs)
	rest, err := cli.ParseSome(fs, args)
	if err != nil {
		return err
	}
	p, _, examples, err := compile(e, rest, d)
	if err != nil {
		return err
	}
	if err := trial.Facts(p, examples).Err(); err != nil {
		return refuse(e, err)
	}
	pending := 0
	for _, r := range p.Readings {
		if r.Pending {
			pending++
		}
	}
	e.Say("%d 份文件，%d 项支持，%d 个数；%d 个解读待定。", "%d documents, %d benefits, %d numbers; %d readings pending.", len(p.Docs), len(p.Benefits), len(p.Consts), pending)
	return nil
}

func test(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("rules test", "[--on DAY] [--mutate] FILE|DIR...")
	d := dayFlags(e, fs)
	mutate := fs.Bool("mutate", false, gov.Text{ZH: "逐个改动规则里的数和界点，看有没有例发现", EN: "change each number and edge of the rules and see whether an example notices"}.In(e.Lang))
	rest, err := cli.ParseSome(fs, args)
	if err != nil {
		return err
	}
	p, _, examples, err := compile(e, rest, d)
	if err != nil {
		return err
	}
	n, failures := trial.Run(p, examples)
	if err := failures.Err(); err != nil {
		return refuse(e, err)
	}
	e.Say("%d 个例，%d 个预期，全部成立。", "%d examples, %d expectations, all hold.", len(examples), n)
	if !*mutate {
		return nil
	}
	untested := trial.Mutate(p, examples)
	for _, u := range untested {
		fmt.Fprintf(e.Stdout, "%s: %s\n", u.Pos, u.Text.In(e.Lang))
	}
	if len(untested) > 0 {
		e.Say("%d 处没有例检验。", "%d places no example tests.", len(untested))
		return cli.ErrSilent
	}
	return nil
}

func explainFacts(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("rules explain", "--facts FILE|- [--on DAY] [--format text|json] [--all] FILE|DIR...")
	d := dayFlags(e, fs)
	name := fs.String("facts", "", gov.Text{ZH: "申报者的事实（JSON）", EN: "the facts of the applicant (JSON)"}.In(e.Lang))
	all := fs.Bool("all", false, gov.Text{ZH: "不得的支持也列出", EN: "list benefits that come to nothing too"}.In(e.Lang))
	form := cli.FormatFlag(e, fs)
	rest, err := cli.ParseSome(fs, args)
	if err != nil {
		return err
	}
	if err := cli.BadFormat(e, *form); err != nil {
		return err
	}
	if *name == "" {
		return cli.Misused(fs, "请用 --facts 写明事实文件。", "Say with --facts which file has the facts.")
	}
	var data []byte
	if *name == "-" {
		data, err = io.ReadAll(e.Stdin)
	} else {
		data, err = os.ReadFile(*name)
	}
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	p, _, _, err := compile(e, rest, d)
	if err != nil {
		return err
	}
	f, err := facts.Read(p, data)
	if err != nil {
		return refuse(e, err)
	}
	m := eval.New(p)
	a := explain.Of(p, m, m.Run(f, true))
	if *form == "json" {
		enc := json.NewEncoder(e.Stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(a)
	}
	fmt.Fprint(e.Stdout, a.Text(e.Lang, *all))
	return nil
}

func cliffs(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("rules cliffs", "[--on DAY] FILE|DIR...")
	d := dayFlags(e, fs)
	rest, err := cli.ParseSome(fs, args)
	if err != nil {
		return err
	}
	p, _, examples, err := compile(e, rest, d)
	if err != nil {
		return err
	}
	for _, c := range trial.Cliffs(p, examples) {
		fmt.Fprintln(e.Stdout, c.Text.In(e.Lang))
	}
	return nil
}

func doc(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("rules doc", "[--on DAY] FILE|DIR...")
	d := dayFlags(e, fs)
	rest, err := cli.ParseSome(fs, args)
	if err != nil {
		return err
	}
	p, _, _, err := compile(e, rest, d)
	if err != nil {
		return err
	}
	fmt.Fprint(e.Stdout, explain.Reference(p, e.Lang))
	return nil
}
