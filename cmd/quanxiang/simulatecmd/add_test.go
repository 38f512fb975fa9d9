package simulatecmd_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/simulatecmd"
	"quanxiang/files"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/support/runs"
)

// The command line adds a population to an installation, whose pages list it then; the
// same snapshot again is the one that is there.
func TestAdd(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), time.Now)
	tries := &runs.Runs{Store: db.Simulations(pack.District), Files: runs.Folder(files.NewFolder(t.TempDir())), Pack: func() *policy.Pack { return pack }, Clock: time.Now}
	by := people.Operator("root", time.Now())
	desk := func(*cli.Env, *flag.FlagSet) func(context.Context) (*simulatecmd.Desk, error) {
		return func(context.Context) (*simulatecmd.Desk, error) {
			return &simulatecmd.Desk{Runs: tries, By: by, Sequence: storetest.Sequencer(t, db).Sequence, Close: func() error { return nil }}, nil
		}
	}
	file := filepath.Join(t.TempDir(), "a.qxp")
	if _, notes, code := run(t, "", "population", "invent", "--rows", "50", file); code != 0 {
		t.Fatal(notes)
	}
	lines, _, _ := run(t, "", "population", "export", file)
	facts := filepath.Join(t.TempDir(), "facts.jsonl")
	if err := os.WriteFile(facts, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a snapshot", []string{"--name", "一批", file}, 0, "50 rows"},
		{"the same again", []string{"--name", "又一批", file}, 0, `"一批" is in`},
		{"lines of facts", []string{"--name", "逐行", "--year", "2017", facts}, 0, "50 rows"},
		{"lines without their year", []string{"--name", "逐行", facts}, 1, "need their year"},
		{"no name", []string{file}, 1, "name must have"},
		{"no file", []string{"--name", "一批", file + "x"}, 1, "Cannot open"},
	} {
		var out, notes bytes.Buffer
		e := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &notes, Getenv: func(string) string { return "en" }}
		code := cli.Run(context.Background(), e, []cli.Command{{Name: "population", Run: simulatecmd.Population(nil, desk)}}, append([]string{"population", "add"}, c.args...))
		if (code == 0) != (c.code == 0) || !strings.Contains(out.String()+notes.String(), c.says) {
			t.Errorf("%s: %d %s%s", c.name, code, &out, &notes)
		}
	}
	list, err := tries.Populations(t.Context(), by)
	if err != nil || len(list) != 2 {
		t.Errorf("%d populations, %v", len(list), err)
	}
}
