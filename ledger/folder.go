package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"quanxiang/gov"
)

// maxBundle is the greatest length of an entry bundle.
const maxBundle = TileWidth * (2 + MaxEntry)

// Folder reads an export.
func Folder(folder fs.FS) Source {
	return Source{
		Head: func() ([]byte, error) { return readFile(folder, CheckpointPath, maxNote) },
		Tile: func(t Tile) ([]byte, error) { return readFile(folder, t.Path(), TileWidth*len(Hash{})) },
		Entries: func(t Tile) ([]Stored, error) {
			data, err := readFile(folder, t.EntriesPath(), maxBundle)
			if err != nil {
				return nil, err
			}
			bodies, err := SplitBundle(data)
			entries := make([]Stored, len(bodies))
			for i, b := range bodies {
				entries[i].Body = b
			}
			return entries, err
		},
	}
}

// readFile reads a file of at most limit bytes. A missing or overlong file is
// a coded error, a defect of the export; anything else is a failure to read.
func readFile(folder fs.FS, name string, limit int) ([]byte, error) {
	f, err := folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, gov.Errorf(gov.NotFound, "没有文件 %s", "there is no file %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("open export: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > limit {
		return nil, gov.Errorf(gov.TooLarge, "文件 %s 超过 %d 字节", "the file %s is over %d bytes", name, limit)
	}
	return data, nil
}
