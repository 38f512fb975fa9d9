//go:build linux || darwin

package installation

import "syscall"

// freeBytes is how much an unprivileged user may still write beside a path.
func freeBytes(path string) (n int64, known bool, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, true, err
	}
	return int64(s.Bavail) * int64(s.Bsize), true, nil
}
