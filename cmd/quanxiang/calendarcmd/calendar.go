// Package calendarcmd is the family of commands about the working calendar:
// show and load years, reckon deadlines.
package calendarcmd

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"quanxiang/calendar"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/store"
)

// Read returns the calendar of an installation or, where there is none, the
// years the program knows by itself.
type Read func(context.Context) (calendar.Calendar, error)

// Load puts a year into force in an installation and sequences the act.
type Load func(context.Context, calendar.Year) (store.YearReport, error)

// open adds to a command the flags that say where its installation is. What it
// returns is called after they were parsed.
type open func(*cli.Env, *flag.FlagSet) (Read, Load)

// Command is "calendar". where adds the flags that say where an installation is
// and returns what is done with it once they were parsed.
func Command(where func(*cli.Env, *flag.FlagSet) (Read, Load)) func(context.Context, *cli.Env, []string) error {
	o := open(where)
	return func(ctx context.Context, e *cli.Env, args []string) error {
		return cli.Subcommand(ctx, e, "calendar", []cli.Command{
			{Name: "show", Usage: "YEAR [--format text|json]", About: gov.Text{ZH: "显示一年的放假和调休", EN: "show a year's holidays and make-up days"}, Run: o.show},
			{Name: "load", Usage: "FILE [--dry-run]", About: gov.Text{ZH: "载入一年的放假安排（holiday-cn 的 JSON）", EN: "load a year's notice (JSON of holiday-cn)"}, Run: o.load},
			{Name: "deadline", Usage: "--start 2016-09-30T17:00 --limit 4wh [--windows 8-12,14-18] [--pause A..B]... [--extend 2wd]...",
				About: gov.Text{ZH: "推算期限，并列出怎样算出", EN: "reckon a deadline and show how"}, Run: o.deadline},
		}, args)
	}
}

// yearView is a year in JSON: the days from 1 January to 31 December, whichever
// year's notice names them.
type yearView struct {
	Year        int            `json:"year"`
	Off         int            `json:"off"`    // days off by a notice
	Makeup      int            `json:"makeup"` // weekend days worked
	Papers      []string       `json:"papers"`
	Days        []calendar.Day `json:"days"`
	Provisional gov.Date       `json:"provisional_from,omitzero"` // the next year's notice may still move days from here on
}

func viewYear(cal calendar.Calendar, y calendar.Year) yearView {
	v := yearView{Year: y.Year, Papers: append([]string{}, y.Papers...), Days: []calendar.Day{}}
	for date := (gov.Date{Year: y.Year, Month: time.January, Day: 1}); date.Year == y.Year; date = date.Add(1) {
		d := cal.Day(date)
		switch d.Kind {
		case calendar.Holiday:
			v.Off++
		case calendar.Makeup:
			v.Makeup++
		}
		if d.Name != "" {
			v.Days = append(v.Days, d)
		}
		if d.Provisional() && v.Provisional.IsZero() {
			v.Provisional = date
		}
	}
	return v
}

func (o open) show(ctx context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("calendar show", "YEAR")
	read, _ := o(e, fs)
	format := cli.FormatFlag(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if err := cli.BadFormat(e, *format); err != nil {
		return err
	}
	year, err := strconv.Atoi(rest[0])
	if err != nil {
		e.Note("“%s”不是年份。", "%q is not a year.", rest[0])
		return cli.ErrUsage
	}
	cal, err := read(ctx)
	if err != nil {
		return err
	}
	y, ok := cal.Year(year)
	if !ok {
		known := cal.Years()
		return gov.Errorf(gov.NotFound, "%[1]d 年的放假安排尚未载入；已有 %[2]d 至 %[3]d 年。", "The notice for %[1]d is not loaded; known are %[2]d to %[3]d.",
			year, known[0], known[len(known)-1])
	}
	v := viewYear(cal, y)
	if *format == "json" {
		return cli.PrintJSON(e.Stdout, v)
	}
	e.Say("%[1]d 年：放假 %[2]d 天，调休上班 %[3]d 天。", "%[1]d: %[2]d days off, %[3]d weekend days worked.", v.Year, v.Off, v.Makeup)
	for _, d := range v.Days {
		fmt.Fprintf(e.Stdout, "%s  %s  %s  %s\n", d.Date, weekday(d.Date, e.Lang), dayWords[d.Kind].In(e.Lang), d.Name)
	}
	if !v.Provisional.IsZero() {
		e.Say("%[1]s 起的日子还可能因 %[2]d 年的安排变动。", "Days from %[1]s on may still move with the notice for %[2]d.", v.Provisional, v.Year+1)
	}
	return nil
}

var dayWords = map[calendar.DayKind]gov.Text{
	calendar.Weekday: {ZH: "上班", EN: "worked"},
	calendar.Weekend: {ZH: "周末", EN: "weekend"},
	calendar.Holiday: {ZH: "放假", EN: "off"},
	calendar.Makeup:  {ZH: "调休上班", EN: "worked instead"},
}

func weekday(d gov.Date, l gov.Lang) string {
	if l == gov.EN {
		return d.Time().Weekday().String()[:3]
	}
	return "周" + string([]rune("日一二三四五六")[d.Time().Weekday()])
}

func (o open) load(ctx context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("calendar load", "FILE [--dry-run]")
	read, load := o(e, fs)
	dry := fs.Bool("dry-run", false, gov.Text{ZH: "只显示会改变什么", EN: "only show what would change"}.In(e.Lang))
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	y, err := readYear(e, rest[0])
	if err != nil {
		return err
	}
	if *dry {
		cal, err := read(ctx)
		if err != nil {
			return err
		}
		showChanges(e, y.Year, cal.Diff(cal.With(y)))
		return nil
	}
	report, err := load(ctx, y)
	if err != nil {
		return err
	}
	if report.Unchanged() {
		e.Say("%d 年已是这个安排，没有变化。", "%d is loaded like this already; nothing changed.", y.Year)
		return nil
	}
	showChanges(e, y.Year, report.Changes)
	e.Say("已载入为第 %d 版，并记入账本。", "Loaded as version %d and recorded in the ledger.", report.Version)
	return nil
}

// readYear reads a year's file and prints every mistake in it.
func readYear(e *cli.Env, name string) (calendar.Year, error) {
	f, err := os.Open(name)
	if err != nil {
		return calendar.Year{}, gov.Errorf(gov.NotFound, "打不开文件“%s”。", "Cannot open %q.", name).Because(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, calendar.MaxBytes+1))
	if err != nil {
		return calendar.Year{}, fmt.Errorf("read %s: %w", name, err)
	}
	y, err := calendar.ParseYear(name, data)
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range all.Unwrap() {
			fmt.Fprintln(e.Stderr, gov.TextOf(one, e.Lang))
		}
		return y, gov.Errorf(gov.Invalid, "文件有 %d 处错误，没有载入。", "Mistakes in the file: %d; nothing was loaded.", len(all.Unwrap()))
	}
	return y, err
}

// showChanges prints the days a new notice moves.
func showChanges(e *cli.Env, year int, changes []calendar.Change) {
	e.Say("%[1]d 年：改变 %[2]d 天。", "%[1]d: %[2]d days change.", year, len(changes))
	for _, c := range changes {
		fmt.Fprintf(e.Stdout, "%s  %s  %s → %s  %s\n", c.After.Date, weekday(c.After.Date, e.Lang),
			dayWords[c.Before.Kind].In(e.Lang), dayWords[c.After.Kind].In(e.Lang), c.After.Name)
	}
}
