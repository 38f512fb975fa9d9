package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"quanxiang/backup"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/ledger"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/dumpdb"
)

// restoreCommand fills an empty installation from an archive: the whole archive
// is checked first, the rows come in one transaction, the search index is made
// again, and the ledger verified. Until the end a marker in the data folder keeps
// every other command out.
func restoreCommand(ctx context.Context, e *cli.Env, args []string) error {
	flags := e.Flags("restore", "FILE [--new-key]")
	p := placeFlags(e, flags)
	dir := packFlag(e, flags)
	newKey := flags.Bool("new-key", false, gov.Text{
		ZH: "密钥已丢失：生成新的。旧账本公钥仍可核验以前的检查点；隐私密钥丢失则备份中密封的个人信息再也打不开",
		EN: "a key is lost: make a new one. The old public key still verifies what it signed; what a lost privacy key sealed never opens again"}.In(e.Lang))
	rest, err := cli.ParseExactly(flags, args, 1)
	if err != nil {
		return err
	}
	pack, err := openPack(e, *dir)
	if err != nil {
		return err
	}
	e.Note("正在核对备份……", "Checking the backup...")
	a, err := backup.Open(ctx, rest[0], e.Progress())
	if err != nil {
		return err
	}
	if a.District != pack.District {
		return otherDistrict(a.District, pack)
	}
	if a.Pack.Hash != pack.Hash {
		e.Note("注意：备份时的政策包是 %[1]s %[2]s，现在用的是 %[3]s %[4]s。", "Note: the backup was taken with pack %[1]s %[2]s; the one in use is %[3]s %[4]s.", a.Pack.ID, a.Pack.Version, pack.ID, pack.Version)
	}
	r := &restoreRun{e: e, place: p, archive: a, pack: pack, newKey: *newKey}
	return r.run(ctx)
}

// restoreRun is one restore.
type restoreRun struct {
	e       *cli.Env
	place   *place
	archive *backup.Archive
	pack    *policy.Pack
	newKey  bool
}

// longTransaction bounds the transaction that loads the rows.
const longTransaction = 24 * time.Hour

func (r *restoreRun) run(ctx context.Context) (err error) {
	if err := os.MkdirAll(r.place.Data, 0o750); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	keys, err := r.decideKeys(ctx)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, r.place.DSN(), store.Options{Migrate: true, Log: slog.Default(), WriteTimeout: longTransaction})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, known, err := db.SchemaVersion(ctx); err != nil || r.archive.Schema > known {
		return errors.Join(err, gov.Errorf(gov.Unsupported, "备份的数据库结构为第 %[1]d 版，本程序只认识第 %[2]d 版：请使用更新的程序。",
			"The backup has schema version %[1]d, this program knows %[2]d: use a newer program.", r.archive.Schema, known))
	}
	loaded, err := r.begin(ctx, db)
	if err != nil {
		return err
	}
	// From here on the marker stands: whatever ends this run, the next one goes on.
	if err := r.putKeys(keys); err != nil {
		return err
	}
	if err := r.putFiles(ctx); err != nil {
		return err
	}
	if !loaded {
		if err := r.load(ctx, db); err != nil {
			return err
		}
	}
	s, err := r.place.newSystem(ctx, db, r.pack, slog.Default(), time.Now)
	if err != nil {
		return err
	}
	return r.finish(ctx, s)
}

// finish makes what is derived, verifies, and tells.
func (r *restoreRun) finish(ctx context.Context, s *system) error {
	r.e.Note("正在重建检索索引……", "Making the search index...")
	documents, err := s.library.Reindex(ctx, r.e.Progress())
	if err != nil {
		return err
	}
	if err := s.db.Registers(s.pack.District).Reindex(ctx); err != nil {
		return err
	}
	r.e.Note("正在重建案件列表……", "Making the lists of cases...")
	unlisted, err := s.relistAll(ctx, r.e)
	if err != nil {
		return err
	}
	if err := s.db.Analyze(ctx); err != nil {
		return err
	}
	r.e.Note("正在核验账本……", "Verifying the ledger...")
	sum, err := s.ledger.Verify(ctx, func(f ledger.Finding) { fmt.Fprintln(r.e.Stderr, f.Text.In(r.e.Lang)) })
	if err != nil {
		return err
	}
	if err := os.Remove(r.place.Restoring()); err != nil {
		return fmt.Errorf("end the restore: %w", err)
	}
	a := r.archive
	r.e.Say("已恢复 %[1]s 的备份：数据 %[2]d 行，文件 %[3]d 个，重新索引 %[4]d 份文件。", "Restored the backup of %[1]s: %[2]d rows, %[3]d files, %[4]d documents indexed anew.",
		time.UnixMilli(a.TakenAt).In(gov.China).Format("2006-01-02 15:04:05"), a.RowCount(), a.Files.Count, documents)
	if len(a.Absent) > 0 {
		r.e.Say("备份时就缺失的文件 %d 个，quanxiang doctor 会列出。", "%d files were already missing when it was taken; quanxiang doctor lists them.", len(a.Absent))
	}
	if unlisted > 0 {
		r.e.Say("有 %d 件案件未能列出（见上），它们的数据完好；能载入其政策包的程序版本可再次恢复。", "%d cases could not be listed (above); their data are whole. Restore again with a program that loads their pack.", unlisted)
		return cli.ErrSilent
	}
	if sum.Findings > 0 {
		r.e.Say("账本核验发现 %d 处问题（见上），备份所存的数据即是如此。", "Verifying the ledger found %d problems (above): the data were like that when they were backed up.", sum.Findings)
		return cli.ErrSilent
	}
	r.e.Say("账本完好：%[1]d 条，另有 %[2]d 条等待入账。", "The ledger is sound: %[1]d entries, %[2]d more waiting.", sum.Checkpoint.Size, sum.Waiting)
	if err := r.headNote(); err != nil {
		return err
	}
	return r.sealsNote(ctx, s)
}

