// Package privacycmd is the family of commands about the keys that seal personal
// data: a new key is put in force while the site serves, what older ones sealed is
// sealed anew, and the older ones are given up.
package privacycmd

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/privacy"
	"quanxiang/store/resealdb"
)

// Desk is an installation opened for a command of the family.
type Desk struct {
	Data     string           // folder with the key file
	Ring     *privacy.Keyring // follows the key file
	Seals    *resealdb.Seals
	By       gov.Actor                   // the operator
	Sequence func(context.Context) error // puts what was recorded into the ledger's tree
	Close    func() error
}

// Opener adds the flags that name an installation to a command's and returns
// what opens it once they are parsed.
type Opener func(e *cli.Env, fs *flag.FlagSet) func(context.Context) (*Desk, error)

// settle is how long a key file must have been in force before the older keys may
// go: twice as long as the longest write, waiting included, so that no transaction
// that sealed with one of them is under way.
const settle = 2 * time.Minute

const usage = "[--data DIR] [--database ADDRESS]"

type family struct{ open Opener }

// Command returns the command that runs the one of the family the arguments
// name.
func Command(open Opener) func(context.Context, *cli.Env, []string) error {
	f := family{open}
	return func(ctx context.Context, e *cli.Env, args []string) error {
		return cli.Subcommand(ctx, e, "privacy", []cli.Command{
			{Name: "status", Usage: "[--format text|json] " + usage, About: gov.Text{ZH: "列出密钥文件中的密钥，以及各自还密封着多少项", EN: "list the keys in the file and how many values each seals"}, Run: f.status},
			{Name: "rotate", Usage: usage, About: gov.Text{ZH: "生成并启用新密钥，把旧密钥密封的内容重新密封；系统可照常运行", EN: "put a new key in force and seal anew what the old one sealed; the site may go on serving"}, Run: f.rotate},
			{Name: "reseal", Usage: usage, About: gov.Text{ZH: "继续中断的重新密封", EN: "go on with sealing anew that was cut off"}, Run: f.reseal},
			{Name: "retire", Usage: usage, About: gov.Text{ZH: "确认旧密钥不再需要，从密钥文件中删除", EN: "make sure that no value needs an old key, and drop it from the file"}, Run: f.retire},
		}, args)
	}
}

// holding runs fn with the right to change keys and to seal anew.
func (f family) holding(ctx context.Context, e *cli.Env, name string, args []string, fn func(d *Desk, holder string) error) (err error) {
	fs := e.Flags("privacy "+name, "")
	open := f.open(e, fs)
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	d, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	holder := Process()
	if err := d.Seals.Hold(ctx, holder); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Seals.Release(context.WithoutCancel(ctx), holder)) }()
	if err := fn(d, holder); err != nil {
		return err
	}
	return d.Sequence(ctx)
}

func (f family) rotate(ctx context.Context, e *cli.Env, args []string) error {
	return f.holding(ctx, e, "rotate", args, func(d *Desk, holder string) error {
		old, err := installation.ReadKeyring(d.Data)
		if err != nil {
			return err
		}
		if n := len(old.IDs()); n > 1 {
			return gov.Errorf(gov.Conflict, "密钥文件中还有 %d 把旧密钥：请先运行 quanxiang privacy reseal 和 quanxiang privacy retire。", "There are %d older keys in the file: run quanxiang privacy reseal and quanxiang privacy retire first.", n-1)
		}
		if err := installation.ReplaceKeyring(d.Data, old.Rotate()); err != nil {
			return err
		}
		if err := d.Seals.Rotated(ctx, d.By); err != nil {
			return err
		}
		e.Say("已启用新密钥 %[1]s，旧密钥 %[2]s 仍能打开原有内容。", "The new key %[1]s is in force; the old key %[2]s still opens what it sealed.", d.Ring.Pin().IDs()[0], old.IDs()[0])
		return reseal(ctx, e, d, holder)
	})
}

func (f family) reseal(ctx context.Context, e *cli.Env, args []string) error {
	return f.holding(ctx, e, "reseal", args, func(d *Desk, holder string) error {
		if len(d.Ring.Pin().IDs()) > 1 { // rotate may have been killed before it said so
			if err := d.Seals.Rotated(ctx, d.By); err != nil {
				return err
			}
		}
		return reseal(ctx, e, d, holder)
	})
}

