package installation

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store"
)

// Names in the data folder.
const (
	KeyFile  = "ledger.key"  // the ledger's private key; neither in the database nor, unless asked for, in a backup
	HeadFile = "ledger.head" // the newest checkpoint this installation signed

	PrivacyKeyFile = "privacy.key" // the keys that seal personal data; kept like KeyFile

	FilesFolder  = "files"
	DatabaseFile = "quanxiang.db" // when Place.Database names no other

	restoringFile = "restore.unfinished"
)

// Place says where an installation is.
type Place struct {
	Data     string // folder
	Database string // address; "" is DatabaseFile in the folder
	District string // code; "" is the last part of the ledger's name
}

// DSN is the address of the database.
func (p *Place) DSN() string {
	if p.Database != "" {
		return p.Database
	}
	return "sqlite:" + filepath.Join(p.Data, DatabaseFile)
}

// Files are the whole files.
func (p *Place) Files() *files.Folder { return files.NewFolder(filepath.Join(p.Data, FilesFolder)) }

// Restoring is the file that stands while a restore is unfinished.
func (p *Place) Restoring() string { return filepath.Join(p.Data, restoringFile) }

// Whole refuses, as Unavailable, an installation whose restore was cut off.
func (p *Place) Whole() error {
	_, err := os.Stat(p.Restoring())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for an unfinished restore: %w", err)
	}
	return gov.Errorf(gov.Unavailable, "“%s”的恢复尚未完成：请再次运行 quanxiang restore，用同一个备份文件。",
		"The restore of %q is not finished: run quanxiang restore again with the same backup.", p.Data)
}

// DistrictOf is the district of the ledger a verifier is for.
func (p *Place) DistrictOf(v *ledger.Verifier) gov.District {
	if p.District != "" {
		return gov.District(p.District)
	}
	return gov.District(path.Base(v.Origin()))
}

// OpenDatabase opens the database of an installation that exists, as it is, and
// tells its district and the ledger's keys. It returns NotFound where there is
// none. The caller closes db.
func (p *Place) OpenDatabase(ctx context.Context) (db *store.DB, d gov.District, v *ledger.Verifier, err error) {
	if err := p.Whole(); err != nil {
		return nil, "", nil, err
	}
	keys, err := ReadKeys(p.Data)
	if err != nil {
		return nil, "", nil, err
	}
	if v, err = ledger.NewVerifier(keys.Public()...); err != nil {
		return nil, "", nil, err
	}
	if file, ok := strings.CutPrefix(p.DSN(), "sqlite:"); ok {
		if _, err := os.Stat(file); err != nil {
			return nil, "", nil, gov.Errorf(gov.NotFound, "没有数据库文件 %s", "there is no database file %s", file)
		}
	}
	db, err = store.Open(ctx, p.DSN(), store.Options{})
	return db, p.DistrictOf(v), v, err
}

// ReplaceFile writes a file so that a reader, or a process that is killed, never
// leaves half of it; with sync not even a power cut does.
func ReplaceFile(name string, data []byte, sync bool) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(data)
	if sync {
		err = errors.Join(err, f.Sync())
	}
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.Rename(f.Name(), name)
}
