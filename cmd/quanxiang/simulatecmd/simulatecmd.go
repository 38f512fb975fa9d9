// Package simulatecmd is the commands that try a change of support programmes on a
// population: make snapshots, simulate an amendment. They need no installation.
package simulatecmd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/policy"
	"quanxiang/support/simulate"
)

func packFlag(e *cli.Env, fs *flag.FlagSet) *string {
	return fs.String("pack", "", gov.Text{ZH: "政策包文件夹，不写则用程序自带的", EN: "folder of the pack; the one the program carries by default"}.In(e.Lang))
}

// Simulate is "simulate": what an amendment brings.
func Simulate(pack func(dir string) (*policy.Pack, error)) func(context.Context, *cli.Env, []string) error {
	return func(ctx context.Context, e *cli.Env, args []string) error {
		fs := e.Flags("simulate", "--amend FILE --population FILE --year YEAR [--programmes 16,17,18] [--budget 300万元] [--workers N] [--json] [--pack DIR]")
		words := fs.String("programmes", "", gov.Text{ZH: "申报哪些文件的支持，如 16,17,18；不写则全部", EN: "the documents applied under, like 16,17,18; all without it"}.In(e.Lang))
		amend := fs.String("amend", "", gov.Text{ZH: "修订的文件", EN: "the file of the amendment"}.In(e.Lang))
		people := fs.String("population", "", gov.Text{ZH: "申报者快照", EN: "the snapshot of the population"}.In(e.Lang))
		year := fs.Int64("year", 0, gov.Text{ZH: "申报年度", EN: "the year applied for"}.In(e.Lang))
		budget := fs.String("budget", "", gov.Text{ZH: "预算，如 300万元；只写数字则以万元计", EN: "the budget, like 300万元; a bare number is in 10,000 yuan"}.In(e.Lang))
		workers := fs.Int("workers", runtime.GOMAXPROCS(0), gov.Text{ZH: "同时计算的线程数", EN: "how many threads compute"}.In(e.Lang))
		asJSON := fs.Bool("json", false, gov.Text{ZH: "以 JSON 输出全部结果", EN: "print the whole result as JSON"}.In(e.Lang))
		dir := packFlag(e, fs)
		if _, err := cli.ParseExactly(fs, args, 0); err != nil {
			return err
		}
		if *amend == "" || *people == "" || *year == 0 {
			return cli.Misused(fs, "--amend、--population、--year 都要写。", "--amend, --population and --year are needed.")
		}
		line, err := simulate.Budget(*budget)
		if err != nil {
			return gov.Errorf(gov.Invalid, "--budget：%[1]s", "--budget: %[2]s", gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN))
		}
		p, err := pack(*dir)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(*amend)
		if err != nil {
			return gov.Errorf(gov.NotFound, "找不到“%s”", "there is no %q", *amend)
		}
		q := simulate.Question{Year: *year, Amendment: string(text)}
		if *words != "" {
			q.Docs = strings.Split(*words, ",")
		}
		r, err := simulate.Prepare(p, q)
		if err != nil {
			return refuse(e, *amend, err)
		}
		f, s, err := open(*people)
		if err != nil {
			return err
		}
		defer f.Close()
		o := simulate.Options{Workers: *workers}
		if draw := e.Progress(); draw != nil {
			var one sync.Mutex
			o.Progress = func(done, total int64) {
				one.Lock()
				defer one.Unlock()
				draw(int(done), int(total))
			}
		}
		x, err := r.Run(ctx, s, o)
		if err != nil {
			return err
		}
		body := x.Bytes()
		if *asJSON {
			_, err := fmt.Fprintf(e.Stdout, "%s\n", body)
			return err
		}
		sum := sha256.Sum256(body)
		fmt.Fprint(e.Stdout, x.Text(e.Lang, line))
		e.Say("结果 %[1]s，摘要 %[2]s", "result %[1]s, digest %[2]s", x.ID, hex.EncodeToString(sum[:]))
		return nil
	}
}

// refuse prints every mistake, those of the amendment under the file's name.
func refuse(e *cli.Env, name string, err error) error {
	list, ok := errors.AsType[problems.List](err)
	if !ok {
		return err
	}
	for _, p := range list {
		if p.Pos.File == simulate.AmendmentFile {
			p.Pos.File = name
		}
	}
	fmt.Fprintln(e.Stderr, list.In(e.Lang))
	return gov.Errorf(gov.Invalid, "有 %d 处错误", "%d mistakes", len(list))
}
