// Package ledgercmd is the family of commands about the ledger: verify and
// export it, make and verify receipts.
package ledgercmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/ledger"
	"quanxiang/store"
)

// place is where a command finds its installation.
type place struct{ *installation.Place }

// flags adds to a command those that say where its installation is.
type flags func(*cli.Env, *flag.FlagSet) *installation.Place

// Command is "ledger". where adds the flags of every command that opens the
// database.
func Command(where func(*cli.Env, *flag.FlagSet) *installation.Place) func(context.Context, *cli.Env, []string) error {
	f := flags(where)
	return func(ctx context.Context, e *cli.Env, args []string) error { return f.run(ctx, e, args) }
}

func (f flags) run(ctx context.Context, e *cli.Env, args []string) error {
	return cli.Subcommand(ctx, e, "ledger", []cli.Command{
		{Name: "verify", Usage: "[--checkpoint FILE]... | --export DIR --key KEY", About: gov.Text{ZH: "核验账本与全部数据，或离线核验导出的账本", EN: "verify the ledger and every row, or an export, offline"}, Run: f.verify},
		{Name: "export", Usage: "DIR", About: gov.Text{ZH: "导出账本供任何人核验", EN: "export the ledger for anyone to verify"}, Run: f.export},
		{Name: "checkpoint", Usage: "", About: gov.Text{ZH: "显示最新的签名检查点", EN: "print the newest signed checkpoint"}, Run: f.checkpoint},
		{Name: "prove", Usage: "EVENT [--actor]", About: gov.Text{ZH: "开具事件的回执", EN: "print the receipt of an event"}, Run: f.prove},
		{Name: "receipt", Usage: "verify FILE [--key KEY]", About: gov.Text{ZH: "核验回执", EN: "verify a receipt"}, Run: f.receipt},
		{Name: "erase", Usage: "EVENT NAME...", About: gov.Text{ZH: "应本人请求，抹去事件中的行为人（actor）或密封内容", EN: "erase, at a person's request, who acted (actor) or a sealed fact of an event"}, Run: f.erase},
		{Name: "key", Usage: "", About: gov.Text{ZH: "显示账本公钥", EN: "print the ledger's public key"}, Run: f.key},
	}, args)
}

// openLedger opens the database and its ledger. The caller closes db.
func (p place) openLedger(ctx context.Context) (*store.DB, *store.Ledger, error) {
	db, d, v, err := p.OpenDatabase(ctx)
	if err != nil {
		return nil, nil, err
	}
	return db, store.NewLedger(db, d, v), nil
}

// withLedger parses the arguments of a command that reads the ledger, checks
// their number and runs fn.
func (f flags) withLedger(ctx context.Context, e *cli.Env, fs *flag.FlagSet, args []string, n int, fn func(l *store.Ledger, rest []string) error) (err error) {
	p := place{f(e, fs)}
	rest, err := cli.ParseExactly(fs, args, n)
	if err != nil {
		return err
	}
	db, l, err := p.openLedger(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return fn(l, rest)
}

func (f flags) checkpoint(ctx context.Context, e *cli.Env, args []string) error {
	return f.withLedger(ctx, e, e.Flags("ledger checkpoint", ""), args, 0, func(l *store.Ledger, _ []string) error {
		note, err := l.Checkpoint(ctx)
		if err == nil {
			_, err = e.Stdout.Write(note)
		}
		return err
	})
}

func (f flags) key(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("ledger key", "")
	p := place{f(e, fs)}
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	keys, err := installation.ReadKeys(p.Data)
	if err != nil {
		return err
	}
	for _, k := range keys.Public() {
		fmt.Fprintln(e.Stdout, k)
	}
	return nil
}

func (f flags) prove(ctx context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("ledger prove", "EVENT [--actor]")
	actor := fs.Bool("actor", false, gov.Text{ZH: "在回执中写明行为人", EN: "say in the receipt who acted"}.In(e.Lang))
	return f.withLedger(ctx, e, fs, args, 1, func(l *store.Ledger, rest []string) error {
		id, err := gov.ParseID(rest[0])
		if err != nil {
			return err
		}
		r, err := l.Receipt(ctx, id)
		if err != nil {
			return err
		}
		if *actor {
			o, err := l.OpenActor(ctx, id)
			if err != nil {
				return err
			}
			r.Openings = append(r.Openings, o)
		}
		b, err := r.Marshal()
		if err == nil {
			_, err = e.Stdout.Write(b)
		}
		return err
	})
}

func (f flags) export(ctx context.Context, e *cli.Env, args []string) error {
	return f.withLedger(ctx, e, e.Flags("ledger export", "DIR"), args, 1, func(l *store.Ledger, rest []string) error {
		dir := rest[0]
		c, err := l.Export(ctx, func(name string, data []byte) error {
			return installation.ReplaceFile(filepath.Join(dir, filepath.FromSlash(name)), data, true)
		})
		if err != nil {
			return err
		}
		e.Say("已导出 %d 条到 %s，根哈希 %s。", "Exported %d entries to %s, root %s.", c.Size, dir, c.Root)
		return nil
	})
}

func (f flags) receipt(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("ledger receipt verify", "FILE [--key KEY]")
	var keys cli.List
	fs.Var(&keys, "key", gov.Text{ZH: "账本公钥或公钥文件（默认为本机的账本）", EN: "the ledger's public key, or a file with it (default: of the ledger here)"}.In(e.Lang))
	p := place{f(e, fs)}
	rest, err := cli.Parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 2 || rest[0] != "verify" {
		return cli.Misused(fs, "应写 verify 和回执文件。", "What follows is verify and the file of a receipt.")
	}
	v, err := p.verifier(keys)
	if err != nil {
		return err
	}
	file, err := readInput(e, rest[1])
	if err != nil {
		return err
	}
	got, err := v.VerifyReceipt(file)
	if err != nil {
		return err
	}
	e.Say("回执成立：%[1]s 账本 %[2]d 条中的第 %[3]d 条。", "The receipt holds: entry %[3]d of %[2]d in the ledger %[1]s.", got.Checkpoint.Origin, got.Checkpoint.Size, got.Index)
	if got.Entry == nil {
		e.Say("叶哈希 %s；回执未附条目内容。", "Leaf hash %s; the receipt does not show the entry.", got.Leaf)
		return nil
	}
	return printEntry(e, *got.Entry, got.Opened)
}

// verifier is of the keys given, or of the ledger here.
func (p place) verifier(keys []string) (*ledger.Verifier, error) {
	if len(keys) > 0 {
		return installation.ReadPublicKeys(keys)
	}
	k, err := installation.ReadKeys(p.Data)
	if err != nil {
		return nil, err
	}
	return ledger.NewVerifier(k.Public()...)
}

// maxInput bounds files that come from citizens.
const maxInput = 2 << 20

// readInput reads a small file, or standard input for "-".
func readInput(e *cli.Env, name string) ([]byte, error) {
	r := e.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, gov.Errorf(gov.NotFound, "无法打开文件“%s”", "the file %q cannot be opened", name).Because(err)
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", cli.BaseName(name), err)
	}
	if len(b) > maxInput {
		return nil, gov.Errorf(gov.TooLarge, "文件“%s”过大", "the file %q is too large", name)
	}
	return b, nil
}
