package draw_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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

func transcript(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata/transcripts", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lines are a transcript's lines, each with its LF.
func lines(transcript []byte) [][]byte {
	return bytes.SplitAfter(bytes.TrimSuffix(transcript, []byte("\n")), []byte("\n"))
}

// The transcripts of testdata, and copies that lack something or were changed
// by one character, all in one run.
func TestPythonTranscripts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := map[string]string{}
	put := func(name string, content []byte, answer string) {
		if err := os.WriteFile(filepath.Join(dir, name+".jsonl"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		want[name+".jsonl"] = answer
	}
	open, days, attested := transcript(t, "open.jsonl"), transcript(t, "days.jsonl"), transcript(t, "attested.jsonl")
	put("open", open, "VALID plan P-1 attempt 1 recomputed")
	put("days", days, "VALID plan P-1 attempt 2 recomputed")
	put("public", attested, "VALID plan P-1 attempt 1 attested by 2 auditors")
	put("attested", attested, "VALID plan P-1 attempt 1 recomputed")
	sealed := transcript(t, "attested.jsonl.sealed")
	if err := os.WriteFile(filepath.Join(dir, "attested.jsonl.sealed"), sealed, 0o600); err != nil {
		t.Fatal(err)
	}

	records := lines(open)
	draw := -1
	for n, line := range records {
		if bytes.Contains(line, []byte(`"type":"draw"`)) {
			draw = n
		}
	}
	cut := func(n int) []byte { return bytes.Join(records[:n], nil) }
	put("cut-plan", cut(1), "INCOMPLETE: missing close")
	put("cut-outside", cut(draw-1), "INCOMPLETE: missing outside")
	put("cut-draw", cut(draw), "INCOMPLETE: missing draw")
	put("cut-assign", cut(draw+1), "INCOMPLETE: missing assign")
	put("cut-release", cut(draw+2), "INCOMPLETE: missing release")
	put("no-end", bytes.TrimSuffix(open, []byte("\n")), fmt.Sprintf("INVALID at record %d: form: ", len(records)-1))
	put("swapped", bytes.Join([][]byte{cut(1), records[2], records[1]}, nil), "INVALID at record 1: chain: ")
	for _, n := range []int{0, 1, draw, len(records) - 1} {
		changed := bytes.Clone(open)
		at := len(cut(n)) + bytes.LastIndex(records[n], []byte(`"sig":"`)) + len(`"sig":"`)
		if changed[at] == '0' {
			changed[at] = '1'
		} else {
			changed[at] = '0'
		}
		put(fmt.Sprintf("changed-%d", n), changed, fmt.Sprintf("INVALID at record %d: signature: ", n))
	}

	out, _ := python(t, "--batch", dir)
	got := map[string]string{}
	for line := range strings.Lines(out) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 3 {
			t.Fatalf("line %q", line)
		}
		got[fields[0]] = fields[1]
	}
	if len(got) != len(want) {
		t.Errorf("%d answers to %d transcripts", len(got), len(want))
	}
	for name, answer := range want {
		free := strings.HasSuffix(answer, ": ") // what follows the class is free text
		if got[name] != answer && !(free && strings.HasPrefix(got[name], answer)) {
			t.Errorf("%s: %s; want %s", name, got[name], answer)
		}
	}
}

// The exit status of section 9, and mirrors.
func TestPythonStatus(t *testing.T) {
	t.Parallel()
	const attested = "testdata/transcripts/attested.jsonl"
	records := lines(transcript(t, "attested.jsonl"))
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
