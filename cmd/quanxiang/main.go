// Command quanxiang runs a district: it serves the portal, imports documents,
// and checks packs, ledgers and backups. Every command lives in a file of its
// own name; package cli is the frame they stand in.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"quanxiang/cmd/quanxiang/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
	os.Exit(run(ctx, e, os.Args[1:]))
}

// run is the whole program but for the process: tests call it.
func run(ctx context.Context, e *cli.Env, args []string) int {
	return cli.Run(ctx, e, commands(), args)
}
