package demo

import (
	"errors"
	"sync"
	"sync/atomic"
)

// atOnce is how many steps go on at the same time, so that the store commits
// them in groups.
const atOnce = 24

// parallel calls fn for 0 to n-1, some at the same time, and returns all
// errors. After the first one no more are begun.
func parallel(n int, fn func(int) error) error {
	var wg sync.WaitGroup
	var next atomic.Int64
	var failed atomic.Bool
	errs := make([]error, n)
	for range min(n, atOnce) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && !failed.Load(); i = int(next.Add(1)) - 1 {
				if errs[i] = fn(i); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
