package ledgercmd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store"
)

// maxShown bounds how many findings are printed; all are counted.
const maxShown = 200

// Report is the answer of verify in JSON.
type Report struct {
	OK          bool        `json:"ok"`
	Origin      string      `json:"origin,omitempty"`
	Size        int64       `json:"size"`
	Root        ledger.Hash `json:"root,omitzero"`
	Checkpoints int64       `json:"checkpoints"`
	Waiting     int64       `json:"waiting"`
	Rows        int64       `json:"rows"`
	Count       int64       `json:"finding_count"`
	Findings    []Finding   `json:"findings"` // the first 200
}

// Finding is what verify found wrong.
type Finding struct {
	Problem ledger.Problem `json:"problem"`
	Index   *int64         `json:"index,omitempty"`
	Event   *gov.ID        `json:"event,omitempty"`
	Text    gov.Text       `json:"text"`
}

func (f flags) verify(ctx context.Context, e *cli.Env, args []string) (err error) {
	fs := e.Flags("ledger verify", "[--checkpoint FILE]... | --export DIR --key KEY")
	export := fs.String("export", "", gov.Text{ZH: "离线核验导出的文件夹，不读数据库", EN: "verify an export folder, offline, instead of the database"}.In(e.Lang))
	var keys, pins cli.List
	fs.Var(&keys, "key", gov.Text{ZH: "账本公钥或公钥文件（默认为本机的账本）", EN: "the ledger's public key, or a file with it (default: of the ledger here)"}.In(e.Lang))
	fs.Var(&pins, "checkpoint", gov.Text{ZH: "另行保存的检查点文件，账本必须由其续写而成", EN: "a checkpoint kept elsewhere, which the ledger must continue"}.In(e.Lang))
	format := cli.FormatFlag(e, fs)
	p := place{f(e, fs)}
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	if err := cli.BadFormat(e, *format); err != nil {
		return err
	}
	if *export == "" && len(keys) > 0 {
		return cli.Misused(fs, "--key 只在用 --export 核验导出的文件夹时写。", "--key goes with --export alone.")
	}
	var pinned [][]byte
	for _, name := range pins {
		b, err := readInput(e, name)
		if err != nil {
			return err
		}
		pinned = append(pinned, b)
	}
	r := Report{Findings: []Finding{}}
	found := func(f ledger.Finding) {
		if len(r.Findings) == maxShown {
			return
		}
		one := Finding{Problem: f.Problem, Text: f.Text}
		if f.Index >= 0 {
			one.Index = &f.Index
		}
		if !f.ID.IsZero() {
			one.Event = &f.ID
		}
		r.Findings = append(r.Findings, one)
		if *format == "text" {
			fmt.Fprintln(e.Stdout, f.Text.In(e.Lang))
		}
	}
	var sum store.VerifySummary
	if *export != "" {
		sum.Summary, err = p.verifyExport(ctx, *export, keys, pinned, found)
	} else {
		sum, err = p.verifyDatabase(ctx, pinned, found)
	}
	if err != nil {
		return err
	}
	r.OK, r.Count = sum.Findings == 0, sum.Findings
	r.Origin, r.Size, r.Root = sum.Checkpoint.Origin, sum.Checkpoint.Size, sum.Checkpoint.Root
	r.Checkpoints, r.Waiting, r.Rows = sum.Checkpoints, sum.Waiting, sum.Rows
	return printReport(e, r, *format)
}

func (p place) verifyDatabase(ctx context.Context, pinned [][]byte, found func(ledger.Finding)) (sum store.VerifySummary, err error) {
	db, l, err := p.openLedger(ctx)
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return l.Verify(ctx, found, pinned...)
}

func (p place) verifyExport(ctx context.Context, dir string, keys []string, pinned [][]byte, found func(ledger.Finding)) (ledger.Summary, error) {
	v, err := p.verifier(keys)
	if err != nil {
		return ledger.Summary{}, err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ledger.Summary{}, gov.Errorf(gov.NotFound, "没有文件夹“%s”", "there is no folder %q", dir)
	}
	src := ledger.Folder(os.DirFS(dir))
	src.Heads = func(yield func(ledger.Signed, error) bool) {
		for _, pin := range v.Pin(pinned) {
			if !yield(pin.Signed, nil) {
				return
			}
		}
	}
	return ledger.Verify(ctx, src, v, found)
}

func printReport(e *cli.Env, r Report, format string) error {
	if format == "json" {
		if err := cli.PrintJSON(e.Stdout, r); err != nil {
			return err
		}
	} else if r.OK {
		e.Say("账本完好：%[1]d 条，另有 %[2]d 条等待入账，数据 %[3]d 行，检查点 %[4]d 个。", "The ledger is sound: %[1]d entries, %[2]d more waiting, %[3]d rows of data, %[4]d checkpoints.", r.Size, r.Waiting, r.Rows, r.Checkpoints)
		if r.Size > 0 {
			e.Say("根哈希 %s", "root %s", r.Root)
		}
	} else {
		if hidden := r.Count - int64(len(r.Findings)); hidden > 0 {
			e.Say("另有 %d 处未列出。", "%d more are not listed.", hidden)
		}
		e.Say("账本不完好：%d 处问题。", "The ledger is not sound: %d findings.", r.Count)
	}
	if !r.OK {
		return cli.ErrSilent
	}
	return nil
}

// printEntry shows what an entry says, and what was opened of it.
func printEntry(e *cli.Env, entry ledger.Entry, opened map[string]string) error {
	w := tabwriter.NewWriter(e.Stdout, 0, 4, 2, ' ', 0)
	row := func(zh, en, value string) { fmt.Fprintf(w, "  %s\t%s\n", gov.Text{ZH: zh, EN: en}.In(e.Lang), value) }
	row("事件", "event", entry.ID.String())
	row("时间", "time", time.UnixMilli(entry.At).In(gov.China).Format("2006-01-02 15:04:05.000 -0700"))
	row("类别", "kind", entry.Kind)
	row("对象", "object", entry.Object)
	for _, m := range []map[string]string{entry.Facts, opened} {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			row(name, name, m[name])
		}
	}
	return w.Flush()
}
