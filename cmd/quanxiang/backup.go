package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"quanxiang/backup"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
)

// backupCommand writes an installation into one archive. The system may go on
// running: the rows are those of one moment, and files never change.
func backupCommand(ctx context.Context, e *cli.Env, args []string) (err error) {
	flags := e.Flags("backup", "FILE|- [--with-key]")
	p := placeFlags(e, flags)
	dir := packFlag(e, flags)
	withKey := flags.Bool("with-key", false, gov.Text{
		ZH: "连同账本私钥和隐私密钥一起备份；这样的备份须像密钥一样保管",
		EN: "include the ledger's private key and the privacy key; such a backup must be kept like the keys"}.In(e.Lang))
	rest, err := cli.ParseExactly(flags, args, 1)
	if err != nil {
		return err
	}
	pack, err := openPack(e, *dir)
	if err != nil {
		return err
	}
	db, d, v, err := p.OpenDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if d != pack.District {
		return otherDistrict(d, pack)
	}
	b := &backupRun{e: e, db: db, district: d, folder: p.Files(), pack: pack}
	if b.keys, err = installation.ReadKeys(p.Data); err != nil {
		return err
	}
	if b.ring, err = installation.ReadKeyring(p.Data); err != nil && gov.CodeOf(err) != gov.NotFound {
		return err
	}
	if *withKey {
		if b.secrets, err = readSecrets(p.Data); err != nil {
			return err
		}
	}
	var m backup.Manifest
	if rest[0] == "-" {
		m, err = b.write(ctx, e.Stdout)
	} else {
		err = cli.CreateWhole(rest[0], func(w io.Writer) error {
			m, err = b.write(ctx, w)
			return err
		})
	}
	if err != nil {
		return err
	}
	size := int64(0)
	if m.Checkpoint != "" {
		c, err := v.Open([]byte(m.Checkpoint))
		if err != nil {
			return fmt.Errorf("open the newest checkpoint: %w", err)
		}
		size = c.Size
	}
	e.Note("已备份：数据 %[1]d 行，文件 %[2]d 个，账本 %[3]d 条。", "Backed up: %[1]d rows, %[2]d files, %[3]d ledger entries.", m.RowCount(), m.Files.Count, size)
	switch {
	case *withKey:
		e.Note("备份中有密钥：请像密钥一样保管。", "The private keys are in it: keep it like the keys.")
	default:
		e.Note("备份中没有密钥；%[1]s 和 %[2]s 须另行保管，恢复时要用。", "The private keys are not in it; keep %[1]s and %[2]s elsewhere, restoring needs them.", installation.KeyFile, installation.PrivacyKeyFile)
	}
	if b.ring == nil {
		e.Note("注意：数据文件夹中没有 %s。", "Note: there is no %s in the data folder.", installation.PrivacyKeyFile)
	}
	if len(m.Absent) > 0 {
		e.Note("有 %[1]d 个文件缺失或损坏，没有备份：", "%[1]d files are missing or damaged and were not backed up:", len(m.Absent))
		for _, key := range m.Absent {
			fmt.Fprintln(e.Stderr, "  "+key)
		}
		return cli.ErrSilent
	}
	return nil
}

// otherDistrict is the error about a database or backup that is not the pack's.
func otherDistrict(d gov.District, pack *policy.Pack) error {
	return gov.Errorf(gov.Conflict, "数据属于区划 %[1]s，政策包却是 %[2]s 的。", "The data are of district %[1]s, but the pack is of %[2]s.", d, pack.District)
}

// backupRun is what goes into one archive.
type backupRun struct {
	e        *cli.Env
	db       *store.DB
	district gov.District
	folder   *files.Folder
	pack     *policy.Pack
	keys     installation.Keys
	ring     *privacy.Keyring  // nil where there is none
	secrets  map[string][]byte // key files by name; none leaves the keys out
}

// keyFiles names the key files of a data folder, which have the same names in
// an archive.
var keyFiles = []string{backup.LedgerKey, backup.PrivacyKey}

// readSecrets reads the key files that are there.
func readSecrets(dir string) (map[string][]byte, error) {
	secrets := map[string][]byte{}
	for _, name := range keyFiles {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read a key: %w", err)
		}
		if err == nil {
			secrets[name] = text
		}
	}
	return secrets, nil
}

func (b *backupRun) write(ctx context.Context, out io.Writer) (m backup.Manifest, err error) {
	m = backup.Manifest{
		Program: versionString(), District: b.district, Keys: b.keys.Public(),
		Pack: backup.Pack{ID: b.pack.ID, Version: b.pack.Version, Hash: b.pack.Hash},
	}
	if b.ring != nil {
		m.Sealing = b.ring.IDs()
	}
	if m.Schema, _, err = b.db.SchemaVersion(ctx); err != nil {
		return m, err
	}
	w, err := backup.NewWriter(out, time.Now())
	if err != nil {
		return m, err
	}
	var names []string
	err = b.db.Read(ctx, b.district, func(tx *store.Tx) error {
		note, err := ledgerdb.Newest(ctx, tx)
		if err != nil {
			return err
		}
		m.Checkpoint = string(note)
		for name, err := range tx.FileKeys(ctx) {
			if err != nil {
				return err
			}
			names = append(names, name)
		}
		return b.rows(ctx, tx, w)
	})
	if err != nil {
		return m, err
	}
	for _, name := range names {
		key, err := files.ParseKey(name)
		if err == nil {
			err = b.file(ctx, w, key)
		}
		switch gov.CodeOf(err) {
		case "":
		case gov.NotFound, gov.Invalid, gov.Conflict:
			m.Absent = append(m.Absent, name)
		default:
			return m, err
		}
	}
	for _, name := range keyFiles {
		if text, ok := b.secrets[name]; ok {
			if err := w.Secret(name, text); err != nil {
				return m, err
			}
		}
	}
	return w.Close(m)
}

// rows writes the rows of a snapshot.
func (b *backupRun) rows(ctx context.Context, tx *store.Tx, w *backup.Writer) error {
	total, err := tx.CountCarried(ctx)
	if err != nil {
		return err
	}
	progress, done := b.e.Progress(), 0
	return tx.Dump(ctx, func(table string, row []byte) error {
		if done++; progress != nil && (done%500 == 0 || done == int(total)) {
			progress(done, int(total))
		}
		return w.Row(table, row)
	})
}

// file writes a whole file. It is read twice: a damaged one must not get in.
func (b *backupRun) file(ctx context.Context, w *backup.Writer, key files.Key) (err error) {
	if err := b.folder.Check(ctx, key); err != nil {
		return err
	}
	f, err := b.folder.Open(key)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := b.folder.Size(key)
	if err != nil {
		return err
	}
	if err := w.File(key, size, f); err != nil {
		return fmt.Errorf("back up file %s: %v", key, err) // the archive is spoilt: no code may make it go on
	}
	return nil
}
