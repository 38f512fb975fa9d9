package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/library"
	"quanxiang/packs"
	"quanxiang/policy"
)

// demoGazette is the sample in the embedded pack.
const demoGazette = "demo/gazette.txt"

// demoCommand reads a gazette into a fresh library and serves it. Without a
// data folder of its own it leaves nothing behind.
func demoCommand(ctx context.Context, e *cli.Env, args []string) (err error) {
	fs := e.Flags("demo", "")
	o := serveFlags(e, fs, "localhost:8080")
	data := fs.String("data", "", gov.Text{
		ZH: "数据文件夹；不写则用临时文件夹，退出时删除",
		EN: "data folder; without it a temporary one, removed at the end"}.In(e.Lang))
	file := fs.String("gazette", "", gov.Text{ZH: "改用这份公报", EN: "read this gazette instead of the sample"}.In(e.Lang))
	dir := packFlag(e, fs)
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	pack, err := openPack(e, *dir)
	if err != nil {
		return err
	}
	g, err := readDemo(pack, *file)
	if err != nil {
		return err
	}
	if *data == "" {
		if *data, err = os.MkdirTemp("", "quanxiang-demo-"); err != nil {
			return fmt.Errorf("make the demo's folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(*data)) }()
	}
	log := slog.New(slog.NewTextHandler(e.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := (&place{installation.Place{Data: *data}}).openSystem(ctx, e, pack, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	actor := gov.Actor{Kind: gov.SystemActor, Name: "demo"}
	report, err := s.library.Import(ctx, actor, g, library.ImportOptions{})
	if err != nil {
		return err
	}
	if err := s.proposeFrom(ctx, e, actor, report); err != nil {
		return err
	}
	e.Say("演示区已备好：%[1]d 份文件。按 Ctrl+C 停止。", "The demo district is ready: %[1]d documents. Ctrl+C stops it.", len(report.Documents))
	return s.serve(ctx, e, log, o)
}

// readDemo reads the gazette of the demonstration: the file given, or the
// sample of the embedded pack.
func readDemo(pack *policy.Pack, file string) (*gazette.Gazette, error) {
	if file != "" {
		return readGazette(file, pack)
	}
	fsys, ok := packs.FS(defaultPack)
	if !ok {
		return nil, fmt.Errorf("the program carries no pack %s", defaultPack)
	}
	f, err := fsys.Open(demoGazette)
	if err != nil {
		return nil, fmt.Errorf("open the sample gazette: %w", err)
	}
	defer f.Close()
	return gazette.Read(io.Reader(f), filepath.Base(demoGazette), pack.Gazette, gazette.Limits{})
}
