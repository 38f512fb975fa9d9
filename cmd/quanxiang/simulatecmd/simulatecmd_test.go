package simulatecmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/simulatecmd"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
)

// run answers what a command prints and its exit code.
func run(t *testing.T, in string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, notes bytes.Buffer
	e := &cli.Env{Stdin: strings.NewReader(in), Stdout: &out, Stderr: &notes, Getenv: func(string) string { return "en" }}
	load := func(string) (*policy.Pack, error) { return packtest.Xicheng(t), nil }
	code = cli.Run(context.Background(), e, []cli.Command{{Name: "simulate", Run: simulatecmd.Simulate(load)}, {Name: "population", Run: simulatecmd.Population(load, nil)}}, args)
	return out.String(), notes.String(), code
}

// An amendment is tried offline: a population is made up, written as lines and read
// again; the same question has the same digest; mistakes are told at their lines.
func TestSimulate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	out, notes, code := run(t, "", "population", "invent", "--rows", "1200", "--seed", "1", at("a"))
	if code != 0 || !strings.Contains(out, "1200 invented enterprises") {
		t.Fatalf("%d %s %s", code, out, notes)
	}
	if _, _, code := run(t, "", "population", "invent", "--rows", "10", at("a")); code == 0 {
		t.Error("a snapshot is overwritten")
	}
	if out, _, _ := run(t, "", "population", "info", at("a")); !strings.Contains(out, "2017, 1200 rows (invented, seed 1)") {
		t.Errorf("info: %s", out)
	}
	lines, _, code := run(t, "", "population", "export", at("a"))
	if code != 0 || strings.Count(lines, "\n") != 1200 {
		t.Fatalf("exported %d lines", strings.Count(lines, "\n"))
	}
	if one, _, _ := run(t, "", "population", "export", "--row", "7", at("a")); one != strings.Split(lines, "\n")[6]+"\n" {
		t.Errorf("row 7: %s", one)
	}
	out, notes, code = run(t, lines+"{\"applicant\":\"企业\",\"year\":2017,\"facts\":{\"没有\":1}}\n", "population", "import", "--year", "2017", at("b"))
	if code == 0 || !strings.Contains(out, "1200 rows") || !strings.Contains(notes, "line 1201") {
		t.Errorf("imported: %d %s %s", code, out, notes)
	}
	const text = "修订 16号 自 2017-01-01 “拟稿”\n  公布 2016-12-20\n  @3/2 100万元 改为 80万元\n"
	for name, body := range map[string]string{"draft": text, "wrong": strings.Replace(text, "80万元", "80%", 1)} {
		if err := os.WriteFile(at(name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(population string, more ...string) (string, string, int) {
		return run(t, "", append([]string{"simulate", "--programmes", "16,17,18", "--amend", at("draft"), "--population", at(population), "--year", "2017"}, more...)...)
	}
	first, notes, code := ask("a", "--budget", "1")
	if code != 0 || !strings.Contains(first, "@16号:3/2: 100万元 becomes 80万元") || !strings.Contains(first, "over the budget of 10,000 yuan") || !strings.Contains(first, "Who lose most") {
		t.Fatalf("%d %s %s", code, first, notes)
	}
	if again, _, _ := ask("a", "--budget", "1", "--workers", "3"); again != first {
		t.Error("another number of threads says something else")
	}
	body, _, _ := ask("a", "--json")
	var a, b struct {
		ID    string
		Total struct{ Rows, Before, After, Losers int64 }
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil || a.Total.Rows != 1200 || a.Total.Losers == 0 {
		t.Errorf("%v: %+v", err, a)
	}
	body, _, _ = ask("b", "--json")
	if err := json.Unmarshal([]byte(body), &b); err != nil || b.Total != a.Total || b.ID == a.ID {
		t.Errorf("%v: the lines come to %+v, the snapshot to %+v", err, b, a)
	}
	for name, args := range map[string][]string{
		"draft:3:":       {"simulate", "--amend", at("wrong"), "--population", at("a"), "--year", "2017"},
		"--budget":       {"simulate", "--amend", at("draft"), "--population", at("a"), "--year", "2017", "--budget", "much"},
		"There is no":    {"simulate", "--amend", at("draft"), "--population", at("none"), "--year", "2017"},
		"is no snapshot": {"simulate", "--amend", at("draft"), "--population", at("draft"), "--year", "2017"},
		"There are no":   {"simulate", "--amend", at("draft"), "--population", at("a"), "--year", "2017", "--programmes", "99"},
		"Usage":          {"simulate", "--amend", at("draft")},
		"from 1 to":      {"population", "invent", at("c")},
		"no row":         {"population", "export", "--row", "5000", at("a")},
	} {
		if _, notes, code := run(t, "", args...); code == 0 || !strings.Contains(notes, strings.Replace(name, "draft:3:", "wrong:3:", 1)) {
			t.Errorf("%s: %d %s", name, code, notes)
		}
	}
}
