// Command quanxiang runs a district: it serves the portal, imports documents,
// and checks packs, ledgers and backups. Every command lives in a file of its
// own name; this one parses the first word and turns an error into a message
// and an exit code.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"quanxiang/gov"
)

// Exit codes, the same for every command.
const (
	exitOK      = 0
	exitFailed  = 1 // the command ran and the answer is no, or it failed
	exitUsage   = 2 // the command line is wrong
	exitInvalid = 3 // the input file or data is wrong
)

// env is the world a command may touch. Tests pass their own.
type env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Lang           gov.Lang
}

// say writes a line to standard output in the user's language.
func (e *env) say(zh, en string, args ...any) {
	fmt.Fprintln(e.Stdout, gov.Textf(zh, en, args...).In(e.Lang))
}

// note writes a line to standard error in the user's language.
func (e *env) note(zh, en string, args ...any) {
	fmt.Fprintln(e.Stderr, gov.Textf(zh, en, args...).In(e.Lang))
}

// command is one word after the program's name.
type command struct {
	name  string
	usage string // arguments, as in the usage line
	about gov.Text
	run   func(ctx context.Context, e *env, args []string) error
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
	os.Exit(run(ctx, e, os.Args[1:]))
}

// run is the whole program but for the process: tests call it.
func run(ctx context.Context, e *env, args []string) int {
	e.Lang = chooseLang(e.Getenv)
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		printUsage(e, e.Stdout)
		return exitOK
	}
	i := slices.IndexFunc(commands(), func(c command) bool { return c.name == args[0] })
	if i < 0 {
		e.note("没有“%s”这个命令。", "There is no command %q.", args[0])
		printUsage(e, e.Stderr)
		return exitUsage
	}
	return exitCode(e, commands()[i].run(ctx, e, args[1:]))
}

// chooseLang follows QUANXIANG_LANG, then the locale; Chinese is the default.
func chooseLang(getenv func(string) string) gov.Lang {
	v := getenv("QUANXIANG_LANG")
	if strings.HasPrefix(strings.ToLower(v), "en") {
		return gov.EN
	}
	return gov.ZH
}

// errUsage is returned by a command whose arguments are wrong after it has
// said so.
var errUsage = errors.New("usage")

// errSilent is returned by a command that has printed its negative answer
// itself.
var errSilent = errors.New("answered")

// exitCode prints an error in the user's language and picks the exit code. An
// operator at the command line is the one who must see internal errors too.
func exitCode(e *env, err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, errSilent):
		return exitFailed
	case errors.Is(err, context.Canceled):
		e.note("已中断。", "Interrupted.")
		return exitFailed
	}
	code := gov.CodeOf(err)
	if code == gov.Internal {
		e.note("出错：%v", "Error: %v", err)
		return exitFailed
	}
	fmt.Fprintln(e.Stderr, gov.TextOf(err, e.Lang))
	if code == gov.Invalid || code == gov.Unsupported || code == gov.TooLarge {
		return exitInvalid
	}
	return exitFailed
}

func printUsage(e *env, w io.Writer) {
	t := gov.Text{
		ZH: "全响应：让区政府的政策文件落到实处。\n\n用法：quanxiang 命令 [参数]\n\n命令：",
		EN: "Quanxiang: run what a district's policy documents promise.\n\nUsage: quanxiang COMMAND [ARGUMENTS]\n\nCommands:",
	}
	fmt.Fprintln(w, t.In(e.Lang))
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n            %s\n", c.name, c.about.In(e.Lang), c.usage)
	}
	t = gov.Text{
		ZH: "\n每个命令加 -h 看它的参数。QUANXIANG_LANG=en 改用英文。",
		EN: "\nEvery command explains its arguments with -h. QUANXIANG_LANG=zh speaks Chinese.",
	}
	fmt.Fprintln(w, t.In(e.Lang))
}

// flags makes a command's flag set: it prints to standard error and returns
// errors instead of ending the process.
func (e *env) flags(name, usage string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(e.Stderr)
	fs.Usage = func() {
		head := gov.Text{ZH: "用法", EN: "Usage"}
		fmt.Fprintf(e.Stderr, "%s: quanxiang %s %s\n", head.In(e.Lang), name, usage)
		fs.PrintDefaults()
	}
	return fs
}

// parse reads flags that may stand before, between or after the positional
// arguments and returns the latter.
func parse(fs *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage
		}
		args = fs.Args()
		if len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
	}
}

// parseExactly is parse for a command with n positional arguments; it explains
// the command to whoever gave another number of them.
func parseExactly(fs *flag.FlagSet, args []string, n int) ([]string, error) {
	rest, err := parse(fs, args)
	if err == nil && len(rest) != n {
		fs.Usage()
		return nil, errUsage
	}
	return rest, err
}

// subcommand runs the command of a list that the first argument names.
func subcommand(ctx context.Context, e *env, parent string, list []command, args []string) error {
	if len(args) > 0 {
		if i := slices.IndexFunc(list, func(c command) bool { return c.name == args[0] }); i >= 0 {
			return list[i].run(ctx, e, args[1:])
		}
	}
	for _, c := range list {
		fmt.Fprintf(e.Stderr, "  quanxiang %s %s %s\n      %s\n", parent, c.name, c.usage, c.about.In(e.Lang))
	}
	if len(args) > 0 && (args[0] == "-h" || args[0] == "--help") {
		return flag.ErrHelp
	}
	return errUsage
}

// baseName names a file in messages without the folder it lies in.
func baseName(path string) string { return filepath.Base(path) }
