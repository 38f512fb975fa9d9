package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/gov/problems"
)

// Flags makes a command's flag set: it prints to standard error, or what was
// asked for with -h to standard output, and returns errors instead of ending the
// process.
func (e *Env) Flags(name, usage string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	v := &voice{Env: e, line: strings.TrimSpace("quanxiang " + name + " " + usage), to: e.Stderr}
	fs.SetOutput(v)
	fs.Usage = func() {
		v.head()
		fs.PrintDefaults()
	}
	return fs
}

// voice is where a flag set speaks: it says in the user's language what package
// flag says in English.
type voice struct {
	*Env
	line string // how the command is written
	to   io.Writer
}

// head prints how the command is written.
func (v *voice) head() {
	fmt.Fprintln(v.to, gov.Textf("用法：%s", "Usage: %s", v.line).In(v.Lang))
}

// flagWords are the messages of package flag.
var flagWords = []struct {
	said *regexp.Regexp
	zh   string
}{
	{regexp.MustCompile(`^flag provided but not defined: (-\S+)\n$`), "没有 $1 这个参数。\n"},
	{regexp.MustCompile(`^flag needs an argument: (-\S+)\n$`), "参数 $1 后面要写值。\n"},
	{regexp.MustCompile(`^invalid boolean value "(.*)" for (-\S+): .*\n$`), "参数 $2 是一个开关，不能写“$1”。\n"},
	{regexp.MustCompile(`^invalid value "(.*)" for flag (-\S+): parse error\n$`), "参数 $2 的值“$1”应是数字。\n"},
	{regexp.MustCompile(`^invalid value "(.*)" for flag (-\S+): value out of range\n$`), "参数 $2 的值“$1”太大。\n"},
	{regexp.MustCompile(`^invalid value "(.*)" for flag (-\S+): (.*)\n$`), "参数 $2 的值“$1”不能用：$3\n"},
	{regexp.MustCompile(`^bad flag syntax: (\S+)\n$`), "参数“$1”的写法不对。\n"},
	{regexp.MustCompile(` ?\(default "?([^"]*?)"?\)`), "（默认 $1）"},
	{regexp.MustCompile(`(?m)^(  -\S+) (?:string|int|uint|float|value|duration)$`), "$1 值"},
}

// longFlag is a flag of more than a letter as package flag prints it; it is written
// with two dashes everywhere else.
var longFlag = regexp.MustCompile(`(?m)(^  |defined: |argument: |for |flag )-(\w[\w-]+)`)

// Write writes one message.
func (v *voice) Write(b []byte) (int, error) {
	text := longFlag.ReplaceAllString(string(b), "$1--$2")
	if v.Lang == gov.ZH {
		for _, w := range flagWords {
			text = w.said.ReplaceAllString(text, w.zh)
		}
	}
	_, err := io.WriteString(v.to, text)
	return len(b), err
}

// Misused says what is wrong with a command line and how the command is
// written, in short, so that what is wrong is not lost above a page of flags.
func Misused(fs *flag.FlagSet, zh, en string, args ...any) error {
	v := fs.Output().(*voice)
	v.Note(zh, en, args...)
	return v.short()
}

// Needed tells which of the flags a command cannot do without are missing.
func Needed(fs *flag.FlagSet, names ...string) error {
	var missing []string
	for _, name := range names {
		if fs.Lookup(name).Value.String() == "" {
			missing = append(missing, "--"+name)
		}
	}
	if missing == nil {
		return nil
	}
	return Misused(fs, "还要写 %s。", "Needed as well: %s.", strings.Join(missing, " "))
}

// short is how the command is written, and where more stands.
func (v *voice) short() error {
	v.head()
	v.Note("加 -h 看全部参数。", "-h explains all arguments.")
	return ErrUsage
}

// Parse reads flags that may stand before, between or after the positional
// arguments and returns the latter. fs is made by Flags.
func Parse(fs *flag.FlagSet, args []string) ([]string, error) {
	v, usage := fs.Output().(*voice), fs.Usage
	defer func() { fs.Usage = usage }()
	fs.Usage = func() {}
	var rest []string
	for {
		err := fs.Parse(args)
		switch {
		case errors.Is(err, flag.ErrHelp):
			v.to = v.Stdout
			usage()
			return nil, err
		case err != nil:
			v.guess(fs, err)
			return nil, v.short()
		}
		args = fs.Args()
		if len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
	}
}

// guess names the flag that was probably meant by one there is not.
func (v *voice) guess(fs *flag.FlagSet, err error) {
	name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: ")
	if !ok {
		return
	}
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	if near := problems.Suggest(strings.TrimLeft(name, "-"), names); near != "" {
		v.Note("是不是 --%s？", "Did you mean --%s?", near)
	}
}

// ParseExactly is Parse for a command with n positional arguments; it explains
// the command to whoever gave another number of them.
func ParseExactly(fs *flag.FlagSet, args []string, n int) ([]string, error) {
	rest, err := Parse(fs, args)
	switch {
	case err != nil:
		return nil, err
	case len(rest) > n:
		return nil, Misused(fs, "多出了“%s”。", "Unexpected argument: %q.", rest[n])
	case len(rest) < n:
		return nil, Misused(fs, "缺少参数。", "An argument is missing.")
	}
	return rest, nil
}

// ParseSome is Parse for a command that takes one positional argument or more.
func ParseSome(fs *flag.FlagSet, args []string) ([]string, error) {
	rest, err := Parse(fs, args)
	if err == nil && len(rest) == 0 {
		return nil, Misused(fs, "缺少参数。", "An argument is missing.")
	}
	return rest, err
}

// Subcommand runs the command of a list that the first argument names.
func Subcommand(ctx context.Context, e *Env, parent string, list []Command, args []string) error {
	w, err := e.Stderr, ErrUsage
	switch {
	case len(args) == 0:
	case slices.Contains([]string{"-h", "--help", "-help"}, args[0]):
		w, err = e.Stdout, flag.ErrHelp
	default:
		if i := slices.IndexFunc(list, func(c Command) bool { return c.Name == args[0] }); i >= 0 {
			return list[i].Run(ctx, e, args[1:])
		}
		e.unknown(parent, list, args[0])
	}
	for _, c := range list {
		fmt.Fprintf(w, "  %s\n      %s\n", strings.TrimSpace("quanxiang "+parent+" "+c.Name+" "+c.Usage), c.About.In(e.Lang))
	}
	return err
}
