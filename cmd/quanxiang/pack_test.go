package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// quanxiang runs the program in English and returns its exit code and output.
func quanxiang(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	e := &env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(k string) string {
		return map[string]string{"QUANXIANG_LANG": "en"}[k]
	}}
	code = run(t.Context(), e, args)
	return code, out.String(), errs.String()
}

const goodPack = "../../policy/testdata/good"

func TestPackCheck(t *testing.T) {
	t.Parallel()
	code, out, errs := quanxiang(t, "pack", "check", goodPack)
	if code != exitOK || !strings.Contains(out, `"good"`) || !strings.Contains(out, "8 units, 5 areas, 2 posts, 3 documents") || errs != "" {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
}

// A broken pack is refused with a place the user can open, in text and JSON.
func TestPackCheckMistakes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "policy", "testdata", "units")
	code, out, errs := quanxiang(t, "pack", "check", dir)
	if place := filepath.Join(dir, "units.yaml") + ":7:"; code != exitInvalid || !strings.Contains(out, place) || !strings.Contains(errs, "mistakes") {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	code, out, _ = quanxiang(t, "pack", "check", "--format", "json", dir)
	var got struct {
		OK       bool
		Findings []finding
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if code != exitInvalid || got.OK || len(got.Findings) < 10 || got.Findings[0].Line == 0 || got.Findings[0].Text.ZH == "" {
		t.Errorf("exit %d, %+v", code, got)
	}
}

func TestPackShow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{goodPack}, exitOK, "[documents]"},
		{[]string{goodPack, "units"}, exitOK, "everyone"},
		{[]string{goodPack, "areas", "--format", "json"}, exitOK, `"code": "990102001005"`},
		{[]string{goodPack, "documents"}, exitOK, "2015-05-20  样政发〔2015〕8号"},
		{[]string{goodPack, "streets"}, exitUsage, ""},
		{[]string{goodPack, "--format", "xml"}, exitUsage, ""},
		{[]string{}, exitUsage, ""},
		{[]string{filepath.Join(os.TempDir(), "no-such-pack")}, exitFailed, ""},
	} {
		code, out, errs := quanxiang(t, append([]string{"pack", "show"}, tt.args...)...)
		if code != tt.code || !strings.Contains(out, tt.want) || code != exitOK && errs == "" {
			t.Errorf("pack show %v: exit %d, %q, %q", tt.args, code, out, errs)
		}
	}
}
