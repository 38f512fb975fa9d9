package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/store"
)

func importCommand(ctx context.Context, e *env, args []string) error {
	return subcommand(ctx, e, "import", []command{
		{"gazette", "FILE [--dry-run] [--yes] [--pack DIR] [--data DIR] [--database ADDRESS]", gov.Text{
			ZH: "把一份公报收入文件库；重复导入不改变任何内容，更正过的文件形成新版本",
			EN: "bring a gazette into the library; a second import changes nothing, a corrected file makes new versions"}, importGazette},
	}, args)
}

// importGazette shows what would change, asks, and imports.
func importGazette(ctx context.Context, e *env, args []string) error {
	fs := e.flags("import gazette", "FILE")
	at := placeFlags(e, fs)
	dir := fs.String("pack", "", gov.Text{ZH: "政策包文件夹；不写则用程序自带的西城区政策包", EN: "pack folder; without it the embedded pack of Xicheng"}.In(e.Lang))
	dry := fs.Bool("dry-run", false, gov.Text{ZH: "只显示将发生什么，不写入", EN: "show what would change, write nothing"}.In(e.Lang))
	yes := fs.Bool("yes", false, gov.Text{ZH: "不询问，直接导入", EN: "import without asking"}.In(e.Lang))
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		fs.Usage()
		return errUsage
	}
	pack, err := choosePack(*dir)
	if problems, ok := errors.AsType[policy.Problems](err); ok {
		fmt.Fprintln(e.Stderr, problems.In(e.Lang))
		return gov.Errorf(gov.Invalid, "政策包有 %d 处错误。", "The pack has %d mistakes.", len(problems))
	}
	if err != nil {
		return err
	}
	g, err := readGazette(rest[0], pack)
	if err != nil {
		return err
	}
	db, err := at.openDatabase(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	lib := library.New(db.Library(pack.District), pack, time.Now)
	actor := gov.Actor{Kind: gov.OperatorActor, Name: e.Getenv("USER")}

	plan, err := lib.Import(ctx, actor, g, library.ImportOptions{DryRun: true})
	if err != nil {
		return err
	}
	showImport(e, plan)
	if *dry || plan.Count(library.Unchanged) == len(plan.Documents) {
		return nil
	}
	if !*yes && !confirm(e) {
		e.note("没有导入。", "Nothing was imported.")
		return errSilent
	}
	report, err := lib.Import(ctx, actor, g, library.ImportOptions{Progress: e.progress()})
	if err != nil {
		e.note("已导入 %d 件后中断；再次导入会接着完成。", "Stopped after %d documents; another import will complete it.", len(report.Documents))
		return err
	}
	e.say("导入完成：新增 %d 件，更新 %d 件，未变 %d 件。", "Imported: %d new, %d changed, %d unchanged.",
		report.Count(library.Added), report.Count(library.Changed), report.Count(library.Unchanged))
	return nil
}

// openDatabase opens the database of a place and brings its schema up to date.
// The caller closes it.
func (p *place) openDatabase(ctx context.Context) (*store.DB, error) {
	dsn := p.database
	if dsn == "" {
		if err := os.MkdirAll(p.data, 0o750); err != nil {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
		dsn = "sqlite:" + filepath.Join(p.data, "quanxiang.db")
	}
	return store.Open(ctx, dsn, store.Options{Migrate: true})
}

// showImport prints what an import would do, document by document.
func showImport(e *env, r *library.ImportReport) {
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
	e.say("共 %d 件：新增 %d，更新 %d，未变 %d；%d 段文字未能归属。", "%d documents: %d new, %d changed, %d unchanged; %d passages belong to none.",
		len(r.Documents), r.Count(library.Added), r.Count(library.Changed), r.Count(library.Unchanged), r.Unattributed)
}

// confirm asks before the import; anything but yes is no.
func confirm(e *env) bool {
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

// progress draws a bar on standard error when that is a terminal; otherwise it
// is nil.
func (e *env) progress() func(done, total int) {
	f, ok := e.Stderr.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	const width = 30
	return func(done, total int) {
		n := width * done / max(total, 1)
		fmt.Fprintf(f, "\r[%s%s] %d/%d", strings.Repeat("#", n), strings.Repeat(".", width-n), done, total)
		if done == total {
			fmt.Fprintln(f)
		}
	}
}
