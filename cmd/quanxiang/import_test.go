package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/library/librarytest"
	"quanxiang/store/storetest"
)

// importFile is the real gazette beside the repository.
func importFile(t *testing.T) string {
	t.Helper()
	name := librarytest.RealFile(t)
	if name == "" {
		t.Skip("the real gazette is not here")
	}
	return name
}

func TestImportCommand(t *testing.T) {
	t.Parallel()
	file, data := importFile(t), t.TempDir()
	call := func(stdin string, args ...string) (int, string) {
		var out bytes.Buffer
		e := &cli.Env{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &out, Getenv: func(k string) string {
			return map[string]string{"QUANXIANG_LANG": "en", "QUANXIANG_DATA": data}[k]
		}}
		code := run(t.Context(), e, append([]string{"import", "gazette", file}, args...))
		return code, out.String()
	}
	for _, tt := range []struct {
		why, stdin string
		args       []string
		code       int
		want       string
	}{
		{"a dry run", "", []string{"--dry-run"}, cli.OK, "24 documents: 24 new, 0 changed, 0 unchanged"},
		{"no answer is no", "", nil, cli.Failed, "Nothing was imported"},
		{"yes", "yes\n", nil, cli.OK, "Imported: 24 new, 0 changed, 0 unchanged"},
		{"again", "", []string{"--yes"}, cli.OK, "24 documents: 0 new, 0 changed, 24 unchanged"},
	} {
		if code, out := call(tt.stdin, tt.args...); code != tt.code || !says(out, tt.want) {
			t.Errorf("%s: exit %d\n%.2000s", tt.why, code, out)
		}
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key := fmt.Sprintf("%x", sha256.Sum256(source))
	kept, err := os.ReadFile(filepath.Join(data, "files", key[:2], key[2:]))
	if err != nil || !bytes.Equal(kept, source) {
		t.Errorf("the source was not kept as it is: %d of %d bytes, %v", len(kept), len(source), err)
	}
}

// childEnv holds the arguments of a test binary that is to be the program.
const childEnv = "QUANXIANG_TEST_CHILD"

// TestMain is the program itself when it is started as the child of a test that
// kills it.
func TestMain(m *testing.M) {
	if args := os.Getenv(childEnv); args != "" {
		e := &cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
		os.Exit(run(context.Background(), e, strings.Split(args, "\n")))
	}
	os.Exit(m.Run())
}

// An import that is killed leaves whole documents only and a ledger that
// verifies, on either database, and the next import completes it.
func TestImportSurvivesKill(t *testing.T) {
	t.Parallel()
	file := importFile(t)
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := site{t.TempDir(), storetest.DSN(t, engine)}
			killed := 0
			for wait := 150 * time.Millisecond; ; wait += wait / 3 {
				if killedAfter(t, wait, at.args("import", "gazette", file, "--yes")...) {
					break
				}
				if whole(t, at.dsn) > 0 {
					killed++
					at.want(t, cli.OK, "The ledger is sound", "ledger", "verify")
				}
			}
			if killed == 0 {
				t.Error("the import was never killed in the middle")
			}
			if n := whole(t, at.dsn); n != 24 {
				t.Errorf("%d documents in the end", n)
			}
			at.want(t, cli.OK, "24 unchanged", "import", "gazette", file, "--yes")
			if cases, tasks := at.cases(t), storetest.Rows(t, storetest.Open(t, at.dsn, nil), "select sum(tasks) from documents")[0][0]; strconv.Itoa(cases) != tasks {
				t.Errorf("%d cases of %s tasks", cases, tasks)
			}
			at.want(t, cli.OK, "The ledger is sound", "ledger", "verify")
		})
	}
}

// whole checks that every document held is complete and returns their number.
func whole(t *testing.T, dsn string) int {
	t.Helper()
	pack, err := choosePack("")
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, dsn, nil)
	l := library.New(db.Library(pack.District), pack, time.Now)
	list, err := l.Documents(t.Context(), library.Filter{}, gov.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list.Items {
		v, err := l.Document(t.Context(), s.Slug, 0, gov.Date{})
		if err != nil {
			t.Fatalf("%s: %v", s.Slug, err)
		}
		if len(v.Items) != s.Tasks+s.Indicators+s.Projects || v.Shown.Event.IsZero() {
			t.Errorf("%s is half there", s.Number)
		}
		for _, r := range append(v.Repeals, v.Cites...) {
			if r.Number != "" && !r.Found {
				t.Errorf("%s refers to %s, of which there is no stub", s.Number, r.Number)
			}
		}
	}
	return list.Total
}
