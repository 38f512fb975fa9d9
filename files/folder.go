package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"quanxiang/files/mapped"
	"quanxiang/gov"
)

// Key is the SHA-256 of a file's bytes, 64 lower-case hexadecimal digits.
type Key string

// ParseKey returns s as a key, or Invalid. Every key that enters from outside
// goes through it, so that no path can be built from anything else.
func ParseKey(s string) (Key, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != sha256.Size || s != strings.ToLower(s) {
		return "", gov.Errorf(gov.Invalid, "文件编号应为 64 位小写十六进制数字。", "A file's key is 64 lower-case hexadecimal digits.")
	}
	return Key(s), nil
}

// Folder keeps files below a folder, as ab/cdef… by their key. Its methods may
// be called from any goroutine and process.
type Folder struct {
	dir   string
	rooms sync.Map // folders below dir that are known to last
}

// NewFolder returns the files below dir, which Put makes when it is needed.
func NewFolder(dir string) *Folder { return &Folder{dir: dir} }

func (f *Folder) path(k Key) (string, error) {
	if _, err := ParseKey(string(k)); err != nil {
		return "", err
	}
	return filepath.Join(f.dir, string(k[:2]), string(k[2:])), nil
}

// Put keeps what r yields and returns its key and its size in bytes. It returns
// TooLarge, and keeps nothing, when r yields more than limit bytes. When it
// returns nil the file has reached the disk, whole.
func (f *Folder) Put(ctx context.Context, r io.Reader, limit int64) (_ Key, size int64, err error) {
	if err := os.MkdirAll(f.dir, 0o750); err != nil {
		return "", 0, fmt.Errorf("make the folder of files: %w", err)
	}
	tmp, err := os.CreateTemp(f.dir, ".put-*")
	if err != nil {
		return "", 0, fmt.Errorf("make a file: %w", err)
	}
	defer func() {
		if err != nil { // also after a rename that could not be synced: Put again repairs that
			err = errors.Join(err, ignoreAbsent(os.Remove(tmp.Name())))
		}
	}()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(tmp, sum), io.LimitReader(reader{ctx, r}, limit+1))
	if err == nil && size > limit {
		err = gov.Errorf(gov.TooLarge, "文件超过 %d 字节。", "The file is larger than %d bytes.", limit)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return "", 0, fmt.Errorf("keep a file: %w", err)
	}
	key := Key(hex.EncodeToString(sum.Sum(nil)))
	path, err := f.path(key)
	if err != nil {
		return "", 0, err
	}
	if err := f.room(filepath.Dir(path)); err != nil {
		return "", 0, fmt.Errorf("keep file %s: %w", key, err)
	}
	// Renaming over a kept file is harmless, and repairs one that was damaged.
	err = os.Rename(tmp.Name(), path)
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return "", 0, fmt.Errorf("keep file %s: %w", key, err)
	}
	return key, size, nil
}

// room makes a folder within f.dir that outlasts a loss of power. One that is
// there was made by somebody who may not have come to that yet, so it is asked
// for once by every process.
func (f *Folder) room(dir string) error {
	if _, ok := f.rooms.Load(dir); ok {
		return nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	if err := syncDir(f.dir); err != nil {
		return err
	}
	f.rooms.Store(dir, true)
	return nil
}

// Open opens a kept file, or returns NotFound. The caller closes it.
func (f *Folder) Open(k Key) (io.ReadCloser, error) {
	path, err := f.path(k)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, absent(k)
	}
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", k, err)
	}
	return file, nil
}

// Map gives a kept file's bytes as memory, or returns NotFound. The caller closes it.
func (f *Folder) Map(k Key) (*mapped.File, error) {
	path, err := f.path(k)
	if err != nil {
		return nil, err
	}
	m, err := mapped.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, absent(k)
	}
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", k, err)
	}
	return m, nil
}

// Has tells whether a file is kept; it does not read it.
func (f *Folder) Has(k Key) (bool, error) {
	path, err := f.path(k)
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Size is how many bytes a kept file has, or NotFound.
func (f *Folder) Size(k Key) (int64, error) {
	path, err := f.path(k)
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, absent(k)
	}
	if err != nil {
		return 0, fmt.Errorf("look at file %s: %w", k, err)
	}
	return info.Size(), nil
}

func absent(k Key) error {
	return gov.Errorf(gov.NotFound, "没有文件 %s。", "There is no file %s.", k)
}

// Check reads a kept file and returns Conflict when its bytes are not the ones
// its key names.
func (f *Folder) Check(ctx context.Context, k Key) (err error) {
	file, err := f.Open(k)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	if _, err := io.Copy(sum, reader{ctx, file}); err != nil {
		return fmt.Errorf("read file %s: %w", k, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(k) {
		return gov.Errorf(gov.Conflict, "文件 %s 的内容已被改动。", "The bytes of file %s were changed.", k)
	}
	return nil
}

// Walk calls fn with every kept file in the order of their keys, and passes over
// anything else that lies in the folder. It ends with the first error.
func (f *Folder) Walk(ctx context.Context, fn func(k Key, size int64) error) error {
	err := filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(f.dir, path)
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		parent, name := filepath.Split(rel)
		key := Key(filepath.Clean(parent) + name)
		if want, err := f.path(key); err != nil || want != path {
			return nil // not a kept file: Put's unfinished ones, or a stranger's
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return fn(key, info.Size())
	})
	return ignoreAbsentRoot(f.dir, err)
}

// Drop deletes a kept file unless it was put since an instant, and tells whether
// it did. Whoever puts a file has until then to note that it is needed: one that
// is put while it is being dropped stays.
func (f *Folder) Drop(k Key, since time.Time) (bool, error) {
	path, err := f.path(k)
	if err != nil {
		return false, err
	}
	old := func(path string) (bool, error) {
		info, err := os.Stat(path)
		return err == nil && info.ModTime().Before(since), ignoreAbsent(err)
	}
	if ok, err := old(path); err != nil || !ok {
		return false, err
	}
	aside := filepath.Join(f.dir, ".drop-"+string(k))
	if err := os.Rename(path, aside); err != nil {
		return false, ignoreAbsent(err)
	}
	// What was moved is what was put last, which may be after the first look.
	if ok, err := old(aside); err != nil || !ok {
		return false, errors.Join(err, os.Rename(aside, path))
	}
	return true, os.Remove(aside)
}

// ignoreAbsentRoot makes a folder that was never needed an empty one.
func ignoreAbsentRoot(dir string, err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok && pe.Path == dir {
		return ignoreAbsent(err)
	}
	return err
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
