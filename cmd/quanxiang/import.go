package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/library"
)

func importCommand(ctx context.Context, e *cli.Env, args []string) error {
	return cli.Subcommand(ctx, e, "import", []cli.Command{
		{Name: "gazette", Usage: "FILE [--dry-run] [--yes] [--pack DIR] [--data DIR] [--database ADDRESS]", About: gov.Text{
			ZH: "把一份公报收入文件库；重复导入不改变任何内容，更正过的文件形成新版本",
			EN: "bring a gazette into the library; a second import changes nothing, a corrected file makes new versions"}, Run: importGazette},
	}, args)
}

// importGazette shows what would change, asks, and imports.
func importGazette(ctx context.Context, e *cli.Env, args []string) (err error) {
	fs := e.Flags("import gazette", "FILE")
	at := placeFlags(e, fs)
	dir := packFlag(e, fs)
	dry := fs.Bool("dry-run", false, gov.Text{ZH: "只显示将发生什么，不写入", EN: "show what would change, write nothing"}.In(e.Lang))
	yes := fs.Bool("yes", false, gov.Text{ZH: "不询问，直接导入", EN: "import without asking"}.In(e.Lang))
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	pack, err := openPack(e, *dir)
	if err != nil {
		return err
	}
	g, err := readGazette(rest[0], pack)
	if err != nil {
		return err
	}
	sys, err := at.openSystem(ctx, e, pack, slog.Default())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sys.close()) }()
	lib := sys.library
	actor := gov.Actor{Kind: gov.OperatorActor, Name: e.Getenv("USER")}

	plan, err := lib.Import(ctx, actor, g, library.ImportOptions{DryRun: true})
	if err != nil {
		return err
	}
	showImport(e, plan)
	if *dry {
		return nil
	}
	if plan.Count(library.Unchanged) == len(plan.Documents) {
		// The source may have been lost, and an import killed before it proposed.
		if err := keepSource(ctx, at.Files(), rest[0], g.Source); err != nil {
			return err
		}
		return sys.proposeFrom(ctx, e, actor, plan)
	}
	if !*yes && !confirm(e) {
		e.Note("没有导入。", "Nothing was imported.")
		return cli.ErrSilent
	}
	if err := sys.adoptPack(ctx, actor); err != nil { // before anything of it is in the library
		return err
	}
	report, err := lib.Import(ctx, actor, g, library.ImportOptions{Progress: e.Progress()})
	if err != nil {
		e.Note("已导入 %d 件后中断；再次导入会接着完成。", "Stopped after %d documents; another import will complete it.", len(report.Documents))
		return err
	}
	if err := errors.Join(keepSource(ctx, at.Files(), rest[0], g.Source), sys.db.Analyze(ctx)); err != nil {
		return err
	}
	e.Say("导入完成：新增 %d 件，更新 %d 件，未变 %d 件。", "Imported: %d new, %d changed, %d unchanged.",
		report.Count(library.Added), report.Count(library.Changed), report.Count(library.Unchanged))
	if err := sys.proposeFrom(ctx, e, actor, report); err != nil {
		return err
	}
	e.Say("每件都已记入账本；用 quanxiang ledger verify 核验。", "Every document is in the ledger; check it with quanxiang ledger verify.")
	return nil
}

// showImport prints what an import would do, document by document.
func showImport(e *cli.Env, r *library.ImportReport) {
	words := map[library.Outcome]gov.Text{
		library.Added:     {ZH: "新增", EN: "new"},
		library.Changed:   {ZH: "更新", EN: "changed"},
		library.Unchanged: {ZH: "未变", EN: "unchanged"},
	}
	for _, d := range r.Documents {
		fmt.Fprintf(e.Stdout, "%s  %s  %s\n", words[d.Outcome].In(e.Lang), d.Number, d.Title)
		for _, c := range d.Changes {
			if c.Old != "" {
				fmt.Fprintf(e.Stdout, "    %s  - %s\n", c.Path, c.Old)
			}
			if c.New != "" {
				fmt.Fprintf(e.Stdout, "    %s  + %s\n", c.Path, c.New)
			}
		}
	}
	e.Say("共 %d 件：新增 %d，更新 %d，未变 %d；%d 段文字未能归属。", "%d documents: %d new, %d changed, %d unchanged; %d passages belong to none.",
		len(r.Documents), r.Count(library.Added), r.Count(library.Changed), r.Count(library.Unchanged), r.Unattributed)
}

// confirm asks before the import; anything but yes is no.
func confirm(e *cli.Env) bool {
	q := gov.Text{ZH: "导入以上文件？[y/N] ", EN: "Import these documents? [y/N] "}
	fmt.Fprint(e.Stderr, q.In(e.Lang))
	line, err := bufio.NewReader(e.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return false // no one there to answer
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "是":
		return true
	}
	return false
}
