package draw_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quanxiang/draw"
	"quanxiang/draw/drawtest"
)

// verifier is the second implementation of the protocol. It was written from
// docs/spec/draw.md alone and shares no code with this package, so what both
// answer is what the page says.
const verifier = "../docs/spec/ssj1_verify.py"

// python runs the second verifier and returns its standard output and exit
// status.
func python(t *testing.T, args ...string) (string, int) {
	t.Helper()
	program, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3 is needed in CI")
		}
		t.Skip("python3 is not installed")
	}
	var out, failures bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, append([]string{"-B", verifier}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &failures
	if err := cmd.Run(); cmd.ProcessState == nil || !cmd.ProcessState.Exited() {
		t.Fatalf("%v: %s", err, failures.String())
	}
	if strings.Contains(failures.String(), "Traceback") {
		t.Fatal(failures.String())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

func TestPythonVectors(t *testing.T) {
	t.Parallel()
	out, status := python(t, "--vectors", "testdata/draw-vectors.json")
	if status != 0 || !strings.HasSuffix(out, " values agree\n") {
		t.Errorf("status %d: %s", status, out)
	}
}

// lines are a transcript's lines, each with its LF.
func lines(transcript []byte) [][]byte {
	return bytes.SplitAfter(bytes.TrimSuffix(transcript, []byte("\n")), []byte("\n"))
}

// batch is a folder of transcripts that both verifiers answer.
type batch struct {
	t       *testing.T
	dir     string
	answers map[string]string // of this package, by name
	digests map[string]string // over the values computed, of those where it is known
}

func newBatch(t *testing.T) *batch {
	t.Helper()
	return &batch{t: t, dir: t.TempDir(), answers: map[string]string{}, digests: map[string]string{}}
}

// add verifies a transcript here and keeps it for the second verifier.
func (b *batch) add(name string, transcript, sealed []byte) draw.Verdict {
	b.t.Helper()
	v := draw.Verify(transcript, sealed)
	b.answers[name] = v.String()
	files := map[string][]byte{name + ".jsonl": transcript}
	if len(sealed) > 0 {
		files[name+".sealed.json"] = sealed
	}
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(b.dir, file), content, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	return v
}

// compare runs the second verifier over all that was added. What follows the
// class of an INVALID is free text and is not compared.
func (b *batch) compare() {
	b.t.Helper()
	out, _ := python(b.t, "--batch", b.dir)
	read := 0
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			b.t.Fatalf("line %q", line)
		}
		name := strings.TrimSuffix(f[0], ".jsonl")
		read++
		if answer := b.answers[name]; decided(f[1]) != decided(answer) {
			b.t.Errorf("%s: %s here, %s there", name, answer, f[1])
		}
		if d, ok := b.digests[name]; ok && d != f[2] {
			b.t.Errorf("%s: the values computed differ", name)
		}
	}
	if read != len(b.answers) {
		b.t.Errorf("%d answers to %d transcripts", read, len(b.answers))
	}
}

// decided is what two verifiers must agree upon in an answer: all of it, or of
// an INVALID record and class.
func decided(answer string) string {
	if strings.HasPrefix(answer, "INVALID") {
		return strings.Join(strings.SplitN(answer, ": ", 3)[:2], ": ")
	}
	return answer
}

// Transcripts written here, and foreign ones that another program wrote from
// the page; beginnings of them, and copies changed by one byte.
func TestPythonTranscripts(t *testing.T) {
	t.Parallel()
	own, err := filepath.Glob("testdata/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := filepath.Glob("testdata/foreign/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if len(own) == 0 || len(foreign) == 0 {
		t.Fatal("there are no transcripts")
	}
	copies := drawtest.Times(1, 50)
	b, r := newBatch(t), rand.New(rand.NewPCG(9, 9))
	for _, path := range slices.Concat(own, foreign) {
		transcript, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.ReplaceAll(strings.TrimSuffix(path, ".jsonl"), "/", "-")
		sealed, err := os.ReadFile(strings.TrimSuffix(path, ".jsonl") + ".sealed.json")
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if v := b.add(name, transcript, sealed); v.Kind != draw.Valid {
			t.Errorf("%s: %s", path, v)
		}
		if sealed != nil {
			b.add(name+"-public", transcript, nil)
		}
		records := lines(transcript)
		for n := range copies {
			beginning := bytes.Join(records[:r.IntN(len(records))], nil)
			b.add(fmt.Sprint(name, "-beginning-", n), beginning, nil)
			changed := bytes.Clone(transcript)
			changed[r.IntN(len(changed))] ^= byte(1 << r.IntN(7))
			b.add(fmt.Sprint(name, "-changed-", n), changed, sealed)
		}
		if strings.HasSuffix(name, "days") { // what is missing between its days
			for n := range records {
				b.add(fmt.Sprint(name, "-first-", n), bytes.Join(records[:n], nil), nil)
			}
		}
		// An inspector's attributes are of the form they must have before anything else.
		for _, part := range [][2]string{{`"from":"2`, `"from":"1`}, {`"to":"2`, `"to":"x`}, {`"street":"`, `"street":"","x":"`}, {`"items":["`, `"items":["z","`}} {
			b.add(name+part[1], bytes.Replace(transcript, []byte(part[0]), []byte(part[1]), 1), sealed)
		}
		b.add(name+"-unended", bytes.TrimSuffix(transcript, []byte("\n")), sealed)
	}
	b.compare()
}

// The exit status of section 9, and mirrors.
func TestPythonStatus(t *testing.T) {
	t.Parallel()
	const attested = "testdata/foreign/attested.jsonl"
	transcript, err := os.ReadFile(attested)
	if err != nil {
		t.Fatal(err)
	}
	records := lines(transcript)
	dir := t.TempDir()
	file := func(name string, content ...[]byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, bytes.Join(content, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	prefix := file("prefix", records[:4]...)
	other := file("other", records[0], records[1], []byte("{}\n"))
	for _, tt := range []struct {
		args   []string
		want   string
		status int
	}{
		{[]string{attested, "--mirror", prefix}, "VALID plan P-1 attempt 1 attested by 2 auditors\n", 0},
		{[]string{attested, "--mirror", prefix, "--mirror", other}, "INVALID at record 2: mirror: ", 1},
		{[]string{attested, "--sealed", prefix}, "INVALID at record ", 1},
		{[]string{prefix}, "INCOMPLETE: missing close\n", 3},
		{[]string{filepath.Join(dir, "absent")}, "", 2},
	} {
		if out, status := python(t, tt.args...); !strings.HasPrefix(out, tt.want) || status != tt.status {
			t.Errorf("%v: status %d: %s; want %d: %s", tt.args, status, out, tt.status, tt.want)
		}
	}
}
