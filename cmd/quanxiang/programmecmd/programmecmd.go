// Package programmecmd is the family of commands about support programmes as
// whoever applies meets them: what many enterprises get, one a line.
package programmecmd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/registercmd"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/policy"
	"quanxiang/rules/calculate"
	"quanxiang/rules/facts"
)

// Command is "programme". It takes the pack in a folder, or that which the
// program carries when the folder is ""; open opens an installation.
func Command(pack func(dir string) (*policy.Pack, error), open registercmd.Opener) func(context.Context, *cli.Env, []string) error {
	return func(ctx context.Context, e *cli.Env, args []string) error {
		return cli.Subcommand(ctx, e, "programme", []cli.Command{
			{Name: "calculate", Usage: "[--programmes 16,17,18] [--year YEAR] [--explain] [--pack DIR] < facts.jsonl",
				About: gov.Text{ZH: "逐行读入企业的事实，逐行算出各项支持", EN: "work out what each enterprise gets, one a line"},
				Run:   func(ctx context.Context, e *cli.Env, args []string) error { return calculateLines(ctx, e, args, pack) }},
			{Name: "replay", Usage: replayUsage,
				About: gov.Text{ZH: "按保存的规则、事实和拨付情况重新计算一个决定，逐字节比较", EN: "compute a decision again from the rules, facts and payments that are kept, and compare byte for byte"},
				Run:   func(ctx context.Context, e *cli.Env, args []string) error { return replay(ctx, e, args, open) }},
		}, args)
	}
}

// result is a line of output; Line is that of the input it answers.
type result struct {
	Line int    `json:"line"`
	ID   string `json:"id,omitempty"`
	calculate.Result
}

func calculateLines(ctx context.Context, e *cli.Env, args []string, pack func(string) (*policy.Pack, error)) error {
	fs := e.Flags("programme calculate", "[--programmes 16,17,18] [--year YEAR] [--explain] [--pack DIR] < facts.jsonl > results.jsonl")
	words := fs.String("programmes", "", gov.Text{ZH: "申报哪些文件的支持，如 16,17,18；不写则全部", EN: "the documents applied under, like 16,17,18; all without it"}.In(e.Lang))
	year := fs.Int("year", 0, gov.Text{ZH: "申报年度；不写则每行自己写明", EN: "the year applied for; without it every line says its own"}.In(e.Lang))
	trace := fs.Bool("explain", false, gov.Text{ZH: "逐条说明，没有金额的支持也列出", EN: "explain clause by clause, list benefits that come to nothing too"}.In(e.Lang))
	dir := fs.String("pack", "", gov.Text{ZH: "政策包文件夹，不写则用程序自带的", EN: "folder of the pack; the one the program carries by default"}.In(e.Lang))
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	p, err := pack(*dir)
	if err != nil {
		return err
	}
	if p.Rules == nil {
		return gov.Errorf(gov.NotFound, "政策包没有支持政策的规则。", "The pack has no rules of support programmes.")
	}
	o := facts.Options{Year: *year}
	if *words != "" {
		if o.Docs, err = facts.Docs(p.Rules, strings.Split(*words, ",")); err != nil {
			return err
		}
	}
	return run(ctx, e, calculate.New(p.Rules), o, *trace)
}

// run answers line by line, so that an input of any length takes the memory of
// its longest line. A line that is wrong is told and the next is computed.
func run(ctx context.Context, e *cli.Env, c *calculate.Calculator, o facts.Options, trace bool) error {
	in, out := bufio.NewReaderSize(e.Stdin, 1<<16), bufio.NewWriter(e.Stdout)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	bad, good, began := 0, 0, time.Now()
	var buf []byte
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := facts.ReadLine(in, buf[:0])
		if errors.Is(err, io.EOF) {
			break
		}
		buf = line
		if err != nil && gov.CodeOf(err) == gov.Internal {
			return fmt.Errorf("read line %d: %w", n, err)
		}
		if len(bytes.TrimSpace(line)) == 0 && err == nil {
			continue
		}
		r := result{Line: n}
		if err == nil {
			r.Result, err = c.JSON(line, o, trace)
		}
		if err == nil {
			r.ID, err = id(line)
		}
		if err != nil {
			bad++
			tell(e, n, err)
			continue
		}
		good++
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("write results: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	if took := time.Since(began); good > 0 {
		e.Note("算出 %[1]d 行，用时 %.1[2]f 秒，每秒 %.0[3]f 行。", "computed %[1]d lines in %.1[2]f s, %.0[3]f a second.", good, took.Seconds(), float64(good)/took.Seconds())
	}
	if bad > 0 {
		return gov.Errorf(gov.Invalid, "%d 行有错误，没有计算；%d 行已算出。", "lines that are wrong and were not computed: %d; computed: %d.", bad, good)
	}
	return nil
}

// id is the mark of the sender's own.
func id(line []byte) (string, error) {
	if !bytes.Contains(line, []byte(`"id"`)) {
		return "", nil
	}
	var x struct{ ID json.RawMessage }
	if err := json.Unmarshal(line, &x); err != nil {
		return "", problems.JSON(line, err)
	}
	var s string
	if x.ID != nil && json.Unmarshal(x.ID, &s) != nil {
		return "", gov.Errorf(gov.Invalid, "id：应是加引号的文字", "id: expected a string").On("id")
	}
	return s, nil
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
