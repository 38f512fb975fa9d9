package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/gazettecmd"
	"quanxiang/cmd/quanxiang/packcmd"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/packs"
	"quanxiang/policy"
)

// defaultPack is the embedded pack a command uses when none is named.
const defaultPack = "xicheng"

func gazetteCommand(ctx context.Context, e *cli.Env, args []string) error {
	return cli.Subcommand(ctx, e, "gazette", []cli.Command{
		{Name: "read", Usage: "FILE [--format text|json] [--pack DIR]", About: gov.Text{
			ZH: "读一份公报的文字，显示读懂了什么、什么没能归属",
			EN: "read the text of a gazette and show what was understood and what was not"}, Run: gazetteRead},
	}, args)
}

// choosePack loads the pack in a folder, or the embedded one when dir is "".
func choosePack(dir string) (*policy.Pack, error) {
	if dir != "" {
		return packcmd.Load(dir)
	}
	return carriedPack()
}

// carriedPack is the pack the program carries, read at its first use.
var carriedPack = sync.OnceValues(func() (*policy.Pack, error) {
	fsys, ok := packs.FS(defaultPack)
	if !ok {
		return nil, fmt.Errorf("the program carries no pack %s", defaultPack)
	}
	return policy.Load(fsys, ".")
})

func gazetteRead(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("gazette read", "FILE")
	format := cli.FormatFlag(e, fs)
	dir := packFlag(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if err := cli.BadFormat(e, *format); err != nil {
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
	if *format == "json" {
		return cli.PrintJSON(e.Stdout, g)
	}
	gazettecmd.Summarise(e.Stdout, e.Lang, g)
	return nil
}

// readGazette reads a file. Messages name it as the user wrote it, the result
// by its base name.
func readGazette(path string, pack *policy.Pack) (*gazette.Gazette, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, gov.Errorf(gov.NotFound, "没有文件“%s”", "there is no file %q", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open gazette: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, gov.Errorf(gov.Invalid, "“%s”是文件夹，不是文件", "%q is a folder, not a file", path)
	}
	g, err := gazette.Read(f, path, pack.Gazette, gazette.Limits{})
	if err != nil {
		if gov.CodeOf(err) == gov.Internal {
			return nil, fmt.Errorf("read gazette: %w", err)
		}
		return nil, err
	}
	g.Source.Name = cli.BaseName(path)
	return g, nil
}
