package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/ledger"
	"quanxiang/store"
)

func ledgerCommand(ctx context.Context, e *env, args []string) error {
	return subcommand(ctx, e, "ledger", []command{
		{"verify", "[--checkpoint FILE]... | --export DIR --key KEY", gov.Text{ZH: "核验账本与全部数据，或离线核验导出的账本", EN: "verify the ledger and every row, or an export, offline"}, ledgerVerify},
		{"export", "DIR", gov.Text{ZH: "导出账本供任何人核验", EN: "export the ledger for anyone to verify"}, ledgerExport},
		{"checkpoint", "", gov.Text{ZH: "显示最新的签名检查点", EN: "print the newest signed checkpoint"}, ledgerCheckpoint},
		{"prove", "EVENT [--actor]", gov.Text{ZH: "开具事件的回执", EN: "print the receipt of an event"}, ledgerProve},
		{"receipt", "verify FILE [--key KEY]", gov.Text{ZH: "核验回执", EN: "verify a receipt"}, ledgerReceipt},
		{"key", "", gov.Text{ZH: "显示账本公钥", EN: "print the ledger's public key"}, ledgerKey},
	}, args)
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// place is where a command finds its installation.
type place struct{ installation.Place }

// placeFlags adds the flags of every command that opens the database.
func placeFlags(e *env, fs *flag.FlagSet) *place {
	p := &place{}
	env := func(name, otherwise string) string {
		if v := e.Getenv(name); v != "" {
			return v
		}
		return otherwise
	}
	fs.StringVar(&p.Data, "data", env("QUANXIANG_DATA", "data"), gov.Text{ZH: "数据文件夹", EN: "data folder"}.In(e.Lang))
	fs.StringVar(&p.Database, "database", env("QUANXIANG_DATABASE", ""), gov.Text{ZH: "数据库地址（默认为数据文件夹中的 quanxiang.db）", EN: "database (default: quanxiang.db in the data folder)"}.In(e.Lang))
	fs.StringVar(&p.District, "district", env("QUANXIANG_DISTRICT", ""), gov.Text{ZH: "区划代码（默认为账本名称的最后一段）", EN: "district code (default: the last part of the ledger's name)"}.In(e.Lang))
	return p
}

// openLedger opens the database and its ledger. The caller closes db.
func (p *place) openLedger(ctx context.Context) (*store.DB, *store.Ledger, error) {
	db, d, v, err := p.OpenDatabase(ctx)
	if err != nil {
		return nil, nil, err
	}
	return db, store.NewLedger(db, d, v), nil
}

// withLedger parses the arguments of a command that reads the ledger, checks
// their number and runs fn.
func withLedger(ctx context.Context, e *env, fs *flag.FlagSet, args []string, n int, fn func(l *store.Ledger, rest []string) error) (err error) {
	p := placeFlags(e, fs)
	rest, err := parseExactly(fs, args, n)
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

func ledgerCheckpoint(ctx context.Context, e *env, args []string) error {
	return withLedger(ctx, e, e.flags("ledger checkpoint", ""), args, 0, func(l *store.Ledger, _ []string) error {
		note, err := l.Checkpoint(ctx)
		if err == nil {
			_, err = e.Stdout.Write(note)
		}
		return err
	})
}

func ledgerKey(_ context.Context, e *env, args []string) error {
	fs := e.flags("ledger key", "")
	p := placeFlags(e, fs)
	if _, err := parseExactly(fs, args, 0); err != nil {
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

func ledgerProve(ctx context.Context, e *env, args []string) error {
	fs := e.flags("ledger prove", "EVENT [--actor]")
	actor := fs.Bool("actor", false, gov.Text{ZH: "在回执中写明行为人", EN: "say in the receipt who acted"}.In(e.Lang))
	return withLedger(ctx, e, fs, args, 1, func(l *store.Ledger, rest []string) error {
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

func ledgerExport(ctx context.Context, e *env, args []string) error {
	return withLedger(ctx, e, e.flags("ledger export", "DIR"), args, 1, func(l *store.Ledger, rest []string) error {
		dir := rest[0]
		c, err := l.Export(ctx, func(name string, data []byte) error {
			return installation.ReplaceFile(filepath.Join(dir, filepath.FromSlash(name)), data, true)
		})
		if err != nil {
			return err
		}
		e.say("已导出 %d 条到 %s，根哈希 %s。", "Exported %d entries to %s, root %s.", c.Size, dir, c.Root)
		return nil
	})
}

func ledgerReceipt(_ context.Context, e *env, args []string) error {
	fs := e.flags("ledger receipt verify", "FILE [--key KEY]")
	var keys list
	fs.Var(&keys, "key", gov.Text{ZH: "账本公钥或公钥文件（默认为本机的账本）", EN: "the ledger's public key, or a file with it (default: of the ledger here)"}.In(e.Lang))
	p := placeFlags(e, fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 2 || rest[0] != "verify" {
		fs.Usage()
		return errUsage
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
	e.say("回执成立：%[1]s 账本 %[2]d 条中的第 %[3]d 条。", "The receipt holds: entry %[3]d of %[2]d in the ledger %[1]s.", got.Checkpoint.Origin, got.Checkpoint.Size, got.Index)
	if got.Entry == nil {
		e.say("叶哈希 %s；回执未附条目内容。", "Leaf hash %s; the receipt does not show the entry.", got.Leaf)
		return nil
	}
	return printEntry(e, *got.Entry, got.Opened)
}

// verifier is of the keys given, or of the ledger here.
func (p *place) verifier(keys []string) (*ledger.Verifier, error) {
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
func readInput(e *env, name string) ([]byte, error) {
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
		return nil, fmt.Errorf("read %s: %w", baseName(name), err)
	}
	if len(b) > maxInput {
		return nil, gov.Errorf(gov.TooLarge, "文件“%s”过大", "the file %q is too large", name)
	}
	return b, nil
}
