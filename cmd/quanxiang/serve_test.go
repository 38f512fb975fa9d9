package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/store/storetest"
)

// output is what a running command prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// eventually waits until a claim holds. Ten minutes tell a busy machine from a
// claim that never will.
func eventually(t testing.TB, what string, claim func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Minute); !claim(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within ten minutes: %s", what)
		}
	}
}

// serving runs "serve" on an installation and returns its two addresses, its log
// and what stops it.
func (s site) serving(t testing.TB) (public, inside string, log *output, stop func()) {
	t.Helper()
	out, errs := &output{}, &output{}
	e := &cli.Env{Stdin: strings.NewReader(""), Stdout: out, Stderr: errs, Getenv: func(k string) string {
		return map[string]string{"QUANXIANG_LANG": "en"}[k]
	}}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, e, s.args("serve", "--addr", "localhost:0", "--metrics-addr", "localhost:0"))
	}()
	running := regexp.MustCompile(`Metrics: (\S+)/metrics\nRunning: (\S+)`)
	eventually(t, "the site runs", func() bool {
		select {
		case code := <-ended:
			t.Fatalf("exit %d: %s", code, errs)
		default:
		}
		m := running.FindStringSubmatch(out.String())
		if m != nil {
			inside, public = m[1], m[2]
		}
		return m != nil
	})
	return public, inside, errs, sync.OnceFunc(func() {
		cancel()
		if code := <-ended; code != cli.OK {
			t.Errorf("exit %d: %s", code, errs)
		}
	})
}

func get(t testing.TB, url string) string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v\n%s", url, r.Status, err, b)
	}
	return string(b)
}

// A year that another process loads is in force without a restart.
func TestServeTakesUpALoadedYear(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := newSite(t, engine)
			at.ok(t, "init")
			public, _, _, stop := at.serving(t)
			defer stop()
			provisional := func() bool {
				var got struct {
					Provisional bool `json:"provisional"`
				}
				if err := json.Unmarshal([]byte(get(t, public+"/api/v1/deadline?start=2027-01-04&limit=3wd")), &got); err != nil {
					t.Fatal(err)
				}
				return got.Provisional
			}
			if !provisional() {
				t.Fatal("2027 is known before it was loaded")
			}
			at.ok(t, "calendar", "load", yearFile(t))
			eventually(t, "the loaded year is in force", func() bool { return !provisional() })
		})
	}
}

// A serving process completes the search index, counts it, and stops in order.
func TestServeRunsJobs(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := newSite(t, engine)
			at.ok(t, "import", "gazette", demoFile(t), "--yes")
			want := at.hits(t, "区")
			db := storetest.Open(t, at.dsn, nil)
			storetest.Exec(t, db, `delete from passages`, `delete from passage_terms`, `delete from indexed_documents`)
			if at.hits(t, "区") != 0 {
				t.Fatal("found without an index")
			}
			storetest.Exec(t, db, `insert into security_log (district, id, at, kind, person, source, agent) values ('110102', '1', 1, 'login', '', '', '')`)
			_, inside, log, stop := at.serving(t)
			defer stop()
			eventually(t, "the old security log is gone", func() bool { return storetest.Rows(t, db, `select count(*) from security_log`)[0][0] == "0" })
			eventually(t, "the index is complete", func() bool { return at.hits(t, "区") == want })
			done := regexp.MustCompile(`quanxiang_jobs_done (\d\d|[3-9])`) // there are more than the two looked at here
			eventually(t, "the jobs are counted", func() bool {
				m := get(t, inside+"/metrics")
				return done.MatchString(m) && strings.Contains(m, "quanxiang_jobs_failing 0") && strings.Contains(m, "quanxiang_jobs_waiting 0")
			})
			stop()
			for _, part := range []string{`"msg":"job done","kind":"library.reindex","attempt":1`, `"msg":"documents indexed"`, `"msg":"job done","kind":"people.sweep","attempt":1`} {
				if !strings.Contains(log.String(), part) {
					t.Errorf("no %s in the log:\n%s", part, log)
				}
			}
		})
	}
}

// Whoever sets up with a database that is not there, or a name that is none, may do it
// again: nothing of it is taken for an installation.
func TestInitAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	for _, wrong := range [][]string{{"--database", "mysql://x"}, {"--database", "postgres://nobody@/none?host=" + t.TempDir()}, {"--name", "two words"}} {
		if code, out, errs := quanxiang(t, append([]string{"init", "--data", dir}, wrong...)...); code == cli.OK {
			t.Errorf("%v: %s%s", wrong, out, errs)
		}
	}
	want(t, cli.OK, "district.example/110102+", "init", "--data", dir, "--name", "district.example")
	want(t, cli.Failed, "is already set up", "init", "--data", dir)
}
