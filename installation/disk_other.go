//go:build !linux && !darwin

package installation

// freeBytes is not known on this system.
func freeBytes(string) (n int64, known bool, err error) { return 0, false, nil }
