package main

import (
	"context"
	"fmt"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/installation"
)

// doctorCommand examines an installation; it changes nothing in it.
func doctorCommand(ctx context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("doctor", "[--format text|json]")
	p := placeFlags(e, fs)
	dir := packFlag(e, fs)
	format := cli.FormatFlag(e, fs)
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	if err := cli.BadFormat(e, *format); err != nil {
		return err
	}
	pack, packErr := choosePack(*dir)
	found, err := installation.Examine(ctx, p.Place, pack, packErr)
	if err != nil {
		return err
	}
	return printFindings(e, found, *format)
}

func printFindings(e *cli.Env, found []installation.Finding, format string) error {
	count := map[installation.Level]int{}
	for _, f := range found {
		count[f.Level]++
	}
	failures := count[installation.Failure]
	if format == "json" {
		err := cli.PrintJSON(e.Stdout, struct {
			OK       bool                   `json:"ok"`
			Findings []installation.Finding `json:"findings"`
		}{failures == 0, found})
		if err != nil {
			return err
		}
	} else {
		words := map[installation.Level]gov.Text{
			installation.Sound: {ZH: "正常", EN: "ok     "}, installation.Warning: {ZH: "注意", EN: "warning"}, installation.Failure: {ZH: "问题", EN: "ERROR  "},
		}
		for _, f := range found {
			fmt.Fprintf(e.Stdout, "%s  %s\n", words[f.Level].In(e.Lang), f.Text.In(e.Lang))
			if !f.Advice.IsZero() {
				fmt.Fprintf(e.Stdout, "         → %s\n", f.Advice.In(e.Lang))
			}
		}
		e.Say("检查 %[1]d 项：问题 %[2]d，注意 %[3]d。", "%[1]d checks: %[2]d errors, %[3]d warnings.", len(found), failures, count[installation.Warning])
	}
	if failures > 0 {
		return cli.ErrSilent
	}
	return nil
}
