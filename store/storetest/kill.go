package storetest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// Kill runs this test binary again with the environment variable env set to
// value, which its TestMain takes as the order to work and to confirm its work
// line by line. After so many lines and a moment more it is killed (kill -9). The
// lines it wrote completely are returned.
func Kill(t testing.TB, env, value string, lines int, moment time.Duration) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := &output{}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), env+"="+value)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for out.count() < lines { // however long the machine takes
		select {
		case err := <-ended:
			t.Fatalf("what was to be killed ended by itself: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	time.Sleep(moment)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended // it was killed: the error says so
	return out.whole()
}

// Victim is a testing.TB for the process that is to be killed: it ends with a
// panic where a test would fail.
type Victim struct{ testing.TB }

// Context implements testing.TB.
func (*Victim) Context() context.Context { return context.Background() }

// Helper implements testing.TB.
func (*Victim) Helper() {}

// Fatal implements testing.TB.
func (*Victim) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// Fatalf implements testing.TB.
func (*Victim) Fatalf(format string, a ...any) { panic(fmt.Sprintf(format, a...)) }

// output collects what a process printed.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Count(o.buf.Bytes(), []byte("\n"))
}

// whole returns the complete lines; the last one may be cut off.
func (o *output) whole() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := strings.Split(o.buf.String(), "\n")
	return all[:len(all)-1]
}
