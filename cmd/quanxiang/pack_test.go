package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
)

// quanxiang runs the program in English and returns its exit code and output.
func quanxiang(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	e := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(k string) string {
		return map[string]string{"QUANXIANG_LANG": "en"}[k]
	}}
	code = run(t.Context(), e, args)
	return code, out.String(), errs.String()
}

const goodPack = "../../policy/testdata/good"

func TestPackCheck(t *testing.T) {
	t.Parallel()
	code, out, errs := quanxiang(t, "pack", "check", goodPack)
	if code != cli.OK || !strings.Contains(out, `"good"`) || !strings.Contains(out, "8 units, 5 areas, 2 posts, 3 roles, 3 documents, 0 lists, 0 procedures") || errs != "" {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
}

// A broken pack is refused with a place the user can open, in text and JSON.
func TestPackCheckMistakes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "policy", "testdata", "units")
	code, out, errs := quanxiang(t, "pack", "check", dir)
	if place := filepath.Join(dir, "units.yaml") + ":7:"; code != cli.Invalid || !strings.Contains(out, place) || !strings.Contains(errs, "Mistakes in the pack: ") {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	code, out, _ = quanxiang(t, "pack", "check", "--format", "json", dir)
	var got struct {
		OK       bool
		Findings []struct {
			Line int
			Text gov.Text
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if code != cli.Invalid || got.OK || len(got.Findings) < 10 || got.Findings[0].Line == 0 || got.Findings[0].Text.ZH == "" {
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
		{[]string{goodPack}, cli.OK, "[documents]"},
		{[]string{goodPack, "units"}, cli.OK, "everyone"},
		{[]string{goodPack, "areas", "--format", "json"}, cli.OK, `"code": "990102001005"`},
		{[]string{goodPack, "documents"}, cli.OK, "2015-05-20  样政发〔2015〕8号"},
		{[]string{goodPack, "streets"}, cli.Usage, ""},
		{[]string{goodPack, "--format", "xml"}, cli.Usage, ""},
		{[]string{}, cli.Usage, ""},
		{[]string{filepath.Join(os.TempDir(), "no-such-pack")}, cli.Failed, ""},
	} {
		code, out, errs := quanxiang(t, append([]string{"pack", "show"}, tt.args...)...)
		if code != tt.code || !strings.Contains(out, tt.want) || code != cli.OK && errs == "" {
			t.Errorf("pack show %v: exit %d, %q, %q", tt.args, code, out, errs)
		}
	}
}

const samplePack = "../../cases/testdata/sample"

// The scenarios of a pack are played; what does not go as expected is told with
// its place, and what is not tested is named.
func TestPackTest(t *testing.T) {
	t.Parallel()
	code, out, errs := quanxiang(t, "pack", "test", samplePack)
	if code != cli.OK || !strings.Contains(out, "18 scenarios of 7 procedures") || errs != "" {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	code, out, _ = quanxiang(t, "pack", "test", samplePack, "--run", "^payment/小额")
	if code != cli.OK || !strings.Contains(out, "All went as expected: 1 scenarios") {
		t.Errorf("one scenario: exit %d, %q", code, out)
	}
	dir := t.TempDir() + "/sample"
	if err := os.CopyFS(dir, os.DirFS(samplePack)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "procedures", "part.test.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte("state: done"), []byte("state: dropped"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "procedures", "tender.test.yaml")); err != nil {
		t.Fatal(err)
	}
	code, out, errs = quanxiang(t, "pack", "test", dir)
	if code != cli.Failed || !strings.Contains(out, file+`:8:70: expected "dropped", it is "done"`) || !strings.Contains(out, `"tender" has no scenarios`) || !strings.Contains(errs, "Expectations not met: 1") {
		t.Errorf("a failing scenario: exit %d, %q, %q", code, out, errs)
	}
	code, out, _ = quanxiang(t, "pack", "test", dir, "--format", "json")
	var got struct {
		OK       bool
		Untested []string
		Findings []struct {
			Line int
			Text gov.Text
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if code != cli.Failed || got.OK || len(got.Untested) != 1 || len(got.Findings) != 1 || got.Findings[0].Line != 8 {
		t.Errorf("exit %d, %+v", code, got)
	}
	for _, tt := range []struct {
		args []string
		code int
	}{
		{[]string{goodPack}, cli.Failed}, // nothing to play
		{[]string{filepath.Join("..", "..", "policy", "testdata", "units")}, cli.Invalid},
		{[]string{samplePack, "--run", "("}, cli.Usage},
		{[]string{samplePack, "--run", "nosuch"}, cli.Failed},
		{[]string{samplePack, "--format", "xml"}, cli.Usage},
		{nil, cli.Usage},
	} {
		if code, out, errs := quanxiang(t, append([]string{"pack", "test"}, tt.args...)...); code != tt.code {
			t.Errorf("pack test %v: exit %d, %q, %q", tt.args, code, out, errs)
		}
	}
}

func TestPackShowProcedures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"procedures"}, cli.OK, "FK2016-0001"},
		{[]string{"procedures", "payment"}, cli.OK, "a checker, with the consent of the lead of the Finance Bureau"},
		{[]string{"procedures", "tender"}, cli.OK, "sealed, then everybody"},
		{[]string{"procedures", "sitework"}, cli.OK, "from Dispatch, Do again to Finish"},
		{[]string{"procedures", "payment", "--format", "json"}, cli.OK, `"who": "post(fgw, clerk) + post(czj, clerk)"`},
		{[]string{"procedures", "--format", "json"}, cli.OK, `"limits": [`},
		{[]string{"procedures", "payment", "--svg"}, cli.OK, "<svg xmlns"},
		{[]string{"procedures", "paymnet"}, cli.Failed, ""},
		{[]string{"units", "fgw"}, cli.Usage, ""},
		{[]string{"procedures", "--svg"}, cli.Usage, ""},
	} {
		code, out, errs := quanxiang(t, append([]string{"pack", "show", samplePack}, tt.args...)...)
		if code != tt.code || !strings.Contains(out, tt.want) || code != cli.OK && errs == "" {
			t.Errorf("pack show %v: exit %d, %q, %q", tt.args, code, out, errs)
		}
	}
}

// Invented areas are drawn into a pack, checked there, and come in again from a
// file in another system of coordinates.
func TestPackAreas(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "sample")
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("pack.yaml", "id: sample\ndistrict: 990102\nname: 样例区\nversion: 1\n")
	write("units.yaml", "units:\n  - {id: xijie, name: 西街道, kind: street, area: 990102001}\n")
	write("areas.yaml", "areas:\n  - {code: 990102, name: 样例区, level: district}\n  - {code: 990102001, name: 西街道, level: street, parent: 990102, tile: [1, 1]}\n")
	invent := []string{"pack", "invent-areas", dir, "--box", "39.9,116.3,39.95,116.35", "--area", "4"}
	if code, _, errs := quanxiang(t, invent...); code != cli.OK {
		t.Fatalf("exit %d, %s", code, errs)
	}
	if code, _, errs := quanxiang(t, invent...); code != cli.Failed || !strings.Contains(errs, "exists; move it away first") {
		t.Errorf("over what is there: exit %d, %s", code, errs)
	}
	if code, out, errs := quanxiang(t, "pack", "check", dir); code != cli.OK || strings.Contains(out, "warning") {
		t.Errorf("check: exit %d, %s%s", code, out, errs)
	}
	streets := filepath.Join(dir, "areas", "streets.geojson")
	code, out, errs := quanxiang(t, "pack", "areas", dir, streets, "--system", "GCJ-02", "--as", "shifted.geojson")
	if code != cli.OK || !strings.Contains(out, "990102001  street  西街道  redrawn  3.9910 km²") || !strings.Contains(out, "Written to "+filepath.Join(dir, "areas", "shifted.geojson")) {
		t.Errorf("shifted: exit %d, %s%s", code, out, errs)
	}
	if !strings.Contains(out, "out of") { // the communities stayed where they were
		t.Errorf("no misfit in %s", out)
	}
	write("areas/shifted.geojson", "{\"type\":\n\"FeatureCollection\"}")
	code, out, errs = quanxiang(t, "pack", "areas", goodPack, filepath.Join(dir, "areas", "shifted.geojson"))
	if code != cli.Invalid || !strings.HasPrefix(out, filepath.Join(dir, "areas", "shifted.geojson")+":1:1: the list \"features\" is missing") {
		t.Errorf("broken: exit %d, %s%s", code, out, errs)
	}
	for _, args := range [][]string{
		{"pack", "areas", dir},
		{"pack", "invent-areas", dir},
		{"pack", "invent-areas", dir, "--box", "1,2,3", "--area", "4"},
		{"pack", "invent-areas", dir, "--box", "3,2,1,x", "--area", "4"},
	} {
		if code, _, _ := quanxiang(t, args...); code != cli.Usage {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	for _, args := range [][]string{
		{"pack", "areas", dir, streets, "--system", "GCJ02"},
		{"pack", "areas", dir, streets, "--as", "../x.geojson"},
	} {
		if code, _, _ := quanxiang(t, args...); code != cli.Invalid {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	if code, _, errs := quanxiang(t, "pack", "areas", goodPack, "nowhere.geojson"); code != cli.Failed || !strings.Contains(errs, "no file") {
		t.Errorf("no file: exit %d, %s", code, errs)
	}
}