// reseal seals anew and says what to do next.
func reseal(ctx context.Context, e *cli.Env, d *Desk, holder string) error {
	counts, err := d.Seals.Count(ctx)
	if err != nil {
		return err
	}
	total := 0
	for key, tables := range counts {
		if key != d.Ring.IDs()[0] {
			total += sum(tables)
		}
	}
	var show func(rows int)
	if bar := e.Progress(); bar != nil && total > 0 {
		show = func(rows int) { bar(min(rows, total), total) }
	}
	done, err := d.Seals.Reseal(ctx, d.By, holder, show)
	if err != nil {
		return err
	}
	e.Say("已重新密封 %[1]d 项（%[2]d 行）。", "Sealed %[1]d values anew (%[2]d rows).", done.Values, done.Rows)
	if done.Closed > 0 {
		e.Note("有 %[1]d 项任何密钥都打不开，保持原样：%[2]v", "%[1]d values do not open with any key here and stay as they are: %[2]v", done.Closed, done.First)
	}
	if len(d.Ring.IDs()) > 1 {
		e.Say("请把新的 %s 另行备份；然后运行 quanxiang privacy retire 删除旧密钥。旧备份仍需要旧的密钥文件。",
			"Keep a copy of the new %s elsewhere; then quanxiang privacy retire drops the old key. Older backups still need the older key file.", installation.PrivacyKeyFile)
	}
	return nil
}

// behind warns of processes that do not have the new key.
func behind(ctx context.Context, e *cli.Env, d *Desk) error {
	list, err := d.Seals.Behind(ctx)
	if err == nil && len(list) > 0 {
		e.Note("这些进程还在用旧密钥密封；若在另一台机器上，请把新的 %[1]s 放到它的数据文件夹：%[2]s", "These processes still seal with an old key; if one is on another machine, put the new %[1]s into its data folder: %[2]s", installation.PrivacyKeyFile, strings.Join(list, ", "))
	}
	return err
}

func (f family) retire(ctx context.Context, e *cli.Env, args []string) error {
	return f.holding(ctx, e, "retire", args, func(d *Desk, holder string) error {
		ids := d.Ring.Pin().IDs()
		if len(ids) == 1 {
			e.Say("密钥文件中只有现用的密钥 %s，没有旧密钥。", "The key file holds the present key %s alone; there is no old one.", ids[0])
			return nil
		}
		if err := settled(ctx, e, d, holder); err != nil {
			return err
		}
		list, err := d.Seals.Behind(ctx)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			return gov.Errorf(gov.Conflict, "没有删除：这些进程还在用旧密钥密封（%[1]s）。请把新的 %[2]s 放到它们的数据文件夹；已停止的进程一分钟后不再计入。",
				"Nothing was dropped: these processes still seal with an old key (%[1]s). Put the new %[2]s into their data folders; one that was stopped is forgotten after a minute.", strings.Join(list, ", "), installation.PrivacyKeyFile)
		}
		needed, closed, err := d.Seals.Needed(ctx)
		if err != nil {
			return err
		}
		if needed > 0 {
			return gov.Errorf(gov.Conflict, "没有删除：还有 %d 项需要旧密钥。请先运行 quanxiang privacy reseal。", "Nothing was dropped: %d values still need an old key. Run quanxiang privacy reseal first.", needed)
		}
		if closed > 0 {
			e.Note("有 %d 项任何密钥都打不开，与旧密钥无关。", "%d values do not open with any key here, the old ones included.", closed)
		}
		if err := errors.Join(d.Seals.Hold(ctx, holder), d.Seals.Retired(ctx, d.By)); err != nil {
			return err
		}
		if err := installation.ReplaceKeyring(d.Data, d.Ring.Pin().Newest()); err != nil {
			return err
		}
		e.Say("已删除旧密钥 %[1]s；现用的是 %[2]s。请用新的 %[3]s 替换所有另存的副本，并做一次新的备份。",
			"Dropped the old key %[1]s; %[2]s is in force. Replace every copy kept elsewhere by the new %[3]s, and take a new backup.", strings.Join(ids[1:], " "), ids[0], installation.PrivacyKeyFile)
		return nil
	})
}

