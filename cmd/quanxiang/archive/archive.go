// Package archive writes an installation into one archive: the rows of one moment, the
// whole files they refer to and, if wanted, the keys.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"quanxiang/backup"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/dumpdb"
	"quanxiang/store/ledgerdb"
)

// Run is what goes into one archive.
type Run struct {
	Env      *cli.Env
	DB       *store.DB
	District gov.District
	Folder   *files.Folder
	Pack     *policy.Pack
	Program  string // its version
	Keys     installation.Keys
	Ring     *privacy.Keyring  // nil where there is none
	Secrets  map[string][]byte // key files by name; none leaves the keys out
}

// KeyFiles names the key files of a data folder, which have the same names in
// an archive.
var KeyFiles = []string{backup.LedgerKey, backup.PrivacyKey}

// ReadSecrets reads the key files that are there.
func ReadSecrets(dir string) (map[string][]byte, error) {
	secrets := map[string][]byte{}
	for _, name := range KeyFiles {
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

// Write writes the archive and returns its manifest.
func (b *Run) Write(ctx context.Context, out io.Writer) (m backup.Manifest, err error) {
	m = backup.Manifest{
		Program: b.Program, District: b.District, Keys: b.Keys.Public(),
		Pack: backup.Pack{ID: b.Pack.ID, Version: b.Pack.Version, Hash: b.Pack.Hash},
	}
	if b.Ring != nil {
		m.Sealing = b.Ring.IDs()
	}
	if m.Schema, _, err = b.DB.SchemaVersion(ctx); err != nil {
		return m, err
	}
	w, err := backup.NewWriter(out, time.Now())
	if err != nil {
		return m, err
	}
	var names []string
	err = b.DB.Read(ctx, b.District, func(tx *store.Tx) error {
		note, err := ledgerdb.Newest(ctx, tx)
		if err != nil {
			return err
		}
		m.Checkpoint = string(note)
		for name, err := range dumpdb.FileKeys(ctx, tx) {
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
	if b.Ring != nil && !slices.Equal(b.Ring.Pin().IDs(), m.Sealing) { // its rows may be sealed with a key that is not in it
		return m, gov.Errorf(gov.Unavailable, "备份期间隐私密钥有变动：请重新备份。", "The privacy key was changed while the backup was taken: take it again.")
	}
	for _, name := range KeyFiles {
		if text, ok := b.Secrets[name]; ok {
			if err := w.Secret(name, text); err != nil {
				return m, err
			}
		}
	}
	return w.Close(m)
}

// rows writes the rows of a snapshot.
func (b *Run) rows(ctx context.Context, tx *store.Tx, w *backup.Writer) error {
	total, err := dumpdb.Count(ctx, tx)
	if err != nil {
		return err
	}
	progress, done := b.Env.Progress(), 0
	return dumpdb.Dump(ctx, tx, func(table string, row []byte) error {
		if done++; progress != nil && (done%500 == 0 || done == int(total)) {
			progress(done, int(total))
		}
		return w.Row(table, row)
	})
}

// file writes a whole file. It is read twice: a damaged one must not get in.
func (b *Run) file(ctx context.Context, w *backup.Writer, key files.Key) (err error) {
	if err := b.Folder.Check(ctx, key); err != nil {
		return err
	}
	f, err := b.Folder.Open(key)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := b.Folder.Size(key)
	if err != nil {
		return err
	}
	if err := w.File(key, size, f); err != nil {
		return fmt.Errorf("back up file %s: %v", key, err) // the archive is spoilt: no code may make it go on
	}
	return nil
}