// headNote warns when more was signed than the backup holds.
func (r *restoreRun) headNote() error {
	note, err := installation.HeadKeeper(filepath.Join(r.place.Data, installation.HeadFile)).Load()
	if err != nil || string(note) == r.archive.Checkpoint {
		return err
	}
	v, err := ledger.NewVerifier(r.archive.Keys...)
	if err != nil {
		return err
	}
	known, err := v.Open(note)
	if err != nil {
		return nil // signed by a key the backup does not know: the sequencer will judge it
	}
	if at, err := v.Open([]byte(r.archive.Checkpoint)); err == nil && at.Size < known.Size {
		r.e.Note("注意：本账本已签名到 %[1]d 条，备份只到 %[2]d 条；账本不会续写，请找更新的备份，见运维手册。",
			"Note: this ledger has signed %[1]d entries, the backup holds %[2]d; nothing will be appended. Find a newer backup; see the operator's guide.", known.Size, at.Size)
	}
	return nil
}

// begin puts the marker up, or finds it. loaded tells that an earlier run of the
// same restore has brought the rows in.
func (r *restoreRun) begin(ctx context.Context, db *store.DB) (loaded bool, err error) {
	marker, err := os.ReadFile(r.place.Restoring())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("look for an earlier restore: %w", err)
	}
	var empty bool
	err = db.Read(ctx, r.pack.District, func(tx *store.Tx) error {
		empty, err = dumpdb.Empty(ctx, tx)
		return err
	})
	switch {
	case err != nil:
		return false, err
	case empty:
		return false, installation.ReplaceFile(r.place.Restoring(), []byte(r.archive.Hash), true)
	case string(marker) == r.archive.Hash:
		return true, nil
	case marker != nil:
		return false, gov.Errorf(gov.Conflict, "这里正在恢复的是另一个备份；请用那个备份继续，或换一个空的安装。",
			"Another backup is being restored here; go on with that one, or take an empty installation.")
	}
	return false, gov.Errorf(gov.Conflict, "数据库中已有数据；只能恢复到空的安装中。",
		"The database already holds data; a backup is restored into an empty installation only.")
}

func (r *restoreRun) putFiles(ctx context.Context) error {
	if r.archive.Files.Count == 0 {
		return nil
	}
	r.e.Note("正在恢复 %d 个文件……", "Restoring %d files...", r.archive.Files.Count)
	progress, done := r.e.Progress(), 0
	folder := r.place.Files()
	return r.archive.EachFile(ctx, func(key files.Key, size int64, data io.Reader) error {
		got, _, err := folder.Put(ctx, data, size)
		if err == nil && got != key {
			err = gov.Errorf(gov.Invalid, "内容与名称不符", "its content is not what its name says")
		}
		if done++; progress != nil {
			progress(done, int(r.archive.Files.Count))
		}
		return err
	})
}

func (r *restoreRun) load(ctx context.Context, db *store.DB) error {
	total := int(r.archive.RowCount())
	r.e.Note("正在恢复 %d 行数据……", "Restoring %d rows...", total)
	progress := r.e.Progress()
	return dumpdb.Load(ctx, db.DB, r.pack.District, func(put func(table string, row []byte) error) error {
		done := 0
		return r.archive.EachRow(ctx, func(table string, row []byte) error {
			if done++; progress != nil && (done%500 == 0 || done == total) {
				progress(done, total)
			}
			return put(table, row)
		})
	})
}
