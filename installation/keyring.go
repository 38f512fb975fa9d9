package installation

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"quanxiang/gov"
	"quanxiang/privacy"
)

// CreateKeyring makes the keys that seal personal data and writes them to the
// data folder. It returns Conflict if there are some already.
func CreateKeyring(dir string) (*privacy.Keyring, error) {
	k := privacy.NewKeyring()
	return k, WriteKey(dir, PrivacyKeyFile, k.Text())
}

// ReadKeyring reads the keys that seal personal data from a data folder. It
// returns NotFound when there are none. The keyring follows the file: a key that
// is put in force meanwhile seals at once, without a restart.
func ReadKeyring(dir string) (*privacy.Keyring, error) {
	w := &watch{path: filepath.Join(dir, PrivacyKeyFile)}
	k, err := w.read()
	if err != nil {
		return nil, err
	}
	k.Follow(w.look)
	return k, nil
}

// watch reads a key file again when it is another one.
type watch struct {
	path string

	mu   sync.Mutex  // guards the rest
	seen fs.FileInfo // of the file that was read last; nil while it cannot be found
}

// read reads the file. Where it is replaced in between it is read again next time.
func (w *watch) read() (*privacy.Keyring, error) {
	info, err := os.Stat(w.path)
	w.seen = info
	var b []byte
	if err == nil {
		b, err = os.ReadFile(w.path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, gov.Errorf(gov.NotFound, "没有隐私密钥 %s", "there is no privacy key %s", w.path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the privacy key: %w", err)
	}
	k, err := privacy.ParseKeyring(string(b))
	if e, ok := errors.AsType[*gov.Error](err); ok {
		return nil, e.At(gov.Pos{File: w.path, Line: e.Pos.Line})
	}
	return k, err
}

// look returns the keys when the file is another one since it was read. A file that
// cannot be read, or is gone, changes nothing and is told of once.
func (w *watch) look() *privacy.Keyring {
	info, err := os.Stat(w.path)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil:
		if w.seen != nil {
			slog.Error("the privacy key cannot be found any more; going on with the one read before", "err", err)
		}
		w.seen = nil
		return nil
	case w.seen != nil && os.SameFile(info, w.seen) && info.Size() == w.seen.Size() && info.ModTime().Equal(w.seen.ModTime()):
		return nil
	}
	k, err := w.read()
	if err != nil {
		slog.Error("the privacy key cannot be read; going on with the one read before", "err", err)
		return nil
	}
	return k
}

// newKeyring is where ReplaceKeyring writes before it renames. The name is always
// the same, so that one that was killed leaves nothing the next does not overwrite.
const newKeyring = ".new" // behind the name of the key file

// ReplaceKeyring puts other keys into the place of those in a data folder. Whenever
// it is cut off, a power cut included, the file holds either. It belongs to whom it
// belonged to; where it is a link, the file it leads to is replaced.
func ReplaceKeyring(dir string, k *privacy.Keyring) error {
	path, err := filepath.EvalSymlinks(filepath.Join(dir, PrivacyKeyFile))
	if err != nil {
		return fmt.Errorf("find the privacy key: %w", err)
	}
	old, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("replace the privacy key: %w", err)
	}
	if err := dropLeft(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path+newKeyring, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write the privacy key: %w", err)
	}
	_, err = f.WriteString(k.Text())
	if err = errors.Join(err, keepOwner(f, old), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("replace the privacy key: %w", err), dropLeft(path))
	}
	return syncFolder(filepath.Dir(path))
}

// dropLeft removes what a ReplaceKeyring that was killed left.
func dropLeft(path string) error {
	if err := os.Remove(path + newKeyring); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove what a killed rotation left: %w", err)
	}
	return nil
}

// KeyringAge is for how long the key file has been what it is.
func KeyringAge(dir string) (time.Duration, error) {
	info, err := os.Stat(filepath.Join(dir, PrivacyKeyFile))
	if err != nil {
		return 0, fmt.Errorf("look at the privacy key: %w", err)
	}
	return time.Since(info.ModTime()), nil
}
