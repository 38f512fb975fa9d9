// Package mapped gives the bytes of a file as memory: mapped where the system can,
// so that only what is looked at is read and several processes share it, read as a
// whole elsewhere. A file that is mapped must not be cut short meanwhile; those of
// package files never change.
package mapped

import (
	"fmt"
	"math"
	"os"
)

// File is a file's bytes. They must not be written to, nor looked at after Close.
type File struct {
	Data  []byte
	close func() error
}

// Open opens a file. It is the caller's to close.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // the memory lasts without it
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 || info.Size() > math.MaxInt {
		data, err := os.ReadFile(path)
		return &File{Data: data}, err
	}
	m, err := open(f, int(info.Size()))
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	return m, nil
}

// Close gives the memory back. A second time does nothing.
func (f *File) Close() error {
	c := f.close
	f.Data, f.close = nil, nil
	if c == nil {
		return nil
	}
	return c()
}
