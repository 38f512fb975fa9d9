// Package drawcmd is the family of commands about the public draw: anyone can
// verify a transcript with it, and a party of a draw sign with a key of its own,
// offline, without an installation.
package drawcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/draw"
	"quanxiang/gov"
)

// Command is "draw".
func Command(ctx context.Context, e *cli.Env, args []string) error {
	return cli.Subcommand(ctx, e, "draw", []cli.Command{
		{Name: "verify", Usage: "TRANSCRIPT|- [--sealed FILE] [--mirror FILE]...", About: gov.Text{ZH: "离线核验一次双随机抽取的全部记录", EN: "verify the transcript of a draw, offline"}, Run: verify},
		{Name: "key", Usage: "new|show FILE", About: gov.Text{ZH: "抽取各方的密钥文件", EN: "key files of the parties of draws"}, Run: key},
		{Name: "sign", Usage: "--key FILE REQUEST [--out FILE] [--show]", About: gov.Text{ZH: "用密钥文件答复抽取页面的请求", EN: "answer a request of a draw with a key file"}, Run: sign},
		{Name: "vectors", Usage: "", About: gov.Text{ZH: "重算公开的检验数据", EN: "compute the published vectors again"}, Run: vectors},
	}, args)
}

// report is the answer of verify in JSON.
type report struct {
	Verdict draw.Kind  `json:"verdict"`
	Record  *int64     `json:"record,omitempty"`
	Class   draw.Class `json:"class,omitempty"`
	Reason  *gov.Text  `json:"reason,omitempty"`
	Missing string     `json:"missing,omitempty"`
	Plan    string     `json:"plan,omitempty"`
	Attempt int        `json:"attempt,omitempty"`
	By      string     `json:"by,omitempty"`
	Records int64      `json:"records"`
	Head    string     `json:"head"`
	Notes   []gov.Text `json:"notes"`
}

func verify(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("draw verify", "TRANSCRIPT|- [--sealed FILE] [--mirror FILE]...")
	sealedName := fs.String("sealed", "", gov.Text{ZH: "审计人持有的封存文件", EN: "the sealed file that auditors hold"}.In(e.Lang))
	var mirrors cli.List
	fs.Var(&mirrors, "mirror", gov.Text{ZH: "较早保存的副本，必须是本文件的开头", EN: "a copy made earlier, which must be the beginning of the file"}.In(e.Lang))
	format := cli.FormatFlag(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if err := cli.BadFormat(e, *format); err != nil {
		return err
	}
	transcript, err := read(e, rest[0])
	if err != nil {
		return err
	}
	var sealed []byte
	if *sealedName != "" {
		if sealed, err = read(e, *sealedName); err != nil {
			return err
		}
	}
	var copies [][]byte
	for _, name := range mirrors {
		b, err := read(e, name)
		if err != nil {
			return err
		}
		copies = append(copies, b)
	}
	v := draw.Verify(transcript, sealed, copies...)
	if err := print(e, v, *format); err != nil {
		return err
	}
	switch v.Kind {
	case draw.Invalid:
		return cli.ErrSilent
	case draw.Incomplete:
		zh, ok := missing[v.Missing]
		if !ok {
			zh = v.Missing
		}
		return gov.Errorf(gov.Invalid, "记录尚不完整：缺少%[1]s", "the transcript is not complete: %[2]s is missing", zh, v.Missing)
	}
	return nil
}

// missing are what a transcript can lack, in Chinese.
var missing = map[string]string{"plan": "计划", "close": "承诺截止", "outside": "外部随机值", "draw": "抽取结果", "assign": "检查人员名单", "release": "公布的数据", "sealed file": "封存文件", "attestations": "审计意见"}

// print writes the line of the specification first, in every language the same,
// then what people should know.
func print(e *cli.Env, v draw.Verdict, format string) error {
	if format == "json" {
		r := report{Verdict: v.Kind, Class: v.Class, Missing: v.Missing, Plan: v.Plan, Attempt: v.Attempt, By: v.By, Records: v.Records, Head: v.Head, Notes: []gov.Text{}}
		r.Notes = append(r.Notes, v.Notes...)
		if v.Kind == draw.Invalid {
			r.Record = &v.Record
			text := gov.Text{ZH: gov.TextOf(v.Err, gov.ZH), EN: gov.TextOf(v.Err, gov.EN)}
			r.Reason = &text
		}
		enc := json.NewEncoder(e.Stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	fmt.Fprintln(e.Stdout, v)
	if v.Kind == draw.Invalid && e.Lang == gov.ZH {
		fmt.Fprintf(e.Stdout, "%d 号记录（从 0 数起）不成立：%s\n", v.Record, gov.TextOf(v.Err, gov.ZH))
	}
	if v.Kind == draw.Valid && e.Lang == gov.ZH {
		fmt.Fprintf(e.Stdout, "核验通过：计划 %s 第 %d 次抽取，%s。\n", v.Plan, v.Attempt, byWords(v.By))
	}
	e.Say("读了 %[1]d 条记录，文件首尾相连的指纹为 %[2]s；请与各方保存的副本核对。", "%[1]d records; the head is %[2]s: compare it with what the mirrors hold.", v.Records, v.Head)
	for _, n := range v.Notes {
		e.Say("%s", "%s", n.In(e.Lang))
	}
	return nil
}

// byWords says in Chinese by what a transcript is valid.
func byWords(by string) string {
	var auditors int
	if n, err := fmt.Sscanf(by, "attested by %d auditors", &auditors); n == 1 && err == nil {
		return fmt.Sprintf("由 %d 个审计单位重算并签署", auditors)
	}
	switch by {
	case "void":
		return "整次作废，作废的记录属实"
	case "recomputed":
		return "全部结果已从头重算，一致"
	}
	return by
}

func vectors(_ context.Context, e *cli.Env, args []string) error {
	if _, err := cli.ParseExactly(e.Flags("draw vectors", ""), args, 0); err != nil {
		return err
	}
	wrong := 0
	err := draw.CheckVectors(func(name, got, want string) {
		word := "ok"
		if got != want {
			word = "WRONG"
			wrong++
		}
		fmt.Fprintf(e.Stdout, "%-5s %s %s\n", word, name, got)
	})
	if err != nil {
		return err
	}
	if wrong > 0 {
		e.Say("有 %d 项不同。", "%d differ.", wrong)
		return cli.ErrSilent
	}
	return nil
}

// read reads a file, or standard input for "-".
func read(e *cli.Env, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(e.Stdin)
	}
	return os.ReadFile(name)
}
