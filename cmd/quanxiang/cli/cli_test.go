package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"quanxiang/gov"
)

// commands is a small program: one command with a flag and an argument, one with
// commands of its own.
func commands() []Command {
	about := gov.Text{ZH: "试一试", EN: "try something"}
	open := func(_ context.Context, e *Env, args []string) error {
		fs := e.Flags("open", "FILE [--year YEAR]")
		year := fs.Int("year", 2016, about.In(e.Lang))
		fs.String("unit", "a", about.In(e.Lang))
		rest, err := ParseExactly(fs, args, 1)
		if err != nil {
			return err
		}
		if *year == 0 {
			return Misused(fs, "没有零年。", "There is no year 0.")
		}
		if rest[0] == "nothing" {
			return gov.Errorf(gov.NotFound, "没有“%s”", "there is no %q", rest[0])
		}
		if err := Needed(fs, "unit"); err != nil {
			return err
		}
		e.Say("%s", "%s", rest[0])
		return nil
	}
	return []Command{
		{Name: "open", Usage: "FILE", About: about, Run: open},
		{Name: "version", About: about, Run: func(_ context.Context, e *Env, _ []string) error {
			e.Say("1.0", "1.0")
			return nil
		}},
		{Name: "draw", Usage: "verify", About: about, Run: func(ctx context.Context, e *Env, args []string) error {
			return Subcommand(ctx, e, "draw", []Command{{Name: "verify", Usage: "FILE", About: about, Run: open}}, args)
		}},
	}
}

// Whoever asks gets the answer on standard output; whoever errs is told what is
// wrong, in a few lines of their language, and what was probably meant.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args     string
		code     int
		out, err string // the first is all of it, the second all of it
	}{
		{"version", OK, "1.0\n", ""},
		{"--version", OK, "1.0\n", ""},
		{"open -h", OK, "用法：quanxiang open FILE [--year YEAR]\n  --unit 值\n    \t试一试（默认 a）\n  --year 值\n    \t试一试（默认 2016）\n", ""},
		{"help open", OK, "用法：quanxiang open FILE [--year YEAR]\n  --unit 值\n    \t试一试（默认 a）\n  --year 值\n    \t试一试（默认 2016）\n", ""},
		{"help draw verify", OK, "用法：quanxiang open FILE [--year YEAR]\n  --unit 值\n    \t试一试（默认 a）\n  --year 值\n    \t试一试（默认 2016）\n", ""},
		{"draw -h", OK, "  quanxiang draw verify FILE\n      试一试\n", ""},
		{"help nothing", Usage, "", "没有“nothing”这个命令。\nquanxiang help 列出全部命令。\n"},
		{"opne x", Usage, "", "没有“opne”这个命令（是不是“open”？）。\nquanxiang help 列出全部命令。\n"},
		{"draw verfy", Usage, "", "没有“draw verfy”这个命令（是不是“draw verify”？）。\n  quanxiang draw verify FILE\n      试一试\n"},
		{"draw", Usage, "", "  quanxiang draw verify FILE\n      试一试\n"},
		{"open", Usage, "", "缺少参数。\n用法：quanxiang open FILE [--year YEAR]\n加 -h 看全部参数。\n"},
		{"open a b", Usage, "", "多出了“b”。\n用法：quanxiang open FILE [--year YEAR]\n加 -h 看全部参数。\n"},
		{"open a --yaer 2017", Usage, "", "没有 --yaer 这个参数。\n是不是 --year？\n用法：quanxiang open FILE [--year YEAR]\n加 -h 看全部参数。\n"},
		{"open a --year", Usage, "", "参数 --year 后面要写值。\n用法：quanxiang open FILE [--year YEAR]\n加 -h 看全部参数。\n"},
		{"open a --year x", Usage, "", "参数 --year 的值“x”应是数字。\n用法：quanxiang open FILE [--year YEAR]\n加 -h 看全部参数。\n"},
		{"open a --year 0", Usage, "", "没有零年。\n用法：quanxiang open FILE [--year YEAR]\n加 -h 看全部参数。\n"},
		{"open --year 2017 a", OK, "a\n", ""},
		{"open a --unit=", Usage, "", "还要写 --unit。\n用法：quanxiang open FILE [--year YEAR]\n加 -h 看全部参数。\n"},
		{"open nothing", Failed, "", "没有“nothing”。\n"},
	} {
		var out, err bytes.Buffer
		e := &Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err, Getenv: func(string) string { return "" }}
		if code := Run(t.Context(), e, commands(), strings.Fields(tt.args)); code != tt.code || out.String() != tt.out || err.String() != tt.err {
			t.Errorf("%s: exit %d\n%s%s", tt.args, code, out.String(), err.String())
		}
	}
}

// In English no word is Chinese, in Chinese none of package flag is English.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"en": "Usage: quanxiang open FILE", "en_GB.UTF-8": "There is no", "zh": "用法", "": "用法"} {
		var out bytes.Buffer
		e := &Env{Stdout: &out, Stderr: &out, Getenv: func(string) string { return lang }}
		for _, args := range []string{"", "help open", "opne", "open --yaer", "draw verfy"} {
			Run(t.Context(), e, commands(), strings.Fields(args))
		}
		if !strings.Contains(out.String(), want) || strings.HasPrefix(lang, "en") && strings.ContainsAny(out.String(), "。，（试没") {
			t.Errorf("%q: %s", lang, out.String())
		}
	}
}

// What went wrong reads as a sentence; what begins with a place does not change.
func TestSentences(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lang     gov.Lang
		in, want string
	}{
		{gov.ZH, "没有“x”", "没有“x”。"}, {gov.ZH, "没有“x”。", "没有“x”。"}, {gov.ZH, "没有“x”（是不是“y”？）。", "没有“x”（是不是“y”？）。"},
		{gov.EN, "there is no \"x\"", "There is no \"x\"."}, {gov.EN, "a.csv:1: this is no table", "a.csv:1: this is no table."}, {gov.EN, "Stop.", "Stop."},
		{gov.EN, "a\nb", "a\nb"}, {gov.EN, "", ""},
	} {
		if got := sentence(tt.in, tt.lang); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
