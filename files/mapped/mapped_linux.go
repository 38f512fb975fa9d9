package mapped

import (
	"os"
	"syscall"
)

func open(f *os.File, size int) (*File, error) {
	data, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return &File{data, func() error { return syscall.Munmap(data) }}, nil
}
