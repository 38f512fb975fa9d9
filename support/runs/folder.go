package runs

import (
	"context"
	"io"

	"quanxiang/files"
)

// Folder is the files of an installation as Runs uses them.
func Folder(f *files.Folder) Files { return folder{f} }

type folder struct{ *files.Folder }

// Keep implements Files.
func (f folder) Keep(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	k, size, err := f.Put(ctx, r, limit)
	return string(k), size, err
}

// Map implements Files.
func (f folder) Map(key string) ([]byte, func() error, error) {
	k, err := files.ParseKey(key)
	if err != nil {
		return nil, nil, err
	}
	m, err := f.Folder.Map(k)
	if err != nil {
		return nil, nil, err
	}
	return m.Data, m.Close, nil
}
