// Package packs carries the packs that come with the program, so that one
// binary runs a district without any file beside it.
package packs

import (
	"embed"
	"io/fs"
	"slices"
)

//go:embed all:xicheng
var files embed.FS

// names of the embedded packs.
var names = []string{"xicheng"}

// FS is the folder of one embedded pack. Its second result is false if no pack
// of that name is carried.
func FS(name string) (fs.FS, bool) {
	if !slices.Contains(names, name) {
		return nil, false
	}
	sub, err := fs.Sub(files, name)
	if err != nil {
		return nil, false
	}
	return sub, true
}
