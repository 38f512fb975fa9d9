package cli

import (
	"fmt"
	"os"
	"strings"
)

// Progress draws a bar on standard error when that is a terminal; otherwise it
// is nil.
func (e *Env) Progress() func(done, total int) {
	f, ok := e.Stderr.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	const width = 30
	return func(done, total int) {
		n := width * done / max(total, 1)
		fmt.Fprintf(f, "\r[%s%s] %d/%d", strings.Repeat("#", n), strings.Repeat(".", width-n), done, total)
		if done == total {
			fmt.Fprintln(f)
		}
	}
}
