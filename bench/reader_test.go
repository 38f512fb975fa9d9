package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"quanxiang/gazette"
	"quanxiang/packs"
	"quanxiang/policy"
)

// What the product promises: ten megabytes of gazette are read in two seconds,
// the demo answers two seconds after it was started and takes 150 MB.
const (
	readBytes  = 10 << 20
	readLimit  = 2 * time.Second
	startLimit = 2 * time.Second
	memoryKB   = 150 << 10
)

// realGazette is the gazette of 2016, kept beside the repository.
var realGazette = filepath.Join("..", "..", "shared", "gazette", "xicheng-2016.txt")

// BenchmarkReader reads ten megabytes of gazette: the sample of the pack and,
// where it is at hand, the real one, of which a third is tables. of-limit below 1
// keeps the promise.
func BenchmarkReader(b *testing.B) {
	fsys, ok := packs.FS("xicheng")
	if !ok {
		b.Fatal("the binary carries no pack xicheng")
	}
	pack, err := policy.Load(fsys, ".")
	if err != nil {
		b.Fatal(err)
	}
	sample, err := fs.ReadFile(fsys, "demo/gazette.txt")
	if err != nil {
		b.Fatal(err)
	}
	texts := map[string][]byte{"sample": sample}
	if real, err := os.ReadFile(realGazette); err == nil {
		texts["real"] = real
	} else if os.Getenv("CI") == "true" {
		b.Fatalf("the real gazette is needed in CI: %v", err)
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			data := bytes.Repeat(text, readBytes/len(text)+1)
			b.SetBytes(int64(len(data)))
			before := processor(b)
			for b.Loop() {
				if _, err := gazette.Read(bytes.NewReader(data), name, pack.Gazette, gazette.Limits{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/readLimit.Seconds(), "of-limit")
			b.ReportMetric((processor(b)-before).Seconds()/float64(b.N), "cpu-s")
		})
	}
}

// processor is the processor time this process has taken: unlike the clock it
// does not count what other work on the machine takes.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkDemo starts the built program as a user does and waits until its
// first page is there; then it reads how much memory the process holds. The
// data folder is new each time: the sample is read and imported.
func BenchmarkDemo(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "quanxiang")
	if out, err := exec.Command("go", "build", "-o", binary, "quanxiang/cmd/quanxiang").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var start time.Duration
	var resident, peak int
	for b.Loop() {
		took, now, most := demo(b, binary)
		start += took
		resident, peak = max(resident, now), max(peak, most)
	}
	b.ReportMetric(start.Seconds()/float64(b.N), "start-s")
	b.ReportMetric(start.Seconds()/float64(b.N)/startLimit.Seconds(), "start-of-limit")
	b.ReportMetric(float64(resident)/1024, "resident-MB")
	b.ReportMetric(float64(peak)/1024, "peak-MB")
	b.ReportMetric(float64(peak)/memoryKB, "memory-of-limit")
}

// demo runs the demo until its first page was read. It returns how long that
// took and the process's resident memory, then and at its highest, in KB.
func demo(b *testing.B, binary string) (took time.Duration, resident, peak int) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "demo", "--addr", "localhost:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	var problems bytes.Buffer
	cmd.Stderr = &problems
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines, site := bufio.NewScanner(out), ""
	for site == "" && lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "http://"); ok {
			site = "http://" + strings.TrimSpace(address)
		}
	}
	if site == "" {
		b.Fatalf("the demo did not start: %v\n%s", cmd.Wait(), &problems)
	}
	resp, err := http.Get(site)
	if err != nil {
		b.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b.Fatalf("the first page: %s", resp.Status)
	}
	took = time.Since(began)
	if resident, peak, err = memory(cmd.Process.Pid); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatalf("the demo must end well: %v\n%s", err, &problems)
	}
	return took, resident, peak
}

// memory reads the resident memory of a process, now and at its highest.
func memory(pid int) (resident, peak int, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		switch name {
		case "VmRSS":
			resident, err = strconv.Atoi(fields[0])
		case "VmHWM":
			peak, err = strconv.Atoi(fields[0])
		}
		if err != nil {
			return 0, 0, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return resident, peak, nil
}