// settled waits until no transaction can be under way that sealed with an old key.
func settled(ctx context.Context, e *cli.Env, d *Desk, holder string) error {
	said := false
	for {
		age, err := installation.KeyringAge(d.Data)
		left := settle - age
		if err != nil || left <= 0 {
			return err
		}
		if !said {
			e.Note("新密钥启用还不到 %[1]s，等待 %[2]s，让正在进行的写入结束……", "The new key is in force for less than %[1]s: waiting %[2]s for writes that are under way...", settle, min(left, settle).Round(time.Second))
			said = true
		}
		if err := d.Seals.Hold(ctx, holder); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(left, 5*time.Second)):
		}
	}
}

// KeyStatus is what status says of a key.
type KeyStatus struct {
	Key    string         `json:"key"`
	State  string         `json:"state"` // present, old or missing
	Values int            `json:"values"`
	Tables map[string]int `json:"tables"`
}

func (f family) status(ctx context.Context, e *cli.Env, args []string) (err error) {
	fs := e.Flags("privacy status", "")
	open := f.open(e, fs)
	format := fs.String("format", "text", "text|json")
	if _, err := cli.ParseExactly(fs, args, 0); err != nil {
		return err
	}
	if *format != "text" && *format != "json" {
		return gov.Errorf(gov.Invalid, "--format 只能是 text 或 json", "--format is text or json")
	}
	d, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	counts, err := d.Seals.Count(ctx)
	if err != nil {
		return err
	}
	list := statuses(d.Ring.Pin().IDs(), counts)
	if *format == "json" {
		enc := json.NewEncoder(e.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(list)
	}
	for _, k := range list {
		state := map[string]gov.Text{"present": {ZH: "现用", EN: "present"}, "old": {ZH: "旧", EN: "old"}, "missing": {ZH: "不在密钥文件中，打不开", EN: "not in the key file, does not open"}}[k.State]
		var tables []string
		for _, name := range slices.Sorted(maps.Keys(k.Tables)) {
			tables = append(tables, fmt.Sprintf("%s %d", name, k.Tables[name]))
		}
		e.Say("密钥 %[1]s（%[2]s）：密封着 %[4]d 项", "Key %[1]s (%[3]s): seals %[4]d values", k.Key, state.ZH, state.EN, k.Values)
		if len(tables) > 0 {
			fmt.Fprintln(e.Stdout, "  "+strings.Join(tables, ", "))
		}
	}
	return behind(ctx, e, d)
}

// statuses lists the keys of the file, the present one first, and then those that
// sealed something and are not in it.
func statuses(ids []string, counts map[string]map[string]int) (list []KeyStatus) {
	add := func(key, state string) {
		tables := counts[key]
		if tables == nil {
			tables = map[string]int{}
		}
		list = append(list, KeyStatus{key, state, sum(tables), tables})
	}
	for i, id := range ids {
		if i == 0 {
			add(id, "present")
		} else {
			add(id, "old")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if !slices.Contains(ids, key) {
			add(key, "missing")
		}
	}
	return list
}

func sum(tables map[string]int) (n int) {
	for _, v := range tables {
		n += v
	}
	return n
}

// Process names this process so that an operator finds it.
func Process() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), gov.NewID(time.Now()).String()[28:])
}

// lookEvery is how soon a process that took another key up says so.
const lookEvery = time.Second

// Announce tells until ctx ends which key this process seals with, at once when it
// is another: nobody drops a key that it still uses.
func Announce(ctx context.Context, ring *privacy.Keyring, seals *resealdb.Seals, log *slog.Logger) {
	process, told, at := Process(), "", time.Time{}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if key := ring.Pin().IDs()[0]; key != told || time.Since(at) >= resealdb.AnnounceEvery {
			err := seals.Announce(ctx, process)
			if err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, "the sealing key could not be announced", "err", err)
			}
			if told, at = key, time.Now(); err != nil {
				told = "" // again in a moment
			}
		}
		select {
		case <-ctx.Done():
			if err := seals.Leave(context.WithoutCancel(ctx), process); err != nil {
				log.ErrorContext(ctx, "the sealing key could not be taken back", "err", err)
			}
			return
		case <-tick.C:
		}
	}
}
