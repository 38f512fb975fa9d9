// Package cli is the frame every command of the program stands in: what a
// command may touch, its flags, its texts in the user's language, and how an
// error becomes a message and an exit code.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"quanxiang/gov"
	"quanxiang/gov/problems"
)

// Exit codes, the same for every command.
const (
	OK      = 0
	Failed  = 1 // the command ran and the answer is no, or it failed
	Usage   = 2 // the command line is wrong
	Invalid = 3 // the input file or data is wrong
)

// Env is the world a command may touch. Tests pass their own.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Lang           gov.Lang
}

// Say writes a line to standard output in the user's language.
func (e *Env) Say(zh, en string, args ...any) {
	fmt.Fprintln(e.Stdout, gov.Textf(zh, en, args...).In(e.Lang))
}

// Note writes a line to standard error in the user's language.
func (e *Env) Note(zh, en string, args ...any) {
	fmt.Fprintln(e.Stderr, gov.Textf(zh, en, args...).In(e.Lang))
}

// Command is one word after the program's name.
type Command struct {
	Name  string
	Usage string // arguments, as in the usage line
	About gov.Text
	Run   func(ctx context.Context, e *Env, args []string) error
}

// Run is the whole program but for the process: it runs the command the first
// argument names and returns the exit code.
func Run(ctx context.Context, e *Env, commands []Command, args []string) int {
	e.Lang = chooseLang(e.Getenv)
	if len(args) == 0 {
		printUsage(e, e.Stdout, commands)
		return OK
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "--help", "-help":
		if len(rest) == 0 || strings.HasPrefix(rest[0], "-") {
			printUsage(e, e.Stdout, commands)
			return OK
		}
		name, rest = rest[0], append(slices.Clone(rest[1:]), "-h")
	case "-version", "--version":
		name = "version"
	}
	i := slices.IndexFunc(commands, func(c Command) bool { return c.Name == name })
	if i < 0 {
		e.unknown("", commands, name)
		e.Note("quanxiang help 列出全部命令。", "quanxiang help lists all commands.")
		return Usage
	}
	return exitCode(e, commands[i].Run(ctx, e, rest))
}

// unknown says that parent has no command of that name, and which one was
// probably meant.
func (e *Env) unknown(parent string, commands []Command, name string) {
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	whole := strings.TrimSpace(parent + " " + name)
	if guess := problems.Suggest(name, names); guess != "" {
		e.Note("没有“%[1]s”这个命令（是不是“%[2]s”？）。", "There is no command %[1]q (did you mean %[2]q?).", whole, strings.TrimSpace(parent+" "+guess))
		return
	}
	e.Note("没有“%s”这个命令。", "There is no command %q.", whole)
}

// chooseLang follows QUANXIANG_LANG; Chinese is the default.
func chooseLang(getenv func(string) string) gov.Lang {
	v := getenv("QUANXIANG_LANG")
	if strings.HasPrefix(strings.ToLower(v), "en") {
		return gov.EN
	}
	return gov.ZH
}

// ErrUsage is returned by a command whose arguments are wrong after it has
// said so.
var ErrUsage = errors.New("usage")

// ErrSilent is returned by a command that has printed its negative answer
// itself.
var ErrSilent = errors.New("answered")

// exitCode prints an error in the user's language and picks the exit code. An
// operator at the command line is the one who must see internal errors too.
func exitCode(e *Env, err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return OK
	case errors.Is(err, ErrUsage):
		return Usage
	case errors.Is(err, ErrSilent):
		return Failed
	case errors.Is(err, context.Canceled):
		e.Note("已中断。", "Interrupted.")
		return Failed
	}
	code := gov.CodeOf(err)
	if code == gov.Internal {
		if e.file(err) {
			return Failed
		}
		e.Note("出错：%v", "Error: %v", err)
		return Failed
	}
	fmt.Fprintln(e.Stderr, sentence(gov.TextOf(err, e.Lang), e.Lang))
	if g, ok := errors.AsType[*gov.Error](err); ok && code == gov.Unavailable && g.Err != nil {
		e.Note("原因：%v", "Cause: %v", g.Err)
	}
	if code == gov.Invalid || code == gov.Unsupported || code == gov.TooLarge {
		return Invalid
	}
	return Failed
}

// plainWord is the first word of a text that is no name of a file or flag.
var plainWord = regexp.MustCompile(`^[a-z]+ `)

// sentence begins and ends what was said in the middle of others' sentences. Lists
// of several lines are left alone.
func sentence(text string, l gov.Lang) string {
	if text == "" || strings.Contains(text, "\n") {
		return text
	}
	stop := "。"
	if l == gov.EN {
		stop = "."
		if plainWord.MatchString(text) {
			text = strings.ToUpper(text[:1]) + text[1:]
		}
	}
	if strings.HasSuffix(strings.TrimRight(text, "）)”\""), stop) || strings.ContainsAny(text[len(text)-1:], ".:?!") || strings.HasSuffix(text, "？") || strings.HasSuffix(text, "：") {
		return text
	}
	return text + stop
}

// file tells what is the matter with a file, if that is what went wrong.
func (e *Env) file(err error) bool {
	var p *fs.PathError
	if !errors.As(err, &p) {
		return false
	}
	switch {
	case errors.Is(p.Err, fs.ErrNotExist):
		e.Note("找不到“%s”。", "There is no %q.", p.Path)
	case errors.Is(p.Err, fs.ErrPermission):
		e.Note("没有权限打开“%s”。", "No permission to open %q.", p.Path)
	case errors.Is(p.Err, syscall.EISDIR):
		e.Note("“%s”是文件夹，不是文件。", "%q is a folder, not a file.", p.Path)
	default:
		return false
	}
	return true
}

func printUsage(e *Env, w io.Writer, commands []Command) {
	t := gov.Text{
		ZH: "全响应：让区政府的政策文件落到实处。\n\n用法：quanxiang 命令 [参数]\n\n命令：",
		EN: "Quanxiang: run what a district's policy documents promise.\n\nUsage: quanxiang COMMAND [ARGUMENTS]\n\nCommands:",
	}
	fmt.Fprintln(w, t.In(e.Lang))
	for _, c := range commands {
		fmt.Fprintf(w, "  %-9s %s\n            %s\n", c.Name, c.About.In(e.Lang), c.Usage)
	}
	t = gov.Text{
		ZH: "\n每个命令加 -h（或者 quanxiang help 命令）看它的参数。QUANXIANG_LANG=en 改用英文。",
		EN: "\nEvery command explains its arguments with -h, and so does quanxiang help COMMAND. QUANXIANG_LANG=zh speaks Chinese.",
	}
	fmt.Fprintln(w, t.In(e.Lang))
}

// BaseName names a file in messages without the folder it lies in.
func BaseName(path string) string { return filepath.Base(path) }

// List is a flag that may be given several times.
type List []string

// String implements flag.Value.
func (l *List) String() string { return strings.Join(*l, " ") }

// Set implements flag.Value.
func (l *List) Set(s string) error { *l = append(*l, s); return nil }
