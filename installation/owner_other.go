//go:build !linux && !darwin

package installation

import (
	"io/fs"
	"os"
)

// keepOwner does nothing: a file here has the rights of its folder.
func keepOwner(*os.File, fs.FileInfo) error { return nil }

// syncFolder does nothing: folders cannot be synced on this system.
func syncFolder(string) error { return nil }
