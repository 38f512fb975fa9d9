package packcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"

	"quanxiang/calendar"
	"quanxiang/cases/scenario"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/rules/check"
	"quanxiang/rules/trial"
)

// packTest plays the scenarios beside the procedures of a pack, with the
// calendar compiled in, so that they say the same everywhere.
func packTest(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("pack test", "DIR")
	run := fs.String("run", "", gov.Text{ZH: "只演练“程序/名称”符合这个正则表达式的情景", EN: "play only scenarios whose procedure/name matches this regular expression"}.In(e.Lang))
	format := cli.FormatFlag(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if err := cli.BadFormat(e, *format); err != nil {
		return err
	}
	var only *regexp.Regexp
	if *run != "" {
		if only, err = regexp.Compile(*run); err != nil {
			e.Note("“%[1]s”不是正则表达式：%[2]v", "%[1]q is no regular expression: %[2]v", *run, err)
			return cli.ErrUsage
		}
	}
	dir := rest[0]
	pack, err := Load(dir)
	if problems, ok := errors.AsType[policy.Problems](err); ok {
		return refusePack(e, problems, *format)
	}
	if err != nil {
		return err
	}
	report, err := scenario.RunPack(os.DirFS(dir), pack, calendar.Seed(), only)
	if err != nil {
		return fmt.Errorf("play scenarios: %w", err)
	}
	expected := 0
	if pack.Rules != nil && only == nil {
		n, failed := trial.Run(pack.Rules, check.Examples(pack.Programmes, check.When{}))
		expected, report.Problems = n, append(report.Problems, failed...)
	}
	report.Problems = within(dir, report.Problems)
	if *format == "json" {
		return testJSON(e, report)
	}
	if len(report.Problems) > 0 {
		fmt.Fprintln(e.Stdout, report.Problems.In(e.Lang))
	}
	for _, id := range report.Untested {
		e.Say("程序“%s”没有情景。", "The procedure %q has no scenarios.", id)
	}
	if err := played(report); err != nil {
		return err
	}
	e.Say("%[1]d 个情景全部符合预期（%[2]d 个程序）。", "All went as expected: %[1]d scenarios of %[2]d procedures.", report.Scenarios, len(report.Files))
	if expected > 0 {
		e.Say("扶持政策的例全部成立：%d 个预期。", "The examples of support programmes hold: %d expectations.", expected)
	}
	return nil
}

// played is the outcome as an error, nil when everything went as expected. That
// nothing was played is not.
func played(r scenario.Report) error {
	if n := len(r.Problems); n > 0 {
		return gov.Errorf(gov.Conflict, "%[1]d 个情景中有 %[2]d 处不符合预期。", "Expectations not met: %[2]d, in %[1]d scenarios.", r.Scenarios, n)
	}
	if r.Scenarios == 0 {
		return gov.Errorf(gov.NotFound, "没有演练任何情景。", "No scenario was played.")
	}
	return nil
}

func testJSON(e *cli.Env, r scenario.Report) error {
	err := played(r)
	out := struct {
		OK        bool      `json:"ok"`
		Scenarios int       `json:"scenarios"`
		Files     []string  `json:"files"`
		Untested  []string  `json:"untested"`
		Findings  []finding `json:"findings"`
	}{err == nil, r.Scenarios, append([]string{}, r.Files...), append([]string{}, r.Untested...), findings("error", r.Problems)}
	if printed := cli.PrintJSON(e.Stdout, out); printed != nil {
		return printed
	}
	return err
}
